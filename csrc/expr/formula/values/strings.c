/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Strings compare byte by byte, with all their blanks.
 */
#include "expr/formula/values/run.h"

static const char *text_of(const rf_formula_view *view, size_t row) {
  return (const char *)view->data + row * view->row * view->bytes;
}

static bool order_holds(rf_formula_op op, int order) {
  switch (op) {
  case RF_F_EQ:
    return order == 0;
  case RF_F_NE:
    return order != 0;
  case RF_F_LT:
    return order < 0;
  case RF_F_LE:
    return order <= 0;
  case RF_F_GT:
    return order > 0;
  default:
    return order >= 0;
  }
}

/* Copies at most `width` bytes and a NUL. */
static void put(char *to, size_t width, const char *text, size_t n) {
  n = n < width ? n : width;
  memcpy(to, text, n);
  to[n] = '\0';
}

static void join(char *to, size_t width, const char *a, const char *b) {
  size_t n = strlen(a);
  put(to, width, a, n);
  n = n < width ? n : width;
  put(to + n, width - n, b, strlen(b));
}

static void find_text(rf_formula_node *node, size_t row, const char *text, const char *part) {
  const char *found = strstr(text, part);
  ((int64_t *)(void *)node->data)[row] = found ? found - text + 1 : 0;
  if (found == NULL)
    node->nulls[row] = 1;
}

/* strmid(text, position, length) */
static void run_middle(const rf_formula *formula, rf_formula_node *node, size_t rows) {
  rf_formula_view s = rf_formula_see(formula, node, 0);
  rf_formula_view p = rf_formula_see(formula, node, 1);
  rf_formula_view n = rf_formula_see(formula, node, 2);
  for (size_t r = 0; r < rows; r++) {
    const char *text = text_of(&s, r);
    size_t length = strlen(text);
    int64_t position = ((const int64_t *)(const void *)p.data)[r * p.row];
    int64_t count = ((const int64_t *)(const void *)n.data)[r * n.row];
    char *to = (char *)node->data + r * (node->shape.width + 1);
    to[0] = '\0';
    if (position < 1 || count < 0)
      node->nulls[r] = 1;
    else if ((uint64_t)position <= length)
      put(to, (uint64_t)count < node->shape.width ? (size_t)count : node->shape.width, text + (position - 1),
          length - (size_t)(position - 1));
  }
}

void rf_formula_run_strings(const rf_formula *formula, rf_formula_node *node, size_t rows) {
  rf_formula_loop loop = rf_formula_loop_over(formula, node, rows);
  rf_formula_pass_nulls(node, &loop);
  if (node->op == RF_F_STRMID || node->op == RF_F_STRSTR)
    (void)rf_formula_open_nulls(node, rows);
  if (node->op == RF_F_STRMID) {
    run_middle(formula, node, rows);
    return;
  }
  rf_formula_view a = rf_formula_see(formula, node, 0), b = rf_formula_see(formula, node, 1);
  for (size_t r = 0; r < rows; r++) {
    if (node->op == RF_F_ADD)
      join((char *)node->data + r * (node->shape.width + 1), node->shape.width, text_of(&a, r), text_of(&b, r));
    else if (node->op == RF_F_STRSTR)
      find_text(node, r, text_of(&a, r), text_of(&b, r));
    else
      node->data[r] = order_holds(node->op, strcmp(text_of(&a, r), text_of(&b, r)));
  }
}
