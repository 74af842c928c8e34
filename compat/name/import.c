/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Filters that stand in a file of text.
 */
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "base/string.h"

#define MAX_BYTES (64L << 20)

static int append(char **text, size_t *used, size_t *room, const char *line, size_t n, int *status) {
  if (*used + n + 1 > *room) {
    size_t larger = 2 * (*used + n + 1) + 1024;
    char *grown = larger > MAX_BYTES ? NULL : realloc(*text, larger);
    if (grown == NULL)
      return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %zu bytes for a file of text", larger);
    *text = grown;
    *room = larger;
  }
  memcpy(*text + *used, line, n);
  *used += n;
  (*text)[*used] = '\0';
  return *status;
}

/* The lines are joined by blanks. Those that begin with // are comments. */
int ffimport_file(char *filename, char **contents, int *status) {
  CF_GO(status);
  if (filename == NULL || contents == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "a file of text needs a name, and memory for its text");
  FILE *file = fopen(filename, "r");
  if (file == NULL)
    return cf_fail(status, FILE_NOT_OPENED, "cannot open the file of text %.60s", filename);
  char line[4096], *text = NULL;
  size_t used = 0, room = 0;
  bool begins = true, comment = false;
  append(&text, &used, &room, "", 0, status);
  while (*status <= 0 && fgets(line, (int)sizeof line, file) != NULL) {
    size_t n = strlen(line);
    bool whole = n > 0 && line[n - 1] == '\n';
    if (begins)
      comment = strncmp(line, "//", 2) == 0;
    while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
      n--;
    if (!comment) {
      append(&text, &used, &room, line, n, status);
      if (whole)
        append(&text, &used, &room, " ", 1, status);
    }
    begins = whole;
  }
  fclose(file);
  if (*status > 0) {
    free(text);
    return *status;
  }
  *contents = text;
  return *status;
}
