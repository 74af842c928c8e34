/* SPDX-License-Identifier: BSD-3-Clause */

#include "header/lookup.h"

#include "base/ascii.h"
#include "header/card.h"
#include "header/index.h"
#include "header/internal.h"
#include "header/keyword.h"
#include "header/value.h"

/* Card `index` as it is read: of a lenient header with '_' for bytes outside printable ASCII. */
const char *rf_header_show_card(const rf_header *header, size_t index, char buffer[RF_CARD_BYTES]) {
  const char *card = header->cards + index * RF_CARD_BYTES;
  if (!header->masked || !header->odd || rf_card_is_printable(card))
    return card;
  rf_card_mask(card, buffer);
  return buffer;
}

/* The raw characters of a string card, without trailing padding. */
bool rf_header_raw_string(const char *card, bool continued, const char **raw, size_t *n, rf_card_view *view) {
  rf_value value;
  if (continued && !rf_card_split_continue(card, view))
    return false;
  if (!continued)
    rf_card_split(card, view);
  if (!view->has_value)
    return false;
  rf_value_read(view->value, view->value_length, &value, raw, n);
  if (value.kind != RF_VALUE_STRING)
    return false;
  while (*n > 0 && rf_is_padding((*raw)[*n - 1]))
    (*n)--;
  return true;
}

bool rf_header_is_continue(const rf_header *header, size_t index) {
  return index < header->count && rf_columns8(header->cards + index * RF_CARD_BYTES) == rf_columns8("CONTINUE");
}

size_t rf_header_span(const rf_header *header, size_t index) {
  size_t span = 1;
  const char *raw;
  size_t n;
  rf_card_view view;
  if (!rf_header_is_continue(header, index + 1) || rf_header_is_continue(header, index))
    return 1;
  if (!rf_header_raw_string(header->cards + index * RF_CARD_BYTES, false, &raw, &n, &view))
    return 1;
  while (n > 0 && raw[n - 1] == '&' && rf_header_is_continue(header, index + span)) {
    if (!rf_header_raw_string(header->cards + (index + span) * RF_CARD_BYTES, true, &raw, &n, &view))
      break;
    span++;
  }
  return span;
}

/* Behind the CONTINUE cards that belong to the string before them, for one of a run of such cards; the card itself when
 * it belongs to none. */
static size_t joined_end(const rf_header *header, size_t index) {
  size_t owner = index;
  while (owner > 0 && rf_header_is_continue(header, owner))
    owner--;
  size_t end = owner < index ? owner + rf_header_span(header, owner) : index;
  return end > index ? end : index;
}

/* Looks at one card for what eight columns do not decide: HIERARCH, and blanks before a keyword. */
static bool card_has_name(const char *card, bool hierarch, const rf_keyword *keyword) {
  size_t begin = hierarch ? 9 : 0;
  while (begin < RF_CARD_BYTES && rf_is_blank(card[begin]))
    begin++;
  bool begins =
      begin + keyword->length <= RF_CARD_BYTES && rf_keyword_equal(card + begin, keyword->name, keyword->length);
  if (!begins && keyword->columns != rf_columns8("HIERARCH")) /* most end here, and cheaply */
    return false;
  rf_card_view view;
  rf_card_split(card, &view);
  return view.keyword_length == keyword->length && rf_keyword_equal(view.keyword, keyword->name, keyword->length);
}

/* Equal but for case, or nearly: the bit that makes letters lower case does not count. */
static bool may_equal(uint64_t a, uint64_t b) {
  return ((a ^ b) & UINT64_C(0xDFDFDFDFDFDFDFDF)) == 0;
}

/* Returns the first card from `start` on whose first eight columns may be `wanted`, hold HIERARCH, or begin with a
 * blank. The header is printable. */
static size_t skip_others(const rf_header *header, size_t start, uint64_t wanted, uint64_t hierarch) {
  const char *card = header->cards + start * RF_CARD_BYTES;
  size_t i = start;
  for (; i < header->count; i++, card += RF_CARD_BYTES) {
    uint64_t columns;
    memcpy(&columns, card, sizeof columns);
    if (may_equal(columns, wanted) || may_equal(columns, hierarch) || card[0] == ' ')
      break;
  }
  return i;
}

bool rf_header_lookup(const rf_header *header, const rf_keyword *keyword, size_t start, size_t *index) {
  const uint64_t hierarch = rf_columns8("HIERARCH");
  const uint64_t wanted = keyword->too_long ? hierarch : keyword->columns;
  const bool continued = wanted == rf_columns8("CONTINUE");
  char buffer[RF_CARD_BYTES];
  for (size_t i = start; i < header->count; i++) {
    if (!header->odd)
      i = skip_others(header, i, wanted, hierarch);
    if (i == header->count)
      break;
    const char *card = rf_header_show_card(header, i, buffer);
    uint64_t columns = rf_columns8(card);
    bool found = columns == wanted && columns != hierarch;
    if (columns == hierarch || (rf_is_blank(card[0]) && !found))
      found = card_has_name(card, columns == hierarch, keyword);
    size_t end = found && continued ? joined_end(header, i) : i;
    if (found && end == i) {
      *index = i;
      return true;
    }
    i = end > i ? end - 1 : i;
  }
  return false;
}

rf_status rf_header_not_found(const char *keyword, rf_error *err) {
  rf_error_keyword(err, keyword);
  return rf_fail(err, RF_ERR_NOT_FOUND, "keyword %.100s: not in the header", keyword[0] != '\0' ? keyword : "(blank)");
}

/* The cards are in order. */
static bool look_up(const rf_header *header, const rf_keyword *name, size_t start, size_t *index) {
  if (start > 0 || header->index == NULL)
    return rf_header_lookup(header, name, start, index);
  uint32_t entry = rf_index_find(header, header->index, name->name, name->length);
  if (entry != RF_ENTRY_NONE)
    *index = header->index->entries[entry].card;
  return entry != RF_ENTRY_NONE;
}

rf_status rf_header_find(const rf_header *header, const char *keyword, size_t start, size_t *index, rf_error *err) {
  rf_error_clear(err);
  rf_keyword name;
  if (keyword == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "the keyword is NULL");
  if (!rf_keyword_normalize(keyword, &name) || !look_up(rf_header_flat(header), &name, start, index))
    return rf_header_not_found(keyword, err);
  return RF_OK;
}

rf_status rf_header_check_index(const rf_header *header, size_t index, rf_error *err) {
  if (index < header->count)
    return RF_OK;
  return rf_fail(err, RF_ERR_RANGE, "card %zu of a header of %zu cards", index, header->count);
}

rf_status rf_header_get_card(const rf_header *header, size_t index, char *card, rf_error *err) {
  rf_error_clear(err);
  RF_TRY(rf_header_check_index(rf_header_flat(header), index, err));
  char buffer[RF_CARD_BYTES];
  memcpy(card, rf_header_show_card(header, index, buffer), RF_CARD_BYTES);
  return RF_OK;
}

rf_status rf_header_get_keyword(const rf_header *header, size_t index, char *keyword, size_t *span, rf_error *err) {
  rf_error_clear(err);
  RF_TRY(rf_header_check_index(rf_header_flat(header), index, err));
  char buffer[RF_CARD_BYTES];
  rf_card_view view;
  rf_card_split(rf_header_show_card(header, index, buffer), &view);
  for (size_t i = 0; i < view.keyword_length; i++)
    keyword[i] = rf_is_blank(view.keyword[i]) ? ' ' : view.keyword[i];
  keyword[view.keyword_length] = '\0';
  if (span != NULL)
    *span = rf_header_span(header, index);
  return RF_OK;
}
