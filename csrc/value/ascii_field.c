/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers in the fields of ASCII tables. Reading accepts the forms that other writers have used in forty years; what is
 * written is what every reader takes.
 */
#include "value/ascii_field.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "value/number.h"

/* Digits of a number that are looked at. Those behind are far below the last bit of a double, and only whether there is
 * one that is not 0 can matter. */
#define MAX_DIGITS 72

/* An exponent beyond this says the same as this. */
#define MAX_EXPONENT 1000000

/* ---- formats ---- */

/* Digits at *p, if there are any. False when they are more than `most`. */
static bool parse_number(const char **p, unsigned most, bool *seen, unsigned *value) {
  uint64_t sum = 0;
  *seen = rf_is_digit(**p);
  for (; rf_is_digit(**p); (*p)++) {
    sum = 10 * sum + (unsigned)(**p - '0');
    if (sum > most)
      return false;
  }
  if (*seen)
    *value = (unsigned)sum;
  return true;
}

/* What stands where a letter has no width: the widths that astropy writes and assumes. */
static void default_width(rf_ascii_format *format) {
  static const struct {
    char letter;
    unsigned width, decimals;
  } widths[] = {{'A', 1, 0}, {'I', 10, 0}, {'F', 16, 7}, {'E', 15, 7}, {'D', 25, 17}};
  for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++)
    if (widths[i].letter == format->letter) {
      format->width = widths[i].width;
      format->decimals = widths[i].decimals;
    }
}

bool rf_ascii_format_parse(const char *text, rf_ascii_format *format) {
  char packed[64];
  size_t n = 0;
  bool has_width, has_decimals = false, ignored_seen;
  unsigned ignored;
  for (; *text != '\0'; text++) {
    if (*text == ' ')
      continue;
    if (n == sizeof packed - 1)
      return false;
    packed[n++] = rf_to_upper(*text);
  }
  packed[n] = '\0';

  const char *p = packed;
  rf_ascii_format f = {.letter = *p == 'J' ? 'I' : *p};
  if (f.letter == '\0' || strchr("AIFED", f.letter) == NULL)
    return false;
  p++;
  if (!parse_number(&p, RF_ASCII_MAX_WIDTH, &has_width, &f.width))
    return false;
  if (!has_width)
    default_width(&f);
  if (has_width && f.letter != 'A' && *p == '.') {
    p++;
    if (!parse_number(&p, RF_ASCII_MAX_DECIMALS, &has_decimals, &f.decimals))
      return false;
  }
  if (f.letter == 'I')
    f.decimals = 0; /* Iw.m: m is the least number of digits, which says nothing about values */
  if (has_decimals && f.letter != 'I' && *p == 'E') {
    p++;
    if (!parse_number(&p, RF_ASCII_MAX_DECIMALS, &ignored_seen, &ignored) || !ignored_seen)
      return false;
  }
  if (*p != '\0')
    return false;
  *format = f;
  return true;
}

/* ---- undefined values ---- */

bool rf_ascii_is_null(const char *field, size_t width, const char *null, size_t null_length) {
  if (null_length > width)
    null_length = width;
  rf_trim_blanks(&field, &width);
  rf_trim_blanks(&null, &null_length);
  return width == null_length && memcmp(field, null, width) == 0;
}

/* ---- reading ---- */

/* A number taken apart: (-1)^negative * digits * 10^power, and a little more when `sticky`. */
typedef struct parts {
  bool negative;
  bool sticky; /* digits that are not 0 were left out */
  int count;
  int64_t power;
  char digits[MAX_DIGITS + 1]; /* without leading zeros */
} parts;

static size_t skip(const char *field, size_t width, size_t i) {
  while (i < width && rf_is_blank(field[i]))
    i++;
  return i;
}

