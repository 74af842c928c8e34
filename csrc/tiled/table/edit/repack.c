/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Repacks the heap of a compressed table: streams and cells move down in their order, and the blocks of descriptors,
 * which change with that, follow.
 */
#include "tiled/table/edit/repack.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "table/column/column.h"
#include "table/edit.h"
#include "table/heap/descriptor.h"
#include "table/table.h"
#include "tiled/table/cell.h"
#include "tiled/table/edit/edit.h"
#include "tiled/table/tiles.h"

/* From this size on, the list of extents is sorted before it grows. */
#define MANY ((size_t)1 << 12)

typedef struct packer {
  rf_tiled_table_edit *e;
  rf_tile_move *moves; /* sorted and without overlap, after collecting */
  size_t count;
  size_t room;
  uint64_t cells; /* bytes of all cells in the heap of the table */
} packer;

/* ---- which bytes are in use ---- */

static int by_begin(const void *a, const void *b) {
  const rf_tile_move *x = a, *y = b;
  return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static void put_in_order(packer *p) {
  size_t kept = 0;
  if (p->count == 0)
    return;
  qsort(p->moves, p->count, sizeof *p->moves, by_begin);
  for (size_t i = 1; i < p->count; i++) {
    rf_tile_move *last = &p->moves[kept];
    if (p->moves[i].begin > last->end)
      p->moves[++kept] = p->moves[i];
    else if (p->moves[i].end > last->end)
      last->end = p->moves[i].end;
  }
  p->count = kept + 1;
}

static rf_status add(packer *p, uint64_t at, uint64_t n, rf_error *err) {
  rf_tile_move *last = p->count > 0 ? &p->moves[p->count - 1] : NULL;
  if (n == 0)
    return RF_OK;
  if (last != NULL && last->end == at) {
    last->end = at + n;
    return RF_OK;
  }
  if (p->count == p->room) {
    put_in_order(p);
    if (p->count >= p->room / 2)
      RF_TRY(RF_ARRAY_GROW(p->moves, p->room, p->room > 0 ? 2 * p->room : MANY, "a list of heap extents", err));
  }
  p->moves[p->count++] = (rf_tile_move){at, at + n, 0};
  return RF_OK;
}

/* Returns the new place of a byte of the heap. An extent contains it. */
static uint64_t moved(const packer *p, uint64_t at) {
  size_t low = 0, high = p->count - 1;
  while (low < high) {
    size_t middle = low + (high - low + 1) / 2;
    if (p->moves[middle].begin <= at)
      low = middle;
    else
      high = middle - 1;
  }
  return p->moves[low].to + (at - p->moves[low].begin);
}

static bool is_variable(const rf_column *column) {
  return column->info.descriptor != 0 && column->info.bytes > 0;
}

/* Cells of one block. */
static rf_status collect_block(packer *p, uint64_t tile, size_t column, rf_error *err) {
  const rf_tiled_table_edit *e = p->e;
  const rf_column *c = &e->table->columns[column];
  uint64_t rows = rf_tiled_table_edit_rows(e, tile), bytes;
  uint8_t *block;
  RF_TRY(rf_tile_read(e->file, e->hdu, e->raw, e->z, tile, column, &block, NULL, err));
  rf_status status = RF_OK;
  for (uint64_t i = 0; i < rows && status == RF_OK; i++) {
    rf_tile_cell cell = rf_tile_block_get(c, block, rows, i);
    status = rf_tile_cell_check(e->z->plain, e->raw, c, &cell, &bytes, err);
    if (status != RF_OK)
      status = rf_table_add_context(err, status, c, column, (int64_t)(tile * e->tile_rows + i));
    else
      status = add(p, cell.at, cell.bytes, err);
    if (!rf_add_u64(p->cells, bytes, &p->cells))
      p->cells = UINT64_MAX;
  }
  rf_free(block);
  return status;
}

static rf_status collect(packer *p, rf_error *err) {
  const rf_tiled_table_edit *e = p->e;
  size_t ncols = e->table->info.ncols;
  for (uint64_t tile = 0; tile < e->ntiles; tile++)
    for (size_t i = 0; i < ncols; i++) {
      const rf_tile_stream *stream = &e->streams[(size_t)tile * ncols + i];
      if (is_variable(&e->table->columns[i]))
        RF_TRY(collect_block(p, tile, i, err));
      else
        RF_TRY(add(p, stream->at, stream->n, err));
    }
  put_in_order(p);
  return RF_OK;
}

/* ---- new places ---- */

/* Makes a block with the new places. Cells in the heap of the table are placed from *offset on, unless that is NULL. */
static rf_status remake_block(packer *p, uint64_t tile, size_t column, uint64_t *offset, rf_error *err) {
  rf_tiled_table_edit *e = p->e;
  const rf_column *c = &e->table->columns[column];
  uint64_t rows = rf_tiled_table_edit_rows(e, tile), size = 0;
  uint8_t *block, *stream = NULL;
  size_t bytes, n = 0, blob = 0;
  RF_TRY(rf_tile_read(e->file, e->hdu, e->raw, e->z, tile, column, &block, &bytes, err));
  for (uint64_t i = 0; i < rows; i++) {
    rf_tile_cell cell = rf_tile_block_get(c, block, rows, i);
    (void)rf_heap_cell_bytes(c, cell.length, &size);
    if (cell.bytes > 0)
      cell.at = moved(p, cell.at);
    if (offset != NULL && cell.length > 0) {
      cell.offset = *offset;
      *offset += size;
    }
    rf_tile_block_put(c, block, rows, i, &cell);
  }
  rf_status status = rf_tiled_table_encode(c, e->types[column], 0, block, bytes, &stream, &n, err);
  rf_free(block);
  if (status == RF_OK)
    status = rf_tiled_table_edit_blob(e, stream, n, true, &blob, err);
  return status == RF_OK ? rf_tiled_table_edit_set(e, tile, column, blob, err) : status;
}

static rf_status remake(packer *p, uint64_t *offset, rf_error *err) {
  rf_tiled_table_edit *e = p->e;
  size_t ncols = e->table->info.ncols;
  for (uint64_t tile = 0; tile < e->ntiles; tile++)
    for (size_t i = 0; i < ncols; i++) {
      rf_tile_stream *stream = &e->streams[(size_t)tile * ncols + i];
      if (is_variable(&e->table->columns[i]))
        RF_TRY(remake_block(p, tile, i, offset, err));
      else if (stream->n > 0)
        stream->at = moved(p, stream->at);
    }
  return RF_OK;
}

static rf_status repack(packer *p, uint64_t *freed, bool *written, rf_error *err) {
  rf_tiled_table_edit *e = p->e;
  uint64_t old_bytes = e->gap + e->heap, offset = 0;
  RF_TRY(collect(p, err));
  e->heap = 0;
  for (size_t i = 0; i < p->count; i++) {
    p->moves[i].to = e->heap;
    e->heap += p->moves[i].end - p->moves[i].begin;
  }
  /* Cells that share bytes in the heap of the table stay there. */
  bool tighter = p->cells < e->table->info.heap_bytes;
  RF_TRY(remake(p, tighter ? &offset : NULL, err));
  *freed = 0;
  if (e->heap >= old_bytes)
    return RF_OK;
  *freed = old_bytes - e->heap;
  if (tighter) {
    RF_TRY(rf_table_set_integer(e->plain, "PCOUNT", p->cells, NULL, err));
    RF_TRY(rf_table_set_heap_place(e->plain, 0, 0, err));
  }
  e->moves = p->moves;
  e->move_count = p->count;
  e->hdu->pending = false;
  return rf_tiled_table_edit_commit(e, written, err);
}

/* Descriptors of 32 bits become 64 bits first: then nothing has to move up. */
static rf_status widen(rf_file *file, size_t index, bool *written, rf_error *err) {
  rf_tiled_table_edit e;
  rf_status status = rf_tiled_table_edit_begin(&e, file, index, err);
  if (status == RF_OK && e.raw->info.row_bytes != 16 * e.raw->info.ncols)
    status = rf_tiled_table_edit_commit(&e, written, err);
  rf_tiled_table_edit_end(&e);
  return status;
}

rf_status rf_tiled_table_repack(rf_file *file, size_t index, uint64_t *freed, bool *written, rf_error *err) {
  rf_tiled_table_edit e;
  packer p = {.e = &e};
  RF_TRY(widen(file, index, written, err));
  rf_status status = rf_tiled_table_edit_begin(&e, file, index, err);
  if (status == RF_OK)
    status = repack(&p, freed, written, err);
  rf_free(p.moves);
  rf_tiled_table_edit_end(&e);
  return status;
}
