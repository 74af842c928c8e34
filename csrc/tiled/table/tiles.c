/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads columns of tiles: finds the streams, fetches many at a time, and decodes them on several threads.
 */
#include "tiled/table/tiles.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "file/hdu.h"
#include "store/store.h"
#include "table/column/column.h"
#include "table/heap/descriptor.h"
#include "table/rows/selection.h"
#include "table/table.h"
#include "tiled/cache.h"
#include "tiled/table/cell.h"
#include "tiled/table/table.h"

/* Tiles whose descriptors are fetched together, and bytes of streams likewise. */
#define MAX_PARTS ((size_t)256)
#define MAX_ITEMS ((size_t)4096)
#define BATCH_BYTES ((uint64_t)16 << 20)

/* One column of one tile. */
typedef struct item {
  const rf_table_tile_part *part;
  size_t i; /* of tiles->columns */
  uint64_t key;
  size_t size; /* decoded */
  rf_cached_tile *cached;
  uint64_t offset; /* of the stream, in the file */
  size_t n;
  const uint8_t *bytes;
} item;

typedef struct batch {
  const rf_table_tiles *t;
  rf_table_tile_part *parts;
  size_t part_count;
  uint8_t *rows; /* of descriptors, without gaps */
  rf_read_range *ranges;
  item *items;
  size_t count;
  uint64_t streams; /* bytes that the items need */
  uint64_t made;
} batch;

/* ---- which rows are in which tile ---- */

typedef struct place {
  uint64_t tile;
  uint64_t position;
} place;

static int by_tile(const void *a, const void *b) {
  const place *x = a, *y = b;
  if (x->tile != y->tile)
    return x->tile < y->tile ? -1 : 1;
  return x->position < y->position ? -1 : x->position > y->position;
}

static bool is_in_order(const rf_row_selection *selection, uint64_t tile_rows) {
  for (uint64_t i = 1; i < selection->count; i++)
    if (selection->indices[i] / tile_rows < selection->indices[i - 1] / tile_rows)
      return false;
  return true;
}

rf_status rf_table_tiles_order(const rf_table_tiles *t, uint64_t **order, rf_error *err) {
  const rf_row_selection *selection = t->selection;
  *order = NULL;
  if (selection->indices == NULL || is_in_order(selection, t->z->tile_rows))
    return RF_OK;
  size_t n = (size_t)selection->count; /* the list is in memory */
  place *places = n <= SIZE_MAX / sizeof *places ? rf_alloc(n * sizeof *places) : NULL;
  *order = places != NULL ? rf_alloc(n * sizeof **order) : NULL;
  if (*order == NULL) {
    rf_free(places);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a list of %zu rows", n);
  }
  for (size_t i = 0; i < n; i++)
    places[i] = (place){selection->indices[i] / t->z->tile_rows, i};
  qsort(places, n, sizeof *places, by_tile);
  for (size_t i = 0; i < n; i++)
    (*order)[i] = places[i].position;
  rf_free(places);
  return RF_OK;
}

/* Returns the number of rows from position `first` on that are in the same tile, for a selection without a list. */
static uint64_t stepped(const rf_row_selection *selection, uint64_t first, uint64_t tile, uint64_t tile_rows) {
  uint64_t row = rf_row_at(selection, first), left = selection->count - first, inside = row - tile * tile_rows;
  uint64_t step = selection->step < 0 ? 0 - (uint64_t)selection->step : (uint64_t)selection->step;
  if (left == 1 || step == 0)
    return left;
  uint64_t n = (selection->step < 0 ? inside : tile_rows - 1 - inside) / step + 1;
  return n < left ? n : left;
}

void rf_table_tiles_part(const rf_table_tiles *t, uint64_t first, rf_table_tile_part *part) {
  uint64_t tile_rows = t->z->tile_rows, n = 1;
  part->first = first;
  part->tile = rf_row_at(t->selection, rf_table_tiles_position(t, first)) / tile_rows;
  if (t->selection->indices == NULL)
    n = stepped(t->selection, first, part->tile, tile_rows);
  while (t->selection->indices != NULL && first + n < t->selection->count &&
         rf_row_at(t->selection, rf_table_tiles_position(t, first + n)) / tile_rows == part->tile)
    n++;
  part->count = n;
}

