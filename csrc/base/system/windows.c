/* SPDX-License-Identifier: BSD-3-Clause */
#if defined(_WIN32)

#include "base/system/guard.h"
#include "base/system/platform.h"

#include <errno.h>
#include <process.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "base/memory.h"
#include "base/system/windows_path.h"

#define TRANSFER_MAX ((size_t)1 << 29)

/* From this length on a path needs the prefix that lifts the limit of 260 characters. */
#define LONG_PATH 240

/* ---- names and errors ---- */

int rf_windows_errno_of(DWORD code) {
  switch (code) {
  case ERROR_FILE_NOT_FOUND:
  case ERROR_PATH_NOT_FOUND:
  case ERROR_INVALID_DRIVE:
  case ERROR_BAD_NETPATH:
  case ERROR_BAD_NET_NAME:
    return ENOENT;
  case ERROR_ACCESS_DENIED:
  case ERROR_SHARING_VIOLATION:
  case ERROR_LOCK_VIOLATION:
  case ERROR_WRITE_PROTECT:
    return EACCES;
  case ERROR_FILE_EXISTS:
  case ERROR_ALREADY_EXISTS:
    return EEXIST;
  case ERROR_DISK_FULL:
  case ERROR_HANDLE_DISK_FULL:
    return ENOSPC;
  case ERROR_NOT_ENOUGH_MEMORY:
  case ERROR_OUTOFMEMORY:
    return ENOMEM;
  case ERROR_INVALID_NAME:
  case ERROR_INVALID_PARAMETER:
    return EINVAL;
  default:
    return EIO;
  }
}

static rf_status no_memory(rf_error *err) {
  return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a file name");
}

/* UTF-16 of a UTF-8 path, freed with rf_free; long paths made absolute and prefixed. */
rf_status rf_windows_widen(const char *path, wchar_t **wide, rf_error *err) {
  int n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, NULL, 0);
  if (n <= 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "%s: is no UTF-8 text", path);
  wchar_t *text = rf_alloc_zero((size_t)n, sizeof *text);
  if (!text)
    return no_memory(err);
  if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, text, n) != n) {
    rf_free(text);
    return rf_fail(err, RF_ERR_ARGUMENT, "%s: is no UTF-8 text", path);
  }
  if (n < LONG_PATH || wcsncmp(text, L"\\\\", 2) == 0) {
    *wide = text;
    return RF_OK;
  }
  DWORD full = GetFullPathNameW(text, 0, NULL, NULL);
  wchar_t *prefixed = full ? rf_alloc_zero((size_t)full + 5, sizeof *prefixed) : NULL;
  if (prefixed) {
    memcpy(prefixed, L"\\\\?\\", 4 * sizeof *prefixed);
    DWORD made = GetFullPathNameW(text, full, prefixed + 4, NULL);
    if (made == 0 || made >= full) {
      rf_free(prefixed);
      prefixed = NULL;
    }
  }
  rf_free(text);
  *wide = prefixed;
  return prefixed ? RF_OK : no_memory(err);
}

/* UTF-8 of a UTF-16 path, freed with rf_free; NULL: no memory. */
char *rf_windows_narrow(const wchar_t *wide) {
  int n = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
  char *text = n > 0 ? rf_alloc((size_t)n) : NULL;
  if (text && WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, n, NULL, NULL) != n) {
    rf_free(text);
    return NULL;
  }
  return text;
}

bool rf_windows_is_directory(const wchar_t *wide) {
  DWORD attributes = GetFileAttributesW(wide);
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY);
}

/* ---- files ---- */

static const char *purpose(rf_mode mode) {
  return mode == RF_MODE_READ ? "open for reading" : mode == RF_MODE_READ_WRITE ? "open for writing" : "create";
}

