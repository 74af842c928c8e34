/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names that match patterns. *: any characters, ?: one character, #: one or more digits.
 */
#include <stdbool.h>
#include <string.h>

#include "base/status.h"
#include "base/string.h"

static bool digit(char c) {
  return c >= '0' && c <= '9';
}

static bool same(char a, char b, bool case_counts) {
  const char x[2] = {a, '\0'}, y[2] = {b, '\0'};
  return case_counts ? a == b : cf_same_text(x, y);
}

/* Returns the first place of a character, or NULL. */
static const char *find(const char *name, char c, bool case_counts) {
  while (*name != '\0' && !same(*name, c, case_counts))
    name++;
  return *name == '\0' ? NULL : name;
}

/* Matches without going back but to the last *, so that no pattern takes long. The character behind a * counts as
 * itself, even if it is *, ? or #. */
static bool matches(const char *pattern, const char *name, bool case_counts, bool *exact) {
  const char *star = NULL, *retry = NULL;
  *exact = true;
  for (;;) {
    if (*pattern == '*') {
      *exact = false;
      star = pattern + 1;
      retry = name;
      if (*star == '\0')
        return true;
    } else if (*pattern == '#' && digit(*name)) {
      *exact = false;
      pattern++;
      while (digit(*name))
        name++;
      continue;
    } else if (*pattern == '?' && *name != '\0') {
      *exact = false;
      pattern++, name++;
      continue;
    } else if (*pattern == '\0' && *name == '\0') {
      return true;
    } else if (*pattern != '\0' && *name != '\0' && same(*pattern, *name, case_counts)) {
      pattern++, name++;
      continue;
    }
    if (star == NULL || (retry = find(retry, *star, case_counts)) == NULL)
      return false;
    name = ++retry;
    pattern = star + 1;
  }
}

void ffcmps(char *templt, char *colname, int casesen, int *match, int *exact) {
  bool plain = false;
  if (match == NULL || exact == NULL)
    return;
  *match = templt != NULL && colname != NULL && matches(templt, colname, casesen != 0, &plain);
  *exact = *match && plain;
}

void ffupch(char *string) {
  if (string != NULL)
    cf_upper(string);
}

float ffvers(float *version) {
  const float number = 4.02F; /* M + 0.01 m + 0.0001 u of M.m.u */
  if (version != NULL)
    *version = number;
  return number;
}
