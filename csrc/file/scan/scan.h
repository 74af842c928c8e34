/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The index of HDUs, extended as far as it is needed.
 */
#ifndef RF_FILE_SCAN_H
#define RF_FILE_SCAN_H

#include "file/file.h"

/* Entry `index`, scanning as far as needed. `lock` held either way. RF_ERR_NOT_FOUND past the last HDU. */
rf_status rf_file_hdu_locked(rf_file *file, size_t index, rf_hdu **hdu, rf_error *err);

/* All of them. *count is set in any case to how many there are before the failure. `lock` held either way. */
rf_status rf_file_scan_locked(rf_file *file, size_t *count, rf_error *err);

/* A new entry that belongs to the caller, and room for it at the end of the index. */
rf_status rf_file_add_entry(rf_file *file, rf_hdu **hdu, rf_error *err);

#endif
