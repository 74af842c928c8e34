/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Byte order and checksums against arithmetic done here, at each SIMD level, over all lengths and alignments around the
 * sizes of the vectors.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "check.h"
#include "rustfits.h"

#define LENGTH_MAX 300
#define ROOM (8 * LENGTH_MAX + 64)

static uint64_t seed = 1;

static uint64_t random_bits(void) { /* xorshift64* */
  seed ^= seed >> 12;
  seed ^= seed << 25;
  seed ^= seed >> 27;
  return seed * UINT64_C(2685821657736338717);
}

static void put_file_order(uint8_t *to, uint64_t v, unsigned width) {
  for (unsigned k = 0; k < width; k++)
    to[k] = (uint8_t)(v >> (8 * (width - 1 - k)));
}

static void put_machine_order(uint8_t *to, uint64_t v, unsigned width) {
  uint8_t v8 = (uint8_t)v;
  uint16_t v16 = (uint16_t)v;
  uint32_t v32 = (uint32_t)v;
  memcpy(to, width == 1 ? (void *)&v8 : width == 2 ? (void *)&v16 : width == 4 ? (void *)&v32 : (void *)&v, width);
}

typedef void (*kernel)(void *dst, const void *src, size_t count, unsigned width);

/* Runs a kernel out of place and in place and looks at the bytes around, too. */
static void try_kernel(kernel run, const uint8_t *src, const uint8_t *expected, size_t count, unsigned width,
                       size_t src_shift, size_t dst_shift) {
  static uint8_t from[ROOM], to[ROOM];
  size_t n = count * width;
  memset(to, 0xA5, sizeof to);
  memcpy(from + src_shift, src, n);
  run(to + dst_shift, from + src_shift, count, width);
  CHECK(memcmp(to + dst_shift, expected, n) == 0);
  CHECK(memcmp(from + src_shift, src, n) == 0);
  for (size_t i = 0; i < dst_shift; i++)
    CHECK(to[i] == 0xA5);
  for (size_t i = dst_shift + n; i < sizeof to; i++)
    CHECK(to[i] == 0xA5);
  memcpy(to + dst_shift, src, n);
  run(to + dst_shift, to + dst_shift, count, width);
  CHECK(memcmp(to + dst_shift, expected, n) == 0);
}

static void try_run(size_t count, unsigned width, size_t src_shift, size_t dst_shift) {
  static uint8_t file[ROOM], machine[ROOM], file_flipped[ROOM], machine_flipped[ROOM];
  for (size_t i = 0; i < count; i++) {
    uint64_t v = random_bits(), top = UINT64_C(1) << (8 * width - 1);
    put_file_order(file + i * width, v, width);
    put_machine_order(machine + i * width, v, width);
    put_file_order(file_flipped + i * width, v ^ top, width);
    put_machine_order(machine_flipped + i * width, v ^ top, width);
  }
  try_kernel(rf_swap_copy, file, machine, count, width, src_shift, dst_shift);
  try_kernel(rf_swap_copy, machine, file, count, width, src_shift, dst_shift);
  try_kernel(rf_swap_flip_copy, file, machine_flipped, count, width, src_shift, dst_shift);
  try_kernel(rf_flip_swap_copy, machine, file_flipped, count, width, src_shift, dst_shift);
}

static void swaps_all_lengths(void) {
  for (unsigned width = 1; width <= 8; width *= 2)
    for (size_t count = 0; count <= LENGTH_MAX; count++)
      try_run(count, width, count % 7, count % 5);
}

static void swaps_all_alignments(void) {
  for (unsigned width = 1; width <= 8; width *= 2)
    for (size_t shift = 0; shift < 32 * 32; shift++)
      try_run(67, width, shift % 32, shift / 32);
}

/* FITS appendix J.1, as the standard words it: add, and add back each carry. */
static uint32_t plain_sum(const uint8_t *bytes, size_t n, uint32_t sum) {
  uint64_t total = sum;
  for (size_t i = 0; i < n; i += 4) {
    total += rf_get_be32(bytes + i);
    if (total > 0xFFFFFFFF)
      total -= 0xFFFFFFFF;
  }
  return (uint32_t)total;
}

static void sums(void) {
  static uint8_t bytes[4096 + 64];
  for (int kind = 0; kind < 3; kind++)
    for (size_t n = 0; n <= 600; n += 4)
      for (size_t shift = 0; shift < 18; shift++) {
        for (size_t i = 0; i < n; i++)
          bytes[shift + i] = kind == 0 ? (uint8_t)random_bits() : kind == 1 ? 0xFF : 0;
        uint32_t start = n % 3 == 0 ? 0 : n % 3 == 1 ? 0xFFFFFFFF : (uint32_t)random_bits();
        uint32_t got = rf_sum32(bytes + shift, n, start), expected = plain_sum(bytes + shift, n, start);
        CHECK(got == expected);
      }
  CHECK(rf_sum32(bytes, 0, 7) == 7);
}

static void long_sum_has_no_overflow(void) {
  size_t n = (size_t)16 << 20;
  uint8_t *bytes = malloc(n);
  CHECK(bytes != NULL);
  if (!bytes)
    return;
  memset(bytes, 0xFF, n);
  bytes[n - 1] = 0xFE;
  CHECK(rf_sum32(bytes, n, 0) == plain_sum(bytes, n, 0));
  free(bytes);
}

static void single_values(void) {
  uint8_t b[8] = {0x80, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0xF7}, c[8];
  CHECK(rf_get_be16(b) == 0x8001);
  CHECK(rf_get_be32(b) == 0x80010203);
  CHECK(rf_get_be64(b) == UINT64_C(0x80010203040506F7));
  rf_put_be64(c, UINT64_C(0x80010203040506F7));
  CHECK(memcmp(b, c, 8) == 0);
  rf_put_be16(c, 0x1234);
  CHECK(c[0] == 0x12 && c[1] == 0x34);
}

int main(void) {
  RUN(single_values);
  int best = rf_bytes_set_level(2);
  for (int level = 0; level <= best; level++) {
    CHECK(rf_bytes_set_level(level) == level);
    RUN(swaps_all_lengths);
    RUN(swaps_all_alignments);
    RUN(sums);
    RUN(long_sum_has_no_overflow);
  }
  CHECK(rf_bytes_set_level(-5) == 0);
  CHECK(rf_bytes_set_level(99) == best);
  return check_report();
}
