/* SPDX-License-Identifier: BSD-3-Clause */
#include "name/part.h"

#include <string.h>

#include "base/ascii.h"

void rf_part_copy_n(char *dest, const char *text, size_t n, size_t capacity) {
  if (n >= capacity)
    n = capacity - 1;
  memmove(dest, text, n);
  dest[n] = '\0';
}

void rf_part_copy(char *dest, const char *text, size_t capacity) {
  rf_part_copy_n(dest, text, strlen(text), capacity);
}

void rf_part_append(char *dest, const char *text, size_t capacity) {
  size_t used = strlen(dest);
  rf_part_copy(dest + used, text, capacity - used);
}

bool rf_part_take(char *dest, const char *text, size_t n, size_t capacity) {
  while (n > 0 && text[n - 1] == ' ')
    n--;
  if (n >= capacity)
    return false;
  rf_part_copy_n(dest, text, n, capacity);
  return true;
}

bool rf_part_begins(const char *text, const char *prefix) {
  while (*prefix != '\0')
    if (rf_to_upper(*text++) != rf_to_upper(*prefix++))
      return false;
  return true;
}

const char *rf_part_skip_blanks(const char *text) {
  return text + strspn(text, " ");
}
