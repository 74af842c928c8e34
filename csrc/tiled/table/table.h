/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed tables (FITS 10.3): a binary table whose rows are tiles of another one. A tile is ZTILELEN rows; each of
 * its columns is a cell of its own in the heap, compressed by itself. Of a column whose cells are in the heap (FITS
 * 7.3.5) every cell is compressed by itself; what stands for the column is then a block of descriptors, those of the
 * table and, behind them, those (Q) of the compressed cells. All decoded bytes are in file order.
 */
#ifndef RF_TILED_TABLE_TABLE_H
#define RF_TILED_TABLE_TABLE_H

#include "table/table.h"
#include "tiled/cache.h"
#include "tiled/ops.h"
#include "codec/codec.h"

/* Made when first asked for and kept with the entry until that changes; immutable but for the cache. */
typedef struct rf_tiled_table {
  rf_table *plain;    /* the table that it stands for */
  rf_zcmptype *types; /* of each column; RF_Z_AUTO: ZCTYPn is none that is known */
  uint64_t tile_rows; /* ZTILELEN, at least 1 */
  uint64_t ntiles;
  rf_tile_cache *cache; /* key: tile * ncols + column */
} rf_tiled_table;

/* ---- tiled/table/table.c ---- */

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

/* ---- tiled/table/header.c ---- */

/* Is that a keyword of the compression of tables that rf_keyword_is_protected lets through (ZTABLE, ZTILELEN, ZFORMn,
 * ZCTYPn, ZTHEAP)? Other tables have no use for it. */
bool rf_tiled_table_is_own(const char *keyword);

/* The header of the table that a compressed one stands for. */
rf_status rf_tiled_table_plain_header(const rf_header *header, rf_header **plain, rf_error *err);

/* RF_ERR_UNSUPPORTED when a card of a table that is to be packed would be read as one about the compression. Every way
 * to a new compressed table goes through this, so that its header says each thing once. */
rf_status rf_tiled_table_check_plain(const rf_header *plain, rf_error *err);

/* The reverse, as cfitsio's fpack has it: cards of the table, then those of the compression. `types` has one for each
 * of its `ncols` columns. NAXIS2 is that of the tiles, PCOUNT 0. */
rf_status rf_tiled_table_packed_header(const rf_header *plain, const rf_table *table, uint64_t tile_rows,
                                       const rf_zcmptype *types, rf_header **header, rf_error *err);

/* The cards of `made`, such a header, into the empty `out`: those about the compression where `old`, which it takes the
 * place of, has them, with DATASUM and CHECKSUM as they stand there. What `old` does not have comes last. */
rf_status rf_tiled_table_keep_places(const rf_header *old, const rf_header *made, rf_header *out, rf_error *err);

/* What the caller asks for made definite: types for all columns of the table, rows of a tile. RF_ERR_ARGUMENT for a
 * codec that a column cannot have, with the alternative. `types` has room for table->info.ncols. */
rf_status rf_tiled_table_choose(const rf_table_compression *asked, const rf_table *table, uint64_t *tile_rows,
                                rf_zcmptype *types, int *level, rf_error *err);

/* ---- tiled/table/cell.c: bytes and streams ---- */

/* Bytes of the decoded column of `rows` rows: fields one behind the other, or the block of descriptors. false beyond
 * 63 bits. */
bool rf_tiled_table_column_bytes(const rf_column *column, uint64_t rows, uint64_t *bytes);

/* Could n bytes of a stream become `bytes`? Keeps a lie about sizes from reserving memory. */
bool rf_tiled_table_believable(uint64_t n, uint64_t bytes);

/* All memory that decoding `bytes` bytes of a column of a tile takes. */
uint64_t rf_tiled_table_peak(const rf_column *column, rf_zcmptype type, uint64_t bytes);

/* in[0..n) to `bytes` bytes of a column of a tile. */
rf_status rf_tiled_table_decode(const rf_column *column, rf_zcmptype type, const uint8_t *in, size_t n, uint8_t *out,
                                size_t bytes, rf_error *err);

/* The reverse. *out is freed with rf_free. level: as in rf_tile_params. */
rf_status rf_tiled_table_encode(const rf_column *column, rf_zcmptype type, int level, const uint8_t *in, size_t bytes,
                                uint8_t **out, size_t *n, rf_error *err);

/* The same of one cell of a column with descriptors. */
rf_status rf_tiled_table_decode_cell(const rf_column *column, rf_zcmptype type, const uint8_t *in, size_t n,
                                     uint8_t *out, size_t bytes, rf_error *err);
rf_status rf_tiled_table_encode_cell(const rf_column *column, rf_zcmptype type, int level, const uint8_t *in,
                                     size_t bytes, uint8_t **out, size_t *n, rf_error *err);

/* A cell as a block of descriptors has it: elements and place in the heap of the table, bytes and place of what it is
 * compressed to. */
typedef struct rf_tile_cell {
  uint64_t length;
  uint64_t offset;
  uint64_t bytes;
  uint64_t at;
} rf_tile_cell;

/* Cell i of a block of `rows` rows. A cell without elements has nothing but zeros. */
rf_tile_cell rf_tile_block_get(const rf_column *column, const uint8_t *block, uint64_t rows, uint64_t i);
void rf_tile_block_put(const rf_column *column, uint8_t *block, uint64_t rows, uint64_t i, const rf_tile_cell *cell);

/* Does the cell lie where it may, and can it be what it says? RF_ERR_FORMAT. *bytes: of its elements. */
rf_status rf_tile_cell_check(const rf_table *plain, const rf_table *raw, const rf_column *column,
                             const rf_tile_cell *cell, uint64_t *bytes, rf_error *err);

/* ---- tiled/table/tiles.c: columns of tiles, read and decoded many at a time ---- */

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

/* ---- tiled/table/read.c ---- */

/* As rf_table_read_plan. */
rf_status rf_tiled_table_read_plan(rf_file *file, const rf_hdu *hdu, const rf_table *raw, const rf_tiled_table *z,
                                   const rf_row_plan *plan, const rf_row_selection *selection, rf_error *err);

/* Cells of a column with descriptors, for the rows of a walk. */
rf_status rf_tiled_table_read_cells(rf_file *file, const rf_hdu *hdu, const rf_table *raw, const rf_tiled_table *z,
                                    size_t column, const rf_row_selection *selection, rf_tile_cell *cells,
                                    rf_error *err);

/* ---- tiled/table/edit/pack.c, unpack.c: rf_hdu_ops.convert ---- */

/* Appends binary table `hdu` of `from`, compressed as how->table says, to `to`. The lock of `from` is held, that of
 * `to` exclusively. After a failure the caller takes off what was begun. */
rf_status rf_tiled_table_pack(rf_file *from, rf_hdu *hdu, rf_file *to, const rf_packing *how, size_t *new_index,
                              bool *written, rf_error *err);
/* Appends compressed table `hdu` of `from`, uncompressed, to `to`. */
rf_status rf_tiled_table_unpack(rf_file *from, rf_hdu *hdu, rf_file *to, const rf_packing *how, size_t *new_index,
                                bool *written, rf_error *err);

#endif
