/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creating HDUs of any kind.
 */
#include "file/call.h"
#include "image/create.h"
#include "image/request.h"
#include "image/spec.h"
#include "tiled/image/edit/edit.h"

rf_status rf_image_create(rf_file *file, const rf_image_spec *spec, size_t *index, rf_error *err) {
  rf_image_spec copy = rf_image_spec_copy(spec);
  rf_error_clear(err);
  rf_status status = rf_image_spec_check(&copy, err);
  if (status == RF_OK)
    status = copy.compression != NULL ? rf_tiled_image_create(file, &copy, index, err)
                                      : rf_plain_image_create(file, &copy, index, err);
  return rf_call_locate(file, RF_NO_HDU, status, err);
}
