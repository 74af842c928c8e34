/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter/expression.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)1 << 20)
#define CHUNK_ROWS 65536

/* The number of the status that a program gets. */
static int fail(cf_expression *expression, const rf_error *err, int *status) {
  if (expression->source.status > 0) {
    *status = expression->source.status;
    return *status;
  }
  if (err->code == RF_ERR_LIMIT)
    return cf_fail(status, PARSE_LRG_VECTOR, "%s", err->message);
  if (err->code == RF_ERR_MEMORY)
    return cf_fail(status, MEMORY_ALLOCATION, "%s", err->message);
  return cf_fail(status, PARSE_SYNTAX_ERR, "%s", err->message);
}

/* Each expression of a process has random numbers of its own. */
static uint64_t next_seed(void) {
  static atomic_uint_fast64_t seed = 0;
  return atomic_fetch_add(&seed, 1) << 32;
}

static int compile(cf_expression *expression, const char *text, int *status) {
  rf_formula_source functions;
  rf_error err;
  cf_source_start(&expression->source, expression->source.fptr, &functions);
  if (rf_formula_compile(text, strlen(text), &functions, &expression->formula, &err) != RF_OK)
    return fail(expression, &err, status);
  expression->info = (rf_formula_info){.size = sizeof expression->info};
  if (rf_formula_get_info(expression->formula, &expression->info, &err) != RF_OK)
    return fail(expression, &err, status);
  rf_formula_seed(expression->formula, next_seed());
  const rf_formula_info *info = &expression->info;
  bool wide = info->type == RF_FORMULA_INTEGER || info->type == RF_FORMULA_REAL;
  bool is_string = info->type == RF_FORMULA_STRING;
  expression->row_bytes = is_string ? info->width + 1 : (size_t)info->count * (wide ? 8 : 1);
  expression->row_flags = is_string || info->type == RF_FORMULA_BITS ? 1 : (size_t)info->count;
  return *status;
}

int cf_expression_open(cf_expression *expression, fitsfile *fptr, const char *text, int *status) {
  char *contents = NULL;
  *expression = (cf_expression){.source = {.fptr = fptr}};
  if (text == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no expression");
  if (text[0] == '@' && ffimport_file((char *)text + 1, &contents, status) > 0) {
    free(contents);
    return *status;
  }
  (void)compile(expression, contents != NULL ? contents : text, status);
  free(contents);
  return *status;
}

void cf_expression_close(cf_expression *expression) {
  rf_formula_free(expression->formula);
  cf_source_end(&expression->source);
}

int cf_condition_open(cf_expression *expression, fitsfile *fptr, const char *text, int *status) {
  if (cf_expression_open(expression, fptr, text, status) > 0)
    return *status;
  if (expression->info.type != RF_FORMULA_LOGICAL || expression->info.count != 1)
    return cf_fail(status, PARSE_BAD_TYPE, "the expression is no single logical value");
  return *status;
}

int cf_expression_run(cf_expression *expression, LONGLONG first, LONGLONG count, void *values, uint8_t *nulls,
                      int *status) {
  rf_error err;
  if (*status > 0)
    return *status;
  if (rf_formula_evaluate(expression->formula, (uint64_t)first - 1, (uint64_t)count, values, nulls, &err) != RF_OK)
    return fail(expression, &err, status);
  return *status;
}

LONGLONG cf_expression_chunk(const cf_expression *expression) {
  size_t rows = CHUNK_BYTES / (expression->row_bytes + expression->row_flags);
  return rows < 1 ? 1 : rows > CHUNK_ROWS ? CHUNK_ROWS : (LONGLONG)rows;
}
