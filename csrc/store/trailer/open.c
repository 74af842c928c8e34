/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opens a file with a trailer. An edit is not finished while its process lives, or while another process reads the
 * file through an overlay: the first has an exclusive lock of the file, the others share it.
 */
#include "store/trailer/open.h"

#include <string.h>

#include "base/memory.h"
#include "store/trailer/segments.h"
#include "store/trailer/check.h"
#include "store/trailer/load.h"
#include "store/trailer/run.h"
#include "store/local/file.h"

/* Seconds that opening waits for another process that edits the file. */
#define WAIT_SECONDS 1.0

/* ---- the file as it will be, without a byte being written ---- */

typedef struct overlay {
  rf_store inner; /* copy of the opened store; owns state, name and head */
  rf_segments segments;
  uint64_t size;
  rf_filelock lock;
} overlay;

static rf_status overlay_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  overlay *o = state;
  uint8_t *to = buffer;
  *got = 0;
  if (offset >= o->size)
    return RF_OK;
  if (n > o->size - offset)
    n = (size_t)(o->size - offset);
  for (size_t i = rf_segments_find(&o->segments, offset); *got < n; i++) {
    rf_segment segment = rf_segments_part(&o->segments, i, offset, n);
    if (segment.kind == RF_SEGMENT_FILL) {
      memset(to + *got, (int)segment.place, (size_t)segment.n);
      *got += (size_t)segment.n;
      continue;
    }
    size_t made;
    RF_TRY(rf_store_read_at(&o->inner, segment.place, to + *got, (size_t)segment.n, &made, err));
    *got += made;
    if (made < segment.n)
      return RF_OK;
  }
  return RF_OK;
}

static rf_status overlay_get_size(void *state, uint64_t *size, rf_error *err) {
  (void)err;
  *size = ((overlay *)state)->size;
  return RF_OK;
}

static rf_status overlay_close(void *state, rf_error *err) {
  overlay *o = state;
  rf_status status = o->inner.ops->close(o->inner.state, err);
  rf_filelock_release(&o->lock);
  rf_segments_free(&o->segments);
  rf_free(o->inner.head);
  rf_free(o);
  return status;
}

static const rf_driver_ops overlay_ops = {
    .size = sizeof(rf_driver_ops),
    .read_at = overlay_read_at,
    .get_size = overlay_get_size,
    .close = overlay_close,
};

