/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Headers from lines of text, their cards, values and comments.
 */
#ifndef RF_TESTS_HEADER_LINES_H
#define RF_TESTS_HEADER_LINES_H

#include <stdint.h>
#include <string.h>

#include "check.h"
#include "header/build.h"

static rf_error err;

/* A header of the given lines, each padded to a card; NULL ends the list. */
static inline rf_header *header_of(const char *const *lines, uint32_t flags) {
  static char cards[64 * RF_CARD_BYTES];
  size_t n = 0;
  for (; lines[n] != NULL && n < 64; n++) {
    memset(cards + n * RF_CARD_BYTES, ' ', RF_CARD_BYTES);
    memcpy(cards + n * RF_CARD_BYTES, lines[n], strlen(lines[n]));
  }
  rf_header *header = NULL;
  CHECK_OK(rf_header_parse(cards, n * RF_CARD_BYTES, flags, &header, &err), err);
  return header;
}

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define HEADER(...) header_of(LINES(__VA_ARGS__), 0)

static inline rf_value value_of(rf_header *header, const char *keyword) {
  rf_value value = {.kind = RF_VALUE_INVALID, .text = "(not found)"};
  CHECK_OK(rf_header_get(header, keyword, &value, &err), err);
  return value;
}

static inline const char *comment_of(rf_header *header, const char *keyword) {
  size_t index = 0;
  size_t n;
  const char *text = "(none)";
  CHECK_OK(rf_header_find(header, keyword, 0, &index, &err), err);
  CHECK_OK(rf_header_get_comment(header, index, &text, &n, &err), err);
  CHECK(strlen(text) == n);
  return text;
}

static inline rf_value real(double number) {
  return (rf_value){.kind = RF_VALUE_REAL, .real = number};
}

static inline rf_value string(const char *text) {
  return (rf_value){.kind = RF_VALUE_STRING, .text = text, .text_length = strlen(text)};
}

#endif
