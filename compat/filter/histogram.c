/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter/histogram.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"

#define ROWS 4096 /* that are read at a time */

/* Reads n values of an axis from row `first` on, DOUBLENULLVALUE where they are null. */
static int read_values(fitsfile *fptr, int column, const char *expression, LONGLONG first, long n, double *values,
                       int *status) {
  double null = DOUBLENULLVALUE;
  int any = 0;
  if (expression != NULL)
    return ffcrow(fptr, TDOUBLE, (char *)expression, (long)first, n, &null, values, &any, status);
  return ffgcvd(fptr, column, first, 1, n, null, values, &any, status);
}

static bool is_value(double x) {
  return x != DOUBLENULLVALUE && x == x;
}

/* Finds the smallest and largest value. */
static int find_range(fitsfile *fptr, int column, const char *expression, double *low, double *high, int *status) {
  LONGLONG rows = 0;
  double *values = malloc(ROWS * sizeof *values);
  if (values == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for the values of a histogram");
  *low = DBL_MAX;
  *high = -DBL_MAX;
  ffgnrwll(fptr, &rows, status);
  for (LONGLONG r = 0; r < rows && *status <= 0; r += ROWS) {
    long n = rows - r < ROWS ? (long)(rows - r) : ROWS;
    read_values(fptr, column, expression, r + 1, n, values, status);
    for (long i = 0; i < n && *status <= 0; i++)
      if (is_value(values[i])) {
        *low = values[i] < *low ? values[i] : *low;
        *high = values[i] > *high ? values[i] : *high;
      }
  }
  free(values);
  if (*status <= 0 && *low > *high)
    *low = *high = 0;
  return *status;
}

static bool is_integer_type(int type) {
  switch (abs(type)) {
  case TBIT:
  case TBYTE:
  case TSBYTE:
  case TLOGICAL:
  case TSHORT:
  case TUSHORT:
  case TINT:
  case TUINT:
  case TLONG:
  case TULONG:
  case TLONGLONG:
  case TULONGLONG:
    return true;
  default:
    return false;
  }
}

/* Finds whether an axis has integer values, and refuses what has none. */
static int check_type(fitsfile *fptr, int column, const char *expression, bool *integer, int *status) {
  int type = 0, naxis = 0;
  long repeat = 0, naxes[5];
  LONGLONG wide = 0, width = 0;
  if (expression != NULL)
    fftexp(fptr, (char *)expression, 5, &type, &repeat, &naxis, naxes, status);
  else
    ffeqtyll(fptr, column, &type, &wide, &width, status);
  if (*status <= 0 && (type == TSTRING || type == TCOMPLEX || type == TDBLCOMPLEX))
    cf_fail(status, BAD_DATATYPE, "a histogram needs numbers, and column %d has none", column);
  else if (*status <= 0 && expression == NULL && wide != 1)
    cf_fail(status, BAD_DIMEN, "a histogram needs a column with one number a row, column %d has %lld", column, wide);
  *integer = is_integer_type(type);
  return *status;
}

/* Gets the value of an optional keyword of a column. */
static bool get_column_key(fitsfile *fptr, const char *root, int column, double *value) {
  char name[FLEN_KEYWORD];
  int missing = 0;
  ffpmrk();
  ffkeyn(root, column, name, &missing);
  bool found = column > 0 && ffgkyd(fptr, name, value, NULL, &missing) <= 0;
  ffcmrk();
  return found;
}

/* Finds the column of an axis: the one that is named, or the preferred one. */
static int find_column(fitsfile *fptr, int axis, const cf_axis_request *request, int *column, int *status) {
  static const char *const defaults[] = {"X", "Y", "Z", "T"};
  if (request->expression != NULL) {
    *column = 0;
    return *status;
  }
  if (request->column[0] == '\0') {
    char preferred[FLEN_VALUE] = "";
    int missing = 0;
    ffpmrk();
    if (ffgkys(fptr, "CPREF", preferred, NULL, &missing) > 0)
      preferred[0] = '\0';
    ffcmrk();
    const char *p = preferred + strspn(preferred, " ,");
    for (int i = 0; i < axis; i++) {
      p += strcspn(p, " ,");
      p += strspn(p, " ,");
    }
    if (*p != '\0')
      cf_copy_n(request->column, p, strcspn(p, " ,"), FLEN_VALUE);
    else
      cf_copy(request->column, defaults[axis], FLEN_VALUE);
  }
  int found = ffgcno(fptr, CASEINSEN, request->column, column, status);
  return found;
}

/* Gets a limit: the given value, that of the named keyword, or that of a keyword of the column. */
static int get_limit(fitsfile *fptr, double given, const char *key, const char *root, int column, double *value,
                     bool *known, int *status) {
  *known = true;
  *value = given;
  if (key != NULL && key[0] != '\0')
    return ffgkyd(fptr, (char *)key, value, NULL, status);
  if (given == DOUBLENULLVALUE)
    *known = get_column_key(fptr, root, column, value);
  return *status;
}

static long axis_length(double low, double high, double size, bool with_last) {
  double n = fabs((high - low) / size);
  double whole = floor(n);
  if (with_last || n - whole > 1e-8)
    whole += 1;
  return whole < (double)LONG_MAX / 2 ? (long)whole : LONG_MAX / 2;
}

/* *with_last: a limit of this axis or of an axis before it is the largest value, which gets a bin. */
static int plan_axis(fitsfile *fptr, int i, const cf_axis_request *request, cf_histogram *h, bool *with_last,
                     int *status) {
  double low = 0, high = 0, size = 0, least = 0, most = 0;
  bool integer = false, has_low, has_high, has_size;
  if (find_column(fptr, i, request, &h->columns[i], status) > 0)
    return *status;
  int column = h->columns[i];
  h->expressions[i] = request->expression;
  check_type(fptr, column, request->expression, &integer, status);
  get_limit(fptr, request->low, request->low_key, "TLMIN", column, &low, &has_low, status);
  get_limit(fptr, request->high, request->high_key, "TLMAX", column, &high, &has_high, status);
  get_limit(fptr, request->size, request->size_key, "TDBIN", column, &size, &has_size, status);
  if (*status <= 0 && (!has_low || !has_high))
    find_range(fptr, column, request->expression, &least, &most, status);
  if (*status > 0)
    return *status;
  low = has_low ? low : least;
  high = has_high ? high : most;
  if (!has_size) {
    size = (high - low) / 10;
    size = size > 1 || size <= 0 ? 1 : size;
  }
  if (size == 0 || size != size || !isfinite(low) || !isfinite(high))
    return cf_fail(status, ZERO_SCALE, "the bins of axis %d have size %g between %g and %g", i + 1, size, low, high);
  size = fabs(size);
  bool adjust = integer && low == floor(low) && high == floor(high) && size == floor(size);
  double half = low < high ? 0.5 : -0.5;
  h->naxes[i] = 0;
  h->low[i] = adjust ? low - half : low;
  h->high[i] = adjust ? high + half : high;
  h->size[i] = low > high ? -size : size;
  *with_last = *with_last || !has_high;
  h->naxes[i] = axis_length(h->low[i], h->high[i], size, *with_last && !adjust);
  return *status;
}

int cf_histogram_plan(fitsfile *fptr, int naxis, const cf_axis_request *requests, cf_histogram *h, int *status) {
  int type = 0;
  bool with_last = false;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (naxis < 1 || naxis > CF_HISTOGRAM_AXES)
    return cf_fail(status, BAD_DIMEN, "a histogram has 1 to %d axes, not %d", CF_HISTOGRAM_AXES, naxis);
  if (ffghdt(fptr, &type, status) <= 0 && type == IMAGE_HDU)
    return cf_fail(status, COL_NOT_FOUND, "an image has no columns for a histogram");
  h->naxis = naxis;
  for (int i = 0; i < naxis && *status <= 0; i++)
    plan_axis(fptr, i, &requests[i], h, &with_last, status);
  return *status;
}

int cf_histogram_weight(fitsfile *fptr, const char *name, double weight, cf_histogram *h, int *status) {
  int missing = 0;
  h->weight = weight;
  if (name == NULL || name[0] == '\0')
    return *status;
  ffpmrk();
  ffgcno(fptr, CASEINSEN, (char *)name, &h->weight_column, &missing);
  ffcmrk();
  if (missing == 0)
    return *status;
  h->weight_column = 0;
  ffpmrk();
  missing = 0;
  ffgkyd(fptr, (char *)name, &h->weight, NULL, &missing);
  ffcmrk();
  return missing > 0 ? cf_fail(status, COL_NOT_FOUND, "no column and no number has the name %.70s", name) : *status;
}

/* Checks that a column has one number a row. */
static int check_weight(fitsfile *fptr, int column, int *status) {
  int type = 0;
  LONGLONG repeat = 0, width = 0;
  if (ffgtclll(fptr, column, &type, &repeat, &width, status) > 0)
    return *status;
  if (type < 0 || type == TLOGICAL || type == TSTRING || type == TBIT)
    return cf_fail(status, BAD_DATATYPE, "column %d has no numbers that could be weights", column);
  if (repeat != 1)
    return cf_fail(status, BAD_DIMEN, "column %d has %lld values a row, and a weight is one", column, repeat);
  return *status;
}

/* What a step of rows needs. */
typedef struct work {
  double *values[CF_HISTOGRAM_AXES];
  double *weights; /* NULL: all rows have the same */
  double *counts;
  size_t total;
} work;

static void free_work(work *w) {
  for (int i = 0; i < CF_HISTOGRAM_AXES; i++)
    free(w->values[i]);
  free(w->weights);
  free(w->counts);
}

static int allocate(work *w, const cf_histogram *h, int *status) {
  memset(w, 0, sizeof *w);
  w->total = 1;
  for (int i = 0; i < h->naxis; i++) {
    if (h->naxes[i] < 0 || (h->naxes[i] > 0 && w->total > SIZE_MAX / 64 / (size_t)h->naxes[i]))
      return cf_fail(status, ARRAY_TOO_BIG, "a histogram with %ld bins along axis %d is too large", h->naxes[i], i + 1);
    w->total *= (size_t)h->naxes[i];
  }
  bool enough = (w->counts = calloc(w->total + 1, sizeof *w->counts)) != NULL;
  for (int i = 0; i < h->naxis; i++)
    enough = (w->values[i] = malloc(ROWS * sizeof(double))) != NULL && enough;
  if (h->weight_column > 0 || h->weight_expression != NULL)
    enough = (w->weights = malloc(ROWS * sizeof(double))) != NULL && enough;
  return enough ? *status : cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %zu bins of a histogram", w->total);
}

/* Returns the bin of a row, or a number that is too large. */
static size_t find_bin(const cf_histogram *h, const work *w, long row) {
  size_t bin = 0, stride = 1;
  for (int i = 0; i < h->naxis; i++) {
    double x = w->values[i][row];
    double at = (x - h->low[i]) / h->size[i];
    if (!is_value(x) || !(at >= 0) || !(at < (double)h->naxes[i]))
      return SIZE_MAX;
    bin += stride * (size_t)at;
    stride *= (size_t)h->naxes[i];
  }
  return bin;
}

/* Adds a weight as an image of the type would: an integer without the fraction, a float rounded. */
static void add(double *count, double weight, int bitpix) {
  if (bitpix == FLOAT_IMG)
    weight = (float)weight;
  *count += weight;
  if (bitpix > 0)
    *count = trunc(*count);
  else if (bitpix == FLOAT_IMG)
    *count = (float)*count;
}

static int count_rows(fitsfile *fptr, int bitpix, const cf_histogram *h, work *w, int *status) {
  LONGLONG rows = 0;
  double fixed = h->reciprocal ? 1 / h->weight : h->weight;
  ffgnrwll(fptr, &rows, status);
  for (LONGLONG r = 0; r < rows && *status <= 0; r += ROWS) {
    long n = rows - r < ROWS ? (long)(rows - r) : ROWS;
    for (int i = 0; i < h->naxis && *status <= 0; i++)
      read_values(fptr, h->columns[i], h->expressions[i], r + 1, n, w->values[i], status);
    if (w->weights != NULL && *status <= 0)
      read_values(fptr, h->weight_column, h->weight_expression, r + 1, n, w->weights, status);
    for (long k = 0; k < n && *status <= 0; k++) {
      size_t bin = h->selected != NULL && !h->selected[r + k] ? SIZE_MAX : find_bin(h, w, k);
      if (bin >= w->total)
        continue;
      if (w->weights == NULL)
        add(&w->counts[bin], fixed, bitpix);
      else if (is_value(w->weights[k]))
        add(&w->counts[bin], h->reciprocal ? 1 / w->weights[k] : w->weights[k], bitpix);
    }
  }
  return *status;
}

int cf_histogram_fill(fitsfile *fptr, fitsfile *histptr, int bitpix, const cf_histogram *h, int *status) {
  work w;
  if (!cf_use_data(fptr, status) || !cf_use_write_data(histptr, status))
    return cf_refused(status);
  if (h->reciprocal && h->weight_column == 0 && h->weight_expression == NULL && h->weight == 0)
    return cf_fail(status, ZERO_SCALE, "a histogram is divided by a weight of 0");
  if (h->weight_column > 0 && check_weight(fptr, h->weight_column, status) > 0)
    return *status;
  if (allocate(&w, h, status) <= 0 && count_rows(fptr, bitpix, h, &w, status) <= 0 && w.total > 0)
    ffppr(histptr, TDOUBLE, 1, (LONGLONG)w.total, w.counts, status);
  free_work(&w);
  return *status;
}

static int bitpix_of(int image_type) {
  switch (image_type) {
  case TBYTE:
    return BYTE_IMG;
  case TSHORT:
    return SHORT_IMG;
  case TINT:
  case TLONG:
    return LONG_IMG;
  case TFLOAT:
    return FLOAT_IMG;
  case TDOUBLE:
    return DOUBLE_IMG;
  default:
    return 0;
  }
}

/* The names of axes that bin expressions. */
static int name_axes(fitsfile *out, const cf_histogram *h, const cf_axis_request *requests, int *status) {
  char name[FLEN_KEYWORD];
  for (int i = 0; i < h->naxis && *status <= 0; i++)
    if (requests[i].expression != NULL) {
      ffkeyn("CTYPE", i + 1, name, status);
      ffmkys(out, name, requests[i].column, "&", status);
    }
  return *status;
}

int cf_histogram_write(fitsfile *fptr, fitsfile *out, int image_type, const cf_histogram *h,
                       const cf_axis_request *requests, int *status) {
  int bitpix = bitpix_of(image_type);
  if (*status <= 0 && bitpix == 0)
    return cf_fail(status, BAD_DATATYPE, "a histogram cannot have type %d", image_type);
  ffcrim(out, bitpix, h->naxis, (long *)h->naxes, status);
  fits_copy_pixlist2image(fptr, out, 9, h->naxis, (int *)h->columns, status);
  fits_write_keys_histo(fptr, out, h->naxis, (int *)h->columns, status);
  name_axes(out, h, requests, status);
  fits_rebin_wcsd(out, h->naxis, (double *)h->low, (double *)h->size, status);
  return *status > 0 ? *status : cf_histogram_fill(fptr, out, bitpix, h, status);
}
