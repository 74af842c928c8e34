/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A plain and a compressed table with columns of every kind, and the calls that pack and unpack tables.
 */
#ifndef RF_TESTS_TABLE_PAIR_H
#define RF_TESTS_TABLE_PAIR_H

#include "base/bytes.h"
#include "file/access.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"
#include "fits_bytes.h"
#include "table_calls.h"
#include "table_rows.h"
#include "tiled/table/edit/pack.h"
#include "tiled/table/edit/unpack.h"

static rf_error err;

static uint64_t seed = 88172645463325252u;

static inline uint64_t any(uint64_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return below > 0 ? seed % below : 0;
}

static const uint64_t three[] = {3}, eleven[] = {11};

static const rf_column_spec columns[] = {
    SPEC(.name = "b", .type = RF_LOGICAL),
    SPEC(.name = "x", .type = RF_BIT, .ndim = 1, .dims = eleven),
    SPEC(.name = "u1", .type = RF_U8),
    SPEC(.name = "i2", .type = RF_I16, .ndim = 1, .dims = three),
    SPEC(.name = "u2", .type = RF_U16),
    SPEC(.name = "i4", .type = RF_I32),
    SPEC(.name = "i8", .type = RF_I64),
    SPEC(.name = "f4", .type = RF_F32),
    SPEC(.name = "f8", .type = RF_F64),
    SPEC(.name = "c8", .type = RF_C64),
    SPEC(.name = "c16", .type = RF_C128),
    SPEC(.name = "s", .type = RF_BYTES, .width = 7),
    SPEC(.name = "none", .type = RF_F64, .ndim = 1, .dims = (const uint64_t[]){0}),
    SPEC(.name = "pi", .type = RF_I32, .descriptor = 'P'),
    SPEC(.name = "qd", .type = RF_F64, .descriptor = 'Q'),
    SPEC(.name = "px", .type = RF_BIT, .descriptor = 'P'),
};

#define NCOLS COUNT(columns)

typedef struct table_pair {
  rf_file *plain;
  rf_file *packed;
  size_t at;
} table_pair;

static inline table_pair make_pair(uint64_t nrows, uint64_t tile_rows, const rf_zcmptype *types) {
  table_pair t = {rows_file(), rows_file(), 0};
  size_t at = 0;
  rf_table_compression compression = {.size = sizeof compression, .tile_rows = tile_rows, .types = types};
  rf_table_spec spec = {.size = sizeof spec,
                        .kind = RF_HDU_TABLE,
                        .nrows = nrows,
                        .columns = columns,
                        .ncols = NCOLS,
                        .extver = -1,
                        .compression = &compression};
  CHECK_OK(rf_table_create(t.packed, &spec, &t.at, &err), err);
  spec.compression = NULL;
  CHECK_OK(rf_table_create(t.plain, &spec, &at, &err), err);
  CHECK(at == t.at);
  return t;
}

static inline void end_pair(table_pair *t) {
  rf_file_free(t->plain, NULL);
  rf_file_free(t->packed, NULL);
}

/* The same call on both. */
#define BOTH(call)                                                                                                     \
  do {                                                                                                                 \
    rf_file *file = t->plain;                                                                                          \
    CHECK_OK(call, err);                                                                                               \
    file = t->packed;                                                                                                  \
    CHECK_OK(call, err);                                                                                               \
  } while (0)

/* Often 0, but in strings, where nothing may stand behind a NUL. */
static inline uint8_t any_byte(rf_dtype type, unsigned below) {
  uint8_t byte = (uint8_t)(any(4) * any(below));
  return byte == 0 && type == RF_BYTES ? 1 : byte;
}

/* Any bytes into a column of these rows. */
static inline void write_any(table_pair *t, size_t column, const rf_rows *rows) {
  rf_column_info info = {.size = sizeof info};
  CHECK_OK(rf_table_get_column(t->plain, t->at, column, &info, &err), err);
  if (info.descriptor != 0) {
    uint64_t *lengths = calloc((size_t)rows->count + 1, 8), total = 0;
    for (uint64_t i = 0; i < rows->count; i++)
      total += lengths[i] = any(3) == 0 ? 0 : any(40);
    size_t n = (size_t)total * rf_dtype_bytes(info.type, 1);
    uint8_t *in = calloc(n + 1, 1);
    for (size_t i = 0; i < n; i++)
      in[i] = (uint8_t)(info.type == RF_BIT ? any(2) : any_byte(info.type, 80));
    BOTH(call_write_heap(file, t->at, column, rows, lengths, info.type, 0, in, n, NULL, &err));
    free(in);
    free(lengths);
    return;
  }
  size_t cell = (size_t)info.raw_count * rf_dtype_bytes(info.stored, (size_t)info.width);
  uint8_t *in = calloc(cell * (size_t)rows->count + 1, 1);
  for (size_t i = 0; i < cell * (size_t)rows->count; i++)
    in[i] = any_byte(info.stored, 60);
  rf_column_request request = rows_request(column, info.stored, (size_t)info.width, in, (ptrdiff_t)cell);
  request.flags = RF_CELL_RAW;
  BOTH(call_write(file, t->at, rows, &request, 1, &err));
  free(in);
}

