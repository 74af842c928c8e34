/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing the rows of compressed tables.
 */
#ifndef RF_TILED_TABLE_EDIT_WRITE_H
#define RF_TILED_TABLE_EDIT_WRITE_H

#include "table/rows/step.h"
#include "tiled/table/edit/edit.h"
#include "tiled/table/tiles.h"

/* A new stream for one column of one tile. */
typedef struct rf_tile_job {
  uint64_t tile;
  size_t column;
  rf_table_tile_part part; /* the selected rows in it, count 0: none */
  const rf_row_step *step; /* how they are written, NULL: not at all */
  uint8_t *bytes;          /* the stream, after encoding */
  size_t n;
} rf_tile_job;

/* Sets all columns of the new tiles first .. end-1 to zeros. `skip` (may be NULL) excludes columns. */
rf_status rf_tiled_table_edit_zeros(rf_tiled_table_edit *edit, uint64_t first, uint64_t end, const bool *skip,
                                    rf_error *err);

/* The public calls on a compressed table. Exclusive lock held. */
rf_status rf_tiled_table_write(rf_file *file, size_t index, const rf_rows *rows, const rf_column_request *requests,
                               size_t count, bool *written, rf_error *err);
rf_status rf_tiled_table_resize(rf_file *file, size_t index, uint64_t nrows, bool *written, rf_error *err);
rf_status rf_tiled_table_append(rf_file *file, size_t index, uint64_t nrows, const rf_column_request *requests,
                                size_t count, bool *written, rf_error *err);
rf_status rf_tiled_table_delete_rows(rf_file *file, size_t index, const rf_rows *rows, bool *written, rf_error *err);

#endif
