/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Element types in memory.
 */
#include "value/dtype.h"

const char *rf_dtype_name(rf_dtype dtype) {
  static const char *const names[] = {
      [RF_U8] = "uint8",        [RF_I8] = "int8",     [RF_I16] = "int16",     [RF_U16] = "uint16",
      [RF_I32] = "int32",       [RF_U32] = "uint32",  [RF_I64] = "int64",     [RF_U64] = "uint64",
      [RF_F32] = "float32",     [RF_F64] = "float64", [RF_C64] = "complex64", [RF_C128] = "complex128",
      [RF_LOGICAL] = "logical", [RF_BIT] = "bit",     [RF_BYTES] = "bytes",   [RF_TEXT] = "text",
  };
  const char *name = (unsigned)dtype < sizeof names / sizeof names[0] ? names[dtype] : NULL;
  return name != NULL ? name : "unknown";
}

size_t rf_pixel_bytes(rf_dtype dtype) {
  return dtype >= RF_U8 && dtype <= RF_F64 ? rf_dtype_bytes(dtype, 0) : 0;
}

size_t rf_dtype_bytes(rf_dtype dtype, size_t width) {
  switch (dtype) {
  case RF_U8:
  case RF_I8:
  case RF_LOGICAL:
  case RF_BIT:
    return 1;
  case RF_I16:
  case RF_U16:
    return 2;
  case RF_I32:
  case RF_U32:
  case RF_F32:
    return 4;
  case RF_I64:
  case RF_U64:
  case RF_F64:
  case RF_C64:
    return 8;
  case RF_C128:
    return 16;
  case RF_BYTES:
    return width;
  case RF_TEXT:
    return width <= SIZE_MAX / 4 ? 4 * width : 0;
  }
  return 0;
}
