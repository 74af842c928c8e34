/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing numbers into columns.
 */
#include <string.h>

#include "column/cells.h"
#include "column/field.h"
#include "column/single.h"
#include "convert/swap.h"
#include "convert/convert.h"
#include "file/handle.h"

#define RANGE fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem

/* Converts n values to fields, by way of doubles. Returns whether all fit. */
static bool print_fields(const cf_cells *cells, const cf_conversion *how, const char *values, size_t n,
                         unsigned char *fields, bool *overflow, int *status) {
  unsigned char numbers[CF_CELLS_BUFFER / 4];
  cf_field form;
  int state = 0;
  if (cf_field_form(cells->column, &form, status) > 0)
    return false;
  if (form.letter == 'A') {
    (void)cf_fail(status, BAD_TFORM_DTYPE, "the column has text, not numbers");
    return false;
  }
  if (cf_to_stored(how, values, n, numbers, &state) == NUM_OVERFLOW)
    *overflow = true;
  for (size_t i = 0; i < n; i++) {
    double value;
    cf_swap_value(&value, numbers + 8 * i, sizeof value);
    if (!cf_field_print(&form, value, (char *)fields + i * cells->width, cells->width))
      *overflow = true;
  }
  return true;
}

/* Writes numbers. The caller has called cf_use_write_data(). */
static int write_numbers(RANGE, int datatype, const void *array, int *status) {
  if (nelem == 1 && cf_write_one(fptr, colnum, firstrow, firstelem, datatype, array, status))
    return *status;
  unsigned char buffer[CF_CELLS_BUFFER];
  cf_cells cells;
  bool overflow = false, fields = fptr->Fptr->hdutype == ASCII_TBL;
  const char *values = array;
  size_t size = cf_size_of(datatype);
  const tcolumn *column = cf_column(fptr, colnum, status);
  if (column == NULL || nelem == 0)
    return *status;
  int type = column->tdatatype < 0 ? -column->tdatatype : column->tdatatype;
  if (array == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no values to write");
  if (type == TLOGICAL)
    return cf_fail(status, BAD_BTABLE_FORMAT, "column %d has logical values, not numbers", colnum);
  bool text = type == TSTRING && !fields && (datatype == TBYTE || datatype == TSBYTE); /* bytes as they are */
  if (type == TSTRING && !fields && !text)
    return cf_fail(status, BAD_TFORM_DTYPE, "column %d has text, not numbers", colnum);
  int mode = text ? CF_CELLS_WRITE | CF_CELLS_BYTES : CF_CELLS_WRITE;
  if (cf_cells_find(fptr, colnum, firstrow, firstelem, nelem, mode, &cells, status) > 0)
    return *status;
  cf_conversion how = {.stored = fields ? TDOUBLE : cells.stored,
                       .wanted = text ? TBYTE : datatype,
                       .scale = column->tscale,
                       .zero = column->tzero,
                       .tnull = column->tnull};
  if (cells.width > sizeof buffer)
    return cf_fail(status, BAD_ATABLE_FORMAT, "a field of %zu characters is too long", cells.width);
  for (size_t n; nelem > 0 && *status <= 0; nelem -= (LONGLONG)n, values += n * size) {
    int state = 0;
    n = cf_cells_some(&cells, nelem < CF_CELLS_BUFFER / 32 ? nelem : fields ? CF_CELLS_BUFFER / 32 : nelem);
    if (fields) {
      if (!print_fields(&cells, &how, values, n, buffer, &overflow, status))
        break;
    } else if (cf_to_stored(&how, values, n, buffer, &state) == NUM_OVERFLOW) {
      overflow = true;
    } else if (state > 0) {
      *status = state;
      break;
    }
    (void)cf_cells_put(&cells, n, buffer, status);
  }
  if (overflow && *status <= 0)
    (void)cf_fail(status, NUM_OVERFLOW, "values do not fit column %d", colnum);
  return *status;
}

#define WRITE(suffix, type, number)                                                                                    \
  int ffpcl##suffix(RANGE, type *array, int *status) {                                                                 \
    if (!cf_use_write_data(fptr, status))                                                                              \
      return cf_refused(status);                                                                                       \
    return write_numbers(fptr, colnum, firstrow, firstelem, nelem, number, array, status);                             \
  }
