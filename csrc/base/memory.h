/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Checked memory and overflow-safe arithmetic on sizes.
 */
#ifndef RF_BASE_MEMORY_H
#define RF_BASE_MEMORY_H

#include <stdbool.h>

#include "rustfits.h"

/* Blocks from the allocator in force. NULL when there is none to be had; size 0 gives a block of 1 byte.
 * rf_alloc_zero checks count * size. */
void *rf_alloc(size_t size);
void *rf_alloc_zero(size_t count, size_t size);
void *rf_realloc(void *block, size_t size);
void rf_free(void *block);
char *rf_strdup(const char *text);
char *rf_strndup(const char *text, size_t n);

/* Buffers of many pages for file content, straight from the system, with huge pages advised: without them the
 * kernel's zeroing costs three times as much. Content is zero at first. rf_pages_resize keeps the content up to the
 * smaller size, may move it, and gives NULL (the old block untouched) on failure. */
void *rf_pages_alloc(size_t size);
void *rf_pages_resize(void *pages, size_t old_size, size_t new_size);
void rf_pages_free(void *pages, size_t size);

/* false when the result does not fit; *out is then unchanged. */
static inline bool rf_add_u64(uint64_t a, uint64_t b, uint64_t *out) {
  if (a > UINT64_MAX - b)
    return false;
  *out = a + b;
  return true;
}

static inline bool rf_mul_u64(uint64_t a, uint64_t b, uint64_t *out) {
  if (b != 0 && a > UINT64_MAX / b)
    return false;
  *out = a * b;
  return true;
}

/* false when `value` does not fit a size_t (32-bit machines). */
static inline bool rf_to_size(uint64_t value, size_t *out) {
  if (value > SIZE_MAX)
    return false;
  *out = (size_t)value;
  return true;
}

/* `n` rounded up to whole 2,880-byte blocks; false on overflow. */
static inline bool rf_round_block(uint64_t n, uint64_t *out) {
  uint64_t up;
  if (!rf_add_u64(n, RF_BLOCK_BYTES - 1, &up))
    return false;
  *out = up - up % RF_BLOCK_BYTES;
  return true;
}

#endif
