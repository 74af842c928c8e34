/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the place of an HDU requires of its header: the first HDU of a file begins with SIMPLE, the others with XTENSION
 * (FITS 4.4.1).
 */
#ifndef RF_HDU_PLACE_H
#define RF_HDU_PLACE_H

#include "file/hdu.h"
#include "header/header.h"

/* Returns whether the HDU can be the first one of a file and an extension, as only images can. */
bool rf_place_is_free(const rf_hdu *hdu);

/* Makes the header of an image for its new place: the first HDU, or an extension. The caller frees *header. */
rf_status rf_place_header(const rf_header *old, bool first, rf_header **header, rf_error *err);

#endif
