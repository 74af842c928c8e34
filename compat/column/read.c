/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading columns as numbers.
 */
#include "column/read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "column/field.h"
#include "column/single.h"
#include "convert/swap.h"
#include "convert/convert.h"
#include "file/handle.h"
#include "fitsio2.h"

static void describe(cf_conversion *how, const cf_cells *cells, const cf_target *to) {
  const tcolumn *column = cells->column;
  *how = (cf_conversion){.stored = cells->stored,
                         .wanted = to->datatype,
                         .scale = column->tscale,
                         .zero = column->tzero,
                         .nullcheck = to->nullcheck,
                         .nulval = to->nulval,
                         .tnull = column->tnull};
  how->has_tnull = column->tnull != NULL_UNDEFINED && column->tdatatype != TBIT && column->tdatatype != -TBIT;
}

/* Notes an overflow, after which reading goes on. Returns whether there is another failure. */
static bool note_overflow(int *state, bool *overflow) {
  if (*state == NUM_OVERFLOW) {
    *overflow = true;
    *state = 0;
  }
  return *state > 0;
}

/* Turns n fields into big-endian doubles, NaN where they are null. Returns how many are null, or -1. */
static LONGLONG parse_fields(const cf_cells *cells, const unsigned char *fields, size_t n, unsigned char *numbers,
                             int *status) {
  cf_field form;
  LONGLONG nulls = 0;
  if (cf_field_form(cells->column, &form, status) > 0)
    return -1;
  for (size_t i = 0; i < n; i++) {
    const char *text = (const char *)fields + i * cells->width;
    double value = NAN;
    if (cf_field_is_null(cells->column, text, cells->width))
      nulls++;
    else if (cf_field_parse(&form, text, cells->width, &value, status) > 0)
      return -1;
    cf_swap_value(numbers + 8 * i, &value, sizeof value);
  }
  return nulls;
}

/* Converts n values, where null ones are NaN that nullcheck 0 leaves out: their elements of the array stay. */
static void convert_around(const cf_conversion *how, const unsigned char *numbers, size_t n, char *array, size_t size,
                           int *state, bool *overflow) {
  static const unsigned char null[2] = {0x7f, 0xf8};
  for (size_t i = 0; i < n && *state <= 0; i++)
    if (memcmp(numbers + 8 * i, null, 2) != 0) {
      (void)cf_from_stored(how, numbers + 8 * i, 1, array + i * size, NULL, NULL, state);
      (void)note_overflow(state, overflow);
    }
}

/* Reads the fields of an ASCII table. */
static int read_fields(cf_cells *cells, LONGLONG nelem, const cf_target *to, int *status) {
  unsigned char buffer[CF_CELLS_BUFFER], numbers[CF_CELLS_BUFFER / 4];
  cf_conversion how;
  bool overflow = false;
  char *array = to->array, *flags = to->flags;
  size_t size = cf_size_of(to->datatype), most = sizeof numbers / 8;
  describe(&how, cells, to);
  how.stored = TDOUBLE;
  if (cells->width > sizeof buffer)
    return cf_fail(status, BAD_ATABLE_FORMAT, "a field of %zu characters is too long", cells->width);
  if (flags != NULL)
    memset(flags, 0, (size_t)nelem);
  for (size_t n; nelem > 0 && *status <= 0; nelem -= (LONGLONG)n) {
    int state = 0;
    n = cf_cells_some(cells, nelem < (LONGLONG)most ? nelem : (LONGLONG)most);
    const unsigned char *fields = cf_cells_get(cells, n, buffer, status);
    LONGLONG nulls = fields != NULL ? parse_fields(cells, fields, n, numbers, status) : -1;
    if (nulls < 0)
      break;
    if (nulls > 0 && to->nullcheck == CF_NULLS_KEPT)
      convert_around(&how, numbers, n, array, size, &state, &overflow);
    else
      (void)cf_from_stored(&how, numbers, n, array, flags, to->anynul, &state);
    if (note_overflow(&state, &overflow))
      *status = state;
    array += n * size;
    flags = flags != NULL ? flags + n : NULL;
  }
  if (overflow && *status <= 0)
    (void)cf_fail(status, NUM_OVERFLOW, "values of the column do not fit the type");
  return *status;
}

