/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing the cells of columns with descriptors of compressed tables.
 */
#ifndef RF_TILED_TABLE_EDIT_CELLS_H
#define RF_TILED_TABLE_EDIT_CELLS_H

#include "table/rows/selection.h"
#include "tiled/table/edit/edit.h"

/* New cells of one column with descriptors. */
typedef struct rf_tile_cells {
  size_t column;
  const rf_row_selection *selection;
  const uint64_t *lengths;
  uint64_t offset; /* of the first cell in the heap of the table */
  /* Makes the elements of cell i in file order. `begin`: elements (of raw bits: bytes) of the cells before it. */
  rf_status (*make)(void *context, uint64_t i, uint64_t begin, uint8_t *out, rf_error *err);
  void *context;
  bool raw_bits;         /* lengths are bits, `begin` counts bytes */
  const uint8_t *fields; /* NULL, or descriptors that stay, `stride` bytes from one to the next */
  size_t stride;
} rf_tile_cells;

/* Writes the cells. edit->plain already has the new form of the column. */
rf_status rf_tiled_table_edit_cells(rf_tiled_table_edit *edit, const rf_tile_cells *cells, rf_error *err);

#endif
