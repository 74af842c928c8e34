/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The number of a card that says what the data mean: BSCALE, BZERO, BLANK, TSCALn, TZEROn, TNULLn, PSCALn, PZEROn,
 * ZSCALE, ZZERO and ZBLANK. Reads what other readers read.
 */
#ifndef RF_HEADER_SCALE_H
#define RF_HEADER_SCALE_H

#include <stdbool.h>

#include "base/error.h"

typedef enum rf_scale_state {
  RF_SCALE_ABSENT,   /* no value */
  RF_SCALE_CLEAN,    /* a number as the standard has it */
  RF_SCALE_REPAIRED, /* a quoted number, one with a remark behind it, or with tabs or NULs around it */
  RF_SCALE_EMPTY,    /* a string of blanks: no value */
  RF_SCALE_BAD       /* no number, or one that may be read in several ways ("32768,0") */
} rf_scale_state;

typedef struct rf_card_scale {
  rf_scale_state state;
  bool is_integer; /* `integer` is the value, too */
  bool with_point; /* ... and stands there as a real number, "-32768.0" */
  bool is_2_63;    /* exactly 9223372036854775808, which no comparison of doubles should have to decide */
  int64_t integer;
  double real;
  char
      text[72]; /* not clean, or with_point: the value field as it was found, other bytes than printable ASCII as '?' */
} rf_card_scale;

/* Never fails. Of a commentary card the value is absent. */
void rf_card_scale_read(const char card[RF_CARD_BYTES], rf_card_scale *scale);

#endif
