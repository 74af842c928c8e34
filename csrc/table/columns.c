/* SPDX-License-Identifier: BSD-3-Clause
 *
 * New, deleted and renamed columns. Rows are rewritten in place, a piece at a time; the heap and the next HDUs move.
 */
#include "table/columns.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "table/column/keyword.h"
#include "table/edit.h"
#include "table/ops.h"
#include "table/request.h"
#include "table/rows/format.h"
#include "file/call.h"
#include "file/layout.h"
#include "file/scan/scan.h"
#include "file/header.h"

/* ---- rows and heap in their new places ---- */

static rf_status change_columns(void *context, rf_store *store, uint64_t data, rf_error *err) {
  const rf_column_change *c = context;
  uint64_t from = data + c->nrows * c->old_bytes, to = data + c->nrows * c->new_bytes;
  if (c->old_bytes == c->new_bytes)
    return RF_OK;
  if (to > from)
    RF_TRY(rf_store_move(store, from, to, c->behind, err));
  RF_TRY(rf_rows_rewrite(store, data, c->nrows, c->old_bytes, c->new_bytes, c->parts, c->count, c->blank, err));
  return to < from ? rf_store_move(store, from, to, c->behind, err) : RF_OK;
}

static void begin_change(rf_column_change *c, const rf_table *table, uint64_t behind) {
  *c = (rf_column_change){.nrows = table->info.nrows,
                          .old_bytes = table->info.row_bytes,
                          .new_bytes = table->info.row_bytes,
                          .gap = table->info.heap_offset - table->info.nrows * table->info.row_bytes,
                          .behind = behind,
                          .blank = table->format->fill};
}

