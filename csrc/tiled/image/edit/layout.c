/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The layout of rows and heap of a compressed image, and the header that describes it.
 *
 * Many small writes must not move the HDUs after it each time. The heap therefore gets spare room at its end, an eighth
 * of its size, and new rows leave a gap before the heap. rf_tiled_image_flush() removes both.
 */
#include "tiled/image/edit/layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "codec/quantize/quantize.h"
#include "file/header.h"
#include "file/layout.h"
#include "header/build.h"
#include "store/store.h"
#include "table/column/column.h"
#include "table/column/keyword.h"
#include "table/edit.h"
#include "file/rewrite.h"
#include "tiled/cache.h"
#include "tiled/image/edit/change.h"
#include "tiled/image/edit/rows.h"
#include "tiled/image/edit/space.h"
#include "tiled/image/image.h"
#include "tiled/parsed.h"
#include "tiled/session.h"

/* The least spare room at the end of a heap that grows, and its share of the heap. */
#define LEAST_ROOM ((uint64_t)32 << 10)
#define ROOM_PART 8

/* ---- the header ---- */

static rf_status set_string(rf_header *header, const char *keyword, const char *text, rf_error *err) {
  rf_value value = {.kind = RF_VALUE_STRING, .text = text, .text_length = strlen(text)};
  return rf_header_set(header, keyword, &value, NULL, err);
}

/* Sets TFORMn where the descriptor or the longest cell has changed. */
static rf_status set_forms(const rf_tile_change *edit, bool wide, rf_header *header, rf_error *err) {
  const rf_column *columns[3];
  const rf_tile_columns *c = &edit->tiled_image->columns;
  const int numbers[] = {c->data, c->gzip, c->raw};
  rf_tile_change_columns(edit, columns);
  for (int k = 0; k < 3; k++) {
    char keyword[32], form[48];
    const rf_column_info *info = columns[k] != NULL ? &columns[k]->info : NULL;
    if (info == NULL)
      continue;
    uint64_t longest = edit->state->longest[k] > info->max_length ? edit->state->longest[k] : info->max_length;
    if (longest == info->max_length && !(wide && info->descriptor == 'P'))
      continue;
    (void)snprintf(keyword, sizeof keyword, "TFORM%d", numbers[k] + 1);
    (void)snprintf(form, sizeof form, "1%c%c(%" PRIu64 ")", wide ? 'Q' : info->descriptor, info->letter, longest);
    RF_TRY(set_string(header, keyword, form, err));
  }
  return RF_OK;
}

/* Appends a column for tiles that cannot be quantized. */
static rf_status add_fallback(const rf_tile_change *edit, bool wide, rf_header **header, rf_error *err) {
  unsigned number = (unsigned)edit->table->info.ncols + 1;
  char keyword[32];
  rf_header *cards, *longer;
  RF_TRY(rf_header_new(&cards, err));
  (void)snprintf(keyword, sizeof keyword, "TTYPE%u", number);
  rf_status status = rf_header_append_string(cards, keyword, "GZIP_COMPRESSED_DATA", NULL, err);
  (void)snprintf(keyword, sizeof keyword, "TFORM%u", number);
  if (status == RF_OK)
    status = rf_header_append_string(cards, keyword, wide ? "1QB" : "1PB", "bytes of a tile, in the heap", err);
  if (status == RF_OK)
    status = rf_header_renumber(*header, 0, number, 0, cards, &longer, err);
  rf_header_free(cards);
  if (status != RF_OK)
    return status;
  rf_header_free(*header);
  *header = longer;
  return rf_table_set_integer(*header, "TFIELDS", number, NULL, err);
}

static rf_status set_facts(const rf_tile_change *edit, const rf_tile_layout *layout, rf_header *header, rf_error *err) {
  const rf_tiled_image *tiled_image = edit->tiled_image;
  int last = tiled_image->image.naxis;
  if (last > 0 && layout->length != tiled_image->image.axes[last - 1]) {
    char keyword[32];
    (void)snprintf(keyword, sizeof keyword, "ZNAXIS%d", last);
    RF_TRY(rf_table_set_integer(header, keyword, layout->length, NULL, err));
  }
  if (tiled_image->quantized && tiled_image->dither != RF_DITHER_NONE && edit->stale)
    RF_TRY(
        rf_table_set_integer(header, "ZDITHER0", (uint64_t)tiled_image->seed, "where the random sequence begins", err));
  if (tiled_image->quantized && edit->state->nulls && !tiled_image->has_null && tiled_image->columns.null < 0) {
    rf_value null = {.kind = RF_VALUE_INTEGER, .integer = RF_QUANTIZED_NULL};
    RF_TRY(rf_header_set(header, "ZBLANK", &null, "integer of undefined pixels", err));
  }
  return RF_OK;
}

/* ---- another layout ---- */

