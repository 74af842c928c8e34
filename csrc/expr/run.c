/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Running a program over chunks of rows. Steps are plain loops over arrays that the compiler can make vectors of; rows
 * whose integers leave 64 bits are done again, one by one, by number.c.
 *
 * Undefined values (TNULLn, undefined logicals) are carried along by arithmetic. A comparison or question about one is
 * false, except isnull().
 */
#include <math.h>

#include "expr/load.h"
#include "expr/internal.h"

#define EXACT_INTEGER (INT64_C(1) << 53) /* up to here every integer is a double */

/* ------------------------------ values ------------------------------ */

static const rf_value_run *value_of(const rf_program *program, uint32_t reg) {
  return &program->registers[reg].value;
}

static rf_num number_at(const rf_value_run *v, size_t i) {
  rf_num number;
  size_t at = v->one ? 0 : i;
  memcpy(&number.i, (const int64_t *)v->data + at, sizeof number.i);
  number.tag = v->kind == RF_KIND_REAL ? RF_NUM_REAL : v->tags ? v->tags[at] : RF_NUM_I64;
  return number;
}

static rf_str string_at(const rf_value_run *v, size_t i) {
  return ((const rf_str *)v->data)[v->one ? 0 : i];
}

/* The register as a result of `kind` that has no undefined values. */
static rf_value_run *result_of(rf_program *program, const rf_step *step, rf_kind kind, bool one) {
  rf_register *reg = &program->registers[step->to];
  reg->value = (rf_value_run){.data = reg->data, .one = one, .kind = kind};
  return &reg->value;
}

/* Arithmetic: undefined where an operand is. */
static void pass_nulls(rf_register *to, const rf_value_run *a, const rf_value_run *b, size_t n) {
  const uint8_t *x = a->nulls;
  const uint8_t *y = b ? b->nulls : NULL;
  if (!x && !y)
    return;
  if (x && y)
    for (size_t i = 0; i < n; i++)
      to->nulls[i] = x[i] | y[i];
  else
    memcpy(to->nulls, x ? x : y, n);
  to->value.nulls = to->nulls;
}

/* Comparisons: false where an operand is undefined. */
static void clear_nulls(uint8_t *truth, const rf_value_run *a, size_t n) {
  if (a && a->nulls)
    for (size_t i = 0; i < n; i++)
      truth[i] &= !a->nulls[i];
}

/* ------------------------------ loops ------------------------------ */

/* for each row r[i] = expression of x and y, where an operand may be one value for all rows. */
#define BINARY(name, R, T, expression)                                                                                 \
  static void name(R *restrict r, const T *a, bool one_a, const T *b, bool one_b, size_t n) {                          \
    if (one_a) {                                                                                                       \
      const T x = a[0];                                                                                                \
      for (size_t i = 0; i < n; i++) {                                                                                 \
        const T y = b[i];                                                                                              \
        r[i] = (R)(expression);                                                                                        \
      }                                                                                                                \
    } else if (one_b) {                                                                                                \
      const T y = b[0];                                                                                                \
      for (size_t i = 0; i < n; i++) {                                                                                 \
        const T x = a[i];                                                                                              \
        r[i] = (R)(expression);                                                                                        \
      }                                                                                                                \
    } else {                                                                                                           \
      for (size_t i = 0; i < n; i++) {                                                                                 \
        const T x = a[i];                                                                                              \
        const T y = b[i];                                                                                              \
        r[i] = (R)(expression);                                                                                        \
      }                                                                                                                \
    }                                                                                                                  \
  }

#define UNARY(name, R, T, expression)                                                                                  \
  static void name(R *restrict r, const T *a, size_t n) {                                                              \
    for (size_t i = 0; i < n; i++) {                                                                                   \
      const T x = a[i];                                                                                                \
      r[i] = (R)(expression);                                                                                          \
    }                                                                                                                  \
  }

