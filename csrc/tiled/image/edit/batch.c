/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes tiles of a compressed image in batches of bounded size: several threads encode a batch, then the bytes are
 * written, and the rows last.
 *
 * A tile takes bytes of the heap that no descriptor points at, or is appended. Its old bytes become free when its row
 * is written. Pixels of a tile that are not written keep their exact values: quantized integers keep their scale,
 * zero and dither. A tile in which a new value has no such integer is stored as the reals that readers see today.
 */
#include "tiled/image/edit/batch.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "store/store.h"
#include "tiled/image/edit/change.h"
#include "tiled/image/edit/encode.h"
#include "tiled/image/edit/layout.h"
#include "tiled/image/edit/rows.h"
#include "tiled/image/edit/space.h"
#include "tiled/image/image.h"
#include "tiled/image/rows.h"
#include "tiled/image/tile.h"
#include "tiled/session.h"

/* Pixels and encoded bytes of a batch, for each thread. */
#define BATCH_BYTES ((size_t)4 << 20)
/* Smaller memory comes from the heap of the process: new pages cost more than a small tile. */
#define PAGES_BYTES ((size_t)1 << 20)
#define BATCH_TILES ((size_t)16384)
/* Bytes of old tiles that are read at a time. */
#define OLD_BYTES ((uint64_t)64 << 20)

/* ---- a batch ---- */

static void free_batch(rf_tile_batch *b) {
  rf_tile_workers_free(b);
  rf_free(b->tiles);
  rf_free(b->whole);
  rf_free(b->ready);
  rf_free(b->rows);
  rf_free(b->places);
  rf_free(b->old_at);
  rf_free(b->freed);
  rf_free(b->ranges);
  rf_free(b->old);
  if (b->slots_bytes < PAGES_BYTES)
    rf_free(b->slots);
  else if (b->slots != NULL)
    rf_pages_free(b->slots, b->slots_bytes);
}

