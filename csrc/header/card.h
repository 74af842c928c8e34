/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One card (FITS 4.1): 80 bytes. Pure functions.
 */
#ifndef RF_HEADER_CARD_H
#define RF_HEADER_CARD_H

#include <stdbool.h>
#include <string.h>

#include "base/error.h"

/* The parts of a card. The pointers point into the card. */
typedef struct rf_card_view {
  const char *keyword; /* without "HIERARCH " and trailing blanks */
  size_t keyword_length;
  bool hierarch;
  bool has_value;    /* '=' in column 9 before a blank or a readable value, or HIERARCH with '=' */
  const char *value; /* value field without blanks around it; a string with its quotes */
  size_t value_length;
  const char *comment; /* after the '/', without blanks around it */
  size_t comment_length;
  const char *text; /* commentary: columns 9-80, without trailing blanks */
  size_t text_length;
} rf_card_view;

/* Splits a card. Cannot fail: garbage is a commentary card or an invalid value. */
void rf_card_split(const char card[RF_CARD_BYTES], rf_card_view *view);

/* Read one value without an rf_header, for the scanner. Return false when the value is of another kind or does not fit.
 * Free format is accepted; "1.0" is not an integer. */
bool rf_card_integer(const char card[RF_CARD_BYTES], int64_t *value);
bool rf_card_real(const char card[RF_CARD_BYTES], double *value);
bool rf_card_logical(const char card[RF_CARD_BYTES], bool *value);
/* Copies a string value without quotes and trailing spaces: at most `capacity` - 1 bytes and a NUL. Returns false when
 * the value is not a string. */
bool rf_card_string(const char card[RF_CARD_BYTES], char *text, size_t capacity);

/* Splits a CONTINUE card, whose string begins in column 9 or later without a value indicator. Returns false when the
 * card has no string. */
bool rf_card_split_continue(const char card[RF_CARD_BYTES], rf_card_view *view);

/* Copies the value as text: a string itself, the shortest text of a number, True or False, else the characters of the
 * field; at most `capacity` - 1 bytes and a NUL. Returns false when the card has no value. */
bool rf_card_text(const char card[RF_CARD_BYTES], char *text, size_t capacity);

/* Returns whether columns 1-8 of the card are `keyword`, in any case. */
bool rf_card_is(const char card[RF_CARD_BYTES], const char *keyword);

/* Returns whether the card is END. Bytes after column 8 do not matter. In columns 4-8, bytes that are not text do not
 * matter either: some writers end the keyword by NULs or a newline. */
static inline bool rf_card_is_end(const char card[RF_CARD_BYTES]) {
  if (memcmp(card, "END", 3) != 0 && memcmp(card, "end", 3) != 0)
    return false;
  for (int i = 3; i < 8; i++)
    if (card[i] > 0x20 && card[i] < 0x7F)
      return false;
  return true;
}

/* ------------------------------ bytes outside printable ASCII ------------------------------ */

static inline bool rf_is_printable(char c) {
  return (unsigned char)c >= 0x20 && (unsigned char)c <= 0x7E;
}

/* Return whether all bytes are printable ASCII: of a card, and n bytes. */
bool rf_card_is_printable(const char card[RF_CARD_BYTES]);
bool rf_all_printable(const char *bytes, size_t n);

/* Copies the card with '_' for each byte outside printable ASCII, but with blanks for control characters around a
 * number. */
void rf_card_mask(const char card[RF_CARD_BYTES], char masked[RF_CARD_BYTES]);

/* Copies the card for readers of C strings: with blanks for control characters in columns 1-10 and for NULs after
 * them. */
void rf_card_plain(const char card[RF_CARD_BYTES], char plain[RF_CARD_BYTES]);

/* Returns the 0-based column of the first byte outside printable ASCII. `keyword` receives the keyword, with blanks and
 * '_' for such bytes. */
int rf_card_unprintable(const char card[RF_CARD_BYTES], char keyword[9]);

/* Fails with RF_ERR_CARD and a message that has the 1-based `number` of the card, its first such byte and the column.
 */
rf_status rf_card_refuse(const char card[RF_CARD_BYTES], size_t number, rf_error *err);

#endif
