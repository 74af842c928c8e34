/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields follow the rules of Fortran: blanks in a number do not count, and a number without a point gets one before its
 * last digits, as TFORMn says.
 */
#include "column/field.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "fitsio2.h"

#define EXACT_DIGITS 15
#define MAX_EXPONENT 999 /* the result of a larger one is infinite or 0 all the same */

static int read_number(const char **text) {
  int value = 0;
  for (; isdigit((unsigned char)**text); (*text)++)
    value = value < 100000 ? value * 10 + (**text - '0') : value;
  return value;
}

int cf_field_form(const tcolumn *column, cf_field *form, int *status) {
  const char *text = column->tform + strspn(column->tform, " ");
  char letter = (char)toupper((unsigned char)*text);
  *form = (cf_field){0, 0, 0};
  if (letter == '\0' || strchr("IFEDA", letter) == NULL)
    return cf_fail(status, BAD_TFORM_DTYPE, "TFORM '%s' is not one of numbers", column->tform);
  text++;
  form->letter = letter == 'D' ? 'E' : letter;
  form->width = read_number(&text);
  if (*text == '.') {
    text++;
    form->decimals = read_number(&text);
  }
  return *status;
}

/* The text of a field without its blanks. */
typedef struct cf_scan {
  const char *at;
  const char *end;
} cf_scan;

static char peek(cf_scan *text) {
  while (text->at < text->end && *text->at == ' ')
    text->at++;
  return text->at < text->end ? *text->at : '\0';
}

/* Returns what follows the character at text->at. */
static char next(cf_scan *text) {
  text->at++;
  return text->at < text->end && *text->at != ' ' ? *text->at : peek(text);
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool take_sign(cf_scan *text) {
  char c = peek(text);
  if (c == '+' || c == '-')
    text->at++;
  return c == '-';
}

static int take_exponent(cf_scan *text) {
  bool negative = take_sign(text);
  int value = 0;
  for (char c = peek(text); is_digit(c); c = next(text))
    if (value <= MAX_EXPONENT)
      value = value * 10 + (c - '0');
  return negative ? -value : value;
}

static const double powers[] = {1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
static const double fractions[] = {1,     1e-1,  1e-2,  1e-3,  1e-4,  1e-5,  1e-6,  1e-7,  1e-8,  1e-9,  1e-10, 1e-11,
                                   1e-12, 1e-13, 1e-14, 1e-15, 1e-16, 1e-17, 1e-18, 1e-19, 1e-20, 1e-21, 1e-22};

/* Returns the same as pow(10, n), faster for usual numbers. */
static double exponent_of_10(int n) {
  return n < -22 || n > 22 ? pow(10, n) : n < 0 ? fractions[-n] : powers[n];
}

static double power_of_10(int n) {
  double power = 1e22;
  if (n <= 22)
    return powers[n < 0 ? 0 : n];
  for (; n > 22 && n < 400; n--)
    power *= 10;
  return power;
}

int cf_field_parse(const cf_field *form, const char *text, size_t n, double *value, int *status) {
  cf_scan scan = {text, text + n};
  bool point = false;
  double digits = 0, divisor;
  ULONGLONG whole = 0; /* the first digits: exact as an integer, and fast */
  int count = 0, decimals = 0;
  bool negative = take_sign(&scan);
  char c = peek(&scan);
  for (; is_digit(c) || (c == '.' && !point); c = next(&scan)) {
    if (c == '.') {
      point = true;
      continue;
    }
    if (count < EXACT_DIGITS)
      whole = whole * 10 + (ULONGLONG)(c - '0');
    else
      digits = (count == EXACT_DIGITS ? (double)whole : digits) * 10 + (c - '0');
    count++;
    decimals += point;
  }
  if (count <= EXACT_DIGITS)
    digits = (double)whole;
  divisor = power_of_10(point ? decimals : form->decimals);
  int exponent = 0;
  if (c == 'E' || c == 'D') {
    scan.at++;
    exponent = take_exponent(&scan);
  }
  *value = (negative ? -digits : digits) / divisor;
  if (exponent != 0)
    *value *= exponent_of_10(exponent);
  if (peek(&scan) != '\0')
    return cf_fail(status, BAD_C2D, "'%.*s' is not a number", (int)(n < 60 ? n : 60), text);
  return *status;
}

/* Writes an integer aligned right, faster than printf. Returns false if it does not fit. */
static bool print_integer(LONGLONG value, char *text, size_t n) {
  ULONGLONG rest = value < 0 ? (ULONGLONG)-value : (ULONGLONG)value;
  size_t at = n;
  do {
    if (at == 0)
      return false;
    text[--at] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  if (value < 0 && at == 0)
    return false;
  if (value < 0)
    text[--at] = '-';
  memset(text, ' ', at);
  return true;
}

bool cf_field_print(const cf_field *form, double value, char *text, size_t n) {
  char number[512];
  int width = (int)n, length;
  if (form->letter == 'I' && fabs(value) < 1e15 && !(signbit(value) && value > -1) &&
      value == (double)(LONGLONG)value && print_integer((LONGLONG)value, text, n))
    return true;
  if (form->letter == 'I')
    length = snprintf(number, sizeof number, "%*.0f", width, value);
  else if (form->letter == 'F')
    length = snprintf(number, sizeof number, "%*.*f", width, form->decimals, value);
  else
    length = snprintf(number, sizeof number, "%*.*E", width, form->decimals, value);
  memset(text, ' ', n);
  if (length > (int)sizeof number - 1)
    length = (int)sizeof number - 1;
  memcpy(text, number, length < width ? (size_t)length : n);
  return length <= width;
}

bool cf_field_is_null(const tcolumn *column, const char *text, size_t n) {
  if (column->strnull[0] == ASCII_NULL_UNDEFINED || column->strnull[0] == '\0')
    return false;
  size_t length = strnlen(column->strnull, sizeof column->strnull);
  if (length > n)
    length = n;
  return memcmp(column->strnull, text, length) == 0;
}
