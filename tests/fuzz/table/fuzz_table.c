/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows and heap of a table: its cards from the input, a line each up to an empty one, and then its data. Every
 * column is read from memory and from a store that is read piece by piece; both must give the same.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rustfits.h"
#include "served.h"
#include "table_calls.h"

#define MAX_ROWS ((uint64_t)64)
#define MAX_BYTES ((uint64_t)1 << 20)
#define MAX_CARDS 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int condition) {
  if (!condition)
    abort();
}

/* ---- the file ---- */

/* Which HDU it is: random groups are the primary one. */
static size_t hdu;

/* Is the first line this word? It is taken off then. */
static bool first_line(const uint8_t **data, size_t *size, const char *word) {
  size_t n = strlen(word);
  if (*size < n || memcmp(*data, word, n) != 0)
    return false;
  *data += n;
  *size -= n;
  return true;
}

/* A primary HDU without data, the table's cards as they come, END, the data. A first line TABLE or GROUPS says that it
 * is an ASCII table or random groups. */
static void build(const uint8_t *data, size_t size) {
  static const char primary[] = "SIMPLE  =                    T                                                  "
                                "BITPIX  =                    8                                                  "
                                "NAXIS   =                    0                                                  "
                                "END";
  static const char table[] = "XTENSION= 'BINTABLE'                                                            "
                              "BITPIX  =                    8                                                  "
                              "NAXIS   =                    2                                                  ";
  static const char ascii[] = "XTENSION= 'TABLE   '";
  static const char groups[] = "SIMPLE  =                    T                                                  "
                               "GROUPS  =                    T                                                  "
                               "NAXIS1  =                    0                                                  ";
  static char header[80 * (MAX_CARDS + 80)];
  size_t count = 3;
  memset(header, ' ', sizeof header);
  memcpy(header, table, sizeof table - 1);
  hdu = 1;
  if (first_line(&data, &size, "TABLE\n")) {
    memcpy(header, ascii, sizeof ascii - 1);
  } else if (first_line(&data, &size, "GROUPS\n")) {
    memcpy(header, groups, sizeof groups - 1);
    hdu = 0;
  }
  add_lines(header, &count, MAX_CARDS, &data, &size);
  size_t bytes = end_header(header, &count);
  size_t before = hdu * 2880;
  served.size = before + bytes + size;
  served.bytes = malloc(served.size);
  memset(served.bytes, ' ', before);
  memcpy(served.bytes, primary, before > 0 ? sizeof primary - 1 : 0);
  memcpy(served.bytes + before, header, bytes);
  if (size > 0)
    memcpy(served.bytes + before + bytes, data, size);
}

/* ---- reading ---- */

/* One column of some rows. Gives the cells, or NULL. */
static uint8_t *read_column(rf_file *file, size_t column, const rf_column_info *info, const rf_rows *rows,
                            rf_dtype type, uint32_t flags, size_t *bytes) {
  uint64_t count = flags ? info->raw_count : info->count, one = rf_dtype_bytes(type, (size_t)info->width);
  rf_error err;
  if (info->width > MAX_BYTES || count > MAX_BYTES || one * count * rows->count > MAX_BYTES)
    return NULL;
  *bytes = (size_t)(one * count * rows->count);
  uint8_t *out = malloc(*bytes + 1), *mask = malloc((size_t)(count * rows->count) + 1);
  memset(out, 0, *bytes);
  rf_column_request request = {.size = sizeof request,
                               .column = column,
                               .type = type,
                               .flags = flags,
                               .width = (size_t)info->width,
                               .data = out,
                               .stride = (ptrdiff_t)(one * count),
                               .mask = mask};
  rf_status status = call_read(file, hdu, rows, &request, 1, &err);
  expect(status == RF_OK || err.message[0] != '\0');
  for (size_t i = 0; status == RF_OK && i < count * rows->count; i++)
    expect(mask[i] <= 1);
  free(mask);
  if (status == RF_OK)
    return out;
  free(out);
  return NULL;
}

