/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file/handle.h"
#include "filter/deliver.h"
#include "fitsio2.h"

#define CHUNK_VALUES ((size_t)1 << 17)

/* Rows that are computed, and then written. */
typedef struct chunk {
  LONGLONG first, rows;
  const uint8_t *values;
  const uint8_t *nulls; /* info.count a row; one of strings; none of bits */
} chunk;

/* The column that is written. */
typedef struct column {
  int code; /* TBYTE ... of the column */
  bool ascii;
  size_t repeat; /* elements of a row */
  double scale, zero;
} column;

static column column_of(const cf_store *store, int *status) {
  const FITSfile *file = store->out->Fptr;
  const tcolumn *from = &file->tableptr[store->number - 1];
  bool ascii = file->hdutype == ASCII_TBL;
  int code = cf_column_type(store->out, store->number, status);
  return (column){code, ascii, ascii ? 1 : (size_t)from->trepeat, from->tscale, from->tzero};
}

/* ------------------------------ undefined values ------------------------------ */

/* A new column of an ASCII table gets its TNULLn now. */
static bool may_be_null_text(const cf_store *store, int *status) {
  const tcolumn *from = &store->out->Fptr->tableptr[store->number - 1];
  char keyword[FLEN_KEYWORD], null[] = "NULL";
  if (from->strnull[0] != ASCII_NULL_UNDEFINED || !store->created)
    return from->strnull[0] != ASCII_NULL_UNDEFINED;
  (void)snprintf(keyword, sizeof keyword, "TNULL%d", store->number);
  (void)ffpkys(store->out, keyword, null, "Null value string", status);
  (void)ffsnul(store->out, store->number, null, status);
  return *status <= 0;
}

/* Tells whether the column has a way to say undefined. A new one of integers gets its TNULLn now. */
static bool may_be_null(const cf_store *store, const column *to, int *status) {
  const tcolumn *from = &store->out->Fptr->tableptr[store->number - 1];
  char keyword[FLEN_KEYWORD];
  LONGLONG null = to->code == TBYTE ? UINT8_MAX : to->code == TSHORT ? INT16_MIN : INT32_MIN;
  if (to->code == TBIT)
    return false;
  if (to->ascii)
    return may_be_null_text(store, status);
  if (to->code != TBYTE && to->code != TSHORT && to->code != TLONG && to->code != TLONGLONG)
    return true;
  if (from->tnull != NULL_UNDEFINED || !store->created)
    return from->tnull != NULL_UNDEFINED;
  null = to->code == TLONGLONG ? INT64_MIN : null;
  (void)snprintf(keyword, sizeof keyword, "TNULL%d", store->number);
  (void)ffpkyj(store->out, keyword, null, "Null value", status);
  (void)fftnul(store->out, store->number, null, status);
  return *status <= 0;
}

/* Writes runs of undefined elements. flags[i]: of the elements as the column has them. */
static int write_nulls(const cf_store *store, const column *to, LONGLONG first, const uint8_t *flags, size_t n,
                       int *status) {
  size_t width = to->code == TSTRING ? 1 : to->repeat;
  if (memchr(flags, 1, n) == NULL || !may_be_null(store, to, status))
    return *status;
  for (size_t i = 0; *status <= 0 && i < n;) {
    size_t end = i;
    while (end < n && flags[end] == flags[i])
      end++;
    if (flags[i])
      (void)ffpclu(store->out, store->number, first + (LONGLONG)(i / width), (LONGLONG)(i % width) + 1,
                   (LONGLONG)(end - i), status);
    i = end;
  }
  return *status;
}

/* ------------------------------ numbers and logicals ------------------------------ */

/* Spreads values of `count` a row to `repeat`: single ones are repeated, longer ones cut, shorter ones filled with
 * zeros. */
static void spread(const uint8_t *from, size_t count, size_t bytes, uint8_t *to, size_t repeat, LONGLONG rows) {
  for (LONGLONG r = 0; r < rows; r++, from += count * bytes)
    for (size_t i = 0; i < repeat; i++, to += bytes) {
      if (count > 1 && i >= count)
        memset(to, 0, bytes);
      else
        memcpy(to, from + (count > 1 ? i : 0) * bytes, bytes);
    }
}

