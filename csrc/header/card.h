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
  bool has_value;    /* '=' in column 9 with a blank or a readable value behind it, or HIERARCH with '=' */
  const char *value; /* value field without blanks around it; a string with its quotes */
  size_t value_length;
  const char *comment; /* behind the '/', blanks around it cut */
  size_t comment_length;
  const char *text; /* commentary: columns 9-80, trailing blanks cut */
  size_t text_length;
} rf_card_view;

/* Never fails: garbage is a commentary card or an invalid value. */
void rf_card_split(const char card[RF_CARD_BYTES], rf_card_view *view);

/* true when the value of a card that was split is a number, complex ones included, or a logical. */
bool rf_card_view_is_number(const rf_card_view *view);

/* Structural reading for the scanner, without an rf_header: an integer or logical value in a card. false when the
 * card's value is something else or does not fit. Accepts what readers accept: free format, "1.0" is no integer. */
bool rf_card_integer(const char card[RF_CARD_BYTES], int64_t *value);
bool rf_card_real(const char card[RF_CARD_BYTES], double *value);
bool rf_card_logical(const char card[RF_CARD_BYTES], bool *value);
/* String value, quotes undone and trailing blanks cut, NUL-ended; at most capacity-1 bytes. false when no string. */
bool rf_card_string(const char card[RF_CARD_BYTES], char *text, size_t capacity);

/* A CONTINUE card: its string stands from column 9 on without a value indicator. False when there is none. */
bool rf_card_split_continue(const char card[RF_CARD_BYTES], rf_card_view *view);

/* The value as text: of a string itself, of integers and reals the shortest text, True or False, else the characters of
 * the field. NUL-ended; at most capacity-1 bytes. false when the card has no value. */
bool rf_card_text(const char card[RF_CARD_BYTES], char *text, size_t capacity);

/* true when the card is that fixed keyword ("NAXIS1  " etc. compared over 8 bytes, any case). */
bool rf_card_is(const char card[RF_CARD_BYTES], const char *keyword);

/* true for an END card. Junk behind the keyword does not matter, and within its columns no byte that is no text:
 * writers are known to end it by NULs or a newline. */
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

/* true when all n bytes are printable ASCII. n is a multiple of 8. */
bool rf_all_printable(const char *bytes, size_t n);

/* The card with '_' for each byte that is not printable ASCII, but blanks for control characters around a number. */
void rf_card_mask(const char card[RF_CARD_BYTES], char masked[RF_CARD_BYTES]);

/* The card for readers of values that take printable ASCII and C strings: no control characters in the columns of the
 * keyword and the value indicator, no NUL behind them. */
void rf_card_plain(const char card[RF_CARD_BYTES], char plain[RF_CARD_BYTES]);

/* The card's first byte that is not printable ASCII: its 0-based column, and the keyword with blanks and '_' for such
 * bytes. */
int rf_card_unprintable(const char card[RF_CARD_BYTES], char keyword[9]);

/* RF_ERR_CARD that names the card (`number` is 1-based), its first such byte and the column. */
rf_status rf_card_refuse(const char card[RF_CARD_BYTES], size_t number, rf_error *err);

#endif
