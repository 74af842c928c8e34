/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Repacking a heap: the bytes that descriptors point at move down over unused bytes.
 */
#include "table/heap/repack.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "store/trailer/edit.h"
#include "table/edit.h"
#include "table/heap/descriptor.h"
#include "table/ops.h"
#include "file/call.h"
#include "file/layout.h"
#include "file/scan/scan.h"
#include "file/append.h"
#include "file/header.h"

/* From here on the list of blocks is put in order before it grows. */
#define MANY_BLOCKS ((size_t)1 << 12)

/* An extent of the heap that is in use. */
typedef struct block {
  uint64_t begin;
  uint64_t end;
  uint64_t to; /* where it will begin */
} block;

typedef struct packer {
  const rf_table *table;
  rf_store *store;
  block *blocks; /* in order and apart, once collected */
  size_t count;
  size_t capacity;
  size_t limit;        /* at which the list is put in order again */
  uint64_t heap_bytes; /* as it will be */
} packer;

/* ---- which bytes are in use ---- */

static int by_begin(const void *a, const void *b) {
  const block *x = a, *y = b;
  return x->begin < y->begin ? -1 : x->begin > y->begin;
}

/* Blocks that touch become one. */
static void put_in_order(packer *p) {
  size_t kept = 0;
  if (p->count == 0)
    return;
  qsort(p->blocks, p->count, sizeof *p->blocks, by_begin);
  for (size_t i = 1; i < p->count; i++) {
    block *last = &p->blocks[kept];
    if (p->blocks[i].begin > last->end)
      p->blocks[++kept] = p->blocks[i];
    else if (p->blocks[i].end > last->end)
      last->end = p->blocks[i].end;
  }
  p->count = kept + 1;
}

static rf_status add_block(packer *p, uint64_t begin, uint64_t bytes, rf_error *err) {
  block *last = p->count > 0 ? &p->blocks[p->count - 1] : NULL;
  if (bytes == 0)
    return RF_OK;
  /* Cells nearly always stand in the order of the rows. */
  if (last != NULL && begin == last->end) {
    last->end = begin + bytes;
    return RF_OK;
  }
  if (p->count == p->limit) {
    put_in_order(p);
    p->limit = p->count > MANY_BLOCKS / 2 ? 2 * p->count : MANY_BLOCKS;
  }
  RF_TRY(RF_ARRAY_GROW(p->blocks, p->capacity, p->count + 1, "a list of heap extents", err));
  p->blocks[p->count++] = (block){begin, begin + bytes, 0};
  return RF_OK;
}

/* ---- descriptors, a piece of the rows at a time ---- */

typedef struct row_piece {
  uint8_t *bytes;
  uint64_t first; /* row */
  size_t rows;
  bool changed;
} row_piece;

typedef rf_status (*on_piece)(packer *p, row_piece *piece, rf_error *err);

static rf_status refuse_descriptor(const packer *p, size_t column, uint64_t row, uint64_t length, uint64_t offset,
                                   rf_error *err) {
  rf_status status =
      rf_fail(err, RF_ERR_FORMAT,
              "the descriptor says %" PRIu64 " elements at offset %" PRIu64 " of the heap, which has %" PRIu64 " bytes",
              length, offset, p->table->info.heap_bytes);
  return rf_table_add_context(err, status, &p->table->columns[column], column, (int64_t)row);
}

static rf_status collect(packer *p, row_piece *piece, rf_error *err) {
  size_t row_bytes = (size_t)p->table->info.row_bytes;
  for (size_t c = 0; c < p->table->info.ncols; c++) {
    const rf_column *column = &p->table->columns[c];
    if (column->info.descriptor == 0)
      continue;
    const uint8_t *field = piece->bytes + (size_t)column->info.offset;
    for (size_t i = 0; i < piece->rows; i++, field += row_bytes) {
      uint64_t length, offset, bytes = 0;
      if (!rf_descriptor_get(p->table, column, field, &length, &offset) || !rf_heap_cell_bytes(column, length, &bytes))
        return refuse_descriptor(p, c, piece->first + i, length, offset, err);
      RF_TRY(add_block(p, offset, bytes, err));
    }
  }
  return RF_OK;
}

/* The block that `offset` lies in: there is one. */
static const block *find_block(const packer *p, uint64_t offset) {
  size_t low = 0, high = p->count - 1;
  while (low < high) {
    size_t middle = low + (high - low + 1) / 2;
    if (p->blocks[middle].begin <= offset)
      low = middle;
    else
      high = middle - 1;
  }
  return &p->blocks[low];
}

