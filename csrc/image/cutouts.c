/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Many boxes of one image at once: cutouts around a list of positions. What all of them need is fetched together, then
 * each is read as any section; what hangs over the edge of the image is filled up.
 */
#include <inttypes.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "image/ops.h"
#include "value/dtype.h"
#include "file/access.h"

/* Ranges of one prefetch. */
#define MAX_RANGES ((size_t)1 << 20)

typedef struct boxes {
  rf_file *file;
  rf_hdu *hdu;
  const rf_image_ops *ops;
  const rf_hdu *image;
  const int64_t *begins;
  const uint64_t *lengths;
  size_t naxis;
  size_t count;
  rf_dtype type;
  uint32_t flags;
  unsigned threads;
  const void *fill;
  size_t type_bytes;
  uint64_t elements; /* of a box */
  uint8_t *out;
  uint8_t *mask;
  rf_axis *axes;    /* the part of a box that lies in the image */
  uint64_t *before; /* elements of the box before that part, along each axis */
  uint8_t *part;    /* room for it, when there is one that hangs over */
  uint8_t *part_mask;
} boxes;

/* The part of box i that lies within the image. False when there is none. *whole: it is all of the box. */
static bool clip(const boxes *b, size_t i, bool *whole) {
  *whole = true;
  for (size_t k = 0; k < b->naxis; k++) {
    int64_t begin = b->begins[i * b->naxis + k];
    uint64_t axis = b->image->axes[b->naxis - 1 - k], length = b->lengths[k];
    uint64_t before = begin < 0 ? 0 - (uint64_t)begin : 0, first = begin < 0 ? 0 : (uint64_t)begin;
    if (before >= length || first >= axis)
      return false;
    uint64_t left = length - before < axis - first ? length - before : axis - first;
    b->axes[k] = (rf_axis){(int64_t)first, 1, left, NULL};
    b->before[k] = before;
    *whole = *whole && left == length;
  }
  return true;
}

/* ---- fetching ---- */

/* Adds the ranges of box i to the plan; room grows as needed. */
static rf_status add_plan(const boxes *b, rf_range **ranges, size_t *count, size_t *capacity, rf_error *err) {
  for (;;) {
    rf_image_plan_result plan = {*ranges != NULL ? *ranges + *count : NULL, *capacity - *count, 0, 0};
    RF_TRY(b->ops->plan(b->file, b->hdu, b->axes, &plan, err));
    if (plan.count <= plan.capacity) {
      *count += plan.count;
      return RF_OK;
    }
    size_t need = *count + plan.count;
    if (need > 4 * MAX_RANGES)
      return rf_fail(err, RF_ERR_MEMORY, "expected a plan of at most %zu ranges, found %zu", 4 * MAX_RANGES, need);
    RF_TRY(RF_ARRAY_GROW(*ranges, *capacity, need, "a plan of ranges", err));
  }
}

static rf_status prefetch(const boxes *b, rf_error *err) {
  rf_range *ranges = NULL;
  size_t count = 0, capacity = 0;
  rf_status status = RF_OK;
  bool whole;
  if (b->ops->prefetch != NULL)
    RF_TRY(b->ops->prefetch(b->file, b->hdu, err));
  for (size_t i = 0; i < b->count && status == RF_OK && count < MAX_RANGES; i++)
    if (clip(b, i, &whole))
      status = add_plan(b, &ranges, &count, &capacity, err);
  if (status == RF_OK)
    status = rf_store_prefetch(b->file->store, ranges, count, err);
  rf_free(ranges);
  return status;
}

/* ---- reading ---- */

static void fill_box(const boxes *b, size_t i) {
  uint8_t *at = b->out + i * b->elements * b->type_bytes;
  for (uint64_t k = 0; k < b->elements; k++)
    memcpy(at + k * b->type_bytes, b->fill, b->type_bytes);
  if (b->mask != NULL)
    memset(b->mask + i * b->elements, 1, (size_t)b->elements);
}

/* Puts the part, row by row, to its place in the box. */
static void place_part(const boxes *b, size_t i) {
  size_t last = b->naxis - 1;
  uint64_t row = b->axes[last].count, rows = 1;
  for (size_t k = 0; k < last; k++)
    rows *= b->axes[k].count;
  for (uint64_t r = 0; r < rows; r++) {
    uint64_t rest = r, to = 0, unit = b->lengths[last];
    for (size_t k = last; k-- > 0; unit *= b->lengths[k]) {
      to += (b->before[k] + rest % b->axes[k].count) * unit;
      rest /= b->axes[k].count;
    }
    to += i * b->elements + b->before[last];
    memcpy(b->out + to * b->type_bytes, b->part + r * row * b->type_bytes, (size_t)row * b->type_bytes);
    if (b->mask != NULL)
      memcpy(b->mask + to, b->part_mask + r * row, (size_t)row);
  }
}

