/* SPDX-License-Identifier: BSD-3-Clause
 *
 * b ? x : y, and functions about undefined values.
 */
#include "expr/formula/values/run.h"

/* Copies value `from` of a view to value `to` of the node. Texts of the node may be longer. */
static void take(rf_formula_node *node, size_t to, const rf_formula_view *view, size_t from, uint8_t *nulls) {
  size_t bytes = rf_formula_value_bytes(&node->shape);
  memcpy(node->data + to * bytes, view->data + from * view->bytes, bytes < view->bytes ? bytes : view->bytes);
  if (node->shape.type == RF_FORMULA_STRING)
    node->data[to * bytes + (bytes < view->bytes ? bytes : view->bytes) - 1] = '\0';
  nulls[to] = rf_formula_is_null(view, from);
}

static void run_choose(const rf_formula_loop *loop, rf_formula_node *node, uint8_t *nulls) {
  for (size_t r = 0; r < loop->rows; r++)
    for (size_t i = 0; i < loop->n; i++) {
      size_t condition = r * loop->a.row + i * loop->a.element, to = r * loop->n + i;
      const rf_formula_view *from = loop->a.data[condition] ? &loop->b : &loop->c;
      take(node, to, from, r * from->row + i * from->element, nulls);
      nulls[to] |= rf_formula_is_null(&loop->a, condition);
    }
}

static void run_defnull(const rf_formula_loop *loop, rf_formula_node *node, uint8_t *nulls) {
  for (size_t r = 0; r < loop->rows; r++)
    for (size_t i = 0; i < loop->n; i++) {
      size_t a = r * loop->a.row + i * loop->a.element;
      const rf_formula_view *from = rf_formula_is_null(&loop->a, a) ? &loop->b : &loop->a;
      take(node, r * loop->n + i, from, r * from->row + i * from->element, nulls);
    }
}

/* setnull(x, y): y, undefined where it equals x. */
static void run_setnull(const rf_formula_loop *loop, rf_formula_node *node, uint8_t *nulls) {
  for (size_t r = 0; r < loop->rows; r++)
    for (size_t i = 0; i < loop->n; i++) {
      size_t a = r * loop->a.row + i * loop->a.element, b = r * loop->b.row + i * loop->b.element;
      take(node, r * loop->n + i, &loop->b, b, nulls);
      bool same =
          node->shape.type == RF_FORMULA_INTEGER
              ? ((const int64_t *)(const void *)loop->a.data)[a] == ((const int64_t *)(const void *)loop->b.data)[b]
              : ((const double *)(const void *)loop->a.data)[a] == ((const double *)(const void *)loop->b.data)[b];
      nulls[r * loop->n + i] |= same && !rf_formula_is_null(&loop->a, a);
    }
}

static void run_isnull(const rf_formula_loop *loop, rf_formula_node *node) {
  for (size_t r = 0; r < loop->rows; r++)
    for (size_t i = 0; i < loop->n; i++)
      node->data[r * loop->n + i] = rf_formula_is_null(&loop->a, r * loop->a.row + i * loop->a.element);
}

void rf_formula_run_choice(const rf_formula *formula, rf_formula_node *node, size_t rows) {
  rf_formula_loop loop = rf_formula_loop_over(formula, node, rows);
  if (node->op == RF_F_ISNULL) {
    run_isnull(&loop, node);
    return;
  }
  uint8_t *nulls = rf_formula_open_nulls(node, rows);
  if (node->op == RF_F_CHOOSE)
    run_choose(&loop, node, nulls);
  else if (node->op == RF_F_DEFNULL)
    run_defnull(&loop, node, nulls);
  else
    run_setnull(&loop, node, nulls);
}
