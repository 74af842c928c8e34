/* SPDX-License-Identifier: BSD-3-Clause
 *
 * text.c: text that grows.
 */
#ifndef RF_BASE_TEXT_H
#define RF_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Bytes that grow, with a NUL after them once something was added. {0} is empty. The cards of one header limit the
 * length. */
typedef struct rf_text {
  char *bytes;
  size_t length;
  size_t capacity;
  bool cut; /* of cards: a comment did not fit */
} rf_text;

rf_status rf_text_add(rf_text *text, const char *bytes, size_t n, rf_error *err);
rf_status rf_text_pad(rf_text *text, size_t length, rf_error *err); /* blanks up to `length` */
void rf_text_clear(rf_text *text);                                  /* keeps the memory */
void rf_text_free(rf_text *text);

#endif
