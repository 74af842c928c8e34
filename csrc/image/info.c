/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public calls that describe an image.
 */
#include <string.h>

#include "file/call.h"
#include "image/convert.h"
#include "image/ops.h"
#include "image/section.h"
#include "base/versioned.h"

static size_t copy_axes(const rf_hdu *hdu, uint64_t *axes, size_t capacity) {
  size_t naxis = (size_t)hdu->naxis;
  for (size_t i = 0; i < naxis && i < capacity; i++)
    axes[i] = hdu->axes[naxis - 1 - i];
  return naxis;
}

static void describe(const rf_hdu *hdu, rf_image_info *info) {
  bool has_blank = hdu->has_blank && hdu->bitpix > 0;
  rf_image_info all = {
      .stored = rf_convert_stored_type(hdu->bitpix),
      .dtype = rf_image_value_type(hdu),
      .bscale = hdu->bscale,
      .bzero = hdu->bzero,
      .has_blank = has_blank,
      .blank = has_blank ? hdu->blank : 0,
      .count = rf_section_image_count(hdu),
      .naxis = hdu->naxis,
  };
  (void)copy_axes(hdu, all.axes, sizeof all.axes / sizeof all.axes[0]);
  rf_struct_give(info, &all, sizeof all);
}

static rf_status get_image(rf_file *file, rf_hdu *hdu, const rf_hdu **image, rf_error *err) {
  const rf_image_ops *ops = NULL;
  RF_TRY(rf_image_get_ops(hdu, &ops, err));
  return ops->info(file, hdu, image, err);
}

static rf_status get_info(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  const rf_hdu *image = NULL;
  RF_TRY(get_image(file, hdu, &image, err));
  describe(image, request);
  return RF_OK;
}

rf_status rf_image_get_info(rf_file *file, size_t index, rf_image_info *info, rf_error *err) {
  return rf_call_get(file, index, get_info, info, err);
}

typedef struct axes_request {
  uint64_t *axes;
  size_t capacity;
  size_t *naxis;
} axes_request;

static rf_status get_axes(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  const axes_request *r = request;
  const rf_hdu *image = NULL;
  RF_TRY(get_image(file, hdu, &image, err));
  *r->naxis = copy_axes(image, r->axes, r->capacity);
  return RF_OK;
}

rf_status rf_image_get_axes(rf_file *file, size_t index, uint64_t *axes, size_t capacity, size_t *naxis,
                            rf_error *err) {
  return rf_call_get(file, index, get_axes, &(axes_request){axes, capacity, naxis}, err);
}
