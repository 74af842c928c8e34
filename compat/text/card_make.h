/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names of keywords, and what fits into their cards.
 */
#ifndef CF_TEXT_CARD_MAKE_H
#define CF_TEXT_CARD_MAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Tells whether a card can have this name without HIERARCH: at most 8 letters of any case, digits, '-', '_'. */
bool cf_name_is_standard(const char *name);

/* Copies a name without the blanks around it, cut to capacity - 1 characters. */
void cf_name_trim(char *trimmed, const char *name, size_t capacity);

/* Returns how many characters a value may have in the card of a keyword, quotes counted. */
size_t cf_name_room(const char *name);

/* Appends " / comment" to a card of FLEN_CARD bytes, from character 31 on or behind the value; cut at the end. */
void cf_card_comment(char *card, const char *comment);

#endif
