/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public calls: compile, evaluate.
 */
#include <string.h>

#include "base/memory.h"
#include "expr/formula/parser.h"
#include "expr/formula/values/run.h"

/* Memory of the values of all nodes for a chunk of rows, about what a cache of the second level has. */
#define CHUNK_BYTES ((uint64_t)1 << 19)
#define CHUNK_ROWS 4096

/* ------------------------------ compiling ------------------------------ */

static rf_status copy_source(const rf_formula_source *source, rf_formula_source *copy, rf_error *err) {
  if (source == NULL || source->size < offsetof(rf_formula_source, intervals))
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_formula_compile: no source, or size = %zu",
                   source != NULL ? source->size : 0);
  memcpy(copy, source, source->size < sizeof *copy ? source->size : sizeof *copy);
  if (copy->find == NULL || copy->read == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_formula_compile: find or read = NULL");
  return RF_OK;
}

static rf_status compile(rf_formula *formula, const char *text, size_t length, rf_error *err) {
  if (memchr(text, '\0', length) != NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "an expression with a NUL");
  formula->text = rf_strndup(text, length);
  formula->length = (uint32_t)length;
  if (formula->text == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate an expression of %zu bytes", length);
  return rf_formula_parse(formula, &formula->result, err);
}

rf_status rf_formula_compile(const char *text, size_t length, const rf_formula_source *source, rf_formula **formula,
                             rf_error *err) {
  rf_error_clear(err);
  if (text == NULL || formula == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_formula_compile: %s = NULL", text == NULL ? "text" : "formula");
  if (length > RF_FORMULA_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "an expression of %zu bytes, expected at most %d", length, RF_FORMULA_BYTES);
  rf_formula *made = rf_alloc_zero(1, sizeof *made);
  if (made == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate an expression");
  rf_status status = copy_source(source, &made->source, err);
  if (status == RF_OK)
    status = compile(made, text, length, err);
  if (status == RF_OK)
    *formula = made;
  else
    rf_formula_free(made);
  return status;
}

rf_status rf_formula_get_info(const rf_formula *formula, rf_formula_info *info, rf_error *err) {
  rf_error_clear(err);
  if (formula == NULL || info == NULL || info->size < offsetof(rf_formula_info, column))
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_formula_get_info: no formula, no info, or no size");
  const rf_formula_node *node = &formula->nodes[formula->result];
  info->type = node->shape.type;
  info->count = node->shape.count;
  info->width = node->shape.width;
  info->naxis = node->shape.naxis;
  memcpy(info->naxes, node->shape.naxes, sizeof info->naxes);
  info->constant = node->constant;
  return RF_OK;
}

void rf_formula_seed(rf_formula *formula, uint64_t seed) {
  if (formula != NULL)
    formula->random = seed;
}

void rf_formula_free(rf_formula *formula) {
  if (formula == NULL)
    return;
  for (size_t i = 0; i < formula->node_count; i++) {
    rf_free(formula->nodes[i].data);
    rf_free(formula->nodes[i].nulls);
  }
  for (size_t i = 0; i < formula->name_count; i++)
    rf_free(formula->names[i]);
  rf_free(formula->names);
  rf_free(formula->name_nodes);
  rf_free(formula->nodes);
  rf_free(formula->operands);
  rf_free(formula->text);
  rf_free(formula);
}

/* ------------------------------ evaluating ------------------------------ */

static rf_status reserve(rf_formula *formula, rf_error *err) {
  uint64_t rows = CHUNK_BYTES / (formula->row_bytes + 1);
  rows = rows < 1 ? 1 : rows > CHUNK_ROWS ? CHUNK_ROWS : rows;
  for (size_t i = 0; i < formula->node_count; i++)
    if (!formula->nodes[i].fixed)
      RF_TRY(rf_formula_reserve(&formula->nodes[i], rows, err));
  formula->chunk = rows;
  return RF_OK;
}

static void begin(rf_formula *formula, uint64_t first) {
  if (first == formula->next_row && first > 0)
    return;
  for (size_t i = 0; i < formula->node_count; i++)
    memset(&formula->nodes[i].state, 0, sizeof formula->nodes[i].state);
}

/* Bits of literals may be 2, for any: they count as 0. */
static void put_values(const rf_formula_node *node, size_t rows, uint8_t *values) {
  size_t bytes = (size_t)rf_formula_row_values(&node->shape) * rf_formula_value_bytes(&node->shape);
  for (size_t i = 0; node->fixed && i < rows; i++)
    memcpy(values + i * bytes, node->data, bytes);
  if (!node->fixed)
    memcpy(values, node->data, rows * bytes);
  for (size_t i = 0; node->shape.type == RF_FORMULA_BITS && i < rows * bytes; i++)
    values[i] = values[i] == 1;
}

static void put_nulls(const rf_formula_node *node, size_t rows, uint8_t *nulls) {
  size_t flags = (size_t)rf_formula_row_flags(&node->shape);
  if (!node->has_nulls)
    memset(nulls, 0, rows * flags);
  else if (!node->fixed)
    memcpy(nulls, node->nulls, rows * flags);
  else
    for (size_t i = 0; i < rows; i++)
      memcpy(nulls + i * flags, node->nulls, flags);
}

static rf_status evaluate(rf_formula *formula, uint64_t first, size_t rows, uint8_t *values, uint8_t *nulls,
                          rf_error *err) {
  for (size_t i = 0; i < formula->node_count; i++)
    if (!formula->nodes[i].fixed)
      RF_TRY(rf_formula_run(formula, &formula->nodes[i], first, rows, err));
  const rf_formula_node *node = &formula->nodes[formula->result];
  put_values(node, rows, values);
  if (nulls != NULL)
    put_nulls(node, rows, nulls);
  return RF_OK;
}

rf_status rf_formula_evaluate(rf_formula *formula, uint64_t first, uint64_t count, void *values, uint8_t *nulls,
                              rf_error *err) {
  rf_error_clear(err);
  if (formula == NULL || (values == NULL && count > 0))
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_formula_evaluate: %s = NULL", formula == NULL ? "formula" : "values");
  if (formula->chunk == 0)
    RF_TRY(reserve(formula, err));
  const rf_formula_shape *shape = &formula->nodes[formula->result].shape;
  size_t bytes = (size_t)rf_formula_row_values(shape) * rf_formula_value_bytes(shape);
  size_t flags = (size_t)rf_formula_row_flags(shape);
  begin(formula, first);
  formula->next_row = 0;
  uint8_t *to = values;
  for (uint64_t done = 0; done < count;) {
    size_t rows = (size_t)(count - done < formula->chunk ? count - done : formula->chunk);
    RF_TRY(evaluate(formula, first + done, rows, to + (size_t)done * bytes,
                    nulls != NULL ? nulls + (size_t)done * flags : NULL, err));
    done += rows;
  }
  formula->next_row = first + count;
  return RF_OK;
}
