/* SPDX-License-Identifier: BSD-3-Clause */
#include "expr/formula/values/run.h"

/* ------------------------------ leaves ------------------------------ */

static rf_status read_rows(const rf_formula *formula, rf_formula_node *node, uint64_t first, uint64_t count, size_t to,
                           rf_error *err) {
  size_t values = to * (size_t)rf_formula_row_values(&node->shape) * rf_formula_value_bytes(&node->shape);
  size_t flags = to * (size_t)rf_formula_row_flags(&node->shape);
  bool has_flags = node->shape.type != RF_FORMULA_BITS;
  if (count == 0)
    return RF_OK;
  return formula->source.read(formula->source.user, node->number, first, count, node->data + values,
                              has_flags ? node->nulls + flags : NULL, err);
}

/* Makes rows from..to of a chunk undefined: they lie outside the table. */
static void clear_rows(rf_formula_node *node, size_t from, size_t to) {
  size_t bytes = (size_t)rf_formula_row_values(&node->shape) * rf_formula_value_bytes(&node->shape);
  size_t flags = (size_t)rf_formula_row_flags(&node->shape);
  memset(node->data + from * bytes, 0, (to - from) * bytes);
  memset(node->nulls + from * flags, 1, (to - from) * flags);
}

static bool any_null(const rf_formula_node *node, size_t rows) {
  return memchr(node->nulls, 1, rows * (size_t)rf_formula_row_flags(&node->shape)) != NULL;
}

static rf_status run_column(const rf_formula *formula, rf_formula_node *node, uint64_t first, size_t rows,
                            rf_error *err) {
  /* Rows before..before+inside of the chunk lie in the table. */
  size_t before = 0, inside = rows;
  uint64_t from = first;
  if (node->shift < 0) {
    uint64_t back = (uint64_t)0 - (uint64_t)node->shift;
    if (first < back)
      before = back - first < rows ? (size_t)(back - first) : rows;
    from = first + before - back;
  } else {
    from = first > UINT64_MAX - (uint64_t)node->shift ? UINT64_MAX : first + (uint64_t)node->shift;
  }
  inside -= before;
  if (node->shift != 0) {
    uint64_t left = from < formula->source.rows ? formula->source.rows - from : 0;
    inside = left < inside ? (size_t)left : inside;
  }
  memset(node->nulls, 0, rows * (size_t)rf_formula_row_flags(&node->shape));
  clear_rows(node, 0, before);
  clear_rows(node, before + inside, rows);
  RF_TRY(read_rows(formula, node, from, inside, before, err));
  node->has_nulls = node->shape.type != RF_FORMULA_BITS && any_null(node, rows);
  return RF_OK;
}

static void run_row(rf_formula_node *node, uint64_t first, size_t rows) {
  for (size_t i = 0; i < rows; i++)
    ((int64_t *)(void *)node->data)[i] = (int64_t)(first + i + 1);
}

/* ------------------------------ all ------------------------------ */

/* Operators whose operands are numbers, strings or bits. */
static void run_operator(rf_formula *formula, rf_formula_node *node, size_t rows) {
  rf_formula_type type = rf_formula_operand(formula, node, 0)->shape.type;
  if (type == RF_FORMULA_STRING)
    rf_formula_run_strings(formula, node, rows);
  else if (type == RF_FORMULA_BITS)
    rf_formula_run_bits(formula, node, rows);
  else if (node->op >= RF_F_EQ && node->op <= RF_F_NOT)
    rf_formula_run_logic(formula, node, rows);
  else
    rf_formula_run_numbers(formula, node, rows);
}

rf_status rf_formula_run(rf_formula *formula, rf_formula_node *node, uint64_t first, size_t rows, rf_error *err) {
  node->has_nulls = false;
  switch (node->op) {
  case RF_F_LITERAL:
    break;
  case RF_F_COLUMN:
    return run_column(formula, node, first, rows, err);
  case RF_F_ROW:
    run_row(node, first, rows);
    break;
  case RF_F_CHOOSE:
  case RF_F_ISNULL:
  case RF_F_DEFNULL:
  case RF_F_SETNULL:
    rf_formula_run_choice(formula, node, rows);
    break;
  case RF_F_STRSTR:
  case RF_F_STRMID:
    rf_formula_run_strings(formula, node, rows);
    break;
  case RF_F_NEAR:
  case RF_F_ANGSEP:
  case RF_F_CIRCLE:
  case RF_F_BOX:
  case RF_F_ELLIPSE:
    rf_formula_run_sky(formula, node, rows);
    break;
  case RF_F_ACCUM:
  case RF_F_SEQDIFF:
    rf_formula_run_sequence(formula, node, rows);
    break;
  case RF_F_RANDOM:
  case RF_F_RANDOMN:
  case RF_F_RANDOMP:
    rf_formula_run_random(formula, node, rows);
    break;
  case RF_F_MIN:
  case RF_F_MAX:
  case RF_F_SUM:
  case RF_F_NVALID:
  case RF_F_AVERAGE:
  case RF_F_MEDIAN:
  case RF_F_STDDEV:
    return rf_formula_run_summary(formula, node, rows, err);
  case RF_F_INDEX:
  case RF_F_VECTOR:
  case RF_F_ARRAY:
  case RF_F_ELEMENTNUM:
  case RF_F_AXISELEM:
    return rf_formula_run_vector(formula, node, rows, err);
  case RF_F_GTIFILTER:
  case RF_F_GTIFIND:
  case RF_F_GTIOVERLAP:
  case RF_F_REGFILTER:
    return rf_formula_run_file(formula, node, rows, err);
  default:
    if (node->op >= RF_F_ABS)
      rf_formula_run_math(formula, node, rows);
    else
      run_operator(formula, node, rows);
    break;
  }
  return RF_OK;
}
