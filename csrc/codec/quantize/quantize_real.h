/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The body of codec/quantize/quantize.c for one type: REAL is the type, NAME(x) x_f32 or x_f64. Included once for each.
 */

/* Scale and zero of a tile; false when it has none. */
static rf_status NAME(decide)(rf_quantum *quantum, double level, const REAL *in, size_t rows, size_t columns,
                              bool *decided, rf_error *err) {
  size_t count = rows * columns;
  rf_range_facts facts;
  double noise = 1.; /* a tile without pixels has any */
  *decided = false;
  NAME(rf_range)(in, count, &facts);
  if (facts.good > 0 && (facts.minimum < -MOST || facts.maximum > MOST)) /* infinity among them */
    return RF_OK;
  if (level > 0 && facts.good == 0) {
    facts.minimum = 0;
    facts.maximum = 1;
  } else if (level > 0)
    RF_TRY(NAME(rf_noise)(in, rows, columns, facts.good != count, &noise, err));
  REAL minimum = (REAL)facts.minimum, maximum = (REAL)facts.maximum;
  double step = step_of(level, noise);
  if (step == 0)
    return RF_OK;
  double range = (double)(REAL)(maximum - minimum) / step;
  if (!(range <= 2. * LARGEST - RESERVED))
    return RF_OK;
  quantum->has_null = facts.good != count;
  quantum->null = RF_QUANTIZED_NULL;
  quantum->scale = step;
  quantum->zero = zero_of(minimum, (double)(REAL)(minimum + maximum) / 2., range, step,
                          quantum->has_null || quantum->dither == RF_DITHER_2);
  *decided = isfinite(quantum->zero);
  return RF_OK;
}

rf_status NAME(rf_quantize)(rf_quantum *quantum, double level, const REAL *in, size_t rows, size_t columns,
                            int32_t *out, bool *done, rf_error *err) {
  *done = false;
  if (rows == 0 || columns == 0 || rows * columns <= 1) /* one pixel has no noise */
    return RF_OK;
  RF_TRY(NAME(decide)(quantum, level, in, rows, columns, done, err));
  if (*done)
    NAME(quantize)(quantum, in, rows * columns, out);
  return RF_OK;
}

/* One value by a scale that was not made for it. */
static bool NAME(requantize)(const rf_quantum *quantum, REAL in, const float *random, int32_t *out) {
  if (in != in) {
    *out = quantum->null;
    return quantum->has_null;
  }
  if (quantum->dither == RF_DITHER_2 && in == 0) {
    *out = RF_QUANTIZED_ZERO;
    return true;
  }
  double x = (in - quantum->zero) / quantum->scale;
  if (random)
    x = x + (double)*random - 0.5;
  if (!(x > RF_QUANTIZED_ZERO + 0.5 && x < LARGEST))
    return false;
  *out = nearest(x);
  return !(quantum->has_null && *out == quantum->null);
}

bool NAME(rf_requantize)(const rf_quantum *quantum, uint64_t first, const REAL *in, size_t count, int32_t *out) {
  bool dithered = quantum->dither != RF_DITHER_NONE, fits = true;
  rf_dither_walk walk = {0};
  if (dithered)
    walk = rf_dither_begin(quantum, first);
  for (size_t done = 0, n; done < count && fits; done += n) {
    n = count - done;
    const float *random = dithered ? rf_dither_next(&walk, n, &n) : NULL;
    for (size_t i = 0; i < n && fits; i++)
      fits = NAME(requantize)(quantum, in[done + i], random ? random + i : NULL, &out[done + i]);
  }
  return fits;
}
