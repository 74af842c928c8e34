/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/local/mapping.h"

#include <string.h>

#include "base/memory.h"
#include "base/system/guard.h"

/* Ranges of this size or more are read, not copied from the mapping: reads cause fewer page faults and the kernel reads
 * ahead. */
#define READ_FROM ((size_t)256 << 10)

/* A page fault in a new mapping costs about as much as this many small reads, and maps this many bytes (Linux:
 * fault_around_bytes). */
#define FAULT_READS 3
#define FAULT_BYTES ((uint64_t)64 << 10)

/* The stamp that a thread took after its last copy from a mapping. It is valid until another read ends. */
typedef struct last_look {
  uint64_t file; /* rf_local_file.number; 0: none */
  uint64_t ended;
  rf_file_stamp stamp;
} last_look;
static _Thread_local last_look looked;

/* Counts a read at its end, so that stamps taken before are not used for its bytes. */
static uint64_t count_read(rf_local_file *f) {
  return atomic_fetch_add(&f->ended, 1) + 1;
}

rf_status rf_local_file_read(rf_local_file *f, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  rf_status status = rf_fd_read(f->fd, f->begin + offset, buffer, n, got, err);
  (void)count_read(f);
  return status;
}

/* Returns the mapping, which the first call makes; NULL if there cannot be one. */
static const uint8_t *file_mapping(rf_local_file *f, uint64_t size) {
  const uint8_t *map = atomic_load_explicit(&f->map, memory_order_acquire);
  if (map || !f->mappable)
    return map;
  rf_mutex_lock(&f->map_lock);
  map = atomic_load_explicit(&f->map, memory_order_relaxed);
  size_t length;
  if (!map && !f->map_failed) {
    if (size > 0 && rf_to_size(size, &length) && rf_map_open(f->fd, length, &map, NULL) == RF_OK) {
      f->map_length = length;
      atomic_store_explicit(&f->map, map, memory_order_release);
    } else {
      map = NULL;
      f->map_failed = true; /* a device, or no address space left: reads work all the same */
    }
  }
  rf_mutex_unlock(&f->map_lock);
  return map;
}

/* Tells whether copying from a mapping costs less in page faults than reading does in calls. */
static bool pays(uint64_t reads, uint64_t bytes) {
  return reads / FAULT_READS > bytes / FAULT_BYTES;
}

/* Ranges that lie close together are copied from a mapping at once. Other ranges are read until the reads have cost as
 * much as touching the whole file through a mapping. So no order of calls costs more than twice the better way. */
static bool is_worth_mapping(rf_local_file *f, const rf_read_range *ranges, size_t count, uint64_t size) {
  uint64_t low = ranges[0].offset, high = low;
  for (size_t i = 1; i < count; i++) {
    low = ranges[i].offset < low ? ranges[i].offset : low;
    high = ranges[i].offset > high ? ranges[i].offset : high;
  }
  if (pays(count, high - low))
    return true;
  return pays(atomic_fetch_add_explicit(&f->reads, count, memory_order_relaxed) + count, size);
}

rf_status rf_local_file_truncated(const rf_read_range *range, uint64_t size, rf_error *err) {
  uint64_t have = range->offset < size ? size - range->offset : 0;
  rf_error_at(err, (int64_t)range->offset);
  return rf_fail(err, RF_ERR_TRUNCATED, "expected %zu bytes at offset %llu, found %llu: %llu bytes are missing",
                 range->length, (unsigned long long)range->offset, (unsigned long long)have,
                 (unsigned long long)(range->length - have));
}

/* Ranges to be copied from a mapping. */
typedef struct map_copy {
  const uint8_t *map;
  uint64_t length;
  const rf_read_range *ranges;
  size_t count;
} map_copy;

static bool is_mapped(const map_copy *c, const rf_read_range *range) {
  return range->length < READ_FROM && range->offset <= c->length && range->length <= c->length - range->offset;
}

