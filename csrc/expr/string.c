/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Strings of cells and literals: pointers into the caller's memory, never copied.
 */
#include "expr/string.h"

#include <string.h>

static inline unsigned char folded(char c, rf_fold fold) {
  if (fold == RF_FOLD_LOWER && c >= 'A' && c <= 'Z')
    return (unsigned char)(c - 'A' + 'a');
  if (fold == RF_FOLD_UPPER && c >= 'a' && c <= 'z')
    return (unsigned char)(c - 'a' + 'A');
  return (unsigned char)c;
}

static rf_str without_trailing_blanks(rf_str s) {
  while (s.length > 0 && s.text[s.length - 1] == ' ')
    s.length--;
  return s;
}

/* Most strings of tables are shorter than what a call of memchr costs. */
#define SHORT 16

rf_str rf_str_trim(const char *text, size_t length) {
  size_t n = 0;
  while (n < length && n < SHORT && text[n] != '\0')
    n++;
  if (n == SHORT && n < length) {
    const char *end = memchr(text + n, '\0', length - n);
    n = end ? (size_t)(end - text) : length;
  }
  return without_trailing_blanks((rf_str){text, n});
}

rf_str rf_str_strip(rf_str s) {
  while (s.length > 0 && s.text[0] == ' ') {
    s.text++;
    s.length--;
  }
  return without_trailing_blanks(s);
}

static int compare_bytes(const char *a, rf_fold fold_a, const char *b, rf_fold fold_b, size_t n) {
  if (n == 0)
    return 0;
  if (fold_a == RF_FOLD_NONE && fold_b == RF_FOLD_NONE)
    return memcmp(a, b, n);
  for (size_t i = 0; i < n; i++) {
    int difference = folded(a[i], fold_a) - folded(b[i], fold_b);
    if (difference != 0)
      return difference;
  }
  return 0;
}

int rf_str_compare(rf_str a, rf_fold fold_a, rf_str b, rf_fold fold_b) {
  int order = compare_bytes(a.text, fold_a, b.text, fold_b, a.length < b.length ? a.length : b.length);
  if (order != 0 || a.length == b.length)
    return order;
  return a.length < b.length ? -1 : 1;
}

bool rf_str_equal(rf_str a, rf_fold fold_a, rf_str b, rf_fold fold_b) {
  if (a.length != b.length)
    return false;
  /* Names of one table have beginnings in common more often than ends. */
  if (a.length > 0 && folded(a.text[a.length - 1], fold_a) != folded(b.text[a.length - 1], fold_b))
    return false;
  return compare_bytes(a.text, fold_a, b.text, fold_b, a.length) == 0;
}

bool rf_str_starts(rf_str s, rf_fold fold_s, rf_str part, rf_fold fold_part) {
  return part.length <= s.length && compare_bytes(s.text, fold_s, part.text, fold_part, part.length) == 0;
}

bool rf_str_ends(rf_str s, rf_fold fold_s, rf_str part, rf_fold fold_part) {
  return part.length <= s.length &&
         compare_bytes(s.text + (s.length - part.length), fold_s, part.text, fold_part, part.length) == 0;
}

bool rf_str_contains(rf_str s, rf_fold fold_s, rf_str part, rf_fold fold_part) {
  for (; part.length <= s.length; s.text++, s.length--) {
    if (compare_bytes(s.text, fold_s, part.text, fold_part, part.length) == 0)
      return true;
    if (s.length == 0)
      break;
  }
  return false;
}