static rf_status open_with(const char *path, rf_mode mode, DWORD disposition, rf_fd *fd, rf_error *err) {
  wchar_t *wide;
  RF_TRY(rf_windows_widen(path, &wide, err));
  DWORD access = mode == RF_MODE_READ ? GENERIC_READ : GENERIC_READ | GENERIC_WRITE;
  HANDLE handle = CreateFileW(wide, access, SHARE_ALL, NULL, disposition, FILE_ATTRIBUTE_NORMAL, NULL);
  rf_status status = RF_OK;
  if (handle == INVALID_HANDLE_VALUE) {
    DWORD code = GetLastError();
    if (rf_windows_is_directory(wide))
      status = rf_fail(err, RF_ERR_DIRECTORY, "%s: is a directory, not a file", path);
    else
      status =
          rf_fail_errno(err, rf_windows_errno_of(code), "%s: cannot %s (Windows error %lu)", path, purpose(mode), code);
  } else if (GetFileType(handle) != FILE_TYPE_DISK) {
    CloseHandle(handle);
    status = rf_fail(err, RF_ERR_UNSUPPORTED, "%s: is a pipe or device, not a file", path);
  } else {
    fd->handle = handle;
  }
  rf_free(wide);
  return status;
}

rf_status rf_fd_open(const char *path, rf_mode mode, rf_fd *fd, rf_error *err) {
  return open_with(path, mode, mode == RF_MODE_CREATE ? CREATE_ALWAYS : OPEN_EXISTING, fd, err);
}

rf_status rf_fd_open_or_create(const char *path, bool only_new, rf_fd *fd, rf_error *err) {
  return open_with(path, RF_MODE_CREATE, only_new ? CREATE_NEW : OPEN_ALWAYS, fd, err);
}

static OVERLAPPED at_offset(uint64_t offset) {
  OVERLAPPED where;
  memset(&where, 0, sizeof where);
  where.Offset = (DWORD)offset;
  where.OffsetHigh = (DWORD)(offset >> 32);
  return where;
}

rf_status rf_fd_read(rf_fd fd, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  uint8_t *to = buffer;
  size_t done = 0;
  while (done < n && offset + done <= INT64_MAX) {
    DWORD piece = (DWORD)(n - done < TRANSFER_MAX ? n - done : TRANSFER_MAX), made = 0;
    OVERLAPPED where = at_offset(offset + done);
    if (!ReadFile(fd.handle, to + done, piece, &made, &where)) {
      DWORD code = GetLastError();
      if (code == ERROR_HANDLE_EOF)
        break;
      rf_error_at(err, (int64_t)(offset + done));
      return rf_fail_errno(err, rf_windows_errno_of(code),
                           "reading %zu bytes at offset %llu failed (Windows error %lu)", n, (unsigned long long)offset,
                           code);
    }
    if (made == 0)
      break;
    done += made;
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
    DWORD piece = (DWORD)(n - done < TRANSFER_MAX ? n - done : TRANSFER_MAX), made = 0;
    OVERLAPPED where = at_offset(offset + done);
    if (!WriteFile(fd.handle, from + done, piece, &made, &where) || made == 0) {
      DWORD code = made == 0 && GetLastError() == ERROR_SUCCESS ? ERROR_DISK_FULL : GetLastError();
      rf_error_at(err, (int64_t)(offset + done));
      return rf_fail_errno(err, rf_windows_errno_of(code),
                           "writing %zu bytes at offset %llu failed (Windows error %lu)", n, (unsigned long long)offset,
                           code);
    }
    done += made;
  }
  return RF_OK;
}

rf_status rf_fd_size(rf_fd fd, uint64_t *size, rf_error *err) {
  LARGE_INTEGER length;
  if (!GetFileSizeEx(fd.handle, &length)) {
    DWORD code = GetLastError();
    return rf_fail_errno(err, rf_windows_errno_of(code), "asking for the size failed (Windows error %lu)", code);
  }
  *size = (uint64_t)length.QuadPart;
  return RF_OK;
}

