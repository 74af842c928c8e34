/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files of the system: one descriptor, positional reads and writes. Many small ranges of a file opened for reading are
 * copied from a mapping, which is ten times faster than a system call for each.
 */
#include "store/local/file.h"

#include <stdatomic.h>
#include <string.h>

#include "base/ascii.h"
#include "base/system/filelock.h"
#include "base/system/guard.h"
#include "base/memory.h"
#include "base/system/platform.h"
#include "base/system/replace.h"
#include "store/http/url.h"
#include "store/open.h"

/* A range of this many bytes or more is read, not copied from the mapping: reading puts fewer page faults in the way
 * and lets the kernel read ahead. */
#define READ_FROM ((size_t)256 << 10)

/* A page fault in a fresh mapping costs about as much as so many small reads, and maps so many bytes around the place
 * (Linux: fault_around_bytes). */
#define FAULT_READS 3
#define FAULT_BYTES ((uint64_t)64 << 10)

/* Space is reserved for a temporary file in steps that grow with it between these. */
#define RESERVE_LEAST ((uint64_t)1 << 20)
#define RESERVE_MOST ((uint64_t)64 << 20)

/* A copy is made in pieces of so many bytes. */
#define COPY_PIECE ((size_t)1 << 20)

/* How often a file is opened again that was replaced before it was locked. */
#define LOCK_TRIES 100

typedef struct file_state {
  rf_fd fd;
  char *path;                  /* of a file that may be written: where it really is */
  uint32_t flags;              /* RF_OPEN_... */
  rf_replacement *replacement; /* fd is its temporary file */
  rf_file_stamp stamp;         /* as it was opened (before its first byte was read) or put in place */
  bool updates;                /* the replacement is of the file that was opened, not of any that is there */
  bool copies;                 /* the first change replaces fd by a copy */
  bool unclaimed;              /* created in place: until the first change the old content is still there */
  bool discarded;
  uint64_t reserved; /* bytes of a temporary file that have space */
  rf_filelock lock;
  int lock_tries;
  bool mappable; /* opened for reading */
  rf_mutex map_lock;
  _Atomic(const uint8_t *) map; /* made once, when first wanted */
  size_t map_length;            /* set before map */
  bool map_failed;
  _Atomic uint64_t reads; /* of small ranges so far, without the mapping */
  uint64_t number;        /* no other file of the process has it */
  _Atomic uint64_t ended; /* reads and copies so far */
} file_state;

static _Atomic uint64_t files; /* opened so far */

/* The stamp that a thread has taken behind its last copy from a mapping. It counts while no other read has ended. */
typedef struct last_look {
  uint64_t file; /* its number; 0: none */
  uint64_t ended;
  rf_file_stamp stamp;
} last_look;
static _Thread_local last_look looked;

static rf_status file_state_new(file_state **state, rf_error *err) {
  file_state *f = rf_alloc_zero(1, sizeof *f);
  if (!f)
    return rf_fail(err, RF_ERR_MEMORY, "no memory to open a file");
  if (!rf_mutex_init(&f->map_lock)) {
    rf_free(f);
    return rf_fail(err, RF_ERR_MEMORY, "no memory for the lock of a file");
  }
  f->number = atomic_fetch_add_explicit(&files, 1, memory_order_relaxed) + 1;
  *state = f;
  return RF_OK;
}

static void file_state_free(file_state *f) {
  const uint8_t *map = atomic_load(&f->map);
  if (map)
    rf_map_close(map, f->map_length);
  rf_mutex_destroy(&f->map_lock);
  rf_filelock_release(&f->lock);
  rf_free(f->path);
  rf_free(f);
}

/* The path that "file:///a%20b" or "file://localhost/a" stands for (RFC 8089). */
static rf_status path_of_url(const char *name, size_t scheme, char **path, rf_error *err) {
  const char *rest = name + scheme + 3;
  size_t host = strcspn(rest, "/");
  if (rest[host] == '\0' || (host > 0 && !rf_is_name(rest, host, "localhost")))
    return rf_fail(err, RF_ERR_ARGUMENT, "a file:// URL must be file:///path or file://localhost/path");
  rest += host;
#if defined(_WIN32)
  if (rest[1] && rest[2] == ':') /* file:///C:/dir */
    rest++;
#endif
  return rf_url_decode(rest, strlen(rest), path, err);
}

