/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/trailer/pool.h"

#include <string.h>

#include "base/crc32c.h"
#include "base/memory.h"
#include "store/local/file.h"
#include "store/trailer/lines.h"

/* A larger pool goes to the file. */
#define MAX_POOL_BYTES ((uint64_t)1 << 20)

/* Seconds that an edit waits for another one, or for readers of an interrupted edit. */
#define WAIT_SECONDS 1.0

#define COPY_BYTES ((size_t)256 << 10)

rf_status rf_pool_write_footer(rf_edit *e, const rf_trailer *t, rf_edit_state state, uint32_t crc, rf_error *err) {
  uint8_t line[RF_LINE];
  rf_line_encode_footer(t, state, crc, line);
  return rf_store_write(e->inner, t->size - RF_LINE, line, sizeof line, err);
}

rf_status rf_pool_take_file(rf_edit *e, rf_error *err) {
  uint64_t size;
  if (e->inner->ops == &rf_local_ops &&
      rf_local_lock_edit(e->inner->state, true, WAIT_SECONDS, &e->lock) == RF_LOCK_HELD)
    return rf_fail(err, RF_ERR_LOCKED, "another process is editing the file, or reading it after an interrupted edit");
  RF_TRY(rf_store_size(e->inner, &size, err));
  if (size == e->old_size)
    return RF_OK;
  return rf_fail(err, RF_ERR_CHANGED, "another process has changed the file: it has %llu bytes now, not %llu",
                 (unsigned long long)size, (unsigned long long)e->old_size);
}

/* Writes to new space if the driver cannot reserve it. */
static rf_status fill_new_space(rf_edit *e, rf_error *err) {
  return e->new_size > e->old_size ? rf_store_fill(e->inner, e->old_size, e->new_size - e->old_size, 0, err) : RF_OK;
}

rf_status rf_pool_prepare(rf_edit *e, uint64_t size, rf_error *err) {
  rf_trailer t = {.old_size = e->old_size, .new_size = e->new_size, .size = size};
  bool first = !e->begun;
  if (!e->begun)
    RF_TRY(rf_pool_take_file(e, err));
  else if (size <= e->size)
    return RF_OK;
  e->begun = true;
  RF_TRY(rf_store_reserve(e->inner, size, err));
  RF_TRY(rf_pool_write_footer(e, &t, RF_EDIT_PREPARING, 0, err));
  e->size = size;
  return first && e->inner->ops->reserve == NULL ? fill_new_space(e, err) : RF_OK;
}

/* Makes room in the file for a pool of `bytes`. */
static rf_status prepare_pool(rf_edit *e, uint64_t bytes, rf_error *err) {
  uint64_t end;
  if (!rf_add_u64(e->pool_at, bytes, &end) || end > INT64_MAX - RF_MAX_HALF_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "the file would be longer than 2^63 bytes");
  end = e->start + (end - e->start + RF_BLOCK_BYTES - 1) / RF_BLOCK_BYTES * RF_BLOCK_BYTES;
  return rf_pool_prepare(e, end + RF_TRAILER_TAIL, err);
}

static rf_status spill(rf_edit *e, uint64_t need, rf_error *err) {
  /* Twice what is needed, so that a growing pool needs few steps. */
  uint64_t room = need < INT64_MAX / 4 ? 2 * need : need;
  if (!e->spilled || e->pool_at + need + RF_TRAILER_TAIL > e->size)
    RF_TRY(prepare_pool(e, room, err));
  if (!e->spilled && e->pool_used > 0)
    RF_TRY(rf_store_write(e->inner, e->pool_at, e->pool, (size_t)e->pool_used, err));
  e->spilled = true;
  return RF_OK;
}

/* Makes room for n more bytes, in memory or in the file. */
static rf_status grow_pool(rf_edit *e, uint64_t n, rf_error *err) {
  uint64_t need;
  if (!rf_add_u64(e->pool_used, n, &need) || need > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the file would be longer than 2^63 bytes");
  if (e->spilled || (!e->any_size && need > MAX_POOL_BYTES))
    return spill(e, need, err);
  if (need > e->pool_room) {
    size_t room;
    uint8_t *pool = need < INT64_MAX / 2 && rf_to_size(need + need / 2 + 256, &room) ? rf_realloc(e->pool, room) : NULL;
    if (pool == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %llu bytes for an edit", (unsigned long long)need);
    e->pool = pool;
    e->pool_room = room;
  }
  return RF_OK;
}

rf_status rf_pool_append(rf_edit *e, const void *bytes, size_t n, uint64_t *place, rf_error *err) {
  RF_TRY(grow_pool(e, n, err));
  *place = RF_POOL_BASE + e->pool_used;
  if (e->spilled)
    RF_TRY(rf_store_write(e->inner, e->pool_at + e->pool_used, bytes, n, err));
  else if (n > 0)
    memcpy(e->pool + (size_t)e->pool_used, bytes, n);
  e->pool_crc = rf_crc32c(bytes, n, e->pool_crc);
  e->pool_used += n;
  return RF_OK;
}

rf_status rf_pool_reserve(rf_edit *e, uint64_t bytes, uint64_t *place, rf_error *err) {
  RF_TRY(grow_pool(e, bytes, err));
  *place = RF_POOL_BASE + e->pool_used;
  if (!e->spilled)
    memset(e->pool + (size_t)e->pool_used, 0, (size_t)bytes);
  e->pool_used += bytes;
  e->pool_patched = true;
  return RF_OK;
}

rf_status rf_pool_write(rf_edit *e, uint64_t place, const void *bytes, size_t n, rf_error *err) {
  e->pool_patched = true;
  if (e->spilled)
    return rf_store_write(e->inner, e->pool_at + (place - RF_POOL_BASE), bytes, n, err);
  if (n > 0)
    memcpy(e->pool + (size_t)(place - RF_POOL_BASE), bytes, n);
  return RF_OK;
}

rf_status rf_pool_read(rf_edit *e, uint64_t place, void *buffer, size_t n, rf_error *err) {
  if (place >= RF_POOL_BASE && !e->spilled) {
    memcpy(buffer, e->pool + (size_t)(place - RF_POOL_BASE), n);
    return RF_OK;
  }
  if (place >= RF_POOL_BASE)
    place = e->pool_at + (place - RF_POOL_BASE);
  return rf_store_read(e->inner, place, buffer, n, err);
}

rf_status rf_pool_place(rf_edit *e, rf_error *err) {
  if (!rf_trailer_start(e->old_size, e->new_size, &e->start))
    return rf_fail(err, RF_ERR_LIMIT, "the file would be longer than 2^63 bytes");
  e->pool_at = e->start + RF_POOL_SKEW;
  return RF_OK;
}

rf_status rf_pool_crc(rf_edit *e, uint32_t *crc, rf_error *err) {
  static const uint8_t zeros[RF_LINE];
  *crc = rf_crc32c(zeros, sizeof zeros, 0);
  uint8_t *buffer = rf_alloc(COPY_BYTES);
  rf_status status = RF_OK;
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an edit");
  for (uint64_t done = 0; done < e->pool_used && status == RF_OK;) {
    size_t n = e->pool_used - done < COPY_BYTES ? (size_t)(e->pool_used - done) : COPY_BYTES;
    status = rf_pool_read(e, RF_POOL_BASE + done, buffer, n, err);
    *crc = rf_crc32c(buffer, n, *crc);
    done += n;
  }
  rf_free(buffer);
  return status;
}
