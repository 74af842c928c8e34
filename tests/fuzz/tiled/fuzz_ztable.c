/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed tables: the cards of one from the input, a line each up to an empty one, and then its data. What can be
 * read must be the same from memory, from a store that is read piece by piece, and of the table that it is unpacked to;
 * changes must fail with a reason or leave a table that can still be read.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "file/access.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"
#include "served.h"
#include "table_calls.h"
#include "tiled/table/edit/unpack.h"

/* What the options of these tests point at. */
static rf_limits ceilings;

#define MAX_ROWS ((uint64_t)64)
#define MAX_BYTES ((uint64_t)1 << 20)
#define MAX_CARDS 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static rf_error err;

static void expect(bool condition) {
  if (!condition)
    abort();
}

static bool works(rf_status status) {
  expect(status == RF_OK || err.message[0] != '\0');
  return status == RF_OK;
}

/* ---- the file ---- */

static void build(const uint8_t *data, size_t size) {
  static const char *const primary[] = {"SIMPLE  =                    T", "BITPIX  =                    8",
                                        "NAXIS   =                    0", "END"};
  static const char *const table[] = {"XTENSION= 'BINTABLE'", "BITPIX  =                    8",
                                      "NAXIS   =                    2", "ZTABLE  =                    T"};
  static char header[80 * (MAX_CARDS + 80)];
  size_t count = 0;
  memset(header, ' ', sizeof header);
  for (size_t i = 0; i < 4; i++)
    add_card(header, &count, primary[i], strlen(primary[i]));
  for (count = 36; count < 40;)
    add_card(header, &count, table[count - 36], strlen(table[count - 36]));
  add_lines(header, &count, MAX_CARDS, &data, &size);
  size_t bytes = end_header(header, &count);
  served.size = bytes + size;
  served.bytes = malloc(served.size);
  memcpy(served.bytes, header, bytes);
  if (size > 0)
    memcpy(served.bytes + bytes, data, size);
}

/* ---- reading ---- */

/* Stored cells of one column: *bytes is SIZE_MAX when there are too many to look at. NULL when it cannot be read. */
static uint8_t *read_column(rf_file *file, const rf_column_info *info, size_t column, const rf_rows *rows,
                            size_t *bytes) {
  uint64_t one = rf_dtype_bytes(info->stored, (size_t)info->width), total;
  *bytes = SIZE_MAX;
  if (info->width > MAX_BYTES || info->raw_count > MAX_BYTES || one * info->raw_count > MAX_BYTES)
    return NULL;
  total = one * info->raw_count * rows->count;
  *bytes = (size_t)total;
  uint8_t *out = calloc(*bytes + 1, 1);
  rf_column_request request = {.size = sizeof request,
                               .column = column,
                               .type = info->stored,
                               .flags = RF_CELL_RAW,
                               .width = (size_t)info->width,
                               .data = out,
                               .stride = (ptrdiff_t)(one * info->raw_count)};
  if (works(call_read(file, 1, rows, &request, 1, &err)))
    return out;
  free(out);
  return NULL;
}

static uint8_t *read_heap(rf_file *file, const rf_column_info *info, size_t column, const rf_rows *rows,
                          size_t *bytes) {
  uint64_t lengths[MAX_ROWS], offsets[MAX_ROWS], total = 0;
  *bytes = SIZE_MAX;
  if (!works(rf_table_read_descriptors(file, 1, column, rows, lengths, offsets, &err)))
    return NULL;
  for (uint64_t i = 0; i < rows->count; i++) {
    if (lengths[i] > MAX_BYTES)
      return NULL;
    total += lengths[i];
  }
  *bytes = (size_t)total * rf_dtype_bytes(info->type, 1);
  uint8_t *out = calloc(*bytes + 1, 1);
  if (works(call_read_heap(file, 1, column, lengths, offsets, (size_t)rows->count, info->type, 0, out, *bytes, NULL,
                           &err)))
    return out;
  free(out);
  return NULL;
}

/* Check that both tables read the same or both fail. With `exact`, each column fails in both or in neither. */
static void same(rf_file *a, rf_file *b, bool exact) {
  rf_table_info info = {.size = sizeof info}, other = {.size = sizeof other};
  bool there = works(rf_table_get_info(a, 1, &info, &err));
  expect(works(rf_table_get_info(b, 1, &other, &err)) == there);
  if (!there)
    return;
  expect(info.nrows == other.nrows && info.ncols == other.ncols);
  uint64_t n = info.nrows < MAX_ROWS ? info.nrows : MAX_ROWS, list[5];
  for (uint64_t i = 0; i < 5; i++)
    list[i] = info.nrows > 0 ? (i * 7 + 3) % info.nrows : 0;
  const rf_rows choices[] = {
      {0, 1, n, NULL}, {(int64_t)info.nrows - 1, -1, n, NULL}, {0, 3, (n + 2) / 3, NULL}, {0, 0, 5, list}};
  for (size_t i = 0; i < info.ncols && i < 20 && info.nrows > 0 && info.nrows <= INT64_MAX; i++) {
    rf_column_info column = {.size = sizeof column};
    expect(rf_table_get_column(a, 1, i, &column, &err) == RF_OK);
    for (size_t r = 0; r < 4; r++) {
      size_t bytes = 0, others = 0;
      bool heap = column.descriptor != 0;
      uint8_t *x =
          heap ? read_heap(a, &column, i, &choices[r], &bytes) : read_column(a, &column, i, &choices[r], &bytes);
      uint8_t *y =
          heap ? read_heap(b, &column, i, &choices[r], &others) : read_column(b, &column, i, &choices[r], &others);
      expect(!exact || (x == NULL) == (y == NULL));
      expect(x == NULL || y == NULL || (bytes == others && memcmp(x, y, bytes) == 0));
      free(x);
      free(y);
    }
  }
}

