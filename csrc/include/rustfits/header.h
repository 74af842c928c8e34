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

/* ============================== Values (FITS 4.2) ============================== */

typedef enum rf_value_kind {
  RF_VALUE_UNDEFINED = 0, /* "KEY     =" with an empty value field */
  RF_VALUE_LOGICAL = 1,   /* T or F: 1 or 0 in `integer` */
  RF_VALUE_INTEGER = 10,  /* `integer` */
  RF_VALUE_BIG = 11,      /* an integer beyond 64 bits: its sign and digits in `text` */
  RF_VALUE_REAL = 20,     /* `real` */
  RF_VALUE_COMPLEX = 21,  /* `real` and `imaginary` */
  RF_VALUE_STRING = 30,   /* `text`: quotes undone, CONTINUE cards joined, trailing spaces removed */
  RF_VALUE_COMMENTARY =
      40,               /* COMMENT, HISTORY, blank keyword, or no "= ": all characters after the keyword in `text` */
  RF_VALUE_INVALID = 50 /* a value field that cannot be read: its characters in `text` */
} rf_value_kind;

/* The value of a keyword. This struct does not grow. Where a function returns one, `text` ends with a NUL, belongs to
 * the header, and is valid until a call changes or frees the header or gets another text. Where a function takes one,
 * `text` is borrowed for the call and needs no NUL. */
typedef struct rf_value {
  rf_value_kind kind;
  int64_t integer;
  double real;
  double imaginary;
  const char *text;
  size_t text_length; /* bytes of `text`, without its NUL */
} rf_value;

#define RF_CARD_BYTES 80
#define RF_BLOCK_BYTES 2880

/* rf_keyword_is_protected() tells whether `keyword` (NUL-terminated, any case; NULL is not protected) describes
 * structure, columns, checksums or compression. Only the calls that change those things change such keywords.
 * Returns 1 or 0. Threads: any. */
RF_API int rf_keyword_is_protected(const char *keyword);

/* ============================== Headers (FITS 4.1) ============================== */

/* A list of cards in memory, without END and padding. Indices are 0-based and count physical 80-byte cards. A long
 * string and its CONTINUE cards are several cards with one value, that of the first card (FITS 4.2.1.2). A card with
 * its CONTINUE cards is an entry. Cards that are not edited keep every byte. N calls that name a keyword cost time in
 * proportion to N plus the number of cards. For that, edits may leave cards out of order in memory, and a reading call
 * puts them in order again, even where its header is const. So one thread at a time uses a header that has been edited;
 * threads may share one that has not. */
typedef struct rf_header rf_header;

/* rf_header_new() creates an empty header.
 * header   receives the header; the caller frees it with rf_header_free(). Unchanged on failure
 * Returns RF_OK; RF_ERR_MEMORY. Threads: any. */
RF_API RF_CHECKED rf_status rf_header_new(rf_header **header, rf_error *err);

/* rf_header_parse() creates a header from cards as a file has them, up to END or to the end of the bytes. Blank cards
 * before an END that begins a 2880-byte block are padding. A value that cannot be read is not an error.
 * bytes    80-byte cards; copied. May be NULL when `n` is 0
 * n        bytes at `bytes`, a multiple of 80
 * flags    0; RF_OPEN_LENIENT: bytes outside printable ASCII (0x20 to 0x7E) are read as '_'; RF_OPEN_STRICT: they are
 * an error. The cards keep such bytes in either case. Control characters around keywords and numbers are blanks header
 * receives the header; the caller frees it with rf_header_free(). Unchanged on failure Returns RF_OK; RF_ERR_ARGUMENT
 * (`n`); RF_ERR_CARD (RF_OPEN_STRICT); RF_ERR_MEMORY. Threads: any. */
RF_API RF_CHECKED rf_status rf_header_parse(const void *bytes, size_t n, uint32_t flags, rf_header **header,
                                            rf_error *err);

