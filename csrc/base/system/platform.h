/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What differs between POSIX and Windows: files, mappings, locks, threads, time. Paths are UTF-8. base/system/posix.c
 * and base/system/windows.c implement all of it. Reads and writes are positional, handle short transfers and EINTR, and
 * stay below 1 GiB a system call. Failures come back as rf_status with errno and path in the message.
 */
#ifndef RF_BASE_SYSTEM_PLATFORM_H
#define RF_BASE_SYSTEM_PLATFORM_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"

#if defined(_WIN32)
/* windows.h, 100,000 lines with names such as min and ERROR, stays in base/system/windows.c, which checks that these
 * are SRWLOCK, CONDITION_VARIABLE and HANDLE. */
typedef struct rf_fd {
  void *handle;
} rf_fd;
typedef struct rf_mutex {
  void *slim;
} rf_mutex;
typedef struct rf_rwlock {
  void *slim;
} rf_rwlock;
typedef struct rf_cond {
  void *condition;
} rf_cond;
typedef void *rf_thread_handle;
#define RF_MUTEX_INIT                                                                                                  \
  { 0 }
#else
#include <pthread.h>
typedef struct rf_fd {
  int number;
} rf_fd;
/* `forks`: rf_fork_count() when the lock was made or made again. */
typedef struct rf_mutex {
  pthread_mutex_t native;
  atomic_uint forks;
  bool held;
  bool abandoned;
} rf_mutex;
typedef struct rf_rwlock {
  pthread_rwlock_t native;
  atomic_uint forks;
} rf_rwlock;
typedef struct rf_cond {
  pthread_cond_t native;
  atomic_uint forks;
} rf_cond;
typedef pthread_t rf_thread_handle;
#define RF_MUTEX_INIT                                                                                                  \
  { .native = PTHREAD_MUTEX_INITIALIZER }
#endif

/* Files. rf_fd_open opens with close-on-exec and refuses directories (RF_ERR_DIRECTORY), pipes and sockets
 * (RF_ERR_UNSUPPORTED), with RF_MODE_READ at the latest in the first rf_fd_read. RF_MODE_CREATE cuts
 * to zero length. */
rf_status rf_fd_open(const char *path, rf_mode mode, rf_fd *fd, rf_error *err);
/* For reading and writing, created where there is none and never cut. only_new: RF_ERR_EXISTS where there is one. */
rf_status rf_fd_open_or_create(const char *path, bool only_new, rf_fd *fd, rf_error *err);
rf_status rf_fd_read(rf_fd fd, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err);
rf_status rf_fd_write(rf_fd fd, uint64_t offset, const void *buffer, size_t n, rf_error *err);
rf_status rf_fd_size(rf_fd fd, uint64_t *size, rf_error *err);
rf_status rf_fd_truncate(rf_fd fd, uint64_t size, rf_error *err);
rf_status rf_fd_sync(rf_fd fd, rf_error *err);
rf_status rf_fd_close(rf_fd fd, rf_error *err);

/* `path` seen from the root, so that a later change of directory does not matter; freed with rf_free. Links stay. */
rf_status rf_path_absolute(const char *path, char **absolute, rf_error *err);

/* Read-only mappings of whole files. RF_MAP_HOLDS_SIZE: while a file is mapped the system refuses to make it shorter,
 * through any handle. The library then maps only what its caller maps. */
#if defined(_WIN32)
#define RF_MAP_HOLDS_SIZE true
#else
#define RF_MAP_HOLDS_SIZE false
#endif
rf_status rf_map_open(rf_fd fd, size_t length, const uint8_t **base, rf_error *err);
void rf_map_close(const uint8_t *base, size_t length);

/* A mapping of bytes [offset, offset + length) for reading and writing; offset is a multiple of RF_MAP_UNIT. What is
 * written there is in the file, for all who read it, and stays there when the process is killed: RF_ERR_UNSUPPORTED
 * where the system does not promise that. rf_map_close closes it. */
#define RF_MAP_UNIT ((uint64_t)64 << 10)
rf_status rf_map_open_part(rf_fd fd, uint64_t offset, size_t length, uint8_t **base, rf_error *err);

/* Forks that lie between the process which loaded the library and this one. In a forked child no thread but the one
 * that called fork is left, and locks that others held would stay locked for ever: so each lock is made again when a
 * child first uses it. What such a lock guards may be half changed: the two functions that end in was_abandoned say
 * that another thread held it (for writing) at the fork. The lock is held; a mutex says so once. */
unsigned rf_fork_count(void);
bool rf_mutex_was_abandoned(rf_mutex *mutex);

/* Locks. Creation does not fail on the supported systems; it returns false if it does. */
bool rf_mutex_init(rf_mutex *mutex);
void rf_mutex_destroy(rf_mutex *mutex);
void rf_mutex_lock(rf_mutex *mutex);
void rf_mutex_unlock(rf_mutex *mutex);
bool rf_rwlock_init(rf_rwlock *lock);
void rf_rwlock_destroy(rf_rwlock *lock);
void rf_rwlock_read(rf_rwlock *lock);
void rf_rwlock_read_unlock(rf_rwlock *lock);
void rf_rwlock_write(rf_rwlock *lock);
void rf_rwlock_write_unlock(rf_rwlock *lock);
bool rf_cond_init(rf_cond *cond);
void rf_cond_destroy(rf_cond *cond);
void rf_cond_wait(rf_cond *cond, rf_mutex *mutex);
/* The same, for at most so many milliseconds. */
void rf_cond_wait_for(rf_cond *cond, rf_mutex *mutex, unsigned milliseconds);
void rf_cond_broadcast(rf_cond *cond);

/* Threads. `run` is called with `context` in a thread of its own, in which no signal of the process is handled; false
 * when the system has none left. *thread stays where it is until rf_thread_join, which waits for the end of `run`. */
typedef struct rf_thread {
  rf_thread_handle handle;
  void (*run)(void *context);
  void *context;
} rf_thread;
bool rf_thread_start(rf_thread *thread, void (*run)(void *context), void *context);
void rf_thread_join(rf_thread *thread);

/* The same for every call in a thread, and another in any other thread that runs. */
const void *rf_thread_mark(void);

/* Processors that this process may run on; at least 1. */
unsigned rf_processor_count(void);

/* Seconds from some beginning on, never going back. */
double rf_time_seconds(void);

/* The same in nanoseconds, as cheap and as coarse as the system has it (some milliseconds), and the time of day in
 * nanoseconds since 1970, as coarse. */
uint64_t rf_time_coarse(void);
int64_t rf_time_of_day(void);

/* UTC now as "2026-11-22T07:00:00" (20 bytes with NUL). */
void rf_time_utc(char text[20]);

#endif
