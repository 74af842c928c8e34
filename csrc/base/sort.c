/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/sort.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MAX_ITEM_BYTES 64

static inline uint64_t key_of(const uint8_t *item) {
  uint64_t key;
  memcpy(&key, item, sizeof key);
  return key;
}

static bool is_sorted(const uint8_t *items, size_t count, size_t bytes) {
  for (size_t i = 1; i < count; i++)
    if (key_of(items + i * bytes) < key_of(items + (i - 1) * bytes))
      return false;
  return true;
}

/* Puts `item` in the heap items[0..end), at `hole` or below. */
static inline void sift(uint8_t *items, size_t hole, size_t end, size_t bytes, const uint8_t *item) {
  uint64_t key = key_of(item);
  for (size_t child; (child = 2 * hole + 1) < end; hole = child) {
    if (child + 1 < end && key_of(items + (child + 1) * bytes) > key_of(items + child * bytes))
      child++;
    if (key_of(items + child * bytes) <= key)
      break;
    memcpy(items + hole * bytes, items + child * bytes, bytes);
  }
  memcpy(items + hole * bytes, item, bytes);
}

/* Inlined, so that the compiler knows `bytes`. */
static inline void heap_sort(uint8_t *items, size_t count, size_t bytes) {
  uint8_t item[MAX_ITEM_BYTES];
  for (size_t begin = count / 2; begin-- > 0;) {
    memcpy(item, items + begin * bytes, bytes);
    sift(items, begin, count, bytes, item);
  }
  for (size_t end = count; end-- > 1;) {
    memcpy(item, items + end * bytes, bytes);
    memcpy(items + end * bytes, items, bytes);
    sift(items, 0, end, bytes, item);
  }
}

void rf_sort_by_u64(void *items, size_t count, size_t item_bytes) {
  if (count < 2 || is_sorted(items, count, item_bytes))
    return;
  if (item_bytes == sizeof(uint64_t))
    heap_sort(items, count, sizeof(uint64_t));
  else
    heap_sort(items, count, item_bytes);
}
