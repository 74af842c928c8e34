/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Value fields (FITS 4.2): characters to rf_value and back.
 */
#include "header/value.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "value/number.h"

/* "(real, imaginary)", FITS 4.2.5 and 4.2.6. */
static bool read_complex(const char *field, size_t n, rf_value *value) {
  if (n < 5 || field[n - 1] != ')')
    return false;
  const char *begin = field + 1;
  const char *end = field + n - 1;
  const char *comma = memchr(begin, ',', (size_t)(end - begin));
  if (comma == NULL)
    return false;
  const char *part[2][2] = {{begin, comma}, {comma + 1, end}};
  double number[2];
  for (int i = 0; i < 2; i++) {
    const char *p = part[i][0];
    const char *q = part[i][1];
    while (p < q && *p == ' ')
      p++;
    int64_t integer;
    rf_number_kind kind = rf_number_read(p, (size_t)(q - p), &integer, &number[i]);
    if (kind == RF_NUMBER_NONE)
      return false;
    if (kind == RF_NUMBER_INTEGER)
      number[i] = (double)integer;
  }
  value->kind = RF_VALUE_COMPLEX;
  value->real = number[0];
  value->imaginary = number[1];
  return true;
}

static bool read_number(const char *field, size_t n, rf_value *value) {
  switch (rf_number_read(field, n, &value->integer, &value->real)) {
  case RF_NUMBER_INTEGER:
    value->kind = RF_VALUE_INTEGER;
    return true;
  case RF_NUMBER_BIG:
    value->kind = RF_VALUE_BIG;
    value->text = field;
    value->text_length = n;
    return true;
  case RF_NUMBER_REAL:
    value->kind = RF_VALUE_REAL;
    return true;
  case RF_NUMBER_NONE:
    break;
  }
  return false;
}

void rf_value_read(const char *field, size_t n, rf_value *value, const char **raw, size_t *raw_length) {
  *value = (rf_value){.kind = RF_VALUE_UNDEFINED};
  if (n == 0)
    return;
  if (field[0] == '\'' && n >= 2 && field[n - 1] == '\'') {
    value->kind = RF_VALUE_STRING;
    *raw = field + 1;
    *raw_length = n - 2;
    return;
  }
  if (n == 1 && (field[0] == 'T' || field[0] == 'F')) {
    value->kind = RF_VALUE_LOGICAL;
    value->integer = field[0] == 'T';
    return;
  }
  if (field[0] == '(' ? read_complex(field, n, value) : read_number(field, n, value))
    return;
  *value = (rf_value){.kind = RF_VALUE_INVALID, .text = field, .text_length = n};
}

rf_status rf_text_add_unquoted(rf_text *text, const char *raw, size_t n, rf_error *err) {
  size_t begin = 0;
  for (size_t i = 0; i + 1 < n; i++) {
    if (raw[i] != '\'' || raw[i + 1] != '\'')
      continue;
    RF_TRY(rf_text_add(text, raw + begin, i + 1 - begin, err));
    begin = i + 2;
    i++;
  }
  return rf_text_add(text, raw + begin, n - begin, err);
}

static rf_status write_real(double number, const char *keyword, rf_text *field, rf_error *err) {
  char text[RF_NUMBER_BYTES];
  if (!rf_number_write_real(number, text)) {
    rf_error_keyword(err, keyword);
    return rf_fail(err, RF_ERR_ARGUMENT, "keyword %s: FITS headers cannot hold %s", keyword,
                   isnan(number) ? "NaN" : "an infinity");
  }
  return rf_text_add(field, text, strlen(text), err);
}

/* An integer of any length: a sign and digits, short enough for a card. */
static rf_status write_big(const rf_value *value, const char *keyword, rf_text *field, rf_error *err) {
  size_t sign = value->text_length > 0 && (value->text[0] == '-' || value->text[0] == '+');
  bool good = value->text_length > sign && value->text_length <= RF_CARD_BYTES - 10;
  for (size_t i = sign; good && i < value->text_length; i++)
    good = value->text[i] >= '0' && value->text[i] <= '9';
  if (good)
    return rf_text_add(field, value->text, value->text_length, err);
  rf_error_keyword(err, keyword);
  return rf_fail(err, RF_ERR_ARGUMENT, "keyword %s: an integer of at most 70 digits is expected, found %zu characters",
                 keyword, value->text_length);
}

rf_status rf_value_write(const rf_value *value, const char *keyword, rf_text *field, rf_error *err) {
  char text[RF_NUMBER_BYTES];
  switch (value->kind) {
  case RF_VALUE_UNDEFINED:
    return rf_text_add(field, "", 0, err);
  case RF_VALUE_LOGICAL:
    return rf_text_add(field, value->integer ? "T" : "F", 1, err);
  case RF_VALUE_INTEGER:
    rf_number_write_integer(value->integer, text);
    return rf_text_add(field, text, strlen(text), err);
  case RF_VALUE_BIG:
    return write_big(value, keyword, field, err);
  case RF_VALUE_REAL:
    return write_real(value->real, keyword, field, err);
  case RF_VALUE_COMPLEX:
    RF_TRY(rf_text_add(field, "(", 1, err));
    RF_TRY(write_real(value->real, keyword, field, err));
    RF_TRY(rf_text_add(field, ", ", 2, err));
    RF_TRY(write_real(value->imaginary, keyword, field, err));
    return rf_text_add(field, ")", 1, err);
  case RF_VALUE_STRING:
  case RF_VALUE_COMMENTARY:
  case RF_VALUE_INVALID:
    break;
  }
  return rf_fail(err, RF_ERR_ARGUMENT, "keyword %s: kind %d is not a value that can be written", keyword,
                 (int)value->kind);
}

/* == would call 0.0 and -0.0 the same. */
static bool same_double(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0;
}

static size_t without_blanks(const char *text, size_t n) {
  while (n > 0 && text[n - 1] == ' ')
    n--;
  return n;
}

bool rf_value_equal(const rf_value *a, const rf_value *b) {
  if (a->kind != b->kind)
    return false;
  switch (a->kind) {
  case RF_VALUE_UNDEFINED:
    return true;
  case RF_VALUE_LOGICAL:
    return (a->integer != 0) == (b->integer != 0);
  case RF_VALUE_INTEGER:
    return a->integer == b->integer;
  case RF_VALUE_REAL:
    return same_double(a->real, b->real);
  case RF_VALUE_COMPLEX:
    return same_double(a->real, b->real) && same_double(a->imaginary, b->imaginary);
  case RF_VALUE_BIG:
  case RF_VALUE_STRING:
  case RF_VALUE_COMMENTARY:
  case RF_VALUE_INVALID:
    break;
  }
  size_t n = without_blanks(a->text, a->text_length);
  return n == without_blanks(b->text, b->text_length) && (n == 0 || memcmp(a->text, b->text, n) == 0);
}

rf_status rf_text_check(const char *text, size_t n, const char *what, const char *keyword, rf_error *err) {
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c >= 0x20 && c <= 0x7E)
      continue;
    rf_error_keyword(err, keyword);
    return rf_fail(err, RF_ERR_ARGUMENT, "keyword %s: byte 0x%02X at position %zu of the %s is not printable ASCII",
                   keyword, c, i, what);
  }
  return RF_OK;
}
