/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A change of a compressed image: how it begins and ends.
 */
#include "tiled/image/edit/change.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "file/append.h"
#include "store/store.h"
#include "table/column/column.h"
#include "tiled/image/edit/survey.h"
#include "tiled/image/image.h"
#include "tiled/parsed.h"
#include "tiled/session.h"
#include "file/scan/scan.h"

void rf_tile_change_columns(const rf_tile_change *edit, const rf_column *columns[3]) {
  const rf_tile_columns *c = &edit->tiled_image->columns;
  const int numbers[] = {c->data, c->gzip, c->raw};
  for (int k = 0; k < 3; k++)
    columns[k] = numbers[k] >= 0 ? &edit->table->columns[numbers[k]] : NULL;
}

static rf_status check_columns(const rf_tile_change *edit, rf_error *err) {
  const rf_tile_columns *c = &edit->tiled_image->columns;
  const rf_column *cells[3];
  const int reals[] = {c->scale, c->zero};
  rf_tile_change_columns(edit, cells);
  for (int k = 0; k < 3; k++)
    if (cells[k] != NULL && (cells[k]->info.descriptor == 0 || cells[k]->stored_bytes == 0))
      return rf_fail(err, RF_ERR_UNSUPPORTED, "column %s has TFORM '%s' and cannot be written to", cells[k]->info.name,
                     cells[k]->info.form);
  for (int k = 0; k < 2; k++) {
    const rf_column_info *info = reals[k] >= 0 ? &edit->table->columns[reals[k]].info : NULL;
    if (info != NULL && (info->letter != 'D' || info->descriptor != 0))
      return rf_fail(err, RF_ERR_UNSUPPORTED, "column %s has TFORM '%s', expected 1D to write to it", info->name,
                     info->form);
  }
  if (c->null >= 0 &&
      (edit->table->columns[c->null].info.letter != 'J' || edit->table->columns[c->null].info.descriptor != 0))
    return rf_fail(err, RF_ERR_UNSUPPORTED, "column ZBLANK has TFORM '%s', expected 1J to write to it",
                   edit->table->columns[c->null].info.form);
  return RF_OK;
}

rf_status rf_tile_change_refresh(rf_tile_change *edit, rf_error *err) {
  RF_TRY(rf_tiled_image_get(edit->file, edit->hdu, &edit->tiled_image, err));
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

rf_status rf_tile_change_begin(rf_tile_change *edit, rf_file *file, size_t index, bool *written, rf_error *err) {
  *edit = (rf_tile_change){.file = file, .index = index, .written = written};
  rf_tiled_session *session;
  RF_TRY(rf_file_hdu_locked(file, index, &edit->hdu, err));
  RF_TRY(rf_tile_change_refresh(edit, err));
  RF_TRY(rf_tiled_session_get(file, edit->hdu, &session, err));
  edit->state = &session->state;
  RF_TRY(check_columns(edit, err));
  RF_TRY(rf_file_check_whole_locked(file, edit->hdu, err));
  return rf_tile_survey(edit, err);
}

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
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a list of %zu tiles", count);
  edit->freed = holes;
  memcpy(edit->places + edit->place_count, places, count * sizeof *places);
  if (freed_count > 0)
    memcpy(edit->freed + edit->freed_count, freed, freed_count * sizeof *freed);
  edit->place_count += count;
  edit->freed_count += freed_count;
  return RF_OK;
}

rf_status rf_tile_change_barrier(const rf_tile_change *edit, rf_error *err) {
  bool wanted = (edit->file->options.flags & RF_OPEN_DURABLE) != 0 && !edit->hdu->unpublished;
  return wanted ? rf_store_sync(edit->file->store, err) : RF_OK;
}
