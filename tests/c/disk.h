/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A file in memory that keeps a list of all that happens to it, so that a test can look at the state in which a kill
 * between any two events would leave it. Writes are cut at the borders of pages; changes of the size are atomic.
 */
#ifndef RF_TESTS_DISK_H
#define RF_TESTS_DISK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

typedef enum disk_kind { DISK_WRITE, DISK_SIZE, DISK_SYNC } disk_kind;

typedef struct disk_event {
  disk_kind kind;
  uint64_t at; /* or the size */
  size_t n;
  uint8_t *bytes;
} disk_event;

typedef struct disk {
  uint8_t *data;
  size_t size;
  size_t room;
  size_t page;
  disk_event *log;
  size_t events;
  size_t log_room;
  size_t limit;  /* the maximum length of the file; a write behind it is a fault. 0: no limit */
  bool outside;  /* something was */
  long fail_at;  /* the event that fails, -1: none */
  bool half;     /* it alone fails, a write after half of its bytes */
  uint64_t full; /* space there is, 0: any */
} disk;

static inline void disk_reserve(disk *d, size_t size) {
  if (size <= d->room)
    return;
  size_t room = size + size / 2 + 4096;
  uint8_t *data = realloc(d->data, room);
  if (data == NULL)
    abort();
  memset(data + d->room, 0, room - d->room);
  d->data = data;
  d->room = room;
}

static inline void disk_apply(disk *d, const disk_event *e) {
  if (e->kind == DISK_SYNC)
    return;
  size_t end = (size_t)e->at + (e->kind == DISK_WRITE ? e->n : 0);
  disk_reserve(d, end);
  if (e->kind == DISK_WRITE && e->n > 0)
    memcpy(d->data + e->at, e->bytes, e->n);
  if (e->kind == DISK_SIZE && end < d->size)
    memset(d->data + end, 0, d->size - end);
  if (e->kind == DISK_SIZE || end > d->size)
    d->size = end;
}

static inline rf_status disk_do(disk *d, disk_kind kind, uint64_t at, const void *bytes, size_t n, rf_error *err) {
  if (d->fail_at >= 0 && (size_t)d->fail_at == d->events) {
    if (d->half) {
      d->fail_at = -1;
      if (kind == DISK_WRITE)
        disk_apply(d, &(disk_event){kind, at, n / 2, (uint8_t *)(uintptr_t)bytes});
    }
    return rf_fail(err, RF_ERR_IO, "the test lets this event fail");
  }
  if (kind == DISK_WRITE && d->full != 0 && at + n > d->full)
    return rf_fail(err, RF_ERR_NO_SPACE, "the test has a full disk");
  if (d->limit != 0 && kind != DISK_SYNC && at + n > d->limit) {
    d->outside = true;
    return rf_fail(err, RF_ERR_IO, "the test lets nothing go so far");
  }
  if (d->events == d->log_room) {
    d->log_room = 2 * d->log_room + 64;
    d->log = realloc(d->log, d->log_room * sizeof *d->log);
    if (d->log == NULL)
      abort();
  }
  disk_event *e = &d->log[d->events++];
  *e = (disk_event){kind, at, n, malloc(n + 1)};
  if (e->bytes == NULL)
    abort();
  if (n > 0)
    memcpy(e->bytes, bytes, n);
  disk_apply(d, e);
  return RF_OK;
}

static inline void disk_forget(disk *d) {
  for (size_t i = 0; i < d->events; i++)
    free(d->log[i].bytes);
  d->events = 0;
}

static inline void disk_set(disk *d, const uint8_t *data, size_t n) {
  disk_forget(d);
  disk_reserve(d, n);
  memset(d->data, 0, d->room);
  if (n > 0)
    memcpy(d->data, data, n);
  d->size = n;
}

static inline void disk_free(disk *d) {
  disk_forget(d);
  free(d->log);
  free(d->data);
  memset(d, 0, sizeof *d);
}

/* ---- as a driver ---- */

static inline rf_status disk_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  const disk *d = state;
  (void)err;
  *got = offset >= d->size ? 0 : n < d->size - offset ? n : (size_t)(d->size - offset);
  if (*got > 0)
    memcpy(buffer, d->data + offset, *got);
  return RF_OK;
}

static inline rf_status disk_get_size(void *state, uint64_t *size, rf_error *err) {
  (void)err;
  *size = ((disk *)state)->size;
  return RF_OK;
}

static inline rf_status disk_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  disk *d = state;
  const uint8_t *bytes = buffer;
  while (n > 0) {
    size_t piece = d->page - (size_t)offset % d->page;
    piece = piece < n ? piece : n;
    RF_TRY(disk_do(d, DISK_WRITE, offset, bytes, piece, err));
    offset += piece;
    bytes += piece;
    n -= piece;
  }
  return RF_OK;
}

static inline rf_status disk_truncate(void *state, uint64_t size, rf_error *err) {
  return disk_do(state, DISK_SIZE, size, NULL, 0, err);
}

static inline rf_status disk_sync(void *state, rf_error *err) {
  return disk_do(state, DISK_SYNC, 0, NULL, 0, err);
}

static inline rf_status disk_reserve_space(void *state, uint64_t size, rf_error *err) {
  const disk *d = state;
  if (d->full != 0 && size > d->full)
    return rf_fail(err, RF_ERR_NO_SPACE, "the test has a full disk");
  return RF_OK;
}

static inline rf_status disk_close(void *state, rf_error *err) {
  (void)state;
  (void)err;
  return RF_OK;
}

static const rf_driver_ops disk_ops = {
    .size = sizeof(rf_driver_ops),
    .read_at = disk_read_at,
    .get_size = disk_get_size,
    .write_at = disk_write_at,
    .truncate = disk_truncate,
    .sync = disk_sync,
    .reserve = disk_reserve_space,
    .close = disk_close,
};

static inline rf_store disk_store(disk *d) {
  static char name[] = "disk";
  return (rf_store){.ops = &disk_ops, .state = d, .writable = true, .name = name};
}

#endif
