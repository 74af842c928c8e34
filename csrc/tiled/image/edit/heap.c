/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The table behind a compressed image while that is changed: how rows and heap lie in the data unit, which bytes of the
 * heap are in use, and the rows themselves.
 *
 * Many small writes must not move what follows each time. So the heap gets room at its end, more of it the larger it
 * is, and rows that are added leave a gap before it; rf_tiled_image_flush gives both back.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "file/layout.h"
#include "header/build.h"
#include "tiled/image/edit/edit.h"
#include "store/trailer/commit.h"
#include "store/trailer/edit.h"
#include "table/column/keyword.h"
#include "table/heap/descriptor.h"
#include "table/rewrite.h"
#include "file/append.h"
#include "file/header.h"

/* Descriptors that are sorted to see whether they share bytes; beyond, they count as sharing. */
#define MAX_CELLS ((uint64_t)1 << 24)
/* Least room at the end of a heap that grows, and the part of the heap that it has. */
#define LEAST_ROOM ((uint64_t)32 << 10)
#define ROOM_PART 8

static const rf_tile_form forms[3] = {RF_ZFORM_DATA, RF_ZFORM_GZIP, RF_ZFORM_RAW};

/* The columns with the bytes of tiles, in the order of `forms`; NULL: there is none. */
static void cell_columns(const rf_tile_change *edit, const rf_column *columns[3]) {
  const rf_tile_columns *c = &edit->tiled_image->columns;
  const int numbers[] = {c->data, c->gzip, c->raw};
  for (int k = 0; k < 3; k++)
    columns[k] = numbers[k] >= 0 ? &edit->table->columns[numbers[k]] : NULL;
}

/* ---- beginning ---- */

static rf_status check_columns(const rf_tile_change *edit, rf_error *err) {
  const rf_tile_columns *c = &edit->tiled_image->columns;
  const rf_column *cells[3];
  const int reals[] = {c->scale, c->zero};
  cell_columns(edit, cells);
  for (int k = 0; k < 3; k++)
    if (cells[k] != NULL && (cells[k]->info.descriptor == 0 || cells[k]->stored_bytes == 0))
      return rf_fail(err, RF_ERR_UNSUPPORTED, "column %s has TFORM '%s' and cannot be written to", cells[k]->info.name,
                     cells[k]->info.form);
  for (int k = 0; k < 2; k++) {
    const rf_column_info *info = reals[k] >= 0 ? &edit->table->columns[reals[k]].info : NULL;
    if (info != NULL && (info->letter != 'D' || info->descriptor != 0))
      return rf_fail(err, RF_ERR_UNSUPPORTED, "column %s has TFORM '%s', where 1D is needed to write to it", info->name,
                     info->form);
  }
  if (c->null >= 0 &&
      (edit->table->columns[c->null].info.letter != 'J' || edit->table->columns[c->null].info.descriptor != 0))
    return rf_fail(err, RF_ERR_UNSUPPORTED, "column ZBLANK has TFORM '%s', where 1J is needed to write to it",
                   edit->table->columns[c->null].info.form);
  return RF_OK;
}

/* What may have changed with the header. */
static rf_status refresh(rf_tile_change *edit, rf_error *err) {
  RF_TRY(rf_tiled_image_locked(edit->file, edit->index, &edit->hdu, &edit->tiled_image, err));
  RF_TRY(rf_tiled_get_rows(edit->file, edit->hdu, &edit->table, err));
  const rf_table_info *info = &edit->table->info;
  uint64_t rows = info->nrows * info->row_bytes; /* a part of data_bytes */
  if (edit->hdu->gcount != 1)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "a compressed image with GCOUNT = %" PRId64 " cannot be changed",
                   edit->hdu->gcount);
  if (info->heap_offset < rows) {
    rf_fail(err, RF_ERR_FORMAT, "THEAP = %" PRIu64 " lies within the rows, which take %" PRIu64 " bytes",
            info->heap_offset, rows);
    rf_error_keyword(err, "THEAP");
    return RF_ERR_FORMAT;
  }
  edit->gap = info->heap_offset - rows;
  return RF_OK;
}