/* ---- where the streams are ---- */

static rf_status read_rows(batch *b, rf_error *err) {
  const rf_table_info *info = &b->t->raw->info;
  size_t row_bytes = (size_t)info->row_bytes;
  for (size_t i = 0; i < b->part_count; i++)
    b->ranges[i] = (rf_read_range){b->t->hdu->data_offset + b->parts[i].tile * info->row_bytes, row_bytes,
                                   b->rows + i * row_bytes};
  for (size_t i = 0; b->t->plan != NULL && i < b->part_count; i++)
    b->t->plan(b->t->context, b->ranges[i].offset, b->ranges[i].offset + row_bytes);
  return row_bytes > 0 ? rf_store_read_many(b->t->file->store, b->ranges, b->part_count, err) : RF_OK;
}

/* Bounds the memory for a tile of which only a part is read, as for tiles of images. */
static rf_status check_limit(const rf_table_tiles *t, size_t number, uint64_t size, rf_error *err) {
  const rf_column *column = &t->z->plain->columns[number];
  uint64_t limit = t->file->limits.tile_bytes, peak = rf_tiled_table_peak(column, t->z->types[number], size), wanted;
  if (peak <= limit || !rf_tiled_table_column_bytes(column, t->selection->count, &wanted) || size <= wanted)
    return RF_OK;
  return rf_fail(err, RF_ERR_LIMIT,
                 "the column has %" PRIu64 " bytes in this tile, of which %" PRIu64
                 " are read, and decoding them takes %" PRIu64
                 " bytes of memory, which is more than the limit of %" PRIu64
                 " (rf_limits.tile_bytes, from Python max_tile_bytes)",
                 size, wanted, peak, limit);
}

static rf_status find_stream(const rf_table_tiles *t, uint64_t tile, size_t column, const uint8_t *row, item *it,
                             rf_error *err) {
  const rf_column *packed = &t->raw->columns[column];
  uint64_t length = 0, offset = 0, size = 0;
  bool fits = rf_tiled_table_column_bytes(&t->z->plain->columns[column], rf_tiled_table_rows(t->z, tile), &size) &&
              rf_to_size(size, &it->size);
  if (!fits)
    return rf_fail(err, RF_ERR_LIMIT, "%" PRIu64 " rows of it do not fit memory", rf_tiled_table_rows(t->z, tile));
  if (!rf_descriptor_get(t->raw, packed, row + (size_t)packed->info.offset, &length, &offset))
    return rf_fail(err, RF_ERR_FORMAT,
                   "the descriptor says %" PRIu64 " bytes at offset %" PRIu64 " of the heap, which has %" PRIu64,
                   length, offset, t->raw->info.heap_bytes);
  it->n = (size_t)length; /* within the heap; cut below where that exceeds memory */
  it->offset = t->hdu->data_offset + t->raw->info.heap_offset + offset;
  if (it->n != length || !rf_tiled_table_believable(length, size))
    return rf_fail(err, RF_ERR_CODEC, "%" PRIu64 " bytes of a stream cannot hold %" PRIu64 " bytes", length, size);
  return check_limit(t, column, size, err);
}

/* ---- decoding ---- */