static rf_status path_of_name(const char *name, char **path, rf_error *err) {
  size_t scheme = rf_url_scheme(name);
  if (scheme > 0)
    return path_of_url(name, scheme, path, err);
  *path = rf_strdup(name);
  return *path ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "no memory for a file name");
}

/* A file that is replaced is the one that the name leads to now, also after a change of directory or of a link. */
static rf_status resolve(file_state *f, rf_error *err) {
  char *real;
  RF_TRY(rf_path_resolve(f->path, &real, err));
  rf_free(f->path);
  f->path = real;
  return RF_OK;
}

static rf_status take_lock(file_state *f, rf_fd fd, bool exclusive, rf_error *err) {
  if (!(f->flags & RF_OPEN_LOCK))
    return RF_OK;
  switch (rf_filelock_take(fd, f->path, RF_LOCK_WHOLE, exclusive, 0, &f->lock)) {
  case RF_LOCK_GOT:
    return RF_OK;
  case RF_LOCK_HELD:
    return rf_fail(err, RF_ERR_LOCKED, "another handle, of this or another process, holds a lock on the file");
  default:
    return rf_fail(err, RF_ERR_UNSUPPORTED, "the file system has no locks, or they cannot be had for this file");
  }
}

/* The old file stays as it is until the first change. *there false: there is none. */
static rf_status open_unclaimed(file_state *f, bool *there, rf_error *err) {
  rf_error local;
  rf_error_clear(&local);
  rf_status status = rf_fd_open(f->path, RF_MODE_READ_WRITE, &f->fd, &local);
  *there = status != RF_ERR_NO_FILE;
  if (status == RF_OK) {
    f->unclaimed = true;
    status = take_lock(f, f->fd, true, err);
    if (status != RF_OK)
      (void)rf_fd_close(f->fd, NULL);
    return status;
  }
  if (*there && err && err->code == RF_OK)
    *err = local;
  return *there ? status : RF_OK;
}

/* Locks the file that is to be replaced; there may be none. */
static rf_status lock_old(file_state *f, rf_error *err) {
  rf_fd old;
  if (!(f->flags & RF_OPEN_LOCK) || rf_fd_open(f->path, RF_MODE_READ_WRITE, &old, NULL) != RF_OK)
    return RF_OK;
  rf_status status = take_lock(f, old, true, err);
  (void)rf_fd_close(old, NULL);
  return status;
}

/* A temporary file beside the one that it will replace. */
static rf_status open_temporary(file_state *f, rf_error *err) {
  bool in_place = false, there;
  rf_error local;
  rf_error_clear(&local);
  RF_TRY(lock_old(f, err));
  rf_status status = rf_replace_open(f->path, &f->replacement, &in_place, &local);
  if (status == RF_OK && f->replacement) {
    f->fd = rf_replace_fd(f->replacement);
    return RF_OK;
  }
  if (status == RF_OK) /* a device */
    return rf_fd_open(f->path, RF_MODE_CREATE, &f->fd, err);
  if (in_place)
    return open_unclaimed(f, &there, err);
  if (err && err->code == RF_OK)
    *err = local;
  return status;
}

/* Between opening and locking, the file may have been replaced under its name: its lock is of no use. */
static bool was_replaced(file_state *f) {
  rf_file_stamp stamp;
  bool differs = false;
  if (!(f->flags & RF_OPEN_LOCK) || rf_fd_stamp(f->fd, &stamp, NULL) != RF_OK || !stamp.plain)
    return false;
  if (++f->lock_tries > LOCK_TRIES) /* a file system whose numbers mean nothing */
    return false;
  return rf_path_differs(f->path, &stamp, &differs, NULL) == RF_ERR_NO_FILE || differs;
}

static void give_up(file_state *f) {
  (void)rf_fd_close(f->fd, NULL);
  rf_filelock_release(&f->lock);
}

