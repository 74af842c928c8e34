/* SPDX-License-Identifier: BSD-3-Clause
 *
 * New rows of a table, with their cells in the heap.
 */
#include "table/append.h"

#include <inttypes.h>

#include "base/memory.h"
#include "table/edit.h"
#include "table/heap/write.h"
#include "table/ops.h"
#include "table/request.h"
#include "table/rearrange.h"
#include "table/rows/format.h"
#include "file/call.h"
#include "file/layout.h"
#include "file/scan/scan.h"

/* A heap larger than this is moved away from the rows by its own size when rows are appended, so that the next ones
 * find room: the number of copies grows with the logarithm of the rows. */
#define SMALL_HEAP ((uint64_t)64 << 10)

/* Room to leave for rows to come when the heap has to move anyhow. Not where HDUs follow: they move each time. */
static uint64_t spare(rf_file *file, size_t index, uint64_t heap) {
  size_t count = 0;
  rf_error ignored;
  rf_error_clear(&ignored);
  if (heap < SMALL_HEAP || rf_file_scan_locked(file, &count, &ignored) != RF_OK || index + 1 < count)
    return 0;
  return heap;
}

static rf_status check_cells(rf_table_addition *a, const rf_table *table, rf_error *err) {
  bool seen[RF_MAX_COLUMNS] = {false};
  a->more_heap = 0;
  a->widens = false;
  for (size_t i = 0; i < a->heap_count; i++) {
    const rf_heap_cells *cells = &a->heaps[i];
    rf_heap_writer *w = &a->writers[i];
    *w = (rf_heap_writer){.table = table,
                          .number = cells->column,
                          .selection = a->selection,
                          .lengths = cells->lengths,
                          .in = cells->data,
                          .mask = cells->mask,
                          .heap_bytes = table->info.heap_bytes + a->more_heap};
    RF_TRY(rf_heap_writer_check(w, cells->type, cells->flags, cells->data_bytes, err));
    if (w->number < RF_MAX_COLUMNS && seen[w->number])
      return rf_fail(err, RF_ERR_ARGUMENT, "column %zu has two lists of cells", w->number);
    if (w->number < RF_MAX_COLUMNS)
      seen[w->number] = true;
    a->widens = a->widens || w->widen;
    if (!rf_add_u64(a->more_heap, w->total, &a->more_heap) || a->more_heap > INT64_MAX - table->info.heap_bytes)
      return rf_fail(err, RF_ERR_LIMIT, "the table would have more bytes than a file can hold");
  }
  return RF_OK;
}

static rf_status take_rows(rf_table_addition *a, const rf_table *table, rf_error *err) {
  uint64_t old = table->info.nrows, total, bytes;
  if (!rf_add_u64(old, a->nrows, &total))
    total = UINT64_MAX;
  RF_TRY(rf_table_rows_bytes(table, total, &bytes, err));
  if (a->before == RF_AT_END)
    a->before = old;
  if (a->before > old)
    return rf_fail(err, RF_ERR_RANGE, "cannot insert rows before row %" PRIu64 ": the table has %" PRIu64 " rows",
                   a->before, old);
  uint64_t first = a->before;
  a->selection = (rf_row_selection){
      .count = a->nrows, .start = first, .step = 1, .low = first, .high = a->nrows > 0 ? first + a->nrows - 1 : first};
  return RF_OK;
}

rf_status rf_table_addition_check(rf_table_addition *a, const rf_table *table, rf_error *err) {
  RF_TRY(take_rows(a, table, err));
  return check_cells(a, table, err);
}

/* The descriptors, all of them in memory, become fields of the plan. */
static rf_status add_descriptors(rf_table_addition *a, const rf_table *table, rf_write_plan *plan, rf_error *err) {
  for (size_t i = 0; i < a->heap_count; i++) {
    const rf_heap_writer *w = &a->writers[i];
    rf_row_step *step = &a->steps[i];
    uint64_t offset = w->heap_bytes, bytes;
    size_t size;
    rf_heap_writer_step(w, step);
    if (!rf_mul_u64(a->nrows, step->bytes, &bytes) || !rf_to_size(bytes, &size) ||
        (step->data = rf_alloc(size)) == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " descriptors", a->nrows);
    rf_heap_writer_describe(w, 0, (size_t)a->nrows, &offset, step->data);
  }
  return a->heap_count > 0 ? rf_write_plan_add(plan, table, a->steps, a->heap_count, err) : RF_OK;
}

static void free_descriptors(rf_table_addition *a) {
  for (size_t i = 0; i < a->heap_count; i++) {
    rf_free(a->steps[i].data);
    a->steps[i].data = NULL;
  }
}

static rf_status append_rows(rf_file *file, const rf_table_addition *a, rf_hdu *hdu, const rf_table *table,
                             uint64_t gap, const rf_write_plan *plan, bool *written, rf_error *err) {
  uint64_t nrows = table->info.nrows + a->nrows, heap = (uint64_t)hdu->pcount - gap;
  rf_row_change change = {.row_bytes = table->info.row_bytes,
                          .blank = table->format->fill,
                          .plan = plan,
                          .selection = &a->selection,
                          .writers = a->writers,
                          .writer_count = a->heap_count};
  RF_TRY(rf_table_rows_bytes(table, nrows, &change.new_rows, err));
  change.old_rows = table->info.nrows * table->info.row_bytes;
  change.place = a->before * table->info.row_bytes;
  change.from = change.to = table->info.heap_offset;
  change.bytes = heap;
  uint64_t more = change.new_rows - change.old_rows;
  if (more <= gap) {
    gap -= more;
  } else {
    gap = heap > 0 ? spare(file, hdu->index, heap) : 0;
    change.to = change.new_rows + gap;
  }
  RF_TRY(rf_row_change_apply(file, hdu, nrows, gap, heap + a->more_heap, &change, written, err));
  if (change.to > change.from && gap > 0)
    hdu->pending = true;
  return RF_OK;
}

