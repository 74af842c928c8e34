/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the calls that change tables share.
 */
#ifndef RF_TABLE_EDIT_H
#define RF_TABLE_EDIT_H

#include "table/table.h"

/* Bytes that are read, changed and written at a time. */
#define RF_TABLE_PIECE ((size_t)1 << 20)

/* Sets an integer card; `comment` is that of a new card. */
rf_status rf_table_set_integer(rf_header *header, const char *keyword, uint64_t value, const char *comment,
                               rf_error *err);

/* Sets THEAP where there is a gap. A heap right after the rows needs none. */
rf_status rf_table_set_heap_place(rf_header *header, uint64_t offset, uint64_t gap, rf_error *err);

/* Gets the table of an HDU for an edit of its data unit. `gap` is that between rows and heap. RF_ERR_UNSUPPORTED for a
 * GCOUNT other than 1, RF_ERR_FORMAT for a heap that overlaps the rows. */
rf_status rf_table_editable(rf_file *file, rf_hdu *hdu, const rf_table **table, uint64_t *gap, rf_error *err);

/* RF_ERR_LIMIT where the table would have more rows than a file can hold. */
rf_status rf_table_rows_bytes(const rf_table *table, uint64_t nrows, uint64_t *bytes, rf_error *err);

#endif