typedef struct relayout {
  rf_tile_change *edit;
  const rf_table_info *info;
  uint64_t used; /* bytes of the heap to move */
  uint64_t row_bytes;
  uint64_t nrows;
  uint64_t heap_offset;
  rf_row_part parts[8];
  size_t count;
} relayout;

static void add_part(relayout *r, rf_row_mode mode, uint64_t from, uint64_t bytes) {
  if (bytes == 0)
    return;
  r->parts[r->count++] = (rf_row_part){mode, from, r->row_bytes, bytes};
  r->row_bytes += bytes;
}

/* Plans the new fields of a row. */
static void plan_rows(const rf_tile_change *edit, const rf_tile_layout *layout, relayout *r) {
  const rf_column *columns[3];
  uint64_t at = 0, old = edit->table->info.row_bytes;
  rf_tile_change_columns(edit, columns);
  while (layout->wide) {
    const rf_column *next = NULL;
    for (int k = 0; k < 3; k++)
      if (columns[k] != NULL && columns[k]->info.descriptor == 'P' && columns[k]->info.repeat > 0 &&
          columns[k]->info.offset >= at && (next == NULL || columns[k]->info.offset < next->info.offset))
        next = columns[k];
    if (next == NULL)
      break;
    add_part(r, RF_ROW_COPY, at, next->info.offset - at);
    add_part(r, RF_ROW_WIDEN, next->info.offset, 16);
    at = next->info.offset + 8;
  }
  add_part(r, RF_ROW_COPY, at, old - at);
  if (layout->fallback)
    add_part(r, RF_ROW_BLANK, 0, layout->wide ? 16 : 8);
}

static rf_status move_all(void *context, rf_store *store, uint64_t data, rf_error *err) {
  const relayout *r = context;
  const rf_table_info *info = r->info;
  RF_TRY(rf_store_move(store, data + info->heap_offset, data + r->heap_offset, r->used, err));
  if (r->row_bytes != info->row_bytes)
    RF_TRY(rf_rows_rewrite(store, data, info->nrows, info->row_bytes, r->row_bytes, r->parts, r->count, 0, err));
  if (r->nrows > info->nrows) {
    uint64_t from = info->nrows * r->row_bytes;
    RF_TRY(rf_store_fill(store, data + from, r->nrows * r->row_bytes - from, 0, err));
  }
  return rf_tile_change_put_deferred(r->edit, store, data, err);
}

rf_tile_layout rf_tile_change_layout(const rf_tile_change *edit) {
  int naxis = edit->tiled_image->image.naxis;
  return (rf_tile_layout){.nrows = edit->table->info.nrows,
                          .length = naxis > 0 ? edit->tiled_image->image.axes[naxis - 1] : 0,
                          .gap = edit->gap,
                          .heap = edit->table->info.heap_bytes};
}

static rf_status sizes(const rf_tile_layout *layout, relayout *r, uint64_t *bytes, rf_error *err) {
  if (!rf_mul_u64(r->row_bytes, r->nrows, &r->heap_offset) ||
      !rf_add_u64(r->heap_offset, layout->gap, &r->heap_offset) || !rf_add_u64(r->heap_offset, layout->heap, bytes) ||
      *bytes > INT64_MAX - RF_BLOCK_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "the compressed image would have more bytes than a file can hold");
  return RF_OK;
}

static rf_status set_sizes(const relayout *r, const rf_tile_layout *layout, rf_header *header, rf_error *err) {
  RF_TRY(rf_table_set_integer(header, "NAXIS1", r->row_bytes, NULL, err));
  RF_TRY(rf_table_set_integer(header, "NAXIS2", r->nrows, NULL, err));
  RF_TRY(rf_table_set_integer(header, "PCOUNT", layout->gap + layout->heap, "size of special data area", err));
  return rf_table_set_heap_place(header, r->heap_offset, layout->gap, err);
}

/* Takes over the changes of the new header. The image stays at its address, and its cache stays, because callers are in
 * the middle of a change. */
static rf_status renew(rf_tile_change *edit, rf_tiled_image *kept, bool otherwise, rf_error *err) {
  rf_tiled_parsed *parsed = edit->hdu->parsed;
  rf_status status = RF_OK;
  if (otherwise) {
    status = rf_tile_change_refresh(edit, err);
    if (status == RF_OK) {
      rf_tiled_image *fresh = edit->tiled_image, old = *kept;
      rf_tile_cache *cache = old.cache;
      *kept = *fresh;
      old.cache = fresh->cache;
      kept->cache = cache;
      *fresh = old;
      rf_tiled_image_free(fresh);
    }
  } else if (edit->state->nulls && !kept->has_null && kept->quantized && kept->columns.null < 0) {
    kept->has_null = true;
    kept->null = RF_QUANTIZED_NULL;
  }
  parsed->image = kept;
  if (status == RF_OK)
    status = rf_tile_change_refresh(edit, err);
  rf_tiled_image_changed(kept);
  return status;
}

