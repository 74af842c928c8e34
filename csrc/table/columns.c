/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Columns that come, go and get other names. Rows are rewritten in place in pieces; the heap and the HDUs behind move.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "table/ascii/table.h"
#include "table/edit.h"
#include "tiled/table/edit/edit.h"
#include "file/access.h"
#include "file/header.h"
#include "file/layout.h"

/* ---- rows and heap in their new places ---- */

typedef struct column_change {
  uint64_t nrows;
  uint64_t old_bytes; /* of a row */
  uint64_t new_bytes;
  uint64_t behind; /* bytes of what stands behind the rows */
  rf_row_part parts[3];
  size_t count;
  int blank;
} column_change;

static rf_status change_columns(void *context, rf_store *store, uint64_t data, rf_error *err) {
  const column_change *c = context;
  uint64_t from = data + c->nrows * c->old_bytes, to = data + c->nrows * c->new_bytes;
  if (c->old_bytes == c->new_bytes)
    return RF_OK;
  if (to > from)
    RF_TRY(rf_store_move(store, from, to, c->behind, err));
  RF_TRY(rf_rows_rewrite(store, data, c->nrows, c->old_bytes, c->new_bytes, c->parts, c->count, c->blank, err));
  return to < from ? rf_store_move(store, from, to, c->behind, err) : RF_OK;
}

static void begin_change(column_change *c, const rf_table *table, int64_t behind) {
  *c = (column_change){.nrows = table->info.nrows,
                       .old_bytes = table->info.row_bytes,
                       .new_bytes = table->info.row_bytes,
                       .behind = (uint64_t)behind,
                       .blank = table->info.kind == RF_HDU_ASCII_TABLE ? ' ' : 0};
}

