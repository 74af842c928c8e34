/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inserts and deletes columns of compressed tables: only descriptors and header change, and the streams of a new
 * column.
 */
#include "tiled/table/edit/columns.h"

#include <string.h>

#include "base/memory.h"
#include "table/column/column.h"
#include "tiled/table/edit/edit.h"
#include "tiled/table/edit/write.h"
#include "tiled/table/header.h"

static rf_status take_header(rf_tiled_table_edit *e, const rf_header *plain, rf_error *err) {
  rf_header_free(e->plain);
  e->plain = NULL;
  return rf_header_copy(plain, &e->plain, err);
}

static rf_status insert(rf_tiled_table_edit *e, const rf_header *plain, size_t position, bool *written, rf_error *err) {
  size_t from[RF_MAX_COLUMNS + 1], ncols = e->table->info.ncols + 1;
  bool skip[RF_MAX_COLUMNS + 1];
  uint64_t tile_rows;
  int level;
  for (size_t i = 0; i < ncols; i++) {
    from[i] = i < position ? i : i > position ? i - 1 : SIZE_MAX;
    skip[i] = i != position;
  }
  memmove(e->types + position + 1, e->types + position, (ncols - 1 - position) * sizeof *e->types);
  e->types[position] = RF_Z_GZIP_1;
  RF_TRY(take_header(e, plain, err));
  RF_TRY(rf_tiled_table_edit_refresh(e, from, err));
  /* The codec that a new table would have. */
  rf_zcmptype types[RF_MAX_COLUMNS];
  RF_TRY(rf_tiled_table_choose(NULL, e->table, &tile_rows, types, &level, err));
  e->types[position] = types[position];
  RF_TRY(rf_tiled_table_edit_zeros(e, 0, e->ntiles, skip, err));
  return rf_tiled_table_edit_commit(e, written, err);
}

rf_status rf_tiled_table_insert(rf_file *file, size_t index, const rf_header *plain, size_t position, bool *written,
                                rf_error *err) {
  rf_tiled_table_edit e;
  rf_status status = rf_tiled_table_edit_begin(&e, file, index, err);
  if (status == RF_OK)
    status = insert(&e, plain, position, written, err);
  rf_tiled_table_edit_end(&e);
  return status;
}

static rf_status delete (rf_tiled_table_edit *e, const rf_header *plain, size_t column, bool *written, rf_error *err) {
  size_t from[RF_MAX_COLUMNS], ncols = e->table->info.ncols - 1;
  for (size_t i = 0; i < ncols; i++)
    from[i] = i < column ? i : i + 1;
  memmove(e->types + column, e->types + column + 1, (ncols - column) * sizeof *e->types);
  RF_TRY(take_header(e, plain, err));
  RF_TRY(rf_tiled_table_edit_refresh(e, from, err));
  return rf_tiled_table_edit_commit(e, written, err);
}

rf_status rf_tiled_table_delete(rf_file *file, size_t index, const rf_header *plain, size_t column, bool *written,
                                rf_error *err) {
  rf_tiled_table_edit e;
  rf_status status = rf_tiled_table_edit_begin(&e, file, index, err);
  if (status == RF_OK)
    status = delete (&e, plain, column, written, err);
  rf_tiled_table_edit_end(&e);
  return status;
}
