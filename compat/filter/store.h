/* SPDX-License-Identifier: BSD-3-Clause
 *
 * store.c: values of an expression into a column, converted to its type.
 */
#ifndef CF_FILTER_STORE_H
#define CF_FILTER_STORE_H

#include "filter/expression.h"

typedef struct cf_store {
  cf_expression *expression;
  fitsfile *out;
  int number;   /* of the column */
  bool created; /* the calculator has made the column: it may get a TNULLn */
} cf_store;

/* Computes and writes rows first ... last (1-based) of the table of the expression. Rows that it does not have are left
 * out. */
int cf_store_rows(cf_store *store, LONGLONG first, LONGLONG last, int *status);

#endif
