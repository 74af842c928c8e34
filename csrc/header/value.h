/* SPDX-License-Identifier: BSD-3-Clause
 *
 * value.c: value fields (FITS 4.2): characters to rf_value and back.
 */
#ifndef RF_HEADER_VALUE_H
#define RF_HEADER_VALUE_H

#include <stdbool.h>

#include "base/text.h"

/* Reads the value field of n bytes (rf_card_view.value). Of a string, *raw receives the characters between the quotes,
 * with doubled quotes and trailing spaces. value->text points into the field for BIG and INVALID, and is NULL
 * otherwise. */
void rf_value_read(const char *field, size_t n, rf_value *value, const char **raw, size_t *raw_length);

/* Appends raw characters of a string, with ' for each ''. */
rf_status rf_text_add_unquoted(rf_text *text, const char *raw, size_t n, rf_error *err);

/* Appends the field of a value that is not a string. RF_ERR_ARGUMENT for a number that FITS cannot hold. */
rf_status rf_value_write(const rf_value *value, const char *keyword, rf_text *field, rf_error *err);

/* Returns whether kind and content are equal; reals to the last bit. */
bool rf_value_equal(const rf_value *a, const rf_value *b);

/* Checks that n bytes are printable ASCII. RF_ERR_ARGUMENT names the first other byte. `what` is "value", "comment",
 * ... */
rf_status rf_text_check(const char *text, size_t n, const char *what, const char *keyword, rf_error *err);

#endif