static void check_rows(rf_file *file, rf_file *peeked, size_t column, const rf_column_info *info, uint64_t nrows) {
  uint64_t n = nrows < MAX_ROWS ? nrows : MAX_ROWS, list[5];
  for (uint64_t i = 0; i < 5; i++)
    list[i] = (i * 7 + 3) % nrows;
  const rf_rows choices[] = {
      {0, 1, n, NULL}, {(int64_t)nrows - 1, -1, n, NULL}, {0, 3, (n + 2) / 3, NULL}, {0, 0, 5, list}};
  const rf_dtype types[] = {info->type, info->stored, info->type == RF_BYTES ? RF_TEXT : RF_F64};
  for (size_t r = 0; r < sizeof choices / sizeof choices[0]; r++)
    for (size_t t = 0; t < 3; t++) {
      size_t a = 0, b = 0;
      uint8_t *x = read_column(file, column, info, &choices[r], types[t], t == 1 ? RF_CELL_RAW : 0, &a);
      uint8_t *y = read_column(peeked, column, info, &choices[r], types[t], t == 1 ? RF_CELL_RAW : 0, &b);
      expect((x == NULL) == (y == NULL));
      expect(x == NULL || memcmp(x, y, a) == 0);
      free(x);
      free(y);
    }
}

static void check_heap(rf_file *file, size_t column, const rf_column_info *info, uint64_t nrows) {
  uint64_t n = nrows < MAX_ROWS ? nrows : MAX_ROWS, lengths[MAX_ROWS], offsets[MAX_ROWS], total = 0;
  rf_rows rows = {0, 1, n, NULL};
  rf_error err;
  if (rf_table_read_descriptors(file, hdu, column, &rows, lengths, offsets, &err) != RF_OK)
    return;
  for (uint64_t i = 0; i < n; i++) {
    if (lengths[i] > MAX_BYTES)
      return;
    total += lengths[i];
  }
  size_t bytes = (size_t)total * rf_dtype_bytes(info->type, 1);
  uint8_t *out = malloc(bytes + 1), *mask = malloc((size_t)total + 1);
  rf_status status =
      call_read_heap(file, 1, column, lengths, offsets, (size_t)n, info->type, 0, out, bytes, mask, &err);
  expect(status == RF_OK || err.message[0] != '\0');
  free(out);
  free(mask);
}

static void check_table(rf_file *file, rf_file *peeked) {
  rf_table_info info = {.size = sizeof info};
  rf_error err;
  if (rf_table_get_info(file, hdu, &info, &err) != RF_OK) {
    expect(err.message[0] != '\0');
    return;
  }
  expect(info.heap_offset + info.heap_bytes >= info.heap_offset);
  for (size_t i = 0; i < info.ncols && i < 20; i++) {
    rf_column_info column = {.size = sizeof column};
    size_t found = 0;
    expect(rf_table_get_column(file, hdu, i, &column, &err) == RF_OK);
    /* Every column is found by its own key; in random groups a name may be cut to that of another parameter. */
    expect(rf_table_find_column(file, hdu, column.key, &found, &err) == RF_OK &&
           (info.kind == RF_HDU_GROUPS ? found <= i : found == i));
    expect(column.bytes <= info.row_bytes && column.offset <= info.row_bytes - column.bytes);
    if (info.nrows > 0 && column.descriptor != 0)
      check_heap(file, i, &column, info.nrows);
    else if (info.nrows > 0 && info.nrows <= INT64_MAX)
      check_rows(file, peeked, i, &column, info.nrows);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const rf_driver_ops ops = {
      .size = sizeof ops, .open = serve_open, .read_at = serve_read, .get_size = serve_size, .close = serve_close};
  static const rf_driver_ops peek_ops = {.size = sizeof peek_ops,
                                         .open = serve_open,
                                         .read_at = serve_read,
                                         .peek = serve_peek,
                                         .get_size = serve_size,
                                         .close = serve_close};
  static const rf_driver rows[] = {{.size = sizeof(rf_driver), .scheme = "pieces", .ops = &ops},
                                   {.size = sizeof(rf_driver), .scheme = "peeked", .ops = &peek_ops}};
  rf_file *file = NULL, *peeked = NULL;
  if (rf_driver_register(&rows[0], NULL) != RF_OK || rf_driver_register(&rows[1], NULL) != RF_OK)
    return 0;
  build(data, size);
  if (rf_file_open("pieces://t", RF_MODE_READ, NULL, &file, NULL) == RF_OK &&
      rf_file_open("peeked://t", RF_MODE_READ, NULL, &peeked, NULL) == RF_OK)
    check_table(file, peeked);
  (void)rf_file_free(file, NULL);
  (void)rf_file_free(peeked, NULL);
  free(served.bytes);
  return 0;
}
