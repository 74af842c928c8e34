/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HDUs that begin, and arguments that describe images and tables.
 */
#ifndef CF_HDU_CHANGE_H
#define CF_HDU_CHANGE_H

#include <stdbool.h>

#include "base/status.h"

#define CF_MAX_AXES 999

/* Makes HDU `index` (0-based), of which no card is known, the current one. */
void cf_hdu_begin(fitsfile *fptr, int index);

/* Describes the current HDU again, after a failure behind ffchdu(). Returns *status. */
int cf_hdu_reopen(fitsfile *fptr, int *status);

/* Fills the last block of the data of the current HDU, where all data are there and the file ends behind them. */
int cf_hdu_pad(fitsfile *fptr, int *status);

/* Checks BITPIX (or USHORT_IMG ...) and axes. *size receives the bytes of the image. */
int cf_shape_check(int bitpix, int naxis, const LONGLONG *naxes, LONGLONG *size, int *status);

/* Returns BITPIX of an image type: SHORT_IMG for USHORT_IMG, and so on. */
int cf_shape_bitpix(int type);

/* Copies axes of type long into `wide`, of CF_MAX_AXES elements. Returns `wide`, or NULL for NULL or too many axes. */
LONGLONG *cf_shape_widen(int naxis, const long *naxes, LONGLONG *wide);

#endif
