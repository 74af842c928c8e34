/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The ranges of a file that reading rows fetches.
 */
#ifndef RF_TABLE_PLAN_H
#define RF_TABLE_PLAN_H

#include "table/rows/selection.h"

/* Ranges in file order, near ones merged. The first `capacity` are copied to `ranges`. */
typedef struct rf_range_list {
  rf_range *ranges;
  size_t capacity;
  size_t count;
  uint64_t bytes;
  uint64_t start; /* the range that may still grow */
  uint64_t end;
} rf_range_list;

/* Adds the bytes [start, end), which do not lie before those added last. */
void rf_range_list_add(rf_range_list *list, uint64_t start, uint64_t end);

/* rf_table_ops.plan. */
rf_status rf_plain_table_plan(rf_file *file, const rf_hdu *hdu, const rf_table *table,
                              const rf_row_selection *selection, const size_t *columns, size_t count,
                              rf_range_list *ranges, rf_error *err);

#endif
