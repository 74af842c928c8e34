/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The inverse H-transform for one type of coefficients: included by codec/hcompress/decode.c with HC_INT the type and
 * HC(name) the names to give. The caller has made sure that nothing overflows HC_INT.
 *
 * Each level makes, of the mean coefficients h0 of the level before and of the differences hx (between rows), hy
 * (between columns) and hc (both) that the stream has, blocks of 2 x 2 means: rows 2i and 2i + 1 of the new ones from
 * row i of each. So there is no shuffling in place: all rows are read and written in order.
 */

/* Level k of the transform: what is rounded to which bits. The last level is 0. */
typedef struct HC(rounding) {
  HC_INT bit0;  /* 2^k */
  HC_INT bit1;  /* 2^(k+1) */
  HC_INT half0; /* half of bit0 */
  HC_INT less0; /* subtracted from negative ones, so that both signs round alike */
  int shift;
} HC(rounding);

static HC(rounding) HC(rounding_of)(unsigned k) {
  HC(rounding) r = {.bit0 = (HC_INT)1 << k, .bit1 = (HC_INT)2 << k, .shift = k == 0 ? 2 : 1};
  r.half0 = r.bit0 / 2;
  r.less0 = k == 0 ? 0 : 1;
  return r;
}

/* To a multiple of bit1, bit0. */
static inline HC_INT HC(round1)(HC_INT v, const HC(rounding) * r) {
  return (v + r->bit0 - (v < 0 ? 1 : 0)) & -r->bit1;
}

static inline HC_INT HC(round0)(HC_INT v, const HC(rounding) * r) {
  return (v + r->half0 - (v < 0 ? r->less0 : 0)) & -r->bit0;
}

/* One row of each kind of coefficients; hx and hc are NULL for a last row that has none below. */
typedef struct HC(rows) {
  const HC_INT *h0;
  const HC_INT *hx;
  const HC_INT *hy;
  const HC_INT *hc;
} HC(rows);

/* Rows 2i and 2i + 1, `columns` values each. */
static void HC(inverse_two)(const HC(rows) * in, size_t columns, HC(rounding) r, HC_INT *restrict out0,
                            HC_INT *restrict out1) {
  const HC_INT *restrict in_h0 = in->h0, *restrict in_hx = in->hx;
  const HC_INT *restrict in_hy = in->hy, *restrict in_hc = in->hc;
  size_t pairs = columns / 2;
  for (size_t j = 0; j < pairs; j++) {
    HC_INT h0 = in_h0[j], hc = HC(round0)(in_hc[j], &r);
    HC_INT hx = HC(round1)(in_hx[j], &r), hy = HC(round1)(in_hy[j], &r);
    /* The lowest bits of the differences are known from each other, and those of the mean from them. */
    HC_INT low0 = hc & r.bit0;
    hx += hx >= 0 ? -low0 : low0;
    hy += hy >= 0 ? -low0 : low0;
    HC_INT low1 = (hc ^ hx ^ hy) & r.bit1;
    HC_INT down = low0 - low1;
    h0 += h0 < 0 && low0 == 0 ? low1 : down;
    out0[2 * j] = (h0 - hx - hy + hc) >> r.shift;
    out0[2 * j + 1] = (h0 - hx + hy - hc) >> r.shift;
    out1[2 * j] = (h0 + hx - hy - hc) >> r.shift;
    out1[2 * j + 1] = (h0 + hx + hy + hc) >> r.shift;
  }
  if (columns % 2 != 0) {
    HC_INT h0 = in_h0[pairs], hx = HC(round1)(in_hx[pairs], &r), low1 = hx & r.bit1;
    h0 += h0 >= 0 ? -low1 : low1;
    out0[columns - 1] = (h0 - hx) >> r.shift;
    out1[columns - 1] = (h0 + hx) >> r.shift;
  }
}

