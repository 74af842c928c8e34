/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files of the system: one descriptor, positional reads and writes. Many small ranges of a file opened for reading are
 * copied from a mapping, which is ten times faster than a system call for each.
 */
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/platform.h"
#include "store/driver.h"
#include "store/url.h"

/* A range of this many bytes or more is read, not copied from the mapping: reading puts fewer page faults in the way
 * and lets the kernel read ahead. */
#define READ_FROM ((size_t)256 << 10)

/* A page fault in a fresh mapping costs about as much as so many small reads, and maps so many bytes around the place
 * (Linux: fault_around_bytes). */
#define FAULT_READS 3
#define FAULT_BYTES ((uint64_t)64 << 10)

typedef struct file_state {
  rf_fd fd;
  char *path;
  char *temp_path; /* of a replacement that is not in its place yet */
  bool mappable;   /* opened for reading */
  rf_mutex map_lock;
  _Atomic(const uint8_t *) map; /* made once, when first wanted */
  size_t map_length;            /* set before map */
  bool map_failed;
  _Atomic uint64_t reads; /* of small ranges so far, without the mapping */
} file_state;

static rf_status file_state_new(file_state **state, rf_error *err) {
  file_state *f = rf_alloc_zero(1, sizeof *f);
  if (!f)
    return rf_fail(err, RF_ERR_MEMORY, "no memory to open a file");
  if (!rf_mutex_init(&f->map_lock)) {
    rf_free(f);
    return rf_fail(err, RF_ERR_MEMORY, "no memory for the lock of a file");
  }
  *state = f;
  return RF_OK;
}

static void file_state_free(file_state *f) {
  const uint8_t *map = atomic_load(&f->map);
  if (map)
    rf_map_close(map, f->map_length);
  rf_mutex_destroy(&f->map_lock);
  rf_free(f->path);
  rf_free(f->temp_path);
  rf_free(f);
}

/* The path that "file:///a%20b" or "file://localhost/a" stands for (RFC 8089). */
static rf_status path_of_url(const char *name, size_t scheme, char **path, rf_error *err) {
  const char *rest = name + scheme + 3;
  size_t host = strcspn(rest, "/");
  if (rest[host] == '\0' || (host > 0 && !rf_url_scheme_is(rest, host, "localhost")))
    return rf_fail(err, RF_ERR_ARGUMENT, "a file:// URL must be file:///path or file://localhost/path");
  rest += host;
#if defined(_WIN32)
  if (rest[1] && rest[2] == ':') /* file:///C:/dir */
    rest++;
#endif
  return rf_url_decode(rest, strlen(rest), path, err);
}

static rf_status path_of_name(const char *name, rf_mode mode, char **path, rf_error *err) {
  size_t scheme = rf_url_scheme(name);
  if (scheme > 0)
    return path_of_url(name, scheme, path, err);
  /* A write-back at close has to find the file also after a change of directory. */
  if (mode != RF_MODE_READ && name[0])
    return rf_path_absolute(name, path, err);
  *path = rf_strdup(name);
  return *path ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "no memory for a file name");
}

static rf_status file_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                           void **state, rf_error *err) {
  (void)driver;
  (void)options;
  file_state *f;
  RF_TRY(file_state_new(&f, err));
  rf_status status = path_of_name(name, mode, &f->path, err);
  if (status == RF_OK) /* messages name what the user gave */
    status = rf_fd_open(rf_url_scheme(name) ? f->path : name, mode, &f->fd, err);
  if (status != RF_OK) {
    file_state_free(f);
    return status;
  }
  f->mappable = mode == RF_MODE_READ;
  *state = f;
  return RF_OK;
}

static rf_status file_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  return rf_fd_read(((file_state *)state)->fd, offset, buffer, n, got, err);
}

/* The mapping, made now if this is the first time; NULL when there cannot be one. */
static const uint8_t *file_mapping(file_state *f, uint64_t size) {
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
      f->map_failed = true; /* a device, or no address space left: reading works all the same */
    }
  }
  rf_mutex_unlock(&f->map_lock);
  return map;
}

/* Does copying all from a mapping take fewer page faults than reading takes calls? */
static bool pays(uint64_t reads, uint64_t bytes) {
  return reads / FAULT_READS > bytes / FAULT_BYTES;
}

/* Ranges that lie close together are copied from a mapping at once. Others are read, until as much has been spent on
 * reading as touching the whole file through a mapping would have cost: so no order of calls costs more than twice what
 * the better way would have. */
