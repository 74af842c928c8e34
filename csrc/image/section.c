/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "image/section.h"

/* Elements of a row that lie within this many bytes of each other are read with the bytes between them: copying a few
 * cache lines costs less than a range of its own. */
#define SPAN_GAP_BYTES 256

/* The longest span of an index list: it fits into the buffers of readers and writers. */
#define SPAN_ROW_BYTES (128u << 10)

static uint64_t axis_length(const rf_hdu *hdu, int axis) {
  return hdu->axes[hdu->naxis - 1 - axis];
}

uint64_t rf_section_image_count(const rf_hdu *hdu) {
  uint64_t count = hdu->naxis > 0 ? 1 : 0;
  for (int i = 0; i < hdu->naxis; i++)
    if (hdu->axes[i] == 0)
      return 0;
  for (int i = 0; i < hdu->naxis; i++)
    if (!rf_mul_u64(count, hdu->axes[i], &count))
      return UINT64_MAX;
  return count;
}

/* ---- checks ---- */

static rf_status check_indices(const rf_axis *axis, int number, uint64_t length, rf_error *err) {
  for (uint64_t i = 0; i < axis->count; i++)
    if (axis->indices[i] >= length)
      return rf_fail(err, RF_ERR_RANGE, "index %" PRIu64 " is outside axis %d of %" PRIu64 " elements",
                     axis->indices[i], number, length);
  return RF_OK;
}

static rf_status check_axis(const rf_axis *axis, int number, uint64_t length, rf_error *err) {
  if (axis->count == 0)
    return RF_OK;
  if (axis->indices != NULL)
    return check_indices(axis, number, length, err);
  bool inside = axis->start >= 0 && (uint64_t)axis->start < length;
  if (inside && axis->count > 1) {
    uint64_t steps = axis->count - 1, start = (uint64_t)axis->start;
    if (axis->step == 0)
      return rf_fail(err, RF_ERR_ARGUMENT, "the step along axis %d is 0", number);
    inside = axis->step > 0 ? steps <= (length - 1 - start) / (uint64_t)axis->step
                            : steps <= start / (0 - (uint64_t)axis->step);
  }
  if (!inside)
    return rf_fail(err, RF_ERR_RANGE,
                   "%" PRIu64 " elements from %" PRId64 " with step %" PRId64 " are outside axis %d of %" PRIu64
                   " elements",
                   axis->count, axis->start, axis->step, number, length);
  return RF_OK;
}

/* ---- building ---- */

static void index_extremes(const uint64_t *indices, uint64_t count, uint64_t *low, uint64_t *high) {
  *low = *high = indices[0];
  for (uint64_t i = 1; i < count; i++) {
    *low = indices[i] < *low ? indices[i] : *low;
    *high = indices[i] > *high ? indices[i] : *high;
  }
}

/* Adds an axis of at least one element, slower than the axes before it. */
static void add_axis(rf_section *section, const rf_axis *axis, uint64_t axis_stride) {
  rf_section_dim *last = section->ndim > 0 ? &section->dims[section->ndim - 1] : NULL;
  rf_section_dim *dim = &section->dims[section->ndim];
  if (axis->indices != NULL && axis->count > 1) {
    uint64_t low, high;
    index_extremes(axis->indices, axis->count, &low, &high);
    section->low += low * axis_stride;
    section->high += high * axis_stride;
    if (section->ndim == 0) {
      section->index_low = low;
      section->index_high = high;
    }
    *dim = (rf_section_dim){(int64_t)axis_stride, axis->count, axis->indices};
    section->ndim++;
    return;
  }
  uint64_t first = axis->indices != NULL ? axis->indices[0] : (uint64_t)axis->start;
  section->start += first * axis_stride;
  section->low += first * axis_stride;
  section->high += first * axis_stride;
  if (axis->count == 1)
    return;
  int64_t stride = axis->step * (int64_t)axis_stride;
  int64_t reach = stride * (int64_t)(axis->count - 1);
  if (reach > 0)
    section->high += (uint64_t)reach;
  else
    section->low -= 0 - (uint64_t)reach;
  if (last != NULL && last->indices == NULL && last->stride * (int64_t)last->count == stride) {
    last->count *= axis->count;
    return;
  }
  *dim = (rf_section_dim){stride, axis->count, NULL};
  section->ndim++;
}

