/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads compressed images. The cache is searched for the tiles that a section touches. For the others, the library
 * reads many rows of the table at once, then the bytes of the tiles, and decodes them, on several threads where that
 * pays.
 */
#include "tiled/image/read.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "file/hdu.h"
#include "file/warning.h"
#include "image/convert.h"
#include "image/section.h"
#include "store/store.h"
#include "table/read.h"
#include "tiled/cache.h"
#include "tiled/image/image.h"
#include "tiled/image/rows.h"
#include "tiled/image/section.h"
#include "tiled/image/tile.h"
#include "tiled/parsed.h"
#include "value/convert.h"

/* Tiles whose rows are read together. */
#define BATCH_TILES ((size_t)1 << 16)
/* Tiles that need no allocation. */
#define STACK_TILES ((size_t)16)
/* Bytes that a worker reads and decodes at a time: they stay in the cache of its processor. */
#define GROUP_BYTES ((uint64_t)256 << 10)
#define GROUP_DECODED ((uint64_t)1 << 20)
/* A store across a network gets its ranges in as few calls as memory allows. */
#define REMOTE_BYTES ((uint64_t)128 << 20)
/* Above this, the length of the file is checked before memory for cells is reserved. */
#define SURE_BYTES ((uint64_t)1 << 20)
/* Pixels taken from a tile at a time. */
#define PICK_PIXELS 512

/* Memory of each thread. */
typedef struct scratch {
  uint8_t *cells; /* as they are in the file */
  size_t cells_room;
  void *values; /* a decoded tile */
  size_t values_room;
  void *room; /* for decoding */
  size_t room_room;
  rf_read_range *ranges;
  size_t max_ranges;
} scratch;

/* A tile to decode. */
typedef struct job {
  uint64_t place; /* among those touched */
  const uint8_t *cell;
} job;

typedef struct reader {
  rf_file *file;
  const rf_hdu *hdu;
  const rf_tiled_image *tiled_image;
  const rf_convert *convert;
  const rf_tile_section *section;
  uint8_t *out;
  uint8_t *mask;
  bool cached; /* search the cache for tiles */
  bool keep;   /* put decoded tiles into it */
  unsigned threads;
  uint64_t wanted; /* bytes that the caller gets */
  uint64_t limit;  /* of the memory for a tile where the caller reads fewer bytes than it has */
  size_t stored;   /* bytes of a pixel */

  /* the batch */
  size_t count;
  job *jobs;
  uint64_t *tiles;
  rf_tile_row *rows;
  size_t *groups; /* where each begins, and the end */
  size_t group_count;
  bool fetched; /* the cells are in memory */
  scratch *scratches;
} reader;

/* ---- pixels of a tile to the caller ---- */

static void deliver(const reader *r, uint64_t array, const uint8_t *values, size_t count) {
  if (r->mask != NULL)
    rf_convert_values_mask(r->convert, r->mask + array, values, count);
  rf_convert_values(r->convert, r->out + array * r->convert->type_bytes, values, count);
}

#define PICK(width)                                                                                                    \
  for (size_t k = 0; k < count; k++) {                                                                                 \
    rf_tile_part_offsets(dim, first + k, &array, &element);                                                            \
    memcpy(packed + k * (width), values + element * (width), (width));                                                 \
  }

/* Takes stored pixels first .. first+count-1 of a row, without gaps. */
static void pick(uint8_t *packed, const rf_tile_part_dim *dim, uint64_t first, size_t count, const uint8_t *values,
                 size_t stored) {
  uint64_t array, element;
  if (stored == 1)
    PICK(1)
  else if (stored == 2)
    PICK(2)
  else if (stored == 4)
    PICK(4)
  else
    PICK(8)
}

/* A row whose pixels are not neighbours in the tile or in the output. */
static void deliver_picked(const reader *r, const rf_tile_part_dim *dim, uint64_t array, const uint8_t *values) {
  uint8_t packed[PICK_PIXELS * 8], ready[PICK_PIXELS * 8], masked[PICK_PIXELS];
  size_t width = r->convert->type_bytes;
  for (uint64_t first = 0; first < dim->count; first += PICK_PIXELS) {
    size_t n = dim->count - first < PICK_PIXELS ? (size_t)(dim->count - first) : PICK_PIXELS;
    pick(packed, dim, first, n, values, r->stored);
    if (dim->order == NULL && dim->array_step == 1) {
      deliver(r, array + first, packed, n);
      continue;
    }
    rf_convert_values(r->convert, ready, packed, n);
    if (r->mask != NULL)
      rf_convert_values_mask(r->convert, masked, packed, n);
    for (size_t k = 0; k < n; k++) {
      uint64_t at, element;
      rf_tile_part_offsets(dim, first + k, &at, &element);
      memcpy(r->out + (array + at) * width, ready + k * width, width);
      if (r->mask != NULL)
        r->mask[array + at] = masked[k];
    }
  }
}

