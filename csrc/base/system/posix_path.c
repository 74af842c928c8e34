/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names of files on POSIX systems: made absolute, links followed, folders synced.
 */
#if !defined(_WIN32)

#include "base/system/posix_path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__)
#include <linux/fs.h>
#include <sys/ioctl.h>
#endif

#include "base/memory.h"
#include "base/system/replace.h"

/* Symbolic links that are followed before a name counts as a loop (what Linux does). */
#define LINKS_MAX 40

static rf_status no_memory(rf_error *err) {
  return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a file name");
}

size_t rf_path_folder_length(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? (size_t)(slash - path) + 1 : 0;
}

char *rf_path_folder(const char *path) {
  size_t n = rf_path_folder_length(path);
  return n ? rf_strndup(path, n) : rf_strdup("./");
}

rf_status rf_path_absolute(const char *path, char **absolute, rf_error *err) {
  if (path[0] == '/') {
    *absolute = rf_strdup(path);
    return *absolute ? RF_OK : no_memory(err);
  }
  char *directory = getcwd(NULL, 0);
  if (!directory)
    return rf_fail_errno(err, errno, "%s: cannot tell the current directory", path);
  size_t lead = strlen(directory), n = strlen(path);
  char *joined = rf_alloc(lead + n + 2);
  if (joined) {
    memcpy(joined, directory, lead);
    joined[lead] = '/';
    memcpy(joined + lead + 1, path, n + 1);
  }
  free(directory);
  *absolute = joined;
  return joined ? RF_OK : no_memory(err);
}

/* What the symbolic link `path` points at, seen from where `path` is seen; freed with rf_free. NULL: errno says why. */
static char *link_target(const char *path) {
  size_t lead = rf_path_folder_length(path);
  for (size_t room = 256; room <= (size_t)1 << 16; room *= 2) {
    char *target = rf_alloc(lead + room);
    if (!target) {
      errno = ENOMEM;
      return NULL;
    }
    ssize_t n = readlink(path, target + lead, room);
    if (n < 0) {
      int number = errno;
      rf_free(target);
      errno = number;
      return NULL;
    }
    if ((size_t)n < room) {
      target[lead + (size_t)n] = '\0';
      if (target[lead] == '/')
        memmove(target, target + lead, (size_t)n + 1);
      else
        memcpy(target, path, lead);
      return target;
    }
    rf_free(target);
  }
  errno = ENAMETOOLONG;
  return NULL;
}

/* `path` with its last component followed through symbolic links, also to one that points at nothing yet. */
static rf_status follow_links(const char *path, char **real, rf_error *err) {
  char *name = rf_strdup(path);
  if (!name)
    return no_memory(err);
  for (int links = 0; links <= LINKS_MAX; links++) {
    struct stat facts;
    bool exists = lstat(name, &facts) == 0;
    if (!exists && errno != ENOENT) {
      rf_status status = rf_fail_errno(err, errno, "cannot look it up");
      rf_free(name);
      return status;
    }
    if (!exists || !S_ISLNK(facts.st_mode)) {
      *real = name;
      return RF_OK;
    }
    char *target = link_target(name);
    int number = errno;
    rf_free(name);
    if (!target)
      return rf_fail_errno(err, number, "cannot follow the symbolic link");
    name = target;
  }
  rf_free(name);
  return rf_fail_errno(err, ELOOP, "cannot follow the symbolic link");
}

/* Replaces the folder of `name` by its real path. */
static rf_status resolve_folder(const char *name, char **real, rf_error *err) {
  char *folder = rf_path_folder(name);
  if (!folder)
    return no_memory(err);
  char *resolved = realpath(folder, NULL);
  int number = errno;
  rf_free(folder);
  if (!resolved)
    return rf_fail_errno(err, number, "cannot find its folder");
  const char *base = name + rf_path_folder_length(name);
  size_t lead = strlen(resolved), n = strlen(base);
  char *joined = rf_alloc(lead + n + 2);
  if (joined) {
    memcpy(joined, resolved, lead);
    if (resolved[lead - 1] != '/')
      joined[lead++] = '/';
    memcpy(joined + lead, base, n + 1);
  }
  free(resolved);
  *real = joined;
  return joined ? RF_OK : no_memory(err);
}

