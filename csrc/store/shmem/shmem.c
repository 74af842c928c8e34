/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The driver shmem://. The file is read and written by calls of the system, like any file: a copy from a mapping could
 * fault where another program truncates the segment. Only rf_hdu_map() maps it.
 */
#include "store/shmem/shmem.h"

#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "store/http/url.h"
#include "store/local/create.h"
#include "store/local/mapping.h"
#include "store/shmem/segment.h"

/* A file that grows takes memory in growing steps between these sizes. */
#define MIN_STEP ((uint64_t)64 << 10)
#define MAX_STEP ((uint64_t)64 << 20)

#define MAX_BYTES ((uint64_t)INT64_MAX - RF_SHMEM_FILE_OFFSET)

typedef struct shmem_state {
  rf_local_file *file; /* its lock is that of the segment */
  char *name;          /* without the scheme */
  rf_shmem_header header;
  bool writable;
  bool only_new;
  bool named;   /* the segment has its name */
  bool created; /* by this handle */
  bool changed; /* the header says so, too */
  bool discarded;
  unsigned forks;    /* rf_fork_count() at opening */
  uint64_t room;     /* bytes of the segment for the file; those beyond header.bytes are zero */
  uint64_t reserved; /* bytes for which the system has reserved memory; at least `room` */
  /* Bytes that mappings may show, here or in other processes. `room` does not shrink below. */
  _Atomic uint64_t shown;
} shmem_state;

/* ---- opening ---- */

static void free_state(shmem_state *s) {
  if (s->file != NULL)
    rf_local_file_free(s->file);
  rf_free(s->name);
  rf_free(s);
}

static rf_status create(shmem_state *s, uint32_t flags, rf_error *err) {
  rf_local_file *f = s->file;
  s->created = s->changed = true;
  s->only_new = (flags & RF_OPEN_NEW) != 0;
  bool at_close = (flags & RF_OPEN_ATOMIC) != 0;
  if (at_close)
    RF_TRY(rf_shmem_segment_may_publish(s->name, s->only_new, err));
  RF_TRY(rf_shmem_segment_create(&f->fd, &s->header, &f->lock, err));
  rf_status status = at_close ? RF_OK : rf_shmem_segment_publish(f->fd, s->name, s->only_new, err);
  s->named = !at_close;
  if (status != RF_OK)
    (void)rf_fd_close(f->fd, NULL);
  return status;
}

static rf_status open_old(shmem_state *s, uint32_t flags, rf_error *err) {
  rf_local_file *f = s->file;
  uint64_t size;
  RF_TRY(rf_shmem_segment_open(s->name, s->writable, &f->fd, &s->header, &f->lock, err));
  s->named = true;
  f->mappable = !s->writable && (flags & RF_OPEN_NO_MAP) == 0;
  rf_status status = rf_fd_size(f->fd, &size, err);
  if (status == RF_OK)
    status = rf_fd_stamp(f->fd, &f->stamp, err);
  if (status != RF_OK) {
    (void)rf_fd_close(f->fd, NULL);
    return status;
  }
  s->room = s->reserved = size > RF_SHMEM_FILE_OFFSET ? size - RF_SHMEM_FILE_OFFSET : 0;
  atomic_store(&s->shown, s->room);
  return RF_OK;
}

static rf_status shmem_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                            void **state, rf_error *err) {
  (void)driver;
  const char *segment = name + rf_url_scheme(name) + 3;
  RF_TRY(rf_shmem_check_name(segment, err));
  shmem_state *s = rf_alloc_zero(1, sizeof *s);
  if (s == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to open a segment");
  s->writable = mode != RF_MODE_READ;
  s->forks = rf_fork_count();
  s->name = rf_strdup(segment);
  rf_status status = s->name != NULL ? rf_local_file_new(&s->file, err)
                                     : rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to open a segment");
  if (status == RF_OK) {
    s->file->begin = RF_SHMEM_FILE_OFFSET;
    status = mode == RF_MODE_CREATE ? create(s, options->flags, err) : open_old(s, options->flags, err);
  }
  if (status != RF_OK) {
    free_state(s);
    return status;
  }
  *state = s;
  return RF_OK;
}

/* ---- reading ---- */

static rf_status shmem_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  shmem_state *s = state;
  uint64_t size = s->header.bytes;
  *got = 0;
  if (offset >= size)
    return RF_OK;
  return rf_local_file_read(s->file, offset, buffer, n < size - offset ? n : (size_t)(size - offset), got, err);
}

