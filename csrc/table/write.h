/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells into rows: checked first, then written a piece of the file at a time.
 */
#ifndef RF_TABLE_WRITE_H
#define RF_TABLE_WRITE_H

#include "table/rows/plan.h"

/* Where rows are written and how. */
typedef struct rf_row_sink {
  rf_store *store;
  uint64_t data;      /* offset of the first row */
  uint64_t row_bytes; /* of the table */
  int blank;          /* what a new row is made of */
  bool fresh;         /* the rows are new: nothing of them is read */
  bool *written;      /* becomes true with the first byte */
} rf_row_sink;

typedef struct rf_write_plan rf_write_plan;

/* Checks requests and all their values against the table, which must live as long as the plan. */
rf_status rf_write_plan_new(const rf_table *table, const rf_row_selection *selection, const rf_column_request *requests,
                            size_t count, rf_write_plan **plan, rf_error *err);
void rf_write_plan_free(rf_write_plan *plan);

/* Writes the rows of the selection. */
rf_status rf_write_plan_run(const rf_write_plan *plan, const rf_row_selection *selection, const rf_row_sink *sink,
                            rf_error *err);

/* Writes one field of the rows of a selection: `step` is fit for rf_row_put and has passed its check. */
rf_status rf_write_field(const rf_row_step *step, const rf_row_selection *selection, const rf_row_sink *sink,
                         rf_error *err);

/* Adds fields that need no check, before the plan runs. */
rf_status rf_write_plan_add(rf_write_plan *plan, const rf_table *table, const rf_row_step *steps, size_t count,
                            rf_error *err);

/* rf_table_ops.write. */
rf_status rf_plain_table_write(rf_file *file, rf_hdu *hdu, const rf_rows *rows, const rf_column_request *requests,
                               size_t count, bool *written, rf_error *err);

#endif