static rf_status rearrange(rf_tile_change *edit, const rf_tile_layout *layout, const rf_header *header, uint64_t bytes,
                           const rf_rearrange *moves, rf_error *err) {
  rf_tiled_image *kept = edit->tiled_image;
  bool otherwise = layout->wide || layout->fallback || layout->length != rf_tile_change_layout(edit).length;
  rf_tiled_parsed *parsed = edit->hdu->parsed, *fresh = rf_alloc_zero(1, sizeof *fresh);
  if (fresh == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the facts of a compressed image");
  parsed->image = NULL;
  rf_status status = rf_file_rearrange_locked(edit->file, edit->index, header, bytes, moves, edit->written, err);
  if (edit->hdu->parsed == NULL)
    edit->hdu->parsed = fresh; /* the edit has freed the old facts */
  else
    rf_free(fresh);
  if (status == RF_OK)
    return renew(edit, kept, otherwise, err);
  parsed = edit->hdu->parsed;
  parsed->image = kept;
  return status;
}

rf_status rf_tile_change_apply(rf_tile_change *edit, const rf_tile_layout *layout, rf_error *err) {
  relayout r = {.edit = edit, .info = &edit->table->info, .used = edit->state->used, .nrows = layout->nrows};
  uint64_t bytes = 0;
  const rf_header *old;
  rf_header *header;
  plan_rows(edit, layout, &r);
  RF_TRY(sizes(layout, &r, &bytes, err));
  RF_TRY(rf_file_header_locked(edit->file, edit->hdu, &old, err));
  RF_TRY(rf_header_copy(old, &header, err));
  bool moves = r.row_bytes != r.info->row_bytes || r.nrows > r.info->nrows || r.heap_offset != r.info->heap_offset ||
               edit->place_count > 0;
  rf_rearrange move = {.run = move_all, .context = &r, .fresh = false};
  rf_status status = set_sizes(&r, layout, header, err);
  if (status == RF_OK)
    status = set_forms(edit, layout->wide, header, err);
  if (status == RF_OK)
    status = set_facts(edit, layout, header, err);
  if (status == RF_OK && layout->fallback)
    status = add_fallback(edit, layout->wide, &header, err);
  if (status == RF_OK)
    status = rearrange(edit, layout, header, bytes, moves ? &move : NULL, err);
  rf_header_free(header);
  if (status == RF_OK) {
    edit->stale = false;
    rf_tile_space_give(edit->state, edit->freed, edit->freed_count);
    rf_tile_change_end(edit);
  }
  return status;
}

rf_status rf_tile_change_reserve(rf_tile_change *edit, uint64_t need, uint64_t likely, bool fallback, rf_error *err) {
  const rf_column *columns[3];
  rf_tile_layout layout = rf_tile_change_layout(edit);
  rf_tiled_state *state = edit->state;
  rf_tile_change_columns(edit, columns);
  for (int k = 0; k < 3 && need > rf_tile_change_reach(state); k++)
    layout.wide = layout.wide || (columns[k] != NULL && columns[k]->info.descriptor == 'P');
  layout.fallback = fallback;
  if (layout.wide && state->heap_format == 'P')
    return rf_fail(err, RF_ERR_LIMIT,
                   "the heap would have %" PRIu64 " bytes, more than P descriptors reach; use heap format 'Q'", need);
  if (need <= layout.heap && !layout.wide && !fallback)
    return RF_OK;
  if (need > layout.heap) {
    uint64_t room = need / ROOM_PART > LEAST_ROOM ? need / ROOM_PART : LEAST_ROOM;
    if (!rf_add_u64(need, room, &layout.heap))
      layout.heap = need;
    layout.heap = layout.heap > likely ? layout.heap : likely;
  }
  RF_TRY(rf_tile_change_apply(edit, &layout, err));
  edit->state->grown = true;
  edit->hdu->pending = true;
  return RF_OK;
}

rf_status rf_tile_change_finish(rf_tile_change *edit, rf_error *err) {
  rf_tile_layout layout = rf_tile_change_layout(edit);
  rf_tiled_state *state = edit->state;
  const rf_column *columns[3];
  bool longer = false;
  if (edit->all && state->unwritten == 0 && (state->grown || layout.heap > state->used)) {
    layout.heap = state->used;
    layout.gap = 0;
    RF_TRY(rf_tile_change_apply(edit, &layout, err));
    state = edit->state;
    state->grown = false;
  } else if (edit->stale) {
    RF_TRY(rf_tile_change_apply(edit, &layout, err));
    state = edit->state;
  }
  rf_tile_change_columns(edit, columns);
  for (int k = 0; k < 3; k++)
    longer = longer || (columns[k] != NULL && state->longest[k] > columns[k]->info.max_length);
  edit->hdu->pending = state->grown || longer || state->unwritten > 0;
  return RF_OK;
}
