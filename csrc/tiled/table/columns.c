/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Columns that come into compressed tables and go out of them: only descriptors and header change, and the streams of a
 * new column.
 */
#include <string.h>

#include "base/memory.h"
#include "tiled/table/edit/edit.h"

static rf_status take_header(rf_ztedit *e, const rf_header *plain, rf_error *err) {
  rf_header_free(e->plain);
  e->plain = NULL;
  return rf_header_copy(plain, &e->plain, err);
}

static rf_status insert(rf_ztedit *e, const rf_header *plain, size_t position, bool *written, rf_error *err) {
  size_t from[RF_MOST_COLUMNS + 1], ncols = e->table->info.ncols + 1;
  bool skip[RF_MOST_COLUMNS + 1];
  uint64_t tile_rows;
  int level;
  for (size_t i = 0; i < ncols; i++) {
    from[i] = i < position ? i : i > position ? i - 1 : SIZE_MAX;
    skip[i] = i != position;
  }
  memmove(e->types + position + 1, e->types + position, (ncols - 1 - position) * sizeof *e->types);
  e->types[position] = RF_Z_GZIP_1;
  RF_TRY(take_header(e, plain, err));
  RF_TRY(rf_ztedit_refresh(e, from, err));
  /* As a new table would have it. */
  rf_zcmptype types[RF_MOST_COLUMNS];
  RF_TRY(rf_ztable_settle(NULL, e->table, &tile_rows, types, &level, err));
  e->types[position] = types[position];
  RF_TRY(rf_ztedit_zeros(e, 0, e->ntiles, skip, err));
  return rf_ztedit_commit(e, written, err);
}

rf_status rf_ztable_insert(rf_file *file, size_t index, const rf_header *plain, size_t position, bool *written,
                           rf_error *err) {
  rf_ztedit e;
  rf_status status = rf_ztedit_begin(&e, file, index, err);
  if (status == RF_OK)
    status = insert(&e, plain, position, written, err);
  rf_ztedit_end(&e);
  return status;
}

static rf_status delete (rf_ztedit *e, const rf_header *plain, size_t column, bool *written, rf_error *err) {
  size_t from[RF_MOST_COLUMNS], ncols = e->table->info.ncols - 1;
  for (size_t i = 0; i < ncols; i++)
    from[i] = i < column ? i : i + 1;
  memmove(e->types + column, e->types + column + 1, (ncols - column) * sizeof *e->types);
  RF_TRY(take_header(e, plain, err));
  RF_TRY(rf_ztedit_refresh(e, from, err));
  return rf_ztedit_commit(e, written, err);
}

rf_status rf_ztable_delete(rf_file *file, size_t index, const rf_header *plain, size_t column, bool *written,
                           rf_error *err) {
  rf_ztedit e;
  rf_status status = rf_ztedit_begin(&e, file, index, err);
  if (status == RF_OK)
    status = delete (&e, plain, column, written, err);
  rf_ztedit_end(&e);
  return status;
}
