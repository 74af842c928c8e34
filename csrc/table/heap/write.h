/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells of variable length into the heap of existing rows.
 */
#ifndef RF_TABLE_HEAP_WRITE_H
#define RF_TABLE_HEAP_WRITE_H

#include "table/table.h"

/* rf_table_ops.write_heap. */
rf_status rf_plain_table_write_heap(rf_file *file, rf_hdu *hdu, size_t column, const rf_rows *rows,
                                    const rf_heap_cells *cells, bool *written, rf_error *err);

/* Makes the descriptors of a P column 64-bit ones (Q). */
rf_status rf_heap_widen(rf_file *file, size_t index, size_t column, bool *written, rf_error *err);

#endif
