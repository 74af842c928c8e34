/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Running a program over chunks of rows. Steps are plain loops over arrays that the compiler can make vectors of; rows
 * whose integers leave 64 bits are done again, one by one, by number.c.
 *
 * Undefined values (TNULLn, undefined logicals) are carried along by arithmetic. A comparison or question about one is
 * false, except isnull().
 */
#include <math.h>
#include <string.h>

#include "expr/arithmetic.h"
#include "expr/compare.h"
#include "expr/expr.h"
#include "expr/list.h"
#include "expr/load.h"
#include "expr/number.h"
#include "expr/parser.h"
#include "expr/program.h"
#include "expr/string.h"

BINARY(logicals_or, uint8_t, uint8_t, x | y)
BINARY(logicals_and, uint8_t, uint8_t, x &y)
UNARY(logicals_not, uint8_t, uint8_t, !x)
UNARY(logicals_to_integers, int64_t, uint8_t, x)
UNARY(integers_to_reals, double, int64_t, x)
UNARY(reals_finite, uint8_t, double, isfinite(x) != 0)
UNARY(reals_nan, uint8_t, double, isnan(x) != 0)
UNARY(reals_inf, uint8_t, double, isinf(x) != 0)

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
  rf_run_clear_nulls(r, a, count);
  (void)rf_register_set(program, step, RF_KIND_LOGICAL, a->one);
}

/* NaN is what an undefined real is stored as (FITS 7.3.4), an empty string what an undefined string is (7.3.3.1). */
static void run_isnull(rf_program *program, const rf_step *step, const rf_value_run *a, size_t n) {
  size_t count = a->one ? 1 : n;
  uint8_t *r = program->registers[step->to].data;
  memset(r, 0, count);
  if (a->kind == RF_KIND_REAL)
    reals_nan(r, a->data, count);
  for (size_t i = 0; a->kind == RF_KIND_STRING && i < count; i++)
    r[i] = rf_run_string(a, i).length == 0;
  for (size_t i = 0; a->kind == RF_KIND_INTEGER && a->tags && i < count; i++) {
    rf_num number = rf_run_number(a, i);
    r[i] = number.tag == RF_NUM_REAL && isnan(number.d);
  }
  for (size_t i = 0; a->nulls && i < count; i++)
    r[i] |= a->nulls[i] != 0;
  (void)rf_register_set(program, step, RF_KIND_LOGICAL, a->one);
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
      r[i] = rf_list_has_number(items, step->count, rf_run_number(a, i));
      continue;
    }
    r[i] = rf_list_has_string(items, step->count, rf_run_string(a, i), step->fold_a);
  }
  rf_run_clear_nulls(r, a, count);
  (void)rf_register_set(program, step, RF_KIND_LOGICAL, a->one);
}

static void run_string_test(rf_program *program, const rf_step *step, const rf_value_run *a, const rf_value_run *b,
                            size_t n) {
  bool one = a->one && b->one;
  size_t count = one ? 1 : n;
  uint8_t *r = program->registers[step->to].data;
  for (size_t i = 0; i < count; i++) {
    rf_str s = rf_run_string(a, i);
    rf_str part = rf_run_string(b, i);
    if (step->op == RF_OP_CONTAINS)
      r[i] = rf_str_contains(s, step->fold_a, part, step->fold_b);
    else if (step->op == RF_OP_STARTSWITH)
      r[i] = rf_str_starts(s, step->fold_a, part, step->fold_b);
    else
      r[i] = rf_str_ends(s, step->fold_a, part, step->fold_b);
  }
  rf_run_clear_nulls(r, a, count);
  rf_run_clear_nulls(r, b, count);
  (void)rf_register_set(program, step, RF_KIND_LOGICAL, one);
}

static void run_strip(rf_program *program, const rf_step *step, const rf_value_run *a, size_t n) {
  size_t count = a->one ? 1 : n;
  rf_register *to = &program->registers[step->to];
  rf_str *r = to->data;
  for (size_t i = 0; i < count; i++)
    r[i] = rf_str_strip(rf_run_string(a, i));
  (void)rf_register_set(program, step, RF_KIND_STRING, a->one);
  rf_register_pass_nulls(to, a, NULL, count);
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
  (void)rf_register_set(program, step, RF_KIND_LOGICAL, one);
}

static void run_truth(rf_program *program, const rf_step *step, const rf_value_run *a, size_t n) {
  size_t count = a->one ? 1 : n;
  uint8_t *r = program->registers[step->to].data;
  memcpy(r, a->data, count);
  rf_run_clear_nulls(r, a, count);
  (void)rf_register_set(program, step, RF_KIND_LOGICAL, a->one);
}

static void run_to_integer(rf_program *program, const rf_step *step, const rf_value_run *a, size_t n) {
  size_t count = a->one ? 1 : n;
  rf_register *to = &program->registers[step->to];
  logicals_to_integers(to->data, a->data, count);
  (void)rf_register_set(program, step, RF_KIND_INTEGER, a->one);
  rf_register_pass_nulls(to, a, NULL, count);
}

static void run_to_real(rf_program *program, const rf_step *step, const rf_value_run *a, size_t n) {
  size_t count = a->one ? 1 : n;
  rf_register *to = &program->registers[step->to];
  double *r = to->data;
  if (a->tags)
    for (size_t i = 0; i < count; i++)
      r[i] = rf_num_double(rf_run_number(a, i));
  else
    integers_to_reals(r, a->data, count);
  (void)rf_register_set(program, step, RF_KIND_REAL, a->one);
  rf_register_pass_nulls(to, a, NULL, count);
}

static void run_literal(rf_program *program, const rf_step *step) {
  const rf_item *item = &program->items[step->first];
  rf_register *to = &program->registers[step->to];
  rf_value_run *value = rf_register_set(program, step, step->kind, true);
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
  const rf_value_run *a = rf_register_get(program, step->a);
  const rf_value_run *b = step->b == RF_NO_REGISTER ? NULL : rf_register_get(program, step->b);
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
    rf_run_comparison(program, step, a, b, n);
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
    rf_run_arithmetic(program, step, a, b, n);
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
    run_truth(program, step, rf_register_get(program, step->a), n);
    break;
  case RF_STEP_TO_INTEGER:
    run_to_integer(program, step, rf_register_get(program, step->a), n);
    break;
  case RF_STEP_TO_REAL:
    run_to_real(program, step, rf_register_get(program, step->a), n);
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
    const rf_value_run *result = rf_register_get(program, program->result);
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
