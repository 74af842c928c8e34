/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Statistics of an image in memory. The noise of order 2, 3 and 5 is the median of absolute differences of pixels that
 * are two apart (F. Stoehr et al. 2008, ASP Conference Series 394, 505), scaled to a normal distribution.
 */
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/status.h"

/* What is found. */
typedef struct {
  long good;
  double mean, sigma, noise1, noise2, noise3, noise5;
} image_statistics;

/* One number for each row. */
typedef struct {
  double *median;
  long count;
} row_medians;

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* Returns the median of all rows, 0 if there is none. */
static double median_of_rows(row_medians *rows) {
  long n = rows->count;
  if (n == 0)
    return 0;
  qsort(rows->median, (size_t)n, sizeof *rows->median, compare_doubles);
  return (rows->median[(n - 1) / 2] + rows->median[n / 2]) / 2;
}

static void put(double *place, double value) {
  if (place != NULL)
    *place = value;
}

static void deliver(const image_statistics *found, long *ngoodpix, double *mean, double *sigma, double *noise1,
                    double *noise2, double *noise3, double *noise5) {
  if (ngoodpix != NULL)
    *ngoodpix = found->good;
  put(mean, found->mean);
  put(sigma, found->sigma);
  put(noise1, found->noise1);
  put(noise2, found->noise2);
  put(noise3, found->noise3);
  put(noise5, found->noise5);
}

#define PIXEL short
#define DIFFERENCE int
#define IS_FINITE(pixel) true
#define LEAST_START SHRT_MAX
#define MOST_START SHRT_MIN
#define NAME(name) name##_short
#include "image/statistics.h"
#undef PIXEL
#undef DIFFERENCE
#undef IS_FINITE
#undef LEAST_START
#undef MOST_START
#undef NAME

#define PIXEL int
#define DIFFERENCE LONGLONG
#define IS_FINITE(pixel) true
#define LEAST_START INT_MAX
#define MOST_START INT_MIN
#define NAME(name) name##_int
#include "image/statistics.h"
#undef PIXEL
#undef DIFFERENCE
#undef IS_FINITE
#undef LEAST_START
#undef MOST_START
#undef NAME

#define PIXEL float
#define DIFFERENCE float
#define IS_FINITE(pixel) ((pixel) >= -FLT_MAX / 20 && (pixel) <= FLT_MAX / 20) /* so are differences */
#define LEAST_START FLT_MAX
#define MOST_START (-FLT_MAX)
#define NAME(name) name##_float
#include "image/statistics.h"
