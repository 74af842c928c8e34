/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading the pixels of compressed images.
 */
#ifndef RF_TILED_IMAGE_READ_H
#define RF_TILED_IMAGE_READ_H

#include "file/hdu.h"

/* rf_image_ops.read. */
rf_status rf_tiled_image_read(rf_file *file, rf_hdu *hdu, const rf_image_request *request, rf_error *err);

#endif
