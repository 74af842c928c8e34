/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bytes of a column and their compressed streams (FITS 10.3.2, 10.3.3). Streams are those of cfitsio: GZIP_2 shuffles
 * the bytes of I, J, K, E and D only. Complex numbers are not shuffled in the rows; in the heap, C counts as one
 * number of 8 bytes. RICE_1 has blocks of 32 values.
 */
#include "tiled/table/cell.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "codec/codec.h"
#include "codec/deflate.h"
#include "codec/shuffle.h"
#include "table/column/column.h"
#include "table/heap/descriptor.h"
#include "table/table.h"

/* The largest expansion of a byte by deflate. That of RICE_1 is smaller. */
#define MAX_EXPANSION ((uint64_t)1032)
#define BLOCKSIZE 32
#define PAIR_BYTES ((uint64_t)16)

bool rf_tiled_table_column_bytes(const rf_column *column, uint64_t rows, uint64_t *bytes) {
  uint64_t each = column->info.bytes;
  if (each > 0 && column->info.descriptor != 0)
    each += PAIR_BYTES;
  return rf_mul_u64(rows, each, bytes) && *bytes <= INT64_MAX;
}

bool rf_tiled_table_believable(uint64_t n, uint64_t bytes) {
  return bytes / MAX_EXPANSION <= n;
}

/* Returns the bytes of a number that GZIP_2 shuffles; 1: no shuffle. */
static unsigned shuffle_width(const rf_column *column, bool cell) {
  switch (column->info.letter) {
  case 'I':
    return 2;
  case 'J':
  case 'E':
    return 4;
  case 'K':
  case 'D':
    return 8;
  case 'C':
    return cell ? 8 : 1;
  default:
    return 1;
  }
}

/* ---- RICE_1 ---- */

static rf_status rice_shape(const rf_column *column, size_t bytes, rf_tile_params *params, rf_tile_shape *shape,
                            rf_error *err) {
  unsigned width = column->stored_bytes;
  if (strchr("BIJ", column->info.letter) == NULL)
    return rf_fail(err, RF_ERR_FORMAT, "a column of form %c cannot be RICE_1, which is for B, I and J",
                   column->info.letter);
  size_t count = bytes / width;
  *params = (rf_tile_params){.blocksize = BLOCKSIZE, .bytepix = width};
  *shape = (rf_tile_shape){.count = count, .columns = count, .rows = 1, .width = width};
  return RF_OK;
}

