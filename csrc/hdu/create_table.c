/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creating a table: its header from an rf_table_spec, and its first rows.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "file/append.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"
#include "hdu/kinds.h"
#include "header/build.h"
#include "header/card.h"
#include "table/append.h"
#include "table/column/keyword.h"
#include "table/request.h"
#include "table/rows/format.h"
#include "tiled/table/edit/create.h"
#include "tiled/table/header.h"

/* ---- checks ---- */

static rf_status check_columns(const rf_table_spec *spec, rf_error *err) {
  if (spec->ncols > RF_MAX_COLUMNS) {
    rf_fail(err, RF_ERR_LIMIT,
            "expected at most %d columns (FITS 7.2.1), found %zu; array columns or several tables hold more",
            RF_MAX_COLUMNS, spec->ncols);
    rf_error_keyword(err, "TFIELDS");
    return RF_ERR_LIMIT;
  }
  if (spec->ncols > 0 && spec->columns == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected %zu column specs, found NULL", spec->ncols);
  if (spec->nrows > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "expected at most 2^63 - 1 rows, found %" PRIu64, spec->nrows);
  return RF_OK;
}

static rf_status check_names(const rf_column_spec *columns, size_t count, rf_error *err) {
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; columns[i].name != NULL && k < i; k++)
      if (columns[k].name != NULL && strcmp(columns[k].name, columns[i].name) == 0)
        return rf_fail(err, RF_ERR_ARGUMENT, "columns %zu and %zu have the same name '%.80s'", k + 1, i + 1,
                       columns[i].name);
  return RF_OK;
}

/* ---- the header ---- */

/* Returns whether the spec has the keyword: TUNITn and TDISPn, which are not protected. */
static bool is_from_spec(const char *keyword) {
  char root[6];
  size_t n = strlen(keyword);
  if (n < 6)
    return false;
  memcpy(root, keyword, 5);
  root[5] = '\0';
  return (rf_same_name(root, "TUNIT") || rf_same_name(root, "TDISP")) && strspn(keyword + 5, "0123456789") == n - 5;
}

/* Returns whether the new table does not get a card of the caller's header. */
static bool left_out(const rf_table_spec *spec, const char *keyword) {
  if (rf_keyword_is_protected(keyword) || is_from_spec(keyword) || rf_tiled_table_is_own(keyword))
    return true;
  if (rf_same_name(keyword, "BSCALE") || rf_same_name(keyword, "BZERO") || rf_same_name(keyword, "BLANK"))
    return true;
  return (spec->extname != NULL && rf_same_name(keyword, "EXTNAME")) ||
         (spec->extver >= 0 && rf_same_name(keyword, "EXTVER"));
}

/* Finds the columns of the header's own table in the new one, by name. *table tells whether the header has columns. */
static rf_status match_columns(const rf_table_spec *spec, unsigned numbers[RF_MAX_COLUMNS + 1], bool *table,
                               rf_error *err) {
  char keyword[RF_CARD_BYTES], name[RF_CARD_BYTES];
  memset(numbers, 0, (RF_MAX_COLUMNS + 1) * sizeof *numbers);
  *table = false;
  for (size_t i = 0, span; i < rf_header_get_count(spec->header); i += span) {
    const char *card = rf_header_get_cards(spec->header) + i * RF_CARD_BYTES;
    rf_keyword_columns columns;
    RF_TRY(rf_header_get_keyword(spec->header, i, keyword, &span, err));
    if (memcmp(keyword, "TTYPE", 5) != 0 || rf_keyword_find_columns(keyword, &columns) != 1)
      continue;
    *table = true;
    if (numbers[columns.n[0]] != 0 || !rf_card_string(card, name, sizeof name))
      continue;
    for (size_t k = 0; k < spec->ncols && numbers[columns.n[0]] == 0; k++)
      if (spec->columns[k].name != NULL && rf_same_name(spec->columns[k].name, name))
        numbers[columns.n[0]] = (unsigned)k + 1;
  }
  return RF_OK;
}

static rf_status append_user_cards(rf_header *header, const rf_table_spec *spec, rf_error *err) {
  const rf_header *from = spec->header;
  size_t count = from != NULL ? rf_header_get_count(from) : 0;
  unsigned numbers[RF_MAX_COLUMNS + 1];
  bool table = false;
  if (from != NULL)
    RF_TRY(match_columns(spec, numbers, &table, err));
  for (size_t i = 0, span; i < count; i += span) {
    char keyword[RF_CARD_BYTES];
    RF_TRY(rf_header_get_keyword(from, i, keyword, &span, err));
    /* Cards of a column move with it. In a header without columns, they belong to the new columns. */
    if (!left_out(spec, keyword))
      RF_TRY(rf_header_append_moved(header, from, i, span, keyword, table ? numbers : NULL, err));
  }
  return RF_OK;
}

/* Finds the row format of the kind of table. */
static rf_status find_format(const rf_table_spec *spec, const rf_row_format **format, rf_error *err) {
  for (const rf_hdu_ops *const *kind = rf_hdu_kinds; *kind != NULL; kind++)
    if ((*kind)->kind == spec->kind && (spec->kind == RF_HDU_TABLE || spec->kind == RF_HDU_ASCII_TABLE)) {
      *format = (*kind)->format;
      return RF_OK;
    }
  return rf_fail(err, RF_ERR_ARGUMENT, "expected RF_HDU_TABLE or RF_HDU_ASCII_TABLE, found kind %d", (int)spec->kind);
}

