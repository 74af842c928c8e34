/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cards of the current header, in memory. Callers have called cf_use().
 */
#ifndef CF_HEADER_CARDS_H
#define CF_HEADER_CARDS_H

#include "base/status.h"

/* Returns the cards of the current header without END, 80 bytes each, without a NUL between them. *count receives their
 * number. Valid until the next call that changes the header or the HDU. NULL: *status says why. */
const char *cf_cards(fitsfile *fptr, LONGLONG *count, int *status);

/* Returns the index (0-based) of the first card at or behind `from` with this keyword (upper case, no wild cards; of
 * any length, HIERARCH too), and before `to`; -1: none. */
LONGLONG cf_card_find(fitsfile *fptr, const char *keyword, LONGLONG from, LONGLONG to, int *status);

/* Replaces card `index`. `card` has at most 80 characters and is padded with blanks. */
int cf_card_set(fitsfile *fptr, LONGLONG index, const char *card, int *status);

/* Inserts a card before card `index`, or behind the last one. The header grows by blocks where it must. */
int cf_card_insert(fitsfile *fptr, LONGLONG index, const char *card, int *status);

/* Deletes card `index`. */
int cf_card_delete(fitsfile *fptr, LONGLONG index, int *status);

#endif
