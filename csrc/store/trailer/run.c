/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Carries an edit out in batches that can be repeated. Rules that recovery after a kill needs:
 * - A batch that overwrites its own source goes through a half: it is read and written to the free half, a slot names
 *   the half, then it is written to its place. Any other batch is written to its place at once; its slot follows.
 * - Halves and slots alternate: the content of the newest slot stays valid until the next one is complete.
 * - Steps are in an order that is correct without halves: none overwrites the source of a later one.
 */
#include "store/trailer/run.h"

#include <string.h>

#include "base/crc32c.h"
#include "base/system/guard.h"
#include "base/memory.h"
#include "base/system/platform.h"
#include "store/trailer/lines.h"
#include "store/local/file.h"

/* Shorter halves are not mapped. */
#define MIN_MAPPED ((uint64_t)64 << 10)

/* Bytes of a long batch that are processed at a time: a multiple of RF_SUM_UNIT. */
#define STREAM_BYTES ((uint64_t)1 << 20)

typedef struct runner {
  rf_store *store;
  const rf_trailer *trailer;
  rf_source source;
  uint8_t *buffer;
  size_t room;
  bool durable;
  uint8_t *map;  /* NULL, or a mapping of both halves: */
  uint8_t *half; /* the first one begins there */
  size_t map_bytes;
} runner;

static rf_status read_store(void *context, uint64_t place, void *buffer, size_t n, rf_error *err) {
  return rf_store_read(context, place, buffer, n, err);
}

/* Writes units; adjacent extents by one write. */
static rf_status put(const runner *r, const rf_step *step, uint64_t low, uint64_t high, const uint8_t *content,
                     rf_error *err) {
  rf_step_iterator iterator = rf_step_iterate(step, low, high);
  uint64_t src, dst, n, at = 0, waiting = 0;
  while (rf_step_next(&iterator, &src, &dst, &n)) {
    if (waiting > 0 && at + waiting != dst) {
      RF_TRY(rf_store_write(r->store, at, content, (size_t)waiting, err));
      content += waiting;
      waiting = 0;
    }
    if (waiting == 0)
      at = dst;
    waiting += n;
  }
  return waiting > 0 ? rf_store_write(r->store, at, content, (size_t)waiting, err) : RF_OK;
}

static rf_status sync_if(const runner *r, rf_error *err) {
  return r->durable ? rf_store_sync(r->store, err) : RF_OK;
}

static rf_status note(const runner *r, const rf_edit_progress *at, rf_error *err) {
  uint8_t line[RF_LINE];
  rf_line_encode_slot(at, line);
  RF_TRY(sync_if(r, err));
  uint64_t slot = r->trailer->end + at->sequence % 2 * RF_LINE;
  rf_status status = rf_store_write(r->store, slot, line, sizeof line, err);
  if (status == RF_OK)
    return sync_if(r, err);
  /* A torn slot is invalid. An empty one leaves the other one valid, which has the batch before. */
  memset(line, 0, sizeof line);
  (void)rf_store_write(r->store, slot, line, sizeof line, NULL);
  return status;
}

/* Writes a repeatable batch to its place. From the pool it is of any length. */
static rf_status run_fresh(const runner *r, const rf_step *step, const rf_batch *batch, uint32_t *total,
                           rf_error *err) {
  rf_sum sum;
  rf_sum_begin(&sum, (r->trailer->flags & RF_RECORD_SAMPLED) != 0);
  uint64_t max = step->width == 1 ? r->room : batch->high - batch->low; /* rows: at most a half */
  for (uint64_t unit = batch->low, end; unit < batch->high; unit = end) {
    end = batch->high - unit < max ? batch->high : unit + max;
    RF_TRY(rf_step_make(step, &r->source, unit, end, r->buffer, err));
    RF_TRY(put(r, step, unit, end, r->buffer, err));
    rf_sum_add(&sum, r->buffer, (size_t)((end - unit) * step->width));
  }
  *total = rf_sum_end(&sum);
  return RF_OK;
}

static uint32_t sum_of(const runner *r, const uint8_t *bytes, size_t n) {
  rf_sum sum;
  rf_sum_begin(&sum, (r->trailer->flags & RF_RECORD_SAMPLED) != 0);
  rf_sum_add(&sum, bytes, n);
  return rf_sum_end(&sum);
}

typedef struct mapped_sum {
  const runner *r;
  const uint8_t *bytes;
  size_t n;
  uint32_t sum;
} mapped_sum;

static void sum_mapped(void *context) {
  mapped_sum *m = context;
  m->sum = sum_of(m->r, m->bytes, m->n);
}

/* Writes a batch to its half; *bytes points to its bytes. Copies are read into the mapping of the half, which saves a
 * copy; only the system and the guarded sum touch it there. */
