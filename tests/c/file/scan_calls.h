/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The facts of one HDU and the number of HDUs, as a scan finds them.
 */
#ifndef RF_TESTS_SCAN_CALLS_H
#define RF_TESTS_SCAN_CALLS_H

#include "check.h"
#include "fits_bytes.h"

static rf_error err;

static inline rf_hdu_info info_of(rf_file *file, size_t index) {
  rf_hdu_info info = {.size = sizeof info};
  CHECK_OK(rf_hdu_get_info(file, index, &info, &err), err);
  return info;
}

static inline size_t count_of(rf_file *file) {
  size_t count = 0;
  CHECK_OK(rf_file_get_hdu_count(file, &count, &err), err);
  return count;
}

#endif
