/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The index of HDUs, extended as far as it is needed.
 */
#ifndef RF_FILE_SCAN_H
#define RF_FILE_SCAN_H

#include "file/file.h"

/* Gets entry `index`, scanning as far as necessary. Returns RF_ERR_NOT_FOUND past the last HDU. Lock held, shared or
 * exclusively. */
rf_status rf_file_hdu_locked(rf_file *file, size_t index, rf_hdu **hdu, rf_error *err);

/* Finds all HDUs. *count receives their number, on failure that of the HDUs before it. Lock held, shared or
 * exclusively.
 */
rf_status rf_file_scan_locked(rf_file *file, size_t *count, rf_error *err);

/* Allocates an entry, which belongs to the caller, and room for it at the end of the index. */
rf_status rf_file_add_entry(rf_file *file, rf_hdu **hdu, rf_error *err);

#endif
