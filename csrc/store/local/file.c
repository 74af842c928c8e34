/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files of the system: one descriptor, positional reads and writes.
 */
#include "store/local/file.h"

#include "base/memory.h"
#include "store/local/create.h"
#include "store/local/mapping.h"

/* Space for a temporary file is reserved in growing steps between these sizes. */
#define MIN_RESERVE_BYTES ((uint64_t)1 << 20)
#define MAX_RESERVE_BYTES ((uint64_t)64 << 20)

/* Size of the buffer for a copy. */
#define COPY_BYTES ((size_t)1 << 20)

static rf_status file_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  rf_local_file *f = state;
  *got = 0;
  return f->unclaimed ? RF_OK : rf_local_file_read(f, offset, buffer, n, got, err);
}

static rf_status file_get_size(void *state, uint64_t *size, rf_error *err) {
  rf_local_file *f = state;
  *size = 0;
  return f->unclaimed ? RF_OK : rf_fd_size(f->fd, size, err);
}

/* ---- the file of the system ---- */

bool rf_local_opened(const void *state, rf_file_stamp *stamp) {
  const rf_local_file *f = state;
  *stamp = f->stamp;
  /* A file that is replaced at close is not shared with other handles. */
  return stamp->plain && !f->replacement && !f->updates;
}

rf_status rf_local_stamp(void *state, rf_file_stamp *stamp, rf_error *err) {
  return rf_fd_stamp(((rf_local_file *)state)->fd, stamp, err);
}

bool rf_local_stamp_behind(const void *state, rf_file_stamp *stamp) {
  return rf_local_file_stamp_behind(state, stamp);
}

bool rf_local_size_then(const void *state, const rf_file_stamp *stamp, uint64_t *size) {
  const rf_local_file *f = state;
  *size = stamp->size;
  return !f->unclaimed; /* the content is still the old one */
}

bool rf_local_is_replaced(void *state, const rf_file_stamp *stamp) {
  const rf_local_file *f = state;
  bool differs = false;
  rf_status status = rf_path_differs(f->path, stamp, &differs, NULL);
  if (status == RF_ERR_NO_FILE) /* deleted; a moved file keeps what is written */
    return stamp->links == 0;
  return status == RF_OK && differs;
}

rf_status rf_local_map_part(void *state, uint64_t offset, size_t length, uint8_t **base, rf_error *err) {
  return rf_map_open_part(((rf_local_file *)state)->fd, offset, length, base, err);
}

/* ---- changing ---- */

static rf_status copy_content(rf_fd from, rf_fd to, rf_error *err) {
  uint64_t size, at = 0;
  size_t got = 1;
  if (rf_fd_clone(from, to))
    return RF_OK;
  RF_TRY(rf_fd_size(from, &size, err));
  RF_TRY(rf_fd_reserve(to, 0, size, err));
  uint8_t *buffer = rf_alloc(COPY_BYTES);
  if (!buffer)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to copy a file");
  rf_status status = RF_OK;
  for (; status == RF_OK && got > 0; at += got) {
    status = rf_fd_read(from, at, buffer, COPY_BYTES, &got, err);
    if (status == RF_OK)
      status = rf_fd_write(to, at, buffer, got, err);
  }
  rf_free(buffer);
  return status;
}

/* Copies the file for the first change. No read runs in the meantime. */
static rf_status begin_copy(rf_local_file *f, rf_error *err) {
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

/* Empties a file that is created in place, for its first change, and reserves space for `size` bytes. */
static rf_status claim(rf_local_file *f, uint64_t size, rf_error *err) {
  RF_TRY(rf_fd_reserve(f->fd, 0, size, err)); /* on failure the old content stays */
  RF_TRY(rf_fd_truncate(f->fd, 0, err));
  f->unclaimed = false;
  return rf_fd_reserve(f->fd, 0, size, err);
}

static rf_status begin_change(rf_local_file *f, uint64_t size, rf_error *err) {
  if (f->copies)
    RF_TRY(begin_copy(f, err));
  return f->unclaimed ? claim(f, size, err) : RF_OK;
}

/* Reserves space for a write. Without it, some file systems (ext4) write a file out when it is renamed over another
 * one. */
static rf_status reserve_for(rf_local_file *f, uint64_t offset, uint64_t end, rf_error *err) {
  if (!f->replacement || end <= f->reserved || (f->reserved == 0 && end < MIN_RESERVE_BYTES))
    return RF_OK;
  uint64_t step = f->reserved < MIN_RESERVE_BYTES   ? MIN_RESERVE_BYTES
                  : f->reserved < MAX_RESERVE_BYTES ? f->reserved
                                                    : MAX_RESERVE_BYTES;
  uint64_t begin = offset > f->reserved + step ? offset : f->reserved, ahead;
  if (!rf_add_u64(end, step, &ahead) || rf_fd_reserve(f->fd, begin, ahead - begin, NULL) != RF_OK) {
    ahead = end; /* no space for more than this write */
    RF_TRY(rf_fd_reserve(f->fd, begin, ahead - begin, err));
  }
  f->reserved = ahead;
  return RF_OK;
}

static rf_status file_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  rf_local_file *f = state;
  uint64_t end;
  if (!rf_add_u64(offset, n, &end))
    end = UINT64_MAX; /* the write fails with a message */
  else
    RF_TRY(begin_change(f, end, err));
  RF_TRY(reserve_for(f, offset, end, err));
  return rf_fd_write(f->fd, offset, buffer, n, err);
}

