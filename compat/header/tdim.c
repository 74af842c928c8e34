/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TDIMn, the axes of the arrays of a column.
 */
#include <stdbool.h>
#include <string.h>

#include "base/status.h"
#include "file/handle.h"
#include "fitsio2.h"

/* Reads "(a,b,c)". Returns the product of the axes, -1: the status says why. */
static LONGLONG parse_axes(const char *text, int maxdim, int *naxis, LONGLONG *naxes, int *status) {
  const char *field = strchr(text, '(');
  LONGLONG product = 1;
  *naxis = 0;
  if (field == NULL) {
    cf_fail(status, BAD_TDIM, "this is no TDIMn: '%.70s'", text);
    return -1;
  }
  while (field != NULL) {
    LONGLONG length = strtoll(++field, NULL, 10);
    if (*naxis < maxdim)
      naxes[*naxis] = length;
    if (length < 0) {
      cf_fail(status, BAD_TDIM, "an axis of TDIMn is negative: '%.70s'", text);
      return -1;
    }
    if (__builtin_mul_overflow(product, length, &product))
      product = -1;
    ++*naxis;
    field = strchr(field, ',');
  }
  if (strchr(text, ')') == NULL) {
    cf_fail(status, BAD_TDIM, "TDIMn has no closing parenthesis: '%.70s'", text);
    return -1;
  }
  return product;
}

/* Decodes TDIMn. Column 0 is any one. */
static int decode(fitsfile *fptr, const char *text, int colnum, int maxdim, int *naxis, LONGLONG *naxes, int *status) {
  const FITSfile *file = fptr->Fptr;
  const tcolumn *column = colnum > 0 ? &file->tableptr[colnum - 1] : NULL;
  if (column != NULL && *text == '\0') {
    *naxis = 1;
    if (maxdim > 0)
      naxes[0] = column->trepeat;
    return *status;
  }
  LONGLONG product = parse_axes(text, maxdim, naxis, naxes, status);
  if (*status <= 0 && column != NULL && column->tdatatype > 0 && product != column->trepeat)
    return cf_fail(status, BAD_TDIM, "TDIM%d = '%.70s' does not fit the %lld elements of the column", colnum, text,
                   column->trepeat);
  return *status;
}

static bool usable(fitsfile *fptr, const void *text, int colnum, int least, const int *naxis, const void *naxes,
                   int maxdim, int *status) {
  if (text == NULL || naxis == NULL || (naxes == NULL && maxdim > 0))
    cf_fail(status, NULL_INPUT_PTR, "no text of TDIMn, or no place for axes");
  else if (colnum < least || colnum > fptr->Fptr->tfield || (colnum > 0 && fptr->Fptr->tableptr == NULL))
    cf_fail(status, BAD_COL_NUM, "the table has %d columns, and no column %d", fptr->Fptr->tfield, colnum);
  return *status <= 0;
}

int ffdtdmll(fitsfile *fptr, char *tdimstr, int colnum, int maxdim, int *naxis, LONGLONG naxes[], int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (!usable(fptr, tdimstr, colnum, 1, naxis, naxes, maxdim, status))
    return *status;
  return decode(fptr, tdimstr, colnum, maxdim, naxis, naxes, status);
}

int ffdtdm(fitsfile *fptr, char *tdimstr, int colnum, int maxdim, int *naxis, long naxes[], int *status) {
  LONGLONG large[999];
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (!usable(fptr, tdimstr, colnum, 0, naxis, naxes, maxdim, status))
    return *status;
  int most = maxdim < 999 ? maxdim : 999;
  for (int i = 0; i < most; i++)
    large[i] = naxes[i];
  decode(fptr, tdimstr, colnum, most, naxis, large, status);
  for (int i = 0; i < most; i++)
    naxes[i] = (long)large[i];
  return *status;
}

/* Reads TDIMn; an empty text if there is none. */
static int read_text(fitsfile *fptr, int colnum, char text[FLEN_VALUE], int *status) {
  char keyword[FLEN_KEYWORD];
  int missing = 0;
  *text = '\0';
  if (ffkeyn("TDIM", colnum, keyword, status) <= 0)
    ffgkys(fptr, keyword, text, NULL, &missing);
  return *status;
}

int ffgtdm(fitsfile *fptr, int colnum, int maxdim, int *naxis, long naxes[], int *status) {
  char text[FLEN_VALUE];
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  ffpmrk();
  read_text(fptr, colnum, text, status);
  ffcmrk();
  return ffdtdm(fptr, text, colnum, maxdim, naxis, naxes, status);
}

int ffgtdmll(fitsfile *fptr, int colnum, int maxdim, int *naxis, LONGLONG naxes[], int *status) {
  char text[FLEN_VALUE];
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  ffpmrk();
  read_text(fptr, colnum, text, status);
  ffcmrk();
  return ffdtdmll(fptr, text, colnum, maxdim, naxis, naxes, status);
}
