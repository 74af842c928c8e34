/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Changing a header. Every edit first makes the new cards aside and then puts them in the place of the old ones in one
 * step, so that a failure leaves the header as it was.
 */
#include "header/edit.h"

#include "base/text.h"
#include "header/card.h"
#include "header/compose.h"
#include "header/index.h"
#include "header/internal.h"
#include "header/keyword.h"
#include "header/lookup.h"
#include "header/place.h"
#include "header/read.h"
#include "header/value.h"

#define COMMENTARY_ROOM (RF_CARD_BYTES - 8)

/* ------------------------------ comments ------------------------------ */

/* The card with another comment and every byte of its value kept; the slash stays where it was if there was one. */
static rf_status with_comment(const char *card, const char *comment, size_t n, rf_text *cards, rf_error *err) {
  rf_card_view view;
  rf_card_split(card, &view);
  size_t value_end = (size_t)(view.value - card) + view.value_length;
  if (view.value_length == 0) /* undefined: the view points at whatever comes next */
    value_end = view.hierarch ? (size_t)((const char *)memchr(card + 9, '=', RF_CARD_BYTES - 9) - card) + 1 : 10;
  size_t slash = value_end;
  while (slash < RF_CARD_BYTES && card[slash] == ' ')
    slash++;
  bool had_slash = slash < RF_CARD_BYTES && card[slash] == '/' && slash > value_end;
  if (!had_slash || slash + 2 + n > RF_CARD_BYTES)
    slash = value_end + 1 < 31 && !view.hierarch ? 31 : value_end + 1;
  RF_TRY(rf_text_add(cards, card, value_end, err));
  cards->cut = cards->cut || (n > 0 && slash + 2 + n > RF_CARD_BYTES);
  if (n > 0 && slash + 2 < RF_CARD_BYTES) {
    size_t room = RF_CARD_BYTES - slash - 2;
    RF_TRY(rf_text_pad(cards, slash, err));
    RF_TRY(rf_text_add(cards, "/ ", 2, err));
    RF_TRY(rf_text_add(cards, comment, n < room ? n : room, err));
  }
  return rf_text_pad(cards, RF_CARD_BYTES, err);
}

/* A string whose card has no room for the comment can go on in CONTINUE cards (FITS 4.2.1.2). */
static bool needs_continue(const char *card, const rf_keyword *name, size_t n) {
  rf_card_view view;
  rf_card_split(card, &view);
  size_t end = (size_t)(view.value - card) + view.value_length + 1;
  if (end < 31 && !view.hierarch)
    end = 31;
  return view.value_length > 0 && view.value[0] == '\'' && !rf_keyword_is_one_card(name) && end + 2 + n > RF_CARD_BYTES;
}

/* New cards for the same value with another comment. */
static rf_status recomment(const rf_header *header, size_t index, const rf_keyword *name, const char *comment, size_t n,
                           rf_text *cards, rf_error *err) {
  size_t span = rf_header_span(header, index);
  const char *card = header->cards + index * RF_CARD_BYTES;
  if (span == 1 && !needs_continue(card, name, n))
    return with_comment(card, comment, n, cards, err);
  rf_text text = {0};
  rf_value value;
  rf_status status = rf_header_read_value(header, index, &text, &value, err);
  if (status == RF_OK) {
    rf_card_parts parts = {.keyword = name,
                           .is_string = true,
                           .value = value.text,
                           .value_length = value.text_length,
                           .comment = comment,
                           .comment_length = n,
                           .keep_comment = true};
    status = rf_card_compose(&parts, cards, err);
  }
  rf_text_free(&text);
  return status;
}

/* The name to write on a card that is there already: its own. */
static void name_on_card(const char *card, rf_keyword *name) {
  rf_card_view view;
  rf_card_split(card, &view);
  name->hierarch = view.hierarch;
  if (!view.hierarch)
    return;
  memcpy(name->name, view.keyword, view.keyword_length);
  name->name[view.keyword_length] = '\0';
}