/* From the exponent's letter or sign on. False when it is no exponent. */
static bool scan_exponent(const char *field, size_t width, size_t i, int64_t *power) {
  char c = rf_to_upper(field[i]);
  bool negative = false, any = false;
  int value = 0;
  if (c == 'E' || c == 'D')
    i = skip(field, width, i + 1);
  if (i < width && (field[i] == '+' || field[i] == '-'))
    negative = field[i++] == '-';
  for (i = skip(field, width, i); i < width && rf_is_digit(field[i]); i = skip(field, width, i + 1)) {
    any = true;
    if (value < MAX_EXPONENT)
      value = 10 * value + (field[i] - '0');
  }
  *power += negative ? -value : value;
  return any && i == width;
}

static void add_digit(parts *p, char digit, bool behind_point) {
  if (p->count == 0 && digit == '0') {
    p->power -= behind_point;
  } else if (p->count < MAX_DIGITS) {
    p->digits[p->count++] = digit;
    p->power -= behind_point;
  } else {
    p->sticky = p->sticky || digit != '0';
    p->power += !behind_point;
  }
}

/* A whole field. False when it is no number. */
static bool scan(const char *field, size_t width, unsigned decimals, parts *p) {
  bool any = false, point = false;
  p->negative = p->sticky = false;
  p->count = 0;
  p->power = 0;
  size_t i = skip(field, width, 0);
  if (i == width)
    return true;
  if (field[i] == '+' || field[i] == '-')
    p->negative = field[i++] == '-';
  for (i = skip(field, width, i); i < width && (rf_is_digit(field[i]) || (field[i] == '.' && !point));
       i = skip(field, width, i + 1)) {
    if (field[i] == '.') {
      point = true;
    } else {
      any = true;
      add_digit(p, field[i], point);
    }
  }
  if (!point)
    p->power -= decimals;
  if (!any)
    return false;
  if (i == width)
    return true;
  if (strchr("EeDd+-", field[i]) == NULL || field[i] == '\0')
    return false;
  return scan_exponent(field, width, i, &p->power);
}

/* What nearly all fields of integers look like. */
static bool plain_integer(const char *field, size_t width, int64_t *value) {
  size_t i = 0;
  while (i < width && field[i] == ' ')
    i++;
  bool negative = i < width && field[i] == '-';
  i += negative;
  size_t first = i;
  int64_t sum = 0;
  for (; i < width && rf_is_digit(field[i]) && i - first < 18; i++)
    sum = 10 * sum + (field[i] - '0');
  if (i == first || i != width)
    return false;
  *value = negative ? -sum : sum;
  return true;
}

rf_ascii_result rf_ascii_read_integer(const char *field, size_t width, unsigned decimals, int64_t *value) {
  parts p;
  if (decimals == 0 && plain_integer(field, width, value))
    return RF_ASCII_OK;
  if (!scan(field, width, decimals, &p))
    return RF_ASCII_NO_NUMBER;
  for (; p.power < 0 && p.count > 0 && p.digits[p.count - 1] == '0'; p.power++)
    p.count--;
  if (p.count == 0 && !p.sticky) {
    *value = 0;
    return RF_ASCII_OK;
  }
  if (p.count + p.power > 19)
    return RF_ASCII_TOO_LARGE;
  if (p.power < 0 || p.sticky)
    return RF_ASCII_NO_INTEGER;
  uint64_t limit = (uint64_t)INT64_MAX + p.negative, sum = 0;
  for (int64_t i = 0; i < p.count + p.power; i++) {
    uint64_t digit = i < p.count ? (uint64_t)(p.digits[i] - '0') : 0;
    if (sum > (limit - digit) / 10)
      return RF_ASCII_TOO_LARGE;
    sum = 10 * sum + digit;
  }
  *value = p.negative ? (sum > (uint64_t)INT64_MAX ? INT64_MIN : -(int64_t)sum) : (int64_t)sum;
  return RF_ASCII_OK;
}

static double parts_to_real(parts *p) {
  double value = 0;
  if (p->sticky) {
    p->digits[p->count++] = '1';
    p->power--;
  }
  if (p->count == 0 || p->count + p->power < -330)
    return 0;
  if (p->count + p->power > DBL_MAX_10_EXP + 2 || !rf_number_from_digits(p->digits, p->count, (int)p->power, &value))
    return INFINITY;
  return value;
}

