/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cards from keyword, value and comment: fixed format where it can be had (FITS 4.2), HIERARCH, and CONTINUE for what
 * is long (FITS 4.2.1.2). Columns are cfitsio's: numbers end in column 30, comments begin behind " / " from column 32
 * on.
 */
#include "header/compose.h"

#include "base/ascii.h"
#include "base/text.h"
#include "header/keyword.h"
#include "header/value.h"

#define VALUE_COLUMN 10     /* 0-based: where values begin */
#define VALUE_END_COLUMN 30 /* after the last column of fixed format */
#define STRING_MIN 8        /* FITS 4.2.1.1: the closing quote not before column 20 */
#define CONTINUE_ROOM 67    /* bytes between "CONTINUE  '" and "&'" */

/* Ends the card that began at byte `begin` of `cards`. */
static rf_status end_card(rf_text *cards, size_t begin, rf_error *err) {
  return rf_text_pad(cards, begin + RF_CARD_BYTES, err);
}

static rf_status add(rf_text *cards, const char *text, rf_error *err) {
  return rf_text_add(cards, text, strlen(text), err);
}

/* Keyword and value indicator. `tight` leaves out the blank before HIERARCH's '='. */
static rf_status add_head(const rf_keyword *keyword, bool tight, rf_text *cards, rf_error *err) {
  size_t begin = cards->length;
  if (keyword->hierarch)
    RF_TRY(add(cards, "HIERARCH ", err));
  RF_TRY(rf_text_add(cards, keyword->name, keyword->length, err));
  if (!keyword->hierarch) {
    RF_TRY(rf_text_pad(cards, begin + 8, err));
    return add(cards, "= ", err);
  }
  return add(cards, tight ? "= " : " = ", err);
}

/* " / comment" as far as there is room on the card that began at `begin`. */
static rf_status add_comment(const char *comment, size_t n, size_t begin, bool aligned, rf_text *cards, rf_error *err) {
  if (n == 0)
    return RF_OK;
  if (aligned)
    RF_TRY(rf_text_pad(cards, begin + VALUE_END_COLUMN, err));
  size_t used = cards->length - begin;
  cards->cut = cards->cut || used + 3 + n > RF_CARD_BYTES;
  if (used + 3 >= RF_CARD_BYTES)
    return RF_OK;
  size_t room = RF_CARD_BYTES - used - 3;
  RF_TRY(add(cards, " / ", err));
  return rf_text_add(cards, comment, n < room ? n : room, err);
}

static rf_status too_long(const rf_card_parts *parts, size_t n, rf_error *err) {
  rf_error_keyword(err, parts->keyword->name);
  return rf_fail(err, RF_ERR_ARGUMENT, "keyword %s: a name of %zu characters and a value of %zu do not fit on one card",
                 parts->keyword->name, parts->keyword->length, n);
}

static size_t head_length(const rf_keyword *keyword, bool tight) {
  return keyword->hierarch ? 9 + keyword->length + (tight ? 2 : 3) : VALUE_COLUMN;
}

/* One card with a finished field; a number is right-aligned. */
static rf_status compose_field(const rf_card_parts *parts, const char *field, size_t n, rf_text *cards, rf_error *err) {
  bool hierarch = parts->keyword->hierarch;
  bool tight = hierarch && head_length(parts->keyword, false) + n > RF_CARD_BYTES;
  if (head_length(parts->keyword, tight) + n > RF_CARD_BYTES)
    return too_long(parts, n, err);
  size_t begin = cards->length;
  RF_TRY(add_head(parts->keyword, tight, cards, err));
  if (!hierarch && !parts->is_string && n < VALUE_END_COLUMN - VALUE_COLUMN)
    RF_TRY(rf_text_pad(cards, begin + VALUE_END_COLUMN - n, err));
  RF_TRY(rf_text_add(cards, field, n, err));
  RF_TRY(add_comment(parts->comment, parts->comment_length, begin, !hierarch, cards, err));
  return end_card(cards, begin, err);
}

