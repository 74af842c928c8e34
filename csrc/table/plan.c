/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What reading rows would fetch, in the order of the file: for callers who want to know before they ask a slow store.
 */
#include "table/plan.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/sort.h"
#include "table/ops.h"
#include "file/call.h"

/* Rows that are closer are read in one range; as in table/read.c. */
#define RANGE_COST ((uint64_t)4096)

static void flush(rf_range_list *list) {
  for (uint64_t at = list->start; at < list->end;) {
    uint64_t n = list->end - at;
    size_t length = n > SIZE_MAX ? SIZE_MAX : (size_t)n;
    if (list->count < list->capacity)
      list->ranges[list->count] = (rf_range){at, length};
    list->count++;
    list->bytes += length;
    at += length;
  }
  list->start = list->end = 0;
}

void rf_range_list_add(rf_range_list *list, uint64_t start, uint64_t end) {
  if (start == end)
    return;
  if (list->end > list->start && start >= list->start && (start <= list->end || start - list->end <= RANGE_COST)) {
    list->end = end > list->end ? end : list->end;
    return;
  }
  flush(list);
  list->start = start;
  list->end = end;
}

/* First and last byte of a row that the columns need. */
static void find_window(const rf_table *table, const size_t *columns, size_t count, uint64_t *low, uint64_t *high) {
  *low = columns == NULL ? 0 : UINT64_MAX;
  *high = columns == NULL ? table->info.row_bytes : 0;
  for (size_t i = 0; columns != NULL && i < count; i++) {
    const rf_column_info *info = &table->columns[columns[i]].info;
    if (info->offset < *low)
      *low = info->offset;
    if (info->offset + info->bytes > *high)
      *high = info->offset + info->bytes;
  }
  if (*high < *low)
    *low = *high;
}

static rf_status plan_rows(const rf_table *table, const rf_row_selection *selection, uint64_t low, uint64_t high,
                           rf_range_list *list, rf_error *err) {
  uint64_t row_bytes = table->info.row_bytes, origin = table->info.data_offset, *sorted = NULL;
  uint64_t step = selection->step < 0 ? 0 - (uint64_t)selection->step : (uint64_t)selection->step;
  size_t count;
  if (selection->indices == NULL &&
      (selection->low == selection->high || step * row_bytes <= high - low + RANGE_COST)) {
    rf_range_list_add(list, origin + selection->low * row_bytes + low, origin + selection->high * row_bytes + high);
    return RF_OK;
  }
  if (selection->count > UINT32_MAX || !rf_to_size(selection->count, &count))
    return rf_fail(err, RF_ERR_LIMIT, "the plan of %" PRIu64 " rows has too many ranges", selection->count);
  if (selection->indices != NULL) {
    sorted = rf_alloc(count * sizeof *sorted);
    if (sorted == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a list of %zu rows", count);
    memcpy(sorted, selection->indices, count * sizeof *sorted);
    rf_sort_by_u64(sorted, count, sizeof *sorted);
  }
  for (size_t i = 0; i < count; i++) {
    uint64_t row = sorted != NULL ? sorted[i] : selection->low + i * step;
    rf_range_list_add(list, origin + row * row_bytes + low, origin + row * row_bytes + high);
  }
  rf_free(sorted);
  return RF_OK;
}

rf_status rf_plain_table_plan(rf_file *file, const rf_hdu *hdu, const rf_table *table,
                              const rf_row_selection *selection, const size_t *columns, size_t count,
                              rf_range_list *ranges, rf_error *err) {
  uint64_t low = 0, high = 0;
  (void)file, (void)hdu;
  find_window(table, columns, count, &low, &high);
  return plan_rows(table, selection, low, high, ranges, err);
}

/* ---- any table ---- */

typedef struct plan_call {
  const rf_rows *rows;
  const size_t *columns;
  size_t ncolumns;
  rf_range_list list;
} plan_call;

static rf_status plan_any(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  plan_call *call = request;
  const rf_table *table;
  const rf_column *column;
  rf_row_selection selection;
  RF_TRY(rf_table_of(file, hdu, &table, err));
  RF_TRY(rf_row_selection_init(&selection, table, call->rows, err));
  for (size_t i = 0; call->columns != NULL && i < call->ncolumns; i++)
    RF_TRY(rf_table_column(table, call->columns[i], &column, err));
  if (selection.count == 0)
    return RF_OK;
  RF_TRY(hdu->ops->table->plan(file, hdu, table, &selection, call->columns, call->ncolumns, &call->list, err));
  flush(&call->list);
  return RF_OK;
}

rf_status rf_table_plan(rf_file *file, size_t index, const rf_rows *rows, const size_t *columns, size_t ncolumns,
                        rf_range_plan *plan, rf_error *err) {
  plan_call call = {.rows = rows, .columns = columns, .ncolumns = ncolumns};
  rf_error_clear(err);
  if (plan == NULL || plan->size < sizeof *plan)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected an rf_range_plan with its size");
  call.list.ranges = plan->ranges;
  call.list.capacity = plan->ranges != NULL ? plan->capacity : 0;
  RF_TRY(rf_call_read(file, index, plan_any, &call, err));
  plan->count = call.list.count;
  plan->bytes = call.list.bytes;
  return RF_OK;
}
