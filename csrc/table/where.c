/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows by condition: the columns that an expression names are read batch by batch, and it is run over each.
 */
#include <inttypes.h>

#include "base/memory.h"
#include "expr/expr.h"
#include "tiled/table/table.h"
#include "file/access.h"

/* Rows of a batch: as many as one stage of the reader fetches, unless their cells would take more memory than this. */
#define BATCH_FILE_BYTES ((uint64_t)1 << 20)
#define BATCH_CELL_BYTES ((uint64_t)1 << 20)
#define MAX_TILE_CELL_BYTES ((uint64_t)128 << 20)

typedef struct where {
  const rf_table *table;
  const rf_hdu *hdu;
  const rf_tiled_table *z; /* of a compressed table */
  size_t count;            /* columns in use, in the order of the program's */
  size_t *numbers;
  rf_column_request *requests;
  rf_expr_cells *cells;
  uint64_t batch; /* rows */
  uint8_t *memory;
} where;

/* ---- columns ---- */

static rf_status find(void *context, const char *name, rf_expr_column *column, rf_error *err) {
  (void)err;
  where *w = context;
  size_t number;
  RF_TRY(rf_table_find(w->table, name, &number, NULL));
  const rf_column_info *info = &w->table->columns[number].info;
  column->type = info->type;
  column->width = info->width;
  column->ndim = info->ndim;
  for (int i = 0; i < info->ndim; i++)
    column->dims[i] = info->dims[i];
  column->unfit = info->descriptor != 0 ? "has cells of varying length, which an expression cannot use," : NULL;
  w->numbers[w->count++] = number;
  return RF_OK;
}

/* Can there be undefined values that the values themselves do not show? (A NaN does.) */
static bool has_undefined(const rf_table *table, const rf_column_info *info) {
  if (table->info.kind == RF_HDU_ASCII_TABLE)
    return info->has_null_text != 0;
  return info->has_null || info->type == RF_LOGICAL;
}

