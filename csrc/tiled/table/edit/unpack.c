/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decompresses a table into another file, tile by tile, as cfitsio's funpack does: cells of variable length return to
 * their places.
 */
#include "tiled/table/edit/unpack.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "file/append.h"
#include "file/hdu.h"
#include "file/header.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"
#include "store/store.h"
#include "table/column/column.h"
#include "table/edit.h"
#include "table/heap/descriptor.h"
#include "table/rows/selection.h"
#include "table/table.h"
#include "tiled/table/cell.h"
#include "tiled/table/header.h"
#include "tiled/table/heap.h"
#include "tiled/table/read.h"
#include "tiled/table/table.h"
#include "tiled/table/tiles.h"

/* Bytes of cells that are decoded before they are written. */
#define GROUP_BYTES ((uint64_t)16 << 20)

typedef struct unpacker {
  rf_file *from;
  const rf_hdu *hdu;
  const rf_table *raw;
  const rf_tiled_table *z;
  rf_store *store; /* of the other file */
  uint64_t data;   /* of its data unit */
  uint8_t *bytes;  /* rows of a tile */
  rf_tile_cell *cells;
  uint64_t *rows;
} unpacker;

/* ---- rows ---- */

static rf_status scatter(void *context, size_t i, const rf_table_tile_part *part, const uint8_t *bytes, rf_error *err) {
  const unpacker *u = context;
  const rf_column_info *info = &u->z->plain->columns[i].info;
  size_t each = (size_t)info->bytes, row_bytes = (size_t)u->z->plain->info.row_bytes, rows = (size_t)part->count;
  uint8_t *dst = u->bytes + (size_t)info->offset;
  (void)err;
  for (size_t k = 0; k < rows; k++)
    memcpy(dst + k * row_bytes, bytes + k * each, each);
  return RF_OK;
}

static rf_status unpack_rows(const unpacker *u, const rf_row_selection *selection, const size_t *columns,
                             rf_error *err) {
  const rf_table_info *info = &u->z->plain->info;
  rf_table_tiles tiles = {.file = u->from,
                          .hdu = u->hdu,
                          .raw = u->raw,
                          .z = u->z,
                          .selection = selection,
                          .columns = columns,
                          .count = info->ncols,
                          .take = scatter,
                          .context = (void *)(uintptr_t)u};
  RF_TRY(rf_table_tiles_run(&tiles, err));
  return rf_store_write(u->store, u->data + selection->start * info->row_bytes, u->bytes,
                        (size_t)(selection->count * info->row_bytes), err);
}

/* ---- cells ---- */

typedef struct gather {
  uint8_t *bytes;
  const uint64_t *begins;
} gather;

static rf_status take_cell(void *context, size_t i, const uint8_t *bytes, size_t n, rf_error *err) {
  const gather *g = context;
  (void)err;
  memcpy(g->bytes + (size_t)g->begins[i], bytes, n);
  return RF_OK;
}

/* Writes `count` cells from number `first` on, `total` bytes of elements. */
static rf_status unpack_group(const unpacker *u, size_t column, size_t first, size_t count, uint64_t total,
                              uint64_t *begins, rf_error *err) {
  const rf_column *c = &u->z->plain->columns[column];
  const rf_tile_cell *cells = u->cells + first;
  gather g = {rf_alloc((size_t)total), begins};
  rf_tiled_heap heap = {.file = u->from,
                        .hdu = u->hdu,
                        .raw = u->raw,
                        .z = u->z,
                        .column = c,
                        .number = column,
                        .type = u->z->types[column],
                        .cells = cells,
                        .rows = u->rows + first,
                        .count = count,
                        .take = take_cell,
                        .context = &g};
  uint64_t at = 0, bytes = 0, heap_at = u->data + u->z->plain->info.heap_offset;
  if (g.bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " bytes of cells", total);
  for (size_t i = 0; i < count; i++) {
    begins[i] = at;
    (void)rf_heap_cell_bytes(c, cells[i].length, &bytes);
    at += bytes;
  }
  rf_status status = rf_tiled_heap_run(&heap, err);
  /* Cells that are side by side are written at once. */
  for (size_t i = 0, n; i < count && status == RF_OK; i += n) {
    uint64_t end = cells[i].offset, begin = begins[i];
    for (n = 0; i + n < count && (n == 0 || cells[i + n].length == 0 || cells[i + n].offset == end); n++) {
      (void)rf_heap_cell_bytes(c, cells[i + n].length, &bytes);
      end += bytes;
    }
    uint64_t stop = i + n < count ? begins[i + n] : total;
    if (stop > begin && cells[i].length > 0)
      status =
          rf_store_write(u->store, heap_at + cells[i].offset, g.bytes + (size_t)begin, (size_t)(stop - begin), err);
    else if (stop > begin)
      n = 1; /* the first cell is empty: begin with the next */
  }
  rf_free(g.bytes);
  return status;
}

