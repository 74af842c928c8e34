/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The byte ranges that reading a section of a compressed image takes.
 */
#include "tiled/image/ranges.h"

#include <inttypes.h>

#include "base/memory.h"
#include "base/sort.h"
#include "table/read.h"
#include "tiled/image/image.h"
#include "tiled/image/rows.h"
#include "tiled/image/section.h"
#include "tiled/parsed.h"

typedef struct planner {
  rf_range *ranges;
  size_t count;
} planner;

/* Merges ranges in file order into as few as possible. */
static void merge_ranges(planner *plan) {
  size_t kept = 0;
  rf_sort_by_u64(plan->ranges, plan->count, sizeof *plan->ranges); /* by offset */
  for (size_t i = 0; i < plan->count; i++) {
    const rf_range *range = &plan->ranges[i];
    rf_range *last = kept > 0 ? &plan->ranges[kept - 1] : NULL;
    uint64_t end = range->offset + range->length;
    if (last != NULL && range->offset <= last->offset + last->length) {
      if (end > last->offset + last->length)
        last->length = (size_t)(end - last->offset);
    } else {
      plan->ranges[kept++] = *range;
    }
  }
  plan->count = kept;
}

static rf_status plan_tiles(rf_file *file, const rf_hdu *hdu, const rf_tiled_image *tiled_image,
                            const rf_tile_section *section, planner *plan, rf_error *err) {
  uint64_t tiles[256];
  rf_tile_row rows[256];
  for (uint64_t place = 0; place < section->touched;) {
    size_t n = 0;
    for (; place < section->touched && n < 256; place++)
      tiles[n++] = rf_tile_section_tile(section, place);
    RF_TRY(rf_tiled_image_rows(file, hdu, tiled_image, tiles, n, rows, err));
    for (size_t i = 0; i < n; i++) {
      uint64_t offset = hdu->data_offset + tiles[i] * rf_tiled_rows(hdu)->info.row_bytes + tiled_image->row_low;
      plan->ranges[plan->count++] = (rf_range){offset, (size_t)tiled_image->row_span};
      if (rows[i].bytes > 0)
        plan->ranges[plan->count++] = (rf_range){rows[i].offset, (size_t)rows[i].bytes};
    }
  }
  merge_ranges(plan);
  return RF_OK;
}

rf_status rf_tiled_image_plan(rf_file *file, rf_hdu *hdu, const rf_axis *axes, rf_image_ranges *result, rf_error *err) {
  rf_tiled_image *tiled_image = NULL;
  rf_tile_section section;
  planner plan = {NULL, 0};
  RF_TRY(rf_tiled_image_get(file, hdu, &tiled_image, err));
  RF_TRY(rf_tile_section_init(&section, tiled_image, axes, err));
  if (section.count == 0)
    return RF_OK;
  rf_status status = RF_OK;
  if (section.touched > UINT32_MAX || section.touched > SIZE_MAX / (2 * sizeof *plan.ranges))
    status =
        rf_fail(err, RF_ERR_LIMIT, "the plan of this section has too many ranges (%" PRIu64 " tiles)", section.touched);
  else if ((plan.ranges = rf_alloc((size_t)section.touched * 2 * sizeof *plan.ranges)) == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate a plan of %" PRIu64 " tiles", section.touched);
  if (status == RF_OK)
    status = plan_tiles(file, hdu, tiled_image, &section, &plan, err);
  if (status == RF_OK) {
    result->count = plan.count;
    for (size_t i = 0; i < plan.count; i++) {
      result->bytes += plan.ranges[i].length;
      if (i < result->capacity)
        result->ranges[i] = plan.ranges[i];
    }
  }
  rf_free(plan.ranges);
  rf_tile_section_free(&section);
  return status == RF_ERR_TRUNCATED ? rf_table_add_truncation(file, rf_tiled_rows(hdu), hdu, err) : status;
}
