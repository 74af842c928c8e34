/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Conversions between the stored values of an image and the types of callers. Plain and tiled images use them.
 */
#ifndef RF_IMAGE_CONVERT_H
#define RF_IMAGE_CONVERT_H

#include "file/file.h"
#include "value/convert.h"

/* Returns the type of the values, which is rf_image_info.dtype. */
rf_dtype rf_image_value_type(const rf_hdu *hdu);

/* Sets *convert to convert between the values of the image and `type`. RF_ERR_ARGUMENT for unknown `flags`,
 * RF_ERR_FORMAT for a BSCALE, BZERO or BLANK that is not a number, RF_ERR_TYPE when no conversion exists. */
rf_status rf_image_convert_init(rf_convert *convert, const rf_hdu *hdu, rf_dtype type, uint32_t flags, rf_error *err);

#endif
