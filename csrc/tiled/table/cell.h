/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells of compressed tables: bytes and streams.
 */
#ifndef RF_TILED_TABLE_CELL_H
#define RF_TILED_TABLE_CELL_H

#include "table/column/column.h"
#include "table/table.h"

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

#endif