/* A string without a closing quote, which reaches to the end of the card. */
static bool is_unclosed(const rf_card_view *view) {
  rf_value value;
  const char *raw;
  size_t n;
  rf_value_read(view->value, view->value_length, &value, &raw, &n);
  return value.kind == RF_VALUE_INVALID && view->value[0] == '\'';
}

static rf_status may_have_comment(const char *card, const rf_keyword *name, rf_error *err) {
  rf_card_view view;
  rf_card_split(card, &view);
  if (!view.has_value)
    return rf_fail(err, RF_ERR_TYPE, "keyword %s: its card is commentary and has no comment field",
                   name->length > 0 ? name->name : "(blank)");
  if (is_unclosed(&view))
    return rf_fail(err, RF_ERR_TYPE, "keyword %s: its string is not closed, so that no comment can follow", name->name);
  return RF_OK;
}

rf_status rf_header_set_comment(rf_header *header, const char *keyword, const char *comment, rf_error *err) {
  rf_error_clear(err);
  if (keyword == NULL || comment == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "keyword and comment must not be NULL");
  rf_keyword name;
  rf_place at = {.found = false};
  if (rf_keyword_normalize(keyword, &name))
    rf_header_find_place(header, &name, &at);
  if (!at.found)
    return rf_header_not_found(keyword, err);
  size_t n;
  RF_TRY(rf_comment_check(&comment, &n, keyword, err));
  size_t index;
  rf_header view = rf_header_place_view(header, &at, &index);
  const char *card = view.cards + index * RF_CARD_BYTES;
  RF_TRY(may_have_comment(card, &name, err));
  name_on_card(card, &name);
  rf_text cards = {0};
  rf_status status = recomment(&view, index, &name, comment, n, &cards, err);
  if (status == RF_OK)
    status = rf_header_put_place(header, &at, &cards, err);
  if (status == RF_OK && cards.cut)
    rf_header_keep_cut(header, &name);
  rf_text_free(&cards);
  return status;
}

/* ------------------------------ values ------------------------------ */

/* What a set needs on its way, in one place to be freed. */
typedef struct replacement {
  rf_text old_value;
  rf_text old_comment;
  rf_text cards;
} replacement;

static bool is_orphan_continue(const rf_header *header, size_t index) {
  return index < header->count && rf_card_is(header->cards + index * RF_CARD_BYTES, "CONTINUE");
}

/* Makes the cards that replace card `index`; none when it may stay as it is. comment NULL: the old one. */
static rf_status replace_value(const rf_header *header, size_t index, rf_keyword *name, const rf_value *value,
                               const char *comment, size_t n, replacement *r, rf_error *err) {
  rf_value old;
  size_t span = rf_header_span(header, index);
  name_on_card(header->cards + index * RF_CARD_BYTES, name);
  RF_TRY(rf_header_read_value(header, index, &r->old_value, &old, err));
  RF_TRY(rf_header_read_comment(header, index, &r->old_comment, err));
  bool keep = comment == NULL;
  if (keep) {
    comment = r->old_comment.bytes;
    n = r->old_comment.length;
  }
  if (old.kind != RF_VALUE_COMMENTARY && rf_value_equal(&old, value)) {
    if (keep || (n == r->old_comment.length && memcmp(comment, r->old_comment.bytes, n) == 0))
      return RF_OK;
    return recomment(header, index, name, comment, n, &r->cards, err);
  }
  return rf_card_compose_value(name, value, comment, n, true, is_orphan_continue(header, index + span), &r->cards, err);
}

rf_status rf_header_set_value(rf_header *header, rf_keyword *name, const rf_value *value, const char *comment,
                              rf_error *err) {
  size_t n = 0;
  if (comment != NULL)
    RF_TRY(rf_comment_check(&comment, &n, name->name, err));
  replacement r = {.cards = {0}};
  rf_place at;
  rf_status status;
  rf_header_find_place(header, name, &at);
  if (at.found) {
    size_t index;
    rf_header view = rf_header_place_view(header, &at, &index);
    status = replace_value(&view, index, name, value, comment, n, &r, err);
  } else {
    status = rf_card_compose_value(name, value, comment != NULL ? comment : "", n, true, false, &r.cards, err);
  }
  if (status == RF_OK && r.cards.length > 0)
    status = rf_header_put_place(header, &at, &r.cards, err);
  if (status == RF_OK && r.cards.cut)
    rf_header_keep_cut(header, name);
  rf_text_free(&r.old_value);
  rf_text_free(&r.old_comment);
  rf_text_free(&r.cards);
  return status;
}

