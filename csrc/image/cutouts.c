/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Many cutouts of one image in one call. For remote files, the byte ranges of all cutouts are fetched together; then
 * each cutout is read as a section. Pixels outside the image get a fill value.
 */
#include <inttypes.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "file/call.h"
#include "image/ops.h"
#include "image/request.h"
#include "value/dtype.h"

/* Ranges of one prefetch. */
#define MAX_RANGES ((size_t)1 << 20)

typedef struct cutouts {
  rf_file *file;
  rf_hdu *hdu;
  const rf_image_ops *ops;
  const rf_hdu *image;
  const rf_cutout_request *request;
  int naxis;
  size_t dtype_bytes;
  uint64_t elements; /* of a cutout */
  rf_axis *inside;   /* the part of a cutout that lies in the image */
  uint64_t *before;  /* elements of the cutout before that part, along each axis */
  uint8_t *part;     /* memory for a part that is smaller than its cutout; NULL until there is one */
  uint8_t *part_mask;
} cutouts;

static uint8_t *data_of(const cutouts *c, uint64_t element) {
  return (uint8_t *)c->request->data + element * c->dtype_bytes;
}

static uint8_t *mask_of(const cutouts *c, uint64_t element) {
  return c->request->mask != NULL ? c->request->mask + element : NULL;
}

/* Sets `inside` and `before` for cutout i. Returns false where it lies outside the image. *whole: it lies inside. */
static bool clip(const cutouts *c, size_t i, bool *whole) {
  *whole = true;
  for (int k = 0; k < c->naxis; k++) {
    int64_t start = c->request->starts[i * (size_t)c->naxis + (size_t)k];
    uint64_t axis = c->image->axes[c->naxis - 1 - k], length = c->request->lengths[k];
    uint64_t before = start < 0 ? 0 - (uint64_t)start : 0, first = start < 0 ? 0 : (uint64_t)start;
    if (before >= length || first >= axis)
      return false;
    uint64_t left = length - before < axis - first ? length - before : axis - first;
    c->inside[k] = (rf_axis){(int64_t)first, 1, left, NULL};
    c->before[k] = before;
    *whole = *whole && left == length;
  }
  return true;
}

/* ---- fetching ---- */

/* Adds the ranges of the clipped cutout to the plan. */
static rf_status add_ranges(const cutouts *c, rf_image_ranges *all, rf_error *err) {
  for (;;) {
    rf_image_ranges ranges = {.size = sizeof ranges,
                              .ranges = all->ranges != NULL ? all->ranges + all->count : NULL,
                              .capacity = all->capacity - all->count};
    RF_TRY(c->ops->plan(c->file, c->hdu, c->inside, &ranges, err));
    if (ranges.count <= ranges.capacity) {
      all->count += ranges.count;
      return RF_OK;
    }
    size_t need = all->count + ranges.count;
    if (need > 4 * MAX_RANGES)
      return rf_fail(err, RF_ERR_MEMORY, "expected a plan of at most %zu ranges, found %zu", 4 * MAX_RANGES, need);
    RF_TRY(RF_ARRAY_GROW(all->ranges, all->capacity, need, "a plan of ranges", err));
  }
}

static rf_status prefetch(const cutouts *c, rf_error *err) {
  rf_image_ranges all = {.size = sizeof all};
  rf_status status = RF_OK;
  bool whole;
  if (c->ops->prefetch != NULL)
    RF_TRY(c->ops->prefetch(c->file, c->hdu, err));
  for (size_t i = 0; i < c->request->count && status == RF_OK && all.count < MAX_RANGES; i++)
    if (clip(c, i, &whole))
      status = add_ranges(c, &all, err);
  if (status == RF_OK)
    status = rf_store_prefetch(c->file->store, all.ranges, all.count, err);
  rf_free(all.ranges);
  return status;
}

/* ---- reading ---- */

static void fill_cutout(const cutouts *c, size_t i) {
  uint8_t *at = data_of(c, i * c->elements);
  for (uint64_t k = 0; k < c->elements; k++)
    memcpy(at + k * c->dtype_bytes, c->request->fill, c->dtype_bytes);
  if (c->request->mask != NULL)
    memset(c->request->mask + i * c->elements, 1, (size_t)c->elements);
}