static rf_status open_new(file_state *f, const char *name, rf_error *err) {
  bool there = false, only_new = (f->flags & RF_OPEN_NEW) != 0;
  if (f->flags & (RF_OPEN_ATOMIC | RF_OPEN_IN_PLACE)) {
    RF_TRY(resolve(f, err));
    if (only_new && rf_path_exists(f->path))
      return rf_fail(err, RF_ERR_EXISTS, "there is such a file");
    if (f->flags & RF_OPEN_IN_PLACE)
      RF_TRY(open_unclaimed(f, &there, err));
    return there ? RF_OK : open_temporary(f, err);
  }
  if (!only_new && !(f->flags & (RF_OPEN_LOCK | RF_OPEN_UNCUT))) {
    RF_TRY(rf_fd_open(name, RF_MODE_CREATE, &f->fd, err));
  } else { /* not cut before it is ours */
    RF_TRY(rf_fd_open_or_create(name, only_new, &f->fd, err));
    rf_status status = take_lock(f, f->fd, true, err);
    if (status == RF_OK && was_replaced(f)) {
      give_up(f);
      return open_new(f, name, err);
    }
    if (status == RF_OK && !only_new && !(f->flags & RF_OPEN_UNCUT))
      status = rf_fd_truncate(f->fd, 0, err);
    if (status != RF_OK) {
      (void)rf_fd_close(f->fd, NULL);
      return status;
    }
  }
  return RF_OK;
}

static rf_status open_old(file_state *f, const char *name, rf_mode mode, rf_error *err) {
  RF_TRY(rf_fd_open(name, mode, &f->fd, err));
  rf_status status = take_lock(f, f->fd, mode != RF_MODE_READ, err);
  if (status == RF_OK && was_replaced(f)) {
    give_up(f);
    return open_old(f, name, mode, err);
  }
  if (status != RF_OK)
    (void)rf_fd_close(f->fd, NULL);
  f->mappable = mode == RF_MODE_READ && (f->flags & RF_OPEN_NO_MAP) == 0;
  f->updates = f->copies = mode == RF_MODE_READ_WRITE && (f->flags & RF_OPEN_ATOMIC) != 0;
  return status;
}

/* What a replacement will compare. A file without a place, such as a deleted one under /proc, can be written all the
 * same. */
static rf_status note_identity(file_state *f, rf_error *err) {
  char *real = rf_fd_path(f->fd);
  if (!real && rf_path_resolve(f->path, &real, NULL) != RF_OK)
    RF_TRY(rf_path_absolute(f->path, &real, err));
  rf_free(f->path);
  f->path = real;
  return rf_fd_stamp(f->fd, &f->stamp, err);
}

static rf_status file_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                           void **state, rf_error *err) {
  (void)driver;
  file_state *f;
  RF_TRY(file_state_new(&f, err));
  f->flags = options->flags;
  rf_status status = path_of_name(name, &f->path, err);
  const char *given = rf_url_scheme(name) ? f->path : name; /* messages name what the user gave */
  if (status == RF_OK)
    status = mode == RF_MODE_CREATE ? open_new(f, given, err) : open_old(f, given, mode, err);
  if (status != RF_OK) {
    file_state_free(f);
    return status;
  }
  if (mode == RF_MODE_READ)
    status = rf_fd_stamp(f->fd, &f->stamp, err);
  else if (!f->replacement)
    status = note_identity(f, err);
  if (status != RF_OK) {
    (void)rf_fd_close(f->fd, NULL);
    file_state_free(f);
    return status;
  }
  *state = f;
  return RF_OK;
}

/* Every read ends so: the bytes that it has taken are older than any look behind it. */
static uint64_t count_read(file_state *f) {
  return atomic_fetch_add(&f->ended, 1) + 1;
}

static rf_status read_range(file_state *f, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  rf_status status = rf_fd_read(f->fd, offset, buffer, n, got, err);
  (void)count_read(f);
  return status;
}

static rf_status file_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  file_state *f = state;
  *got = 0;
  return f->unclaimed ? RF_OK : read_range(f, offset, buffer, n, got, err);
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

/* Ranges to be copied from a mapping. */
typedef struct map_copy {
  const uint8_t *map;
  uint64_t length;
  const rf_range *ranges;
  size_t count;
} map_copy;

static bool is_mapped(const map_copy *c, const rf_range *range) {
  return range->length < READ_FROM && range->offset <= c->length && range->length <= c->length - range->offset;
}

