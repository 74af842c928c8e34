/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The structural cards of a header, taken one by one: the scan reads headers in parts and keeps none of them.
 */
#ifndef RF_FILE_STRUCTURE_H
#define RF_FILE_STRUCTURE_H

#include "file/file.h"
#include "header/scale.h"

/* A keyword with an integer value. The first one of repeated keywords counts. */
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
  char scale_keyword[9];      /* "", or BSCALE, BZERO or BLANK whose value does not have the form of a number, ... */
  char scale_text[72];        /* ... its value, ... */
  rf_scale_state scale_state; /* ... and how it was read: RF_SCALE_REPAIRED or RF_SCALE_EMPTY */
  bool named;                 /* there was an EXTNAME */
  char *open_name;            /* NULL, or a name that ended in '&': a CONTINUE card may follow */
  char own_name[sizeof((rf_hdu *)0)->extname]; /* "", or the EXTNAME after that of a compressed image's table */
  char xtension[80];
  char duplicate[9];               /* "", or a repeated keyword with another value */
  char real_blank[72];             /* "", or the text of a BLANK like -32768.0 */
  bool blank_outside;              /* BLANK is outside the values of BITPIX */
  unsigned axis_beyond;            /* 0, or n of a NAXISn that is more than NAXIS */
  size_t count;                    /* number of cards so far */
  size_t unprintable_card;         /* 0, or the number (from 1) of the first card with a byte outside printable ASCII */
  char unprintable[RF_CARD_BYTES]; /* that card */
  unsigned garbage;                /* consecutive cards without a printable keyword */
  uint64_t *axes;                  /* hdu->small_axes, until an axis does not fit there */
};

/* Begins to fill *hdu, which needs no preparation. `kinds` are those of the file. */
void rf_structure_begin(rf_structure *structure, const rf_hdu_ops *const *kinds, rf_hdu *hdu, bool primary);

/* Takes one card. Returns RF_ERR_FORMAT after many consecutive cards without a printable keyword, which must be data.
 */
rf_status rf_structure_card(rf_structure *structure, const char card[RF_CARD_BYTES], rf_error *err);

/* Checks the cards and determines kind and size. On failure the entry owns nothing. */
rf_status rf_structure_finish(rf_structure *structure, rf_error *err);

/* Frees the memory of a structure that is not finished. */
void rf_structure_abandon(rf_structure *structure);

#endif
