/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows and heap of a table in new places.
 */
#ifndef RF_TABLE_REARRANGE_H
#define RF_TABLE_REARRANGE_H

#include "table/heap/writer.h"
#include "table/write.h"

typedef struct rf_row_change {
  uint64_t row_bytes;
  uint64_t old_rows; /* bytes */
  uint64_t new_rows;
  uint64_t place; /* of new rows with a plan: the bytes of the rows before them */
  uint64_t from;  /* of the gap and the heap, or the heap only, which move */
  uint64_t to;
  uint64_t bytes;
  int blank;
  const rf_write_plan *plan; /* NULL: new rows are blank */
  const rf_row_selection *selection;
  const rf_row_selection *deleted; /* NULL, or rows to delete */
  const rf_heap_writer *writers;   /* of new cells in the heap */
  size_t writer_count;
} rf_row_change;

/* Applies a change. `gap` and `heap` are the new sizes of the gap between rows and heap, and of the heap. */
rf_status rf_row_change_apply(rf_file *file, rf_hdu *hdu, uint64_t nrows, uint64_t gap, uint64_t heap,
                              rf_row_change *change, bool *written, rf_error *err);

/* rf_hdu_ops.flush: closes the gap between rows and heap that appending has left. */
rf_status rf_table_flush(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err);

#endif
