/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes cells of variable length to compressed tables (FITS 10.3.4): encodes each cell, then the blocks of
 * descriptors of their tiles.
 */
#include "tiled/table/edit/cells.h"

#include <inttypes.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "table/column/column.h"
#include "table/heap/descriptor.h"
#include "table/rows/selection.h"
#include "tiled/table/cell.h"
#include "tiled/table/edit/edit.h"
#include "tiled/table/table.h"
#include "tiled/table/tiles.h"

/* Cells that are encoded together and stored side by side. */
#define SEGMENT_CELLS ((size_t)64)

typedef struct segment {
  uint8_t *bytes;
  size_t n;
  size_t room;
} segment;

typedef struct maker {
  const rf_tiled_table_edit *e;
  const rf_tile_cells *cells;
  const rf_column *column;
  const uint64_t *begins; /* elements (of raw bits: bytes) before each cell */
  rf_tile_cell *made;     /* `at`: from the beginning of the segment */
  segment *segments;
} maker;

static rf_status append_to(segment *p, const uint8_t *bytes, size_t n, rf_error *err) {
  RF_TRY(RF_ARRAY_GROW(p->bytes, p->room, p->n + n, "compressed cells", err));
  memcpy(p->bytes + p->n, bytes, n);
  p->n += n;
  return RF_OK;
}

