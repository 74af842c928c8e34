/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows of binary tables (FITS 7.3): contiguous fields, and a heap after the rows.
 */
#include "table/rows/binary.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/memory.h"
#include "table/column/cards.h"
#include "table/column/names.h"
#include "table/rows/pack.h"
#include "header/build.h"

/* ---- columns ---- */

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

static rf_status init_columns(rf_table *table, const rf_table_cards *cards, rf_error *err) {
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

static rf_status make_columns(rf_table *table, const rf_hdu *hdu, rf_header *header, rf_error *err) {
  rf_table_cards cards;
  (void)hdu;
  RF_TRY(rf_table_cards_take(header, table->info.ncols, &cards, err));
  rf_status status = init_columns(table, &cards, err);
  rf_table_cards_free(&cards);
  if (status == RF_OK)
    rf_table_make_keys(table);
  return status;
}

static bool may_be_null(const rf_column_info *info) {
  return info->has_null || info->type == RF_LOGICAL;
}

/* ---- new tables ---- */

static rf_status row_length(const rf_column_spec *columns, size_t count, uint64_t *row_bytes, rf_error *err) {
  *row_bytes = 0;
  for (size_t i = 0; i < count; i++) {
    rf_spec_form form;
    RF_TRY(rf_spec_form_binary(&columns[i], (unsigned)i + 1, &form, err));
    if (!rf_add_u64(*row_bytes, form.bytes, row_bytes) || *row_bytes > INT64_MAX)
      return rf_fail(err, RF_ERR_LIMIT, "a row has more bytes than 63 bits can say");
  }
  return RF_OK;
}

/* The mandatory cards in the mandatory order (FITS 7.3.1). */
static rf_status table_cards(rf_header *header, const rf_table_spec *spec, rf_error *err) {
  uint64_t row_bytes, bytes;
  RF_TRY(row_length(spec->columns, spec->ncols, &row_bytes, err));
  if (!rf_mul_u64(row_bytes, spec->nrows, &bytes) || bytes > INT64_MAX - RF_BLOCK_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "%" PRIu64 " rows of %" PRIu64 " bytes are more than a file can hold",
                   spec->nrows, row_bytes);
  RF_TRY(rf_header_append_string(header, "XTENSION", "BINTABLE", "binary table extension", err));
  RF_TRY(rf_header_append_integer(header, "BITPIX", 8, "8-bit bytes", err));
  RF_TRY(rf_header_append_integer(header, "NAXIS", 2, "2-dimensional binary table", err));
  RF_TRY(rf_header_append_integer(header, "NAXIS1", (int64_t)row_bytes, "width of table in bytes", err));
  RF_TRY(rf_header_append_integer(header, "NAXIS2", (int64_t)spec->nrows, "number of rows in table", err));
  RF_TRY(rf_header_append_integer(header, "PCOUNT", 0, "size of special data area", err));
  RF_TRY(rf_header_append_integer(header, "GCOUNT", 1, "one data group (required keyword)", err));
  RF_TRY(rf_header_append_integer(header, "TFIELDS", (int64_t)spec->ncols, "number of fields in each row", err));
  for (size_t i = 0; i < spec->ncols; i++)
    RF_TRY(rf_spec_cards_binary(header, &spec->columns[i], (unsigned)i + 1, 0, err));
  return RF_OK;
}

const rf_row_format rf_binary_row_format = {
    .has_heap = true,
    .columns = make_columns,
    .may_be_null = may_be_null,
    .read_step = rf_row_step_binary,
    .write_step = rf_row_write_step_binary,
    .form = rf_spec_form_binary,
    .cards = rf_spec_cards_binary,
    .table_cards = table_cards,
};
