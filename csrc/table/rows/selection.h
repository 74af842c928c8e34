/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A checked selection of rows.
 */
#ifndef RF_TABLE_ROWS_SELECTION_H
#define RF_TABLE_ROWS_SELECTION_H

#include "table/table.h"

typedef struct rf_row_selection {
  uint64_t count;
  uint64_t start;
  int64_t step; /* when there is no list */
  const uint64_t *indices;
  uint64_t low; /* least and greatest row, when count > 0 */
  uint64_t high;
} rf_row_selection;

/* rows NULL: all. RF_ERR_RANGE, RF_ERR_ARGUMENT. */
rf_status rf_row_selection_init(rf_row_selection *selection, const rf_table *table, const rf_rows *rows, rf_error *err);

/* Returns the `count` rows from position `first` on. */
rf_row_selection rf_row_selection_part(const rf_row_selection *selection, uint64_t first, uint64_t count);

/* RF_ERR_ARGUMENT for rows to delete that do not ascend. */
rf_status rf_row_selection_check_ascending(const rf_row_selection *selection, rf_error *err);

/* Returns the row at position `i`. */
static inline uint64_t rf_row_at(const rf_row_selection *selection, uint64_t i) {
  return selection->indices != NULL ? selection->indices[i] : selection->start + i * (uint64_t)selection->step;
}

#endif
