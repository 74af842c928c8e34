/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Integers of any column, signed and unsigned, together: one number at a time, for the rows where plain 64-bit loops
 * would not be exact.
 */
#include "expr/number.h"

#include <math.h>

#define TWO_63 9223372036854775808.0
#define TWO_64 18446744073709551616.0

/* ------------------------------ sign and magnitude ------------------------------ */

typedef struct whole {
  uint64_t magnitude;
  bool negative;
} whole;

static whole whole_of(rf_num a) {
  if (a.tag == RF_NUM_U64)
    return (whole){a.u, false};
  return a.i < 0 ? (whole){-(uint64_t)a.i, true} : (whole){(uint64_t)a.i, false};
}

static rf_num num_of(whole w) {
  if (!w.negative || w.magnitude == 0)
    return rf_num_u64(w.magnitude);
  if (w.magnitude <= (uint64_t)INT64_MAX)
    return rf_num_i64(-(int64_t)w.magnitude);
  return w.magnitude == (uint64_t)INT64_MAX + 1 ? rf_num_i64(INT64_MIN) : rf_num_real(-(double)w.magnitude);
}

static bool are_whole(rf_num a, rf_num b) {
  return a.tag != RF_NUM_REAL && b.tag != RF_NUM_REAL;
}

/* ------------------------------ comparison ------------------------------ */

static int compare_whole(whole a, whole b) {
  if (a.negative != b.negative)
    return a.negative ? -1 : 1;
  if (a.magnitude == b.magnitude)
    return 0;
  return (a.magnitude < b.magnitude) != a.negative ? -1 : 1;
}

static int compare_reals(double a, double b) {
  return a < b ? -1 : a > b ? 1 : a == b ? 0 : RF_NUM_UNORDERED;
}

/* The whole part of b is compared as an integer; where that is the same, what b has behind the point decides. */
static int compare_whole_real(whole a, double b) {
  if (isnan(b))
    return RF_NUM_UNORDERED;
  if (b >= TWO_64)
    return -1;
  if (b < -TWO_63)
    return 1;
  double floor_b = trunc(b);
  int order = compare_whole(a, (whole){(uint64_t)fabs(floor_b), floor_b < 0});
  return order != 0 ? order : compare_reals(floor_b, b);
}

int rf_num_compare(rf_num a, rf_num b) {
  if (a.tag == RF_NUM_I64 && b.tag == RF_NUM_I64)
    return a.i < b.i ? -1 : a.i > b.i;
  if (are_whole(a, b))
    return compare_whole(whole_of(a), whole_of(b));
  if (a.tag == RF_NUM_REAL && b.tag == RF_NUM_REAL)
    return compare_reals(a.d, b.d);
  if (b.tag == RF_NUM_REAL)
    return compare_whole_real(whole_of(a), b.d);
  int order = compare_whole_real(whole_of(b), a.d);
  return order == RF_NUM_UNORDERED ? order : -order;
}

/* ------------------------------ arithmetic ------------------------------ */

static bool add_whole(whole a, whole b, whole *sum) {
  if (a.negative == b.negative) {
    *sum = (whole){a.magnitude + b.magnitude, a.negative};
    return sum->magnitude >= a.magnitude;
  }
  *sum = a.magnitude >= b.magnitude ? (whole){a.magnitude - b.magnitude, a.negative}
                                    : (whole){b.magnitude - a.magnitude, b.negative};
  return true;
}

rf_num rf_num_add(rf_num a, rf_num b) {
  whole sum;
  if (are_whole(a, b) && add_whole(whole_of(a), whole_of(b), &sum))
    return num_of(sum);
  return rf_num_real(rf_num_double(a) + rf_num_double(b));
}

rf_num rf_num_subtract(rf_num a, rf_num b) {
  if (are_whole(a, b)) {
    whole difference;
    whole minus = whole_of(b);
    minus.negative = !minus.negative;
    if (add_whole(whole_of(a), minus, &difference))
      return num_of(difference);
  }
  return rf_num_real(rf_num_double(a) - rf_num_double(b));
}

rf_num rf_num_multiply(rf_num a, rf_num b) {
  if (are_whole(a, b)) {
    whole x = whole_of(a);
    whole y = whole_of(b);
    if (x.magnitude == 0 || y.magnitude <= UINT64_MAX / x.magnitude)
      return num_of((whole){x.magnitude * y.magnitude, x.negative != y.negative});
  }
  return rf_num_real(rf_num_double(a) * rf_num_double(b));
}

double rf_real_modulo(double a, double b) {
  double rest = fmod(a, b);
  if (rest == 0)
    return copysign(0, b);
  return (rest < 0) != (b < 0) ? rest + b : rest;
}

rf_num rf_num_modulo(rf_num a, rf_num b) {
  if (!are_whole(a, b))
    return rf_num_real(rf_real_modulo(rf_num_double(a), rf_num_double(b)));
  whole x = whole_of(a);
  whole y = whole_of(b);
  if (y.magnitude == 0)
    return rf_num_real(NAN);
  uint64_t rest = x.magnitude % y.magnitude;
  if (rest != 0 && x.negative != y.negative)
    rest = y.magnitude - rest;
  return num_of((whole){rest, y.negative});
}

rf_num rf_num_bitand(rf_num a, rf_num b) {
  if (!are_whole(a, b))
    return rf_num_real(NAN);
  uint64_t bits = a.u & b.u;
  /* The sign survives only where both have it. */
  return a.tag == RF_NUM_I64 && b.tag == RF_NUM_I64 ? rf_num_i64(a.i & b.i) : rf_num_u64(bits);
}

rf_num rf_num_negate(rf_num a) {
  if (a.tag == RF_NUM_REAL)
    return rf_num_real(-a.d);
  whole w = whole_of(a);
  w.negative = !w.negative;
  return num_of(w);
}

rf_num rf_num_abs(rf_num a) {
  return a.tag == RF_NUM_REAL ? rf_num_real(fabs(a.d)) : rf_num_u64(whole_of(a).magnitude);
}

rf_num rf_num_min(rf_num a, rf_num b) {
  int order = rf_num_compare(a, b);
  return order == RF_NUM_UNORDERED ? rf_num_real(NAN) : order <= 0 ? a : b;
}

rf_num rf_num_max(rf_num a, rf_num b) {
  int order = rf_num_compare(a, b);
  return order == RF_NUM_UNORDERED ? rf_num_real(NAN) : order >= 0 ? a : b;
}