/* Reads the cells of a binary table, or pixels. */
static int read_cells(cf_cells *cells, LONGLONG nelem, const cf_target *to, int *status) {
  unsigned char buffer[CF_CELLS_BUFFER];
  cf_conversion how;
  bool overflow = false;
  char *array = to->array, *flags = to->flags;
  size_t size = cf_size_of(to->datatype);
  describe(&how, cells, to);
  for (size_t n; nelem > 0 && *status <= 0; nelem -= (LONGLONG)n) {
    int state = 0;
    n = cf_cells_some(cells, nelem);
    const unsigned char *packed = cf_cells_get(cells, n, buffer, status);
    if (packed == NULL)
      break;
    (void)cf_from_stored(&how, packed, n, array, flags, to->anynul, &state);
    if (note_overflow(&state, &overflow))
      *status = state;
    array += n * size;
    flags = flags != NULL ? flags + n : NULL;
  }
  if (overflow && *status <= 0)
    (void)cf_fail(status, NUM_OVERFLOW, "values of the column do not fit the type");
  return *status;
}

/* Reads logical values as bytes: T and F are 1 and 0, a byte 0 is a null value, and others are as they are. */
static int read_logicals(cf_cells *cells, LONGLONG nelem, const cf_target *to, int *status) {
  unsigned char buffer[CF_CELLS_BUFFER], *array = to->array;
  char *flags = to->flags;
  for (size_t n; nelem > 0 && *status <= 0; nelem -= (LONGLONG)n, array += n) {
    n = cf_cells_some(cells, nelem);
    const unsigned char *values = cf_cells_get(cells, n, buffer, status);
    for (size_t i = 0; i < n && values != NULL; i++) {
      array[i] = values[i] == 'T' ? 1 : values[i] == 'F' ? 0 : values[i];
      if (flags != NULL)
        *flags++ = values[i] == 0;
      if (values[i] != 0)
        continue;
      *to->anynul = 1;
      if (to->nullcheck == CF_NULLS_REPLACED)
        memcpy(array + i, to->nulval, 1);
    }
  }
  return *status;
}

/* Tells whether the elements of a column are bytes for a reader of bytes: text of binary tables. */
static bool is_text_as_bytes(const FITSfile *file, int colnum, int datatype) {
  if ((datatype != TBYTE && datatype != TSBYTE) || file->hdutype != BINARY_TBL || file->tableptr == NULL ||
      colnum < 1 || colnum > file->tfield)
    return false;
  int type = file->tableptr[colnum - 1].tdatatype;
  return type == TSTRING || type == -TSTRING;
}

