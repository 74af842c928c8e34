/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed tables (FITS 10.3): a binary table whose rows are tiles of another one. A tile is ZTILELEN rows; each of
 * its columns is a cell of its own in the heap, compressed by itself. Of a column whose cells are in the heap (FITS
 * 7.3.5) every cell is compressed by itself; what stands for the column is then a block of descriptors, those of the
 * table and, behind them, those (Q) of the compressed cells. All decoded bytes are in file order.
 */
#ifndef RF_TILED_TABLE_TABLE_H
#define RF_TILED_TABLE_TABLE_H

#include "file/hdu.h"
#include "table/column/column.h"
#include "table/table.h"
#include "tiled/cache.h"

/* Made when first asked for and kept with the entry until that changes; immutable but for the cache. */
typedef struct rf_tiled_table {
  rf_table *plain;    /* the table that it stands for */
  rf_zcmptype *types; /* of each column; RF_Z_AUTO: ZCTYPn is none that is known */
  uint64_t tile_rows; /* ZTILELEN, at least 1 */
  uint64_t ntiles;
  rf_tile_cache *cache; /* key: tile * ncols + column */
} rf_tiled_table;

/* That of HDU `index`, and its binary table. `lock` held either way; valid as long as it is. RF_ERR_TYPE when the HDU
 * is no compressed table; RF_ERR_FORMAT when it cannot be made out. hdu and raw may be NULL. */
rf_status rf_tiled_table_locked(rf_file *file, size_t index, rf_hdu **hdu, const rf_table **raw,
                                const rf_tiled_table **tiled_table, rf_error *err);
void rf_tiled_table_free(rf_tiled_table *tiled_table);

/* Rows of tile `tile`. */
static inline uint64_t rf_tiled_table_rows(const rf_tiled_table *z, uint64_t tile) {
  uint64_t left = z->plain->info.nrows - tile * z->tile_rows;
  return left < z->tile_rows ? left : z->tile_rows;
}

/* Tiles that `nrows` rows take. */
static inline uint64_t rf_tiled_table_tiles(uint64_t nrows, uint64_t tile_rows) {
  return nrows / tile_rows + (nrows % tile_rows != 0);
}

/* "tile 3, column 2 'flux', GZIP_2: " before the message. */
rf_status rf_tiled_table_add_context(rf_error *err, rf_status status, const rf_column *column, size_t number,
                                     rf_zcmptype type, uint64_t tile);

#endif
