/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes rows of compressed tables: decodes the columns of the tiles, writes to them, and encodes them again, on
 * several threads.
 */
#include "tiled/table/edit/write.h"

#include <inttypes.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "table/column/column.h"
#include "table/edit.h"
#include "table/rows/pack.h"
#include "table/rows/plan.h"
#include "table/rows/selection.h"
#include "table/rows/step.h"
#include "table/write.h"
#include "tiled/table/cell.h"
#include "tiled/table/edit/edit.h"
#include "tiled/table/table.h"
#include "tiled/table/tiles.h"

/* ---- one column of one tile ---- */

typedef struct runner {
  rf_tiled_table_edit *e;
  rf_tile_job *jobs;
  const rf_table_tiles *tiles;
} runner;

/* Returns whether all rows of the tile, and all bytes of their fields, are written. */
static bool is_whole(const rf_tiled_table_edit *e, const rf_tile_job *job) {
  const rf_row_step *step = job->step;
  if (step == NULL || job->part.count < rf_tiled_table_edit_rows(e, job->tile))
    return false;
  size_t element = step->column->info.width > 0 ? (size_t)step->column->info.width : step->stored_bytes;
  return step->type != RF_BIT && step->count * element == step->bytes;
}

/* Copies fields `from` .. from + n - 1 of an old tile of `had` rows to fields `to` .. of a tile of `has` rows. For
 * columns with descriptors, also the descriptors of the compressed cells, whose bytes stay. */
static void take_rows(const rf_column *column, const uint8_t *old, uint64_t had, uint64_t from, uint8_t *out,
                      uint64_t has, uint64_t to, uint64_t n) {
  size_t each = (size_t)column->info.bytes;
  memcpy(out + (size_t)to * each, old + (size_t)from * each, (size_t)n * each);
  if (column->info.descriptor != 0)
    memcpy(out + (size_t)has * each + (size_t)to * 16, old + (size_t)had * each + (size_t)from * 16, (size_t)n * 16);
}

