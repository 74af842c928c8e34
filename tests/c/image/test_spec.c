/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Checks of new images without a file.
 */
#include <string.h>

#include "check.h"
#include "image_request.h"
#include "rustfits.h"

/* What rf_image_check_spec() refuses without a file, rf_image_create() and rf_image_write() refuse, too. */
static void specs_are_checked_without_a_file(void) {
  const uint64_t axes[2] = {2, 3};
  int16_t values[6] = {0, 1, 2, 3, 4, 5}, negative[6] = {0, 1, -2, 3, 4, 5};
  rf_error err;
  rf_compression how;
  rf_image_spec spec;
  rf_compression_init(&how);
  rf_image_spec_init(&spec);
  CHECK(spec.size == sizeof spec && spec.extver == -1 && spec.axes == NULL);
  CHECK(rf_image_check_spec(&spec, NULL, &err) == RF_ERR_ARGUMENT); /* no dtype */
  spec.dtype = RF_I16;
  spec.naxis = 2;
  spec.axes = axes;
  const rf_image_request *good = PIXELS(.dtype = RF_I16, .data = values, .data_bytes = sizeof values);
  const rf_image_request *bad = PIXELS(.dtype = RF_I16, .data = negative, .data_bytes = sizeof negative);
  CHECK_OK(rf_image_check_spec(&spec, NULL, &err), err);
  CHECK_OK(rf_image_check_spec(&spec, bad, &err), err);
  how.type = RF_Z_PLIO_1;
  spec.compression = &how;
  CHECK_OK(rf_image_check_spec(&spec, good, &err), err);
  CHECK(rf_image_check_spec(&spec, bad, &err) == RF_ERR_RANGE);
  CHECK(strstr(err.message, "element 2 ") != NULL && err.hdu == -1);
  spec.dtype = RF_F32;
  CHECK(rf_image_check_spec(&spec, NULL, &err) == RF_ERR_UNSUPPORTED);
  spec.compression = NULL;
  CHECK(rf_image_check_spec(&spec, PIXELS(.dtype = RF_F32, .data_bytes = 4), &err) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_image_check_spec(&spec, NULL, &err), err);
}

int main(void) {
  RUN(specs_are_checked_without_a_file);
  return check_report();
}
