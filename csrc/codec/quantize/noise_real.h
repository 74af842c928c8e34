/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The body of codec/quantize/noise.c for one type and one processor: REAL is the type, KEY and NAME(x) as in
 * codec/quantize/select_key.h. Included once for each.
 */

/* Room for a row, and for the medians of all rows. */
typedef struct NAME(scratch) {
  REAL *good;          /* pixels of a row without its NaNs */
  KEY *differences[3]; /* of 2nd, 3rd and 5th order, as keys */
  KEY guesses[3];      /* medians of the row before, 0: none */
  int64_t *medians[3]; /* keys of doubles */
  size_t rows[3];      /* that have one */
} NAME(scratch);

/* Differences at `count` places: in cfitsio's order of operations, in the type of the pixels. True when three
 * neighbours were equal somewhere; then differences_but_flat has to do it again. */
TARGET static bool NAME(differences_everywhere)(const REAL *restrict p, size_t count, KEY *restrict second,
                                                KEY *restrict third, KEY *restrict fifth) {
  KEY flat = 0;
  for (size_t i = 0; i < count; i++) {
    second[i] = NAME(key)(p[i + 4] - p[i + 6]);
    third[i] = NAME(key)(2 * p[i + 4] - p[i + 2] - p[i + 6]);
    fifth[i] = NAME(key)(6 * p[i + 4] - 4 * p[i + 2] - 4 * p[i + 6] + p[i] + p[i + 8]);
    flat |= (KEY)(p[i + 4] == p[i + 5]) & (KEY)(p[i + 5] == p[i + 6]);
  }
  return flat != 0;
}

/* Where five neighbours are equal, the image is taken to be blank, and there are no differences of 3rd and 5th order;
 * for the 2nd order three will do. Returns the number of the 3rd; *seconds receives that of the 2nd. */
TARGET static size_t NAME(differences_but_flat)(const REAL *p, size_t count, KEY *const differences[3],
                                                size_t *seconds) {
  size_t n2 = 0, n3 = 0;
  for (size_t i = 0; i < count; i++, p++) {
    bool flat = p[4] == p[5] && p[5] == p[6];
    if (!flat)
      differences[0][n2++] = NAME(key)(p[4] - p[6]);
    if (!(flat && p[2] == p[3] && p[3] == p[4])) {
      differences[1][n3] = NAME(key)(2 * p[4] - p[2] - p[6]);
      differences[2][n3++] = NAME(key)(6 * p[4] - 4 * p[2] - 4 * p[6] + p[0] + p[8]);
    }
  }
  *seconds = n2;
  return n3;
}

TARGET static size_t NAME(without_nans)(const REAL *in, size_t count, REAL *out) {
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    out[n] = in[i];
    n += in[i] == in[i];
  }
  return n;
}

/* The differences of a row. `exactly`: what is behind those of 2nd order stays as it was. */
TARGET static size_t NAME(row_differences)(const REAL *row, size_t columns, bool nans, bool exactly,
                                           NAME(scratch) * room, size_t *seconds) {
  if (nans) {
    columns = NAME(without_nans)(row, columns, room->good);
    row = room->good;
  }
  size_t count = columns < LEAST_PIXELS ? 0 : columns - (LEAST_PIXELS - 1);
  KEY *const *d = room->differences;
  *seconds = count;
  if (exactly || NAME(differences_everywhere)(row, count, d[0], d[1], d[2]))
    return NAME(differences_but_flat)(row, count, d, seconds);
  return count;
}

/* cfitsio takes the median of 2nd order of as many values as there are of 3rd order. Where those of 2nd order are
 * fewer, what is behind them in its buffer counts, too: zeros at first, later what earlier rows left there, in the
 * order in which its selection left it. So this one does the same swaps. */
TARGET static KEY NAME(select_as_cfitsio)(KEY *keys, size_t count) {
  ptrdiff_t low = 0, high = (ptrdiff_t)count - 1, median = high / 2;
#define SWAP(a, b)                                                                                                     \
  do {                                                                                                                 \
    KEY kept_ = keys[a];                                                                                               \
    keys[a] = keys[b];                                                                                                 \
    keys[b] = kept_;                                                                                                   \
  } while (0)
  while (high > low + 1) {
    ptrdiff_t middle = (low + high) / 2;
    if (keys[middle] > keys[high])
      SWAP(middle, high);
    if (keys[low] > keys[high])
      SWAP(low, high);
    if (keys[middle] > keys[low])
      SWAP(middle, low); /* now the median of the three is the first of the part, and the pivot */
    SWAP(middle, low + 1);
    ptrdiff_t up = low + 1, down = high;
    for (;;) {
      do
        up++;
      while (keys[low] > keys[up]);
      do
        down--;
      while (keys[down] > keys[low]);
      if (down < up)
        break;
      SWAP(up, down);
    }
    SWAP(low, down);
    if (down <= median)
      low = up;
    if (down >= median)
      high = down - 1;
  }
  if (high == low + 1 && keys[low] > keys[high])
    SWAP(low, high);
#undef SWAP
  return keys[median];
}

