/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Values as the text of a card. Each receives FLEN_VALUE bytes.
 */
#ifndef CF_TEXT_FORMAT_H
#define CF_TEXT_FORMAT_H

#include <stdbool.h>

#include "base/status.h"

enum { CF_TEXT_EXPONENT, CF_TEXT_FIXED }; /* 1.5E+00, 1.5 */

/* Writes a number with `decimals` digits behind the point. Below 0: CF_TEXT_EXPONENT writes -decimals significant
 * digits, and no exponent where it is not needed; CF_TEXT_FIXED is BAD_DECIM. Infinite, NaN, too long: BAD_F2C. */
int cf_text_float(char *text, double value, int decimals, int form, int *status);

/* Writes "(real, imaginary)". */
int cf_text_complex(char *text, double real, double imaginary, int decimals, int form, int *status);

/* Writes T or F. */
void cf_text_logical(char *text, int value);

/* Writes an integer. */
void cf_text_integer(char *text, LONGLONG value);
void cf_text_unsigned(char *text, ULONGLONG value);

/* Writes `value` and 16 digits of `fraction`, which is at least 0 and at most 1. */
int cf_text_time(char *text, long value, double fraction, int *status);

/* Writes a string between quotes, each quote in it twice, padded to 8 characters; cut to 68 characters. */
void cf_text_string(char *text, const char *value);

#endif