/* The last row of an odd number. */
static void HC(inverse_one)(const HC(rows) * in, size_t columns, HC(rounding) r, HC_INT *restrict out) {
  size_t pairs = columns / 2;
  for (size_t j = 0; j < pairs; j++) {
    HC_INT h0 = in->h0[j], hy = HC(round1)(in->hy[j], &r), low1 = hy & r.bit1;
    h0 += h0 >= 0 ? -low1 : low1;
    out[2 * j] = (h0 - hy) >> r.shift;
    out[2 * j + 1] = (h0 + hy) >> r.shift;
  }
  if (columns % 2 != 0)
    out[columns - 1] = in->h0[pairs] >> r.shift;
}

/* ---- smoothing ---- */

static inline HC_INT HC(min)(HC_INT a, HC_INT b) {
  return a < b ? a : b;
}

static inline HC_INT HC(max)(HC_INT a, HC_INT b) {
  return a > b ? a : b;
}

/* `want` is `unit` times the difference that the neighbours ask for, low..high what keeps the slope monotonous. The
 * digits that were cut off by the scale allow for a change by `most`. */
static inline HC_INT HC(adjust)(HC_INT h, HC_INT want, HC_INT low, HC_INT high, HC_INT unit, HC_INT most) {
  if (low >= high)
    return h;
  want = HC(max)(HC(min)(want, high), low);
  HC_INT change = (want - h * unit) / unit;
  return h + HC(max)(HC(min)(change, most), -most);
}

static inline HC_INT HC(adjust_slope)(HC_INT h, HC_INT before, HC_INT here, HC_INT after, HC_INT most) {
  HC_INT up = after - here, down = here - before;
  HC_INT high = HC(max)(HC(min)(up, down), 0) * 4, low = HC(min)(HC(max)(up, down), 0) * 4;
  return HC(adjust)(h, after - before, low, high, 8, most);
}

/* The neighbours are named by row and column: p the next, m the one before. */
static inline HC_INT HC(adjust_curve)(HC_INT h, HC_INT hx, HC_INT hy, const HC_INT *above, const HC_INT *here,
                                      const HC_INT *below, HC_INT most) {
  HC_INT mm = above[-1], mp = above[1], pm = below[-1], pp = below[1], h0 = *here;
  HC_INT x2 = hx * 2, y2 = hy * 2;
  HC_INT high = HC(min)(HC(min)(HC(max)(pp - h0, 0) - x2 - y2, HC(max)(h0 - pm, 0) + x2 - y2),
                        HC(min)(HC(max)(h0 - mp, 0) - x2 + y2, HC(max)(mm - h0, 0) + x2 + y2));
  HC_INT low = HC(max)(HC(max)(HC(min)(pp - h0, 0) - x2 - y2, HC(min)(h0 - pm, 0) + x2 - y2),
                       HC(max)(HC(min)(h0 - mp, 0) - x2 + y2, HC(min)(mm - h0, 0) + x2 + y2));
  return HC(adjust)(h, pp + mm - mp - pm, low * 16, high * 16, 64, most);
}

/* Smooths the differences of row i of a level, in copies at `room` (3 * (columns + 1) / 2 values), towards what the
 * means around it say. Differences at the edge of the tile stay. `h0` has `stride` values a row. */
static void HC(smooth)(HC(rows) * in, size_t i, size_t rows, size_t columns, size_t stride, HC_INT most, HC_INT *room) {
  size_t half = (columns + 1) / 2, pairs = columns / 2;
  HC_INT *hx = room, *hy = room + half, *hc = hy + half;
  /* Neither the first nor the last block, be it a whole one or half of one. */
  bool inner_row = i > 0 && 2 * i + 2 < rows;
  size_t inner = columns > 2 ? (columns - 1) / 2 : 0;
  const HC_INT *here = in->h0;
  memcpy(hy, in->hy, pairs * sizeof *hy);
  for (size_t j = 1; j < inner; j++)
    hy[j] = HC(adjust_slope)(hy[j], here[j - 1], here[j], here[j + 1], most);
  in->hy = hy;
  if (!inner_row)
    return;
  const HC_INT *above = here - stride, *below = here + stride;
  for (size_t j = 0; j < half; j++)
    hx[j] = HC(adjust_slope)(in->hx[j], above[j], here[j], below[j], most);
  in->hx = hx;
  memcpy(hc, in->hc, pairs * sizeof *hc);
  for (size_t j = 1; j < inner; j++)
    hc[j] = HC(adjust_curve)(hc[j], hx[j], hy[j], above + j, here + j, below + j, most);
  in->hc = hc;
}