BINARY(integers_lt, uint8_t, int64_t, x < y)
BINARY(integers_le, uint8_t, int64_t, x <= y)
BINARY(integers_eq, uint8_t, int64_t, x == y)
BINARY(reals_lt, uint8_t, double, x < y)
BINARY(reals_le, uint8_t, double, x <= y)
BINARY(reals_eq, uint8_t, double, x == y)
BINARY(integers_bitand, int64_t, int64_t, x &y)
BINARY(logicals_or, uint8_t, uint8_t, x | y)
BINARY(logicals_and, uint8_t, uint8_t, x &y)
BINARY(reals_add, double, double, x + y)
BINARY(reals_subtract, double, double, x - y)
BINARY(reals_multiply, double, double, x *y)
BINARY(reals_divide, double, double, x / y)
BINARY(reals_modulo, double, double, rf_real_modulo(x, y))
BINARY(reals_power, double, double, pow(x, y))
BINARY(reals_min, double, double, isnan(x) ? x : y < x || isnan(y) ? y : x)
BINARY(reals_max, double, double, isnan(x) ? x : y > x || isnan(y) ? y : x)
UNARY(logicals_not, uint8_t, uint8_t, !x)
UNARY(logicals_to_integers, int64_t, uint8_t, x)
UNARY(integers_to_reals, double, int64_t, x)
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
UNARY(reals_finite, uint8_t, double, isfinite(x) != 0)
UNARY(reals_nan, uint8_t, double, isnan(x) != 0)
UNARY(reals_inf, uint8_t, double, isinf(x) != 0)

/* ------------------------------ comparisons ------------------------------ */

static bool order_holds(rf_op op, int order) {
  switch (op) {
  case RF_OP_LT:
    return order == -1;
  case RF_OP_LE:
    return order == -1 || order == 0;
  default:
    return order == 0;
  }
}

static void compare_exactly(rf_op op, uint8_t *r, const rf_value_run *a, const rf_value_run *b, size_t n) {
  for (size_t i = 0; i < n; i++)
    r[i] = order_holds(op, rf_num_compare(number_at(a, i), number_at(b, i)));
}

static void compare_strings(const rf_step *step, uint8_t *r, const rf_value_run *a, const rf_value_run *b, size_t n) {
  for (size_t i = 0; i < n; i++) {
    rf_str x = string_at(a, i);
    rf_str y = string_at(b, i);
    if (step->op == RF_OP_EQ || step->op == RF_OP_NE) {
      r[i] = rf_str_equal(x, step->fold_a, y, step->fold_b);
      continue;
    }
    int order = rf_str_compare(x, step->fold_a, y, step->fold_b);
    r[i] = order_holds(step->op, order < 0 ? -1 : order > 0);
  }
}

static void compare_integers(rf_op op, uint8_t *r, const rf_value_run *a, const rf_value_run *b, size_t n) {
  if (op == RF_OP_LT)
    integers_lt(r, a->data, a->one, b->data, b->one, n);
  else if (op == RF_OP_LE)
    integers_le(r, a->data, a->one, b->data, b->one, n);
  else
    integers_eq(r, a->data, a->one, b->data, b->one, n);
}

static void compare_reals(rf_op op, uint8_t *r, const double *a, bool one_a, const double *b, bool one_b, size_t n) {
  if (op == RF_OP_LT)
    reals_lt(r, a, one_a, b, one_b, n);
  else if (op == RF_OP_LE)
    reals_le(r, a, one_a, b, one_b, n);
  else
    reals_eq(r, a, one_a, b, one_b, n);
}

/* The values as doubles: where they are, or in `scratch`. NULL when that would round one. */
static const double *exact_reals(const rf_value_run *v, double *scratch, size_t n) {
  if (v->kind == RF_KIND_REAL)
    return v->data;
  if (v->tags)
    return NULL;
  const int64_t *values = v->data;
  size_t count = v->one ? 1 : n;
  uint64_t beyond = 0;
  for (size_t i = 0; i < count; i++) {
    beyond |= (uint64_t)values[i] + (uint64_t)EXACT_INTEGER;
    scratch[i] = (double)values[i];
  }
  return beyond < 2 * (uint64_t)EXACT_INTEGER ? scratch : NULL;
}

