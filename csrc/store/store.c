/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/store.h"

#include <string.h>

#include "base/memory.h"
#include "store/local/file.h"
#include "store/redact.h"

/* Size of the buffer for moves inside a store. */
#define MOVE_BYTES ((size_t)1 << 20)

/* Size of the buffer for fills. */
#define FILL_BYTES ((size_t)64 << 10)

/* Local files: a batch is half of a typical second-level cache, so that its bytes are still there when they are
 * converted. */
#define LOCAL_BATCH_BYTES ((size_t)512 << 10)
#define LOCAL_STAGE_BYTES ((size_t)256 << 10)
#define LOCAL_KEEP_BYTES ((size_t)1 << 20)

/* Remote files: each call costs a round trip, so few calls read much. Transferring a table that is kept takes no longer
 * than a round trip. */
#define REMOTE_BATCH_BYTES ((size_t)256 << 20)
#define REMOTE_STAGE_BYTES ((size_t)16 << 20)
#define REMOTE_KEEP_BYTES ((size_t)64 << 10)

void rf_store_describe(rf_store *store) {
  bool in_memory = (store->flags & RF_DRIVER_MEMORY) != 0;
  bool remote = (store->flags & RF_DRIVER_REMOTE) != 0 && !in_memory;
  bool in_order = (store->flags & RF_DRIVER_SEQUENTIAL) != 0 && !in_memory;
  store->profile = (rf_store_profile){
      .batch_bytes = remote ? REMOTE_BATCH_BYTES : LOCAL_BATCH_BYTES,
      .stage_bytes = remote ? REMOTE_STAGE_BYTES : LOCAL_STAGE_BYTES,
      .keep_bytes = remote || in_order ? REMOTE_KEEP_BYTES : LOCAL_KEEP_BYTES,
      .in_memory = in_memory,
      .prefetch = remote,
      .shared_reads = !remote && !in_order && store->ops->peek == NULL,
      .in_order = in_order,
      .forward = (store->flags & RF_DRIVER_FORWARD) != 0,
      .at_close = (store->flags & RF_DRIVER_AT_CLOSE) != 0,
  };
}

rf_status rf_store_result(rf_status status, const char *what, rf_error *err) {
  if (status != RF_OK)
    return rf_fail(err, status, "the driver failed to %s without a message", what);
  return RF_OK;
}

rf_status rf_store_new(const rf_driver_ops *ops, void *state, uint32_t flags, bool writable, const char *name,
                       rf_store **store, rf_error *err) {
  rf_store *s = rf_alloc_zero(1, sizeof *s);
  char *shown = s ? rf_url_redact(name) : NULL;
  if (!shown) {
    rf_free(s);
    (void)ops->close(state, NULL);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to open a file");
  }
  s->ops = ops;
  s->state = state;
  s->flags = flags;
  s->writable = writable;
  s->sequential = (flags & RF_DRIVER_SEQUENTIAL) != 0;
  s->name = shown;
  rf_store_describe(s);
  *store = s;
  return RF_OK;
}

rf_status rf_store_close(rf_store *store, rf_error *err) {
  if (!store)
    return RF_OK;
  rf_status status = rf_store_result(store->ops->close(store->state, err), "close the file", err);
  rf_free(store->head);
  rf_free(store->notice);
  rf_free(store->name);
  rf_free(store->own_row);
  rf_free(store);
  return status;
}

/* ---- reading ---- */

static bool in_head(const rf_store *store, uint64_t offset, size_t n) {
  return offset < store->head_length && n <= store->head_length - offset;
}

const uint8_t *rf_store_at_hand(rf_store *store, uint64_t offset, size_t n) {
  const uint8_t *bytes;
  if (in_head(store, offset, n))
    return store->head + offset;
  if (store->profile.in_memory && rf_store_peek(store, offset, n, &bytes, NULL) == RF_OK)
    return bytes;
  return NULL;
}

rf_status rf_store_read_at(rf_store *store, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  *got = 0;
  if (n == 0)
    return RF_OK;
  if (in_head(store, offset, n)) {
    memcpy(buffer, store->head + offset, n);
    *got = n;
    return RF_OK;
  }
  RF_TRY(rf_store_result(store->ops->read_at(store->state, offset, buffer, n, got, err), "read", err));
  if (*got > n)
    return rf_fail(err, RF_ERR_CALLBACK, "the driver returned %zu bytes, expected at most %zu", *got, n);
  return RF_OK;
}

static rf_status truncated(uint64_t offset, size_t n, size_t got, rf_error *err) {
  rf_error_at(err, (int64_t)offset);
  return rf_fail(err, RF_ERR_TRUNCATED, "expected %zu bytes at offset %llu, found %zu: %zu bytes are missing", n,
                 (unsigned long long)offset, got, n - got);
}