static rf_status unpack_column(const unpacker *u, size_t column, const rf_row_selection *selection, uint64_t *begins,
                               rf_error *err) {
  const rf_column *c = &u->z->plain->columns[column];
  size_t count = (size_t)selection->count;
  RF_TRY(rf_tiled_table_read_cells(u->from, u->hdu, u->raw, u->z, column, selection, u->cells, err));
  for (size_t first = 0, n; first < count; first += n) {
    uint64_t total = 0, bytes = 0;
    for (n = 0; first + n < count; n++) {
      (void)rf_heap_cell_bytes(c, u->cells[first + n].length, &bytes);
      if (n > 0 && total + bytes > GROUP_BYTES)
        break;
      total += bytes;
    }
    if (total > 0)
      RF_TRY(unpack_group(u, column, first, n, total, begins, err));
  }
  return RF_OK;
}

/* ---- tiles ---- */

static rf_status unpack_tiles(unpacker *u, const size_t *columns, uint64_t *begins, rf_error *err) {
  const rf_table_info *info = &u->z->plain->info;
  for (uint64_t tile = 0; tile < u->z->ntiles; tile++) {
    uint64_t first = tile * u->z->tile_rows, n = rf_tiled_table_rows(u->z, tile);
    rf_row_selection selection = {.count = n, .start = first, .step = 1, .low = first, .high = first + n - 1};
    RF_TRY(unpack_rows(u, &selection, columns, err));
    for (uint64_t i = 0; i < n; i++)
      u->rows[(size_t)i] = first + i;
    for (size_t i = 0; i < info->ncols; i++)
      if (u->z->plain->columns[i].info.descriptor != 0 && u->z->plain->columns[i].info.bytes > 0)
        RF_TRY(unpack_column(u, i, &selection, begins, err));
  }
  return RF_OK;
}

static rf_status unpack_all(unpacker *u, rf_error *err) {
  const rf_table_info *info = &u->z->plain->info;
  uint64_t most = u->z->tile_rows < info->nrows ? u->z->tile_rows : info->nrows, bytes;
  size_t room, count, columns[RF_MAX_COLUMNS];
  if (info->row_bytes == 0)
    return RF_OK;
  if (!rf_mul_u64(most, info->row_bytes, &bytes) || !rf_tiled_table_believable(u->raw->info.heap_bytes, bytes) ||
      !rf_to_size(bytes, &room) || !rf_to_size(most, &count))
    return rf_fail(err, RF_ERR_FORMAT, "a tile of %" PRIu64 " rows of %" PRIu64 " bytes is more than the heap can hold",
                   most, info->row_bytes);
  for (size_t i = 0; i < info->ncols; i++)
    columns[i] = i;
  u->bytes = rf_alloc(room);
  u->cells = rf_alloc_zero(count, sizeof *u->cells);
  u->rows = rf_alloc_zero(count, sizeof *u->rows);
  uint64_t *begins = rf_alloc_zero(count, sizeof *begins);
  rf_status status;
  if (u->bytes == NULL || u->cells == NULL || u->rows == NULL || begins == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate a tile of %zu bytes", room);
  else
    status = unpack_tiles(u, columns, begins, err);
  rf_free(u->bytes);
  rf_free(u->cells);
  rf_free(u->rows);
  rf_free(begins);
  return status;
}

/* ---- the HDU ---- */

static rf_status append_hdu(rf_file *to, const rf_header *plain, uint64_t spare, size_t count, size_t *index,
                            rf_error *err) {
  if (count == 0)
    RF_TRY(rf_file_append_primary(to, err));
  RF_TRY(rf_file_append_begin_locked(to, plain, rf_header_get_file_bytes(plain, 0) + spare, index, err));
  return rf_file_append_reserve_locked(to, err);
}

static rf_status check_size(const unpacker *u, const rf_header *plain, rf_error *err) {
  rf_hdu hdu;
  RF_TRY(rf_hdu_parse(u->from->kinds, rf_header_get_cards(plain), rf_header_get_count(plain), false, &hdu, err));
  uint64_t bytes = hdu.data_bytes, limit = u->from->limits.inflate_bytes;
  rf_hdu_clear(&hdu);
  if (bytes <= limit)
    return RF_OK;
  return rf_fail(err, RF_ERR_LIMIT,
                 "the table has %" PRIu64 " bytes when it is decompressed, and the limit is %" PRIu64, bytes, limit);
}

rf_status rf_tiled_table_unpack(rf_file *from, rf_hdu *hdu, rf_file *to, const rf_packing *how, size_t *new_index,
                                bool *written, rf_error *err) {
  unpacker u = {.from = from, .store = to->store};
  rf_hdu *made = NULL;
  const rf_header *header;
  rf_header *plain;
  size_t count = 0;
  (void)how;
  (void)written; /* the caller discards the new HDU after a failure */
  RF_TRY(rf_tiled_table_get(from, hdu, &u.raw, &u.z, err));
  u.hdu = hdu;
  RF_TRY(rf_file_header_locked(from, hdu, &header, err));
  RF_TRY(rf_file_scan_locked(to, &count, err));
  RF_TRY(rf_tiled_table_plain_header(header, &plain, err));
  rf_status status = check_size(&u, plain, err);
  if (status == RF_OK)
    status = append_hdu(to, plain, rf_hdu_spare_bytes(hdu, header), count, new_index, err);
  rf_header_free(plain);
  if (status != RF_OK)
    return status;
  status = rf_file_hdu_locked(to, *new_index, &made, err);
  if (status == RF_OK) {
    u.data = made->data_offset;
    status = unpack_all(&u, err);
  }
  return status;
}
