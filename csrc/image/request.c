/* SPDX-License-Identifier: BSD-3-Clause */
#include "image/request.h"
#include "base/versioned.h"

#include <inttypes.h>
#include <string.h>

/* ---- the public calls ---- */

void rf_image_request_init(rf_image_request *request) {
  memset(request, 0, sizeof *request);
  request->size = sizeof *request;
}

void rf_cutout_request_init(rf_cutout_request *request) {
  memset(request, 0, sizeof *request);
  request->size = sizeof *request;
}

void rf_image_spec_init(rf_image_spec *spec) {
  memset(spec, 0, sizeof *spec);
  spec->size = sizeof *spec;
  spec->extver = -1;
}

/* ---- copies ---- */

rf_image_request rf_image_request_copy(const rf_image_request *request) {
  rf_image_request copy = {0};
  rf_struct_take(&copy, sizeof copy, request);
  return copy;
}

rf_cutout_request rf_cutout_request_copy(const rf_cutout_request *request) {
  rf_cutout_request copy = {0};
  rf_struct_take(&copy, sizeof copy, request);
  return copy;
}

rf_image_spec rf_image_spec_copy(const rf_image_spec *spec) {
  rf_image_spec copy = {0};
  rf_struct_take(&copy, sizeof copy, spec);
  return copy;
}

rf_status rf_image_request_check(rf_file *file, rf_hdu *hdu, const rf_image_request *request, rf_error *err) {
  const rf_hdu *image = NULL;
  /* No edit comes between this check and the call: it needs the lock exclusively. */
  if (request->generation != 0 && request->generation != rf_file_get_generation(file))
    return rf_fail(err, RF_ERR_CHANGED, "the file was edited after generation %" PRIu64, request->generation);
  if (request->section == NULL || request->naxis == 0)
    return RF_OK;
  RF_TRY(hdu->ops->image->info(file, hdu, &image, err));
  if (image->naxis == 0 && (request->flags & RF_IMAGE_GROW) != 0)
    return RF_OK;
  if (image->naxis != request->naxis)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a section of %d axes, found %d", image->naxis, request->naxis);
  return RF_OK;
}