static void copy_mapped(void *context) {
  const map_copy *c = context;
  for (size_t i = 0; i < c->count; i++) {
    const rf_range *range = &c->ranges[i];
    if (is_mapped(c, range))
      memcpy(range->dest, c->map + (size_t)range->offset, range->length);
  }
}

/* Copies what can be copied from the mapping. false: nothing was, or the file is shorter than the mapping, and all is
 * to be read. Pages behind the end of the file are a signal, which the guard turns into the end of the copy; but cut
 * bytes of its last page are zeros in a mapping, so the size is checked behind the copy. */
static rf_status copy_from_mapping(file_state *f, map_copy *c, bool *copied, rf_error *err) {
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
  c->length = f->map_length;
  if (!rf_guard_run(c->map, f->map_length, copy_mapped, c))
    return RF_OK;
  looked.file = 0;
  looked.ended = count_read(f);
  RF_TRY(rf_fd_stamp(f->fd, &looked.stamp, err));
  looked.file = f->number;
  *copied = looked.stamp.size >= c->length;
  return RF_OK;
}

static rf_status file_read_many(void *state, const rf_range *ranges, size_t count, rf_error *err) {
  file_state *f = state;
  map_copy c = {.ranges = ranges, .count = count};
  bool copied = false;
  if (f->mappable && (count > 1 || ranges[0].length < READ_FROM))
    RF_TRY(copy_from_mapping(f, &c, &copied, err));
  for (size_t i = 0; i < count; i++) {
    const rf_range *range = &ranges[i];
    size_t got;
    if (copied && is_mapped(&c, range))
      continue;
    RF_TRY(read_range(f, range->offset, range->dest, range->length, &got, err));
    if (got < range->length) {
      uint64_t size;
      RF_TRY(rf_fd_size(f->fd, &size, err));
      return truncated(range, size, err);
    }
  }
  return RF_OK;
}

static rf_status file_get_size(void *state, uint64_t *size, rf_error *err) {
  file_state *f = state;
  *size = 0;
  return f->unclaimed ? RF_OK : rf_fd_size(f->fd, size, err);
}

/* ---- the file of the system ---- */

bool rf_local_opened(const void *state, rf_file_stamp *stamp) {
  const file_state *f = state;
  *stamp = f->stamp;
  /* What is replaced as a whole when it is closed is no other handle's business. */
  return stamp->plain && !f->replacement && !f->updates;
}

rf_status rf_local_stamp(void *state, rf_file_stamp *stamp, rf_error *err) {
  return rf_fd_stamp(((file_state *)state)->fd, stamp, err);
}

bool rf_local_stamp_behind(const void *state, rf_file_stamp *stamp) {
  const file_state *f = state;
  bool known = looked.file == f->number && looked.ended == atomic_load(&f->ended);
  *stamp = looked.stamp;
  looked.file = 0;
  return known;
}

bool rf_local_size_then(const void *state, const rf_file_stamp *stamp, uint64_t *size) {
  const file_state *f = state;
  *size = stamp->size;
  return !f->unclaimed; /* the old content is not that of the new file */
}

bool rf_local_is_replaced(void *state, const rf_file_stamp *stamp) {
  const file_state *f = state;
  bool differs = false;
  rf_status status = rf_path_differs(f->path, stamp, &differs, NULL);
  if (status == RF_ERR_NO_FILE) /* deleted; or moved elsewhere, which keeps what is written */
    return stamp->links == 0;
  return status == RF_OK && differs;
}

rf_status rf_local_map(void *state, size_t length, const uint8_t **base, rf_error *err) {
  file_state *f = state;
  if (f->unclaimed)
    return rf_fail(err, RF_ERR_TRUNCATED, "the new file has no bytes yet");
  return rf_map_open(f->fd, length, base, err);
}

rf_status rf_local_map_part(void *state, uint64_t offset, size_t length, uint8_t **base, rf_error *err) {
  return rf_map_open_part(((file_state *)state)->fd, offset, length, base, err);
}

/* ---- changing ---- */

