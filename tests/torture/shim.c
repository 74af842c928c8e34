/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Loaded with LD_PRELOAD: counts the calls that change files below a folder, and at the N-th of them kills the process,
 * tears the write, or makes the call fail. One process, one plan; a forked child takes the plan over.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define PAGE 4096

/* What happens at the N-th call. */
enum {
  SHIM_COUNT = 0, /* nothing: calls are counted */
  SHIM_KILL = 1,  /* SIGKILL before the call */
  SHIM_TEAR = 2,  /* a write is done up to a page border in its middle (a page is never torn), then SIGKILL */
  SHIM_FAIL = 3,  /* this call fails */
  SHIM_STUCK = 4, /* this call and all later ones fail, as on a full disk */
  SHIM_SHORT = 5  /* a write ends at a page border in its middle, all later calls fail */
};

static char folder[512];
static int action, failure;
static long turn, calls;
static char hit_name[32];

void shim_arm(const char *below, int what, long n, int number) {
  snprintf(folder, sizeof folder, "%s", below);
  action = what;
  turn = n;
  failure = number;
  calls = 0;
  hit_name[0] = '\0';
}

void shim_disarm(void) {
  folder[0] = '\0';
}

/* Calls so far; the name of the call that was hit, or "". */
long shim_calls(void) {
  return calls;
}
const char *shim_hit(void) {
  return hit_name;
}

static int concerns_path(const char *path) {
  return folder[0] != '\0' && path != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static int concerns(int fd) {
  char link[64], target[1024];
  if (folder[0] == '\0')
    return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, target, sizeof target - 1);
  if (n < 0)
    return 0;
  target[n] = '\0';
  return concerns_path(target);
}

/* Counts a call; nonzero when it is its turn. */
static int is_turn(const char *name) {
  calls++;
  if (action == SHIM_COUNT || calls < turn)
    return 0;
  if (calls > turn && action != SHIM_STUCK && action != SHIM_SHORT)
    return 0;
  if (hit_name[0] == '\0')
    snprintf(hit_name, sizeof hit_name, "%s", name);
  if (action == SHIM_KILL)
    kill(getpid(), SIGKILL);
  return 1;
}

/* Calls without bytes: they fail, or the process dies before them. */
static int stopped(const char *name) {
  if (!is_turn(name))
    return 0;
  if (action == SHIM_TEAR)
    kill(getpid(), SIGKILL);
  errno = failure;
  return 1;
}

#define REAL(name)                                                                                                     \
  static __typeof__(name) *real;                                                                                       \
  if (real == NULL)                                                                                                    \
  real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

/* Bytes of a write up to a page border in its middle: the kernel copies page by page, so a page is never torn. */
static size_t up_to_border(off_t offset, size_t n) {
  off_t middle = (offset + (off_t)(n / 2)) / PAGE * PAGE;
  return middle > offset ? (size_t)(middle - offset) : 0;
}

static ssize_t write_at(__typeof__(pwrite) *real, int fd, const void *bytes, size_t n, off_t offset) {
  if (!concerns(fd) || !is_turn("pwrite"))
    return real(fd, bytes, n, offset);
  size_t part = up_to_border(offset, n);
  if (action == SHIM_TEAR) {
    if (part > 0)
      (void)!real(fd, bytes, part, offset);
    kill(getpid(), SIGKILL);
  }
  if (action == SHIM_SHORT && calls == turn && part > 0)
    return real(fd, bytes, part, offset);
  errno = failure;
  return -1;
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t offset) {
  REAL(pwrite);
  return write_at(real, fd, bytes, n, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t offset) {
  REAL(pwrite64);
  return write_at(real, fd, bytes, n, offset);
}

ssize_t write(int fd, const void *bytes, size_t n) {
  REAL(write);
  return concerns(fd) && stopped("write") ? -1 : real(fd, bytes, n);
}

int ftruncate(int fd, off_t size) {
  REAL(ftruncate);
  return concerns(fd) && stopped("ftruncate") ? -1 : real(fd, size);
}

int ftruncate64(int fd, off64_t size) {
  REAL(ftruncate64);
  return concerns(fd) && stopped("ftruncate") ? -1 : real(fd, size);
}

int fallocate(int fd, int mode, off_t offset, off_t n) {
  REAL(fallocate);
  return concerns(fd) && stopped("fallocate") ? -1 : real(fd, mode, offset, n);
}

int fallocate64(int fd, int mode, off64_t offset, off64_t n) {
  REAL(fallocate64);
  return concerns(fd) && stopped("fallocate") ? -1 : real(fd, mode, offset, n);
}

int fsync(int fd) {
  REAL(fsync);
  return concerns(fd) && stopped("fsync") ? -1 : real(fd);
}

int fdatasync(int fd) {
  REAL(fdatasync);
  return concerns(fd) && stopped("fdatasync") ? -1 : real(fd);
}

int fchmod(int fd, mode_t mode) {
  REAL(fchmod);
  return concerns(fd) && stopped("fchmod") ? -1 : real(fd, mode);
}

int rename(const char *from, const char *to) {
  REAL(rename);
  return (concerns_path(from) || concerns_path(to)) && stopped("rename") ? -1 : real(from, to);
}

int link(const char *from, const char *to) {
  REAL(link);
  return (concerns_path(from) || concerns_path(to)) && stopped("link") ? -1 : real(from, to);
}

int unlink(const char *path) {
  REAL(unlink);
  if (failure == ENOSPC && action != SHIM_KILL && action != SHIM_TEAR) /* a full disk lets files go */
    return real(path);
  return concerns_path(path) && stopped("unlink") ? -1 : real(path);
}

int close(int fd) {
  REAL(close);
  if (!concerns(fd) || (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY || !is_turn("close"))
    return real(fd);
  if (action == SHIM_TEAR)
    kill(getpid(), SIGKILL);
  (void)real(fd); /* Linux also closes the descriptor if close fails */
  errno = failure;
  return -1;
}

static mode_t mode_of(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
  REAL(open);
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return (flags & (O_CREAT | O_TRUNC)) != 0 && concerns_path(path) && stopped("open") ? -1 : real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  REAL(open64);
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return (flags & (O_CREAT | O_TRUNC)) != 0 && concerns_path(path) && stopped("open") ? -1 : real(path, flags, mode);
}
