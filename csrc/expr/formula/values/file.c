/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Functions that need files: good time intervals and regions. The source has read them.
 */
#include "expr/formula/values/run.h"

static double real_at(const rf_formula_view *view, size_t at) {
  return ((const double *)(const void *)view->data)[at];
}

/* Returns the number of the interval that has `time`, 1-based; 0: none. */
static uint64_t find_interval(const rf_formula_intervals *gti, double time) {
  uint64_t low = 0, high = gti->count;
  if (!gti->sorted) {
    for (uint64_t i = 0; i < gti->count; i++)
      if (time >= gti->starts[i] && time <= gti->stops[i])
        return i + 1;
    return 0;
  }
  while (low < high) { /* the first one that ends at `time` or later */
    uint64_t middle = low + (high - low) / 2;
    if (gti->stops[middle] < time)
      low = middle + 1;
    else
      high = middle;
  }
  return low < gti->count && time >= gti->starts[low] && time <= gti->stops[low] ? low + 1 : 0;
}

static void run_intervals(const rf_formula *formula, rf_formula_node *node, size_t rows) {
  rf_formula_loop loop = rf_formula_loop_over(formula, node, rows);
  rf_formula_pass_nulls(node, &loop);
  if (node->op == RF_F_GTIFILTER) {
    RF_FORMULA_LOOP_1(loop, double, uint8_t, node->data, find_interval(&node->intervals, x) > 0)
    return;
  }
  uint8_t *nulls = rf_formula_open_nulls(node, rows);
  int64_t *to = (int64_t *)(void *)node->data;
  for (size_t r = 0; r < loop.rows; r++)
    for (size_t i = 0; i < loop.n; i++) {
      uint64_t found = find_interval(&node->intervals, real_at(&loop.a, r * loop.a.row + i * loop.a.element));
      to[r * loop.n + i] = found > 0 ? (int64_t)found : -1;
      nulls[r * loop.n + i] |= found == 0;
    }
}

/* The time that start ... stop has in common with all intervals. */
static double overlap(const rf_formula_intervals *gti, double start, double stop) {
  double sum = 0;
  for (uint64_t i = 0; i < gti->count; i++) {
    if (gti->sorted && gti->starts[i] > stop)
      break;
    double from = start > gti->starts[i] ? start : gti->starts[i];
    double to = stop < gti->stops[i] ? stop : gti->stops[i];
    if (to > from)
      sum += to - from;
  }
  return sum;
}

static void run_overlap(const rf_formula *formula, rf_formula_node *node, size_t rows) {
  rf_formula_loop loop = rf_formula_loop_over(formula, node, rows);
  rf_formula_pass_nulls(node, &loop);
  for (size_t r = 0; r < loop.rows; r++)
    for (size_t i = 0; i < loop.n; i++)
      ((double *)(void *)node->data)[r * loop.n + i] =
          overlap(&node->intervals, real_at(&loop.a, r * loop.a.row + i * loop.a.element),
                  real_at(&loop.b, r * loop.b.row + i * loop.b.element));
}

/* Coordinates of one row at a time where an operand is one value for all; else all at once. */
static rf_status run_region(const rf_formula *formula, rf_formula_node *node, size_t rows, rf_error *err) {
  rf_formula_loop loop = rf_formula_loop_over(formula, node, rows);
  rf_formula_pass_nulls(node, &loop);
  const rf_formula_source *source = &formula->source;
  if (loop.rows == 1 && loop.a.element == 1 && loop.b.element == 1)
    return source->inside(source->user, node->number, (const double *)(const void *)loop.a.data,
                          (const double *)(const void *)loop.b.data, loop.n, node->data, err);
  for (size_t r = 0; r < loop.rows; r++)
    for (size_t i = 0; i < loop.n; i++) {
      double x = real_at(&loop.a, r * loop.a.row + i * loop.a.element);
      double y = real_at(&loop.b, r * loop.b.row + i * loop.b.element);
      RF_TRY(source->inside(source->user, node->number, &x, &y, 1, node->data + r * loop.n + i, err));
    }
  return RF_OK;
}

rf_status rf_formula_run_file(const rf_formula *formula, rf_formula_node *node, size_t rows, rf_error *err) {
  if (node->op == RF_F_REGFILTER)
    return run_region(formula, node, rows, err);
  if (node->op == RF_F_GTIOVERLAP)
    run_overlap(formula, node, rows);
  else
    run_intervals(formula, node, rows);
  return RF_OK;
}
