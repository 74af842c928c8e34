/* SPDX-License-Identifier: BSD-3-Clause
 *
 * More rows and fewer.
 */
#ifndef RF_TABLE_RESIZE_H
#define RF_TABLE_RESIZE_H

#include "table/table.h"

/* rf_table_ops.resize and .delete_rows. */
rf_status rf_plain_table_resize(rf_file *file, rf_hdu *hdu, uint64_t nrows, bool *written, rf_error *err);
rf_status rf_plain_table_delete_rows(rf_file *file, rf_hdu *hdu, const rf_rows *rows, bool *written, rf_error *err);

#endif
