/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of this folder share and nobody else needs.
 */
#ifndef RF_HEADER_INTERNAL_H
#define RF_HEADER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "header/header.h"
#include "value/number.h"

/* ------------------------------ text.c: growing text ------------------------------ */

/* Bytes that grow, always ended by NUL once something was added. {0} is empty. Its ceiling is that of what is put in:
 * one header's cards. */
typedef struct rf_text {
  char *bytes;
  size_t length;
  size_t capacity;
  bool cut; /* of cards: a comment did not fit */
} rf_text;

rf_status rf_text_add(rf_text *text, const char *bytes, size_t n, rf_error *err);
rf_status rf_text_pad(rf_text *text, size_t length, rf_error *err); /* blanks up to `length` */
void rf_text_clear(rf_text *text);                                  /* keeps the memory */
void rf_text_free(rf_text *text);

struct rf_index;

struct rf_header {
  char *cards;
  size_t count;
  size_t used;   /* cards in memory; more than count while they are loose */
  size_t gap_at; /* loose without an index: `gap` unused cards in memory before card `gap_at` */
  size_t gap;
  size_t capacity;        /* in cards */
  rf_text text;           /* the text that was given out last */
  struct rf_index *index; /* NULL, or the entries by keyword: index.h */
  bool loose;             /* the cards in memory are not one behind the other in order */
  uint64_t work;          /* cards looked at or moved */
  uint64_t indexed_at;    /* the work when the last index was made */
  bool odd;               /* a card may have a byte outside printable ASCII */
  bool masked;            /* such bytes are read as '_' (RF_OPEN_LENIENT) */
  rf_text cut;            /* keywords whose comments were cut, each with its NUL */
  size_t cut_taken;       /* bytes of `cut` that rf_header_take_cut has returned */
};

/* index.c: puts loose cards in order. What takes the place of a card in a header does this first; so does what gives
 * cards out, though its header is const: an rf_header that is being edited belongs to one thread. */
void rf_header_flatten(rf_header *header);
static inline const rf_header *rf_header_flat(const rf_header *header) {
  if (header->loose)
    rf_header_flatten((rf_header *)(uintptr_t)header);
  return header;
}

/* ------------------------------ card.c ------------------------------ */

/* A CONTINUE card: its string stands from column 9 on without a value indicator. False when there is none. */
bool rf_card_split_continue(const char card[RF_CARD_BYTES], rf_card_view *view);

/* ------------------------------ value.c: value fields ------------------------------ */

/* The value in the field text[0..n), as rf_card_view.value has it. Strings: the raw characters between the quotes,
 * still doubled, and with trailing blanks, come as *raw. text of the value: points into the field (BIG, INVALID), or
 * unset. */
void rf_value_read(const char *field, size_t n, rf_value *value, const char **raw, size_t *raw_length);

/* Appends raw characters with each '' made ' . */
rf_status rf_text_add_unquoted(rf_text *text, const char *raw, size_t n, rf_error *err);

/* The field that stands for a value that is no string; checks the number. */
rf_status rf_value_write(const rf_value *value, const char *keyword, rf_text *field, rf_error *err);

/* Same kind and same content; reals to the last bit. */
bool rf_value_equal(const rf_value *a, const rf_value *b);

/* RF_ERR_ARGUMENT that names the character when one is outside 0x20..0x7E. `what` is "value", "comment", ... */
rf_status rf_text_check(const char *text, size_t n, const char *what, const char *keyword, rf_error *err);

/* ------------------------------ keyword.c ------------------------------ */

#define RF_KEYWORD_BYTES 80

/* A keyword as a caller gives it: blanks around it and "HIERARCH " before it cut. */
typedef struct rf_keyword {
  char name[RF_KEYWORD_BYTES]; /* upper case when it is a standard one, else as given */
  size_t length;
  bool hierarch;    /* does not fit columns 1-8 of FITS 4.1.2.1, or HIERARCH was asked for */
  bool commentary;  /* COMMENT, HISTORY or blank */
  uint64_t columns; /* the upper-cased first 8 columns as memory has them, for comparing; when !too_long */
  bool too_long;    /* more than 8 characters: only a HIERARCH card can have it */
} rf_keyword;

