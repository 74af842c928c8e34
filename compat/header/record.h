/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Records of a header: cards as a program gives them.
 */
#ifndef CF_HEADER_RECORD_H
#define CF_HEADER_RECORD_H

#include "base/status.h"

/* Makes a card of a text: at most 80 characters, none that FITS forbids, the name in capitals. `card` receives
 * FLEN_CARD bytes. BAD_KEYCHAR: no name of a keyword. */
int cf_record_clean(char *card, const char *text, int *status);

/* Appends a card to the header. The position in the header stays. */
int cf_record_append(fitsfile *fptr, const char *text, int *status);

/* Replaces or inserts card `index` (0-based). The position in the header becomes the card behind it. */
int cf_record_replace(fitsfile *fptr, LONGLONG index, const char *text, int *status);
int cf_record_insert(fitsfile *fptr, LONGLONG index, const char *text, int *status);

/* Deletes n cards from `index` on. The position in the header becomes `index`. */
int cf_record_delete(fitsfile *fptr, LONGLONG index, LONGLONG n, int *status);

/* Returns the index of the card that was read last, the one before the position in the header; -1: none. */
LONGLONG cf_record_last(fitsfile *fptr);

/* Sets the position to card `index`. */
void cf_record_move(fitsfile *fptr, LONGLONG index);

#endif
