/* SPDX-License-Identifier: BSD-3-Clause */

#include "header/read.h"

#include "base/text.h"
#include "header/card.h"
#include "header/index.h"
#include "header/internal.h"
#include "header/keyword.h"
#include "header/lookup.h"
#include "header/value.h"

/* Undoes quotes, and cuts the blanks at the end, which do not count (FITS 4.2.1.1). */
static rf_status add_string(rf_text *text, const char *raw, size_t n, rf_error *err) {
  RF_TRY(rf_text_add_unquoted(text, raw, n, err));
  while (text->length > 0 && rf_is_padding(text->bytes[text->length - 1]))
    text->bytes[--text->length] = '\0';
  return RF_OK;
}

static const char *card_at(const rf_header *header, size_t index, bool raw_bytes, char buffer[RF_CARD_BYTES]) {
  return raw_bytes ? header->cards + index * RF_CARD_BYTES : rf_header_show_card(header, index, buffer);
}

/* Joins the raw pieces before undoing quotes: writers are known to break a '' in two. */
static rf_status join_string(const rf_header *header, size_t index, bool raw_bytes, rf_text *text, rf_error *err) {
  size_t span = rf_header_span(header, index);
  char buffer[RF_CARD_BYTES];
  rf_text joined = {0};
  rf_status status = RF_OK;
  for (size_t i = 0; i < span && status == RF_OK; i++) {
    const char *raw;
    size_t n;
    rf_card_view view;
    if (!rf_header_raw_string(card_at(header, index + i, raw_bytes, buffer), i > 0, &raw, &n, &view))
      break;
    status = rf_text_add(&joined, raw, i + 1 < span ? n - 1 : n, err);
  }
  if (status == RF_OK)
    status = add_string(text, joined.bytes, joined.length, err);
  rf_text_free(&joined);
  return status;
}

static rf_status read_value(const rf_header *header, size_t index, bool raw_bytes, rf_text *text, rf_value *value,
                            rf_error *err) {
  char buffer[RF_CARD_BYTES];
  rf_card_view view;
  rf_value v = {.kind = RF_VALUE_COMMENTARY};
  const char *raw = NULL;
  size_t n = 0;
  rf_text_clear(text);
  rf_card_split(card_at(header, index, raw_bytes, buffer), &view);
  if (view.has_value) {
    rf_value_read(view.value, view.value_length, &v, &raw, &n);
  } else {
    v.text = view.text;
    v.text_length = view.text_length;
  }
  if (v.kind != RF_VALUE_STRING)
    RF_TRY(rf_text_add(text, v.text != NULL ? v.text : "", v.text_length, err));
  else if (rf_header_is_continue(header, index + 1))
    RF_TRY(join_string(header, index, raw_bytes, text, err));
  else
    RF_TRY(add_string(text, raw, n, err));
  v.text = text->bytes;
  v.text_length = text->length;
  *value = v;
  return RF_OK;
}

static rf_status read_comment(const rf_header *header, size_t index, bool raw_bytes, rf_text *text, rf_error *err) {
  size_t span = rf_header_span(header, index);
  char buffer[RF_CARD_BYTES];
  rf_text_clear(text);
  RF_TRY(rf_text_add(text, "", 0, err));
  for (size_t i = 0; i < span; i++) {
    rf_card_view view;
    const char *card = card_at(header, index + i, raw_bytes, buffer);
    const char *raw;
    size_t n;
    if (i > 0)
      (void)rf_header_raw_string(card, true, &raw, &n, &view);
    else
      rf_card_split(card, &view);
    if (view.comment_length == 0)
      continue;
    if (text->length > 0)
      RF_TRY(rf_text_add(text, " ", 1, err));
    RF_TRY(rf_text_add(text, view.comment, view.comment_length, err));
  }
  return RF_OK;
}

rf_status rf_header_read_value(const rf_header *header, size_t index, rf_text *text, rf_value *value, rf_error *err) {
  return read_value(header, index, true, text, value, err);
}

rf_status rf_header_read_comment(const rf_header *header, size_t index, rf_text *text, rf_error *err) {
  return read_comment(header, index, true, text, err);
}

rf_status rf_header_get_value(rf_header *header, size_t index, rf_value *value, rf_error *err) {
  rf_error_clear(err);
  RF_TRY(rf_header_check_index(rf_header_flat(header), index, err));
  return read_value(header, index, false, &header->text, value, err);
}

rf_status rf_header_get_comment(rf_header *header, size_t index, const char **text, size_t *length, rf_error *err) {
  rf_error_clear(err);
  RF_TRY(rf_header_check_index(rf_header_flat(header), index, err));
  RF_TRY(read_comment(header, index, false, &header->text, err));
  *text = header->text.bytes;
  *length = header->text.length;
  return RF_OK;
}

rf_status rf_header_get(rf_header *header, const char *keyword, rf_value *value, rf_error *err) {
  rf_error_clear(err);
  rf_keyword name;
  size_t index = 0;
  if (keyword == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "the keyword is NULL");
  if (!rf_keyword_normalize(keyword, &name))
    return rf_header_not_found(keyword, err);
  if (header->index != NULL) {
    uint32_t entry = rf_index_find(header, header->index, name.name, name.length);
    if (entry == RF_ENTRY_NONE)
      return rf_header_not_found(keyword, err);
    rf_header one = rf_header_entry_view(header, entry);
    return read_value(&one, 0, false, &header->text, value, err);
  }
  bool found = rf_header_lookup(rf_header_flat(header), &name, 0, &index);
  if (found)
    RF_TRY(read_value(header, index, false, &header->text, value, err));
  rf_header_worked(header, found ? index : header->count);
  return found ? RF_OK : rf_header_not_found(keyword, err);
}