rf_status rf_fd_truncate(rf_fd fd, uint64_t size, rf_error *err) {
  if (size > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "setting the size to %llu bytes: a file cannot be that long",
                   (unsigned long long)size);
  FILE_END_OF_FILE_INFO end;
  end.EndOfFile.QuadPart = (LONGLONG)size;
  if (!SetFileInformationByHandle(fd.handle, FileEndOfFileInfo, &end, sizeof end)) {
    DWORD code = GetLastError();
    return rf_fail_errno(err, rf_windows_errno_of(code), "setting the size to %llu bytes failed (Windows error %lu)",
                         (unsigned long long)size, code);
  }
  return RF_OK;
}

rf_status rf_fd_sync(rf_fd fd, rf_error *err) {
  if (!FlushFileBuffers(fd.handle)) {
    DWORD code = GetLastError();
    return rf_fail_errno(err, rf_windows_errno_of(code), "writing to the disk failed (Windows error %lu)", code);
  }
  return RF_OK;
}

rf_status rf_fd_close(rf_fd fd, rf_error *err) {
  if (!CloseHandle(fd.handle)) {
    DWORD code = GetLastError();
    return rf_fail_errno(err, rf_windows_errno_of(code), "closing failed (Windows error %lu)", code);
  }
  return RF_OK;
}

/* ---- mappings ---- */

rf_status rf_map_open(rf_fd fd, size_t length, const uint8_t **base, rf_error *err) {
  /* Size 0: that of the file. The view keeps the mapping object alive. */
  HANDLE mapping = length ? CreateFileMappingW(fd.handle, NULL, PAGE_READONLY, 0, 0, NULL) : NULL;
  const void *view = mapping ? MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, length) : NULL;
  DWORD code = GetLastError();
  if (mapping)
    CloseHandle(mapping);
  if (!view)
    return rf_fail_errno(err, length ? rf_windows_errno_of(code) : EINVAL, "mapping %zu bytes into memory failed",
                         length);
  *base = view;
  return RF_OK;
}

/* Reading a file beside a mapping that is written to is not promised to be coherent. */
rf_status rf_map_open_part(rf_fd fd, uint64_t offset, size_t length, uint8_t **base, rf_error *err) {
  (void)fd, (void)offset, (void)base;
  return rf_fail(err, RF_ERR_UNSUPPORTED, "%zu bytes cannot be mapped here", length);
}

void rf_map_close(const uint8_t *base, size_t length) {
  (void)length;
  if (base)
    (void)UnmapViewOfFile(base);
}

/* The system refuses to cut a file that is mapped (ERROR_USER_MAPPED_FILE), so there is nothing to guard against but
 * failures of a server or a disk, which end the process here as they do in any program that maps files. */
bool rf_guard_run(const uint8_t *map, size_t length, void (*copy)(void *context), void *context) {
  (void)map, (void)length;
  copy(context);
  return true;
}

/* ---- locks ---- */

unsigned rf_fork_count(void) {
  return 0; /* the system has no fork */
}

bool rf_mutex_was_abandoned(rf_mutex *mutex) {
  (void)mutex;
  return false;
}

_Static_assert(sizeof(rf_mutex) == sizeof(SRWLOCK) && sizeof(rf_rwlock) == sizeof(SRWLOCK),
               "SRWLOCK of base/system/platform.h");
_Static_assert(sizeof(rf_cond) == sizeof(CONDITION_VARIABLE), "CONDITION_VARIABLE of base/system/platform.h");

bool rf_mutex_init(rf_mutex *mutex) {
  InitializeSRWLock((SRWLOCK *)mutex);
  return true;
}

void rf_mutex_destroy(rf_mutex *mutex) {
  (void)mutex;
}

void rf_mutex_lock(rf_mutex *mutex) {
  AcquireSRWLockExclusive((SRWLOCK *)mutex);
}

void rf_mutex_unlock(rf_mutex *mutex) {
  ReleaseSRWLockExclusive((SRWLOCK *)mutex);
}

