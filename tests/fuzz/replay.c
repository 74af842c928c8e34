/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Runs a fuzz target over inputs on disk, without a fuzzer: each argument is a file or a folder of files. Ends with a
 * failure when there was no input at all, so that a lost corpus does not look like a passed test.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long replayed;

static int replay_file(const char *path, size_t size) {
  FILE *file = fopen(path, "rb");
  /* Exactly as large as the input, so that AddressSanitizer sees the first byte read past it. */
  uint8_t *data = malloc(size > 0 ? size : 1);
  int failed = 1;
  if (file != NULL && data != NULL && fread(data, 1, size, file) == size) {
    (void)LLVMFuzzerTestOneInput(data, size);
    replayed++;
    failed = 0;
  } else {
    fprintf(stderr, "%s: cannot be read\n", path);
  }
  free(data);
  if (file != NULL)
    (void)fclose(file);
  return failed;
}

static int replay_path(const char *path) {
  struct stat facts;
  if (stat(path, &facts) != 0) {
    fprintf(stderr, "%s: no such input\n", path);
    return 1;
  }
  if (!S_ISDIR(facts.st_mode))
    return replay_file(path, (size_t)facts.st_size);
  DIR *folder = opendir(path);
  if (folder == NULL) {
    fprintf(stderr, "%s: cannot be listed\n", path);
    return 1;
  }
  int failed = 0;
  const struct dirent *entry;
  while ((entry = readdir(folder)) != NULL) {
    char name[4096];
    if (entry->d_name[0] == '.')
      continue;
    int length = snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
    failed |= length < 0 || (size_t)length >= sizeof name || replay_path(name);
  }
  (void)closedir(folder);
  return failed;
}

int main(int count, char **arguments) {
  int failed = 0;
  for (int i = 1; i < count; i++)
    failed |= replay_path(arguments[i]);
  printf("%lu inputs replayed\n", replayed);
  return failed || replayed == 0;
}
