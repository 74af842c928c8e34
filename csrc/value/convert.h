/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Element values between file and memory: byte order, offset types (FITS 5.2.5), BSCALE and BZERO (FITS 4.4.2.5),
 * BLANK (FITS 5.2.6). Pure functions on buffers.
 */
#ifndef RF_VALUE_CONVERT_H
#define RF_VALUE_CONVERT_H

#include <stdbool.h>

#include "base/error.h"
#include "value/dtype.h"

typedef enum rf_convert_mode {
  RF_CONVERT_SWAP,  /* stored values: byte order only */
  RF_CONVERT_FLIP,  /* the offset type: byte order and the top bit */
  RF_CONVERT_NUMBER /* through double: scaling, or conversion to a real type */
} rf_convert_mode;

/* What a header says about the values of an image. */
typedef struct rf_scaling {
  int bitpix;
  double bscale;
  double bzero;
  bool bzero_is_2_63; /* exactly 2^63, which a double cannot tell from its neighbours */
  bool is_unreadable; /* BSCALE or BZERO is not a number: only stored values can be read */
  bool has_blank;
  int64_t blank;
} rf_scaling;

typedef struct rf_convert {
  rf_convert_mode mode;
  rf_dtype stored;  /* by BITPIX */
  rf_dtype natural; /* type of the values before general scaling: `stored` or its offset type */
  rf_dtype type;    /* the caller's */
  unsigned stored_bytes;
  unsigned type_bytes;
  bool scaled; /* bscale and bzero apply */
  bool has_blank;
  double bscale;
  double bzero;
  int64_t blank;
} rf_convert;

/* Returns the type that BITPIX stores. */
rf_dtype rf_convert_stored_type(int bitpix);

/* Returns the type of the values of an image, as rf_image_info.type has it. */
rf_dtype rf_convert_value_type(const rf_scaling *scaling);

/* Sets *convert to convert between the values of an image and `type`. `raw`: stored values. RF_ERR_TYPE when no
 * conversion exists. */
rf_status rf_convert_init(rf_convert *convert, const rf_scaling *scaling, rf_dtype type, bool raw, rf_error *err);

/* Converts `count` stored values at `src`, in file order, to values at `dst`. dst == src is allowed when both have the
 * same width; other overlap is not. No alignment is needed. */
void rf_convert_read(const rf_convert *convert, void *dst, const void *src, size_t count);

/* Like rf_convert_read(), for stored values in machine order. */
void rf_convert_values(const rf_convert *convert, void *dst, const void *src, size_t count);

/* Set one byte per element: 1 where the stored value is BLANK or NaN. The second function reads machine order. */
void rf_convert_mask(const rf_convert *convert, uint8_t *mask, const void *src, size_t count);
void rf_convert_values_mask(const rf_convert *convert, uint8_t *mask, const void *src, size_t count);

/* Checks that values can be stored. RF_ERR_RANGE for a value that does not fit, or NaN without BLANK; RF_ERR_ARGUMENT
 * for a masked value without BLANK. `mask` may be NULL. */
rf_status rf_convert_check(const rf_convert *convert, const void *src, const uint8_t *mask, uint64_t count,
                           rf_error *err);

/* Converts `count` values at `src` to stored values in file order at `dst`, without overlap. rf_convert_check() has
 * accepted the values. */
void rf_convert_write(const rf_convert *convert, void *dst, const void *src, const uint8_t *mask, size_t count);

#endif
