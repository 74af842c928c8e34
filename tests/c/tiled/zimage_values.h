/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Values and specifications of the compressed images that tests write.
 */
#ifndef RF_TESTS_ZIMAGE_VALUES_H
#define RF_TESTS_ZIMAGE_VALUES_H

#include <inttypes.h>
#include <math.h>

#include "image_request.h"
#include "table_calls.h"

#define MOST 4096

static uint32_t seed = 1;

static inline uint32_t next_random(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed >> 8;
}

/* Values that suit a type; reals are noise around 10 with some NaN and zeros. */
static inline void fill(rf_dtype type, void *values, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t n = next_random() % 3000;
    switch (type) {
    case RF_U8:
    case RF_I8:
      ((uint8_t *)values)[i] = (uint8_t)(n % 100);
      break;
    case RF_I16:
    case RF_U16:
      ((uint16_t *)values)[i] = (uint16_t)(n + (type == RF_U16 ? 40000 : 0));
      break;
    case RF_I32:
    case RF_U32:
      ((uint32_t *)values)[i] = n * 1000;
      break;
    case RF_I64:
    case RF_U64:
      ((uint64_t *)values)[i] = (uint64_t)n << 40;
      break;
    case RF_F32:
      ((float *)values)[i] = n % 50 == 0 ? NAN : n % 51 == 0 ? 0.0f : 10.0f + (float)(next_random() % 1000) / 500.0f;
      break;
    case RF_F64:
      ((double *)values)[i] = n % 50 == 0 ? NAN : n % 51 == 0 ? 0.0 : 10.0 + (double)(next_random() % 1000) / 500.0;
      break;
    default: /* pixels have no other type */
      break;
    }
  }
}

static inline rf_compression compression_of(rf_zcmptype type) {
  rf_compression compression = {.size = sizeof compression};
  rf_compression_init(&compression);
  compression.type = type;
  return compression;
}

static inline rf_image_spec spec_of(rf_dtype type, int naxis, const uint64_t *axes, const rf_compression *compression) {
  return (rf_image_spec){.size = sizeof(rf_image_spec),
                         .dtype = type,
                         .naxis = naxis,
                         .axes = axes,
                         .extver = -1,
                         .compression = compression};
}

#endif
