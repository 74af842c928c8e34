/* SPDX-License-Identifier: BSD-3-Clause */
#include "expr/formula/values/loop.h"

static bool is_flat(const rf_formula_view *view, size_t n) {
  return view->row == n * view->element;
}

rf_formula_loop rf_formula_loop_over(const rf_formula *formula, const rf_formula_node *node, size_t rows) {
  rf_formula_loop loop = {.rows = rows, .n = (size_t)rf_formula_row_values(&node->shape)};
  rf_formula_view *views[] = {&loop.a, &loop.b, &loop.c};
  bool flat = true;
  for (size_t i = 0; i < node->count && i < 3; i++) {
    *views[i] = rf_formula_see(formula, node, i);
    if (loop.n == 1) {
      views[i]->element = views[i]->row;
      views[i]->row = 0;
    } else {
      flat = flat && is_flat(views[i], loop.n);
    }
  }
  if (loop.n == 1) {
    loop.n = rows;
    loop.rows = 1;
  } else if (flat) {
    loop.n *= rows;
    loop.rows = 1;
  }
  return loop;
}

uint8_t *rf_formula_open_nulls(rf_formula_node *node, size_t rows) {
  if (!node->has_nulls)
    memset(node->nulls, 0, rows * (size_t)rf_formula_row_flags(&node->shape));
  node->has_nulls = true;
  return node->nulls;
}

void rf_formula_pass_nulls(rf_formula_node *node, const rf_formula_loop *loop) {
  const rf_formula_view *views[] = {&loop->a, &loop->b, &loop->c};
  for (size_t k = 0; k < 3; k++) {
    const rf_formula_view *view = views[k];
    if (view->nulls == NULL)
      continue;
    bool first = !node->has_nulls;
    node->has_nulls = true;
    for (size_t r = 0; r < loop->rows; r++) {
      const uint8_t *from = view->nulls + r * view->row;
      uint8_t *to = node->nulls + r * loop->n;
      for (size_t i = 0; i < loop->n; i++)
        to[i] = (uint8_t)(from[i * view->element] | (first ? 0 : to[i]));
    }
  }
}