/* ---- the whole transform ---- */

/* The signs of coefficients that are not zero, in order, and the scale. */
static bool HC(sign)(reader *bits, HC_INT *a, size_t count, HC_INT scale) {
  uint64_t at = (bits->at + 7) / 8 * 8;
  for (size_t i = 0; i < count;) {
    /* 56 bits and more are in sight at a time. */
    uint64_t word = look(bits, at);
    size_t end = count - i < 56 ? count : i + 56;
    unsigned used = 0;
    for (; i < end; i++) {
      HC_INT magnitude = a[i];
      unsigned some = magnitude != 0;
      HC_INT negative = (HC_INT)(word >> 63 & some);
      word <<= some;
      used += some;
      a[i] = ((magnitude ^ -negative) + negative) * scale;
    }
    at += used;
  }
  bits->at = at;
  return at <= bits->end;
}

/* Coefficients `a`, rows * columns with the mean of all in a[0], to pixels. The means of level k are made in
 * means[k % 2], the pixels in `pixels` or, where that is NULL, two rows at a time in `two` and from there, as int32_t,
 * over the rows of `a` that are done with. */
static void HC(inverse)(HC_INT *a, const work *w, HC_INT *const means[2], HC_INT *pixels, HC_INT *two,
                        HC_INT *smooth_room) {
  size_t columns = w->columns;
  int32_t *narrow = (int32_t *)(void *)a;
  const HC_INT *in_means = means[w->depth % 2];
  HC_INT half = w->depth > 0 ? (HC_INT)1 << w->depth : 0;
  means[w->depth % 2][0] = w->depth > 0 ? (a[0] + half - (a[0] < 0 ? 1 : 0)) & -(2 * half) : a[0];
  for (unsigned k = w->depth; k-- > 0;) {
    HC(rounding) r = HC(rounding_of)(k);
    size_t level_rows = ceil_shift(w->rows, k), level_columns = ceil_shift(columns, k);
    size_t half_rows = (level_rows + 1) / 2, half_columns = (level_columns + 1) / 2;
    HC_INT *out = k == 0 ? pixels : means[k % 2];
    for (size_t i = 0; i < half_rows; i++) {
      bool last = 2 * i + 1 == level_rows;
      const HC_INT *upper = a + i * columns, *lower = last ? NULL : a + (half_rows + i) * columns;
      HC(rows) in = {in_means + i * half_columns, lower, upper + half_columns, last ? NULL : lower + half_columns};
      if (w->max_change > 0)
        HC(smooth)(&in, i, level_rows, level_columns, half_columns, (HC_INT)w->max_change, smooth_room);
      HC_INT *out0 = out == NULL ? two : out + 2 * i * level_columns;
      if (last)
        HC(inverse_one)(&in, level_columns, r, out0);
      else
        HC(inverse_two)(&in, level_columns, r, out0, out0 + level_columns);
      if (out == NULL)
        for (size_t j = 0; j < (last ? columns : 2 * columns); j++)
          narrow[2 * i * columns + j] = (int32_t)two[j];
    }
    in_means = out;
  }
  if (w->depth == 0) {
    if (pixels != NULL)
      pixels[0] = in_means[0];
    else
      narrow[0] = (int32_t)in_means[0];
  }
}

/* The bytes of a row of coefficients from bit `shift` on. */
static void HC(put_bytes)(HC_INT *restrict a, const uint8_t *restrict bytes, size_t count, unsigned shift, bool first) {
  if (first)
    for (size_t j = 0; j < count; j++)
      a[j] = (HC_INT)bytes[j] << shift;
  else
    for (size_t j = 0; j < count; j++)
      a[j] |= (HC_INT)bytes[j] << shift;
}
