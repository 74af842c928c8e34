/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cards from keyword, value and comment.
 */
#ifndef RF_HEADER_COMPOSE_H
#define RF_HEADER_COMPOSE_H

#include <stdbool.h>

#include "base/text.h"
#include "header/keyword.h"

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

/* Appends the cards of `value`, whose text is checked. `comment` has n bytes; the last two as in rf_card_parts. */
rf_status rf_card_compose_value(const rf_keyword *name, const rf_value *value, const char *comment, size_t n,
                                bool keep_comment, bool before_continue, rf_text *cards, rf_error *err);

/* Checks that *comment is printable ASCII, and narrows it to the n bytes that can be read back: without the spaces
 * around them. */
rf_status rf_comment_check(const char **comment, size_t *n, const char *keyword, rf_error *err);

#endif
