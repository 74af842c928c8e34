/* SPDX-License-Identifier: BSD-3-Clause */
#if !defined(_WIN32)

#include "base/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#if defined(__linux__)
#include <sched.h>
#endif
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

/* Some systems refuse transfers of 2 GiB and more; Linux cuts them there. */
#define TRANSFER_MAX ((size_t)1 << 29)

/* Symbolic links that are followed before a name counts as a loop (what Linux does). */
#define LINKS_MAX 40

/* Names tried for a temporary file. 64 random bits do not meet twice but by a broken random source. */
#define TEMP_TRIES 100

/* ---- files ---- */

/* Without this, opening a pipe for reading would wait for somebody to write to it. O_NONBLOCK means nothing for files,
 * but for a file under a lease, where it says "not now": then wait as usual. */
static int open_without_waiting(const char *path, int flags, mode_t permissions) {
  int number;
  do
    number = open(path, flags | O_CLOEXEC | O_NONBLOCK, permissions);
  while (number < 0 && errno == EINTR);
  if (number < 0 && errno == EWOULDBLOCK)
    do
      number = open(path, flags | O_CLOEXEC, permissions);
    while (number < 0 && errno == EINTR);
  return number;
}

static const char *purpose(rf_mode mode) {
  return mode == RF_MODE_READ ? "open for reading" : mode == RF_MODE_READ_WRITE ? "open for writing" : "create";
}

rf_status rf_fd_open(const char *path, rf_mode mode, rf_fd *fd, rf_error *err) {
  int flags = mode == RF_MODE_READ ? O_RDONLY : mode == RF_MODE_READ_WRITE ? O_RDWR : O_RDWR | O_CREAT | O_TRUNC;
  int number = open_without_waiting(path, flags, 0666);
  if (number < 0) {
    if (errno == EISDIR)
      return rf_fail(err, RF_ERR_DIRECTORY, "%s: is a directory, not a file", path);
    if (errno == ENXIO)
      return rf_fail(err, RF_ERR_UNSUPPORTED, "%s: is a pipe or socket, not a file", path);
    return rf_fail_errno(err, errno, "%s: cannot %s", path, purpose(mode));
  }
  fd->number = number;
  if (mode == RF_MODE_READ) /* the first read finds the same; opening small files is counted in microseconds */
    return RF_OK;
  struct stat facts;
  rf_status status = RF_OK;
  if (fstat(number, &facts) != 0)
    status = rf_fail_errno(err, errno, "%s: cannot %s", path, purpose(mode));
  else if (S_ISDIR(facts.st_mode))
    status = rf_fail(err, RF_ERR_DIRECTORY, "%s: is a directory, not a file", path);
  else if (S_ISFIFO(facts.st_mode) || S_ISSOCK(facts.st_mode))
    status = rf_fail(err, RF_ERR_UNSUPPORTED, "%s: is a pipe or socket, not a file", path);
  if (status != RF_OK) {
    close(number);
    return status;
  }
  return RF_OK;
}

static rf_status read_failed(int number, size_t n, uint64_t offset, size_t done, rf_error *err) {
  if (number == EISDIR)
    return rf_fail(err, RF_ERR_DIRECTORY, "is a directory, not a file");
  if (number == ESPIPE)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "is a pipe or socket, not a file");
  rf_error_at(err, (int64_t)(offset + done));
  return rf_fail_errno(err, number, "reading %zu bytes at offset %llu failed", n, (unsigned long long)offset);
}

rf_status rf_fd_read(rf_fd fd, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  uint8_t *to = buffer;
  size_t done = 0;
  while (done < n && offset + done <= INT64_MAX) {
    size_t piece = n - done < TRANSFER_MAX ? n - done : TRANSFER_MAX;
    ssize_t made = pread(fd.number, to + done, piece, (off_t)(offset + done));
    if (made < 0) {
      if (errno == EINTR)
        continue;
      return read_failed(errno, n, offset, done, err);
    }
    if (made == 0)
      break;
    done += (size_t)made;
  }
  *got = done;
  return RF_OK;
}

