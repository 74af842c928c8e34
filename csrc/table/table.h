/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A table: its facts and columns, as the header of an HDU describes them.
 */
#ifndef RF_TABLE_TABLE_H
#define RF_TABLE_TABLE_H

#include "table/column/column.h"

/* One block of memory (rf_free), columns included. */
typedef struct rf_table {
  rf_table_info info;
  const rf_row_format *format; /* how its rows are laid out */
  rf_column *columns;
} rf_table;

/* Makes the table that the header of an HDU describes: one block of memory. The values of `header` are read, which
 * changes what it keeps. The kind of the HDU must have rows. */
rf_status rf_table_make(const rf_hdu *hdu, rf_header *header, rf_table **out, rf_error *err);

/* Gets the table of an HDU, parsed into *parsed when first needed. `lock` held; valid as long as it is. */
rf_status rf_table_get_parsed(rf_file *file, rf_hdu *hdu, rf_table **parsed, const rf_table **table, rf_error *err);

/* rf_hdu_ops.free_parsed of kinds that keep a rf_table. */
void rf_table_free(void *table);

/* Finds the first column of that name; exact case is tried before any case. RF_ERR_NOT_FOUND. */
rf_status rf_table_find(const rf_table *table, const char *name, size_t *column, rf_error *err);

/* Gets column `column`, or RF_ERR_RANGE. */
rf_status rf_table_column(const rf_table *table, size_t column, const rf_column **found, rf_error *err);

/* Puts "column 3 'name', row 12" before the message of a failure; row < 0: no row. Returns err->code, or `status` where
 * err is NULL. */
rf_status rf_table_add_context(rf_error *err, rf_status status, const rf_column *column, size_t number, int64_t row);

#endif