/* Real numbers beyond a scaled column. */
static int check_scaled(const column *to, const double *values, const uint8_t *flags, size_t n, int *status) {
  double low = to->code == TBYTE ? 0 : to->code == TSHORT ? INT16_MIN : to->code == TLONG ? INT32_MIN : -9.3e18;
  double high = to->code == TBYTE ? UINT8_MAX : to->code == TSHORT ? INT16_MAX : to->code == TLONG ? INT32_MAX : 9.3e18;
  if (to->code == TFLOAT || to->code == TDOUBLE || to->scale == 0)
    return *status;
  for (size_t i = 0; i < n; i++) {
    double stored = (values[i] - to->zero) / to->scale;
    if (!flags[i] && !(stored > low - 0.5 && stored < high + 0.5))
      return cf_fail(status, NUM_OVERFLOW, "a value of the expression does not fit its column");
  }
  return *status;
}

static int type_in_memory(const column *to) {
  if (to->code == TLOGICAL || to->code == TBIT)
    return TLOGICAL;
  if (to->scale != 1 || to->zero != 0)
    return TDOUBLE;
  return to->code == TLONG ? TINT : to->code;
}

static int write_array(const cf_store *store, int datatype, LONGLONG first, void *array, size_t n, int *status) {
  return ffpcl(store->out, datatype, store->number, first, 1, (LONGLONG)n, array, status);
}

static int write_bit_rows(const cf_store *store, const column *to, const chunk *from, char *bits, int *status) {
  for (LONGLONG r = 0; *status <= 0 && r < from->rows; r++)
    (void)ffpclx(store->out, store->number, from->first + r, 1, (long)to->repeat, bits + (size_t)r * to->repeat,
                 status);
  return *status;
}

static int write_numbers(const cf_store *store, const column *to, const chunk *from, uint8_t *values, uint8_t *flags,
                         uint8_t *array, int *status) {
  const rf_formula_info *info = &store->expression->info;
  size_t n = (size_t)from->rows * to->repeat, count = (size_t)info->count;
  size_t bytes = info->type == RF_FORMULA_LOGICAL ? 1 : 8;
  int type = type_in_memory(to);
  spread(from->values, count, bytes, values, to->repeat, from->rows);
  spread(from->nulls, count, 1, flags, to->repeat, from->rows);
  if (cf_deliver(info->type, values, flags, n, type, NULL, array, status) > 0)
    return *status;
  if (type == TDOUBLE && to->code != TDOUBLE)
    (void)check_scaled(to, (const double *)(void *)array, flags, n, status);
  if (*status <= 0 && to->code == TBIT)
    return write_bit_rows(store, to, from, (char *)array, status);
  if (*status <= 0)
    (void)write_array(store, type, from->first, array, n, status);
  return *status > 0 ? *status : write_nulls(store, to, from->first, flags, n, status);
}