/* Rows, descriptors and cells by one rearrangement. The cells are checked. */
static rf_status append_plain(rf_file *file, rf_table_addition *a, rf_hdu *hdu, const rf_table *table, uint64_t gap,
                              bool *written, rf_error *err) {
  rf_write_plan *plan = NULL;
  RF_TRY(rf_write_plan_new(table, &a->selection, a->requests, a->count, &plan, err));
  rf_status status = add_descriptors(a, table, plan, err);
  if (status == RF_OK && a->nrows > 0)
    status = append_rows(file, a, hdu, table, gap, plan, written, err);
  rf_write_plan_free(plan);
  free_descriptors(a);
  return status;
}

/* P columns become Q first. */
static rf_status widen_and_append(void *context, rf_file *file, bool *written, rf_error *err) {
  rf_table_addition *a = context;
  rf_hdu *hdu;
  const rf_table *table;
  uint64_t gap;
  for (size_t i = 0; i < a->heap_count; i++)
    if (a->writers[i].widen)
      RF_TRY(rf_heap_widen(file, a->index, a->writers[i].number, written, err));
  RF_TRY(rf_file_hdu_locked(file, a->index, &hdu, err));
  RF_TRY(rf_table_editable(file, hdu, &table, &gap, err));
  RF_TRY(check_cells(a, table, err));
  return append_plain(file, a, hdu, table, gap, written, err);
}

/* What can be wrong with the rows is found before the table changes. */
static rf_status check_and_widen(rf_file *file, rf_table_addition *a, const rf_table *table, bool *written,
                                 rf_error *err) {
  rf_write_plan *plan = NULL;
  RF_TRY(rf_write_plan_new(table, &a->selection, a->requests, a->count, &plan, err));
  rf_write_plan_free(plan);
  return rf_file_edit_as_one(file, widen_and_append, a, written, err);
}

rf_status rf_plain_table_append(rf_file *file, rf_hdu *hdu, rf_table_addition *a, bool *written, rf_error *err) {
  const rf_table *table;
  uint64_t gap;
  RF_TRY(rf_table_editable(file, hdu, &table, &gap, err));
  RF_TRY(rf_table_addition_check(a, table, err));
  return a->widens ? check_and_widen(file, a, table, written, err)
                   : append_plain(file, a, hdu, table, gap, written, err);
}

static rf_status take_heaps(const rf_table_request *request, rf_heap_cells *heaps, rf_error *err) {
  for (size_t i = 0; i < request->nheaps; i++)
    RF_TRY(rf_request_take(&heaps[i], sizeof *heaps, rf_request_at(request->heaps, i), "an rf_heap_cells", err));
  return RF_OK;
}

static rf_status add_rows(rf_file *file, rf_hdu *hdu, uint64_t before, uint64_t nrows, const rf_table_request *request,
                          bool *written, rf_error *err) {
  size_t n = request->nheaps + 1;
  rf_heap_cells *heaps = rf_alloc_zero(n, sizeof *heaps);
  rf_table_addition a = {.index = hdu->index,
                         .nrows = nrows,
                         .before = before,
                         .requests = request->columns,
                         .count = request->ncolumns,
                         .heaps = heaps,
                         .heap_count = request->nheaps,
                         .writers = rf_alloc_zero(n, sizeof *a.writers),
                         .steps = rf_alloc_zero(n, sizeof *a.steps)};
  rf_status status = RF_OK;
  if (hdu->ops->table == NULL || hdu->ops->table->append == NULL)
    status = rf_fail(err, RF_ERR_TYPE, "cannot add rows to %s", hdu->ops->name);
  else if (heaps == NULL || a.writers == NULL || a.steps == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate a list of %zu columns", request->nheaps);
  if (status == RF_OK)
    status = take_heaps(request, heaps, err);
  if (status == RF_OK)
    status = hdu->ops->table->append(file, hdu, &a, written, err);
  rf_free(heaps);
  rf_free(a.writers);
  rf_free(a.steps);
  return status;
}

rf_status rf_table_append_locked(rf_file *file, rf_hdu *hdu, uint64_t nrows, const rf_table_request *request,
                                 bool *written, rf_error *err) {
  return add_rows(file, hdu, RF_AT_END, nrows, request, written, err);
}

typedef struct add_call {
  uint64_t before;
  uint64_t nrows;
  rf_table_request request;
} add_call;

static rf_status add_any(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  const add_call *call = request;
  return add_rows(file, hdu, call->before, call->nrows, &call->request, written, err);
}

rf_status rf_table_append(rf_file *file, size_t index, uint64_t nrows, const rf_table_request *request, rf_error *err) {
  add_call call = {.before = RF_AT_END, .nrows = nrows};
  rf_error_clear(err);
  RF_TRY(rf_table_request_take(request, &call.request, err));
  return rf_call_write(file, index, add_any, &call, err);
}

rf_status rf_table_insert_rows(rf_file *file, size_t index, uint64_t row, uint64_t nrows,
                               const rf_table_request *request, rf_error *err) {
  add_call call = {.before = row, .nrows = nrows};
  rf_error_clear(err);
  if (row == RF_AT_END)
    return rf_call_locate(file, index, rf_fail(err, RF_ERR_RANGE, "no table has %" PRIu64 " rows", row), err);
  RF_TRY(rf_table_request_take(request, &call.request, err));
  return rf_call_write(file, index, add_any, &call, err);
}
