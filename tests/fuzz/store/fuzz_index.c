/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Any bytes as a .gz that is read through an index: forward, then backward from marks. The content is that of the
 * filter without an index, as far as both find some.
 */
#include <stdint.h>
#include <stdlib.h>

#include "indexed.h"
#include "store/open.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads by pieces of `piece` bytes up to a failure or the end. */
static size_t read_forward(rf_indexed *reader, uint8_t *content, size_t piece, rf_status *end) {
  size_t total = 0, got = 1;
  *end = RF_OK;
  while (*end == RF_OK && got > 0 && total < LIMIT) {
    size_t n = LIMIT - total < piece ? (size_t)(LIMIT - total) : piece;
    *end = rf_indexed_read(reader, total, content + total, n, &got, NULL);
    require(got <= n);
    total += *end == RF_OK ? got : 0;
  }
  return total;
}

static void read_backward(rf_indexed *reader, const uint8_t *content, size_t total) {
  static uint8_t found[3001];
  for (size_t at = total; at > 0;) {
    size_t n = at < sizeof found ? at : sizeof found, got;
    at -= n;
    if (rf_indexed_read(reader, at, found, n, &got, NULL) == RF_OK)
      require(got == n && memcmp(found, content + at, n) == 0);
  }
}

/* Compares with the filter without an index. */
static void compare(const uint8_t *data, size_t size, const uint8_t *content, size_t total, rf_status end) {
  rf_options options;
  rf_limits limits;
  rf_error err;
  rf_store *store = NULL;
  rf_options_init(&options);
  rf_limits_init(&limits);
  options.limits = &limits;
  limits.inflate_bytes = LIMIT;
  rf_error_clear(&err);
  if (rf_store_open_bytes(data, size, &options, &store, &err) != RF_OK)
    return;
  uint64_t whole;
  uint8_t *expected = malloc(total + 1);
  size_t got = 0;
  require(expected != NULL);
  if (rf_store_read_at(store, 0, expected, total, &got, NULL) == RF_OK)
    require(got == total && memcmp(expected, content, total) == 0);
  if (rf_store_size(store, &whole, NULL) == RF_OK)
    require(end == RF_OK && whole == total);
  free(expected);
  (void)rf_store_close(store, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  indexed_bytes opened;
  rf_marks marks = {0};
  if (size < 4 || data[1] != 0x1f || data[2] != 0x8b) /* no gzip file */
    return 0;
  static uint8_t content[LIMIT];
  rf_status end;
  open_indexed(&opened, data + 1, size - 1, 1 + (data[0] & 7) * 3000u, &marks);
  size_t total = read_forward(opened.reader, content, 100 + (size_t)(data[0] >> 3) * 5000, &end);
  read_backward(opened.reader, content, total);
  close_indexed(&opened);
  compare(data + 1, size - 1, content, total, end);
  return 0;
}