rf_status rf_fd_write(rf_fd fd, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  const uint8_t *from = buffer;
  size_t done = 0;
  if (offset > INT64_MAX || n > INT64_MAX - offset)
    return rf_fail(err, RF_ERR_LIMIT, "writing %zu bytes at offset %llu: a file cannot be that long", n,
                   (unsigned long long)offset);
  while (done < n) {
    size_t piece = n - done < TRANSFER_MAX ? n - done : TRANSFER_MAX;
    ssize_t made = pwrite(fd.number, from + done, piece, (off_t)(offset + done));
    if (made < 0 && errno == EINTR)
      continue;
    if (made <= 0) {
      rf_error_at(err, (int64_t)(offset + done));
      return rf_fail_errno(err, made < 0 ? errno : ENOSPC, "writing %zu bytes at offset %llu failed", n,
                           (unsigned long long)offset);
    }
    done += (size_t)made;
  }
  return RF_OK;
}

rf_status rf_fd_size(rf_fd fd, uint64_t *size, rf_error *err) {
  struct stat facts;
  if (fstat(fd.number, &facts) != 0)
    return rf_fail_errno(err, errno, "asking for the size failed");
  *size = facts.st_size > 0 ? (uint64_t)facts.st_size : 0;
  return RF_OK;
}

rf_status rf_fd_truncate(rf_fd fd, uint64_t size, rf_error *err) {
  if (size > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "setting the size to %llu bytes: a file cannot be that long",
                   (unsigned long long)size);
  int result;
  do
    result = ftruncate(fd.number, (off_t)size);
  while (result != 0 && errno == EINTR);
  if (result != 0)
    return rf_fail_errno(err, errno, "setting the size to %llu bytes failed", (unsigned long long)size);
  return RF_OK;
}

rf_status rf_fd_sync(rf_fd fd, rf_error *err) {
  int result;
  do
    result = fsync(fd.number);
  while (result != 0 && errno == EINTR);
  /* EINVAL: a device or file system that has nothing to sync. */
  if (result != 0 && errno != EINVAL)
    return rf_fail_errno(err, errno, "writing to the disk (fsync) failed");
  return RF_OK;
}

rf_status rf_fd_close(rf_fd fd, rf_error *err) {
  /* After EINTR the descriptor is gone on Linux and must not be closed again. Network file systems report a full disk
   * here. */
  if (close(fd.number) != 0 && errno != EINTR)
    return rf_fail_errno(err, errno, "closing failed");
  return RF_OK;
}

/* ---- replacing a file ---- */