static bool is_within(uint64_t offset, uint64_t n, uint64_t size) {
  return offset <= size && n <= size - offset;
}

static rf_status shmem_read_many(void *state, const rf_read_range *ranges, size_t count, rf_error *err) {
  shmem_state *s = state;
  for (size_t i = 0; i < count; i++)
    if (!is_within(ranges[i].offset, ranges[i].length, s->header.bytes))
      return rf_local_file_truncated(&ranges[i], s->header.bytes, err);
  return rf_local_file_read_many(s->file, ranges, count, err);
}

static rf_status shmem_get_size(void *state, uint64_t *size, rf_error *err) {
  (void)err;
  *size = ((shmem_state *)state)->header.bytes;
  return RF_OK;
}

static rf_status shmem_map(void *state, uint64_t offset, size_t n, rf_mapping *mapping, rf_error *err) {
  shmem_state *s = state;
  if (!is_within(offset, n, s->header.bytes))
    return rf_local_file_truncated(&(rf_read_range){offset, n, NULL}, s->header.bytes, err);
  RF_TRY(rf_local_file_map(s->file, offset, n, mapping, err));
  uint64_t shown = atomic_load(&s->shown);
  while (shown < offset + n && !atomic_compare_exchange_weak(&s->shown, &shown, offset + n)) {
  }
  return RF_OK;
}

/* ---- writing ---- */

static rf_status begin_change(shmem_state *s, rf_error *err) {
  if (s->forks != rf_fork_count())
    return rf_fail(err, RF_ERR_UNSUPPORTED, "only the process that opened the segment can write, not its forked child");
  if (s->changed)
    return RF_OK;
  rf_shmem_header header = s->header;
  header.state = RF_SHMEM_EDITING;
  header.writer = rf_shmem_this_process();
  RF_TRY(rf_shmem_header_write(s->file->fd, &header, err));
  s->header = header;
  s->changed = true;
  return RF_OK;
}

static rf_status reserve_to(shmem_state *s, uint64_t end, rf_error *err) {
  RF_TRY(rf_fd_reserve(s->file->fd, RF_SHMEM_FILE_OFFSET + s->reserved, end - s->reserved, err));
  s->reserved = end;
  return RF_OK;
}

/* Makes the file `size` bytes long. All of its pages are reserved, because a missing one would be SIGBUS in a view. */
static rf_status grow(shmem_state *s, uint64_t size, rf_error *err) {
  if (size > MAX_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "a segment cannot have %llu bytes", (unsigned long long)size);
  if (size > s->reserved) {
    uint64_t step = s->reserved < MIN_STEP ? MIN_STEP : s->reserved < MAX_STEP ? s->reserved : MAX_STEP;
    if (size > MAX_BYTES - step || reserve_to(s, size + step, NULL) != RF_OK)
      RF_TRY(reserve_to(s, size, err)); /* no memory for more than this write */
  }
  if (size > s->room) {
    RF_TRY(rf_fd_truncate(s->file->fd, RF_SHMEM_FILE_OFFSET + size, err));
    s->room = size;
  }
  s->header.bytes = size;
  return RF_OK;
}

