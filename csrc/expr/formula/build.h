/* SPDX-License-Identifier: BSD-3-Clause
 *
 * build.c: nodes from the operands of an operator: types are checked and made the same, dimensions compared, and what
 * does not depend on the row is computed.
 */
#ifndef RF_EXPR_FORMULA_BUILD_H
#define RF_EXPR_FORMULA_BUILD_H

#include "expr/formula/token.h"

static inline bool rf_formula_is_number(rf_formula_type type) {
  return type == RF_FORMULA_INTEGER || type == RF_FORMULA_REAL;
}

/* Appends a node. The second call computes it if its operands are fixed, when all that it needs is in place. */
rf_status rf_formula_build(rf_formula *formula, rf_formula_op op, uint32_t at, const rf_formula_shape *shape,
                           const uint32_t *operands, size_t count, uint32_t *index, rf_error *err);
rf_status rf_formula_finish(rf_formula *formula, uint32_t index, rf_error *err);

/* The shape of one value. */
rf_formula_shape rf_formula_scalar(rf_formula_type type);

/* Literals, and names of columns and keywords. */
rf_status rf_formula_build_literal(rf_formula *formula, const rf_formula_token *token, uint32_t *index, rf_error *err);
rf_status rf_formula_build_name(rf_formula *formula, const rf_formula_token *token, uint32_t *index, rf_error *err);

/* Puts an integer, a real, or an undefined value of a type. */
rf_status rf_formula_build_integer(rf_formula *formula, uint32_t at, int64_t value, uint32_t *index, rf_error *err);
rf_status rf_formula_build_real(rf_formula *formula, uint32_t at, double value, uint32_t *index, rf_error *err);
rf_status rf_formula_build_null(rf_formula *formula, uint32_t at, rf_formula_type type, uint32_t *index, rf_error *err);

/* Converts *index to a type: logicals and numbers to integers or reals. */
rf_status rf_formula_convert(rf_formula *formula, rf_formula_type type, uint32_t *index, rf_error *err);

/* Makes two numbers integers, or both reals. */
rf_status rf_formula_same_type(rf_formula *formula, uint32_t operands[2], rf_error *err);

/* Finds the shape of what combines element with element of several operands; single values go with vectors. */
rf_status rf_formula_join_shapes(const rf_formula *formula, uint32_t at, const uint32_t *operands, size_t count,
                                 rf_formula_type type, rf_formula_shape *shape, rf_error *err);

rf_status rf_formula_build_unary(rf_formula *formula, rf_formula_op op, uint32_t at, uint32_t operand, uint32_t *index,
                                 rf_error *err);
rf_status rf_formula_build_binary(rf_formula *formula, rf_formula_op op, uint32_t at, uint32_t left, uint32_t right,
                                  uint32_t *index, rf_error *err);
rf_status rf_formula_build_choice(rf_formula *formula, uint32_t at, uint32_t operands[3], uint32_t *index,
                                  rf_error *err);

/* operands[0] is the vector, the others are indices. */
rf_status rf_formula_build_index(rf_formula *formula, uint32_t at, const uint32_t *operands, size_t count,
                                 uint32_t *index, rf_error *err);
rf_status rf_formula_build_vector(rf_formula *formula, uint32_t at, uint32_t *operands, size_t count, uint32_t *index,
                                  rf_error *err);

/* Moves a column by a constant number of rows. */
rf_status rf_formula_build_shift(rf_formula *formula, uint32_t at, uint32_t column, uint32_t rows, uint32_t *index,
                                 rf_error *err);

#endif