bool rf_rwlock_init(rf_rwlock *lock) {
  InitializeSRWLock((SRWLOCK *)lock);
  return true;
}

void rf_rwlock_destroy(rf_rwlock *lock) {
  (void)lock;
}

void rf_rwlock_read(rf_rwlock *lock) {
  AcquireSRWLockShared((SRWLOCK *)lock);
}

void rf_rwlock_read_unlock(rf_rwlock *lock) {
  ReleaseSRWLockShared((SRWLOCK *)lock);
}

void rf_rwlock_write(rf_rwlock *lock) {
  AcquireSRWLockExclusive((SRWLOCK *)lock);
}

void rf_rwlock_write_unlock(rf_rwlock *lock) {
  ReleaseSRWLockExclusive((SRWLOCK *)lock);
}

bool rf_cond_init(rf_cond *cond) {
  InitializeConditionVariable((CONDITION_VARIABLE *)cond);
  return true;
}

void rf_cond_destroy(rf_cond *cond) {
  (void)cond;
}

void rf_cond_wait(rf_cond *cond, rf_mutex *mutex) {
  (void)SleepConditionVariableSRW((CONDITION_VARIABLE *)cond, (SRWLOCK *)mutex, INFINITE, 0);
}

void rf_cond_wait_for(rf_cond *cond, rf_mutex *mutex, unsigned milliseconds) {
  (void)SleepConditionVariableSRW((CONDITION_VARIABLE *)cond, (SRWLOCK *)mutex, milliseconds, 0);
}

void rf_cond_broadcast(rf_cond *cond) {
  WakeAllConditionVariable((CONDITION_VARIABLE *)cond);
}

/* ---- threads ---- */

static unsigned __stdcall run_thread(void *argument) {
  rf_thread *thread = argument;
  thread->run(thread->context);
  return 0;
}

bool rf_thread_start(rf_thread *thread, void (*run)(void *context), void *context) {
  thread->run = run;
  thread->context = context;
  uintptr_t handle = _beginthreadex(NULL, 0, run_thread, thread, 0, NULL);
  thread->handle = (HANDLE)handle;
  return handle != 0;
}

void rf_thread_join(rf_thread *thread) {
  (void)WaitForSingleObject(thread->handle, INFINITE);
  (void)CloseHandle(thread->handle);
}

unsigned rf_processor_count(void) {
  DWORD_PTR process, machine;
  unsigned count = 0;
  if (GetProcessAffinityMask(GetCurrentProcess(), &process, &machine))
    for (; process; process &= process - 1)
      count++;
  if (count > 0)
    return count;
  SYSTEM_INFO info; /* more than one group of processors: the mask says nothing then */
  GetSystemInfo(&info);
  return info.dwNumberOfProcessors > 0 ? info.dwNumberOfProcessors : 1;
}

/* ---- time ---- */

double rf_time_seconds(void) {
  return (double)GetTickCount64() * 1e-3;
}

uint64_t rf_time_coarse(void) {
  return (uint64_t)GetTickCount64() * UINT64_C(1000000);
}

int64_t rf_time_of_day(void) {
  FILETIME now; /* 100 ns since 1601 */
  GetSystemTimeAsFileTime(&now);
  uint64_t count = (uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime;
  return (int64_t)((count - UINT64_C(116444736000000000)) * 100);
}

void rf_time_utc(char text[20]) {
  SYSTEMTIME now;
  GetSystemTime(&now);
  char buffer[40];
  int made = snprintf(buffer, sizeof buffer, "%04u-%02u-%02uT%02u:%02u:%02u", now.wYear, now.wMonth, now.wDay,
                      now.wHour, now.wMinute, now.wSecond);
  memcpy(text, made == 19 ? buffer : "1970-01-01T00:00:00", 20);
}

#else
typedef int rf_windows_is_not_used; /* a translation unit has at least one declaration */
#endif