/* `bytes` blank ones come in front of byte `at` of the row. */
static rf_status widen_at(column_change *c, uint64_t at, uint64_t bytes, rf_error *err) {
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

/* The bytes [at, at + bytes) of the row go. */
static void narrow_at(column_change *c, uint64_t at, uint64_t bytes) {
  c->new_bytes = c->old_bytes - bytes;
  c->parts[0] = (rf_row_part){RF_ROW_COPY, 0, 0, at};
  c->parts[1] = (rf_row_part){RF_ROW_COPY, at + bytes, at, c->old_bytes - at - bytes};
  c->count = 2;
}

static rf_status apply(rf_file *file, size_t index, rf_header *header, column_change *c, size_t ncols, uint64_t gap,
                       bool *written, rf_error *err) {
  uint64_t rows = c->nrows * c->new_bytes;
  rf_rearrange rearrange = {change_columns, c, false};
  RF_TRY(rf_table_set_integer(header, "NAXIS1", c->new_bytes, NULL, err));
  RF_TRY(rf_table_set_integer(header, "TFIELDS", ncols, NULL, err));
  RF_TRY(rf_table_set_heap_place(header, rows + gap, gap, err));
  return rf_file_rearrange_locked(file, index, header, rows + c->behind, &rearrange, written, err);
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
 * new header: from column `place` on they are `shift` greater; `gone` has none. */
static rf_status shift_starts(rf_header *header, const rf_table *table, uint64_t from, int64_t bytes, size_t place,
                              int shift, size_t gone, rf_error *err) {
  for (size_t i = 0; i < table->info.ncols; i++) {
    char keyword[32];
    int64_t offset = (int64_t)table->columns[i].info.offset, number = (int64_t)i + 1 + (i >= place ? shift : 0);
    if (i == gone || (uint64_t)offset < from)
      continue;
    (void)snprintf(keyword, sizeof keyword, "TBCOL%" PRId64, number);
    RF_TRY(rf_table_set_integer(header, keyword, (uint64_t)(offset + bytes + 1), NULL, err));
  }
  return RF_OK;
}

/* ---- compressed tables ---- */

/* The table that a compressed one stands for, and its header (rf_header_free); for others *z is NULL. */
static rf_status take_packed(rf_file *file, size_t index, const rf_table **table, const rf_tiled_table **z,
                             rf_header **header, rf_error *err) {
  rf_hdu *hdu;
  const rf_header *raw;
  *header = NULL;
  RF_TRY(rf_table_logical_locked(file, index, &hdu, table, z, err));
  if (*z == NULL)
    return RF_OK;
  RF_TRY(rf_file_header_locked(file, hdu, &raw, err));
  return rf_tiled_table_plain_header(raw, header, err);
}

/* What stands behind the rows of the table, of which a compressed one has nothing. */
static rf_status packed_change(rf_header *header, column_change *c, size_t ncols, const rf_table *table,
                               rf_error *err) {
  uint64_t gap = table->info.heap_offset - table->info.nrows * table->info.row_bytes;
  RF_TRY(rf_table_set_integer(header, "NAXIS1", c->new_bytes, NULL, err));
  RF_TRY(rf_table_set_integer(header, "TFIELDS", ncols, NULL, err));
  return rf_table_set_heap_place(header, c->nrows * c->new_bytes + gap, gap, err);
}

/* ---- inserting ---- */

/* Where the bytes of a new ASCII field come in, with a blank to the one beside it. *start is where the field is. */
static rf_status place_ascii(const rf_table *table, size_t position, const rf_column_spec *spec, uint64_t *at,
                             uint64_t *bytes, uint64_t *start, rf_error *err) {
  rf_ascii_format format;
  char form[32];
  RF_TRY(rf_ascii_form(spec, &format, form, err));
  *at = table->info.row_bytes;
  if (position < table->info.ncols) {
    *at = table->columns[position].info.offset;
    /* Fields may overlap: where one of them would be torn apart, the new one goes to the end. */
    for (size_t i = 0; i < table->info.ncols; i++) {
      const rf_column_info *info = &table->columns[i].info;
      if (info->offset < *at && info->offset + info->bytes > *at) {
        *at = table->info.row_bytes;
        break;
      }
    }
  }
  *start = *at;
  *bytes = format.width;
  if (table->info.row_bytes > 0) {
    ++*bytes;
    if (*at == table->info.row_bytes)
      ++*start;
  }
  return RF_OK;
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
      return rf_fail(err, RF_ERR_ARGUMENT, "the table has a column '%.80s' already", spec->name);
  return RF_OK;
}

static rf_status insert_cards(const rf_header *old, const rf_table *table, size_t position, const rf_column_spec *spec,
                              column_change *c, rf_header **header, rf_error *err) {
  rf_header *cards;
  unsigned number = (unsigned)position + 1;
  bool ascii = table->info.kind == RF_HDU_ASCII_TABLE;
  uint64_t at = 0, bytes = 0, start = 0;
  RF_TRY(rf_header_new(&cards, err));
  rf_status status;
  if (ascii) {
    status = place_ascii(table, position, spec, &at, &bytes, &start, err);
    if (status == RF_OK)
      status = rf_ascii_column_cards(cards, number, spec, start + 1, err);
  } else {
    rf_spec_form form = {.bytes = 0};
    at = position < table->info.ncols ? table->columns[position].info.offset : table->info.row_bytes;
    status = rf_spec_form_binary(spec, number, &form, err);
    bytes = form.bytes;
    if (status == RF_OK)
      status = rf_spec_cards_binary(cards, spec, number, err);
  }
  if (status == RF_OK)
    status = widen_at(c, at, bytes, err);
  if (status == RF_OK)
    status = rf_header_renumber(old, 0, number, 1, cards, header, err);
  rf_header_free(cards);
  if (status == RF_OK && ascii) {
    status = shift_starts(*header, table, at, (int64_t)bytes, position, 1, table->info.ncols, err);
    if (status != RF_OK)
      rf_header_free(*header);
  }
  return status;
}

static rf_status insert_packed(rf_file *file, size_t index, size_t position, const rf_column_spec *spec,
                               const rf_table *table, const rf_header *old, bool *written, rf_error *err) {
  rf_header *header = NULL;
  column_change change;
  RF_TRY(check_insert(table, position, spec, err));
  begin_change(&change, table, (int64_t)table->info.heap_bytes);
  RF_TRY(insert_cards(old, table, position, spec, &change, &header, err));
  rf_status status = packed_change(header, &change, table->info.ncols + 1, table, err);
  if (status == RF_OK)
    status = rf_tiled_table_insert(file, index, header, position, written, err);
  rf_header_free(header);
  return status;
}

static rf_status insert_locked(rf_file *file, size_t index, size_t position, const rf_column_spec *spec, bool *written,
                               rf_error *err) {
  rf_hdu *hdu;
  const rf_table *table;
  const rf_header *old;
  rf_header *header = NULL;
  rf_column_spec own;
  column_change change;
  uint64_t gap;
  const rf_tiled_table *z;
  RF_TRY(rf_spec_take(spec, position, &own, err));
  RF_TRY(take_packed(file, index, &table, &z, &header, err));
  if (z != NULL) {
    rf_status status = insert_packed(file, index, position, &own, table, header, written, err);
    rf_header_free(header);
    return status;
  }
  RF_TRY(rf_table_editable(file, index, &hdu, &table, &gap, err));
  RF_TRY(check_insert(table, position, &own, err));
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  begin_change(&change, table, hdu->pcount);
  RF_TRY(insert_cards(old, table, position, &own, &change, &header, err));
  rf_status status = apply(file, index, header, &change, table->info.ncols + 1, gap, written, err);
  rf_header_free(header);
  return status;
}

rf_status rf_table_insert_column(rf_file *file, size_t index, size_t position, const rf_column_spec *spec,
                                 rf_error *err) {
  bool written = false;
  rf_error_clear(err);
  rf_status status = rf_file_begin_write(file, err);
  if (status == RF_OK) {
    status = insert_locked(file, index, position, spec, &written, err);
    rf_file_end_write(file, status, written);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}

/* ---- with cells ---- */

typedef struct filling {
  size_t index;
  size_t position;
  const rf_column_spec *spec;
  const rf_column_request *request;
  const rf_heap_cells *heap;
} filling;

static rf_status insert_and_fill(void *context, rf_file *file, bool *written, rf_error *err) {
  const filling *f = context;
  RF_TRY(insert_locked(file, f->index, f->position, f->spec, written, err));
  if (f->heap != NULL)
    return rf_table_write_heap_locked(file, f->index, f->position, NULL, f->heap, written, err);
  if (f->request == NULL)
    return RF_OK;
  rf_column_request request;
  memset(&request, 0, sizeof request);
  memcpy(&request, f->request, f->request->size < sizeof request ? f->request->size : sizeof request);
  request.size = sizeof request;
  request.column = f->position;
  return rf_table_write_locked(file, f->index, NULL, &request, 1, written, err);
}

rf_status rf_table_insert_filled(rf_file *file, size_t index, size_t position, const rf_column_spec *spec,
                                 const rf_column_request *request, const rf_heap_cells *heap, rf_error *err) {
  filling f = {index, position, spec, request, heap};
  bool written = false;
  rf_error_clear(err);
  rf_status status = rf_file_begin_write(file, err);
  if (status == RF_OK) {
    status = rf_file_edit_as_one(file, insert_and_fill, &f, &written, err);
    rf_file_end_write(file, status, written);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}

/* ---- deleting ---- */

/* The bytes of an ASCII field and the blank that parted it from its neighbour. Where fields overlap the row stays. */
static void cut_ascii(const rf_table *table, size_t column, uint64_t *at, uint64_t *bytes) {
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

static rf_status delete_packed(rf_file *file, size_t index, size_t column, const rf_table *table, const rf_header *old,
                               bool *written, rf_error *err) {
  const rf_column *found;
  rf_header *header = NULL;
  column_change change;
  RF_TRY(rf_table_column(table, column, &found, err));
  begin_change(&change, table, (int64_t)table->info.heap_bytes);
  narrow_at(&change, found->info.offset, found->info.bytes);
  RF_TRY(rf_header_renumber(old, (unsigned)column + 1, (unsigned)column + 2, -1, NULL, &header, err));
  rf_status status = packed_change(header, &change, table->info.ncols - 1, table, err);
  if (status == RF_OK)
    status = rf_tiled_table_delete(file, index, header, column, written, err);
  rf_header_free(header);
  return status;
}

static rf_status delete_locked(rf_file *file, size_t index, size_t column, bool *written, rf_error *err) {
  rf_hdu *hdu;
  const rf_table *table;
  const rf_column *found;
  const rf_header *old;
  rf_header *header;
  column_change change;
  uint64_t gap;
  const rf_tiled_table *z;
  RF_TRY(take_packed(file, index, &table, &z, &header, err));
  if (z != NULL) {
    rf_status status = delete_packed(file, index, column, table, header, written, err);
    rf_header_free(header);
    return status;
  }
  RF_TRY(rf_table_editable(file, index, &hdu, &table, &gap, err));
  RF_TRY(rf_table_column(table, column, &found, err));
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  uint64_t at = found->info.offset, bytes = found->info.bytes;
  bool ascii = table->info.kind == RF_HDU_ASCII_TABLE;
  if (ascii)
    cut_ascii(table, column, &at, &bytes);
  begin_change(&change, table, hdu->pcount);
  narrow_at(&change, at, bytes);
  RF_TRY(rf_header_renumber(old, (unsigned)column + 1, (unsigned)column + 2, -1, NULL, &header, err));
  rf_status status = RF_OK;
  if (ascii && bytes > 0)
    status = shift_starts(header, table, at, -(int64_t)bytes, column, -1, column, err);
  if (status == RF_OK)
    status = apply(file, index, header, &change, table->info.ncols - 1, gap, written, err);
  rf_header_free(header);
  return status;
}

rf_status rf_table_delete_column(rf_file *file, size_t index, size_t column, rf_error *err) {
  bool written = false;
  rf_error_clear(err);
  rf_status status = rf_file_begin_write(file, err);
  if (status == RF_OK) {
    status = delete_locked(file, index, column, &written, err);
    rf_file_end_write(file, status, written);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
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

static rf_status describe_locked(rf_file *file, size_t index, size_t column, const char *name, const char *unit,
                                 const char *display, bool *written, rf_error *err) {
  rf_hdu *hdu;
  const rf_table *table;
  const rf_column *found;
  const rf_header *old;
  rf_header *header;
  uint64_t gap;
  /* Names and units are those of the binary table, too. */
  RF_TRY(rf_table_locked(file, index, &hdu, &table, err));
  if (hdu->ops->kind != RF_HDU_COMPRESSED_TABLE)
    RF_TRY(rf_table_editable(file, index, &hdu, &table, &gap, err));
  RF_TRY(rf_table_column(table, column, &found, err));
  if (name != NULL && name[0] == '\0')
    return rf_fail(err, RF_ERR_ARGUMENT, "a column cannot lose its name");
  for (size_t i = 0; name != NULL && i < table->info.ncols; i++)
    if (i != column && strcmp(table->columns[i].info.name, name) == 0)
      return rf_fail(err, RF_ERR_ARGUMENT, "the table has a column '%.80s' already", name);
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  RF_TRY(rf_header_copy(old, &header, err));
  rf_status status = describe(header, "TTYPE", column, name, "label for field", err);
  if (status == RF_OK)
    status = describe(header, "TUNIT", column, unit, "physical unit of field", err);
  if (status == RF_OK)
    status = describe(header, "TDISP", column, display, "display format for column", err);
  if (status == RF_OK)
    status = rf_file_resize_locked(file, index, header, hdu->data_bytes, written, err);
  rf_header_free(header);
  return status;
}

rf_status rf_table_describe_column(rf_file *file, size_t index, size_t column, const char *name, const char *unit,
                                   const char *display, rf_error *err) {
  bool written = false;
  rf_error_clear(err);
  rf_status status = rf_file_begin_write(file, err);
  if (status == RF_OK) {
    status = describe_locked(file, index, column, name, unit, display, &written, err);
    rf_file_end_write(file, status, written);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}
