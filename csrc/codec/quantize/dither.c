/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Subtractive dithering: the random sequence, the way through it, and integers back to reals.
 */
#include "codec/quantize/dither.h"

#include <string.h>

#include "base/bytes.h"
#include "codec/vector.h"

/* Pixels that go through the stack at a time, so that results may take the place of the integers. */
#define BLOCK 1024

/* Quiet NaNs. */
#define NAN_32 UINT32_C(0x7FC00000)
#define NAN_64 UINT64_C(0x7FF8000000000000)

void rf_dither_fill(float random[RF_DITHER_VALUES]) {
  /* Park and Miller's generator, which is exact in 64 bits: the last seed is 1043618065. */
  const uint64_t factor = 16807, modulus = 2147483647;
  uint64_t seed = 1;
  for (size_t i = 0; i < RF_DITHER_VALUES; i++) {
    seed = seed * factor % modulus;
    random[i] = (float)((double)seed / (double)modulus);
  }
}

/* A run begins at 500 times the element with the number of the run. */
static unsigned run_begin(const float *random, unsigned seed) {
  return (unsigned)(random[seed] * 500);
}

rf_dither_walk rf_dither_begin(const rf_quantum *quantum, uint64_t first) {
  int64_t seed = ((int64_t)quantum->seed - 1) % RF_DITHER_VALUES;
  uint64_t number = (uint64_t)(seed + RF_DITHER_VALUES) + quantum->tile % RF_DITHER_VALUES;
  rf_dither_walk walk = {quantum->random, (unsigned)(number % RF_DITHER_VALUES), 0};
  walk.next = run_begin(walk.random, walk.seed);
  while (first > 0) {
    size_t n;
    (void)rf_dither_next(&walk, first < RF_DITHER_VALUES ? (size_t)first : RF_DITHER_VALUES, &n);
    first -= n;
  }
  return walk;
}

const float *rf_dither_next(rf_dither_walk *walk, size_t most, size_t *count) {
  const float *values = walk->random + walk->next;
  size_t left = RF_DITHER_VALUES - walk->next;
  *count = most < left ? most : left;
  walk->next += (unsigned)*count;
  if (walk->next == RF_DITHER_VALUES) {
    walk->seed = walk->seed + 1 == RF_DITHER_VALUES ? 0 : walk->seed + 1;
    walk->next = run_begin(walk->random, walk->seed);
  }
  return values;
}

#define TARGET
#define REAL float
#define BITS uint32_t
#define NAN_BITS NAN_32
#define NAME(name) name##_f32_plain
#include "codec/quantize/dither_real.h"
#undef REAL
#undef BITS
#undef NAN_BITS
#undef NAME
#define REAL double
#define BITS uint64_t
#define NAN_BITS NAN_64
#define NAME(name) name##_f64_plain
#include "codec/quantize/dither_real.h"
#undef REAL
#undef BITS
#undef NAN_BITS
#undef NAME
#undef TARGET

#ifdef RF_VECTOR_AVX2
#define TARGET RF_VECTOR_AVX2
#define REAL float
#define BITS uint32_t
#define NAN_BITS NAN_32
#define NAME(name) name##_f32_avx2
#include "codec/quantize/dither_real.h"
#undef REAL
#undef BITS
#undef NAN_BITS
#undef NAME
#define REAL double
#define BITS uint64_t
#define NAN_BITS NAN_64
#define NAME(name) name##_f64_avx2
#include "codec/quantize/dither_real.h"
#undef REAL
#undef BITS
#undef NAN_BITS
#undef NAME
#undef TARGET
#else
#define dequantize_f32_avx2 dequantize_f32_plain
#define dequantize_f64_avx2 dequantize_f64_plain
#endif

void rf_dequantize_f32(const rf_quantum *quantum, const int32_t *in, size_t count, float *out) {
  if (rf_bytes_level() >= 2)
    dequantize_f32_avx2(quantum, in, count, out);
  else
    dequantize_f32_plain(quantum, in, count, out);
}

void rf_dequantize_f64(const rf_quantum *quantum, const int32_t *in, size_t count, double *out) {
  if (rf_bytes_level() >= 2)
    dequantize_f64_avx2(quantum, in, count, out);
  else
    dequantize_f64_plain(quantum, in, count, out);
}
