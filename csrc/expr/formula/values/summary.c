/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One value of a vector: its smallest, largest, average ... Undefined elements do not count. Where none is left, the
 * result is undefined, but 0 for nvalid() and stddev().
 */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "expr/formula/values/run.h"

/* The defined elements of one row, as integers and as reals. */
typedef struct elements {
  const int64_t *integers;
  const double *reals;
  size_t n;
} elements;

static int64_t extreme_integer(elements v, bool smallest) {
  int64_t value = v.integers[0];
  for (size_t i = 1; i < v.n; i++)
    if (smallest ? v.integers[i] < value : v.integers[i] > value)
      value = v.integers[i];
  return value;
}

static double extreme_real(elements v, bool smallest) {
  double value = v.reals[0];
  for (size_t i = 1; i < v.n; i++)
    if (smallest ? v.reals[i] < value : v.reals[i] > value)
      value = v.reals[i];
  return value;
}

static int64_t sum_of_integers(elements v) {
  uint64_t sum = 0;
  for (size_t i = 0; i < v.n; i++)
    sum += (uint64_t)v.integers[i];
  return (int64_t)sum;
}

static double sum_of_reals(elements v) {
  double sum = 0;
  for (size_t i = 0; i < v.n; i++)
    sum += v.reals != NULL ? v.reals[i] : (double)v.integers[i];
  return sum;
}

/* Of the sample: divided by n - 1. */
static double deviation(elements v) {
  if (v.n < 2)
    return 0;
  double mean = sum_of_reals(v) / (double)v.n, sum = 0;
  for (size_t i = 0; i < v.n; i++) {
    double d = (v.reals != NULL ? v.reals[i] : (double)v.integers[i]) - mean;
    sum += d * d;
  }
  return sqrt(sum / (double)(v.n - 1));
}

static int order_integers(const void *a, const void *b) {
  int64_t x, y;
  memcpy(&x, a, sizeof x);
  memcpy(&y, b, sizeof y);
  return x < y ? -1 : x > y;
}

static int order_reals(const void *a, const void *b) {
  double x, y;
  memcpy(&x, a, sizeof x);
  memcpy(&y, b, sizeof y);
  return x < y ? -1 : x > y ? 1 : (isnan(x) != 0) - (isnan(y) != 0);
}

/* Sorts the elements in `memory`, where they are, and takes the lower one of two in the middle. */
static void put_median(elements v, void *memory, void *to) {
  qsort(memory, v.n, 8, v.reals != NULL ? order_reals : order_integers);
  memcpy(to, (const uint8_t *)memory + (v.n - 1) / 2 * 8, 8);
}

static void put(const rf_formula_node *node, size_t row, int64_t integer, double real) {
  if (node->shape.type == RF_FORMULA_INTEGER)
    ((int64_t *)(void *)node->data)[row] = integer;
  else
    ((double *)(void *)node->data)[row] = real;
}

static void summarise(rf_formula_node *node, size_t row, elements v, void *memory) {
  bool smallest = node->op == RF_F_MIN;
  if (node->op == RF_F_NVALID) {
    put(node, row, (int64_t)v.n, 0);
    return;
  }
  node->nulls[row] = v.n == 0 && node->op != RF_F_STDDEV;
  if (v.n == 0) {
    put(node, row, 0, 0);
    return;
  }
  switch (node->op) {
  case RF_F_MIN:
  case RF_F_MAX:
    put(node, row, v.reals ? 0 : extreme_integer(v, smallest), v.reals ? extreme_real(v, smallest) : 0);
    break;
  case RF_F_SUM:
    put(node, row, v.reals ? 0 : sum_of_integers(v), v.reals ? sum_of_reals(v) : 0);
    break;
  case RF_F_AVERAGE:
    put(node, row, 0, sum_of_reals(v) / (double)v.n);
    break;
  case RF_F_STDDEV:
    put(node, row, 0, deviation(v));
    break;
  default:
    put_median(v, memory, node->data + 8 * row);
    break;
  }
}

/* Puts the defined elements of a row together in `memory`; logicals become integers. */
static elements gather(const rf_formula_view *view, rf_formula_type type, size_t row, size_t n, void *memory) {
  elements v = {.n = 0};
  uint8_t *to = memory;
  for (size_t i = 0; i < n; i++) {
    size_t at = row * view->row + i * view->element;
    if (rf_formula_is_null(view, at))
      continue;
    int64_t logical = view->data[at * view->bytes];
    memcpy(to + 8 * v.n++, type == RF_FORMULA_LOGICAL ? (const void *)&logical : view->data + at * 8, 8);
  }
  if (type == RF_FORMULA_REAL)
    v.reals = memory;
  else
    v.integers = memory;
  return v;
}

/* min, max, sum and nvalid of bits and strings. */
static void run_other(const rf_formula *formula, rf_formula_node *node, size_t rows) {
  rf_formula_view view = rf_formula_see(formula, node, 0);
  size_t n = (size_t)rf_formula_operand(formula, node, 0)->shape.count;
  bool is_string = rf_formula_operand(formula, node, 0)->shape.type == RF_FORMULA_STRING;
  for (size_t r = 0; r < rows; r++) {
    int64_t ones = 0;
    for (size_t i = 0; !is_string && i < n; i++)
      ones += view.data[r * view.row + i] == 1;
    if (is_string)
      put(node, r, !rf_formula_is_null(&view, r * view.row), 0);
    else if (node->op == RF_F_SUM)
      put(node, r, ones, 0);
    else
      node->data[r] = node->op == RF_F_MAX ? ones > 0 : (size_t)ones == n;
  }
}

rf_status rf_formula_run_summary(const rf_formula *formula, rf_formula_node *node, size_t rows, rf_error *err) {
  const rf_formula_node *from = rf_formula_operand(formula, node, 0);
  if (from->shape.type == RF_FORMULA_BITS || from->shape.type == RF_FORMULA_STRING) {
    run_other(formula, node, rows);
    return RF_OK;
  }
  rf_formula_view view = rf_formula_see(formula, node, 0);
  size_t n = (size_t)from->shape.count;
  void *memory = rf_alloc_zero(n, 8);
  if (memory == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu elements of a vector", n);
  (void)rf_formula_open_nulls(node, rows);
  for (size_t r = 0; r < rows; r++)
    summarise(node, r, gather(&view, from->shape.type, r, n, memory), memory);
  rf_free(memory);
  return RF_OK;
}
