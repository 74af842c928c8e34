/* SPDX-License-Identifier: BSD-3-Clause */
#include "expr/formula/node.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"

#define SHOWN 60                          /* bytes of the text in a message */
#define MAX_ROW_BYTES ((uint64_t)1 << 30) /* of all nodes */
#define MAX_NODES ((size_t)1 << 18)

size_t rf_formula_value_bytes(const rf_formula_shape *shape) {
  switch (shape->type) {
  case RF_FORMULA_INTEGER:
  case RF_FORMULA_REAL:
    return 8;
  case RF_FORMULA_STRING:
    return shape->width + 1;
  default:
    return 1;
  }
}

uint64_t rf_formula_row_values(const rf_formula_shape *shape) {
  return shape->type == RF_FORMULA_STRING ? 1 : shape->count;
}

uint64_t rf_formula_row_flags(const rf_formula_shape *shape) {
  return shape->type == RF_FORMULA_STRING || shape->type == RF_FORMULA_BITS ? 1 : shape->count;
}

rf_status rf_formula_fail(const rf_formula *formula, rf_error *err, rf_status code, uint32_t at, const char *format,
                          ...) {
  char what[256];
  va_list args;
  va_start(args, format);
  int made = vsnprintf(what, sizeof what, format, args);
  va_end(args);
  if (made < 0)
    what[0] = '\0';
  uint32_t start = at > SHOWN ? at - SHOWN : 0;
  (void)rf_fail(err, code, "%s at character %u of the expression \"%s%.*s\"", what, (unsigned)at + 1,
                start > 0 ? "..." : "", 2 * SHOWN, formula->text + start);
  rf_error_at(err, at);
  return code;
}

/* All nodes of one row must fit a limit: an expression of few bytes may name large vectors. */
static rf_status check_size(rf_formula *formula, const rf_formula_shape *shape, uint32_t at, rf_error *err) {
  if (shape->width >= MAX_ROW_BYTES || shape->count > MAX_ROW_BYTES)
    return rf_formula_fail(formula, err, RF_ERR_LIMIT, at, "a value of more than 1 GiB");
  formula->row_bytes += rf_formula_row_values(shape) * (rf_formula_value_bytes(shape) + 1);
  if (formula->row_bytes > MAX_ROW_BYTES)
    return rf_formula_fail(formula, err, RF_ERR_LIMIT, at, "values of more than 1 GiB");
  return RF_OK;
}

rf_status rf_formula_add(rf_formula *formula, rf_formula_op op, uint32_t at, const rf_formula_shape *shape,
                         const uint32_t *operands, size_t count, uint32_t *index, rf_error *err) {
  RF_TRY(check_size(formula, shape, at, err));
  if (formula->node_count >= MAX_NODES)
    return rf_fail(err, RF_ERR_LIMIT, "an expression of more than %zu operations", MAX_NODES);
  RF_TRY(RF_ARRAY_GROW(formula->nodes, formula->node_capacity, formula->node_count + 1, "an expression", err));
  RF_TRY(RF_ARRAY_GROW(formula->operands, formula->operand_capacity, formula->operand_count + count, "an expression",
                       err));
  rf_formula_node *node = &formula->nodes[formula->node_count];
  memset(node, 0, sizeof *node);
  node->op = op;
  node->at = at;
  node->shape = *shape;
  node->first = (uint32_t)formula->operand_count;
  node->count = (uint32_t)count;
  if (count > 0)
    memcpy(formula->operands + formula->operand_count, operands, count * sizeof *operands);
  formula->operand_count += count;
  *index = (uint32_t)formula->node_count++;
  return RF_OK;
}

rf_status rf_formula_reserve(rf_formula_node *node, uint64_t rows, rf_error *err) {
  uint64_t values, flags, bytes;
  size_t size, flag_size;
  if (!rf_mul_u64(rf_formula_row_values(&node->shape), rows, &values) ||
      !rf_mul_u64(values, rf_formula_value_bytes(&node->shape), &bytes) ||
      !rf_mul_u64(rf_formula_row_flags(&node->shape), rows, &flags) || !rf_to_size(bytes, &size) ||
      !rf_to_size(flags, &flag_size))
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the values of an expression");
  rf_free(node->data);
  rf_free(node->nulls);
  node->data = rf_alloc_zero(size, 1);
  node->nulls = rf_alloc_zero(flag_size, 1);
  if (node->data == NULL || node->nulls == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes for the values of an expression", size);
  return RF_OK;
}

rf_formula_view rf_formula_see(const rf_formula *formula, const rf_formula_node *node, size_t i) {
  const rf_formula_node *from = rf_formula_operand(formula, node, i);
  rf_formula_view view = {.data = from->data, .nulls = from->has_nulls ? from->nulls : NULL};
  size_t n = (size_t)rf_formula_row_values(&from->shape);
  view.bytes = rf_formula_value_bytes(&from->shape);
  view.row = from->fixed ? 0 : n;
  view.element = n == 1 ? 0 : 1;
  view.one = from->fixed && n == 1;
  return view;
}
