/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reals to integers by a scale that is known, for one type and one processor: REAL is the type, TARGET the attribute of
 * functions, NAME(x) their names. Included once for each.
 */

/* One loop for each kind, so that the kind costs nothing a pixel. */
TARGET static inline void NAME(block)(const rf_quantum *quantum, const REAL *restrict in, const float *restrict random,
                                      size_t n, int32_t *restrict out, bool dithered, bool zeros, bool nulls) {
  const double scale = quantum->scale, zero = quantum->zero;
  for (size_t i = 0; i < n; i++) {
    double x = (in[i] - zero) / scale;
    if (dithered)
      x = x + (double)random[i] - 0.5;
    int32_t integer = nearest(x);
    if (zeros)
      integer = in[i] == 0 ? RF_QUANTIZED_ZERO : integer;
    if (nulls)
      integer = in[i] == in[i] ? integer : RF_QUANTIZED_NULL;
    out[i] = integer;
  }
}

TARGET static void NAME(quantize_block)(const rf_quantum *quantum, const REAL *in, const float *random, size_t n,
                                        int32_t *out) {
  RF_DITHER_CASES(NAME(block), quantum, in, random, n, out);
}

TARGET static void NAME(quantize)(const rf_quantum *quantum, const REAL *in, size_t count, int32_t *out) {
  bool dithered = quantum->dither != RF_DITHER_NONE;
  rf_dither_walk walk = {0};
  if (dithered)
    walk = rf_dither_begin(quantum, 0);
  for (size_t done = 0, n; done < count; done += n) {
    n = count - done;
    const float *random = dithered ? rf_dither_next(&walk, n, &n) : NULL;
    NAME(quantize_block)(quantum, in + done, random, n, out + done);
  }
}
