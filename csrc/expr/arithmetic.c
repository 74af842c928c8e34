/* SPDX-License-Identifier: BSD-3-Clause */
#include "expr/arithmetic.h"

#include <math.h>
#include <string.h>

#include "expr/number.h"
#include "expr/parser.h"
#include "expr/program.h"

BINARY(integers_bitand, int64_t, int64_t, x &y)
BINARY(reals_add, double, double, x + y)
BINARY(reals_subtract, double, double, x - y)
BINARY(reals_multiply, double, double, x *y)
BINARY(reals_divide, double, double, x / y)
BINARY(reals_modulo, double, double, rf_real_modulo(x, y))
BINARY(reals_power, double, double, pow(x, y))
BINARY(reals_min, double, double, isnan(x) ? x : y < x || isnan(y) ? y : x)
BINARY(reals_max, double, double, isnan(x) ? x : y > x || isnan(y) ? y : x)
UNARY(reals_negate, double, double, -x)
UNARY(reals_abs, double, double, fabs(x))
UNARY(reals_floor, double, double, floor(x))
UNARY(reals_ceil, double, double, ceil(x))
UNARY(reals_round, double, double, rint(x))
UNARY(reals_sqrt, double, double, sqrt(x))
UNARY(reals_exp, double, double, exp(x))
UNARY(reals_log, double, double, log(x))
UNARY(reals_log10, double, double, log10(x))
UNARY(reals_sin, double, double, sin(x))
UNARY(reals_cos, double, double, cos(x))
UNARY(reals_tan, double, double, tan(x))

/* The plain loops give false when a result did not fit: what they wrote is then to be done again. */
static bool add_fits(int64_t *restrict r, const int64_t *a, size_t step_a, const int64_t *b, size_t step_b, size_t n) {
  uint64_t overflow = 0;
  for (size_t i = 0; i < n; i++) {
    uint64_t x = (uint64_t)a[i * step_a];
    uint64_t y = (uint64_t)b[i * step_b];
    uint64_t sum = x + y;
    overflow |= (x ^ sum) & (y ^ sum);
    r[i] = (int64_t)sum;
  }
  return overflow >> 63 == 0;
}

static bool subtract_fits(int64_t *restrict r, const int64_t *a, size_t step_a, const int64_t *b, size_t step_b,
                          size_t n) {
  uint64_t overflow = 0;
  for (size_t i = 0; i < n; i++) {
    uint64_t x = (uint64_t)a[i * step_a];
    uint64_t y = (uint64_t)b[i * step_b];
    uint64_t difference = x - y;
    overflow |= (x ^ y) & (x ^ difference);
    r[i] = (int64_t)difference;
  }
  return overflow >> 63 == 0;
}

/* Only products of 32-bit numbers are sure to fit; others are few. */
static bool multiply_fits(int64_t *restrict r, const int64_t *a, size_t step_a, const int64_t *b, size_t step_b,
                          size_t n) {
  const uint64_t shift = UINT64_C(1) << 31;
  uint64_t beyond = 0;
  for (size_t i = 0; i < n; i++) {
    uint64_t x = (uint64_t)a[i * step_a];
    uint64_t y = (uint64_t)b[i * step_b];
    beyond |= (x + shift) | (y + shift);
    r[i] = (int64_t)(x * y);
  }
  return beyond >> 32 == 0;
}

/* No division by 0, nor of the least integer by -1. The result has the sign of b; in C it would have that of a. */
static bool modulo_fits(int64_t *restrict r, const int64_t *a, size_t step_a, const int64_t *b, size_t step_b,
                        size_t n) {
  for (size_t i = 0; i < n; i++) {
    int64_t y = b[i * step_b];
    if (y == 0 || y == -1)
      return false;
    int64_t rest = a[i * step_a] % y;
    r[i] = rest != 0 && (rest ^ y) < 0 ? rest + y : rest;
  }
  return true;
}

