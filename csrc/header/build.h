/* SPDX-License-Identifier: BSD-3-Clause
 *
 * build.c: headers of new HDUs. The calls check neither for protected nor for repeated keywords.
 */
#ifndef RF_HEADER_BUILD_H
#define RF_HEADER_BUILD_H

#include <stdbool.h>

#include "base/error.h"

/* Append a card in fixed format. `comment` may be NULL. */
rf_status rf_header_append_logical(rf_header *header, const char *keyword, bool value, const char *comment,
                                   rf_error *err);
rf_status rf_header_append_integer(rf_header *header, const char *keyword, int64_t value, const char *comment,
                                   rf_error *err);
rf_status rf_header_append_real(rf_header *header, const char *keyword, double value, const char *comment,
                                rf_error *err);
rf_status rf_header_append_string(rf_header *header, const char *keyword, const char *value, const char *comment,
                                  rf_error *err);
/* Appends an 80-byte card as it is. */
rf_status rf_header_append_card(rf_header *header, const char card[RF_CARD_BYTES], rf_error *err);
/* Appends an integer beyond 64 bits as its digits, such as BZERO = 9223372036854775808. */
rf_status rf_header_append_token(rf_header *header, const char *keyword, const char *token, const char *comment,
                                 rf_error *err);
/* Replaces card `index` by one card. */
rf_status rf_header_put_card(rf_header *header, size_t index, const char card[RF_CARD_BYTES], rf_error *err);

#endif
