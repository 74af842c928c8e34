/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing cells of variable length (FITS 7.3.5): their elements go behind what the heap has, then the descriptors are
 * pointed at them. What they pointed at before stays in the heap until it is packed anew.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "hdu/layout.h"
#include "hdu/row_put.h"
#include "hdu/table_edit.h"
#include "hdu/ztable_edit.h"
#include "store/edit.h"

/* Descriptors that are written at a time. */
#define MOST_DESCRIPTORS ((size_t)1 << 16)

typedef struct heap_writer {
  const rf_table *table;
  const rf_column *column;
  size_t number;
  rf_row_step step; /* converts runs of elements */
  rf_row_walk walk;
  const uint64_t *lengths;
  const uint8_t *in;
  const uint8_t *mask;
  size_t element_bytes; /* in memory */
  uint64_t elements;    /* all of them; of raw bits: bytes */
  uint64_t total;       /* bytes in the heap */
  uint64_t longest;     /* of the new cells */
  bool widen;           /* P becomes Q */
  uint64_t heap_bytes;  /* of the heap before: where new cells go */
} heap_writer;

/* ---- checks ---- */

static bool is_raw_bits(const heap_writer *w) {
  return w->column->info.letter == 'X' && w->step.type != RF_CELL_BIT;
}

/* The row that element `at` of the input is for. */
static uint64_t row_of(const heap_writer *w, uint64_t at) {
  uint64_t i = 0;
  for (; i + 1 < w->walk.count; i++) {
    uint64_t n = is_raw_bits(w) ? w->lengths[i] / 8 + (w->lengths[i] % 8 != 0) : w->lengths[i];
    if (at < n)
      break;
    at -= n;
  }
  return rf_row_at(&w->walk, i);
}

/* Sizes, and whether P descriptors can hold them: their numbers are signed to most readers. */
static rf_status add_up(heap_writer *w, rf_error *err) {
  uint64_t offset = w->table->info.heap_bytes;
  bool narrow = w->column->info.descriptor == 'P';
  for (uint64_t i = 0; i < w->walk.count; i++) {
    uint64_t length = w->lengths[i], bytes, elements;
    if (length > INT64_MAX || !rf_heap_cell_bytes(w->column, length, &bytes) ||
        !rf_add_u64(w->total, bytes, &w->total) || w->total > INT64_MAX)
      return rf_fail(err, RF_ERR_LIMIT, "cells of so many elements are more than a file can hold");
    if (narrow && length > 0 && (length > INT32_MAX || offset > INT32_MAX))
      w->widen = true;
    offset += bytes;
    elements = is_raw_bits(w) ? bytes : length;
    if (!rf_add_u64(w->elements, elements, &w->elements))
      return rf_fail(err, RF_ERR_LIMIT, "cells of so many elements are more than memory can hold");
    if (length > w->longest)
      w->longest = length;
  }
  return RF_OK;
}

static rf_status check_input(const heap_writer *w, uint64_t in_bytes, rf_error *err) {
  uint64_t need;
  size_t size;
  if (!rf_mul_u64(w->elements, w->element_bytes, &need) || need != in_bytes || !rf_to_size(need, &size))
    return rf_fail(err, RF_ERR_ARGUMENT,
                   "the cells have %" PRIu64 " elements of %zu bytes and the data has %" PRIu64 " bytes", w->elements,
                   w->element_bytes, in_bytes);
  if (need > 0 && w->in == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "there is no data to write");
  return RF_OK;
}

static rf_status check_text(const heap_writer *w, uint64_t *bad, rf_error *err) {
  for (uint64_t i = 0; i < w->elements; i++) {
    uint32_t c;
    memcpy(&c, w->in + (size_t)i * sizeof c, sizeof c);
    *bad = i;
    if (c > 0x7F)
      return rf_fail(err, RF_ERR_RANGE, "a character is U+%04" PRIX32 ", and a table holds ASCII only", c);
  }
  return RF_OK;
}

