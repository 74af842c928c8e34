/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fetching headers before they are needed.
 */
#ifndef RF_FILE_SCAN_AHEAD_H
#define RF_FILE_SCAN_AHEAD_H

#include "file/file.h"

/* Fetches headers that are likely to be needed next, up to that of HDU `index`. scan_lock held. */
rf_status rf_scan_ahead(rf_file *file, size_t index, rf_error *err);

#endif