/* Copies the part, row by row, to its place in cutout i. */
static void place_part(const cutouts *c, size_t i) {
  int last = c->naxis - 1;
  uint64_t row = c->inside[last].count, rows = 1;
  for (int k = 0; k < last; k++)
    rows *= c->inside[k].count;
  for (uint64_t r = 0; r < rows; r++) {
    uint64_t rest = r, to = 0, unit = c->request->lengths[last];
    for (int k = last; k-- > 0; unit *= c->request->lengths[k]) {
      to += (c->before[k] + rest % c->inside[k].count) * unit;
      rest /= c->inside[k].count;
    }
    to += i * c->elements + c->before[last];
    memcpy(data_of(c, to), c->part + r * row * c->dtype_bytes, (size_t)row * c->dtype_bytes);
    if (c->request->mask != NULL)
      memcpy(c->request->mask + to, c->part_mask + r * row, (size_t)row);
  }
}

static rf_status read_part(const cutouts *c, uint8_t *data, uint8_t *mask, rf_error *err) {
  rf_image_request part = {.size = sizeof part,
                           .section = c->inside,
                           .dtype = c->request->dtype,
                           .flags = c->request->flags,
                           .threads = c->request->threads,
                           .data = data,
                           .data_bytes = c->dtype_bytes,
                           .mask = mask};
  for (int k = 0; k < c->naxis; k++)
    part.data_bytes *= c->inside[k].count;
  return c->ops->read(c->file, c->hdu, &part, err);
}

static rf_status reserve_part(cutouts *c, rf_error *err) {
  if (c->part != NULL)
    return RF_OK;
  c->part = rf_alloc((size_t)(c->elements * c->dtype_bytes));
  c->part_mask = c->request->mask != NULL ? rf_alloc((size_t)c->elements) : NULL;
  if (c->part == NULL || (c->request->mask != NULL && c->part_mask == NULL))
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a cutout of %" PRIu64 " pixels", c->elements);
  return RF_OK;
}

static rf_status read_cutout(cutouts *c, size_t i, rf_error *err) {
  bool whole;
  if (!clip(c, i, &whole)) {
    fill_cutout(c, i);
    return RF_OK;
  }
  if (whole)
    return read_part(c, data_of(c, i * c->elements), mask_of(c, i * c->elements), err);
  RF_TRY(reserve_part(c, err));
  RF_TRY(read_part(c, c->part, c->part_mask, err));
  fill_cutout(c, i);
  place_part(c, i);
  return RF_OK;
}

/* ---- the public call ---- */

static rf_status check(cutouts *c, rf_error *err) {
  const rf_cutout_request *request = c->request;
  uint64_t need;
  if (c->image->naxis != c->naxis || c->naxis == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "naxis = %d, expected the %d axes of the image", c->naxis, c->image->naxis);
  if (c->dtype_bytes == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "unknown pixel type %d", (int)request->dtype);
  c->elements = 1;
  for (int k = 0; k < c->naxis; k++)
    if (!rf_mul_u64(c->elements, request->lengths[k], &c->elements))
      return rf_fail(err, RF_ERR_RANGE, "a cutout has more pixels than can be counted");
  if (!rf_mul_u64(c->elements, c->dtype_bytes, &need) || !rf_mul_u64(need, request->count, &need) ||
      need != request->data_bytes)
    return rf_fail(err, RF_ERR_ARGUMENT, "data_bytes = %" PRIu64 ", expected %zu cutouts of %" PRIu64 " pixels",
                   request->data_bytes, request->count, c->elements);
  return RF_OK;
}

static rf_status read_all(cutouts *c, rf_error *err) {
  RF_TRY(check(c, err));
  if (c->request->data_bytes == 0)
    return RF_OK;
  c->inside = rf_alloc_zero((size_t)c->naxis, sizeof *c->inside);
  c->before = rf_alloc_zero((size_t)c->naxis, sizeof *c->before);
  if (c->inside == NULL || c->before == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a section of %d axes", c->naxis);
  if (c->file->store->profile.prefetch)
    RF_TRY(prefetch(c, err));
  for (size_t i = 0; i < c->request->count; i++)
    RF_TRY(read_cutout(c, i, err));
  return RF_OK;
}

static rf_status read_cutouts(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  cutouts c = {.file = file, .hdu = hdu, .request = request};
  RF_TRY(rf_image_get_ops(hdu, &c.ops, err));
  RF_TRY(c.ops->info(file, hdu, &c.image, err));
  c.naxis = c.request->naxis;
  c.dtype_bytes = rf_pixel_bytes(c.request->dtype);
  rf_status status = read_all(&c, err);
  rf_free(c.inside);
  rf_free(c.before);
  rf_free(c.part);
  rf_free(c.part_mask);
  return status;
}

rf_status rf_image_read_cutouts(rf_file *file, size_t index, const rf_cutout_request *request, rf_error *err) {
  rf_cutout_request copy = rf_cutout_request_copy(request);
  return rf_call_read(file, index, read_cutouts, &copy, err);
}
