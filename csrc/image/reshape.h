/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Plain images whose axes change.
 */
#ifndef RF_IMAGE_RESHAPE_H
#define RF_IMAGE_RESHAPE_H

#include "image/ops.h"

/* rf_image_ops.reshape. */
rf_status rf_plain_image_reshape(rf_file *file, rf_hdu *hdu, const uint64_t *axes, int naxis, bool *written,
                                 rf_error *err);

#endif
