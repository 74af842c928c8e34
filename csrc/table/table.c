/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The columns of a table, made out of its header when first asked for (FITS 7.3.1).
 */
#include "table/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "header/card.h"
#include "header/scale.h"
#include "table/ascii/table.h"
#include "table/ops.h"
#include "tiled/table/table.h"
#include "file/access.h"
#include "file/header.h"
#include "file/scan/scan.h"

/* ---- messages ---- */

rf_status rf_table_add_context(rf_error *err, rf_status status, const rf_column *column, size_t number, int64_t row) {
  char text[sizeof err->message], where[32] = "";
  if (err == NULL || err->code == RF_OK)
    return status;
  if (row >= 0)
    (void)snprintf(where, sizeof where, ", row %" PRId64, row);
  int n = snprintf(text, sizeof text, "column %zu '%.80s'%s: %s", number + 1, column->info.name, where, err->message);
  if (n > 0)
    memcpy(err->message, text, sizeof text);
  return err->code;
}

/* ---- cards ---- */

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
    status = rf_fail(err, RF_ERR_MEMORY, "no memory for the keywords of %zu columns", count);
  if (status == RF_OK)
    status = take_cards(&taker, err);
  rf_header_free(taker.header);
  if (status != RF_OK)
    rf_table_cards_free(cards);
  return status;
}

/* ---- binary tables ---- */

/* Fields stand one behind the other (FITS 7.3.1). A row that is longer or shorter than they are means that the header
 * lies about one of the two, and any reading would be a guess. */
static rf_status place_fields(rf_table *table, rf_error *err) {
  uint64_t offset = 0;
  for (size_t i = 0; i < table->info.ncols; i++) {
    rf_column *column = &table->columns[i];
    column->info.offset = offset;
    if (!rf_add_u64(offset, column->info.bytes, &offset) || offset > INT64_MAX)
      return rf_fail(err, RF_ERR_FORMAT, "the fields of %zu columns are longer than 63 bits can say",
                     table->info.ncols);
  }
  if (offset == table->info.row_bytes)
    return RF_OK;
  rf_error_keyword(err, "NAXIS1");
  rf_fail(err, RF_ERR_FORMAT, "a row has NAXIS1 = %" PRIu64 " bytes, and the TFORMs of its %zu columns make %" PRIu64,
          table->info.row_bytes, table->info.ncols, offset);
  rf_error_keyword(err, "NAXIS1");
  return RF_ERR_FORMAT;
}

rf_status rf_table_binary_columns(rf_table *table, const rf_hdu *hdu, const rf_table_cards *cards, rf_error *err) {
  (void)hdu;
  for (size_t i = 0; i < table->info.ncols; i++) {
    rf_status status = rf_column_init(&table->columns[i], (unsigned)i + 1, &cards->keywords[i], err);
    if (status != RF_OK) {
      char keyword[32];
      (void)snprintf(keyword, sizeof keyword, "TFORM%zu", i + 1);
      rf_error_keyword(err, keyword);
      return rf_table_add_context(err, status, &table->columns[i], i, -1);
    }
  }
  return place_fields(table, err);
}

/* Of the first card of that keyword. Asking the header would take memory, and without any the card would seem to be
 * missing. */
static bool first_integer(const rf_header *header, const char *keyword, int64_t *value) {
  const char *card = rf_header_get_cards(header);
  for (size_t i = 0; i < rf_header_get_count(header); i++, card += RF_CARD_BYTES)
    if (rf_card_is(card, keyword))
      return rf_card_integer(card, value);
  return false;
}

/* Of the heap: behind the rows, or where THEAP says (FITS 7.3.5). One that lies outside of the data is no place at all:
 * then nothing is in the heap. */
static void place_heap(rf_table *table, const rf_hdu *hdu, const rf_header *header) {
  rf_table_info *info = &table->info;
  uint64_t rows = info->nrows * info->row_bytes, end = rows; /* a part of data_bytes, so within 63 bits */
  int64_t theap;
  if (!rf_add_u64(rows, (uint64_t)hdu->pcount, &end) || end > hdu->data_bytes)
    end = hdu->data_bytes;
  info->heap_offset = rows;
  if (first_integer(header, "THEAP", &theap) && theap >= 0)
    info->heap_offset = (uint64_t)theap;
  if (info->heap_offset > end)
    info->heap_offset = end;
  info->heap_bytes = end - info->heap_offset;
}

