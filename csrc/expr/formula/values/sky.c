/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Functions of up to seven reals: near(), angsep(), circle(), box(), ellipse().
 */
#include <math.h>

#include "expr/formula/values/run.h"

#define MOST 7
#define DEGREE 0.017453292519943295

static double separation(const double v[MOST]) {
  double ra = sin((v[2] - v[0]) * DEGREE / 2), dec = sin((v[3] - v[1]) * DEGREE / 2);
  double a = dec * dec + cos(v[1] * DEGREE) * cos(v[3] * DEGREE) * ra * ra;
  a = a < 0 ? 0 : a > 1 ? 1 : a;
  return 2 * atan2(sqrt(a), sqrt(1 - a)) / DEGREE;
}

static bool in_circle(const double v[MOST]) {
  double x = v[3] - v[0], y = v[4] - v[1];
  return x * x + y * y <= v[2] * v[2];
}

/* Turns the point by the angle v[4] around the center. */
static void turn(const double v[MOST], double *x, double *y) {
  double angle = v[4] * DEGREE;
  double dx = v[5] - v[0], dy = v[6] - v[1];
  *x = dx * cos(angle) + dy * sin(angle);
  *y = dy * cos(angle) - dx * sin(angle);
}

static bool in_box(const double v[MOST]) {
  double x, y;
  turn(v, &x, &y);
  return fabs(x) <= v[2] / 2 && fabs(y) <= v[3] / 2;
}

static bool in_ellipse(const double v[MOST]) {
  double x, y;
  turn(v, &x, &y);
  x /= v[2];
  y /= v[3];
  return x * x + y * y <= 1;
}

static void run_one(rf_formula_node *node, size_t to, const double v[MOST]) {
  switch (node->op) {
  case RF_F_ANGSEP:
    ((double *)(void *)node->data)[to] = separation(v);
    break;
  case RF_F_NEAR:
    node->data[to] = fabs(v[0] - v[1]) < v[2];
    break;
  case RF_F_CIRCLE:
    node->data[to] = in_circle(v);
    break;
  case RF_F_BOX:
    node->data[to] = in_box(v);
    break;
  default:
    node->data[to] = in_ellipse(v);
    break;
  }
}

void rf_formula_run_sky(const rf_formula *formula, rf_formula_node *node, size_t rows) {
  rf_formula_view views[MOST];
  double v[MOST] = {0};
  size_t n = (size_t)node->shape.count;
  uint8_t *nulls = rf_formula_open_nulls(node, rows);
  for (size_t i = 0; i < node->count; i++)
    views[i] = rf_formula_see(formula, node, i);
  for (size_t r = 0; r < rows; r++)
    for (size_t e = 0; e < n; e++) {
      size_t to = r * n + e;
      for (size_t i = 0; i < node->count; i++) {
        size_t at = r * views[i].row + e * views[i].element;
        v[i] = ((const double *)(const void *)views[i].data)[at];
        nulls[to] |= rf_formula_is_null(&views[i], at);
      }
      run_one(node, to, v);
    }
}