static rf_status shmem_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  shmem_state *s = state;
  uint64_t end;
  if (n == 0)
    return RF_OK;
  if (!rf_add_u64(offset, n, &end))
    return rf_fail(err, RF_ERR_LIMIT, "cannot write %zu bytes at offset %llu: beyond the largest file size", n,
                   (unsigned long long)offset);
  RF_TRY(begin_change(s, err));
  if (end > s->header.bytes)
    RF_TRY(grow(s, end, err));
  return rf_fd_write(s->file->fd, RF_SHMEM_FILE_OFFSET + offset, buffer, n, err);
}

static rf_status write_zeros(shmem_state *s, uint64_t begin, uint64_t end, rf_error *err) {
  static const uint8_t zeros[16384];
  while (begin < end) {
    size_t n = end - begin < sizeof zeros ? (size_t)(end - begin) : sizeof zeros;
    RF_TRY(rf_fd_write(s->file->fd, RF_SHMEM_FILE_OFFSET + begin, zeros, n, err));
    begin += n;
  }
  return RF_OK;
}

/* Returns memory that no mapping can show, and clears the rest. */
static rf_status shrink(shmem_state *s, uint64_t size, rf_error *err) {
  uint64_t shown = atomic_load(&s->shown), keep = size > shown ? size : shown;
  if (keep < s->room) {
    RF_TRY(rf_fd_truncate(s->file->fd, RF_SHMEM_FILE_OFFSET + keep, err));
    s->room = s->reserved = keep;
  }
  uint64_t end = s->header.bytes < s->room ? s->header.bytes : s->room;
  s->header.bytes = size;
  return write_zeros(s, size, end, err);
}

static rf_status shmem_truncate(void *state, uint64_t size, rf_error *err) {
  shmem_state *s = state;
  RF_TRY(begin_change(s, err));
  return size >= s->header.bytes ? grow(s, size, err) : shrink(s, size, err);
}

static rf_status shmem_reserve(void *state, uint64_t size, rf_error *err) {
  shmem_state *s = state;
  RF_TRY(begin_change(s, err));
  if (size <= s->reserved)
    return RF_OK;
  if (size > MAX_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "a segment cannot have %llu bytes", (unsigned long long)size);
  return reserve_to(s, size, err);
}

static void shmem_discard(void *state) {
  ((shmem_state *)state)->discarded = true;
}

/* ---- closing ---- */

static rf_status finish(shmem_state *s, rf_error *err) {
  if (s->reserved > s->room)
    RF_TRY(rf_fd_truncate(s->file->fd, RF_SHMEM_FILE_OFFSET + s->room, err));
  s->header.state = RF_SHMEM_WHOLE;
  s->header.generation++;
  RF_TRY(rf_shmem_header_write(s->file->fd, &s->header, err));
  return s->named ? RF_OK : rf_shmem_segment_publish(s->file->fd, s->name, s->only_new, err);
}

/* Removes a segment that was not completed. An old one stays, as interrupted. */
static void give_up(shmem_state *s) {
  rf_filelock_release(&s->file->lock);
  if (s->created && s->named)
    (void)rf_shmem_segment_remove(s->name, &s->file->fd, NULL);
}

static rf_status shmem_close(void *state, rf_error *err) {
  shmem_state *s = state;
  rf_status status = RF_OK;
  bool ours = s->changed && s->forks == rf_fork_count();
  if (ours && s->discarded)
    give_up(s);
  else if (ours)
    status = finish(s, err);
  rf_status closed = rf_fd_close(s->file->fd, status == RF_OK ? err : NULL);
  free_state(s);
  return status != RF_OK ? status : closed;
}

const rf_driver_ops rf_shmem_ops = {
    .size = sizeof(rf_driver_ops),
    .open = shmem_open,
    .close = shmem_close,
    .read_at = shmem_read_at,
    .read_many = shmem_read_many,
    .get_size = shmem_get_size,
    .write_at = shmem_write_at,
    .truncate = shmem_truncate,
    .reserve = shmem_reserve,
    .discard = shmem_discard,
    .map = shmem_map,
};
