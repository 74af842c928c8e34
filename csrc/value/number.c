/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decimal text and binary numbers, both ways. strtod and printf obey the locale and are not everywhere correctly
 * rounded, so reading is done here with whole numbers of any length, and writing takes nothing but digits from printf.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "value/number.h"

#include "base/ascii.h"

/* ------------------------------ whole numbers of any length ------------------------------ */

/* 10^400 takes 1,329 bits and a card's 80 digits 266, so 64 limbs hold every intermediate result below. */
#define LIMBS 64
#define MAX_DIGITS 80

typedef struct big {
  uint32_t limb[LIMBS]; /* least significant first */
  int count;
} big;

static void big_multiply_add(big *b, uint32_t factor, uint32_t term) {
  uint64_t carry = term;
  for (int i = 0; i < b->count; i++) {
    carry += (uint64_t)b->limb[i] * factor;
    b->limb[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry != 0 && b->count < LIMBS)
    b->limb[b->count++] = (uint32_t)carry;
}

static void big_scale_ten(big *b, int power) {
  for (; power >= 9; power -= 9)
    big_multiply_add(b, 1000000000u, 0);
  for (; power > 0; power--)
    big_multiply_add(b, 10, 0);
}

static int big_bits(const big *b) {
  int bits = 32 * (b->count - 1);
  for (uint32_t top = b->limb[b->count - 1]; top != 0; top >>= 1)
    bits++;
  return bits;
}

static void big_shift_left(big *b, int bits) {
  int words = bits / 32;
  int rest = bits % 32;
  if (words > 0) {
    memmove(b->limb + words, b->limb, (size_t)b->count * sizeof b->limb[0]);
    memset(b->limb, 0, (size_t)words * sizeof b->limb[0]);
    b->count += words;
  }
  if (rest > 0)
    big_multiply_add(b, 1u << rest, 0);
}

static int big_compare(const big *a, const big *b) {
  if (a->count != b->count)
    return a->count < b->count ? -1 : 1;
  for (int i = a->count - 1; i >= 0; i--)
    if (a->limb[i] != b->limb[i])
      return a->limb[i] < b->limb[i] ? -1 : 1;
  return 0;
}

/* a -= b, where a >= b. */
static void big_subtract(big *a, const big *b) {
  uint64_t borrow = 0;
  for (int i = 0; i < a->count; i++) {
    uint64_t take = borrow + (i < b->count ? b->limb[i] : 0);
    borrow = a->limb[i] < take;
    a->limb[i] = (uint32_t)(a->limb[i] - take);
  }
  while (a->count > 0 && a->limb[a->count - 1] == 0)
    a->count--;
}

/* ------------------------------ reading ------------------------------ */

/* quotient * 2^exponent (and a bit more when `inexact`) to the nearest double, ties to even. quotient has 63 or 64
 * bits. False when it is beyond the range. */
static bool round_to_double(uint64_t quotient, int exponent, bool inexact, double *out) {
  int bits = quotient >> 63 ? 64 : 63;
  int keep = DBL_MANT_DIG;
  int lowest = DBL_MIN_EXP - DBL_MANT_DIG; /* exponent of the last place of a subnormal */
  if (exponent + bits - keep < lowest)
    keep = exponent + bits - lowest;
  if (keep < 0) {
    *out = 0;
    return true;
  }
  int drop = bits - keep; /* 10 .. 64 */
  uint64_t mantissa = drop == 64 ? 0 : quotient >> drop;
  uint64_t rest = drop == 64 ? quotient : quotient & ((UINT64_C(1) << drop) - 1);
  uint64_t half = UINT64_C(1) << (drop - 1);
  if (rest > half || (rest == half && (inexact || (mantissa & 1) != 0)))
    mantissa++;
  *out = ldexp((double)mantissa, exponent + drop);
  return isfinite(*out);
}

/* As rf_number_from_digits, with numbers of any length: right for all, and slow. */
static bool by_long_division(const char *digits, int n, int power, double *out) {
  if (n + power > DBL_MAX_10_EXP + 2)
    return false;
  if (n + power < -330) {
    *out = 0;
    return true;
  }
  big numerator = {.count = 0};
  big denominator = {.limb = {1}, .count = 1};
  for (int i = 0; i < n; i++)
    big_multiply_add(&numerator, 10, (uint32_t)(digits[i] - '0'));
  if (power >= 0)
    big_scale_ten(&numerator, power);
  else
    big_scale_ten(&denominator, -power);

  /* Scaled so that the quotient has 63 or 64 bits, then divided bit by bit. */
  int shift = 63 - (big_bits(&numerator) - big_bits(&denominator));
  if (shift >= 0)
    big_shift_left(&numerator, shift);
  else
    big_shift_left(&denominator, -shift);
  big_shift_left(&denominator, 63);
  uint64_t quotient = 0;
  for (int i = 0; i < 64; i++) {
    quotient <<= 1;
    if (big_compare(&numerator, &denominator) >= 0) {
      big_subtract(&numerator, &denominator);
      quotient |= 1;
    }
    big_shift_left(&numerator, 1);
  }
  return round_to_double(quotient, -shift, numerator.count > 0, out);
}

/* Up to 2^53 and 10^22 both factors are exact doubles and one operation rounds once. */
static bool by_doubles(uint64_t whole, int power, double *out) {
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 0
  static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (whole > UINT64_C(1) << DBL_MANT_DIG || power < -22 || power > 22)
    return false;
  *out = power < 0 ? (double)whole / tens[-power] : (double)whole * tens[power];
  return true;
#else
  (void)whole, (void)power, (void)out;
  return false;
#endif
}

#if defined(__SIZEOF_INT128__)
__extension__ typedef unsigned __int128 wide;

static int leading_zeros(uint64_t value) {
  return __builtin_clzll(value);
}

/* 5^27 is the greatest power that fits 63 bits: up to there product and quotient are exact in 128 bits. */
static bool by_wide_integers(uint64_t whole, int power, double *out) {
  uint64_t five = 1;
  if (power < -27 || power > 27)
    return false;
  for (int i = power < 0 ? -power : power; i > 0; i--)
    five *= 5;
  int zeros = leading_zeros(whole);
  whole <<= zeros;
  if (power >= 0) {
    wide product = (wide)whole * five;
    uint64_t high = (uint64_t)(product >> 64);
    if (high == 0)
      return round_to_double(whole, power - zeros, false, out);
    int shift = 64 - leading_zeros(high);
    uint64_t quotient = (uint64_t)(product >> shift);
    return round_to_double(quotient, power - zeros + shift, product != (wide)quotient << shift, out);
  }
  int down = leading_zeros(five);
  five <<= down;
  wide numerator = (wide)whole << 63; /* both have their top bit set, so the quotient has 63 or 64 */
  uint64_t quotient = (uint64_t)(numerator / five);
  return round_to_double(quotient, down - zeros + power - 63, numerator != (wide)quotient * five, out);
}
#else
static bool by_wide_integers(uint64_t whole, int power, double *out) {
  (void)whole, (void)power, (void)out;
  return false;
}
#endif

bool rf_number_from_whole(uint64_t whole, int power, double *out) {
  if (whole == 0) {
    *out = 0;
    return true;
  }
  return by_doubles(whole, power, out) || by_wide_integers(whole, power, out);
}

bool rf_number_from_digits(const char *digits, int n, int power, double *out) {
  if (n <= 19) {
    uint64_t whole = 0;
    for (int i = 0; i < n; i++)
      whole = 10 * whole + (uint64_t)(digits[i] - '0');
    if (rf_number_from_whole(whole, power, out))
      return true;
  }
  return by_long_division(digits, n, power, out);
}

/* A number taken apart. */
typedef struct decimal {
  bool negative;
  bool real;               /* it has a point or an exponent */
  char digits[MAX_DIGITS]; /* without leading zeros */
  int count;
  int power; /* value = digits * 10^power */
} decimal;

static const char *skip_blanks(const char *p, const char *end) {
  while (p < end && *p == ' ')
    p++;
  return p;
}

/* The exponent's letter, sign and digits. False when it is not one. */
static bool scan_exponent(const char *p, const char *end, int *power) {
  p = skip_blanks(p + 1, end);
  bool negative = false;
  if (p < end && (*p == '+' || *p == '-'))
    negative = *p++ == '-';
  p = skip_blanks(p, end);
  if (p == end)
    return false;
  int value = 0;
  for (; p < end && rf_is_digit(*p); p++)
    value = value < 100000 ? 10 * value + (*p - '0') : value; /* a larger exponent gives the same result */
  *power += negative ? -value : value;
  return p == end;
}

static bool scan_decimal(const char *p, const char *end, decimal *d) {
  *d = (decimal){.count = 0};
  if (p < end && (*p == '+' || *p == '-'))
    d->negative = *p++ == '-';
  p = skip_blanks(p, end);
  bool any = false;
  bool point = false;
  for (; p < end && (rf_is_digit(*p) || (*p == '.' && !point)); p++) {
    if (*p == '.') {
      point = true;
      continue;
    }
    any = true;
    d->power -= point;
    if (d->count == 0 && *p == '0')
      continue;
    if (d->count == MAX_DIGITS)
      return false;
    d->digits[d->count++] = *p;
  }
  d->real = point;
  p = skip_blanks(p, end);
  if (!any || p == end)
    return any;
  if (*p != 'E' && *p != 'D' && *p != 'e' && *p != 'd')
    return false;
  d->real = true;
  return scan_exponent(p, end, &d->power);
}

static bool decimal_to_real(const decimal *d, double *out) {
  double magnitude = 0;
  if (d->count > 0 && !rf_number_from_digits(d->digits, d->count, d->power, &magnitude))
    return false;
  *out = d->negative ? -magnitude : magnitude;
  return true;
}

static bool decimal_to_integer(const decimal *d, int64_t *out) {
  uint64_t limit = (uint64_t)INT64_MAX + d->negative;
  uint64_t whole = 0;
  for (int i = 0; i < d->count; i++) {
    uint64_t digit = (uint64_t)(d->digits[i] - '0');
    if (whole > (limit - digit) / 10)
      return false;
    whole = 10 * whole + digit;
  }
  *out = d->negative ? (whole == limit ? INT64_MIN : -(int64_t)whole) : (int64_t)whole;
  return true;
}

rf_number_kind rf_number_read(const char *text, size_t n, int64_t *integer, double *real) {
  decimal d;
  if (!scan_decimal(text, text + n, &d))
    return RF_NUMBER_NONE;
  if (!d.real && decimal_to_integer(&d, integer))
    return RF_NUMBER_INTEGER;
  if (!decimal_to_real(&d, real))
    return RF_NUMBER_NONE;
  return d.real ? RF_NUMBER_REAL : RF_NUMBER_BIG;
}

/* ------------------------------ writing ------------------------------ */

/* The `precision` significant digits of value > 0 nearest to it. printf's decimal point is the locale's and is stepped
 * over. */
static void significant_digits(double value, int precision, decimal *d) {
  char text[64];
  snprintf(text, sizeof text, "%.*e", precision - 1, value);
  *d = (decimal){.real = true};
  const char *p = text;
  for (; *p != '\0' && *p != 'e'; p++)
    if (rf_is_digit(*p))
      d->digits[d->count++] = *p;
  (void)scan_exponent(p, text + strlen(text), &d->power);
  d->power -= d->count - 1;
}

/* The next number of as many digits. */
static void step_up(decimal *d) {
  int i = d->count - 1;
  for (; i >= 0 && d->digits[i] == '9'; i--)
    d->digits[i] = '0';
  if (i >= 0) {
    d->digits[i]++;
  } else {
    d->digits[0] = '1'; /* 999 to 1000: the trailing zeros are removed later */
    d->power++;
  }
}

static bool reads_back(const decimal *d, double value) {
  double back;
  return decimal_to_real(d, &back) && back == value;
}

/* Any double of up to 15 digits comes back from them when it is a normal one; subnormals may need fewer. Below a power
 * of two doubles lie closer than above it: there the nearest decimal may be too far down and the next one do. */
static void shortest_digits(double value, decimal *d) {
  for (int precision = value < DBL_MIN ? 1 : 15; precision <= 17; precision++) {
    significant_digits(value, precision, d);
    if (reads_back(d, value))
      break;
    step_up(d);
    if (reads_back(d, value))
      break;
  }
  while (d->count > 1 && d->digits[d->count - 1] == '0') {
    d->count--;
    d->power++;
  }
}

static char *put(char *p, const char *bytes, int n) {
  memcpy(p, bytes, (size_t)n);
  return p + n;
}

static char *put_zeros(char *p, int n) {
  memset(p, '0', (size_t)n);
  return p + n;
}

/* 1E-4 <= value < 1E16, as Python and astropy choose: digits with the point among them. */
static char *put_plain(char *p, const decimal *d) {
  int whole = d->count + d->power; /* digits before the point */
  if (whole <= 0) {
    p = put_zeros(put(p, "0.", 2), -whole);
    return put(p, d->digits, d->count);
  }
  if (d->power >= 0) {
    p = put_zeros(put(p, d->digits, d->count), d->power);
    return put(p, ".0", 2);
  }
  p = put(put(p, d->digits, whole), ".", 1);
  return put(p, d->digits + whole, -d->power);
}

static char *put_scientific(char *p, const decimal *d) {
  p = put(put(p, d->digits, 1), ".", 1);
  p = d->count > 1 ? put(p, d->digits + 1, d->count - 1) : put(p, "0", 1);
  int exponent = d->count + d->power - 1;
  return p + snprintf(p, 8, "E%c%02d", exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
}

bool rf_number_write_real(double value, char out[RF_NUMBER_BYTES]) {
  if (!isfinite(value))
    return false;
  char *p = out;
  if (signbit(value))
    *p++ = '-';
  decimal d = {.digits = "0", .count = 1};
  if (value != 0)
    shortest_digits(fabs(value), &d);
  int whole = d.count + d.power;
  p = whole > -4 && whole <= 16 ? put_plain(p, &d) : put_scientific(p, &d);
  *p = '\0';
  return true;
}

void rf_number_write_integer(int64_t value, char out[RF_NUMBER_BYTES]) {
  char digits[24];
  int n = 0;
  uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
  do {
    digits[n++] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  char *p = out;
  if (value < 0)
    *p++ = '-';
  while (n > 0)
    *p++ = digits[--n];
  *p = '\0';
}