static rf_num operate_exactly(rf_op op, rf_num x, rf_num y) {
  switch (op) {
  case RF_OP_ADD:
    return rf_num_add(x, y);
  case RF_OP_SUBTRACT:
    return rf_num_subtract(x, y);
  case RF_OP_MULTIPLY:
    return rf_num_multiply(x, y);
  case RF_OP_MODULO:
    return rf_num_modulo(x, y);
  case RF_OP_MIN:
    return rf_num_min(x, y);
  case RF_OP_MAX:
    return rf_num_max(x, y);
  case RF_OP_NEGATE:
    return rf_num_negate(x);
  case RF_OP_ABS:
    return rf_num_abs(x);
  default:
    return rf_num_bitand(x, y);
  }
}

/* One by one; tags only where they are needed. */
static void run_integers_exactly(rf_register *to, rf_op op, const rf_value_run *a, const rf_value_run *b, size_t n) {
  int64_t *r = to->data;
  uint8_t beyond = 0;
  for (size_t i = 0; i < n; i++) {
    rf_num number = operate_exactly(op, rf_run_number(a, i), b ? rf_run_number(b, i) : rf_num_i64(0));
    memcpy(&r[i], &number.i, sizeof r[i]);
    to->tags[i] = number.tag;
    beyond |= number.tag;
  }
  to->value.tags = beyond != 0 ? to->tags : NULL;
}

static bool run_integers_plainly(rf_op op, int64_t *r, const rf_value_run *a, const rf_value_run *b, size_t n) {
  if (a->tags || !b || b->tags)
    return false;
  switch (op) {
  case RF_OP_ADD:
    return add_fits(r, a->data, !a->one, b->data, !b->one, n);
  case RF_OP_SUBTRACT:
    return subtract_fits(r, a->data, !a->one, b->data, !b->one, n);
  case RF_OP_MULTIPLY:
    return multiply_fits(r, a->data, !a->one, b->data, !b->one, n);
  case RF_OP_MODULO:
    return modulo_fits(r, a->data, !a->one, b->data, !b->one, n);
  case RF_OP_BITAND:
    integers_bitand(r, a->data, a->one, b->data, b->one, n);
    return true;
  default:
    return false;
  }
}

static void run_reals(rf_op op, double *r, const rf_value_run *a, const rf_value_run *b, size_t n) {
  static void (*const loops[])(double *restrict, const double *, bool, const double *, bool,
                               size_t) = {[RF_OP_ADD] = reals_add,           [RF_OP_SUBTRACT] = reals_subtract,
                                          [RF_OP_MULTIPLY] = reals_multiply, [RF_OP_DIVIDE] = reals_divide,
                                          [RF_OP_MODULO] = reals_modulo,     [RF_OP_POWER] = reals_power,
                                          [RF_OP_MIN] = reals_min,           [RF_OP_MAX] = reals_max};
  loops[op](r, a->data, a->one, b->data, b->one, n);
}

static void run_real_function(rf_op op, double *r, const rf_value_run *a, size_t n) {
  static void (*const loops[])(double *restrict, const double *, size_t) = {
      [RF_OP_NEGATE] = reals_negate, [RF_OP_ABS] = reals_abs,   [RF_OP_FLOOR] = reals_floor, [RF_OP_CEIL] = reals_ceil,
      [RF_OP_ROUND] = reals_round,   [RF_OP_SQRT] = reals_sqrt, [RF_OP_EXP] = reals_exp,     [RF_OP_LOG] = reals_log,
      [RF_OP_LOG10] = reals_log10,   [RF_OP_SIN] = reals_sin,   [RF_OP_COS] = reals_cos,     [RF_OP_TAN] = reals_tan};
  loops[op](r, a->data, n);
}

void rf_run_arithmetic(rf_program *program, const rf_step *step, const rf_value_run *a, const rf_value_run *b,
                       size_t n) {
  bool one = a->one && (!b || b->one);
  size_t count = one ? 1 : n;
  rf_register *to = &program->registers[step->to];
  (void)rf_register_set(program, step, step->kind, one);
  if (step->kind == RF_KIND_INTEGER) {
    if (!run_integers_plainly(step->op, to->data, a, b, count))
      run_integers_exactly(to, step->op, a, b, count);
  } else if (b) {
    run_reals(step->op, to->data, a, b, count);
  } else {
    run_real_function(step->op, to->data, a, count);
  }
  rf_register_pass_nulls(to, a, b, count);
}
