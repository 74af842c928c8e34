/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Checked memory and overflow-safe arithmetic on sizes.
 */
#ifndef RF_BASE_MEMORY_H
#define RF_BASE_MEMORY_H

#include <stdbool.h>

#include "rustfits.h"

/* Return blocks of the allocator in force, or NULL without memory. Size 0 returns a block of 1 byte. rf_alloc_zero()
 * checks count * size. */
void *rf_alloc(size_t size);
void *rf_alloc_zero(size_t count, size_t size);
void *rf_realloc(void *block, size_t size);
void rf_free(void *block);
char *rf_strdup(const char *text);
char *rf_strndup(const char *text, size_t n);

/* Buffers of many pages for file content, from the system, with a request for huge pages: without them the kernel takes
 * three times as long to zero the pages. The content is zero at first. rf_pages_resize() keeps the content up to the
 * smaller size and may move it. On failure it returns NULL and leaves the old block. */
void *rf_pages_alloc(size_t size);
void *rf_pages_resize(void *pages, size_t old_size, size_t new_size);
void rf_pages_free(void *pages, size_t size);

/* Return false and leave *out when the result does not fit. */
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

/* Returns false when `value` does not fit a size_t, as on 32-bit machines. */
static inline bool rf_to_size(uint64_t value, size_t *out) {
  if (value > SIZE_MAX)
    return false;
  *out = (size_t)value;
  return true;
}

/* Sets *out to n rounded up to whole 2880-byte blocks. Returns false on overflow. */
static inline bool rf_block_ceil(uint64_t n, uint64_t *out) {
  uint64_t up;
  if (!rf_add_u64(n, RF_BLOCK_BYTES - 1, &up))
    return false;
  *out = up - up % RF_BLOCK_BYTES;
  return true;
}

#endif
