/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading the pixels of plain images.
 */
#ifndef RF_IMAGE_READ_H
#define RF_IMAGE_READ_H

#include "image/ops.h"

/* rf_image_ops.read. */
rf_status rf_plain_image_read(rf_file *file, rf_hdu *hdu, const rf_image_request *request, rf_error *err);

#endif