/* ---- any table ---- */

static rf_status count_columns(const rf_header *header, size_t *ncols, rf_error *err) {
  int64_t value;
  if (!first_integer(header, "TFIELDS", &value) || value < 0 || value > RF_MAX_COLUMNS) {
    rf_fail(err, RF_ERR_FORMAT, "the header has no TFIELDS from 0 to %d", RF_MAX_COLUMNS);
    rf_error_keyword(err, "TFIELDS");
    return RF_ERR_FORMAT;
  }
  *ncols = (size_t)value;
  return RF_OK;
}

/* What the header says about the whole of the table. */
static rf_status describe_table(rf_table_info *info, const rf_hdu *hdu, rf_header *header, rf_error *err) {
  memset(info, 0, sizeof *info);
  info->size = sizeof *info;
  info->kind = hdu->ops->kind;
  info->data_offset = hdu->data_offset;
  if (hdu->ops->kind == RF_HDU_GROUPS)
    return rf_table_groups_info(info, hdu, err);
  if (hdu->naxis != 2 || hdu->bitpix != 8)
    return rf_fail(err, RF_ERR_FORMAT, "a table has NAXIS = 2 and BITPIX = 8, and this one %d and %d", hdu->naxis,
                   hdu->bitpix);
  info->nrows = hdu->axes[1];
  info->row_bytes = hdu->axes[0];
  info->heap_offset = hdu->data_bytes;
  return count_columns(header, &info->ncols, err);
}

static rf_status fill_table(rf_table *table, const rf_hdu *hdu, rf_header *header, rf_error *err) {
  rf_table_cards cards;
  if (hdu->ops->kind == RF_HDU_GROUPS)
    return rf_table_groups_columns(table, hdu, header, err);
  RF_TRY(rf_table_cards_take(header, table->info.ncols, &cards, err));
  rf_status status = hdu->ops->kind == RF_HDU_ASCII_TABLE ? rf_table_ascii_columns(table, hdu, &cards, err)
                                                          : rf_table_binary_columns(table, hdu, &cards, err);
  rf_table_cards_free(&cards);
  if (status == RF_OK)
    rf_table_make_keys(table);
  if (status == RF_OK && hdu->ops->kind != RF_HDU_ASCII_TABLE)
    place_heap(table, hdu, header);
  return status;
}

/* All that is worked out from rows relies on this; GCOUNT = 0 makes it untrue. */
static rf_status check_rows(const rf_table_info *info, const rf_hdu *hdu, rf_error *err) {
  uint64_t rows;
  if (rf_mul_u64(info->nrows, info->row_bytes, &rows) && rows <= hdu->data_bytes)
    return RF_OK;
  return rf_fail(err, RF_ERR_FORMAT,
                 "%" PRIu64 " rows of %" PRIu64 " bytes are not in a data unit of %" PRIu64 " (GCOUNT = %" PRId64 ")",
                 info->nrows, info->row_bytes, hdu->data_bytes, hdu->gcount);
}

