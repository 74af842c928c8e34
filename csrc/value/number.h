/* SPDX-License-Identifier: BSD-3-Clause
 *
 * number.c: decimal text, of cards and of the fields of ASCII tables.
 */
#ifndef RF_VALUE_NUMBER_H
#define RF_VALUE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum rf_number_kind { RF_NUMBER_NONE, RF_NUMBER_INTEGER, RF_NUMBER_BIG, RF_NUMBER_REAL } rf_number_kind;

#define RF_NUMBER_BYTES 32 /* room for any number this file writes, with NUL */

/* Reads all n bytes as one number of FITS 4.2.3 or 4.2.4; blanks behind the sign and around the exponent letter are
 * taken too (FITS before 1990 allowed them). A real is correctly rounded; one beyond the range of double is NONE.
 * A BIG integer is for the caller to keep as text. */
rf_number_kind rf_number_read(const char *text, size_t n, int64_t *integer, double *real);

/* whole * 10^power, correctly rounded, where that takes no long numbers; false where it does. */
bool rf_number_from_whole(uint64_t whole, int power, double *out);

/* digits[0..n) * 10^power, correctly rounded. 1 <= n <= 80, and the first digit is not 0. False when it is beyond the
 * range of double. */
bool rf_number_from_digits(const char *digits, int n, int power, double *out);

/* Shortest text that reads back as the same double, with a '.' always and an upper-case E. False for NaN, infinity. */
bool rf_number_write_real(double value, char out[RF_NUMBER_BYTES]);
void rf_number_write_integer(int64_t value, char out[RF_NUMBER_BYTES]);

#endif
