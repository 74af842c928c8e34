/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creating compressed tables.
 */
#ifndef RF_TILED_TABLE_EDIT_CREATE_H
#define RF_TILED_TABLE_EDIT_CREATE_H

#include "rustfits.h"

/* Begins a compressed table of zeros by the header of what it stands for, with room for `reserve` more cards. Exclusive
 * lock held; the caller publishes it, or takes off what was begun. */
rf_status rf_tiled_table_create(rf_file *file, const rf_header *plain, const rf_table_compression *compression,
                                uint32_t reserve, size_t *index, rf_error *err);

/* The same with empty streams, and `spare` bytes (whole blocks) of header for cards to come. */
rf_status rf_tiled_table_append_hdu(rf_file *file, const rf_header *plain, const rf_table_compression *compression,
                                    uint64_t spare, size_t *index, rf_error *err);

#endif