/* rf_header_copy() creates a header with the same cards as `header`.
 * copy     receives the new header; the caller frees it with rf_header_free(). Unchanged on failure
 * Returns RF_OK; RF_ERR_MEMORY. Threads: one at a time per header. */
RF_API RF_CHECKED rf_status rf_header_copy(const rf_header *header, rf_header **copy, rf_error *err);

/* rf_header_free() frees `header`, which may be NULL, and all texts that it returned.
 * Threads: any, once per header. */
RF_API void rf_header_free(rf_header *header);

/* ------------------------------ cards ------------------------------ */

/* Returns the number of physical cards of `header`. Threads: one at a time per header. */
RF_API size_t rf_header_get_count(const rf_header *header);

/* Returns the cards of `header` as they are stored: rf_header_get_count() * 80 bytes, without a NUL. They belong to the
 * header and are valid until it is changed or freed. NULL is possible for an empty header. Threads: one at a time per
 * header. */
RF_API const char *rf_header_get_cards(const rf_header *header);

/* Returns 1 when all cards of `header` are printable ASCII (0x20 to 0x7E), else 0. Threads: one at a time per header.
 */
RF_API int rf_header_is_printable(const rf_header *header);

/* rf_header_get_card() copies card `index` of `header` as it is read: with RF_OPEN_LENIENT, '_' replaces each byte
 * outside printable ASCII.
 * card     receives 80 bytes, without a NUL. Unchanged on failure
 * Returns RF_OK; RF_ERR_RANGE (`index`). Threads: one at a time per header. */
RF_API RF_CHECKED rf_status rf_header_get_card(const rf_header *header, size_t index, char *card, rf_error *err);

/* Returns the bytes that `header` takes in a file after `more` further cards: cards, END and padding to whole 2880-byte
 * blocks. Threads: one at a time per header. */
RF_API uint64_t rf_header_get_file_bytes(const rf_header *header, uint32_t more);

/* ------------------------------ reading ------------------------------ */

/* rf_header_find() finds the first card of `header` from card `start` on whose keyword is `keyword`: NUL-terminated, in
 * any case, with or without "HIERARCH ", "" for blank keywords. CONTINUE cards belong to the card before them.
 * index    receives the card. Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT (`keyword` is NULL); RF_ERR_NOT_FOUND. Threads: one at a time per header. */
RF_API RF_CHECKED rf_status rf_header_find(const rf_header *header, const char *keyword, size_t start, size_t *index,
                                           rf_error *err);

/* rf_header_get_keyword() copies the keyword of card `index` of `header`, in its case, without "HIERARCH " and trailing
 * blanks.
 * keyword  receives at most 79 characters and a NUL. Unchanged on failure
 * span     NULL, or receives the number of physical cards of the value: 1 and its CONTINUE cards
 * Returns RF_OK; RF_ERR_RANGE (`index`). Threads: one at a time per header. */
RF_API RF_CHECKED rf_status rf_header_get_keyword(const rf_header *header, size_t index, char *keyword, size_t *span,
                                                  rf_error *err);

/* rf_header_get_value() gets the value of card `index` of `header`, which is not const because it owns the text of the
 * value.
 * value    receives the value. A card that cannot be read gives RF_OK and the kind RF_VALUE_INVALID. Unchanged on
 * failure Returns RF_OK; RF_ERR_RANGE (`index`); RF_ERR_MEMORY. Threads: one at a time per header. */
RF_API RF_CHECKED rf_status rf_header_get_value(rf_header *header, size_t index, rf_value *value, rf_error *err);

/* rf_header_get_comment() gets the comment of card `index` of `header`, joined where CONTINUE cards have parts of it.
 * text     receives the comment with a NUL, "" when there is none; valid as long as rf_value.text. Unchanged on failure
 * length   receives the bytes of `text`, without the NUL
 * Returns RF_OK; RF_ERR_RANGE (`index`); RF_ERR_MEMORY. Threads: one at a time per header. */