static inline void fill_pair(table_pair *t, uint64_t nrows) {
  rf_rows all = {0, 1, nrows, NULL};
  for (size_t c = 0; c < NCOLS; c++)
    write_any(t, c, &all);
}

static inline rf_status pack(rf_file *from, size_t at, rf_file *to, const rf_table_compression *compression,
                             size_t *made) {
  bool written = false;
  rf_status status = rf_file_begin_read(from, &err);
  if (status != RF_OK)
    return status;
  status = rf_file_begin_append(to, &err);
  if (status == RF_OK) {
    const rf_packing how = {.table = compression};
    rf_hdu *hdu = NULL;
    status = rf_file_hdu_locked(from, at, &hdu, &err);
    if (status == RF_OK)
      status = rf_tiled_table_pack(from, hdu, to, &how, made, &written, &err);
    status = rf_file_end_append(to, status, true, &err);
  }
  rf_file_end_read(from);
  return status;
}

static inline rf_status unpack(rf_file *from, size_t at, rf_file *to, size_t *made) {
  bool written = false;
  rf_status status = rf_file_begin_read(from, &err);
  if (status != RF_OK)
    return status;
  status = rf_file_begin_append(to, &err);
  if (status == RF_OK) {
    rf_hdu *hdu = NULL;
    status = rf_file_hdu_locked(from, at, &hdu, &err);
    if (status == RF_OK)
      status = rf_tiled_table_unpack(from, hdu, to, NULL, made, &written, &err);
    status = rf_file_end_append(to, status, true, &err);
  }
  rf_file_end_read(from);
  return status;
}

/* Descriptors of cells without elements may say anything, cells may stand in any order, there may be a gap. */
static inline void odd_table(fits_bytes *fits) {
  static const long long axes[] = {28, 40};
  fits_image(fits, true, 10, NULL);
  fits_begin(fits, "BINTABLE", 8, 2, axes);
  memcpy(fits->bytes + fits->size - 2 * 80, "PCOUNT  =                 2096", 30);
  fits_integer(fits, "TFIELDS", 3);
  fits_card(fits, "TFORM1  = '1J      '           / a comment that stays");
  fits_card(fits, "TTYPE1  = 'a       '");
  fits_card(fits, "TFORM2  = '1PI(7)  '");
  fits_card(fits, "TTYPE2  = 'b       '");
  fits_card(fits, "TFORM3  = '1QD     '");
  fits_card(fits, "TTYPE3  = 'c       '");
  fits_integer(fits, "THEAP", 28 * 40 + 16);
  fits_card(fits, "COMMENT before and behind");
  fits_card(fits, "CHECKSUM= 'abcdefghijklmnop'");
  fits_card(fits, "MYKEY   =                  1.5 / and this");
  fits_end(fits);
  uint8_t *data = fits_grow(fits, 28 * 40 + 2096, 0);
  for (uint32_t i = 0; i < 40; i++) {
    uint8_t *row = data + 28 * i;
    rf_put_be32(row, i * 12345);
    rf_put_be32(row + 4, i % 3 == 0 ? 0 : 7);
    rf_put_be32(row + 8, i % 3 == 0 ? 77777 : (39 - i) * 14);
    rf_put_be64(row + 12, i % 5 == 0 ? 0 : 4);
    rf_put_be64(row + 20, i % 5 == 0 ? i : 560 + i * 32);
    for (uint32_t k = 0; i % 3 != 0 && k < 14; k++)
      data[28 * 40 + 16 + (39 - i) * 14 + k] = (uint8_t)(k * i);
    for (uint32_t k = 0; i % 5 != 0 && k < 32; k++)
      data[28 * 40 + 16 + 560 + i * 32 + k] = (uint8_t)(k + i * 7);
  }
  fits_pad(fits, 0);
}

#endif