static rf_status build_header(rf_header *header, const rf_table_spec *spec, rf_error *err) {
  const rf_row_format *format = NULL;
  RF_TRY(find_format(spec, &format, err));
  RF_TRY(format->table_cards(header, spec, err));
  if (spec->extname != NULL)
    RF_TRY(rf_header_append_string(header, "EXTNAME", spec->extname, "name of this HDU", err));
  if (spec->extver >= 0)
    RF_TRY(rf_header_append_integer(header, "EXTVER", spec->extver, "version of this HDU", err));
  RF_TRY(append_user_cards(header, spec, err));
  for (size_t i = 0; i < spec->ncols; i++)
    RF_TRY(rf_spec_set_comment(header, &spec->columns[i], (unsigned)i + 1, err));
  return RF_OK;
}

/* Fills new rows, which are 0, if the format has another fill byte. */
static rf_status fill_rows(rf_file *file, size_t index, rf_error *err) {
  rf_hdu *hdu;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  int fill = hdu->ops->format->fill;
  return fill == 0 ? RF_OK : rf_store_fill(file->store, hdu->data_offset, hdu->data_bytes, fill, err);
}

/* Exclusive lock held. */
static rf_status create_locked(rf_file *file, const rf_header *header, uint32_t reserve, size_t *index, rf_error *err) {
  rf_hdu *first;
  rf_error why;
  rf_error_clear(&why);
  rf_status status = rf_file_hdu_locked(file, 0, &first, &why);
  bool empty = status == RF_ERR_NOT_FOUND;
  if (empty)
    RF_TRY(rf_file_append_primary(file, err));
  else if (status != RF_OK)
    return rf_file_hdu_locked(file, 0, &first, err);
  RF_TRY(rf_file_append_begin_locked(file, header, rf_header_get_file_bytes(header, reserve), index, err));
  return fill_rows(file, *index, err);
}

/* Appends the rows to a table that was begun without rows. */
static rf_status append_cells(rf_file *file, size_t index, uint64_t nrows, const rf_table_request *cells,
                              rf_error *err) {
  rf_hdu *hdu;
  bool written = false;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  return rf_table_append_locked(file, hdu, nrows, cells, &written, err);
}

/* The caller's request, in structs of this version of the library. */
typedef struct new_table {
  rf_table_spec spec;
  rf_column_spec *columns;
  rf_table_request cells;
} new_table;

static rf_status take_columns(new_table *table, rf_error *err) {
  const rf_table_spec *spec = &table->spec;
  RF_TRY(check_columns(spec, err));
  table->columns = rf_alloc_zero(spec->ncols > 0 ? spec->ncols : 1, sizeof *table->columns);
  if (table->columns == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu columns", spec->ncols);
  for (size_t i = 0; i < spec->ncols; i++)
    RF_TRY(rf_spec_take(rf_request_at(spec->columns, i), i, &table->columns[i], err));
  table->spec.columns = table->columns;
  return check_names(table->columns, spec->ncols, err);
}

static rf_status take_spec(const rf_table_spec *from, new_table *table, rf_error *err) {
  rf_table_spec *spec = &table->spec;
  RF_TRY(rf_request_take(spec, sizeof *spec, from, "an rf_table_spec", err));
  if (from->size < offsetof(rf_table_spec, compression))
    return rf_fail(err, RF_ERR_ARGUMENT, "expected an rf_table_spec of %zu bytes, found %zu", sizeof *spec, from->size);
  if (spec->compression != NULL && spec->kind != RF_HDU_TABLE)
    return rf_fail(err, RF_ERR_ARGUMENT, "only binary tables can be compressed");
  RF_TRY(rf_table_request_take(spec->cells, &table->cells, err));
  return take_columns(table, err);
}

static rf_status begin(rf_file *file, const new_table *table, const rf_header *header, uint64_t nrows, size_t *index,
                       rf_error *err) {
  const rf_table_spec *spec = &table->spec;
  RF_TRY(rf_file_begin_append(file, err));
  rf_status status = spec->compression != NULL
                         ? rf_tiled_table_create(file, header, spec->compression, spec->reserve_cards, index, err)
                         : create_locked(file, header, spec->reserve_cards, index, err);
  if (status == RF_OK && spec->cells != NULL && nrows > 0)
    status = append_cells(file, *index, nrows, &table->cells, err);
  return rf_file_end_append(file, status, spec->deferred == 0, err);
}

rf_status rf_table_create(rf_file *file, const rf_table_spec *spec, size_t *index, rf_error *err) {
  rf_header *header = NULL;
  new_table table = {.columns = NULL};
  size_t made = 0;
  rf_error_clear(err);
  rf_status status = take_spec(spec, &table, err);
  uint64_t nrows = table.spec.nrows;
  if (table.spec.cells != NULL)
    table.spec.nrows = 0; /* the rows come with their cells */
  if (status == RF_OK)
    status = rf_header_new(&header, err);
  if (status == RF_OK)
    status = build_header(header, &table.spec, err);
  if (status == RF_OK)
    status = begin(file, &table, header, nrows, &made, err);
  if (status == RF_OK)
    *index = made;
  rf_header_free(header);
  rf_free(table.columns);
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_get_name(file), -1);
}
