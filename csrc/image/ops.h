/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a kind of HDU with pixels can do.
 */
#ifndef RF_IMAGE_OPS_H
#define RF_IMAGE_OPS_H

#include "file/file.h"

/* Functions run with `file->lock` held: shared, or exclusive where they take `written`. */
struct rf_image_ops {
  /* MUST. The facts of the image: BITPIX, axes, scaling, BLANK. They are valid until the next edit. */
  rf_status (*info)(rf_file *file, rf_hdu *hdu, const rf_hdu **image, rf_error *err);
};

/* image/spec.c: images whose data unit is the array (FITS 3.3.2, 7.1). */
extern const rf_image_ops rf_plain_image_ops;

#endif
