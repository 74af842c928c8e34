/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Short ways to request pixels.
 */
#ifndef TEST_IMAGE_REQUEST_H
#define TEST_IMAGE_REQUEST_H

#include "rustfits.h"

/* An rf_image_request with these members. */
#define PIXELS(...) (&(rf_image_request){.size = sizeof(rf_image_request), __VA_ARGS__})

/* rf_image_plan() of a section. */
static inline rf_status plan_section(rf_file *file, size_t index, const rf_axis *section, rf_range *ranges,
                                     size_t capacity, size_t *count, uint64_t *bytes, rf_error *err) {
  rf_image_ranges plan = {.size = sizeof plan, .ranges = ranges, .capacity = capacity};
  rf_status status = rf_image_plan(file, index, PIXELS(.section = section), &plan, err);
  if (status == RF_OK) {
    *count = plan.count;
    *bytes = plan.bytes;
  }
  return status;
}

#endif
