/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/string.h"

#include <string.h>

static char upper(char c) {
  return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

void cf_copy_n(char *dest, const char *text, size_t n, size_t capacity) {
  if (n >= capacity)
    n = capacity - 1;
  memmove(dest, text, n);
  dest[n] = '\0';
}

void cf_copy(char *dest, const char *text, size_t capacity) {
  cf_copy_n(dest, text, strlen(text), capacity);
}

void cf_append(char *dest, const char *text, size_t capacity) {
  size_t used = strlen(dest);
  if (used < capacity)
    cf_copy(dest + used, text, capacity - used);
}

bool cf_begins(const char *text, const char *prefix) {
  while (*prefix != '\0')
    if (upper(*text++) != upper(*prefix++))
      return false;
  return true;
}

bool cf_same_text(const char *a, const char *b) {
  return strlen(a) == strlen(b) && cf_begins(a, b);
}

const char *cf_skip_blanks(const char *text) {
  return text + strspn(text, " ");
}

void cf_trim_end(char *text) {
  size_t n = strlen(text);
  while (n > 0 && text[n - 1] == ' ')
    n--;
  text[n] = '\0';
}

void cf_upper(char *text) {
  for (; *text != '\0'; text++)
    *text = upper(*text);
}
