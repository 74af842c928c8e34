/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows by condition: the columns that an expression names are read batch by batch, and it is run over each.
 */
#include <inttypes.h>

#include "base/memory.h"
#include "expr/expr.h"
#include "table/ops.h"
#include "table/read.h"
#include "table/rows/format.h"
#include "file/call.h"

/* Rows of a batch: as many as one stage of the reader fetches, unless their cells would take more memory than this. */
#define BATCH_FILE_BYTES ((uint64_t)1 << 20)
#define BATCH_CELL_BYTES ((uint64_t)1 << 20)

typedef struct where {
  const rf_table *table;
  const rf_hdu *hdu;
  size_t count; /* columns in use, in the order of the program's */
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

static bool may_be_null(const where *w, size_t i) {
  return w->table->format->may_be_null(&w->table->columns[w->numbers[i]].info);
}

static rf_status start(where *w, const rf_expr *expr, rf_error *err) {
  size_t names = rf_expr_get_name_count(expr);
  w->numbers = rf_alloc_zero(names, sizeof *w->numbers);
  w->requests = rf_alloc_zero(names, sizeof *w->requests);
  w->cells = rf_alloc_zero(names, sizeof *w->cells);
  if (w->numbers == NULL || w->requests == NULL || w->cells == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate an expression of %zu columns", names);
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
    if (may_be_null(w, i) && !rf_add_u64(*bytes, info->count, bytes))
      return false;
  }
  return true;
}

/* Refuses rows that the file does not have: no memory is reserved for them. */
static rf_status check_row(const where *w, const rf_file *file, uint64_t cells, rf_error *err) {
  uint64_t row_bytes = w->table->info.row_bytes, size;
  if (cells <= BATCH_CELL_BYTES)
    return RF_OK;
  RF_TRY(rf_store_size_past(file->store, row_bytes, &size, err));
  return row_bytes <= size ? RF_OK : rf_table_add_truncation((rf_file *)file, w->table, w->hdu, err);
}

/* Chooses how many rows are read at once. */
static rf_status choose_batch(where *w, rf_file *file, const rf_row_selection *selection, size_t *bytes,
                              rf_error *err) {
  uint64_t row_bytes = w->table->info.row_bytes;
  uint64_t stage = file->store->profile.stage_bytes;
  uint64_t cells, total;
  bool fits = cells_of_row(w, &cells);
  cells = fits ? cells : UINT64_MAX;
  stage = stage > BATCH_FILE_BYTES ? stage : BATCH_FILE_BYTES;
  w->batch = stage / (row_bytes + 1) + 1;
  if (fits && w->batch > BATCH_CELL_BYTES / (cells + 1) + 1)
    w->batch = BATCH_CELL_BYTES / (cells + 1) + 1;
  if (w->hdu->ops->table->batch_rows != NULL)
    RF_TRY(w->hdu->ops->table->batch_rows(file, w->hdu, w->table, cells, &w->batch, err));
  else
    RF_TRY(check_row(w, file, cells, err));
  if (w->batch > selection->count)
    w->batch = selection->count;
  if (!fits || !rf_mul_u64(w->batch, cells, &total) || !rf_to_size(total, bytes))
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the cells of one row");
  return RF_OK;
}

/* One block for the cells and masks of all columns, and the requests that fill it. */
static rf_status reserve(where *w, size_t bytes, rf_error *err) {
  w->memory = rf_alloc(bytes);
  if (w->memory == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the cells of %" PRIu64 " rows", w->batch);
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
    if (!may_be_null(w, i))
      continue;
    request->mask = at;
    w->cells[i].nulls = at;
    w->cells[i].null_stride = (ptrdiff_t)info->count;
    at += (size_t)info->count * (size_t)w->batch;
  }
  return RF_OK;
}

/* ---- rows ---- */

static rf_status run_batches(const where *w, rf_file *file, const rf_row_plan *plan, const rf_row_selection *selection,
                             rf_program *program, uint8_t *selected, uint64_t *matches, rf_error *err) {
  for (uint64_t first = 0; first < selection->count; first += w->batch) {
    uint64_t count = selection->count - first < w->batch ? selection->count - first : w->batch;
    if (plan->count > 0) {
      rf_row_selection part = rf_row_selection_part(selection, first, count);
      RF_TRY(w->hdu->ops->table->read(file, w->hdu, w->table, plan, &part, err));
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

typedef struct where_call {
  const rf_expr *expr;
  const rf_rows *rows;
  uint8_t *selected;
  uint64_t matches;
} where_call;

static rf_status where_any(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  where_call *call = request;
  rf_row_selection selection;
  rf_program *program = NULL;
  where w = {.count = 0};
  size_t size;
  RF_TRY(rf_table_of(file, hdu, &w.table, err));
  w.hdu = hdu;
  RF_TRY(rf_row_selection_init(&selection, w.table, call->rows, err));
  if (!rf_to_size(selection.count, &size))
    return rf_fail(err, RF_ERR_ARGUMENT, "%" PRIu64 " rows do not fit memory", selection.count);
  if (call->selected == NULL && selection.count > 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "selected = NULL, expected memory for %" PRIu64 " rows", selection.count);
  rf_status status = start(&w, call->expr, err);
  if (status == RF_OK)
    status = rf_expr_bind(call->expr, find, &w, &program, err);
  if (status == RF_OK)
    status = select_rows(&w, file, &selection, program, call->selected, &call->matches, err);
  rf_program_free(program);
  finish(&w);
  return status;
}

rf_status rf_table_where(rf_file *file, size_t index, const rf_expr *expr, const rf_rows *rows, uint8_t *selected,
                         uint64_t *matches, rf_error *err) {
  where_call call = {expr, rows, selected, 0};
  rf_error_clear(err);
  if (expr == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_table_where: there is no expression");
  RF_TRY(rf_call_read(file, index, where_any, &call, err));
  if (matches != NULL)
    *matches = call.matches;
  return RF_OK;
}
