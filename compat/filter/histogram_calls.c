/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public functions for histograms, and the filter [bin ...] of names.
 */
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "filter/histogram.h"
#include "name/binning.h"
#include "name/filters.h"

#define NAMES [CF_HISTOGRAM_AXES][FLEN_VALUE]

/* Collects the arguments that all of these functions have. */
static int collect(int naxis, char colname NAMES, const double *minin, const double *maxin, const double *binsizein,
                   char minname NAMES, char maxname NAMES, char binname NAMES, char columns NAMES,
                   cf_axis_request *requests, int *status) {
  if (naxis < 1 || naxis > CF_HISTOGRAM_AXES)
    return cf_fail(status, BAD_DIMEN, "a histogram has 1 to %d axes, not %d", CF_HISTOGRAM_AXES, naxis);
  for (int i = 0; i < naxis; i++) {
    cf_copy(columns[i], colname != NULL ? colname[i] : "", FLEN_VALUE);
    requests[i] = (cf_axis_request){
        .column = columns[i],
        .low = minin != NULL ? minin[i] : DOUBLENULLVALUE,
        .high = maxin != NULL ? maxin[i] : DOUBLENULLVALUE,
        .size = binsizein != NULL ? binsizein[i] : DOUBLENULLVALUE,
        .low_key = minname != NULL ? minname[i] : NULL,
        .high_key = maxname != NULL ? maxname[i] : NULL,
        .size_key = binname != NULL ? binname[i] : NULL,
    };
  }
  return *status;
}