static rf_status stage(const runner *r, const rf_step *step, const rf_batch *batch, uint32_t half,
                       const uint8_t **bytes, uint32_t *sum, rf_error *err) {
  size_t n = (size_t)((batch->high - batch->low) * step->width);
  if (r->map == NULL || step->kind != RF_STEP_COPY) {
    RF_TRY(rf_step_make(step, &r->source, batch->low, batch->high, r->buffer, err));
    RF_TRY(rf_store_write(r->store, rf_trailer_half(r->trailer, half), r->buffer, n, err));
    *bytes = r->buffer;
    *sum = sum_of(r, r->buffer, n);
    return RF_OK;
  }
  uint8_t *to = r->half + (size_t)((half - 1) * r->trailer->half_bytes);
  RF_TRY(rf_step_make(step, &r->source, batch->low, batch->high, to, err));
  mapped_sum m = {r, to, n, 0};
  if (!rf_guard_run(r->map, r->map_bytes, sum_mapped, &m))
    return rf_fail(err, RF_ERR_CHANGED, "another program truncated the file during the edit");
  *bytes = to;
  *sum = m.sum;
  return RF_OK;
}

static rf_status run_batch(const runner *r, rf_edit_progress *at, uint32_t *half, rf_error *err) {
  const rf_step *step = &r->trailer->steps[at->step];
  rf_batch batch = rf_progress_next(r->trailer, at);
  uint32_t sum = 0;
  at->sequence++;
  if (!batch.staged) {
    RF_TRY(run_fresh(r, step, &batch, &sum, err));
    rf_progress_advance(at, r->trailer, &batch, sum);
    return note(r, at, err);
  }
  const uint8_t *bytes = NULL;
  *half = *half == 1 ? 2 : 1;
  RF_TRY(stage(r, step, &batch, *half, &bytes, &sum, err));
  at->half = *half;
  at->staged = (uint32_t)(batch.high - batch.low);
  at->staged_sum = sum;
  RF_TRY(note(r, at, err));
  RF_TRY(put(r, step, batch.low, batch.high, bytes, err));
  rf_progress_advance(at, r->trailer, &batch, at->staged_sum);
  return RF_OK;
}

/* Finishes the batch of the slot, which may be incomplete at its place. */
static rf_status run_staged(const runner *r, rf_edit_progress *at, rf_error *err) {
  const rf_step *step = &r->trailer->steps[at->step];
  rf_batch batch = rf_progress_staged(r->trailer, at);
  size_t n = (size_t)(at->staged * step->width);
  RF_TRY(rf_store_read(r->store, rf_trailer_half(r->trailer, at->half), r->buffer, n, err));
  RF_TRY(put(r, step, batch.low, batch.high, r->buffer, err));
  rf_progress_advance(at, r->trailer, &batch, at->staged_sum);
  return RF_OK;
}

static rf_status run(const runner *r, rf_edit_progress at, rf_error *err) {
  uint32_t half = at.half;
  RF_TRY(sync_if(r, err)); /* the writes of a killed process must be on disk before others depend on them */
  if (half != 0)
    RF_TRY(run_staged(r, &at, err));
  while (at.step < r->trailer->step_count)
    RF_TRY(run_batch(r, &at, &half, err));
  RF_TRY(sync_if(r, err));
  RF_TRY(rf_store_truncate(r->store, r->trailer->new_size, err));
  return sync_if(r, err);
}

/* Maps the halves, which is optional. Not if durable, because a mapping tells less about what is on disk. */
static void map_halves(runner *r) {
  const rf_trailer *t = r->trailer;
  uint64_t begin = t->half_at / RF_MAP_UNIT * RF_MAP_UNIT, bytes = t->half_at + 2 * t->half_bytes - begin;
  if (r->store->ops != &rf_local_ops || r->durable || t->half_bytes < MIN_MAPPED || !rf_to_size(bytes, &r->map_bytes))
    return;
  if (rf_local_map_part(r->store->state, begin, r->map_bytes, &r->map, NULL) == RF_OK)
    r->half = r->map + (size_t)(t->half_at - begin);
}

rf_status rf_trailer_finish(rf_store *store, const rf_trailer *trailer, rf_edit_progress at, rf_error *err) {
  runner r = {.store = store,
              .trailer = trailer,
              .source = {read_store, store},
              .durable = (trailer->flags & RF_RECORD_DURABLE) != 0};
  uint64_t room = trailer->half_bytes, fresh = 0;
  for (size_t i = 0; i < trailer->step_count; i++)
    if (rf_trailer_is_fresh(trailer, &trailer->steps[i]) && trailer->steps[i].units > fresh)
      fresh = trailer->steps[i].units;
  fresh = fresh < STREAM_BYTES ? fresh : STREAM_BYTES;
  room = ((room > fresh ? room : fresh) + RF_SUM_UNIT - 1) / RF_SUM_UNIT * RF_SUM_UNIT;
  if (!rf_to_size(room, &r.room))
    return rf_fail(err, RF_ERR_MEMORY, "an edit in batches of %llu bytes does not fit memory",
                   (unsigned long long)room);
  r.buffer = rf_alloc(r.room);
  if (r.buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an edit in batches of %zu bytes", r.room);
  map_halves(&r);
  rf_status status = run(&r, at, err);
  if (r.map != NULL)
    rf_map_close(r.map, r.map_bytes);
  rf_free(r.buffer);
  return status;
}