CF_NUMBERS(WRITE)

/* Complex numbers are pairs of numbers. */
#define WRITE_PAIRS(suffix, part, type)                                                                                \
  int ffpcl##suffix(RANGE, type *array, int *status) {                                                                 \
    if (firstelem > LLONG_MAX / 4 || nelem > LLONG_MAX / 4)                                                            \
      firstelem = nelem = LLONG_MAX / 4;                                                                               \
    return ffpcl##part(fptr, colnum, firstrow, firstelem * 2 - 1, nelem * 2, array, status);                           \
  }
WRITE_PAIRS(c, e, float)
WRITE_PAIRS(m, d, double)

/* Writes with null values: runs of values, and runs of nulls, in their order. */

/* The place of a run: a fixed column goes on in later rows. */
static void place(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG done, LONGLONG *row,
                  LONGLONG *element) {
  const tcolumn *column = &fptr->Fptr->tableptr[colnum - 1];
  LONGLONG repeat = column->trepeat;
  if (fptr->Fptr->hdutype == ASCII_TBL)
    repeat = 1;
  else if (column->tdatatype == TSTRING)
    repeat = column->twidth > 0 ? repeat / column->twidth : 0;
  else if (column->tdatatype == TBIT)
    repeat = (repeat + 7) / 8;
  else if (column->tdatatype == TCOMPLEX || column->tdatatype == TDBLCOMPLEX)
    repeat *= 2;
  *row = firstrow;
  *element = firstelem + done;
  if (column->tdatatype < 0 || repeat < 1)
    return;
  *row = firstrow + (*element - 1) / repeat;
  *element = (*element - 1) % repeat + 1;
}

#define WRITE_WITH_NULLS(suffix, type, is_null, write)                                                                 \
  int ffpcn##suffix(RANGE, type *array, type nulvalue, int *status) {                                                  \
    bool overflow = false;                                                                                             \
    if (!cf_use_write_data(fptr, status))                                                                              \
      return cf_refused(status);                                                                                       \
    const tcolumn *column = cf_column(fptr, colnum, status);                                                           \
    if (column == NULL || nelem <= 0)                                                                                  \
      return *status;                                                                                                  \
    if (array == NULL)                                                                                                 \
      return cf_fail(status, NULL_INPUT_PTR, "no values to write");                                                    \
    if (column->tdatatype < 0) /* the array gets its whole length at once */                                           \
      (void)write(fptr, colnum, firstrow, firstelem, nelem, array, status);                                            \
    for (LONGLONG i = 0, n; i < nelem && *status <= 0; i += n) {                                                       \
      LONGLONG row, element;                                                                                           \
      bool null = is_null(i);                                                                                          \
      for (n = 1; i + n < nelem && null == (is_null(i + n)); n++)                                                      \
        ;                                                                                                              \
      place(fptr, colnum, firstrow, firstelem, i, &row, &element);                                                     \
      if (null)                                                                                                        \
        (void)ffpclu(fptr, colnum, row, element, n, status);                                                           \
      else if (column->tdatatype > 0)                                                                                  \
        (void)write(fptr, colnum, row, element, n, array + i, status);                                                 \
      overflow = overflow || *status == NUM_OVERFLOW;                                                                  \
      *status = *status == NUM_OVERFLOW ? 0 : *status;                                                                 \
    }                                                                                                                  \
    if (overflow && *status <= 0)                                                                                      \
      *status = NUM_OVERFLOW;                                                                                          \
    return *status;                                                                                                    \
  }
#define IS_NULL(i) (array[i] == nulvalue)
#define WRITE_NULLS(suffix, type, number) WRITE_WITH_NULLS(suffix, type, IS_NULL, ffpcl##suffix)
CF_NUMBERS(WRITE_NULLS)
WRITE_WITH_NULLS(l, char, IS_NULL, ffpcll)

