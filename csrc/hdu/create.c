/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creating HDUs of any kind.
 */
#include "file/call.h"
#include "base/memory.h"
#include "image/convert.h"
#include "image/create.h"
#include "image/request.h"
#include "image/spec.h"
#include "tiled/image/edit/create.h"

rf_status rf_image_create(rf_file *file, const rf_image_spec *spec, size_t *index, rf_error *err) {
  rf_image_spec copy = rf_image_spec_copy(spec);
  rf_error_clear(err);
  rf_status status = rf_image_spec_check(&copy, err);
  if (status == RF_OK)
    status = copy.compression != NULL ? rf_tiled_image_create(file, &copy, index, err)
                                      : rf_plain_image_create(file, &copy, index, err);
  return rf_call_locate(file, RF_NO_HDU, status, err);
}

static rf_status check_plain(const rf_hdu *image, const rf_image_request *pixels, rf_error *err) {
  rf_convert convert;
  if (pixels == NULL)
    return RF_OK;
  RF_TRY(rf_image_convert_init(&convert, image, pixels->dtype, pixels->flags & ~(uint32_t)RF_IMAGE_HELD, err));
  return rf_convert_check(&convert, pixels->data, pixels->mask, pixels->data_bytes / convert.type_bytes, err);
}

rf_status rf_image_check_spec(const rf_image_spec *spec, const rf_image_request *pixels, rf_error *err) {
  rf_image_spec copy = rf_image_spec_copy(spec);
  rf_image_request values;
  rf_hdu image;
  rf_error_clear(err);
  RF_TRY(rf_image_spec_check(&copy, err));
  if (pixels != NULL) {
    values = rf_image_request_copy(pixels);
    if (values.data_bytes > 0 && values.data == NULL)
      return rf_fail(err, RF_ERR_ARGUMENT, "expected data to check, found NULL");
  }
  RF_TRY(rf_image_spec_get_image(&copy, &image, err));
  const rf_image_request *request = pixels != NULL ? &values : NULL;
  rf_status status = copy.compression != NULL ? rf_tiled_image_check_spec(&copy, &image, request, err)
                                              : check_plain(&image, request, err);
  rf_free(image.axes);
  return status;
}
