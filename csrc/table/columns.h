/* SPDX-License-Identifier: BSD-3-Clause
 *
 * New, deleted and renamed columns.
 */
#ifndef RF_TABLE_COLUMNS_H
#define RF_TABLE_COLUMNS_H

#include "file/rewrite.h"
#include "table/table.h"

/* What becomes of the rows of a table whose columns change. */
typedef struct rf_column_change {
  uint64_t nrows;
  uint64_t old_bytes; /* of a row */
  uint64_t new_bytes;
  uint64_t gap;    /* bytes between the rows and the heap */
  uint64_t behind; /* bytes of the gap and the heap */
  rf_row_part parts[3];
  size_t count;
  int blank;
} rf_column_change;

/* Makes the change and the new header (rf_header_free) that inserts a column in front of column `position`, or deletes
 * one. `old` is the header of `table`, `behind` the number of bytes after its rows. */
rf_status rf_column_change_insert(rf_column_change *change, const rf_table *table, const rf_header *old,
                                  uint64_t behind, size_t position, const rf_column_spec *spec, rf_header **header,
                                  rf_error *err);
rf_status rf_column_change_delete(rf_column_change *change, const rf_table *table, const rf_header *old,
                                  uint64_t behind, size_t column, rf_header **header, rf_error *err);

/* rf_table_ops.insert_column and .delete_column. */
rf_status rf_plain_table_insert_column(rf_file *file, rf_hdu *hdu, size_t position, const rf_column_spec *spec,
                                       bool *written, rf_error *err);
rf_status rf_plain_table_delete_column(rf_file *file, rf_hdu *hdu, size_t column, bool *written, rf_error *err);

#endif
