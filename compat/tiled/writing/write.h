/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing pixels as they are stored.
 */
#ifndef CF_TILED_WRITE_H
#define CF_TILED_WRITE_H

#include "base/status.h"

/* As cf_tiled_write(), with values of the stored type: BZERO and BSCALE do not count. Whole tiles only. */
int cf_tiled_write_stored(fitsfile *fptr, int datatype, const LONGLONG *first, const LONGLONG *last, int nullcheck,
                          const void *nulval, const void *array, int *status);

#endif
