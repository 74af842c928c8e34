/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Conditions on a record of changes: fffrwc(). Each row of the table has a time, the name of a parameter and its new
 * value, and rows are in the order of time. The expression names parameters; at a time it sees their last values.
 */
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "filter/expression.h"
#include "filter/keyword.h"
#include "fitsio2.h"

typedef struct record {
  fitsfile *fptr;
  int status;
  LONGLONG rows;
  double *when;
  size_t name_width, value_width; /* with a NUL */
  char *names, *values;
  const double *times; /* at which the expression is computed */
  char **found;        /* names of parameters, in the order of their numbers */
  bool *is_number;
  size_t count;
  char text[FLEN_VALUE];
} record;

static const char *name_at(const record *r, LONGLONG row) {
  return r->names + (size_t)row * r->name_width;
}

static const char *value_at(const record *r, LONGLONG row) {
  return r->values + (size_t)row * r->value_width;
}

static bool to_number(const char *text, double *number) {
  int status = 0;
  ffpmrk();
  (void)ffc2dd(text, number, &status);
  ffcmrk();
  return status <= 0 && text[strspn(text, " ")] != '\0' && strspn(text, " 0123456789+-.eEdD") == strlen(text);
}

/* ------------------------------ reading the table ------------------------------ */

static int read_text(record *r, char *column, char **texts, size_t *width, int *status) {
  int number = 0, any = 0;
  if (ffgcno(r->fptr, CASEINSEN, column, &number, status) > 0)
    return *status;
  if (cf_column_type(r->fptr, number, status) != TSTRING)
    return cf_fail(status, PARSE_BAD_COL, "column %s has no text", column);
  const tcolumn *info = &r->fptr->Fptr->tableptr[number - 1];
  bool ascii = r->fptr->Fptr->hdutype == ASCII_TBL;
  *width = (size_t)(ascii ? info->twidth : info->trepeat) + 1;
  *texts = calloc((size_t)r->rows + 1, *width);
  if (*texts == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld texts", r->rows);
  for (LONGLONG i = 0; *status <= 0 && i < r->rows; i++) {
    char *to = *texts + (size_t)i * *width, empty[] = "";
    (void)ffgcvs(r->fptr, number, i + 1, 1, 1, empty, &to, &any, status);
    cf_trim_end(to);
  }
  return *status;
}

static int read_record(record *r, char *time, char *names, char *values, int *status) {
  int number = 0, any = 0;
  r->rows = r->fptr->Fptr->numrows;
  if (ffgcno(r->fptr, CASEINSEN, time, &number, status) > 0)
    return *status;
  r->when = calloc((size_t)r->rows + 1, sizeof *r->when);
  if (r->when == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld times", r->rows);
  if (r->rows > 0)
    (void)ffgcvd(r->fptr, number, 1, 1, r->rows, 0.0, r->when, &any, status);
  if (read_text(r, names, &r->names, &r->name_width, status) > 0)
    return *status;
  return read_text(r, values, &r->values, &r->value_width, status);
}

static void free_record(record *r) {
  for (size_t i = 0; i < r->count; i++)
    free(r->found[i]);
  free(r->found);
  free(r->is_number);
  free(r->when);
  free(r->names);
  free(r->values);
}

/* ------------------------------ the source of the formula ------------------------------ */

/* Adds a parameter. Its values are numbers if all of them can be. */
static bool add_parameter(record *r, const char *name, bool is_number) {
  char **found = realloc(r->found, (r->count + 1) * sizeof *found);
  r->found = found != NULL ? found : r->found;
  bool *kinds = realloc(r->is_number, (r->count + 1) * sizeof *kinds);
  r->is_number = kinds != NULL ? kinds : r->is_number;
  size_t n = strlen(name) + 1;
  char *copy = malloc(n);
  if (found == NULL || kinds == NULL || copy == NULL) {
    free(copy);
    return false;
  }
  memcpy(copy, name, n);
  r->found[r->count] = copy;
  r->is_number[r->count++] = is_number;
  return true;
}

static rf_status find(void *user, const char *name, int keyword, rf_formula_info *info, rf_error *err) {
  record *r = user;
  bool present = false, numbers = true;
  double number;
  (void)err;
  for (LONGLONG i = 0; !keyword && i < r->rows; i++)
    if (cf_same_text(name_at(r, i), name)) {
      present = true;
      numbers = numbers && to_number(value_at(r, i), &number);
    }
  if (!present)
    return cf_keyword_describe(r->fptr, name, info, r->text, &r->status);
  if (!add_parameter(r, name, numbers))
    return RF_ERR_MEMORY;
  info->type = numbers ? RF_FORMULA_REAL : RF_FORMULA_STRING;
  info->count = 1;
  info->naxis = 1;
  info->naxes[0] = 1;
  info->width = numbers ? 0 : r->value_width - 1;
  info->column = r->count - 1;
  return RF_OK;
}

/* Returns the row with the value of a parameter at a time; -1: none yet. */
static LONGLONG row_at(const record *r, size_t column, double time) {
  LONGLONG low = 0, high = r->rows;
  while (low < high) { /* the first row that is later */
    LONGLONG middle = low + (high - low) / 2;
    if (r->when[middle] <= time)
      low = middle + 1;
    else
      high = middle;
  }
  while (--low >= 0)
    if (cf_same_text(name_at(r, low), r->found[column]))
      return low;
  return -1;
}

static rf_status read(void *user, size_t column, uint64_t first, uint64_t count, void *values, uint8_t *nulls,
                      rf_error *err) {
  record *r = user;
  (void)err;
  for (uint64_t i = 0; i < count; i++) {
    LONGLONG row = row_at(r, column, r->times[first + i]);
    double number = 0;
    nulls[i] = row < 0;
    if (!r->is_number[column])
      cf_copy((char *)values + i * r->value_width, row < 0 ? "" : value_at(r, row), r->value_width);
    else if (row >= 0)
      (void)to_number(value_at(r, row), &number);
    if (r->is_number[column])
      memcpy((double *)values + i, &number, sizeof number);
  }
  return RF_OK;
}

static int evaluate(record *r, const char *text, LONGLONG count, char *chosen, int *status) {
  rf_formula_source source = {.size = sizeof source, .user = r, .rows = (uint64_t)count, .find = find, .read = read};
  rf_formula *formula = NULL;
  rf_formula_info info = {.size = sizeof info};
  rf_error err;
  uint8_t *nulls = calloc((size_t)count + 1, 1);
  if (nulls == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld times", count);
  rf_status done = rf_formula_compile(text, strlen(text), &source, &formula, &err);
  if (done == RF_OK)
    done = rf_formula_get_info(formula, &info, &err);
  if (done == RF_OK && (info.type != RF_FORMULA_LOGICAL || info.count != 1))
    (void)cf_fail(status, PARSE_BAD_TYPE, "the expression is no single logical value");
  else if (done == RF_OK)
    done = rf_formula_evaluate(formula, 0, (uint64_t)count, chosen, nulls, &err);
  if (done != RF_OK)
    *status = r->status > 0 ? r->status : cf_fail(status, PARSE_SYNTAX_ERR, "%s", err.message);
  for (LONGLONG i = 0; *status <= 0 && i < count; i++)
    chosen[i] = chosen[i] != 0 && nulls[i] == 0;
  free(nulls);
  rf_formula_free(formula);
  return *status;
}

int fffrwc(fitsfile *fptr, char *expr, char *timeCol, char *parCol, char *valCol, long ntimes, double *times,
           char *time_status, int *status) {
  record r = {.fptr = fptr, .times = times};
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (expr == NULL || timeCol == NULL || parCol == NULL || valCol == NULL || ntimes < 0 ||
      (ntimes > 0 && (times == NULL || time_status == NULL)))
    return cf_fail(status, NULL_INPUT_PTR, "fffrwc: an argument is missing");
  if (fptr->Fptr->hdutype == IMAGE_HDU)
    return cf_fail(status, NOT_TABLE, "fffrwc: the HDU is no table");
  if (read_record(&r, timeCol, parCol, valCol, status) <= 0)
    (void)evaluate(&r, expr, ntimes, time_status, status);
  free_record(&r);
  return *status;
}
