/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cells of one column of a batch: where they are read to, and their Arrow array.
 */
#include "arrow/cells.h"

#include <inttypes.h>
#include <string.h>

#include "arrow/fill.h"
#include "base/memory.h"

/* Whether the cells are read to the stage: bools as bytes, and numbers that become wider. */
static bool is_staged(const rf_arrow_field *field) {
  return field->bits || field->type != field->info.type;
}

static size_t offset_bytes(const rf_arrow_field *field) {
  return field->large ? sizeof(int64_t) : sizeof(int32_t);
}

bool rf_arrow_cells_reserve(rf_arrow_cells *cells, uint64_t count, uint64_t *block, uint64_t *stage) {
  const rf_arrow_field *field = cells->field;
  uint64_t bytes, offsets, bitmap = count / 8 + 1;
  cells->count = count;
  cells->value_bytes = rf_dtype_bytes(field->info.type, field->variable ? 1 : (size_t)field->info.width);
  if (!rf_mul_u64(count, cells->value_bytes, &bytes) || !rf_add_u64(count, 1, &offsets) ||
      !rf_mul_u64(offsets, offset_bytes(field), &offsets))
    return false;
  if (is_staged(field)) {
    if (!rf_arrow_reserve(stage, bytes, &cells->stage_at) || !rf_mul_u64(count, rf_dtype_bytes(field->type, 1), &bytes))
      return false;
  }
  if (field->bits ? !rf_arrow_reserve(block, bitmap, &cells->bits_at)
                  : !rf_arrow_reserve(block, bytes, &cells->values_at))
    return false;
  if (field->text && !field->variable && !rf_arrow_reserve(block, offsets, &cells->offsets_at))
    return false;
  return !field->nullable ||
         (rf_arrow_reserve(stage, count, &cells->mask_at) && rf_arrow_reserve(block, bitmap, &cells->valid_at));
}

void rf_arrow_cells_place(rf_arrow_cells *cells, rf_arrow_block *block, uint8_t *stage) {
  atomic_fetch_add_explicit(&block->users, 1, memory_order_relaxed);
  cells->block = block;
  cells->mask = cells->field->nullable ? stage + cells->mask_at : NULL;
  cells->stage = stage + cells->stage_at;
}

void *rf_arrow_cells_target(const rf_arrow_cells *cells) {
  return is_staged(cells->field) ? cells->stage : cells->block->bytes + cells->values_at;
}

/* Strings: of fixed width one value each, of variable length one cell each. */
static rf_status finish_text(rf_arrow_cells *cells, rf_error *err) {
  const rf_arrow_field *field = cells->field;
  uint8_t *offsets = cells->block->bytes + cells->offsets_at;
  rf_arrow_text text = {.bytes = cells->block->bytes + cells->values_at, .count = (size_t)cells->count};
  if (field->large)
    text.offsets64 = (int64_t *)(void *)offsets;
  else
    text.offsets32 = (int32_t *)(void *)offsets;
  bool high;
  if (field->variable)
    high = rf_arrow_join_cells(&text, cells->lengths);
  else
    high = rf_arrow_join_fields(&text, (size_t)field->info.width);
  if (!high || !field->utf8)
    return RF_OK;
  cells->text = rf_arrow_block_new(rf_arrow_utf8_bytes(&text));
  if (cells->text == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the strings of column '%s'", field->info.key);
  rf_arrow_to_utf8(&text, cells->text->bytes);
  return RF_OK;
}

/* Offsets of lists. */
static void finish_lists(const rf_arrow_cells *cells, uint64_t rows) {
  uint8_t *offsets = cells->block->bytes + cells->offsets_at;
  uint64_t at = 0;
  for (uint64_t i = 0; i <= rows; i++) {
    if (cells->field->large)
      ((int64_t *)(void *)offsets)[i] = (int64_t)at;
    else
      ((int32_t *)(void *)offsets)[i] = (int32_t)at;
    at += i < rows && cells->lengths != NULL ? cells->lengths[i] : 0;
  }
}

rf_status rf_arrow_cells_finish(rf_arrow_cells *cells, rf_error *err) {
  const rf_arrow_field *field = cells->field;
  if (field->text)
    RF_TRY(finish_text(cells, err));
  if (field->bits)
    (void)rf_arrow_pack_bits(cells->block->bytes + cells->bits_at, cells->stage, (size_t)cells->count, false);
  else if (is_staged(field))
    rf_arrow_widen(cells->block->bytes + cells->values_at, field->type, cells->stage, field->info.type,
                   (size_t)cells->count);
  if (cells->mask != NULL)
    cells->nulls = rf_arrow_pack_bits(cells->block->bytes + cells->valid_at, cells->mask, (size_t)cells->count, true);
  return RF_OK;
}

static void set_valid(const rf_arrow_cells *cells, struct ArrowArray *array) {
  array->null_count = (int64_t)cells->nulls;
  if (cells->nulls > 0)
    rf_arrow_array_set(array, 0, cells->block->bytes + cells->valid_at, cells->block);
}

/* The values, without the lists around them. */
static rf_status export_values(const rf_arrow_cells *cells, struct ArrowArray *array, rf_error *err) {
  const rf_arrow_field *field = cells->field;
  uint8_t *bytes = cells->block->bytes;
  if (field->complex) {
    RF_TRY(rf_arrow_array_init(array, cells->count, 1, 1, err));
    set_valid(cells, array);
    array = array->children[0];
    RF_TRY(rf_arrow_array_init(array, 2 * cells->count, 2, 0, err));
  } else {
    RF_TRY(rf_arrow_array_init(array, cells->count, field->text ? 3 : 2, 0, err));
    set_valid(cells, array);
  }
  if (!field->text) {
    rf_arrow_array_set(array, 1, bytes + (field->bits ? cells->bits_at : cells->values_at), cells->block);
    return RF_OK;
  }
  rf_arrow_array_set(array, 1, bytes + cells->offsets_at, cells->block);
  if (cells->text != NULL)
    rf_arrow_array_set(array, 2, cells->text->bytes, cells->text);
  else
    rf_arrow_array_set(array, 2, bytes + cells->values_at, cells->block);
  return RF_OK;
}

rf_status rf_arrow_cells_export(const rf_arrow_cells *cells, uint64_t rows, struct ArrowArray *array, rf_error *err) {
  const rf_arrow_field *field = cells->field;
  if (field->list) {
    finish_lists(cells, rows);
    RF_TRY(rf_arrow_array_init(array, rows, 2, 1, err));
    rf_arrow_array_set(array, 1, cells->block->bytes + cells->offsets_at, cells->block);
    array = array->children[0];
  }
  for (int i = 0; i < field->info.ndim && !field->variable && !field->list; i++) {
    RF_TRY(rf_arrow_array_init(array, rows, 1, 1, err));
    rows *= field->info.dims[i]; /* at most cells->count, unless that is 0 */
    array = array->children[0];
  }
  return export_values(cells, array, err);
}

void rf_arrow_cells_free(rf_arrow_cells *cells) {
  rf_arrow_block_drop(cells->block);
  rf_arrow_block_drop(cells->text);
  cells->block = cells->text = NULL;
}
