/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bytes outside printable ASCII (0x20..0x7E) in cards: finding them, refusing them, and what is read in their place.
 */
#ifndef RF_HEADER_PRINTABLE_H
#define RF_HEADER_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ascii.h"
#include "base/error.h"

static inline bool rf_is_printable(char c) {
  return (unsigned char)c >= 0x20 && (unsigned char)c <= 0x7E;
}

/* true when all n bytes are printable ASCII. n is a multiple of 8. */
bool rf_all_printable(const char *bytes, size_t n);

/* The card with '_' for each byte that is not printable ASCII, but blanks for control characters around a number. */
void rf_card_mask(const char card[RF_CARD_BYTES], char masked[RF_CARD_BYTES]);

/* The card for readers of values that take printable ASCII and C strings: no control characters in the columns of the
 * keyword and the value indicator, no NUL behind them. */
void rf_card_plain(const char card[RF_CARD_BYTES], char plain[RF_CARD_BYTES]);

/* The card's first byte that is not printable ASCII: its 0-based column, and the keyword with blanks and '_' for such
 * bytes. */
int rf_card_unprintable(const char card[RF_CARD_BYTES], char keyword[9]);

/* RF_ERR_CARD that names the card (`number` is 1-based), its first such byte and the column. */
rf_status rf_card_refuse(const char card[RF_CARD_BYTES], size_t number, rf_error *err);

#endif
