/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compresses a binary table into another file, tile by tile, as cfitsio's fpack does.
 */
#include "tiled/table/edit/pack.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "file/hdu.h"
#include "file/header.h"
#include "store/store.h"
#include "table/column/column.h"
#include "table/edit.h"
#include "table/heap/descriptor.h"
#include "table/ops.h"
#include "table/read.h"
#include "table/rows/selection.h"
#include "table/table.h"
#include "tiled/table/cell.h"
#include "tiled/table/edit/cells.h"
#include "tiled/table/edit/create.h"
#include "tiled/table/edit/edit.h"
#include "tiled/table/table.h"
#include "file/scan/scan.h"

/* Bytes of streams in memory before they are written. */
#define GROUP_BYTES ((size_t)64 << 20)

typedef struct packer {
  rf_file *from;
  rf_hdu *hdu;
  const rf_table *table;
  rf_tiled_table_edit *e;
  uint64_t tile_rows;
  uint64_t ntiles;
  uint64_t tile;  /* the present tile */
  uint64_t rows;  /* its number of rows */
  uint8_t *bytes; /* its rows */
  uint8_t **streams;
  size_t *sizes;
} packer;

/* ---- columns in the rows ---- */

static rf_status pack_column(void *context, size_t i, unsigned worker, rf_error *err) {
  packer *p = context;
  const rf_column *column = &p->table->columns[i];
  size_t each = (size_t)column->info.bytes, row_bytes = (size_t)p->table->info.row_bytes, rows = (size_t)p->rows;
  (void)worker;
  if (column->info.descriptor != 0 || each == 0)
    return RF_OK;
  uint8_t *fields = rf_alloc(rows * each);
  if (fields == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu fields of %zu bytes", rows, each);
  const uint8_t *src = p->bytes + (size_t)column->info.offset;
  for (size_t k = 0; k < rows; k++)
    memcpy(fields + k * each, src + k * row_bytes, each);
  rf_status status = rf_tiled_table_encode(column, p->e->types[i], p->e->level, fields, rows * each, &p->streams[i],
                                           &p->sizes[i], err);
  rf_free(fields);
  return status == RF_OK ? RF_OK : rf_tiled_table_add_context(err, status, column, i, p->e->types[i], p->tile);
}

static rf_status pack_fields(packer *p, rf_error *err) {
  size_t ncols = p->table->info.ncols;
  memset(p->streams, 0, ncols * sizeof *p->streams);
  unsigned threads = rf_worth_threads(p->from->options.threads, ncols, 4 * p->rows * p->table->info.row_bytes);
  rf_status status = rf_parallel(threads, ncols, pack_column, p, err);
  for (size_t i = 0; i < ncols; i++) {
    size_t blob = 0;
    if (p->streams[i] == NULL)
      continue;
    if (status != RF_OK) {
      rf_free(p->streams[i]);
      continue;
    }
    status = rf_tiled_table_edit_blob(p->e, p->streams[i], p->sizes[i], true, &blob, err);
    if (status == RF_OK)
      status = rf_tiled_table_edit_set(p->e, p->tile, i, blob, err);
  }
  return status;
}

/* ---- columns in the heap ---- */

typedef struct cell_source {
  packer *p;
  const rf_column *column;
  const uint64_t *offsets;
} cell_source;

static rf_status read_cell(void *context, uint64_t i, uint64_t begin, uint8_t *out, rf_error *err) {
  const cell_source *s = context;
  const rf_table_info *info = &s->p->table->info;
  uint64_t length, offset, bytes = 0;
  const uint8_t *field = s->p->bytes + (size_t)i * (size_t)info->row_bytes + (size_t)s->column->info.offset;
  (void)begin;
  (void)rf_descriptor_get(s->p->table, s->column, field, &length, &offset); /* checked with the lengths */
  (void)rf_heap_cell_bytes(s->column, length, &bytes);
  return rf_store_read(s->p->from->store, s->p->hdu->data_offset + info->heap_offset + offset, out, (size_t)bytes, err);
}

static rf_status pack_cells(packer *p, size_t number, uint64_t *lengths, rf_error *err) {
  const rf_column *column = &p->table->columns[number];
  size_t row_bytes = (size_t)p->table->info.row_bytes;
  uint64_t first = p->tile * p->tile_rows;
  const uint8_t *fields = p->bytes + (size_t)column->info.offset;
  for (size_t i = 0; i < p->rows; i++) {
    uint64_t offset;
    if (rf_descriptor_get(p->table, column, fields + i * row_bytes, &lengths[i], &offset))
      continue;
    rf_status status = rf_fail(err, RF_ERR_FORMAT,
                               "the descriptor says %" PRIu64 " elements (form %c) at offset %" PRIu64
                               " of the heap, which has %" PRIu64 " bytes",
                               lengths[i], column->info.letter, offset, p->table->info.heap_bytes);
    return rf_table_add_context(err, status, column, number, (int64_t)(first + i));
  }
  rf_row_selection selection = {.count = p->rows, .start = first, .step = 1, .low = first, .high = first + p->rows - 1};
  cell_source source = {p, column, NULL};
  rf_tile_cells cells = {.column = number,
                         .selection = &selection,
                         .lengths = lengths,
                         .make = read_cell,
                         .context = &source,
                         .fields = fields,
                         .stride = row_bytes};
  return rf_tiled_table_edit_cells(p->e, &cells, err);
}

static rf_status pack_heap(packer *p, rf_error *err) {
  uint64_t *lengths = NULL;
  rf_status status = RF_OK;
  for (size_t i = 0; i < p->table->info.ncols && status == RF_OK; i++) {
    if (p->table->columns[i].info.descriptor == 0 || p->table->columns[i].info.bytes == 0)
      continue;
    if (lengths == NULL)
      lengths = rf_alloc_zero((size_t)p->rows, sizeof *lengths);
    status = lengths != NULL ? pack_cells(p, i, lengths, err)
                             : rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " lengths", p->rows);
  }
  rf_free(lengths);
  return status;
}

