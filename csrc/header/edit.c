/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Changing a header. Every edit first makes the new cards aside and then puts them in the place of the old ones in one
 * step, so that a failure leaves the header as it was.
 */
#include "base/ascii.h"
#include "base/memory.h"
#include "header/index.h"
#include "header/internal.h"
#include "header/printable.h"

#define COMMENTARY_ROOM (RF_CARD_BYTES - 8)

/* Puts `n` cards in the place of `removed` cards from `index` on, of a header without an index. `cards` is not the
 * header's own memory. */
static rf_status splice(rf_header *header, size_t index, size_t removed, const char *cards, size_t n, rf_error *err) {
  if (n > removed)
    RF_TRY(rf_header_reserve(header, n - removed, err));
  char *at = header->cards + index * RF_CARD_BYTES;
  size_t behind = header->count - index - removed;
  if (behind > 0 && removed != n)
    memmove(at + n * RF_CARD_BYTES, at + removed * RF_CARD_BYTES, behind * RF_CARD_BYTES);
  if (n > 0)
    memcpy(at, cards, n * RF_CARD_BYTES);
  header->count = header->count - removed + n;
  header->used = header->count;
  rf_header_worked(header, removed != n ? 2 * behind : 0);
  return RF_OK;
}

/* Where a keyword's first entry is, in a header with an index or without. */
typedef struct place {
  bool found;
  size_t index;   /* its card; without an index only */
  uint32_t entry; /* with an index only */
  size_t span;
} place;

static void find_place(rf_header *header, const rf_keyword *name, place *at) {
  rf_header_worked(header, 0); /* earlier look-ups may have made an index worth it */
  *at = (place){.index = header->count, .entry = RF_ENTRY_NONE};
  if (header->index == NULL) {
    at->found = rf_header_lookup(rf_header_flat(header), name, 0, &at->index);
    at->span = at->found ? rf_header_span(header, at->index) : 0;
    header->work += at->found ? at->index : header->count;
    return;
  }
  at->entry = rf_index_find(header, header->index, name->name, name->length);
  at->found = at->entry != RF_ENTRY_NONE;
  at->span = at->found ? header->index->entries[at->entry].span : 0;
}

/* The entry with what is behind it, as far as that matters: as a header to read, at `*index`. */
static rf_header place_view(const rf_header *header, const place *at, size_t *index) {
  *index = header->index == NULL ? at->index : 0;
  return header->index == NULL ? *header : rf_header_entry_view(header, at->entry);
}

/* Cards in the place of an entry, or as an entry at the end. */
static rf_status put_place(rf_header *header, const place *at, const rf_text *cards, rf_error *err) {
  size_t n = cards->length / RF_CARD_BYTES;
  if (header->index == NULL)
    return splice(header, at->index, at->span, cards->bytes, n, err);
  RF_TRY(rf_header_reserve(header, n, err));
  RF_TRY(rf_index_reserve(header, header->index, 1, err));
  if (at->found)
    rf_header_replace_entry(header, at->entry, cards->bytes, n);
  else
    rf_header_append_entry(header, cards->bytes, n);
  rf_header_tidy(header);
  return RF_OK;
}

/* Cards at the end, each an entry. */
static rf_status append_cards(rf_header *header, const char *cards, size_t n, rf_error *err) {
  if (header->index == NULL)
    return splice((rf_header *)(uintptr_t)rf_header_flat(header), header->count, 0, cards, n, err);
  RF_TRY(rf_header_reserve(header, n, err));
  RF_TRY(rf_index_reserve(header, header->index, n, err));
  for (size_t i = 0; i < n; i++)
    rf_header_append_entry(header, cards + i * RF_CARD_BYTES, 1);
  return RF_OK;
}

static rf_status check_comment(const char **comment, size_t *n, const char *keyword, rf_error *err) {
  *n = strlen(*comment);
  RF_TRY(rf_text_check(*comment, *n, "comment", keyword, err));
  rf_trim_spaces(comment, n); /* spaces around a comment cannot be read back */
  return RF_OK;
}

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

