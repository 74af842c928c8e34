/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing cells of variable length (FITS 7.3.5): their elements are appended to the heap, then the descriptors point at
 * them. The old elements stay in the heap until it is repacked.
 */
#include "table/heap/write.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "file/layout.h"
#include "store/trailer/commit.h"
#include "store/trailer/edit.h"
#include "table/edit.h"
#include "table/ops.h"
#include "table/request.h"
#include "file/rewrite.h"
#include "table/rows/pack.h"
#include "table/write.h"
#include "file/call.h"
#include "file/scan/scan.h"
#include "file/append.h"
#include "file/header.h"

/* Descriptors that are written at a time. */
#define MAX_DESCRIPTORS ((size_t)1 << 16)

/* ---- the descriptors ---- */

/* Writing descriptors that are in the file, where a kill must not tear one. */
typedef struct descriptor_writer {
  const rf_heap_writer *w;
  rf_row_step step;
  const rf_row_sink *sink;
  uint8_t *pairs;
  rf_edit *torn; /* NULL, or those that lie in two pages: they are written together, through a trailer */
  uint64_t *rows;
} descriptor_writer;

static bool is_torn(const descriptor_writer *d, uint64_t row) {
  return rf_layout_crosses_page(d->sink->data + row * d->sink->row_bytes + d->step.offset, (uint64_t)d->step.bytes);
}

/* Of the rows of `part` those that are torn, or those that are not; their pairs come together at the beginning. */
static rf_row_selection pick_rows(const descriptor_writer *d, const rf_row_selection *part, bool torn,
                                  const uint8_t *from, uint8_t *to) {
  size_t n = 0, each = (size_t)d->step.bytes;
  for (uint64_t i = 0; i < part->count; i++) {
    uint64_t row = rf_row_at(part, i);
    if (is_torn(d, row) != torn)
      continue;
    memcpy(to + n * each, from + (size_t)i * each, each);
    d->rows[n++] = row;
  }
  rf_row_selection picked = {.count = n, .step = 1, .indices = d->rows};
  return rf_row_selection_part(&picked, 0, n);
}

/* A few rows go one by one to the edit that all of them share. */
static rf_status write_torn(descriptor_writer *d, rf_file *file, const rf_row_selection *selection, rf_error *err) {
  if (d->torn == NULL)
    RF_TRY(rf_layout_begin_patch(file, &d->torn, err));
  rf_row_sink sink = *d->sink;
  sink.store = rf_edit_store(d->torn);
  return rf_write_field(&d->step, selection, &sink, err);
}

/* `file`: NULL where nothing can tear. */
static rf_status write_some(descriptor_writer *d, rf_file *file, const rf_row_selection *part, rf_error *err) {
  uint64_t torn = 0;
  d->step.data = d->pairs;
  for (uint64_t i = 0; file != NULL && i < part->count; i++)
    torn += is_torn(d, rf_row_at(part, i));
  if (torn == 0)
    return rf_write_field(&d->step, part, d->sink, err);
  size_t bytes = (size_t)part->count * (size_t)d->step.bytes;
  uint8_t *picked = rf_alloc(bytes);
  d->rows = rf_alloc((size_t)part->count * sizeof *d->rows);
  rf_status status = RF_OK;
  if (picked == NULL || d->rows == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " descriptors", part->count);
  for (int pass = 0; pass < 2 && status == RF_OK; pass++) {
    rf_row_selection selection = pick_rows(d, part, pass == 1, d->pairs, picked);
    d->step.data = picked;
    if (selection.count > 0)
      status = pass == 0 ? rf_write_field(&d->step, &selection, d->sink, err) : write_torn(d, file, &selection, err);
  }
  rf_free(picked);
  rf_free(d->rows);
  return status;
}

