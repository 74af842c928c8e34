/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The open file as an rf_file, for what the core reads: compressed images and tables.
 */
#ifndef CF_FILE_CORE_H
#define CF_FILE_CORE_H

#include "base/status.h"

/* Gets a handle of the core for reading the file, with all that is buffered. It belongs to the file, and stays valid
 * until the next write or close. The HDU of `fptr` is number fptr->HDUposition in it. NULL: *status says why. */
rf_file *cf_core(fitsfile *fptr, int *status);

#endif
