/* SPDX-License-Identifier: BSD-3-Clause */
#include "collect/row.h"

#include "base/array.h"
#include "base/ascii.h"
#include "base/memory.h"
#include "header/lookup.h"

/* Memory of an empty row. */
#define MOST_KEPT ((uint64_t)16 << 10)

void rf_row_free(rf_row *row) {
  rf_free(row->cells);
  rf_text_free(&row->texts);
  *row = (rf_row){0};
}

void rf_row_clear(rf_row *row) {
  if (rf_row_bytes(row) > MOST_KEPT)
    rf_row_free(row);
  row->count = 0;
  rf_text_clear(&row->texts);
}

uint64_t rf_row_bytes(const rf_row *row) {
  return (uint64_t)row->capacity * sizeof *row->cells + row->texts.capacity;
}

rf_value rf_row_value(const rf_row *row, const rf_row_cell *cell) {
  const char *texts = row->texts.bytes != NULL ? row->texts.bytes : "";
  rf_value value = {.kind = cell->kind, .text = texts + cell->text, .text_length = cell->text_length};
  if (cell->kind == RF_VALUE_REAL || cell->kind == RF_VALUE_COMPLEX)
    value.real = cell->as.real;
  else
    value.integer = cell->as.integer;
  if (cell->kind == RF_VALUE_COMPLEX)
    memcpy(&value.imaginary, value.text, sizeof value.imaginary);
  return value;
}

/* Keywords whose cards have texts. Of others, the first card counts. */
static bool has_texts(const char *name, size_t n) {
  return rf_is_name(name, n, "COMMENT") || rf_is_name(name, n, "HISTORY") || rf_is_name(name, n, "CONTINUE");
}

/* ---- keys ---- */

/* Keys of the simple search. */
#define MOST_SIMPLE 64

/* Returns the bit of eight columns in a filter: the same for letters in any case. */
static uint64_t bit_of(uint64_t columns) {
  return (uint64_t)1 << ((columns & UINT64_C(0xDFDFDFDFDFDFDFDF)) * UINT64_C(0x9E3779B97F4A7C15) >> 58);
}

static bool is_same(const rf_keyword *a, const rf_keyword *b) {
  return a->length == b->length && rf_equal_any_case(a->name, b->name, a->length);
}

static rf_status set_key(rf_row_keys *keys, size_t k, const char *name, rf_error *err) {
  rf_keyword *keyword = &keys->keys[k].keyword;
  if (name == NULL || !rf_keyword_normalize(name, keyword) || keyword->length == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "no header can have the keyword '%.100s'", name == NULL ? "" : name);
  for (size_t i = 0; i < k; i++)
    if (is_same(&keys->keys[i].keyword, keyword))
      return rf_fail(err, RF_ERR_ARGUMENT, "the keyword '%.100s' is named twice", name);
  keys->keys[k].joined = has_texts(keyword->name, keyword->length);
  keys->simple = keys->simple && !keys->keys[k].joined && !keyword->too_long;
  keys->filter |= keyword->too_long ? 0 : bit_of(keyword->columns);
  return RF_OK;
}

rf_status rf_row_keys_new(rf_row_keys *keys, const char *const *names, size_t count, rf_error *err) {
  *keys = (rf_row_keys){.keys = rf_alloc_zero(count, sizeof *keys->keys), .count = count};
  keys->simple = count <= MOST_SIMPLE;
  if (keys->keys == NULL && count > 0)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu keywords", count);
  for (size_t k = 0; k < count; k++)
    RF_TRY(set_key(keys, k, names[k], err));
  return RF_OK;
}

void rf_row_keys_free(rf_row_keys *keys) {
  rf_free(keys->keys);
}

/* ---- values ---- */

