/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/system/descriptor.h"

#include <errno.h>
#include <stdio.h>

#include "base/interrupt.h"

/* A call of the system moves at most this many bytes. */
#define TRANSFER_MAX ((size_t)1 << 30)

/* A pipe of this size takes few calls. */
#define PIPE_BYTES (1 << 20)

void rf_descriptor_flush(int number) {
  if (number == 1)
    (void)fflush(stdout);
}

static rf_status closed_by_reader(rf_error *err) {
  return rf_fail_errno(err, EPIPE, "the program that reads the output has closed it");
}

#if !defined(_WIN32)

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

static rf_status check_direction(int number, bool writing, rf_error *err) {
  int flags = fcntl(number, F_GETFL);
  if (flags < 0)
    return rf_fail(err, RF_ERR_NO_FILE, "descriptor %d is not open", number);
  int access = flags & O_ACCMODE;
  if (access != O_RDWR && access != (writing ? O_WRONLY : O_RDONLY))
    return rf_fail_errno(err, EBADF, "descriptor %d is open for %s only", number, writing ? "reading" : "writing");
  return RF_OK;
}

rf_status rf_descriptor_find(int number, bool writing, rf_descriptor *descriptor, rf_error *err) {
  struct stat info;
  RF_TRY(check_direction(number, writing, err));
  if (fstat(number, &info) != 0)
    return rf_fail_errno(err, errno, "descriptor %d cannot be used", number);
  if (S_ISDIR(info.st_mode))
    return rf_fail_errno(err, EISDIR, "descriptor %d is a directory", number);
  off_t position = S_ISREG(info.st_mode) ? lseek(number, 0, SEEK_CUR) : 0;
  *descriptor = (rf_descriptor){.fd = {.number = number}, .position = position > 0 ? (uint64_t)position : 0};
  if (!S_ISREG(info.st_mode))
    descriptor->kind = isatty(number) ? RF_DESCRIPTOR_TERMINAL : RF_DESCRIPTOR_STREAM;
#if defined(F_SETPIPE_SZ)
  if (S_ISFIFO(info.st_mode) && fcntl(number, F_GETPIPE_SZ) < PIPE_BYTES)
    (void)fcntl(number, F_SETPIPE_SZ, PIPE_BYTES);
#endif
  return RF_OK;
}

/* Waits until a read or write would not block. A signal and half a second end the wait for the check of interrupts. */
static rf_status wait_until(int number, short events, rf_error *err) {
  for (;;) {
    struct pollfd one = {.fd = number, .events = events};
    int ready = poll(&one, 1, RF_INTERRUPT_MILLISECONDS);
    if (ready > 0)
      return RF_OK;
    if (ready < 0 && errno != EINTR)
      return rf_fail_errno(err, errno, "waiting for descriptor %d failed", number);
    RF_TRY(rf_interrupt_check(err));
  }
}

/* Tells whether a failed call can be repeated after a wait. */
static bool may_repeat(int failure) {
  return failure == EINTR || failure == EAGAIN;
}

rf_status rf_descriptor_read(rf_fd fd, void *buffer, size_t n, size_t *got, rf_error *err) {
  *got = 0;
  for (;;) {
    RF_TRY(wait_until(fd.number, POLLIN, err));
    ssize_t made = read(fd.number, buffer, n < TRANSFER_MAX ? n : TRANSFER_MAX);
    if (made >= 0) {
      *got = (size_t)made;
      return RF_OK;
    }
    if (!may_repeat(errno))
      return rf_fail_errno(err, errno, "reading descriptor %d failed", fd.number);
    if (errno == EINTR)
      RF_TRY(rf_interrupt_check(err));
  }
}

/* Writes once. The thread takes the SIGPIPE of a closed pipe, so that the process does not end. */
static ssize_t write_without_signal(int number, const void *bytes, size_t n) {
  sigset_t closed, before, pending;
  int taken;
  (void)sigemptyset(&closed);
  (void)sigaddset(&closed, SIGPIPE);
  bool was_pending = sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
  bool blocked = pthread_sigmask(SIG_BLOCK, &closed, &before) == 0;
  ssize_t made = write(number, bytes, n);
  int failure = errno;
  if (made < 0 && failure == EPIPE && blocked && !was_pending && sigpending(&pending) == 0 &&
      sigismember(&pending, SIGPIPE) == 1)
    (void)sigwait(&closed, &taken);
  if (blocked)
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = failure;
  return made;
}