static rf_status redirect(packer *p, row_piece *piece, rf_error *err) {
  size_t row_bytes = (size_t)p->table->info.row_bytes;
  (void)err;
  for (size_t c = 0; c < p->table->info.ncols; c++) {
    const rf_column *column = &p->table->columns[c];
    if (column->info.descriptor == 0 || column->info.repeat == 0)
      continue;
    uint8_t *field = piece->bytes + (size_t)column->info.offset;
    for (size_t i = 0; i < piece->rows; i++, field += row_bytes) {
      uint64_t length, offset, fresh = 0;
      (void)rf_descriptor_get(p->table, column, field, &length, &offset); /* was good when it was collected */
      if (length > 0) {
        const block *at = find_block(p, offset);
        fresh = at->to + (offset - at->begin);
      }
      if (column->info.descriptor == 'Q')
        rf_put_be64(field + 8, fresh);
      else
        rf_put_be32(field + 4, (uint32_t)fresh);
      piece->changed = true;
    }
  }
  return RF_OK;
}

static rf_status each_piece(packer *p, uint64_t data, on_piece act, rf_error *err) {
  uint64_t row_bytes = p->table->info.row_bytes, nrows = p->table->info.nrows;
  uint64_t most = row_bytes < RF_TABLE_PIECE ? RF_TABLE_PIECE / (row_bytes + 1) + 1 : 1;
  size_t room;
  if (nrows == 0 || row_bytes == 0)
    return RF_OK;
  if (most > nrows)
    most = nrows;
  if (!rf_to_size(most * row_bytes, &room))
    return rf_fail(err, RF_ERR_MEMORY, "rows of %" PRIu64 " bytes do not fit memory", row_bytes);
  row_piece piece = {.bytes = rf_alloc(room)};
  if (piece.bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate rows of %" PRIu64 " bytes", row_bytes);
  rf_status status = RF_OK;
  for (; piece.first < nrows && status == RF_OK; piece.first += piece.rows) {
    uint64_t at = data + piece.first * row_bytes;
    piece.rows = (size_t)(nrows - piece.first < most ? nrows - piece.first : most);
    piece.changed = false;
    status = rf_store_read(p->store, at, piece.bytes, piece.rows * (size_t)row_bytes, err);
    if (status == RF_OK)
      status = act(p, &piece, err);
    if (status == RF_OK && piece.changed)
      status = rf_store_write(p->store, at, piece.bytes, piece.rows * (size_t)row_bytes, err);
  }
  rf_free(piece.bytes);
  return status;
}

/* ---- an edit that is recorded ---- */

/* Where the pool has the descriptors of each column. */
typedef struct recorder {
  rf_edit *edit;
  rf_laid_part *parts; /* two for each column with descriptors: these, and what stands before them */
  size_t count;
} recorder;

/* The new descriptors of a piece of the rows, column by column. */
static rf_status record_piece(packer *p, const recorder *r, const row_piece *piece, uint8_t *values, rf_error *err) {
  size_t row_bytes = (size_t)p->table->info.row_bytes;
  for (size_t k = 0; k < r->count; k++) {
    const rf_laid_part *part = &r->parts[k];
    size_t each = (size_t)part->bytes;
    if (part->kind != RF_LAID_VALUES)
      continue;
    for (size_t i = 0; i < piece->rows; i++)
      memcpy(values + i * each, piece->bytes + i * row_bytes + (size_t)part->to, each);
    RF_TRY(rf_edit_put_values(r->edit, part->from + piece->first * each, values, piece->rows * each, err));
  }
  return RF_OK;
}

static int by_place(const void *a, const void *b) {
  const rf_laid_part *x = a, *y = b;
  return x->to < y->to ? -1 : x->to > y->to;
}

/* Descriptors come from the pool, the rest of a row from where it is. false: columns overlap, which only a table made
 * by hand has. */
static rf_status plan_parts(packer *p, recorder *r, bool *apart, rf_error *err) {
  uint64_t at = 0;
  size_t values = 0;
  *apart = true;
  for (size_t c = 0; c < p->table->info.ncols; c++) {
    const rf_column *column = &p->table->columns[c];
    if (column->info.descriptor != 0 && column->info.repeat > 0)
      r->parts[values++] =
          (rf_laid_part){RF_LAID_VALUES, 0, column->info.offset, column->info.descriptor == 'Q' ? 16u : 8u};
  }
  qsort(r->parts, values, sizeof *r->parts, by_place);
  r->count = values;
  for (size_t i = 0; i <= values; i++) {
    uint64_t end = i < values ? r->parts[i].to : p->table->info.row_bytes;
    if (end < at) {
      *apart = false;
      return RF_OK;
    }
    if (end > at)
      r->parts[r->count++] = (rf_laid_part){RF_LAID_COPY, at, at, end - at};
    if (i < values) {
      RF_TRY(rf_edit_values(r->edit, p->table->info.nrows * r->parts[i].bytes, &r->parts[i].from, err));
      at = end + r->parts[i].bytes;
    }
  }
  return RF_OK;
}

static rf_status redirect_recorded(packer *p, uint64_t data, bool *done, rf_error *err) {
  const rf_table_info *info = &p->table->info;
  recorder r = {rf_edit_of(p->store), rf_alloc_zero(2 * info->ncols + 1, sizeof *r.parts), 0};
  uint64_t most = RF_TABLE_PIECE / (info->row_bytes + 1) + 1;
  bool apart = false;
  *done = false;
  row_piece piece = {.bytes = rf_alloc((size_t)(most * info->row_bytes) + 1)};
  uint8_t *values = rf_alloc((size_t)most * 16);
  rf_status status = RF_OK;
  if (r.parts == NULL || piece.bytes == NULL || values == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate rows of %" PRIu64 " bytes", info->row_bytes);
  if (status == RF_OK)
    status = plan_parts(p, &r, &apart, err);
  for (; status == RF_OK && apart && piece.first < info->nrows; piece.first += piece.rows) {
    uint64_t left = info->nrows - piece.first;
    piece.rows = (size_t)(left < most ? left : most);
    status = rf_store_read(p->store, data + piece.first * info->row_bytes, piece.bytes,
                           piece.rows * (size_t)info->row_bytes, err);
    if (status == RF_OK)
      status = redirect(p, &piece, err);
    if (status == RF_OK)
      status = record_piece(p, &r, &piece, values, err);
  }
  if (status == RF_OK && apart)
    status = rf_edit_rows(r.edit, data, info->nrows, info->row_bytes, info->row_bytes, r.parts, r.count, 0, done, err);
  rf_free(values);
  rf_free(piece.bytes);
  rf_free(r.parts);
  return status;
}

/* ---- the heap ---- */

static rf_status move_blocks(void *context, rf_store *store, uint64_t data, rf_error *err) {
  packer *p = context;
  const rf_table_info *info = &p->table->info;
  uint64_t to = data + info->nrows * info->row_bytes, from = data + info->heap_offset;
  for (size_t i = 0; i < p->count; i++) {
    const block *b = &p->blocks[i];
    RF_TRY(rf_store_move(store, from + b->begin, to + b->to, b->end - b->begin, err));
  }
  bool done = false;
  p->store = store;
  if (rf_edit_of(store) != NULL && info->row_bytes < RF_TABLE_PIECE)
    RF_TRY(redirect_recorded(p, data, &done, err));
  return done ? RF_OK : each_piece(p, data, redirect, err);
}

static rf_status packed_header(const rf_header *old, uint64_t heap_bytes, rf_header **header, rf_error *err) {
  rf_error ignored;
  size_t at;
  RF_TRY(rf_header_copy(old, header, err));
  rf_status status = rf_table_set_integer(*header, "PCOUNT", heap_bytes, "size of special data area", err);
  if (status == RF_OK && rf_header_find(*header, "THEAP", 0, &at, &ignored) == RF_OK)
    status = rf_header_delete(*header, "THEAP", err);
  if (status != RF_OK)
    rf_header_free(*header);
  return status;
}

static rf_status repack(packer *p, rf_file *file, size_t index, rf_hdu *hdu, uint64_t *freed, bool *written,
                        rf_error *err) {
  const rf_header *old;
  rf_header *header;
  rf_rearrange rearrange = {.run = move_blocks, .context = p, .fresh = false};
  uint64_t data_bytes = hdu->data_bytes;
  p->limit = MANY_BLOCKS;
  RF_TRY(each_piece(p, hdu->data_offset, collect, err));
  put_in_order(p);
  for (size_t i = 0; i < p->count; i++) {
    p->blocks[i].to = p->heap_bytes;
    p->heap_bytes += p->blocks[i].end - p->blocks[i].begin;
  }
  *freed = (uint64_t)hdu->pcount - p->heap_bytes;
  if (*freed == 0)
    return RF_OK;
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  RF_TRY(packed_header(old, p->heap_bytes, &header, err));
  rf_status status = rf_file_rearrange_locked(file, index, header, data_bytes - *freed, &rearrange, written, err);
  rf_header_free(header);
  return status;
}

rf_status rf_heap_repack_locked(rf_file *file, size_t index, rf_hdu *hdu, const rf_table *table, uint64_t *freed,
                                bool *written, rf_error *err) {
  packer p = {.store = file->store, .table = table};
  RF_TRY(rf_file_check_whole_locked(file, hdu, err));
  rf_status status = repack(&p, file, index, hdu, freed, written, err);
  rf_free(p.blocks);
  return status;
}

rf_status rf_plain_table_repack(rf_file *file, rf_hdu *hdu, uint64_t *freed, bool *written, rf_error *err) {
  const rf_table *table;
  uint64_t gap;
  RF_TRY(rf_table_editable(file, hdu, &table, &gap, err));
  return rf_heap_repack_locked(file, hdu->index, hdu, table, freed, written, err);
}

static rf_status repack_any(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  if (hdu->ops->table == NULL || hdu->ops->table->repack == NULL)
    return rf_fail(err, RF_ERR_TYPE, "cannot repack the heap of %s", hdu->ops->name);
  return hdu->ops->table->repack(file, hdu, request, written, err);
}

rf_status rf_table_repack(rf_file *file, size_t index, uint64_t *freed, rf_error *err) {
  uint64_t bytes = 0;
  RF_TRY(rf_call_write(file, index, repack_any, &bytes, err));
  if (freed != NULL)
    *freed = bytes;
  return RF_OK;
}