/* Adds bytes to the texts. *offset receives where. */
static rf_status add_text(rf_row *row, const void *bytes, size_t n, uint32_t *offset, rf_error *err) {
  if (row->texts.length > UINT32_MAX || n > UINT32_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the texts of a header exceed 4 GiB");
  *offset = (uint32_t)row->texts.length;
  return rf_text_add(&row->texts, bytes, n, err);
}

/* Appends the value of card `index`, also an undefined one. The caller sets its key. */
static rf_status add_value(rf_row *row, rf_header *header, size_t index, bool joined, rf_row_cell **cell,
                           rf_error *err) {
  rf_value value;
  RF_TRY(rf_header_get_value(header, index, &value, err));
  RF_TRY(RF_ARRAY_GROW(row->cells, row->capacity, row->count + 1, "the values of a header", err));
  rf_row_cell made = {.kind = value.kind, .joined = joined};
  if (value.kind == RF_VALUE_REAL || value.kind == RF_VALUE_COMPLEX)
    made.as.real = value.real;
  else
    made.as.integer = value.integer;
  const bool is_complex = value.kind == RF_VALUE_COMPLEX;
  bool has_text = value.kind == RF_VALUE_BIG || value.kind >= RF_VALUE_STRING;
  made.text_length = has_text ? (uint32_t)value.text_length : 0;
  if (is_complex)
    RF_TRY(add_text(row, &value.imaginary, sizeof value.imaginary, &made.text, err));
  else if (made.text_length > 0)
    RF_TRY(add_text(row, value.text, value.text_length, &made.text, err));
  *cell = &row->cells[row->count++];
  **cell = made;
  return RF_OK;
}

static rf_status add_value_of(rf_row *row, rf_header *header, size_t index, const rf_row_keys *keys, size_t k,
                              rf_error *err) {
  rf_row_cell *cell;
  RF_TRY(add_value(row, header, index, keys->keys[k].joined, &cell, err));
  cell->key = (uint32_t)k;
  return RF_OK;
}

/* Finds the first cards of all keys in one pass. Returns false for a header whose cards have keywords elsewhere than in
 * their first eight columns, or other bytes. */
static bool find_cards(rf_header *header, const rf_row_keys *keys, size_t first[MOST_SIMPLE]) {
  size_t count = rf_header_get_count(header);
  const char *card = rf_header_get_cards(header);
  const uint64_t hierarch = bit_of(rf_columns8("HIERARCH"));
  for (size_t k = 0; k < keys->count; k++)
    first[k] = SIZE_MAX;
  for (size_t i = 0; i < count; i++, card += RF_CARD_BYTES) {
    uint64_t columns;
    memcpy(&columns, card, sizeof columns);
    uint64_t bit = bit_of(columns);
    if (card[0] == ' ' || (bit == hierarch && rf_columns8(card) == rf_columns8("HIERARCH")))
      return false;
    if ((keys->filter & bit) == 0)
      continue;
    columns = rf_columns8(card);
    for (size_t k = 0; k < keys->count; k++)
      if (columns == keys->keys[k].keyword.columns && first[k] == SIZE_MAX)
        first[k] = i;
  }
  return true;
}

rf_status rf_row_take(rf_row *row, rf_header *header, const rf_row_keys *keys, rf_error *err) {
  size_t first[MOST_SIMPLE], index = 0;
  if (keys->simple && rf_header_is_printable(header) && find_cards(header, keys, first)) {
    for (size_t k = 0; k < keys->count; k++)
      if (first[k] != SIZE_MAX)
        RF_TRY(add_value_of(row, header, first[k], keys, k, err));
    return RF_OK;
  }
  for (size_t k = 0; k < keys->count; k++) {
    const rf_row_key *key = &keys->keys[k];
    bool more = true;
    for (size_t start = 0; more && rf_header_lookup(header, &key->keyword, start, &index); start = index + 1) {
      RF_TRY(add_value_of(row, header, index, keys, k, err));
      more = key->joined;
    }
  }
  return RF_OK;
}

rf_status rf_row_take_all(rf_row *row, rf_header *header, rf_error *err) {
  size_t count = rf_header_get_count(header), span = 1;
  char name[RF_KEYWORD_BYTES];
  rf_row_cell *cell;
  for (size_t i = 0; i < count; i += span) {
    RF_TRY(rf_header_get_keyword(header, i, name, &span, err));
    size_t n = strlen(name);
    if (n == 0)
      continue;
    RF_TRY(add_value(row, header, i, has_texts(name, n), &cell, err));
    cell->name_length = (uint32_t)n;
    RF_TRY(add_text(row, name, n, &cell->key, err));
  }
  return RF_OK;
}
