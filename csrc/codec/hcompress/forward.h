/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The H-transform for one type of coefficients: included by codec/hcompress/encode.c with HC_INT the type and HC(name)
 * the names to give. The caller has made sure that nothing overflows HC_INT. Each level turns two rows of means into
 * one row of the next means and one of each kind of differences, which go straight to their quadrant.
 */

/* Where a pair of rows goes. */
typedef struct HC(places) {
  HC_INT *h0;
  HC_INT *hx;
  HC_INT *hy;
  HC_INT *hc;
} HC(places);

/* Sums and differences of level k to multiples: the digits that the inverse can tell from the other coefficients. */
static inline HC_INT HC(round_mean)(HC_INT v, unsigned k) {
  return (v + ((HC_INT)2 << k) - (v < 0 ? 1 : 0)) & -((HC_INT)4 << k);
}

static inline HC_INT HC(round_difference)(HC_INT v, unsigned k) {
  return (v + (v < 0 ? 0 : (HC_INT)1 << k)) & -((HC_INT)2 << k);
}

static void HC(forward_two)(const HC_INT *restrict in0, const HC_INT *restrict in1, size_t columns, unsigned k,
                            const HC(places) * to) {
  HC_INT *restrict out_h0 = to->h0, *restrict out_hx = to->hx, *restrict out_hy = to->hy, *restrict out_hc = to->hc;
  size_t pairs = columns / 2;
  int shift = k == 0 ? 0 : 1;
  for (size_t j = 0; j < pairs; j++) {
    HC_INT a = in0[2 * j], b = in0[2 * j + 1], c = in1[2 * j], d = in1[2 * j + 1];
    HC_INT upper = a + b, lower = c + d, upper_step = b - a, lower_step = d - c;
    out_h0[j] = HC(round_mean)((lower + upper) >> shift, k);
    out_hx[j] = HC(round_difference)((lower - upper) >> shift, k);
    out_hy[j] = HC(round_difference)((lower_step + upper_step) >> shift, k);
    out_hc[j] = (lower_step - upper_step) >> shift;
  }
  if (columns % 2 != 0) {
    HC_INT a = in0[columns - 1], c = in1[columns - 1], factor = k == 0 ? 2 : 1;
    out_h0[pairs] = HC(round_mean)((c + a) * factor, k);
    out_hx[pairs] = HC(round_difference)((c - a) * factor, k);
  }
}

/* The last row of an odd number. */
static void HC(forward_one)(const HC_INT *in, size_t columns, unsigned k, const HC(places) * to) {
  size_t pairs = columns / 2;
  HC_INT factor = k == 0 ? 2 : 1;
  for (size_t j = 0; j < pairs; j++) {
    HC_INT a = in[2 * j], b = in[2 * j + 1];
    to->h0[j] = HC(round_mean)((b + a) * factor, k);
    to->hy[j] = HC(round_difference)((b - a) * factor, k);
  }
  if (columns % 2 != 0)
    to->h0[pairs] = HC(round_mean)(in[columns - 1] * (2 * factor), k);
}

/* A row of pixels. */
static void HC(load_row)(HC_INT *restrict row, const void *values, size_t first, size_t count, unsigned width) {
  if (width == 1) {
    const uint8_t *from = (const uint8_t *)values + first;
    for (size_t j = 0; j < count; j++)
      row[j] = from[j];
  } else if (width == 2) {
    const int16_t *from = (const int16_t *)values + first;
    for (size_t j = 0; j < count; j++)
      row[j] = from[j];
  } else {
    const int32_t *from = (const int32_t *)values + first;
    for (size_t j = 0; j < count; j++)
      row[j] = from[j];
  }
}

/* Pixels to coefficients `a`. The means of level k are made in means[k % 2]; `two` has room for two rows. */
static void HC(forward)(const work *w, const void *values, HC_INT *a, HC_INT *const means[2], HC_INT *two) {
  size_t columns = w->columns;
  for (unsigned k = 0; k < w->depth; k++) {
    size_t level_rows = ceil_shift(w->rows, k), level_columns = ceil_shift(columns, k);
    size_t half_rows = (level_rows + 1) / 2, half_columns = (level_columns + 1) / 2;
    for (size_t i = 0; i < half_rows; i++) {
      size_t n = 2 * i + 1 == level_rows ? 1 : 2;
      const HC_INT *in = means[k % 2] + 2 * i * level_columns;
      if (k == 0) {
        HC(load_row)(two, values, 2 * i * columns, n * columns, w->width);
        in = two;
      }
      HC_INT *upper = a + i * columns, *lower = a + (half_rows + i) * columns;
      HC(places) to = {means[(k + 1) % 2] + i * half_columns, lower, upper + half_columns, lower + half_columns};
      if (n == 2)
        HC(forward_two)(in, in + level_columns, level_columns, k, &to);
      else
        HC(forward_one)(in, level_columns, k, &to);
    }
  }
  if (w->depth == 0)
    HC(load_row)(a, values, 0, 1, w->width);
  else
    a[0] = means[w->depth % 2][0];
}

/* Divides by the scale, to nearest. */
static void HC(digitize)(HC_INT *a, size_t count, HC_INT scale) {
  HC_INT half = (scale - 1) / 2;
  for (size_t i = 0; i < count; i++)
    a[i] = (a[i] + (a[i] > 0 ? half : -half)) / scale;
}

/* Turns `count` coefficients into magnitudes, writes the signs of those that are not zero, and returns the bits that
 * any of them has. */
static uint64_t HC(split_signs)(HC_INT *a, size_t count, writer *signs) {
  HC_INT any = 0;
  for (size_t i = 0; i < count;) {
    size_t end = count - i < 32 ? count : i + 32;
    uint64_t word = 0;
    unsigned used = 0;
    for (; i < end; i++) {
      HC_INT v = a[i];
      unsigned negative = v < 0, some = v != 0;
      HC_INT magnitude = v < 0 ? -v : v;
      word = word << some | negative;
      used += some;
      any |= magnitude;
      a[i] = magnitude;
    }
    put(signs, word, used);
  }
  return (uint64_t)any;
}

/* The bytes of a row of magnitudes from bit `shift` on. */
static void HC(get_bytes)(uint8_t *restrict bytes, const HC_INT *restrict a, size_t count, unsigned shift) {
  for (size_t j = 0; j < count; j++)
    bytes[j] = (uint8_t)(a[j] >> shift);
}
