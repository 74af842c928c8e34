/* SPDX-License-Identifier: BSD-3-Clause */

#include "header/build.h"

#include "base/text.h"
#include "header/card.h"
#include "header/compose.h"
#include "header/index.h"
#include "header/internal.h"
#include "header/keyword.h"
#include "header/place.h"

rf_status rf_header_append_card(rf_header *header, const char card[RF_CARD_BYTES], rf_error *err) {
  if (rf_card_is(card, "END"))
    return rf_fail(err, RF_ERR_ARGUMENT, "END is written by the library only");
  char own[RF_CARD_BYTES]; /* the card may be one of this header, whose memory moves */
  memcpy(own, card, RF_CARD_BYTES);
  rf_header_unindex(header);
  header->odd = header->odd || !rf_card_is_printable(own);
  return rf_header_splice(header, header->count, 0, own, 1, err);
}

rf_status rf_header_put_card(rf_header *header, size_t index, const char card[RF_CARD_BYTES], rf_error *err) {
  if (index >= header->count)
    return rf_fail(err, RF_ERR_RANGE, "card %zu of a header of %zu cards", index, header->count);
  char own[RF_CARD_BYTES];
  memcpy(own, card, RF_CARD_BYTES);
  rf_header_unindex(header);
  header->odd = header->odd || !rf_card_is_printable(own);
  memcpy(header->cards + index * RF_CARD_BYTES, own, RF_CARD_BYTES);
  return RF_OK;
}

/* A value at the end, whatever stands before. */
static rf_status append_value(rf_header *header, const char *keyword, const rf_value *value, const char *comment,
                              rf_error *err) {
  rf_keyword name;
  size_t n = 0;
  RF_TRY(rf_keyword_check(keyword, &name, err));
  if (comment == NULL)
    comment = "";
  RF_TRY(rf_comment_check(&comment, &n, name.name, err));
  rf_text cards = {0};
  rf_status status = rf_card_compose_value(&name, value, comment, n, false, false, &cards, err);
  rf_header_unindex(header);
  if (status == RF_OK)
    status = rf_header_splice(header, header->count, 0, cards.bytes, cards.length / RF_CARD_BYTES, err);
  rf_text_free(&cards);
  return status;
}

rf_status rf_header_append_logical(rf_header *header, const char *keyword, bool value, const char *comment,
                                   rf_error *err) {
  return append_value(header, keyword, &(rf_value){.kind = RF_VALUE_LOGICAL, .integer = value}, comment, err);
}

rf_status rf_header_append_integer(rf_header *header, const char *keyword, int64_t value, const char *comment,
                                   rf_error *err) {
  return append_value(header, keyword, &(rf_value){.kind = RF_VALUE_INTEGER, .integer = value}, comment, err);
}

rf_status rf_header_append_real(rf_header *header, const char *keyword, double value, const char *comment,
                                rf_error *err) {
  return append_value(header, keyword, &(rf_value){.kind = RF_VALUE_REAL, .real = value}, comment, err);
}

rf_status rf_header_append_string(rf_header *header, const char *keyword, const char *value, const char *comment,
                                  rf_error *err) {
  rf_value v = {.kind = RF_VALUE_STRING, .text = value, .text_length = strlen(value)};
  return append_value(header, keyword, &v, comment, err);
}

rf_status rf_header_append_token(rf_header *header, const char *keyword, const char *token, const char *comment,
                                 rf_error *err) {
  rf_value v = {.kind = RF_VALUE_BIG, .text = token, .text_length = strlen(token)};
  return append_value(header, keyword, &v, comment, err);
}
