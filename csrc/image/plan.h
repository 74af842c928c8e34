/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The byte ranges of sections of plain images.
 */
#ifndef RF_IMAGE_PLAN_H
#define RF_IMAGE_PLAN_H

#include "image/ops.h"

/* rf_image_ops.plan. */
rf_status rf_plain_image_plan(rf_file *file, rf_hdu *hdu, const rf_axis *section, rf_image_ranges *ranges,
                              rf_error *err);

#endif
