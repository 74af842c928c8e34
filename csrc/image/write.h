/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing the pixels of plain images.
 */
#ifndef RF_IMAGE_WRITE_H
#define RF_IMAGE_WRITE_H

#include "image/ops.h"

/* rf_image_ops.write and .check. */
rf_status rf_plain_image_write(rf_file *file, rf_hdu *hdu, const rf_image_request *request, bool *written,
                               rf_error *err);
rf_status rf_plain_image_check(rf_file *file, rf_hdu *hdu, const rf_image_request *request, rf_error *err);

#endif
