/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cards of a header that describe columns, gathered by the number of the column.
 */
#include "table/column/cards.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* The keywords that are followed by the number of a column. */
typedef enum column_key { TFORM, TTYPE, TUNIT, TDISP, TDIM, TNULL, TSCAL, TZERO, TBCOL, NO_KEY } column_key;

static column_key split_keyword(const char card[RF_CARD_BYTES], size_t *number) {
  static const char *const names[NO_KEY] = {"FORM", "TYPE", "UNIT", "DISP", "DIM", "NULL", "SCAL", "ZERO", "BCOL"};
  char key[8];
  if (card[0] != 'T' && card[0] != 't')
    return NO_KEY;
  for (int i = 0; i < 8; i++)
    key[i] = (char)(card[i] >= 'a' && card[i] <= 'z' ? card[i] - 0x20 : card[i]);
  for (int k = 0; k < NO_KEY; k++) {
    size_t length = strlen(names[k]), i = 1 + length, n = 0;
    if (memcmp(key + 1, names[k], length) != 0)
      continue;
    for (; i < 8 && key[i] >= '0' && key[i] <= '9'; i++)
      n = n * 10 + (size_t)(key[i] - '0');
    if (i == 1 + length || key[1 + length] == '0')
      return NO_KEY;
    for (; i < 8; i++) /* "TBCOL2 x" is another keyword, which edits would not find */
      if (key[i] != ' ')
        return NO_KEY;
    *number = n;
    return (column_key)k;
  }
  return NO_KEY;
}

/* Strings end up one behind the other in cards->texts, which has room for all cards of the header. */
typedef struct card_taker {
  rf_header *header;
  rf_table_cards *cards;
  char *next;
} card_taker;

static const char *keep_text(card_taker *taker, const rf_value *value) {
  char *text = taker->next;
  if (value->text_length > 0)
    memcpy(text, value->text, value->text_length);
  text[value->text_length] = '\0';
  taker->next += value->text_length + 1;
  return text;
}

static bool value_integer(const rf_value *value, int64_t *integer) {
  if (value->kind == RF_VALUE_INTEGER)
    *integer = value->integer;
  return value->kind == RF_VALUE_INTEGER;
}

static void take_scale(column_key key, size_t number, rf_column_keywords *column, const char *card) {
  bool *seen = key == TSCAL ? &column->has_scale : &column->has_zero;
  char keyword[32];
  rf_card_scale scale;
  if (*seen)
    return;
  rf_card_scale_read(card, &scale);
  (void)snprintf(keyword, sizeof keyword, "%s%zu", key == TSCAL ? "TSCAL" : "TZERO", number);
  if (!rf_column_note_scale(column, keyword, &scale))
    return;
  *seen = true;
  if (key == TSCAL) {
    column->scale = scale.real;
  } else {
    column->zero = scale.real;
    column->zero_is_2_63 = scale.is_2_63;
  }
}

/* A number in a binary table, a string in an ASCII table. */
static void take_null(card_taker *taker, size_t number, rf_column_keywords *column, const char *card,
                      const rf_value *value) {
  rf_card_scale scale;
  if (column->has_null || column->null_text != NULL)
    return;
  rf_card_scale_read(card, &scale);
  bool is_number = scale.state == RF_SCALE_CLEAN || scale.state == RF_SCALE_REPAIRED;
  column->null_state = scale.state;
  (void)snprintf(column->null_keyword, sizeof column->null_keyword, "TNULL%zu", number % 1000);
  memcpy(column->null_found, scale.text, sizeof column->null_found);
  column->has_null = is_number && scale.is_integer;
  column->null = scale.integer;
  column->has_odd_null = is_number && !scale.is_integer;
  if (value->kind == RF_VALUE_STRING)
    column->null_text = keep_text(taker, value);
}

/* One card; of a keyword that stands twice the first one counts. */
static void take_value(card_taker *taker, column_key key, size_t number, rf_column_keywords *column, const char *card,
                       const rf_value *value) {
  const char **texts[NO_KEY] = {&column->form, &column->name, &column->unit, &column->display, &column->dim};
  if (key == TSCAL || key == TZERO) {
    take_scale(key, number, column, card);
  } else if (key == TBCOL) {
    column->has_start = column->has_start || value_integer(value, &column->start);
  } else if (key == TNULL) {
    take_null(taker, number, column, card, value);
  } else if (value->kind == RF_VALUE_STRING && *texts[key] == NULL) {
    *texts[key] = keep_text(taker, value);
  }
}

static rf_status take_cards(card_taker *taker, rf_error *err) {
  size_t n = rf_header_get_count(taker->header), number = 0;
  for (size_t i = 0; i < n; i++) {
    const char *card = rf_header_get_cards(taker->header) + i * RF_CARD_BYTES;
    column_key key = split_keyword(card, &number);
    rf_value value;
    if (key == NO_KEY || number > taker->cards->count)
      continue;
    RF_TRY(rf_header_get_value(taker->header, i, &value, err));
    take_value(taker, key, number, &taker->cards->keywords[number - 1], card, &value);
  }
  return RF_OK;
}

void rf_table_cards_free(rf_table_cards *cards) {
  rf_free(cards->keywords);
  rf_free(cards->texts);
  memset(cards, 0, sizeof *cards);
}

rf_status rf_table_cards_take(const rf_header *header, size_t count, rf_table_cards *cards, rf_error *err) {
  card_taker taker = {NULL, cards, NULL};
  memset(cards, 0, sizeof *cards);
  /* Asking a header for a value changes what it keeps: many threads may be using the one of the file. */
  RF_TRY(rf_header_copy(header, &taker.header, err));
  cards->count = count;
  cards->keywords = rf_alloc_zero(count, sizeof *cards->keywords);
  /* A string is never longer than the cards that it stands on. */
  cards->texts = taker.next = rf_alloc((rf_header_get_count(header) + 1) * RF_CARD_BYTES);
  rf_status status = RF_OK;
  if (cards->keywords == NULL || cards->texts == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate the keywords of %zu columns", count);
  if (status == RF_OK)
    status = take_cards(&taker, err);
  rf_header_free(taker.header);
  if (status != RF_OK)
    rf_table_cards_free(cards);
  return status;
}