static void run_comparison(rf_program *program, const rf_step *step, const rf_value_run *a, const rf_value_run *b,
                           size_t n) {
  bool one = a->one && b->one;
  size_t count = one ? 1 : n;
  uint8_t *r = program->registers[step->to].data;
  bool whole = a->kind == RF_KIND_INTEGER && b->kind == RF_KIND_INTEGER;
  const double *x, *y;
  if (a->kind == RF_KIND_STRING)
    compare_strings(step, r, a, b, count);
  else if (whole && !a->tags && !b->tags)
    compare_integers(step->op, r, a, b, count);
  else if (!whole && (x = exact_reals(a, program->scratch[0], count)) != NULL &&
           (y = exact_reals(b, program->scratch[1], count)) != NULL)
    compare_reals(step->op, r, x, a->one, y, b->one, count);
  else
    compare_exactly(step->op, r, a, b, count);
  if (step->op == RF_OP_NE)
    for (size_t i = 0; i < count; i++)
      r[i] = !r[i];
  clear_nulls(r, a, count);
  clear_nulls(r, b, count);
  (void)result_of(program, step, RF_KIND_LOGICAL, one);
}

/* ------------------------------ arithmetic ------------------------------ */

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

/* No division by 0, nor of the least integer by -1. The result has the sign of b, where C gives that of a. */
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
    rf_num number = operate_exactly(op, number_at(a, i), b ? number_at(b, i) : rf_num_i64(0));
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

static void run_arithmetic(rf_program *program, const rf_step *step, const rf_value_run *a, const rf_value_run *b,
                           size_t n) {
  bool one = a->one && (!b || b->one);
  size_t count = one ? 1 : n;
  rf_register *to = &program->registers[step->to];
  (void)result_of(program, step, step->kind, one);
  if (step->kind == RF_KIND_INTEGER) {
    if (!run_integers_plainly(step->op, to->data, a, b, count))
      run_integers_exactly(to, step->op, a, b, count);
  } else if (b) {
    run_reals(step->op, to->data, a, b, count);
  } else {
    run_real_function(step->op, to->data, a, count);
  }
  pass_nulls(to, a, b, count);
}

/* ------------------------------ questions ------------------------------ */

static void run_question(rf_program *program, const rf_step *step, const rf_value_run *a, size_t n) {
  size_t count = a->one ? 1 : n;
  uint8_t *r = program->registers[step->to].data;
  if (step->op == RF_OP_ISFINITE)
    reals_finite(r, a->data, count);
  else if (step->op == RF_OP_ISNAN)
    reals_nan(r, a->data, count);
  else
    reals_inf(r, a->data, count);
  clear_nulls(r, a, count);
  (void)result_of(program, step, RF_KIND_LOGICAL, a->one);
}

/* NaN is what an undefined real is stored as (FITS 7.3.4), an empty string what an undefined string is (7.3.3.1). */
static void run_isnull(rf_program *program, const rf_step *step, const rf_value_run *a, size_t n) {
  size_t count = a->one ? 1 : n;
  uint8_t *r = program->registers[step->to].data;
  memset(r, 0, count);
  if (a->kind == RF_KIND_REAL)
    reals_nan(r, a->data, count);
  for (size_t i = 0; a->kind == RF_KIND_STRING && i < count; i++)
    r[i] = string_at(a, i).length == 0;
  for (size_t i = 0; a->kind == RF_KIND_INTEGER && a->tags && i < count; i++) {
    rf_num number = number_at(a, i);
    r[i] = number.tag == RF_NUM_REAL && isnan(number.d);
  }
  for (size_t i = 0; a->nulls && i < count; i++)
    r[i] |= a->nulls[i] != 0;
  (void)result_of(program, step, RF_KIND_LOGICAL, a->one);
}

/* A few integers are looked for one after the other in all rows, which beats halving the list for each row. */
#define FEW_ITEMS 12

static bool few_integers(const rf_step *step, const rf_item *items, const rf_value_run *a) {
  bool few = a->kind == RF_KIND_INTEGER && !a->tags && step->count <= FEW_ITEMS;
  for (uint32_t i = 0; few && i < step->count; i++)
    few = items[i].number.tag == RF_NUM_I64;
  return few;
}

