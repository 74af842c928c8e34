/* SPDX-License-Identifier: BSD-3-Clause */
#include "expr/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "expr/parser.h"

/* Bytes of the text that a message shows on each side of the character. */
#define SHOWN 60

/* 1-based, counted in characters, not in the bytes of UTF-8. */
static size_t character_number(const rf_expr *expr, uint32_t at) {
  size_t number = 1;
  for (uint32_t i = 0; i < at; i++)
    number += !rf_is_continuation(expr->text[i]);
  return number;
}

/* What stands around `at`, fit to be shown on one line. */
static void excerpt(const rf_expr *expr, uint32_t at, char out[2 * SHOWN + 16]) {
  uint32_t start = at > SHOWN ? at - SHOWN : 0;
  uint32_t end = expr->length - at > SHOWN ? at + SHOWN : expr->length;
  while (start > 0 && start < at && rf_is_continuation(expr->text[start]))
    start++;
  while (end < expr->length && end > at && rf_is_continuation(expr->text[end]))
    end--;
  size_t n = 0;
  if (start > 0) {
    memcpy(out, "...", 3);
    n = 3;
  }
  for (uint32_t i = start; i < end; i++) {
    unsigned char c = (unsigned char)expr->text[i];
    out[n++] = c < 0x20 || c == 0x7F ? ' ' : (char)c;
  }
  if (end < expr->length) {
    memcpy(out + n, "...", 3);
    n += 3;
  }
  out[n] = '\0';
}

rf_status rf_expr_fail(const rf_expr *expr, rf_error *err, rf_status code, uint32_t at, const char *format, ...) {
  if (!err)
    return code;
  char what[320];
  va_list args;
  va_start(args, format);
  int made = vsnprintf(what, sizeof what, format, args);
  va_end(args);
  if (made < 0)
    what[0] = '\0';
  char around[2 * SHOWN + 16];
  excerpt(expr, at, around);
  if (at >= expr->length)
    rf_fail(err, code, "%s at the end (character %zu) of the expression \"%s\"", what, character_number(expr, at),
            around);
  else
    rf_fail(err, code, "%s at character %zu of the expression \"%s\"", what, character_number(expr, at), around);
  rf_error_at(err, at);
  return code;
}
