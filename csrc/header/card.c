/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One card (FITS 4.1): keyword, value and comment of 80 bytes, and values without an rf_header.
 */
#include "header/card.h"

#include "base/ascii.h"
#include "value/number.h"
#include "header/keyword.h"
#include "header/value.h"

/* Returns where the blanks begin that end [begin, end). Half of a card is spaces. */
static const char *blanks_end(const char *begin, const char *end) {
  while (end - begin >= 8 && memcmp(end - 8, "        ", 8) == 0)
    end -= 8;
  while (end > begin && rf_is_blank(end[-1]))
    end--;
  return end;
}

/* Narrows [*begin, *end) by the blanks (rf_is_blank()) at both ends. */
static void trim(const char **begin, const char **end) {
  while (*begin < *end && rf_is_blank(**begin))
    (*begin)++;
  *end = blanks_end(*begin, *end);
}

/* Returns the closing quote of a string: a single quote (FITS 4.2.1.1) before a blank, a '/' or the end of the card. A
 * writer that did not double a quote inside ('it's') leaves a single quote before a letter, which closes the string
 * only when no better one follows. The last choice is the second of two quotes before an end ('O'''). NULL: not closed.
 */
static const char *closing_quote(const char *open, const char *end) {
  const char *alone = NULL;
  const char *paired = NULL;
  for (const char *p = open + 1; p < end; p++) {
    if (*p != '\'')
      continue;
    bool pair = p + 1 < end && p[1] == '\'';
    p += pair;
    bool ends = p + 1 == end || rf_is_blank(p[1]) || p[1] == '/';
    if (ends && !pair)
      return p;
    if (ends && paired == NULL)
      paired = p;
    if (!pair && alone == NULL)
      alone = p;
  }
  return alone != NULL ? alone : paired;
}

/* Free format (FITS 4.2): a quoted string, or everything up to a slash. */
static void split_value(const char *p, const char *end, rf_card_view *view) {
  trim(&p, &end);
  const char *value_end;
  const char *close = p < end && *p == '\'' ? closing_quote(p, end) : NULL;
  if (close != NULL) {
    value_end = close + 1;
  } else if (p < end && *p == '\'') {
    value_end = end; /* not closed: where a comment begins is unknown */
  } else {
    value_end = memchr(p, '/', (size_t)(end - p));
    if (value_end == NULL)
      value_end = end;
  }
  const char *comment = value_end;
  while (comment < end && rf_is_blank(*comment))
    comment++;
  if (comment < end && *comment == '/')
    comment++;
  trim(&comment, &end);
  view->comment = comment;
  view->comment_length = (size_t)(end - comment);
  trim(&p, &value_end);
  view->value = p;
  view->value_length = (size_t)(value_end - p);
}

/* Splits "HIERARCH long name = value" (the ESO convention). Returns false for another form. */
static bool split_hierarch(const char card[RF_CARD_BYTES], rf_card_view *view) {
  if (!rf_is_blank(card[8]) || !rf_card_is(card, "HIERARCH"))
    return false;
  const char *end = card + RF_CARD_BYTES;
  const char *equals = memchr(card + 9, '=', RF_CARD_BYTES - 9);
  if (equals == NULL)
    return false;
  const char *name = card + 9;
  const char *name_end = equals;
  trim(&name, &name_end);
  if (name == name_end)
    return false;
  view->keyword = name;
  view->keyword_length = (size_t)(name_end - name);
  view->hierarch = true;
  view->has_value = true;
  split_value(equals + 1, end, view);
  return true;
}

bool rf_card_split_continue(const char card[RF_CARD_BYTES], rf_card_view *view) {
  *view = (rf_card_view){.keyword = card, .keyword_length = 8, .has_value = true};
  split_value(card + 8, card + RF_CARD_BYTES, view);
  return view->value_length > 0 && view->value[0] == '\'';
}

static bool is_commentary(const char card[RF_CARD_BYTES]) {
  uint64_t columns = rf_columns8(card);
  return columns == rf_columns8("        ") || columns == rf_columns8("COMMENT ") ||
         columns == rf_columns8("HISTORY ") || columns == rf_columns8("CONTINUE") || columns == rf_columns8("END     ");
}

static rf_value_kind kind_of(const rf_card_view *view) {
  rf_value value;
  const char *raw;
  size_t n;
  rf_value_read(view->value, view->value_length, &value, &raw, &n);
  return value.kind;
}

static bool is_readable(const rf_card_view *view) {
  rf_value_kind kind = kind_of(view);
  return kind != RF_VALUE_UNDEFINED && kind != RF_VALUE_INVALID;
}

/* Returns whether the value of a split card is a number (real, integer or complex) or a logical. */
static bool is_number(const rf_card_view *view) {
  return is_readable(view) && kind_of(view) != RF_VALUE_STRING;
}