/* ---- unpacking ---- */

/* The heap of a table may have cells that share bytes: then one of them wins. */
static bool has_cells(rf_file *file) {
  rf_table_info info = {.size = sizeof info};
  rf_column_info column = {.size = sizeof column};
  if (rf_table_get_info(file, 1, &info, &err) != RF_OK)
    return true;
  for (size_t i = 0; i < info.ncols; i++)
    if (rf_table_get_column(file, 1, i, &column, &err) != RF_OK || column.descriptor != 0)
      return true;
  return false;
}

static void unpack(rf_file *file) {
  rf_file *plain = NULL;
  rf_options options;
  size_t made = 0;
  bool written = false;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  expect(rf_file_open("mem://", RF_MODE_CREATE, &options, &plain, &err) == RF_OK);
  expect(rf_file_begin_read(file, &err) == RF_OK && rf_file_begin_append(plain, &err) == RF_OK);
  rf_hdu *hdu = NULL;
  rf_status status = rf_file_hdu_locked(file, 1, &hdu, &err);
  if (status == RF_OK)
    status = rf_tiled_table_unpack(file, hdu, plain, NULL, &made, &written, &err);
  status = rf_file_end_append(plain, status, true, &err);
  rf_file_end_read(file);
  uint64_t size = 0;
  if (works(status) && !has_cells(file))
    same(file, plain, true);
  else if (status != RF_OK)
    expect(rf_file_get_size(plain, &size, &err) == RF_OK && size == 0);
  (void)rf_file_free(plain, NULL);
}

/* ---- changing ---- */

static void change(rf_file *file, uint64_t nrows) {
  static uint8_t zeros[MAX_BYTES];
  rf_table_info info = {.size = sizeof info};
  rf_column_info column = {.size = sizeof column};
  rf_column_spec spec = {.size = sizeof spec, .name = "fuzz", .type = RF_I16};
  if (rf_table_get_info(file, 1, &info, &err) != RF_OK || nrows > 100000 || info.row_bytes > 100000)
    return;
  for (size_t i = 0; i < info.ncols && i < 4; i++) {
    uint64_t length = 3;
    rf_rows row = {(int64_t)(nrows / 2), 1, nrows > 0, NULL};
    expect(rf_table_get_column(file, 1, i, &column, &err) == RF_OK);
    rf_column_request request = {.size = sizeof request,
                                 .column = i,
                                 .type = column.stored,
                                 .flags = RF_CELL_RAW,
                                 .width = (size_t)column.width,
                                 .data = zeros};
    if (column.descriptor == 0)
      (void)works(call_write(file, 1, &row, &request, 1, &err));
    else if (row.count > 0)
      (void)works(call_write_heap(file, 1, i, &row, &length, column.type, 0, zeros, 3 * rf_dtype_bytes(column.type, 1),
                                  NULL, &err));
  }
  (void)works(call_append(file, 1, 5, NULL, 0, &err));
  (void)works(call_insert(file, 1, info.ncols / 2, &spec, &err));
  (void)works(rf_table_resize(file, 1, nrows / 2 + 1, &err));
  if (nrows > 2)
    (void)works(rf_table_delete_rows(file, 1, &(rf_rows){0, 2, nrows / 4 + 1, NULL}, &err));
  if (info.ncols > 0)
    (void)works(rf_table_delete_column(file, 1, info.ncols - 1, &err));
  (void)works(rf_table_repack(file, 1, NULL, &err));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const rf_driver_ops ops = {
      .size = sizeof ops, .open = serve_open, .read_at = serve_read, .get_size = serve_size, .close = serve_close};
  static const rf_driver row = {.size = sizeof(rf_driver), .scheme = "pieces", .ops = &ops};
  rf_file *file = NULL, *other = NULL;
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  ceilings.inflate_bytes = 16 << 20;
  options.threads = 1;
  if (rf_driver_register(&row, NULL) != RF_OK)
    return 0;
  build(data, size);
  if (rf_file_open_bytes(served.bytes, served.size, RF_MODE_READ_WRITE, &options, &file, NULL) == RF_OK &&
      rf_file_open("pieces://t", RF_MODE_READ, &options, &other, NULL) == RF_OK) {
    rf_table_info info = {.size = sizeof info};
    rf_table_compression compression = {.size = sizeof compression};
    uint64_t bytes;
    size_t count;
    same(file, other, true);
    if (works(rf_table_get_info(file, 1, &info, &err))) {
      (void)works(call_plan(file, 1, NULL, NULL, 0, NULL, 0, &count, &bytes, &err));
      if (works(rf_table_get_compression(file, 1, &compression, NULL, 0, NULL, &err)))
        unpack(file);
      change(file, info.nrows);
      same(file, file, true);
    }
  }
  (void)rf_file_free(file, NULL);
  (void)rf_file_free(other, NULL);
  free(served.bytes);
  return 0;
}
