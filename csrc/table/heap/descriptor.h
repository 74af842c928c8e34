/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Descriptors of cells of variable length (FITS 7.3.5).
 */
#ifndef RF_TABLE_HEAP_DESCRIPTOR_H
#define RF_TABLE_HEAP_DESCRIPTOR_H

#include "table/rows/selection.h"

/* Gets the bytes that a cell of `length` elements takes in the heap; false on overflow. */
bool rf_heap_cell_bytes(const rf_column *column, uint64_t length, uint64_t *bytes);

/* Does a cell of `length` elements at `offset` lie in the heap? */
bool rf_heap_has_cell(const rf_table *table, const rf_column *column, uint64_t length, uint64_t offset);

/* Gets the descriptor at `field`; false where the cell does not lie in the heap. P descriptors count as unsigned, Q
 * ones with the sign bit set do not fit anyhow. *offset is 0 for an empty cell. */
bool rf_descriptor_get(const rf_table *table, const rf_column *column, const uint8_t *field, uint64_t *length,
                       uint64_t *offset);

/* Gets column `number`: RF_ERR_RANGE, or RF_ERR_TYPE where it has no descriptors. */
rf_status rf_heap_column(const rf_table *table, size_t number, const rf_column **column, rf_error *err);

/* rf_table_ops.read_descriptors. */
rf_status rf_plain_table_read_descriptors(rf_file *file, const rf_hdu *hdu, const rf_table *table, size_t number,
                                          const rf_row_selection *selection, uint64_t *lengths, uint64_t *offsets,
                                          rf_error *err);

#endif
