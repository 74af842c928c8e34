/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing the rows of compressed tables.
 */
#ifndef RF_TILED_TABLE_EDIT_WRITE_H
#define RF_TILED_TABLE_EDIT_WRITE_H

#include "table/rows/step.h"
#include "tiled/table/edit/edit.h"
#include "tiled/table/tiles.h"

/* What becomes of one column of one tile. */
typedef struct rf_tile_job {
  uint64_t tile;
  size_t column;
  rf_table_tile_part part; /* rows of the walk that are in it, count 0: none */
  const rf_row_step *step; /* how they are written, NULL: not at all */
  uint8_t *bytes;          /* the stream, once made */
  size_t n;
} rf_tile_job;

/* Makes the streams and hands them to the edit. The walk and its order are those of `tiles`. */
rf_status rf_tiled_table_edit_run(rf_tiled_table_edit *edit, rf_tile_job *jobs, size_t count,
                                  const rf_table_tiles *tiles, rf_error *err);

/* All columns of tiles first .. end-1 become zeros (of tiles that are new). `skip` (may be NULL) has columns to leave
 * out. */
rf_status rf_tiled_table_edit_zeros(rf_tiled_table_edit *edit, uint64_t first, uint64_t end, const bool *skip,
                                    rf_error *err);

/* The calls of rustfits.h on a compressed table; exclusive lock held. */
rf_status rf_tiled_table_write(rf_file *file, size_t index, const rf_rows *rows, const rf_column_request *requests,
                               size_t count, bool *written, rf_error *err);
rf_status rf_tiled_table_resize(rf_file *file, size_t index, uint64_t nrows, bool *written, rf_error *err);
rf_status rf_tiled_table_append(rf_file *file, size_t index, uint64_t nrows, const rf_column_request *requests,
                                size_t count, bool *written, rf_error *err);
rf_status rf_tiled_table_delete_rows(rf_file *file, size_t index, const rf_rows *rows, bool *written, rf_error *err);

#endif
