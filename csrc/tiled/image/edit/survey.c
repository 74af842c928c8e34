/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which bytes of the heap of a compressed image are in use.
 */
#include "tiled/image/edit/survey.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "store/store.h"
#include "table/column/column.h"
#include "table/edit.h"
#include "table/heap/descriptor.h"
#include "table/table.h"
#include "tiled/image/edit/change.h"
#include "tiled/image/edit/space.h"
#include "tiled/image/image.h"
#include "tiled/session.h"

/* Descriptors that are sorted to see whether they share bytes. With more of them, they count as sharing. */
#define MAX_CELLS ((uint64_t)1 << 24)

typedef struct cell {
  uint64_t begin;
  uint64_t end;
} cell;

typedef struct survey {
  uint64_t used;
  bool ascending;        /* each cell begins after all before it */
  rf_tiled_state *state; /* receives the holes between cells as long as they ascend */
  cell *cells;           /* NULL: only the members above */
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
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate rows of %" PRIu64 " bytes", info->row_bytes);
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
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a list of %zu cells of the heap", s->count);
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

rf_status rf_tile_survey(const rf_tile_change *edit, rf_error *err) {
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
