/* SPDX-License-Identifier: BSD-3-Clause */
#include "image/ops.h"
#include "file/scan/scan.h"

rf_status rf_image_find(rf_file *file, size_t index, rf_hdu **hdu, rf_error *err) {
  rf_hdu *found = NULL;
  RF_TRY(rf_file_hdu_locked(file, index, &found, err));
  if (found->ops->image == NULL)
    return rf_fail(err, RF_ERR_TYPE, "expected an image, found %s", found->ops->name);
  *hdu = found;
  return RF_OK;
}

rf_status rf_image_refuse(const rf_hdu *hdu, const char *done, rf_error *err) {
  return rf_fail(err, RF_ERR_UNSUPPORTED, "%s cannot be %s", hdu->ops->name, done);
}
