/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creating compressed tables.
 */
#ifndef RF_TILED_TABLE_EDIT_CREATE_H
#define RF_TILED_TABLE_EDIT_CREATE_H

#include "rustfits.h"

/* Begins a compressed table of zeros. `plain` is the header of the table in the tiles; `reserve` cards of spare room
 * follow. Exclusive lock held. The caller publishes the HDU or discards it. */
rf_status rf_tiled_table_create(rf_file *file, const rf_header *plain, const rf_table_compression *compression,
                                uint32_t reserve, size_t *index, rf_error *err);

/* The same with empty streams, and `spare` bytes (whole blocks) of header for later cards. */
rf_status rf_tiled_table_append_hdu(rf_file *file, const rf_header *plain, const rf_table_compression *compression,
                                    uint64_t spare, size_t *index, rf_error *err);

#endif
