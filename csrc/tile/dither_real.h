/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The body of dither.c for one type: REAL is the type, NAME(x) x_f32 or x_f64. Included once for each.
 */

/* Without dithering. */
static void NAME(scale_block)(const rf_quantum *quantum, const int32_t *in, size_t n, REAL *out) {
  const double scale = quantum->scale, zero = quantum->zero;
  for (size_t i = 0; i < n; i++)
    out[i] = (REAL)(in[i] * scale + zero);
}

static void NAME(undither_block)(const rf_quantum *quantum, const int32_t *in, const float *random, size_t n,
                                 REAL *out) {
  const double scale = quantum->scale, zero = quantum->zero;
  for (size_t i = 0; i < n; i++)
    out[i] = (REAL)(((double)in[i] - (double)random[i] + 0.5) * scale + zero);
}

/* The integers that stand for something else than their value. */
static void NAME(put_specials)(const rf_quantum *quantum, const int32_t *in, size_t n, REAL *out) {
  if (quantum->dither == RF_DITHER_2)
    for (size_t i = 0; i < n; i++)
      out[i] = in[i] == RF_QUANTIZED_ZERO ? 0 : out[i];
  if (quantum->has_null) /* comes last: an undefined pixel is that even where ZBLANK is the integer for zero */
    for (size_t i = 0; i < n; i++)
      out[i] = in[i] == quantum->null ? (REAL)NAN : out[i];
}

void NAME(rf_dequantize)(const rf_quantum *quantum, const int32_t *in, size_t count, REAL *out) {
  int32_t block[BLOCK];
  bool dithered = quantum->dither != RF_DITHER_NONE;
  rf_dither_walk walk = {0};
  if (dithered)
    walk = rf_dither_begin(quantum, 0);
  for (size_t done = 0, n; done < count; done += n) {
    n = count - done < BLOCK ? count - done : BLOCK;
    const float *random = dithered ? rf_dither_next(&walk, n, &n) : NULL;
    memcpy(block, in + done, n * sizeof *block);
    if (random)
      NAME(undither_block)(quantum, block, random, n, out + done);
    else
      NAME(scale_block)(quantum, block, n, out + done);
    NAME(put_specials)(quantum, block, n, out + done);
  }
}
