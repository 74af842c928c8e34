/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/system/temporary.h"

#if !defined(_WIN32)

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

/* Creates a file and removes its name, where the file system has no files without one. */
static int open_unlinked(const char *folder) {
  static const char pattern[] = "/rustfits-XXXXXX";
  size_t n = strlen(folder);
  char *path = rf_alloc(n + sizeof pattern);
  if (path == NULL) {
    errno = ENOMEM;
    return -1;
  }
  memcpy(path, folder, n);
  memcpy(path + n, pattern, sizeof pattern);
  int number = mkstemp(path); /* for the owner alone */
  if (number >= 0) {
    (void)unlink(path);
    (void)fcntl(number, F_SETFD, FD_CLOEXEC);
  }
  int failure = errno;
  rf_free(path);
  errno = failure;
  return number;
}

rf_status rf_fd_open_temporary(rf_fd *fd, rf_error *err) {
  const char *folder = getenv("TMPDIR");
  if (folder == NULL || folder[0] == '\0')
    folder = "/tmp";
  int number = -1;
#if defined(O_TMPFILE)
  number = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
#endif
  if (number < 0)
    number = open_unlinked(folder);
  if (number < 0)
    return rf_fail_errno(err, errno, "cannot create a temporary file in %s (TMPDIR)", folder);
  fd->number = number;
  return RF_OK;
}

#else /* Windows */

#include <windows.h>

#include "base/system/windows_path.h"

#define FOLDER_CHARS (MAX_PATH + 1)

rf_status rf_fd_open_temporary(rf_fd *fd, rf_error *err) {
  wchar_t folder[FOLDER_CHARS], path[MAX_PATH];
  DWORD n = GetTempPathW(FOLDER_CHARS, folder);
  if (n == 0 || n >= FOLDER_CHARS || GetTempFileNameW(folder, L"rft", 0, path) == 0)
    return rf_fail_errno(err, rf_windows_errno_of(GetLastError()), "cannot name a temporary file");
  HANDLE handle = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_DELETE, NULL, CREATE_ALWAYS,
                              FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
  if (handle == INVALID_HANDLE_VALUE)
    return rf_fail_errno(err, rf_windows_errno_of(GetLastError()), "cannot create a temporary file");
  fd->handle = handle;
  return RF_OK;
}

#endif
