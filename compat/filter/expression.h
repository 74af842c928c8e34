/* SPDX-License-Identifier: BSD-3-Clause
 *
 * expression.c: an expression of a program, compiled for the current HDU.
 */
#ifndef CF_FILTER_EXPRESSION_H
#define CF_FILTER_EXPRESSION_H

#include "filter/source.h"

typedef struct cf_expression {
  cf_source source;
  rf_formula *formula;
  rf_formula_info info;
  size_t row_bytes; /* of the values of one row */
  size_t row_flags; /* of one row */
} cf_expression;

/* Compiles `text`; "@name" is the name of a file with the text. The HDU of `fptr` is current. cf_expression_close()
 * frees it, also after a failure. */
int cf_expression_open(cf_expression *expression, fitsfile *fptr, const char *text, int *status);
void cf_expression_close(cf_expression *expression);

/* As cf_expression_open(). PARSE_BAD_TYPE unless the values are single logicals. */
int cf_condition_open(cf_expression *expression, fitsfile *fptr, const char *text, int *status);

/* Computes `count` rows from row `first` (1-based) on. */
int cf_expression_run(cf_expression *expression, LONGLONG first, LONGLONG count, void *values, uint8_t *nulls,
                      int *status);

/* Rows that are computed at once. */
LONGLONG cf_expression_chunk(const cf_expression *expression);

#endif