/* Returns the number of deleted rows before row `row` of the remaining rows. */
static uint64_t deleted_before(const rf_row_selection *deleted, uint64_t row) {
  uint64_t low = 0, high = deleted->count;
  while (low < high) {
    uint64_t middle = low + (high - low) / 2;
    if (rf_row_at(deleted, middle) - middle <= row)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Copies the remaining rows from their present tiles. */
static rf_status take_staying(const rf_tiled_table_edit *e, const rf_tile_job *job, uint8_t *out, rf_error *err) {
  const rf_row_selection *deleted = e->deleted;
  const rf_column *column = &e->table->columns[job->column];
  uint64_t has = rf_tiled_table_edit_rows(e, job->tile), base = job->tile * e->tile_rows, tile = UINT64_MAX, n = 0;
  uint64_t before = deleted_before(deleted, base);
  uint8_t *old = NULL;
  for (uint64_t done = 0; done < has; done += n) {
    uint64_t row = base + done + before; /* as it is */
    uint64_t end = before < deleted->count ? rf_row_at(deleted, before) : UINT64_MAX, in_tile = row % e->tile_rows;
    n = 0;
    if (row == end) {
      before++;
      continue;
    }
    if (row / e->tile_rows != tile) {
      rf_free(old);
      old = NULL;
      tile = row / e->tile_rows;
      RF_TRY(rf_tile_read(e->file, e->hdu, e->raw, e->z, tile, job->column, &old, NULL, err));
    }
    n = has - done < e->tile_rows - in_tile ? has - done : e->tile_rows - in_tile;
    n = n < end - row ? n : end - row;
    take_rows(column, old, rf_tiled_table_edit_old_rows(e, tile), in_tile, out, has, done, n);
  }
  rf_free(old);
  return RF_OK;
}

/* Copies what remains of the present tile. */
static rf_status take_old(const rf_tiled_table_edit *e, const rf_tile_job *job, uint8_t *out, rf_error *err) {
  uint64_t had = rf_tiled_table_edit_old_rows(e, job->tile), has = rf_tiled_table_edit_rows(e, job->tile),
           rows = had < has ? had : has;
  const rf_column *column = &e->table->columns[job->column];
  uint8_t *old;
  if (e->deleted != NULL)
    return take_staying(e, job, out, err);
  if (rows == 0 || column->info.bytes == 0)
    return RF_OK;
  RF_TRY(rf_tile_read(e->file, e->hdu, e->raw, e->z, job->tile, job->column, &old, NULL, err));
  take_rows(column, old, had, 0, out, has, 0, rows);
  rf_free(old);
  return RF_OK;
}

static void put_rows(const runner *r, const rf_tile_job *job, uint8_t *out) {
  const rf_row_step *step = job->step;
  const rf_row_selection *selection = r->tiles->selection;
  size_t each = (size_t)step->bytes;
  uint64_t base = job->tile * r->e->tile_rows, end = job->part.first + job->part.count;
  for (uint64_t at = job->part.first, n; at < end; at += n) {
    uint64_t position = rf_table_tiles_position(r->tiles, at), row = rf_row_at(selection, position);
    n = selection->indices == NULL ? job->part.count : 1;
    while (selection->indices != NULL && at + n < end && rf_table_tiles_position(r->tiles, at + n) == position + n &&
           rf_row_at(selection, position + n) == row + n)
      n++;
    ptrdiff_t stride =
        n > 1 && selection->indices == NULL ? (ptrdiff_t)selection->step * (ptrdiff_t)each : (ptrdiff_t)each;
    const uint8_t *mask = step->mask != NULL ? step->mask + (size_t)position * step->mask_stride : NULL;
    rf_row_put(step, out + (size_t)(row - base) * each, stride, step->data + (ptrdiff_t)position * step->stride, mask,
               (size_t)n);
  }
}

static rf_status make_stream(const runner *r, rf_tile_job *job, rf_error *err) {
  const rf_tiled_table_edit *e = r->e;
  const rf_column *column = &e->table->columns[job->column];
  uint64_t size = 0;
  size_t bytes;
  if (!rf_tiled_table_column_bytes(column, rf_tiled_table_edit_rows(e, job->tile), &size) || !rf_to_size(size, &bytes))
    return rf_fail(err, RF_ERR_LIMIT, "%" PRIu64 " rows of a tile do not fit memory",
                   rf_tiled_table_edit_rows(e, job->tile));
  if (bytes == 0)
    return RF_OK;
  uint8_t *room = rf_alloc_zero(bytes, 1);
  if (room == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes of a column", bytes);
  rf_status status = is_whole(e, job) ? RF_OK : take_old(e, job, room, err);
  if (status == RF_OK && job->step != NULL && job->part.count > 0)
    put_rows(r, job, room);
  if (status == RF_OK)
    status = rf_tiled_table_encode(column, e->types[job->column], e->level, room, bytes, &job->bytes, &job->n, err);
  rf_free(room);
  return status;
}

static rf_status run_job(void *context, size_t i, unsigned worker, rf_error *err) {
  const runner *r = context;
  rf_tile_job *job = &r->jobs[i];
  (void)worker;
  rf_status status = make_stream(r, job, err);
  if (status == RF_OK)
    return RF_OK;
  return rf_tiled_table_add_context(err, status, &r->e->table->columns[job->column], job->column,
                                    r->e->types[job->column], job->tile);
}

/* Makes the streams and adds them to the edit. Selection and order are those of `tiles`. */
static rf_status run_jobs(rf_tiled_table_edit *e, rf_tile_job *jobs, size_t count, const rf_table_tiles *tiles,
                          rf_error *err) {
  runner r = {e, jobs, tiles};
  uint64_t bytes = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t size = 0;
    (void)rf_tiled_table_column_bytes(&e->table->columns[jobs[i].column], rf_tiled_table_edit_rows(e, jobs[i].tile),
                                      &size);
    bytes += size;
  }
  /* Encoding takes longer than decoding: fewer bytes justify another thread. */
  unsigned threads = rf_worth_threads(e->file->options.threads, count, 4 * bytes);
  rf_status status = rf_parallel(threads, count, run_job, &r, err);
  for (size_t i = 0; i < count; i++) {
    size_t blob;
    uint8_t *stream = jobs[i].bytes;
    jobs[i].bytes = NULL;
    if (status != RF_OK) {
      rf_free(stream);
    } else if (stream != NULL) {
      status = rf_tiled_table_edit_blob(e, stream, jobs[i].n, false, &blob, err);
      if (status == RF_OK)
        status = rf_tiled_table_edit_set(e, jobs[i].tile, jobs[i].column, blob, err);
    }
  }
  return status;
}

/* ---- zeros ---- */

/* One stream of zeros serves all tiles of equal rows. */
static rf_status zeros_of(rf_tiled_table_edit *e, uint64_t first, uint64_t end, size_t column, rf_error *err) {
  uint64_t last = UINT64_MAX;
  size_t blob = 0;
  for (uint64_t tile = first; tile < end; tile++) {
    uint64_t rows = rf_tiled_table_edit_rows(e, tile), size = 0;
    size_t bytes, n = 0;
    uint8_t *stream;
    if (!rf_tiled_table_column_bytes(&e->table->columns[column], rows, &size) || !rf_to_size(size, &bytes))
      return rf_fail(err, RF_ERR_LIMIT, "%" PRIu64 " rows of a tile do not fit memory", rows);
    if (bytes == 0)
      continue;
    if (rows != last) {
      uint8_t *room = rf_alloc_zero(bytes, 1);
      if (room == NULL)
        return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes of a column", bytes);
      rf_status status =
          rf_tiled_table_encode(&e->table->columns[column], e->types[column], e->level, room, bytes, &stream, &n, err);
      rf_free(room);
      if (status == RF_OK)
        status = rf_tiled_table_edit_blob(e, stream, n, false, &blob, err);
      if (status != RF_OK)
        return rf_tiled_table_add_context(err, status, &e->table->columns[column], column, e->types[column], tile);
      last = rows;
    }
    RF_TRY(rf_tiled_table_edit_set(e, tile, column, blob, err));
  }
  return RF_OK;
}

rf_status rf_tiled_table_edit_zeros(rf_tiled_table_edit *e, uint64_t first, uint64_t end, const bool *skip,
                                    rf_error *err) {
  for (size_t i = 0; i < e->table->info.ncols; i++)
    if (skip == NULL || !skip[i])
      RF_TRY(zeros_of(e, first, end, i, err));
  return RF_OK;
}

/* ---- plans ---- */

/* Checks the requests, with all values, against the future table. */
static rf_status check_plan(const rf_tiled_table_edit *e, const rf_row_selection *selection,
                            const rf_column_request *requests, size_t count, rf_row_plan *plan, rf_error *err) {
  rf_write_plan *checked;
  RF_TRY(rf_write_plan_new(e->table, selection, requests, count, &checked, err));
  rf_write_plan_free(checked);
  return rf_row_plan_init(plan, e->table, requests, count, err);
}

/* The parts of the selection, in the order of the tiles. */
typedef struct part_list {
  rf_table_tile_part *parts;
  size_t count;
  size_t room;
} part_list;

static rf_status list_parts(const rf_table_tiles *tiles, part_list *list, rf_error *err) {
  for (uint64_t first = 0; first < tiles->selection->count;) {
    RF_TRY(RF_ARRAY_GROW(list->parts, list->room, list->count + 1, "a list of tiles", err));
    rf_table_tiles_part(tiles, first, &list->parts[list->count]);
    first += list->parts[list->count++].count;
  }
  return RF_OK;
}

/* The last step that writes a column counts: it has overwritten the earlier ones. */
static const rf_row_step *step_of(const rf_row_plan *plan, size_t column) {
  const rf_row_step *found = NULL;
  for (size_t i = 0; i < plan->count; i++)
    if (plan->steps[i].number == column)
      found = &plan->steps[i];
  return found;
}

/* Makes jobs for all parts: for the columns of the plan, or, in tiles below `all_below`, for all columns. */
static rf_status run_parts(rf_tiled_table_edit *e, const rf_row_plan *plan, const rf_table_tiles *tiles,
                           const part_list *list, uint64_t all_below, rf_error *err) {
  size_t ncols = e->table->info.ncols, n = 0, count = 0;
  if (ncols > 0 && list->count > SIZE_MAX / sizeof(rf_tile_job) / ncols)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu tiles of %zu columns", list->count, ncols);
  for (size_t p = 0; p < list->count; p++)
    count += list->parts[p].tile < all_below ? ncols : plan->count;
  rf_tile_job *jobs = rf_alloc_zero(count + 1, sizeof *jobs);
  if (jobs == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu tiles of %zu columns", list->count, ncols);
  for (size_t p = 0; p < list->count; p++)
    for (size_t i = 0; i < ncols; i++) {
      const rf_row_step *step = step_of(plan, i);
      if (step == NULL && list->parts[p].tile >= all_below)
        continue;
      jobs[n++] = (rf_tile_job){.tile = list->parts[p].tile, .column = i, .part = list->parts[p], .step = step};
    }
  rf_status status = run_jobs(e, jobs, n, tiles, err);
  rf_free(jobs);
  return status;
}

/* ---- write ---- */

static rf_status write_rows(rf_tiled_table_edit *e, const rf_row_selection *selection, const rf_row_plan *plan,
                            rf_error *err) {
  rf_table_tiles tiles = {.z = e->z, .selection = selection};
  part_list list = {NULL, 0, 0};
  uint64_t *order = NULL;
  RF_TRY(rf_table_tiles_order(&tiles, &order, err));
  tiles.order = order;
  rf_status status = list_parts(&tiles, &list, err);
  if (status == RF_OK)
    status = run_parts(e, plan, &tiles, &list, 0, err);
  rf_free(list.parts);
  rf_free(order);
  return status;
}

static rf_status write_edit(rf_tiled_table_edit *e, const rf_rows *rows, const rf_column_request *requests,
                            size_t count, bool *written, rf_error *err) {
  rf_row_selection selection;
  rf_row_plan plan;
  RF_TRY(rf_row_selection_init(&selection, e->table, rows, err));
  RF_TRY(check_plan(e, &selection, requests, count, &plan, err));
  rf_status status = RF_OK;
  if (selection.count > 0 && count > 0) {
    status = write_rows(e, &selection, &plan, err);
    if (status == RF_OK)
      status = rf_tiled_table_edit_commit(e, written, err);
  }
  rf_row_plan_free(&plan);
  return status;
}

rf_status rf_tiled_table_write(rf_file *file, size_t index, const rf_rows *rows, const rf_column_request *requests,
                               size_t count, bool *written, rf_error *err) {
  rf_tiled_table_edit e;
  rf_status status = rf_tiled_table_edit_begin(&e, file, index, err);
  if (status == RF_OK)
    status = write_edit(&e, rows, requests, count, written, err);
  rf_tiled_table_edit_end(&e);
  return status;
}

/* ---- resize ---- */

/* Sets header, table and streams to `nrows` rows. */
static rf_status set_rows(rf_tiled_table_edit *e, uint64_t nrows, rf_error *err) {
  uint64_t bytes, row_bytes = e->table->info.row_bytes, pcount = 0, gap;
  rf_value value;
  if (nrows > INT64_MAX || !rf_mul_u64(nrows, row_bytes, &bytes) || bytes > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "%" PRIu64 " rows of %" PRIu64 " bytes are more than a table can have", nrows,
                   row_bytes);
  if (rf_header_get(e->plain, "PCOUNT", &value, NULL) == RF_OK && value.kind == RF_VALUE_INTEGER)
    pcount = (uint64_t)value.integer;
  gap = pcount > e->table->info.heap_bytes ? pcount - e->table->info.heap_bytes : 0;
  RF_TRY(rf_table_set_integer(e->plain, "NAXIS2", nrows, NULL, err));
  RF_TRY(rf_table_set_heap_place(e->plain, bytes + gap, gap, err));
  return rf_tiled_table_edit_refresh(e, NULL, err);
}

/* Rewrites the tile in which the old rows end, where it gets other rows. */
static rf_status change_last(rf_tiled_table_edit *e, uint64_t old_rows, rf_error *err) {
  uint64_t nrows = e->table->info.nrows, less = nrows < old_rows ? nrows : old_rows, tile = less / e->tile_rows;
  rf_row_selection selection = {.step = 1};
  rf_table_tiles tiles = {.z = e->z, .selection = &selection};
  rf_row_plan plan = {.count = 0};
  rf_table_tile_part part = {tile, 0, 0};
  part_list list = {&part, 1, 1};
  if (less % e->tile_rows == 0 || nrows == old_rows)
    return RF_OK;
  return run_parts(e, &plan, &tiles, &list, tile + 1, err);
}

static rf_status resize_edit(rf_tiled_table_edit *e, uint64_t nrows, bool *written, rf_error *err) {
  uint64_t old_rows = e->table->info.nrows, old_tiles = e->ntiles;
  if (nrows == old_rows)
    return RF_OK;
  RF_TRY(set_rows(e, nrows, err));
  RF_TRY(change_last(e, old_rows, err));
  if (e->ntiles > old_tiles)
    RF_TRY(rf_tiled_table_edit_zeros(e, old_tiles, e->ntiles, NULL, err));
  return rf_tiled_table_edit_commit(e, written, err);
}

rf_status rf_tiled_table_resize(rf_file *file, size_t index, uint64_t nrows, bool *written, rf_error *err) {
  rf_tiled_table_edit e;
  rf_status status = rf_tiled_table_edit_begin(&e, file, index, err);
  if (status == RF_OK)
    status = resize_edit(&e, nrows, written, err);
  rf_tiled_table_edit_end(&e);
  return status;
}

/* ---- deleting rows ---- */

static rf_status delete_edit(rf_tiled_table_edit *e, const rf_rows *rows, bool *written, rf_error *err) {
  rf_row_selection selection;
  RF_TRY(rf_row_selection_init(&selection, e->table, rows, err));
  RF_TRY(rf_row_selection_check_ascending(&selection, err));
  if (selection.count == 0)
    return RF_OK;
  RF_TRY(set_rows(e, e->table->info.nrows - selection.count, err));
  e->deleted = &selection;
  /* Rewrites all columns of all tiles from the first deleted row on. */
  rf_row_selection staying = {.start = rf_row_at(&selection, 0) / e->tile_rows * e->tile_rows, .step = 1};
  staying.count = e->table->info.nrows > staying.start ? e->table->info.nrows - staying.start : 0;
  rf_table_tiles tiles = {.z = e->z, .selection = &staying};
  rf_row_plan plan = {.count = 0};
  part_list list = {NULL, 0, 0};
  rf_status status = e->table->info.ncols > 0 ? list_parts(&tiles, &list, err) : RF_OK;
  if (status == RF_OK)
    status = run_parts(e, &plan, &tiles, &list, e->ntiles, err);
  rf_free(list.parts);
  e->deleted = NULL;
  return status == RF_OK ? rf_tiled_table_edit_commit(e, written, err) : status;
}

rf_status rf_tiled_table_delete_rows(rf_file *file, size_t index, const rf_rows *rows, bool *written, rf_error *err) {
  rf_tiled_table_edit e;
  rf_status status = rf_tiled_table_edit_begin(&e, file, index, err);
  if (status == RF_OK)
    status = delete_edit(&e, rows, written, err);
  rf_tiled_table_edit_end(&e);
  return status;
}

/* ---- append ---- */

static rf_status append_rows(rf_tiled_table_edit *e, uint64_t old_rows, uint64_t old_tiles,
                             const rf_row_selection *selection, const rf_row_plan *plan, rf_error *err) {
  bool skip[RF_MAX_COLUMNS] = {false};
  rf_table_tiles tiles = {.z = e->z, .selection = selection};
  part_list list = {NULL, 0, 0};
  for (size_t i = 0; i < plan->count; i++)
    skip[plan->steps[i].number] = true;
  /* In the last tile, which was not full, all columns change; in new tiles, those that are not zeros. */
  uint64_t partial = old_rows % e->tile_rows != 0 ? old_tiles : 0;
  rf_status status = list_parts(&tiles, &list, err);
  if (status == RF_OK)
    status = run_parts(e, plan, &tiles, &list, partial, err);
  if (status == RF_OK && e->ntiles > old_tiles)
    status = rf_tiled_table_edit_zeros(e, old_tiles, e->ntiles, skip, err);
  rf_free(list.parts);
  return status;
}

static rf_status append_edit(rf_tiled_table_edit *e, uint64_t nrows, const rf_column_request *requests, size_t count,
                             bool *written, rf_error *err) {
  uint64_t old_rows = e->table->info.nrows, old_tiles = e->ntiles, total;
  rf_row_plan plan;
  if (!rf_add_u64(old_rows, nrows, &total))
    total = UINT64_MAX;
  RF_TRY(set_rows(e, total, err));
  rf_row_selection selection = {
      .count = nrows, .start = old_rows, .step = 1, .low = old_rows, .high = nrows > 0 ? total - 1 : old_rows};
  RF_TRY(check_plan(e, &selection, requests, count, &plan, err));
  rf_status status = RF_OK;
  if (nrows > 0) {
    status = append_rows(e, old_rows, old_tiles, &selection, &plan, err);
    if (status == RF_OK)
      status = rf_tiled_table_edit_commit(e, written, err);
  }
  rf_row_plan_free(&plan);
  return status;
}

rf_status rf_tiled_table_append(rf_file *file, size_t index, uint64_t nrows, const rf_column_request *requests,
                                size_t count, bool *written, rf_error *err) {
  rf_tiled_table_edit e;
  rf_status status = rf_tiled_table_edit_begin(&e, file, index, err);
  if (status == RF_OK)
    status = append_edit(&e, nrows, requests, count, written, err);
  rf_tiled_table_edit_end(&e);
  return status;
}