static void copy_mapped(void *context) {
  const map_copy *c = context;
  for (size_t i = 0; i < c->count; i++) {
    const rf_read_range *range = &c->ranges[i];
    if (is_mapped(c, range))
      memcpy(range->dest, c->map + (size_t)range->offset, range->length);
  }
}

/* Copies ranges from the mapping. *copied is false if nothing was copied, or the file is shorter than the mapping; then
 * the caller reads all ranges. A read past the end is SIGBUS, at which the guard ends the copy. Truncated bytes of the
 * last page are zeros in a mapping, so the size is checked after the copy. */
static rf_status copy_from_mapping(rf_local_file *f, map_copy *c, bool *copied, rf_error *err) {
  uint64_t size;
  *copied = false;
  c->map = atomic_load_explicit(&f->map, memory_order_acquire);
  if (!c->map) {
    if (!is_worth_mapping(f, c->ranges, c->count, f->stamp.size))
      return RF_OK;
    RF_TRY(rf_fd_size(f->fd, &size, err));
    c->map = file_mapping(f, size);
    if (!c->map)
      return RF_OK;
  }
  c->length = f->map_length > f->begin ? f->map_length - f->begin : 0;
  const uint8_t *mapped = c->map;
  c->map += c->length > 0 ? (size_t)f->begin : 0;
  if (!rf_guard_run(mapped, f->map_length, copy_mapped, c))
    return RF_OK;
  looked.file = 0;
  looked.ended = count_read(f);
  RF_TRY(rf_fd_stamp(f->fd, &looked.stamp, err));
  looked.file = f->number;
  *copied = looked.stamp.size >= f->map_length;
  return RF_OK;
}

rf_status rf_local_file_read_many(void *state, const rf_read_range *ranges, size_t count, rf_error *err) {
  rf_local_file *f = state;
  map_copy c = {.ranges = ranges, .count = count};
  bool copied = false;
  if (!RF_MAP_HOLDS_SIZE && f->mappable && (count > 1 || ranges[0].length < READ_FROM))
    RF_TRY(copy_from_mapping(f, &c, &copied, err));
  for (size_t i = 0; i < count; i++) {
    const rf_read_range *range = &ranges[i];
    size_t got;
    if (copied && is_mapped(&c, range))
      continue;
    RF_TRY(rf_local_file_read(f, range->offset, range->dest, range->length, &got, err));
    if (got < range->length) {
      uint64_t size;
      RF_TRY(rf_fd_size(f->fd, &size, err));
      return rf_local_file_truncated(range, size > f->begin ? size - f->begin : 0, err);
    }
  }
  return RF_OK;
}

bool rf_local_file_stamp_behind(const rf_local_file *f, rf_file_stamp *stamp) {
  bool known = looked.file == f->number && looked.ended == atomic_load(&f->ended);
  *stamp = looked.stamp;
  looked.file = 0;
  return known;
}

static void end_mapping(const rf_mapping *mapping) {
  rf_map_close(mapping->base, mapping->length);
}

rf_status rf_local_file_map(void *state, uint64_t offset, size_t n, rf_mapping *mapping, rf_error *err) {
  rf_local_file *f = state;
  rf_file_stamp stamp;
  const uint8_t *base;
  uint64_t end;
  size_t length;
  RF_TRY(rf_fd_stamp(f->fd, &stamp, err));
  uint64_t size = f->unclaimed || stamp.size < f->begin ? 0 : stamp.size - f->begin;
  if (!rf_add_u64(offset, n, &end) || end > size || !rf_to_size(f->begin + end, &length))
    return rf_local_file_truncated(&(rf_read_range){offset, n, NULL}, size, err);
  RF_TRY(rf_map_open(f->fd, length, &base, err));
  *mapping = (rf_mapping){.bytes = base + (size_t)(f->begin + offset),
                          .base = (void *)(uintptr_t)base,
                          .length = length,
                          .end = end_mapping};
  return RF_OK;
}
