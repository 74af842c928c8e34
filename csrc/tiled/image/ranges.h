/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The byte ranges that reading a section of a compressed image takes.
 */
#ifndef RF_TILED_IMAGE_RANGES_H
#define RF_TILED_IMAGE_RANGES_H

#include "file/hdu.h"

/* rf_image_ops.plan. */
rf_status rf_tiled_image_plan(rf_file *file, rf_hdu *hdu, const rf_axis *axes, rf_image_ranges *result, rf_error *err);

#endif
