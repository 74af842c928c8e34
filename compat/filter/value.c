/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What an expression yields, and its values in memory: fftexp, ffcrow.
 */
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "filter/deliver.h"

static int type_of(const rf_formula_info *info) {
  switch (info->type) {
  case RF_FORMULA_LOGICAL:
    return TLOGICAL;
  case RF_FORMULA_INTEGER:
    return TLONG;
  case RF_FORMULA_REAL:
    return TDOUBLE;
  case RF_FORMULA_STRING:
    return TSTRING;
  default:
    return TBIT;
  }
}

/* Elements of a row, as programs count them: characters of strings. */
static LONGLONG elements_of(const rf_formula_info *info) {
  LONGLONG n = info->type == RF_FORMULA_STRING ? (LONGLONG)info->width : (LONGLONG)info->count;
  return n < 1 ? 1 : n;
}

int fftexp(fitsfile *fptr, char *expr, int maxdim, int *datatype, long *nelem, int *naxis, long *naxes, int *status) {
  cf_expression expression;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (datatype == NULL || nelem == NULL || naxis == NULL || (naxes == NULL && maxdim > 0))
    return cf_fail(status, NULL_INPUT_PTR, "fftexp: no memory for the result");
  if (cf_expression_open(&expression, fptr, expr, status) <= 0) {
    const rf_formula_info *info = &expression.info;
    bool bits = info->type == RF_FORMULA_BITS && info->constant; /* the axis of a literal is 1 */
    *datatype = type_of(info);
    *nelem = (long)(info->constant ? -elements_of(info) : elements_of(info));
    *naxis = info->naxis;
    for (int i = 0; i < info->naxis && i < maxdim; i++)
      naxes[i] = bits ? 1 : (long)info->naxes[i];
  }
  cf_expression_close(&expression);
  return *status;
}

/* ------------------------------ ffcrow ------------------------------ */

typedef struct delivery {
  int datatype;
  const void *nulval;
  uint8_t *array; /* of the next row */
  char **strings; /* TSTRING */
  int any;
} delivery;

static int put_strings(const cf_expression *expression, delivery *to, const char *values, const uint8_t *nulls,
                       LONGLONG rows, int *status) {
  const char *null = to->nulval != NULL ? *(char *const *)to->nulval : "";
  for (LONGLONG i = 0; i < rows; i++) {
    if (to->strings[i] == NULL)
      return cf_fail(status, NULL_INPUT_PTR, "ffcrow: no memory for a string");
    to->any |= nulls[i];
    const char *text = nulls[i] ? null : values + (size_t)i * expression->row_bytes;
    size_t room = expression->info.width + 1;
    cf_copy(to->strings[i], text, nulls[i] ? strlen(text) + 1 : room);
  }
  to->strings += rows;
  return *status;
}

/* Bits become bits, text, logicals, or bytes of eight. */
static int put_bits(const cf_expression *expression, delivery *to, const uint8_t *bits, LONGLONG rows, int *status) {
  size_t n = (size_t)expression->info.count;
  if (to->datatype != TBIT && to->datatype != TLOGICAL && to->datatype != TBYTE && to->datatype != TSTRING)
    return cf_fail(status, PARSE_BAD_TYPE, "bits cannot become values of data type %d", to->datatype);
  for (LONGLONG r = 0; r < rows; r++, bits += n) {
    if (to->datatype == TSTRING) {
      char *text = *to->strings++;
      for (size_t i = 0; text != NULL && i < n; i++)
        text[i] = bits[i] ? '1' : '0';
      if (text != NULL)
        text[n] = '\0';
    } else if (to->datatype == TBYTE) {
      memset(to->array, 0, (n + 7) / 8);
      for (size_t i = 0; i < n; i++)
        to->array[i / 8] = (uint8_t)(to->array[i / 8] | (bits[i] << (7 - i % 8)));
      to->array += (n + 7) / 8;
    } else {
      memcpy(to->array, bits, n);
      to->array += n;
    }
  }
  return *status;
}

static int put(const cf_expression *expression, delivery *to, const void *values, const uint8_t *nulls, LONGLONG rows,
               int *status) {
  const rf_formula_info *info = &expression->info;
  size_t n = (size_t)rows * expression->row_flags;
  if (info->type == RF_FORMULA_BITS)
    return put_bits(expression, to, values, rows, status);
  if (info->type == RF_FORMULA_STRING) {
    if (to->datatype != TSTRING)
      return cf_fail(status, PARSE_BAD_TYPE, "strings cannot become values of data type %d", to->datatype);
    return put_strings(expression, to, values, nulls, rows, status);
  }
  int overflow = 0;
  (void)cf_deliver(info->type, values, nulls, n, to->datatype, to->nulval, to->array, &overflow);
  to->array += n * cf_deliver_size(to->datatype);
  if (overflow > 0 && overflow != NUM_OVERFLOW)
    return *status = overflow;
  if (memchr(nulls, 1, n) != NULL)
    to->any = 1;
  return overflow;
}

static int deliver_rows(cf_expression *expression, delivery *to, LONGLONG first, LONGLONG rows, int *status) {
  LONGLONG chunk = cf_expression_chunk(expression);
  chunk = chunk < rows ? chunk : rows;
  uint8_t *values = malloc((size_t)chunk * expression->row_bytes + 1);
  uint8_t *nulls = calloc((size_t)chunk * expression->row_flags + 1, 1);
  int overflow = 0;
  if (values == NULL || nulls == NULL)
    (void)cf_fail(status, MEMORY_ALLOCATION, "cannot allocate the values of an expression");
  for (LONGLONG done = 0; *status <= 0 && done < rows; done += chunk) {
    LONGLONG n = rows - done < chunk ? rows - done : chunk;
    if (cf_expression_run(expression, first + done, n, values, nulls, status) <= 0 &&
        put(expression, to, values, nulls, n, status) == NUM_OVERFLOW)
      overflow = NUM_OVERFLOW;
  }
  free(values);
  free(nulls);
  if (*status <= 0 && overflow > 0)
    *status = overflow;
  return *status;
}

int ffcrow(fitsfile *fptr, int datatype, char *expr, long firstrow, long nelements, void *nulval, void *array,
           int *anynul, int *status) {
  cf_expression expression;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (array == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "ffcrow: no memory for the result");
  LONGLONG all = fptr->Fptr->hdutype != IMAGE_HDU ? fptr->Fptr->numrows : 0;
  firstrow = firstrow < 1 ? 1 : firstrow;
  if (cf_expression_open(&expression, fptr, expr, status) <= 0) {
    LONGLONG each = elements_of(&expression.info);
    delivery to = {.datatype = datatype != 0 ? datatype : type_of(&expression.info), .nulval = nulval};
    LONGLONG left = firstrow <= all ? all - firstrow + 1 : 0, rows = nelements / each;
    to.array = array;
    to.strings = array;
    if (nelements < each)
      (void)cf_fail(status, PARSE_LRG_VECTOR, "%ld elements cannot hold a value of %lld", nelements, each);
    else
      (void)deliver_rows(&expression, &to, firstrow, rows < left ? rows : left, status);
    if (anynul != NULL && *status != PARSE_LRG_VECTOR)
      *anynul = to.any;
  }
  cf_expression_close(&expression);
  return *status;
}
