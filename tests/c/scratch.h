/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A directory of its own for a test program, below the directory it runs in, and small helpers around files there.
 */
#ifndef RF_TESTS_SCRATCH_H
#define RF_TESTS_SCRATCH_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#if defined(_WIN32)
#include <direct.h>
#include <io.h>
#include <process.h>
#define scratch_mkdir(path) _mkdir(path)
#define scratch_pid() _getpid()
#else
#include <dirent.h>
#include <unistd.h>
#define scratch_mkdir(path) mkdir(path, 0777)
#define scratch_pid() getpid()
#endif

static char scratch_directory[128];

/* "scratch-store-1234/name"; the text lives until the eighth call from now. */
static inline const char *scratch_path(const char *name) {
  static char paths[8][512];
  static unsigned next;
  char *path = paths[next++ % 8];
  snprintf(path, sizeof paths[0], "%s/%s", scratch_directory, name);
  return path;
}

static inline void scratch_begin(const char *test) {
  snprintf(scratch_directory, sizeof scratch_directory, "scratch-%s-%ld", test, (long)scratch_pid());
  if (scratch_mkdir(scratch_directory) != 0 && errno != EEXIST) {
    fprintf(stderr, "cannot make %s: %s\n", scratch_directory, strerror(errno));
    exit(2);
  }
}

static inline void scratch_write(const char *path, const void *bytes, size_t n) {
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(bytes, 1, n, file) != n || fclose(file) != 0) {
    fprintf(stderr, "cannot write %s: %s\n", path, strerror(errno));
    exit(2);
  }
}

/* Content of a file, freed with free; *n is its length. Ends the program when there is no such file. */
static inline uint8_t *scratch_read(const char *path, size_t *n) {
  FILE *file = fopen(path, "rb");
  long length;
  if (!file || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0 || fseek(file, 0, SEEK_SET) != 0) {
    fprintf(stderr, "cannot read %s: %s\n", path, strerror(errno));
    exit(2);
  }
  uint8_t *bytes = malloc((size_t)length + 1);
  *n = bytes ? fread(bytes, 1, (size_t)length, file) : 0;
  fclose(file);
  return bytes;
}

#if !defined(_WIN32)

/* Number of entries below the scratch directory's `sub` ("": itself). */
static inline int scratch_count(const char *sub) {
  DIR *directory = opendir(sub[0] ? scratch_path(sub) : scratch_directory);
  int n = 0;
  if (!directory)
    return -1;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
    n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
  closedir(directory);
  return n;
}

/* Removes a directory with its files and one more level of directories. */
static inline void scratch_remove(const char *path, int depth) {
  DIR *directory = opendir(path);
  if (!directory)
    return;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    char name[2048];
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
      continue;
    snprintf(name, sizeof name, "%.1700s/%s", path, entry->d_name);
    if (unlink(name) != 0 && depth > 0)
      scratch_remove(name, depth - 1);
  }
  closedir(directory);
  rmdir(path);
}

static inline void scratch_end(void) {
  scratch_remove(scratch_directory, 2);
}

#else

static inline void scratch_end(void) {
}

#endif

#endif