rf_status rf_store_read(rf_store *store, uint64_t offset, void *buffer, size_t n, rf_error *err) {
  size_t got;
  RF_TRY(rf_store_read_at(store, offset, buffer, n, &got, err));
  return got == n ? RF_OK : truncated(offset, n, got, err);
}

rf_status rf_store_read_many(rf_store *store, const rf_read_range *ranges, size_t count, rf_error *err) {
  if (count == 0)
    return RF_OK;
  if (store->ops->read_many)
    return rf_store_result(store->ops->read_many(store->state, ranges, count, err), "read", err);
  for (size_t i = 0; i < count; i++)
    RF_TRY(rf_store_read(store, ranges[i].offset, ranges[i].dest, ranges[i].length, err));
  return RF_OK;
}

rf_status rf_store_peek(rf_store *store, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  if (!store->ops->peek)
    return RF_ERR_UNSUPPORTED;
  rf_error local;
  rf_error_clear(&local);
  rf_status status = store->ops->peek(store->state, offset, n, bytes, &local);
  if (status == RF_OK || status == RF_ERR_UNSUPPORTED)
    return status;
  if (err && err->code == RF_OK && local.code != RF_OK)
    *err = local;
  return rf_store_result(status, "read", err);
}

rf_status rf_store_prefetch(rf_store *store, const rf_range *ranges, size_t count, rf_error *err) {
  if (count == 0 || !store->ops->prefetch)
    return RF_OK;
  return rf_store_result(store->ops->prefetch(store->state, ranges, count, err), "fetch", err);
}

rf_status rf_store_stream(rf_store *store, rf_range range, const rf_stream_sink *sink, bool *streamed, rf_error *err) {
  int done = 0;
  rf_status status = RF_OK;
  if (store->ops->stream)
    status = rf_store_result(store->ops->stream(store->state, range, sink, &done, err), "stream", err);
  *streamed = done != 0;
  return status;
}

bool rf_store_stats(rf_store *store, rf_remote_stats *stats) {
  while (store->beneath)
    store = store->beneath;
  if (!store->ops->get_stats)
    return false;
  store->ops->get_stats(store->state, stats);
  return true;
}

rf_status rf_store_size(rf_store *store, uint64_t *size, rf_error *err) {
  return rf_store_result(store->ops->get_size(store->state, size, err), "tell the size", err);
}

rf_status rf_store_size_past(rf_store *store, uint64_t offset, uint64_t *size, rf_error *err) {
  uint8_t byte;
  size_t got = 0;
  if (store->profile.forward) {
    if (store->ops->get_size(store->state, size, NULL) != RF_OK)
      *size = offset < UINT64_MAX ? offset + 1 : offset;
    return RF_OK;
  }
  if (store->sequential && offset < UINT64_MAX)
    RF_TRY(rf_store_read_at(store, offset, &byte, 1, &got, err));
  if (got == 0)
    return rf_store_size(store, size, err);
  *size = offset + 1;
  return RF_OK;
}

/* ---- the file of the system ---- */

bool rf_store_opened(const rf_store *store, rf_file_stamp *stamp) {
  return store->ops == &rf_local_ops && rf_local_opened(store->state, stamp);
}

rf_status rf_store_stamp(rf_store *store, rf_file_stamp *stamp, rf_error *err) {
  return rf_local_stamp(store->state, stamp, err);
}

bool rf_store_stamp_behind(rf_store *store, rf_file_stamp *stamp) {
  return store->ops == &rf_local_ops && rf_local_stamp_behind(store->state, stamp);
}

bool rf_store_size_then(const rf_store *store, const rf_file_stamp *stamp, uint64_t *size) {
  return store->ops == &rf_local_ops && rf_local_size_then(store->state, stamp, size);
}

bool rf_store_is_replaced(rf_store *store, const rf_file_stamp *stamp) {
  return rf_local_is_replaced(store->state, stamp);
}

rf_status rf_store_read_again(rf_store *store, uint64_t offset, void *buffer, size_t n, rf_error *err) {
  size_t got = 0;
  RF_TRY(rf_store_result(store->ops->read_at(store->state, offset, buffer, n, &got, err), "read", err));
  return got == n ? RF_OK : truncated(offset, n, got, err);
}

rf_status rf_store_forget_head(rf_store *store, uint64_t n, bool *same, rf_error *err) {
  uint8_t now[RF_STORE_HEAD_BYTES];
  size_t got = 0;
  *same = true;
  if (store->head_length == 0)
    return RF_OK;
  if (n > store->head_length)
    n = store->head_length;
  if (n > 0)
    RF_TRY(rf_store_result(store->ops->read_at(store->state, 0, now, (size_t)n, &got, err), "read", err));
  *same = got == n && memcmp(now, store->head, (size_t)n) == 0;
  rf_free(store->head);
  store->head = NULL;
  store->head_length = 0;
  return RF_OK;
}