rf_status rf_header_set(rf_header *header, const char *keyword, const rf_value *value, const char *comment,
                        rf_error *err) {
  rf_error_clear(err);
  rf_keyword name;
  RF_TRY(rf_keyword_check(keyword, &name, err));
  if (name.commentary)
    return rf_fail(err, RF_ERR_ARGUMENT, "keyword %s: commentary has no value; rf_header_add appends to it",
                   name.length > 0 ? name.name : "(blank)");
  return rf_header_set_value(header, &name, value, comment, err);
}

/* ------------------------------ commentary and deletion ------------------------------ */

static rf_status commentary_cards(const rf_keyword *name, const char *text, size_t length, rf_text *cards,
                                  rf_error *err) {
  const char *line = text, *end = text + length;
  do {
    const char *newline = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;
    size_t n = (size_t)((newline != NULL ? newline : end) - line);
    RF_TRY(rf_text_check(line, n, "text", name->name, err));
    const char *next = newline != NULL ? newline + 1 : NULL;
    do {
      size_t piece = n < COMMENTARY_ROOM ? n : COMMENTARY_ROOM;
      size_t begin = cards->length;
      RF_TRY(rf_text_add(cards, name->name, name->length, err));
      RF_TRY(rf_text_pad(cards, begin + 8, err));
      RF_TRY(rf_text_add(cards, line, piece, err));
      RF_TRY(rf_text_pad(cards, begin + RF_CARD_BYTES, err));
      line += piece;
      n -= piece;
    } while (n > 0);
    line = next;
  } while (line != NULL);
  return RF_OK;
}

rf_status rf_header_add_text(rf_header *header, const rf_keyword *name, const rf_value *text, rf_error *err) {
  if (text->kind != RF_VALUE_STRING)
    return rf_fail(err, RF_ERR_TYPE, "keyword %s: expected text, found a value of kind %d",
                   name->length > 0 ? name->name : "(blank)", (int)text->kind);
  rf_text cards = {0};
  rf_status status = commentary_cards(name, text->text, text->text_length, &cards, err);
  if (status == RF_OK)
    status = rf_header_append_cards(header, cards.bytes, cards.length / RF_CARD_BYTES, err);
  rf_text_free(&cards);
  return status;
}

rf_status rf_header_add(rf_header *header, const char *keyword, const char *text, rf_error *err) {
  rf_error_clear(err);
  rf_keyword name;
  RF_TRY(rf_keyword_check(keyword, &name, err));
  if (!name.commentary)
    return rf_fail(err, RF_ERR_ARGUMENT, "keyword %s: only COMMENT, HISTORY and the blank keyword take commentary",
                   name.name);
  if (text == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "the text is NULL");
  rf_value value = {.kind = RF_VALUE_STRING, .text = text, .text_length = strlen(text)};
  return rf_header_add_text(header, &name, &value, err);
}

/* CONTINUE cards after an orphan CONTINUE card are orphans, too. */
static size_t span_to_delete(const rf_header *header, size_t index) {
  size_t span = rf_header_span(header, index);
  while (is_orphan_continue(header, index) && is_orphan_continue(header, index + span))
    span++;
  return span;
}

/* All entries of a keyword, the first of which is at `found`, in one pass. */
static void delete_cards(rf_header *header, const rf_keyword *name, size_t found) {
  size_t kept = found;
  while (found < header->count) {
    size_t begin = found + span_to_delete(header, found);
    if (begin >= header->count || !rf_header_lookup(header, name, begin, &found))
      found = header->count;
    if (found > begin)
      memmove(header->cards + kept * RF_CARD_BYTES, header->cards + begin * RF_CARD_BYTES,
              (found - begin) * RF_CARD_BYTES);
    kept += found > begin ? found - begin : 0;
  }
  header->count = kept;
  header->used = kept;
}

