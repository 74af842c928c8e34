/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The noise of a tile from the differences of neighbours (median absolute differences of 2nd, 3rd and 5th order), to
 * the last bit as cfitsio finds it: readers who pack the same image twice compare the files.
 */
#include "codec/quantize/noise.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "codec/quantize/quantize.h"
#include "codec/vector.h"

/* Pixels that the differences of 5th order span. */
#define LEAST_PIXELS 9

/* Extremes that are kept side by side, so that they can be found side by side. */
#define LANES 16

/* Keys of one pass, so that a lane can count them. */
#define SPLIT_MOST ((size_t)1 << 30)

/* Up to so many keys are moved about at once; more are counted, so many times at most. */
#define MOVING_MOST 24
#define PASSES_MOST 16

/* Passes go over so many keys at a time. */
#define KEYS_PADDED 16

/* Keys of which the median is the first guess; odd. */
#define SAMPLE 15

/* A rank more is some 2 in count of a value near the median of normal noise, and a binade has 2^23 and 2^52 keys. */
#define SLOPE_32 3e7
#define SLOPE_64 1.6e16

/* ---- for any processor, doubles first: medians of medians are theirs, too ---- */

#define TARGET
#define REAL double
#define REAL_MOST DBL_MAX
#define KEY int64_t
#define KEY_MOST INT64_MAX
#define KEY_SLOPE SLOPE_64
#define NAME(name) name##_f64_plain
#include "codec/quantize/select_key.h"

/* The median of the medians of rows, which are keys; unlike within rows, two in the middle are averaged. */
static double median_of_rows(int64_t *medians, size_t rows) {
  if (rows == 0)
    return 0;
  int64_t low = select_moving_f64_plain(medians, rows, (rows - 1) / 2), high = medians[rows / 2];
  for (size_t i = rows / 2; i < rows; i++) /* none of these is below `low` by now */
    high = medians[i] < high ? medians[i] : high;
  return rows == 1 ? real_f64_plain(low) : (real_f64_plain(low) + real_f64_plain(high)) / 2.;
}

/* From medians of differences to standard deviations of normal noise, and the least of the three. */
static double least_noise(int64_t *const medians[3], const size_t rows[3]) {
  double second = 1.0483579 * median_of_rows(medians[0], rows[0]);
  double noise = 0.6052697 * median_of_rows(medians[1], rows[1]);
  double fifth = 0.1772048 * median_of_rows(medians[2], rows[2]);
  if (second != 0. && second < noise)
    noise = second;
  if (fifth != 0. && fifth < noise)
    noise = fifth;
  return noise;
}

#include "codec/quantize/noise_real.h"
#undef NAME

/* ---- the same again ---- */

#ifdef RF_VECTOR_AVX2
#undef TARGET
#define TARGET RF_VECTOR_AVX2
#define NAME(name) name##_f64_avx2
#include "codec/quantize/select_key.h"
#include "codec/quantize/noise_real.h"
#undef NAME
#endif

#undef REAL
#undef REAL_MOST
#undef KEY
#undef KEY_MOST
#undef KEY_SLOPE
#define REAL float
#define REAL_MOST FLT_MAX
#define KEY int32_t
#define KEY_MOST INT32_MAX
#define KEY_SLOPE SLOPE_32

#ifdef RF_VECTOR_AVX2
#define NAME(name) name##_f32_avx2
#include "codec/quantize/select_key.h"
#include "codec/quantize/noise_real.h"
#undef NAME
#undef TARGET
#define TARGET
#endif

#define NAME(name) name##_f32_plain
#include "codec/quantize/select_key.h"
#include "codec/quantize/noise_real.h"
#undef NAME

#ifndef RF_VECTOR_AVX2
#define range_f32_avx2 range_f32_plain
#define range_f64_avx2 range_f64_plain
#define noise_f32_avx2 noise_f32_plain
#define noise_f64_avx2 noise_f64_plain
#endif

void rf_range_f32(const float *in, size_t count, rf_range_facts *facts) {
  if (rf_bytes_level() >= 2)
    range_f32_avx2(in, count, facts);
  else
    range_f32_plain(in, count, facts);
}

void rf_range_f64(const double *in, size_t count, rf_range_facts *facts) {
  if (rf_bytes_level() >= 2)
    range_f64_avx2(in, count, facts);
  else
    range_f64_plain(in, count, facts);
}

rf_status rf_noise_f32(const float *in, size_t rows, size_t columns, bool nans, double *noise, rf_error *err) {
  return rf_bytes_level() >= 2 ? noise_f32_avx2(in, rows, columns, nans, noise, err)
                               : noise_f32_plain(in, rows, columns, nans, noise, err);
}

rf_status rf_noise_f64(const double *in, size_t rows, size_t columns, bool nans, double *noise, rf_error *err) {
  return rf_bytes_level() >= 2 ? noise_f64_avx2(in, rows, columns, nans, noise, err)
                               : noise_f64_plain(in, rows, columns, nans, noise, err);
}

rf_status rf_noise_i32(const int32_t *in, size_t rows, size_t columns, double *noise, rf_error *err) {
  size_t count = rows * columns;
  double *reals = rf_alloc_zero(count, sizeof *reals); /* their differences are exact, too */
  if (!reals)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to estimate the noise of a tile of %zu pixels", count);
  for (size_t i = 0; i < count; i++)
    reals[i] = in[i];
  rf_status status = rf_noise_f64(reals, rows, columns, false, noise, err);
  rf_free(reals);
  return status;
}
