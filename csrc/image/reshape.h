/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Plain images whose axes change.
 */
#ifndef RF_IMAGE_RESHAPE_H
#define RF_IMAGE_RESHAPE_H

#include "file/layout.h"
#include "image/ops.h"

/* rf_image_ops.reshape. */
rf_status rf_plain_image_reshape(rf_file *file, rf_hdu *hdu, const uint64_t *axes, int naxis, bool *written,
                                 rf_error *err);

/* Gives a plain image other axes, slowest first. `rearrange` (file/layout.h) may be NULL. */
rf_status rf_plain_image_set_axes(rf_file *file, rf_hdu *hdu, const uint64_t *axes, int naxis,
                                  const rf_rearrange *rearrange, bool *written, rf_error *err);

#endif
