/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Replacing a file as a whole on POSIX systems.
 */
#if !defined(_WIN32)

#include "base/system/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/system/filelock.h"
#include "base/memory.h"
#include "base/system/posix_path.h"

/* Bytes copied at a time where a file is overwritten. */
#define PIECE ((size_t)1 << 20)

struct rf_replacement {
  rf_fd fd; /* the temporary file */
  char *path;
  char *real;
  int old;          /* the file to be replaced, open for writing; -1: there was none */
  rf_filelock lock; /* of the temporary file, as long as this process lives */
};

rf_fd rf_replace_fd(const rf_replacement *replacement) {
  return replacement->fd;
}

static void free_replacement(rf_replacement *r) {
  rf_filelock_release(&r->lock);
  if (r->old >= 0)
    close(r->old);
  rf_free(r->path);
  rf_free(r->real);
  rf_free(r);
}

void rf_replace_abort(rf_replacement *r) {
  if (!r)
    return;
  (void)unlink(r->path);
  close(r->fd.number);
  free_replacement(r);
}

/* ---- opening ---- */

/* Opens the file to be replaced. *number -1: there is none. *regular false: a device. */
static rf_status open_old(const char *real, int *number, bool *regular, rf_error *err) {
  struct stat facts = {.st_mode = 0};
  *regular = true;
  do
    *number = open(real, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  while (*number < 0 && errno == EINTR);
  if (*number < 0 && errno == ENOENT)
    return RF_OK;
  if (*number < 0 && errno == EISDIR)
    return rf_fail(err, RF_ERR_DIRECTORY, "is a directory, not a file");
  if (*number < 0 && errno == ENXIO)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "is a pipe or socket, not a file");
  if (*number < 0)
    return rf_fail_errno(err, errno, "cannot open for writing");
  if (fstat(*number, &facts) == 0 && S_ISREG(facts.st_mode))
    return RF_OK;
  close(*number);
  *number = -1;
  *regular = false;
  return S_ISFIFO(facts.st_mode) ? rf_fail(err, RF_ERR_UNSUPPORTED, "is a pipe or socket, not a file") : RF_OK;
}

static bool refuses_new_files(int number) {
  return number == EACCES || number == EPERM || number == EROFS || number == ENAMETOOLONG;
}

rf_status rf_replace_open(const char *real, rf_replacement **replacement, bool *in_place, rf_error *err) {
  int old;
  bool regular;
  *replacement = NULL;
  RF_TRY(open_old(real, &old, &regular, err));
  if (!regular)
    return RF_OK;
  rf_replacement *r = rf_alloc_zero(1, sizeof *r);
  char *name = rf_strdup(real);
  rf_status status = r && name ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to replace a file");
  if (status == RF_OK) {
    rf_error local;
    rf_error_clear(&local);
    rf_temporary_sweep(real);
    status = rf_temporary_create(real, old >= 0, &r->fd.number, &r->path, &r->lock, &local);
    if (status != RF_OK && in_place)
      *in_place = old >= 0 && refuses_new_files(local.sys_errno);
    if (status != RF_OK && err && err->code == RF_OK)
      *err = local;
  }
  if (status != RF_OK) {
    if (old >= 0)
      close(old);
    rf_free(name);
    rf_free(r);
    return status;
  }
  r->old = old;
  r->real = name;
  *replacement = r;
  return RF_OK;
}

/* ---- putting it in place ---- */

/* Looks at what the name leads to now. The file may have been replaced meanwhile: the last one counts. */
static rf_status renew_old(rf_replacement *r, rf_error *err) {
  struct stat there, own;
  if (lstat(r->real, &there) != 0) {
    if (errno == ENOENT)
      return RF_OK; /* one that has been removed still tells mode and owner */
    return rf_fail_errno(err, errno, "cannot look it up");
  }
  if (r->old >= 0 && fstat(r->old, &own) == 0 && own.st_dev == there.st_dev && own.st_ino == there.st_ino)
    return RF_OK;
  if (!S_ISREG(there.st_mode))
    return RF_OK;
  int number;
  bool regular;
  RF_TRY(open_old(r->real, &number, &regular, err));
  if (number >= 0) {
    if (r->old >= 0)
      close(r->old);
    r->old = number;
  }
  return RF_OK;
}

static bool is_as_expected(const rf_replacement *r, const rf_file_stamp *expected) {
  struct stat there;
  rf_file_stamp stamp;
  return r->old >= 0 && rf_fd_stamp((rf_fd){.number = r->old}, &stamp, NULL) == RF_OK &&
         rf_file_stamp_equal(&stamp, expected) && lstat(r->real, &there) == 0 &&
         (uint64_t)there.st_dev == stamp.device && (uint64_t)there.st_ino == stamp.number;
}

/* Leaves the new content under a name that no later writer takes for a leftover, and ends the replacement. The name
 * goes into `said`. */
static void keep_beside(rf_replacement *r, char *said, size_t room) {
  char *name = rf_temporary_kept_name(r->real, r->path);
  (void)rf_fd_sync(r->fd, NULL);
  bool named = name && rename(r->path, name) == 0;
  (void)snprintf(said, room, "%s", named ? name : r->path);
  rf_free(name);
  close(r->fd.number);
  free_replacement(r);
}

static rf_status refuse_changed(rf_replacement *r, rf_error *err) {
  char name[400];
  keep_beside(r, name, sizeof name);
  return rf_fail(err, RF_ERR_CHANGED,
                 "another program has replaced, changed or removed the file since it was opened; it is left as it is, "
                 "and what was to be written is in %s",
                 name);
}

