/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the structural cards of a header say, taken card by card: the scanner reads headers in pieces and keeps none
 * of them.
 */
#ifndef RF_FILE_STRUCTURE_H
#define RF_FILE_STRUCTURE_H

#include "file/file.h"
#include "header/scale.h"

/* A keyword with an integer value. Of a keyword that stands twice the first one counts. */
typedef struct rf_number {
  bool seen;
  bool valid; /* the value is an integer of 64 bits */
  int64_t value;
} rf_number;

/* A keyword with a logical value; anything but T is false. */
typedef struct rf_flag {
  bool seen;
  bool value;
} rf_flag;

struct rf_structure {
  const rf_hdu_ops *const *kinds;
  rf_hdu *hdu;
  bool primary;
  rf_number bitpix, naxis, pcount, gcount, tfields, extver, blank;
  rf_flag groups, zimage, ztable;
  bool has_bscale, has_bzero, has_xtension;
  char scale_keyword[9];                       /* "", or BSCALE, BZERO or BLANK that was read generously, ... */
  char scale_text[72];                         /* ... its value, ... */
  rf_scale_state scale_state;                  /* ... and how: RF_SCALE_REPAIRED or RF_SCALE_EMPTY */
  bool named;                                  /* there was an EXTNAME */
  char *open_name;                             /* NULL, or a name that ended in '&': a CONTINUE card may follow */
  char own_name[sizeof((rf_hdu *)0)->extname]; /* "", or the name behind that of a compressed image's table */
  char xtension[80];
  char twice[9];        /* "", or a keyword that has come again with another value */
  char real_blank[72];  /* "", or the text of a BLANK like -32768.0 */
  bool blank_outside;   /* BLANK is no value that BITPIX can store */
  unsigned axis_beyond; /* 0, or n of a NAXISn that is more than NAXIS */
  size_t count;         /* of cards so far */
  size_t odd_card;      /* 0, or the number (from 1) of the first card with a byte outside printable ASCII */
  char odd[RF_CARD_BYTES];
  unsigned garbage; /* cards without a printable keyword, one behind the other */
  uint64_t *axes;   /* hdu->small_axes until an axis beyond them turns up */
};

/* Begins to fill *hdu, which needs no preparation. `kinds` are those of the file. */
void rf_structure_begin(rf_structure *structure, const rf_hdu_ops *const *kinds, rf_hdu *hdu, bool primary);

/* Takes one card. RF_ERR_FORMAT when so many cards in a row have no printable keyword that they must be data. */
rf_status rf_structure_card(rf_structure *structure, const char card[RF_CARD_BYTES], rf_error *err);

/* Checks what was found and works out kind and size. On failure the entry owns nothing. */
rf_status rf_structure_finish(rf_structure *structure, rf_error *err);

/* Drops what was begun. */
void rf_structure_abandon(rf_structure *structure);

#endif
