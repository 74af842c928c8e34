/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows of ASCII tables (FITS 7.2). A field is text at any place of the row; fields may overlap and leave gaps.
 */
#include "table/ascii/ascii.h"

#include <inttypes.h>
#include <stdio.h>

#include "table/ascii/cards.h"
#include "table/ascii/read.h"
#include "table/ascii/write.h"
#include "table/column/cards.h"
#include "table/column/names.h"
#include "value/ascii_field.h"

static rf_status take_place(rf_column *column, unsigned number, const rf_hdu *hdu, const rf_column_keywords *keywords,
                            const rf_ascii_format *format, rf_error *err) {
  rf_column_info *info = &column->info;
  uint64_t row = hdu->axes[0], width = format->width;
  if (!keywords->has_start)
    return rf_fail(err, RF_ERR_FORMAT, "the header has no TBCOL%u, or it is no integer", number);
  if (keywords->start < 1 || (uint64_t)keywords->start - 1 > row || width > row - ((uint64_t)keywords->start - 1))
    return rf_fail(err, RF_ERR_FORMAT,
                   "the field of %" PRIu64 " characters at TBCOL%u = %" PRId64
                   " does not lie in a row of NAXIS1 = %" PRIu64,
                   width, number, keywords->start, row);
  info->offset = (uint64_t)keywords->start - 1;
  info->bytes = width;
  return RF_OK;
}

/* TNULLn is a string; of those who wrote a number its digits are meant. */
static void take_null(rf_column_info *info, const rf_column_keywords *keywords) {
  if (keywords->null_text != NULL)
    (void)snprintf(info->null_text, sizeof info->null_text, "%s", keywords->null_text);
  else if (keywords->has_null)
    (void)snprintf(info->null_text, sizeof info->null_text, "%" PRId64, keywords->null);
  info->has_null_text = keywords->null_text != NULL || keywords->has_null;
}

static rf_status init_column(rf_column *column, unsigned number, const rf_hdu *hdu, const rf_column_keywords *keywords,
                             rf_error *err) {
  rf_column_info *info = &column->info;
  rf_ascii_format format;
  info->size = sizeof *info;
  rf_column_texts(column, number, keywords);
  if (keywords->form == NULL)
    return rf_fail(err, RF_ERR_FORMAT, "the header has no TFORM%u", number);
  if (!rf_ascii_format_parse(keywords->form, &format))
    return rf_fail(err, RF_ERR_FORMAT,
                   "TFORM%u = '%.70s' is no format of an ASCII table: those are Aw, Iw, Fw.d, Ew.d and Dw.d", number,
                   keywords->form);
  RF_TRY(take_place(column, number, hdu, keywords, &format, err));
  info->letter = format.letter;
  info->decimals = format.decimals;
  info->repeat = 1;
  info->count = 1;
  info->raw_count = 1;
  if (format.letter == 'A') {
    info->stored = RF_BYTES;
    info->width = info->bytes;
    column->stored_bytes = 1;
  } else {
    info->stored = format.letter == 'I' ? RF_I64 : RF_F64;
    column->stored_bytes = 8;
  }
  take_null(info, keywords);
  rf_column_scale(column, keywords);
  return RF_OK;
}

static rf_status init_columns(rf_table *table, const rf_hdu *hdu, const rf_table_cards *cards, rf_error *err) {
  for (size_t i = 0; i < table->info.ncols; i++) {
    rf_column *column = &table->columns[i];
    rf_status status = init_column(column, (unsigned)i + 1, hdu, &cards->keywords[i], err);
    if (status != RF_OK)
      return rf_table_add_context(err, status, column, i, -1);
  }
  return RF_OK;
}

static rf_status make_columns(rf_table *table, const rf_hdu *hdu, rf_header *header, rf_error *err) {
  rf_table_cards cards;
  RF_TRY(rf_table_cards_take(header, table->info.ncols, &cards, err));
  rf_status status = init_columns(table, hdu, &cards, err);
  rf_table_cards_free(&cards);
  if (status == RF_OK)
    rf_table_make_keys(table);
  return status;
}

static bool may_be_null(const rf_column_info *info) {
  return info->has_null_text != 0;
}

const rf_row_format rf_ascii_row_format = {
    .fill = ' ',
    .has_starts = true,
    .columns = make_columns,
    .may_be_null = may_be_null,
    .read_step = rf_row_step_ascii,
    .write_step = rf_row_write_step_ascii,
    .form = rf_ascii_form,
    .cards = rf_ascii_column_cards,
    .table_cards = rf_ascii_table_cards,
};
