/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/system/filelock.h"

#include <string.h>

#if defined(_WIN32)
#include <windows.h>
#else
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#endif

/* The first pause between two tries, and the longest. */
#define FIRST_PAUSE 0.001
#define LONGEST_PAUSE 0.02

/* ---- the system: open again, try once, sleep ---- */

#if defined(_WIN32)

static bool open_again(rf_fd fd, const char *path, bool exclusive, rf_fd *own) {
  (void)path;
  (void)exclusive; /* LockFileEx asks for either access */
  HANDLE handle = ReOpenFile(fd.handle, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, 0);
  own->handle = handle;
  return handle != INVALID_HANDLE_VALUE;
}

static rf_lock_answer try_once(rf_fd fd, uint64_t place, bool exclusive) {
  OVERLAPPED where;
  memset(&where, 0, sizeof where);
  where.Offset = (DWORD)place;
  where.OffsetHigh = (DWORD)(place >> 32);
  DWORD flags = LOCKFILE_FAIL_IMMEDIATELY | (exclusive ? LOCKFILE_EXCLUSIVE_LOCK : 0);
  if (LockFileEx(fd.handle, flags, 0, 1, 0, &where))
    return RF_LOCK_GOT;
  DWORD code = GetLastError();
  return code == ERROR_LOCK_VIOLATION || code == ERROR_IO_PENDING ? RF_LOCK_HELD : RF_LOCK_NOWHERE;
}

static void pause_for(double seconds) {
  Sleep((DWORD)(seconds * 1000));
}

#else

/* Is this descriptor of the same file? */
static bool is_same_file(int a, int b) {
  struct stat one, two;
  return fstat(a, &one) == 0 && fstat(b, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

static bool open_again(rf_fd fd, const char *path, bool exclusive, rf_fd *own) {
  int flags = (exclusive ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK;
  char name[64];
  (void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd.number);
  own->number = open(name, flags);
  if (own->number < 0 && path)
    own->number = open(path, flags);
  if (own->number < 0)
    return false;
  if (is_same_file(own->number, fd.number))
    return true;
  close(own->number);
  return false;
}

static rf_lock_answer try_whole(int number, bool exclusive) {
  int result;
  do
    result = flock(number, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB);
  while (result != 0 && errno == EINTR);
  if (result == 0)
    return RF_LOCK_GOT;
  return errno == EWOULDBLOCK ? RF_LOCK_HELD : RF_LOCK_NOWHERE;
}

static rf_lock_answer try_once(rf_fd fd, uint64_t place, bool exclusive) {
#if defined(F_OFD_SETLK)
  struct flock range;
  int result;
  memset(&range, 0, sizeof range);
  range.l_type = exclusive ? F_WRLCK : F_RDLCK;
  range.l_whence = SEEK_SET;
  range.l_start = (off_t)place;
  range.l_len = 1;
  do
    result = fcntl(fd.number, F_OFD_SETLK, &range);
  while (result != 0 && errno == EINTR);
  if (result == 0)
    return RF_LOCK_GOT;
  if (errno == EAGAIN || errno == EACCES)
    return RF_LOCK_HELD;
  if (errno != EINVAL) /* a system from before these locks; ENOLCK is a file system without any */
    return RF_LOCK_NOWHERE;
#else
  (void)place;
#endif
  return try_whole(fd.number, exclusive);
}

static void pause_for(double seconds) {
  struct timespec rest = {.tv_sec = 0, .tv_nsec = (long)(seconds * 1e9)};
  (void)nanosleep(&rest, NULL);
}

#endif

/* ---- the lock ---- */

rf_lock_answer rf_filelock_take(rf_fd fd, const char *path, uint64_t place, bool exclusive, double seconds,
                                rf_filelock *lock) {
  lock->held = false;
  lock->place = place;
  lock->forks = rf_fork_count();
  if (!open_again(fd, path, exclusive, &lock->fd))
    return RF_LOCK_NOWHERE;
  double end = rf_time_seconds() + seconds, rest = FIRST_PAUSE;
  rf_lock_answer answer = try_once(lock->fd, place, exclusive);
  while (answer == RF_LOCK_HELD && rf_time_seconds() < end) {
    pause_for(rest);
    rest = 2 * rest < LONGEST_PAUSE ? 2 * rest : LONGEST_PAUSE;
    answer = try_once(lock->fd, place, exclusive);
  }
  lock->held = answer == RF_LOCK_GOT;
  if (!lock->held)
    (void)rf_fd_close(lock->fd, NULL);
  return answer;
}

static void unlock(const rf_filelock *lock) {
#if defined(_WIN32)
  (void)UnlockFile(lock->fd.handle, (DWORD)lock->place, (DWORD)(lock->place >> 32), 1, 0);
#elif defined(F_OFD_SETLK)
  struct flock range;
  memset(&range, 0, sizeof range);
  range.l_type = F_UNLCK;
  range.l_whence = SEEK_SET;
  range.l_start = (off_t)lock->place;
  range.l_len = 1;
  if (fcntl(lock->fd.number, F_OFD_SETLK, &range) != 0)
    (void)flock(lock->fd.number, LOCK_UN);
#else
  (void)flock(lock->fd.number, LOCK_UN);
#endif
}

void rf_filelock_release(rf_filelock *lock) {
  if (!lock || !lock->held)
    return;
  /* Closing the only descriptor of the description gives the lock up, unless a forked child has one too. A child shares
   * the description, so that it must not unlock. */
  if (lock->forks == rf_fork_count())
    unlock(lock);
  (void)rf_fd_close(lock->fd, NULL);
  lock->held = false;
}
