/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Elements of vectors: v[i], {a, b}, array(), elementnum(), axiselem().
 */
#include "expr/formula/values/run.h"

/* ------------------------------ v[i] ------------------------------ */

/* Finds the first element of v[i, j]: *at. The operands behind the vector are indices, one, or one for each axis. */
static rf_status find_element(const rf_formula *formula, const rf_formula_node *node, size_t row, size_t *at,
                              bool *null, rf_error *err) {
  const rf_formula_shape *shape = &rf_formula_operand(formula, node, 0)->shape;
  uint64_t step = node->count == 2 && shape->naxis > 1 ? shape->count / shape->naxes[shape->naxis - 1] : 1;
  *at = 0;
  *null = false;
  for (size_t i = 1; i < node->count; i++) {
    rf_formula_view view = rf_formula_see(formula, node, i);
    int64_t index = ((const int64_t *)(const void *)view.data)[row * view.row];
    uint64_t axis = node->count == 2 ? shape->naxes[shape->naxis - 1] : shape->naxes[i - 1];
    if (rf_formula_is_null(&view, row * view.row))
      return rf_formula_fail(formula, err, RF_ERR_RANGE, node->at, "an undefined index of a vector");
    if (index < 1 || (uint64_t)index > axis)
      return rf_formula_fail(formula, err, RF_ERR_RANGE, node->at, "an index outside its vector");
    *at += (size_t)((uint64_t)(index - 1) * step);
    step *= axis;
  }
  return RF_OK;
}

static rf_status run_index(const rf_formula *formula, rf_formula_node *node, size_t rows, rf_error *err) {
  rf_formula_view view = rf_formula_see(formula, node, 0);
  size_t n = (size_t)node->shape.count;
  uint8_t *nulls = rf_formula_open_nulls(node, rows);
  bool has_flags = view.nulls != NULL && node->shape.type != RF_FORMULA_BITS;
  for (size_t r = 0; r < rows; r++) {
    size_t at;
    bool null;
    RF_TRY(find_element(formula, node, r, &at, &null, err));
    at += r * view.row;
    memcpy(node->data + r * n * view.bytes, view.data + at * view.bytes, n * view.bytes);
    if (has_flags)
      memcpy(nulls + r * n, view.nulls + at, n);
  }
  return RF_OK;
}

/* ------------------------------ others ------------------------------ */

static void run_vector(const rf_formula *formula, rf_formula_node *node, size_t rows) {
  size_t n = (size_t)node->shape.count, at = 0;
  size_t bytes = rf_formula_value_bytes(&node->shape);
  uint8_t *nulls = rf_formula_open_nulls(node, rows);
  for (size_t i = 0; i < node->count; i++) {
    rf_formula_view view = rf_formula_see(formula, node, i);
    size_t count = (size_t)rf_formula_operand(formula, node, i)->shape.count;
    for (size_t r = 0; r < rows; r++) {
      memcpy(node->data + (r * n + at) * bytes, view.data + r * view.row * bytes, count * bytes);
      if (view.nulls != NULL)
        memcpy(nulls + r * n + at, view.nulls + r * view.row, count);
    }
    at += count;
  }
}

static void run_array(const rf_formula *formula, rf_formula_node *node, size_t rows) {
  rf_formula_view view = rf_formula_see(formula, node, 0);
  size_t n = (size_t)node->shape.count;
  uint8_t *nulls = rf_formula_open_nulls(node, rows);
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < n; i++) {
      memcpy(node->data + (r * n + i) * view.bytes, view.data + r * view.row * view.bytes, view.bytes);
      nulls[r * n + i] = rf_formula_is_null(&view, r * view.row);
    }
}

/* Positions, 1-based: of the element, or on axis node->number (0-based). */
static void run_positions(rf_formula_node *node, size_t rows) {
  size_t n = (size_t)node->shape.count;
  uint64_t step = 1, axis = 1;
  if (node->op == RF_F_ELEMENTNUM) {
    axis = n;
  } else if (node->number < (size_t)node->shape.naxis) {
    axis = node->shape.naxes[node->number];
    for (size_t i = 0; i < node->number; i++)
      step *= node->shape.naxes[i];
  }
  int64_t *to = (int64_t *)(void *)node->data;
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < n; i++)
      to[r * n + i] = (int64_t)(i / step % axis) + 1;
}

rf_status rf_formula_run_vector(const rf_formula *formula, rf_formula_node *node, size_t rows, rf_error *err) {
  if (node->op == RF_F_INDEX)
    return run_index(formula, node, rows, err);
  if (node->op == RF_F_VECTOR)
    run_vector(formula, node, rows);
  else if (node->op == RF_F_ARRAY)
    run_array(formula, node, rows);
  else
    run_positions(node, rows);
  return RF_OK;
}