/* A NUL ends a string (FITS 7.3.3.1): what stands behind one would never be read. */
static rf_status check_nuls(const heap_writer *w, uint64_t *bad, rf_error *err) {
  size_t size = w->step.type == RF_CELL_TEXT ? 4 : 1;
  const uint8_t *at = w->in, zero[4] = {0};
  uint64_t begin = 0;
  for (uint64_t i = 0; i < w->walk.count; begin += w->lengths[i++]) {
    bool ended = false;
    for (uint64_t k = 0; k < w->lengths[i]; k++, at += size) {
      bool nul = memcmp(at, zero, size) == 0;
      if (ended && !nul) {
        *bad = begin + k;
        return rf_fail(err, RF_ERR_RANGE, "the string has a NUL inside, and what stands behind it would be lost");
      }
      ended = nul;
    }
  }
  return RF_OK;
}

static rf_status check_values(const heap_writer *w, rf_error *err) {
  size_t at = 0;
  uint64_t bad = 0;
  rf_status status = RF_OK;
  if (w->step.type == RF_CELL_TEXT || w->step.type == RF_CELL_BYTES)
    status = check_nuls(w, &bad, err);
  if (status != RF_OK)
    return rf_table_blame(err, status, w->column, w->number, (int64_t)row_of(w, bad));
  if (w->step.type == RF_CELL_TEXT) {
    status = check_text(w, &bad, err);
  } else if (w->step.type != RF_CELL_BYTES) {
    status = rf_row_put_check(&w->step, w->in, w->mask, (size_t)w->elements, &at, err);
    bad = at;
  } else if (w->mask != NULL && w->elements > 0 && memchr(w->mask, 1, (size_t)w->elements) != NULL) {
    status = rf_fail(err, RF_ERR_ARGUMENT, "a character of a string cannot be masked");
  }
  if (status == RF_OK)
    return RF_OK;
  return rf_table_blame(err, status, w->column, w->number, (int64_t)row_of(w, bad));
}

/* ---- the heap ---- */

typedef struct out_buffer {
  rf_store *store;
  uint64_t offset; /* of what is in the buffer */
  uint8_t *bytes;
  size_t room;
  size_t used;
} out_buffer;

static rf_status flush(out_buffer *out, rf_error *err) {
  if (out->used == 0)
    return RF_OK;
  RF_TRY(rf_store_write(out->store, out->offset, out->bytes, out->used, err));
  out->offset += out->used;
  out->used = 0;
  return RF_OK;
}

static void put_elements(const heap_writer *w, uint8_t *dst, uint64_t first, size_t n) {
  const uint8_t *src = w->in + (size_t)first * w->element_bytes;
  if (w->step.type == RF_CELL_TEXT) {
    for (size_t i = 0; i < n; i++) {
      uint32_t c;
      memcpy(&c, src + i * sizeof c, sizeof c);
      dst[i] = (uint8_t)c;
    }
  } else if (w->step.type == RF_CELL_BYTES) {
    memcpy(dst, src, n);
  } else {
    rf_row_put_run(&w->step, dst, src, w->mask != NULL ? w->mask + (size_t)first : NULL, n);
  }
}

/* Cells stand one behind the other, so their elements are one run; those of raw bits are bytes. */
static rf_status write_run(const heap_writer *w, out_buffer *out, rf_error *err) {
  size_t each = is_raw_bits(w) ? 1 : w->column->stored_bytes, most = out->room / each;
  for (uint64_t done = 0; done < w->elements;) {
    size_t n = w->elements - done < most ? (size_t)(w->elements - done) : most;
    put_elements(w, out->bytes, done, n);
    out->used = n * each;
    RF_TRY(flush(out, err));
    done += n;
  }
  return RF_OK;
}

/* Each cell begins with a byte of its own. */
static rf_status write_bits(const heap_writer *w, out_buffer *out, rf_error *err) {
  const uint8_t *src = w->in;
  for (uint64_t i = 0; i < w->walk.count; i++) {
    for (uint64_t left = w->lengths[i]; left > 0;) {
      size_t room = out->room - out->used, bits = left < 8 * room ? (size_t)left : 8 * room;
      rf_bits_pack(out->bytes + out->used, src, bits);
      out->used += (bits + 7) / 8;
      src += bits;
      left -= bits;
      if (out->used == out->room)
        RF_TRY(flush(out, err));
    }
  }
  return flush(out, err);
}