static rf_status read_part(const boxes *b, uint8_t *out, uint64_t bytes, uint8_t *mask, rf_error *err) {
  const rf_image_request request = {sizeof request, b->axes, b->type, b->flags, b->threads, out, bytes, mask};
  return b->ops->read(b->file, b->hdu, &request, err);
}

static rf_status read_box(boxes *b, size_t i, rf_error *err) {
  bool whole;
  uint64_t bytes = b->type_bytes;
  if (!clip(b, i, &whole)) {
    fill_box(b, i);
    return RF_OK;
  }
  for (size_t k = 0; k < b->naxis; k++)
    bytes *= b->axes[k].count;
  if (whole)
    return read_part(b, b->out + i * b->elements * b->type_bytes, bytes,
                     b->mask != NULL ? b->mask + i * b->elements : NULL, err);
  if (b->part == NULL) {
    b->part = rf_alloc((size_t)(b->elements * b->type_bytes));
    b->part_mask = b->mask != NULL ? rf_alloc((size_t)b->elements) : NULL;
    if (b->part == NULL || (b->mask != NULL && b->part_mask == NULL))
      return rf_fail(err, RF_ERR_MEMORY, "no memory for a box of %" PRIu64 " pixels", b->elements);
  }
  RF_TRY(read_part(b, b->part, bytes, b->part_mask, err));
  fill_box(b, i);
  place_part(b, i);
  return RF_OK;
}

/* ---- the call ---- */

static rf_status check(boxes *b, uint64_t out_bytes, rf_error *err) {
  uint64_t need;
  if ((size_t)b->image->naxis != b->naxis || b->naxis == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "a box of %zu axes of an image that has %d", b->naxis, b->image->naxis);
  if (b->type_bytes == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "unknown pixel type %d", (int)b->type);
  b->elements = 1;
  for (size_t k = 0; k < b->naxis; k++)
    if (!rf_mul_u64(b->elements, b->lengths[k], &b->elements))
      return rf_fail(err, RF_ERR_RANGE, "a box of more pixels than can be counted");
  if (!rf_mul_u64(b->elements, b->type_bytes, &need) || !rf_mul_u64(need, b->count, &need) || need != out_bytes)
    return rf_fail(err, RF_ERR_ARGUMENT, "%zu boxes of %" PRIu64 " pixels do not take %" PRIu64 " bytes", b->count,
                   b->elements, out_bytes);
  return RF_OK;
}

static rf_status read_boxes(boxes *b, size_t index, uint64_t out_bytes, rf_error *err) {
  RF_TRY(rf_image_find(b->file, index, &b->hdu, err));
  b->ops = b->hdu->ops->image;
  RF_TRY(b->ops->info(b->file, b->hdu, &b->image, err));
  RF_TRY(check(b, out_bytes, err));
  if (out_bytes == 0)
    return RF_OK;
  b->axes = rf_alloc_zero(b->naxis, sizeof *b->axes);
  b->before = rf_alloc_zero(b->naxis, sizeof *b->before);
  if (b->axes == NULL || b->before == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "out of memory");
  if (b->file->store->profile.prefetch)
    RF_TRY(prefetch(b, err));
  for (size_t i = 0; i < b->count; i++)
    RF_TRY(read_box(b, i, err));
  return RF_OK;
}

rf_status rf_image_read_cutouts(rf_file *file, size_t index, const int64_t *begins, size_t count,
                                const uint64_t *lengths, size_t naxis, rf_dtype type, uint32_t flags, const void *fill,
                                void *out, uint64_t out_bytes, uint8_t *mask, rf_error *err) {
  boxes b = {.file = file, .begins = begins, .lengths = lengths, .naxis = naxis, .count = count};
  b.type = type;
  b.flags = flags & RF_IMAGE_FLAGS;
  b.threads = flags >> RF_IMAGE_THREADS_SHIFT;
  b.fill = fill;
  b.type_bytes = rf_pixel_bytes(type);
  b.out = out;
  b.mask = mask;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = read_boxes(&b, index, out_bytes, err);
    status = rf_file_end_read_of(file, index, status, err);
  }
  rf_free(b.axes);
  rf_free(b.before);
  rf_free(b.part);
  rf_free(b.part_mask);
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}
