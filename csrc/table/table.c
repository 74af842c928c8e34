/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The facts and columns of a table, parsed from its header when first needed (FITS 7.3.1).
 */
#include "table/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "table/rows/format.h"
#include "file/header.h"
#include "header/card.h"

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
  if (hdu->ops->format->size != NULL)
    return hdu->ops->format->size(info, hdu, err);
  if (hdu->naxis != 2 || hdu->bitpix != 8)
    return rf_fail(err, RF_ERR_FORMAT, "a table has NAXIS = 2 and BITPIX = 8, and this one %d and %d", hdu->naxis,
                   hdu->bitpix);
  info->nrows = hdu->axes[1];
  info->row_bytes = hdu->axes[0];
  info->heap_offset = hdu->data_bytes;
  return count_columns(header, &info->ncols, err);
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
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu columns", info.ncols);
  table->columns = (rf_column *)(table + 1);
  table->info = info;
  table->format = hdu->ops->format;
  rf_status status = table->format->columns(table, hdu, header, err);
  if (status == RF_OK && table->format->has_heap)
    place_heap(table, hdu, header);
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

void rf_table_free(void *table) {
  rf_free(table);
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

rf_status rf_table_column(const rf_table *table, size_t column, const rf_column **found, rf_error *err) {
  if (column >= table->info.ncols)
    return rf_fail(err, RF_ERR_RANGE, "there is no column %zu: the table has %zu (counted from 0)", column,
                   table->info.ncols);
  *found = &table->columns[column];
  return RF_OK;
}
