/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Functions of one and two numbers. Outside its domain, a function is undefined.
 */
#include <math.h>

#include "expr/formula/values/run.h"

static double round_up_halves(double x) {
  return floor(x + 0.5);
}

static bool outside_domain(rf_formula_op op, double x) {
  switch (op) {
  case RF_F_SQRT:
    return x < 0;
  case RF_F_LOG:
  case RF_F_LOG10:
    return x <= 0;
  case RF_F_ARCCOS:
  case RF_F_ARCSIN:
    return x < -1 || x > 1;
  default:
    return false;
  }
}

static bool has_domain(rf_formula_op op) {
  return op == RF_F_SQRT || op == RF_F_LOG || op == RF_F_LOG10 || op == RF_F_ARCCOS || op == RF_F_ARCSIN;
}

#define FUNCTION(op, call)                                                                                             \
  case op:                                                                                                             \
    RF_FORMULA_LOOP_1(*loop, double, double, node->data, call)                                                         \
    break;

static void run_function(const rf_formula_loop *loop, rf_formula_node *node) {
  switch (node->op) {
    FUNCTION(RF_F_ABS, x > 0 ? x : -x) /* abs(0) is -0 in CFITSIO, too */
    FUNCTION(RF_F_COS, cos(x))
    FUNCTION(RF_F_SIN, sin(x))
    FUNCTION(RF_F_TAN, tan(x))
    FUNCTION(RF_F_ARCCOS, outside_domain(RF_F_ARCCOS, x) ? 0 : acos(x))
    FUNCTION(RF_F_ARCSIN, outside_domain(RF_F_ARCSIN, x) ? 0 : asin(x))
    FUNCTION(RF_F_ARCTAN, atan(x))
    FUNCTION(RF_F_COSH, cosh(x))
    FUNCTION(RF_F_SINH, sinh(x))
    FUNCTION(RF_F_TANH, tanh(x))
    FUNCTION(RF_F_EXP, exp(x))
    FUNCTION(RF_F_LOG, outside_domain(RF_F_LOG, x) ? 0 : log(x))
    FUNCTION(RF_F_LOG10, outside_domain(RF_F_LOG10, x) ? 0 : log10(x))
    FUNCTION(RF_F_SQRT, outside_domain(RF_F_SQRT, x) ? 0 : sqrt(x))
    FUNCTION(RF_F_FLOOR, floor(x))
    FUNCTION(RF_F_CEIL, ceil(x))
    FUNCTION(RF_F_ROUND, round_up_halves(x))
    FUNCTION(RF_F_ERF, erf(x))
    FUNCTION(RF_F_ERFC, erfc(x))
    FUNCTION(RF_F_GAMMA, tgamma(x))
  default:
    break;
  }
}

static void mark_outside(const rf_formula_loop *loop, rf_formula_node *node, size_t rows) {
  uint8_t *nulls = rf_formula_open_nulls(node, rows);
  for (size_t r = 0; r < loop->rows; r++) {
    const double *x = (const double *)(const void *)loop->a.data + r * loop->a.row;
    for (size_t i = 0; i < loop->n; i++)
      nulls[r * loop->n + i] |= outside_domain(node->op, x[i * loop->a.element]);
  }
}

/* The smaller or larger one of those that are defined. */
static void run_extreme(const rf_formula_loop *loop, rf_formula_node *node, size_t rows) {
  bool smaller = node->op == RF_F_MIN2;
  if (node->shape.type == RF_FORMULA_INTEGER && smaller)
    RF_FORMULA_LOOP_2(*loop, int64_t, int64_t, node->data, x < y ? x : y)
  else if (node->shape.type == RF_FORMULA_INTEGER)
    RF_FORMULA_LOOP_2(*loop, int64_t, int64_t, node->data, x > y ? x : y)
  else if (smaller)
    RF_FORMULA_LOOP_2(*loop, double, double, node->data, x < y ? x : y)
  else
    RF_FORMULA_LOOP_2(*loop, double, double, node->data, x > y ? x : y)
  if (loop->a.nulls == NULL && loop->b.nulls == NULL)
    return;
  uint8_t *nulls = rf_formula_open_nulls(node, rows);
  for (size_t r = 0; r < loop->rows; r++)
    for (size_t i = 0; i < loop->n; i++) {
      size_t a = r * loop->a.row + i * loop->a.element, b = r * loop->b.row + i * loop->b.element;
      bool no_a = rf_formula_is_null(&loop->a, a), no_b = rf_formula_is_null(&loop->b, b);
      size_t to = r * loop->n + i;
      nulls[to] = no_a && no_b;
      if (no_a)
        memcpy(node->data + 8 * to, loop->b.data + 8 * b, 8);
      else if (no_b)
        memcpy(node->data + 8 * to, loop->a.data + 8 * a, 8);
    }
}

void rf_formula_run_math(const rf_formula *formula, rf_formula_node *node, size_t rows) {
  rf_formula_loop loop = rf_formula_loop_over(formula, node, rows);
  if (node->op == RF_F_MIN2 || node->op == RF_F_MAX2) {
    run_extreme(&loop, node, rows);
    return;
  }
  rf_formula_pass_nulls(node, &loop);
  if (node->op == RF_F_ARCTAN2)
    RF_FORMULA_LOOP_2(loop, double, double, node->data, atan2(x, y))
  else if (node->shape.type == RF_FORMULA_INTEGER)
    RF_FORMULA_LOOP_1(loop, int64_t, int64_t, node->data, x < 0 ? (int64_t)(0 - (uint64_t)x) : x)
  else
    run_function(&loop, node);
  if (has_domain(node->op))
    mark_outside(&loop, node, rows);
}
