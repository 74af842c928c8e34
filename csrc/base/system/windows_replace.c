/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Replacing a file as a whole on Windows. What a killed writer leaves stays: it is not locked here.
 */
#if defined(_WIN32)

#define _CRT_RAND_S /* rand_s, the system's random numbers, in stdlib.h */

#include "base/system/replace.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "base/memory.h"
#include "base/system/windows_path.h"

#define TEMP_TRIES 100

/* FileRenameInfoEx and two of its flags, which the headers have only for programs that need Windows 10. */
#define RENAME_INFO_EX 22
#define FILE_RENAME_REPLACE 1u
#define FILE_RENAME_POSIX 2u

static rf_status no_memory(rf_error *err) {
  return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a file name");
}

rf_status rf_path_absolute(const char *path, char **absolute, rf_error *err) {
  wchar_t *wide;
  RF_TRY(rf_windows_widen(path, &wide, err));
  DWORD n = GetFullPathNameW(wide, 0, NULL, NULL);
  wchar_t *full = n ? rf_alloc_zero(n, sizeof *full) : NULL;
  DWORD made = full ? GetFullPathNameW(wide, n, full, NULL) : 0;
  *absolute = made > 0 && made < n ? rf_windows_narrow(full) : NULL;
  rf_free(full);
  rf_free(wide);
  return *absolute ? RF_OK : no_memory(err);
}

