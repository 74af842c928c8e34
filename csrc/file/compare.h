/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Changes of HDUs by other programs.
 */
#ifndef RF_FILE_COMPARE_H
#define RF_FILE_COMPARE_H

#include "file/file.h"

/* Compares the header of an entry with the file. Returns RF_ERR_CHANGED if they differ, except by rows or planes added
 * to the HDU. Lock held, shared or exclusively. */
rf_status rf_file_compare_hdu(rf_file *file, size_t index, rf_hdu *hdu, rf_error *err);

#endif