rf_status rf_store_map(rf_store *store, uint64_t offset, size_t n, rf_mapping *mapping, rf_error *err) {
  if (!store->ops->map)
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   "only plain local files, shared memory and borrowed bytes can be viewed; use read()");
  return rf_store_result(store->ops->map(store->state, offset, n, mapping, err), "map the file", err);
}

/* ---- writing ---- */

static rf_status may_write(rf_store *store, rf_error *err) {
  store->touched = true;
  if (!store->writable || !store->ops->write_at || !store->ops->truncate)
    return rf_fail(err, RF_ERR_READONLY, "the file is open for reading only");
  return RF_OK;
}

/* Adds the name of the file, because one file may be written from another. */
static rf_status located(const rf_store *store, rf_status status, rf_error *err) {
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, store->name, -1);
}

rf_status rf_store_write(rf_store *store, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  uint64_t end;
  RF_TRY(may_write(store, err));
  if (n == 0)
    return RF_OK;
  if (!rf_add_u64(offset, n, &end))
    return rf_fail(err, RF_ERR_LIMIT, "cannot write %zu bytes at offset %llu: beyond the largest file size", n,
                   (unsigned long long)offset);
  store->lowest_change = offset < store->lowest_change ? offset : store->lowest_change;
  return located(store, rf_store_result(store->ops->write_at(store->state, offset, buffer, n, err), "write", err), err);
}

rf_status rf_store_truncate(rf_store *store, uint64_t size, rf_error *err) {
  RF_TRY(may_write(store, err));
  store->lowest_change = size < store->lowest_change ? size : store->lowest_change;
  return located(store, rf_store_result(store->ops->truncate(store->state, size, err), "set the size", err), err);
}

rf_status rf_store_sync(rf_store *store, rf_error *err) {
  if (!store->writable || !store->ops->sync)
    return RF_OK;
  return rf_store_result(store->ops->sync(store->state, err), "sync", err);
}

rf_status rf_store_reserve(rf_store *store, uint64_t size, rf_error *err) {
  RF_TRY(may_write(store, err));
  if (!store->ops->reserve)
    return RF_OK;
  return located(store, rf_store_result(store->ops->reserve(store->state, size, err), "reserve space", err), err);
}

void rf_store_discard(rf_store *store) {
  if (store->ops->discard)
    store->ops->discard(store->state);
}

rf_status rf_store_fill(rf_store *store, uint64_t offset, uint64_t n, int byte, rf_error *err) {
  RF_TRY(may_write(store, err));
  if (n == 0)
    return RF_OK;
  if (store->ops->fill)
    return located(
        store, rf_store_result(store->ops->fill(store->state, (rf_range){offset, n}, byte, err), "write", err), err);
  size_t room = n < FILL_BYTES ? (size_t)n : FILL_BYTES;
  uint8_t *buffer = rf_alloc(room);
  if (!buffer)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes for padding", room);
  memset(buffer, byte, room);
  rf_status status = RF_OK;
  for (uint64_t done = 0; done < n && status == RF_OK;) {
    size_t chunk = n - done < room ? (size_t)(n - done) : room;
    status = rf_store_write(store, offset + done, buffer, chunk, err);
    done += chunk;
  }
  rf_free(buffer);
  return status;
}

rf_status rf_store_move(rf_store *store, uint64_t from, uint64_t to, uint64_t n, rf_error *err) {
  uint64_t end;
  RF_TRY(may_write(store, err));
  if (n == 0 || from == to)
    return RF_OK;
  if (!rf_add_u64(from, n, &end) || !rf_add_u64(to, n, &end))
    return rf_fail(err, RF_ERR_LIMIT, "cannot move %llu bytes to offset %llu: beyond the largest file size",
                   (unsigned long long)n, (unsigned long long)to);
  if (store->ops->move)
    return located(store, rf_store_result(store->ops->move(store->state, from, to, n, err), "move", err), err);
  size_t room = n < MOVE_BYTES ? (size_t)n : MOVE_BYTES;
  uint8_t *buffer = rf_alloc(room);
  if (!buffer)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to move %llu bytes in the file", (unsigned long long)n);
  rf_status status = RF_OK;
  for (uint64_t done = 0; done < n && status == RF_OK;) {
    size_t chunk = n - done < room ? (size_t)(n - done) : room;
    /* Moves up begin with the last chunk, so that no byte is overwritten before it is read. */
    uint64_t at = to > from ? n - done - chunk : done;
    status = rf_store_read(store, from + at, buffer, chunk, err);
    if (status == RF_OK)
      status = rf_store_write(store, to + at, buffer, chunk, err);
    done += chunk;
  }
  rf_free(buffer);
  return status;
}