static rf_status no_memory(rf_error *err) {
  return rf_fail(err, RF_ERR_MEMORY, "no memory for a file name");
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

/* Length of the directory part of a path with its last slash; 0 when there is none. */
static size_t directory_length(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? (size_t)(slash - path) + 1 : 0;
}

/* What the symbolic link `path` points at, seen from where `path` is seen; freed with rf_free. NULL: errno says why. */
static char *link_target(const char *path) {
  size_t lead = directory_length(path);
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

/* Where `path` really is: symbolic links followed, also one that points at nothing yet. *facts is of that file;
 * *exists says whether there is one. */
static rf_status follow_links(const char *path, char **real, struct stat *facts, bool *exists, rf_error *err) {
  char *name = rf_strdup(path);
  if (!name)
    return no_memory(err);
  for (int links = 0; links <= LINKS_MAX; links++) {
    *exists = lstat(name, facts) == 0;
    if (!*exists && errno != ENOENT) {
      rf_status status = rf_fail_errno(err, errno, "%s: cannot look it up", path);
      rf_free(name);
      return status;
    }
    if (!*exists || !S_ISLNK(facts->st_mode)) {
      *real = name;
      return RF_OK;
    }
    char *target = link_target(name);
    int number = errno;
    rf_free(name);
    if (!target)
      return rf_fail_errno(err, number, "%s: cannot follow the symbolic link", path);
    name = target;
  }
  rf_free(name);
  return rf_fail_errno(err, ELOOP, "%s: cannot follow the symbolic link", path);
}

/* 64 bits that no other process has; O_EXCL is what makes sure. */
static uint64_t random_bits(void) {
  uint64_t bits = 0;
  int source = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  if (source >= 0) {
    ssize_t n = read(source, &bits, sizeof bits);
    close(source);
    if (n == (ssize_t)sizeof bits)
      return bits;
  }
  struct timeval now;
  gettimeofday(&now, NULL);
  return ((uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_usec) * UINT64_C(0x9E3779B97F4A7C15) ^
         (uint64_t)getpid() << 40 ^ (uint64_t)(uintptr_t)&now;
}

/* "dir/.name.0123456789abcdef.tmp" for "dir/name"; a long name is cut to stay below 255 bytes. */
static char *temp_name(const char *real) {
  size_t lead = directory_length(real);
  const char *base = real + lead;
  size_t n = strlen(base);
  if (n > 200)
    n = 200;
  size_t room = lead + n + 32;
  char *name = rf_alloc(room);
  if (name) {
    memcpy(name, real, lead);
    int made = snprintf(name + lead, room - lead, ".%.*s.%016llx.tmp", (int)n, base, (unsigned long long)random_bits());
    if (made < 0 || (size_t)made >= room - lead) {
      rf_free(name);
      return NULL;
    }
  }
  return name;
}

/* Gives the new file owner, group and permissions of the old one, as far as we may. Owner first: changing it clears
 * the set-user bits. */
static void copy_permissions(int number, const struct stat *old) {
  struct stat fresh;
  if (fstat(number, &fresh) == 0 && (fresh.st_uid != old->st_uid || fresh.st_gid != old->st_gid)) {
    if (fchown(number, old->st_uid, old->st_gid) != 0 && fchown(number, (uid_t)-1, old->st_gid) != 0)
      errno = 0; /* only root may give files away: the permission bits still count */
  }
  if (fchmod(number, old->st_mode & 07777) != 0)
    errno = 0; /* a file system without permissions */
}

rf_status rf_temp_open(const char *path, rf_fd *fd, char **temp_path, rf_error *err) {
  struct stat old;
  bool exists;
  char *real;
  RF_TRY(follow_links(path, &real, &old, &exists, err));
  if (exists && S_ISDIR(old.st_mode)) {
    rf_free(real);
    return rf_fail(err, RF_ERR_DIRECTORY, "%s: is a directory, not a file", path);
  }
  rf_status status = RF_OK;
  char *name = NULL;
  int number = -1;
  for (int tries = 0; number < 0 && status == RF_OK; tries++) {
    rf_free(name);
    name = temp_name(real);
    if (!name) {
      status = no_memory(err);
      break;
    }
    /* Nobody else may read it before it has the old file's permissions. */
    number = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, exists ? 0600 : 0666);
    if (number < 0 && errno != EINTR && (errno != EEXIST || tries >= TEMP_TRIES))
      status = rf_fail_errno(err, errno, "%s: cannot create a temporary file beside it", path);
  }
  rf_free(real);
  if (status != RF_OK) {
    rf_free(name);
    return status;
  }
  if (exists)
    copy_permissions(number, &old);
  fd->number = number;
  *temp_path = name;
  return RF_OK;
}

/* Makes a rename durable. A directory that may be written but not read cannot be opened, and some file systems cannot
 * sync one: the file is in its place all the same, so this is no failure. */
static void sync_directory(const char *path) {
  size_t n = directory_length(path);
  char *directory = n ? rf_strndup(path, n) : rf_strdup(".");
  if (!directory)
    return;
  int number = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  rf_free(directory);
  if (number < 0)
    return;
  while (fsync(number) != 0 && errno == EINTR)
    continue;
  close(number);
}

rf_status rf_temp_commit(rf_fd fd, const char *temp_path, const char *path, rf_error *err) {
  struct stat old;
  bool exists;
  char *real = NULL;
  rf_status status = rf_fd_sync(fd, err);
  if (status == RF_OK)
    status = follow_links(path, &real, &old, &exists, err);
  if (status == RF_OK && rename(temp_path, real) != 0)
    status = rf_fail_errno(err, errno, "%s: cannot put the new file in its place", path);
  if (status == RF_OK)
    sync_directory(real);
  else
    rf_temp_abort(fd, temp_path);
  rf_free(real);
  return status;
}

void rf_temp_abort(rf_fd fd, const char *temp_path) {
  close(fd.number);
  (void)unlink(temp_path);
}

/* ---- mappings ---- */

rf_status rf_map_open(rf_fd fd, size_t length, const uint8_t **base, rf_error *err) {
  void *map = length ? mmap(NULL, length, PROT_READ, MAP_SHARED, fd.number, 0) : MAP_FAILED;
  if (map == MAP_FAILED)
    return rf_fail_errno(err, length ? errno : EINVAL, "mapping %zu bytes into memory failed", length);
  *base = map;
  return RF_OK;
}

void rf_map_close(const uint8_t *base, size_t length) {
  if (base)
    (void)munmap((void *)(uintptr_t)base, length);
}

/* ---- locks ---- */

bool rf_mutex_init(rf_mutex *mutex) {
  return pthread_mutex_init(mutex, NULL) == 0;
}

void rf_mutex_destroy(rf_mutex *mutex) {
  (void)pthread_mutex_destroy(mutex);
}

void rf_mutex_lock(rf_mutex *mutex) {
  (void)pthread_mutex_lock(mutex);
}

void rf_mutex_unlock(rf_mutex *mutex) {
  (void)pthread_mutex_unlock(mutex);
}

bool rf_rwlock_init(rf_rwlock *lock) {
#if defined(__GLIBC__)
  /* glibc lets readers in as long as there is one, so that a writer, or closing the file, could wait for ever. Nobody
   * here takes a lock for reading twice. */
  pthread_rwlockattr_t attributes;
  if (pthread_rwlockattr_init(&attributes) != 0)
    return false;
  (void)pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  bool made = pthread_rwlock_init(lock, &attributes) == 0;
  (void)pthread_rwlockattr_destroy(&attributes);
  return made;
#else
  return pthread_rwlock_init(lock, NULL) == 0;
#endif
}

void rf_rwlock_destroy(rf_rwlock *lock) {
  (void)pthread_rwlock_destroy(lock);
}

void rf_rwlock_read(rf_rwlock *lock) {
  (void)pthread_rwlock_rdlock(lock);
}

void rf_rwlock_read_unlock(rf_rwlock *lock) {
  (void)pthread_rwlock_unlock(lock);
}

void rf_rwlock_write(rf_rwlock *lock) {
  (void)pthread_rwlock_wrlock(lock);
}

void rf_rwlock_write_unlock(rf_rwlock *lock) {
  (void)pthread_rwlock_unlock(lock);
}

bool rf_cond_init(rf_cond *cond) {
  return pthread_cond_init(cond, NULL) == 0;
}

void rf_cond_destroy(rf_cond *cond) {
  (void)pthread_cond_destroy(cond);
}

void rf_cond_wait(rf_cond *cond, rf_mutex *mutex) {
  (void)pthread_cond_wait(cond, mutex);
}

void rf_cond_broadcast(rf_cond *cond) {
  (void)pthread_cond_broadcast(cond);
}

/* ---- threads ---- */

static void *run_thread(void *argument) {
  rf_thread *thread = argument;
  thread->run(thread->context);
  return NULL;
}

bool rf_thread_start(rf_thread *thread, void (*run)(void *context), void *context) {
  thread->run = run;
  thread->context = context;
  /* A new thread inherits the mask: handlers (those of Python, say) run in threads that their owner knows of. */
  sigset_t all, before;
  (void)sigfillset(&all);
  bool masked = pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
  bool started = pthread_create(&thread->handle, NULL, run_thread, thread) == 0;
  if (masked)
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

void rf_thread_join(rf_thread *thread) {
  (void)pthread_join(thread->handle, NULL);
}

#if defined(__linux__) && defined(CPU_ALLOC)

/* The set has to be as large as the kernel's, which is not told but by a refusal (EINVAL). */
static unsigned affinity_count(void) {
  for (int cpus = 1024; cpus <= 1 << 20; cpus *= 4) {
    cpu_set_t *set = CPU_ALLOC(cpus);
    if (!set)
      return 0;
    size_t bytes = CPU_ALLOC_SIZE(cpus);
    int failed = sched_getaffinity(0, bytes, set);
    bool too_small = failed && errno == EINVAL;
    int count = failed ? 0 : CPU_COUNT_S(bytes, set);
    CPU_FREE(set);
    if (!too_small)
      return count > 0 ? (unsigned)count : 0;
  }
  return 0;
}

#else

static unsigned affinity_count(void) {
  return 0; /* unknown */
}

#endif

unsigned rf_processor_count(void) {
  unsigned count = affinity_count();
  if (count > 0)
    return count;
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 && online < INT_MAX ? (unsigned)online : 1;
}

/* ---- time ---- */

double rf_time_seconds(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
    return (double)time(NULL);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void rf_time_utc(char text[20]) {
  time_t now = time(NULL);
  struct tm parts;
  if (!gmtime_r(&now, &parts) || strftime(text, 20, "%Y-%m-%dT%H:%M:%S", &parts) == 0)
    memcpy(text, "1970-01-01T00:00:00", 20);
}

#else
typedef int rf_posix_is_not_used; /* a translation unit has at least one declaration */
#endif