/* Without memory there is no warning, which is no reason to fail. */
static void keep_cut(rf_header *header, const rf_keyword *name) {
  size_t length = header->cut.length;
  if (rf_text_add(&header->cut, name->name, name->length + 1, NULL) != RF_OK)
    header->cut.length = length;
}

int rf_header_take_cut(rf_header *header, char *keyword) {
  if (header->cut_taken == header->cut.length) {
    header->cut_taken = 0;
    rf_text_clear(&header->cut);
    return 0;
  }
  const char *name = header->cut.bytes + header->cut_taken;
  size_t n = strlen(name) + 1;
  memcpy(keyword, name, n);
  header->cut_taken += n;
  return 1;
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
  place at = {.found = false};
  if (rf_keyword_normalize(keyword, &name))
    find_place(header, &name, &at);
  if (!at.found)
    return rf_header_not_found(keyword, err);
  size_t n;
  RF_TRY(check_comment(&comment, &n, keyword, err));
  size_t index;
  rf_header view = place_view(header, &at, &index);
  const char *card = view.cards + index * RF_CARD_BYTES;
  RF_TRY(may_have_comment(card, &name, err));
  name_on_card(card, &name);
  rf_text cards = {0};
  rf_status status = recomment(&view, index, &name, comment, n, &cards, err);
  if (status == RF_OK)
    status = put_place(header, &at, &cards, err);
  if (status == RF_OK && cards.cut)
    keep_cut(header, &name);
  rf_text_free(&cards);
  return status;
}

/* ------------------------------ values ------------------------------ */

static rf_status compose(const rf_keyword *name, const rf_value *value, const char *comment, size_t n,
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
  return compose(name, value, comment, n, true, is_orphan_continue(header, index + span), &r->cards, err);
}