static rf_status make_batch(rf_tile_batch *b, rf_error *err) {
  size_t raw = b->elements * b->encoder.stored_bytes;
  unsigned wanted = b->source->threads != 0 ? b->source->threads : b->edit->file->options.threads;
  size_t count = b->source->count < BATCH_TILES ? (size_t)b->source->count : BATCH_TILES;
  uint64_t bytes;
  b->slot = b->encoder.bound + 8; /* the column may count in elements of up to 8 bytes */
  b->threads = rf_worth_threads(wanted, count, rf_mul_u64(b->source->count, raw, &bytes) ? bytes : UINT64_MAX);
  size_t each = b->slot > raw ? b->slot : raw, most = BATCH_BYTES / each * b->threads;
  b->most = most < b->threads ? b->threads : most < count ? most : count;
  if (b->slot > SIZE_MAX / b->most)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate tiles of %zu bytes", b->slot);
  b->slots_bytes = b->slot * b->most;
  b->tiles = rf_alloc(b->most * sizeof *b->tiles);
  b->whole = rf_alloc(b->most * sizeof *b->whole);
  b->ready = rf_alloc(b->most * sizeof *b->ready);
  b->rows = rf_alloc(b->most * sizeof *b->rows);
  b->places = rf_alloc(b->most * sizeof *b->places);
  b->old_at = rf_alloc(b->most * sizeof *b->old_at);
  b->freed = rf_alloc(b->most * sizeof *b->freed);
  b->ranges = rf_alloc(b->most * sizeof *b->ranges);
  b->workers = rf_alloc_zero(b->threads, sizeof *b->workers);
  b->slots = b->slots_bytes < PAGES_BYTES ? rf_alloc(b->slots_bytes) : rf_pages_alloc(b->slots_bytes);
  if (b->tiles == NULL || b->whole == NULL || b->ready == NULL || b->rows == NULL || b->places == NULL ||
      b->old_at == NULL || b->freed == NULL || b->ranges == NULL || b->workers == NULL || b->slots == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu tiles of %zu bytes", b->most, b->slot);
  return RF_OK;
}

/* Collects the tiles and their present places. */
static rf_status list_tiles(rf_tile_batch *b, rf_error *err) {
  const rf_tile_source *source = b->source;
  b->count = source->count - b->first < b->most ? (size_t)(source->count - b->first) : b->most;
  for (size_t i = 0; i < b->count; i++) {
    b->ready[i] = NULL;
    b->tiles[i] = source->tile(source->context, b->first + i);
    b->whole[i] = source->whole != NULL && source->whole(source->context, b->first + i, &b->ready[i]);
    b->rows[i] = (rf_tile_row){.form = RF_TILE_FORM_EMPTY};
  }
  if (b->never)
    return RF_OK;
  return rf_tiled_image_rows(b->edit->file, b->edit->hdu, b->edit->tiled_image, b->tiles, b->count, b->rows, err);
}

/* Reads the old bytes of tiles that change in part. The batch may become shorter for it. */
static rf_status read_old(rf_tile_batch *b, rf_error *err) {
  uint64_t total = 0;
  size_t ranges = 0, room;
  for (size_t i = 0; i < b->count; i++) {
    if (b->whole[i])
      continue;
    RF_TRY(rf_tiled_image_check_size(b->edit->tiled_image, b->tiles[i], &b->rows[i], 0,
                                     b->edit->file->limits.tile_bytes, err));
    if (b->rows[i].form == RF_TILE_FORM_EMPTY)
      continue;
    if (i > 0 && total + b->rows[i].bytes > OLD_BYTES) {
      b->count = i;
      break;
    }
    b->old_at[i] = (size_t)total;
    b->ranges[ranges++] = (rf_read_range){b->rows[i].offset, (size_t)b->rows[i].bytes, NULL};
    total += b->rows[i].bytes;
  }
  if (ranges == 0)
    return RF_OK;
  rf_free(b->old);
  b->old = rf_to_size(total, &room) ? rf_alloc(room) : NULL;
  if (b->old == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " bytes of tiles", total);
  uint8_t *to = b->old;
  for (size_t k = 0; k < ranges; to += b->ranges[k++].length)
    b->ranges[k].dest = to;
  return rf_store_read_many(b->edit->file->store, b->ranges, ranges, err);
}

/* ---- places ---- */

/* Returns the bytes of a cell in the heap: whole elements of its column. */
static size_t cell_size(const rf_tile_batch *b, const rf_encoded_tile *cell) {
  if (cell->form == RF_TILE_FORM_EMPTY)
    return 0;
  const rf_tile_columns *c = &b->edit->tiled_image->columns;
  int number = cell->form == RF_TILE_FORM_DATA ? c->data : cell->form == RF_TILE_FORM_GZIP ? c->gzip : c->raw;
  size_t each = number >= 0 ? b->edit->table->columns[number].stored_bytes : 1, rest = cell->bytes % each;
  return cell->bytes + (rest != 0 ? each - rest : 0);
}

static uint64_t old_place(const rf_tile_batch *b, size_t i) {
  return b->rows[i].offset - b->edit->hdu->data_offset - b->edit->table->info.heap_offset;
}

/* Assigns offsets in the heap and collects what becomes free. Returns the new end of the heap. */
static uint64_t choose_places(rf_tile_batch *b, bool *fallback) {
  rf_tiled_state *state = b->edit->state;
  uint64_t end = state->used;
  b->freed_count = 0;
  for (size_t i = 0; i < b->count; i++) {
    rf_tile_place *place = &b->places[i];
    const rf_tile_row *row = &b->rows[i];
    if (place->cell.form == RF_TILE_FORM_EMPTY)
      continue;
    *fallback = *fallback || (place->cell.form == RF_TILE_FORM_GZIP && b->edit->tiled_image->columns.gzip < 0);
    size_t bytes = cell_size(b, &place->cell);
    if (state->apart && row->form != RF_TILE_FORM_EMPTY && row->bytes > 0)
      b->freed[b->freed_count++] = (rf_tile_hole){old_place(b, i), old_place(b, i) + row->bytes};
    if (rf_tile_space_take(state, bytes, &place->offset))
      continue;
    place->offset = end;
    end += bytes;
  }
  return end;
}

/* Estimates the heap, where the remaining tiles are as large as these. */
static uint64_t expect(const rf_tile_batch *b, uint64_t used, uint64_t end) {
  uint64_t left = b->source->count - b->first - b->count, each = (end - used) / b->count + 1, more;
  if (left == 0)
    return end;
  if (!rf_mul_u64(left, each, &more) || !rf_add_u64(more, more / 16, &more) || !rf_add_u64(end, more, &more))
    return end;
  return more;
}

/* ---- writing ---- */

/* Writes slots to the file, neighbours by one write. */
static rf_status write_slots(rf_tile_batch *b, rf_error *err) {
  rf_tile_change *edit = b->edit;
  uint64_t heap = edit->hdu->data_offset + edit->table->info.heap_offset, from = 0;
  size_t begin = 0, used = 0;
  for (size_t i = 0; i < b->count; i++) {
    const rf_tile_place *place = &b->places[i];
    if (place->cell.form == RF_TILE_FORM_EMPTY)
      continue;
    size_t bytes = cell_size(b, &place->cell);
    uint8_t *slot = b->slots + i * b->slot;
    memset(slot + place->cell.bytes, 0, bytes - place->cell.bytes);
    if (used > 0 && from + used != place->offset) {
      *edit->written = true;
      RF_TRY(rf_store_write(edit->file->store, heap + from, b->slots + begin, used, err));
      begin += used;
      used = 0;
    }
    if (used == 0)
      from = place->offset;
    memmove(b->slots + begin + used, slot, bytes); /* never upwards: a slot begins after all slots before it */
    used += bytes;
  }
  if (used == 0)
    return RF_OK;
  *edit->written = true;
  return rf_store_write(edit->file->store, heap + from, b->slots + begin, used, err);
}

/* Writes what the header must say before a row relies on it: ZBLANK, ZDITHER0. */
static rf_status write_facts(rf_tile_batch *b, rf_error *err) {
  rf_tile_change *edit = b->edit;
  rf_tiled_state *state = edit->state;
  bool nulls = edit->tiled_image->has_null || edit->tiled_image->columns.null >= 0 || state->nulls;
  for (size_t i = 0; i < b->count && !nulls; i++)
    if (b->places[i].cell.form != RF_TILE_FORM_EMPTY && b->places[i].cell.nulls)
      state->nulls = nulls = edit->stale = true;
  if (!edit->stale)
    return RF_OK;
  rf_tile_layout layout = rf_tile_change_layout(edit);
  RF_TRY(rf_tile_change_apply(edit, &layout, err));
  b->encoder.tiled_image = edit->tiled_image;
  return RF_OK;
}

/* Writes the rows of the tiles that have changed, which may be fewer than the batch. */
static rf_status write_rows(rf_tile_batch *b, rf_error *err) {
  rf_tiled_state *state = b->edit->state;
  size_t count = 0;
  for (size_t i = 0; i < b->count; i++) {
    const rf_tile_place *place = &b->places[i];
    if (place->cell.form == RF_TILE_FORM_EMPTY)
      continue;
    if (b->rows[i].form == RF_TILE_FORM_EMPTY && state->unwritten > 0)
      state->unwritten--;
    b->places[count++] = *place;
  }
  /* Defers the rows of longer tiles to the header that says so. */
  if (b->source->length != 0)
    return rf_tile_change_defer_rows(b->edit, b->places, count, b->freed, b->freed_count, err);
  RF_TRY(rf_tile_change_barrier(b->edit, err));
  RF_TRY(rf_tile_change_put_rows(b->edit, b->places, count, b->fresh, err));
  RF_TRY(rf_tile_change_barrier(b->edit, err));
  rf_tile_space_give(state, b->freed, b->freed_count);
  return RF_OK;
}

static rf_status write_batch(rf_tile_batch *b, rf_error *err) {
  rf_tile_change *edit = b->edit;
  bool fallback = false;
  uint64_t used = edit->state->used, end = choose_places(b, &fallback);
  RF_TRY(rf_tile_change_reserve(edit, end, expect(b, used, end), fallback, err));
  b->encoder.tiled_image = edit->tiled_image;
  edit->state->used = end;
  RF_TRY(write_facts(b, err));
  RF_TRY(write_slots(b, err));
  RF_TRY(write_rows(b, err));
  rf_tiled_image_changed(edit->tiled_image);
  return RF_OK;
}

static rf_status encode_batch(rf_tile_batch *b, rf_error *err) {
  RF_TRY(list_tiles(b, err));
  RF_TRY(read_old(b, err));
  RF_TRY(rf_tile_worker_choose_seed(b, err));
  return rf_parallel(b->threads, b->count, rf_tile_worker_encode, b, err);
}

/* The caller chose P descriptors: checks that they suffice before anything is written. */
static rf_status check_reach(rf_tile_batch *b, rf_error *err) {
  const rf_tiled_state *state = b->edit->state;
  uint64_t most, end = state->used, reach = rf_tile_change_reach(state);
  if (state->heap_format != 'P' || (rf_mul_u64(b->source->count, b->slot, &most) && end + most <= reach))
    return RF_OK;
  for (b->first = 0; b->first < b->source->count && end <= reach; b->first += b->count) {
    RF_TRY(encode_batch(b, err));
    for (size_t i = 0; i < b->count; i++)
      end += cell_size(b, &b->places[i].cell);
  }
  if (end > reach)
    return rf_fail(err, RF_ERR_LIMIT, "the heap would have more bytes than P descriptors reach; use heap format 'Q'");
  return RF_OK;
}

/* Returns whether all columns belong to the tiles, so that rows need no old bytes. */
static bool knows_columns(const rf_tile_change *edit) {
  const rf_tile_columns *c = &edit->tiled_image->columns;
  size_t known = 0;
  const int numbers[] = {c->data, c->gzip, c->raw, c->scale, c->zero, c->null};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
    known += numbers[i] >= 0;
  return known == edit->table->info.ncols;
}

static bool is_all(const rf_tile_change *edit, const rf_tile_source *source) {
  const void *ready = NULL;
  bool all = source->count == edit->tiled_image->ntiles && source->whole != NULL;
  for (uint64_t i = 0; i < source->count && all; i++)
    all = source->whole(source->context, i, &ready);
  return all;
}

static rf_status run(rf_tile_batch *b, rf_error *err) {
  RF_TRY(make_batch(b, err));
  RF_TRY(check_reach(b, err));
  for (b->first = 0; b->first < b->source->count; b->first += b->count) {
    RF_TRY(encode_batch(b, err));
    RF_TRY(write_batch(b, err));
  }
  return RF_OK;
}

rf_status rf_tile_change_write(rf_tile_change *edit, const rf_tile_source *source, rf_error *err) {
  const rf_tiled_image *tiled_image = edit->tiled_image;
  rf_tiled_state *state = edit->state;
  rf_tile_batch b = {.edit = edit, .source = source, .elements = tiled_image->tile_elements};
  bool seed_open = state->seed_open, never = state->unwritten == tiled_image->ntiles;
  if (source->count == 0)
    return RF_OK;
  if (source->length != 0) {
    b.elements /= (size_t)tiled_image->tile[tiled_image->image.naxis - 1];
    if (source->length > SIZE_MAX / 16 / b.elements)
      return rf_fail(err, RF_ERR_LIMIT, "the tiles have more elements than memory can hold");
    b.elements *= (size_t)source->length;
  }
  RF_TRY(rf_tile_encoder_init(&b.encoder, tiled_image, state, b.elements, err));
  edit->all = is_all(edit, source);
  b.fresh = knows_columns(edit) && (never || edit->all);
  b.never = knows_columns(edit) && never;
  rf_status status = run(&b, err);
  free_batch(&b);
  if (status != RF_OK) {
    state->known = false; /* it may say more than was written */
    state->seed_open = seed_open && !*edit->written;
    return status;
  }
  if (b.fresh && !never)
    state->unwritten = 0;
  return RF_OK;
}
