/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The results are those of the conversion of many values, for the values where that is easy to see.
 */
#include "column/single.h"

#include "column/rows.h"
#include "convert/one.h"
#include "file/bytes.h"
#include "fitsio2.h"

/* Finds a value of a column that is not scaled. Returns its offset, and the bytes that it has; -1: not simple. */
static LONGLONG find(const FITSfile *file, int colnum, LONGLONG row, LONGLONG element, size_t *size) {
  if (file->hdutype != BINARY_TBL || colnum < 1 || colnum > file->tfield || file->tableptr == NULL)
    return -1;
  const tcolumn *column = &file->tableptr[colnum - 1];
  if (column->tscale != 1 || column->tzero != 0)
    return -1;
  switch (column->tdatatype) {
  case TBYTE:
    *size = 1;
    break;
  case TSHORT:
    *size = 2;
    break;
  case TLONG:
  case TFLOAT:
    *size = 4;
    break;
  case TLONGLONG:
  case TDOUBLE:
    *size = 8;
    break;
  default:
    return -1;
  }
  if (row < 1 || element < 1 || element > column->trepeat || element > file->rowlength || column->tbcol < 0)
    return -1;
  LONGLONG in_row = column->tbcol + (element - 1) * (LONGLONG)*size;
  if (in_row + (LONGLONG)*size > file->rowlength || file->rowlength > INT_MAX || row > INT_MAX)
    return -1;
  return file->datastart + (row - 1) * file->rowlength + in_row;
}

bool cf_read_one(fitsfile *fptr, int colnum, LONGLONG row, LONGLONG element, const cf_target *to) {
  const FITSfile *file = fptr->Fptr;
  size_t size;
  LONGLONG offset = find(file, colnum, row, element, &size);
  if (offset < 0 || row > file->numrows || to->array == NULL ||
      (to->nullcheck == CF_NULLS_FLAGGED && to->flags == NULL))
    return false;
  const unsigned char *at = cf_at_hand(fptr, offset, size);
  if (at == NULL)
    return false;
  const tcolumn *column = &file->tableptr[colnum - 1];
  if (!cf_one_from_stored(column->tdatatype, at, column->tnull, to->nullcheck, to->datatype, to->array))
    return false;
  if (to->nullcheck == CF_NULLS_FLAGGED)
    *to->flags = 0;
  if (to->anynul != NULL)
    *to->anynul = 0;
  return true;
}

bool cf_write_one(fitsfile *fptr, int colnum, LONGLONG row, LONGLONG element, int datatype, const void *value,
                  int *status) {
  unsigned char bytes[8];
  FITSfile *file = fptr->Fptr;
  size_t size;
  LONGLONG offset = find(file, colnum, row, element, &size);
  if (offset < 0 || value == NULL || !cf_one_to_stored(datatype, value, file->tableptr[colnum - 1].tdatatype, bytes))
    return false;
  if (row <= file->numrows || cf_rows_grow(fptr, row, status) <= 0)
    (void)cf_rows_write(fptr, row, offset, size, bytes, status);
  return true;
}
