/* SPDX-License-Identifier: BSD-3-Clause */
#include "text/format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "fitsio2.h"

#define MAX_STRING 68 /* characters between the quotes */
#define MIN_STRING 8

/* Writes a number with printf's conversion `letter`, and a point whatever the locale is. Returns its length. */
static int print(char *text, size_t capacity, char letter, int digits, double value) {
  char format[8] = "%.*?";
  format[3] = letter;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  int n = snprintf(text, capacity, format, digits, value);
#pragma GCC diagnostic pop
  char *comma = strchr(text, ',');
  if (comma != NULL)
    *comma = '.';
  return n;
}

int cf_text_float(char *text, double value, int decimals, int form, int *status) {
  int n;
  *text = '\0';
  if (form == CF_TEXT_FIXED && decimals < 0)
    return cf_fail(status, BAD_DECIM, "%d decimals", decimals);
  if (!isfinite(value))
    return cf_fail(status, BAD_F2C, "a keyword cannot have the value %f", value);
  if (decimals > FLEN_VALUE || decimals < -FLEN_VALUE)
    return cf_fail(status, BAD_F2C, "%d decimals do not fit into a card", decimals);
  if (decimals >= 0) {
    n = print(text, FLEN_VALUE, form == CF_TEXT_FIXED ? 'f' : 'E', decimals, value);
  } else {
    n = print(text, FLEN_VALUE, 'G', -decimals, value);
    if (n < FLEN_VALUE - 1 && strchr(text, '.') == NULL) {
      if (strchr(text, 'E') != NULL)
        n = print(text, FLEN_VALUE, 'E', 1, value);
      else
        cf_append(text, ".", FLEN_VALUE);
    }
  }
  return n < FLEN_VALUE ? *status : cf_fail(status, BAD_F2C, "the value %g does not fit into a card", value);
}

int cf_text_complex(char *text, double real, double imaginary, int decimals, int form, int *status) {
  char part[2][FLEN_VALUE];
  if (cf_text_float(part[0], real, decimals, form, status) > 0 ||
      cf_text_float(part[1], imaginary, decimals, form, status) > 0)
    return *status;
  if (snprintf(text, FLEN_VALUE, "(%s, %s)", part[0], part[1]) >= FLEN_VALUE)
    return cf_fail(status, BAD_F2C, "the complex value does not fit into a card");
  return *status;
}

void cf_text_logical(char *text, int value) {
  cf_copy(text, value ? "T" : "F", FLEN_VALUE);
}

void cf_text_unsigned(char *text, ULONGLONG value) {
  char digits[20];
  size_t n = sizeof digits;
  do {
    digits[--n] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  memcpy(text, digits + n, sizeof digits - n);
  text[sizeof digits - n] = '\0';
}

void cf_text_integer(char *text, LONGLONG value) {
  if (value < 0)
    *text++ = '-';
  cf_text_unsigned(text, value < 0 ? 0 - (ULONGLONG)value : (ULONGLONG)value);
}

int cf_text_time(char *text, long value, double fraction, int *status) {
  char digits[FLEN_VALUE];
  if (!(fraction >= 0 && fraction <= 1))
    return cf_fail(status, BAD_F2C, "%g is no fraction", fraction);
  (void)print(digits, sizeof digits, 'f', 16, fraction);
  (void)snprintf(text, FLEN_VALUE, "%ld%s", value, strchr(digits, '.'));
  return *status;
}

void cf_text_string(char *text, const char *value) {
  size_t n = 0;
  text[n++] = '\'';
  for (; *value != '\0' && n <= MAX_STRING; value++) {
    text[n++] = *value;
    if (*value == '\'') {
      if (n > MAX_STRING) { /* half a quote would end the string */
        n--;
        break;
      }
      text[n++] = '\'';
    }
  }
  while (n <= MIN_STRING)
    text[n++] = ' ';
  text[n++] = '\'';
  text[n] = '\0';
}

/* A public function: value, text, status. MAKE writes the text. */
#define CF_TO_TEXT(NAME, PARAMETERS, MAKE)                                                                             \
  int NAME(PARAMETERS, char *cval, int *status) {                                                                      \
    CF_GO(status);                                                                                                     \
    if (cval == NULL)                                                                                                  \
      return cf_fail(status, NULL_INPUT_PTR, "no text to write");                                                      \
    MAKE;                                                                                                              \
    return *status;                                                                                                    \
  }
#define CF_COMMA ,

CF_TO_TEXT(ffi2c, LONGLONG ival, cf_text_integer(cval, ival))
CF_TO_TEXT(ffu2c, ULONGLONG ival, cf_text_unsigned(cval, ival))
CF_TO_TEXT(ffl2c, int lval, cf_text_logical(cval, lval))
CF_TO_TEXT(ffs2c, const char *instr, cf_text_string(cval, instr != NULL ? instr : ""))
CF_TO_TEXT(ffr2f, float fval CF_COMMA int decim, cf_text_float(cval, (double)fval, decim, CF_TEXT_FIXED, status))
CF_TO_TEXT(ffr2e, float fval CF_COMMA int decim, cf_text_float(cval, (double)fval, decim, CF_TEXT_EXPONENT, status))
CF_TO_TEXT(ffd2f, double dval CF_COMMA int decim, cf_text_float(cval, dval, decim, CF_TEXT_FIXED, status))
CF_TO_TEXT(ffd2e, double dval CF_COMMA int decim, cf_text_float(cval, dval, decim, CF_TEXT_EXPONENT, status))
