/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Ranges of rows as text: "1-3, 7, 20-".
 */
#include <stdbool.h>
#include <string.h>

#include "base/status.h"

static const char *skip_blanks(const char *text) {
  return text + strspn(text, " \t");
}

/* Reads a number. Returns false if there is none. */
static bool read_row(const char **text, LONGLONG *row) {
  const char *c = *text;
  LONGLONG value = 0;
  if (*c < '0' || *c > '9')
    return false;
  for (; *c >= '0' && *c <= '9'; c++)
    if (value < LLONG_MAX / 16)
      value = value * 10 + (*c - '0');
    else
      return false;
  *row = value;
  *text = skip_blanks(c);
  return true;
}

/* Reads one range, up to its comma. */
static int read_range(const char **text, LONGLONG maxrows, LONGLONG *first, LONGLONG *last, int *status) {
  const char *c = skip_blanks(*text);
  *first = 1;
  bool begin = read_row(&c, first);
  *last = *first;
  if (*c == '-') {
    c = skip_blanks(c + 1);
    if (!read_row(&c, last))
      *last = maxrows;
  } else if (!begin) {
    return cf_fail(status, RANGE_PARSE_ERROR, "'%.60s' is not a range of rows", *text);
  }
  if (*c != ',' && *c != '\0')
    return cf_fail(status, RANGE_PARSE_ERROR, "'%.60s' is not a range of rows", *text);
  *text = *c == ',' ? c + 1 : c;
  return *status;
}

/* Both functions: an empty list is all rows, and ranges behind the last row are left out. The type of the numbers of
 * rows is LONGLONG, or long. */
#define PARSE(name, type)                                                                                              \
  int name(char *rowlist, LONGLONG maxrows, int maxranges, int *numranges, type *minrow, type *maxrow, int *status) {  \
    LONGLONG first, last, before = 0;                                                                                  \
    CF_GO(status);                                                                                                     \
    if (rowlist == NULL || numranges == NULL || minrow == NULL || maxrow == NULL)                                      \
      return cf_fail(status, NULL_INPUT_PTR, "no ranges of rows");                                                     \
    *numranges = 0;                                                                                                    \
    if (maxrows < 1)                                                                                                   \
      return cf_fail(status, RANGE_PARSE_ERROR, "the table has %lld rows", maxrows);                                   \
    if (*skip_blanks(rowlist) == '\0' && maxranges > 0) {                                                              \
      *numranges = 1;                                                                                                  \
      *minrow = 1;                                                                                                     \
      *maxrow = (type)maxrows;                                                                                         \
    }                                                                                                                  \
    for (const char *c = skip_blanks(rowlist); *c != '\0'; c = skip_blanks(c)) {                                       \
      if (read_range(&c, maxrows, &first, &last, status) > 0)                                                          \
        return *status;                                                                                                \
      if (first < 1 || last < first || first <= before)                                                                \
        return cf_fail(status, RANGE_PARSE_ERROR, "the rows of '%.60s' do not ascend", rowlist);                       \
      if (*numranges >= maxranges)                                                                                     \
        return cf_fail(status, RANGE_PARSE_ERROR, "'%.60s' has more than %d ranges", rowlist, maxranges);              \
      if (first > maxrows)                                                                                             \
        break;                                                                                                         \
      minrow[*numranges] = (type)first;                                                                                \
      maxrow[(*numranges)++] = (type)(last < maxrows ? last : maxrows);                                                \
      before = last;                                                                                                   \
    }                                                                                                                  \
    return *status;                                                                                                    \
  }
PARSE(ffrwrgll, LONGLONG)
PARSE(ffrwrg, long)
