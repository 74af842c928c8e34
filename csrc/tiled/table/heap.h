/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading the cells of columns with descriptors of compressed tables.
 */
#ifndef RF_TILED_TABLE_HEAP_H
#define RF_TILED_TABLE_HEAP_H

#include "file/hdu.h"
#include "table/column/column.h"
#include "table/table.h"
#include "tiled/table/cell.h"
#include "tiled/table/table.h"

/* Cells of one column, which passed rf_tile_cell_check(). */
typedef struct rf_tiled_heap {
  rf_file *file;
  const rf_hdu *hdu;
  const rf_table *raw;
  const rf_tiled_table *z;
  const rf_column *column;
  size_t number;
  rf_zcmptype type;
  const rf_tile_cell *cells;
  const uint64_t *rows; /* of each cell, for messages */
  size_t count;
  /* Receives the elements of cell i in file order, maybe several cells at once from several threads. Empty cells are
   * skipped. */
  rf_status (*take)(void *context, size_t i, const uint8_t *bytes, size_t n, rf_error *err);
  void *context;
} rf_tiled_heap;

/* Fetches and decodes the cells. */
rf_status rf_tiled_heap_run(rf_tiled_heap *heap, rf_error *err);

/* Gets the cells of `rows`. `lengths` are the lengths that the caller expects (0: not checked). RF_ERR_RANGE where one
 * differs. */
rf_status rf_tiled_table_find_cells(rf_file *file, const rf_hdu *hdu, const rf_table *raw, const rf_tiled_table *z,
                                    size_t column, const uint64_t *lengths, const uint64_t *rows, size_t count,
                                    rf_tile_cell *cells, rf_error *err);

#endif
