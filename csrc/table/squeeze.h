/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows that move up because others are deleted.
 */
#ifndef RF_TABLE_SQUEEZE_H
#define RF_TABLE_SQUEEZE_H

#include "table/rows/selection.h"

/* Deletes the rows of a selection, which must ascend: the rows after them move up, a piece at a time. */
rf_status rf_rows_squeeze(rf_store *store, uint64_t data, uint64_t nrows, uint64_t row_bytes,
                          const rf_row_selection *deleted, rf_error *err);

#endif
