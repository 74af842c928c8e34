/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Repacking the heap of compressed tables.
 */
#ifndef RF_TILED_TABLE_EDIT_REPACK_H
#define RF_TILED_TABLE_EDIT_REPACK_H

#include <stdbool.h>

#include "rustfits.h"

/* rf_table_ops.repack. *freed: the bytes that were removed. Exclusive lock held. */
rf_status rf_tiled_table_repack(rf_file *file, size_t index, uint64_t *freed, bool *written, rf_error *err);

#endif
