/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The body of noise.c for one type: REAL is the type, NAME(x) x_f32 or x_f64. Included once for each.
 */

/* Room for the differences of a row, and for the medians of all rows. */
typedef struct NAME(scratch) {
  REAL *good; /* of a row, without its NaNs */
  REAL *second;
  REAL *third;
  REAL *fifth;
  double *medians[3]; /* of 2nd, 3rd and 5th order */
  size_t rows[3];     /* that have one */
} NAME(scratch);

static REAL NAME(magnitude)(REAL x) {
  return x < 0 ? -x : x;
}

/* Absolute differences of a row of at least 9 pixels. Where five neighbours are equal, the image is taken to be blank
 * there, and none of 3rd and 5th order is made; for the 2nd order three will do. cfitsio's order of operations, in the
 * type of the pixels. Gives the numbers of the 2nd and of the others. */
static size_t NAME(differences)(const REAL *p, size_t count, REAL *second, REAL *third, REAL *fifth, size_t *seconds) {
  size_t n2 = 0, n3 = 0;
  for (size_t i = 0; i + 8 < count; i++, p++) {
    bool flat = p[4] == p[5] && p[5] == p[6];
    if (!flat)
      second[n2++] = NAME(magnitude)(p[4] - p[6]);
    if (!(flat && p[2] == p[3] && p[3] == p[4])) {
      third[n3] = NAME(magnitude)(2 * p[4] - p[2] - p[6]);
      fifth[n3++] = NAME(magnitude)(6 * p[4] - 4 * p[2] - 4 * p[6] + p[0] + p[8]);
    }
  }
  *seconds = n2;
  return n3;
}

static size_t NAME(without_nans)(const REAL *in, size_t count, REAL *out) {
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    out[n] = in[i];
    n += in[i] == in[i];
  }
  return n;
}

/* cfitsio takes the median of 2nd order of as many values as there are of 3rd order. Where those of 2nd order are
 * fewer, what is behind them in its buffer counts, too: zeros at first, later what earlier rows left there, in the
 * order in which its selection left it. So this one has to do the same swaps. */