/* Doubles the quotes. */
static rf_status quote(const char *text, size_t n, rf_text *raw, rf_error *err) {
  size_t begin = 0;
  RF_TRY(rf_text_add(raw, "", 0, err));
  for (size_t i = 0; i < n; i++) {
    if (text[i] != '\'')
      continue;
    RF_TRY(rf_text_add(raw, text + begin, i + 1 - begin, err));
    RF_TRY(rf_text_add(raw, "'", 1, err));
    begin = i + 1;
  }
  return rf_text_add(raw, text + begin, n - begin, err);
}

/* How many of raw[0..n) go on a card with `room` for them, so that no '' is broken in two. */
static size_t string_piece(const char *raw, size_t n, size_t room) {
  if (n <= room)
    return n;
  size_t quotes = 0;
  while (quotes < room && raw[room - 1 - quotes] == '\'')
    quotes++;
  return room - quotes % 2;
}

/* How many of text[0..n) go on a card: up to a blank between two words, since reading joins comments by one blank. */
static size_t comment_piece(const char *text, size_t n, size_t room) {
  if (n <= room)
    return n;
  for (size_t i = room; i > room / 2; i--)
    if (text[i] == ' ' && text[i - 1] != ' ' && text[i + 1] != ' ')
      return i;
  return room;
}

static rf_status add_continue_comments(const char *comment, size_t n, rf_text *cards, rf_error *err) {
  while (n > 0) {
    size_t begin = cards->length;
    size_t room = RF_CARD_BYTES - 16; /* after "CONTINUE  '&' / " */
    size_t piece = comment_piece(comment, n, room);
    size_t next = piece;
    while (next < n && comment[next] == ' ')
      next++;
    RF_TRY(add(cards, next < n ? "CONTINUE  '&' / " : "CONTINUE  '' / ", err));
    RF_TRY(rf_text_add(cards, comment, piece, err));
    RF_TRY(end_card(cards, begin, err));
    comment += next;
    n -= next;
  }
  return RF_OK;
}

/* The string on as many cards as it takes, then the comment: on the last of them if there is room, else on cards of its
 * own. A string that ends in '&' needs an empty part after it, so that its '&' does not announce a CONTINUE card. */
static rf_status compose_long_string(const rf_card_parts *parts, const char *raw, size_t n, rf_text *cards,
                                     rf_error *err) {
  bool tight = parts->keyword->hierarch && head_length(parts->keyword, false) + 4 > RF_CARD_BYTES;
  size_t head = head_length(parts->keyword, tight);
  if (head + 4 > RF_CARD_BYTES)
    return too_long(parts, n, err);
  bool ampersand = n > 0 && raw[n - 1] == '&';
  size_t room = RF_CARD_BYTES - head - 3;
  bool first = true;
  bool open = true;
  do {
    size_t begin = cards->length;
    RF_TRY(first ? add_head(parts->keyword, tight, cards, err) : add(cards, "CONTINUE  ", err));
    size_t piece = string_piece(raw, n, room);
    size_t used = cards->length - begin + piece + 2;
    bool beside = parts->comment_length == 0 || used + 3 + parts->comment_length <= RF_CARD_BYTES;
    open = piece < n || ampersand || !beside;
    RF_TRY(add(cards, "'", err));
    RF_TRY(rf_text_add(cards, raw, piece, err));
    RF_TRY(add(cards, open ? "&'" : "'", err));
    if (!open)
      RF_TRY(add_comment(parts->comment, parts->comment_length, begin, false, cards, err));
    RF_TRY(end_card(cards, begin, err));
    raw += piece;
    n -= piece;
    first = false;
    room = CONTINUE_ROOM;
  } while (n > 0);
  if (!open)
    return RF_OK;
  if (parts->comment_length > 0)
    return add_continue_comments(parts->comment, parts->comment_length, cards, err);
  size_t begin = cards->length;
  RF_TRY(add(cards, "CONTINUE  ''", err));
  return end_card(cards, begin, err);
}

