/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Plain images that become longer along axis 0, by zeros or by pixels. The pixels and the new NAXISn are one edit: a
 * reader finds the image before it or after it.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/memory.h"
#include "file/access.h"
#include "file/call.h"
#include "file/header.h"
#include "file/layout.h"
#include "image/convert.h"
#include "image/extend.h"
#include "image/request.h"
#include "image/section.h"

#define BUFFER_BYTES ((size_t)512 << 10)

rf_status rf_plain_image_check_whole(rf_file *file, const rf_hdu *hdu, rf_error *err) {
  uint64_t size, pixels = rf_section_image_count(hdu), width = rf_pixel_bytes(rf_convert_stored_type(hdu->bitpix));
  if (hdu->data_bytes != pixels * width)
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   "PCOUNT = %" PRId64 " and GCOUNT = %" PRId64
                   ", expected 0 and 1: an image with other data than pixels cannot change its size",
                   hdu->pcount, hdu->gcount);
  RF_TRY(rf_file_size_locked(file, &size, err));
  if (size < hdu->data_offset || size - hdu->data_offset < hdu->data_bytes)
    return rf_fail(err, RF_ERR_TRUNCATED, "the data unit is cut short: its size cannot change");
  return RF_OK;
}

static rf_status check_extend(rf_file *file, const rf_hdu *hdu, uint64_t length, uint64_t *data_bytes, rf_error *err) {
  if (hdu->naxis == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "an image without axes (NAXIS = 0) cannot be extended");
  if (length < hdu->axes[hdu->naxis - 1])
    return rf_fail(err, RF_ERR_ARGUMENT, "axis 0 has %" PRIu64 " elements and cannot shrink to %" PRIu64,
                   hdu->axes[hdu->naxis - 1], length);
  if (length > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "axis 0 is too long for a header");
  *data_bytes = rf_pixel_bytes(rf_convert_stored_type(hdu->bitpix));
  for (int i = 0; i < hdu->naxis - 1; i++)
    if (!rf_mul_u64(*data_bytes, hdu->axes[i], data_bytes))
      return rf_fail(err, RF_ERR_LIMIT, "the image has more bytes than a file can hold");
  if (!rf_mul_u64(*data_bytes, length, data_bytes) || *data_bytes > INT64_MAX - RF_BLOCK_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "the image has more bytes than a file can hold");
  return rf_plain_image_check_whole(file, hdu, err);
}

/* Pixels to append. */
typedef struct new_pixels {
  const rf_convert *convert;
  const uint8_t *in;
  const uint8_t *mask; /* NULL, or one byte per pixel */
  uint64_t count;
  uint64_t old_bytes; /* of the data unit before */
} new_pixels;

static rf_status put_pixels(void *context, rf_store *store, uint64_t data, rf_error *err) {
  const new_pixels *pixels = context;
  const rf_convert *convert = pixels->convert;
  size_t width = convert->stored_bytes, room = BUFFER_BYTES / width;
  if (pixels->count < room)
    room = (size_t)pixels->count;
  uint8_t *buffer = rf_alloc(room * width);
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a buffer of %zu bytes to write pixels from", room * width);
  rf_status status = RF_OK;
  for (uint64_t done = 0; done < pixels->count && status == RF_OK;) {
    size_t n = pixels->count - done < room ? (size_t)(pixels->count - done) : room;
    rf_convert_write(convert, buffer, pixels->in + done * convert->type_bytes,
                     pixels->mask != NULL ? pixels->mask + done : NULL, n);
    status = rf_store_write(store, data + pixels->old_bytes + done * width, buffer, n * width, err);
    done += n;
  }
  rf_free(buffer);
  return status;
}

/* Makes axis 0 `length` elements long. The new pixels are `pixels`, or 0 where that is NULL. */
static rf_status lengthen(rf_file *file, rf_hdu *hdu, uint64_t length, uint64_t data_bytes, new_pixels *pixels,
                          bool *written, rf_error *err) {
  const rf_header *old;
  rf_header *header;
  char keyword[16];
  rf_rearrange rearrange = {.run = put_pixels, .context = pixels, .fresh = true};
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  RF_TRY(rf_header_copy(old, &header, err));
  snprintf(keyword, sizeof keyword, "NAXIS%d", hdu->naxis);
  rf_value value = {RF_VALUE_INTEGER, (int64_t)length, 0.0, 0.0, NULL, 0};
  rf_status status = rf_header_set(header, keyword, &value, NULL, err);
  if (status == RF_OK)
    status = rf_file_rearrange_locked(file, hdu->index, header, data_bytes, pixels != NULL ? &rearrange : NULL, written,
                                      err);
  rf_header_free(header);
  return status;
}

rf_status rf_plain_image_extend(rf_file *file, rf_hdu *hdu, uint64_t length, const rf_image_request *pixels,
                                bool *written, rf_error *err) {
  rf_convert convert;
  uint64_t data_bytes = 0;
  if (pixels == NULL) {
    RF_TRY(check_extend(file, hdu, length, &data_bytes, err));
    if (length == hdu->axes[hdu->naxis - 1])
      return RF_OK;
    return lengthen(file, hdu, length, data_bytes, NULL, written, err);
  }
  RF_TRY(rf_image_convert_init(&convert, hdu, pixels->dtype, pixels->flags, err));
  uint64_t count = pixels->data_bytes / convert.type_bytes;
  RF_TRY(rf_convert_check(&convert, pixels->data, pixels->mask, count, err));
  RF_TRY(check_extend(file, hdu, length, &data_bytes, err));
  new_pixels appended = {&convert, pixels->data, pixels->mask, count, hdu->data_bytes};
  return lengthen(file, hdu, length, data_bytes, &appended, written, err);
}

/* ---- the public calls ---- */

static rf_status get_extend_ops(const rf_hdu *hdu, const rf_image_ops **ops, rf_error *err) {
  RF_TRY(rf_image_get_ops(hdu, ops, err));
  return (*ops)->extend != NULL ? RF_OK : rf_image_refuse(hdu, "extended", err);
}

static rf_status extend_image(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  const uint64_t *length = request;
  const rf_image_ops *ops = NULL;
  RF_TRY(get_extend_ops(hdu, &ops, err));
  return ops->extend(file, hdu, *length, NULL, written, err);
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
  RF_TRY(get_extend_ops(hdu, &ops, err));
  RF_TRY(rf_image_request_check(file, hdu, pixels, err));
  RF_TRY(ops->info(file, hdu, &image, err));
  RF_TRY(rf_image_convert_init(&convert, image, pixels->dtype, pixels->flags, err));
  RF_TRY(count_planes(image, pixels->dtype, pixels->data_bytes, &planes, err));
  return ops->extend(file, hdu, image->axes[image->naxis - 1] + planes, pixels, written, err);
}

rf_status rf_image_append(rf_file *file, size_t index, const rf_image_request *request, rf_error *err) {
  rf_image_request copy = rf_image_request_copy(request);
  copy.section = NULL;
  return rf_call_write(file, index, append_pixels, &copy, err);
}
