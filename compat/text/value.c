/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The text of a value to a value. ffc2xx() and the like tell the type; ffc2i(), ffc2d() and the like convert a value of
 * any type to one; ffc2jj(), ffc2dd() and the like read numbers alone.
 */
#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "base/status.h"
#include "fitsio2.h"

#define LONGEST_NUMBER 200

static bool ended(const char *text) {
  return *text == '\0' || *text == ' ';
}

int ffdtyp(const char *cval, char *dtype, int *status) {
  CF_GO(status);
  if (cval == NULL || dtype == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no value, or no place for its type");
  switch (*cval) {
  case '\0':
    if (*status <= 0)
      *status = VALUE_UNDEFINED;
    return *status;
  case '\'':
    *dtype = 'C';
    break;
  case 'T':
  case 'F':
    *dtype = 'L';
    break;
  case '(':
    *dtype = 'X';
    break;
  default:
    while (*cval != '\0' && *cval != '.' && *cval != 'E' && *cval != 'D')
      cval++;
    *dtype = *cval != '\0' ? 'F' : 'I';
  }
  return *status;
}

int ffinttyp(char *cval, int *datatype, int *negative, int *status) {
  CF_GO(status);
  if (cval == NULL || datatype == NULL || negative == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no value, or no place for its type");
  const char *digits = cval;
  *datatype = 0;
  *negative = *digits == '-';
  if (*digits == '-' || *digits == '+')
    digits++;
  if (*digits == '\0') {
    *status = VALUE_UNDEFINED;
    return *status;
  }
  if (strspn(digits, "0123456789") != strlen(digits))
    return cf_fail(status, BAD_INTKEY, "this value is no integer: %.70s", cval);
  errno = 0;
  unsigned long long size = strtoull(digits, NULL, 10);
  if (errno != 0 || (*negative && size > (unsigned long long)LLONG_MAX + 1))
    return cf_fail(status, BAD_INTKEY, "this integer has more than 64 bits: %.70s", cval);
  unsigned long long least = size - (*negative && size > 0);
  if (least <= 127)
    *datatype = TSBYTE;
  else if (least <= 255 && !*negative)
    *datatype = TBYTE;
  else if (least <= 32767)
    *datatype = TSHORT;
  else if (least <= 65535 && !*negative)
    *datatype = TUSHORT;
  else if (least <= 2147483647)
    *datatype = TINT;
  else if (least <= 4294967295 && !*negative)
    *datatype = TUINT;
  else if (least <= LLONG_MAX)
    *datatype = TLONGLONG;
  else
    *datatype = TULONGLONG;
  return *status;
}

/* A number out of range is reported before one that is no number. */
static int out_of_range(const char *cval, int *status) {
  *status = 0;
  return cf_fail(status, NUM_OVERFLOW, "this number is out of range: %.70s", cval);
}

int ffc2jj(const char *cval, LONGLONG *ival, int *status) {
  char *end;
  CF_GO(status);
  if (cval == NULL || ival == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no value, or no place for it");
  errno = 0;
  *ival = strtoll(cval, &end, 10);
  if (errno == ERANGE)
    return out_of_range(cval, status);
  if (!ended(end))
    return cf_fail(status, BAD_C2I, "cannot convert this text to an integer: %.70s", cval);
  return *status;
}

int ffc2ujj(const char *cval, ULONGLONG *ival, int *status) {
  char *end;
  CF_GO(status);
  if (cval == NULL || ival == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no value, or no place for it");
  errno = 0;
  *ival = strtoull(cval, &end, 10);
  if (errno == ERANGE)
    return out_of_range(cval, status);
  if (!ended(end))
    return cf_fail(status, BAD_C2I, "cannot convert this text to an integer: %.70s", cval);
  return *status;
}

int ffc2ii(const char *cval, long *ival, int *status) {
  LONGLONG value = 0;
  CF_GO(status);
  if (cval == NULL || ival == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no value, or no place for it");
  ffc2jj(cval, &value, status);
  *ival = (long)value;
  if (*status == NUM_OVERFLOW || value > LONG_MAX || value < LONG_MIN) {
    *ival = value < 0 ? LONG_MIN : LONG_MAX;
    return *status > 0 ? *status : cf_fail(status, NUM_OVERFLOW, "this integer does not fit a long: %.70s", cval);
  }
  return *status;
}

int ffc2ll(const char *cval, int *lval, int *status) {
  CF_GO(status);
  if (cval == NULL || lval == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no value, or no place for it");
  *lval = *cval == 'T';
  return *status;
}

/* Reads a number of few digits, for which one exact multiplication or division is enough. false: it is none. */
static bool read_short(const char *text, double *value) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  const int most = (int)(sizeof powers / sizeof *powers) - 1;
  bool negative = *text == '-', point = false;
  long long digits = 0;
  int count = 0, exponent = 0;
  text += *text == '-' || *text == '+';
  for (; (*text >= '0' && *text <= '9') || (*text == '.' && !point); text++) {
    if (*text == '.') {
      point = true;
      continue;
    }
    digits = 10 * digits + *text - '0';
    exponent -= point;
    if (++count > 15)
      return false;
  }
  if (count == 0)
    return false;
  if (*text == 'E' || *text == 'D') {
    bool down = text[1] == '-';
    int given = 0;
    text += 1 + (text[1] == '-' || text[1] == '+');
    if (*text < '0' || *text > '9')
      return false;
    for (; *text >= '0' && *text <= '9' && given < 1000; text++)
      given = 10 * given + *text - '0';
    exponent += down ? -given : given;
  }
  if (!ended(text) || exponent > most || exponent < -most)
    return false;
  double number = exponent < 0 ? (double)digits / powers[-exponent] : (double)digits * powers[exponent];
  *value = negative ? -number : number;
  return true;
}

/* Reads a number with an exponent E or D, in any locale. `error` is the status of text that is no number. Returns the
 * number, or what could be read of it. */
static double read_double(const char *cval, int error, int *status) {
  char text[LONGEST_NUMBER], *end;
  double simple;
  if (read_short(cval, &simple))
    return simple;
  size_t n = strlen(cval);
  if (n >= sizeof text) {
    cf_fail(status, error, "this number has too many characters: %.70s", cval);
    return 0;
  }
  memcpy(text, cval, n + 1);
  char *exponent = strchr(text, 'D');
  if (exponent != NULL)
    *exponent = 'E';
  const char *point = localeconv()->decimal_point;
  char *dot = *point == '.' ? NULL : strchr(text, '.');
  if (dot != NULL)
    *dot = *point;
  errno = 0;
  double number = strtod(text, &end);
  bool overflow = errno == ERANGE || !isfinite(number);
  if (!ended(end))
    cf_fail(status, error, "cannot convert this text to a number: %.70s", cval);
  if (overflow)
    out_of_range(cval, status);
  return overflow ? 0 : number;
}

int ffc2dd(const char *cval, double *dval, int *status) {
  CF_GO(status);
  if (cval == NULL || dval == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no value, or no place for it");
  *dval = read_double(cval, BAD_C2D, status);
  return *status;
}

int ffc2rr(const char *cval, float *fval, int *status) {
  CF_GO(status);
  if (cval == NULL || fval == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no value, or no place for it");
  *fval = (float)read_double(cval, BAD_C2F, status);
  if (!isfinite(*fval)) {
    *fval = 0;
    out_of_range(cval, status);
  }
  return *status;
}

int ffc2s(const char *instr, char *outstr, int *status) {
  CF_GO(status);
  if (instr == NULL || outstr == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no value, or no place for the string");
  size_t n = 0;
  if (*instr != '\'') {
    memmove(outstr, instr, strlen(instr) + 1);
    if (*instr == '\0')
      *status = VALUE_UNDEFINED;
    return *status;
  }
  const char *text = instr + 1;
  for (; *text != '\0' && (*text != '\'' || text[1] == '\''); text++) {
    if (*text == '\'')
      text++;
    outstr[n++] = *text;
  }
  bool closed = *text == '\'';
  while (closed && n > 0 && outstr[n - 1] == ' ')
    n--;
  outstr[n] = '\0';
  if (!closed)
    return cf_fail(status, NO_QUOTE, "this string has no closing quote: %.70s", instr);
  return *status;
}

/* Reads a value that is no integer, for the functions below. */
static int other_value(const char *cval, char dtype, int *lval, char *sval, double *dval, int *status) {
  if (dtype == 'X' && sval == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for a complex value");
  switch (dtype) {
  case 'F':
    return ffc2dd(cval, dval, status);
  case 'L':
    return ffc2ll(cval, lval, status);
  case 'C':
    return ffc2s(cval, sval, status);
  default:
    cf_copy(sval, cval, FLEN_VALUE);
    return *status;
  }
}

int ffc2x(const char *cval, char *dtype, long *ival, int *lval, char *sval, double *dval, int *status) {
  CF_GO(status);
  if (ffdtyp(cval, dtype, status) > 0)
    return *status;
  return *dtype == 'I' ? ffc2ii(cval, ival, status) : other_value(cval, *dtype, lval, sval, dval, status);
}

int ffc2xx(const char *cval, char *dtype, LONGLONG *ival, int *lval, char *sval, double *dval, int *status) {
  CF_GO(status);
  if (ffdtyp(cval, dtype, status) > 0)
    return *status;
  return *dtype == 'I' ? ffc2jj(cval, ival, status) : other_value(cval, *dtype, lval, sval, dval, status);
}

int ffc2uxx(const char *cval, char *dtype, ULONGLONG *ival, int *lval, char *sval, double *dval, int *status) {
  CF_GO(status);
  if (ffdtyp(cval, dtype, status) > 0)
    return *status;
  return *dtype == 'I' ? ffc2ujj(cval, ival, status) : other_value(cval, *dtype, lval, sval, dval, status);
}

/* Reads any value as a double: a string must hold a number. `error` is the status of a complex one. */
static int any_double(const char *cval, char dtype, double *value, int error, int *status) {
  char text[FLEN_CARD];
  int truth = 0;
  *value = 0;
  switch (dtype) {
  case 'L':
    ffc2ll(cval, &truth, status);
    *value = truth;
    break;
  case 'C':
    if (strlen(cval) >= sizeof text)
      return cf_fail(status, BAD_C2D, "cannot convert this text to a number: %.70s", cval);
    if (ffc2s(cval, text, status) <= 0)
      ffc2dd(text, value, status);
    break;
  case 'X':
    return cf_fail(status, error, "a complex number is no number of another type: %.70s", cval);
  default:
    ffc2dd(cval, value, status);
  }
  return *status;
}

/* ffc2i(), ffc2j(), ffc2uj(): the first value above `most` is its double, which has fewer digits. */
#define CF_ANY_INTEGER(name, type, read, least, most)                                                                  \
  int name(const char *cval, type *ival, int *status) {                                                                \
    char dtype;                                                                                                        \
    double value;                                                                                                      \
    CF_GO(status);                                                                                                     \
    if (ival == NULL)                                                                                                  \
      return cf_fail(status, NULL_INPUT_PTR, "no place for the value");                                                \
    if (ffdtyp(cval, &dtype, status) > 0)                                                                              \
      return *status;                                                                                                  \
    *ival = 0;                                                                                                         \
    if (dtype == 'I') {                                                                                                \
      if (read(cval, ival, status) > 0)                                                                                \
        *ival = 0;                                                                                                     \
      return *status;                                                                                                  \
    }                                                                                                                  \
    any_double(cval, dtype, &value, BAD_INTKEY, status);                                                               \
    if ((*status <= 0 || dtype == 'F') && !(value >= (double)(least) && value < (double)(most)))                       \
      out_of_range(cval, status);                                                                                      \
    else if (*status <= 0)                                                                                             \
      *ival = (type)value;                                                                                             \
    return *status;                                                                                                    \
  }

CF_ANY_INTEGER(ffc2i, long, ffc2ii, LONG_MIN, LONG_MAX)
CF_ANY_INTEGER(ffc2j, LONGLONG, ffc2jj, LLONG_MIN, LLONG_MAX)
CF_ANY_INTEGER(ffc2uj, ULONGLONG, ffc2ujj, -0.49, ULLONG_MAX)

int ffc2d(const char *cval, double *dval, int *status) {
  char dtype;
  CF_GO(status);
  if (dval == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the value");
  if (ffdtyp(cval, &dtype, status) > 0)
    return *status;
  if (any_double(cval, dtype, dval, BAD_DOUBLEKEY, status) > 0)
    *dval = 0;
  return *status;
}

int ffc2r(const char *cval, float *fval, int *status) {
  char dtype, text[FLEN_CARD];
  double value;
  CF_GO(status);
  if (fval == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the value");
  if (ffdtyp(cval, &dtype, status) > 0)
    return *status;
  *fval = 0;
  if (dtype == 'C' && strlen(cval) < sizeof text) {
    if (ffc2s(cval, text, status) <= 0)
      ffc2rr(text, fval, status);
  } else if (dtype == 'I' || dtype == 'F') {
    ffc2rr(cval, fval, status);
  } else if (any_double(cval, dtype, &value, BAD_FLOATKEY, status) <= 0) {
    *fval = (float)value;
  }
  if (*status > 0)
    *fval = 0;
  return *status;
}

int ffc2l(const char *cval, int *lval, int *status) {
  char dtype;
  LONGLONG integer = 0;
  double value = 0;
  CF_GO(status);
  if (lval == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the value");
  if (ffdtyp(cval, &dtype, status) > 0)
    return *status;
  *lval = 0;
  switch (dtype) {
  case 'L':
    return ffc2ll(cval, lval, status);
  case 'I':
    if (ffc2jj(cval, &integer, status) <= 0)
      *lval = integer != 0;
    return *status;
  case 'F':
    if (ffc2dd(cval, &value, status) <= 0)
      *lval = value != 0;
    return *status;
  default:
    return cf_fail(status, BAD_LOGICALKEY, "this value is not logical: %.70s", cval);
  }
}
