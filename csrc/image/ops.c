/* SPDX-License-Identifier: BSD-3-Clause */
#include "image/ops.h"

rf_status rf_image_get_ops(const rf_hdu *hdu, const rf_image_ops **ops, rf_error *err) {
  if (hdu->ops->image == NULL)
    return rf_fail(err, RF_ERR_TYPE, "expected an image, found %s", hdu->ops->name);
  *ops = hdu->ops->image;
  return RF_OK;
}

rf_status rf_image_refuse(const rf_hdu *hdu, const char *done, rf_error *err) {
  return rf_fail(err, RF_ERR_UNSUPPORTED, "%s cannot be %s", hdu->ops->name, done);
}