rf_status rf_header_delete(rf_header *header, const char *keyword, rf_error *err) {
  rf_error_clear(err);
  if (keyword == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "the keyword is NULL");
  rf_keyword name;
  rf_place at = {.found = false};
  if (rf_keyword_normalize(keyword, &name))
    rf_header_find_place(header, &name, &at);
  if (!at.found)
    return rf_header_not_found(keyword, err);
  if (header->index != NULL) {
    RF_TRY(rf_header_reserve(header, 0, err));
    rf_header_delete_entries(header, at.entry);
    return RF_OK;
  }
  size_t count = header->count;
  delete_cards(header, &name, at.index);
  rf_header_worked(header, 2 * count);
  return RF_OK;
}

/* ------------------------------ inserting and renaming ------------------------------ */

/* The cards of an entry with another keyword; every other byte stays where both names fit columns 1-8. */
static rf_status rename_cards(const rf_header *header, size_t index, const rf_keyword *name, rf_text *cards,
                              rf_error *err) {
  size_t span = rf_header_span(header, index);
  const char *card = header->cards + index * RF_CARD_BYTES;
  rf_card_view view;
  rf_card_split(card, &view);
  if (!view.hierarch && !name->hierarch && (span == 1 || !rf_keyword_is_one_card(name))) {
    RF_TRY(rf_text_add(cards, name->name, name->length, err));
    RF_TRY(rf_text_pad(cards, 8, err));
    return rf_text_add(cards, card + 8, span * RF_CARD_BYTES - 8, err);
  }
  rf_text text = {0}, comment = {0};
  rf_value value;
  rf_status status = rf_header_read_value(header, index, &text, &value, err);
  if (status == RF_OK)
    status = rf_header_read_comment(header, index, &comment, err);
  bool is_string = status == RF_OK && value.kind == RF_VALUE_STRING;
  rf_card_parts parts = {.keyword = name,
                         .is_string = is_string,
                         .value = is_string ? value.text : view.value,
                         .value_length = is_string ? value.text_length : view.value_length,
                         .comment = comment.bytes,
                         .comment_length = comment.length,
                         .keep_comment = true};
  if (status == RF_OK)
    status = rf_card_compose(&parts, cards, err);
  rf_text_free(&text);
  rf_text_free(&comment);
  return status;
}

static rf_status put_renamed(rf_header *header, const rf_place *at, const rf_text *cards, rf_error *err) {
  size_t n = cards->length / RF_CARD_BYTES;
  if (header->index == NULL)
    return rf_header_splice(header, at->index, at->span, cards->bytes, n, err);
  RF_TRY(rf_header_reserve(header, n, err));
  rf_header_rename_entry(header, at->entry, cards->bytes, n);
  rf_header_tidy(header);
  return RF_OK;
}

rf_status rf_header_rename(rf_header *header, const char *keyword, const char *name, rf_error *err) {
  rf_error_clear(err);
  if (header == NULL || keyword == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "header and keyword must not be NULL");
  rf_keyword old, fresh;
  RF_TRY(rf_keyword_check(name, &fresh, err));
  if (fresh.commentary)
    return rf_fail(err, RF_ERR_ARGUMENT, "keyword %s: expected the keyword of a value, found commentary", keyword);
  rf_place at = {.found = false};
  if (rf_keyword_normalize(keyword, &old))
    rf_header_find_place(header, &old, &at);
  if (!at.found)
    return rf_header_not_found(keyword, err);
  size_t index;
  rf_header view = rf_header_place_view(header, &at, &index);
  RF_TRY(may_have_comment(view.cards + index * RF_CARD_BYTES, &old, err));
  rf_text cards = {0};
  rf_status status = rename_cards(&view, index, &fresh, &cards, err);
  if (status == RF_OK)
    status = put_renamed(header, &at, &cards, err);
  if (status == RF_OK && cards.cut)
    rf_header_keep_cut(header, &fresh);
  rf_text_free(&cards);
  return status;
}
