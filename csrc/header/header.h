/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Headers as the rest of the library sees them, beyond the public calls.
 */
#ifndef RF_HEADER_HEADER_H
#define RF_HEADER_HEADER_H

#include <stdbool.h>
#include <string.h>

#include "base/error.h"

/* card.c: pure functions on 80 bytes. A card seen through: pointers go into it. */
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

/* card_number.c: the number of a card that says what the data mean (BSCALE, TZEROn, BLANK ...), read generously. */
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

/* Low-level building, for code that creates HDUs: a card in fixed format with a comment, at the end. Keyword not
 * checked for protection or repetition. */
rf_status rf_header_append_logical(rf_header *header, const char *keyword, bool value, const char *comment,
                                   rf_error *err);
rf_status rf_header_append_integer(rf_header *header, const char *keyword, int64_t value, const char *comment,
                                   rf_error *err);
rf_status rf_header_append_real(rf_header *header, const char *keyword, double value, const char *comment,
                                rf_error *err);
rf_status rf_header_append_string(rf_header *header, const char *keyword, const char *value, const char *comment,
                                  rf_error *err);
/* A whole 80-byte card as it is. */
rf_status rf_header_append_card(rf_header *header, const char card[RF_CARD_BYTES], rf_error *err);
/* Digits too long for int64 (BZERO = 9223372036854775808): text as the value field, right-aligned to column 30. */
rf_status rf_header_append_token(rf_header *header, const char *keyword, const char *token, const char *comment,
                                 rf_error *err);
/* Replaces card `index` in place (exactly one card). */
rf_status rf_header_put_card(rf_header *header, size_t index, const char card[RF_CARD_BYTES], rf_error *err);

/* Says how texts of the header are read: `flags` as for rf_header_parse. */
void rf_header_set_flags(rf_header *header, uint32_t flags);

/* RF_OK when the protected cards of both are the same: same keywords, same values, same order; else
 * RF_ERR_PROTECTED naming the first difference. CHECKSUM, DATASUM, ZHECKSUM and ZDATASUM count. */
rf_status rf_header_same_structure(const rf_header *old_header, const rf_header *new_header, rf_error *err);

/* Writes cards, END and padding: rf_header_get_file_bytes() bytes, or more when `bytes` is larger (a multiple of 2880).
 * More means blank cards and END at the beginning of the last block, as cfitsio does; rf_header_parse takes such cards
 * for padding. */
void rf_header_format(const rf_header *header, void *out, uint64_t bytes);

#endif
