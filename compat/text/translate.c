/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords translated by patterns: the columns of a table to the axes of an image, columns to columns with other
 * numbers.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "fitsio2.h"

#define KEYWORD 8

/* The parts of a keyword that a pattern names. */
typedef struct {
  int i, j, m, n;
  char a;
} keyword_parts;

static bool digit(char c) {
  return c >= '0' && c <= '9';
}

/* Reads digits; -1: there are none. */
static int read_number(const char **text) {
  int value = -1;
  for (; digit(**text); ++*text)
    value = (value < 0 ? 0 : value * 10) + **text - '0'; /* at most 8 digits */
  return value;
}

/* Tells whether a keyword of up to 8 characters matches a pattern, and gets its parts. */
static bool matches(const char *keyword, const char *pattern, int n_value, int n_range, keyword_parts *parts) {
  if (*pattern == '*')
    return true;
  for (int k = 0; *pattern != '\0' && k < KEYWORD; pattern++, k++) {
    switch (*pattern) {
    case 'i':
    case 'j':
      if (!digit(*keyword))
        return false;
      *(*pattern == 'i' ? &parts->i : &parts->j) = *keyword++ - '0';
      break;
    case 'n':
      parts->n = read_number(&keyword);
      if (parts->n < 0 || (n_range == 0 && parts->n != n_value) || (n_range == -1 && parts->n > n_value) ||
          (n_range == 1 && parts->n < n_value))
        return false;
      break;
    case 'm':
      parts->m = read_number(&keyword);
      if (parts->m < 0)
        return false;
      break;
    case '#':
      if (read_number(&keyword) < 0)
        return false;
      break;
    case 'a':
      if (*keyword >= 'A' && *keyword <= 'Z')
        parts->a = *keyword++;
      else if (*keyword == ' ' || *keyword == '\0')
        parts->a = ' ';
      else
        return false;
      break;
    case '?':
      if (*keyword++ == '\0')
        return false;
      break;
    default:
      if (*keyword++ != *pattern)
        return false;
    }
  }
  return *keyword == '\0' || *keyword == ' ';
}

/* Writes a keyword by a pattern, padded to 8 characters. */
static void build(const char *pattern, const keyword_parts *parts, int n_offset, char keyword[FLEN_KEYWORD]) {
  *keyword = '\0';
  for (; *pattern != '\0'; pattern++) {
    char text[16] = "";
    switch (*pattern) {
    case 'i':
      (void)snprintf(text, sizeof text, "%d", parts->i);
      break;
    case 'j':
      (void)snprintf(text, sizeof text, "%d", parts->j);
      break;
    case 'n':
      if (parts->n >= 0)
        (void)snprintf(text, sizeof text, "%lld", (LONGLONG)parts->n + n_offset);
      break;
    case 'm':
      if (parts->m >= 0)
        (void)snprintf(text, sizeof text, "%d", parts->m);
      break;
    case 'a':
      text[0] = parts->a;
      break;
    default:
      text[0] = *pattern;
    }
    cf_append(keyword, text, FLEN_KEYWORD);
  }
  for (size_t n = strlen(keyword); n < KEYWORD; n++) {
    keyword[n] = ' ';
    keyword[n + 1] = '\0';
  }
}

int fits_translate_keyword(char *inrec, char *outrec, char *patterns[][2], int npat, int n_value, int n_offset,
                           int n_range, int *pat_num, int *i, int *j, int *m, int *n, int *status) {
  char keyword[KEYWORD + 1], name[FLEN_KEYWORD];
  keyword_parts parts = {0, 0, -1, -1, '\0'};
  int found = 0;
  CF_GO(status);
  if (inrec == NULL || outrec == NULL || patterns == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no keyword, or no patterns");
  *outrec = '\0';
  cf_copy(keyword, inrec, sizeof keyword);
  for (; found < npat; found++) {
    parts = (keyword_parts){0, 0, -1, -1, '\0'};
    if (matches(keyword, patterns[found][0], n_value, n_range, &parts))
      break;
  }
  if (pat_num != NULL)
    *pat_num = found;
  if (i != NULL)
    *i = parts.i;
  if (j != NULL)
    *j = parts.j;
  if (m != NULL)
    *m = parts.m;
  if (n != NULL)
    *n = parts.n;
  if (found == npat || strcmp(patterns[found][1], "-") == 0)
    return *status;
  if (strcmp(patterns[found][1], "--") == 0) {
    cf_trim_end(keyword);
    (void)snprintf(outrec, FLEN_CARD, "-%s", keyword);
  } else if (patterns[found][1][0] == '+') {
    cf_copy(outrec, inrec, FLEN_CARD);
  } else {
    build(patterns[found][1], &parts, n_offset, name);
    cf_copy(outrec, name, FLEN_CARD);
    if (strlen(inrec) > KEYWORD)
      cf_append(outrec, inrec + KEYWORD, FLEN_CARD);
  }
  return *status;
}

int fits_translate_keywords(fitsfile *infptr, fitsfile *outfptr, int firstkey, char *patterns[][2], int npat,
                            int n_value, int n_offset, int n_range, int *status) {
  int count = 0;
  if (!cf_use(infptr, status))
    return cf_refused(status);
  if (outfptr == NULL || patterns == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no file, or no patterns");
  ffghsp(infptr, &count, NULL, status);
  for (int key = firstkey; key <= count && *status <= 0; key++) {
    char card[FLEN_CARD], padded[FLEN_CARD], out[FLEN_CARD];
    if (ffgrec(infptr, key, card, status) > 0)
      break;
    (void)snprintf(padded, sizeof padded, "%-8s", card);
    fits_translate_keyword(padded, out, patterns, npat, n_value, n_offset, n_range, NULL, NULL, NULL, NULL, NULL,
                           status);
    if (*out == '-') {
      int missing = 0;
      ffpmrk();
      ffdkey(outfptr, out + 1, &missing);
      ffcmrk();
      if (outfptr == infptr && missing == 0) {
        key--;
        count--;
      }
    } else if (*out != '\0') {
      ffprec(outfptr, out, status);
    }
  }
  return *status;
}