rf_status rf_table_make(const rf_hdu *hdu, rf_header *header, rf_table **out, rf_error *err) {
  rf_table_info info;
  RF_TRY(describe_table(&info, hdu, header, err));
  RF_TRY(check_rows(&info, hdu, err));
  rf_table *table = rf_alloc_zero(1, sizeof *table + info.ncols * sizeof *table->columns);
  if (table == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for %zu columns", info.ncols);
  table->columns = (rf_column *)(table + 1);
  table->info = info;
  rf_status status = fill_table(table, hdu, header, err);
  if (status != RF_OK)
    rf_free(table);
  else
    *out = table;
  return status;
}

rf_status rf_table_get_parsed(rf_file *file, rf_hdu *hdu, rf_table **parsed, const rf_table **table, rf_error *err) {
  const rf_header *header;
  RF_TRY(rf_file_header_locked(file, hdu, &header, err));
  rf_status status = RF_OK;
  rf_mutex_lock(&file->scan_lock);
  if (*parsed == NULL)
    status = rf_table_make(hdu, hdu->header, parsed, err);
  else if ((*parsed)->info.data_offset != hdu->data_offset)
    (*parsed)->info.data_offset = hdu->data_offset; /* an edit of an HDU before has moved this one */
  *table = *parsed;
  rf_mutex_unlock(&file->scan_lock);
  return status;
}

static rf_status get_stored(rf_file *file, rf_hdu *hdu, const rf_table **table, rf_error *err) {
  return rf_table_get_parsed(file, hdu, (rf_table **)&hdu->parsed, table, err);
}

const rf_table_ops rf_plain_table_ops = {.stored = get_stored};
const rf_table_ops rf_groups_table_ops = {.stored = get_stored};

void rf_table_free(void *table) {
  rf_free(table);
}

rf_status rf_table_locked(rf_file *file, size_t index, rf_hdu **hdu, const rf_table **table, rf_error *err) {
  rf_hdu *found;
  RF_TRY(rf_file_hdu_locked(file, index, &found, err));
  if (found->ops->table == NULL)
    return rf_fail(err, RF_ERR_TYPE, "a table is needed and this HDU is none");
  RF_TRY(found->ops->table->stored(file, found, table, err));
  if (hdu != NULL)
    *hdu = found;
  return RF_OK;
}

rf_status rf_table_column(const rf_table *table, size_t column, const rf_column **found, rf_error *err) {
  if (column >= table->info.ncols)
    return rf_fail(err, RF_ERR_RANGE, "there is no column %zu: the table has %zu (counted from 0)", column,
                   table->info.ncols);
  *found = &table->columns[column];
  return RF_OK;
}

/* ---- public ---- */

/* Copies what the caller's struct has room for. */
static void give(void *out, const void *from, size_t size) {
  size_t room = *(const size_t *)out;
  if (room > size)
    room = size;
  if (room > sizeof room)
    memcpy((char *)out + sizeof room, (const char *)from + sizeof room, room - sizeof room);
}

rf_status rf_table_get_info(rf_file *file, size_t index, rf_table_info *info, rf_error *err) {
  const rf_table *table = NULL;
  const rf_tiled_table *z;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_table_logical_locked(file, index, NULL, &table, &z, err);
    if (status == RF_OK)
      give(info, &table->info, sizeof table->info);
    rf_file_end_read(file);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}

rf_status rf_table_get_column(rf_file *file, size_t index, size_t column, rf_column_info *info, rf_error *err) {
  const rf_table *table = NULL;
  const rf_column *found = NULL;
  const rf_tiled_table *z;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_table_logical_locked(file, index, NULL, &table, &z, err);
    if (status == RF_OK)
      status = rf_table_column(table, column, &found, err);
    if (status == RF_OK)
      give(info, &found->info, sizeof found->info);
    rf_file_end_read(file);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}

rf_status rf_table_find(const rf_table *table, const char *name, size_t *column, rf_error *err) {
  for (size_t i = 0; i < table->info.ncols; i++)
    if (strcmp(table->columns[i].info.key, name) == 0) {
      *column = i;
      return RF_OK;
    }
  for (size_t i = 0; i < table->info.ncols; i++)
    if (rf_same_name(table->columns[i].info.key, name)) {
      *column = i;
      return RF_OK;
    }
  return rf_fail(err, RF_ERR_NOT_FOUND, "there is no column '%.80s' among the %zu of the table", name,
                 table->info.ncols);
}

rf_status rf_table_find_column(rf_file *file, size_t index, const char *name, size_t *column, rf_error *err) {
  const rf_table *table = NULL;
  const rf_tiled_table *z;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_table_logical_locked(file, index, NULL, &table, &z, err);
    if (status == RF_OK)
      status = rf_table_find(table, name, column, err);
    rf_file_end_read(file);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}