/* Replaces the store by an overlay, in the same struct. */
static rf_status cover(rf_store *store, rf_segments *segments, uint64_t size, rf_filelock *lock, rf_error *err) {
  overlay *o = rf_alloc_zero(1, sizeof *o);
  if (o == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to open a file");
  o->inner = *store;
  o->inner.notice = NULL;
  o->segments = *segments;
  o->size = size;
  o->lock = *lock;
  lock->held = false;
  memset(segments, 0, sizeof *segments);
  store->ops = &overlay_ops;
  store->state = o;
  store->flags &= ~(uint32_t)RF_DRIVER_MEMORY;
  rf_store_describe(store);
  store->head = NULL;
  store->head_length = 0;
  return RF_OK;
}

static rf_status set_bytes(rf_segments *view, uint64_t at, uint64_t n, uint64_t place, rf_error *err) {
  rf_segment segment = {.at = at, .n = n, .place = place, .kind = RF_SEGMENT_BYTES};
  return rf_segments_set(view, &segment, err);
}

/* Shows a batch from its half, because its place may be incomplete. */
static rf_status view_staged(const rf_trailer *t, const rf_edit_progress *at, rf_segments *view, rf_error *err) {
  const rf_step *step = &t->steps[at->step];
  rf_batch batch = rf_progress_staged(t, at);
  rf_step_iterator iterator = rf_step_iterate(step, batch.low, batch.high);
  uint64_t src, dst, n, place = rf_trailer_half(t, at->half);
  while (rf_step_next(&iterator, &src, &dst, &n)) {
    RF_TRY(set_bytes(view, dst, n, place, err));
    place += n;
  }
  return RF_OK;
}

/* Shows runs in the order of the step, so that none uses what another one has overwritten. */
static rf_status view_copies(const rf_trailer *t, const rf_step *step, uint64_t low, uint64_t high, rf_segments *view,
                             rf_error *err) {
  for (size_t i = 0; i < step->count; i++) {
    rf_run run = step->runs[step->up ? step->count - 1 - i : i];
    uint64_t skip = low > run.first ? low - run.first : 0;
    if (run.first >= high || skip >= run.n)
      continue;
    uint64_t n = (run.n < high - run.first ? run.n : high - run.first) - skip;
    if (run.src >= t->start)
      RF_TRY(set_bytes(view, run.dst + skip, n, run.src + skip, err));
    else
      RF_TRY(rf_segments_copy(view, run.src + skip, run.dst + skip, n, err));
  }
  return RF_OK;
}

static rf_status view_step(const rf_trailer *t, const rf_step *step, uint64_t done, rf_segments *view, rf_error *err) {
  uint64_t low = step->up ? 0 : done, high = step->up ? step->units - done : step->units;
  if (low >= high)
    return RF_OK;
  if (step->kind == RF_STEP_COPY)
    return view_copies(t, step, low, high, view, err);
  if (step->kind == RF_STEP_FILL) {
    rf_segment fill = {.at = step->dst + low, .n = high - low, .place = step->blank, .kind = RF_SEGMENT_FILL};
    return rf_segments_set(view, &fill, err);
  }
  return rf_fail(err, RF_ERR_INTERRUPTED,
                 "an edit of the file was interrupted while rows of a table moved: open the file for writing (\"r+\") "
                 "once to finish it");
}

/* An edit uses each byte of the old file once, so the view has a few segments for each run. A forged record could make
 * many more by copying copies. */
static size_t max_segments(const rf_trailer *t) {
  size_t max = 16;
  for (size_t i = 0; i < t->step_count; i++)
    max += 4 * (t->steps[i].count + 1);
  return max;
}

static rf_status make_view(const rf_trailer *t, const rf_edit_progress *at, rf_segments *view, rf_error *err) {
  size_t max = max_segments(t);
  RF_TRY(set_bytes(view, 0, t->start, 0, err));
  for (size_t i = at->step; i < t->step_count; i++) {
    if (view->count > max)
      return rf_fail(err, RF_ERR_INTERRUPTED, "an edit of the file was interrupted, and its record is invalid");
    uint64_t done = i == at->step ? at->done : 0;
    if (i == at->step && at->half != 0) {
      RF_TRY(view_staged(t, at, view, err));
      done += at->staged;
    }
    RF_TRY(view_step(t, &t->steps[i], done, view, err));
  }
  return rf_segments_resize(view, t->new_size, err);
}

/* ---- the two ways of opening ---- */

/* Tells whether another program appended an HDU while a trailer was begun. */
static bool has_grown(rf_store *store, uint64_t old_size) {
  char word[8];
  size_t got;
  return rf_block_ceil(old_size, &old_size) &&
         rf_store_read_at(store, old_size, word, sizeof word, &got, NULL) == RF_OK && got == sizeof word &&
         memcmp(word, "XTENSION", sizeof word) == 0;
}

static rf_status tell(rf_store *store, rf_error *err) {
  store->notice = rf_alloc_zero(1, sizeof *store->notice);
  if (store->notice == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a warning");
  rf_error_clear(store->notice);
  (void)rf_fail(store->notice, RF_ERR_INTERRUPTED, "an interrupted edit of the file was finished");
  return RF_OK;
}

static rf_status finish(rf_store *store, rf_trailer *t, rf_edit_state state, rf_error *err) {
  rf_edit_progress at;
  if (state == RF_EDIT_PREPARING)
    return has_grown(store, t->old_size) ? RF_OK : rf_store_truncate(store, t->old_size, err);
  RF_TRY(rf_trailer_check(store, t, &at, err));
  RF_TRY(rf_trailer_finish(store, t, at, err));
  return tell(store, err);
}

static rf_status show(rf_store *store, rf_trailer *t, rf_edit_state state, rf_filelock *lock, rf_error *err) {
  rf_segments view = {.list = NULL};
  rf_edit_progress at;
  rf_status status;
  if (state == RF_EDIT_PREPARING) {
    if (has_grown(store, t->old_size))
      return RF_OK;
    rf_filelock_release(lock); /* no byte of the old file has moved: no lock needed */
    status = set_bytes(&view, 0, t->old_size, 0, err);
    if (status == RF_OK)
      status = cover(store, &view, t->old_size, lock, err);
  } else {
    status = rf_trailer_check(store, t, &at, err);
    if (status == RF_OK)
      status = make_view(t, &at, &view, err);
    if (status == RF_OK)
      status = cover(store, &view, t->new_size, lock, err);
  }
  rf_segments_free(&view);
  return status;
}

static rf_status take_lock(rf_store *store, rf_mode mode, const rf_options *options, rf_filelock *lock, rf_error *err) {
  rf_lock_answer answer = RF_LOCK_NOWHERE;
  lock->held = false;
  if (store->ops == &rf_local_ops)
    answer = rf_local_lock_edit(store->state, mode != RF_MODE_READ, WAIT_SECONDS, lock);
  if (answer == RF_LOCK_HELD && mode == RF_MODE_READ)
    return rf_fail(err, RF_ERR_LOCKED, "another process is editing the file: try again when it is done");
  if (answer == RF_LOCK_HELD)
    return rf_fail(err, RF_ERR_LOCKED, "another process is editing the file, or reading it after an interrupted edit");
  if (answer == RF_LOCK_NOWHERE && (options->flags & RF_OPEN_RECOVER) == 0)
    return rf_fail(err, RF_ERR_INTERRUPTED,
                   "an edit of the file was interrupted or is under way, and without locks the library cannot tell "
                   "which: open it with recover=True (RF_OPEN_RECOVER) if no other process has it");
  return RF_OK;
}

rf_status rf_trailer_stamp_whole(rf_store *store, rf_file_stamp *stamp, rf_error *err) {
  const rf_options options = {.size = sizeof options};
  rf_filelock lock = {.held = false};
  rf_trailer t;
  rf_edit_state state = RF_EDIT_NONE;
  bool found;
  RF_TRY(rf_store_stamp(store, stamp, err));
  RF_TRY(rf_trailer_probe(store, stamp->size, &found, err));
  if (!found)
    return RF_OK;
  RF_TRY(take_lock(store, RF_MODE_READ, &options, &lock, err));
  rf_status status = rf_store_stamp(store, stamp, err);
  if (status == RF_OK)
    status = rf_trailer_load(store, stamp->size, &t, &state, err);
  if (status == RF_OK && state != RF_EDIT_NONE)
    rf_trailer_clear(&t);
  rf_filelock_release(&lock);
  if (status == RF_OK && state == RF_EDIT_COMMITTED)
    return rf_fail(err, RF_ERR_INTERRUPTED,
                   "an edit by another program was interrupted: close the file and open it again");
  return status;
}

rf_status rf_trailer_open(rf_store *store, rf_mode mode, const rf_options *options, bool alone, rf_error *err) {
  rf_filelock lock = {.held = false};
  rf_trailer t;
  rf_edit_state state = RF_EDIT_NONE;
  rf_file_stamp opened;
  uint64_t size;
  bool found;
  if (rf_store_opened(store, &opened))
    size = opened.size;
  else
    RF_TRY(rf_store_size(store, &size, err));
  RF_TRY(rf_trailer_probe(store, size, &found, err));
  if (!found)
    return RF_OK;
  /* While another process edits, any state can be seen; the state under the lock counts. */
  if (!alone)
    RF_TRY(take_lock(store, mode, options, &lock, err));
  rf_status status = rf_store_size(store, &size, err);
  if (status == RF_OK)
    status = rf_trailer_load(store, size, &t, &state, err);
  if (status == RF_OK && state != RF_EDIT_NONE) {
    status = mode == RF_MODE_READ ? show(store, &t, state, &lock, err) : finish(store, &t, state, err);
    rf_trailer_clear(&t);
  }
  rf_filelock_release(&lock);
  return status;
}
