/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed tables (FITS 10.3): a binary table whose rows are the tiles of another table. A tile is ZTILELEN rows.
 * Each of its columns is a cell in the heap, compressed by itself. For a column with descriptors (FITS 7.3.5), every
 * cell is compressed by itself, and the column is a block of descriptors: those of the table in the tiles, then those
 * (Q) of the compressed cells. All decoded bytes are in file order.
 */
#ifndef RF_TILED_TABLE_TABLE_H
#define RF_TILED_TABLE_TABLE_H

#include "file/hdu.h"
#include "table/column/column.h"
#include "table/table.h"
#include "tiled/cache.h"

/* The first use makes it. It stays with the entry until the entry changes. Immutable but for the cache. */
typedef struct rf_tiled_table {
  rf_table *plain;    /* the table in the tiles */
  rf_zcmptype *types; /* of each column; RF_Z_AUTO: ZCTYPn is unknown to the library */
  uint64_t tile_rows; /* ZTILELEN, at least 1 */
  uint64_t ntiles;
  rf_tile_cache *cache; /* key: tile * ncols + column */
} rf_tiled_table;

/* Gets the compressed table in an HDU, and its binary table. `lock` held either way; both are valid as long as it is
 * held. raw may be NULL. RF_ERR_TYPE where the HDU is no compressed table; RF_ERR_FORMAT for its cards. */
rf_status rf_tiled_table_get(rf_file *file, rf_hdu *hdu, const rf_table **raw, const rf_tiled_table **tiled_table,
                             rf_error *err);
void rf_tiled_table_free(rf_tiled_table *tiled_table);

/* Returns the rows of tile `tile`. */
static inline uint64_t rf_tiled_table_rows(const rf_tiled_table *z, uint64_t tile) {
  uint64_t left = z->plain->info.nrows - tile * z->tile_rows;
  return left < z->tile_rows ? left : z->tile_rows;
}

/* Returns the tiles of `nrows` rows. */
static inline uint64_t rf_tiled_table_tiles(uint64_t nrows, uint64_t tile_rows) {
  return nrows / tile_rows + (nrows % tile_rows != 0);
}

/* Puts "tile 3, column 2 'flux', GZIP_2: " before the message. */
rf_status rf_tiled_table_add_context(rf_error *err, rf_status status, const rf_column *column, size_t number,
                                     rf_zcmptype type, uint64_t tile);

#endif
