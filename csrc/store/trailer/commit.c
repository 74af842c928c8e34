/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/trailer/commit.h"

#include <string.h>

#include "base/crc32c.h"
#include "base/memory.h"
#include "store/trailer/internal.h"
#include "store/trailer/lines.h"
#include "store/trailer/plan.h"
#include "store/trailer/pool.h"
#include "store/trailer/record.h"
#include "store/trailer/run.h"

/* A pool in memory that is larger is written by itself, not copied beside the record. */
#define LARGE_POOL ((uint64_t)256 << 10)

/* A write within a page is not torn by a kill. */
#define PAGE ((uint64_t)4096)

/* A trailer up to this size is written at once, without a reservation, because that write takes its space. */
#define SMALL_TRAILER ((uint64_t)64 << 10)

/* Writes pool and record behind the place of the header; *crc is of both. */
static rf_status write_body(rf_edit *e, const rf_trailer *t, const uint8_t *record, size_t n, uint32_t *crc,
                            rf_error *err) {
  bool apart = !e->spilled && e->pool_used > LARGE_POOL; /* a large pool is not copied */
  size_t fresh = e->spilled || apart ? 0 : (size_t)e->pool_used, gap = (size_t)(t->record - e->pool_at - e->pool_used);
  size_t lead = e->spilled || apart ? 0 : RF_LINE;
  uint8_t *body = rf_alloc_zero(lead + fresh + gap + n, 1);
  rf_status status = RF_OK;
  if (body == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an edit");
  if (fresh > 0)
    memcpy(body + lead, e->pool, fresh);
  memcpy(body + lead + fresh + gap, record, n);
  *crc = 0;
  if (e->spilled || apart)
    status = rf_pool_crc(e, crc, err);
  if (status == RF_OK && apart)
    status = rf_store_write(e->inner, e->pool_at, e->pool, (size_t)e->pool_used, err);
  *crc = rf_crc32c(body, lead + fresh + gap + n, *crc);
  if (status == RF_OK)
    status = rf_store_write(e->inner, t->record - gap - fresh - lead, body, lead + fresh + gap + n, err);
  rf_free(body);
  return status;
}

/* Writes the PREPARING footer, then everything else behind the old end in one write. A full disk refuses the edit
 * before old bytes change. */
static rf_status write_small(rf_edit *e, const rf_trailer *t, const uint8_t *record, uint32_t *crc, rf_error *err) {
  uint64_t begin = e->pool_at - RF_LINE, record_end = t->record + t->record_bytes;
  size_t n = (size_t)(t->size - e->old_size);
  RF_TRY(rf_pool_take_file(e, err));
  uint8_t *bytes = rf_alloc_zero(n, 1);
  if (bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an edit");
  if (e->pool_used > 0)
    memcpy(bytes + (size_t)(e->pool_at - e->old_size), e->pool, (size_t)e->pool_used);
  memcpy(bytes + (size_t)(t->record - e->old_size), record, (size_t)t->record_bytes);
  *crc = rf_crc32c(bytes + (size_t)(begin - e->old_size), (size_t)(record_end - begin), 0);
  e->begun = true;
  e->size = t->size;
  rf_status status = rf_pool_write_footer(e, t, RF_EDIT_PREPARING, 0, err);
  if (status == RF_OK)
    status = rf_store_write(e->inner, e->old_size, bytes, n - RF_LINE, err);
  rf_free(bytes);
  return status;
}

/* Sets the places of record, halves and slots. The file may be longer already. */
static void place_trailer(const rf_edit *e, rf_trailer *t, size_t record) {
  t->record = e->start + RF_BLOCK_BYTES + rf_lines(RF_LINE + e->pool_used);
  t->record_bytes = record;
  t->half_at = rf_lines(t->record + record);
  uint64_t bytes = t->half_at + 2 * t->half_bytes - e->start;
  t->end = e->start + (bytes + RF_BLOCK_BYTES - 1) / RF_BLOCK_BYTES * RF_BLOCK_BYTES;
  if (e->begun && e->size > t->end + RF_TRAILER_TAIL)
    t->end = e->size - RF_TRAILER_TAIL;
  t->size = t->end + RF_TRAILER_TAIL;
}

/* Returns the size of a half: as small as possible, because most edits do not fill it. */
static uint64_t choose_half(const rf_edit *e, const rf_trailer *t) {
  uint64_t half = e->tuned_half, max = RF_MIN_HALF_BYTES, width = 1;
  if (half == 0)
    half = e->inner->durable ? RF_HALF_DURABLE : RF_HALF_BYTES;
  for (size_t i = 0; i < t->step_count; i++) {
    const rf_step *step = &t->steps[i];
    bool staged = step->kind == RF_STEP_ROWS || step->kind == RF_STEP_KEEP ||
                  (step->kind == RF_STEP_COPY && step->runs[0].src < e->start);
    if (staged && step->units * step->width > max)
      max = step->units * step->width;
    width = step->width > width ? step->width : width;
  }
  max = max < half ? max : half;
  return rf_lines(max > width ? max : width);
}

static rf_status sync_if(const rf_edit *e, rf_error *err) {
  return e->inner->durable ? rf_store_sync(e->inner, err) : RF_OK;
}

static rf_status run_through_trailer(rf_edit *e, rf_trailer *t, bool *written, rf_error *err) {
  char header[RF_BLOCK_BYTES];
  uint8_t *record;
  size_t n;
  uint32_t crc = 0;
  rf_edit_progress at = {.sequence = 0};
  RF_TRY(rf_edit_guard(e, t, err));
  t->half_bytes = choose_half(e, t);
  t->flags = (e->inner->durable ? RF_RECORD_DURABLE : 0) | (e->whole_sums ? 0 : RF_RECORD_SAMPLED);
  RF_TRY(rf_record_encode(t, &record, &n, err));
  place_trailer(e, t, n);
  bool small = !e->begun && t->size - e->old_size <= SMALL_TRAILER;
  rf_status status = small ? write_small(e, t, record, &crc, err) : rf_pool_prepare(e, t->size, err);
  if (status == RF_OK && !small)
    status = write_body(e, t, record, n, &crc, err);
  rf_free(record);
  if (status == RF_OK)
    status = sync_if(e, err);
  if (status == RF_OK)
    status = rf_pool_write_footer(e, t, RF_EDIT_COMMITTED, crc, err);
  if (status != RF_OK)
    return status;
  e->committed = *written = true;
  RF_TRY(sync_if(e, err));
  rf_trailer_header(t->end - e->start - RF_BLOCK_BYTES, header);
  RF_TRY(rf_store_write(e->inner, e->start, header, sizeof header, err));
  return rf_trailer_finish(e->inner, t, at, err);
}

/* Carries out an edit within one page by one write, which a kill does not tear. Restores the old bytes on failure. */
static rf_status run_in_page(rf_edit *e, uint64_t low, uint64_t high, bool *written, rf_error *err) {
  uint8_t page[PAGE], old[PAGE];
  size_t n = (size_t)(high - low);
  RF_TRY(rf_store_read(&e->store, low, page, n, err));
  RF_TRY(rf_store_read(e->inner, low, old, n, err));
  rf_status status = rf_store_write(e->inner, low, page, n, err);
  if (status != RF_OK) {
    *written = rf_store_write(e->inner, low, old, n, NULL) != RF_OK;
    return status;
  }
  *written = true;
  return sync_if(e, err);
}

static rf_status run_steps(rf_edit *e, rf_trailer *t, bool *written, rf_error *err) {
  const rf_step *only = t->step_count == 1 ? &t->steps[0] : NULL;
  if (t->step_count == 0 && e->new_size == e->old_size)
    return RF_OK;
  if (t->step_count == 0) {
    *written = true;
    RF_TRY(rf_store_truncate(e->inner, e->new_size, err));
    return sync_if(e, err);
  }
  if (only != NULL && only->kind == RF_STEP_COPY && only->runs[0].src >= e->start && e->new_size == e->old_size &&
      !e->spilled) {
    const rf_run *last = &only->runs[only->count - 1];
    uint64_t low = only->runs[0].dst, high = last->dst + last->n;
    if (low / PAGE == (high - 1) / PAGE)
      return run_in_page(e, low, high, written, err);
  }
  return run_through_trailer(e, t, written, err);
}

rf_status rf_edit_commit(rf_edit *e, bool *written, rf_error *err) {
  uint64_t size = rf_segments_size(&e->view);
  if (e->any_size) {
    e->new_size = size;
    RF_TRY(rf_pool_place(e, err));
  }
  rf_trailer t = {.old_size = e->old_size, .new_size = e->new_size, .start = e->start};
  if (size != e->new_size)
    return rf_fail(err, RF_ERR_ARGUMENT, "an edit made %llu bytes, expected %llu", (unsigned long long)size,
                   (unsigned long long)e->new_size);
  rf_status status = rf_edit_plan(e, &t, err);
  if (status == RF_OK)
    status = run_steps(e, &t, written, err);
  rf_trailer_clear(&t);
  return status;
}
