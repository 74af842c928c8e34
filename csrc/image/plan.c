/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What reading a section would fetch, in the order of the file: for callers who want to know before they ask a slow
 * store.
 */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/sort.h"
#include "file/access.h"
#include "image/plan.h"
#include "image/section.h"

/* An ascending copy of an index list without repeats. */
static uint64_t sort_indices(uint64_t *indices, uint64_t count) {
  rf_sort_by_u64(indices, (size_t)count, sizeof *indices);
  uint64_t kept = 0;
  for (uint64_t i = 0; i < count; i++)
    if (kept == 0 || indices[i] != indices[kept - 1])
      indices[kept++] = indices[i];
  return kept;
}

/* Turns the dimensions of a section so that the walk goes through the file forwards. `*memory` is freed by the caller.
 */
static rf_status sort_section(rf_section *section, uint64_t **memory, rf_error *err) {
  uint64_t total = 0, *next;
  size_t size;
  for (int d = 0; d < section->ndim; d++)
    total += section->dims[d].indices != NULL ? section->dims[d].count : 0;
  *memory = NULL;
  if (total > 0 && (!rf_to_size(total, &size) || size > SIZE_MAX / sizeof **memory ||
                    (*memory = rf_alloc(size * sizeof **memory)) == NULL))
    return rf_fail(err, RF_ERR_MEMORY, "no memory for index lists of %" PRIu64 " entries", total);
  next = *memory;
  for (int d = 0; d < section->ndim; d++) {
    rf_section_dim *dim = &section->dims[d];
    if (dim->indices != NULL) {
      memcpy(next, dim->indices, (size_t)dim->count * sizeof *next);
      dim->indices = next;
      next += dim->count;
      dim->count = sort_indices((uint64_t *)dim->indices, dim->count);
    } else if (dim->stride < 0) {
      section->start -= (0 - (uint64_t)dim->stride) * (dim->count - 1);
      dim->stride = -dim->stride;
    }
  }
  if (section->mode == RF_SECTION_SPAN && section->dims[0].indices == NULL && section->dims[0].stride == 1)
    section->mode = RF_SECTION_RUN;
  return RF_OK;
}

typedef struct planner {
  rf_range *ranges;
  size_t capacity;
  size_t count;
  uint64_t bytes;
  rf_range last; /* not yet among the ranges; none while its length is 0 */
} planner;

static void plan_flush(planner *plan) {
  if (plan->last.length == 0)
    return;
  if (plan->count < plan->capacity)
    plan->ranges[plan->count] = plan->last;
  plan->count++;
  plan->bytes += plan->last.length;
}

static void plan_add(planner *plan, const rf_section *section, uint64_t low, uint64_t elements) {
  uint64_t offset = section->origin + low * section->width;
  size_t length = (size_t)elements * section->width;
  if (plan->last.length != 0 && plan->last.offset + plan->last.length == offset) {
    plan->last.length += length;
    return;
  }
  plan_flush(plan);
  plan->last = (rf_range){offset, length};
}

static rf_status plan_section(rf_section *section, planner *plan, rf_error *err) {
  rf_section_iter iter;
  rf_piece piece;
  uint64_t walk = section->mode == RF_SECTION_SINGLE ? section->count : section->rows;
  if (walk > UINT32_MAX || section->high - section->low >= SIZE_MAX / section->width)
    return rf_fail(err, RF_ERR_LIMIT, "the plan of this section has too many ranges (%" PRIu64 ")", walk);
  rf_section_begin(&iter, section);
  while (rf_section_next(&iter, UINT64_MAX, &piece)) {
    if (section->mode == RF_SECTION_SINGLE) {
      for (uint64_t i = 0; i < piece.count; i++)
        plan_add(plan, section, rf_section_element(section, &piece, i), 1);
    } else {
      uint64_t low, high;
      rf_section_extent(section, &piece, &low, &high);
      plan_add(plan, section, low, high - low + 1);
    }
  }
  plan_flush(plan);
  return RF_OK;
}

rf_status rf_plain_image_plan(rf_file *file, rf_hdu *hdu, const rf_axis *axes, rf_image_plan_result *result,
                              rf_error *err) {
  rf_section section;
  uint64_t *memory;
  planner plan = {.ranges = result->ranges, .capacity = result->capacity};
  (void)file;
  RF_TRY(rf_section_init(&section, hdu, axes, err));
  if (section.count == 0)
    return RF_OK;
  RF_TRY(sort_section(&section, &memory, err));
  rf_status status = plan_section(&section, &plan, err);
  rf_free(memory);
  result->count = plan.count;
  result->bytes = plan.bytes;
  return status;
}

static rf_status plan_locked(rf_file *file, size_t index, const rf_axis *axes, rf_image_plan_result *plan,
                             rf_error *err) {
  rf_hdu *hdu = NULL;
  RF_TRY(rf_image_find(file, index, &hdu, err));
  return hdu->ops->image->plan(file, hdu, axes, plan, err);
}

rf_status rf_image_plan(rf_file *file, size_t index, const rf_axis *axes, rf_range *ranges, size_t capacity,
                        size_t *count, uint64_t *bytes, rf_error *err) {
  rf_image_plan_result plan = {ranges, ranges != NULL ? capacity : 0, 0, 0};
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = plan_locked(file, index, axes, &plan, err);
    status = rf_file_end_read_of(file, index, status, err);
  }
  if (status != RF_OK)
    return rf_error_locate(err, status, rf_file_name(file), (int)index);
  *count = plan.count;
  *bytes = plan.bytes;
  return RF_OK;
}
