/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/system/shmem.h"

#include <string.h>

#define NAME_FORMAT "the name of a segment of shared memory"

rf_status rf_shmem_check_name(const char *name, rf_error *err) {
  size_t n = strlen(name);
  if (n == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected shmem://NAME, found no name");
  if (strchr(name, '/') != NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected " NAME_FORMAT ", found '/' in it");
  if (n > RF_SHMEM_MAX_NAME)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected " NAME_FORMAT " of at most %d bytes, found %zu", RF_SHMEM_MAX_NAME,
                   n);
  if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected " NAME_FORMAT ", found \"%s\"", name);
  if (strncmp(name, RF_SHMEM_DRAFT, strlen(RF_SHMEM_DRAFT)) == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "names that begin with " RF_SHMEM_DRAFT " are for the library");
  return RF_OK;
}

#if defined(RF_HAVE_SHMEM)

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "/dev/shm"

/* How often another name is tried for the moment before a name is replaced. */
#define TRIES 100

typedef struct path_text {
  char text[sizeof FOLDER + 256]; /* NAME_MAX and '/' */
} path_text;

static path_text path_of(const char *name) {
  path_text path;
  (void)snprintf(path.text, sizeof path.text, FOLDER "/%s", name);
  return path;
}

rf_status rf_shmem_fd_open(const char *name, bool writing, rf_fd *fd, rf_error *err) {
  path_text path = path_of(name);
  struct stat facts;
  int number;
  do
    number = open(path.text, (writing ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  while (number < 0 && errno == EINTR);
  if (number < 0 && errno != ELOOP && errno != EISDIR && errno != ENXIO)
    return rf_fail_errno(err, errno, "cannot open the segment for %s", writing ? "writing" : "reading");
  if (number >= 0 && fstat(number, &facts) == 0 && S_ISREG(facts.st_mode)) {
    fd->number = number;
    return RF_OK;
  }
  if (number >= 0)
    (void)close(number);
  return rf_fail(err, RF_ERR_UNSUPPORTED, "is no segment of shared memory");
}

rf_status rf_shmem_fd_create(rf_fd *fd, rf_error *err) {
  int number;
  do
    number = open(FOLDER, O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
  while (number < 0 && errno == EINTR);
  if (number < 0)
    return rf_fail_errno(err, errno, "cannot create a segment of shared memory");
  fd->number = number;
  return RF_OK;
}

/* Links the segment to a name that nothing has yet, and renames it over the old one. */
static int link_over(const char *from, const char *to) {
  char name[64];
  for (int i = 0; i < TRIES; i++) {
    (void)snprintf(name, sizeof name, FOLDER "/" RF_SHMEM_DRAFT "%ld-%d", (long)getpid(), i);
    if (linkat(AT_FDCWD, from, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0) {
      if (rename(name, to) == 0)
        return 0;
      int failure = errno;
      (void)unlink(name);
      errno = failure;
      return -1;
    }
    if (errno != EEXIST)
      return -1;
  }
  return -1;
}

rf_status rf_shmem_fd_link(rf_fd fd, const char *name, bool replace, rf_error *err) {
  path_text path = path_of(name);
  char opened[64];
  (void)snprintf(opened, sizeof opened, "/proc/self/fd/%d", fd.number);
  int result =
      replace ? link_over(opened, path.text) : linkat(AT_FDCWD, opened, AT_FDCWD, path.text, AT_SYMLINK_FOLLOW);
  if (result == 0)
    return RF_OK;
  if (errno == EEXIST && !replace)
    return RF_ERR_EXISTS;
  return rf_fail_errno(err, errno, "cannot name the segment");
}

rf_status rf_shmem_unlink_name(const char *name, rf_error *err) {
  path_text path = path_of(name);
  return unlink(path.text) == 0 ? RF_OK : rf_fail_errno(err, errno, "cannot remove the segment");
}

bool rf_shmem_fd_has_name(rf_fd fd, const char *name) {
  path_text path = path_of(name);
  struct stat ours, named;
  return fstat(fd.number, &ours) == 0 && lstat(path.text, &named) == 0 && ours.st_dev == named.st_dev &&
         ours.st_ino == named.st_ino;
}

rf_status rf_shmem_visit_names(rf_status (*visit)(void *user, const char *name, rf_error *err), void *user,
                               rf_error *err) {
  DIR *folder = opendir(FOLDER);
  if (folder == NULL)
    return rf_fail_errno(err, errno, "cannot list the segments of shared memory");
  rf_status status = RF_OK;
  for (struct dirent *entry = readdir(folder); entry != NULL && status == RF_OK; entry = readdir(folder))
    status = visit(user, entry->d_name, err);
  (void)closedir(folder);
  return status;
}

/* ---- processes ---- */

/* Reads the 22nd field of /proc/N/stat; the second one is a name in parentheses, which may contain anything. 0: the
 * process does not exist, or /proc does not say. */
static uint64_t start_of(uint64_t number) {
  char path[64], text[2048];
  (void)snprintf(path, sizeof path, "/proc/%" PRIu64 "/stat", number);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return 0;
  ssize_t n = read(file, text, sizeof text - 1);
  (void)close(file);
  if (n <= 0)
    return 0;
  text[n] = '\0';
  const char *at = strrchr(text, ')');
  for (int field = 2; at != NULL && field < 22; field++)
    at = strchr(at + 1, ' ');
  return at != NULL ? strtoull(at, NULL, 10) : 0;
}

rf_shmem_process rf_shmem_this_process(void) {
  uint64_t number = (uint64_t)getpid();
  return (rf_shmem_process){.number = number, .start = start_of(number)};
}

bool rf_shmem_process_runs(rf_shmem_process process) {
  if (process.number == 0 || process.number > INT32_MAX)
    return false;
  if (kill((pid_t)process.number, 0) != 0 && errno != EPERM)
    return false;
  uint64_t start = start_of(process.number);
  return start == 0 || start == process.start;
}

#else

static rf_status missing(rf_error *err) {
  return rf_fail(err, RF_ERR_NOT_BUILT, "shmem:// is not in this build: it needs Linux");
}

rf_status rf_shmem_fd_open(const char *name, bool writing, rf_fd *fd, rf_error *err) {
  (void)name, (void)writing, (void)fd;
  return missing(err);
}

rf_status rf_shmem_fd_create(rf_fd *fd, rf_error *err) {
  (void)fd;
  return missing(err);
}

rf_status rf_shmem_fd_link(rf_fd fd, const char *name, bool replace, rf_error *err) {
  (void)fd, (void)name, (void)replace;
  return missing(err);
}

rf_status rf_shmem_unlink_name(const char *name, rf_error *err) {
  (void)name;
  return missing(err);
}

bool rf_shmem_fd_has_name(rf_fd fd, const char *name) {
  (void)fd, (void)name;
  return false;
}

rf_status rf_shmem_visit_names(rf_status (*visit)(void *user, const char *name, rf_error *err), void *user,
                               rf_error *err) {
  (void)visit, (void)user;
  return missing(err);
}

rf_shmem_process rf_shmem_this_process(void) {
  return (rf_shmem_process){.number = 0};
}

bool rf_shmem_process_runs(rf_shmem_process process) {
  (void)process;
  return false;
}

#endif
