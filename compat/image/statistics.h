/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Template: statistics of an image with one type of pixels. Define PIXEL, DIFFERENCE (the type of differences),
 * IS_FINITE(x), LEAST_START and MOST_START, and NAME(x), the name of a function, before it is included.
 */

/* Returns the element of rank k (from 0 on) of n numbers, which it reorders. There is no NaN among them. */
static DIFFERENCE NAME(select)(DIFFERENCE *values, long n, long k) {
  long low = 0, high = n - 1;
  while (low < high) {
    DIFFERENCE pivot = values[low + (high - low) / 2];
    long left = low, right = high;
    while (left <= right) {
      while (values[left] < pivot)
        left++;
      while (values[right] > pivot)
        right--;
      if (left <= right) {
        DIFFERENCE swap = values[left];
        values[left++] = values[right];
        values[right--] = swap;
      }
    }
    if (k <= right)
      high = right;
    else if (k >= left)
      low = left;
    else
      break;
  }
  return values[k];
}

/* Copies the good pixels of a row, without NaN and infinity. Returns their number. */
static long NAME(good_pixels)(const PIXEL *row, long nx, bool nullcheck, PIXEL nullvalue, DIFFERENCE *good) {
  long n = 0;
  for (long i = 0; i < nx; i++)
    if ((!nullcheck || row[i] != nullvalue) && IS_FINITE(row[i]))
      good[n++] = (DIFFERENCE)row[i];
  return n;
}

/* Finds the range, mean and sigma. */
static void NAME(find_range)(const PIXEL *array, long n, bool nullcheck, PIXEL nullvalue, image_statistics *found,
                             PIXEL *least, PIXEL *most) {
  double sum = 0, squares = 0;
  for (long i = 0; i < n; i++) {
    if (nullcheck && array[i] == nullvalue)
      continue;
    double value = (double)array[i];
    found->good++;
    *least = array[i] < *least ? array[i] : *least;
    *most = array[i] > *most ? array[i] : *most;
    sum += value;
    squares += value * value;
  }
  if (found->good > 0) {
    found->mean = sum / (double)found->good;
    found->sigma = sqrt(fmax(0, squares / (double)found->good - found->mean * found->mean));
  }
}

/* Returns the deviation of the differences of neighbours, without those that deviate by five times as much. */
static double NAME(neighbour_noise)(const DIFFERENCE *good, long n, DIFFERENCE *differences) {
  long count = n - 1;
  double mean = 0, sigma = 0;
  for (long i = 0; i < count; i++)
    differences[i] = good[i] - good[i + 1];
  for (int round = 0; round <= 3 && count > 0; round++) {
    double sum = 0, squares = 0;
    long kept = 0;
    for (long i = 0; i < count; i++) {
      double difference = (double)differences[i];
      if (round > 0 && !(fabs(difference - mean) < 5 * sigma))
        continue;
      differences[kept++] = differences[i];
      sum += difference;
      squares += difference * difference;
    }
    if (round > 0 && (kept == count || kept == 0))
      break;
    count = kept;
    mean = sum / (double)count;
    sigma = sqrt(fmax(0, squares / (double)count - mean * mean));
    if (!(sigma > 0))
      break;
  }
  return sigma;
}

/* Returns the median of n differences. false: there is none. */
static bool NAME(median)(DIFFERENCE *differences, long n, double *median) {
  if (n > 0)
    *median = (double)NAME(select)(differences, n, (n - 1) / 2);
  return n > 0;
}

