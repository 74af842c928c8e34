/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An edit of a compressed table. A new stream takes the place of the stream it replaces where it fits and no other
 * descriptor points there. Other streams are appended to the heap. Descriptors and header follow in one step.
 */
#include "tiled/table/edit/edit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "file/hdu.h"
#include "file/header.h"
#include "file/layout.h"
#include "file/scan/scan.h"
#include "store/store.h"
#include "table/column/column.h"
#include "table/edit.h"
#include "table/heap/descriptor.h"
#include "table/table.h"
#include "tiled/session.h"
#include "tiled/table/header.h"
#include "tiled/table/table.h"

#define PAIR_BYTES ((uint64_t)16)
/* A heap larger than this moves by as many bytes as the descriptors have when new tiles are added, so that later ones
 * find room. */
#define SMALL_HEAP ((uint64_t)64 << 10)

/* ---- beginning ---- */

static rf_status make_table(rf_tiled_table_edit *e, rf_error *err) {
  rf_hdu hdu;
  RF_TRY(rf_hdu_parse(e->file->kinds, rf_header_get_cards(e->plain), rf_header_get_count(e->plain), false, &hdu, err));
  rf_free(e->table);
  e->table = NULL;
  rf_status status = rf_table_make(&hdu, e->plain, &e->table, err);
  rf_hdu_clear(&hdu);
  if (status == RF_OK)
    e->ntiles = rf_tiled_table_tiles(e->table->info.nrows, e->tile_rows);
  return status;
}

