/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Headers of images to those of compressed images, and back (FITS 10.1).
 */
#ifndef CF_TILED_WHOLE_TRANSLATE_H
#define CF_TILED_WHOLE_TRANSLATE_H

#include <stdbool.h>

#include "base/status.h"

/* Appends the cards of an image to the header of a compressed one: BITPIX as ZBITPIX and so on. zbitpix: where it is
 * not 0, integers become reals: ZBITPIX gets this value, and their scaling goes. */
int cf_header_to_compressed(fitsfile *from, fitsfile *to, int zbitpix, int *status);

/* Begins an image in `to`, and gives it the cards of a compressed one: ZBITPIX as BITPIX and so on. alone: an extension
 * becomes the primary HDU of an empty file, without an empty one in front of it. */
int cf_header_to_plain(fitsfile *from, fitsfile *to, bool alone, int *status);

#endif
