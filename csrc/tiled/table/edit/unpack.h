/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decompressing tables.
 */
#ifndef RF_TILED_TABLE_EDIT_UNPACK_H
#define RF_TILED_TABLE_EDIT_UNPACK_H

#include "file/hdu.h"

/* Appends compressed table `hdu` of `from`, uncompressed, to `to`. */
rf_status rf_tiled_table_unpack(rf_file *from, rf_hdu *hdu, rf_file *to, const rf_packing *how, size_t *new_index,
                                bool *written, rf_error *err);

#endif
