/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reals as scaled integers (FITS 10.2): noise estimate, quantization, subtractive dithering. Equal to the last bit to
 * what cfitsio does; nothing here may be contracted to fused multiply-adds (-ffp-contract=off).
 */
#ifndef RF_CODEC_QUANTIZE_QUANTIZE_H
#define RF_CODEC_QUANTIZE_QUANTIZE_H

#include <stdbool.h>

#include "base/error.h"

/* Values of the standard's random sequence (FITS appendix I). */
#define RF_DITHER_VALUES 10000
/* Integers that this library writes in quantized tiles for an undefined pixel, and for exactly 0.0 with RF_DITHER_2. */
#define RF_QUANTIZED_NULL (-2147483647)
#define RF_QUANTIZED_ZERO (-2147483646)

/* Fills `random` with the standard's sequence. */
void rf_dither_fill(float random[RF_DITHER_VALUES]);

/* How the reals of a tile are integers. */
typedef struct rf_quantum {
  double scale; /* ZSCALE */
  double zero;  /* ZZERO */
  rf_dither dither;
  const float *random; /* rf_dither_fill's; may be NULL for RF_DITHER_NONE */
  int seed;            /* ZDITHER0, within 1..10000 */
  uint64_t tile;       /* 0-based number of the tile: where in the sequence it begins */
  bool has_null;       /* `null` means NaN (ZBLANK) */
  int32_t null;
} rf_quantum;

/* Integers to reals. NaN where an integer is quantum->null; 0.0 where it is RF_QUANTIZED_ZERO with RF_DITHER_2. The
 * integers may lie in the first bytes of `out` (dequantizing in place) for f32, not for f64. */
void rf_dequantize_f32(const rf_quantum *quantum, const int32_t *in, size_t count, float *out);
void rf_dequantize_f64(const rf_quantum *quantum, const int32_t *in, size_t count, double *out);

/* Decides scale and zero of a tile and quantizes it. `level`: as rf_compression.quantize_level, not 0. NaNs become
 * RF_QUANTIZED_NULL and count for nothing. quantum: scale, zero, has_null and null are filled in, the rest is the
 * caller's. *done is false when the tile cannot be quantized (no noise, range too wide for 32 bits): it is to be stored
 * losslessly. rows and columns as in rf_tile_shape: the noise is measured along rows. RF_ERR_MEMORY. */
rf_status rf_quantize_f32(rf_quantum *quantum, double level, const float *in, size_t rows, size_t columns, int32_t *out,
                          bool *done, rf_error *err);
rf_status rf_quantize_f64(rf_quantum *quantum, double level, const double *in, size_t rows, size_t columns,
                          int32_t *out, bool *done, rf_error *err);

/* Quantizes with the scale and zero that `quantum` has already, for tiles of which a part changes: `count` values, the
 * first of which is element `first` of the tile. False when one does not fit (the tile then has to be stored
 * losslessly). */
bool rf_requantize_f32(const rf_quantum *quantum, uint64_t first, const float *in, size_t count, int32_t *out);
bool rf_requantize_f64(const rf_quantum *quantum, uint64_t first, const double *in, size_t count, int32_t *out);

/* Noise of integers, as cfitsio's fits_img_stats estimates it, for HCOMPRESS_1 scales in units of the noise. */
rf_status rf_noise_i32(const int32_t *in, size_t rows, size_t columns, double *noise, rf_error *err);

#endif