static rf_status stream_room(uint64_t ntiles, size_t ncols, rf_tile_stream **streams, rf_error *err) {
  uint64_t count;
  size_t n;
  *streams = NULL;
  if (rf_mul_u64(ntiles, ncols, &count) && rf_to_size(count, &n))
    *streams = rf_alloc_zero(n > 0 ? n : 1, sizeof **streams);
  if (*streams == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the descriptors of %" PRIu64 " tiles", ntiles);
  return RF_OK;
}

static rf_status take_streams(rf_tiled_table_edit *e, const uint8_t *row, uint64_t tile, rf_error *err) {
  size_t ncols = e->raw->info.ncols;
  for (size_t i = 0; i < ncols; i++) {
    const rf_column *packed = &e->raw->columns[i];
    rf_tile_stream *stream = &e->streams[(size_t)tile * ncols + i];
    if (rf_descriptor_get(e->raw, packed, row + (size_t)packed->info.offset, &stream->n, &stream->at))
      continue;
    rf_status status =
        rf_fail(err, RF_ERR_FORMAT,
                "the descriptor says %" PRIu64 " bytes at offset %" PRIu64 " of the heap, which has %" PRIu64,
                stream->n, stream->at, e->raw->info.heap_bytes);
    return rf_tiled_table_add_context(err, status, packed, i, e->types[i], tile);
  }
  return RF_OK;
}

static rf_status read_streams(rf_tiled_table_edit *e, rf_error *err) {
  uint64_t row_bytes = e->raw->info.row_bytes, most = RF_TABLE_PIECE / (row_bytes + 1) + 1, size;
  if (e->ntiles == 0 || row_bytes == 0)
    return stream_room(e->ntiles, e->raw->info.ncols, &e->streams, err);
  RF_TRY(rf_store_size(e->file->store, &size, err));
  if (!e->hdu->unpublished && e->hdu->data_offset + e->hdu->data_bytes > size)
    return rf_fail(err, RF_ERR_TRUNCATED, "the data unit is cut short: %" PRIu64 " bytes are missing",
                   e->hdu->data_offset + e->hdu->data_bytes - size);
  RF_TRY(stream_room(e->ntiles, e->raw->info.ncols, &e->streams, err));
  most = most < e->ntiles ? most : e->ntiles;
  uint8_t *rows = rf_alloc((size_t)(most * row_bytes));
  if (rows == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate descriptors of %" PRIu64 " bytes", row_bytes);
  rf_status status = RF_OK;
  for (uint64_t first = 0; first < e->ntiles && status == RF_OK; first += most) {
    uint64_t n = e->ntiles - first < most ? e->ntiles - first : most;
    status = rf_store_read(e->file->store, e->hdu->data_offset + first * row_bytes, rows, (size_t)(n * row_bytes), err);
    for (uint64_t i = 0; i < n && status == RF_OK; i++)
      status = take_streams(e, rows + (size_t)(i * row_bytes), first + i, err);
  }
  rf_free(rows);
  return status;
}

rf_status rf_tiled_table_edit_begin(rf_tiled_table_edit *e, rf_file *file, size_t index, rf_error *err) {
  const rf_header *header;
  rf_tiled_session *session;
  memset(e, 0, sizeof *e);
  e->file = file;
  e->index = index;
  RF_TRY(rf_file_hdu_locked(file, index, &e->hdu, err));
  RF_TRY(rf_tiled_table_get(file, e->hdu, &e->raw, &e->z, err));
  if (e->hdu->gcount != 1)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "a table with GCOUNT = %" PRId64 " cannot be changed", e->hdu->gcount);
  uint64_t rows = e->raw->info.nrows * e->raw->info.row_bytes; /* a part of data_bytes */
  if (e->raw->info.heap_offset < rows)
    return rf_fail(err, RF_ERR_FORMAT, "THEAP = %" PRIu64 " lies within the descriptors, which take %" PRIu64 " bytes",
                   e->raw->info.heap_offset, rows);
  e->gap = e->raw->info.heap_offset - rows;
  e->heap = e->raw->info.heap_bytes;
  e->tile_rows = e->z->tile_rows;
  RF_TRY(rf_tiled_session_get(file, e->hdu, &session, err));
  e->level = session->state.level;
  RF_TRY(rf_file_header_locked(file, e->hdu, &header, err));
  RF_TRY(rf_tiled_table_plain_header(header, &e->plain, err));
  RF_TRY(make_table(e, err));
  e->types = rf_alloc_zero(RF_MAX_COLUMNS, sizeof *e->types);
  if (e->types == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %d columns", RF_MAX_COLUMNS);
  memcpy(e->types, e->z->types, e->table->info.ncols * sizeof *e->types);
  for (size_t i = 0; i < e->table->info.ncols; i++)
    if (rf_zcmptype_get_name(e->types[i]) == NULL)
      return rf_fail(err, RF_ERR_UNSUPPORTED, "column %zu '%.80s': ZCTYP%zu is an unknown codec", i + 1,
                     e->table->columns[i].info.name, i + 1);
  return read_streams(e, err);
}

void rf_tiled_table_edit_end(rf_tiled_table_edit *e) {
  for (size_t i = 0; i < e->blob_count; i++)
    rf_free(e->blobs[i].bytes);
  rf_free(e->blobs);
  rf_free(e->freed);
  rf_free(e->streams);
  rf_free(e->types);
  rf_free(e->table);
  rf_header_free(e->plain);
  memset(e, 0, sizeof *e);
}

/* ---- changing ---- */

static rf_status add_freed(rf_tiled_table_edit *e, const rf_tile_stream *stream, size_t blob, rf_error *err) {
  if (stream->blob != 0 || stream->n == 0)
    return RF_OK;
  RF_TRY(RF_ARRAY_GROW(e->freed, e->freed_room, e->freed_count + 1, "a list of streams", err));
  e->freed[e->freed_count++] = (rf_tile_freed){stream->at, stream->n, blob, false};
  return RF_OK;
}

rf_status rf_tiled_table_edit_refresh(rf_tiled_table_edit *e, const size_t *from, rf_error *err) {
  rf_tile_stream *streams;
  uint64_t old_tiles = e->ntiles;
  size_t old_cols = e->table->info.ncols;
  RF_TRY(make_table(e, err));
  size_t ncols = e->table->info.ncols;
  RF_TRY(stream_room(e->ntiles, ncols, &streams, err));
  rf_status status = RF_OK;
  for (uint64_t t = 0; t < e->ntiles && t < old_tiles; t++)
    for (size_t i = 0; i < ncols; i++) {
      size_t old = from != NULL ? from[i] : i;
      if (old < old_cols)
        streams[(size_t)t * ncols + i] = e->streams[(size_t)t * old_cols + old];
    }
  for (uint64_t t = e->ntiles; t < old_tiles && status == RF_OK; t++)
    for (size_t i = 0; i < old_cols && status == RF_OK; i++)
      status = add_freed(e, &e->streams[(size_t)t * old_cols + i], 0, err);
  rf_free(e->streams);
  e->streams = streams;
  return status;
}

rf_status rf_tiled_table_edit_blob(rf_tiled_table_edit *e, uint8_t *bytes, size_t n, bool place, size_t *blob,
                                   rf_error *err) {
  uint64_t end;
  rf_status status = RF_ARRAY_GROW(e->blobs, e->blob_room, e->blob_count + 1, "a list of streams", err);
  if (status != RF_OK) {
    rf_free(bytes);
    return status;
  }
  e->blobs[e->blob_count++] = (rf_tile_blob){bytes, n, e->heap, place};
  *blob = e->blob_count;
  if (!place)
    return RF_OK;
  if (!rf_add_u64(e->heap, n, &end) || end > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the heap would have more than 2^63 - 1 bytes");
  e->heap = end;
  return RF_OK;
}

rf_status rf_tiled_table_edit_set(rf_tiled_table_edit *e, uint64_t tile, size_t column, size_t blob, rf_error *err) {
  rf_tile_stream *stream = &e->streams[(size_t)tile * e->table->info.ncols + column];
  RF_TRY(add_freed(e, stream, blob, err));
  *stream = (rf_tile_stream){e->blobs[blob - 1].n, 0, blob};
  return RF_OK;
}

/* ---- places in the heap ---- */

static int by_place(const void *a, const void *b) {
  const rf_tile_freed *x = a, *y = b;
  if (x->at != y->at)
    return x->at < y->at ? -1 : 1;
  return x->n < y->n ? -1 : x->n > y->n;
}

static bool has_cells(const rf_table *table) {
  for (size_t i = 0; i < table->info.ncols; i++)
    if (table->columns[i].info.descriptor != 0)
      return true;
  return false;
}

/* Keeps the parts that overlap no other one. `freed` is sorted. */
static void drop_overlapping(rf_tiled_table_edit *e) {
  size_t longest = 0, kept = 0; /* the one with the largest end */
  for (size_t i = 1; i < e->freed_count; i++) {
    if (e->freed[longest].at + e->freed[longest].n > e->freed[i].at)
      e->freed[longest].shared = e->freed[i].shared = true;
    if (e->freed[longest].at + e->freed[longest].n < e->freed[i].at + e->freed[i].n)
      longest = i;
  }
  for (size_t i = 0; i < e->freed_count; i++)
    if (!e->freed[i].shared)
      e->freed[kept++] = e->freed[i];
  e->freed_count = kept;
}

/* Marks the parts that remaining streams share. They are sorted and do not overlap. */
static void mark_shared(rf_tiled_table_edit *e) {
  size_t count = (size_t)e->ntiles * e->table->info.ncols;
  for (size_t s = 0; s < count; s++) {
    const rf_tile_stream *stream = &e->streams[s];
    if (stream->blob != 0 || stream->n == 0)
      continue;
    /* The first part that begins after the stream. */
    size_t low = 0, high = e->freed_count;
    while (low < high) {
      size_t middle = low + (high - low) / 2;
      if (e->freed[middle].at < stream->at + stream->n)
        low = middle + 1;
      else
        high = middle;
    }
    for (; low > 0 && e->freed[low - 1].at + e->freed[low - 1].n > stream->at; low--)
      e->freed[low - 1].shared = true;
  }
}

/* The places of cells of variable length are in blocks that are not read here. Where a table has any, no bytes are used
 * again; rf_table_repack() frees them. */
static void reuse(rf_tiled_table_edit *e) {
  if (e->freed_count == 0 || has_cells(e->z->plain) || has_cells(e->table))
    return;
  qsort(e->freed, e->freed_count, sizeof *e->freed, by_place);
  drop_overlapping(e);
  mark_shared(e);
  size_t last = e->freed_count;
  for (; last > 0; last--) {
    const rf_tile_freed *f = &e->freed[last - 1];
    if (f->shared || f->at + f->n != e->heap)
      break;
    e->heap = f->at;
  }
  for (size_t i = 0; i < last; i++) {
    const rf_tile_freed *f = &e->freed[i];
    rf_tile_blob *blob = f->blob != 0 ? &e->blobs[f->blob - 1] : NULL;
    if (blob == NULL || f->shared || blob->placed || blob->n > f->n)
      continue;
    blob->at = f->at;
    blob->placed = true;
  }
}

static rf_status place(rf_tiled_table_edit *e, rf_error *err) {
  bool early = false;
  for (size_t i = 0; i < e->blob_count; i++)
    early = early || e->blobs[i].placed;
  if (!early) /* blobs were placed from the old end of the heap on */
    reuse(e);
  for (size_t i = 0; i < e->blob_count; i++) {
    rf_tile_blob *blob = &e->blobs[i];
    if (blob->placed)
      continue;
    blob->at = e->heap;
    if (!rf_add_u64(e->heap, blob->n, &e->heap) || e->heap > INT64_MAX)
      return rf_fail(err, RF_ERR_LIMIT, "the heap would have more than 2^63 - 1 bytes");
    blob->placed = true;
  }
  size_t count = (size_t)e->ntiles * e->table->info.ncols;
  for (size_t i = 0; i < count; i++)
    if (e->streams[i].blob != 0)
      e->streams[i].at = e->blobs[e->streams[i].blob - 1].at;
  return RF_OK;
}

/* ---- writing ---- */

typedef struct commit {
  rf_tiled_table_edit *e;
  uint64_t rows; /* bytes */
  uint64_t gap;
} commit;

static rf_status write_rows(const rf_tiled_table_edit *e, rf_store *store, uint64_t data, rf_error *err) {
  uint64_t count = e->ntiles * e->table->info.ncols, most = RF_TABLE_PIECE / PAIR_BYTES;
  most = most < count ? most : count;
  if (count == 0)
    return RF_OK;
  uint8_t *rows = rf_alloc((size_t)(most * PAIR_BYTES));
  if (rows == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " descriptors", most);
  rf_status status = RF_OK;
  for (uint64_t first = 0; first < count && status == RF_OK; first += most) {
    size_t n = (size_t)(count - first < most ? count - first : most);
    for (size_t i = 0; i < n; i++) {
      const rf_tile_stream *stream = &e->streams[(size_t)first + i];
      rf_put_be64(rows + i * PAIR_BYTES, stream->n);
      rf_put_be64(rows + i * PAIR_BYTES + 8, stream->n > 0 ? stream->at : 0);
    }
    status = rf_store_write(store, data + first * PAIR_BYTES, rows, n * PAIR_BYTES, err);
  }
  rf_free(rows);
  return status;
}

static rf_status carry_out(void *context, rf_store *store, uint64_t data, rf_error *err) {
  const commit *c = context;
  const rf_tiled_table_edit *e = c->e;
  uint64_t from = e->raw->info.heap_offset, to = c->rows + c->gap;
  uint64_t stays = e->raw->info.heap_bytes < e->heap ? e->raw->info.heap_bytes : e->heap;
  for (size_t i = 0; i < e->move_count; i++)
    RF_TRY(rf_store_move(store, data + from + e->moves[i].begin, data + to + e->moves[i].to,
                         e->moves[i].end - e->moves[i].begin, err));
  if (from != to && e->moves == NULL)
    RF_TRY(rf_store_move(store, data + from, data + to, stays, err));
  RF_TRY(write_rows(e, store, data, err));
  for (size_t i = 0; i < e->blob_count; i++)
    RF_TRY(rf_store_write(store, data + to + e->blobs[i].at, e->blobs[i].bytes, e->blobs[i].n, err));
  return RF_OK;
}

/* "1QB(most)" */
static rf_status set_forms(const rf_tiled_table_edit *e, rf_header *header, rf_error *err) {
  size_t ncols = e->table->info.ncols;
  for (size_t i = 0; i < ncols; i++) {
    char keyword[32], form[48];
    uint64_t longest = 0;
    for (uint64_t t = 0; t < e->ntiles; t++)
      if (e->streams[(size_t)t * ncols + i].n > longest)
        longest = e->streams[(size_t)t * ncols + i].n;
    (void)snprintf(keyword, sizeof keyword, "TFORM%zu", i + 1);
    int n = snprintf(form, sizeof form, "1QB(%" PRIu64 ")", longest);
    rf_value value = {.kind = RF_VALUE_STRING, .text = form, .text_length = (size_t)n};
    RF_TRY(rf_header_set(header, keyword, &value, NULL, err));
  }
  return RF_OK;
}

/* Returns the spare room before the heap. None where HDUs follow: they move each time. */
static uint64_t choose_gap(const rf_tiled_table_edit *e, uint64_t rows) {
  uint64_t old_rows = e->raw->info.nrows * e->raw->info.row_bytes, room = old_rows + e->gap;
  size_t count = 0;
  /* The spare room stays until the file is closed. */
  if (e->hdu->pending && rows <= room)
    return room - rows;
  if (rows <= old_rows || e->raw->info.heap_bytes < SMALL_HEAP)
    return 0;
  if (rf_file_scan_locked(e->file, &count, NULL) != RF_OK || e->index + 1 < count)
    return 0;
  return rows;
}

rf_status rf_tiled_table_flush(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err) {
  rf_tiled_table_edit e;
  rf_status status = rf_tiled_table_edit_begin(&e, file, hdu->index, err);
  if (status == RF_OK) {
    hdu->pending = false; /* otherwise the gap would stay */
    if (e.gap > 0)
      status = rf_tiled_table_edit_commit(&e, written, err);
    hdu->pending = status != RF_OK;
  }
  rf_tiled_table_edit_end(&e);
  return status;
}

/* Makes the header of the future table. */
static rf_status make_header(const rf_tiled_table_edit *e, const commit *c, rf_header *header, rf_error *err) {
  RF_TRY(rf_table_set_integer(header, "PCOUNT", c->gap + e->heap, "size of special data area", err));
  if (c->gap > 0)
    RF_TRY(rf_table_set_integer(header, "THEAP", c->rows + c->gap, "where the heap begins", err));
  return set_forms(e, header, err);
}

/* The same, with all cards in their present places. */
static rf_status order_header(const rf_tiled_table_edit *e, rf_header **header, rf_error *err) {
  const rf_header *old;
  rf_header *ordered;
  RF_TRY(rf_file_header_locked(e->file, e->hdu, &old, err));
  RF_TRY(rf_header_new(&ordered, err));
  rf_status status = rf_tiled_table_keep_places(old, *header, ordered, err);
  if (status != RF_OK) {
    rf_header_free(ordered);
    return status;
  }
  rf_header_free(*header);
  *header = ordered;
  return RF_OK;
}

rf_status rf_tiled_table_edit_commit(rf_tiled_table_edit *e, bool *written, rf_error *err) {
  rf_header *header;
  uint64_t bytes;
  commit c = {.e = e};
  rf_rearrange rearrange = {.run = carry_out, .context = &c, .fresh = false};
  rf_hdu *hdu = e->hdu;
  RF_TRY(place(e, err));
  c.rows = e->ntiles * PAIR_BYTES * e->table->info.ncols; /* they were in memory before */
  c.gap = choose_gap(e, c.rows);
  if (!rf_add_u64(c.rows + c.gap, e->heap, &bytes) || bytes > INT64_MAX - RF_BLOCK_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "the table would have more bytes than a file can hold");
  RF_TRY(rf_tiled_table_packed_header(e->plain, e->table, e->tile_rows, e->types, &header, err));
  rf_status status = make_header(e, &c, header, err);
  if (status == RF_OK)
    status = order_header(e, &header, err);
  if (status == RF_OK)
    status = rf_file_rearrange_locked(e->file, e->index, header, bytes, &rearrange, written, err);
  rf_header_free(header);
  if (status == RF_OK && c.gap > 0)
    hdu->pending = true; /* the entry keeps its address */
  return status;
}