static rf_status copy_content(rf_fd from, rf_fd to, rf_error *err) {
  uint64_t size, at = 0;
  size_t got = 1;
  if (rf_fd_clone(from, to))
    return RF_OK;
  RF_TRY(rf_fd_size(from, &size, err));
  RF_TRY(rf_fd_reserve(to, 0, size, err));
  uint8_t *buffer = rf_alloc(COPY_PIECE);
  if (!buffer)
    return rf_fail(err, RF_ERR_MEMORY, "no memory to copy a file");
  rf_status status = RF_OK;
  for (; status == RF_OK && got > 0; at += got) {
    status = rf_fd_read(from, at, buffer, COPY_PIECE, &got, err);
    if (status == RF_OK)
      status = rf_fd_write(to, at, buffer, got, err);
  }
  rf_free(buffer);
  return status;
}

/* Changes go to a copy. No read runs meanwhile. */
static rf_status begin_copy(file_state *f, rf_error *err) {
  rf_replacement *replacement;
  rf_file_stamp stamp;
  RF_TRY(rf_replace_open(f->path, &replacement, NULL, err));
  if (!replacement)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "is a device, which cannot be replaced as a whole");
  rf_status status = copy_content(f->fd, rf_replace_fd(replacement), err);
  if (status == RF_OK)
    status = rf_fd_stamp(f->fd, &stamp, err);
  if (status == RF_OK && !rf_file_stamp_equal(&stamp, &f->stamp))
    status = rf_fail(err, RF_ERR_CHANGED, "another program has changed the file since it was opened");
  if (status != RF_OK) {
    rf_replace_abort(replacement);
    return status;
  }
  (void)rf_fd_close(f->fd, NULL);
  f->fd = rf_replace_fd(replacement);
  f->replacement = replacement;
  f->copies = false;
  return rf_fd_size(f->fd, &f->reserved, err);
}

/* Before the first change of a file that is created in place: it is empty from here on, and can grow to `size`. */
static rf_status claim(file_state *f, uint64_t size, rf_error *err) {
  RF_TRY(rf_fd_reserve(f->fd, 0, size, err)); /* or else the old content stays */
  RF_TRY(rf_fd_truncate(f->fd, 0, err));
  f->unclaimed = false;
  return rf_fd_reserve(f->fd, 0, size, err);
}

static rf_status begin_change(file_state *f, uint64_t size, rf_error *err) {
  if (f->copies)
    RF_TRY(begin_copy(f, err));
  return f->unclaimed ? claim(f, size, err) : RF_OK;
}

/* Without a reservation some file systems (ext4) write a file out when it is renamed over another. */
static rf_status reserve_for(file_state *f, uint64_t offset, uint64_t end, rf_error *err) {
  if (!f->replacement || end <= f->reserved || (f->reserved == 0 && end < RESERVE_LEAST))
    return RF_OK;
  uint64_t step = f->reserved < RESERVE_LEAST ? RESERVE_LEAST : f->reserved < RESERVE_MOST ? f->reserved : RESERVE_MOST;
  uint64_t begin = offset > f->reserved + step ? offset : f->reserved, ahead;
  if (!rf_add_u64(end, step, &ahead) || rf_fd_reserve(f->fd, begin, ahead - begin, NULL) != RF_OK) {
    ahead = end; /* no room for more than what is wanted now */
    RF_TRY(rf_fd_reserve(f->fd, begin, ahead - begin, err));
  }
  f->reserved = ahead;
  return RF_OK;
}

static rf_status file_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  file_state *f = state;
  uint64_t end;
  if (!rf_add_u64(offset, n, &end))
    end = UINT64_MAX; /* the write says that it is too far */
  else
    RF_TRY(begin_change(f, end, err));
  RF_TRY(reserve_for(f, offset, end, err));
  return rf_fd_write(f->fd, offset, buffer, n, err);
}

static rf_status file_truncate(void *state, uint64_t size, rf_error *err) {
  file_state *f = state;
  if (f->unclaimed && size == 0)
    return RF_OK; /* it reads as empty already */
  RF_TRY(begin_change(f, size, err));
  RF_TRY(rf_fd_truncate(f->fd, size, err));
  f->reserved = f->reserved < size ? f->reserved : size;
  return RF_OK;
}

static rf_status file_reserve(void *state, uint64_t size, rf_error *err) {
  file_state *f = state;
  uint64_t old;
  RF_TRY(begin_change(f, size, err));
  RF_TRY(rf_fd_size(f->fd, &old, err));
  if (size <= old || size <= f->reserved)
    return RF_OK;
  RF_TRY(rf_fd_reserve(f->fd, old, size - old, err));
  f->reserved = size;
  return RF_OK;
}

