/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inserting and deleting columns of compressed tables.
 */
#ifndef RF_TILED_TABLE_EDIT_COLUMNS_H
#define RF_TILED_TABLE_EDIT_COLUMNS_H

#include <stdbool.h>

#include "rustfits.h"

/* Inserts or deletes a column. `plain` is the header with the new column before number `position`, or without the
 * column. */
rf_status rf_tiled_table_insert(rf_file *file, size_t index, const rf_header *plain, size_t position, bool *written,
                                rf_error *err);
rf_status rf_tiled_table_delete(rf_file *file, size_t index, const rf_header *plain, size_t column, bool *written,
                                rf_error *err);

#endif