/* The medians of 2nd order of all rows, with what cfitsio's buffer would hold. */
TARGET static void NAME(second_as_cfitsio)(const REAL *in, size_t rows, size_t columns, bool nans,
                                           NAME(scratch) * room) {
  KEY *second = room->differences[0];
  room->rows[0] = 0;
  memset(second, 0, columns * sizeof *second);
  for (size_t row = 0; row < rows; row++) {
    size_t n2, n3 = NAME(row_differences)(in + row * columns, columns, nans, true, room, &n2);
    if (n3 == 1 && n2 == 1)
      room->medians[0][room->rows[0]++] = NAME(wide_key)(second[0]);
    else if (n3 > 1 && n2 > 1)
      room->medians[0][room->rows[0]++] = NAME(wide_key)(NAME(select_as_cfitsio)(second, n3));
  }
}

/* The median of a row, the lower one of two. */
TARGET static void NAME(put_median)(NAME(scratch) * room, int order, size_t count) {
  KEY guess = room->guesses[order];
  if (guess == 0 && order != 1) /* that of normal noise, from the 3rd order */
    guess = NAME(key)((REAL)(order == 0 ? 0.5774 : 3.416) * NAME(real)(room->guesses[1]));
  KEY median = NAME(select)(room->differences[order], count, (count - 1) / 2, guess);
  room->guesses[order] = median;
  room->medians[order][room->rows[order]++] = NAME(wide_key)(median);
}

/* The medians of all orders of all rows. False when the 2nd needs cfitsio's buffer. */
TARGET static bool NAME(row_medians)(const REAL *in, size_t rows, size_t columns, bool nans, NAME(scratch) * room) {
  bool begun = false, exact = true;
  for (size_t row = 0; row < rows; row++) {
    size_t n2, n3 = NAME(row_differences)(in + row * columns, columns, nans, false, room, &n2);
    if (n3 == 0)
      continue;
    if (n2 > 1 && n2 < n3) {
      exact = exact && !begun; /* in the first row there are only zeros behind */
      memset(room->differences[0] + n2, 0, (n3 - n2) * sizeof *room->differences[0]);
    }
    NAME(put_median)(room, 1, n3);
    NAME(put_median)(room, 2, n3);
    if (exact && (n2 > 1 || (n2 == 1 && n3 == 1)))
      NAME(put_median)(room, 0, n3);
    begun = begun || n2 > 0;
  }
  return exact;
}

TARGET static rf_status NAME(noise)(const REAL *in, size_t rows, size_t columns, bool nans, double *noise,
                                    rf_error *err) {
  *noise = 0;
  if (columns < LEAST_PIXELS) { /* rows * columns is the size of a tile in memory: no overflow */
    columns *= rows;
    rows = 1;
  }
  if (columns < LEAST_PIXELS || rows == 0)
    return RF_OK;
  REAL *good = rf_alloc_zero(nans ? columns : 1, sizeof *good);
  size_t room_each = columns + KEYS_PADDED;
  KEY *keys = rf_alloc_zero(room_each, 3 * sizeof *keys);
  int64_t *medians = rf_alloc_zero(rows, 3 * sizeof *medians);
  rf_status status = RF_OK;
  if (good && keys && medians) {
    NAME(scratch) room = {.good = good};
    for (size_t order = 0; order < 3; order++) {
      room.differences[order] = keys + order * room_each;
      room.medians[order] = medians + order * rows;
    }
    if (!NAME(row_medians)(in, rows, columns, nans, &room))
      NAME(second_as_cfitsio)(in, rows, columns, nans, &room);
    *noise = least_noise(room.medians, room.rows);
  } else
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to estimate the noise of a tile of %zu pixels",
                     rows * columns);
  rf_free(good);
  rf_free(keys);
  rf_free(medians);
  return status;
}

TARGET static void NAME(range)(const REAL *in, size_t count, rf_range_facts *facts) {
  REAL low[LANES], high[LANES];
  KEY good[LANES];
  size_t goods = 0, i = 0;
  for (size_t lane = 0; lane < LANES; lane++) {
    low[lane] = REAL_MOST;
    high[lane] = -REAL_MOST;
  }
  while (i + LANES <= count) {
    size_t end = count - i < SPLIT_MOST ? count : i + SPLIT_MOST;
    memset(good, 0, sizeof good);
    for (; i + LANES <= end; i += LANES)
      for (size_t lane = 0; lane < LANES; lane++) {
        REAL x = in[i + lane];
        low[lane] = x < low[lane] ? x : low[lane]; /* not for NaN */
        high[lane] = x > high[lane] ? x : high[lane];
        good[lane] += x == x;
      }
    for (size_t lane = 0; lane < LANES; lane++)
      goods += (size_t)good[lane];
  }
  for (; i < count; i++) {
    low[0] = in[i] < low[0] ? in[i] : low[0];
    high[0] = in[i] > high[0] ? in[i] : high[0];
    goods += in[i] == in[i];
  }
  REAL minimum = low[0], maximum = high[0];
  for (size_t lane = 1; lane < LANES; lane++) {
    minimum = low[lane] < minimum ? low[lane] : minimum;
    maximum = high[lane] > maximum ? high[lane] : maximum;
  }
  *facts = (rf_range_facts){goods, minimum, maximum};
}