/* Inserts `bytes` blank bytes in front of byte `at` of the row. */
static rf_status widen_at(rf_column_change *c, uint64_t at, uint64_t bytes, rf_error *err) {
  uint64_t all;
  if (!rf_add_u64(c->old_bytes, bytes, &c->new_bytes) || !rf_mul_u64(c->nrows, c->new_bytes, &all) ||
      !rf_add_u64(all, c->behind, &all) || all > INT64_MAX - RF_BLOCK_BYTES || c->new_bytes > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the table would have more bytes than a file can hold");
  c->parts[0] = (rf_row_part){RF_ROW_COPY, 0, 0, at};
  c->parts[1] = (rf_row_part){RF_ROW_BLANK, 0, at, bytes};
  c->parts[2] = (rf_row_part){RF_ROW_COPY, at, at + bytes, c->old_bytes - at};
  c->count = 3;
  return RF_OK;
}

/* Removes the bytes [at, at + bytes) of the row. */
static void narrow_at(rf_column_change *c, uint64_t at, uint64_t bytes) {
  c->new_bytes = c->old_bytes - bytes;
  c->parts[0] = (rf_row_part){RF_ROW_COPY, 0, 0, at};
  c->parts[1] = (rf_row_part){RF_ROW_COPY, at + bytes, at, c->old_bytes - at - bytes};
  c->count = 2;
}

static rf_status set_sizes(const rf_column_change *c, rf_header *header, size_t ncols, rf_error *err) {
  RF_TRY(rf_table_set_integer(header, "NAXIS1", c->new_bytes, NULL, err));
  RF_TRY(rf_table_set_integer(header, "TFIELDS", ncols, NULL, err));
  return rf_table_set_heap_place(header, c->nrows * c->new_bytes + c->gap, c->gap, err);
}

static rf_status apply(rf_file *file, const rf_hdu *hdu, const rf_header *header, rf_column_change *c, bool *written,
                       rf_error *err) {
  rf_rearrange rearrange = {.run = change_columns, .context = c, .fresh = false};
  return rf_file_rearrange_locked(file, hdu->index, header, c->nrows * c->new_bytes + c->behind, &rearrange, written,
                                  err);
}

/* ---- ASCII: fields anywhere in the row ---- */

/* Does a field other than that of column `except` cover byte `at`? */
static bool covered(const rf_table *table, uint64_t at, size_t except) {
  for (size_t i = 0; i < table->info.ncols; i++) {
    const rf_column_info *info = &table->columns[i].info;
    if (i != except && at >= info->offset && at < info->offset + info->bytes)
      return true;
  }
  return false;
}

/* TBCOLn of the fields from byte `from` on, once bytes came in or went out before them. Columns have the numbers of the
 * new header: from column `place` on they are `shift` greater; `deleted` has none. */
static rf_status shift_starts(rf_header *header, const rf_table *table, uint64_t from, int64_t bytes, size_t place,
                              int shift, size_t deleted, rf_error *err) {
  for (size_t i = 0; i < table->info.ncols; i++) {
    char keyword[32];
    int64_t offset = (int64_t)table->columns[i].info.offset, number = (int64_t)i + 1 + (i >= place ? shift : 0);
    if (i == deleted || (uint64_t)offset < from)
      continue;
    (void)snprintf(keyword, sizeof keyword, "TBCOL%" PRId64, number);
    RF_TRY(rf_table_set_integer(header, keyword, (uint64_t)(offset + bytes + 1), NULL, err));
  }
  return RF_OK;
}

/* ---- inserting ---- */

/* Places a new field of *bytes characters, with a blank between it and its neighbour. *start is where the field is. */
static void place_field(const rf_table *table, size_t position, uint64_t *at, uint64_t *bytes, uint64_t *start) {
  *at = table->info.row_bytes;
  if (position < table->info.ncols) {
    *at = table->columns[position].info.offset;
    /* Fields may overlap: where the new one would split another, it is placed at the end. */
    for (size_t i = 0; i < table->info.ncols; i++) {
      const rf_column_info *info = &table->columns[i].info;
      if (info->offset < *at && info->offset + info->bytes > *at) {
        *at = table->info.row_bytes;
        break;
      }
    }
  }
  *start = *at;
  if (table->info.row_bytes > 0) {
    ++*bytes;
    if (*at == table->info.row_bytes)
      ++*start;
  }
}

static rf_status check_insert(const rf_table *table, size_t position, const rf_column_spec *spec, rf_error *err) {
  if (position > table->info.ncols)
    return rf_fail(err, RF_ERR_RANGE, "a column cannot be put in front of column %zu: the table has %zu", position,
                   table->info.ncols);
  if (table->info.ncols >= RF_MAX_COLUMNS)
    return rf_fail(err, RF_ERR_LIMIT, "the table has %zu columns, and FITS allows no more (FITS 7.2.1)",
                   table->info.ncols);
  for (size_t i = 0; spec->name != NULL && i < table->info.ncols; i++)
    if (strcmp(table->columns[i].info.name, spec->name) == 0)
      return rf_fail(err, RF_ERR_ARGUMENT, "column '%.80s' already exists", spec->name);
  return RF_OK;
}

static rf_status insert_cards(const rf_header *old, const rf_table *table, size_t position, const rf_column_spec *spec,
                              rf_column_change *c, rf_header **header, rf_error *err) {
  const rf_row_format *format = table->format;
  rf_header *cards;
  rf_spec_form form = {.bytes = 0};
  unsigned number = (unsigned)position + 1;
  uint64_t at = position < table->info.ncols ? table->columns[position].info.offset : table->info.row_bytes, start = at;
  RF_TRY(format->form(spec, number, &form, err));
  uint64_t bytes = form.bytes;
  if (format->has_starts)
    place_field(table, position, &at, &bytes, &start);
  RF_TRY(widen_at(c, at, bytes, err));
  RF_TRY(rf_header_new(&cards, err));
  rf_status status = format->cards(cards, spec, number, start + 1, err);
  if (status == RF_OK)
    status = rf_spec_set_comment(cards, spec, number, err);
  if (status == RF_OK)
    status = rf_header_renumber(old, 0, number, 1, cards, header, err);
  rf_header_free(cards);
  if (status == RF_OK && format->has_starts) {
    status = shift_starts(*header, table, at, (int64_t)bytes, position, 1, table->info.ncols, err);
    if (status != RF_OK)
      rf_header_free(*header);
  }
  return status;
}

rf_status rf_column_change_insert(rf_column_change *change, const rf_table *table, const rf_header *old,
                                  uint64_t behind, size_t position, const rf_column_spec *spec, rf_header **header,
                                  rf_error *err) {
  RF_TRY(check_insert(table, position, spec, err));
  begin_change(change, table, behind);
  RF_TRY(insert_cards(old, table, position, spec, change, header, err));
  rf_status status = set_sizes(change, *header, table->info.ncols + 1, err);
  if (status != RF_OK)
    rf_header_free(*header);
  return status;
}

rf_status rf_plain_table_insert_column(rf_file *file, rf_hdu *hdu, size_t position, const rf_column_spec *spec,
                                       bool *written, rf_error *err) {
  const rf_table *table;
  const rf_header *old;
  rf_header *header = NULL;
  rf_column_change change;
  uint64_t gap;
  RF_TRY(rf_table_editable(file, hdu, &table, &gap, err));
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  RF_TRY(rf_column_change_insert(&change, table, old, (uint64_t)hdu->pcount, position, spec, &header, err));
  rf_status status = apply(file, hdu, header, &change, written, err);
  rf_header_free(header);
  return status;
}

typedef struct insertion {
  size_t index;
  size_t position;
  rf_column_spec spec;
  const rf_column_request *cells;
  const rf_heap_cells *heap;
} insertion;

static rf_status insert_and_fill(void *context, rf_file *file, bool *written, rf_error *err) {
  const insertion *in = context;
  rf_hdu *hdu;
  RF_TRY(rf_file_hdu_locked(file, in->index, &hdu, err));
  RF_TRY(hdu->ops->table->insert_column(file, hdu, in->position, &in->spec, written, err));
  RF_TRY(rf_file_hdu_locked(file, in->index, &hdu, err));
  if (in->heap != NULL) {
    rf_heap_cells heap;
    RF_TRY(rf_request_take(&heap, sizeof heap, in->heap, "an rf_heap_cells", err));
    return hdu->ops->table->write_heap(file, hdu, in->position, NULL, &heap, written, err);
  }
  if (in->cells == NULL)
    return RF_OK;
  rf_column_request cells;
  RF_TRY(rf_request_take(&cells, sizeof cells, in->cells, "an rf_column_request", err));
  cells.column = in->position;
  return hdu->ops->table->write(file, hdu, NULL, &cells, 1, written, err);
}

static rf_status insert_any(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  insertion *in = request;
  if (hdu->ops->table == NULL || hdu->ops->table->insert_column == NULL)
    return rf_fail(err, RF_ERR_TYPE, "cannot insert a column into %s", hdu->ops->name);
  if (in->cells == NULL && in->heap == NULL)
    return insert_and_fill(in, file, written, err);
  return rf_file_edit_as_one(file, insert_and_fill, in, written, err);
}

rf_status rf_table_insert_column(rf_file *file, size_t index, size_t position, const rf_column_spec *spec,
                                 const rf_column_request *cells, const rf_heap_cells *heap, rf_error *err) {
  insertion in = {.index = index, .position = position, .cells = cells, .heap = heap};
  rf_error_clear(err);
  RF_TRY(rf_spec_take(spec, position, &in.spec, err));
  return rf_call_write(file, index, insert_any, &in, err);
}

/* ---- deleting ---- */

/* Finds the bytes of a field and of the blank between it and its neighbour. Where fields overlap the row stays. */
static void cut_field(const rf_table *table, size_t column, uint64_t *at, uint64_t *bytes) {
  const rf_column_info *info = &table->columns[column].info;
  uint64_t end = info->offset + info->bytes;
  *at = info->offset;
  *bytes = 0;
  for (size_t i = 0; i < table->info.ncols; i++) {
    const rf_column_info *other = &table->columns[i].info;
    if (i != column && other->offset < end && other->offset + other->bytes > info->offset)
      return;
  }
  *bytes = info->bytes;
  if (end < table->info.row_bytes && !covered(table, end, column)) {
    ++*bytes;
  } else if (end == table->info.row_bytes && info->offset > 0 && !covered(table, info->offset - 1, column)) {
    --*at;
    ++*bytes;
  }
}

rf_status rf_column_change_delete(rf_column_change *change, const rf_table *table, const rf_header *old,
                                  uint64_t behind, size_t column, rf_header **header, rf_error *err) {
  const rf_column *found;
  RF_TRY(rf_table_column(table, column, &found, err));
  uint64_t at = found->info.offset, bytes = found->info.bytes;
  if (table->format->has_starts)
    cut_field(table, column, &at, &bytes);
  begin_change(change, table, behind);
  narrow_at(change, at, bytes);
  RF_TRY(rf_header_renumber(old, (unsigned)column + 1, (unsigned)column + 2, -1, NULL, header, err));
  rf_status status = RF_OK;
  if (table->format->has_starts && bytes > 0)
    status = shift_starts(*header, table, at, -(int64_t)bytes, column, -1, column, err);
  if (status == RF_OK)
    status = set_sizes(change, *header, table->info.ncols - 1, err);
  if (status != RF_OK)
    rf_header_free(*header);
  return status;
}

rf_status rf_plain_table_delete_column(rf_file *file, rf_hdu *hdu, size_t column, bool *written, rf_error *err) {
  const rf_table *table;
  const rf_header *old;
  rf_header *header = NULL;
  rf_column_change change;
  uint64_t gap;
  RF_TRY(rf_table_editable(file, hdu, &table, &gap, err));
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  RF_TRY(rf_column_change_delete(&change, table, old, (uint64_t)hdu->pcount, column, &header, err));
  rf_status status = apply(file, hdu, header, &change, written, err);
  rf_header_free(header);
  return status;
}

static rf_status delete_any(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  if (hdu->ops->table == NULL || hdu->ops->table->delete_column == NULL)
    return rf_fail(err, RF_ERR_TYPE, "cannot delete a column of %s", hdu->ops->name);
  return hdu->ops->table->delete_column(file, hdu, *(const size_t *)request, written, err);
}

rf_status rf_table_delete_column(rf_file *file, size_t index, size_t column, rf_error *err) {
  return rf_call_write(file, index, delete_any, &column, err);
}

/* ---- describing ---- */

/* NULL leaves the card as it is; "" takes it away. */
static rf_status describe(rf_header *header, const char *root, size_t column, const char *text, const char *comment,
                          rf_error *err) {
  char keyword[16];
  rf_error ignored;
  size_t at;
  if (text == NULL)
    return RF_OK;
  (void)snprintf(keyword, sizeof keyword, "%s%zu", root, column + 1);
  bool there = rf_header_find(header, keyword, 0, &at, &ignored) == RF_OK;
  if (text[0] == '\0')
    return there ? rf_header_delete(header, keyword, err) : RF_OK;
  rf_value value = {.kind = RF_VALUE_STRING, .text = text, .text_length = strlen(text)};
  return rf_header_set(header, keyword, &value, there ? NULL : comment, err);
}

typedef struct description {
  size_t column;
  const char *name;
  const char *unit;
  const char *display;
} description;

static rf_status describe_any(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  const description *d = request;
  const rf_table *table;
  const rf_column *found;
  const rf_header *old;
  rf_header *header;
  RF_TRY(rf_table_of(file, hdu, &table, err));
  if (hdu->ops->table->insert_column == NULL)
    return rf_fail(err, RF_ERR_TYPE, "cannot change the columns of %s", hdu->ops->name);
  RF_TRY(rf_table_column(table, d->column, &found, err));
  if (d->name != NULL && d->name[0] == '\0')
    return rf_fail(err, RF_ERR_ARGUMENT, "a column cannot lose its name");
  for (size_t i = 0; d->name != NULL && i < table->info.ncols; i++)
    if (i != d->column && strcmp(table->columns[i].info.name, d->name) == 0)
      return rf_fail(err, RF_ERR_ARGUMENT, "column '%.80s' already exists", d->name);
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  RF_TRY(rf_header_copy(old, &header, err));
  rf_status status = describe(header, "TTYPE", d->column, d->name, "label for field", err);
  if (status == RF_OK)
    status = describe(header, "TUNIT", d->column, d->unit, "physical unit of field", err);
  if (status == RF_OK)
    status = describe(header, "TDISP", d->column, d->display, "display format for column", err);
  if (status == RF_OK)
    status = rf_file_resize_locked(file, hdu->index, header, hdu->data_bytes, written, err);
  rf_header_free(header);
  return status;
}

rf_status rf_table_describe_column(rf_file *file, size_t index, size_t column, const char *name, const char *unit,
                                   const char *display, rf_error *err) {
  description d = {column, name, unit, display};
  return rf_call_write(file, index, describe_any, &d, err);
}
