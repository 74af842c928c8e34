/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The location in a file that a name gives: an HDU, or one cell of a table.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/error.h"
#include "base/versioned.h"
#include "name/part.h"

static rf_status parse_type(const char *p, rf_name_location *where, rf_error *err) {
  switch (rf_to_upper(*p)) {
  case 'I':
    where->kind = RF_NAME_IMAGE;
    break;
  case 'A':
  case 'T':
    where->kind = RF_NAME_ASCII_TABLE;
    break;
  case 'B':
    where->kind = RF_NAME_BINARY_TABLE;
    break;
  default:
    return rf_fail(err, RF_ERR_ARGUMENT, "the type of an HDU must be IMAGE, ASCII or BINTABLE: %.40s", p);
  }
  return RF_OK;
}

/* Reads ",version,type" behind the name. */
static rf_status parse_version(const char *p, const char *end, rf_name_location *where, rf_error *err) {
  char *behind;
  p = rf_part_skip_blanks(p);
  if (p >= end)
    return RF_OK;
  long version = strtol(p, &behind, 10);
  if (behind == p || version < INT_MIN || version > INT_MAX)
    return rf_fail(err, RF_ERR_ARGUMENT, "the version of an HDU is no integer: %.40s", p);
  where->version = (int)version;
  const char *comma = memchr(behind, ',', behind < end ? (size_t)(end - behind) : 0);
  if (comma == NULL || rf_part_skip_blanks(comma + 1) >= end)
    return RF_OK;
  return parse_type(rf_part_skip_blanks(comma + 1), where, err);
}

/* Reads "column(row)". */
static rf_status parse_cell(const char *p, rf_name_location *where, rf_error *err) {
  p = rf_part_skip_blanks(p);
  const char *open = strchr(p, '('), *close = strrchr(p, ')');
  if (open == NULL || close == NULL || close < open)
    return rf_fail(err, RF_ERR_ARGUMENT, "a cell of a table must be column(row): %.40s", p);
  if ((size_t)(open - p) >= sizeof where->column || (size_t)(close - open) > sizeof where->row)
    return rf_fail(err, RF_ERR_ARGUMENT, "the name of the cell of a table is too long: %.40s", p);
  rf_part_copy_n(where->column, p, (size_t)(open - p), sizeof where->column);
  rf_part_copy_n(where->row, open + 1, (size_t)(close - open - 1), sizeof where->row);
  return RF_OK;
}

/* Reads the name or number, n characters without the blanks around. */
static rf_status parse_name(const char *p, size_t n, bool alone, rf_name_location *where, rf_error *err) {
  while (n > 0 && p[n - 1] == ' ')
    n--;
  if (alone && n > 0 && p[n - 1] == '#') {
    where->only = 1;
    for (n--; n > 0 && p[n - 1] == ' ';)
      n--;
  }
  if (n >= sizeof where->name)
    return rf_fail(err, RF_ERR_ARGUMENT, "the name of an HDU is too long: %.40s", p);
  rf_part_copy_n(where->name, p, n, sizeof where->name);
  if (!alone)
    return RF_OK;
  if (rf_same_name(where->name, "PRIMARY") || rf_same_name(where->name, "P"))
    where->name[0] = '\0';
  if (n > 0 && strspn(where->name, "0123456789") == n) {
    if (n > 8 || (where->number = (int)strtol(where->name, NULL, 10)) > 99999) {
      where->number = 0;
      rf_status failed = rf_fail(err, RF_ERR_ARGUMENT, "the number of an HDU is too large: %.40s", where->name);
      where->name[0] = '\0';
      return failed;
    }
    where->name[0] = '\0';
  }
  return RF_OK;
}

static rf_status parse(const char *text, rf_name_location *where, rf_error *err) {
  text = rf_part_skip_blanks(text);
  size_t n = strcspn(text, ";");
  const char *end = text + n, *comma = memchr(text, ',', n);
  if (n > 0 && end[-1] == '#' && comma != NULL)
    where->only = 1;
  RF_TRY(parse_name(text, comma != NULL ? (size_t)(comma - text) : n, comma == NULL, where, err));
  if (comma != NULL)
    RF_TRY(parse_version(comma + 1, end, where, err));
  return *end == ';' ? parse_cell(end + 1, where, err) : RF_OK;
}

rf_status rf_name_parse_location(const char *text, rf_name_location *where, rf_error *err) {
  rf_name_location parts = {.size = sizeof parts, .kind = RF_NAME_ANY};
  rf_error_clear(err);
  if (text == NULL || where == NULL || where->size < offsetof(rf_name_location, column))
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_name_parse_location: text or where = NULL, or no size");
  rf_status status = parse(text, &parts, err);
  rf_struct_give(where, &parts, sizeof parts);
  return status;
}
