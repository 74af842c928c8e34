/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Spooled streams. One thread at a time reads the source (`busy`). It holds no lock meanwhile, because it may wait for
 * long, and the bytes that are kept already can be read. Another thread that needs more bytes waits for it.
 */
#include "store/stream/spooled.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "store/local/spool.h"

typedef struct spooled_state {
  rf_source source;
  unsigned forks; /* rf_fork_count() when it was made */

  rf_rwlock spool_lock; /* appending excludes reading */
  void *spool;

  rf_mutex mutex;
  rf_cond changed;   /* any of: */
  bool busy;         /* a thread reads the source */
  uint64_t size;     /* bytes that are kept */
  bool ended;        /* these are all */
  rf_status failure; /* the failure that ended the stream */
  rf_error failure_error;

  uint8_t *chunk; /* RF_SOURCE_BYTES of the busy thread; NULL: not needed yet */
} spooled_state;

/* ---- passing bytes from the source to the spool ---- */

static rf_status keep(spooled_state *s, const uint8_t *bytes, size_t n, rf_error *err) {
  rf_rwlock_write(&s->spool_lock);
  rf_status status = rf_spool_ops.write_at(s->spool, s->size, bytes, n, err);
  rf_rwlock_write_unlock(&s->spool_lock);
  return status;
}

/* Reads the source once, to `to` or to a buffer (NULL), and keeps the bytes. The caller is busy. */
static rf_status pass(spooled_state *s, uint8_t *to, size_t n, size_t *made, bool *final, rf_error *err) {
  *made = 0;
  *final = false;
  if (to == NULL) {
    if (s->chunk == NULL)
      s->chunk = rf_alloc(RF_SOURCE_BYTES);
    if (s->chunk == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a buffer for a stream");
    to = s->chunk;
    n = RF_SOURCE_BYTES;
  }
  rf_status status = rf_source_read(&s->source, to, n < RF_SOURCE_BYTES ? n : RF_SOURCE_BYTES, made, err);
  *final = status != RF_OK && status != RF_ERR_CALLBACK;
  if (status == RF_OK && *made > 0) {
    status = keep(s, to, *made, err);
    *final = status != RF_OK; /* the bytes are lost */
  }
  if (status != RF_OK)
    *made = 0;
  return status;
}

/* Passes bytes once for a read of n bytes at `at`. Ends the turn of this thread. */
static rf_status take_turn(spooled_state *s, uint64_t at, uint8_t *to, size_t n, size_t *part, rf_error *err) {
  size_t made;
  bool final, direct = at == s->size && n >= RF_SOURCE_DIRECT_BYTES;
  rf_error own;
  rf_error_clear(&own);
  rf_status status = pass(s, direct ? to : NULL, n, &made, &final, &own);
  if (status != RF_OK && err != NULL && err->code == RF_OK)
    *err = own;
  rf_mutex_lock(&s->mutex);
  s->size += made;
  s->ended = status == RF_OK && made == 0;
  if (final) {
    s->failure = status;
    s->failure_error = own;
  }
  s->busy = false;
  rf_cond_broadcast(&s->changed);
  rf_mutex_unlock(&s->mutex);
  *part = direct ? made : 0;
  return status;
}

/* ---- reading ---- */

static rf_status fail_forked(rf_error *err) {
  return rf_fail(err, RF_ERR_UNSUPPORTED,
                 "the stream was opened before this process was forked: only the parent process can read on");
}

static rf_status read_kept(spooled_state *s, uint64_t at, uint8_t *to, size_t n, rf_error *err) {
  size_t got = 0;
  rf_rwlock_read(&s->spool_lock);
  rf_status status = rf_spool_ops.read_at(s->spool, at, to, n, &got, err);
  rf_rwlock_read_unlock(&s->spool_lock);
  if (status == RF_OK && got != n)
    return rf_fail(err, RF_ERR_IO, "the temporary file of a stream lost bytes");
  return status;
}

/* Brings a read of n bytes forward: copies kept bytes, passes bytes once, or waits for the thread that does. *part of
 * the bytes are there then. *more becomes false at the end. */
static rf_status advance(spooled_state *s, uint64_t at, uint8_t *to, size_t n, size_t *part, bool *more,
                         rf_error *err) {
  *part = 0;
  *more = true;
  rf_mutex_lock(&s->mutex);
  uint64_t size = s->size;
  bool forked = s->forks != rf_fork_count(), ended = s->ended || s->failure != RF_OK;
  bool lost = forked && s->busy; /* a thread of the parent was changing the spool */
  bool copies = at < size && !lost, passes = at >= size && !ended && !forked, waits = passes && s->busy;
  if (waits)
    rf_cond_wait_for(&s->changed, &s->mutex, RF_INTERRUPT_MILLISECONDS);
  else if (passes)
    s->busy = true;
  rf_mutex_unlock(&s->mutex);

  if (copies) {
    *part = size - at < n ? (size_t)(size - at) : n;
    return read_kept(s, at, to, *part, err);
  }
  if (waits)
    return rf_interrupt_check(err);
  if (passes)
    return take_turn(s, at, to, n, part, err);
  if (lost || !ended)
    return fail_forked(err);
  *more = false;
  if (s->failure != RF_OK && err != NULL && err->code == RF_OK)
    *err = s->failure_error;
  return s->failure;
}

static rf_status spooled_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  bool more = true;
  *got = 0;
  while (*got < n && more) {
    size_t part;
    RF_TRY(advance(state, offset + *got, (uint8_t *)buffer + *got, n - *got, &part, &more, err));
    *got += part;
  }
  return RF_OK;
}