/* True when the string's field and, if that matters, its comment are to go on one card. */
static bool on_one_card(const rf_card_parts *parts, size_t raw_length) {
  const rf_keyword *keyword = parts->keyword;
  if (head_length(keyword, keyword->hierarch) + raw_length + 2 > RF_CARD_BYTES)
    return false;
  if (parts->before_continue && parts->value_length > 0 && parts->value[parts->value_length - 1] == '&')
    return false;
  size_t end = head_length(keyword, false) + (raw_length > STRING_MIN ? raw_length : STRING_MIN) + 2;
  if (!keyword->hierarch && end < VALUE_END_COLUMN)
    end = VALUE_END_COLUMN;
  bool no_more = head_length(keyword, true) + 4 > RF_CARD_BYTES; /* the name leaves no room for a string that goes on */
  return !parts->keep_comment || no_more || parts->comment_length == 0 ||
         end + 3 + parts->comment_length <= RF_CARD_BYTES;
}

static rf_status compose_string(const rf_card_parts *parts, const char *raw, size_t n, rf_text *field, rf_text *cards,
                                rf_error *err) {
  bool one_card = rf_keyword_is_one_card(parts->keyword);
  if (one_card && VALUE_COLUMN + n + 2 > RF_CARD_BYTES)
    return too_long(parts, n, err);
  if (!one_card && !on_one_card(parts, n))
    return compose_long_string(parts, raw, n, cards, err);
  RF_TRY(add(field, "'", err));
  RF_TRY(rf_text_add(field, raw, n, err));
  if (head_length(parts->keyword, false) + STRING_MIN + 2 <= RF_CARD_BYTES)
    RF_TRY(rf_text_pad(field, 1 + STRING_MIN, err));
  RF_TRY(add(field, "'", err));
  return compose_field(parts, field->bytes, field->length, cards, err);
}

rf_status rf_card_compose(const rf_card_parts *parts, rf_text *cards, rf_error *err) {
  if (!parts->is_string)
    return compose_field(parts, parts->value, parts->value_length, cards, err);
  rf_text raw = {0};
  rf_text field = {0};
  rf_status status = quote(parts->value, parts->value_length, &raw, err);
  if (status == RF_OK)
    status = compose_string(parts, raw.bytes, raw.length, &field, cards, err);
  rf_text_free(&raw);
  rf_text_free(&field);
  return status;
}

rf_status rf_card_compose_value(const rf_keyword *name, const rf_value *value, const char *comment, size_t n,
                                bool keep_comment, bool before_continue, rf_text *cards, rf_error *err) {
  rf_card_parts parts = {.keyword = name,
                         .comment = comment,
                         .comment_length = n,
                         .keep_comment = keep_comment,
                         .before_continue = before_continue};
  if (value->kind == RF_VALUE_STRING) {
    parts.is_string = true;
    parts.value = value->text;
    parts.value_length = value->text_length;
    RF_TRY(rf_text_check(value->text, value->text_length, "value", name->name, err));
    while (parts.value_length > 0 && parts.value[parts.value_length - 1] == ' ')
      parts.value_length--;
    return rf_card_compose(&parts, cards, err);
  }
  rf_text field = {0};
  rf_status status = rf_value_write(value, name->name, &field, err);
  if (status == RF_OK) {
    parts.value = field.bytes;
    parts.value_length = field.length;
    status = rf_card_compose(&parts, cards, err);
  }
  rf_text_free(&field);
  return status;
}

rf_status rf_comment_check(const char **comment, size_t *n, const char *keyword, rf_error *err) {
  *n = strlen(*comment);
  RF_TRY(rf_text_check(*comment, *n, "comment", keyword, err));
  rf_trim_spaces(comment, n); /* spaces around a comment cannot be read back */
  return RF_OK;
}
