/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Comparisons of numbers and logicals, and, or, not. An undefined operand makes the result undefined, unless the other
 * one decides.
 */
#include <math.h>

#include "expr/formula/values/run.h"

#define APPROXIMATELY 1e-7

#define COMPARISONS(name, T)                                                                                           \
  static void name(const rf_formula_loop *loop, rf_formula_node *node) {                                               \
    switch (node->op) {                                                                                                \
    case RF_F_EQ:                                                                                                      \
      RF_FORMULA_LOOP_2(*loop, T, uint8_t, node->data, x == y)                                                         \
      break;                                                                                                           \
    case RF_F_NE:                                                                                                      \
      RF_FORMULA_LOOP_2(*loop, T, uint8_t, node->data, x != y)                                                         \
      break;                                                                                                           \
    case RF_F_LT:                                                                                                      \
      RF_FORMULA_LOOP_2(*loop, T, uint8_t, node->data, x < y)                                                          \
      break;                                                                                                           \
    case RF_F_LE:                                                                                                      \
      RF_FORMULA_LOOP_2(*loop, T, uint8_t, node->data, x <= y)                                                         \
      break;                                                                                                           \
    case RF_F_GT:                                                                                                      \
      RF_FORMULA_LOOP_2(*loop, T, uint8_t, node->data, x > y)                                                          \
      break;                                                                                                           \
    case RF_F_GE:                                                                                                      \
      RF_FORMULA_LOOP_2(*loop, T, uint8_t, node->data, x >= y)                                                         \
      break;                                                                                                           \
    default:                                                                                                           \
      RF_FORMULA_LOOP_2(*loop, T, uint8_t, node->data, fabs((double)x - (double)y) < APPROXIMATELY)                    \
      break;                                                                                                           \
    }                                                                                                                  \
  }

COMPARISONS(compare_integers, int64_t)
COMPARISONS(compare_reals, double)
COMPARISONS(compare_logicals, uint8_t)

/* False decides "and", true decides "or". */
static void run_connective(const rf_formula_loop *loop, rf_formula_node *node, size_t rows) {
  bool is_or = node->op == RF_F_OR;
  if (is_or)
    RF_FORMULA_LOOP_2(*loop, uint8_t, uint8_t, node->data, x | y)
  else
    RF_FORMULA_LOOP_2(*loop, uint8_t, uint8_t, node->data, x & y)
  if (loop->a.nulls == NULL && loop->b.nulls == NULL)
    return;
  uint8_t *nulls = rf_formula_open_nulls(node, rows);
  for (size_t r = 0; r < loop->rows; r++)
    for (size_t i = 0; i < loop->n; i++) {
      size_t a = r * loop->a.row + i * loop->a.element, b = r * loop->b.row + i * loop->b.element;
      bool no_a = rf_formula_is_null(&loop->a, a), no_b = rf_formula_is_null(&loop->b, b);
      if (!no_a && !no_b)
        continue;
      bool decided = (!no_a && (loop->a.data[a] != 0) == is_or) || (!no_b && (loop->b.data[b] != 0) == is_or);
      nulls[r * loop->n + i] = !decided;
      node->data[r * loop->n + i] = decided && is_or;
    }
}

void rf_formula_run_logic(const rf_formula *formula, rf_formula_node *node, size_t rows) {
  rf_formula_loop loop = rf_formula_loop_over(formula, node, rows);
  if (node->op == RF_F_OR || node->op == RF_F_AND) {
    run_connective(&loop, node, rows);
    return;
  }
  rf_formula_pass_nulls(node, &loop);
  rf_formula_type type = rf_formula_operand(formula, node, 0)->shape.type;
  if (node->op == RF_F_NOT)
    RF_FORMULA_LOOP_1(loop, uint8_t, uint8_t, node->data, !x)
  else if (type == RF_FORMULA_INTEGER)
    compare_integers(&loop, node);
  else if (type == RF_FORMULA_REAL)
    compare_reals(&loop, node);
  else
    compare_logicals(&loop, node);
}
