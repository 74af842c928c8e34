/* SPDX-License-Identifier: BSD-3-Clause */
#include "image/plain.h"

#include "image/grow.h"
#include "image/plan.h"
#include "image/read.h"
#include "image/reshape.h"
#include "image/write.h"

static rf_status get_info(rf_file *file, rf_hdu *hdu, const rf_hdu **image, rf_error *err) {
  (void)file;
  (void)err;
  *image = hdu;
  return RF_OK;
}

const rf_image_ops rf_plain_image_ops = {
    .info = get_info,
    .read = rf_plain_image_read,
    .plan = rf_plain_image_plan,
    .write = rf_plain_image_write,
    .check = rf_plain_image_check,
    .grow = rf_plain_image_grow,
    .reshape = rf_plain_image_reshape,
};
