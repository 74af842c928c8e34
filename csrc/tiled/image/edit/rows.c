/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows of the table of a compressed image, as a change writes them.
 */
#include "tiled/image/edit/rows.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "codec/quantize/quantize.h"
#include "file/layout.h"
#include "store/store.h"
#include "store/trailer/commit.h"
#include "store/trailer/edit.h"
#include "table/column/column.h"
#include "table/edit.h"
#include "tiled/image/edit/change.h"
#include "tiled/image/image.h"
#include "tiled/image/rows.h"
#include "tiled/session.h"

static const rf_tile_form forms[3] = {RF_TILE_FORM_DATA, RF_TILE_FORM_GZIP, RF_TILE_FORM_RAW};

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
  /* For integers, every new tile has the BLANK of the image. */
  int64_t null = edit->tiled_image->quantized ? RF_QUANTIZED_NULL : edit->tiled_image->image.blank;
  if (new_null && (edit->tiled_image->quantized || edit->tiled_image->image.has_blank))
    rf_put_be32(row + (size_t)edit->table->columns[c->null].info.offset, (uint32_t)null);
  if (!edit->tiled_image->quantized)
    return;
  put_real(edit, c->scale, row, place->cell.scale);
  put_real(edit, c->zero, row, place->cell.zero);
}

rf_status rf_tile_change_put_deferred(rf_tile_change *edit, rf_store *store, uint64_t data, rf_error *err) {
  const rf_column *columns[3];
  size_t row_bytes;
  if (edit->place_count == 0)
    return RF_OK;
  rf_tile_change_columns(edit, columns);
  uint8_t *row = rf_to_size(edit->table->info.row_bytes, &row_bytes) ? rf_alloc(row_bytes) : NULL;
  if (row == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a row of %" PRIu64 " bytes", edit->table->info.row_bytes);
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

/* ---- writing rows ---- */

typedef struct row_writer {
  rf_tile_change *edit;
  size_t row_bytes;
  uint8_t *rows;  /* as in the file, then as changed */
  uint8_t *fresh; /* one row */
  rf_edit *torn;  /* rows that a kill could tear, written through a trailer */
} row_writer;

/* Returns whether the bytes that differ lie in two pages of the file. */
static bool can_tear(const uint8_t *old, const uint8_t *fresh, size_t n, uint64_t at) {
  size_t first = 0, last = n;
  while (first < n && old[first] == fresh[first])
    first++;
  while (last > first && old[last - 1] == fresh[last - 1])
    last--;
  return first < last && rf_layout_crosses_page(at + first, last - first);
}

/* Changes row i of the rows at `at`. */
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
  rf_tile_change_columns(edit, columns);
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
                         : rf_fail(err, RF_ERR_MEMORY, "cannot allocate rows of %" PRIu64 " bytes", info->row_bytes);
  rf_edit_free(w.torn);
  rf_free(w.rows);
  rf_free(w.fresh);
  return status;
}
