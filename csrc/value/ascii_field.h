/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The fields of ASCII tables (FITS 7.2): w characters and a format letter. Pure functions; none needs a NUL behind a
 * field, none depends on the locale.
 */
#ifndef RF_VALUE_ASCII_FIELD_H
#define RF_VALUE_ASCII_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No row is longer than this, so no field either; keeps arithmetic on widths out of danger. */
#define RF_ASCII_MAX_WIDTH 1000000000u

/* Digits behind the point that can be asked for. A double has no more than 1,074 of them. */
#define RF_ASCII_MAX_DECIMALS 1100u

typedef struct rf_ascii_format {
  char letter;       /* 'A', 'I', 'F', 'E' or 'D' */
  unsigned width;    /* characters */
  unsigned decimals; /* F, E, D: digits behind the point */
} rf_ascii_format;

typedef enum rf_ascii_result {
  RF_ASCII_OK,
  RF_ASCII_NO_NUMBER,  /* reading: the characters are no number */
  RF_ASCII_NO_INTEGER, /* reading: a number, but with a fraction */
  RF_ASCII_TOO_LARGE,  /* reading: beyond 64 bits; writing: more characters than the field has */
  RF_ASCII_NOT_FINITE  /* writing: NaN or an infinity, which no field can hold */
} rf_ascii_result;

/* TFORMn of an ASCII table. Taken besides Aw, Iw, Fw.d, Ew.d and Dw.d: lower case, blanks around and within, Iw.m and
 * Ew.dEe of Fortran, Jw for Iw, letters without a width (which get the widths that astropy gives them) and reals
 * without decimals. False for anything else. */
bool rf_ascii_format_parse(const char *text, rf_ascii_format *format);

/* Does the field hold the string of TNULLn? Blanks around either do not matter; of a string longer than the field its
 * first characters count. */
bool rf_ascii_is_null(const char *field, size_t width, const char *null, size_t null_length);

/* A field as an integer; all blank is 0 (FITS 7.2.5), blanks within are passed over as Fortran did, and control
 * characters (NUL above all) count as blanks. Fields of reals are
 * taken as well where the value is a whole number. `decimals` is that of the format (0 for I). */
rf_ascii_result rf_ascii_read_integer(const char *field, size_t width, unsigned decimals, int64_t *value);

/* A field as a real, correctly rounded; all blank is 0. Exponents with E, D or with only their sign. Without a point
 * the last `decimals` digits stand behind it (FITS 7.2.5). A number beyond the range of double is an infinity; NaN and
 * Inf in letters are taken. */
rf_ascii_result rf_ascii_read_real(const char *field, size_t width, unsigned decimals, double *value);

/* Right-aligned, with blanks before. RF_ASCII_TOO_LARGE leaves the field as it was. field NULL: is it too large? */
rf_ascii_result rf_ascii_write_integer(char *field, size_t width, int64_t value);

/* With the decimals of the format, correctly rounded. Where that takes more characters than the field has, zeros that
 * say nothing are left out (behind the last decimal, before the point, in the exponent); what is then still too long is
 * RF_ASCII_TOO_LARGE. The field is written only on success; NULL for the check alone. */
rf_ascii_result rf_ascii_write_real(char *field, const rf_ascii_format *format, double value);

#endif
