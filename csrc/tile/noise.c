/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The noise of a tile from the differences of neighbours (median absolute differences of 2nd, 3rd and 5th order), to
 * the last bit as cfitsio finds it: readers who pack the same image twice compare the files.
 */
#include "tile/noise.h"

#include <float.h>
#include <string.h>

#include "base/memory.h"
#include "tile/quantize.h"
#include "tile/select.h"

/* Pixels that the differences of 5th order span. */
#define LEAST_PIXELS 9

/* Extremes that are kept side by side, so that they can be found side by side. */
#define LANES 8

/* The median of the medians of rows; unlike within rows, two in the middle are averaged. */
static double median_of_rows(double *medians, size_t rows) {
  if (rows == 0)
    return 0;
  double low = rf_select_f64(medians, rows, (rows - 1) / 2);
  double high = rf_select_f64(medians, rows, rows / 2);
  return rows == 1 ? low : (low + high) / 2.;
}

/* From medians of differences to standard deviations of normal noise, and the least of the three. */
static double least_noise(double *const medians[3], const size_t rows[3]) {
  double second = 1.0483579 * median_of_rows(medians[0], rows[0]);
  double noise = 0.6052697 * median_of_rows(medians[1], rows[1]);
  double fifth = 0.1772048 * median_of_rows(medians[2], rows[2]);
  if (second != 0. && second < noise)
    noise = second;
  if (fifth != 0. && fifth < noise)
    noise = fifth;
  return noise;
}

#define REAL float
#define REAL_MAX FLT_MAX
#define NAME(name) name##_f32
#include "tile/noise_real.h"
#undef REAL
#undef REAL_MAX
#undef NAME

#define REAL double
#define REAL_MAX DBL_MAX
#define NAME(name) name##_f64
#include "tile/noise_real.h"
#undef REAL
#undef REAL_MAX
#undef NAME

rf_status rf_noise_i32(const int32_t *in, size_t rows, size_t columns, double *noise, rf_error *err) {
  size_t count = rows * columns;
  double *reals = rf_alloc_zero(count, sizeof *reals); /* their differences are exact, too */
  if (!reals)
    return rf_fail(err, RF_ERR_MEMORY, "no memory to estimate the noise of a tile of %zu pixels", count);
  for (size_t i = 0; i < count; i++)
    reals[i] = in[i];
  rf_status status = rf_noise_f64(reals, rows, columns, false, noise, err);
  rf_free(reals);
  return status;
}