static rf_section_mode choose_mode(const rf_section *section) {
  const rf_section_dim *inner = &section->dims[0];
  if (inner->indices == NULL) {
    uint64_t stride = inner->stride < 0 ? 0 - (uint64_t)inner->stride : (uint64_t)inner->stride;
    if (inner->stride == 1)
      return RF_SECTION_RUN;
    return stride <= SPAN_GAP_BYTES / section->width ? RF_SECTION_SPAN : RF_SECTION_SINGLE;
  }
  uint64_t most = SPAN_ROW_BYTES / section->width;
  uint64_t range = section->index_high - section->index_low;
  if (range > most || (uint64_t)inner->stride > most || range * (uint64_t)inner->stride >= most)
    return RF_SECTION_SINGLE;
  uint64_t bytes = (range * (uint64_t)inner->stride + 1) * section->width;
  return bytes / inner->count <= SPAN_GAP_BYTES ? RF_SECTION_SPAN : RF_SECTION_SINGLE;
}

static void build(rf_section *section, const rf_hdu *hdu, const rf_axis *axes) {
  uint64_t stride = 1;
  for (int k = hdu->naxis - 1; k >= 0; k--) {
    uint64_t length = axis_length(hdu, k);
    rf_axis whole = {0, 1, length, NULL};
    add_axis(section, axes != NULL ? &axes[k] : &whole, stride);
    stride *= length;
  }
  if (section->ndim == 0) {
    section->dims[0] = (rf_section_dim){1, 1, NULL};
    section->ndim = 1;
  }
  section->rows = section->count / section->dims[0].count;
  section->mode = choose_mode(section);
}

rf_status rf_section_init(rf_section *section, const rf_hdu *hdu, const rf_axis *axes, rf_error *err) {
  uint64_t image = rf_section_image_count(hdu);
  section->width = (unsigned)(hdu->bitpix < 0 ? -hdu->bitpix : hdu->bitpix) / 8;
  section->origin = hdu->data_offset;
  section->count = image;
  section->ndim = 0;
  section->rows = section->start = section->low = section->high = 0;
  section->index_low = section->index_high = 0;
  /* The scan checked the size of the data unit in bytes. Strides need a sign bit and a factor of 2. */
  if (image > INT64_MAX / 2)
    return rf_fail(err, RF_ERR_LIMIT, "the image has more elements than can be addressed");
  /* The data unit is empty: the bytes at its offset belong to the next HDU. */
  if (image > 0 && hdu->gcount == 0)
    return rf_fail(err, RF_ERR_FORMAT,
                   "GCOUNT = 0 makes the data unit empty (FITS 4.4.1.2), but NAXISn give %" PRIu64 " pixels", image);
  if (axes != NULL && hdu->naxis > 0) {
    bool fits = true;
    section->count = 1;
    for (int k = 0; k < hdu->naxis; k++)
      RF_TRY(check_axis(&axes[k], k, axis_length(hdu, k), err));
    for (int k = 0; k < hdu->naxis; k++)
      if (axes[k].count == 0)
        section->count = 0;
    for (int k = 0; k < hdu->naxis && section->count != 0; k++)
      fits = fits && rf_mul_u64(section->count, axes[k].count, &section->count);
    if (!fits || section->count > INT64_MAX / 8)
      return rf_fail(err, RF_ERR_LIMIT, "the section has more elements than can be addressed");
  }
  if (section->count != 0)
    build(section, hdu, axes);
  return RF_OK;
}

/* ---- parts ---- */

size_t rf_section_parts(const rf_section *section, size_t most) {
  uint64_t count = section->dims[section->ndim - 1].count;
  return count < most ? (size_t)count : most;
}

/* Returns the first element of part i of n elements. The first parts have one more each where `parts` does not divide
 * n. */
static uint64_t part_begin(uint64_t n, size_t i, size_t parts) {
  uint64_t rest = n % parts;
  return n / parts * i + (i < rest ? i : rest);
}

