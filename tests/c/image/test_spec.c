/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Checks of new images without a file.
 */
#include <math.h>
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

/* BSCALE and BZERO of a spec: the stored type, the type of the values, and what is refused. */
static void a_spec_has_bscale_and_bzero(void) {
  const uint64_t axes[1] = {3};
  const double values[3] = {10.0, 10.5, -6.0}, beyond[3] = {10.0, 10.5, 1e6};
  rf_error err;
  rf_file *file;
  rf_image_info info = {.size = sizeof info};
  rf_image_spec spec;
  int16_t stored[3] = {0};
  double back[3] = {0};
  size_t index = 9;
  rf_image_spec_init(&spec);
  spec.dtype = RF_I16;
  spec.naxis = 1;
  spec.axes = axes;
  spec.scaled = 1;
  spec.bscale = 0.5;
  spec.bzero = 10.0;
  CHECK_OK(rf_image_check_spec(&spec, PIXELS(.dtype = RF_F64, .data = (void *)values, .data_bytes = 24), &err), err);
  CHECK(rf_image_check_spec(&spec, PIXELS(.dtype = RF_F64, .data = (void *)beyond, .data_bytes = 24), &err) ==
        RF_ERR_RANGE);
  CHECK(strstr(err.message, "element 2 ") != NULL);
  CHECK(rf_image_check_spec(&spec, PIXELS(.dtype = RF_I16, .data = stored, .data_bytes = 6), &err) == RF_ERR_TYPE);
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK_OK(rf_image_get_info(file, index, &info, &err), err);
  CHECK(info.stored == RF_I16 && info.dtype == RF_F64 && info.bscale == 0.5 && info.bzero == 10.0);
  CHECK_OK(rf_image_write(file, index, PIXELS(.dtype = RF_F64, .data = (void *)values, .data_bytes = 24), &err), err);
  CHECK_OK(
      rf_image_read(file, index, PIXELS(.dtype = RF_I16, .flags = RF_IMAGE_RAW, .data = stored, .data_bytes = 6), &err),
      err);
  CHECK(stored[0] == 0 && stored[1] == 1 && stored[2] == -32);
  CHECK_OK(rf_image_read(file, index, PIXELS(.dtype = RF_F64, .data = back, .data_bytes = 24), &err), err);
  CHECK(memcmp(back, values, sizeof back) == 0);
  spec.bscale = 1.0; /* the type of FITS 5.2.5 */
  spec.bzero = 32768.0;
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK_OK(rf_image_get_info(file, index, &info, &err), err);
  CHECK(info.dtype == RF_U16);
  spec.dtype = RF_I64;
  spec.bzero = 9223372036854775808.0;
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK_OK(rf_image_get_info(file, index, &info, &err), err);
  CHECK(info.dtype == RF_U64);
  CHECK_OK(rf_file_free(file, &err), err);
  const struct {
    rf_dtype dtype;
    double bscale, bzero;
  } bad[] = {{RF_U16, 2.0, 0.0}, {RF_I8, 1.0, 0.0}, {RF_I16, 0.0, 0.0}, {RF_I16, NAN, 0.0}, {RF_F32, 1.0, INFINITY}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    spec.dtype = bad[i].dtype;
    spec.bscale = bad[i].bscale;
    spec.bzero = bad[i].bzero;
    CHECK(rf_image_check_spec(&spec, NULL, &err) == RF_ERR_ARGUMENT);
  }
}

int main(void) {
  RUN(a_spec_has_bscale_and_bzero);
  RUN(specs_are_checked_without_a_file);
  return check_report();
}
