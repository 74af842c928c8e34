/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a kind of HDU with rows can do.
 */
#ifndef RF_TABLE_OPS_H
#define RF_TABLE_OPS_H

#include "table/append.h"
#include "table/heap/read.h"
#include "table/plan.h"
#include "table/rows/plan.h"

/* Functions run with `file->lock` held: shared, or exclusive where they take `written`. `table` is what `info` handed
 * out; no other operation takes it from rf_hdu.parsed. MAY can be NULL: the kind has nothing of that sort. */
struct rf_table_ops {
  /* MUST. Gets the rows, the columns and the place of the heap, valid until the next edit. */
  rf_status (*info)(rf_file *file, rf_hdu *hdu, const rf_table **table, rf_error *err);

  /* MUST. Reads the rows of a selection that is not empty through a plan that is not empty. */
  rf_status (*read)(rf_file *file, const rf_hdu *hdu, const rf_table *table, const rf_row_plan *plan,
                    const rf_row_selection *selection, rf_error *err);

  /* MUST. Adds the ranges of the file that `read` fetches for these columns (NULL: all) of a selection that is not
   * empty. */
  rf_status (*plan)(rf_file *file, const rf_hdu *hdu, const rf_table *table, const rf_row_selection *selection,
                    const size_t *columns, size_t count, rf_range_list *ranges, rf_error *err);

  /* MAY. Adapts *rows, the number of rows to read at once, whose cells take `row_cells` bytes of memory each, and
   * refuses a row that the file cannot hold. NULL: *rows stays. */
  rf_status (*batch_rows)(rf_file *file, const rf_hdu *hdu, const rf_table *table, uint64_t row_cells, uint64_t *rows,
                          rf_error *err);

  /* MAY. Cells of variable length (FITS 7.3.5). `column` has descriptors and the selection is not empty. The offsets
   * are numbers by which `read_heap` knows the cells. */
  rf_status (*read_descriptors)(rf_file *file, const rf_hdu *hdu, const rf_table *table, size_t column,
                                const rf_row_selection *selection, uint64_t *lengths, uint64_t *offsets, rf_error *err);
  rf_status (*read_heap)(rf_file *file, const rf_hdu *hdu, const rf_table *table, rf_heap_reader *reader,
                         rf_error *err);

  /* MAY. The calls of rustfits/table.h that change a table. */
  rf_status (*write)(rf_file *file, rf_hdu *hdu, const rf_rows *rows, const rf_column_request *requests, size_t count,
                     bool *written, rf_error *err);
  rf_status (*write_heap)(rf_file *file, rf_hdu *hdu, size_t column, const rf_rows *rows, const rf_heap_cells *cells,
                          bool *written, rf_error *err);
  rf_status (*resize)(rf_file *file, rf_hdu *hdu, uint64_t nrows, bool *written, rf_error *err);
  rf_status (*append)(rf_file *file, rf_hdu *hdu, rf_table_addition *addition, bool *written, rf_error *err);
  rf_status (*delete_rows)(rf_file *file, rf_hdu *hdu, const rf_rows *rows, bool *written, rf_error *err);
  rf_status (*insert_column)(rf_file *file, rf_hdu *hdu, size_t position, const rf_column_spec *spec, bool *written,
                             rf_error *err);
  rf_status (*delete_column)(rf_file *file, rf_hdu *hdu, size_t column, bool *written, rf_error *err);
  rf_status (*repack)(rf_file *file, rf_hdu *hdu, uint64_t *freed, bool *written, rf_error *err);
};

/* Gets the table of an HDU. `lock` held. RF_ERR_TYPE where the HDU has no rows. */
rf_status rf_table_of(rf_file *file, rf_hdu *hdu, const rf_table **table, rf_error *err);

/* Gets HDU `index` and its table. `lock` held. RF_ERR_TYPE where the HDU has no rows. */
rf_status rf_table_locked(rf_file *file, size_t index, rf_hdu **hdu, const rf_table **table, rf_error *err);

#endif