rf_status rf_descriptor_write(rf_fd fd, const void *buffer, size_t n, rf_error *err) {
  const uint8_t *from = buffer;
  for (size_t done = 0; done < n;) {
    RF_TRY(wait_until(fd.number, POLLOUT, err));
    size_t part = n - done < TRANSFER_MAX ? n - done : TRANSFER_MAX;
    ssize_t made = write_without_signal(fd.number, from + done, part);
    if (made > 0)
      done += (size_t)made;
    else if (made < 0 && errno == EPIPE)
      return closed_by_reader(err);
    else if (made == 0 || !may_repeat(errno))
      return rf_fail_errno(err, made == 0 ? ENOSPC : errno, "writing to descriptor %d failed", fd.number);
    else if (errno == EINTR)
      RF_TRY(rf_interrupt_check(err));
  }
  return RF_OK;
}

#else /* Windows */

#include <windows.h>

#include "base/system/windows_path.h"

static HANDLE standard_handle(int number) {
  return GetStdHandle(number == 0 ? STD_INPUT_HANDLE : number == 1 ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
}

rf_status rf_descriptor_find(int number, bool writing, rf_descriptor *descriptor, rf_error *err) {
  LARGE_INTEGER none = {.QuadPart = 0}, position = {.QuadPart = 0};
  DWORD mode;
  (void)writing;
  if (number > 2) /* numbers belong to one of the C libraries of a process, and not to the system */
    return rf_fail(err, RF_ERR_UNSUPPORTED, "on Windows, only descriptors 0, 1 and 2 can be used, not %d", number);
  HANDLE handle = standard_handle(number);
  if (handle == NULL || handle == INVALID_HANDLE_VALUE)
    return rf_fail(err, RF_ERR_NO_FILE, "descriptor %d is not open", number);
  *descriptor = (rf_descriptor){.fd = {.handle = handle}, .kind = RF_DESCRIPTOR_STREAM};
  if (GetFileType(handle) == FILE_TYPE_DISK)
    descriptor->kind = RF_DESCRIPTOR_FILE;
  else if (GetConsoleMode(handle, &mode))
    descriptor->kind = RF_DESCRIPTOR_TERMINAL;
  if (descriptor->kind == RF_DESCRIPTOR_FILE && SetFilePointerEx(handle, none, &position, FILE_CURRENT))
    descriptor->position = (uint64_t)position.QuadPart;
  return RF_OK;
}

rf_status rf_descriptor_read(rf_fd fd, void *buffer, size_t n, size_t *got, rf_error *err) {
  DWORD made = 0;
  *got = 0;
  RF_TRY(rf_interrupt_check(err));
  if (!ReadFile(fd.handle, buffer, (DWORD)(n < TRANSFER_MAX ? n : TRANSFER_MAX), &made, NULL)) {
    DWORD code = GetLastError();
    if (code != ERROR_BROKEN_PIPE && code != ERROR_HANDLE_EOF)
      return rf_fail_errno(err, rf_windows_errno_of(code), "reading the stream failed (Windows error %lu)", code);
  }
  *got = made;
  return RF_OK;
}

rf_status rf_descriptor_write(rf_fd fd, const void *buffer, size_t n, rf_error *err) {
  const uint8_t *from = buffer;
  for (size_t done = 0; done < n;) {
    DWORD part = (DWORD)(n - done < TRANSFER_MAX ? n - done : TRANSFER_MAX), made = 0;
    RF_TRY(rf_interrupt_check(err));
    if (!WriteFile(fd.handle, from + done, part, &made, NULL) || made == 0) {
      DWORD code = GetLastError();
      if (code == ERROR_BROKEN_PIPE || code == ERROR_NO_DATA)
        return closed_by_reader(err);
      return rf_fail_errno(err, rf_windows_errno_of(code), "writing the stream failed (Windows error %lu)", code);
    }
    done += made;
  }
  return RF_OK;
}

#endif
