/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/header.h: Values, cards and headers (FITS 4). Part of <rustfits.h>, which has the rules for every function.
 */
#ifndef RUSTFITS_HEADER_H
#define RUSTFITS_HEADER_H

#include "rustfits/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Values and cards (FITS 4.1, 4.2) ============================== */

typedef enum rf_value_kind {
  RF_VALUE_UNDEFINED = 0,   /* "KEY     =" with an empty value field */
  RF_VALUE_LOGICAL = 1,     /* T or F in `integer`, 1 or 0 */
  RF_VALUE_INTEGER = 10,    /* `integer` */
  RF_VALUE_BIG = 11,        /* an integer beyond 64 bits: its digits in `text` */
  RF_VALUE_REAL = 20,       /* `real` */
  RF_VALUE_COMPLEX = 21,    /* `real` and `imaginary` */
  RF_VALUE_STRING = 30,     /* `text`: quotes undone, CONTINUE joined, trailing blanks cut */
  RF_VALUE_COMMENTARY = 40, /* COMMENT, HISTORY, blank keyword, no "= ": everything after the keyword in `text` */
  RF_VALUE_INVALID = 50     /* a value field that cannot be read: its characters in `text` */
} rf_value_kind;

/* A keyword's value. `text` belongs to the header it came from and lives until that header is
 * changed, asked for another text, or freed; as input it is borrowed for the call. */
typedef struct rf_value {
  rf_value_kind kind;
  int64_t integer;
  double real;
  double imaginary;
  const char *text;
  size_t text_length;
} rf_value;

#define RF_CARD_BYTES 80
#define RF_BLOCK_BYTES 2880

/* 1 when a keyword describes structure, columns, checksums or compression and is therefore changed
 * only by the calls that change those things. Case-insensitive. */
RF_API int rf_keyword_is_protected(const char *keyword);

/* ============================== Headers (FITS 4) ============================== */

/* A list of cards held in memory, without END and padding. Indices count physical 80-byte cards;
 * a long string and its CONTINUE cards are several cards with one value, which is that of the first.
 * Cards that are not edited stay byte for byte. Many calls that name a keyword cost a time that grows with the number
 * of cards and of calls, not with their product. Reading calls may put cards in order that edits have left elsewhere:
 * a header that has been edited is read by one thread at a time, too. */
typedef struct rf_header rf_header;

/* An empty header. */
RF_API RF_CHECKED rf_status rf_header_new(rf_header **header, rf_error *err);

/* A header from n bytes of 80-byte cards, up to END or to the end of the bytes. Blank cards before an END that
 * begins a block are padding. flags: RF_OPEN_LENIENT, or RF_OPEN_STRICT for RF_ERR_CARD at a byte outside 0x20..0x7E.
 * The cards keep such bytes, and so do texts; NUL, TAB and other control characters count as blanks around keywords and
 * numbers. RF_ERR_ARGUMENT when n is no multiple of 80. Unreadable values are no error here. */
RF_API RF_CHECKED rf_status rf_header_parse(const void *bytes, size_t n, uint32_t flags, rf_header **header,
                                            rf_error *err);

/* An independent copy. */
RF_API RF_CHECKED rf_status rf_header_copy(const rf_header *header, rf_header **copy, rf_error *err);

RF_API void rf_header_free(rf_header *header);

/* Number of physical cards. */
RF_API size_t rf_header_get_count(const rf_header *header);

/* The cards as they are stored: rf_header_get_count() * 80 bytes, not ended by NUL. Valid until the header
 * is changed or freed. */
RF_API const char *rf_header_get_cards(const rf_header *header);

/* 1 when all cards are printable ASCII (0x20..0x7E). */
RF_API int rf_header_is_printable(const rf_header *header);

/* Copies card `index` as it is read to 80 bytes at `card`: with RF_OPEN_LENIENT, '_' for bytes outside printable ASCII.
 * RF_ERR_RANGE past the end. */
RF_API RF_CHECKED rf_status rf_header_get_card(const rf_header *header, size_t index, char *card, rf_error *err);

/* Number of bytes that the header takes in a file with `more` cards: cards, END, padding to whole 2880-byte blocks. */
RF_API uint64_t rf_header_get_file_bytes(const rf_header *header, uint32_t more);

/* Index of the first card from `start` on whose keyword is `keyword` (any case, HIERARCH ... included,
 * "" for blank ones); CONTINUE cards belong to the card before. Commentary cards count.
 * RF_ERR_NOT_FOUND when there is none. */
RF_API RF_CHECKED rf_status rf_header_find(const rf_header *header, const char *keyword, size_t start, size_t *index,
                                           rf_error *err);

/* Keyword of card `index`, without "HIERARCH " and trailing blanks, case kept; copied with a NUL into 80 bytes
 * at `keyword`. *span (may be NULL) is the number of physical cards the value takes (1 + its CONTINUEs).
 * RF_ERR_RANGE past the end. */
