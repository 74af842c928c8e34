/* SPDX-License-Identifier: BSD-3-Clause
 *
 * compose.c: cards from keyword, value and comment.
 */
#ifndef RF_HEADER_COMPOSE_H
#define RF_HEADER_COMPOSE_H

#include <stdbool.h>

#include "base/text.h"
#include "header/keyword.h"

/* The parts of a card to be written. */
typedef struct rf_card_parts {
  const rf_keyword *keyword;
  bool is_string;
  const char *value; /* a string's characters, or the finished field */
  size_t value_length;
  const char *comment;
  size_t comment_length;
  bool keep_comment;    /* a comment that does not fit beside a string goes to CONTINUE cards, else it is cut */
  bool before_continue; /* the next card is an orphan CONTINUE, which a string that ends in '&' must not take */
} rf_card_parts;

/* Appends the 80-byte cards of `parts` to `cards`. */
rf_status rf_card_compose(const rf_card_parts *parts, rf_text *cards, rf_error *err);

/* Appends the cards of `value`, whose text is checked. `comment` has n bytes; the last two as in rf_card_parts. */
rf_status rf_card_compose_value(const rf_keyword *name, const rf_value *value, const char *comment, size_t n,
                                bool keep_comment, bool before_continue, rf_text *cards, rf_error *err);

/* Checks that *comment is printable ASCII, and narrows it to the n bytes that can be read back: without the spaces
 * around them. */
rf_status rf_comment_check(const char **comment, size_t *n, const char *keyword, rf_error *err);

#endif
