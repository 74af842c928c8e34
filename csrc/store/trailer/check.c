/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/trailer/check.h"

#include <string.h>

#include "base/crc32c.h"
#include "base/memory.h"
#include "store/trailer/lines.h"
#include "store/trailer/load.h"

#define READ_BYTES ((size_t)256 << 10)

static bool is_empty(const uint8_t *bytes, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (bytes[i] != 0)
      return false;
  return true;
}

/* Finds the newest valid slot. A killed process leaves no torn slot; a power cut may. */
static rf_status find_progress(rf_store *store, const rf_trailer *t, rf_edit_progress *best, rf_error *err) {
  uint8_t line[RF_LINE];
  memset(best, 0, sizeof *best);
  for (uint64_t i = 0; i < 2; i++) {
    rf_edit_progress slot;
    RF_TRY(rf_store_read(store, t->end + i * RF_LINE, line, sizeof line, err));
    if (!rf_line_decode_slot(line, &slot) || is_empty(line, sizeof line)) {
      if ((t->flags & RF_RECORD_DURABLE) == 0 && !is_empty(line, sizeof line))
        return rf_trailer_fail(err, "its progress is damaged");
      continue;
    }
    if (slot.sequence > best->sequence)
      *best = slot;
  }
  return RF_OK;
}

static bool is_progress(const rf_trailer *t, const rf_edit_progress *p) {
  if (p->step >= t->step_count)
    return p->step == t->step_count && p->done == 0 && p->half == 0 && p->staged == 0;
  const rf_step *step = &t->steps[p->step];
  if (p->half > 2 || p->done >= step->units || p->staged > step->units - p->done || (p->half > 0) != (p->staged > 0))
    return false;
  return p->staged <= t->half_bytes / step->width;
}

/* Sums the bytes of a batch where they were placed, or in its half. */
static rf_status sum_batch(rf_store *store, const rf_trailer *t, const rf_step *step, const rf_batch *batch,
                           uint8_t *buffer, size_t room, uint32_t *total, rf_error *err) {
  rf_step_iterator iterator = rf_step_iterate(step, batch->low, batch->high);
  uint64_t src, dst, n;
  size_t used = 0;
  rf_sum sum;
  rf_sum_begin(&sum, (t->flags & RF_RECORD_SAMPLED) != 0);
  while (rf_step_next(&iterator, &src, &dst, &n))
    while (n > 0) {
      size_t chunk = n < room - used ? (size_t)n : room - used;
      RF_TRY(rf_store_read(store, dst, buffer + used, chunk, err));
      used += chunk;
      dst += chunk;
      n -= chunk;
      if (used == room) {
        rf_sum_add(&sum, buffer, used);
        used = 0;
      }
    }
  rf_sum_add(&sum, buffer, used);
  *total = rf_sum_end(&sum);
  return RF_OK;
}

static rf_status check_half(rf_store *store, const rf_trailer *t, const rf_edit_progress *p, uint8_t *buffer,
                            size_t room, rf_error *err) {
  rf_run run = {0, rf_trailer_half(t, p->half), p->staged * t->steps[p->step].width, 0};
  rf_step half = {.kind = RF_STEP_COPY, .units = run.n, .width = 1, .runs = &run, .count = 1};
  rf_batch all = {0, run.n, true};
  uint32_t sum;
  RF_TRY(sum_batch(store, t, &half, &all, buffer, room, &sum, err));
  return sum == p->staged_sum ? RF_OK : rf_trailer_fail(err, "the bytes that it was moving are damaged");
}

static rf_status check_pair(rf_store *store, const rf_pair *p, uint8_t *buffer, size_t room, rf_error *err) {
  size_t third = room / 3;
  for (uint64_t done = 0; done < p->n; done += third) {
    size_t n = p->n - done < third ? (size_t)(p->n - done) : third;
    RF_TRY(rf_store_read(store, p->at + done, buffer, n, err));
    RF_TRY(rf_store_read(store, p->old + done, buffer + third, n, err));
    RF_TRY(rf_store_read(store, p->fresh + done, buffer + 2 * third, n, err));
    for (size_t i = 0; i < n; i++)
      if (buffer[i] != buffer[third + i] && buffer[i] != buffer[2 * third + i]) {
        rf_error_at(err, (int64_t)(p->at + done + i));
        return rf_trailer_fail(err, "a header is neither the old nor the new one");
      }
  }
  return RF_OK;
}

/* Checks that everything placed so far is there. */
static rf_status check_placed(rf_store *store, const rf_trailer *t, const rf_edit_progress *best, uint8_t *buffer,
                              size_t room, rf_error *err) {
  rf_edit_progress at = {.sequence = 0};
  while (at.step < best->step || (at.step == best->step && at.done < best->done)) {
    rf_batch batch = rf_progress_next(t, &at);
    uint32_t sum;
    RF_TRY(sum_batch(store, t, &t->steps[at.step], &batch, buffer, room, &sum, err));
    rf_progress_advance(&at, t, &batch, sum);
  }
  if (at.step == best->step && at.done == best->done && at.sum == best->sum)
    return RF_OK;
  return rf_trailer_fail(err, "the bytes that it moved are not there");
}

static rf_status check_all(rf_store *store, const rf_trailer *t, const rf_edit_progress *best, uint8_t *buffer,
                           size_t room, rf_error *err) {
  if (best->half != 0)
    RF_TRY(check_half(store, t, best, buffer, room, err));
  for (size_t i = 0; i < t->guard_count; i++) {
    uint32_t crc;
    RF_TRY(rf_trailer_crc(store, t->guards[i].at, t->guards[i].n, &crc, err));
    if (crc != t->guards[i].crc) {
      rf_error_at(err, (int64_t)t->guards[i].at);
      return rf_trailer_fail(err, "the bytes before it differ");
    }
  }
  for (size_t i = 0; i < t->pair_count; i++)
    RF_TRY(check_pair(store, &t->pairs[i], buffer, room, err));
  return check_placed(store, t, best, buffer, room, err);
}

rf_status rf_trailer_check(rf_store *store, const rf_trailer *t, rf_edit_progress *progress, rf_error *err) {
  RF_TRY(find_progress(store, t, progress, err));
  if (!is_progress(t, progress))
    return rf_trailer_fail(err, "its progress is invalid");
  uint8_t *buffer = rf_alloc(READ_BYTES);
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to check an edit");
  rf_status status = check_all(store, t, progress, buffer, READ_BYTES, err);
  rf_free(buffer);
  return status;
}
