/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells of compressed tables: bytes and streams.
 */
#ifndef RF_TILED_TABLE_CELL_H
#define RF_TILED_TABLE_CELL_H

#include "table/column/column.h"
#include "table/table.h"

/* Gets the bytes of the decoded column of `rows` rows: its fields without gaps, or the block of descriptors. Returns
 * false beyond 63 bits. */
bool rf_tiled_table_column_bytes(const rf_column *column, uint64_t rows, uint64_t *bytes);

/* Returns whether n bytes of a stream can hold `bytes` bytes. Checked before memory is reserved for sizes from a file.
 */
bool rf_tiled_table_believable(uint64_t n, uint64_t bytes);

/* Returns all memory that decoding `bytes` bytes of a column of a tile takes. */
uint64_t rf_tiled_table_peak(const rf_column *column, rf_zcmptype type, uint64_t bytes);

/* Decodes in[0..n) to `bytes` bytes of a column of a tile. */
rf_status rf_tiled_table_decode(const rf_column *column, rf_zcmptype type, const uint8_t *in, size_t n, uint8_t *out,
                                size_t bytes, rf_error *err);

/* Encodes `bytes` bytes of a column of a tile. *out is freed with rf_free(). level: as in rf_tile_params. */
rf_status rf_tiled_table_encode(const rf_column *column, rf_zcmptype type, int level, const uint8_t *in, size_t bytes,
                                uint8_t **out, size_t *n, rf_error *err);

/* The same for one cell of a column with descriptors. */
rf_status rf_tiled_table_decode_cell(const rf_column *column, rf_zcmptype type, const uint8_t *in, size_t n,
                                     uint8_t *out, size_t bytes, rf_error *err);
rf_status rf_tiled_table_encode_cell(const rf_column *column, rf_zcmptype type, int level, const uint8_t *in,
                                     size_t bytes, uint8_t **out, size_t *n, rf_error *err);

/* A cell in a block of descriptors: elements and place in the heap of the table, bytes and place of the compressed
 * cell. */
typedef struct rf_tile_cell {
  uint64_t length;
  uint64_t offset;
  uint64_t bytes;
  uint64_t at;
} rf_tile_cell;

/* Gets or puts cell i of a block of `rows` rows. A cell without elements is all zeros. */
rf_tile_cell rf_tile_block_get(const rf_column *column, const uint8_t *block, uint64_t rows, uint64_t i);
void rf_tile_block_put(const rf_column *column, uint8_t *block, uint64_t rows, uint64_t i, const rf_tile_cell *cell);

/* Checks that the cell lies in both heaps and that its sizes are possible. Gets the bytes of its elements.
 * RF_ERR_FORMAT. */
rf_status rf_tile_cell_check(const rf_table *plain, const rf_table *raw, const rf_column *column,
                             const rf_tile_cell *cell, uint64_t *bytes, rf_error *err);

#endif