rf_status rf_path_resolve(const char *path, char **real, rf_error *err) {
  char *name = NULL;
  RF_TRY(follow_links(path, &name, err));
  rf_status status = resolve_folder(name, real, err);
  rf_free(name);
  return status;
}

char *rf_fd_path(rf_fd fd) {
#if defined(__linux__)
  static const char deleted[] = " (deleted)";
  char link[64], path[1024];
  (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd.number);
  ssize_t n = readlink(link, path, sizeof path);
  if (n <= 0 || (size_t)n >= sizeof path || path[0] != '/')
    return NULL;
  path[n] = '\0';
  size_t tail = sizeof deleted - 1;
  return (size_t)n > tail && strcmp(path + n - tail, deleted) == 0 ? NULL : rf_strdup(path);
#else
  (void)fd;
  return NULL;
#endif
}

/* A folder that may be written but not read cannot be opened, and some file systems cannot sync one: the file is in
 * its place all the same, so this is no failure. */
void rf_path_sync_folder(const char *path) {
  char *folder = rf_path_folder(path);
  if (!folder)
    return;
  int number = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  rf_free(folder);
  if (number < 0)
    return;
  while (fsync(number) != 0 && errno == EINTR)
    continue;
  close(number);
}

rf_status rf_fd_reserve(rf_fd fd, uint64_t offset, uint64_t length, rf_error *err) {
#if defined(__linux__)
  if (length == 0 || offset > INT64_MAX || length > INT64_MAX - offset)
    return RF_OK; /* what cannot be that long is refused by the write */
  int result;
  do
    result = fallocate(fd.number, FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)length);
  while (result != 0 && errno == EINTR);
  if (result != 0 && (errno == ENOSPC || errno == EDQUOT))
    return rf_fail_errno(err, errno, "reserving %llu bytes at offset %llu failed", (unsigned long long)length,
                         (unsigned long long)offset);
#else
  (void)fd, (void)offset, (void)length, (void)err;
#endif
  return RF_OK; /* not every file system can reserve */
}

bool rf_fd_clone(rf_fd from, rf_fd to) {
#if defined(FICLONE)
  return ioctl(to.number, FICLONE, from.number) == 0;
#else
  (void)from, (void)to;
  return false;
#endif
}

bool rf_path_exists(const char *path) {
  struct stat facts;
  return lstat(path, &facts) == 0;
}

#if defined(__APPLE__)
#define MODIFIED(facts) ((facts)->st_mtimespec)
#define CHANGED(facts) ((facts)->st_ctimespec)
#else
#define MODIFIED(facts) ((facts)->st_mtim)
#define CHANGED(facts) ((facts)->st_ctim)
#endif

static int64_t nanoseconds(struct timespec time) {
  return (int64_t)((uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec);
}

static rf_file_stamp stamp_of(const struct stat *facts) {
  return (rf_file_stamp){.device = (uint64_t)facts->st_dev,
                         .number = (uint64_t)facts->st_ino,
                         .size = facts->st_size > 0 ? (uint64_t)facts->st_size : 0,
                         .modified = nanoseconds(MODIFIED(facts)),
                         .changed = nanoseconds(CHANGED(facts)),
                         .links = (uint64_t)facts->st_nlink,
                         .plain = S_ISREG(facts->st_mode)};
}

rf_status rf_fd_stamp(rf_fd fd, rf_file_stamp *stamp, rf_error *err) {
  struct stat facts;
  if (fstat(fd.number, &facts) != 0)
    return rf_fail_errno(err, errno, "asking for size and time failed");
  *stamp = stamp_of(&facts);
  return RF_OK;
}

bool rf_file_stamp_equal(const rf_file_stamp *a, const rf_file_stamp *b) {
  return a->device == b->device && a->number == b->number && a->size == b->size && a->modified == b->modified;
}

rf_status rf_path_differs(const char *path, const rf_file_stamp *stamp, bool *differs, rf_error *err) {
  struct stat facts;
  if (stat(path, &facts) != 0)
    return rf_fail_errno(err, errno, "%s: asking for the file failed", path);
  *differs = (uint64_t)facts.st_dev != stamp->device || (uint64_t)facts.st_ino != stamp->number;
  return RF_OK;
}

#endif

/* A translation unit must not be empty. */
typedef int rf_posix_path_unit;