/* Strings: the same over pointers. */
#define IS_NULL_TEXT(i) (array[i] == NULL || strcmp(array[i], nulvalue) == 0)
static int write_texts(RANGE, char **array, char *nulvalue, int *status) {
  for (LONGLONG i = 0, n; i < nelem && *status <= 0; i += n) {
    LONGLONG row, element;
    bool null = IS_NULL_TEXT(i);
    for (n = 1; i + n < nelem && null == IS_NULL_TEXT(i + n); n++)
      ;
    place(fptr, colnum, firstrow, firstelem, i, &row, &element);
    if (null)
      (void)ffpclu(fptr, colnum, row, element, n, status);
    else
      (void)ffpcls(fptr, colnum, row, element, n, array + i, status);
  }
  return *status;
}

int ffpcns(RANGE, char **array, char *nulvalue, int *status) {
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  if (cf_column(fptr, colnum, status) == NULL || nelem <= 0)
    return *status;
  if (array == NULL || nulvalue == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no texts to write");
  return write_texts(fptr, colnum, firstrow, firstelem, nelem, array, nulvalue, status);
}

#define CASE(suffix, type, number)                                                                                     \
  case number:                                                                                                         \
    return ffpcl##suffix(fptr, colnum, firstrow, firstelem, nelem, (type *)array, status);

int ffpcl(fitsfile *fptr, int datatype, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, void *array,
          int *status) {
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  switch (datatype) {
    CF_NUMBERS(CASE)
    CASE(c, float, TCOMPLEX)
    CASE(m, double, TDBLCOMPLEX)
    CASE(l, char, TLOGICAL)
    CASE(s, char *, TSTRING)
  case TBIT:
    return ffpclx(fptr, colnum, firstrow, (long)firstelem, (long)nelem, array, status);
  default:
    return cf_fail(status, BAD_DATATYPE, "%d is not the number of a type", datatype);
  }
}

#define CASE_NULLS(suffix, type, number)                                                                               \
  case number:                                                                                                         \
    return ffpcn##suffix(fptr, colnum, firstrow, firstelem, nelem, (type *)array, *(type *)nulval, status);

int ffpcn(fitsfile *fptr, int datatype, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, void *array,
          void *nulval, int *status) {
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  if (nulval == NULL)
    return ffpcl(fptr, datatype, colnum, firstrow, firstelem, nelem, array, status);
  switch (datatype) {
    CF_NUMBERS(CASE_NULLS)
    CASE_NULLS(l, char, TLOGICAL)
  case TSTRING:
    return ffpcns(fptr, colnum, firstrow, firstelem, nelem, array, nulval, status);
  default:
    return cf_fail(status, BAD_DATATYPE, "values of type %d cannot have nulls", datatype);
  }
}

/* Writes the same rows of several columns, some rows of all columns at a time. */
int ffpcln(fitsfile *fptr, int ncols, int *datatype, int *colnum, LONGLONG firstrow, LONGLONG nrows, void **array,
           void **nulval, int *status) {
  long some = 0;
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  if (ncols <= 0)
    return *status = 0;
  if (datatype == NULL || colnum == NULL || array == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no types, columns or arrays");
  (void)ffgrsz(fptr, &some, status);
  for (LONGLONG done = 0; done < nrows && *status <= 0; done += some)
    for (int i = 0; i < ncols && *status <= 0; i++) {
      LONGLONG repeat = 0, n = nrows - done < some ? nrows - done : some;
      int type;
      if (ffgtclll(fptr, colnum[i], &type, &repeat, NULL, status) > 0)
        break;
      if (type == TSTRING)
        repeat = 1;
      void *from = (char *)array[i] + (size_t)(done * repeat) * cf_size_of(datatype[i]);
      (void)ffpcn(fptr, datatype[i], colnum[i], firstrow + done, 1, n * repeat, from, nulval != NULL ? nulval[i] : NULL,
                  status);
    }
  return *status;
}