static rf_status copy_content(rf_fd from, rf_fd to, uint64_t size, uint8_t *buffer, rf_error *err) {
  rf_status status = RF_OK;
  for (uint64_t done = 0; done < size && status == RF_OK;) {
    size_t n = size - done < PIECE ? (size_t)(size - done) : PIECE, got = 0;
    status = rf_fd_read(from, done, buffer, n, &got, err);
    if (status == RF_OK && got < n)
      status = rf_fail(err, RF_ERR_TRUNCATED, "the temporary file has lost %zu bytes", n - got);
    if (status == RF_OK)
      status = rf_fd_write(to, done, buffer, n, err);
    done += n;
  }
  return status;
}

static rf_status overwrite_content(const rf_replacement *r, uint64_t size, bool durable, uint8_t *buffer,
                                   rf_error *err) {
  rf_fd old = {.number = r->old};
  RF_TRY(copy_content(r->fd, old, size, buffer, err));
  RF_TRY(rf_fd_truncate(old, size, err));
  return durable ? rf_fd_sync(old, err) : RF_OK;
}

/* Overwrites the old file with the new content, and ends the replacement. */
static rf_status overwrite(rf_replacement *r, bool durable, rf_fd *fd, rf_error *err) {
  uint64_t size;
  rf_status status = rf_fd_size(r->fd, &size, err);
  if (status == RF_OK)
    status = rf_fd_reserve((rf_fd){.number = r->old}, 0, size, err);
  uint8_t *buffer = status == RF_OK ? rf_alloc(PIECE) : NULL;
  if (status == RF_OK && !buffer)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to copy a file");
  if (status != RF_OK) {
    rf_replace_abort(r);
    return status;
  }
  rf_error local;
  rf_error_clear(&local);
  status = overwrite_content(r, size, durable, buffer, &local);
  rf_free(buffer);
  if (status != RF_OK) {
    char name[300];
    keep_beside(r, name, sizeof name);
    return rf_fail(err, status, "%.200s; the old file may be overwritten in part, and all of the new content is in %s",
                   local.message, name);
  }
  *fd = (rf_fd){.number = r->old};
  r->old = -1;
  rf_replace_abort(r);
  return RF_OK;
}

static bool has_other_links(int number) {
  struct stat facts;
  return fstat(number, &facts) == 0 && facts.st_nlink > 1;
}

/* Renames the file unless a file of that name exists. */
static rf_status rename_new(const char *from, const char *to, rf_error *err) {
  struct stat facts;
  if (link(from, to) == 0) {
    (void)unlink(from);
    return RF_OK;
  }
  if (errno != EEXIST && lstat(to, &facts) != 0 && errno == ENOENT && rename(from, to) == 0)
    return RF_OK; /* a file system without hard links */
  if (lstat(to, &facts) == 0)
    return rf_fail_errno(err, EEXIST, "there is such a file by now");
  return rf_fail_errno(err, errno, "cannot put the new file in its place");
}

/* *over true: it has to be overwritten instead. */
static rf_status put_in_place(const rf_replacement *r, const rf_replace_how *how, bool *over, rf_error *err) {
  *over = false;
  if (how->only_new)
    return rename_new(r->path, r->real, err);
  if (r->old >= 0) {
    bool all = !has_other_links(r->old);
    if (all)
      RF_TRY(rf_attributes_copy(r->old, r->fd.number, &all, err));
    *over = !all;
  }
  if (*over)
    return RF_OK;
  if (rename(r->path, r->real) == 0)
    return RF_OK;
  if (r->old >= 0 && (errno == EBUSY || errno == EPERM || errno == EXDEV || errno == EACCES)) {
    *over = true;
    return RF_OK;
  }
  return rf_fail_errno(err, errno, "cannot put the new file in its place");
}

/* Releases the space that was reserved after the end. */
static rf_status trim(rf_fd fd, rf_error *err) {
  struct stat facts;
  if (fstat(fd.number, &facts) != 0)
    return rf_fail_errno(err, errno, "asking for the size failed");
  if ((uint64_t)facts.st_blocks * 512 <= (uint64_t)facts.st_size)
    return RF_OK;
  return rf_fd_truncate(fd, (uint64_t)facts.st_size, err);
}

/* Network file systems report a full disk when a descriptor is closed. So close it before the old file is replaced. */
static rf_status close_once(rf_fd fd, rf_error *err) {
  rf_fd other = {.number = fcntl(fd.number, F_DUPFD_CLOEXEC, 0)};
  return other.number < 0 ? RF_OK : rf_fd_close(other, err);
}

rf_status rf_replace_commit(rf_replacement *r, const rf_replace_how *how, rf_fd *fd, rf_error *err) {
  bool over = false;
  if (how->expected && !is_as_expected(r, how->expected))
    return refuse_changed(r, err);
  rf_status status = trim(r->fd, err);
  if (status == RF_OK)
    status = how->durable ? rf_fd_sync(r->fd, err) : close_once(r->fd, err);
  if (status == RF_OK)
    status = renew_old(r, err);
  if (status == RF_OK)
    status = put_in_place(r, how, &over, err);
  if (status == RF_OK && over)
    return overwrite(r, how->durable, fd, err);
  if (status != RF_OK) {
    rf_replace_abort(r);
    return status;
  }
  if (how->durable)
    rf_path_sync_folder(r->real);
  *fd = r->fd;
  free_replacement(r);
  return RF_OK;
}

#endif

/* A translation unit must not be empty. */
typedef int rf_posix_replace_unit;