static int store_numbers(const cf_store *store, const column *to, const chunk *from, int *status) {
  size_t n = (size_t)from->rows * to->repeat;
  uint8_t *memory = to->repeat < ((size_t)1 << 31) ? calloc(n + 1, 17) : NULL;
  if (memory == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %zu values of a column", n);
  (void)write_numbers(store, to, from, memory, memory + 16 * n, memory + 8 * n, status);
  free(memory);
  return *status;
}

/* ------------------------------ strings and bits ------------------------------ */

static int store_strings(const cf_store *store, const column *to, const chunk *from, int *status) {
  char **texts = malloc((size_t)from->rows * sizeof *texts);
  if (texts == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld strings", from->rows);
  for (LONGLONG r = 0; r < from->rows; r++)
    texts[r] = (char *)from->values + (size_t)r * store->expression->row_bytes;
  (void)ffpcls(store->out, store->number, from->first, 1, from->rows, texts, status);
  free(texts);
  return *status > 0 ? *status : write_nulls(store, to, from->first, from->nulls, (size_t)from->rows, status);
}

/* Bits into bytes (eight each), text, logicals, or bits. */
static int store_bits(const cf_store *store, const column *to, const chunk *from, int *status) {
  size_t n = (size_t)store->expression->info.count, repeat = to->repeat;
  bool text = to->code == TSTRING;
  if (!text && to->code != TBYTE && to->code != TLOGICAL && to->code != TBIT)
    return cf_fail(status, PARSE_BAD_TYPE, "the column cannot hold bits");
  size_t room = text ? n : repeat;
  char *row = room < ((size_t)1 << 31) ? malloc(room + 1) : NULL;
  if (row == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %zu bits", room);
  for (LONGLONG r = 0; *status <= 0 && r < from->rows; r++) {
    const uint8_t *bits = from->values + (size_t)r * n;
    memset(row, 0, room + 1);
    for (size_t i = 0; i < n && (to->code == TBYTE ? i / 8 : i) < room; i++) {
      if (to->code == TBYTE)
        row[i / 8] = (char)(row[i / 8] | (bits[i] << (7 - i % 8)));
      else
        row[i] = (char)(text ? '0' + bits[i] : bits[i]);
    }
    if (text)
      (void)ffpcls(store->out, store->number, from->first + r, 1, 1, &row, status);
    else if (to->code == TBIT)
      (void)ffpclx(store->out, store->number, from->first + r, 1, (long)repeat, row, status);
    else
      (void)write_array(store, to->code, from->first + r, row, repeat, status);
  }
  free(row);
  return *status;
}

/* ------------------------------ rows ------------------------------ */

static int store_chunk(const cf_store *store, const chunk *from, int *status) {
  rf_formula_type type = store->expression->info.type;
  column to = column_of(store, status);
  if (to.code < 0 || to.code == TCOMPLEX || to.code == TDBLCOMPLEX)
    return cf_fail(status, BAD_DATATYPE, "the column has complex values or arrays of varying length");
  if (type == RF_FORMULA_BITS)
    return store_bits(store, &to, from, status);
  if (type == RF_FORMULA_STRING)
    return to.code == TSTRING ? store_strings(store, &to, from, status)
                              : cf_fail(status, PARSE_BAD_TYPE, "the column cannot hold strings");
  if (to.code == TSTRING)
    return cf_fail(status, BAD_DATATYPE, "the column holds strings");
  return to.repeat > 0 ? store_numbers(store, &to, from, status) : *status;
}

static int run_chunks(cf_store *store, LONGLONG first, LONGLONG last, LONGLONG size, uint8_t *values, uint8_t *nulls,
                      int *status) {
  for (; *status <= 0 && first <= last; first += size) {
    chunk part = {first, last - first + 1 < size ? last - first + 1 : size, values, nulls};
    (void)cf_expression_run(store->expression, first, part.rows, values, nulls, status);
    if (*status <= 0 && cf_use_write_data(store->out, status))
      (void)store_chunk(store, &part, status);
  }
  return *status;
}

int cf_store_rows(cf_store *store, LONGLONG first, LONGLONG last, int *status) {
  const cf_expression *expression = store->expression;
  if (!cf_use_data(expression->source.fptr, status))
    return *status;
  LONGLONG rows = expression->source.fptr->Fptr->numrows, size = cf_expression_chunk(expression);
  first = first < 1 ? 1 : first;
  last = last < rows ? last : rows;
  if (first > last || !cf_use_data(store->out, status))
    return *status;
  LONGLONG most = (LONGLONG)(CHUNK_VALUES / (column_of(store, status).repeat + 1)) + 1;
  size = size < most ? size : most;
  size = size < last - first + 1 ? size : last - first + 1;
  uint8_t *values = malloc((size_t)size * expression->row_bytes + 1);
  uint8_t *nulls = calloc((size_t)size * expression->row_flags + 1, 1);
  if (values != NULL && nulls != NULL)
    (void)run_chunks(store, first, last, size, values, nulls, status);
  else
    (void)cf_fail(status, MEMORY_ALLOCATION, "cannot allocate the values of an expression");
  free(values);
  free(nulls);
  return *status;
}
