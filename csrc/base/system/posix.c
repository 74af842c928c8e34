/* SPDX-License-Identifier: BSD-3-Clause */
#if !defined(_WIN32)

#include "base/system/platform.h"

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

/* ---- files ---- */

/* Behind a message about a name that leads to a stream. */
#define USE_DESCRIPTOR "; the name of standard input is -, and that of an open descriptor fd://N"

/* Without this, opening a pipe for reading would wait for a writer. O_NONBLOCK means nothing for files,
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

static rf_status open_with(const char *path, int flags, const char *purpose, rf_fd *fd, rf_error *err) {
  int number = open_without_waiting(path, flags, 0666);
  if (number < 0) {
    if (errno == EISDIR)
      return rf_fail(err, RF_ERR_DIRECTORY, "%s: is a directory, not a file", path);
    if (errno == ENXIO)
      return rf_fail(err, RF_ERR_UNSUPPORTED, "%s: is a pipe or socket, not a file" USE_DESCRIPTOR, path);
    return rf_fail_errno(err, errno, "%s: cannot %s", path, purpose);
  }
  fd->number = number;
  if ((flags & O_ACCMODE) ==
      O_RDONLY) /* the first read finds the same; opening small files is counted in microseconds */
    return RF_OK;
  struct stat facts;
  rf_status status = RF_OK;
  if (fstat(number, &facts) != 0)
    status = rf_fail_errno(err, errno, "%s: cannot %s", path, purpose);
  else if (S_ISDIR(facts.st_mode))
    status = rf_fail(err, RF_ERR_DIRECTORY, "%s: is a directory, not a file", path);
  else if (S_ISFIFO(facts.st_mode) || S_ISSOCK(facts.st_mode))
    status = rf_fail(err, RF_ERR_UNSUPPORTED, "%s: is a pipe or socket, not a file" USE_DESCRIPTOR, path);
  if (status != RF_OK)
    close(number);
  return status;
}

rf_status rf_fd_open(const char *path, rf_mode mode, rf_fd *fd, rf_error *err) {
  int flags = mode == RF_MODE_READ ? O_RDONLY : mode == RF_MODE_READ_WRITE ? O_RDWR : O_RDWR | O_CREAT | O_TRUNC;
  return open_with(path, flags, purpose(mode), fd, err);
}

rf_status rf_fd_open_or_create(const char *path, bool only_new, rf_fd *fd, rf_error *err) {
  return open_with(path, O_RDWR | O_CREAT | (only_new ? O_EXCL : 0), purpose(RF_MODE_CREATE), fd, err);
}

static rf_status read_failed(int number, size_t n, uint64_t offset, size_t done, rf_error *err) {
  if (number == EISDIR)
    return rf_fail(err, RF_ERR_DIRECTORY, "is a directory, not a file");
  if (number == ESPIPE)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "is a pipe or socket, not a file" USE_DESCRIPTOR);
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
  /* After EINTR, Linux has closed the descriptor, and it must not be closed again. Network file systems report a full
   * disk here. */
  if (close(fd.number) != 0 && errno != EINTR)
    return rf_fail_errno(err, errno, "closing failed");
  return RF_OK;
}

/* ---- mappings ---- */

rf_status rf_map_open(rf_fd fd, size_t length, const uint8_t **base, rf_error *err) {
  void *map = length ? mmap(NULL, length, PROT_READ, MAP_SHARED, fd.number, 0) : MAP_FAILED;
  if (map == MAP_FAILED)
    return rf_fail_errno(err, length ? errno : EINVAL, "mapping %zu bytes into memory failed", length);
  *base = map;
  return RF_OK;
}

rf_status rf_map_open_part(rf_fd fd, uint64_t offset, size_t length, uint8_t **base, rf_error *err) {
#ifdef __linux__
  void *map = offset <= INT64_MAX && length > 0
                  ? mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd.number, (off_t)offset)
                  : MAP_FAILED;
  if (map == MAP_FAILED)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "mapping %zu bytes into memory failed", length);
  *base = map;
  return RF_OK;
#else
  (void)fd, (void)offset, (void)base;
  return rf_fail(err, RF_ERR_UNSUPPORTED, "%zu bytes cannot be mapped here", length);
#endif
}

void rf_map_close(const uint8_t *base, size_t length) {
  if (base)
    (void)munmap((void *)(uintptr_t)base, length);
}

/* ---- locks ---- */

static atomic_uint forks;
static pthread_mutex_t renewing = PTHREAD_MUTEX_INITIALIZER; /* taken by a thread that makes a lock again */

static void count_fork(void) {
  (void)pthread_mutex_init(&renewing, NULL);
  (void)atomic_fetch_add(&forks, 1);
}

__attribute__((constructor)) static void watch_forks(void) {
  (void)pthread_atfork(NULL, NULL, count_fork);
}

unsigned rf_fork_count(void) {
  return atomic_load_explicit(&forks, memory_order_relaxed);
}

static inline bool is_stale(const atomic_uint *made) {
  return atomic_load_explicit(made, memory_order_acquire) != rf_fork_count();
}

/* The native objects of the parent are not destroyed: a condition would wait for threads that are not there. */
static void renew_mutex(rf_mutex *mutex) {
  (void)pthread_mutex_lock(&renewing);
  if (is_stale(&mutex->forks)) {
    (void)pthread_mutex_init(&mutex->native, NULL);
    mutex->abandoned = mutex->held;
    mutex->held = false;
    atomic_store_explicit(&mutex->forks, rf_fork_count(), memory_order_release);
  }
  (void)pthread_mutex_unlock(&renewing);
}

