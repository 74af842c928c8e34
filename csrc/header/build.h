/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Headers of new HDUs: cards in order, without regard to repeated or protected keywords.
 */
#ifndef RF_HEADER_BUILD_H
#define RF_HEADER_BUILD_H

#include <stdbool.h>

#include "base/error.h"

/* Low-level building, for code that creates HDUs: a card in fixed format with a comment, at the end. Keyword not
 * checked for protection or repetition. */
rf_status rf_header_append_logical(rf_header *header, const char *keyword, bool value, const char *comment,
                                   rf_error *err);
rf_status rf_header_append_integer(rf_header *header, const char *keyword, int64_t value, const char *comment,
                                   rf_error *err);
rf_status rf_header_append_real(rf_header *header, const char *keyword, double value, const char *comment,
                                rf_error *err);
rf_status rf_header_append_string(rf_header *header, const char *keyword, const char *value, const char *comment,
                                  rf_error *err);
/* A whole 80-byte card as it is. */
rf_status rf_header_append_card(rf_header *header, const char card[RF_CARD_BYTES], rf_error *err);
/* Digits too long for int64 (BZERO = 9223372036854775808): text as the value field, right-aligned to column 30. */
rf_status rf_header_append_token(rf_header *header, const char *keyword, const char *token, const char *comment,
                                 rf_error *err);
/* Replaces card `index` in place (exactly one card). */
rf_status rf_header_put_card(rf_header *header, size_t index, const char card[RF_CARD_BYTES], rf_error *err);

#endif
