/* SPDX-License-Identifier: BSD-3-Clause
 *
 * call.c: calls of functions.
 */
#ifndef RF_EXPR_FORMULA_CALL_H
#define RF_EXPR_FORMULA_CALL_H

#include "expr/formula/parser.h"

/* A call with its arguments. */
typedef struct rf_formula_call {
  rf_formula *formula;
  rf_error *err;
  const char *name; /* not NUL-terminated */
  uint32_t length;
  uint32_t at;
  size_t count;
  uint32_t arguments[RF_FORMULA_ARGUMENTS];
  size_t names[RF_FORMULA_ARGUMENTS + 1]; /* names of columns before each argument: of rf_formula.names */
} rf_formula_call;

/* Parses a call: the next token is its name. */
rf_status rf_formula_parse_call(rf_formula_parser *parser, uint32_t *index);

/* Builds a call of a function of files. Returns RF_ERR_NOT_FOUND, without a message, for other functions. */
rf_status rf_formula_build_file_call(rf_formula_call *call, uint32_t *index);

/* Fails for a call whose arguments do not fit. */
rf_status rf_formula_wrong_call(const rf_formula_call *call);

/* Returns the type and the shape of argument i. */
static inline const rf_formula_shape *rf_formula_argument(const rf_formula_call *call, size_t i) {
  return &call->formula->nodes[call->arguments[i]].shape;
}

#endif