static void run_in_few(uint8_t *restrict r, const rf_item *items, size_t count, const int64_t *values, size_t n) {
  memset(r, 0, n);
  for (size_t k = 0; k < count; k++) {
    const int64_t item = items[k].number.i;
    for (size_t i = 0; i < n; i++)
      r[i] |= values[i] == item;
  }
}

static void run_in(rf_program *program, const rf_step *step, const rf_value_run *a, size_t n) {
  size_t count = a->one ? 1 : n;
  uint8_t *r = program->registers[step->to].data;
  const rf_item *items = program->items + step->first;
  bool few = few_integers(step, items, a);
  if (few)
    run_in_few(r, items, step->count, a->data, count);
  for (size_t i = 0; !few && i < count; i++) {
    if (a->kind != RF_KIND_STRING) {
      r[i] = rf_list_has_number(items, step->count, number_at(a, i));
      continue;
    }
    r[i] = rf_list_has_string(items, step->count, string_at(a, i), step->fold_a);
  }
  clear_nulls(r, a, count);
  (void)result_of(program, step, RF_KIND_LOGICAL, a->one);
}

static void run_string_test(rf_program *program, const rf_step *step, const rf_value_run *a, const rf_value_run *b,
                            size_t n) {
  bool one = a->one && b->one;
  size_t count = one ? 1 : n;
  uint8_t *r = program->registers[step->to].data;
  for (size_t i = 0; i < count; i++) {
    rf_str s = string_at(a, i);
    rf_str part = string_at(b, i);
    if (step->op == RF_OP_CONTAINS)
      r[i] = rf_str_contains(s, step->fold_a, part, step->fold_b);
    else if (step->op == RF_OP_STARTSWITH)
      r[i] = rf_str_starts(s, step->fold_a, part, step->fold_b);
    else
      r[i] = rf_str_ends(s, step->fold_a, part, step->fold_b);
  }
  clear_nulls(r, a, count);
  clear_nulls(r, b, count);
  (void)result_of(program, step, RF_KIND_LOGICAL, one);
}

static void run_strip(rf_program *program, const rf_step *step, const rf_value_run *a, size_t n) {
  size_t count = a->one ? 1 : n;
  rf_register *to = &program->registers[step->to];
  rf_str *r = to->data;
  for (size_t i = 0; i < count; i++)
    r[i] = rf_str_strip(string_at(a, i));
  (void)result_of(program, step, RF_KIND_STRING, a->one);
  pass_nulls(to, a, NULL, count);
}

/* ------------------------------ conditions and conversions ------------------------------ */

static void run_logic(rf_program *program, const rf_step *step, const rf_value_run *a, const rf_value_run *b,
                      size_t n) {
  bool one = a->one && (!b || b->one);
  size_t count = one ? 1 : n;
  uint8_t *r = program->registers[step->to].data;
  if (!b)
    logicals_not(r, a->data, count);
  else if (step->op == RF_OP_OR)
    logicals_or(r, a->data, a->one, b->data, b->one, count);
  else
    logicals_and(r, a->data, a->one, b->data, b->one, count);
  (void)result_of(program, step, RF_KIND_LOGICAL, one);
}

static void run_truth(rf_program *program, const rf_step *step, const rf_value_run *a, size_t n) {
  size_t count = a->one ? 1 : n;
  uint8_t *r = program->registers[step->to].data;
  memcpy(r, a->data, count);
  clear_nulls(r, a, count);
  (void)result_of(program, step, RF_KIND_LOGICAL, a->one);
}

static void run_to_integer(rf_program *program, const rf_step *step, const rf_value_run *a, size_t n) {
  size_t count = a->one ? 1 : n;
  rf_register *to = &program->registers[step->to];
  logicals_to_integers(to->data, a->data, count);
  (void)result_of(program, step, RF_KIND_INTEGER, a->one);
  pass_nulls(to, a, NULL, count);
}

