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

/* Rows of a walk that lie in one tile: those at the positions [first, first + count) of `walk`, or of `order`. */
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
  const uint64_t *order; /* NULL, or positions of the walk in the order of the tiles */
  const size_t *columns;
  size_t count;
  /* Gets each column (columns[i]) of each tile that the walk meets, maybe several at once from several threads. */
  rf_status (*take)(void *context, size_t i, const rf_table_tile_part *part, const uint8_t *bytes, rf_error *err);
  /* Not NULL: is told of every range of the file that would be fetched, and nothing is decoded. */
  void (*plan)(void *context, uint64_t begin, uint64_t end);
  void *context;
  unsigned threads; /* at most; 0: as the file says */
} rf_table_tiles;

/* The position of the walk that number i of a part has. */
static inline uint64_t rf_table_tiles_position(const rf_table_tiles *t, uint64_t i) {
  return t->order != NULL ? t->order[i] : i;
}

/* Positions of a list of rows in the order of the tiles, so that none is decoded twice; *order is NULL where they are
 * in order anyhow. */
rf_status rf_table_tiles_order(const rf_table_tiles *tiles, uint64_t **order, rf_error *err);

/* The part that begins with number `first`. */
void rf_table_tiles_part(const rf_table_tiles *tiles, uint64_t first, rf_table_tile_part *part);

/* Fills in `order` as far as it is needed, and runs. */
rf_status rf_table_tiles_run(rf_table_tiles *tiles, rf_error *err);

/* One column of one tile into new memory (rf_free); *bytes may be NULL. */
rf_status rf_tile_read(rf_file *file, const rf_hdu *hdu, const rf_table *raw, const rf_tiled_table *z, uint64_t tile,
                       size_t column, uint8_t **out, size_t *bytes, rf_error *err);

#endif
