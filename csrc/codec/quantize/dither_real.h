/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The body of codec/quantize/dither.c for one type and one processor: REAL is the type, BITS an unsigned integer of its
 * width, NAN_BITS an undefined value, TARGET the attribute of functions, NAME(x) their names. Included once for each.
 */

/* One loop for each kind, so that the kind costs no time per pixel. Special values are inserted as bits: compilers
 * make no vectors of loops in which a floating-point operation depends on a condition. An undefined pixel is that even
 * where ZBLANK is the integer for zero. */
TARGET static inline void NAME(block)(const rf_quantum *quantum, const int32_t *restrict in,
                                      const float *restrict random, size_t n, REAL *restrict out, bool dithered,
                                      bool zeros, bool nulls) {
  const double scale = quantum->scale, zero = quantum->zero;
  const int32_t null = quantum->null;
  for (size_t i = 0; i < n; i++) {
    double x = in[i];
    if (dithered)
      x = x - (double)random[i] + 0.5;
    REAL real = (REAL)(x * scale + zero);
    BITS bits;
    memcpy(&bits, &real, sizeof bits);
    if (zeros)
      bits &= (BITS)(in[i] == RF_QUANTIZED_ZERO) - 1;
    if (nulls) {
      BITS defined = (BITS)(in[i] == null) - 1;
      bits = (bits & defined) | (NAN_BITS & ~defined);
    }
    memcpy(&out[i], &bits, sizeof bits);
  }
}

TARGET static void NAME(dequantize_block)(const rf_quantum *quantum, const int32_t *in, const float *random, size_t n,
                                          REAL *out) {
  RF_DITHER_CASES(NAME(block), quantum, in, random, n, out);
}

TARGET static void NAME(dequantize)(const rf_quantum *quantum, const int32_t *in, size_t count, REAL *out) {
  int32_t block[BLOCK];
  bool dithered = quantum->dither != RF_DITHER_NONE;
  rf_dither_walk walk = {0};
  if (dithered)
    walk = rf_dither_begin(quantum, 0);
  for (size_t done = 0, n; done < count; done += n) {
    n = count - done < BLOCK ? count - done : BLOCK;
    const float *random = dithered ? rf_dither_next(&walk, n, &n) : NULL;
    memcpy(block, in + done, n * sizeof *block);
    NAME(dequantize_block)(quantum, block, random, n, out + done);
  }
}
