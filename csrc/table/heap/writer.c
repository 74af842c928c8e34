/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells of one column with descriptors: checks, elements in file order, descriptors.
 */
#include "table/heap/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "table/edit.h"
#include "table/heap/descriptor.h"
#include "table/rows/pack.h"

static bool is_wide(const rf_heap_writer *w) {
  return w->widen || w->column->info.descriptor == 'Q';
}

/* ---- checks ---- */

/* The row that element `at` of the input is for. */
static uint64_t row_of(const rf_heap_writer *w, uint64_t at) {
  uint64_t i = 0;
  for (; i + 1 < w->selection.count; i++) {
    uint64_t n = rf_heap_writer_has_raw_bits(w) ? w->lengths[i] / 8 + (w->lengths[i] % 8 != 0) : w->lengths[i];
    if (at < n)
      break;
    at -= n;
  }
  return rf_row_at(&w->selection, i);
}

/* Sizes, and whether P descriptors can hold them: their numbers are signed to most readers. */
static rf_status add_up(rf_heap_writer *w, rf_error *err) {
  uint64_t offset = w->heap_bytes;
  bool narrow = w->column->info.descriptor == 'P';
  for (uint64_t i = 0; i < w->selection.count; i++) {
    uint64_t length = w->lengths[i], bytes, elements;
    if (length > INT64_MAX || !rf_heap_cell_bytes(w->column, length, &bytes) ||
        !rf_add_u64(w->total, bytes, &w->total) || w->total > INT64_MAX)
      return rf_fail(err, RF_ERR_LIMIT, "cells of so many elements are more than a file can hold");
    if (narrow && length > 0 && (length > INT32_MAX || offset > INT32_MAX))
      w->widen = true;
    offset += bytes;
    elements = rf_heap_writer_has_raw_bits(w) ? bytes : length;
    if (!rf_add_u64(w->elements, elements, &w->elements))
      return rf_fail(err, RF_ERR_LIMIT, "cells of so many elements are more than memory can hold");
    if (length > w->longest)
      w->longest = length;
  }
  return RF_OK;
}