static rf_status write_elements(const heap_writer *w, rf_store *store, uint64_t offset, rf_error *err) {
  size_t room = w->total < RF_TABLE_PIECE ? (size_t)w->total : RF_TABLE_PIECE;
  if (room == 0)
    return RF_OK;
  /* The longest element has 16 bytes, and pieces hold whole ones. */
  out_buffer out = {store, offset, rf_alloc(room), room, 0};
  if (out.bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for %zu bytes of cells", room);
  rf_status status = w->step.type == RF_CELL_BIT ? write_bits(w, &out, err) : write_run(w, &out, err);
  rf_free(out.bytes);
  return status;
}

/* ---- the descriptors ---- */

/* `count` rows from number `first` on of a walk. */
static rf_row_walk part_of(const rf_row_walk *walk, uint64_t first, uint64_t count) {
  rf_row_walk part = *walk;
  part.count = count;
  part.low = UINT64_MAX;
  part.high = 0;
  if (walk->indices != NULL)
    part.indices = walk->indices + (size_t)first;
  else
    part.start = walk->start + first * (uint64_t)walk->step;
  for (uint64_t i = 0; i < count; i++) {
    uint64_t row = rf_row_at(&part, i);
    part.low = row < part.low ? row : part.low;
    part.high = row > part.high ? row : part.high;
  }
  return part;
}

/* As values of the machine: rf_row_put turns them round. */
static void describe(const heap_writer *w, bool wide, uint64_t first, size_t n, uint64_t *offset, uint8_t *out) {
  for (size_t i = 0; i < n; i++) {
    uint64_t pair[2] = {w->lengths[first + i], 0}, bytes = 0;
    if (pair[0] > 0) {
      pair[1] = *offset;
      (void)rf_heap_cell_bytes(w->column, pair[0], &bytes); /* was added up before */
      *offset += bytes;
    }
    uint32_t narrow[2] = {(uint32_t)pair[0], (uint32_t)pair[1]};
    if (wide)
      memcpy(out + i * sizeof pair, pair, sizeof pair);
    else
      memcpy(out + i * sizeof narrow, narrow, sizeof narrow);
  }
}

/* Writing descriptors that are in the file, where a kill must not tear one. */
typedef struct descriptor_writer {
  const heap_writer *w;
  rf_row_step step;
  const rf_row_sink *sink;
  uint8_t *pairs;
  rf_edit *torn; /* NULL, or those that lie in two pages: they are written together, through a trailer */
  uint64_t *rows;
} descriptor_writer;

static void begin_descriptors(descriptor_writer *d, const heap_writer *w, const rf_row_sink *sink) {
  bool wide = w->widen || w->column->info.descriptor == 'Q';
  unsigned each = wide ? 8 : 4;
  rf_type type = wide ? RF_I64 : RF_I32;
  *d = (descriptor_writer){.w = w, .sink = sink};
  d->step = (rf_row_step){.column = w->column,
                          .number = w->number,
                          .offset = w->column->info.offset,
                          .bytes = 2 * each,
                          .count = 2,
                          .stored_bytes = each,
                          .type = (rf_cell_type)type,
                          .cell_bytes = 2 * each,
                          .stride = (ptrdiff_t)(2 * each),
                          .parts = 1,
                          .convert = {.way = RF_CONVERT_SWAP,
                                      .stored = type,
                                      .natural = type,
                                      .type = type,
                                      .stored_bytes = each,
                                      .type_bytes = each}};
}

static bool is_torn(const descriptor_writer *d, uint64_t row) {
  return rf_layout_crosses_page(d->sink->data + row * d->sink->row_bytes + d->step.offset, (uint64_t)d->step.bytes);
}

/* Of the rows of `part` those that are torn, or those that are not; their pairs come together at the beginning. */
static rf_row_walk pick_rows(const descriptor_writer *d, const rf_row_walk *part, bool torn, const uint8_t *from,
                             uint8_t *to) {
  size_t n = 0, each = (size_t)d->step.bytes;
  for (uint64_t i = 0; i < part->count; i++) {
    uint64_t row = rf_row_at(part, i);
    if (is_torn(d, row) != torn)
      continue;
    memcpy(to + n * each, from + (size_t)i * each, each);
    d->rows[n++] = row;
  }
  rf_row_walk picked = {.count = n, .step = 1, .indices = d->rows};
  return part_of(&picked, 0, n);
}

/* A few rows go one by one to the edit that all of them share. */
static rf_status write_torn(descriptor_writer *d, rf_file *file, const rf_row_walk *walk, rf_error *err) {
  if (d->torn == NULL)
    RF_TRY(rf_layout_begin_patch(file, &d->torn, err));
  rf_row_sink sink = *d->sink;
  sink.store = rf_edit_store(d->torn);
  return rf_write_field(&d->step, walk, &sink, err);
}

/* `file`: NULL where nothing can tear. */
static rf_status write_some(descriptor_writer *d, rf_file *file, const rf_row_walk *part, rf_error *err) {
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
    status = rf_fail(err, RF_ERR_MEMORY, "no memory for %" PRIu64 " descriptors", part->count);
  for (int pass = 0; pass < 2 && status == RF_OK; pass++) {
    rf_row_walk walk = pick_rows(d, part, pass == 1, d->pairs, picked);
    d->step.data = picked;
    if (walk.count > 0)
      status = pass == 0 ? rf_write_field(&d->step, &walk, d->sink, err) : write_torn(d, file, &walk, err);
  }
  rf_free(picked);
  rf_free(d->rows);
  return status;
}

/* Each descriptor is switched at once where `file` says in which file they are. */
static rf_status write_descriptors(const heap_writer *w, rf_file *file, const rf_row_sink *sink, rf_error *err) {
  descriptor_writer d;
  size_t room = w->walk.count < MOST_DESCRIPTORS ? (size_t)w->walk.count : MOST_DESCRIPTORS;
  uint64_t offset = w->heap_bytes;
  bool wide = w->widen || w->column->info.descriptor == 'Q';
  begin_descriptors(&d, w, sink);
  d.pairs = rf_alloc(room * (size_t)d.step.bytes);
  if (d.pairs == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for %zu descriptors", room);
  rf_status status = RF_OK;
  for (uint64_t done = 0; done < w->walk.count && status == RF_OK;) {
    size_t n = w->walk.count - done < room ? (size_t)(w->walk.count - done) : room;
    rf_row_walk part = part_of(&w->walk, done, n);
    describe(w, wide, done, n, &offset, d.pairs);
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
static rf_status widen_rows(const heap_writer *w, rf_store *store, uint64_t data, rf_error *err) {
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
static rf_status write_cells(const heap_writer *w, rf_file *file, const rf_hdu *hdu, bool *switched, rf_error *err) {
  const rf_table_info *info = &w->table->info;
  rf_store *store = file->store;
  bool durable = (file->options.flags & RF_OPEN_DURABLE) != 0 && !hdu->unpublished;
  bool can_tear = !hdu->unpublished && rf_edit_is_wanted(store);
  RF_TRY(write_elements(w, store, hdu->data_offset + info->heap_offset + w->heap_bytes, err));
  if (durable)
    RF_TRY(rf_store_sync(store, err));
  rf_row_sink sink = {store, hdu->data_offset, info->row_bytes, 0, false, switched};
  return write_descriptors(w, can_tear ? file : NULL, &sink, err);
}

/* ---- the header ---- */

static rf_status set_form(const heap_writer *w, rf_header *header, rf_error *err) {
  const rf_column_info *info = &w->column->info;
  char keyword[16], form[80];
  uint64_t most = w->longest > info->max_length ? w->longest : info->max_length;
  if (!w->widen && most == info->max_length)
    return RF_OK;
  (void)snprintf(keyword, sizeof keyword, "TFORM%zu", w->number + 1);
  int n = snprintf(form, sizeof form, "1%c%c(%" PRIu64 ")", w->widen ? 'Q' : info->descriptor, info->letter, most);
  rf_value value = {.kind = RF_VALUE_STRING, .text = form, .text_length = (size_t)n};
  return rf_header_set(header, keyword, &value, NULL, err);
}

static rf_status set_sizes(const heap_writer *w, const rf_hdu *hdu, rf_header *header, uint64_t gap, uint64_t *bytes,
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

/* ---- the call ---- */

static rf_status prepare(heap_writer *w, const rf_rows *rows, rf_cell_type type, uint32_t flags, uint64_t in_bytes,
                         rf_error *err) {
  RF_TRY(rf_table_column(w->table, w->number, &w->column, err));
  rf_status status = RF_OK;
  if (w->column->info.descriptor == 0 || w->column->info.repeat == 0)
    status = rf_fail(err, RF_ERR_TYPE, "its cells are in the rows, not in the heap");
  if (status == RF_OK)
    status = rf_row_type_check(w->column, type, flags, err);
  if (status != RF_OK)
    return rf_table_blame(err, status, w->column, w->number, -1);
  RF_TRY(rf_row_walk_init(&w->walk, w->table, rows, err));
  if (w->walk.count > 0 && w->lengths == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "there are no lengths of the cells");
  rf_row_step_elements(&w->step, w->column, type, (flags & RF_CELL_RAW) != 0);
  w->element_bytes = rf_cell_bytes(type, 1);
  w->step.count = w->step.mask_stride = 1;
  w->step.cell_bytes = w->element_bytes;
  w->step.stride = (ptrdiff_t)w->element_bytes;
  status = add_up(w, err);
  if (status == RF_OK)
    status = check_input(w, in_bytes, err);
  if (status != RF_OK)
    return rf_table_blame(err, status, w->column, w->number, -1);
  return check_values(w, err);
}

/* ---- compressed tables ---- */

static rf_status make_cell(void *context, uint64_t i, uint64_t begin, uint8_t *out, rf_error *err) {
  const heap_writer *w = context;
  (void)err;
  if (w->step.type == RF_CELL_BIT)
    rf_bits_pack(out, w->in + (size_t)begin, (size_t)w->lengths[i]);
  else
    put_elements(w, out, begin,
                 (size_t)(is_raw_bits(w) ? w->lengths[i] / 8 + (w->lengths[i] % 8 != 0) : w->lengths[i]));
  return RF_OK;
}

static rf_status packed_header(const heap_writer *w, rf_header *header, rf_error *err) {
  const rf_table_info *info = &w->table->info;
  uint64_t more = 0, pcount = 0, gap = info->heap_offset - info->nrows * info->row_bytes;
  if ((w->widen && !rf_mul_u64(info->nrows, 8, &more)) || !rf_add_u64(gap + info->heap_bytes, w->total, &pcount) ||
      pcount > INT64_MAX - RF_BLOCK_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "the table would have more bytes than a file can hold");
  if (w->widen)
    RF_TRY(rf_table_set_integer(header, "NAXIS1", info->row_bytes + 8, NULL, err));
  RF_TRY(rf_table_set_integer(header, "PCOUNT", pcount, "size of special data area", err));
  RF_TRY(rf_table_set_heap_place(header, info->heap_offset + more, gap, err));
  return set_form(w, header, err);
}

static rf_status write_packed(rf_ztedit *e, heap_writer *w, const rf_rows *rows, rf_cell_type type, uint32_t flags,
                              uint64_t in_bytes, bool *written, rf_error *err) {
  w->table = e->z->plain;
  RF_TRY(prepare(w, rows, type, flags, in_bytes, err));
  if (w->walk.count == 0)
    return RF_OK;
  rf_zcells cells = {.column = w->number,
                     .walk = &w->walk,
                     .lengths = w->lengths,
                     .offset = w->table->info.heap_bytes,
                     .make = make_cell,
                     .context = w,
                     .raw_bits = is_raw_bits(w)};
  RF_TRY(packed_header(w, e->plain, err));
  RF_TRY(rf_ztedit_refresh(e, NULL, err));
  RF_TRY(rf_ztedit_cells(e, &cells, err));
  return rf_ztedit_commit(e, written, err);
}

/* ---- any table ---- */

/* The heap has room for the cells now, and the table is another one. */
static rf_status write_to_room(rf_file *file, size_t index, heap_writer *w, bool *switched, rf_error *err) {
  rf_hdu *hdu;
  uint64_t gap;
  RF_TRY(rf_table_editable(file, index, &hdu, &w->table, &gap, err));
  RF_TRY(rf_table_column(w->table, w->number, &w->column, err));
  w->step.column = w->column;
  w->widen = false;
  return write_cells(w, file, hdu, switched, err);
}

/* Makes room in the heap, then fills it. Where cells could not be written, the table gets its old size back. */
static rf_status write_plain(rf_file *file, size_t index, heap_writer *w, const rf_hdu *hdu, const rf_header *before,
                             const rf_header *after, uint64_t bytes, bool *written, rf_error *err) {
  uint64_t old_bytes = hdu->data_bytes;
  bool widens = w->widen, switched = false, ignored = false;
  rf_rearrange rearrange = {widen_all, w, false};
  w->heap_bytes = w->table->info.heap_bytes;
  RF_TRY(rf_file_rearrange_locked(file, index, after, bytes, widens ? &rearrange : NULL, written, err));
  rf_status status = write_to_room(file, index, w, &switched, err);
  if (status != RF_OK && !switched && !widens &&
      rf_file_resize_locked(file, index, before, old_bytes, &ignored, NULL) == RF_OK)
    *written = false;
  *written = *written || switched;
  return status;
}

static rf_status write_heap_locked(rf_file *file, size_t index, heap_writer *w, const rf_rows *rows, rf_cell_type type,
                                   uint32_t flags, uint64_t in_bytes, bool *written, rf_error *err) {
  rf_hdu *hdu;
  uint64_t gap, bytes = 0;
  const rf_header *old;
  rf_header *header;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  if (hdu->kind == RF_HDU_COMPRESSED_TABLE) {
    rf_ztedit e;
    rf_status status = rf_ztedit_begin(&e, file, index, err);
    if (status == RF_OK)
      status = write_packed(&e, w, rows, type, flags, in_bytes, written, err);
    rf_ztedit_end(&e);
    return status;
  }
  RF_TRY(rf_table_editable(file, index, &hdu, &w->table, &gap, err));
  RF_TRY(prepare(w, rows, type, flags, in_bytes, err));
  if (w->walk.count == 0)
    return RF_OK;
  RF_TRY(rf_file_check_whole_locked(file, hdu, err));
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  RF_TRY(rf_header_copy(old, &header, err));
  rf_header *before = NULL;
  rf_status status = rf_header_copy(old, &before, err);
  if (status == RF_OK)
    status = set_sizes(w, hdu, header, gap, &bytes, err);
  if (status == RF_OK)
    status = set_form(w, header, err);
  if (status == RF_OK)
    status = write_plain(file, index, w, hdu, before, header, bytes, written, err);
  rf_header_free(before);
  rf_header_free(header);
  return status;
}

rf_status rf_table_write_heap_locked(rf_file *file, size_t index, size_t column, const rf_heap_cells *cells,
                                     bool *written, rf_error *err) {
  heap_writer w = {.number = column, .lengths = cells->lengths, .in = cells->in, .mask = cells->mask};
  return write_heap_locked(file, index, &w, NULL, cells->type, cells->flags, cells->in_bytes, written, err);
}

rf_status rf_table_write_heap(rf_file *file, size_t index, size_t column, const rf_rows *rows, const uint64_t *lengths,
                              rf_cell_type type, uint32_t flags, const void *in, uint64_t in_bytes, const uint8_t *mask,
                              rf_error *err) {
  heap_writer w = {.number = column, .lengths = lengths, .in = in, .mask = mask};
  bool written = false;
  rf_error_clear(err);
  rf_status status = rf_file_begin_write(file, err);
  if (status == RF_OK) {
    status = write_heap_locked(file, index, &w, rows, type, flags, in_bytes, &written, err);
    rf_file_end_write(file, status, written);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}
