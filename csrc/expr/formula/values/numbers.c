/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Arithmetic. Integers wrap around at 64 bits. A division by zero is undefined.
 */
#include <math.h>

#include "expr/formula/values/run.h"

static int64_t wrap_add(int64_t x, int64_t y) {
  return (int64_t)((uint64_t)x + (uint64_t)y);
}

static int64_t wrap_subtract(int64_t x, int64_t y) {
  return (int64_t)((uint64_t)x - (uint64_t)y);
}

static int64_t wrap_multiply(int64_t x, int64_t y) {
  return (int64_t)((uint64_t)x * (uint64_t)y);
}

static int64_t quotient(int64_t x, int64_t y) {
  return y == 0 ? 0 : y == -1 ? wrap_subtract(0, x) : x / y;
}

static int64_t remainder_of(int64_t x, int64_t y) {
  return y == 0 || y == -1 ? 0 : x % y;
}

/* x - y * n, n being x / y without its fraction, as programs expect it to the last digit. */
static double real_remainder(double x, double y) {
  double n = y == 0 ? 0 : trunc(x / y);
  return y == 0 ? 0 : fabs(n) < 9007199254740992.0 ? x - y * n : fmod(x, y);
}

static void run_integers(const rf_formula_loop *loop, rf_formula_node *node) {
  switch (node->op) {
  case RF_F_ADD:
    RF_FORMULA_LOOP_2(*loop, int64_t, int64_t, node->data, wrap_add(x, y))
    break;
  case RF_F_SUBTRACT:
    RF_FORMULA_LOOP_2(*loop, int64_t, int64_t, node->data, wrap_subtract(x, y))
    break;
  case RF_F_MULTIPLY:
    RF_FORMULA_LOOP_2(*loop, int64_t, int64_t, node->data, wrap_multiply(x, y))
    break;
  case RF_F_DIVIDE:
    RF_FORMULA_LOOP_2(*loop, int64_t, int64_t, node->data, quotient(x, y))
    break;
  case RF_F_MODULO:
    RF_FORMULA_LOOP_2(*loop, int64_t, int64_t, node->data, remainder_of(x, y))
    break;
  case RF_F_POWER:
    RF_FORMULA_LOOP_2(*loop, int64_t, int64_t, node->data, rf_formula_to_integer(pow((double)x, (double)y)))
    break;
  case RF_F_BITAND:
    RF_FORMULA_LOOP_2(*loop, int64_t, int64_t, node->data, x & y)
    break;
  case RF_F_BITOR:
    RF_FORMULA_LOOP_2(*loop, int64_t, int64_t, node->data, x | y)
    break;
  case RF_F_BITXOR:
    RF_FORMULA_LOOP_2(*loop, int64_t, int64_t, node->data, x ^ y)
    break;
  default:
    RF_FORMULA_LOOP_1(*loop, int64_t, int64_t, node->data, wrap_subtract(0, x))
    break;
  }
}

static void run_reals(const rf_formula_loop *loop, rf_formula_node *node) {
  switch (node->op) {
  case RF_F_ADD:
    RF_FORMULA_LOOP_2(*loop, double, double, node->data, x + y)
    break;
  case RF_F_SUBTRACT:
    RF_FORMULA_LOOP_2(*loop, double, double, node->data, x - y)
    break;
  case RF_F_MULTIPLY:
    RF_FORMULA_LOOP_2(*loop, double, double, node->data, x *y)
    break;
  case RF_F_DIVIDE:
    RF_FORMULA_LOOP_2(*loop, double, double, node->data, y == 0 ? 0 : x / y)
    break;
  case RF_F_MODULO:
    RF_FORMULA_LOOP_2(*loop, double, double, node->data, real_remainder(x, y))
    break;
  case RF_F_POWER:
    RF_FORMULA_LOOP_2(*loop, double, double, node->data, pow(x, y))
    break;
  default:
    RF_FORMULA_LOOP_1(*loop, double, double, node->data, -x)
    break;
  }
}

static void mark_zero_divisors(const rf_formula_loop *loop, rf_formula_node *node, size_t rows) {
  uint8_t *nulls = rf_formula_open_nulls(node, rows);
  for (size_t r = 0; r < loop->rows; r++)
    for (size_t i = 0; i < loop->n; i++) {
      size_t at = r * loop->b.row + i * loop->b.element;
      nulls[r * loop->n + i] |= node->shape.type == RF_FORMULA_INTEGER
                                    ? ((const int64_t *)(const void *)loop->b.data)[at] == 0
                                    : ((const double *)(const void *)loop->b.data)[at] == 0;
    }
}

static void convert(const rf_formula *formula, const rf_formula_loop *loop, rf_formula_node *node) {
  rf_formula_type from = rf_formula_operand(formula, node, 0)->shape.type;
  if (node->op == RF_F_TO_INTEGER && from == RF_FORMULA_REAL)
    RF_FORMULA_LOOP_1(*loop, double, int64_t, node->data, rf_formula_to_integer(x))
  else if (node->op == RF_F_TO_INTEGER)
    RF_FORMULA_LOOP_1(*loop, uint8_t, int64_t, node->data, x)
  else if (from == RF_FORMULA_INTEGER)
    RF_FORMULA_LOOP_1(*loop, int64_t, double, node->data, x)
  else
    RF_FORMULA_LOOP_1(*loop, uint8_t, double, node->data, x)
}

void rf_formula_run_numbers(const rf_formula *formula, rf_formula_node *node, size_t rows) {
  rf_formula_loop loop = rf_formula_loop_over(formula, node, rows);
  rf_formula_pass_nulls(node, &loop);
  if (node->op == RF_F_TO_INTEGER || node->op == RF_F_TO_REAL)
    convert(formula, &loop, node);
  else if (node->shape.type == RF_FORMULA_INTEGER)
    run_integers(&loop, node);
  else
    run_reals(&loop, node);
  if (node->op == RF_F_DIVIDE || node->op == RF_F_MODULO)
    mark_zero_divisors(&loop, node, rows);
}
