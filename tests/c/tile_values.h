/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Values for tests of tile codecs: the same numbers as values() of tests/support/make_tile_vectors.py gives.
 */
#ifndef RF_TESTS_TILE_VALUES_H
#define RF_TESTS_TILE_VALUES_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"

#define TILE_KINDS 5

static inline void store_value(void *values, size_t i, unsigned width, int64_t v) {
  uint8_t v8 = (uint8_t)v;
  uint16_t v16 = (uint16_t)v;
  uint32_t v32 = (uint32_t)v;
  memcpy((uint8_t *)values + i * width, width == 1 ? (void *)&v8 : width == 2 ? (void *)&v16 : (void *)&v32, width);
}

static inline void make_values(void *values, unsigned width, unsigned kind, unsigned seed, size_t count) {
  uint64_t state = seed;
  int64_t level = 0;
  for (size_t i = 0; i < count; i++) {
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    int64_t bits = (int64_t)(state >> 33);
    if (kind == 0)
      level = bits % ((int64_t)1 << seed % 32);
    else if (kind == 1)
      level += bits % 7 - 3;
    else if (kind == 2)
      level = i % 50 == 49 ? bits : 1000;
    else if (kind == 3)
      level = bits % 8 != 0 ? level : (bits >> 8) % 3 * (bits >> 16) % 60;
    else
      level = (bits % 4 != 0 ? level : (bits >> 8) % 2 * (bits >> 9)) % (1 << 24);
    store_value(values, i, width, level);
  }
}

/* A copy of its very size, so that AddressSanitizer sees a byte read outside of it. */
static inline uint8_t *exact_copy(const uint8_t *bytes, size_t n) {
  uint8_t *copy = malloc(n > 0 ? n : 1);
  if (copy == NULL)
    abort();
  if (n > 0)
    memcpy(copy, bytes, n);
  return copy;
}

static inline void *room(size_t bytes) {
  void *block = malloc(bytes > 0 ? bytes : 1);
  if (block == NULL)
    abort();
  return block;
}

/* A tile of one row. */
static inline rf_tile_shape row_shape(size_t count, unsigned width) {
  rf_tile_shape shape = {count, count, 1, width};
  return shape;
}

#endif
