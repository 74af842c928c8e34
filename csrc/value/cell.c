/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells in memory: tables and expressions both ask for their sizes.
 */
#include "rustfits.h"

size_t rf_cell_bytes(rf_cell_type type, size_t width) {
  switch (type) {
  case RF_CELL_U8:
  case RF_CELL_I8:
  case RF_CELL_LOGICAL:
  case RF_CELL_BIT:
    return 1;
  case RF_CELL_I16:
  case RF_CELL_U16:
    return 2;
  case RF_CELL_I32:
  case RF_CELL_U32:
  case RF_CELL_F32:
    return 4;
  case RF_CELL_I64:
  case RF_CELL_U64:
  case RF_CELL_F64:
  case RF_CELL_C64:
    return 8;
  case RF_CELL_C128:
    return 16;
  case RF_CELL_BYTES:
    return width;
  case RF_CELL_TEXT:
    return width <= SIZE_MAX / 4 ? 4 * width : 0;
  }
  return 0;
}