static void deliver_part(const reader *r, const rf_tile_part *part, const uint8_t *values) {
  const rf_tile_part_dim *dim = &part->dims[0];
  bool run = dim->order == NULL && dim->array_step == 1 && dim->tile_step == 1;
  uint64_t array, element;
  rf_tile_part_iter iter;
  rf_tile_part_begin(&iter, part);
  while (rf_tile_part_next(&iter, &array, &element)) {
    if (run)
      deliver(r, array, values + element * r->stored, (size_t)dim->count);
    else
      deliver_picked(r, dim, array, values + element * r->stored);
  }
}

/* ---- memory ---- */

static void free_scratch(scratch *s) {
  rf_free(s->cells);
  rf_free(s->values);
  rf_free(s->room);
  rf_free(s->ranges);
}

/* Reserves `bytes` bytes. The old contents are lost. */
static bool reserve(void **block, size_t *room, size_t bytes) {
  if (bytes <= *room)
    return true;
  rf_free(*block);
  *block = rf_alloc(bytes);
  *room = *block != NULL ? bytes : 0;
  return *block != NULL;
}

static size_t tile_pixels(const rf_tiled_image *tiled_image, uint64_t tile) {
  size_t count = 1;
  for (int i = 0; i < tiled_image->image.naxis; i++) {
    uint64_t left = tiled_image->image.axes[i] - tile % tiled_image->counts[i] * tiled_image->tile[i];
    tile /= tiled_image->counts[i];
    count *= (size_t)(left < tiled_image->tile[i] ? left : tiled_image->tile[i]);
  }
  return count;
}

static rf_status no_memory(const reader *r, uint64_t tile, uint64_t bytes, rf_error *err) {
  rf_status status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " bytes", bytes);
  return rf_tiled_image_add_context(r->tiled_image, tile, err, status);
}

/* ---- decoding ---- */

/* A whole tile that is one run of the output without conversion is decoded in place. */
static uint8_t *place_of_tile(const reader *r, const rf_tile_part *part) {
  const rf_tile_part_dim *dim = &part->dims[0];
  uint8_t *place = r->out + part->array * r->convert->type_bytes;
  if (r->keep || !part->whole || part->ndim != 1 || dim->array_step != 1 || dim->tile_step != 1 ||
      r->convert->mode == RF_CONVERT_NUMBER || (uintptr_t)place % r->convert->type_bytes != 0)
    return NULL;
  return place;
}

static rf_status decode_to(const reader *r, size_t i, size_t pixels, const uint8_t *cell, void *values, scratch *s,
                           rf_error *err) {
  uint64_t tile = r->tiles[i];
  size_t need = rf_tiled_image_room(r->tiled_image, &r->rows[i], pixels);
  if (!reserve(&s->room, &s->room_room, need))
    return no_memory(r, tile, need, err);
  return rf_tiled_image_decode(r->tiled_image, tile, &r->rows[i], cell, values, s->room, NULL, err);
}

static rf_status decode_kept(const reader *r, size_t i, const rf_tile_part *part, size_t pixels, const uint8_t *cell,
                             scratch *s, rf_error *err) {
  rf_tile_cache *cache = r->tiled_image->cache;
  rf_cached_tile *tile = rf_tile_cache_make(cache, r->tiles[i], pixels * r->stored);
  if (tile == NULL)
    return no_memory(r, r->tiles[i], pixels * r->stored, err);
  rf_status status = decode_to(r, i, pixels, cell, tile->values, s, err);
  if (status == RF_OK) {
    rf_tile_cache_put(cache, tile);
    deliver_part(r, part, tile->values);
  }
  rf_tile_cache_release(cache, tile);
  return status;
}

