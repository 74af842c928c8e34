/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Random numbers: splitmix64, whose state is one integer. The numbers of a seed are the same everywhere but for the
 * last digits of logarithms and cosines.
 */
#include <math.h>

#include "expr/formula/values/run.h"

static uint64_t next(rf_formula *formula) {
  formula->random += UINT64_C(0x9E3779B97F4A7C15);
  uint64_t x = formula->random;
  x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
  x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
  return x ^ x >> 31;
}

/* 0 <= x < 1 */
static double uniform(rf_formula *formula) {
  return (double)(next(formula) >> 11) * 0x1p-53;
}

static double normal(rf_formula *formula) {
  double radius = sqrt(-2 * log(1 - uniform(formula)));
  return radius * cos(6.283185307179586 * uniform(formula));
}

/* Adds times between events until the mean is reached; large means are a sum of smaller ones, the largest are normal.
 */
static int64_t poisson(rf_formula *formula, double mean) {
  int64_t count = 0;
  if (mean > 1e4)
    return rf_formula_to_integer(floor(mean + sqrt(mean) * normal(formula) + 0.5));
  for (double time = -log(1 - uniform(formula)); time < mean; time -= log(1 - uniform(formula)))
    count++;
  return count;
}

void rf_formula_run_random(rf_formula *formula, rf_formula_node *node, size_t rows) {
  size_t n = (size_t)node->shape.count;
  rf_formula_view view = node->op == RF_F_RANDOMP ? rf_formula_see(formula, node, 0) : (rf_formula_view){.data = NULL};
  uint8_t *nulls = rf_formula_open_nulls(node, rows);
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < n; i++) {
      size_t at = r * view.row + i * view.element, to = r * n + i;
      if (node->op == RF_F_RANDOM) {
        ((double *)(void *)node->data)[to] = uniform(formula);
      } else if (node->op == RF_F_RANDOMN) {
        ((double *)(void *)node->data)[to] = normal(formula);
      } else {
        double mean = ((const double *)(const void *)view.data)[at];
        bool null = rf_formula_is_null(&view, at) || !(mean >= 0);
        nulls[to] = null;
        ((int64_t *)(void *)node->data)[to] = null ? 0 : poisson(formula, mean);
      }
    }
}