static rf_status run_item(void *context, size_t i, unsigned worker, rf_error *err) {
  batch *b = context;
  const rf_table_tiles *t = b->t;
  item *it = &b->items[i];
  size_t number = t->columns[it->i];
  const rf_column *column = &t->z->plain->columns[number];
  rf_status status = RF_OK;
  (void)worker;
  if (it->size == 0)
    return t->take(t->context, it->i, it->part, (const uint8_t *)"", err);
  rf_cached_tile *tile = it->cached;
  if (tile == NULL) {
    tile = rf_tile_cache_make(t->z->cache, it->key, it->size);
    if (tile == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes of a column", it->size);
    status = rf_tiled_table_decode(column, t->z->types[number], it->bytes, it->n, tile->values, it->size, err);
    if (status == RF_OK)
      rf_tile_cache_put(t->z->cache, tile);
    else
      status = rf_tiled_table_add_context(err, status, column, number, t->z->types[number], it->part->tile);
  }
  if (status == RF_OK)
    status = t->take(t->context, it->i, it->part, tile->values, err);
  rf_tile_cache_release(t->z->cache, tile);
  it->cached = NULL;
  return status;
}

static void forget(batch *b) {
  for (size_t i = 0; i < b->count; i++)
    if (b->items[i].cached != NULL)
      rf_tile_cache_release(b->t->z->cache, b->items[i].cached);
  b->count = 0;
  b->streams = b->made = 0;
}

static rf_status fetch(batch *b, uint8_t **room, rf_error *err) {
  rf_store *store = b->t->file->store;
  size_t n = 0, at = 0;
  bool peeked = true;
  for (size_t i = 0; i < b->count && peeked; i++) {
    item *it = &b->items[i];
    if (it->cached == NULL && it->n > 0)
      peeked = rf_store_peek(store, it->offset, it->n, &it->bytes, NULL) == RF_OK;
  }
  if (peeked)
    return RF_OK;
  *room = rf_alloc((size_t)b->streams);
  if (*room == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " bytes of streams", b->streams);
  for (size_t i = 0; i < b->count; i++) {
    item *it = &b->items[i];
    if (it->cached != NULL || it->n == 0)
      continue;
    it->bytes = *room + at;
    rf_read_range *last = n > 0 ? &b->ranges[n - 1] : NULL;
    if (last != NULL && last->offset + last->length == it->offset)
      last->length += it->n;
    else
      b->ranges[n++] = (rf_read_range){it->offset, it->n, *room + at};
    at += it->n;
  }
  return rf_store_read_many(store, b->ranges, n, err);
}

/* Returns the number of threads that can each have a column of a tile in memory. */
static unsigned choose_threads(const batch *b) {
  const rf_table_tiles *t = b->t;
  unsigned threads = rf_worth_threads(t->threads != 0 ? t->threads : t->file->options.threads, b->count, b->made);
  uint64_t largest = 1;
  for (size_t i = 0; i < b->count && threads > 1; i++) {
    size_t number = t->columns[b->items[i].i];
    uint64_t peak = rf_tiled_table_peak(&t->z->plain->columns[number], t->z->types[number], b->items[i].size);
    largest = peak > largest ? peak : largest;
  }
  uint64_t most = t->file->limits.tile_bytes / largest;
  return threads <= most ? threads : most > 0 ? (unsigned)most : 1;
}

static rf_status run_batch(batch *b, rf_error *err) {
  uint8_t *room = NULL;
  rf_status status = fetch(b, &room, err);
  if (status == RF_OK)
    status = rf_parallel(choose_threads(b), b->count, run_item, b, err);
  rf_free(room);
  forget(b);
  return status;
}

static rf_status add_item(batch *b, size_t part, size_t i, rf_error *err) {
  const rf_table_tiles *t = b->t;
  size_t number = t->columns[i];
  const uint8_t *row = b->rows + part * (size_t)t->raw->info.row_bytes;
  item it = {.part = &b->parts[part], .i = i, .key = b->parts[part].tile * t->z->plain->info.ncols + number};
  rf_status status = find_stream(t, it.part->tile, number, row, &it, err);
  if (status != RF_OK)
    return rf_tiled_table_add_context(err, status, &t->z->plain->columns[number], number, t->z->types[number],
                                      it.part->tile);
  if (t->plan != NULL) {
    t->plan(t->context, it.offset, it.offset + it.n);
    return RF_OK;
  }
  it.cached = it.size > 0 ? rf_tile_cache_take(t->z->cache, it.key) : NULL;
  uint64_t need = it.cached == NULL ? it.n : 0;
  if (b->count == MAX_ITEMS || (b->count > 0 && b->streams + need > BATCH_BYTES)) {
    status = run_batch(b, err);
    if (status != RF_OK) {
      if (it.cached != NULL)
        rf_tile_cache_release(t->z->cache, it.cached);
      return status;
    }
  }
  b->streams += need;
  b->made += it.size;
  b->items[b->count++] = it;
  return RF_OK;
}

static rf_status run_parts(batch *b, rf_error *err) {
  RF_TRY(read_rows(b, err));
  for (size_t part = 0; part < b->part_count; part++)
    for (size_t i = 0; i < b->t->count; i++)
      RF_TRY(add_item(b, part, i, err));
  return b->count > 0 ? run_batch(b, err) : RF_OK;
}

static rf_status run_selection(batch *b, rf_error *err) {
  for (uint64_t first = 0; first < b->t->selection->count;) {
    for (b->part_count = 0; b->part_count < MAX_PARTS && first < b->t->selection->count; b->part_count++) {
      rf_table_tiles_part(b->t, first, &b->parts[b->part_count]);
      first += b->parts[b->part_count].count;
    }
    RF_TRY(run_parts(b, err));
  }
  return RF_OK;
}

rf_status rf_table_tiles_run(rf_table_tiles *tiles, rf_error *err) {
  uint64_t *order = NULL;
  if (tiles->selection->count == 0 || tiles->count == 0)
    return RF_OK;
  RF_TRY(rf_table_tiles_order(tiles, &order, err));
  tiles->order = order;
  uint64_t apart = tiles->selection->count < MAX_PARTS ? tiles->selection->count : MAX_PARTS;
  size_t parts = (size_t)apart, items = parts * tiles->count < MAX_ITEMS ? parts * tiles->count : MAX_ITEMS;
  size_t ranges = items > parts ? items : parts;
  batch b = {.t = tiles};
  b.parts = rf_alloc(parts * sizeof *b.parts);
  b.rows = rf_alloc(parts * (size_t)tiles->raw->info.row_bytes);
  b.items = rf_alloc(items * sizeof *b.items);
  b.ranges = rf_alloc(ranges * sizeof *b.ranges);
  rf_status status;
  if (b.parts == NULL || b.rows == NULL || b.items == NULL || b.ranges == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to read %zu tiles", parts);
  else
    status = run_selection(&b, err);
  forget(&b);
  rf_free(b.parts);
  rf_free(b.rows);
  rf_free(b.items);
  rf_free(b.ranges);
  rf_free(order);
  tiles->order = NULL;
  return status;
}

/* ---- a single column ---- */

typedef struct copier {
  uint8_t *out;
  size_t bytes;
} copier;

static rf_status copy_column(void *context, size_t i, const rf_table_tile_part *part, const uint8_t *bytes,
                             rf_error *err) {
  copier *c = context;
  (void)i, (void)part, (void)err;
  memcpy(c->out, bytes, c->bytes);
  return RF_OK;
}

rf_status rf_tile_read(rf_file *file, const rf_hdu *hdu, const rf_table *raw, const rf_tiled_table *z, uint64_t tile,
                       size_t column, uint8_t **out, size_t *bytes, rf_error *err) {
  uint64_t size = 0, row = tile * z->tile_rows;
  rf_row_selection selection = {.count = 1, .start = row, .step = 1, .low = row, .high = row};
  copier c = {NULL, 0};
  rf_table_tiles tiles = {.file = file,
                          .hdu = hdu,
                          .raw = raw,
                          .z = z,
                          .selection = &selection,
                          .columns = &column,
                          .count = 1,
                          .take = copy_column,
                          .context = &c};
  if (!rf_tiled_table_column_bytes(&z->plain->columns[column], rf_tiled_table_rows(z, tile), &size) ||
      !rf_to_size(size, &c.bytes) || !rf_tiled_table_believable(raw->info.heap_bytes, size))
    return rf_fail(err, RF_ERR_FORMAT, "%" PRIu64 " rows of a tile are more than the file can hold",
                   rf_tiled_table_rows(z, tile));
  RF_TRY(check_limit(&tiles, column, size, err));
  c.out = rf_alloc(c.bytes);
  if (c.out == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes of a column", c.bytes);
  rf_status status = rf_table_tiles_run(&tiles, err);
  if (status != RF_OK) {
    rf_free(c.out);
    return status;
  }
  *out = c.out;
  if (bytes != NULL)
    *bytes = c.bytes;
  return RF_OK;
}