static rf_status file_sync(void *state, rf_error *err) {
  file_state *f = state;
  return f->unclaimed ? RF_OK : rf_fd_sync(f->fd, err);
}

rf_lock_answer rf_local_lock_edit(void *state, bool exclusive, double seconds, rf_filelock *lock) {
  const file_state *f = state;
  return rf_filelock_take(f->fd, f->path, RF_LOCK_EDIT, exclusive, seconds, lock);
}

bool rf_local_is_private(void *state) {
  const file_state *f = state;
  return f->replacement != NULL || f->copies;
}

/* ---- replacing ---- */

static rf_status file_replace_open(void *state, void **temp, rf_error *err) {
  file_state *f = state, *fresh;
  RF_TRY(file_state_new(&fresh, err));
  rf_status status = rf_replace_open(f->path, &fresh->replacement, NULL, err);
  if (status == RF_OK && !fresh->replacement)
    status = rf_fail(err, RF_ERR_UNSUPPORTED, "is a device, which cannot be replaced as a whole");
  if (status != RF_OK) {
    file_state_free(fresh);
    return status;
  }
  fresh->fd = rf_replace_fd(fresh->replacement);
  *temp = fresh;
  return RF_OK;
}

static rf_status file_replace_commit(void *state, void *temp, rf_error *err) {
  file_state *f = state, *fresh = temp;
  rf_replace_how how = {.durable = true, .expected = &f->stamp};
  rf_status status = rf_replace_commit(fresh->replacement, &how, &fresh->fd, err);
  if (status == RF_OK) {
    /* The old content has no name any more; an error at its close would be nobody's. */
    (void)rf_fd_close(f->fd, NULL);
    f->fd = fresh->fd;
    status = rf_fd_stamp(f->fd, &f->stamp, err);
  }
  file_state_free(fresh);
  return status;
}

static void file_replace_abort(void *state, void *temp) {
  file_state *fresh = temp;
  (void)state;
  rf_replace_abort(fresh->replacement);
  file_state_free(fresh);
}

static void file_discard(void *state) {
  ((file_state *)state)->discarded = true;
}

/* ---- closing ---- */

static rf_status put_in_place(file_state *f, rf_error *err) {
  rf_replace_how how = {.durable = (f->flags & RF_OPEN_DURABLE) != 0,
                        .only_new = (f->flags & RF_OPEN_NEW) != 0,
                        .expected = f->updates ? &f->stamp : NULL};
  return rf_replace_commit(f->replacement, &how, &f->fd, err);
}

/* Space that was reserved and is not used is given back. */
static rf_status trim(file_state *f, rf_error *err) {
  uint64_t size;
  if (f->reserved == 0)
    return RF_OK;
  RF_TRY(rf_fd_size(f->fd, &size, err));
  return size < f->reserved ? rf_fd_truncate(f->fd, size, err) : RF_OK;
}

/* A file that was changed where it is. */
static rf_status finish(file_state *f, rf_error *err) {
  rf_status status = f->unclaimed && !f->discarded ? rf_fd_truncate(f->fd, 0, err) : trim(f, err);
  if (status == RF_OK && (f->flags & RF_OPEN_DURABLE) && !f->mappable && !f->unclaimed) {
    status = rf_fd_sync(f->fd, err);
    rf_path_sync_folder(f->path);
  }
  return status;
}

static rf_status file_close(void *state, rf_error *err) {
  file_state *f = state;
  rf_status status = RF_OK, closed = RF_OK;
  bool open = true;
  if (!f->replacement) {
    status = finish(f, err);
  } else if (f->discarded) {
    rf_replace_abort(f->replacement);
    open = false;
  } else {
    status = put_in_place(f, err);
    open = status == RF_OK;
  }
  if (open)
    closed = rf_fd_close(f->fd, status == RF_OK ? err : NULL);
  file_state_free(f);
  return status != RF_OK ? status : closed;
}

const rf_driver_ops rf_local_ops = {
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
    .discard = file_discard,
    .close = file_close,
    .reserve = file_reserve,
};
