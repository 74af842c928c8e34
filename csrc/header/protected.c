/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Protected cards, which describe the data.
 */
#include "header/protected.h"

#include "base/text.h"
#include "header/card.h"
#include "header/internal.h"
#include "header/keyword.h"
#include "header/lookup.h"
#include "header/read.h"
#include "header/value.h"

/* The next card from `index` on whose keyword is protected; header->count when there is none. A HIERARCH card of such a
 * name describes nothing. */
static size_t next_protected(const rf_header *header, size_t index) {
  for (; index < header->count; index++)
    if (rf_keyword_protected_name(header->cards + index * RF_CARD_BYTES, 8))
      break;
  return index;
}

static rf_status same_card(const rf_header *a, size_t i, const rf_header *b, size_t k, bool *same, rf_error *err) {
  const char *old_card = a->cards + i * RF_CARD_BYTES;
  const char *new_card = b->cards + k * RF_CARD_BYTES;
  *same = rf_columns8(old_card) == rf_columns8(new_card);
  if (!*same ||
      (memcmp(old_card, new_card, RF_CARD_BYTES) == 0 && rf_header_span(a, i) == 1 && rf_header_span(b, k) == 1))
    return RF_OK;
  rf_text old_text = {0};
  rf_text new_text = {0};
  rf_value old_value;
  rf_value new_value;
  rf_status status = rf_header_read_value(a, i, &old_text, &old_value, err);
  if (status == RF_OK)
    status = rf_header_read_value(b, k, &new_text, &new_value, err);
  if (status == RF_OK)
    *same = rf_value_equal(&old_value, &new_value);
  rf_text_free(&old_text);
  rf_text_free(&new_text);
  return status;
}

static rf_status differs(const rf_header *header, size_t index, const char *what, rf_error *err) {
  rf_card_view view;
  rf_card_split(header->cards + index * RF_CARD_BYTES, &view);
  char keyword[9] = "";
  memcpy(keyword, view.keyword, view.keyword_length < 8 ? view.keyword_length : 8);
  rf_error_keyword(err, keyword);
  return rf_fail(err, RF_ERR_PROTECTED,
                 "keyword %s describes the structure of the HDU and changes only with it; "
                 "the new header %s",
                 keyword, what);
}

rf_status rf_header_same_structure(const rf_header *old_header, const rf_header *new_header, rf_error *err) {
  (void)rf_header_flat(old_header);
  (void)rf_header_flat(new_header);
  size_t i = next_protected(old_header, 0);
  size_t k = next_protected(new_header, 0);
  while (i < old_header->count && k < new_header->count) {
    bool same;
    RF_TRY(same_card(old_header, i, new_header, k, &same, err));
    if (!same)
      return differs(old_header, i, "does not have it in its place with its value", err);
    i = next_protected(old_header, i + 1);
    k = next_protected(new_header, k + 1);
  }
  if (i < old_header->count)
    return differs(old_header, i, "does not have it", err);
  if (k < new_header->count)
    return differs(new_header, k, "has it, the old one has not", err);
  return RF_OK;
}
