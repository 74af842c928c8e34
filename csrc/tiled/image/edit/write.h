/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing the pixels of compressed images.
 */
#ifndef RF_TILED_IMAGE_EDIT_WRITE_H
#define RF_TILED_IMAGE_EDIT_WRITE_H

#include "codec/codec.h"
#include "file/hdu.h"

/* Checks the values of `pixels` for an image that `codec` compresses. RF_ERR_RANGE, RF_ERR_TYPE, RF_ERR_ARGUMENT. */
rf_status rf_tile_check_values(const rf_tile_codec *codec, bool quantized, const rf_hdu *image,
                               const rf_image_request *pixels, rf_error *err);

/* rf_image_ops.write and .check. */
rf_status rf_tiled_image_write(rf_file *file, rf_hdu *hdu, const rf_image_request *request, bool *written,
                               rf_error *err);
rf_status rf_tiled_image_check(rf_file *file, rf_hdu *hdu, const rf_image_request *request, rf_error *err);

#endif
