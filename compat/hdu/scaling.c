/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Scaling and null values that count in place of those of the header.
 */
#include "base/string.h"
#include "file/handle.h"

static int check_scale(double scale, int *status) {
  return scale == 0 ? cf_fail(status, ZERO_SCALE, "a scale is 0") : *status;
}

int ffpscl(fitsfile *fptr, double scale, double zeroval, int *status) {
  if (!cf_use_data(fptr, status) || check_scale(scale, status) > 0)
    return cf_refused(status);
  FITSfile *f = fptr->Fptr;
  if (f->compressimg) {
    f->cn_bscale = scale;
    f->cn_bzero = zeroval;
  } else if (f->hdutype != IMAGE_HDU) {
    return cf_fail(status, NOT_IMAGE, "the HDU is a table, not an image");
  } else if (f->tfield >= 2 && f->tableptr != NULL) {
    f->tableptr[1].tscale = scale;
    f->tableptr[1].tzero = zeroval;
  }
  return *status;
}

int ffpnul(fitsfile *fptr, LONGLONG nulvalue, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  FITSfile *f = fptr->Fptr;
  if (f->compressimg)
    return *status;
  if (f->hdutype != IMAGE_HDU)
    return cf_fail(status, NOT_IMAGE, "the HDU is a table, not an image");
  if (f->tfield >= 2 && f->tableptr != NULL)
    f->tableptr[1].tnull = nulvalue;
  return *status;
}

/* Returns a column of the current table, or NULL. */
static tcolumn *get_column(fitsfile *fptr, int colnum, int *status) {
  const FITSfile *f = fptr->Fptr;
  if (colnum >= 1 && colnum <= f->tfield && f->tableptr != NULL)
    return f->tableptr + (colnum - 1);
  (void)cf_fail(status, BAD_COL_NUM, "the table has %d columns, and no column %d", f->tfield, colnum);
  return NULL;
}

int fftscl(fitsfile *fptr, int colnum, double scale, double zeroval, int *status) {
  if (!cf_use_data(fptr, status) || check_scale(scale, status) > 0)
    return cf_refused(status);
  if (fptr->Fptr->hdutype == IMAGE_HDU || fptr->Fptr->compressimg)
    return cf_fail(status, NOT_TABLE, "the HDU is an image, not a table");
  tcolumn *column = get_column(fptr, colnum, status);
  if (column != NULL) {
    column->tscale = scale;
    column->tzero = zeroval;
  }
  return *status;
}

int fftnul(fitsfile *fptr, int colnum, LONGLONG nulvalue, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (fptr->Fptr->hdutype != BINARY_TBL || fptr->Fptr->compressimg)
    return cf_fail(status, NOT_BTABLE, "the HDU is not a binary table");
  tcolumn *column = get_column(fptr, colnum, status);
  if (column != NULL)
    column->tnull = nulvalue;
  return *status;
}

int ffsnul(fitsfile *fptr, int colnum, char *nulstring, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (fptr->Fptr->hdutype != ASCII_TBL)
    return cf_fail(status, NOT_ATABLE, "the HDU is not an ASCII table");
  if (nulstring == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected a null string, found NULL");
  tcolumn *column = get_column(fptr, colnum, status);
  if (column != NULL)
    cf_copy(column->strnull, nulstring, sizeof column->strnull);
  return *status;
}
