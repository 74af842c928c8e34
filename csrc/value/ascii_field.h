/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ascii_field.c: fields of ASCII tables (FITS 7.2): w characters with a format letter. Pure functions. No field needs a
 * NUL after it, and the locale does not matter.
 */
#ifndef RF_VALUE_ASCII_FIELD_H
#define RF_VALUE_ASCII_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No row is longer, so no field is. Sums of widths cannot overflow. */
#define RF_ASCII_MAX_WIDTH 1000000000u

/* Maximal number of decimals. A double has at most 1,074. */
#define RF_ASCII_MAX_DECIMALS 1100u

typedef struct rf_ascii_format {
  char letter;       /* 'A', 'I', 'F', 'E' or 'D' */
  unsigned width;    /* characters */
  unsigned decimals; /* F, E, D: digits after the point */
} rf_ascii_format;

typedef enum rf_ascii_result {
  RF_ASCII_OK,
  RF_ASCII_NO_NUMBER,  /* reading: the characters are not a number */
  RF_ASCII_NO_INTEGER, /* reading: a number, but with a fraction */
  RF_ASCII_TOO_LARGE,  /* reading: beyond 64 bits; writing: more characters than the field has */
  RF_ASCII_NOT_FINITE  /* writing: NaN or an infinity */
} rf_ascii_result;

/* Parses TFORMn of an ASCII table: Aw, Iw, Fw.d, Ew.d, Dw.d. Accepts lower case, blanks, Iw.m and Ew.dEe of Fortran, Jw
 * for Iw, letters without a width (with the widths of astropy), and reals without decimals. Returns false for other
 * text. */
bool rf_ascii_format_parse(const char *text, rf_ascii_format *format);

/* Returns whether the field holds the string of TNULLn. Blanks around both do not matter. Of a string that is longer
 * than the field, the first characters count. */
bool rf_ascii_is_null(const char *field, size_t width, const char *null, size_t null_length);

/* Reads a field as an integer. A blank field is 0 (FITS 7.2.5). Skips blanks inside, as Fortran did; control characters
 * are blanks. Accepts a real whose value is a whole number. `decimals` is that of the format, 0 for I. */
rf_ascii_result rf_ascii_read_integer(const char *field, size_t width, unsigned decimals, int64_t *value);

/* Reads a field as a real, correctly rounded. A blank field is 0. Exponents have E, D or only a sign. Without a point,
 * the last `decimals` digits are decimals (FITS 7.2.5). A number beyond the range of double is an infinity. Accepts NaN
 * and Inf in letters. */
rf_ascii_result rf_ascii_read_real(const char *field, size_t width, unsigned decimals, double *value);

/* Writes an integer right-aligned. RF_ASCII_TOO_LARGE leaves the field unchanged. With `field` NULL, only checks. */
rf_ascii_result rf_ascii_write_integer(char *field, size_t width, int64_t value);

/* Writes a real with the decimals of the format, correctly rounded. Where the field is too narrow, leaves out zeros at
 * the end, before the point and in the exponent; then RF_ASCII_TOO_LARGE. Failures leave the field unchanged. With
 * `field` NULL, only checks. */
rf_ascii_result rf_ascii_write_real(char *field, const rf_ascii_format *format, double value);

#endif
