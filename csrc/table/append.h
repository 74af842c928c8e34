/* SPDX-License-Identifier: BSD-3-Clause
 *
 * New rows of a table.
 */
#ifndef RF_TABLE_APPEND_H
#define RF_TABLE_APPEND_H

#include "table/heap/writer.h"

#define RF_AT_END UINT64_MAX

typedef struct rf_table_addition {
  size_t index; /* of the HDU */
  uint64_t nrows;
  uint64_t before; /* the row that the new ones precede; RF_AT_END, or the number of rows: at the end */
  const rf_column_request *requests;
  size_t count;
  const rf_heap_cells *heaps;
  size_t heap_count;
  rf_heap_writer *writers; /* heap_count of them */
  rf_row_step *steps;      /* which write their descriptors */
  /* set by rf_table_addition_check() */
  rf_row_selection selection; /* of the new rows */
  uint64_t more_heap;         /* bytes of all cells */
  bool widens;                /* P columns become Q */
} rf_table_addition;

/* Checks the number of rows and the cells against the table. */
rf_status rf_table_addition_check(rf_table_addition *addition, const rf_table *table, rf_error *err);

/* rf_table_append() with the exclusive lock held; the request was taken. */
rf_status rf_table_append_locked(rf_file *file, rf_hdu *hdu, uint64_t nrows, const rf_table_request *request,
                                 bool *written, rf_error *err);

/* rf_table_ops.append. */
rf_status rf_plain_table_append(rf_file *file, rf_hdu *hdu, rf_table_addition *addition, bool *written, rf_error *err);

#endif