static bool equals_word(const char *text, size_t n, const char *word) {
  if (strlen(word) != n)
    return false;
  for (size_t i = 0; i < n; i++)
    if (rf_to_upper(text[i]) != word[i])
      return false;
  return true;
}

/* The text of C and Python for values that are not finite. No standard has it, and it is not ambiguous. */
static bool word_to_real(const char *field, size_t width, double *value) {
  rf_trim_blanks(&field, &width);
  bool negative = width > 0 && *field == '-';
  if (width > 0 && (*field == '+' || *field == '-')) {
    field++;
    width--;
  }
  if (equals_word(field, width, "NAN"))
    *value = NAN;
  else if (equals_word(field, width, "INF") || equals_word(field, width, "INFINITY"))
    *value = negative ? -INFINITY : INFINITY;
  else
    return false;
  return true;
}

/* Digits at field[i..) with one point at most. Returns where they end; *behind counts those after the point, which is
 * seen when that is not negative. */
static size_t plain_digits(const char *field, size_t width, size_t i, uint64_t *whole, int *digits, int *behind) {
  for (; i < width; i++) {
    unsigned digit = (unsigned)(unsigned char)field[i] - '0';
    if (digit <= 9) {
      *whole = 10 * *whole + digit;
      *digits += 1;
      *behind += *behind >= 0;
    } else if (field[i] == '.' && *behind < 0) {
      *behind = 0;
    } else {
      break;
    }
  }
  return i;
}

/* What nearly all fields of reals look like: no blanks within, a point, at most 19 digits and an exponent of at most
 * three. */
static bool plain_real(const char *field, size_t width, double *value) {
  uint64_t whole = 0;
  int digits = 0, behind = -1, exponent = 0;
  size_t i = 0;
  while (i < width && field[i] == ' ')
    i++;
  bool negative = i < width && field[i] == '-';
  i = plain_digits(field, width, i + negative, &whole, &digits, &behind);
  if (digits == 0 || digits > 19 || behind < 0)
    return false;
  if (i < width && (field[i] == 'E' || field[i] == 'D')) {
    bool down = i + 1 < width && field[i + 1] == '-';
    i += 1 + (down || (i + 1 < width && field[i + 1] == '+'));
    size_t first = i;
    for (; i < width && rf_is_digit(field[i]) && i - first < 3; i++)
      exponent = 10 * exponent + (field[i] - '0');
    if (i == first)
      return false;
    exponent = down ? -exponent : exponent;
  }
  while (i < width && field[i] == ' ')
    i++;
  if (i != width || !rf_number_from_whole(whole, exponent - behind, value))
    return false;
  if (negative)
    *value = -*value;
  return true;
}

rf_ascii_result rf_ascii_read_real(const char *field, size_t width, unsigned decimals, double *value) {
  parts p;
  if (plain_real(field, width, value))
    return RF_ASCII_OK;
  if (!scan(field, width, decimals, &p))
    return word_to_real(field, width, value) ? RF_ASCII_OK : RF_ASCII_NO_NUMBER;
  double magnitude = parts_to_real(&p);
  *value = p.negative ? -magnitude : magnitude;
  return RF_ASCII_OK;
}

/* ---- writing ---- */

static void put_right(char *field, size_t width, const char *text, size_t n) {
  memset(field, ' ', width - n);
  memcpy(field + (width - n), text, n);
}

rf_ascii_result rf_ascii_write_integer(char *field, size_t width, int64_t value) {
  char text[RF_NUMBER_BYTES];
  rf_number_write_integer(value, text);
  size_t n = strlen(text);
  if (n > width)
    return RF_ASCII_TOO_LARGE;
  if (field != NULL)
    put_right(field, width, text, n);
  return RF_ASCII_OK;
}

/* A number as text: the mantissa with its point, and the exponent with its letter, which may be empty. */
typedef struct written {
  char text[1 + DBL_MAX_10_EXP + 1 + 8 + RF_ASCII_MAX_DECIMALS + 8];
  char *mantissa; /* within text */
  size_t mantissa_length;
  char exponent[8];
  size_t exponent_length;
} written;