bool rf_mutex_init(rf_mutex *mutex) {
  atomic_init(&mutex->forks, rf_fork_count());
  mutex->held = mutex->abandoned = false;
  return pthread_mutex_init(&mutex->native, NULL) == 0;
}

void rf_mutex_destroy(rf_mutex *mutex) {
  if (!is_stale(&mutex->forks))
    (void)pthread_mutex_destroy(&mutex->native);
}

void rf_mutex_lock(rf_mutex *mutex) {
  if (is_stale(&mutex->forks))
    renew_mutex(mutex);
  (void)pthread_mutex_lock(&mutex->native);
  mutex->held = true;
}

void rf_mutex_unlock(rf_mutex *mutex) {
  mutex->held = false;
  (void)pthread_mutex_unlock(&mutex->native);
}

bool rf_mutex_was_abandoned(rf_mutex *mutex) {
  bool was = mutex->abandoned;
  mutex->abandoned = false;
  return was;
}

static bool make_rwlock(pthread_rwlock_t *lock) {
#if defined(__GLIBC__)
  /* By default, glibc admits readers as long as one exists, so that a writer, or closing the file, could wait for ever.
   * The library never takes a read lock twice. */
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

bool rf_rwlock_init(rf_rwlock *lock) {
  atomic_init(&lock->forks, rf_fork_count());
  return make_rwlock(&lock->native);
}

static void renew_rwlock(rf_rwlock *lock) {
  (void)pthread_mutex_lock(&renewing);
  if (is_stale(&lock->forks)) {
    (void)make_rwlock(&lock->native);
    atomic_store_explicit(&lock->forks, rf_fork_count(), memory_order_release);
  }
  (void)pthread_mutex_unlock(&renewing);
}

void rf_rwlock_destroy(rf_rwlock *lock) {
  if (!is_stale(&lock->forks))
    (void)pthread_rwlock_destroy(&lock->native);
}

void rf_rwlock_read(rf_rwlock *lock) {
  if (is_stale(&lock->forks))
    renew_rwlock(lock);
  (void)pthread_rwlock_rdlock(&lock->native);
}

void rf_rwlock_read_unlock(rf_rwlock *lock) {
  (void)pthread_rwlock_unlock(&lock->native);
}

void rf_rwlock_write(rf_rwlock *lock) {
  if (is_stale(&lock->forks))
    renew_rwlock(lock);
  (void)pthread_rwlock_wrlock(&lock->native);
}

void rf_rwlock_write_unlock(rf_rwlock *lock) {
  (void)pthread_rwlock_unlock(&lock->native);
}

static void renew_cond(rf_cond *cond) {
  (void)pthread_mutex_lock(&renewing);
  if (is_stale(&cond->forks)) {
    (void)pthread_cond_init(&cond->native, NULL);
    atomic_store_explicit(&cond->forks, rf_fork_count(), memory_order_release);
  }
  (void)pthread_mutex_unlock(&renewing);
}

bool rf_cond_init(rf_cond *cond) {
  atomic_init(&cond->forks, rf_fork_count());
  return pthread_cond_init(&cond->native, NULL) == 0;
}

void rf_cond_destroy(rf_cond *cond) {
  if (!is_stale(&cond->forks))
    (void)pthread_cond_destroy(&cond->native);
}

void rf_cond_wait(rf_cond *cond, rf_mutex *mutex) {
  if (is_stale(&cond->forks))
    renew_cond(cond);
  mutex->held = false;
  (void)pthread_cond_wait(&cond->native, &mutex->native);
  mutex->held = true;
}

void rf_cond_wait_for(rf_cond *cond, rf_mutex *mutex, unsigned milliseconds) {
  struct timespec until;
  if (is_stale(&cond->forks))
    renew_cond(cond);
  (void)clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += (time_t)(milliseconds / 1000);
  until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
  if (until.tv_nsec >= 1000000000) {
    until.tv_nsec -= 1000000000;
    until.tv_sec++;
  }
  mutex->held = false;
  (void)pthread_cond_timedwait(&cond->native, &mutex->native, &until);
  mutex->held = true;
}

void rf_cond_broadcast(rf_cond *cond) {
  if (is_stale(&cond->forks))
    renew_cond(cond);
  (void)pthread_cond_broadcast(&cond->native);
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
  /* A new thread inherits the mask: so handlers (those of Python, for example) run only in threads of the application.
   * Faults are the thread's own: the system ends a process that blocks them, and base/system/guard.c handles one of
   * them. */
  static const int faults[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP};
  sigset_t all, before;
  (void)sigfillset(&all);
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
    (void)sigdelset(&all, faults[i]);
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

/* A coarse clock costs a memory access; the fine one reads the processor's counter. */
#if defined(CLOCK_MONOTONIC_COARSE) && defined(CLOCK_REALTIME_COARSE)
#define COARSE_MONOTONIC CLOCK_MONOTONIC_COARSE
#define COARSE_REALTIME CLOCK_REALTIME_COARSE
#else
#define COARSE_MONOTONIC CLOCK_MONOTONIC
#define COARSE_REALTIME CLOCK_REALTIME
#endif

static uint64_t clock_nanoseconds(clockid_t clock) {
  struct timespec now;
  if (clock_gettime(clock, &now) != 0)
    return 0;
  return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint64_t rf_time_coarse(void) {
  return clock_nanoseconds(COARSE_MONOTONIC);
}

int64_t rf_time_of_day(void) {
  return (int64_t)clock_nanoseconds(COARSE_REALTIME);
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
