/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opens and creates files by their plain names, with the drivers of the core.
 */
#ifndef CF_FILE_OPEN_H
#define CF_FILE_OPEN_H

#include "file/state.h"

/* Opens a file at its first HDU. A file that is open for writing is opened once more as the same file. */
int cf_file_open(fitsfile **fptr, const char *name, int mode, int *status);

/* Creates a file without HDUs; FILE_NOT_CREATED if it exists. */
int cf_file_create(fitsfile **fptr, const char *name, int *status);

/* Makes one more handle of an open file, at its first HDU. */
int cf_file_reopen(cf_file *file, fitsfile **fptr, int *status);

#endif
