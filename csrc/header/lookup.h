/* SPDX-License-Identifier: BSD-3-Clause
 *
 * lookup.c: searching cards by keyword, without an index.
 */
#ifndef RF_HEADER_LOOKUP_H
#define RF_HEADER_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "header/card.h"
#include "header/keyword.h"

/* Returns the number of cards of the value of card `index`: 1 and its CONTINUE cards (FITS 4.2.1.2). */
size_t rf_header_span(const rf_header *header, size_t index);
/* Fails with RF_ERR_NOT_FOUND for a keyword. */
rf_status rf_header_not_found(const char *keyword, rf_error *err);
/* Finds the first card of a keyword from `start` on, in a header whose cards are in order. Returns false when none
 * exists. */
bool rf_header_lookup(const rf_header *header, const rf_keyword *keyword, size_t start, size_t *index);

/* Returns card `index` as it is read: in a lenient header with '_' for bytes outside printable ASCII, in `buffer`. */
const char *rf_header_show_card(const rf_header *header, size_t index, char buffer[RF_CARD_BYTES]);

/* Checks that `index` is the index of a card. */
rf_status rf_header_check_index(const rf_header *header, size_t index, rf_error *err);

/* Returns whether card `index` exists and is a CONTINUE card. */
bool rf_header_is_continue(const rf_header *header, size_t index);

/* Sets *raw to the raw characters of a string card (`continued`: of a CONTINUE card) without trailing padding. Returns
 * false when the card holds no string. */
bool rf_header_raw_string(const char *card, bool continued, const char **raw, size_t *n, rf_card_view *view);

/* Strings are padded by spaces, and by NULs of some writers. */
static inline bool rf_is_padding(char c) {
  return c == ' ' || c == '\0';
}

#endif
