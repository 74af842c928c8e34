/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Value fields (FITS 4.2): characters to rf_value and back.
 */
#ifndef RF_HEADER_VALUE_H
#define RF_HEADER_VALUE_H

#include <stdbool.h>

#include "base/text.h"

/* The value in the field text[0..n), as rf_card_view.value has it. Strings: the raw characters between the quotes,
 * still doubled, and with trailing blanks, come as *raw. text of the value: points into the field (BIG, INVALID), or
 * unset. */
void rf_value_read(const char *field, size_t n, rf_value *value, const char **raw, size_t *raw_length);

/* Appends raw characters with each '' made ' . */
rf_status rf_text_add_unquoted(rf_text *text, const char *raw, size_t n, rf_error *err);

/* The field that stands for a value that is no string; checks the number. */
rf_status rf_value_write(const rf_value *value, const char *keyword, rf_text *field, rf_error *err);

/* Same kind and same content; reals to the last bit. */
bool rf_value_equal(const rf_value *a, const rf_value *b);

/* RF_ERR_ARGUMENT that names the character when one is outside 0x20..0x7E. `what` is "value", "comment", ... */
rf_status rf_text_check(const char *text, size_t n, const char *what, const char *keyword, rf_error *err);

#endif