/* ---- which bytes of the heap are in use ---- */

typedef struct cell {
  uint64_t begin;
  uint64_t end;
} cell;

typedef struct survey {
  uint64_t used;
  bool ascending;        /* each cell begins behind all before it */
  rf_tiled_state *state; /* gets the holes between cells, for as long as they ascend */
  cell *cells;           /* NULL: only the facts above */
  size_t count;
} survey;

static rf_status survey_rows(const rf_tile_change *edit, survey *s, uint64_t first, size_t rows, const uint8_t *bytes,
                             rf_error *err) {
  const rf_table *table = edit->table;
  for (size_t i = 0; i < rows; i++)
    for (size_t c = 0; c < table->info.ncols; c++) {
      const rf_column *column = &table->columns[c];
      uint64_t length, offset, size = 0;
      if (column->info.descriptor == 0)
        continue;
      const uint8_t *field = bytes + i * (size_t)table->info.row_bytes + (size_t)column->info.offset;
      if (!rf_descriptor_get(table, column, field, &length, &offset) || !rf_heap_cell_bytes(column, length, &size)) {
        rf_fail(err, RF_ERR_FORMAT,
                "the descriptor of column %s says %" PRIu64 " elements at offset %" PRIu64
                " of the heap, which has %" PRIu64 " bytes",
                column->info.name, length, offset, table->info.heap_bytes);
        return rf_tiled_image_add_context(edit->tiled_image, first + i, err, RF_ERR_FORMAT);
      }
      if (size == 0)
        continue;
      if (s->cells != NULL)
        s->cells[s->count] = (cell){offset, offset + size};
      s->count++;
      s->ascending = s->ascending && offset >= s->used;
      if (s->ascending && s->cells == NULL)
        rf_tile_space_append(s->state, s->used, offset);
      if (offset + size > s->used)
        s->used = offset + size;
    }
  return RF_OK;
}

