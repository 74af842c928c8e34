/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Buffers of Arrow from cells in memory: bitmaps from bytes, strings from fields of fixed width.
 */
#ifndef RF_ARROW_FILL_H
#define RF_ARROW_FILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rustfits/dtype.h"

/* Packs `n` bytes that are 0 or 1 into a bitmap of (n + 7) / 8 bytes, lowest bit first. `invert` turns each value.
 * Returns the number of ones at `bytes`. */
size_t rf_arrow_pack_bits(uint8_t *bitmap, const uint8_t *bytes, size_t n, bool invert);

/* Copies `n` numbers, or complex numbers, to a type that holds all values of theirs. */
void rf_arrow_widen(void *to, rf_dtype to_type, const void *from, rf_dtype from_type, size_t n);

/* Strings of a column, and the offsets that are made: `offsets32` or `offsets64`. */
typedef struct rf_arrow_text {
  uint8_t *bytes;
  size_t count; /* strings */
  int32_t *offsets32;
  int64_t *offsets64;
} rf_arrow_text;

/* Moves strings of `width` bytes, filled up with NUL, together, and sets the offsets. Returns whether a byte is above
 * 0x7F. */
bool rf_arrow_join_fields(rf_arrow_text *text, size_t width);

/* The same for strings of these lengths without gaps, which end at a NUL and lose trailing blanks. */
bool rf_arrow_join_cells(rf_arrow_text *text, const uint64_t *lengths);

/* Returns the bytes of all strings as UTF-8, of Latin-1 that has been joined. */
uint64_t rf_arrow_utf8_bytes(const rf_arrow_text *text);

/* Writes all strings as UTF-8 to `out`, and moves the offsets. */
void rf_arrow_to_utf8(rf_arrow_text *text, uint8_t *out);

#endif
