/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public calls that make images longer.
 */
#ifndef RF_IMAGE_EXTEND_H
#define RF_IMAGE_EXTEND_H

#include "image/ops.h"

/* rf_image_write() with RF_IMAGE_GROW. */
rf_status rf_image_write_growing(rf_file *file, rf_hdu *hdu, const rf_image_request *request, bool *written,
                                 rf_error *err);

#endif
