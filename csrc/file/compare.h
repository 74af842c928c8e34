/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Has another program changed an HDU?
 */
#ifndef RF_FILE_COMPARE_H
#define RF_FILE_COMPARE_H

#include "file/file.h"

/* Compares the header of an entry with that in the file: RF_ERR_CHANGED when they differ, but for rows or planes that
 * were added to the last HDU. `lock` held either way. */
rf_status rf_file_compare_hdu(rf_file *file, size_t index, rf_hdu *hdu, rf_error *err);

#endif