static void run_to_real(rf_program *program, const rf_step *step, const rf_value_run *a, size_t n) {
  size_t count = a->one ? 1 : n;
  rf_register *to = &program->registers[step->to];
  double *r = to->data;
  if (a->tags)
    for (size_t i = 0; i < count; i++)
      r[i] = rf_num_double(number_at(a, i));
  else
    integers_to_reals(r, a->data, count);
  (void)result_of(program, step, RF_KIND_REAL, a->one);
  pass_nulls(to, a, NULL, count);
}

static void run_literal(rf_program *program, const rf_step *step) {
  const rf_item *item = &program->items[step->first];
  rf_register *to = &program->registers[step->to];
  rf_value_run *value = result_of(program, step, step->kind, true);
  if (step->kind == RF_KIND_STRING) {
    *(rf_str *)to->data = step->with_blanks ? item->string : rf_str_trim(item->string.text, item->string.length);
  } else if (step->kind == RF_KIND_LOGICAL) {
    *(uint8_t *)to->data = item->number.i != 0;
  } else if (step->kind == RF_KIND_REAL) {
    *(double *)to->data = rf_num_double(item->number);
  } else {
    memcpy(to->data, &item->number.i, sizeof item->number.i);
    to->tags[0] = item->number.tag;
    value->tags = item->number.tag != RF_NUM_I64 ? to->tags : NULL;
  }
}

/* ------------------------------ whole programs ------------------------------ */

static void run_operation(rf_program *program, const rf_step *step, size_t n) {
  const rf_value_run *a = value_of(program, step->a);
  const rf_value_run *b = step->b == RF_NO_REGISTER ? NULL : value_of(program, step->b);
  switch (step->op) {
  case RF_OP_OR:
  case RF_OP_AND:
  case RF_OP_NOT:
    run_logic(program, step, a, b, n);
    break;
  case RF_OP_IN:
    run_in(program, step, a, n);
    break;
  case RF_OP_EQ:
  case RF_OP_NE:
  case RF_OP_LT:
  case RF_OP_LE:
    run_comparison(program, step, a, b, n);
    break;
  case RF_OP_ISFINITE:
  case RF_OP_ISNAN:
  case RF_OP_ISINF:
    run_question(program, step, a, n);
    break;
  case RF_OP_ISNULL:
    run_isnull(program, step, a, n);
    break;
  case RF_OP_CONTAINS:
  case RF_OP_STARTSWITH:
  case RF_OP_ENDSWITH:
    run_string_test(program, step, a, b, n);
    break;
  case RF_OP_STRIP:
    run_strip(program, step, a, n);
    break;
  default:
    run_arithmetic(program, step, a, b, n);
    break;
  }
}

static void run_step(rf_program *program, const rf_step *step, const rf_expr_cells *columns, size_t start, size_t n) {
  switch (step->code) {
  case RF_STEP_LITERAL:
    run_literal(program, step);
    break;
  case RF_STEP_LOAD:
    rf_program_load(program, step, &columns[step->column], start, n);
    break;
  case RF_STEP_TRUTH:
    run_truth(program, step, value_of(program, step->a), n);
    break;
  case RF_STEP_TO_INTEGER:
    run_to_integer(program, step, value_of(program, step->a), n);
    break;
  case RF_STEP_TO_REAL:
    run_to_real(program, step, value_of(program, step->a), n);
    break;
  case RF_STEP_OPERATE:
    run_operation(program, step, n);
    break;
  }
}

uint64_t rf_program_run(rf_program *program, const rf_expr_cells *columns, size_t rows, uint8_t *selected) {
  uint64_t matches = 0;
  for (size_t start = 0; start < rows; start += program->rows) {
    size_t n = rows - start < program->rows ? rows - start : program->rows;
    for (size_t i = 0; i < program->step_count; i++)
      run_step(program, &program->steps[i], columns, start, n);
    const rf_value_run *result = value_of(program, program->result);
    const uint8_t *truth = result->data;
    if (result->one)
      memset(selected + start, truth[0], n);
    else
      memcpy(selected + start, truth, n);
    for (size_t i = 0; i < n; i++)
      matches += selected[start + i];
  }
  return matches;
}
