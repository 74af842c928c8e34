/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The filters of compressed files on any bytes: read forward, read backward and peeked at, with a small limit on what
 * comes out. All ways must tell the same content and, at the end, the same failure.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/filter/whole.h"
#include "store/open.h"

/* What the options of these tests point at. */
static rf_limits ceilings;

#define LIMIT ((uint64_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static rf_store *open_input(const uint8_t *data, size_t size, rf_error *err) {
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  ceilings.inflate_bytes = LIMIT;
  rf_store *store = NULL;
  rf_error_clear(err);
  return rf_store_open_bytes(data, size, &options, &store, err) == RF_OK ? store : NULL;
}

static void expect(int condition) {
  if (!condition)
    abort();
}

/* Everything from the beginning on, by pieces of 1,000 bytes. Gives the number of bytes before the failure or end. */
static size_t read_forward(rf_store *store, uint8_t *content, rf_status *end, rf_error *err) {
  size_t total = 0, got = 1;
  *end = RF_OK;
  while (*end == RF_OK && got > 0 && total < LIMIT) {
    size_t n = LIMIT - total < 1000 ? (size_t)(LIMIT - total) : 1000;
    *end = rf_store_read_at(store, total, content + total, n, &got, err);
    if (*end == RF_OK)
      total += got;
  }
  return total;
}

static void read_backward(rf_store *store, const uint8_t *content, size_t total) {
  uint8_t piece[777];
  for (size_t at = total; at > 0;) {
    size_t n = at < sizeof piece ? at : sizeof piece, got;
    at -= n;
    expect(rf_store_read_at(store, at, piece, n, &got, NULL) == RF_OK && got == n);
    expect(memcmp(piece, content + at, n) == 0);
  }
}

static void check_size(rf_store *store, size_t total, rf_status end, const rf_error *first) {
  uint64_t whole = 0;
  rf_error err;
  rf_error_clear(&err);
  rf_status status = rf_store_size(store, &whole, &err);
  expect(total >= LIMIT || status == end);
  if (status == RF_OK)
    expect(whole == total);
  else if (end != RF_OK)
    expect(strcmp(err.message, first->message) == 0 && err.message[0] != '\0');
}

static void check_change(rf_store *store, size_t total) {
  uint8_t byte = 0;
  if (rf_store_write(store, total / 2, "!", 1, NULL) == RF_OK) {
    expect(rf_store_read(store, total / 2, &byte, 1, NULL) == RF_OK && byte == '!');
    expect(rf_store_sync(store, NULL) == RF_OK);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rf_error err, other;
  rf_store *store = open_input(data, size, &err);
  if (store == NULL)
    return 0;
  uint8_t *content = malloc(LIMIT);
  expect(content != NULL);
  rf_status end;
  size_t total = read_forward(store, content, &end, &err);
  read_backward(store, content, total);
  check_size(store, total, end, &err);
  (void)rf_store_close(store, NULL);

  /* The same at once: with libdeflate where it is in the build. */
  store = open_input(data, size, &other);
  expect(store != NULL);
  check_size(store, total, end, &err);
  const uint8_t *bytes;
  if (total > 0 && end == RF_OK && rf_store_peek(store, 0, total, &bytes, NULL) == RF_OK)
    expect(memcmp(bytes, content, total) == 0);
  check_change(store, total);
  (void)rf_store_close(store, NULL);
  free(content);
  return 0;
}
