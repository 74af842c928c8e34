/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Runs a fuzz target over inputs on disk, without a fuzzer: each argument is a file or a folder of files. After the
 * argument --scripts, each input is a file without commands: the target gets it behind several scripts (script.h).
 * Fails if there was no input at all, so that a lost corpus does not look like a passed test.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SCRIPTS 8
#define SCRIPT_BYTES 60

static unsigned long replayed;
static int with_scripts;

/* Writes script number `seed`: its length, and bytes of a linear congruential generator. */
static void write_script(uint8_t *script, uint32_t seed) {
  script[0] = SCRIPT_BYTES;
  for (size_t i = 1; i <= SCRIPT_BYTES; i++) {
    seed = seed * 1664525u + 1013904223u;
    script[i] = (uint8_t)(seed >> 24);
  }
}

static int replay_file(const char *path, size_t size) {
  FILE *file = fopen(path, "rb");
  size_t before = with_scripts ? 1 + SCRIPT_BYTES : 0;
  /* Exactly as large as the input, so that AddressSanitizer sees the first byte read past it. */
  uint8_t *data = malloc(before + size > 0 ? before + size : 1);
  int failed = 1;
  if (file != NULL && data != NULL && fread(data + before, 1, size, file) == size) {
    for (uint32_t seed = 0; seed < (with_scripts ? SCRIPTS : 1); seed++) {
      if (with_scripts)
        write_script(data, seed);
      (void)LLVMFuzzerTestOneInput(data, before + size);
    }
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
  for (int i = 1; i < count; i++) {
    if (strcmp(arguments[i], "--scripts") == 0)
      with_scripts = 1;
    else
      failed |= replay_path(arguments[i]);
  }
  printf("%lu inputs replayed\n", replayed);
  return failed || replayed == 0;
}
