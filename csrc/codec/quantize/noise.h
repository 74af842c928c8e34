/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What has to be known of a tile before its reals can be quantized: range, undefined pixels, noise.
 */
#ifndef RF_CODEC_QUANTIZE_NOISE_H
#define RF_CODEC_QUANTIZE_NOISE_H

#include <stdbool.h>

#include "base/error.h"

/* Facts of the pixels that are not NaN; exact in double for both widths. */
typedef struct rf_range_facts {
  size_t good;    /* pixels that are not NaN */
  double minimum; /* without any: the largest finite value of the type, as cfitsio has it */
  double maximum; /* without any: the lowest */
} rf_range_facts;

void rf_range_f32(const float *in, size_t count, rf_range_facts *facts);
void rf_range_f64(const double *in, size_t count, rf_range_facts *facts);

/* The least of the noise estimates of 2nd, 3rd and 5th order that is not 0, as cfitsio chooses: medians of absolute
 * differences along rows (of 9 pixels at least; the rows of a narrower tile are taken as one), and of those the median
 * over the rows. `nans`: there are NaNs, which are left out. The values must be so far below the largest finite one
 * that no difference overflows: no more than a 16th of it. RF_ERR_MEMORY. */
rf_status rf_noise_f32(const float *in, size_t rows, size_t columns, bool nans, double *noise, rf_error *err);
rf_status rf_noise_f64(const double *in, size_t rows, size_t columns, bool nans, double *noise, rf_error *err);

#endif
