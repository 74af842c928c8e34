/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public calls that describe an image.
 */
#include <string.h>

#include "image/convert.h"
#include "file/access.h"
#include "image/ops.h"
#include "image/section.h"

static rf_status get_image(rf_file *file, size_t index, const rf_hdu **image, rf_error *err) {
  rf_hdu *hdu = NULL;
  RF_TRY(rf_image_find(file, index, &hdu, err));
  return hdu->ops->image->info(file, hdu, image, err);
}

static size_t copy_axes(const rf_hdu *hdu, uint64_t *axes, size_t capacity) {
  size_t naxis = (size_t)hdu->naxis;
  for (size_t i = 0; i < naxis && i < capacity; i++)
    axes[i] = hdu->axes[naxis - 1 - i];
  return naxis;
}

static void describe(const rf_hdu *hdu, rf_image_info *info) {
  bool has_blank = hdu->has_blank && hdu->bitpix > 0;
  rf_image_info all = {
      .size = info->size,
      .stored = rf_convert_stored_type(hdu->bitpix),
      .type = rf_image_value_type(hdu),
      .bscale = hdu->bscale,
      .bzero = hdu->bzero,
      .has_blank = has_blank,
      .blank = has_blank ? hdu->blank : 0,
      .count = rf_section_image_count(hdu),
      .naxis = hdu->naxis,
  };
  (void)copy_axes(hdu, all.axes, sizeof all.axes / sizeof all.axes[0]);
  memcpy(info, &all, info->size < sizeof all ? info->size : sizeof all);
}

rf_status rf_image_get_info(rf_file *file, size_t index, rf_image_info *info, rf_error *err) {
  const rf_hdu *hdu = NULL;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = get_image(file, index, &hdu, err);
    if (status == RF_OK)
      describe(hdu, info);
    rf_file_end_read(file);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}

rf_status rf_image_get_axes(rf_file *file, size_t index, uint64_t *axes, size_t capacity, size_t *naxis,
                            rf_error *err) {
  const rf_hdu *hdu = NULL;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = get_image(file, index, &hdu, err);
    if (status == RF_OK)
      *naxis = copy_axes(hdu, axes, capacity);
    rf_file_end_read(file);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}