/* Takes printf's text apart. Its point is the locale's, of any number of bytes. */
static void print_number(const rf_ascii_format *format, double value, written *w) {
  char *end = w->text;
  bool point = false;
  int decimals = (int)format->decimals;
  if (format->letter == 'F')
    snprintf(w->text, sizeof w->text, "%#.*f", decimals, value);
  else
    snprintf(w->text, sizeof w->text, "%#.*E", decimals, value);
  const char *p = w->text;
  for (; *p != '\0' && *p != 'E'; p++) {
    if (rf_is_digit(*p) || *p == '-') {
      *end++ = *p;
    } else if (!point) {
      point = true;
      *end++ = '.';
    }
  }
  w->mantissa = w->text;
  w->mantissa_length = (size_t)(end - w->text);
  w->exponent_length = strlen(p);
  memcpy(w->exponent, p, w->exponent_length);
  if (format->letter == 'D')
    w->exponent[0] = 'D';
}

static bool fits(const written *w, size_t width) {
  return w->mantissa_length + w->exponent_length <= width;
}

/* "E+05" to "E5", "E-05" to "E-5". */
static void shorten_exponent(written *w) {
  const char *p = w->exponent + 1;
  char *to = w->exponent + 1;
  if (*p == '-')
    *to++ = '-';
  p++;
  while (p + 1 < w->exponent + w->exponent_length && *p == '0')
    p++;
  size_t n = (size_t)(w->exponent + w->exponent_length - p);
  memmove(to, p, n);
  w->exponent_length = (size_t)(to - w->exponent) + n;
}

/* "0.5" to ".5", "-0.5" to "-.5"; not where no digit would be left. */
static void drop_leading_zero(written *w) {
  bool negative = w->mantissa[0] == '-';
  if (w->mantissa_length < 3u + negative || w->mantissa[negative] != '0' || w->mantissa[negative + 1] != '.')
    return;
  w->mantissa++;
  w->mantissa_length--;
  if (negative)
    w->mantissa[0] = '-';
}

static void shorten(written *w, size_t width, unsigned decimals) {
  while (!fits(w, width) && w->mantissa[w->mantissa_length - 1] == '0' &&
         memchr(w->mantissa, '.', w->mantissa_length) != NULL)
    w->mantissa_length--;
  if (!fits(w, width) && w->exponent_length > 0)
    shorten_exponent(w);
  if (!fits(w, width))
    drop_leading_zero(w);
  /* Without a point a reader puts one before the last `decimals` digits. */
  if (!fits(w, width) && decimals == 0 && w->mantissa[w->mantissa_length - 1] == '.')
    w->mantissa_length--;
}

/* Said without printing it: it fits for sure. "-d.", the decimals and "E-ddd"; or "-", the digits before the point,
 * which rounding up does not make more, "." and the decimals. */
static bool surely_fits(const rf_ascii_format *format, double value) {
  if (format->letter != 'F')
    return format->width >= format->decimals + 8;
  double limit = 0.9;
  for (unsigned i = format->decimals + 2; i < format->width && limit < 1e18; i++)
    limit *= 10;
  return limit > 1 && fabs(value) < limit;
}

rf_ascii_result rf_ascii_write_real(char *field, const rf_ascii_format *format, double value) {
  written w;
  if (!isfinite(value))
    return RF_ASCII_NOT_FINITE;
  if (field == NULL && surely_fits(format, value))
    return RF_ASCII_OK;
  print_number(format, value, &w);
  if (!fits(&w, format->width))
    shorten(&w, format->width, format->decimals);
  if (!fits(&w, format->width))
    return RF_ASCII_TOO_LARGE;
  if (field == NULL)
    return RF_ASCII_OK;
  size_t before = format->width - w.mantissa_length - w.exponent_length;
  memset(field, ' ', before);
  memcpy(field + before, w.mantissa, w.mantissa_length);
  memcpy(field + before + w.mantissa_length, w.exponent, w.exponent_length);
  return RF_ASCII_OK;
}
