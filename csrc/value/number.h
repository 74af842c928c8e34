/* SPDX-License-Identifier: BSD-3-Clause
 *
 * number.c: numbers as decimal text, in cards and in fields of ASCII tables.
 */
#ifndef RF_VALUE_NUMBER_H
#define RF_VALUE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum rf_number_kind { RF_NUMBER_NONE, RF_NUMBER_INTEGER, RF_NUMBER_BIG, RF_NUMBER_REAL } rf_number_kind;

#define RF_NUMBER_BYTES 32 /* of any number that number.c writes, with its NUL */

/* Reads n bytes as one number (FITS 4.2.3, 4.2.4). Accepts blanks after the sign and around the exponent letter, which
 * FITS allowed before 1990. Rounds reals correctly; a real beyond the range of double is NONE. Of a BIG integer, the
 * caller keeps the text. */
rf_number_kind rf_number_read(const char *text, size_t n, int64_t *integer, double *real);

/* Sets *out to whole * 10^power, correctly rounded. Returns false where that takes more than 128 bits. */
bool rf_number_from_whole(uint64_t whole, int power, double *out);

/* Sets *out to digits[0..n) * 10^power, correctly rounded. 1 <= n <= 80, and the first digit is not 0. Returns false
 * when the number is beyond the range of double. */
bool rf_number_from_digits(const char *digits, int n, int power, double *out);

/* Writes the shortest text that reads back as the same double, with a '.' and an upper-case E. Returns false for NaN
 * and infinities. */
bool rf_number_write_real(double value, char out[RF_NUMBER_BYTES]);
void rf_number_write_integer(int64_t value, char out[RF_NUMBER_BYTES]);

#endif