/* ---- tiles ---- */

static rf_status pack_tile(packer *p, rf_error *err) {
  uint64_t row_bytes = p->table->info.row_bytes;
  uint64_t first = p->tile * p->tile_rows, left = p->table->info.nrows - first;
  p->rows = left < p->tile_rows ? left : p->tile_rows;
  RF_TRY(rf_store_read(p->from->store, p->hdu->data_offset + first * row_bytes, p->bytes, (size_t)(p->rows * row_bytes),
                       err));
  RF_TRY(pack_fields(p, err));
  return pack_heap(p, err);
}

/* Checks that the header of the new table describes the rows of the source: all sizes here are those of the source. */
static rf_status check_layout(const packer *p, rf_error *err) {
  const rf_table *had = p->table, *has = p->e->table;
  bool same = had->info.nrows == has->info.nrows && had->info.row_bytes == has->info.row_bytes &&
              had->info.ncols == has->info.ncols && had->info.heap_offset == has->info.heap_offset &&
              had->info.heap_bytes == has->info.heap_bytes && p->e->tile_rows == p->tile_rows &&
              p->e->ntiles == p->ntiles;
  for (size_t i = 0; same && i < had->info.ncols; i++) {
    const rf_column_info *x = &had->columns[i].info, *y = &has->columns[i].info;
    same = x->offset == y->offset && x->bytes == y->bytes && x->letter == y->letter && x->descriptor == y->descriptor;
  }
  if (same)
    return RF_OK;
  return rf_fail(err, RF_ERR_FORMAT, "the header of the compressed table would describe other rows than the table has");
}

/* Returns the number of tiles whose streams fit memory. */
static rf_status pack_group(packer *p, rf_file *to, size_t index, uint64_t *next, bool *written, rf_error *err) {
  rf_tiled_table_edit e;
  size_t bytes = 0, counted = 0;
  rf_status status = rf_tiled_table_edit_begin(&e, to, index, err);
  p->e = &e;
  if (status == RF_OK)
    status = check_layout(p, err);
  while (status == RF_OK && *next < p->ntiles && bytes < GROUP_BYTES) {
    p->tile = (*next)++;
    status = pack_tile(p, err);
    for (; counted < e.blob_count; counted++)
      bytes += e.blobs[counted].n;
  }
  if (status == RF_OK)
    status = rf_tiled_table_edit_commit(&e, written, err);
  rf_tiled_table_edit_end(&e);
  return status;
}

static rf_status pack_rows(packer *p, rf_file *to, size_t index, bool *written, rf_error *err) {
  const rf_tiled_table *z = NULL;
  rf_hdu *made;
  size_t ncols = p->table->info.ncols, room;
  RF_TRY(rf_file_hdu_locked(to, index, &made, err));
  RF_TRY(rf_tiled_table_get(to, made, NULL, &z, err));
  uint64_t nrows = p->table->info.nrows, bytes = z->tile_rows < nrows ? z->tile_rows : nrows, next = 0;
  p->tile_rows = z->tile_rows;
  p->ntiles = rf_tiled_table_tiles(nrows, z->tile_rows);
  if (!rf_mul_u64(bytes, p->table->info.row_bytes, &bytes) || !rf_to_size(bytes, &room))
    return rf_fail(err, RF_ERR_MEMORY, "a tile of %" PRIu64 " rows does not fit memory", z->tile_rows);
  p->bytes = rf_alloc(room);
  p->streams = rf_alloc_zero(ncols + 1, sizeof *p->streams);
  p->sizes = rf_alloc_zero(ncols + 1, sizeof *p->sizes);
  rf_status status = RF_OK;
  if (p->bytes == NULL || p->streams == NULL || p->sizes == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate a tile of %zu bytes", room);
  while (next < p->ntiles && status == RF_OK)
    status = pack_group(p, to, index, &next, written, err);
  rf_free(p->bytes);
  rf_free(p->streams);
  rf_free(p->sizes);
  return status;
}

static rf_status take_source(packer *p, size_t index, rf_error *err) {
  uint64_t size;
  RF_TRY(rf_table_locked(p->from, index, &p->hdu, &p->table, err));
  const rf_hdu *hdu = p->hdu;
  if (hdu->gcount != 1)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "a table with GCOUNT = %" PRId64 " cannot be compressed", hdu->gcount);
  RF_TRY(rf_store_size(p->from->store, &size, err));
  if (size < hdu->data_offset + hdu->data_bytes)
    return rf_table_add_truncation(p->from, p->table, hdu, err);
  return RF_OK;
}

rf_status rf_tiled_table_pack(rf_file *from, rf_hdu *hdu, rf_file *to, const rf_packing *how, size_t *new_index,
                              bool *written, rf_error *err) {
  packer p = {.from = from};
  const rf_header *header;
  RF_TRY(take_source(&p, hdu->index, err));
  RF_TRY(rf_file_header_locked(from, p.hdu, &header, err));
  RF_TRY(rf_tiled_table_append_hdu(to, header, how->table, rf_hdu_spare_bytes(p.hdu, header), new_index, err));
  return pack_rows(&p, to, *new_index, written, err);
}