static rf_status survey_table(const rf_tile_change *edit, survey *s, rf_error *err) {
  const rf_table_info *info = &edit->table->info;
  uint64_t most = info->row_bytes < RF_TABLE_PIECE ? RF_TABLE_PIECE / (info->row_bytes + 1) + 1 : 1;
  size_t room;
  s->used = 0;
  s->ascending = true;
  s->count = 0;
  if (info->nrows == 0)
    return RF_OK;
  if (most > info->nrows)
    most = info->nrows;
  uint8_t *bytes = rf_to_size(most * info->row_bytes, &room) ? rf_alloc(room) : NULL;
  if (bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for rows of %" PRIu64 " bytes", info->row_bytes);
  rf_status status = RF_OK;
  for (uint64_t first = 0; first < info->nrows && status == RF_OK; first += most) {
    size_t rows = (size_t)(info->nrows - first < most ? info->nrows - first : most);
    status = rf_store_read(edit->file->store, edit->hdu->data_offset + first * info->row_bytes, bytes,
                           rows * (size_t)info->row_bytes, err);
    if (status == RF_OK)
      status = survey_rows(edit, s, first, rows, bytes, err);
  }
  rf_free(bytes);
  return status;
}

static int by_begin(const void *a, const void *b) {
  const cell *x = a, *y = b;
  return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static rf_status is_apart(const rf_tile_change *edit, survey *s, bool *apart, rf_error *err) {
  *apart = false;
  if (s->count > MAX_CELLS)
    return RF_OK;
  s->cells = rf_alloc(s->count * sizeof *s->cells);
  if (s->cells == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a list of %zu cells of the heap", s->count);
  rf_status status = survey_table(edit, s, err);
  if (status == RF_OK) {
    qsort(s->cells, s->count, sizeof *s->cells, by_begin);
    *apart = true;
    uint64_t end = 0;
    for (size_t i = 0; i < s->count; i++) {
      *apart = *apart && s->cells[i].begin >= end;
      rf_tile_space_append(s->state, end, s->cells[i].begin);
      end = s->cells[i].end > end ? s->cells[i].end : end;
    }
  }
  rf_free(s->cells);
  return status;
}

static rf_status know_heap(rf_tile_change *edit, rf_error *err) {
  rf_tiled_state *state = edit->state;
  survey s = {.state = state};
  if (state->known)
    return RF_OK;
  rf_tile_space_clear(state);
  RF_TRY(survey_table(edit, &s, err));
  state->used = s.used;
  state->apart = s.ascending;
  if (!s.ascending) {
    rf_tile_space_clear(state);
    RF_TRY(is_apart(edit, &s, &state->apart, err));
  }
  state->known = true;
  return RF_OK;
}

rf_status rf_tile_change_begin(rf_tile_change *edit, rf_file *file, size_t index, bool *written, rf_error *err) {
  *edit = (rf_tile_change){.file = file, .index = index, .written = written};
  rf_tiled_session *session;
  RF_TRY(refresh(edit, err));
  RF_TRY(rf_tiled_session_get(file, edit->hdu, &session, err));
  edit->state = &session->state;
  RF_TRY(check_columns(edit, err));
  RF_TRY(rf_file_check_whole_locked(file, edit->hdu, err));
  return know_heap(edit, err);
}

/* ---- the header ---- */

static rf_status set_string(rf_header *header, const char *keyword, const char *text, rf_error *err) {
  rf_value value = {.kind = RF_VALUE_STRING, .text = text, .text_length = strlen(text)};
  return rf_header_set(header, keyword, &value, NULL, err);
}

/* TFORMn, where the descriptor or the longest cell is another one. */
static rf_status set_forms(const rf_tile_change *edit, bool wide, rf_header *header, rf_error *err) {
  const rf_column *columns[3];
  const rf_tile_columns *c = &edit->tiled_image->columns;
  const int numbers[] = {c->data, c->gzip, c->raw};
  cell_columns(edit, columns);
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

/* A column for tiles that cannot be quantized, behind the others. */
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

/* ---- rows ---- */

static void put_real(const rf_tile_change *edit, int number, uint8_t *row, double value) {
  uint64_t bits;
  if (number < 0)
    return;
  memcpy(&bits, &value, sizeof bits);
  rf_put_be64(row + (size_t)edit->table->columns[number].info.offset, bits);
}

static void put_row(rf_tile_change *edit, const rf_column *const columns[3], uint8_t *row, const rf_tile_place *place) {
  const rf_tile_columns *c = &edit->tiled_image->columns;
  rf_tiled_state *state = edit->state;
  for (int k = 0; k < 3; k++) {
    uint64_t length = 0, offset = 0;
    if (columns[k] == NULL)
      continue;
    if (forms[k] == place->cell.form) {
      unsigned each = columns[k]->stored_bytes;
      length = place->cell.bytes / each + (place->cell.bytes % each != 0);
      offset = place->offset;
      state->longest[k] = length > state->longest[k] ? length : state->longest[k];
    }
    uint8_t *field = row + (size_t)columns[k]->info.offset;
    if (columns[k]->info.descriptor == 'Q') {
      rf_put_be64(field, length);
      rf_put_be64(field + 8, offset);
    } else {
      rf_put_be32(field, (uint32_t)length);
      rf_put_be32(field + 4, (uint32_t)offset);
    }
  }
  bool new_null = c->null >= 0 && !place->cell.keeps;
  /* Of integers every new tile has the BLANK of the image. */
  int64_t null = edit->tiled_image->quantized ? RF_QUANTIZED_NULL : edit->tiled_image->image.blank;
  if (new_null && (edit->tiled_image->quantized || edit->tiled_image->image.has_blank))
    rf_put_be32(row + (size_t)edit->table->columns[c->null].info.offset, (uint32_t)null);
  if (!edit->tiled_image->quantized)
    return;
  put_real(edit, c->scale, row, place->cell.scale);
  put_real(edit, c->zero, row, place->cell.zero);
}

/* ---- rows that are put off ---- */

void rf_tile_change_end(rf_tile_change *edit) {
  rf_free(edit->places);
  rf_free(edit->freed);
  edit->places = NULL;
  edit->freed = NULL;
  edit->place_count = edit->freed_count = 0;
}

rf_status rf_tile_change_defer_rows(rf_tile_change *edit, const rf_tile_place *places, size_t count,
                                    const rf_tile_hole *freed, size_t freed_count, rf_error *err) {
  if (count == 0)
    return RF_OK;
  rf_tile_place *more = rf_realloc(edit->places, (edit->place_count + count) * sizeof *more);
  if (more != NULL)
    edit->places = more;
  rf_tile_hole *holes =
      more != NULL ? rf_realloc(edit->freed, (edit->freed_count + freed_count + 1) * sizeof *holes) : NULL;
  if (holes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a list of %zu tiles", count);
  edit->freed = holes;
  memcpy(edit->places + edit->place_count, places, count * sizeof *places);
  if (freed_count > 0)
    memcpy(edit->freed + edit->freed_count, freed, freed_count * sizeof *freed);
  edit->place_count += count;
  edit->freed_count += freed_count;
  return RF_OK;
}

/* `data`: where the rows are, in the layout that edit->table has. */
static rf_status put_deferred(rf_tile_change *edit, rf_store *store, uint64_t data, rf_error *err) {
  const rf_column *columns[3];
  size_t row_bytes;
  if (edit->place_count == 0)
    return RF_OK;
  cell_columns(edit, columns);
  uint8_t *row = rf_to_size(edit->table->info.row_bytes, &row_bytes) ? rf_alloc(row_bytes) : NULL;
  if (row == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a row of %" PRIu64 " bytes", edit->table->info.row_bytes);
  rf_status status = RF_OK;
  for (size_t i = 0; i < edit->place_count && status == RF_OK; i++) {
    uint64_t at = data + edit->places[i].tile * row_bytes;
    status = rf_store_read(store, at, row, row_bytes, err);
    put_row(edit, columns, row, &edit->places[i]);
    if (status == RF_OK)
      status = rf_store_write(store, at, row, row_bytes, err);
  }
  rf_free(row);
  return status;
}

/* ---- another layout ---- */

typedef struct relayout {
  rf_tile_change *edit;
  const rf_table_info *info;
  uint64_t used; /* bytes of the heap that move */
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

/* What becomes of the fields of a row. */
static void plan_rows(const rf_tile_change *edit, const rf_tile_layout *layout, relayout *r) {
  const rf_column *columns[3];
  uint64_t at = 0, old = edit->table->info.row_bytes;
  cell_columns(edit, columns);
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
  return put_deferred(r->edit, store, data, err);
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

/* What is kept of the image stays where it is in memory, and its cache stays as it was set: callers are in the middle
 * of a change, and only what the new header says otherwise is taken over. */
static rf_status renew(rf_tile_change *edit, rf_tiled_image *kept, bool otherwise, rf_error *err) {
  rf_tiled_parsed *parsed = edit->hdu->parsed;
  rf_status status = RF_OK;
  if (otherwise) {
    status = refresh(edit, err);
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
    status = refresh(edit, err);
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
  rf_rearrange move = {move_all, &r, false};
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
  cell_columns(edit, columns);
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
  cell_columns(edit, columns);
  for (int k = 0; k < 3; k++)
    longer = longer || (columns[k] != NULL && state->longest[k] > columns[k]->info.max_length);
  edit->hdu->pending = state->grown || longer || state->unwritten > 0;
  return RF_OK;
}

/* ---- switching rows ---- */

rf_status rf_tile_change_barrier(const rf_tile_change *edit, rf_error *err) {
  bool wanted = (edit->file->options.flags & RF_OPEN_DURABLE) != 0 && !edit->hdu->unpublished;
  return wanted ? rf_store_sync(edit->file->store, err) : RF_OK;
}

/* Rows on their way to the file. */
typedef struct row_writer {
  rf_tile_change *edit;
  size_t row_bytes;
  uint8_t *rows;  /* as the file has them, then as it will */
  uint8_t *fresh; /* one row */
  rf_edit *torn;  /* rows that a kill could tear: they are written through a trailer */
} row_writer;

/* Do the bytes that differ lie in two pages of the file? */
static bool can_tear(const uint8_t *old, const uint8_t *fresh, size_t n, uint64_t at) {
  size_t first = 0, last = n;
  while (first < n && old[first] == fresh[first])
    first++;
  while (last > first && old[last - 1] == fresh[last - 1])
    last--;
  return first < last && rf_layout_crosses_page(at + first, last - first);
}

/* Row i of those at `at`. */
static rf_status change_row(row_writer *w, const rf_column *const columns[3], size_t i, uint64_t at,
                            const rf_tile_place *place, rf_error *err) {
  uint8_t *row = w->rows + i * w->row_bytes;
  uint64_t offset = at + i * w->row_bytes;
  rf_tile_change *edit = w->edit;
  if (edit->hdu->unpublished || !rf_layout_crosses_page(offset, w->row_bytes)) {
    put_row(edit, columns, row, place);
    return RF_OK;
  }
  memcpy(w->fresh, row, w->row_bytes);
  put_row(edit, columns, w->fresh, place);
  if (!can_tear(row, w->fresh, w->row_bytes, offset) || !rf_edit_is_wanted(edit->file->store)) {
    memcpy(row, w->fresh, w->row_bytes);
    return RF_OK;
  }
  if (w->torn == NULL)
    RF_TRY(rf_layout_begin_patch(edit->file, &w->torn, err));
  return rf_store_write(rf_edit_store(w->torn), offset, w->fresh, w->row_bytes, err);
}

static rf_status write_rows(row_writer *w, const rf_tile_place *places, size_t count, bool blank, size_t most,
                            rf_error *err) {
  rf_tile_change *edit = w->edit;
  const rf_column *columns[3];
  cell_columns(edit, columns);
  for (size_t first = 0, n; first < count; first += n) {
    uint64_t at = edit->hdu->data_offset + places[first].tile * w->row_bytes;
    for (n = 1; n < most && first + n < count && places[first + n].tile == places[first].tile + n; n++)
      ;
    if (blank)
      memset(w->rows, 0, n * w->row_bytes);
    else
      RF_TRY(rf_store_read(edit->file->store, at, w->rows, n * w->row_bytes, err));
    for (size_t i = 0; i < n; i++)
      RF_TRY(change_row(w, columns, i, at, &places[first + i], err));
    *edit->written = true;
    RF_TRY(rf_store_write(edit->file->store, at, w->rows, n * w->row_bytes, err));
  }
  return w->torn != NULL ? rf_edit_commit(w->torn, edit->written, err) : RF_OK;
}

rf_status rf_tile_change_put_rows(rf_tile_change *edit, const rf_tile_place *places, size_t count, bool blank,
                                  rf_error *err) {
  const rf_table_info *info = &edit->table->info;
  row_writer w = {.edit = edit};
  if (!rf_to_size(info->row_bytes, &w.row_bytes))
    return rf_fail(err, RF_ERR_MEMORY, "rows of %" PRIu64 " bytes do not fit memory", info->row_bytes);
  size_t most = w.row_bytes < RF_TABLE_PIECE ? RF_TABLE_PIECE / (w.row_bytes + 1) + 1 : 1;
  most = most < count ? most : count;
  w.rows = rf_alloc(most * w.row_bytes);
  w.fresh = rf_alloc(w.row_bytes);
  rf_status status = w.rows != NULL && w.fresh != NULL
                         ? write_rows(&w, places, count, blank && edit->hdu->unpublished, most, err)
                         : rf_fail(err, RF_ERR_MEMORY, "no memory for rows of %" PRIu64 " bytes", info->row_bytes);
  rf_edit_free(w.torn);
  rf_free(w.rows);
  rf_free(w.fresh);
  return status;
}
