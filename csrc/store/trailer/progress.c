/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/trailer/progress.h"

#include "base/bytes.h"
#include "base/crc32c.h"

/* A batch of at least this part of a half is moved without it. */
#define MIN_DIRECT 2

/* Returns the next n units. */
static rf_batch take(const rf_step *step, uint64_t done, uint64_t n, bool staged) {
  return step->up ? (rf_batch){step->units - done - n, step->units - done, staged} : (rf_batch){done, done + n, staged};
}

/* Tells whether a batch does not overwrite its own source. */
static bool is_clear(const rf_step *step, const rf_batch *batch) {
  return step->up ? rf_step_begin(step, batch->low) >= rf_step_source(step, batch->high - 1, true)
                  : rf_step_begin(step, batch->high - 1) + step->width <= rf_step_source(step, batch->low, false);
}

rf_batch rf_progress_next(const rf_trailer *trailer, const rf_edit_progress *at) {
  const rf_step *step = &trailer->steps[at->step];
  uint64_t left = step->units - at->done, max = trailer->half_bytes / step->width, low = 0;
  if (rf_trailer_is_fresh(trailer, step))
    return take(step, at->done, left, false);
  max = left < max ? left : max;
  for (uint64_t high = max; low < high;) {
    uint64_t n = low + (high - low + 1) / 2;
    rf_batch batch = take(step, at->done, n, false);
    if (is_clear(step, &batch))
      low = n;
    else
      high = n - 1;
  }
  /* A batch that can be repeated from its source needs no half. Each batch costs a slot, so small ones go through a
   * half. */
  bool direct = low == max || low * step->width >= trailer->half_bytes / MIN_DIRECT;
  return take(step, at->done, direct ? low : max, !direct);
}

rf_batch rf_progress_staged(const rf_trailer *trailer, const rf_edit_progress *at) {
  return take(&trailer->steps[at->step], at->done, at->staged, true);
}

void rf_progress_advance(rf_edit_progress *at, const rf_trailer *trailer, const rf_batch *batch, uint32_t sum) {
  uint8_t both[8];
  rf_put_le32(both, at->sum);
  rf_put_le32(both + 4, sum);
  at->sum = rf_crc32c(both, sizeof both, 0);
  at->done += batch->high - batch->low;
  at->half = at->staged = at->staged_sum = 0;
  if (at->done == trailer->steps[at->step].units) {
    at->step++;
    at->done = 0;
  }
}
