/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Histograms of the columns of a table. An axis bins a column or an expression.
 */
#ifndef CF_FILTER_HISTOGRAM_H
#define CF_FILTER_HISTOGRAM_H

#include "base/status.h"

#define CF_HISTOGRAM_AXES 4

typedef struct cf_histogram {
  int naxis;
  int columns[CF_HISTOGRAM_AXES];             /* 0 where an expression is binned */
  const char *expressions[CF_HISTOGRAM_AXES]; /* NULL: the column */
  long naxes[CF_HISTOGRAM_AXES];
  double low[CF_HISTOGRAM_AXES];
  double high[CF_HISTOGRAM_AXES];
  double size[CF_HISTOGRAM_AXES];
  double weight;
  int weight_column;             /* 0: `weight`, or the expression */
  const char *weight_expression; /* NULL: none */
  int reciprocal;                /* 1: the weight is a divisor */
  const char *selected;          /* NULL, or for each row whether it counts */
} cf_histogram;

/* What programs and names ask for along an axis; DOUBLENULLVALUE and "" where they give nothing. */
typedef struct cf_axis_request {
  char *column; /* receives the default name if it is "" */
  const char *expression;
  double low, high, size;
  const char *low_key, *high_key, *size_key;
} cf_axis_request;

/* Finds columns, ranges and lengths of the axes. */
int cf_histogram_plan(fitsfile *fptr, int naxis, const cf_axis_request *requests, cf_histogram *h, int *status);

/* Counts the rows, and writes the pixels of the image `histptr` of the type of `bitpix`. */
int cf_histogram_fill(fitsfile *fptr, fitsfile *histptr, int bitpix, const cf_histogram *h, int *status);

/* Creates the image of a histogram in the empty file `out`: header, keywords, counts. `axis_names` are for axes that
 * bin expressions. */
int cf_histogram_write(fitsfile *fptr, fitsfile *out, int image_type, const cf_histogram *h,
                       const cf_axis_request *requests, int *status);

/* Finds what a weight is: a column, or the value of a keyword. */
int cf_histogram_weight(fitsfile *fptr, const char *name, double weight, cf_histogram *h, int *status);

#endif