static bool is_worth_mapping(file_state *f, const rf_range *ranges, size_t count, uint64_t size) {
  uint64_t low = ranges[0].offset, high = low;
  for (size_t i = 1; i < count; i++) {
    low = ranges[i].offset < low ? ranges[i].offset : low;
    high = ranges[i].offset > high ? ranges[i].offset : high;
  }
  if (pays(count, high - low))
    return true;
  return pays(atomic_fetch_add_explicit(&f->reads, count, memory_order_relaxed) + count, size);
}

static rf_status truncated(const rf_range *range, uint64_t size, rf_error *err) {
  uint64_t have = range->offset < size ? size - range->offset : 0;
  rf_error_at(err, (int64_t)range->offset);
  return rf_fail(err, RF_ERR_TRUNCATED,
                 "%zu bytes are wanted at offset %llu, but the file ends at %llu: %llu bytes are missing",
                 range->length, (unsigned long long)range->offset, (unsigned long long)size,
                 (unsigned long long)(range->length - have));
}

static rf_status file_read_many(void *state, const rf_range *ranges, size_t count, rf_error *err) {
  file_state *f = state;
  const uint8_t *map = NULL;
  uint64_t mapped = 0, size = 0;
  if (f->mappable && count > 1) {
    /* Asked each time: touching a page behind the end of a file that somebody has cut would be a signal. */
    RF_TRY(rf_fd_size(f->fd, &size, err));
    map = atomic_load_explicit(&f->map, memory_order_acquire);
    if (!map && is_worth_mapping(f, ranges, count, size))
      map = file_mapping(f, size);
    if (map)
      mapped = size < f->map_length ? size : f->map_length;
  }
  for (size_t i = 0; i < count; i++) {
    const rf_range *range = &ranges[i];
    if (range->length < READ_FROM && range->offset <= mapped && range->length <= mapped - range->offset && map) {
      memcpy(range->dest, map + (size_t)range->offset, range->length);
      continue;
    }
    size_t got;
    RF_TRY(rf_fd_read(f->fd, range->offset, range->dest, range->length, &got, err));
    if (got < range->length) {
      RF_TRY(rf_fd_size(f->fd, &size, err));
      return truncated(range, size, err);
    }
  }
  return RF_OK;
}

static rf_status file_get_size(void *state, uint64_t *size, rf_error *err) {
  return rf_fd_size(((file_state *)state)->fd, size, err);
}

static rf_status file_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  return rf_fd_write(((file_state *)state)->fd, offset, buffer, n, err);
}

static rf_status file_truncate(void *state, uint64_t size, rf_error *err) {
  return rf_fd_truncate(((file_state *)state)->fd, size, err);
}

static rf_status file_sync(void *state, rf_error *err) {
  return rf_fd_sync(((file_state *)state)->fd, err);
}

static rf_status file_replace_open(void *state, void **temp, rf_error *err) {
  file_state *f = state, *fresh;
  RF_TRY(file_state_new(&fresh, err));
  rf_status status = rf_temp_open(f->path, &fresh->fd, &fresh->temp_path, err);
  if (status != RF_OK) {
    file_state_free(fresh);
    return status;
  }
  *temp = fresh;
  return RF_OK;
}

static rf_status file_replace_commit(void *state, void *temp, rf_error *err) {
  file_state *f = state, *fresh = temp;
  rf_status status = rf_temp_commit(fresh->fd, fresh->temp_path, f->path, err);
  if (status == RF_OK) {
    /* The old content has no name any more; an error at its close would be nobody's. */
    (void)rf_fd_close(f->fd, NULL);
    f->fd = fresh->fd;
  }
  file_state_free(fresh);
  return status;
}

static void file_replace_abort(void *state, void *temp) {
  file_state *fresh = temp;
  (void)state;
  rf_temp_abort(fresh->fd, fresh->temp_path);
  file_state_free(fresh);
}

static rf_status file_close(void *state, rf_error *err) {
  file_state *f = state;
  rf_status status = rf_fd_close(f->fd, err);
  file_state_free(f);
  return status;
}

const rf_driver_ops rf_file_ops = {
    .size = sizeof(rf_driver_ops),
    .open = file_open,
    .read_at = file_read_at,
    .read_many = file_read_many,
    .get_size = file_get_size,
    .write_at = file_write_at,
    .truncate = file_truncate,
    .sync = file_sync,
    .replace_open = file_replace_open,
    .replace_commit = file_replace_commit,
    .replace_abort = file_replace_abort,
    .close = file_close,
};
