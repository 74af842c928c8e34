/* SPDX-License-Identifier: BSD-3-Clause */
#include "convert/one.h"

#include <float.h>
#include <math.h>

#include "convert/swap.h"

/* Loads an integer as it is stored. */
static LONGLONG load_integer(const unsigned char *at, size_t size) {
  int16_t two;
  int32_t four;
  int64_t eight;
  switch (size) {
  case 1:
    return *at;
  case 2:
    cf_swap_value(&two, at, 2);
    return two;
  case 4:
    cf_swap_value(&four, at, 4);
    return four;
  default:
    cf_swap_value(&eight, at, 8);
    return eight;
  }
}

#define PUT(number, type, low, high)                                                                                   \
  case number:                                                                                                         \
    if (value < (low) || value > (high))                                                                               \
      return false;                                                                                                    \
    *(type *)array = (type)value;                                                                                      \
    return true;

static bool put_integer(LONGLONG value, int datatype, void *array) {
  switch (datatype) {
    PUT(TBYTE, unsigned char, 0, UCHAR_MAX)
    PUT(TSBYTE, signed char, SCHAR_MIN, SCHAR_MAX)
    PUT(TUSHORT, unsigned short, 0, USHRT_MAX)
    PUT(TSHORT, short, SHRT_MIN, SHRT_MAX)
    PUT(TUINT, unsigned int, 0, UINT_MAX)
    PUT(TINT, int, INT_MIN, INT_MAX)
    PUT(TLONG, long, LONG_MIN, LONG_MAX)
    PUT(TULONG, unsigned long, 0, LONG_MAX)
    PUT(TULONGLONG, ULONGLONG, 0, LLONG_MAX)
  case TLONGLONG:
    *(LONGLONG *)array = value;
    return true;
  case TFLOAT:
    *(float *)array = (float)value;
    return true;
  case TDOUBLE:
    *(double *)array = (double)value;
    return true;
  default:
    return false;
  }
}

static bool put_real(const unsigned char *at, size_t size, int nullcheck, int datatype, void *array) {
  double value;
  float single = 0;
  if (size == 4) {
    cf_swap_value(&single, at, 4);
    value = single;
  } else {
    cf_swap_value(&value, at, 8);
  }
  if (!isnormal(value) && (nullcheck != 0 || value != 0))
    return false;
  if (datatype == TDOUBLE)
    *(double *)array = value;
  else if (datatype == TFLOAT && fabs(value) <= FLT_MAX)
    *(float *)array = (float)value;
  else
    return false;
  return true;
}

bool cf_one_from_stored(int stored, const unsigned char *at, LONGLONG tnull, int nullcheck, int datatype, void *array) {
  LONGLONG value;
  switch (stored) {
  case TFLOAT:
    return put_real(at, 4, nullcheck, datatype, array);
  case TDOUBLE:
    return put_real(at, 8, nullcheck, datatype, array);
  case TBYTE:
    value = *at;
    break;
  case TSHORT:
    value = load_integer(at, 2);
    break;
  case TINT:
  case TLONG:
    value = load_integer(at, 4);
    break;
  case TLONGLONG:
    value = load_integer(at, 8);
    break;
  default:
    return false;
  }
  return (nullcheck == 0 || value != tnull) && put_integer(value, datatype, array);
}

/* Makes the stored form of an integer. */
static bool store_integer(LONGLONG value, int stored, unsigned char *at) {
  int16_t two = (int16_t)value;
  int32_t four = (int32_t)value;
  switch (stored) {
  case TBYTE:
    *at = (unsigned char)value;
    return value >= 0 && value <= UCHAR_MAX;
  case TSHORT:
    cf_swap_value(at, &two, 2);
    return two == value;
  case TLONG:
    cf_swap_value(at, &four, 4);
    return four == value;
  case TLONGLONG:
    cf_swap_value(at, &value, 8);
    return true;
  default:
    return false;
  }
}

static bool store_real(double value, int stored, unsigned char *at) {
  float single;
  switch (stored) {
  case TDOUBLE:
    cf_swap_value(at, &value, 8);
    return true;
  case TFLOAT:
    if (!(fabs(value) <= FLT_MAX) || (value != 0 && fabs(value) < FLT_MIN))
      return false;
    single = (float)value;
    cf_swap_value(at, &single, 4);
    return true;
  default:
    return false;
  }
}

bool cf_one_to_stored(int datatype, const void *value, int stored, unsigned char *at) {
  bool real = stored == TFLOAT || stored == TDOUBLE;
  LONGLONG integer;
  switch (datatype) {
  case TINT:
    integer = *(const int *)value;
    break;
  case TSHORT:
    integer = *(const short *)value;
    break;
  case TLONG:
    integer = *(const long *)value;
    break;
  case TLONGLONG:
    integer = *(const LONGLONG *)value;
    break;
  case TBYTE:
    integer = *(const unsigned char *)value;
    break;
  case TFLOAT:
    return store_real(*(const float *)value, stored, at);
  case TDOUBLE:
    return store_real(*(const double *)value, stored, at);
  default:
    return false;
  }
  return real ? store_real((double)integer, stored, at) : store_integer(integer, stored, at);
}
