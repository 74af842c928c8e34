/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What image/read.c, image/plan.c and image/image.c hand over for compressed images.
 */
#ifndef RF_TILED_IMAGE_READ_H
#define RF_TILED_IMAGE_READ_H

#include "tiled/image/image.h"

/* As rf_image_read and rf_image_plan, `lock` held either way, no location in messages. */
rf_status rf_tiled_image_read(rf_file *file, size_t index, const rf_axis *axes, rf_dtype type, uint32_t flags,
                              void *out, uint64_t out_bytes, uint8_t *mask, rf_error *err);
rf_status rf_tiled_image_plan(rf_file *file, size_t index, const rf_axis *axes, rf_range *ranges, size_t capacity,
                              size_t *count, uint64_t *bytes, rf_error *err);

#endif
