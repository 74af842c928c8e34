/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Functions that go on from element to element and from row to row: accum(), seqdiff().
 */
#include "expr/formula/values/run.h"

/* Undefined elements count as 0. The sum of bits is one value a row. */
static void run_sum(const rf_formula_view *view, rf_formula_type type, rf_formula_node *node, size_t rows, size_t n) {
  bool whole = type == RF_FORMULA_BITS;
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < n; i++) {
      size_t at = r * view->row + i * view->element;
      bool null = rf_formula_is_null(view, whole ? 0 : at);
      if (!null && type == RF_FORMULA_REAL)
        node->state.real += ((const double *)(const void *)view->data)[at];
      else if (!null && type == RF_FORMULA_INTEGER)
        node->state.integer =
            (int64_t)((uint64_t)node->state.integer + (uint64_t)((const int64_t *)(const void *)view->data)[at]);
      else if (!null)
        node->state.integer += view->data[at] == 1;
      size_t to = whole ? r : r * n + i;
      if (node->shape.type == RF_FORMULA_REAL)
        ((double *)(void *)node->data)[to] = node->state.real;
      else
        ((int64_t *)(void *)node->data)[to] = node->state.integer;
    }
}

/* The first difference is the first element. One undefined element makes two differences undefined. */
static void run_difference(const rf_formula_view *view, rf_formula_node *node, size_t rows, size_t n) {
  uint8_t *nulls = rf_formula_open_nulls(node, rows);
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < n; i++) {
      size_t at = r * view->row + i * view->element, to = r * n + i;
      bool null = rf_formula_is_null(view, at);
      if (node->shape.type == RF_FORMULA_REAL) {
        double value = ((const double *)(const void *)view->data)[at];
        ((double *)(void *)node->data)[to] = value - node->state.real;
        node->state.real = value;
      } else {
        int64_t value = ((const int64_t *)(const void *)view->data)[at];
        ((int64_t *)(void *)node->data)[to] = (int64_t)((uint64_t)value - (uint64_t)node->state.integer);
        node->state.integer = value;
      }
      nulls[to] = null || node->state.null;
      node->state.null = null;
    }
}

void rf_formula_run_sequence(rf_formula *formula, rf_formula_node *node, size_t rows) {
  const rf_formula_node *from = rf_formula_operand(formula, node, 0);
  rf_formula_view view = rf_formula_see(formula, node, 0);
  if (node->op == RF_F_ACCUM)
    run_sum(&view, from->shape.type, node, rows, (size_t)from->shape.count);
  else
    run_difference(&view, node, rows, (size_t)from->shape.count);
}
