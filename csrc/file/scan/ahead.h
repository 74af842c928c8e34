/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Prefetching headers of a remote file.
 */
#ifndef RF_FILE_SCAN_AHEAD_H
#define RF_FILE_SCAN_AHEAD_H

#include "file/file.h"

/* Prefetches the headers that the scan up to HDU `index` probably needs. scan_lock held. */
rf_status rf_scan_ahead(rf_file *file, size_t index, rf_error *err);

#endif