static rf_status decode_job(const reader *r, size_t i, const uint8_t *cell, scratch *s, rf_error *err) {
  rf_tile_part part;
  size_t pixels = tile_pixels(r->tiled_image, r->tiles[i]);
  rf_tile_section_part(r->section, r->jobs[i].place, &part);
  if (r->keep)
    return decode_kept(r, i, &part, pixels, cell, s, err);
  uint8_t *place = place_of_tile(r, &part);
  if (place != NULL) {
    RF_TRY(decode_to(r, i, pixels, cell, place, s, err));
    deliver(r, part.array, place, pixels);
    return RF_OK;
  }
  if (!reserve(&s->values, &s->values_room, pixels * r->stored))
    return no_memory(r, r->tiles[i], pixels * r->stored, err);
  RF_TRY(decode_to(r, i, pixels, cell, s->values, s, err));
  deliver_part(r, &part, s->values);
  return RF_OK;
}

/* ---- bytes of tiles ---- */

/* Reads the cells of tiles begin .. end-1 into s->cells, without gaps. Cells that are neighbours in the file are one
 * range. */
static rf_status fetch_cells(const reader *r, size_t begin, size_t end, scratch *s, rf_error *err) {
  uint64_t total = 0, last = 0, size;
  size_t ranges = 0, used = 0;
  for (size_t i = begin; i < end; i++) {
    total += r->rows[i].bytes; /* extents of the file: their sum is at most 2^16 times 2^47 */
    if (r->rows[i].bytes > 0 && r->rows[i].offset + r->rows[i].bytes > last)
      last = r->rows[i].offset + r->rows[i].bytes;
  }
  if (total > SURE_BYTES) {
    RF_TRY(rf_store_size_past(r->file->store, last - 1, &size, err));
    if (last > size)
      return rf_fail(err, RF_ERR_TRUNCATED, "the bytes of tiles are missing");
  }
  if (total > SIZE_MAX / 2 || !reserve((void **)&s->cells, &s->cells_room, (size_t)total))
    return no_memory(r, r->tiles[begin], total, err);
  if (s->max_ranges < end - begin) {
    rf_free(s->ranges);
    s->max_ranges = 0;
    s->ranges = rf_alloc((end - begin) * sizeof *s->ranges);
    if (s->ranges == NULL)
      return no_memory(r, r->tiles[begin], (end - begin) * sizeof *s->ranges, err);
    s->max_ranges = end - begin;
  }
  for (size_t i = begin; i < end; i++) {
    const rf_tile_row *row = &r->rows[i];
    r->jobs[i].cell = s->cells + used;
    if (row->bytes == 0)
      continue;
    if (ranges > 0 && s->ranges[ranges - 1].offset + s->ranges[ranges - 1].length == row->offset)
      s->ranges[ranges - 1].length += (size_t)row->bytes;
    else
      s->ranges[ranges++] = (rf_read_range){row->offset, (size_t)row->bytes, s->cells + used};
    used += (size_t)row->bytes;
  }
  if (ranges == 1)
    return rf_store_read(r->file->store, s->ranges[0].offset, s->ranges[0].dest, s->ranges[0].length, err);
  return rf_store_read_many(r->file->store, s->ranges, ranges, err);
}

/* Decodes a group on one worker. */
static rf_status run_group(void *context, size_t group, unsigned worker, rf_error *err) {
  reader *r = context;
  scratch *s = &r->scratches[worker];
  size_t begin = r->groups[group], end = r->groups[group + 1];
  if (!r->fetched)
    RF_TRY(fetch_cells(r, begin, end, s, err));
  for (size_t i = begin; i < end; i++)
    RF_TRY(decode_job(r, i, r->jobs[i].cell, s, err));
  return RF_OK;
}

/* Divides tiles begin .. end-1 into groups. Returns the bytes of their decoded tiles. */
static uint64_t make_groups(reader *r, size_t begin, size_t end) {
  uint64_t cells = 0, decoded = 0, all = 0;
  r->group_count = 0;
  for (size_t i = begin; i < end; i++) {
    uint64_t bytes = (uint64_t)tile_pixels(r->tiled_image, r->tiles[i]) * r->stored;
    bool full = cells + r->rows[i].bytes > GROUP_BYTES || decoded + bytes > GROUP_DECODED;
    if (i == begin || full) {
      r->groups[r->group_count++] = i;
      cells = decoded = 0;
    }
    cells += r->rows[i].bytes;
    decoded += bytes;
    all += bytes;
  }
  r->groups[r->group_count] = end;
  return all;
}