/* Each descriptor is switched at once where `file` says in which file they are. */
static rf_status write_descriptors(const rf_heap_writer *w, rf_file *file, const rf_row_sink *sink, rf_error *err) {
  descriptor_writer d;
  size_t room = w->selection.count < MAX_DESCRIPTORS ? (size_t)w->selection.count : MAX_DESCRIPTORS;
  uint64_t offset = w->heap_bytes;
  d = (descriptor_writer){.w = w, .sink = sink};
  rf_heap_writer_step(w, &d.step);
  d.pairs = rf_alloc(room * (size_t)d.step.bytes);
  if (d.pairs == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu descriptors", room);
  rf_status status = RF_OK;
  for (uint64_t done = 0; done < w->selection.count && status == RF_OK;) {
    size_t n = w->selection.count - done < room ? (size_t)(w->selection.count - done) : room;
    rf_row_selection part = rf_row_selection_part(&w->selection, done, n);
    rf_heap_writer_describe(w, done, n, &offset, d.pairs);
    status = write_some(&d, file, &part, err);
    done += n;
  }
  if (status == RF_OK && d.torn != NULL)
    status = rf_edit_commit(d.torn, sink->written, err);
  rf_edit_free(d.torn);
  rf_free(d.pairs);
  return status;
}

/* ---- rows with wider descriptors ---- */

/* Field `column` gets 8 bytes longer, what is behind the rows moves up. */
static rf_status widen_rows(const rf_heap_writer *w, rf_store *store, uint64_t data, rf_error *err) {
  const rf_table_info *info = &w->table->info;
  uint64_t offset = w->column->info.offset, old = info->row_bytes, more = info->nrows * 8;
  uint64_t rows = info->nrows * old, behind = info->heap_offset + info->heap_bytes - rows;
  const rf_row_part parts[] = {{RF_ROW_COPY, 0, 0, offset},
                               {RF_ROW_WIDEN, offset, offset, 16},
                               {RF_ROW_COPY, offset + 8, offset + 16, old - offset - 8}};
  RF_TRY(rf_store_move(store, data + rows, data + rows + more, behind, err));
  return rf_rows_rewrite(store, data, info->nrows, old, old + 8, parts, 3, 0, err);
}

/* What moves: rows that get wider. The heap grows behind what it has. */
static rf_status widen_all(void *context, rf_store *store, uint64_t data, rf_error *err) {
  return widen_rows(context, store, data, err);
}

/* Elements go to bytes of the heap that no descriptor points at; then descriptors are switched, each at once. */
static rf_status write_cells(const rf_heap_writer *w, rf_file *file, const rf_hdu *hdu, bool *switched, rf_error *err) {
  const rf_table_info *info = &w->table->info;
  rf_store *store = file->store;
  bool durable = (file->options.flags & RF_OPEN_DURABLE) != 0 && !hdu->unpublished;
  bool can_tear = !hdu->unpublished && rf_edit_is_wanted(store);
  RF_TRY(rf_heap_writer_elements(w, store, hdu->data_offset + info->heap_offset + w->heap_bytes, err));
  if (durable)
    RF_TRY(rf_store_sync(store, err));
  rf_row_sink sink = {store, hdu->data_offset, info->row_bytes, 0, false, switched};
  return write_descriptors(w, can_tear ? file : NULL, &sink, err);
}

/* ---- the header ---- */

static rf_status set_sizes(const rf_heap_writer *w, const rf_hdu *hdu, rf_header *header, uint64_t gap, uint64_t *bytes,
                           rf_error *err) {
  const rf_table_info *info = &w->table->info;
  uint64_t more = 0;
  if ((w->widen && !rf_mul_u64(info->nrows, 8, &more)) || !rf_add_u64(hdu->data_bytes, w->total, bytes) ||
      !rf_add_u64(*bytes, more, bytes) || *bytes > INT64_MAX - RF_BLOCK_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "the table would have more bytes than a file can hold");
  if (w->widen)
    RF_TRY(rf_table_set_integer(header, "NAXIS1", info->row_bytes + 8, NULL, err));
  if (w->total > 0)
    RF_TRY(rf_table_set_integer(header, "PCOUNT", (uint64_t)hdu->pcount + w->total, "size of special data area", err));
  return rf_table_set_heap_place(header, info->heap_offset + more, gap, err);
}

/* ---- wider descriptors only ---- */

static rf_status widen_header(const rf_heap_writer *w, const rf_hdu *hdu, uint64_t gap, rf_header *header,
                              uint64_t *bytes, rf_error *err) {
  RF_TRY(set_sizes(w, hdu, header, gap, bytes, err));
  return rf_heap_writer_form(w, header, err);
}

rf_status rf_heap_widen(rf_file *file, size_t index, size_t column, bool *written, rf_error *err) {
  rf_heap_writer w = {.number = column, .widen = true};
  rf_rearrange rearrange = {.run = widen_all, .context = &w, .fresh = false};
  rf_hdu *hdu;
  uint64_t gap, bytes = 0;
  const rf_header *old;
  rf_header *header;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  RF_TRY(rf_table_editable(file, hdu, &w.table, &gap, err));
  RF_TRY(rf_table_column(w.table, column, &w.column, err));
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  RF_TRY(rf_header_copy(old, &header, err));
  rf_status status = widen_header(&w, hdu, gap, header, &bytes, err);
  if (status == RF_OK)
    status = rf_file_rearrange_locked(file, index, header, bytes, &rearrange, written, err);
  rf_header_free(header);
  return status;
}

/* ---- the call ---- */

/* The heap has room for the cells now, and the table is another one. */
static rf_status write_to_room(rf_file *file, size_t index, rf_heap_writer *w, bool *switched, rf_error *err) {
  rf_hdu *hdu;
  uint64_t gap;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  RF_TRY(rf_table_editable(file, hdu, &w->table, &gap, err));
  RF_TRY(rf_table_column(w->table, w->number, &w->column, err));
  w->step.column = w->column;
  w->widen = false;
  return write_cells(w, file, hdu, switched, err);
}

/* Makes room in the heap, then fills it. Where cells could not be written, the table gets its old size back. */
static rf_status make_room_and_write(rf_file *file, rf_heap_writer *w, const rf_hdu *hdu, const rf_header *before,
                                     const rf_header *after, uint64_t bytes, bool *written, rf_error *err) {
  uint64_t old_bytes = hdu->data_bytes;
  size_t index = hdu->index;
  bool widens = w->widen, switched = false, ignored = false;
  rf_rearrange rearrange = {.run = widen_all, .context = w, .fresh = false};
  RF_TRY(rf_file_rearrange_locked(file, index, after, bytes, widens ? &rearrange : NULL, written, err));
  rf_status status = write_to_room(file, index, w, &switched, err);
  if (status != RF_OK && !switched && !widens &&
      rf_file_resize_locked(file, index, before, old_bytes, &ignored, NULL) == RF_OK)
    *written = false;
  *written = *written || switched;
  return status;
}

rf_status rf_plain_table_write_heap(rf_file *file, rf_hdu *hdu, size_t column, const rf_rows *rows,
                                    const rf_heap_cells *cells, bool *written, rf_error *err) {
  rf_heap_writer w = {.number = column};
  uint64_t gap, bytes = 0;
  const rf_header *old;
  rf_header *header;
  RF_TRY(rf_table_editable(file, hdu, &w.table, &gap, err));
  RF_TRY(rf_heap_writer_prepare(&w, rows, cells, err));
  if (w.selection.count == 0)
    return RF_OK;
  RF_TRY(rf_file_check_whole_locked(file, hdu, err));
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  RF_TRY(rf_header_copy(old, &header, err));
  rf_header *before = NULL;
  rf_status status = rf_header_copy(old, &before, err);
  if (status == RF_OK)
    status = set_sizes(&w, hdu, header, gap, &bytes, err);
  if (status == RF_OK)
    status = rf_heap_writer_form(&w, header, err);
  if (status == RF_OK)
    status = make_room_and_write(file, &w, hdu, before, header, bytes, written, err);
  rf_header_free(before);
  rf_header_free(header);
  return status;
}

typedef struct heap_call {
  const rf_rows *rows;
  rf_heap_cells cells;
} heap_call;

static rf_status write_any(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  const heap_call *call = request;
  if (hdu->ops->table == NULL || hdu->ops->table->write_heap == NULL)
    return rf_fail(err, RF_ERR_TYPE, "cannot write cells of variable length to %s", hdu->ops->name);
  return hdu->ops->table->write_heap(file, hdu, call->cells.column, call->rows, &call->cells, written, err);
}

rf_status rf_table_write_heap(rf_file *file, size_t index, const rf_rows *rows, const rf_heap_cells *cells,
                              rf_error *err) {
  heap_call call = {.rows = rows};
  rf_error_clear(err);
  RF_TRY(rf_request_take(&call.cells, sizeof call.cells, cells, "an rf_heap_cells", err));
  return rf_call_write(file, index, write_any, &call, err);
}