static rf_status make_cell(const maker *m, segment *p, uint64_t i, rf_error *err) {
  rf_tile_cell *cell = &m->made[(size_t)i];
  uint64_t size = 0;
  size_t bytes, n = 0;
  uint8_t *stream;
  if (cell->length == 0)
    return RF_OK;
  (void)rf_heap_cell_bytes(m->column, cell->length, &size); /* the sum was checked before */
  uint8_t *room = rf_to_size(size, &bytes) ? rf_alloc(bytes) : NULL;
  if (room == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a cell of %" PRIu64 " bytes", size);
  rf_status status = m->cells->make(m->cells->context, i, m->begins[(size_t)i], room, err);
  if (status == RF_OK)
    status = rf_tiled_table_encode_cell(m->column, m->e->types[m->cells->column], m->e->level, room, bytes, &stream, &n,
                                        err);
  rf_free(room);
  if (status != RF_OK)
    return status;
  cell->at = p->n;
  cell->bytes = n;
  status = append_to(p, stream, n, err);
  rf_free(stream);
  return status;
}

static rf_status make_segment(void *context, size_t i, unsigned worker, rf_error *err) {
  const maker *m = context;
  uint64_t first = (uint64_t)i * SEGMENT_CELLS, end = first + SEGMENT_CELLS;
  (void)worker;
  for (uint64_t k = first; k < end && k < m->cells->selection->count; k++) {
    rf_status status = make_cell(m, &m->segments[i], k, err);
    if (status != RF_OK)
      return rf_tiled_table_add_context(err, status, m->column, m->cells->column, m->e->types[m->cells->column],
                                        rf_row_at(m->cells->selection, k) / m->e->tile_rows);
  }
  return RF_OK;
}

/* Assigns places in the heap of the table, without gaps. */
static uint64_t describe(const maker *m, uint64_t *begins) {
  uint64_t begin = 0, offset = m->cells->offset, total = 0;
  for (uint64_t i = 0; i < m->cells->selection->count; i++) {
    uint64_t length = m->cells->lengths[i], bytes = 0;
    (void)rf_heap_cell_bytes(m->column, length, &bytes);
    m->made[(size_t)i] = (rf_tile_cell){length, length > 0 ? offset : 0, 0, 0};
    begins[(size_t)i] = begin;
    begin += m->cells->raw_bits ? bytes : length;
    offset += bytes;
    total += bytes;
  }
  return total;
}

/* Adds segments as blobs at the end of the heap. */
static rf_status place_segments(rf_tiled_table_edit *e, const maker *m, size_t count, rf_error *err) {
  rf_status status = RF_OK;
  for (size_t i = 0; i < count; i++) {
    segment *p = &m->segments[i];
    size_t blob = 0;
    if (status != RF_OK || p->n == 0) {
      rf_free(p->bytes);
      continue;
    }
    uint64_t at = e->heap;
    status = rf_tiled_table_edit_blob(e, p->bytes, p->n, true, &blob, err);
    for (size_t k = i * SEGMENT_CELLS; k < (i + 1) * SEGMENT_CELLS && k < m->cells->selection->count; k++)
      if (m->made[k].length > 0)
        m->made[k].at += at;
  }
  return status;
}

static rf_status encode_cells(rf_tiled_table_edit *e, maker *m, uint64_t *begins, rf_error *err) {
  size_t count = (size_t)((m->cells->selection->count + SEGMENT_CELLS - 1) / SEGMENT_CELLS);
  uint64_t total = describe(m, begins);
  m->segments = rf_alloc_zero(count, sizeof *m->segments);
  if (m->segments == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu cells", count * SEGMENT_CELLS);
  unsigned threads = rf_worth_threads(e->file->options.threads, count, 4 * total);
  rf_status status = rf_parallel(threads, count, make_segment, m, err);
  if (status == RF_OK) {
    status = place_segments(e, m, count, err);
  } else {
    for (size_t i = 0; i < count; i++)
      rf_free(m->segments[i].bytes);
  }
  rf_free(m->segments);
  return status;
}

/* ---- blocks of descriptors ---- */

/* Gets the block of tile `tile` in the future form of the column. */
static rf_status take_block(const rf_tiled_table_edit *e, size_t column, uint64_t tile, uint8_t *block, rf_error *err) {
  const rf_column *had = &e->z->plain->columns[column], *has = &e->table->columns[column];
  uint64_t rows = rf_tiled_table_edit_rows(e, tile);
  uint8_t *old;
  if (e->streams[(size_t)tile * e->table->info.ncols + column].n == 0)
    return RF_OK; /* of a table that is being created */
  RF_TRY(rf_tile_read(e->file, e->hdu, e->raw, e->z, tile, column, &old, NULL, err));
  for (uint64_t i = 0; i < rows; i++) {
    rf_tile_cell cell = rf_tile_block_get(had, old, rows, i);
    rf_tile_block_put(has, block, rows, i, &cell);
  }
  rf_free(old);
  return RF_OK;
}

/* Writes tile `tile`, whose selected rows are those of `part` (NULL: none). */
static rf_status write_block(rf_tiled_table_edit *e, const maker *m, const rf_table_tiles *tiles,
                             const rf_table_tile_part *part, uint64_t tile, rf_error *err) {
  uint64_t rows = rf_tiled_table_edit_rows(e, tile), size = 0;
  size_t bytes, n = 0, blob = 0, column = m->cells->column;
  uint8_t *stream = NULL;
  if (!rf_tiled_table_column_bytes(m->column, rows, &size) || !rf_to_size(size, &bytes))
    return rf_fail(err, RF_ERR_LIMIT, "%" PRIu64 " rows of a tile do not fit memory", rows);
  uint8_t *block = rf_alloc_zero(bytes, 1);
  if (block == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " descriptors", rows);
  rf_status status = take_block(e, column, tile, block, err);
  for (uint64_t k = 0; part != NULL && k < part->count && status == RF_OK; k++) {
    uint64_t position = rf_table_tiles_position(tiles, part->first + k);
    uint64_t row = rf_row_at(m->cells->selection, position) - tile * e->tile_rows;
    rf_tile_block_put(m->column, block, rows, row, &m->made[(size_t)position]);
    if (m->cells->fields != NULL)
      memcpy(block + (size_t)row * (size_t)m->column->info.bytes,
             m->cells->fields + (size_t)position * m->cells->stride, (size_t)m->column->info.bytes);
  }
  if (status == RF_OK)
    status = rf_tiled_table_encode(m->column, e->types[column], e->level, block, bytes, &stream, &n, err);
  rf_free(block);
  if (status == RF_OK)
    status = rf_tiled_table_edit_blob(e, stream, n, false, &blob, err);
  return status == RF_OK ? rf_tiled_table_edit_set(e, tile, column, blob, err) : status;
}

static rf_status write_blocks(rf_tiled_table_edit *e, const maker *m, rf_error *err) {
  rf_table_tiles tiles = {.z = e->z, .selection = m->cells->selection};
  uint64_t *order = NULL, next = 0;
  rf_table_tile_part part = {0};
  /* Wider descriptors concern all tiles. */
  bool all = m->column->info.descriptor != e->z->plain->columns[m->cells->column].info.descriptor;
  RF_TRY(rf_table_tiles_order(&tiles, &order, err));
  tiles.order = order;
  rf_status status = RF_OK;
  /* A negative step visits the tiles backwards: those between have nothing to write. */
  for (uint64_t first = 0; first < tiles.selection->count && status == RF_OK && !all; first += part.count) {
    rf_table_tiles_part(&tiles, first, &part);
    status = write_block(e, m, &tiles, &part, part.tile, err);
  }
  if (all) {
    bool *seen = rf_alloc_zero((size_t)e->ntiles + 1, sizeof *seen);
    if (seen == NULL)
      status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " tiles", e->ntiles);
    for (uint64_t first = 0; first < tiles.selection->count && status == RF_OK; first += part.count) {
      rf_table_tiles_part(&tiles, first, &part);
      seen[(size_t)part.tile] = true;
      status = write_block(e, m, &tiles, &part, part.tile, err);
    }
    for (; next < e->ntiles && status == RF_OK; next++)
      if (!seen[(size_t)next])
        status = write_block(e, m, &tiles, NULL, next, err);
    rf_free(seen);
  }
  rf_free(order);
  return status;
}

rf_status rf_tiled_table_edit_cells(rf_tiled_table_edit *e, const rf_tile_cells *cells, rf_error *err) {
  size_t count;
  maker m = {.e = e, .cells = cells, .column = &e->table->columns[cells->column]};
  uint64_t *begins = NULL;
  if (rf_to_size(cells->selection->count, &count) && count <= SIZE_MAX / sizeof *m.made) {
    m.made = rf_alloc_zero(count, sizeof *m.made);
    begins = rf_alloc_zero(count, sizeof *begins);
  }
  m.begins = begins;
  rf_status status;
  if (m.made == NULL || begins == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " cells", cells->selection->count);
  else
    status = encode_cells(e, &m, begins, err);
  if (status == RF_OK)
    status = write_blocks(e, &m, err);
  rf_free(m.made);
  rf_free(begins);
  return status;
}