/* Adds the noise of orders 2, 3 and 5 of one row. Where pixels do not change there is nothing to learn. */
static void NAME(add_row)(const DIFFERENCE *good, long n, DIFFERENCE *work, long stride, row_medians *rows) {
  long count[3] = {0, 0, 0};
  for (long i = 8; i < n; i++) {
    const DIFFERENCE *p = good + i - 8;
    if (!(p[4] == p[5] && p[5] == p[6]))
      work[count[0]++] = p[4] > p[6] ? p[4] - p[6] : p[6] - p[4];
    if (p[2] == p[3] && p[3] == p[4] && p[4] == p[5] && p[5] == p[6])
      continue;
    DIFFERENCE third = 2 * p[4] - p[2] - p[6], fifth = 6 * p[4] - 4 * p[2] - 4 * p[6] + p[0] + p[8];
    work[stride + count[1]++] = third < 0 ? -third : third;
    work[2 * stride + count[2]++] = fifth < 0 ? -fifth : fifth;
  }
  for (int order = 0; order < 3; order++)
    if (NAME(median)(work + order * stride, count[order], &rows[order].median[rows[order].count]))
      rows[order].count++;
}

/* Finds the four kinds of noise. */
static int NAME(find_noise)(const PIXEL *array, long nx, long ny, bool nullcheck, PIXEL nullvalue,
                            image_statistics *found, int *status) {
  bool neighbours = nx >= 3;
  if (nx < 9) {
    nx = neighbours ? nx : nx * ny;
    ny = neighbours ? ny : 1;
  }
  long longest = nx < 9 ? nx * ny : nx, lines = ny;
  DIFFERENCE *work = longest > 0 ? malloc((size_t)longest * 4 * sizeof *work) : NULL;
  double *medians = lines > 0 ? malloc((size_t)lines * 4 * sizeof *medians) : NULL;
  if ((work == NULL || medians == NULL) && longest > 0 && lines > 0) {
    free(work);
    free(medians);
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for the statistics of an image");
  }
  row_medians rows[4] = {{medians, 0}, {medians + lines, 0}, {medians + 2 * lines, 0}, {medians + 3 * lines, 0}};
  for (long y = 0; y < ny && neighbours; y++) {
    long n = NAME(good_pixels)(array + y * nx, nx, nullcheck, nullvalue, work);
    if (n >= 3)
      rows[3].median[rows[3].count++] = NAME(neighbour_noise)(work, n, work + longest);
  }
  if (nx < 9) {
    nx *= ny;
    ny = 1;
  }
  for (long y = 0; y < ny && nx >= 9; y++) {
    long n = NAME(good_pixels)(array + y * nx, nx, nullcheck, nullvalue, work);
    NAME(add_row)(work, n, work + longest, longest, rows);
  }
  found->noise2 = 1.0483579 * median_of_rows(&rows[0]);
  found->noise3 = 0.6052697 * median_of_rows(&rows[1]);
  found->noise5 = 0.1772048 * median_of_rows(&rows[2]);
  found->noise1 = 0.70710678 * median_of_rows(&rows[3]);
  free(work);
  free(medians);
  return *status;
}

int NAME(fits_img_stats)(PIXEL *array, long nx, long ny, int nullcheck, PIXEL nullvalue, long *ngoodpix,
                         PIXEL *minvalue, PIXEL *maxvalue, double *mean, double *sigma, double *noise1, double *noise2,
                         double *noise3, double *noise5, int *status) {
  image_statistics found = {0, 0, 0, 0, 0, 0, 0};
  PIXEL least = LEAST_START, most = MOST_START;
  CF_GO(status);
  if (nx < 0 || ny < 0 || (nx > 0 && ny > LONG_MAX / 64 / nx) || (array == NULL && nx > 0 && ny > 0))
    return cf_fail(status, array == NULL ? NULL_INPUT_PTR : BAD_DIMEN, "no image, or one of %ld times %ld pixels", nx,
                   ny);
  if (ngoodpix != NULL || minvalue != NULL || maxvalue != NULL || mean != NULL || sigma != NULL)
    NAME(find_range)(array, nx * ny, nullcheck != 0, nullvalue, &found, &least, &most);
  if (noise1 != NULL || noise2 != NULL || noise3 != NULL || noise5 != NULL)
    NAME(find_noise)(array, nx, ny, nullcheck != 0, nullvalue, &found, status);
  deliver(&found, ngoodpix, mean, sigma, noise1, noise2, noise3, noise5);
  if (minvalue != NULL)
    *minvalue = least;
  if (maxvalue != NULL)
    *maxvalue = most;
  return *status;
}
