/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The results are those of the conversion of many values, for the values where that is easy to see.
 */
#include "column/single.h"

#include <float.h>
#include <math.h>

#include "column/rows.h"
#include "column/swap.h"
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

/* Loads an integer as it is stored. */
static LONGLONG load_integer(const unsigned char *at, size_t size) {
  int16_t two;
  int32_t four;
  int64_t eight;
  switch (size) {
  case 1:
    return *at;
  case 2:
    cf_swap_value(&two, at, 2);
    return two;
  case 4:
    cf_swap_value(&four, at, 4);
    return four;
  default:
    cf_swap_value(&eight, at, 8);
    return eight;
  }
}

#define PUT(number, type, low, high)                                                                                   \
  case number:                                                                                                         \
    if (value < (low) || value > (high))                                                                               \
      return false;                                                                                                    \
    *(type *)array = (type)value;                                                                                      \
    return true;

static bool put_integer(LONGLONG value, int datatype, void *array) {
  switch (datatype) {
    PUT(TBYTE, unsigned char, 0, UCHAR_MAX)
    PUT(TSBYTE, signed char, SCHAR_MIN, SCHAR_MAX)
    PUT(TUSHORT, unsigned short, 0, USHRT_MAX)
    PUT(TSHORT, short, SHRT_MIN, SHRT_MAX)
    PUT(TUINT, unsigned int, 0, UINT_MAX)
    PUT(TINT, int, INT_MIN, INT_MAX)
    PUT(TLONG, long, LONG_MIN, LONG_MAX)
    PUT(TULONG, unsigned long, 0, LONG_MAX)
    PUT(TULONGLONG, ULONGLONG, 0, LLONG_MAX)
  case TLONGLONG:
    *(LONGLONG *)array = value;
    return true;
  case TFLOAT:
    *(float *)array = (float)value;
    return true;
  case TDOUBLE:
    *(double *)array = (double)value;
    return true;
  default:
    return false;
  }
}

static bool put_real(const unsigned char *at, size_t size, const cf_target *to) {
  double value;
  float single = 0;
  if (size == 4) {
    cf_swap_value(&single, at, 4);
    value = single;
  } else {
    cf_swap_value(&value, at, 8);
  }
  if (!isnormal(value) && (to->nullcheck != CF_NULLS_KEPT || value != 0))
    return false;
  if (to->datatype == TDOUBLE)
    *(double *)to->array = value;
  else if (to->datatype == TFLOAT && fabs(value) <= FLT_MAX)
    *(float *)to->array = (float)value;
  else
    return false;
  return true;
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
  if (column->tdatatype == TFLOAT || column->tdatatype == TDOUBLE) {
    if (!put_real(at, size, to))
      return false;
  } else {
    LONGLONG value = load_integer(at, size);
    if ((to->nullcheck != CF_NULLS_KEPT && value == column->tnull) || !put_integer(value, to->datatype, to->array))
      return false;
  }
  if (to->nullcheck == CF_NULLS_FLAGGED)
    *to->flags = 0;
  if (to->anynul != NULL)
    *to->anynul = 0;
  return true;
}

/* Makes the stored form of an integer. */
static bool store_integer(LONGLONG value, int stored, unsigned char *at) {
  int16_t two = (int16_t)value;
  int32_t four = (int32_t)value;
  switch (stored) {
  case TBYTE:
    *at = (unsigned char)value;
    return value >= 0 && value <= UCHAR_MAX;
  case TSHORT:
    cf_swap_value(at, &two, 2);
    return two == value;
  case TLONG:
    cf_swap_value(at, &four, 4);
    return four == value;
  case TLONGLONG:
    cf_swap_value(at, &value, 8);
    return true;
  default:
    return false;
  }
}

static bool store_real(double value, int stored, unsigned char *at) {
  float single;
  switch (stored) {
  case TDOUBLE:
    cf_swap_value(at, &value, 8);
    return true;
  case TFLOAT:
    if (!(fabs(value) <= FLT_MAX) || (value != 0 && fabs(value) < FLT_MIN))
      return false;
    single = (float)value;
    cf_swap_value(at, &single, 4);
    return true;
  default:
    return false;
  }
}

static bool store(int datatype, const void *value, int stored, unsigned char *at) {
  bool real = stored == TFLOAT || stored == TDOUBLE;
  LONGLONG integer;
  switch (datatype) {
  case TINT:
    integer = *(const int *)value;
    break;
  case TSHORT:
    integer = *(const short *)value;
    break;
  case TLONG:
    integer = *(const long *)value;
    break;
  case TLONGLONG:
    integer = *(const LONGLONG *)value;
    break;
  case TBYTE:
    integer = *(const unsigned char *)value;
    break;
  case TFLOAT:
    return store_real(*(const float *)value, stored, at);
  case TDOUBLE:
    return store_real(*(const double *)value, stored, at);
  default:
    return false;
  }
  return real ? store_real((double)integer, stored, at) : store_integer(integer, stored, at);
}

bool cf_write_one(fitsfile *fptr, int colnum, LONGLONG row, LONGLONG element, int datatype, const void *value,
                  int *status) {
  unsigned char bytes[8];
  FITSfile *file = fptr->Fptr;
  size_t size;
  LONGLONG offset = find(file, colnum, row, element, &size);
  if (offset < 0 || value == NULL || !store(datatype, value, file->tableptr[colnum - 1].tdatatype, bytes))
    return false;
  if (row <= file->numrows || cf_rows_grow(fptr, row, status) <= 0)
    (void)cf_rows_write(fptr, row, offset, size, bytes, status);
  return true;
}
