/* SPDX-License-Identifier: BSD-3-Clause
 *
 * scale.c: numbers that the data depend on: BSCALE, BZERO, BLANK, TSCALn, TZEROn, TNULLn, PSCALn, PZEROn, ZSCALE, ZZERO
 * and ZBLANK. A number that is ignored gives wrong data, so all of them are read here, as tolerantly as by other
 * readers.
 */
#ifndef RF_HEADER_SCALE_H
#define RF_HEADER_SCALE_H

#include <stdbool.h>

#include "base/error.h"

typedef enum rf_scale_state {
  RF_SCALE_ABSENT,   /* no value */
  RF_SCALE_CLEAN,    /* a number by FITS 4.2 */
  RF_SCALE_REPAIRED, /* a number in quotes, before a remark, or between tabs or NULs */
  RF_SCALE_EMPTY,    /* a string of blanks: no value */
  RF_SCALE_BAD       /* not a number, or an ambiguous one ("32768,0") */
} rf_scale_state;

typedef struct rf_card_scale {
  rf_scale_state state;
  bool is_integer; /* `integer` has the value, too */
  bool with_point; /* the card has the integer as a real number, "-32768.0" */
  bool is_2_63;    /* exactly 9223372036854775808, which a double cannot tell from its neighbours */
  int64_t integer;
  double real;
  char text[72]; /* unless clean without a point: the value field, with '?' for bytes outside printable ASCII */
} rf_card_scale;

/* Reads the number of a card. Cannot fail: a commentary card has no value. */
void rf_card_scale_read(const char card[RF_CARD_BYTES], rf_card_scale *scale);

#endif
