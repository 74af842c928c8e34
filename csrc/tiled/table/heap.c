/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads cells of variable length from compressed tables (FITS 10.3.4): fetches many at a time and decodes them on
 * several threads.
 */
#include "tiled/table/heap.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "file/hdu.h"
#include "store/store.h"
#include "table/heap/descriptor.h"
#include "table/rows/selection.h"
#include "table/table.h"
#include "tiled/table/cell.h"
#include "tiled/table/read.h"
#include "tiled/table/table.h"

#define BATCH_BYTES ((uint64_t)16 << 20)
#define MAX_CELLS ((size_t)1 << 16)
/* Cells that a thread takes at a time. */
#define SEGMENT_CELLS ((size_t)64)

typedef struct cell_batch {
  rf_tiled_heap *heap;
  const uint8_t **streams;
  size_t first;
  size_t count;
} cell_batch;

static rf_status decode_cell(const rf_tiled_heap *heap, size_t i, const uint8_t *stream, rf_error *err) {
  const rf_tile_cell *cell = &heap->cells[i];
  uint64_t bytes = 0;
  (void)rf_heap_cell_bytes(heap->column, cell->length, &bytes); /* was checked */
  uint8_t *room = rf_alloc((size_t)bytes);
  if (room == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a cell of %" PRIu64 " bytes", bytes);
  rf_status status =
      rf_tiled_table_decode_cell(heap->column, heap->type, stream, (size_t)cell->bytes, room, (size_t)bytes, err);
  if (status == RF_OK)
    status = heap->take(heap->context, i, room, (size_t)bytes, err);
  else
    status = rf_tiled_table_add_context(err, status, heap->column, heap->number, heap->type,
                                        heap->rows[i] / heap->z->tile_rows);
  rf_free(room);
  return status;
}

static rf_status run_segment(void *context, size_t segment, unsigned worker, rf_error *err) {
  const cell_batch *b = context;
  size_t end = (segment + 1) * SEGMENT_CELLS;
  (void)worker;
  for (size_t i = segment * SEGMENT_CELLS; i < b->count && i < end; i++)
    if (b->heap->cells[b->first + i].length > 0)
      RF_TRY(decode_cell(b->heap, b->first + i, b->streams[i], err));
  return RF_OK;
}

static rf_status fetch(const cell_batch *b, uint64_t total, uint8_t **room, rf_error *err) {
  const rf_tiled_heap *heap = b->heap;
  uint64_t origin = heap->hdu->data_offset + heap->raw->info.heap_offset;
  size_t n = 0, at = 0;
  bool peeked = true;
  for (size_t i = 0; i < b->count && peeked; i++) {
    const rf_tile_cell *cell = &heap->cells[b->first + i];
    if (cell->length > 0 && cell->bytes > 0)
      peeked = rf_store_peek(heap->file->store, origin + cell->at, (size_t)cell->bytes, &b->streams[i], NULL) == RF_OK;
    else
      b->streams[i] = (const uint8_t *)"";
  }
  if (peeked)
    return RF_OK;
  *room = rf_alloc((size_t)total);
  rf_read_range *ranges = rf_alloc(b->count * sizeof *ranges);
  if (*room == NULL || ranges == NULL) {
    rf_free(ranges);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " bytes of cells", total);
  }
  for (size_t i = 0; i < b->count; i++) {
    const rf_tile_cell *cell = &heap->cells[b->first + i];
    rf_read_range *last = n > 0 ? &ranges[n - 1] : NULL;
    b->streams[i] = *room + at;
    if (cell->length == 0 || cell->bytes == 0)
      continue;
    if (last != NULL && last->offset + last->length == origin + cell->at)
      last->length += (size_t)cell->bytes;
    else
      ranges[n++] = (rf_read_range){origin + cell->at, (size_t)cell->bytes, *room + at};
    at += (size_t)cell->bytes;
  }
  rf_status status = rf_store_read_many(heap->file->store, ranges, n, err);
  rf_free(ranges);
  return status;
}

static rf_status run_batch(cell_batch *b, uint64_t streams, uint64_t made, rf_error *err) {
  uint8_t *room = NULL;
  size_t segments = (b->count + SEGMENT_CELLS - 1) / SEGMENT_CELLS;
  rf_status status = fetch(b, streams, &room, err);
  if (status == RF_OK)
    status =
        rf_parallel(rf_worth_threads(b->heap->file->options.threads, segments, made), segments, run_segment, b, err);
  rf_free(room);
  return status;
}

rf_status rf_tiled_heap_run(rf_tiled_heap *heap, rf_error *err) {
  size_t most = heap->count < MAX_CELLS ? heap->count : MAX_CELLS;
  cell_batch b = {.heap = heap};
  rf_status status = RF_OK;
  if (heap->count == 0)
    return RF_OK;
  b.streams = rf_alloc(most * sizeof *b.streams);
  if (b.streams == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu cells", most);
  while (b.first < heap->count && status == RF_OK) {
    uint64_t streams = 0, made = 0;
    for (b.count = 0; b.count < most && b.first + b.count < heap->count; b.count++) {
      const rf_tile_cell *cell = &heap->cells[b.first + b.count];
      uint64_t bytes = 0, packed = cell->length > 0 ? cell->bytes : 0;
      if (b.count > 0 && streams + packed > BATCH_BYTES)
        break;
      (void)rf_heap_cell_bytes(heap->column, cell->length, &bytes);
      streams += packed;
      made += bytes;
    }
    status = run_batch(&b, streams, made, err);
    b.first += b.count;
  }
  rf_free(b.streams);
  return status;
}

/* ---- cells by row ---- */

rf_status rf_tiled_table_find_cells(rf_file *file, const rf_hdu *hdu, const rf_table *raw, const rf_tiled_table *z,
                                    size_t column, const uint64_t *lengths, const uint64_t *rows, size_t count,
                                    rf_tile_cell *cells, rf_error *err) {
  size_t n = 0;
  uint64_t *listed = rf_alloc(count * sizeof *listed);
  rf_tile_cell *found = rf_alloc_zero(count, sizeof *found);
  rf_status status = RF_OK;
  if (listed == NULL || found == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu cells", count);
  for (size_t i = 0; i < count && status == RF_OK; i++) {
    if (lengths[i] == 0)
      continue;
    if (rows[i] >= z->plain->info.nrows)
      status =
          rf_fail(err, RF_ERR_RANGE, "expected a row below %" PRIu64 ", found %" PRIu64, z->plain->info.nrows, rows[i]);
    listed[n++] = rows[i];
  }
  rf_row_selection selection = {.count = n, .step = 1, .indices = listed};
  if (status == RF_OK)
    status = rf_tiled_table_read_cells(file, hdu, raw, z, column, &selection, found, err);
  for (size_t i = 0, k = 0; i < count && status == RF_OK; i++) {
    cells[i] = lengths[i] > 0 ? found[k++] : (rf_tile_cell){0};
    if (cells[i].length != lengths[i])
      status = rf_fail(err, RF_ERR_RANGE, "cell %zu of %zu: row %" PRIu64 " has %" PRIu64 " elements, not %" PRIu64, i,
                       count, rows[i], cells[i].length, lengths[i]);
  }
  rf_free(listed);
  rf_free(found);
  return status;
}
