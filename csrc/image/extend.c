/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public calls that make images longer: along axis 0, or along any axis.
 */
#include "image/extend.h"

#include <inttypes.h>

#include "base/memory.h"
#include "file/call.h"
#include "image/convert.h"
#include "image/request.h"
#include "value/dtype.h"

/* Gets what an image and its kind allow. `image` may be NULL. */
static rf_status get_grow_ops(rf_file *file, rf_hdu *hdu, const rf_image_ops **ops, const rf_hdu **image,
                              rf_error *err) {
  RF_TRY(rf_image_get_ops(hdu, ops, err));
  if ((*ops)->grow == NULL)
    return rf_image_refuse(hdu, "extended", err);
  return (*ops)->info(file, hdu, image, err);
}

/* Allocates the lengths of an image, slowest first. */
static rf_status copy_axes(const rf_hdu *image, int naxis, uint64_t **axes, rf_error *err) {
  *axes = rf_alloc_zero((size_t)naxis, sizeof **axes);
  if (*axes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the lengths of %d axes", naxis);
  for (int k = 0; k < naxis && image->naxis == naxis; k++)
    (*axes)[k] = image->axes[naxis - 1 - k];
  return RF_OK;
}

/* ---- any axis ---- */

typedef struct grow_request {
  const uint64_t *axes;
  int naxis;
} grow_request;

static rf_status grow_image(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  const grow_request *r = request;
  const rf_image_ops *ops = NULL;
  const rf_hdu *image = NULL;
  RF_TRY(get_grow_ops(file, hdu, &ops, &image, err));
  return ops->grow(file, hdu, r->axes, r->naxis, NULL, written, err);
}

rf_status rf_image_grow(rf_file *file, size_t index, const uint64_t *axes, int naxis, rf_error *err) {
  rf_error_clear(err);
  if (naxis > 0 && axes == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected the lengths of %d axes, found NULL", naxis);
  return rf_call_write(file, index, grow_image, &(grow_request){axes, naxis}, err);
}

/* Gets the length that an axis needs for a section. Positions before its start are left for later checks. */
static rf_status get_reach(const rf_axis *axis, uint64_t *reach, rf_error *err) {
  uint64_t last = axis->start > 0 ? (uint64_t)axis->start : 0, steps = axis->count - 1;
  if (axis->indices != NULL) {
    last = 0;
    for (uint64_t i = 0; i < axis->count; i++)
      last = axis->indices[i] > last ? axis->indices[i] : last;
  } else if (axis->step > 0 && (!rf_mul_u64(steps, (uint64_t)axis->step, &steps) || !rf_add_u64(last, steps, &last))) {
    last = UINT64_MAX;
  }
  if (last >= INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the section needs an axis that is too long for a header");
  *reach = last + 1;
  return RF_OK;
}

/* Makes `axes` long enough for a section. *grows: one of them became longer. */
static rf_status reach_section(const rf_axis *section, int naxis, uint64_t *axes, bool *grows, rf_error *err) {
  for (int k = 0; k < naxis; k++)
    if (section[k].count == 0)
      return RF_OK; /* nothing is written */
  for (int k = 0; k < naxis; k++) {
    uint64_t reach = 0;
    RF_TRY(get_reach(&section[k], &reach, err));
    if (reach > axes[k]) {
      axes[k] = reach;
      *grows = true;
    }
  }
  return RF_OK;
}

rf_status rf_image_write_growing(rf_file *file, rf_hdu *hdu, const rf_image_request *request, bool *written,
                                 rf_error *err) {
  const rf_image_ops *ops = NULL;
  const rf_hdu *image = NULL;
  uint64_t *axes = NULL;
  bool grows = false;
  rf_image_request pixels = *request;
  pixels.flags &= ~(uint32_t)RF_IMAGE_GROW;
  RF_TRY(get_grow_ops(file, hdu, &ops, &image, err));
  int naxis = image->naxis > 0 ? image->naxis : request->naxis;
  if (request->section == NULL || naxis < 1)
    return ops->write(file, hdu, &pixels, written, err);
  RF_TRY(copy_axes(image, naxis, &axes, err));
  rf_status status = reach_section(request->section, naxis, axes, &grows, err);
  if (status == RF_OK && grows)
    status = ops->grow(file, hdu, axes, naxis, &pixels, written, err);
  else if (status == RF_OK)
    status = ops->write(file, hdu, &pixels, written, err);
  rf_free(axes);
  return status;
}

/* ---- axis 0 ---- */

/* Makes axis 0 `length` elements long. The new elements are those of `pixels`, or 0 where that is NULL. */
static rf_status lengthen(rf_file *file, rf_hdu *hdu, const rf_image_ops *ops, const rf_hdu *image, uint64_t length,
                          const rf_image_request *pixels, bool *written, rf_error *err) {
  uint64_t *axes = NULL;
  rf_axis *section = rf_alloc_zero((size_t)image->naxis, sizeof *section);
  rf_status status = section == NULL ? rf_fail(err, RF_ERR_MEMORY, "cannot allocate a section of %d axes", image->naxis)
                                     : copy_axes(image, image->naxis, &axes, err);
  if (status == RF_OK) {
    for (int k = 0; k < image->naxis; k++)
      section[k] = (rf_axis){0, 1, axes[k], NULL};
    section[0].start = (int64_t)axes[0];
    section[0].count = length - axes[0];
    axes[0] = length;
    rf_image_request all = {0};
    if (pixels != NULL) {
      all = *pixels;
      all.section = section;
      all.naxis = image->naxis;
    }
    status = ops->grow(file, hdu, axes, image->naxis, pixels != NULL ? &all : NULL, written, err);
  }
  rf_free(axes);
  rf_free(section);
  return status;
}

static rf_status extend_image(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  const uint64_t *length = request;
  const rf_image_ops *ops = NULL;
  const rf_hdu *image = NULL;
  RF_TRY(get_grow_ops(file, hdu, &ops, &image, err));
  if (image->naxis == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "an image without axes (NAXIS = 0) cannot be extended");
  return lengthen(file, hdu, ops, image, *length, NULL, written, err);
}

rf_status rf_image_extend(rf_file *file, size_t index, uint64_t length, rf_error *err) {
  return rf_call_write(file, index, extend_image, &length, err);
}

/* Counts the planes of axis 0 that `in_bytes` bytes of elements fill. */
static rf_status count_planes(const rf_hdu *image, rf_dtype type, uint64_t in_bytes, uint64_t *planes, rf_error *err) {
  uint64_t plane = rf_pixel_bytes(type);
  if (image->naxis == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "an image without axes (NAXIS = 0) cannot be extended");
  for (int i = 0; i < image->naxis - 1; i++)
    if (!rf_mul_u64(plane, image->axes[i], &plane))
      return rf_fail(err, RF_ERR_LIMIT, "a plane of axis 0 has more bytes than memory can hold");
  *planes = plane > 0 ? in_bytes / plane : 0;
  if (*planes * plane == in_bytes && *planes <= INT64_MAX - image->axes[image->naxis - 1])
    return RF_OK;
  return rf_fail(err, RF_ERR_ARGUMENT,
                 "data_bytes = %" PRIu64 ", expected a multiple of the %" PRIu64 " bytes of a plane of axis 0",
                 in_bytes, plane);
}

static rf_status append_pixels(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  const rf_image_request *pixels = request;
  const rf_image_ops *ops = NULL;
  const rf_hdu *image = NULL;
  rf_convert convert;
  uint64_t planes = 0;
  if (pixels->data_bytes == 0)
    return RF_OK;
  if (pixels->data == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected %" PRIu64 " bytes of data to append, found NULL",
                   pixels->data_bytes);
  RF_TRY(get_grow_ops(file, hdu, &ops, &image, err));
  RF_TRY(rf_image_request_check(file, hdu, pixels, err));
  RF_TRY(rf_image_convert_init(&convert, image, pixels->dtype, pixels->flags, err));
  RF_TRY(count_planes(image, pixels->dtype, pixels->data_bytes, &planes, err));
  return lengthen(file, hdu, ops, image, image->axes[image->naxis - 1] + planes, pixels, written, err);
}

rf_status rf_image_append(rf_file *file, size_t index, const rf_image_request *request, rf_error *err) {
  rf_image_request copy = rf_image_request_copy(request);
  copy.section = NULL;
  return rf_call_write(file, index, append_pixels, &copy, err);
}
