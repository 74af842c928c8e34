/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tables for tests of writing: short ways to make one and to look at what became of it.
 */
#ifndef RF_TESTS_TABLE_ROWS_H
#define RF_TESTS_TABLE_ROWS_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "rustfits.h"

#define SPEC(...) ((rf_column_spec){.size = sizeof(rf_column_spec), __VA_ARGS__})
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static rf_error rows_err;

static inline rf_file *rows_file(void) {
  rf_file *file = NULL;
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &rows_err), rows_err);
  return file;
}

static inline size_t rows_create(rf_file *file, const rf_column_spec *columns, size_t ncols, uint64_t nrows) {
  rf_table_spec spec = {
      .size = sizeof spec, .kind = RF_HDU_TABLE, .nrows = nrows, .columns = columns, .ncols = ncols, .extver = -1};
  size_t index = 0;
  CHECK_OK(rf_table_create(file, &spec, &index, &rows_err), rows_err);
  return index;
}

/* A column of its own array. */
static inline rf_column_request rows_request(size_t column, rf_dtype type, size_t width, const void *data,
                                             ptrdiff_t stride) {
  return (rf_column_request){.size = sizeof(rf_column_request),
                             .column = column,
                             .type = type,
                             .width = width,
                             .data = (void *)(uintptr_t)data,
                             .stride = stride};
}

/* The value of a keyword as text: strings as they are, numbers in decimal, "-" for none. */
static inline const char *rows_card(rf_file *file, size_t index, const char *keyword) {
  static char texts[4][256];
  static unsigned next;
  char *text = texts[next++ % 4];
  rf_header *header = NULL;
  rf_value value;
  snprintf(text, sizeof texts[0], "-");
  if (rf_hdu_get_header(file, index, &header, &rows_err) != RF_OK)
    return "no header";
  if (rf_header_get(header, keyword, &value, &rows_err) == RF_OK) {
    if (value.kind == RF_VALUE_INTEGER || value.kind == RF_VALUE_LOGICAL)
      snprintf(text, sizeof texts[0], "%" PRId64, value.integer);
    else if (value.kind == RF_VALUE_REAL)
      snprintf(text, sizeof texts[0], "%.17g", value.real);
    else
      snprintf(text, sizeof texts[0], "%.*s", (int)value.text_length, value.text != NULL ? value.text : "");
  }
  rf_header_free(header);
  return text;
}

static inline rf_table_info rows_info(rf_file *file, size_t index) {
  rf_table_info info = {.size = sizeof info};
  CHECK_OK(rf_table_get_info(file, index, &info, &rows_err), rows_err);
  return info;
}

/* Compare `n` bytes of the data unit at `offset` with `expected`, in this handle and in a reopened file. */
static inline int rows_bytes(rf_file *file, size_t index, uint64_t offset, const void *expected, size_t n) {
  uint8_t *bytes = malloc(n + 1);
  rf_hdu_info info = {.size = sizeof info};
  CHECK_OK(rf_hdu_get_info(file, index, &info, &rows_err), rows_err);
  CHECK_OK(rf_file_read_bytes(file, info.data_offset + offset, bytes, n, &rows_err), rows_err);
  int same = memcmp(bytes, expected, n) == 0;
  free(bytes);
  return same;
}

/* A fresh handle on the bytes of this one. */
static inline rf_file *rows_reopen(rf_file *file) {
  uint64_t size = 0;
  rf_file *fresh = NULL;
  CHECK_OK(rf_file_get_size(file, &size, &rows_err), rows_err);
  uint8_t *bytes = malloc((size_t)size + 1);
  CHECK_OK(rf_file_read_bytes(file, 0, bytes, (size_t)size, &rows_err), rows_err);
  CHECK_OK(rf_file_open_bytes(bytes, (size_t)size, RF_MODE_READ_WRITE, NULL, &fresh, &rows_err), rows_err);
  CHECK(size % 2880 == 0);
  free(bytes);
  return fresh;
}

/* What the handle knows about each HDU must be what is in the file. */
static inline void rows_agree(rf_file *file) {
  rf_file *fresh = rows_reopen(file);
  size_t ours = 0, theirs = 0;
  uint64_t size = 0;
  if (fresh == NULL)
    return;
  CHECK_OK(rf_file_get_hdu_count(file, &ours, &rows_err), rows_err);
  CHECK_OK(rf_file_get_hdu_count(fresh, &theirs, &rows_err), rows_err);
  CHECK_OK(rf_file_get_size(file, &size, &rows_err), rows_err);
  CHECK(ours == theirs);
  for (size_t i = 0; i < ours && i < theirs; i++) {
    rf_hdu_info a = {.size = sizeof a}, b = {.size = sizeof b};
    CHECK_OK(rf_hdu_get_info(file, i, &a, &rows_err), rows_err);
    CHECK_OK(rf_hdu_get_info(fresh, i, &b, &rows_err), rows_err);
    CHECK(a.kind == b.kind && a.header_offset == b.header_offset && a.header_bytes == b.header_bytes);
    CHECK(a.data_offset == b.data_offset && a.data_bytes == b.data_bytes && a.pcount == b.pcount);
    if (i + 1 == ours)
      CHECK((a.data_offset + a.data_bytes + 2879) / 2880 * 2880 == size);
    if (a.kind != RF_HDU_TABLE && a.kind != RF_HDU_ASCII_TABLE)
      continue;
    rf_table_info s = rows_info(file, i), t = rows_info(fresh, i);
    CHECK(memcmp(&s, &t, sizeof s) == 0);
    for (size_t c = 0; c < s.ncols && c < t.ncols; c++) {
      rf_column_info u, v;
      memset(&u, 0, sizeof u);
      memset(&v, 0, sizeof v);
      u.size = v.size = sizeof u;
      CHECK_OK(rf_table_get_column(file, i, c, &u, &rows_err), rows_err);
      CHECK_OK(rf_table_get_column(fresh, i, c, &v, &rows_err), rows_err);
      CHECK(memcmp(&u, &v, sizeof u) == 0);
      CHECK_STR(u.warning, "");
    }
  }
  rf_file_free(fresh, NULL);
}

#endif
