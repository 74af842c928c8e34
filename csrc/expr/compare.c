/* SPDX-License-Identifier: BSD-3-Clause */
#include "expr/compare.h"

#include <math.h>

#include "expr/number.h"
#include "expr/parser.h"
#include "expr/program.h"
#include "expr/string.h"

#define EXACT_INTEGER (INT64_C(1) << 53) /* up to here every integer is a double */

BINARY(integers_lt, uint8_t, int64_t, x < y)
BINARY(integers_le, uint8_t, int64_t, x <= y)
BINARY(integers_eq, uint8_t, int64_t, x == y)
BINARY(reals_lt, uint8_t, double, x < y)
BINARY(reals_le, uint8_t, double, x <= y)
BINARY(reals_eq, uint8_t, double, x == y)

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
    r[i] = order_holds(op, rf_num_compare(rf_run_number(a, i), rf_run_number(b, i)));
}

static void compare_strings(const rf_step *step, uint8_t *r, const rf_value_run *a, const rf_value_run *b, size_t n) {
  for (size_t i = 0; i < n; i++) {
    rf_str x = rf_run_string(a, i);
    rf_str y = rf_run_string(b, i);
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

void rf_run_comparison(rf_program *program, const rf_step *step, const rf_value_run *a, const rf_value_run *b,
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
  rf_run_clear_nulls(r, a, count);
  rf_run_clear_nulls(r, b, count);
  (void)rf_register_set(program, step, RF_KIND_LOGICAL, one);
}
