/* SPDX-License-Identifier: BSD-3-Clause */
#include "tile/select.h"

static inline float median_of_three_f32(float a, float b, float c) {
  float low = a < b ? a : b, high = a < b ? b : a;
  return c < low ? low : c > high ? high : c;
}

static inline double median_of_three_f64(double a, double b, double c) {
  double low = a < b ? a : b, high = a < b ? b : a;
  return c < low ? low : c > high ? high : c;
}

#define REAL float
#define NAME(name) name##_f32
#include "tile/select_real.h"
#undef REAL
#undef NAME

#define REAL double
#define NAME(name) name##_f64
#include "tile/select_real.h"
#undef REAL
#undef NAME
