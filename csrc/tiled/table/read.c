/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads rows and cells of compressed tables: runs the plans of all tables, column by column of each tile.
 */
#include "tiled/table/read.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "file/hdu.h"
#include "table/column/column.h"
#include "table/rows/plan.h"
#include "table/rows/selection.h"
#include "table/rows/step.h"
#include "table/table.h"
#include "tiled/table/cell.h"
#include "tiled/table/table.h"
#include "tiled/table/tiles.h"

/* ---- rows ---- */

typedef struct plan_reader {
  const rf_table_tiles *tiles;
  const rf_row_plan *plan;
} plan_reader;

/* Runs one step for the rows of a part, as many at once as are evenly spaced. */
static rf_status take_rows(void *context, size_t i, const rf_table_tile_part *part, const uint8_t *bytes,
                           rf_error *err) {
  const plan_reader *r = context;
  const rf_row_selection *selection = r->tiles->selection;
  rf_row_step step = r->plan->steps[i];
  rf_row_plan single = {.steps = &step, .count = 1, .low = step.offset, .high = step.offset + step.bytes};
  uint64_t base = part->tile * r->tiles->z->tile_rows, end = part->first + part->count;
  size_t each = (size_t)step.bytes;
  for (uint64_t at = part->first, n; at < end; at += n) {
    uint64_t position = rf_table_tiles_position(r->tiles, at), row = rf_row_at(selection, position);
    int64_t apart = selection->indices == NULL ? selection->step : 1;
    n = selection->indices == NULL ? part->count : 1;
    while (selection->indices != NULL && at + n < end && rf_table_tiles_position(r->tiles, at + n) == position + n &&
           rf_row_at(selection, position + n) == row + n)
      n++;
    ptrdiff_t stride = n > 1 ? (ptrdiff_t)apart * (ptrdiff_t)each : (ptrdiff_t)each;
    RF_TRY(rf_row_plan_run(&single, selection, position, bytes + (size_t)(row - base) * each, stride, (size_t)n, err));
  }
  return RF_OK;
}

rf_status rf_tiled_table_read_plan(rf_file *file, const rf_hdu *hdu, const rf_table *raw, const rf_tiled_table *z,
                                   const rf_row_plan *plan, const rf_row_selection *selection, rf_error *err) {
  RF_TRY(rf_row_plan_check_memory(plan, selection, err));
  size_t *columns = rf_alloc(plan->count * sizeof *columns);
  if (columns == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to read %zu columns", plan->count);
  for (size_t i = 0; i < plan->count; i++)
    columns[i] = plan->steps[i].number;
  plan_reader r = {NULL, plan};
  rf_table_tiles tiles = {.file = file,
                          .hdu = hdu,
                          .raw = raw,
                          .z = z,
                          .selection = selection,
                          .columns = columns,
                          .count = plan->count,
                          .take = take_rows,
                          .context = &r,
                          .threads = plan->threads};
  r.tiles = &tiles;
  rf_status status = rf_table_tiles_run(&tiles, err);
  rf_free(columns);
  return status;
}

/* ---- descriptors ---- */

typedef struct cell_reader {
  const rf_table_tiles *tiles;
  const rf_column *column;
  rf_tile_cell *cells;
} cell_reader;

static rf_status take_cells(void *context, size_t i, const rf_table_tile_part *part, const uint8_t *bytes,
                            rf_error *err) {
  const cell_reader *r = context;
  const rf_tiled_table *z = r->tiles->z;
  uint64_t base = part->tile * z->tile_rows, rows = rf_tiled_table_rows(z, part->tile);
  for (uint64_t k = part->first; k < part->first + part->count; k++) {
    uint64_t position = rf_table_tiles_position(r->tiles, k), row = rf_row_at(r->tiles->selection, position), size;
    rf_tile_cell *cell = &r->cells[(size_t)position];
    *cell = r->column->info.bytes > 0 ? rf_tile_block_get(r->column, bytes, rows, row - base) : (rf_tile_cell){0};
    rf_status status = rf_tile_cell_check(z->plain, r->tiles->raw, r->column, cell, &size, err);
    if (status != RF_OK)
      return rf_table_add_context(err, status, r->column, r->tiles->columns[i], (int64_t)row);
  }
  return RF_OK;
}

rf_status rf_tiled_table_read_cells(rf_file *file, const rf_hdu *hdu, const rf_table *raw, const rf_tiled_table *z,
                                    size_t column, const rf_row_selection *selection, rf_tile_cell *cells,
                                    rf_error *err) {
  cell_reader r = {NULL, &z->plain->columns[column], cells};
  rf_table_tiles tiles = {.file = file,
                          .hdu = hdu,
                          .raw = raw,
                          .z = z,
                          .selection = selection,
                          .columns = &column,
                          .count = 1,
                          .take = take_cells,
                          .context = &r};
  r.tiles = &tiles;
  return rf_table_tiles_run(&tiles, err);
}
