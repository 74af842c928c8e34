/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Integers of any column, signed or unsigned, and reals: exact arithmetic, one number at a time.
 */
#ifndef RF_EXPR_NUMBER_H
#define RF_EXPR_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An integer between -2^63 and 2^64 - 1, or a real: the result of an integer operation beyond that range. An integer
 * that fits I64 is never U64. */
typedef enum rf_num_tag { RF_NUM_I64, RF_NUM_U64, RF_NUM_REAL } rf_num_tag;

typedef struct rf_num {
  union {
    int64_t i;
    uint64_t u;
    double d;
  };
  uint8_t tag; /* rf_num_tag */
} rf_num;

static inline rf_num rf_num_i64(int64_t i) {
  return (rf_num){.i = i, .tag = RF_NUM_I64};
}

static inline rf_num rf_num_u64(uint64_t u) {
  return u <= INT64_MAX ? rf_num_i64((int64_t)u) : (rf_num){.u = u, .tag = RF_NUM_U64};
}

static inline rf_num rf_num_real(double d) {
  return (rf_num){.d = d, .tag = RF_NUM_REAL};
}

static inline double rf_num_double(rf_num a) {
  return a.tag == RF_NUM_I64 ? (double)a.i : a.tag == RF_NUM_U64 ? (double)a.u : a.d;
}

/* Returns -1, 0 or 1, or RF_NUM_UNORDERED for a NaN. Compares by value, without rounding an integer to a real. */
#define RF_NUM_UNORDERED 2
int rf_num_compare(rf_num a, rf_num b);

/* Return the exact result where it is an integer of that range, else a rounded real. A modulus has the sign of b, and
 * is NaN for b = 0. rf_num_bitand() is NaN for reals. */
rf_num rf_num_add(rf_num a, rf_num b);
rf_num rf_num_subtract(rf_num a, rf_num b);
rf_num rf_num_multiply(rf_num a, rf_num b);
rf_num rf_num_modulo(rf_num a, rf_num b);
rf_num rf_num_bitand(rf_num a, rf_num b);
rf_num rf_num_negate(rf_num a);
rf_num rf_num_abs(rf_num a);
rf_num rf_num_min(rf_num a, rf_num b);
rf_num rf_num_max(rf_num a, rf_num b);
double rf_real_modulo(double a, double b);

#endif