RF_API RF_CHECKED rf_status rf_header_get_keyword(const rf_header *header, size_t index, char *keyword, size_t *span,
                                                  rf_error *err);

/* Value of card `index`. RF_ERR_RANGE past the end. An unreadable one is RF_VALUE_INVALID, not an error. */
RF_API RF_CHECKED rf_status rf_header_get_value(rf_header *header, size_t index, rf_value *value, rf_error *err);

/* Comment of card `index`, all of it where CONTINUE cards carry pieces; "" when there is none. Lives as
 * rf_value.text does. */
RF_API RF_CHECKED rf_status rf_header_get_comment(rf_header *header, size_t index, const char **text, size_t *length,
                                                  rf_error *err);

/* The first value of `keyword`: find and value in one. RF_ERR_NOT_FOUND when there is none. */
RF_API RF_CHECKED rf_status rf_header_get(rf_header *header, const char *keyword, rf_value *value, rf_error *err);

/* Sets the value of the first card of `keyword`, or appends one. comment NULL keeps the old comment. A name
 * of more than 8 characters or with characters other than letters, 0-9 - _ becomes HIERARCH, case kept; long strings
 * become CONTINUE cards; reals are the shortest text that reads back equal. Kinds: UNDEFINED, LOGICAL,
 * INTEGER, BIG, REAL, COMPLEX, STRING. Protected keywords are accepted here: the check is made where a header
 * meets a file. RF_ERR_ARGUMENT for a keyword, text or number (NaN, infinity) that FITS cannot hold. When
 * the value is unchanged and the comment kept, the card keeps its bytes. */
RF_API RF_CHECKED rf_status rf_header_set(rf_header *header, const char *keyword, const rf_value *value,
                                          const char *comment, rf_error *err);

/* Sets the comment of the first card of `keyword`; the value keeps its characters. A comment that does not
 * fit on the card goes on in CONTINUE cards where the value is a string that may have them; else it is cut (see
 * rf_header_take_cut). RF_ERR_NOT_FOUND; RF_ERR_TYPE for commentary keywords. */
RF_API RF_CHECKED rf_status rf_header_set_comment(rf_header *header, const char *keyword, const char *comment,
                                                  rf_error *err);

/* 1 when an edit has cut a comment: copies its keyword with a NUL to 80 bytes at `keyword`. Each call takes one
 * keyword, the oldest first, until it returns 0. */
RF_API int rf_header_take_cut(rf_header *header, char *keyword);

/* Appends commentary cards: keyword COMMENT, HISTORY or "" (blank); text longer than 72 characters, or with
 * newlines, becomes several cards. */
RF_API RF_CHECKED rf_status rf_header_add(rf_header *header, const char *keyword, const char *text, rf_error *err);

/* Deletes all cards of `keyword` with their CONTINUE cards. RF_ERR_NOT_FOUND when there is none. */
RF_API RF_CHECKED rf_status rf_header_delete(rf_header *header, const char *keyword, rf_error *err);

#define RF_MERGE_COMMENTARY 1 /* append COMMENT, HISTORY, blank and stray CONTINUE cards, too */
#define RF_MERGE_PROTECTED 2  /* do not leave out the keywords of rf_keyword_is_protected */
#define RF_MERGE_APPEND 4     /* append all entries, whatever is there */
#define RF_MERGE_REFUSE 8     /* rf_header_merge_value(): RF_ERR_PROTECTED for what is left out otherwise */

/* Puts the cards of `from` into `header`, byte for byte and in one pass: the first entry of each keyword (a card with
 * its CONTINUE cards) takes the place of the first one that is there, or is appended. flags: RF_MERGE_... `from` stays
 * as it is and must be another header. Nothing changes on an error: RF_ERR_ARGUMENT for NULL and for the same header,
 * RF_ERR_LIMIT, RF_ERR_MEMORY. */
RF_API RF_CHECKED rf_status rf_header_merge(rf_header *header, const rf_header *from, uint32_t flags, rf_error *err);

/* One value as rf_header_merge() takes a card: commentary is appended or left out, a protected keyword left out,
 * another one set. */
RF_API RF_CHECKED rf_status rf_header_merge_value(rf_header *header, const char *keyword, const rf_value *value,
                                                  const char *comment, uint32_t flags, rf_error *err);

/* Inserts `count` cards before card `index`. */
RF_API RF_CHECKED rf_status rf_header_insert(rf_header *header, size_t index, const char *cards, size_t count,
                                             rf_error *err);

/* Gives the first card of `keyword` another keyword, `name`. */
RF_API RF_CHECKED rf_status rf_header_rename(rf_header *header, const char *keyword, const char *name, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
