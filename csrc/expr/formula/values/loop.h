/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Loops over the operands of a node, and the flags of its undefined values.
 */
#ifndef RF_EXPR_FORMULA_VALUES_LOOP_H
#define RF_EXPR_FORMULA_VALUES_LOOP_H

#include <string.h>

#include "expr/formula/node.h"

/* A loop over up to three operands: `rows` times `n` elements. One long loop, where the operands allow it. */
typedef struct rf_formula_loop {
  rf_formula_view a, b, c;
  size_t rows, n;
} rf_formula_loop;

/* Prepares a loop over the first operands of a node. */
rf_formula_loop rf_formula_loop_over(const rf_formula *formula, const rf_formula_node *node, size_t rows);

/* Results of a node are undefined where an operand is. */
void rf_formula_pass_nulls(rf_formula_node *node, const rf_formula_loop *loop);

/* Returns the flags of a node for the rows of a chunk, zero where they had no meaning yet. */
uint8_t *rf_formula_open_nulls(rf_formula_node *node, size_t rows);

/* True if an operand is undefined. */
static inline bool rf_formula_is_null(const rf_formula_view *view, size_t at) {
  return view->nulls != NULL && view->nulls[at] != 0;
}

/* Loops: `result` gets `expression` of x (and y). */
#define RF_FORMULA_LOOP_1(loop, T, R, result, expression)                                                              \
  for (size_t row_ = 0; row_ < (loop).rows; row_++) {                                                                  \
    R *to_ = (R *)(void *)(result) + row_ * (loop).n;                                                                  \
    const T *a_ = (const T *)(const void *)(loop).a.data + row_ * (loop).a.row;                                        \
    for (size_t i_ = 0; i_ < (loop).n; i_++) {                                                                         \
      const T x = a_[i_ * (loop).a.element];                                                                           \
      to_[i_] = (R)(expression);                                                                                       \
    }                                                                                                                  \
  }

#define RF_FORMULA_LOOP_2(loop, T, R, result, expression)                                                              \
  for (size_t row_ = 0; row_ < (loop).rows; row_++) {                                                                  \
    R *restrict to_ = (R *)(void *)(result) + row_ * (loop).n;                                                         \
    const T *a_ = (const T *)(const void *)(loop).a.data + row_ * (loop).a.row;                                        \
    const T *b_ = (const T *)(const void *)(loop).b.data + row_ * (loop).b.row;                                        \
    if ((loop).a.element == 1 && (loop).b.element == 1) {                                                              \
      for (size_t i_ = 0; i_ < (loop).n; i_++) {                                                                       \
        const T x = a_[i_], y = b_[i_];                                                                                \
        to_[i_] = (R)(expression);                                                                                     \
      }                                                                                                                \
    } else if ((loop).a.element == 1) {                                                                                \
      const T y = b_[0];                                                                                               \
      for (size_t i_ = 0; i_ < (loop).n; i_++) {                                                                       \
        const T x = a_[i_];                                                                                            \
        to_[i_] = (R)(expression);                                                                                     \
      }                                                                                                                \
    } else {                                                                                                           \
      const T x = a_[0];                                                                                               \
      for (size_t i_ = 0; i_ < (loop).n; i_++) {                                                                       \
        const T y = b_[i_ * (loop).b.element];                                                                         \
        to_[i_] = (R)(expression);                                                                                     \
      }                                                                                                                \
    }                                                                                                                  \
  }

/* Converts a real; values beyond 64 bits and NaN become INT64_MIN. */
static inline int64_t rf_formula_to_integer(double x) {
  return x >= -9223372036854775808.0 && x < 9223372036854775808.0 ? (int64_t)x : INT64_MIN;
}

#endif
