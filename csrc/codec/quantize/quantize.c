/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reals to integers: which step and zero point a tile has, and the integers themselves (FITS 10.2). Every operation is
 * done in the type and order of cfitsio's, for the same bits.
 */
#include "codec/quantize/quantize.h"

#include <float.h>
#include <math.h>

#include "base/bytes.h"
#include "codec/quantize/dither.h"
#include "codec/quantize/noise.h"
#include "codec/vector.h"

/* Integers from RF_QUANTIZED_NULL on that are no values: two are in use, and a lossy codec may shift some. */
#define RESERVED 10
#define LARGEST 2147483647.

/* Differences of 5th order are up to 16 times the largest value. */
#define MAX_32 (FLT_MAX / 16)
#define MAX_64 (DBL_MAX / 16)

/* The step of a tile; 0 when there is none. */
static double step_of(double level, double noise) {
  double step = level < 0 ? -(double)(float)level : noise / (double)(float)level;
  return step > 0 && isfinite(step) ? step : 0; /* the level is a float in cfitsio */
}

/* Returns the real of the integer 0, or NaN when none exists. `range` is in steps. */
static double zero_of(double minimum, double middle, double range, double step, bool shifted) {
  if (shifted) /* to just above the integers of undefined pixels and zero */
    return minimum - step * (RF_QUANTIZED_NULL + RESERVED);
  if (!(range < LARGEST - RESERVED))
    return middle;
  /* A whole number of steps, so that packing unpacked values gives the same integers. */
  double steps = minimum / step + 0.5;
  return fabs(steps) < 9.2e18 ? (double)(int64_t)steps * step : NAN;
}

/* To the nearest integer. The range of the tile was checked; rounding may still reach beyond the ends by a bit. */
static inline int32_t nearest(double x) {
  x += x >= 0. ? 0.5 : -0.5;
  x = x < LARGEST ? x : LARGEST;
  x = x > -LARGEST ? x : -LARGEST;
  return (int32_t)x;
}

#define TARGET
#define REAL float
#define NAME(name) name##_f32_plain
#include "codec/quantize/quantize_block.h"
#undef REAL
#undef NAME
#define REAL double
#define NAME(name) name##_f64_plain
#include "codec/quantize/quantize_block.h"
#undef REAL
#undef NAME
#undef TARGET

#ifdef RF_VECTOR_AVX2
#define TARGET RF_VECTOR_AVX2
#define REAL float
#define NAME(name) name##_f32_avx2
#include "codec/quantize/quantize_block.h"
#undef REAL
#undef NAME
#define REAL double
#define NAME(name) name##_f64_avx2
#include "codec/quantize/quantize_block.h"
#undef REAL
#undef NAME
#undef TARGET
#else
#define quantize_f32_avx2 quantize_f32_plain
#define quantize_f64_avx2 quantize_f64_plain
#endif

static void quantize_f32(const rf_quantum *quantum, const float *in, size_t count, int32_t *out) {
  if (rf_bytes_level() >= 2)
    quantize_f32_avx2(quantum, in, count, out);
  else
    quantize_f32_plain(quantum, in, count, out);
}

static void quantize_f64(const rf_quantum *quantum, const double *in, size_t count, int32_t *out) {
  if (rf_bytes_level() >= 2)
    quantize_f64_avx2(quantum, in, count, out);
  else
    quantize_f64_plain(quantum, in, count, out);
}

#define REAL float
#define MOST MAX_32
#define NAME(name) name##_f32
#include "codec/quantize/quantize_real.h"
#undef REAL
#undef MOST
#undef NAME

#define REAL double
#define MOST MAX_64
#define NAME(name) name##_f64
#include "codec/quantize/quantize_real.h"
#undef REAL
#undef MOST
#undef NAME