/* Returns the number of threads that can each have a tile in memory. */
static unsigned allowed_threads(const reader *r, size_t begin, size_t end, unsigned threads) {
  uint64_t largest = 1, budget = r->limit > r->wanted ? r->limit : r->wanted;
  for (size_t i = begin; i < end && threads > 1; i++) {
    uint64_t peak = rf_tiled_image_peak(r->tiled_image, r->tiles[i], &r->rows[i]);
    largest = peak > largest ? peak : largest;
  }
  uint64_t most = budget / largest;
  return threads <= most ? threads : most > 0 ? (unsigned)most : 1;
}

static rf_status run_groups(reader *r, size_t begin, size_t end, rf_error *err) {
  uint64_t bytes = make_groups(r, begin, end);
  unsigned threads = allowed_threads(r, begin, end, rf_worth_threads(r->threads, r->group_count, bytes));
  scratch one = {0};
  r->scratches = threads > 1 ? rf_alloc_zero(threads, sizeof *r->scratches) : &one;
  if (r->scratches == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %u threads", threads);
  rf_status status = rf_parallel(threads, r->group_count, run_group, r, err);
  for (unsigned t = 0; t < threads; t++)
    free_scratch(&r->scratches[t]);
  if (threads > 1)
    rf_free(r->scratches);
  return status;
}

/* Decodes cells that are mapped in memory. */
static bool all_at_hand(const reader *r) {
  for (size_t i = 0; i < r->count; i++) {
    size_t n;
    r->jobs[i].cell = NULL;
    if (r->rows[i].bytes == 0)
      continue;
    if (!rf_to_size(r->rows[i].bytes, &n) ||
        (r->jobs[i].cell = rf_store_at_hand(r->file->store, r->rows[i].offset, n)) == NULL)
      return false;
  }
  return true;
}

/* Across a network, or from a stream: this thread reads as much as memory allows, then several decode. */
static rf_status run_fetched(reader *r, rf_error *err) {
  scratch s = {0};
  rf_status status = RF_OK;
  for (size_t begin = 0, end; begin < r->count && status == RF_OK; begin = end) {
    uint64_t bytes = 0;
    for (end = begin; end < r->count && (end == begin || bytes + r->rows[end].bytes <= REMOTE_BYTES); end++)
      bytes += r->rows[end].bytes;
    status = fetch_cells(r, begin, end, &s, err);
    if (status == RF_OK)
      status = run_groups(r, begin, end, err);
  }
  free_scratch(&s);
  return status;
}

static rf_status run_batch(reader *r, rf_error *err) {
  RF_TRY(rf_tiled_image_rows(r->file, r->hdu, r->tiled_image, r->tiles, r->count, r->rows, err));
  for (size_t i = 0; i < r->count; i++)
    RF_TRY(rf_tiled_image_check_size(r->tiled_image, r->tiles[i], &r->rows[i], r->wanted, r->limit, err));
  r->fetched = all_at_hand(r);
  const rf_store_profile *profile = &r->file->store->profile;
  if (r->fetched || (!profile->prefetch && !profile->in_order))
    return run_groups(r, 0, r->count, err);
  r->fetched = true;
  return run_fetched(r, err);
}

/* ---- sections ---- */

/* Returns true where the tile was in the cache. */
static bool take_cached(const reader *r, uint64_t place, uint64_t tile) {
  rf_tile_part part;
  rf_cached_tile *found = rf_tile_cache_take(r->tiled_image->cache, tile);
  if (found == NULL)
    return false;
  rf_tile_section_part(r->section, place, &part);
  deliver_part(r, &part, found->values);
  rf_tile_cache_release(r->tiled_image->cache, found);
  return true;
}

static rf_status read_tiles(reader *r, size_t most, rf_error *err) {
  for (uint64_t place = 0; place < r->section->touched;) {
    r->count = 0;
    for (; place < r->section->touched && r->count < most; place++) {
      uint64_t tile = rf_tile_section_tile(r->section, place);
      if (r->cached && take_cached(r, place, tile))
        continue;
      r->jobs[r->count].place = place;
      r->tiles[r->count++] = tile;
    }
    if (r->count > 0)
      RF_TRY(run_batch(r, err));
  }
  return RF_OK;
}

static rf_status read_section(reader *r, rf_error *err) {
  job stack_jobs[STACK_TILES];
  uint64_t stack_tiles[STACK_TILES];
  rf_tile_row stack_rows[STACK_TILES];
  size_t stack_groups[STACK_TILES + 1];
  size_t most = r->section->touched < BATCH_TILES ? (size_t)r->section->touched : BATCH_TILES;
  rf_status status;
  if (most <= STACK_TILES) {
    r->jobs = stack_jobs;
    r->tiles = stack_tiles;
    r->rows = stack_rows;
    r->groups = stack_groups;
    return read_tiles(r, most, err);
  }
  r->jobs = rf_alloc(most * sizeof *r->jobs);
  r->tiles = rf_alloc(most * sizeof *r->tiles);
  r->rows = rf_alloc(most * sizeof *r->rows);
  r->groups = rf_alloc((most + 1) * sizeof *r->groups);
  if (r->jobs == NULL || r->tiles == NULL || r->rows == NULL || r->groups == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate the places of %zu tiles", most);
  else
    status = read_tiles(r, most, err);
  rf_free(r->jobs);
  rf_free(r->tiles);
  rf_free(r->rows);
  rf_free(r->groups);
  return status;
}

/* Reading the whole image bypasses the cache: no tile is more likely to be read again than another. */
static void choose_cache(reader *r) {
  uint64_t limit, used, bytes = (uint64_t)r->tiled_image->tile_elements * r->stored;
  rf_tile_cache_get(r->tiled_image->cache, &limit, &used);
  r->cached = used > 0;
  r->keep = r->section->count < rf_section_image_count(&r->tiled_image->image) && bytes <= limit &&
            r->section->touched <= limit / bytes;
}

static rf_status check_out(const reader *r, uint64_t out_bytes, rf_error *err) {
  uint64_t need = r->section->count * r->convert->type_bytes; /* the count is below 2^60 */
  size_t size;
  if (out_bytes != need)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected an output of %" PRIu64 " bytes, found %" PRIu64, need, out_bytes);
  if (!rf_to_size(need, &size) || (need > 0 && r->out == NULL))
    return rf_fail(err, RF_ERR_ARGUMENT, "expected memory for %" PRIu64 " bytes, found NULL", need);
  return RF_OK;
}

/* The values are right, but a mask cannot tell them apart. */
static void keep_blank_met(rf_file *file, size_t index, const rf_tiled_image *tiled_image) {
  rf_error odd;
  rf_error_clear(&odd);
  rf_error_keyword(&odd, "ZBLANK");
  (void)rf_fail(&odd, RF_ERR_FORMAT,
                "%" PRId64 " is ZBLANK of the first tile, so BLANK of the image, and a defined pixel of another tile: "
                "it counts as undefined",
                tiled_image->image.blank);
  rf_file_add_warning(file, RF_WARNING_BLANK_PIXEL, index, &odd);
}

rf_status rf_tiled_image_read(rf_file *file, rf_hdu *hdu, const rf_image_request *request, rf_error *err) {
  rf_tiled_image *tiled_image = NULL;
  rf_convert convert;
  rf_tile_section section;
  RF_TRY(rf_tiled_image_get(file, hdu, &tiled_image, err));
  RF_TRY(rf_image_convert_init(&convert, &tiled_image->image, request->dtype, request->flags, err));
  RF_TRY(rf_tile_section_init(&section, tiled_image, request->section, err));
  reader r = {.file = file,
              .hdu = hdu,
              .tiled_image = tiled_image,
              .convert = &convert,
              .section = &section,
              .out = request->data,
              .mask = request->mask,
              .stored = convert.stored_bytes};
  rf_status status = check_out(&r, request->data_bytes, err);
  if (status == RF_OK && section.count > 0) {
    r.threads = request->threads != 0 ? request->threads : file->options.threads;
    r.wanted = request->data_bytes;
    r.limit = file->limits.tile_bytes;
    choose_cache(&r);
    status = read_section(&r, err);
  }
  rf_tile_section_free(&section);
  if (atomic_load(&tiled_image->blank_met))
    keep_blank_met(file, hdu->index, tiled_image);
  return status == RF_ERR_TRUNCATED ? rf_table_add_truncation(file, rf_tiled_rows(hdu), hdu, err) : status;
}