int cf_read_numbers(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, LONGLONG step,
                    const cf_target *to, int *status) {
  cf_cells cells;
  int nulls = 0;
  if (nelem == 1 && step == 1 && cf_read_one(fptr, colnum, firstrow, firstelem, to))
    return *status;
  cf_target target = *to;
  if (nelem == 0)
    return *status;
  if (to->anynul != NULL)
    *to->anynul = 0;
  bool text = is_text_as_bytes(fptr->Fptr, colnum, to->datatype);
  int mode = text ? CF_CELLS_READ | CF_CELLS_BYTES : CF_CELLS_READ;
  if (cf_cells_find_steps(fptr, colnum, firstrow, firstelem, nelem, step, mode, &cells, status) > 0)
    return *status;
  if (to->array == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no array for the values");
  if (to->nullcheck == CF_NULLS_FLAGGED && to->flags == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no array for the flags of null values");
  target.anynul = &nulls;
  if (target.nullcheck != CF_NULLS_FLAGGED)
    target.flags = NULL;
  bool bytes = to->datatype == TBYTE || to->datatype == TSBYTE;
  if (text)
    target.datatype = TBYTE;
  if (cells.stored == TLOGICAL && !bytes)
    return cf_fail(status, BAD_BTABLE_FORMAT, "column %d has logical values, not numbers", colnum);
  if (cells.stored == TSTRING && fptr->Fptr->hdutype != ASCII_TBL)
    return cf_fail(status, BAD_TFORM_DTYPE, "column %d has text, not numbers", colnum);
  if (cells.stored == TLOGICAL)
    (void)read_logicals(&cells, nelem, &target, status);
  else if (cells.stored == TSTRING)
    (void)read_fields(&cells, nelem, &target, status);
  else
    (void)read_cells(&cells, nelem, &target, status);
  if (to->anynul != NULL)
    *to->anynul = nulls;
  return *status;
}

/* The families of all numbers. */
#define RANGE fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem
#define READ(suffix, type, number)                                                                                     \
  int ffgcl##suffix(RANGE, long elemincre, int nultyp, type nulval, type *array, char *nularray, int *anynul,          \
                    int *status) {                                                                                     \
    if (!cf_use_data(fptr, status))                                                                                    \
      return cf_refused(status);                                                                                       \
    int check = nultyp == 2 ? CF_NULLS_FLAGGED : nulval == 0 ? CF_NULLS_KEPT : CF_NULLS_REPLACED;                      \
    return cf_read_numbers(fptr, colnum, firstrow, firstelem, nelem, elemincre,                                        \
                           &(cf_target){number, check, &nulval, array, nularray, anynul}, status);                     \
  }                                                                                                                    \
  int ffgcv##suffix(RANGE, type nulval, type *array, int *anynul, int *status) {                                       \
    return ffgcl##suffix(fptr, colnum, firstrow, firstelem, nelem, 1, 1, nulval, array, NULL, anynul, status);         \
  }                                                                                                                    \
  int ffgcf##suffix(RANGE, type *array, char *nularray, int *anynul, int *status) {                                    \
    return ffgcl##suffix(fptr, colnum, firstrow, firstelem, nelem, 1, 2, 0, array, nularray, anynul, status);          \
  }
CF_NUMBERS(READ)

/* Complex numbers are pairs of numbers. */
#define READ_PAIRS(suffix, part, type)                                                                                 \
  int ffgcv##suffix(RANGE, type nulval, type *array, int *anynul, int *status) {                                       \
    if (firstelem > LLONG_MAX / 4 || nelem > LLONG_MAX / 4)                                                            \
      nelem = firstelem = LLONG_MAX / 4;                                                                               \
    return ffgcv##part(fptr, colnum, firstrow, firstelem * 2 - 1, nelem * 2, nulval, array, anynul, status);           \
  }                                                                                                                    \
  int ffgcf##suffix(RANGE, type *array, char *nularray, int *anynul, int *status) {                                    \
    return read_flagged_pairs(fptr, number_of_##part, colnum, firstrow, firstelem, nelem, array, nularray, anynul,     \
                              status);                                                                                 \
  }

enum { number_of_e = TFLOAT, number_of_d = TDOUBLE };

