/* SPDX-License-Identifier: BSD-3-Clause
 *
 * FITSfile.driver is a number of these types; ffurlt() tells its text.
 */
#ifndef CF_NAME_URL_TYPE_H
#define CF_NAME_URL_TYPE_H

#include "base/status.h"

/* Sets FITSfile.driver, and FITSfile.filename to the name that the program gave. */
int cf_set_origin(fitsfile *fptr, const char *type, const char *name, int *status);

#endif
