/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cards by position, by keyword and by pattern.
 */
#ifndef CF_HEADER_READ_H
#define CF_HEADER_READ_H

#include "base/status.h"

/* Finds a keyword as ffgcrd() does, and moves behind it. Returns its card, 80 characters without a NUL, valid as
 * cf_cards(). NULL: *status says why; `last` (may be NULL) receives the last card that was read, if there is one. */
const char *cf_card_search(fitsfile *fptr, const char *keyname, const char **last, int *status);

/* Copies 80 characters of a card without blanks at the end. */
void cf_card_copy(char card[FLEN_CARD], const char *text);

#endif