int fits_calc_binningd(fitsfile *fptr, int naxis, char colname NAMES, double *minin, double *maxin, double *binsizein,
                       char minname NAMES, char maxname NAMES, char binname NAMES, int *colnum, long *haxes,
                       double *amin, double *amax, double *binsize, int *status) {
  char columns NAMES;
  cf_axis_request requests[CF_HISTOGRAM_AXES];
  cf_histogram h;
  memset(&h, 0, sizeof h);
  CF_GO(status);
  if (colnum == NULL || haxes == NULL || amin == NULL || amax == NULL || binsize == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no memory for the bins of the histogram");
  if (collect(naxis, colname, minin, maxin, binsizein, minname, maxname, binname, columns, requests, status) > 0 ||
      cf_histogram_plan(fptr, naxis, requests, &h, status) > 0)
    return *status;
  for (int i = 0; i < naxis; i++) {
    colnum[i] = h.columns[i];
    haxes[i] = h.naxes[i];
    amin[i] = h.low[i];
    amax[i] = h.high[i];
    binsize[i] = h.size[i];
    if (colname != NULL)
      cf_copy(colname[i], columns[i], FLEN_VALUE);
  }
  return *status;
}

int fits_calc_binning(fitsfile *fptr, int naxis, char colname NAMES, double *minin, double *maxin, double *binsizein,
                      char minname NAMES, char maxname NAMES, char binname NAMES, int *colnum, long *haxes, float *amin,
                      float *amax, float *binsize, int *status) {
  double low[CF_HISTOGRAM_AXES], high[CF_HISTOGRAM_AXES], size[CF_HISTOGRAM_AXES];
  CF_GO(status);
  if (amin == NULL || amax == NULL || binsize == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no memory for the bins of the histogram");
  if (fits_calc_binningd(fptr, naxis, colname, minin, maxin, binsizein, minname, maxname, binname, colnum, haxes, low,
                         high, size, status) > 0)
    return *status;
  for (int i = 0; i < naxis; i++) {
    amin[i] = (float)low[i];
    amax[i] = (float)high[i];
    binsize[i] = (float)size[i];
  }
  return *status;
}

int fits_make_histd(fitsfile *fptr, fitsfile *histptr, int bitpix, int naxis, long *naxes, int *colnum, double *amin,
                    double *amax, double *binsize, double weight, int wtcolnum, int recip, char *selectrow,
                    int *status) {
  cf_histogram h;
  memset(&h, 0, sizeof h);
  CF_GO(status);
  if (naxes == NULL || colnum == NULL || amin == NULL || amax == NULL || binsize == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the bins of the histogram are NULL");
  if (naxis < 1 || naxis > CF_HISTOGRAM_AXES)
    return cf_fail(status, BAD_DIMEN, "a histogram has 1 to %d axes, not %d", CF_HISTOGRAM_AXES, naxis);
  if (bitpix != BYTE_IMG && bitpix != SHORT_IMG && bitpix != LONG_IMG && bitpix != FLOAT_IMG && bitpix != DOUBLE_IMG)
    return cf_fail(status, BAD_DATATYPE, "a histogram cannot have BITPIX %d", bitpix);
  h.naxis = naxis;
  for (int i = 0; i < naxis; i++) {
    h.naxes[i] = naxes[i];
    h.columns[i] = colnum[i];
    h.low[i] = amin[i];
    h.high[i] = amax[i];
    h.size[i] = binsize[i];
    if (binsize[i] == 0)
      return cf_fail(status, ZERO_SCALE, "the bins of axis %d have size 0", i + 1);
  }
  if (weight == DOUBLENULLVALUE || (float)weight == FLOATNULLVALUE)
    h.weight_column = wtcolnum;
  h.weight = h.weight_column > 0 ? 1 : weight;
  if (weight == DOUBLENULLVALUE && wtcolnum < 1)
    h.weight = 1;
  h.reciprocal = recip;
  h.selected = selectrow;
  return cf_histogram_fill(fptr, histptr, bitpix, &h, status);
}

int fits_make_hist(fitsfile *fptr, fitsfile *histptr, int bitpix, int naxis, long *naxes, int *colnum, float *amin,
                   float *amax, float *binsize, float weight, int wtcolnum, int recip, char *selectrow, int *status) {
  double low[CF_HISTOGRAM_AXES], high[CF_HISTOGRAM_AXES], size[CF_HISTOGRAM_AXES];
  CF_GO(status);
  if (amin == NULL || amax == NULL || binsize == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the bins of the histogram are NULL");
  if (naxis < 1 || naxis > CF_HISTOGRAM_AXES)
    return cf_fail(status, BAD_DIMEN, "a histogram has 1 to %d axes, not %d", CF_HISTOGRAM_AXES, naxis);
  for (int i = 0; i < naxis; i++) {
    low[i] = amin[i];
    high[i] = amax[i];
    size[i] = binsize[i];
  }
  double w = weight == FLOATNULLVALUE ? DOUBLENULLVALUE : weight;
  return fits_make_histd(fptr, histptr, bitpix, naxis, naxes, colnum, low, high, size, w, wtcolnum, recip, selectrow,
                         status);
}

/* Makes the file of a histogram. */
static fitsfile *make_file(fitsfile *fptr, const char *outfile, int image_type, int naxis,
                           const cf_axis_request *requests, cf_histogram *h, int *status) {
  fitsfile *out = NULL;
  int closing = 0;
  if (cf_histogram_plan(fptr, naxis, requests, h, status) > 0 || cf_new_file(&out, outfile, 3, status) > 0)
    return NULL;
  if (cf_histogram_write(fptr, out, image_type, h, requests, status) <= 0)
    return out;
  ffdelt(out, &closing);
  return NULL;
}

fitsfile *ffhist3(fitsfile *fptr, char *outfile, int imagetype, int naxis, char colname NAMES, double *minin,
                  double *maxin, double *binsizein, char minname NAMES, char maxname NAMES, char binname NAMES,
                  double weightin, char wtcol[FLEN_VALUE], int recip, char *selectrow, int *status) {
  char columns NAMES;
  cf_axis_request requests[CF_HISTOGRAM_AXES];
  cf_histogram h;
  memset(&h, 0, sizeof h);
  if (!cf_use_data(fptr, status))
    return NULL;
  if (outfile == NULL) {
    cf_fail(status, NULL_INPUT_PTR, "the name of the histogram is NULL");
    return NULL;
  }
  collect(naxis, colname, minin, maxin, binsizein, minname, maxname, binname, columns, requests, status);
  if (*status > 0 || cf_histogram_weight(fptr, wtcol, weightin, &h, status) > 0)
    return NULL;
  h.reciprocal = recip;
  h.selected = selectrow;
  return make_file(fptr, outfile, imagetype, naxis, requests, &h, status);
}

int ffhist2(fitsfile **fptr, char *outfile, int imagetype, int naxis, char colname NAMES, double *minin, double *maxin,
            double *binsizein, char minname NAMES, char maxname NAMES, char binname NAMES, double weightin,
            char wtcol[FLEN_VALUE], int recip, char *rowselect, int *status) {
  CF_GO(status);
  if (fptr == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the file of the histogram is NULL");
  fitsfile *out = ffhist3(*fptr, outfile, imagetype, naxis, colname, minin, maxin, binsizein, minname, maxname, binname,
                          weightin, wtcol, recip, rowselect, status);
  return out == NULL ? *status : cf_take_over(fptr, out, status);
}

int ffhist(fitsfile **fptr, char *outfile, int imagetype, int naxis, char colname NAMES, double *minin, double *maxin,
           double *binsizein, char minname NAMES, char maxname NAMES, char binname NAMES, double weightin,
           char wtcol[FLEN_VALUE], int recip, char *rowselect, int *status) {
  return ffhist2(fptr, outfile, imagetype, naxis, colname, minin, maxin, binsizein, minname, maxname, binname, weightin,
                 wtcol, recip, rowselect, status);
}

/* Finds the rows that count. NULL: *status says why. */
static char *select_rows(fitsfile *fptr, const char *expression, int *status) {
  LONGLONG rows = 0;
  long good = 0;
  if (ffgnrwll(fptr, &rows, status) > 0)
    return NULL;
  char *selected = calloc((size_t)rows + 1, 1);
  if (selected == NULL)
    cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for %lld rows", rows);
  else if (rows > 0)
    fffrow(fptr, (char *)expression, 1, (long)rows, &good, selected, status);
  return selected;
}

int cf_open_histogram(fitsfile **fptr, const char *output, const char *spec, const char *rows, int *status) {
  cf_binning bin;
  cf_axis_request requests[CF_HISTOGRAM_AXES];
  cf_histogram h;
  fitsfile *out = NULL;
  char *selected = *rows != '\0' ? select_rows(*fptr, rows, status) : NULL;
  memset(&h, 0, sizeof h);
  h.selected = selected;
  if (cf_binning_parse(spec, &bin, status) <= 0) {
    for (int i = 0; i < bin.count; i++) {
      cf_bin_axis *axis = &bin.axes[i];
      requests[i] = (cf_axis_request){axis->column, axis->expression, axis->low,      axis->high,
                                      axis->size,   axis->low_key,    axis->high_key, axis->size_key};
    }
    h.reciprocal = bin.reciprocal;
    h.weight_expression = bin.weight_expression;
    if (cf_histogram_weight(*fptr, bin.weight_name, bin.weight, &h, status) <= 0)
      out = make_file(*fptr, output, bin.type, bin.count, requests, &h, status);
  }
  cf_binning_free(&bin);
  free(selected);
  return out == NULL ? *status : cf_take_over(fptr, out, status);
}