static REAL NAME(select_as_cfitsio)(REAL *values, size_t count) {
  ptrdiff_t low = 0, high = (ptrdiff_t)count - 1, median = high / 2;
#define SWAP(a, b)                                                                                                     \
  do {                                                                                                                 \
    REAL kept_ = values[a];                                                                                            \
    values[a] = values[b];                                                                                             \
    values[b] = kept_;                                                                                                 \
  } while (0)
  while (high > low + 1) {
    ptrdiff_t middle = (low + high) / 2;
    if (values[middle] > values[high])
      SWAP(middle, high);
    if (values[low] > values[high])
      SWAP(low, high);
    if (values[middle] > values[low])
      SWAP(middle, low); /* now the median of the three is the lowest of the part, and the pivot */
    SWAP(middle, low + 1);
    ptrdiff_t up = low + 1, down = high;
    for (;;) {
      do
        up++;
      while (values[low] > values[up]);
      do
        down--;
      while (values[down] > values[low]);
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
  if (high == low + 1 && values[low] > values[high])
    SWAP(low, high);
#undef SWAP
  return values[median];
}

/* The medians of 2nd order of all rows, with what cfitsio's buffer would hold. `buffer` begins with zeros. */
static void NAME(second_as_cfitsio)(const REAL *in, size_t rows, size_t columns, bool nans, NAME(scratch) * room) {
  room->rows[0] = 0;
  memset(room->second, 0, columns * sizeof *room->second);
  for (size_t row = 0; row < rows; row++) {
    const REAL *p = in + row * columns;
    size_t good = nans ? NAME(without_nans)(p, columns, room->good) : columns, n2, n3;
    n3 = NAME(differences)(nans ? room->good : p, good, room->second, room->third, room->fifth, &n2);
    if (n3 == 1 && n2 == 1)
      room->medians[0][room->rows[0]++] = room->second[0];
    else if (n3 > 1 && n2 > 1)
      room->medians[0][room->rows[0]++] = NAME(select_as_cfitsio)(room->second, n3);
  }
}

/* The medians of all orders of all rows. False when the 2nd needs cfitsio's buffer. */
static bool NAME(row_medians)(const REAL *in, size_t rows, size_t columns, bool nans, NAME(scratch) * room) {
  bool begun = false, exact = true;
  for (size_t row = 0; row < rows; row++) {
    const REAL *p = in + row * columns;
    size_t good = nans ? NAME(without_nans)(p, columns, room->good) : columns, n2, n3;
    n3 = NAME(differences)(nans ? room->good : p, good, room->second, room->third, room->fifth, &n2);
    if (n3 == 0)
      continue;
    if (n2 > 1 && n2 < n3) {
      if (begun)
        exact = false;
      memset(room->second + n2, 0, (n3 - n2) * sizeof *room->second);
    }
    if (exact && (n2 > 1 || (n2 == 1 && n3 == 1)))
      room->medians[0][room->rows[0]++] = NAME(rf_select)(room->second, n3, (n3 - 1) / 2);
    begun = begun || n2 > 0;
    room->medians[1][room->rows[1]++] = NAME(rf_select)(room->third, n3, (n3 - 1) / 2);
    room->medians[2][room->rows[2]++] = NAME(rf_select)(room->fifth, n3, (n3 - 1) / 2);
  }
  return exact;
}

rf_status NAME(rf_noise)(const REAL *in, size_t rows, size_t columns, bool nans, double *noise, rf_error *err) {
  *noise = 0;
  if (columns < LEAST_PIXELS) { /* rows * columns is the size of a tile in memory: no overflow */
    columns *= rows;
    rows = 1;
  }
  if (columns < LEAST_PIXELS || rows == 0)
    return RF_OK;
  REAL *reals = rf_alloc_zero(columns, 4 * sizeof *reals);
  double *medians = rf_alloc_zero(rows, 3 * sizeof *medians);
  if (reals && medians) {
    NAME(scratch)
    room = {reals,
            reals + columns,
            reals + 2 * columns,
            reals + 3 * columns,
            {medians, medians + rows, medians + 2 * rows},
            {0, 0, 0}};
    if (!NAME(row_medians)(in, rows, columns, nans, &room))
      NAME(second_as_cfitsio)(in, rows, columns, nans, &room);
    *noise = least_noise(room.medians, room.rows);
  }
  bool made = reals && medians;
  rf_free(reals);
  rf_free(medians);
  return made ? RF_OK
              : rf_fail(err, RF_ERR_MEMORY, "no memory to estimate the noise of a tile of %zu pixels", rows * columns);
}

void NAME(rf_range)(const REAL *in, size_t count, rf_range_facts *facts) {
  REAL low[LANES], high[LANES];
  size_t good = 0;
  for (size_t lane = 0; lane < LANES; lane++) {
    low[lane] = REAL_MAX;
    high[lane] = -REAL_MAX;
  }
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (size_t lane = 0; lane < LANES; lane++) {
      REAL x = in[i + lane];
      low[lane] = x < low[lane] ? x : low[lane]; /* not for NaN */
      high[lane] = x > high[lane] ? x : high[lane];
      good += x == x;
    }
  for (; i < count; i++) {
    low[0] = in[i] < low[0] ? in[i] : low[0];
    high[0] = in[i] > high[0] ? in[i] : high[0];
    good += in[i] == in[i];
  }
  REAL minimum = low[0], maximum = high[0];
  for (size_t lane = 1; lane < LANES; lane++) {
    minimum = low[lane] < minimum ? low[lane] : minimum;
    maximum = high[lane] > maximum ? high[lane] : maximum;
  }
  facts->good = good;
  facts->minimum = minimum;
  facts->maximum = maximum;
}
