/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files over bytes of the caller.
 */
#include "store/local/borrowed.h"

#include <string.h>

#include "base/memory.h"

typedef struct borrowed_state {
  const uint8_t *bytes;
  size_t size;
} borrowed_state;

rf_status rf_borrowed_new(const void *bytes, size_t n, void **state, rf_error *err) {
  borrowed_state *b = rf_alloc_zero(1, sizeof *b);
  if (b == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to open a file in memory");
  b->bytes = bytes;
  b->size = n;
  *state = b;
  return RF_OK;
}

static size_t available(const borrowed_state *b, uint64_t offset) {
  return offset < b->size ? b->size - (size_t)offset : 0;
}

static rf_status borrowed_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  borrowed_state *b = state;
  size_t rest = available(b, offset);
  (void)err;
  *got = n < rest ? n : rest;
  if (*got > 0)
    memcpy(buffer, b->bytes + (size_t)offset, *got);
  return RF_OK;
}

static rf_status borrowed_peek(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  borrowed_state *b = state;
  (void)err;
  if (n == 0 || n > available(b, offset))
    return RF_ERR_UNSUPPORTED;
  *bytes = b->bytes + (size_t)offset;
  return RF_OK;
}

static rf_status borrowed_get_size(void *state, uint64_t *size, rf_error *err) {
  (void)err;
  *size = ((borrowed_state *)state)->size;
  return RF_OK;
}

static void end_mapping(const rf_mapping *mapping) {
  (void)mapping; /* the caller keeps the bytes */
}

static rf_status borrowed_map(void *state, uint64_t offset, size_t n, rf_mapping *mapping, rf_error *err) {
  borrowed_state *b = state;
  size_t rest = available(b, offset);
  if (n > rest) {
    rf_error_at(err, (int64_t)offset);
    return rf_fail(err, RF_ERR_TRUNCATED, "expected %zu bytes at offset %llu, found %zu: %zu bytes are missing", n,
                   (unsigned long long)offset, rest, n - rest);
  }
  *mapping = (rf_mapping){.bytes = b->bytes + (size_t)offset, .end = end_mapping};
  return RF_OK;
}

static rf_status borrowed_close(void *state, rf_error *err) {
  (void)err;
  rf_free(state);
  return RF_OK;
}

const rf_driver_ops rf_borrowed_ops = {
    .size = sizeof(rf_driver_ops),
    .read_at = borrowed_read_at,
    .peek = borrowed_peek,
    .get_size = borrowed_get_size,
    .close = borrowed_close,
    .map = borrowed_map,
};