static rf_status decode_rice(const rf_column *column, const uint8_t *in, size_t n, uint8_t *out, size_t bytes,
                             rf_error *err) {
  rf_tile_params params;
  rf_tile_shape shape;
  unsigned width = 0;
  size_t room;
  RF_TRY(rice_shape(column, bytes, &params, &shape, err));
  if (shape.count > SIZE_MAX / 8)
    return rf_fail(err, RF_ERR_MEMORY, "%zu values do not fit memory", shape.count);
  room = shape.count * 8;
  void *values = rf_alloc(room);
  if (values == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu values", shape.count);
  rf_status status = rf_tile_rice_1.decode(&params, &shape, in, n, values, &width, err);
  if (status == RF_OK && width != shape.width)
    status = rf_fail(err, RF_ERR_CODEC, "found values of %u bytes in a column of %u bytes", width, shape.width);
  if (status == RF_OK)
    rf_swap_copy(out, values, shape.count, width);
  rf_free(values);
  return status;
}

static rf_status encode_rice(const rf_column *column, const uint8_t *in, size_t bytes, uint8_t **out, size_t *n,
                             rf_error *err) {
  rf_tile_params params;
  rf_tile_shape shape;
  size_t room;
  RF_TRY(rice_shape(column, bytes, &params, &shape, err));
  if (!rf_tile_rice_1.bound(&params, &shape, &room))
    return rf_fail(err, RF_ERR_LIMIT, "%zu values are too many for one RICE_1 stream: use tiles of fewer rows",
                   shape.count);
  void *values = rf_alloc(bytes);
  *out = rf_alloc(room);
  rf_status status = RF_OK;
  if (values == NULL || *out == NULL) {
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu values", shape.count);
  } else {
    rf_swap_copy(values, in, shape.count, shape.width);
    status = rf_tile_rice_1.encode(&params, &shape, values, *out, n, err);
  }
  rf_free(values);
  if (status != RF_OK) {
    rf_free(*out);
    *out = NULL;
  }
  return status;
}

/* ---- GZIP_1 and GZIP_2 ---- */

static rf_status inflate(const uint8_t *in, size_t n, uint8_t *out, size_t bytes, rf_error *err) {
  size_t made = 0;
  RF_TRY(rf_gunzip(in, n, out, bytes, &made, err));
  if (made == bytes)
    return RF_OK;
  return rf_fail(err, RF_ERR_CODEC, "found %zu bytes in the stream, expected %zu", made, bytes);
}

static rf_status decode_gzip(const uint8_t *in, size_t n, unsigned width, uint8_t *out, size_t bytes, rf_error *err) {
  if (width == 1)
    return inflate(in, n, out, bytes, err);
  uint8_t *room = rf_alloc(bytes);
  if (room == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes of a column", bytes);
  rf_status status = inflate(in, n, room, bytes, err);
  if (status == RF_OK)
    rf_unshuffle(out, room, bytes / width, width);
  rf_free(room);
  return status;
}

static rf_status deflate(int level, const uint8_t *in, size_t bytes, uint8_t **out, size_t *n, rf_error *err) {
  size_t room;
  *out = rf_gzip_bound(bytes, &room) ? rf_alloc(room) : NULL;
  if (*out == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to compress %zu bytes", bytes);
  rf_status status = rf_gzip(level, in, bytes, *out, room, n, err);
  if (status != RF_OK) {
    rf_free(*out);
    *out = NULL;
  }
  return status;
}

static rf_status encode_gzip(int level, const uint8_t *in, size_t bytes, unsigned width, uint8_t **out, size_t *n,
                             rf_error *err) {
  if (width == 1)
    return deflate(level, in, bytes, out, n, err);
  uint8_t *room = rf_alloc(bytes);
  if (room == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes of a column", bytes);
  rf_shuffle(room, in, bytes / width, width);
  rf_status status = deflate(level, room, bytes, out, n, err);
  rf_free(room);
  return status;
}

/* ---- NOCOMPRESS ---- */

static rf_status copy_bytes(const uint8_t *in, size_t bytes, uint8_t **out, size_t *n, rf_error *err) {
  *out = rf_alloc(bytes);
  if (*out == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes of a column", bytes);
  memcpy(*out, in, bytes);
  *n = bytes;
  return RF_OK;
}

/* ---- any ---- */

uint64_t rf_tiled_table_peak(const rf_column *column, rf_zcmptype type, uint64_t bytes) {
  uint64_t times = 1;
  if (type == RF_Z_GZIP_2)
    times += shuffle_width(column, false) > 1;
  else if (type == RF_Z_RICE_1) /* values of 8 bytes from elements of 1, 2 or 4 */
    times += column->info.letter == 'J' ? 2 : column->info.letter == 'I' ? 4 : 8;
  return rf_mul_u64(bytes, times, &bytes) ? bytes : UINT64_MAX;
}

static rf_status decode_by(const rf_column *column, rf_zcmptype type, bool cell, const uint8_t *in, size_t n,
                           uint8_t *out, size_t bytes, rf_error *err) {
  if (!rf_tiled_table_believable(n, bytes))
    return rf_fail(err, RF_ERR_CODEC, "%zu bytes of a stream cannot hold %zu bytes", n, bytes);
  switch (type) {
  case RF_Z_GZIP_1:
    return decode_gzip(in, n, 1, out, bytes, err);
  case RF_Z_GZIP_2:
    return decode_gzip(in, n, shuffle_width(column, cell), out, bytes, err);
  case RF_Z_RICE_1:
    return decode_rice(column, in, n, out, bytes, err);
  case RF_Z_NOCOMPRESS:
    if (n != bytes)
      return rf_fail(err, RF_ERR_CODEC, "found %zu bytes stored, expected %zu", n, bytes);
    memcpy(out, in, bytes);
    return RF_OK;
  default:
    return rf_fail(err, RF_ERR_UNSUPPORTED, "ZCTYP is not a codec for columns of tables");
  }
}

static rf_status encode_by(const rf_column *column, rf_zcmptype type, bool cell, int level, const uint8_t *in,
                           size_t bytes, uint8_t **out, size_t *n, rf_error *err) {
  switch (type) {
  case RF_Z_GZIP_1:
    return encode_gzip(level, in, bytes, 1, out, n, err);
  case RF_Z_GZIP_2:
    return encode_gzip(level, in, bytes, shuffle_width(column, cell), out, n, err);
  case RF_Z_RICE_1:
    return encode_rice(column, in, bytes, out, n, err);
  case RF_Z_NOCOMPRESS:
    return copy_bytes(in, bytes, out, n, err);
  default:
    return rf_fail(err, RF_ERR_UNSUPPORTED, "ZCTYP is not a codec for columns of tables");
  }
}

rf_status rf_tiled_table_decode(const rf_column *column, rf_zcmptype type, const uint8_t *in, size_t n, uint8_t *out,
                                size_t bytes, rf_error *err) {
  /* Descriptors are deflated with every codec of the cells. */
  return decode_by(column, column->info.descriptor != 0 ? RF_Z_GZIP_1 : type, false, in, n, out, bytes, err);
}

rf_status rf_tiled_table_encode(const rf_column *column, rf_zcmptype type, int level, const uint8_t *in, size_t bytes,
                                uint8_t **out, size_t *n, rf_error *err) {
  return encode_by(column, column->info.descriptor != 0 ? RF_Z_GZIP_1 : type, false, level, in, bytes, out, n, err);
}

/* ---- single cells ---- */

/* A cell that does not shrink is stored uncompressed, and its length says so. Cells of bits are always compressed:
 * cfitsio does not know their length in bytes. */
rf_status rf_tiled_table_decode_cell(const rf_column *column, rf_zcmptype type, const uint8_t *in, size_t n,
                                     uint8_t *out, size_t bytes, rf_error *err) {
  if (n == bytes && column->info.letter != 'X')
    type = RF_Z_NOCOMPRESS;
  return decode_by(column, type, true, in, n, out, bytes, err);
}

rf_status rf_tiled_table_encode_cell(const rf_column *column, rf_zcmptype type, int level, const uint8_t *in,
                                     size_t bytes, uint8_t **out, size_t *n, rf_error *err) {
  RF_TRY(encode_by(column, type, true, level, in, bytes, out, n, err));
  if (*n >= bytes && column->info.letter != 'X') {
    memcpy(*out, in, bytes);
    *n = bytes;
  }
  return RF_OK;
}

/* ---- blocks of descriptors ---- */

rf_tile_cell rf_tile_block_get(const rf_column *column, const uint8_t *block, uint64_t rows, uint64_t i) {
  size_t each = (size_t)column->info.bytes;
  const uint8_t *own = block + (size_t)i * each, *packed = block + (size_t)rows * each + (size_t)(i * PAIR_BYTES);
  rf_tile_cell cell;
  bool wide = column->info.descriptor == 'Q';
  cell.length = wide ? rf_get_be64(own) : rf_get_be32(own);
  cell.offset = wide ? rf_get_be64(own + 8) : rf_get_be32(own + 4);
  cell.bytes = rf_get_be64(packed);
  cell.at = rf_get_be64(packed + 8);
  return cell.length > 0 ? cell : (rf_tile_cell){0};
}

void rf_tile_block_put(const rf_column *column, uint8_t *block, uint64_t rows, uint64_t i, const rf_tile_cell *cell) {
  size_t each = (size_t)column->info.bytes;
  uint8_t *own = block + (size_t)i * each, *packed = block + (size_t)rows * each + (size_t)(i * PAIR_BYTES);
  if (column->info.descriptor == 'Q') {
    rf_put_be64(own, cell->length);
    rf_put_be64(own + 8, cell->offset);
  } else {
    rf_put_be32(own, (uint32_t)cell->length);
    rf_put_be32(own + 4, (uint32_t)cell->offset);
  }
  rf_put_be64(packed, cell->bytes);
  rf_put_be64(packed + 8, cell->at);
}

rf_status rf_tile_cell_check(const rf_table *plain, const rf_table *raw, const rf_column *column,
                             const rf_tile_cell *cell, uint64_t *bytes, rf_error *err) {
  uint64_t end;
  *bytes = 0;
  if (cell->length == 0)
    return RF_OK;
  if (!rf_heap_cell_bytes(column, cell->length, bytes) || !rf_add_u64(cell->offset, *bytes, &end) ||
      end > plain->info.heap_bytes)
    return rf_fail(err, RF_ERR_FORMAT,
                   "the descriptor says %" PRIu64 " elements (form %c) at offset %" PRIu64
                   " of the heap, which has %" PRIu64 " bytes (ZPCOUNT)",
                   cell->length, column->info.letter, cell->offset, plain->info.heap_bytes);
  if (!rf_add_u64(cell->at, cell->bytes, &end) || end > raw->info.heap_bytes)
    return rf_fail(err, RF_ERR_FORMAT,
                   "the descriptor of a compressed cell says %" PRIu64 " bytes at offset %" PRIu64
                   " of the heap, which has %" PRIu64,
                   cell->bytes, cell->at, raw->info.heap_bytes);
  if (!rf_tiled_table_believable(cell->bytes, *bytes))
    return rf_fail(err, RF_ERR_FORMAT,
                   "%" PRIu64 " bytes of a compressed cell cannot hold the %" PRIu64 " of its elements", cell->bytes,
                   *bytes);
  return RF_OK;
}