static rf_status check_input(const rf_heap_writer *w, uint64_t in_bytes, rf_error *err) {
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

static rf_status check_text(const rf_heap_writer *w, uint64_t *bad, rf_error *err) {
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
static rf_status check_nuls(const rf_heap_writer *w, uint64_t *bad, rf_error *err) {
  size_t size = w->step.type == RF_TEXT ? 4 : 1;
  const uint8_t *at = w->in, zero[4] = {0};
  uint64_t begin = 0;
  for (uint64_t i = 0; i < w->selection.count; begin += w->lengths[i++]) {
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

static rf_status check_values(const rf_heap_writer *w, rf_error *err) {
  size_t at = 0;
  uint64_t bad = 0;
  rf_status status = RF_OK;
  if (w->step.type == RF_TEXT || w->step.type == RF_BYTES)
    status = check_nuls(w, &bad, err);
  if (status != RF_OK)
    return rf_table_add_context(err, status, w->column, w->number, (int64_t)row_of(w, bad));
  if (w->step.type == RF_TEXT) {
    status = check_text(w, &bad, err);
  } else if (w->step.type != RF_BYTES) {
    status = rf_row_put_check(&w->step, w->in, w->mask, (size_t)w->elements, &at, err);
    bad = at;
  } else if (w->mask != NULL && w->elements > 0 && memchr(w->mask, 1, (size_t)w->elements) != NULL) {
    status = rf_fail(err, RF_ERR_ARGUMENT, "a character of a string cannot be masked");
  }
  if (status == RF_OK)
    return RF_OK;
  return rf_table_add_context(err, status, w->column, w->number, (int64_t)row_of(w, bad));
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

void rf_heap_writer_put(const rf_heap_writer *w, uint8_t *dst, uint64_t first, size_t n) {
  const uint8_t *src = w->in + (size_t)first * w->element_bytes;
  if (w->step.type == RF_TEXT) {
    for (size_t i = 0; i < n; i++) {
      uint32_t c;
      memcpy(&c, src + i * sizeof c, sizeof c);
      dst[i] = (uint8_t)c;
    }
  } else if (w->step.type == RF_BYTES) {
    memcpy(dst, src, n);
  } else {
    rf_row_put_run(&w->step, dst, src, w->mask != NULL ? w->mask + (size_t)first : NULL, n);
  }
}

/* Cells stand one behind the other, so their elements are one run; those of raw bits are bytes. */
static rf_status write_run(const rf_heap_writer *w, out_buffer *out, rf_error *err) {
  size_t each = rf_heap_writer_has_raw_bits(w) ? 1 : w->column->stored_bytes, most = out->room / each;
  for (uint64_t done = 0; done < w->elements;) {
    size_t n = w->elements - done < most ? (size_t)(w->elements - done) : most;
    rf_heap_writer_put(w, out->bytes, done, n);
    out->used = n * each;
    RF_TRY(flush(out, err));
    done += n;
  }
  return RF_OK;
}

/* Each cell begins with a byte of its own. */
static rf_status write_bits(const rf_heap_writer *w, out_buffer *out, rf_error *err) {
  const uint8_t *src = w->in;
  for (uint64_t i = 0; i < w->selection.count; i++) {
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

rf_status rf_heap_writer_elements(const rf_heap_writer *w, rf_store *store, uint64_t offset, rf_error *err) {
  size_t room = w->total < RF_TABLE_PIECE ? (size_t)w->total : RF_TABLE_PIECE;
  if (room == 0)
    return RF_OK;
  /* The longest element has 16 bytes, and pieces hold whole ones. */
  out_buffer out = {store, offset, rf_alloc(room), room, 0};
  if (out.bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes of cells", room);
  rf_status status = w->step.type == RF_BIT ? write_bits(w, &out, err) : write_run(w, &out, err);
  rf_free(out.bytes);
  return status;
}

/* ---- the descriptors ---- */

void rf_heap_writer_step(const rf_heap_writer *w, rf_row_step *step) {
  unsigned each = is_wide(w) ? 8 : 4;
  rf_dtype type = is_wide(w) ? RF_I64 : RF_I32;
  *step = (rf_row_step){.column = w->column,
                        .number = w->number,
                        .offset = w->column->info.offset,
                        .bytes = 2 * each,
                        .count = 2,
                        .stored_bytes = each,
                        .type = (rf_dtype)type,
                        .cell_bytes = 2 * each,
                        .stride = (ptrdiff_t)(2 * each),
                        .parts = 1,
                        .convert = {.mode = RF_CONVERT_SWAP,
                                    .stored = type,
                                    .natural = type,
                                    .type = type,
                                    .stored_bytes = each,
                                    .type_bytes = each}};
}

/* As values of the machine: rf_row_put turns them round. */
void rf_heap_writer_describe(const rf_heap_writer *w, uint64_t first, size_t n, uint64_t *offset, uint8_t *out) {
  for (size_t i = 0; i < n; i++) {
    uint64_t pair[2] = {w->lengths[first + i], 0}, bytes = 0;
    if (pair[0] > 0) {
      pair[1] = *offset;
      (void)rf_heap_cell_bytes(w->column, pair[0], &bytes); /* was added up before */
      *offset += bytes;
    }
    uint32_t narrow[2] = {(uint32_t)pair[0], (uint32_t)pair[1]};
    if (is_wide(w))
      memcpy(out + i * sizeof pair, pair, sizeof pair);
    else
      memcpy(out + i * sizeof narrow, narrow, sizeof narrow);
  }
}

/* ---- the header ---- */

rf_status rf_heap_writer_form(const rf_heap_writer *w, rf_header *header, rf_error *err) {
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

/* ---- the call ---- */

rf_status rf_heap_writer_check(rf_heap_writer *w, rf_dtype type, uint32_t flags, uint64_t in_bytes, rf_error *err) {
  RF_TRY(rf_table_column(w->table, w->number, &w->column, err));
  rf_status status = RF_OK;
  if (w->column->info.descriptor == 0 || w->column->info.repeat == 0)
    status = rf_fail(err, RF_ERR_TYPE, "its cells are in the rows, not in the heap");
  if (status == RF_OK)
    status = rf_row_type_check(w->column, type, flags, err);
  if (status != RF_OK)
    return rf_table_add_context(err, status, w->column, w->number, -1);
  if (w->selection.count > 0 && w->lengths == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "there are no lengths of the cells");
  rf_row_step_elements(&w->step, w->column, type, (flags & RF_CELL_RAW) != 0);
  w->element_bytes = rf_dtype_bytes(type, 1);
  w->step.count = w->step.mask_stride = 1;
  w->step.cell_bytes = w->element_bytes;
  w->step.stride = (ptrdiff_t)w->element_bytes;
  status = add_up(w, err);
  if (status == RF_OK)
    status = check_input(w, in_bytes, err);
  if (status != RF_OK)
    return rf_table_add_context(err, status, w->column, w->number, -1);
  return check_values(w, err);
}

rf_status rf_heap_writer_prepare(rf_heap_writer *w, const rf_rows *rows, const rf_heap_cells *cells, rf_error *err) {
  w->lengths = cells->lengths;
  w->in = cells->data;
  w->mask = cells->mask;
  w->heap_bytes = w->table->info.heap_bytes;
  RF_TRY(rf_row_selection_init(&w->selection, w->table, rows, err));
  return rf_heap_writer_check(w, cells->type, cells->flags, cells->data_bytes, err);
}
