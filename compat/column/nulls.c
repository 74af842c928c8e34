/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Null values, and the bytes of rows as they are.
 */
#include <string.h>

#include "column/cells.h"
#include "column/rows.h"
#include "file/bytes.h"
#include "file/handle.h"
#include "fitsio2.h"

/* Makes the packed null value of a column. */
static int null_value(const cf_cells *cells, int colnum, unsigned char *value, int *status) {
  const tcolumn *column = cells->column;
  bool text = cells->fptr->Fptr->hdutype == ASCII_TBL, bits = column->tdatatype == TBIT || column->tdatatype == -TBIT;
  memset(value, 0, cells->width);
  switch (cells->stored) {
  case TFLOAT:
  case TDOUBLE:
    memset(value, 0xff, cells->width);
    return *status;
  case TLOGICAL:
    return *status;
  case TSTRING:
    if (!text) {
      memset(value + 1, ' ', cells->width - 1);
      return *status;
    }
    if (column->strnull[0] != ASCII_NULL_UNDEFINED) {
      size_t n = strnlen(column->strnull, sizeof column->strnull);
      memset(value, ' ', cells->width);
      memcpy(value, column->strnull, n < cells->width ? n : cells->width);
      return *status;
    }
    break;
  default:
    if (column->tnull == NULL_UNDEFINED || bits)
      break;
    for (size_t i = 0; i < cells->width; i++)
      value[i] = (unsigned char)((ULONGLONG)column->tnull >> (8 * (cells->width - 1 - i)));
    return *status;
  }
  return cf_fail(status, NO_NULL, "column %d has no null value: it has no TNULL%d", colnum, colnum);
}

int ffpclu(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, int *status) {
  unsigned char buffer[CF_CELLS_BUFFER];
  cf_cells cells;
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  const tcolumn *column = cf_column(fptr, colnum, status);
  if (column == NULL || nelem == 0)
    return *status;
  int type = column->tdatatype < 0 ? -column->tdatatype : column->tdatatype;
  LONGLONG per = type == TCOMPLEX || type == TDBLCOMPLEX ? 2 : 1;
  if (firstelem > LLONG_MAX / 4 || nelem > LLONG_MAX / 4)
    return cf_fail(status, BAD_ELEM_NUM, "too many elements: %lld", nelem);
  int mode = column->tdatatype < 0 ? CF_CELLS_READ : CF_CELLS_WRITE; /* an array keeps its length */
  if (cf_cells_find(fptr, colnum, firstrow, (firstelem - 1) * per + 1, nelem * per, mode, &cells, status) > 0)
    return *status;
  nelem *= per;
  if (cells.width > sizeof buffer)
    return cf_fail(status, COL_TOO_WIDE, "strings of %zu characters are too long", cells.width);
  if (null_value(&cells, colnum, buffer, status) > 0)
    return *status;
  size_t n = cf_cells_some(&cells, nelem);
  for (size_t i = 1; i < n; i++)
    memcpy(buffer + i * cells.width, buffer, cells.width);
  for (; nelem > 0 && *status <= 0; nelem -= (LONGLONG)n) {
    n = cf_cells_some(&cells, nelem);
    (void)cf_cells_put(&cells, n, buffer, status);
  }
  return *status;
}

/* Makes the arrays of variable length of rows null; of a string, its first character. */
static int null_arrays(fitsfile *fptr, int colnum, int type, LONGLONG firstrow, LONGLONG nrows, int *status) {
  for (LONGLONG i = 0; i < nrows && firstrow + i <= fptr->Fptr->numrows && *status <= 0; i++) {
    LONGLONG length = 0;
    if (ffgdesll(fptr, colnum, firstrow + i, &length, NULL, status) > 0 || length == 0)
      continue;
    (void)ffpclu(fptr, colnum, firstrow + i, 1, type == -TSTRING ? 1 : length, status);
  }
  return *status;
}

/* Makes all cells of rows null. Columns that have no null value stay as they are. */
int ffprwu(fitsfile *fptr, LONGLONG firstrow, LONGLONG nrows, int *status) {
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  if (!cf_is_table(fptr, status))
    return *status;
  if (nrows < 1 || firstrow < 1)
    return cf_fail(status, BAD_ROW_NUM, "cannot write %lld null rows at row %lld", nrows, firstrow);
  ffpmrk();
  for (int i = 1; i <= fptr->Fptr->tfield && *status <= 0; i++) {
    LONGLONG repeat = 0, width = 0;
    int type = 0;
    if (ffgtclll(fptr, i, &type, &repeat, &width, status) > 0)
      break;
    if (type == TSTRING && fptr->Fptr->hdutype == BINARY_TBL)
      repeat = width > 0 ? repeat / width : 0;
    if (type < 0)
      (void)null_arrays(fptr, i, type, firstrow, nrows, status);
    else if (type != TBIT && repeat > 0)
      (void)ffpclu(fptr, i, firstrow, 1, nrows * repeat, status);
    if (*status == NO_NULL)
      *status = 0;
  }
  if (*status <= 0)
    ffcmrk();
  return *status;
}

/* Finds bytes of rows. They may go on in later rows. */
static int find_bytes(fitsfile *fptr, LONGLONG firstrow, LONGLONG firstchar, LONGLONG nchars, LONGLONG *offset,
                      LONGLONG *last, int *status) {
  FITSfile *file = fptr->Fptr;
  LONGLONG length = file->rowlength > 0 ? file->rowlength : 1;
  if (firstrow < 1)
    return cf_fail(status, BAD_ROW_NUM, "row %lld does not exist: rows count from 1", firstrow);
  if (firstchar < 1)
    return cf_fail(status, BAD_ELEM_NUM, "byte %lld does not exist: bytes count from 1", firstchar);
  if (firstrow <= INT_MAX && length <= INT_MAX && firstchar <= length && nchars <= length - firstchar + 1) {
    *offset = file->datastart + (firstrow - 1) * length + firstchar - 1;
    *last = firstrow; /* the usual case needs no division */
    return *status;
  }
  if (firstrow > (LLONG_MAX / 4) / length || firstchar > LLONG_MAX / 4 || nchars > LLONG_MAX / 4)
    return cf_fail(status, BAD_ROW_NUM, "row %lld is too far for a file", firstrow);
  *offset = file->datastart + (firstrow - 1) * length + firstchar - 1;
  *last = firstrow + (firstchar + nchars - 2) / length;
  return *status;
}

int ffgtbb(fitsfile *fptr, LONGLONG firstrow, LONGLONG firstchar, LONGLONG nchars, unsigned char *values, int *status) {
  LONGLONG offset = 0, last = 0;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (nchars <= 0 || find_bytes(fptr, firstrow, firstchar, nchars, &offset, &last, status) > 0)
    return *status;
  if (last > fptr->Fptr->numrows)
    return cf_fail(status, BAD_ROW_NUM, "row %lld does not exist: the table has %lld rows", last, fptr->Fptr->numrows);
  if (values == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no array for the bytes");
  return cf_data_read(fptr, offset, (size_t)nchars, values, status);
}

int ffptbb(fitsfile *fptr, LONGLONG firstrow, LONGLONG firstchar, LONGLONG nchars, unsigned char *values, int *status) {
  LONGLONG offset = 0, last = 0;
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  if (nchars <= 0 || find_bytes(fptr, firstrow, firstchar, nchars, &offset, &last, status) > 0)
    return *status;
  if (values == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no bytes to write");
  if (cf_rows_grow(fptr, last, status) > 0 || cf_rows_exist(fptr, last, status) > 0)
    return *status;
  return cf_write(fptr, offset, (size_t)nchars, values, status);
}
