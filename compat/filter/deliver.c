/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter/deliver.h"

#include <math.h>
#include <string.h>

/* A value that is an integer, or a real. */
typedef struct number {
  bool is_real;
  int64_t integer;
  double real;
} number;

static number number_at(rf_formula_type from, const void *values, size_t i) {
  number n = {.is_real = from == RF_FORMULA_REAL};
  if (from == RF_FORMULA_LOGICAL)
    n.integer = ((const uint8_t *)values)[i] != 0;
  else if (from == RF_FORMULA_INTEGER)
    n.integer = ((const int64_t *)values)[i];
  else
    n.real = ((const double *)values)[i];
  return n;
}

/* Cuts off the fraction, and clips to low ... high. */
static int64_t clip(number n, int64_t low, int64_t high, bool *overflow) {
  if (n.is_real && (n.real <= (double)low - 1 || n.real < -9223372036854775808.0)) {
    *overflow = true;
    return low;
  }
  if (n.is_real && (n.real >= (double)high + 1 || isnan(n.real))) {
    *overflow = true;
    return high;
  }
  int64_t value = n.is_real ? (int64_t)n.real : n.integer;
  if (value < low || value > high) {
    *overflow = true;
    return value < low ? low : high;
  }
  return value;
}

#define DELIVER(name, T, expression)                                                                                   \
  static void name(rf_formula_type from, const void *values, const uint8_t *nulls, size_t n, const void *nulval,       \
                   T *array, bool *overflow) {                                                                         \
    T null = 0;                                                                                                        \
    (void)overflow;                                                                                                    \
    if (nulval != NULL)                                                                                                \
      memcpy(&null, nulval, sizeof null);                                                                              \
    for (size_t i = 0; i < n; i++) {                                                                                   \
      const number v = number_at(from, values, i);                                                                     \
      array[i] = nulls[i] ? null : (T)(expression);                                                                    \
    }                                                                                                                  \
  }

DELIVER(deliver_byte, uint8_t, clip(v, 0, UINT8_MAX, overflow))
DELIVER(deliver_short, int16_t, clip(v, INT16_MIN, INT16_MAX, overflow))
DELIVER(deliver_int, int32_t, clip(v, INT32_MIN, INT32_MAX, overflow))
DELIVER(deliver_long_long, int64_t, clip(v, INT64_MIN, INT64_MAX, overflow))
DELIVER(deliver_float, float, v.is_real ? (float)v.real : (float)v.integer)
DELIVER(deliver_double, double, v.is_real ? v.real : (double)v.integer)
DELIVER(deliver_logical, char, v.is_real ? v.real != 0 : v.integer != 0)

size_t cf_deliver_size(int datatype) {
  switch (datatype) {
  case TSHORT:
    return sizeof(int16_t);
  case TINT:
  case TFLOAT:
    return 4;
  case TLONG:
    return sizeof(long);
  case TLONGLONG:
  case TDOUBLE:
    return 8;
  default:
    return 1;
  }
}

int cf_deliver(rf_formula_type from, const void *values, const uint8_t *nulls, size_t n, int datatype,
               const void *nulval, void *array, int *status) {
  bool overflow = false;
  if (datatype == TLONG)
    datatype = sizeof(long) == 8 ? TLONGLONG : TINT;
  switch (datatype) {
  case TBYTE:
    deliver_byte(from, values, nulls, n, nulval, array, &overflow);
    break;
  case TSHORT:
    deliver_short(from, values, nulls, n, nulval, array, &overflow);
    break;
  case TINT:
    deliver_int(from, values, nulls, n, nulval, array, &overflow);
    break;
  case TLONGLONG:
    deliver_long_long(from, values, nulls, n, nulval, array, &overflow);
    break;
  case TFLOAT:
    deliver_float(from, values, nulls, n, nulval, array, &overflow);
    break;
  case TDOUBLE:
    deliver_double(from, values, nulls, n, nulval, array, &overflow);
    break;
  case TLOGICAL:
    deliver_logical(from, values, nulls, n, nulval, array, &overflow);
    break;
  default:
    return cf_fail(status, BAD_DATATYPE, "values of an expression cannot have data type %d", datatype);
  }
  return overflow ? cf_fail(status, NUM_OVERFLOW, "a value of the expression does not fit its type") : *status;
}