uint64_t rf_section_part(const rf_section *section, size_t i, size_t parts, rf_section *part) {
  *part = *section;
  rf_section_dim *cut = &part->dims[part->ndim - 1];
  uint64_t each = section->count / cut->count, first = part_begin(cut->count, i, parts);
  cut->count = part_begin(cut->count, i + 1, parts) - first;
  if (cut->indices != NULL)
    cut->indices += first;
  else
    part->start += first * (uint64_t)cut->stride;
  part->count = each * cut->count;
  part->rows = part->count / part->dims[0].count;
  return each * first;
}

/* ---- walking ---- */

void rf_section_begin(rf_section_iter *iter, const rf_section *section) {
  iter->section = section;
  iter->done = section->count == 0;
  iter->base = section->start;
  iter->inner = 0;
  for (int d = 1; d < section->ndim; d++) {
    iter->position[d] = 0;
    if (section->dims[d].indices != NULL)
      iter->base += section->dims[d].indices[0] * (uint64_t)section->dims[d].stride;
  }
}

/* Returns the offset of position `p` of a dimension, in elements modulo 2^64: strides may be negative. */
static uint64_t dim_offset(const rf_section_dim *dim, uint64_t p) {
  return (dim->indices != NULL ? dim->indices[p] : p) * (uint64_t)dim->stride;
}

static void next_row(rf_section_iter *iter) {
  const rf_section *section = iter->section;
  iter->inner = 0;
  for (int d = 1; d < section->ndim; d++) {
    const rf_section_dim *dim = &section->dims[d];
    uint64_t p = iter->position[d];
    iter->base -= dim_offset(dim, p);
    if (p + 1 < dim->count) {
      iter->position[d] = p + 1;
      iter->base += dim_offset(dim, p + 1);
      return;
    }
    iter->position[d] = 0;
    iter->base += dim_offset(dim, 0);
  }
  iter->done = true;
}

bool rf_section_next(rf_section_iter *iter, uint64_t most, rf_section_segment *segment) {
  if (iter->done)
    return false;
  uint64_t left = iter->section->dims[0].count - iter->inner;
  segment->base = iter->base;
  segment->first = iter->inner;
  segment->count = left < most ? left : most;
  if (segment->count == left)
    next_row(iter);
  else
    iter->inner += segment->count;
  return true;
}

void rf_section_extent(const rf_section *section, const rf_section_segment *segment, uint64_t *low, uint64_t *high) {
  const rf_section_dim *inner = &section->dims[0];
  if (inner->indices != NULL) {
    *low = segment->base + section->index_low * (uint64_t)inner->stride;
    *high = segment->base + section->index_high * (uint64_t)inner->stride;
    return;
  }
  uint64_t first = rf_section_element(section, segment, 0),
           last = rf_section_element(section, segment, segment->count - 1);
  *low = inner->stride < 0 ? last : first;
  *high = inner->stride < 0 ? first : last;
}

/* ---- picking elements ---- */

/* One loop for each width, so that each copy is a single load and store. */
#define EACH_ELEMENT(bytes_each, to, from)                                                                             \
  case bytes_each:                                                                                                     \
    for (size_t i = 0; i < count; i++) {                                                                               \
      size_t at = (size_t)(rf_section_element(section, segment, skip + i) - low) * (bytes_each);                       \
      size_t packed = i * (bytes_each);                                                                                \
      memcpy(to, from, (bytes_each));                                                                                  \
    }                                                                                                                  \
    break;

#define EACH_WIDTH(to, from)                                                                                           \
  switch (section->width) {                                                                                            \
    EACH_ELEMENT(1, to, from)                                                                                          \
    EACH_ELEMENT(2, to, from)                                                                                          \
    EACH_ELEMENT(4, to, from)                                                                                          \
    EACH_ELEMENT(8, to, from)                                                                                          \
  default:                                                                                                             \
    break; /* no other width exists */                                                                                 \
  }

void rf_section_gather(const rf_section *section, const rf_section_segment *segment, uint64_t skip, size_t count,
                       uint64_t low, const uint8_t *bytes, uint8_t *dst) {
  EACH_WIDTH(dst + packed, bytes + at)
}

void rf_section_scatter(const rf_section *section, const rf_section_segment *segment, uint64_t skip, size_t count,
                        uint64_t low, const uint8_t *src, uint8_t *bytes) {
  EACH_WIDTH(bytes + at, src + packed)
}
