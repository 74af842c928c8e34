/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A header: its cards one behind the other, as they are in the file, and the ways to read them.
 */
#include "base/memory.h"
#include "header/index.h"
#include "header/internal.h"
#include "header/printable.h"

/* ------------------------------ life ------------------------------ */

rf_status rf_header_new(rf_header **header, rf_error *err) {
  rf_error_clear(err);
  rf_header *h = rf_alloc_zero(1, sizeof *h);
  if (h == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a header");
  *header = h;
  return RF_OK;
}

void rf_header_free(rf_header *header) {
  if (header == NULL)
    return;
  rf_text_free(&header->text);
  rf_text_free(&header->cut);
  rf_index_free(header->index);
  rf_free(header->cards);
  rf_free(header);
}

static rf_status new_with_cards(const void *cards, size_t count, rf_header **header, rf_error *err) {
  rf_header *h = NULL;
  RF_TRY(rf_header_new(&h, err));
  h->cards = rf_alloc(count * RF_CARD_BYTES);
  if (h->cards == NULL) {
    rf_header_free(h);
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a header of %zu cards", count);
  }
  if (count > 0)
    memcpy(h->cards, cards, count * RF_CARD_BYTES);
  h->count = count;
  h->used = count;
  h->capacity = count;
  *header = h;
  return RF_OK;
}

rf_status rf_header_copy(const rf_header *header, rf_header **copy, rf_error *err) {
  rf_error_clear(err);
  header = rf_header_flat(header);
  RF_TRY(new_with_cards(header->cards, header->count, copy, err));
  (*copy)->odd = header->odd;
  (*copy)->masked = header->masked;
  return RF_OK;
}

void rf_header_set_flags(rf_header *header, uint32_t flags) {
  header->masked = (flags & RF_OPEN_LENIENT) != 0;
}

/* ------------------------------ parsing ------------------------------ */

/* RF_ERR_CARD for the first card that has a byte outside printable ASCII. */
static rf_status refuse(const rf_header *header, rf_error *err) {
  for (size_t i = 0; i < header->count; i++)
    if (!rf_all_printable(header->cards + i * RF_CARD_BYTES, RF_CARD_BYTES))
      return rf_card_refuse(header->cards + i * RF_CARD_BYTES, i + 1, err);
  return RF_OK;
}

/* Blank cards before an END that begins a block are room that an edit left free (see rf_header_format), no content. */
static size_t without_reserve(const char *cards, size_t count) {
  if (count * RF_CARD_BYTES % RF_BLOCK_BYTES != 0)
    return count;
  while (count > 0 && cards[(count - 1) * RF_CARD_BYTES] == ' ' &&
         memcmp(cards + (count - 1) * RF_CARD_BYTES, cards + (count - 1) * RF_CARD_BYTES + 1, RF_CARD_BYTES - 1) == 0)
    count--;
  return count;
}

rf_status rf_header_parse(const void *bytes, size_t n, uint32_t flags, rf_header **header, rf_error *err) {
  rf_error_clear(err);
  if (n % RF_CARD_BYTES != 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "a header is made of 80-byte cards; %zu bytes are not", n);
  const char *cards = bytes;
  size_t count = 0;
  while (count < n / RF_CARD_BYTES && !rf_card_is_end(cards + count * RF_CARD_BYTES))
    count++;
  if (count < n / RF_CARD_BYTES)
    count = without_reserve(cards, count);
  rf_header *h = NULL;
  RF_TRY(new_with_cards(cards, count, &h, err));
  h->odd = !rf_all_printable(h->cards, h->count * RF_CARD_BYTES);
  rf_header_set_flags(h, flags);
  rf_status status = h->odd && (flags & RF_OPEN_STRICT) != 0 ? refuse(h, err) : RF_OK;
  if (status != RF_OK) {
    rf_header_free(h);
    return status;
  }
  *header = h;
  return RF_OK;
}

/* ------------------------------ size and layout ------------------------------ */

size_t rf_header_get_count(const rf_header *header) {
  return header->count;
}

const char *rf_header_get_cards(const rf_header *header) {
  return rf_header_flat(header)->cards;
}

uint64_t rf_header_get_file_bytes(const rf_header *header, uint32_t more) {
  uint64_t bytes = ((uint64_t)header->count + more + 1) * RF_CARD_BYTES;
  return (bytes + RF_BLOCK_BYTES - 1) / RF_BLOCK_BYTES * RF_BLOCK_BYTES;
}

/* END goes to the last block, whatever the number of cards: readers take the block it is in for the header's end. */
void rf_header_format(const rf_header *header, void *out, uint64_t bytes) {
  size_t used = rf_header_flat(header)->count * RF_CARD_BYTES;
  size_t end = (size_t)bytes - RF_BLOCK_BYTES > used ? (size_t)bytes - RF_BLOCK_BYTES : used;
  char *p = out;
  if (used > 0)
    memcpy(p, header->cards, used);
  memset(p + used, ' ', (size_t)bytes - used);
  memcpy(p + end, "END", 3);
}

/* ------------------------------ odd bytes ------------------------------ */

int rf_header_is_printable(const rf_header *header) {
  return !header->odd || rf_all_printable(rf_header_flat(header)->cards, header->count * RF_CARD_BYTES);
}

/* Card `index` as it is read: of a lenient header with '_' for bytes outside printable ASCII. */
static const char *shown(const rf_header *header, size_t index, char buffer[RF_CARD_BYTES]) {
  const char *card = header->cards + index * RF_CARD_BYTES;
  if (!header->masked || !header->odd || rf_all_printable(card, RF_CARD_BYTES))
    return card;
  rf_card_mask(card, buffer);
  return buffer;
}

/* ------------------------------ looking up ------------------------------ */

/* What fills up strings: blanks, and NULs by some writers. */
static bool is_padding(char c) {
  return c == ' ' || c == '\0';
}

/* The raw characters of a string card, blanks behind them cut; false when the card holds no string. */
static bool raw_string(const char *card, bool continued, const char **raw, size_t *n, rf_card_view *view) {
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
  while (*n > 0 && is_padding((*raw)[*n - 1]))
    (*n)--;
  return true;
}

static bool is_continue(const rf_header *header, size_t index) {
  return index < header->count && rf_columns8(header->cards + index * RF_CARD_BYTES) == rf_columns8("CONTINUE");
}

size_t rf_header_span(const rf_header *header, size_t index) {
  size_t span = 1;
  const char *raw;
  size_t n;
  rf_card_view view;
  if (!is_continue(header, index + 1) || is_continue(header, index))
    return 1;
  if (!raw_string(header->cards + index * RF_CARD_BYTES, false, &raw, &n, &view))
    return 1;
  while (n > 0 && raw[n - 1] == '&' && is_continue(header, index + span)) {
    if (!raw_string(header->cards + (index + span) * RF_CARD_BYTES, true, &raw, &n, &view))
      break;
    span++;
  }
  return span;
}

/* Behind the CONTINUE cards that belong to the string before them, for one of a run of such cards; the card itself when
 * it belongs to none. */
static size_t joined_end(const rf_header *header, size_t index) {
  size_t owner = index;
  while (owner > 0 && is_continue(header, owner))
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

bool rf_header_lookup(const rf_header *header, const rf_keyword *keyword, size_t start, size_t *index) {
  const uint64_t hierarch = rf_columns8("HIERARCH");
  const uint64_t wanted = keyword->too_long ? hierarch : keyword->columns;
  const bool continued = wanted == rf_columns8("CONTINUE");
  char buffer[RF_CARD_BYTES];
  for (size_t i = start; i < header->count; i++) {
    const char *card = shown(header, i, buffer);
    uint64_t columns;
    memcpy(&columns, card, sizeof columns);
    if (!header->odd && !may_equal(columns, wanted) && !may_equal(columns, hierarch) && card[0] != ' ')
      continue;
    columns = rf_columns8(card);
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

static rf_status check_index(const rf_header *header, size_t index, rf_error *err) {
  if (index < header->count)
    return RF_OK;
  return rf_fail(err, RF_ERR_RANGE, "card %zu of a header of %zu cards", index, header->count);
}

rf_status rf_header_get_card(const rf_header *header, size_t index, char *card, rf_error *err) {
  rf_error_clear(err);
  RF_TRY(check_index(rf_header_flat(header), index, err));
  char buffer[RF_CARD_BYTES];
  memcpy(card, shown(header, index, buffer), RF_CARD_BYTES);
  return RF_OK;
}

rf_status rf_header_get_keyword(const rf_header *header, size_t index, char *keyword, size_t *span, rf_error *err) {
  rf_error_clear(err);
  RF_TRY(check_index(rf_header_flat(header), index, err));
  char buffer[RF_CARD_BYTES];
  rf_card_view view;
  rf_card_split(shown(header, index, buffer), &view);
  for (size_t i = 0; i < view.keyword_length; i++)
    keyword[i] = rf_is_blank(view.keyword[i]) ? ' ' : view.keyword[i];
  keyword[view.keyword_length] = '\0';
  if (span != NULL)
    *span = rf_header_span(header, index);
  return RF_OK;
}

/* ------------------------------ values and comments ------------------------------ */

/* Undoes quotes, and cuts the blanks at the end, which do not count (FITS 4.2.1.1). */
static rf_status add_string(rf_text *text, const char *raw, size_t n, rf_error *err) {
  RF_TRY(rf_text_add_unquoted(text, raw, n, err));
  while (text->length > 0 && is_padding(text->bytes[text->length - 1]))
    text->bytes[--text->length] = '\0';
  return RF_OK;
}

static const char *card_at(const rf_header *header, size_t index, bool raw_bytes, char buffer[RF_CARD_BYTES]) {
  return raw_bytes ? header->cards + index * RF_CARD_BYTES : shown(header, index, buffer);
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
    if (!raw_string(card_at(header, index + i, raw_bytes, buffer), i > 0, &raw, &n, &view))
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
  else if (is_continue(header, index + 1))
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
      (void)raw_string(card, true, &raw, &n, &view);
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
  RF_TRY(check_index(rf_header_flat(header), index, err));
  return read_value(header, index, false, &header->text, value, err);
}

rf_status rf_header_get_comment(rf_header *header, size_t index, const char **text, size_t *length, rf_error *err) {
  rf_error_clear(err);
  RF_TRY(check_index(rf_header_flat(header), index, err));
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
