/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading the rows of compressed tables.
 */
#ifndef RF_TILED_TABLE_READ_H
#define RF_TILED_TABLE_READ_H

#include "file/hdu.h"
#include "table/rows/plan.h"
#include "table/rows/selection.h"
#include "table/table.h"
#include "tiled/table/cell.h"
#include "tiled/table/table.h"

/* Reads rows as rf_table_read_plan() does. */
rf_status rf_tiled_table_read_plan(rf_file *file, const rf_hdu *hdu, const rf_table *raw, const rf_tiled_table *z,
                                   const rf_row_plan *plan, const rf_row_selection *selection, rf_error *err);

/* Reads the cells of a column with descriptors, for the selected rows. */
rf_status rf_tiled_table_read_cells(rf_file *file, const rf_hdu *hdu, const rf_table *raw, const rf_tiled_table *z,
                                    size_t column, const rf_row_selection *selection, rf_tile_cell *cells,
                                    rf_error *err);

#endif
