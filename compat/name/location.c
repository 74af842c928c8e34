/* SPDX-License-Identifier: BSD-3-Clause */
#include "name/location.h"

#include <ctype.h>
#include <string.h>

#include "base/string.h"

static int parse_type(const char *p, cf_location *where, int *status) {
  switch (toupper((unsigned char)*p)) {
  case 'I':
    where->type = IMAGE_HDU;
    break;
  case 'A':
  case 'T':
    where->type = ASCII_TBL;
    break;
  case 'B':
    where->type = BINARY_TBL;
    break;
  default:
    return cf_fail(status, URL_PARSE_ERROR, "the type of an HDU must be IMAGE, ASCII or BINTABLE: %.40s", p);
  }
  return *status;
}

/* Reads ",version,type" behind the name. */
static int parse_version(const char *p, const char *end, cf_location *where, int *status) {
  char *behind;
  p = cf_skip_blanks(p);
  if (p >= end)
    return *status;
  long version = strtol(p, &behind, 10);
  if (behind == p || version < INT_MIN || version > INT_MAX)
    return cf_fail(status, URL_PARSE_ERROR, "the version of an HDU is no integer: %.40s", p);
  where->version = (int)version;
  const char *comma = memchr(behind, ',', behind < end ? (size_t)(end - behind) : 0);
  if (comma == NULL || cf_skip_blanks(comma + 1) >= end)
    return *status;
  return parse_type(cf_skip_blanks(comma + 1), where, status);
}

/* Reads "column(row)". */
static int parse_cell(const char *p, cf_location *where, int *status) {
  p = cf_skip_blanks(p);
  const char *open = strchr(p, '('), *close = strrchr(p, ')');
  if (open == NULL || close == NULL || close < open)
    return cf_fail(status, URL_PARSE_ERROR, "a cell of a table must be column(row): %.40s", p);
  if (open - p >= FLEN_VALUE || close - open > FLEN_FILENAME)
    return cf_fail(status, URL_PARSE_ERROR, "the name of the cell of a table is too long: %.40s", p);
  cf_copy_n(where->column, p, (size_t)(open - p), sizeof where->column);
  cf_copy_n(where->row, open + 1, (size_t)(close - open - 1), sizeof where->row);
  return *status;
}

/* Reads the name or number, n characters without the blanks around. */
static int parse_name(const char *p, size_t n, bool alone, cf_location *where, int *status) {
  while (n > 0 && p[n - 1] == ' ')
    n--;
  if (alone && n > 0 && p[n - 1] == '#') {
    where->only = true;
    for (n--; n > 0 && p[n - 1] == ' ';)
      n--;
  }
  if (n >= FLEN_VALUE)
    return cf_fail(status, URL_PARSE_ERROR, "the name of an HDU is too long: %.40s", p);
  cf_copy_n(where->name, p, n, sizeof where->name);
  if (!alone)
    return *status;
  if (cf_same_text(where->name, "PRIMARY") || cf_same_text(where->name, "P"))
    where->name[0] = '\0';
  if (n > 0 && strspn(where->name, "0123456789") == n) {
    if (n > 8 || (where->number = (int)strtol(where->name, NULL, 10)) > 99999) {
      where->number = 0;
      cf_fail(status, URL_PARSE_ERROR, "the number of an HDU is too large: %.40s", where->name);
    }
    where->name[0] = '\0';
  }
  return *status;
}

int cf_location_parse(const char *text, cf_location *where, int *status) {
  memset(where, 0, sizeof *where);
  where->type = ANY_HDU;
  CF_GO(status);
  if (text == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the location of the HDU is NULL");
  text = cf_skip_blanks(text);
  size_t n = strcspn(text, ";");
  const char *end = text + n, *comma = memchr(text, ',', n);
  if (n > 0 && end[-1] == '#' && comma != NULL)
    where->only = true;
  parse_name(text, comma != NULL ? (size_t)(comma - text) : n, comma == NULL, where, status);
  if (*status <= 0 && comma != NULL)
    parse_version(comma + 1, end, where, status);
  if (*status <= 0 && *end == ';')
    parse_cell(end + 1, where, status);
  return *status;
}
