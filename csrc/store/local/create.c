/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/local/create.h"

#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "store/http/url.h"
#include "store/open.h"

/* How often to open a file again that was replaced before it was locked. */
#define LOCK_TRIES 100

static _Atomic uint64_t files; /* number of files opened so far */

rf_status rf_local_file_new(rf_local_file **state, rf_error *err) {
  rf_local_file *f = rf_alloc_zero(1, sizeof *f);
  if (!f)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to open a file");
  if (!rf_mutex_init(&f->map_lock)) {
    rf_free(f);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the lock of a file");
  }
  f->number = atomic_fetch_add_explicit(&files, 1, memory_order_relaxed) + 1;
  *state = f;
  return RF_OK;
}

void rf_local_file_free(rf_local_file *f) {
  const uint8_t *map = atomic_load(&f->map);
  if (map)
    rf_map_close(map, f->map_length);
  rf_mutex_destroy(&f->map_lock);
  rf_filelock_release(&f->lock);
  rf_free(f->path);
  rf_free(f);
}

/* Gets the path of "file:///a%20b" or "file://localhost/a" (RFC 8089). */
static rf_status path_of_url(const char *name, size_t scheme, char **path, rf_error *err) {
  const char *rest = name + scheme + 3;
  size_t host = strcspn(rest, "/");
  if (rest[host] == '\0' || (host > 0 && !rf_is_name(rest, host, "localhost")))
    return rf_fail(err, RF_ERR_ARGUMENT, "expected file:///path or file://localhost/path");
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
  return *path ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a file name");
}

/* Resolves the path now, so that a later change of directory or of a link does not change which file is replaced. */
static rf_status resolve(rf_local_file *f, rf_error *err) {
  char *real;
  RF_TRY(rf_path_resolve(f->path, &real, err));
  rf_free(f->path);
  f->path = real;
  return RF_OK;
}

static rf_status take_lock(rf_local_file *f, rf_fd fd, bool exclusive, rf_error *err) {
  if (!(f->flags & RF_OPEN_LOCK))
    return RF_OK;
  switch (rf_filelock_take(fd, f->path, RF_LOCK_WHOLE, exclusive, 0, &f->lock)) {
  case RF_LOCK_GOT:
    return RF_OK;
  case RF_LOCK_HELD:
    return rf_fail(err, RF_ERR_LOCKED, "another handle, of this or another process, holds a lock on the file");
  default:
    return rf_fail(err, RF_ERR_UNSUPPORTED, "the file system cannot lock this file");
  }
}

/* Opens an old file that stays as it is until the first change. *there is false if there is none. */
static rf_status open_unclaimed(rf_local_file *f, bool *there, rf_error *err) {
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

/* Locks the file to be replaced, if there is one. */
static rf_status lock_old(rf_local_file *f, rf_error *err) {
  rf_fd old;
  if (!(f->flags & RF_OPEN_LOCK) || rf_fd_open(f->path, RF_MODE_READ_WRITE, &old, NULL) != RF_OK)
    return RF_OK;
  rf_status status = take_lock(f, old, true, err);
  (void)rf_fd_close(old, NULL);
  return status;
}

/* Opens a temporary file beside the one that it will replace. */
static rf_status open_temporary(rf_local_file *f, rf_error *err) {
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

/* Tells whether the file was replaced between opening and locking, which makes its lock useless. */
static bool was_replaced(rf_local_file *f) {
  rf_file_stamp stamp;
  bool differs = false;
  if (!(f->flags & RF_OPEN_LOCK) || rf_fd_stamp(f->fd, &stamp, NULL) != RF_OK || !stamp.plain)
    return false;
  if (++f->lock_tries > LOCK_TRIES) /* file numbers have no meaning on this file system */
    return false;
  return rf_path_differs(f->path, &stamp, &differs, NULL) == RF_ERR_NO_FILE || differs;
}

static void give_up(rf_local_file *f) {
  (void)rf_fd_close(f->fd, NULL);
  rf_filelock_release(&f->lock);
}

static rf_status open_new(rf_local_file *f, const char *name, rf_error *err) {
  bool there = false, only_new = (f->flags & RF_OPEN_NEW) != 0;
  if (f->flags & (RF_OPEN_ATOMIC | RF_OPEN_IN_PLACE)) {
    RF_TRY(resolve(f, err));
    if (only_new && rf_path_exists(f->path))
      return rf_fail(err, RF_ERR_EXISTS, "the file already exists");
    if (f->flags & RF_OPEN_IN_PLACE)
      RF_TRY(open_unclaimed(f, &there, err));
    return there ? RF_OK : open_temporary(f, err);
  }
  if (!only_new && !(f->flags & (RF_OPEN_LOCK | RF_OPEN_UNCUT))) {
    RF_TRY(rf_fd_open(name, RF_MODE_CREATE, &f->fd, err));
  } else { /* not truncated before it is locked */
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

static rf_status open_old(rf_local_file *f, const char *name, rf_mode mode, rf_error *err) {
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

/* Notes the identity that a replacement will compare. A file without a place in the file system, such as a deleted one
 * under /proc, can be written all the same. */
static rf_status note_identity(rf_local_file *f, rf_error *err) {
  char *real = rf_fd_path(f->fd);
  if (!real && rf_path_resolve(f->path, &real, NULL) != RF_OK)
    RF_TRY(rf_path_absolute(f->path, &real, err));
  rf_free(f->path);
  f->path = real;
  return rf_fd_stamp(f->fd, &f->stamp, err);
}

rf_status rf_local_file_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                             void **state, rf_error *err) {
  (void)driver;
  rf_local_file *f;
  RF_TRY(rf_local_file_new(&f, err));
  f->flags = options->flags;
  rf_status status = path_of_name(name, &f->path, err);
  const char *given = rf_url_scheme(name) ? f->path : name; /* the name for messages */
  if (status == RF_OK)
    status = mode == RF_MODE_CREATE ? open_new(f, given, err) : open_old(f, given, mode, err);
  if (status != RF_OK) {
    rf_local_file_free(f);
    return status;
  }
  if (mode == RF_MODE_READ)
    status = rf_fd_stamp(f->fd, &f->stamp, err);
  else if (!f->replacement)
    status = note_identity(f, err);
  if (status != RF_OK) {
    (void)rf_fd_close(f->fd, NULL);
    rf_local_file_free(f);
    return status;
  }
  *state = f;
  return RF_OK;
}