static rf_status file_truncate(void *state, uint64_t size, rf_error *err) {
  rf_local_file *f = state;
  if (f->unclaimed && size == 0)
    return RF_OK; /* it reads as empty already */
  RF_TRY(begin_change(f, size, err));
  RF_TRY(rf_fd_truncate(f->fd, size, err));
  f->reserved = f->reserved < size ? f->reserved : size;
  return RF_OK;
}

static rf_status file_reserve(void *state, uint64_t size, rf_error *err) {
  rf_local_file *f = state;
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
  rf_local_file *f = state;
  return f->unclaimed ? RF_OK : rf_fd_sync(f->fd, err);
}

rf_lock_answer rf_local_lock_edit(void *state, bool exclusive, double seconds, rf_filelock *lock) {
  const rf_local_file *f = state;
  return rf_filelock_take(f->fd, f->path, RF_LOCK_EDIT, exclusive, seconds, lock);
}

bool rf_local_is_private(void *state) {
  const rf_local_file *f = state;
  return f->replacement != NULL || f->copies;
}

/* ---- replacing ---- */

static rf_status file_replace_open(void *state, void **temp, rf_error *err) {
  rf_local_file *f = state, *fresh;
  RF_TRY(rf_local_file_new(&fresh, err));
  rf_status status = rf_replace_open(f->path, &fresh->replacement, NULL, err);
  if (status == RF_OK && !fresh->replacement)
    status = rf_fail(err, RF_ERR_UNSUPPORTED, "is a device, which cannot be replaced as a whole");
  if (status != RF_OK) {
    rf_local_file_free(fresh);
    return status;
  }
  fresh->fd = rf_replace_fd(fresh->replacement);
  *temp = fresh;
  return RF_OK;
}

static rf_status file_replace_commit(void *state, void *temp, rf_error *err) {
  rf_local_file *f = state, *fresh = temp;
  rf_replace_how how = {.durable = true, .expected = &f->stamp};
  rf_status status = rf_replace_commit(fresh->replacement, &how, &fresh->fd, err);
  if (status == RF_OK) {
    /* The old content has no name now, so an error at its close does not matter. */
    (void)rf_fd_close(f->fd, NULL);
    f->fd = fresh->fd;
    status = rf_fd_stamp(f->fd, &f->stamp, err);
  }
  rf_local_file_free(fresh);
  return status;
}

static void file_replace_abort(void *state, void *temp) {
  rf_local_file *fresh = temp;
  (void)state;
  rf_replace_abort(fresh->replacement);
  rf_local_file_free(fresh);
}

static void file_discard(void *state) {
  ((rf_local_file *)state)->discarded = true;
}

/* ---- closing ---- */

static rf_status put_in_place(rf_local_file *f, rf_error *err) {
  rf_replace_how how = {.durable = (f->flags & RF_OPEN_DURABLE) != 0,
                        .only_new = (f->flags & RF_OPEN_NEW) != 0,
                        .expected = f->updates ? &f->stamp : NULL};
  return rf_replace_commit(f->replacement, &how, &f->fd, err);
}

/* Returns reserved space that is not used. */
static rf_status trim(rf_local_file *f, rf_error *err) {
  uint64_t size;
  if (f->reserved == 0)
    return RF_OK;
  RF_TRY(rf_fd_size(f->fd, &size, err));
  return size < f->reserved ? rf_fd_truncate(f->fd, size, err) : RF_OK;
}

/* Finishes a file that was changed in place. */
static rf_status finish(rf_local_file *f, rf_error *err) {
  rf_status status = f->unclaimed && !f->discarded ? rf_fd_truncate(f->fd, 0, err) : trim(f, err);
  if (status == RF_OK && (f->flags & RF_OPEN_DURABLE) && !f->mappable && !f->unclaimed) {
    status = rf_fd_sync(f->fd, err);
    rf_path_sync_folder(f->path);
  }
  return status;
}

static rf_status file_close(void *state, rf_error *err) {
  rf_local_file *f = state;
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
  rf_local_file_free(f);
  return status != RF_OK ? status : closed;
}

const rf_driver_ops rf_local_ops = {
    .size = sizeof(rf_driver_ops),
    .open = rf_local_file_open,
    .read_at = file_read_at,
    .read_many = rf_local_file_read_many,
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
    .map = rf_local_file_map,
};
