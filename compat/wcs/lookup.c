/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Arrays of coordinates in tables, for the -TAB coordinates of WCSLIB.
 */
#include <stdlib.h>
#include <string.h>

#include "file/bytes.h"
#include "file/handle.h"

#define MOST_AXES 99

/* Gets the axes of an array: `ndim` of them. Coordinates without TDIMn have one axis, and a first one of length 1. */
static int get_axes(fitsfile *fptr, int column, const wtbarr *wtb, long naxes[MOST_AXES], int *status) {
  int naxis = 0;
  if (ffgtdm(fptr, column, MOST_AXES, &naxis, naxes, status) > 0)
    return *status;
  if (wtb->kind == 'c' && wtb->ndim == 2 && naxis == 1) {
    naxes[1] = naxes[0];
    naxes[0] = 1;
  } else if (naxis != wtb->ndim) {
    return cf_fail(status, BAD_TDIM, "an array of coordinates has %d axes, not %d", naxis, wtb->ndim);
  }
  if (wtb->kind == 'i' && naxes[0] != *wtb->dimlen)
    return cf_fail(status, BAD_TDIM, "an index has %ld elements, and its coordinates %d", naxes[0], *wtb->dimlen);
  return *status;
}

/* Reads one array from the current HDU. */
static int read_array(fitsfile *fptr, wtbarr *wtb, int *status) {
  int column = 0, anynul = 0;
  long naxes[MOST_AXES];
  LONGLONG count = 1, most = cf_size(fptr);
  if (ffgcno(fptr, CASEINSEN, wtb->ttype, &column, status) > 0 || get_axes(fptr, column, wtb, naxes, status) > 0)
    return *status;
  for (int axis = 0; axis < wtb->ndim; axis++) {
    if (naxes[axis] < 0 || (naxes[axis] > 0 && count > most / naxes[axis]))
      return cf_fail(status, BAD_TDIM, "an array of coordinates is larger than the file");
    count *= naxes[axis];
    if (axis > 0)
      wtb->dimlen[axis - 1] = (int)naxes[axis];
  }
  double *values = calloc(count > 0 ? (size_t)count : 1, sizeof *values);
  if (values == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for %lld coordinates", count);
  if (ffgcvd(fptr, column, wtb->row, 1, count, 0, values, &anynul, status) > 0) {
    free(values);
    return *status;
  }
  *wtb->arrayp = values;
  return *status;
}

int fits_read_wcstab(fitsfile *fptr, int nwtb, wtbarr *wtb, int *status) {
  int hdu = 0, back = 0;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (nwtb <= 0)
    return *status;
  if (wtb == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no list of coordinate arrays");
  for (int i = 0; i < nwtb; i++) {
    if (wtb[i].dimlen == NULL || wtb[i].arrayp == NULL)
      return cf_fail(status, NULL_INPUT_PTR, "no place for a coordinate array");
    *wtb[i].arrayp = NULL;
  }
  ffghdn(fptr, &hdu);
  for (int i = 0; i < nwtb && *status <= 0; i++) {
    if (wtb[i].ndim < 1 || wtb[i].ndim > MOST_AXES)
      cf_fail(status, NEG_AXIS, "an array of coordinates with %d axes", wtb[i].ndim);
    else if (ffmnhd(fptr, BINARY_TBL, wtb[i].extnam, wtb[i].extver, status) <= 0)
      read_array(fptr, &wtb[i], status);
  }
  ffmahd(fptr, hdu, NULL, &back);
  return *status > 0 ? *status : (*status = back);
}