rf_status rf_header_set_value(rf_header *header, rf_keyword *name, const rf_value *value, const char *comment,
                              rf_error *err) {
  size_t n = 0;
  if (comment != NULL)
    RF_TRY(check_comment(&comment, &n, name->name, err));
  replacement r = {.cards = {0}};
  place at;
  rf_status status;
  find_place(header, name, &at);
  if (at.found) {
    size_t index;
    rf_header view = place_view(header, &at, &index);
    status = replace_value(&view, index, name, value, comment, n, &r, err);
  } else {
    status = compose(name, value, comment != NULL ? comment : "", n, true, false, &r.cards, err);
  }
  if (status == RF_OK && r.cards.length > 0)
    status = put_place(header, &at, &r.cards, err);
  if (status == RF_OK && r.cards.cut)
    keep_cut(header, name);
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
    status = append_cards(header, cards.bytes, cards.length / RF_CARD_BYTES, err);
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

/* The CONTINUE cards behind one that continues nothing continue nothing either. */
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
  place at = {.found = false};
  if (rf_keyword_normalize(keyword, &name))
    find_place(header, &name, &at);
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

/* Puts the gap before card `index`, at least `n` cards long. It at least doubles, so that inserting one card after the
 * other costs constant time per card. */
static rf_status open_gap(rf_header *header, size_t index, size_t n, rf_error *err) {
  if (header->gap < n) {
    size_t gap = n + header->count / 2 + 36;
    rf_header_flatten(header);
    RF_TRY(rf_header_reserve(header, gap, err));
    header->gap_at = header->count;
    header->gap = gap;
    header->work += header->count;
    header->used = header->count + gap;
    header->loose = true;
  }
  char *cards = header->cards;
  header->work += index < header->gap_at ? header->gap_at - index : index - header->gap_at;
  if (index < header->gap_at)
    memmove(cards + (index + header->gap) * RF_CARD_BYTES, cards + index * RF_CARD_BYTES,
            (header->gap_at - index) * RF_CARD_BYTES);
  else
    memmove(cards + header->gap_at * RF_CARD_BYTES, cards + (header->gap_at + header->gap) * RF_CARD_BYTES,
            (index - header->gap_at) * RF_CARD_BYTES);
  header->gap_at = index;
  return RF_OK;
}

rf_status rf_header_insert(rf_header *header, size_t index, const char *cards, size_t count, rf_error *err) {
  rf_error_clear(err);
  if (header == NULL || cards == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "header and cards must not be NULL");
  if (index > header->count)
    return rf_fail(err, RF_ERR_RANGE, "expected a place of 0 to %zu, found %zu", header->count, index);
  for (size_t i = 0; i < count; i++)
    if (rf_card_is_end(cards + i * RF_CARD_BYTES))
      return rf_fail(err, RF_ERR_ARGUMENT, "END is written by the library only");
  if (header->index != NULL)
    rf_header_unindex(header);
  RF_TRY(open_gap(header, index, count, err));
  if (index < header->count && rf_card_is(header->cards + (index + header->gap) * RF_CARD_BYTES, "CONTINUE"))
    return rf_fail(err, RF_ERR_ARGUMENT, "card %zu is a CONTINUE card, which belongs to the card before it", index);
  memcpy(header->cards + index * RF_CARD_BYTES, cards, count * RF_CARD_BYTES);
  header->odd = header->odd || !rf_all_printable(cards, count * RF_CARD_BYTES);
  header->gap_at += count;
  header->gap -= count;
  header->count += count;
  return RF_OK;
}

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

static rf_status put_renamed(rf_header *header, const place *at, const rf_text *cards, rf_error *err) {
  size_t n = cards->length / RF_CARD_BYTES;
  if (header->index == NULL)
    return splice(header, at->index, at->span, cards->bytes, n, err);
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
  place at = {.found = false};
  if (rf_keyword_normalize(keyword, &old))
    find_place(header, &old, &at);
  if (!at.found)
    return rf_header_not_found(keyword, err);
  size_t index;
  rf_header view = place_view(header, &at, &index);
  RF_TRY(may_have_comment(view.cards + index * RF_CARD_BYTES, &old, err));
  rf_text cards = {0};
  rf_status status = rename_cards(&view, index, &fresh, &cards, err);
  if (status == RF_OK)
    status = put_renamed(header, &at, &cards, err);
  if (status == RF_OK && cards.cut)
    keep_cut(header, &fresh);
  rf_text_free(&cards);
  return status;
}

/* ------------------------------ building new headers ------------------------------ */

rf_status rf_header_append_card(rf_header *header, const char card[RF_CARD_BYTES], rf_error *err) {
  if (rf_card_is(card, "END"))
    return rf_fail(err, RF_ERR_ARGUMENT, "END is written by the library only");
  char own[RF_CARD_BYTES]; /* the card may be one of this header, whose memory moves */
  memcpy(own, card, RF_CARD_BYTES);
  rf_header_unindex(header);
  header->odd = header->odd || !rf_all_printable(own, RF_CARD_BYTES);
  return splice(header, header->count, 0, own, 1, err);
}

rf_status rf_header_put_card(rf_header *header, size_t index, const char card[RF_CARD_BYTES], rf_error *err) {
  if (index >= header->count)
    return rf_fail(err, RF_ERR_RANGE, "card %zu of a header of %zu cards", index, header->count);
  char own[RF_CARD_BYTES];
  memcpy(own, card, RF_CARD_BYTES);
  rf_header_unindex(header);
  header->odd = header->odd || !rf_all_printable(own, RF_CARD_BYTES);
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
  RF_TRY(check_comment(&comment, &n, name.name, err));
  rf_text cards = {0};
  rf_status status = compose(&name, value, comment, n, false, false, &cards, err);
  rf_header_unindex(header);
  if (status == RF_OK)
    status = splice(header, header->count, 0, cards.bytes, cards.length / RF_CARD_BYTES, err);
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
