/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Temporary files on POSIX systems: their names, the lock that tells a writer at work from one that was killed, and the
 * removal of what killed ones have left.
 */
#if !defined(_WIN32)

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/system/filelock.h"
#include "base/memory.h"
#include "base/system/posix_path.h"

/* Names tried for a temporary file. 64 random bits do not meet twice but by a broken random source. */
#define TRIES_MAX 100

/* Hexadecimal digits in the name of a temporary file: not 16, which earlier versions used without a lock. */
#define DIGITS 20
#define SUFFIX ".tmp"

/* Maximal number of bytes of the file name in the name of a temporary file, which stays below 255 bytes. */
#define BASE_MAX 200

/* A folder whose entries take more than this is not read by every writer. */
#define FOLDER_BYTES ((uint64_t)64 << 10)

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

static size_t base_length(const char *base) {
  size_t n = strlen(base);
  return n < BASE_MAX ? n : BASE_MAX;
}

/* "dir/.name.0123456789abcdef0123.tmp" for "dir/name". */
static char *temporary_name(const char *real) {
  size_t lead = rf_path_folder_length(real);
  const char *base = real + lead;
  size_t n = base_length(base), room = lead + n + DIGITS + 16;
  char *name = rf_alloc(room);
  if (!name)
    return NULL;
  memcpy(name, real, lead);
  uint64_t bits = random_bits();
  int made = snprintf(name + lead, room - lead, ".%.*s.%04x%016llx" SUFFIX, (int)n, base,
                      (unsigned)(random_bits() & 0xFFFF), (unsigned long long)bits);
  if (made < 0 || (size_t)made >= room - lead) {
    rf_free(name);
    return NULL;
  }
  return name;
}

/* The digits in the name of an entry of the folder when it is a temporary file for `base`, else NULL. */
static const char *digits_of(const char *entry, const char *base, size_t n) {
  if (entry[0] != '.' || strncmp(entry + 1, base, n) != 0 || entry[1 + n] != '.')
    return NULL;
  const char *digits = entry + n + 2;
  if (strspn(digits, "0123456789abcdef") != DIGITS || strcmp(digits + DIGITS, SUFFIX) != 0)
    return NULL;
  return digits;
}

char *rf_temporary_kept_name(const char *real, const char *temporary) {
  size_t lead = rf_path_folder_length(real);
  const char *base = real + lead;
  size_t n = base_length(base), room = lead + n + DIGITS + 16;
  const char *digits = digits_of(temporary + rf_path_folder_length(temporary), base, n);
  char *name = digits ? rf_alloc(room) : NULL;
  if (!name)
    return NULL;
  memcpy(name, real, lead);
  int made = snprintf(name + lead, room - lead, "%.*s.%.*s.kept", (int)n, base, DIGITS, digits);
  if (made < 0 || (size_t)made >= room - lead) {
    rf_free(name);
    return NULL;
  }
  return name;
}

/* Does `path` still lead to this file? A writer that sweeps may have removed it before it was locked. */
static bool is_there(int number, const char *path) {
  struct stat own, there;
  return fstat(number, &own) == 0 && lstat(path, &there) == 0 && own.st_dev == there.st_dev &&
         own.st_ino == there.st_ino;
}

rf_status rf_temporary_create(const char *real, bool private, int *number, char **path, rf_filelock *lock,
                              rf_error *err) {
  for (int tries = 0;; tries++) {
    char *name = temporary_name(real);
    if (!name)
      return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a file name");
    int made = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, private ? 0600 : 0666);
    int failure = errno;
    if (made >= 0) {
      rf_lock_answer answer = rf_filelock_take((rf_fd){.number = made}, name, RF_LOCK_TEMPORARY, true, 0, lock);
      if (answer != RF_LOCK_HELD && is_there(made, name)) {
        *number = made;
        *path = name;
        return RF_OK;
      }
      rf_filelock_release(lock);
      close(made);
      failure = EEXIST;
    }
    rf_free(name);
    if ((failure != EEXIST && failure != EINTR) || tries >= TRIES_MAX)
      return rf_fail_errno(err, failure, "cannot create a temporary file beside it");
  }
}

/* Removes a temporary file unless its writer is at work. */
static void remove_if_dead(const char *path) {
  struct stat facts;
  int number = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (number < 0)
    return;
  rf_filelock lock = {.held = false};
  if (fstat(number, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_nlink == 1 &&
      rf_filelock_take((rf_fd){.number = number}, path, RF_LOCK_TEMPORARY, true, 0, &lock) == RF_LOCK_GOT &&
      is_there(number, path))
    (void)unlink(path);
  rf_filelock_release(&lock);
  close(number);
}

/* Reading a folder of a hundred thousand files takes longer than writing one file: the larger the folder, the fewer
 * writers read it. */
static bool is_worth_reading(DIR *folder) {
  struct stat facts;
  if (fstat(dirfd(folder), &facts) != 0)
    return false;
  uint64_t size = facts.st_size > 0 ? (uint64_t)facts.st_size : 0;
  return size <= FOLDER_BYTES || random_bits() % (size / FOLDER_BYTES) == 0;
}

void rf_temporary_sweep(const char *real) {
  size_t lead = rf_path_folder_length(real);
  const char *base = real + lead;
  size_t n = base_length(base);
  char *name = rf_path_folder(real);
  DIR *folder = name ? opendir(name) : NULL;
  if (folder && is_worth_reading(folder)) {
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
      if (!digits_of(entry->d_name, base, n))
        continue;
      size_t lead_folder = strlen(name), length = strlen(entry->d_name);
      char *path = rf_alloc(lead_folder + length + 1);
      if (!path)
        break;
      memcpy(path, name, lead_folder);
      memcpy(path + lead_folder, entry->d_name, length + 1);
      remove_if_dead(path);
      rf_free(path);
    }
  }
  if (folder)
    closedir(folder);
  rf_free(name);
}

#endif

/* A translation unit must not be empty. */
typedef int rf_posix_leftover_unit;
