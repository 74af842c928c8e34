/* SPDX-License-Identifier: BSD-3-Clause
 *
 * message.c: messages that point at a character of the expression.
 */
#ifndef RF_EXPR_MESSAGE_H
#define RF_EXPR_MESSAGE_H

#include <stdbool.h>

#include "base/error.h"

/* Returns whether a byte continues a character of UTF-8. */
static inline bool rf_is_continuation(char c) {
  return ((unsigned char)c & 0xC0) == 0x80;
}

/* Records a failure: the message, then "at character 17 of ..." and the text around byte `at`. */
rf_status rf_expr_fail(const rf_expr *expr, rf_error *err, rf_status code, uint32_t at, const char *format, ...)
    RF_PRINTF(5, 6);

#endif
