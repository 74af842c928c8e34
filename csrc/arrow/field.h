/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The Arrow type of a column.
 */
#ifndef RF_ARROW_FIELD_H
#define RF_ARROW_FIELD_H

#include <stdbool.h>

#include "base/error.h"

/* The maximal bytes of the texts of a batch, and elements of its lists, that 32-bit offsets count. Latin-1 takes up to
 * two bytes a character. */
#define RF_ARROW_MAX_TEXT ((uint64_t)INT32_MAX / 2)
#define RF_ARROW_MAX_ITEMS ((uint64_t)INT32_MAX)

typedef struct rf_arrow_field {
  rf_column_info info;
  size_t column;      /* 0-based */
  rf_dtype type;      /* of values in their buffer: that of `info`, or a wider one that was requested */
  bool variable;      /* cells in the heap */
  bool large;         /* 64-bit offsets */
  bool list;          /* list, of cells in the heap or without elements: some packages refuse fixed lists of none */
  bool text;          /* strings, as utf8 or binary */
  bool utf8;          /* these are utf8 */
  bool complex;       /* pairs of reals */
  bool bits;          /* bool: one bit a value */
  bool nullable;      /* values may be null */
  unsigned width;     /* bytes of a value in its buffer: 1 to 8; 0 for bits and strings */
  const char *format; /* of one value; of a complex number: of one part */
} rf_arrow_field;

/* Finds the type of a column, whose `info` and `column` are set. RF_ERR_UNSUPPORTED if Arrow has none. */
rf_status rf_arrow_field_init(rf_arrow_field *field, rf_arrow_nulls nulls, rf_arrow_strings strings, rf_error *err);

#endif