static rf_status start(where *w, const rf_expr *expr, rf_error *err) {
  size_t names = rf_expr_get_name_count(expr);
  w->numbers = rf_alloc_zero(names, sizeof *w->numbers);
  w->requests = rf_alloc_zero(names, sizeof *w->requests);
  w->cells = rf_alloc_zero(names, sizeof *w->cells);
  if (w->numbers == NULL || w->requests == NULL || w->cells == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for an expression of %zu columns", names);
  return RF_OK;
}

static void finish(where *w) {
  rf_free(w->numbers);
  rf_free(w->requests);
  rf_free(w->cells);
  rf_free(w->memory);
}

/* ---- memory of a batch ---- */

/* Bytes of memory for one row; false on overflow. */
static bool cells_of_row(const where *w, uint64_t *bytes) {
  *bytes = 0;
  for (size_t i = 0; i < w->count; i++) {
    const rf_column_info *info = &w->table->columns[w->numbers[i]].info;
    uint64_t cell;
    size_t width;
    if (!rf_to_size(info->width, &width) || !rf_mul_u64(info->count, rf_dtype_bytes(info->type, width), &cell) ||
        !rf_add_u64(*bytes, cell, bytes))
      return false;
    if (has_undefined(w->table, info) && !rf_add_u64(*bytes, info->count, bytes))
      return false;
  }
  return true;
}

/* How many rows at once. No memory is reserved for rows that the file does not have. */
static rf_status choose_batch(where *w, const rf_file *file, const rf_row_selection *selection, size_t *bytes,
                              rf_error *err) {
  uint64_t row_bytes = w->table->info.row_bytes;
  uint64_t stage = file->store->profile.stage_bytes;
  uint64_t cells, total, size;
  bool fits = cells_of_row(w, &cells);
  if (w->z != NULL && (!fits || !rf_tiled_table_believable(rf_tiled_rows(w->hdu)->info.heap_bytes, cells / 4)))
    return rf_fail(err, RF_ERR_FORMAT, "a row of %" PRIu64 " bytes is more than the compressed table can hold",
                   row_bytes);
  if (w->z == NULL && (!fits || cells > BATCH_CELL_BYTES)) {
    RF_TRY(rf_store_size_past(file->store, row_bytes, &size, err));
    if (row_bytes > size)
      return RF_ERR_TRUNCATED;
  }
  stage = stage > BATCH_FILE_BYTES ? stage : BATCH_FILE_BYTES;
  w->batch = stage / (row_bytes + 1) + 1;
  if (w->batch > BATCH_CELL_BYTES / (cells + 1) + 1)
    w->batch = BATCH_CELL_BYTES / (cells + 1) + 1;
  /* Whole tiles where they are not all too large: one that is no longer in the cache costs as much as all of it. */
  if (w->z != NULL && w->batch < w->z->tile_rows && w->z->tile_rows <= MAX_TILE_CELL_BYTES / (cells + 1))
    w->batch = w->z->tile_rows;
  if (w->batch > selection->count)
    w->batch = selection->count;
  if (!fits || !rf_mul_u64(w->batch, cells, &total) || !rf_to_size(total, bytes))
    return rf_fail(err, RF_ERR_MEMORY, "no memory for the cells of one row");
  return RF_OK;
}

/* One block for the cells and masks of all columns, and the requests that fill it. */
static rf_status reserve(where *w, size_t bytes, rf_error *err) {
  w->memory = rf_alloc(bytes);
  if (w->memory == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for the cells of %" PRIu64 " rows", w->batch);
  uint8_t *at = w->memory;
  for (size_t i = 0; i < w->count; i++) {
    const rf_column_info *info = &w->table->columns[w->numbers[i]].info;
    size_t width = (size_t)info->width;
    size_t cell = (size_t)info->count * rf_dtype_bytes(info->type, width);
    rf_column_request *request = &w->requests[i];
    *request = (rf_column_request){.size = sizeof *request, .column = w->numbers[i], .type = info->type};
    request->width = width;
    request->data = at;
    request->stride = (ptrdiff_t)cell;
    at += cell * (size_t)w->batch;
    w->cells[i] = (rf_expr_cells){.data = request->data, .stride = request->stride};
    if (!has_undefined(w->table, info))
      continue;
    request->mask = at;
    w->cells[i].nulls = at;
    w->cells[i].null_stride = (ptrdiff_t)info->count;
    at += (size_t)info->count * (size_t)w->batch;
  }
  return RF_OK;
}

/* ---- rows ---- */

/* `count` rows of a walk, from the one numbered `first` on. */
static rf_row_selection part_of(const rf_row_selection *selection, uint64_t first, uint64_t count) {
  rf_row_selection part = *selection;
  part.count = count;
  part.low = part.high = rf_row_at(selection, first);
  if (selection->indices == NULL) {
    part.start = part.low;
    uint64_t last = rf_row_at(selection, first + count - 1);
    part.low = last < part.low ? last : part.low;
    part.high = last > part.high ? last : part.high;
    return part;
  }
  part.indices = selection->indices + first;
  for (uint64_t i = 0; i < count; i++) {
    part.low = part.indices[i] < part.low ? part.indices[i] : part.low;
    part.high = part.indices[i] > part.high ? part.indices[i] : part.high;
  }
  return part;
}

static rf_status run_batches(const where *w, rf_file *file, const rf_row_plan *plan, const rf_row_selection *selection,
                             rf_program *program, uint8_t *selected, uint64_t *matches, rf_error *err) {
  for (uint64_t first = 0; first < selection->count; first += w->batch) {
    uint64_t count = selection->count - first < w->batch ? selection->count - first : w->batch;
    if (plan->count > 0) {
      rf_row_selection part = part_of(selection, first, count);
      RF_TRY(rf_table_read_rows(file, w->hdu, w->table, w->z, plan, &part, err));
    }
    *matches += rf_program_run(program, w->cells, (size_t)count, selected + (size_t)first);
  }
  return RF_OK;
}

static rf_status select_rows(where *w, rf_file *file, const rf_row_selection *selection, rf_program *program,
                             uint8_t *selected, uint64_t *matches, rf_error *err) {
  rf_row_plan plan;
  size_t bytes = 0;
  if (selection->count == 0)
    return RF_OK;
  RF_TRY(choose_batch(w, file, selection, &bytes, err));
  RF_TRY(reserve(w, bytes, err));
  RF_TRY(rf_row_plan_init(&plan, w->table, w->requests, w->count, err));
  rf_status status = run_batches(w, file, &plan, selection, program, selected, matches, err);
  rf_row_plan_free(&plan);
  return status;
}

static rf_status where_locked(rf_file *file, size_t index, const rf_expr *expr, const rf_rows *rows, uint8_t *selected,
                              uint64_t *matches, rf_error *err) {
  rf_hdu *hdu = NULL;
  rf_row_selection selection;
  rf_program *program = NULL;
  where w = {.count = 0};
  size_t size;
  RF_TRY(rf_table_logical_locked(file, index, &hdu, &w.table, &w.z, err));
  w.hdu = hdu;
  RF_TRY(rf_row_selection_init(&selection, w.table, rows, err));
  if (!rf_to_size(selection.count, &size))
    return rf_fail(err, RF_ERR_ARGUMENT, "%" PRIu64 " rows do not fit memory", selection.count);
  if (selected == NULL && selection.count > 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "there is no memory to select %" PRIu64 " rows in", selection.count);
  rf_status status = start(&w, expr, err);
  if (status == RF_OK)
    status = rf_expr_bind(expr, find, &w, &program, err);
  if (status == RF_OK)
    status = select_rows(&w, file, &selection, program, selected, matches, err);
  rf_program_free(program);
  finish(&w);
  return status == RF_ERR_TRUNCATED
             ? rf_table_explain_truncation(file, w.z != NULL ? rf_tiled_rows(hdu) : w.table, hdu, err)
             : status;
}

rf_status rf_table_where(rf_file *file, size_t index, const rf_expr *expr, const rf_rows *rows, uint8_t *selected,
                         uint64_t *matches, rf_error *err) {
  uint64_t found = 0;
  rf_error_clear(err);
  if (expr == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_table_where: there is no expression");
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = where_locked(file, index, expr, rows, selected, &found, err);
    status = rf_file_end_read_of(file, index, status, err);
  }
  if (status != RF_OK)
    return rf_error_locate(err, status, rf_file_name(file), (int)index);
  if (matches != NULL)
    *matches = found;
  return RF_OK;
}