/* Where `path` really is, symbolic links followed; itself when there is no such file yet. */
static rf_status follow_links(const char *path, wchar_t **real, rf_error *err) {
  wchar_t *wide;
  RF_TRY(rf_windows_widen(path, &wide, err));
  HANDLE handle = CreateFileW(wide, FILE_READ_ATTRIBUTES, SHARE_ALL, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
  if (handle == INVALID_HANDLE_VALUE) {
    *real = wide;
    return RF_OK;
  }
  DWORD n = GetFinalPathNameByHandleW(handle, NULL, 0, FILE_NAME_NORMALIZED);
  wchar_t *name = n ? rf_alloc_zero((size_t)n + 1, sizeof *name) : NULL;
  DWORD made = name ? GetFinalPathNameByHandleW(handle, name, n + 1, FILE_NAME_NORMALIZED) : 0;
  CloseHandle(handle);
  if (made == 0 || made > n) { /* a file system that cannot tell: the name as it is */
    rf_free(name);
    *real = wide;
    return RF_OK;
  }
  rf_free(wide);
  *real = name;
  return RF_OK;
}

/* "dir\.name.0123456789abcdef.tmp" for "dir\name", as wide text freed with rf_free; NULL: no memory. */
static wchar_t *temp_name(const wchar_t *real) {
  size_t n = wcslen(real), lead = n;
  while (lead > 0 && real[lead - 1] != L'\\' && real[lead - 1] != L'/' && real[lead - 1] != L':')
    lead--;
  size_t base = n - lead < 200 ? n - lead : 200;
  wchar_t *name = rf_alloc_zero(lead + base + 32, sizeof *name);
  if (!name)
    return NULL;
  unsigned bits[2] = {0, 0};
  (void)rand_s(&bits[0]);
  (void)rand_s(&bits[1]);
  memcpy(name, real, lead * sizeof *name);
  name[lead] = L'.';
  memcpy(name + lead + 1, real + lead, base * sizeof *name);
  char tail[32];
  int made = snprintf(tail, sizeof tail, ".%08x%08x.tmp", bits[0], bits[1]);
  for (int i = 0; i < made; i++)
    name[lead + 1 + base + (size_t)i] = (wchar_t)tail[i];
  return name;
}

struct rf_replacement {
  rf_fd fd;
  char *path;
  char *real;
};

rf_fd rf_replace_fd(const rf_replacement *replacement) {
  return replacement->fd;
}

static void free_replacement(rf_replacement *r) {
  rf_free(r->path);
  rf_free(r->real);
  rf_free(r);
}

rf_status rf_path_resolve(const char *path, char **real, rf_error *err) {
  wchar_t *wide;
  RF_TRY(follow_links(path, &wide, err));
  char *name = rf_windows_narrow(wide);
  rf_free(wide);
  if (!name)
    return no_memory(err);
  rf_status status = rf_path_absolute(name, real, err);
  rf_free(name);
  return status;
}

void rf_path_sync_folder(const char *path) {
  (void)path; /* rf_replace_commit does it */
}

rf_status rf_fd_reserve(rf_fd fd, uint64_t offset, uint64_t length, rf_error *err) {
  FILE_ALLOCATION_INFO wanted;
  LARGE_INTEGER size;
  uint64_t end = offset + length;
  /* An allocation below the size would cut the file. */
  if (end > INT64_MAX || !GetFileSizeEx(fd.handle, &size) || end <= (uint64_t)size.QuadPart)
    return RF_OK;
  wanted.AllocationSize.QuadPart = (LONGLONG)end;
  if (!SetFileInformationByHandle(fd.handle, FileAllocationInfo, &wanted, sizeof wanted) &&
      rf_windows_errno_of(GetLastError()) == ENOSPC)
    return rf_fail_errno(err, ENOSPC, "reserving %llu bytes at offset %llu failed", (unsigned long long)length,
                         (unsigned long long)offset);
  return RF_OK;
}

char *rf_fd_path(rf_fd fd) {
  (void)fd;
  return NULL;
}

bool rf_fd_clone(rf_fd from, rf_fd to) {
  (void)from, (void)to;
  return false;
}

bool rf_path_exists(const char *path) {
  wchar_t *wide;
  if (rf_windows_widen(path, &wide, NULL) != RF_OK)
    return false;
  DWORD found = GetFileAttributesW(wide);
  rf_free(wide);
  return found != INVALID_FILE_ATTRIBUTES;
}

/* A FILETIME counts 100 ns since 1601. */
static int64_t nanoseconds(FILETIME time) {
  uint64_t count = (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
  return (int64_t)((count - UINT64_C(116444736000000000)) * 100);
}

rf_status rf_fd_stamp(rf_fd fd, rf_file_stamp *stamp, rf_error *err) {
  BY_HANDLE_FILE_INFORMATION facts;
  if (!GetFileInformationByHandle(fd.handle, &facts)) {
    DWORD code = GetLastError();
    return rf_fail_errno(err, rf_windows_errno_of(code), "asking for size and time failed (Windows error %lu)", code);
  }
  *stamp = (rf_file_stamp){.device = facts.dwVolumeSerialNumber,
                           .number = (uint64_t)facts.nFileIndexHigh << 32 | facts.nFileIndexLow,
                           .size = (uint64_t)facts.nFileSizeHigh << 32 | facts.nFileSizeLow,
                           .modified = nanoseconds(facts.ftLastWriteTime),
                           .links = facts.nNumberOfLinks,
                           .plain = (facts.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0};
  return RF_OK;
}

bool rf_file_stamp_equal(const rf_file_stamp *a, const rf_file_stamp *b) {
  return a->device == b->device && a->number == b->number && a->size == b->size && a->modified == b->modified;
}

rf_status rf_path_differs(const char *path, const rf_file_stamp *stamp, bool *differs, rf_error *err) {
  rf_fd fd;
  rf_file_stamp other;
  RF_TRY(rf_fd_open(path, RF_MODE_READ, &fd, err));
  rf_status status = rf_fd_stamp(fd, &other, err);
  (void)rf_fd_close(fd, NULL);
  if (status == RF_OK)
    *differs = other.device != stamp->device || other.number != stamp->number;
  return status;
}

static rf_status create_temporary(const wchar_t *real, HANDLE *handle, wchar_t **name, rf_error *err) {
  *handle = INVALID_HANDLE_VALUE;
  for (int tries = 0;; tries++) {
    *name = temp_name(real);
    if (!*name)
      return no_memory(err);
    *handle = CreateFileW(*name, GENERIC_READ | GENERIC_WRITE | DELETE, SHARE_ALL, NULL, CREATE_NEW,
                          FILE_ATTRIBUTE_NORMAL, NULL);
    DWORD code = GetLastError();
    if (*handle != INVALID_HANDLE_VALUE)
      return RF_OK;
    rf_free(*name);
    if (code != ERROR_FILE_EXISTS || tries >= TEMP_TRIES)
      return rf_fail_errno(err, rf_windows_errno_of(code),
                           "cannot create a temporary file beside it (Windows error %lu)", code);
  }
}

rf_status rf_replace_open(const char *real, rf_replacement **replacement, bool *in_place, rf_error *err) {
  wchar_t *wide, *name = NULL;
  HANDLE handle;
  (void)in_place;
  RF_TRY(rf_windows_widen(real, &wide, err));
  rf_status status = rf_windows_is_directory(wide) ? rf_fail(err, RF_ERR_DIRECTORY, "is a directory, not a file")
                                                   : create_temporary(wide, &handle, &name, err);
  rf_free(wide);
  RF_TRY(status);
  rf_replacement *r = rf_alloc_zero(1, sizeof *r);
  char *path = rf_windows_narrow(name), *own = rf_strdup(real);
  if (!r || !path || !own) {
    CloseHandle(handle);
    (void)DeleteFileW(name);
    status = no_memory(err);
    rf_free(path);
    rf_free(own);
    rf_free(r);
  } else {
    *r = (rf_replacement){.fd = {.handle = handle}, .path = path, .real = own};
    *replacement = r;
  }
  rf_free(name);
  return status;
}

/* Is the file under this name still the one that was opened? */
static bool is_as_expected(const wchar_t *real, const rf_file_stamp *expected) {
  rf_file_stamp stamp;
  HANDLE handle = CreateFileW(real, FILE_READ_ATTRIBUTES, SHARE_ALL, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
  if (handle == INVALID_HANDLE_VALUE)
    return false;
  bool equal = rf_fd_stamp((rf_fd){.handle = handle}, &stamp, NULL) == RF_OK && rf_file_stamp_equal(&stamp, expected);
  CloseHandle(handle);
  return equal;
}

/* Renames the open file and returns a Windows error, 0 on success. */
static DWORD rename_open(HANDLE handle, const wchar_t *to, int information_class, DWORD flags) {
  size_t bytes = wcslen(to) * sizeof *to;
  FILE_RENAME_INFO *info = rf_alloc_zero(1, sizeof *info + bytes);
  if (!info)
    return ERROR_NOT_ENOUGH_MEMORY;
  memcpy(info, &flags, sizeof flags); /* older headers have only the member ReplaceIfExists in its place */
  info->FileNameLength = (DWORD)bytes;
  memcpy(info->FileName, to, bytes);
  bool renamed = SetFileInformationByHandle(handle, (FILE_INFO_BY_HANDLE_CLASS)information_class, info,
                                            (DWORD)(sizeof *info + bytes));
  DWORD code = renamed ? ERROR_SUCCESS : GetLastError();
  rf_free(info);
  return code;
}

/* Moves the old file out of the way, since it cannot be renamed over while it is open, and deletes it after the new
 * file has its name. Between the two renames there is no file. A file that is also mapped cannot be deleted and stays
 * under its temporary name. Returns a Windows error, 0 on success. */
static DWORD swap(HANDLE handle, const wchar_t *to) {
  DWORD attributes = GetFileAttributesW(to);
  if (attributes == INVALID_FILE_ATTRIBUTES || (attributes & (FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_DIRECTORY)))
    return ERROR_ACCESS_DENIED;
  wchar_t *aside = temp_name(to);
  if (!aside)
    return ERROR_NOT_ENOUGH_MEMORY;
  DWORD code = MoveFileExW(to, aside, 0) ? ERROR_SUCCESS : GetLastError();
  if (code == ERROR_SUCCESS) {
    code = rename_open(handle, to, FileRenameInfo, 0);
    if (code == ERROR_SUCCESS)
      (void)DeleteFileW(aside);
    else
      (void)MoveFileExW(aside, to, 0);
  }
  rf_free(aside);
  return code;
}

/* Handles of the old file keep the old file. Windows renames over an open file from version 10 on, with NTFS.
 * ReplaceFile, which would keep the access list, opens the new file without sharing, so it fails while that is open. */
static rf_status put_in_place(HANDLE handle, const wchar_t *to, bool only_new, rf_error *err) {
  DWORD code = rename_open(handle, to, only_new ? FileRenameInfo : RENAME_INFO_EX,
                           only_new ? 0 : FILE_RENAME_REPLACE | FILE_RENAME_POSIX);
  if (code != ERROR_SUCCESS && !only_new)
    code = rename_open(handle, to, FileRenameInfo, FILE_RENAME_REPLACE);
  if (!only_new && (code == ERROR_ACCESS_DENIED || code == ERROR_SHARING_VIOLATION))
    code = swap(handle, to);
  if (code == ERROR_SUCCESS)
    return RF_OK;
  return rf_fail_errno(err, rf_windows_errno_of(code), "cannot put the new file in its place (Windows error %lu)",
                       code);
}

rf_status rf_replace_commit(rf_replacement *r, const rf_replace_how *how, rf_fd *fd, rf_error *err) {
  wchar_t *to = NULL;
  rf_status status = how->durable ? rf_fd_sync(r->fd, err) : RF_OK;
  if (status == RF_OK)
    status = rf_windows_widen(r->real, &to, err);
  if (status == RF_OK && how->expected && !is_as_expected(to, how->expected)) {
    status = rf_fail(err, RF_ERR_CHANGED,
                     "another program has replaced, changed or removed the file since it was opened; it is left as it "
                     "is, and what was to be written is in %s",
                     r->path);
    CloseHandle(r->fd.handle);
    free_replacement(r);
  } else {
    if (status == RF_OK)
      status = put_in_place(r->fd.handle, to, how->only_new, err);
    if (status == RF_OK) {
      if (how->durable)
        (void)rf_fd_sync(r->fd, NULL); /* the new name; the content is on the disk */
      *fd = r->fd;
      free_replacement(r);
    } else {
      rf_replace_abort(r);
    }
  }
  rf_free(to);
  return status;
}

void rf_replace_abort(rf_replacement *r) {
  wchar_t *wide;
  if (!r)
    return;
  CloseHandle(r->fd.handle);
  if (rf_windows_widen(r->path, &wide, NULL) == RF_OK) {
    (void)DeleteFileW(wide);
    rf_free(wide);
  }
  free_replacement(r);
}

#endif

/* A translation unit must not be empty. */
typedef int rf_windows_replace_unit;
