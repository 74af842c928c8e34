/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The byte ranges that reading a section needs, in the order of the file.
 */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/sort.h"
#include "file/call.h"
#include "image/plan.h"
#include "image/request.h"
#include "image/section.h"

/* Sorts an index list and removes repeats. Returns the number of entries that remain. */
static uint64_t sort_indices(uint64_t *indices, uint64_t count) {
  rf_sort_by_u64(indices, (size_t)count, sizeof *indices);
  uint64_t kept = 0;
  for (uint64_t i = 0; i < count; i++)
    if (kept == 0 || indices[i] != indices[kept - 1])
      indices[kept++] = indices[i];
  return kept;
}

/* Turns the dimensions of a section so that the walk goes forwards through the file. The caller frees `*memory`. */
static rf_status sort_section(rf_section *section, uint64_t **memory, rf_error *err) {
  uint64_t total = 0, *next;
  size_t size;
  for (int d = 0; d < section->ndim; d++)
    total += section->dims[d].indices != NULL ? section->dims[d].count : 0;
  *memory = NULL;
  if (total > 0 && (!rf_to_size(total, &size) || size > SIZE_MAX / sizeof **memory ||
                    (*memory = rf_alloc(size * sizeof **memory)) == NULL))
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate index lists of %" PRIu64 " entries", total);
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
  rf_range last; /* not yet in `ranges`; none while its length is 0 */
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
  rf_section_segment segment;
  uint64_t walk = section->mode == RF_SECTION_SINGLE ? section->count : section->rows;
  if (walk > UINT32_MAX || section->high - section->low >= SIZE_MAX / section->width)
    return rf_fail(err, RF_ERR_LIMIT, "the plan of this section has too many ranges: %" PRIu64, walk);
  rf_section_begin(&iter, section);
  while (rf_section_next(&iter, UINT64_MAX, &segment)) {
    if (section->mode == RF_SECTION_SINGLE) {
      for (uint64_t i = 0; i < segment.count; i++)
        plan_add(plan, section, rf_section_element(section, &segment, i), 1);
    } else {
      uint64_t low, high;
      rf_section_extent(section, &segment, &low, &high);
      plan_add(plan, section, low, high - low + 1);
    }
  }
  plan_flush(plan);
  return RF_OK;
}

rf_status rf_plain_image_plan(rf_file *file, rf_hdu *hdu, const rf_axis *axes, rf_image_ranges *ranges, rf_error *err) {
  rf_section section;
  uint64_t *memory;
  planner plan = {.ranges = ranges->ranges, .capacity = ranges->capacity};
  (void)file;
  RF_TRY(rf_section_init(&section, hdu, axes, err));
  if (section.count == 0)
    return RF_OK;
  RF_TRY(sort_section(&section, &memory, err));
  rf_status status = plan_section(&section, &plan, err);
  rf_free(memory);
  ranges->count = plan.count;
  ranges->bytes = plan.bytes;
  return status;
}

/* ---- the public call ---- */

typedef struct plan_request {
  rf_image_request section;
  rf_image_ranges ranges;
} plan_request;

static rf_status plan_image(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  plan_request *r = request;
  const rf_image_ops *ops = NULL;
  RF_TRY(rf_image_get_ops(hdu, &ops, err));
  RF_TRY(rf_image_request_check(file, hdu, &r->section, err));
  return ops->plan(file, hdu, r->section.section, &r->ranges, err);
}

rf_status rf_image_plan(rf_file *file, size_t index, const rf_image_request *request, rf_image_ranges *ranges,
                        rf_error *err) {
  plan_request plan = {rf_image_request_copy(request), {.size = sizeof plan.ranges, .ranges = ranges->ranges}};
  plan.ranges.capacity = ranges->ranges != NULL ? ranges->capacity : 0;
  RF_TRY(rf_call_read(file, index, plan_image, &plan, err));
  ranges->count = plan.ranges.count;
  ranges->bytes = plan.ranges.bytes;
  return RF_OK;
}