static rf_status spooled_get_size(void *state, uint64_t *size, rf_error *err) {
  spooled_state *s = state;
  uint8_t byte;
  size_t got;
  RF_TRY(spooled_read_at(s, UINT64_MAX, &byte, 1, &got, err));
  *size = s->size;
  return RF_OK;
}

/* Without an end, another thread may still move the bytes. */
static rf_status spooled_peek(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  spooled_state *s = state;
  rf_mutex_lock(&s->mutex);
  bool still = s->ended && !s->busy && offset <= s->size && n <= s->size - offset;
  rf_mutex_unlock(&s->mutex);
  return still ? rf_spool_ops.peek(s->spool, offset, n, bytes, err) : RF_ERR_UNSUPPORTED;
}

/* ---- beginning and end ---- */

static rf_status spooled_close(void *state, rf_error *err) {
  spooled_state *s = state;
  rf_status status = s->spool != NULL ? rf_spool_ops.close(s->spool, err) : RF_OK;
  rf_cond_destroy(&s->changed);
  rf_mutex_destroy(&s->mutex);
  rf_rwlock_destroy(&s->spool_lock);
  rf_free(s->chunk);
  rf_free(s);
  return status;
}

/* Creates all locks, or none. */
static bool init_locks(spooled_state *s) {
  if (!rf_rwlock_init(&s->spool_lock))
    return false;
  bool mutex = rf_mutex_init(&s->mutex);
  if (mutex && rf_cond_init(&s->changed))
    return true;
  if (mutex)
    rf_mutex_destroy(&s->mutex);
  rf_rwlock_destroy(&s->spool_lock);
  return false;
}

rf_status rf_spooled_new(const rf_source *source, uint64_t memory_bytes, void **spooled, rf_error *err) {
  spooled_state *s = rf_alloc_zero(1, sizeof *s);
  if (s == NULL || !init_locks(s)) {
    rf_free(s);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a stream");
  }
  s->source = *source;
  s->forks = rf_fork_count();
  rf_status status = rf_spool_new(memory_bytes, &s->spool, err);
  if (status != RF_OK) {
    (void)spooled_close(s, NULL);
    return status;
  }
  *spooled = s;
  return RF_OK;
}

const rf_driver_ops rf_spooled_ops = {
    .size = sizeof(rf_driver_ops),
    .read_at = spooled_read_at,
    .peek = spooled_peek,
    .get_size = spooled_get_size,
    .close = spooled_close,
};
