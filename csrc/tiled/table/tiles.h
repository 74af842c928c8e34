/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading and decoding the columns of many tiles.
 */
#ifndef RF_TILED_TABLE_TILES_H
#define RF_TILED_TABLE_TILES_H

#include "file/hdu.h"
#include "table/rows/selection.h"
#include "table/table.h"
#include "tiled/table/table.h"

/* The selected rows in one tile: those at positions [first, first + count) of the selection, or of `order`. */
typedef struct rf_table_tile_part {
  uint64_t tile;
  uint64_t first;
  uint64_t count;
} rf_table_tile_part;

typedef struct rf_table_tiles {
  rf_file *file;
  const rf_hdu *hdu;
  const rf_table *raw;
  const rf_tiled_table *z;
  const rf_row_selection *selection;
  const uint64_t *order; /* NULL, or positions of the selection in the order of the tiles */
  const size_t *columns;
  size_t count;
  /* Receives each column (columns[i]) of each tile with selected rows, maybe several at once from several threads. */
  rf_status (*take)(void *context, size_t i, const rf_table_tile_part *part, const uint8_t *bytes, rf_error *err);
  /* Not NULL: receives every range of the file that a read would fetch, and nothing is decoded. */
  void (*plan)(void *context, uint64_t begin, uint64_t end);
  void *context;
  unsigned threads; /* at most; 0: rf_options.threads */
} rf_table_tiles;

/* Returns the position in the selection of number i of a part. */
static inline uint64_t rf_table_tiles_position(const rf_table_tiles *t, uint64_t i) {
  return t->order != NULL ? t->order[i] : i;
}

/* Sorts the positions of a list of rows by tile, so that no tile is decoded twice. *order is NULL where they are in
 * order. */
rf_status rf_table_tiles_order(const rf_table_tiles *tiles, uint64_t **order, rf_error *err);

/* Gets the part that begins with number `first`. */
void rf_table_tiles_part(const rf_table_tiles *tiles, uint64_t first, rf_table_tile_part *part);

/* Fills in `order` where it is needed, and runs. */
rf_status rf_table_tiles_run(rf_table_tiles *tiles, rf_error *err);

/* Reads one column of one tile into new memory (rf_free()); *bytes may be NULL. */
rf_status rf_tile_read(rf_file *file, const rf_hdu *hdu, const rf_table *raw, const rf_tiled_table *z, uint64_t tile,
                       size_t column, uint8_t **out, size_t *bytes, rf_error *err);

#endif