RF_API RF_CHECKED rf_status rf_header_get_comment(rf_header *header, size_t index, const char **text, size_t *length,
                                                  rf_error *err);

/* rf_header_get() gets the value of the first card of `keyword` in `header`: like rf_header_find() and
 * rf_header_get_value().
 * value    receives the value. Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT (`keyword` is NULL); RF_ERR_NOT_FOUND; RF_ERR_MEMORY. Threads: one at a time per
 * header. */
RF_API RF_CHECKED rf_status rf_header_get(rf_header *header, const char *keyword, rf_value *value, rf_error *err);

/* ------------------------------ editing ------------------------------ */

/* rf_header_set() sets the value of the first card of `keyword` in `header`, or appends a card. A keyword that does not
 * fit FITS 4.1.2.1 becomes a HIERARCH card and keeps its case. A long string becomes several cards. A real number is
 * written as the shortest text that reads back equal. When the value is equal and the comment stays, the card keeps its
 * bytes. Protected keywords are accepted: the calls that write a header into a file check them.
 * keyword  NUL-terminated; not commentary
 * value    of kind RF_VALUE_UNDEFINED, _LOGICAL, _INTEGER, _BIG, _REAL, _COMPLEX or _STRING. Borrowed for the call
 * comment  NUL-terminated; "" removes the comment, NULL keeps it. One that does not fit goes to CONTINUE cards after a
 *          string, and is cut after other values (rf_header_take_cut())
 * Returns RF_OK; RF_ERR_ARGUMENT (a keyword, text or number that FITS cannot hold; commentary); RF_ERR_MEMORY. On
 * failure `header` is unchanged. Threads: one at a time per header. */
RF_API RF_CHECKED rf_status rf_header_set(rf_header *header, const char *keyword, const rf_value *value,
                                          const char *comment, rf_error *err);

/* rf_header_set_comment() sets the comment of the first card of `keyword` in `header`. The value keeps its characters.
 * comment  NUL-terminated, like that of rf_header_set(), but not NULL
 * Returns RF_OK; RF_ERR_ARGUMENT (`keyword` or `comment` is NULL, or `comment` is not printable ASCII);
 * RF_ERR_NOT_FOUND; RF_ERR_TYPE (commentary, or a string that is not closed); RF_ERR_MEMORY. On failure `header` is
 * unchanged. Threads: one at a time per header. */
RF_API RF_CHECKED rf_status rf_header_set_comment(rf_header *header, const char *keyword, const char *comment,
                                                  rf_error *err);

/* rf_header_take_cut() takes the keyword of one comment that an edit of `header` has cut, the oldest first.
 * keyword  receives at most 79 characters and a NUL when the result is 1
 * Returns 1, or 0 when no keyword is left. Threads: one at a time per header. */
RF_API int rf_header_take_cut(rf_header *header, char *keyword);

/* rf_header_add() appends commentary cards to `header`.
 * keyword  COMMENT, HISTORY or "" in any case
 * text     NUL-terminated. Each line ended by '\n' becomes a card, and a line of more than 72 characters several
 * Returns RF_OK; RF_ERR_ARGUMENT (another keyword, NULL, or text that is not printable ASCII); RF_ERR_MEMORY. On
 * failure `header` is unchanged. Threads: one at a time per header. */
RF_API RF_CHECKED rf_status rf_header_add(rf_header *header, const char *keyword, const char *text, rf_error *err);

/* rf_header_insert() inserts cards into `header`, byte for byte. Inserting one after the other at neighbouring places
 * costs constant time per card.
 * index    place of the first new card; rf_header_get_count() appends. No CONTINUE card may stand there
 * cards    `count` cards of 80 bytes; copied. Not memory of `header`
 * count    number of cards at `cards`
 * Returns RF_OK; RF_ERR_ARGUMENT (NULL, an END card, or a CONTINUE card at `index`); RF_ERR_RANGE (`index`);
 * RF_ERR_MEMORY. On failure `header` is unchanged. Threads: one at a time per header. */
