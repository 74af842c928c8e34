/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows of the data unit into cells.
 */
#ifndef RF_TABLE_READ_H
#define RF_TABLE_READ_H

#include "table/rows/plan.h"

/* rf_table_ops.read. */
rf_status rf_plain_table_read(rf_file *file, const rf_hdu *hdu, const rf_table *table, const rf_row_plan *plan,
                              const rf_row_selection *selection, rf_error *err);

/* Tells of a read after the end of the file how much of the table is missing. `table` has the rows of the data unit.
 * Returns RF_ERR_TRUNCATED. */
rf_status rf_table_add_truncation(rf_file *file, const rf_table *table, const rf_hdu *hdu, rf_error *err);

#endif
