/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bytes outside printable ASCII in cards.
 */
#include "header/printable.h"

#include <string.h>

#include "header/header.h"

bool rf_all_printable(const char *bytes, size_t n) {
  /* Eight bytes at a time: one below 0x20 borrows its top bit, 0x7F and above have or carry it. A borrow or carry that
   * reaches the next byte comes from one that is bad itself. */
  const uint64_t ones = UINT64_C(0x0101010101010101);
  uint64_t bad = 0;
  for (size_t i = 0; i < n; i += 8) {
    uint64_t word;
    memcpy(&word, bytes + i, 8);
    bad |= word | (word - 0x20 * ones) | (word + ones);
  }
  return (bad & 0x80 * ones) == 0;
}

/* Where the value of a number, a logical or an undefined keyword ends, and 0 for all other cards. */
static size_t value_end(const char card[RF_CARD_BYTES]) {
  rf_card_view view;
  rf_card_split(card, &view);
  if (!view.has_value || (view.value_length > 0 && !rf_card_view_is_number(&view)))
    return 0;
  return view.comment_length > 0 ? (size_t)(view.comment - card) : RF_CARD_BYTES;
}

void rf_card_mask(const char card[RF_CARD_BYTES], char masked[RF_CARD_BYTES]) {
  size_t end = value_end(card);
  for (size_t i = 0; i < RF_CARD_BYTES; i++)
    masked[i] = rf_is_printable(card[i]) ? card[i] : i >= 8 && i < end && rf_is_blank(card[i]) ? ' ' : '_';
}

void rf_card_plain(const char card[RF_CARD_BYTES], char plain[RF_CARD_BYTES]) {
  for (size_t i = 0; i < RF_CARD_BYTES; i++)
    plain[i] = card[i] == '\0' || (i < 10 && rf_is_blank(card[i])) ? ' ' : card[i];
}

int rf_card_unprintable(const char card[RF_CARD_BYTES], char keyword[9]) {
  int column = 0, length = 8;
  while (column < RF_CARD_BYTES - 1 && rf_is_printable(card[column]))
    column++;
  for (int i = 0; i < 8; i++)
    keyword[i] = rf_is_printable(card[i]) ? card[i] : rf_is_blank(card[i]) ? ' ' : '_';
  while (length > 0 && keyword[length - 1] == ' ')
    length--;
  keyword[length] = '\0';
  return column;
}

rf_status rf_card_refuse(const char card[RF_CARD_BYTES], size_t number, rf_error *err) {
  char keyword[9];
  int column = rf_card_unprintable(card, keyword);
  rf_error_keyword(err, keyword);
  return rf_fail(err, RF_ERR_CARD,
                 "card %zu (%s) has byte 0x%02X in column %d, where printable ASCII is expected; opening without "
                 "lenient=False (RF_OPEN_STRICT) reads it",
                 number, keyword[0] != '\0' ? keyword : "blank keyword", (unsigned)(unsigned char)card[column],
                 column + 1);
}
