/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressing tables.
 */
#ifndef RF_TILED_TABLE_EDIT_PACK_H
#define RF_TILED_TABLE_EDIT_PACK_H

#include "file/hdu.h"

/* Appends binary table `hdu` of `from`, compressed as how->table says, to `to`. The lock of `from` is held, that of
 * `to` exclusively. After a failure the caller discards the new HDU. */
rf_status rf_tiled_table_pack(rf_file *from, rf_hdu *hdu, rf_file *to, const rf_packing *how, size_t *new_index,
                              bool *written, rf_error *err);

#endif
