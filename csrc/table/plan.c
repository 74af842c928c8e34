/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What reading rows would fetch, in the order of the file: for callers who want to know before they ask a slow store.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "base/sort.h"
#include "tiled/table/table.h"
#include "file/access.h"

/* Rows that are closer are read in one range; as in table/read.c. */
#define RANGE_COST ((uint64_t)4096)

typedef struct planner {
  rf_range *ranges;
  size_t capacity;
  size_t count;
  uint64_t bytes;
  uint64_t begin; /* the range not yet given */
  uint64_t end;
} planner;

static void flush(planner *plan) {
  for (uint64_t at = plan->begin; at < plan->end;) {
    uint64_t n = plan->end - at;
    size_t length = n > SIZE_MAX ? SIZE_MAX : (size_t)n;
    if (plan->count < plan->capacity)
      plan->ranges[plan->count] = (rf_range){at, length};
    plan->count++;
    plan->bytes += length;
    at += length;
  }
  plan->begin = plan->end = 0;
}

static void add(planner *plan, uint64_t begin, uint64_t end) {
  if (begin == end)
    return;
  if (plan->end > plan->begin && begin >= plan->begin && (begin <= plan->end || begin - plan->end <= RANGE_COST)) {
    plan->end = end > plan->end ? end : plan->end;
    return;
  }
  flush(plan);
  plan->begin = begin;
  plan->end = end;
}

/* First and last byte of a row that the columns need. */
static rf_status find_window(const rf_table *table, const size_t *columns, size_t count, uint64_t *low, uint64_t *high,
                             rf_error *err) {
  *low = columns == NULL ? 0 : UINT64_MAX;
  *high = columns == NULL ? table->info.row_bytes : 0;
  for (size_t i = 0; columns != NULL && i < count; i++) {
    const rf_column *column;
    RF_TRY(rf_table_column(table, columns[i], &column, err));
    if (column->info.offset < *low)
      *low = column->info.offset;
    if (column->info.offset + column->info.bytes > *high)
      *high = column->info.offset + column->info.bytes;
  }
  if (*high < *low)
    *low = *high;
  return RF_OK;
}

static rf_status plan_rows(const rf_table *table, const rf_row_selection *selection, uint64_t low, uint64_t high,
                           planner *plan, rf_error *err) {
  uint64_t row_bytes = table->info.row_bytes, origin = table->info.data_offset, *sorted = NULL;
  uint64_t step = selection->step < 0 ? 0 - (uint64_t)selection->step : (uint64_t)selection->step;
  size_t count;
  if (selection->indices == NULL &&
      (selection->low == selection->high || step * row_bytes <= high - low + RANGE_COST)) {
    add(plan, origin + selection->low * row_bytes + low, origin + selection->high * row_bytes + high);
    return RF_OK;
  }
  if (selection->count > UINT32_MAX || !rf_to_size(selection->count, &count))
    return rf_fail(err, RF_ERR_LIMIT, "the plan of %" PRIu64 " rows has too many ranges", selection->count);
  if (selection->indices != NULL) {
    sorted = rf_alloc(count * sizeof *sorted);
    if (sorted == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "no memory for a list of %zu rows", count);
    memcpy(sorted, selection->indices, count * sizeof *sorted);
    rf_sort_by_u64(sorted, count, sizeof *sorted);
  }
  for (size_t i = 0; i < count; i++) {
    uint64_t row = sorted != NULL ? sorted[i] : selection->low + i * step;
    add(plan, origin + row * row_bytes + low, origin + row * row_bytes + high);
  }
  rf_free(sorted);
  return RF_OK;
}

/* ---- compressed tables: descriptors and streams of the tiles ---- */

typedef struct range_list {
  rf_range *ranges;
  size_t count;
  size_t room;
  bool full; /* no memory */
} range_list;

static void take_range(void *context, uint64_t begin, uint64_t end) {
  range_list *list = context;
  if (!list->full)
    list->full = RF_ARRAY_GROW(list->ranges, list->room, list->count + 1, "a plan of ranges", NULL) != RF_OK;
  if (!list->full && end > begin)
    list->ranges[list->count++] = (rf_range){begin, (size_t)(end - begin)};
}

static rf_status plan_tiles(rf_file *file, const rf_hdu *hdu, const rf_tiled_table *z,
                            const rf_row_selection *selection, const size_t *columns, size_t count, planner *plan,
                            rf_error *err) {
  size_t all[RF_MAX_COLUMNS];
  range_list list = {NULL, 0, 0, false};
  for (size_t i = 0; i < z->plain->info.ncols; i++)
    all[i] = i;
  rf_table_tiles tiles = {.file = file,
                          .hdu = hdu,
                          .raw = rf_tiled_rows(hdu),
                          .z = z,
                          .selection = selection,
                          .columns = columns != NULL ? columns : all,
                          .count = columns != NULL ? count : z->plain->info.ncols,
                          .plan = take_range,
                          .context = &list};
  rf_status status = rf_table_tiles_run(&tiles, err);
  if (status == RF_OK && list.full)
    status = rf_fail(err, RF_ERR_MEMORY, "no memory for a plan of %zu ranges", list.count);
  rf_sort_by_u64(list.ranges, list.count, sizeof *list.ranges); /* by offset */
  for (size_t i = 0; i < list.count && status == RF_OK; i++)
    add(plan, list.ranges[i].offset, list.ranges[i].offset + list.ranges[i].length);
  rf_free(list.ranges);
  return status;
}

/* ---- any table ---- */

static rf_status plan_locked(rf_file *file, size_t index, const rf_rows *rows, const size_t *columns, size_t count,
                             planner *plan, rf_error *err) {
  rf_hdu *hdu = NULL;
  const rf_table *table;
  const rf_tiled_table *z;
  rf_row_selection selection;
  uint64_t low = 0, high = 0;
  RF_TRY(rf_table_logical_locked(file, index, &hdu, &table, &z, err));
  RF_TRY(rf_row_selection_init(&selection, table, rows, err));
  RF_TRY(find_window(table, columns, count, &low, &high, err));
  if (selection.count == 0)
    return RF_OK;
  if (z != NULL)
    RF_TRY(plan_tiles(file, hdu, z, &selection, columns, count, plan, err));
  else
    RF_TRY(plan_rows(table, &selection, low, high, plan, err));
  flush(plan);
  return RF_OK;
}

rf_status rf_table_plan(rf_file *file, size_t index, const rf_rows *rows, const size_t *columns, size_t column_count,
                        rf_range *ranges, size_t capacity, size_t *count, uint64_t *bytes, rf_error *err) {
  planner plan = {ranges, ranges != NULL ? capacity : 0, 0, 0, 0, 0};
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = plan_locked(file, index, rows, columns, column_count, &plan, err);
    status = rf_file_end_read_of(file, index, status, err);
  }
  if (status != RF_OK)
    return rf_error_locate(err, status, rf_file_name(file), (int)index);
  *count = plan.count;
  *bytes = plan.bytes;
  return RF_OK;
}