void rf_card_split(const char card[RF_CARD_BYTES], rf_card_view *view) {
  *view = (rf_card_view){.value = card, .comment = card, .text = card + 8};
  if (split_hierarch(card, view))
    return;
  const char *name = card;
  const char *name_end = card + 8;
  trim(&name, &name_end);
  view->keyword = name;
  view->keyword_length = (size_t)(name_end - name);
  view->text_length = (size_t)(blanks_end(view->text, card + RF_CARD_BYTES) - view->text);
  if (card[8] != '=' || is_commentary(card))
    return;
  split_value(card + 9, card + RF_CARD_BYTES, view);
  /* Without the blank the standard has no value here. Other readers accept it where it can be read as one. */
  view->has_value = rf_is_blank(card[9]) || is_readable(view);
  if (!view->has_value)
    view->value_length = view->comment_length = 0;
}

bool rf_card_is(const char card[RF_CARD_BYTES], const char *keyword) {
  char columns[8];
  memset(columns, ' ', sizeof columns);
  size_t n = strlen(keyword);
  if (n > sizeof columns)
    return false;
  memcpy(columns, keyword, n);
  return rf_columns8(card) == rf_columns8(columns);
}

static void read_value(const char card[RF_CARD_BYTES], rf_value *value, const char **raw, size_t *raw_length) {
  rf_card_view view;
  rf_card_split(card, &view);
  if (view.has_value)
    rf_value_read(view.value, view.value_length, value, raw, raw_length);
  else
    *value = (rf_value){.kind = RF_VALUE_COMMENTARY};
}

bool rf_card_integer(const char card[RF_CARD_BYTES], int64_t *out) {
  rf_value value;
  const char *raw;
  size_t n;
  read_value(card, &value, &raw, &n);
  if (value.kind != RF_VALUE_INTEGER)
    return false;
  *out = value.integer;
  return true;
}

bool rf_card_real(const char card[RF_CARD_BYTES], double *out) {
  rf_value value;
  const char *raw;
  size_t n;
  read_value(card, &value, &raw, &n);
  if (value.kind == RF_VALUE_REAL || value.kind == RF_VALUE_BIG)
    *out = value.real;
  else if (value.kind == RF_VALUE_INTEGER)
    *out = (double)value.integer;
  else
    return false;
  return true;
}

bool rf_card_logical(const char card[RF_CARD_BYTES], bool *out) {
  rf_value value;
  const char *raw;
  size_t n;
  read_value(card, &value, &raw, &n);
  if (value.kind != RF_VALUE_LOGICAL)
    return false;
  *out = value.integer != 0;
  return true;
}

bool rf_card_string(const char card[RF_CARD_BYTES], char *text, size_t capacity) {
  rf_value value;
  const char *raw = NULL;
  size_t n = 0;
  read_value(card, &value, &raw, &n);
  if (value.kind != RF_VALUE_STRING || capacity == 0)
    return false;
  size_t used = 0;
  for (size_t i = 0; i < n && used + 1 < capacity; i++) {
    text[used++] = raw[i];
    if (raw[i] == '\'' && i + 1 < n && raw[i + 1] == '\'')
      i++;
  }
  while (used > 0 && text[used - 1] == ' ')
    used--;
  text[used] = '\0';
  return true;
}

bool rf_card_text(const char card[RF_CARD_BYTES], char *text, size_t capacity) {
  rf_card_view view;
  rf_value value;
  const char *raw, *found;
  char number[RF_NUMBER_BYTES];
  size_t n;
  if (rf_card_string(card, text, capacity))
    return true;
  rf_card_split(card, &view);
  rf_value_read(view.value, view.has_value ? view.value_length : 0, &value, &raw, &n);
  if (value.kind == RF_VALUE_UNDEFINED || capacity == 0)
    return false;
  found = view.value;
  n = view.value_length;
  if (value.kind == RF_VALUE_LOGICAL)
    found = value.integer ? "True" : "False";
  else if (value.kind == RF_VALUE_INTEGER)
    rf_number_write_integer(value.integer, number);
  else if (value.kind == RF_VALUE_REAL)
    (void)rf_number_write_real(value.real, number); /* finite, for it was read */
  if (value.kind == RF_VALUE_INTEGER || value.kind == RF_VALUE_REAL)
    found = number;
  if (found != view.value)
    n = strlen(found);
  n = n < capacity ? n : capacity - 1;
  memcpy(text, found, n);
  text[n] = '\0';
  return true;
}

/* ------------------------------ bytes outside printable ASCII ------------------------------ */

/* Compilers make vector instructions of this loop: no branch, and one byte after the other. */
static inline bool all_printable(const char *bytes, size_t n) {
  uint8_t bad = 0;
  for (size_t i = 0; i < n; i++)
    bad |= (uint8_t)((uint8_t)(bytes[i] - 0x20) > 0x7E - 0x20);
  return bad == 0;
}

bool rf_card_is_printable(const char card[RF_CARD_BYTES]) {
  return all_printable(card, RF_CARD_BYTES);
}

bool rf_all_printable(const char *bytes, size_t n) {
  return all_printable(bytes, n);
}

/* Where the value of a number, a logical or an undefined keyword ends, and 0 for all other cards. */
static size_t value_end(const char card[RF_CARD_BYTES]) {
  rf_card_view view;
  rf_card_split(card, &view);
  if (!view.has_value || (view.value_length > 0 && !is_number(&view)))
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