RF_API RF_CHECKED rf_status rf_header_insert(rf_header *header, size_t index, const char *cards, size_t count,
                                             rf_error *err);

/* rf_header_rename() gives the first card of `keyword` in `header` another keyword. The card stays in its place. Where
 * both keywords fit FITS 4.1.2.1, all other bytes stay, too; else value and comment are written again.
 * name     the new keyword, not commentary. A card that has it already stays; then the first of the two counts
 * Returns RF_OK; RF_ERR_ARGUMENT (NULL, or a `name` that FITS cannot hold beside the value); RF_ERR_NOT_FOUND;
 * RF_ERR_TYPE (commentary, or a string that is not closed); RF_ERR_MEMORY. On failure `header` is unchanged.
 * Threads: one at a time per header. */
RF_API RF_CHECKED rf_status rf_header_rename(rf_header *header, const char *keyword, const char *name, rf_error *err);

/* rf_header_delete() deletes all cards of `keyword` (as rf_header_find() takes it) from `header`, with their CONTINUE
 * cards.
 * Returns RF_OK; RF_ERR_ARGUMENT (`keyword` is NULL); RF_ERR_NOT_FOUND; RF_ERR_MEMORY. On failure `header` is
 * unchanged. Threads: one at a time per header. */
RF_API RF_CHECKED rf_status rf_header_delete(rf_header *header, const char *keyword, rf_error *err);

/* ------------------------------ merging ------------------------------ */

/* RF_MERGE_COMMENTARY: append COMMENT, HISTORY, blank and orphan CONTINUE cards; they are left out otherwise. */
#define RF_MERGE_COMMENTARY 1
#define RF_MERGE_PROTECTED 2 /* take protected keywords (rf_keyword_is_protected()); they are left out otherwise */
#define RF_MERGE_APPEND 4    /* rf_header_merge(): append every entry, even one whose keyword `header` has */
#define RF_MERGE_REFUSE 8    /* rf_header_merge_value(): RF_ERR_PROTECTED for what is left out otherwise */

/* rf_header_merge() puts the cards of another header into `header`, byte for byte and in one pass. The first entry of
 * each keyword replaces the first one in `header`, or is appended.
 * from     another header, which stays as it is
 * flags    0 or a sum of RF_MERGE_COMMENTARY, RF_MERGE_PROTECTED and RF_MERGE_APPEND
 * Returns RF_OK; RF_ERR_ARGUMENT (NULL, or the same header twice); RF_ERR_LIMIT (more than a billion entries);
 * RF_ERR_MEMORY. On failure `header` is unchanged. Threads: one at a time per header. */
RF_API RF_CHECKED rf_status rf_header_merge(rf_header *header, const rf_header *from, uint32_t flags, rf_error *err);

/* rf_header_merge_value() merges one value into `header`: like rf_header_set(), but commentary is appended as by
 * rf_header_add(), and commentary and protected keywords are left out unless `flags` say otherwise.
 * keyword  NUL-terminated
 * value    as for rf_header_set(); of commentary a string, which may have several lines. Borrowed for the call
 * comment  as for rf_header_set(); not used for commentary
 * flags    0 or a sum of RF_MERGE_COMMENTARY, RF_MERGE_PROTECTED and RF_MERGE_REFUSE
 * Returns RF_OK; RF_ERR_ARGUMENT (a keyword, text or number that FITS cannot hold); RF_ERR_PROTECTED (RF_MERGE_REFUSE);
 * RF_ERR_TYPE (commentary that is not a string); RF_ERR_MEMORY. On failure `header` is unchanged.
 * Threads: one at a time per header. */
RF_API RF_CHECKED rf_status rf_header_merge_value(rf_header *header, const char *keyword, const rf_value *value,
                                                  const char *comment, uint32_t flags, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
