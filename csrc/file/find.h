/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Finding an HDU by its name.
 */
#ifndef RF_FILE_FIND_H
#define RF_FILE_FIND_H

#include "file/file.h"

/* Returns EXTNAME as callers see it: with RF_OPEN_LENIENT, '_' for bytes outside printable ASCII, in `buffer`. */
const char *rf_hdu_show_name(const rf_file *file, const rf_hdu *hdu, char buffer[sizeof((rf_hdu *)0)->extname]);

#endif