/* For looking up: never complains; what no card can have is just not found (false). */
bool rf_keyword_normalize(const char *keyword, rf_keyword *out);
/* For writing: RF_ERR_ARGUMENT when no card can have it. */
rf_status rf_keyword_check(const char *keyword, rf_keyword *out, rf_error *err);
/* Protected, for the 8 columns of a card. */
bool rf_keyword_protected_name(const char *name, size_t n);
/* A keyword whose string must not go on behind its card. */
bool rf_keyword_is_one_card(const rf_keyword *keyword);

/* Eight bytes in upper case; bytes above 0x7F are left alone. */
static inline uint64_t rf_upper8(uint64_t w) {
  const uint64_t ones = 0x0101010101010101u;
  uint64_t low = w & (0x7fu * ones);
  uint64_t above_z = low + (0x7fu - 'z') * ones;
  uint64_t from_a = low + (0x80u - 'a') * ones;
  uint64_t lower = (from_a ^ above_z) & ~w & (0x80u * ones);
  return w - (lower >> 2);
}

/* Eight bytes with blanks for control characters. */
static inline uint64_t rf_blank8(uint64_t w) {
  const uint64_t ones = 0x0101010101010101u;
  uint64_t control = ~((w & (0x7fu * ones)) + 0x60u * ones) & ~w & (0x80u * ones);
  uint64_t mask = (control >> 7) * 0xffu;
  return (w & ~mask) | ((0x20u * ones) & mask);
}

/* The columns of a keyword, for comparing. */
static inline uint64_t rf_columns8(const char *card) {
  uint64_t w;
  memcpy(&w, card, 8);
  return rf_upper8(rf_blank8(w));
}

/* Returns whether two names of n bytes are equal without regard to case; control characters are blanks. */
bool rf_keyword_equal(const char *a, const char *b, size_t n);

/* ------------------------------ header.c: reading ------------------------------ */

/* Cards that the value of card `index` takes: 1 and its CONTINUE cards (FITS 4.2.1.2). */
size_t rf_header_span(const rf_header *header, size_t index);
/* Value and comment of a card without the header's own text buffer, in the bytes of the file. */
rf_status rf_header_read_value(const rf_header *header, size_t index, rf_text *text, rf_value *value, rf_error *err);
rf_status rf_header_read_comment(const rf_header *header, size_t index, rf_text *text, rf_error *err);
/* The RF_ERR_NOT_FOUND of a keyword. */
rf_status rf_header_not_found(const char *keyword, rf_error *err);
/* The first card of a keyword from `start` on, in a header whose cards are in order. */
bool rf_header_lookup(const rf_header *header, const rf_keyword *keyword, size_t start, size_t *index);

/* ------------------------------ edit.c: rf_header_set() and rf_header_add() after rf_keyword_check() -------------- */

rf_status rf_header_set_value(rf_header *header, rf_keyword *name, const rf_value *value, const char *comment,
                              rf_error *err);
rf_status rf_header_add_text(rf_header *header, const rf_keyword *name, const rf_value *text, rf_error *err);

/* ------------------------------ compose.c: writing cards ------------------------------ */

/* What a value's card is made of. */
typedef struct rf_card_parts {
  const rf_keyword *keyword;
  bool is_string;
  const char *value; /* a string's characters, or the finished field */
  size_t value_length;
  const char *comment;
  size_t comment_length;
  bool keep_comment;    /* a comment too long for a string's card goes to CONTINUE cards instead of being cut */
  bool before_continue; /* the card behind is an orphan CONTINUE: a string that ends in '&' must not catch it */
} rf_card_parts;

/* Appends whole 80-byte cards. */
rf_status rf_card_compose(const rf_card_parts *parts, rf_text *cards, rf_error *err);

#endif
