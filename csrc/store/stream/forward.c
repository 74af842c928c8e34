/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Forward streams. One read at a time has its turn. Large reads go directly to the memory of the caller and leave an
 * empty window; small ones go through the window.
 */
#include "store/stream/forward.h"

#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"

#define WINDOW_BYTES (RF_FORWARD_KEPT_BYTES + RF_SOURCE_BYTES)

typedef struct forward_state {
  rf_source source;
  unsigned forks; /* rf_fork_count() when it was made */
  rf_mutex mutex;
  rf_cond changed;
  bool busy; /* a read has its turn */

  /* Of the read that has its turn. */
  uint8_t *window; /* WINDOW_BYTES */
  uint64_t low;    /* offset of the first byte in the window */
  size_t held;     /* bytes in the window; the next byte of the source follows them */
  bool ended;
  rf_status failure; /* the failure that ended the stream */
  rf_error failure_error;
} forward_state;

static uint64_t position(const forward_state *s) {
  return s->low + s->held;
}

/* Reads the source once. *made is 0 at the end. */
static rf_status pass(forward_state *s, uint8_t *to, size_t n, size_t *made, rf_error *err) {
  rf_error own;
  rf_error_clear(&own);
  rf_status status = s->failure;
  if (status == RF_OK)
    status = rf_source_read(&s->source, to, n, made, &own);
  else
    own = s->failure_error;
  if (status != RF_OK && status != RF_ERR_CALLBACK) {
    s->failure = status;
    s->failure_error = own;
  }
  if (status != RF_OK && err != NULL && err->code == RF_OK)
    *err = own;
  s->ended = status == RF_OK && *made == 0;
  return status;
}

/* Makes room in the window for a read whose first byte is at `at`. */
static void make_room(forward_state *s, uint64_t at) {
  size_t kept = s->held;
  if (at > position(s))
    kept = 0; /* the bytes up to there are passed over */
  else if (kept == WINDOW_BYTES)
    kept = RF_FORWARD_KEPT_BYTES;
  if (kept < s->held) {
    memmove(s->window, s->window + (s->held - kept), kept);
    s->low += s->held - kept;
    s->held = kept;
  }
}

/* Brings a read of n bytes forward. *part of the bytes are there then. */
static rf_status advance(forward_state *s, uint64_t at, uint8_t *to, size_t n, size_t *part, rf_error *err) {
  size_t made = 0;
  *part = 0;
  if (at < s->low)
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   "byte %llu of the stream was passed over and is not kept, because the file is open with "
                   "forward=True (RF_OPEN_FORWARD); the stream is at byte %llu",
                   (unsigned long long)at, (unsigned long long)position(s));
  if (at < position(s)) {
    uint64_t there = position(s) - at;
    *part = there < n ? (size_t)there : n;
    memcpy(to, s->window + (size_t)(at - s->low), *part);
    return RF_OK;
  }
  if (at == position(s) && n >= RF_SOURCE_DIRECT_BYTES) {
    RF_TRY(pass(s, to, n, part, err));
    if (*part > 0) {
      s->low = at + *part;
      s->held = 0;
    }
    return RF_OK;
  }
  make_room(s, at);
  RF_TRY(pass(s, s->window + s->held, WINDOW_BYTES - s->held, &made, err));
  s->held += made;
  return RF_OK;
}

/* Waits until no other read has its turn. */
static rf_status begin_turn(forward_state *s, rf_error *err) {
  bool waits = true;
  while (waits) {
    rf_mutex_lock(&s->mutex);
    bool forked = s->forks != rf_fork_count();
    waits = s->busy && !forked;
    if (waits)
      rf_cond_wait_for(&s->changed, &s->mutex, RF_INTERRUPT_MILLISECONDS);
    else if (!forked)
      s->busy = true;
    rf_mutex_unlock(&s->mutex);
    if (forked)
      return rf_fail(err, RF_ERR_UNSUPPORTED,
                     "the stream was opened before this process was forked: only the parent process can read it");
    if (waits)
      RF_TRY(rf_interrupt_check(err));
  }
  return RF_OK;
}

static void end_turn(forward_state *s) {
  rf_mutex_lock(&s->mutex);
  s->busy = false;
  rf_cond_broadcast(&s->changed);
  rf_mutex_unlock(&s->mutex);
}

static rf_status forward_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  forward_state *s = state;
  rf_status status = RF_OK;
  *got = 0;
  RF_TRY(begin_turn(s, err));
  while (status == RF_OK && *got < n && !(s->ended && offset + *got >= position(s))) {
    size_t part;
    status = advance(s, offset + *got, (uint8_t *)buffer + *got, n - *got, &part, err);
    *got += part;
  }
  end_turn(s);
  return status;
}

static rf_status forward_get_size(void *state, uint64_t *size, rf_error *err) {
  forward_state *s = state;
  RF_TRY(begin_turn(s, err));
  bool ended = s->ended;
  *size = position(s);
  end_turn(s);
  return ended ? RF_OK
               : rf_fail(err, RF_ERR_UNSUPPORTED,
                         "the size of a stream is known at its end, because the file is open with forward=True "
                         "(RF_OPEN_FORWARD)");
}

/* ---- beginning and end ---- */

static rf_status forward_close(void *state, rf_error *err) {
  forward_state *s = state;
  (void)err;
  rf_cond_destroy(&s->changed);
  rf_mutex_destroy(&s->mutex);
  rf_free(s->window);
  rf_free(s);
  return RF_OK;
}

/* Creates both locks, or none. */
static bool init_locks(forward_state *s) {
  if (!rf_mutex_init(&s->mutex))
    return false;
  if (rf_cond_init(&s->changed))
    return true;
  rf_mutex_destroy(&s->mutex);
  return false;
}

rf_status rf_forward_new(const rf_source *source, void **forward, rf_error *err) {
  forward_state *s = rf_alloc_zero(1, sizeof *s);
  uint8_t *window = s != NULL ? rf_alloc(WINDOW_BYTES) : NULL;
  if (window == NULL || !init_locks(s)) {
    rf_free(window);
    rf_free(s);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a stream");
  }
  s->source = *source;
  s->forks = rf_fork_count();
  s->window = window;
  *forward = s;
  return RF_OK;
}

const rf_driver_ops rf_forward_ops = {
    .size = sizeof(rf_driver_ops),
    .read_at = forward_read_at,
    .get_size = forward_get_size,
    .close = forward_close,
};
