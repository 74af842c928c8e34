/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Images whose axes become longer, with each pixel staying where it is.
 */
#ifndef RF_IMAGE_GROW_H
#define RF_IMAGE_GROW_H

#include "image/ops.h"

/* rf_image_ops.grow. */
rf_status rf_plain_image_grow(rf_file *file, rf_hdu *hdu, const uint64_t *axes, int naxis,
                              const rf_image_request *pixels, bool *written, rf_error *err);

/* Gets the facts of an image whose axes become as long as `axes` says, slowest first. An image without axes gets
 * `naxis` of them. The caller frees grown->axes by rf_free(). RF_ERR_ARGUMENT, RF_ERR_LIMIT, RF_ERR_MEMORY. */
rf_status rf_image_get_grown(const rf_hdu *image, const uint64_t *axes, int naxis, rf_hdu *grown, rf_error *err);

/* Checks that the size of a plain image can change: its data unit is whole and holds only pixels. RF_ERR_UNSUPPORTED,
 * RF_ERR_TRUNCATED. */
rf_status rf_plain_image_check_whole(rf_file *file, const rf_hdu *hdu, rf_error *err);

#endif
