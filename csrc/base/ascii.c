/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/ascii.h"

#include <string.h>

bool rf_equal_any_case(const char *a, const char *b, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (rf_to_upper(a[i]) != rf_to_upper(b[i]))
      return false;
  return true;
}

bool rf_is_name(const char *text, size_t n, const char *name) {
  return strlen(name) == n && rf_equal_any_case(text, name, n);
}

bool rf_same_name(const char *a, const char *b) {
  while (*a != '\0' && rf_to_upper(*a) == rf_to_upper(*b)) {
    a++;
    b++;
  }
  return *a == '\0' && *b == '\0';
}

void rf_trim_spaces(const char **text, size_t *n) {
  while (*n > 0 && (*text)[*n - 1] == ' ')
    (*n)--;
  for (; *n > 0 && **text == ' '; (*n)--)
    (*text)++;
}

void rf_trim_blanks(const char **text, size_t *n) {
  while (*n > 0 && rf_is_blank((*text)[*n - 1]))
    (*n)--;
  for (; *n > 0 && rf_is_blank(**text); (*n)--)
    (*text)++;
}
