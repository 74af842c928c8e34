/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Removing the unused bytes of a heap.
 */
#ifndef RF_TABLE_HEAP_REPACK_H
#define RF_TABLE_HEAP_REPACK_H

#include "table/table.h"

/* Rewrites the heap of a table, which has passed the checks of rf_table_editable() or its like, right after the rows
 * without the bytes that no descriptor points at. *freed: how many there were. */
rf_status rf_heap_repack_locked(rf_file *file, size_t index, rf_hdu *hdu, const rf_table *table, uint64_t *freed,
                                bool *written, rf_error *err);

/* rf_table_ops.repack. */
rf_status rf_plain_table_repack(rf_file *file, rf_hdu *hdu, uint64_t *freed, bool *written, rf_error *err);

#endif