/* Reads pairs. A pair is null if one of its parts is. */
static int read_flagged_pairs(fitsfile *fptr, int datatype, int colnum, LONGLONG firstrow, LONGLONG firstelem,
                              LONGLONG nelem, void *array, char *nularray, int *anynul, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (firstelem > LLONG_MAX / 4 || nelem > LLONG_MAX / 4 || nelem < 0)
    return cf_fail(status, nelem < 0 ? NEG_BYTES : BAD_ELEM_NUM, "cannot read %lld elements", nelem);
  if (nelem > 0 && nularray == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no array for the flags of null values");
  if (nelem > 0)
    memset(nularray, 0, (size_t)nelem);
  char *flags = malloc((size_t)nelem * 2 + 1);
  if (flags == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld flags", nelem * 2);
  (void)cf_read_numbers(fptr, colnum, firstrow, firstelem * 2 - 1, nelem * 2, 1,
                        &(cf_target){datatype, CF_NULLS_FLAGGED, NULL, array, flags, anynul}, status);
  for (LONGLONG i = 0; i < nelem && (*status <= 0 || *status == NUM_OVERFLOW); i++)
    nularray[i] = flags[2 * i] != 0 || flags[2 * i + 1] != 0;
  free(flags);
  return *status;
}

READ_PAIRS(c, e, float)
READ_PAIRS(m, d, double)

#define CASE(suffix, type, number)                                                                                     \
  case number:                                                                                                         \
    return ffgcv##suffix(fptr, colnum, firstrow, firstelem, nelem, nulval != NULL ? *(type *)nulval : 0, array,        \
                         anynul, status);

int ffgcv(fitsfile *fptr, int datatype, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, void *nulval,
          void *array, int *anynul, int *status) {
  static char none[] = "";
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (nelem == 0)
    return *status;
  switch (datatype) {
    CF_NUMBERS(CASE)
    CASE(c, float, TCOMPLEX)
    CASE(m, double, TDBLCOMPLEX)
  case TBIT:
    return ffgcx(fptr, colnum, firstrow, firstelem, nelem, array, status);
  case TLOGICAL:
    return ffgcvl(fptr, colnum, firstrow, firstelem, nelem, nulval != NULL ? *(char *)nulval : 0, array, anynul,
                  status);
  case TSTRING:
    return ffgcvs(fptr, colnum, firstrow, firstelem, nelem, nulval != NULL ? nulval : none, array, anynul, status);
  default:
    return cf_fail(status, BAD_DATATYPE, "%d is not the number of a type", datatype);
  }
}

#define CASE_FLAGS(suffix, type, number)                                                                               \
  case number:                                                                                                         \
    return ffgcf##suffix(fptr, colnum, firstrow, firstelem, nelem, array, nularray, anynul, status);

int ffgcf(fitsfile *fptr, int datatype, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, void *array,
          char *nularray, int *anynul, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (nelem == 0)
    return *status;
  switch (datatype) {
    CF_NUMBERS(CASE_FLAGS)
    CASE_FLAGS(c, float, TCOMPLEX)
    CASE_FLAGS(m, double, TDBLCOMPLEX)
    CASE_FLAGS(l, char, TLOGICAL)
    CASE_FLAGS(s, char, TSTRING)
  case TBIT:
    return ffgcx(fptr, colnum, firstrow, firstelem, nelem, array, status);
  default:
    return cf_fail(status, BAD_DATATYPE, "%d is not the number of a type", datatype);
  }
}

/* Reads the same rows of several columns, some rows of all columns at a time. */
int ffgcvn(fitsfile *fptr, int ncols, int *datatype, int *colnum, LONGLONG firstrow, LONGLONG nrows, void **nulval,
           void **array, int *anynul, int *status) {
  long some = 0;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (ncols <= 0)
    return *status = 0;
  if (datatype == NULL || colnum == NULL || array == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no types, columns or arrays");
  for (int i = 0; anynul != NULL && i < ncols; i++)
    anynul[i] = 0;
  (void)ffgrsz(fptr, &some, status);
  for (LONGLONG done = 0; done < nrows && *status <= 0; done += some)
    for (int i = 0; i < ncols && *status <= 0; i++) {
      LONGLONG repeat = 0, n = nrows - done < some ? nrows - done : some;
      int type, nulls = 0;
      if (ffgtclll(fptr, colnum[i], &type, &repeat, NULL, status) > 0)
        break;
      if (type == TSTRING && datatype[i] == TSTRING)
        repeat = 1;
      size_t size = cf_size_of(datatype[i]);
      (void)ffgcv(fptr, datatype[i], colnum[i], firstrow + done, 1, n * repeat, nulval != NULL ? nulval[i] : NULL,
                  (char *)array[i] + (size_t)(done * repeat) * size, &nulls, status);
      if (anynul != NULL && nulls)
        anynul[i] = 1;
    }
  return *status;
}
