/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Pixels for tests of HCOMPRESS_1: the same numbers as Case.pixels() of tests/support/make_hcompress_vectors.py gives.
 */
#ifndef RF_TESTS_HCOMPRESS_PIXELS_H
#define RF_TESTS_HCOMPRESS_PIXELS_H

#include "tile_values.h"

#define PIXEL_KINDS 5

static inline void make_pixels(void *pixels, unsigned width, unsigned kind, unsigned seed, size_t rows,
                               size_t columns) {
  uint64_t state = seed;
  for (size_t i = 0; i < rows * columns; i++) {
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    int64_t bits = (int64_t)(state >> 33), row = (int64_t)(i / columns), column = (int64_t)(i % columns);
    int64_t down = row - (int64_t)(rows / 2), across = column - (int64_t)(columns / 3);
    int64_t value = kind == 0   ? bits % ((int64_t)1 << seed % 32)
                    : kind == 1 ? 5 * row + 3 * column + bits % 4
                    : kind == 2 ? (i % 50 == 49 ? bits : 1000)
                    : kind == 3 ? 3000 - down * down - across * across
                                : -(int64_t)seed;
    store_value(pixels, i, width, value);
  }
}

/* Pixels as the codec gives them back. */
static inline int32_t pixel_at(const void *pixels, size_t i, unsigned width) {
  int16_t v16;
  int32_t v32;
  if (width == 1)
    return ((const uint8_t *)pixels)[i];
  if (width == 2) {
    memcpy(&v16, (const uint8_t *)pixels + 2 * i, 2);
    return v16;
  }
  memcpy(&v32, (const uint8_t *)pixels + 4 * i, 4);
  return v32;
}

static inline rf_tile_shape plane_shape(size_t rows, size_t columns, unsigned width) {
  rf_tile_shape shape = {rows * columns, columns, rows, width};
  return shape;
}

#endif
