/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows of a request, checked against the table.
 */
#include "table/rows/selection.h"

#include <inttypes.h>
#include <string.h>

static rf_status check_indices(rf_row_selection *selection, uint64_t nrows, rf_error *err) {
  selection->low = UINT64_MAX;
  selection->high = 0;
  for (uint64_t i = 0; i < selection->count; i++) {
    uint64_t row = selection->indices[i];
    if (row < selection->low)
      selection->low = row;
    if (row > selection->high)
      selection->high = row;
  }
  if (selection->high >= nrows)
    return rf_fail(err, RF_ERR_RANGE, "there is no row %" PRIu64 ": the table has %" PRIu64 " (counted from 0)",
                   selection->high, nrows);
  return RF_OK;
}

static rf_status check_steps(rf_row_selection *selection, const rf_rows *rows, uint64_t nrows, rf_error *err) {
  uint64_t steps = selection->count - 1, start = (uint64_t)rows->start;
  bool inside = rows->start >= 0 && start < nrows;
  if (selection->count > 1 && rows->step == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "the step from row to row is 0");
  if (inside && steps > 0)
    inside = rows->step > 0 ? steps <= (nrows - 1 - start) / (uint64_t)rows->step
                            : steps <= start / (0 - (uint64_t)rows->step);
  if (!inside)
    return rf_fail(err, RF_ERR_RANGE,
                   "%" PRIu64 " rows from %" PRId64 " on with step %" PRId64 " leave the table, which has %" PRIu64,
                   selection->count, rows->start, rows->step, nrows);
  selection->start = start;
  selection->step = steps > 0 ? rows->step : 1;
  uint64_t last = start + steps * (uint64_t)selection->step;
  selection->low = last < start ? last : start;
  selection->high = last < start ? start : last;
  return RF_OK;
}

rf_status rf_row_selection_init(rf_row_selection *selection, const rf_table *table, const rf_rows *rows,
                                rf_error *err) {
  memset(selection, 0, sizeof *selection);
  selection->step = 1;
  if (rows == NULL) {
    selection->count = table->info.nrows;
    selection->high = selection->count > 0 ? selection->count - 1 : 0;
    return RF_OK;
  }
  selection->count = rows->count;
  selection->indices = rows->indices;
  if (selection->count == 0)
    return RF_OK;
  return selection->indices != NULL ? check_indices(selection, table->info.nrows, err)
                                    : check_steps(selection, rows, table->info.nrows, err);
}

rf_row_selection rf_row_selection_part(const rf_row_selection *selection, uint64_t first, uint64_t count) {
  rf_row_selection part = *selection;
  part.count = count;
  if (count == 0)
    return part;
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

rf_status rf_row_selection_check_ascending(const rf_row_selection *selection, rf_error *err) {
  if (selection->indices == NULL && selection->count > 1 && selection->step <= 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "rows to delete must ascend, found a step of %" PRId64, selection->step);
  for (uint64_t i = 1; selection->indices != NULL && i < selection->count; i++)
    if (selection->indices[i] <= selection->indices[i - 1])
      return rf_fail(err, RF_ERR_ARGUMENT, "rows to delete must ascend, found %" PRIu64 " after %" PRIu64,
                     selection->indices[i], selection->indices[i - 1]);
  return RF_OK;
}
