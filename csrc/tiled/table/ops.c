/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed tables as an implementation of rf_table_ops, and the rows of compressed images, which are their tiles.
 */
#include "tiled/table/ops.h"

#include <inttypes.h>

#include "base/array.h"
#include "base/memory.h"
#include "base/sort.h"
#include "file/hdu.h"
#include "file/header.h"
#include "file/layout.h"
#include "file/scan/scan.h"
#include "table/append.h"
#include "table/column/column.h"
#include "table/columns.h"
#include "table/edit.h"
#include "table/heap/descriptor.h"
#include "table/heap/read.h"
#include "table/heap/writer.h"
#include "table/ops.h"
#include "table/plan.h"
#include "table/read.h"
#include "table/rows/pack.h"
#include "table/rows/plan.h"
#include "table/rows/selection.h"
#include "table/table.h"
#include "tiled/parsed.h"
#include "tiled/table/cell.h"
#include "tiled/table/edit/cells.h"
#include "tiled/table/edit/columns.h"
#include "tiled/table/edit/edit.h"
#include "tiled/table/edit/repack.h"
#include "tiled/table/edit/write.h"
#include "tiled/table/header.h"
#include "tiled/table/heap.h"
#include "tiled/table/read.h"
#include "tiled/table/table.h"
#include "tiled/table/tiles.h"

/* A tile whose cells take no more memory than this is read as a whole: decoding a part costs as much. */
#define MAX_TILE_CELL_BYTES ((uint64_t)128 << 20)

static const rf_tiled_table *tiled_of(const rf_hdu *hdu) {
  return ((const rf_tiled_parsed *)hdu->parsed)->table;
}

static rf_status get_info(rf_file *file, rf_hdu *hdu, const rf_table **table, rf_error *err) {
  const rf_tiled_table *z;
  RF_TRY(rf_tiled_table_get(file, hdu, NULL, &z, err));
  *table = z->plain;
  return RF_OK;
}

/* ---- rows ---- */

static rf_status read_rows(rf_file *file, const rf_hdu *hdu, const rf_table *table, const rf_row_plan *plan,
                           const rf_row_selection *selection, rf_error *err) {
  const rf_table *raw = rf_tiled_rows(hdu);
  (void)table;
  rf_status status = rf_tiled_table_read_plan(file, hdu, raw, tiled_of(hdu), plan, selection, err);
  return status == RF_ERR_TRUNCATED ? rf_table_add_truncation(file, raw, hdu, err) : status;
}

typedef struct found_ranges {
  rf_range *ranges;
  size_t count;
  size_t room;
  bool full; /* no memory */
} found_ranges;

static void take_range(void *context, uint64_t begin, uint64_t end) {
  found_ranges *found = context;
  if (!found->full)
    found->full = RF_ARRAY_GROW(found->ranges, found->room, found->count + 1, "a plan of ranges", NULL) != RF_OK;
  if (!found->full && end > begin)
    found->ranges[found->count++] = (rf_range){begin, end - begin};
}

/* Descriptors and streams of the tiles. */
static rf_status plan_tiles(rf_file *file, const rf_hdu *hdu, const rf_table *table, const rf_row_selection *selection,
                            const size_t *columns, size_t count, rf_range_list *ranges, rf_error *err) {
  size_t all[RF_MAX_COLUMNS];
  found_ranges found = {NULL, 0, 0, false};
  for (size_t i = 0; i < table->info.ncols; i++)
    all[i] = i;
  rf_table_tiles tiles = {.file = file,
                          .hdu = hdu,
                          .raw = rf_tiled_rows(hdu),
                          .z = tiled_of(hdu),
                          .selection = selection,
                          .columns = columns != NULL ? columns : all,
                          .count = columns != NULL ? count : table->info.ncols,
                          .plan = take_range,
                          .context = &found};
  rf_status status = rf_table_tiles_run(&tiles, err);
  if (status == RF_OK && found.full)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate a plan of %zu ranges", found.count);
  rf_sort_by_u64(found.ranges, found.count, sizeof *found.ranges); /* by offset */
  for (size_t i = 0; i < found.count && status == RF_OK; i++)
    rf_range_list_add(ranges, found.ranges[i].offset, found.ranges[i].offset + found.ranges[i].length);
  rf_free(found.ranges);
  return status;
}

static rf_status batch_rows(rf_file *file, const rf_hdu *hdu, const rf_table *table, uint64_t row_cells, uint64_t *rows,
                            rf_error *err) {
  uint64_t tile_rows = tiled_of(hdu)->tile_rows;
  (void)file;
  if (!rf_tiled_table_believable(rf_tiled_rows(hdu)->info.heap_bytes, row_cells / 4))
    return rf_fail(err, RF_ERR_FORMAT, "a row of %" PRIu64 " bytes is more than the compressed table can hold",
                   table->info.row_bytes);
  if (*rows < tile_rows && row_cells < UINT64_MAX && tile_rows <= MAX_TILE_CELL_BYTES / (row_cells + 1))
    *rows = tile_rows;
  return RF_OK;
}

/* ---- cells of variable length ---- */

/* A compressed table has no heap to point into: the place of a cell is its row. */
static rf_status read_descriptors(rf_file *file, const rf_hdu *hdu, const rf_table *table, size_t column,
                                  const rf_row_selection *selection, uint64_t *lengths, uint64_t *offsets,
                                  rf_error *err) {
  const rf_table *raw = rf_tiled_rows(hdu);
  size_t count;
  rf_tile_cell *cells = NULL;
  (void)table;
  if (rf_to_size(selection->count, &count) && count <= SIZE_MAX / sizeof *cells)
    cells = rf_alloc(count * sizeof *cells);
  if (cells == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " descriptors", selection->count);
  rf_status status = rf_tiled_table_read_cells(file, hdu, raw, tiled_of(hdu), column, selection, cells, err);
  for (size_t i = 0; i < count && status == RF_OK; i++) {
    lengths[i] = cells[i].length;
    offsets[i] = cells[i].length > 0 ? rf_row_at(selection, i) : 0;
  }
  rf_free(cells);
  return status == RF_ERR_TRUNCATED ? rf_table_add_truncation(file, raw, hdu, err) : status;
}

typedef struct cell_taker {
  const rf_heap_reader *reader;
  const uint64_t *starts; /* elements of the output before each cell */
} cell_taker;

static rf_status take_cell(void *context, size_t i, const uint8_t *bytes, size_t n, rf_error *err) {
  const cell_taker *taker = context;
  rf_heap_reader own = *taker->reader;
  (void)n, (void)err;
  own.out += (size_t)taker->starts[i] * own.element_bytes;
  own.mask = own.mask != NULL ? own.mask + (size_t)taker->starts[i] : NULL;
  rf_heap_reader_deliver(&own, bytes, (size_t)rf_heap_reader_elements(&own, i));
  return RF_OK;
}

static rf_status decode_cells(rf_file *file, const rf_hdu *hdu, const rf_heap_reader *r, rf_tile_cell *cells,
                              uint64_t *starts, rf_error *err) {
  const rf_table *raw = rf_tiled_rows(hdu);
  const rf_tiled_table *z = tiled_of(hdu);
  cell_taker taker = {r, starts};
  rf_tiled_heap heap = {.file = file,
                        .hdu = hdu,
                        .raw = raw,
                        .z = z,
                        .column = r->column,
                        .number = r->number,
                        .type = z->types[r->number],
                        .cells = cells,
                        .rows = r->offsets,
                        .count = r->count,
                        .take = take_cell,
                        .context = &taker};
  uint64_t total = 0;
  RF_TRY(rf_tiled_table_find_cells(file, hdu, raw, z, r->number, r->lengths, r->offsets, r->count, cells, err));
  for (size_t i = 0; i < r->count; i++) {
    starts[i] = total;
    total += rf_heap_reader_elements(r, i);
  }
  return rf_tiled_heap_run(&heap, err);
}

static rf_status read_heap(rf_file *file, const rf_hdu *hdu, const rf_table *table, rf_heap_reader *r, rf_error *err) {
  rf_status status = rf_heap_reader_check(r, table, NULL, err);
  if (status != RF_OK)
    return rf_table_add_context(err, status, r->column, r->number, -1);
  if (r->out_bytes == 0)
    return RF_OK;
  rf_tile_cell *cells = rf_alloc_zero(r->count, sizeof *cells);
  uint64_t *starts = rf_alloc_zero(r->count, sizeof *starts);
  if (cells == NULL || starts == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate a list of %zu cells", r->count);
  else
    status = decode_cells(file, hdu, r, cells, starts, err);
  rf_free(cells);
  rf_free(starts);
  return status == RF_ERR_TRUNCATED ? rf_table_add_truncation(file, rf_tiled_rows(hdu), hdu, err) : status;
}

static rf_status make_cell(void *context, uint64_t i, uint64_t begin, uint8_t *out, rf_error *err) {
  const rf_heap_writer *w = context;
  (void)err;
  if (w->step.type == RF_BIT)
    rf_bits_pack(out, w->in + (size_t)begin, (size_t)w->lengths[i]);
  else
    rf_heap_writer_put(
        w, out, begin,
        (size_t)(rf_heap_writer_has_raw_bits(w) ? w->lengths[i] / 8 + (w->lengths[i] % 8 != 0) : w->lengths[i]));
  return RF_OK;
}

static rf_status set_heap_cards(const rf_heap_writer *w, rf_header *header, rf_error *err) {
  const rf_table_info *info = &w->table->info;
  uint64_t more = 0, pcount = 0, gap = info->heap_offset - info->nrows * info->row_bytes;
  if ((w->widen && !rf_mul_u64(info->nrows, 8, &more)) || !rf_add_u64(gap + info->heap_bytes, w->total, &pcount) ||
      pcount > INT64_MAX - RF_BLOCK_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "the table would have more bytes than a file can hold");
  if (w->widen)
    RF_TRY(rf_table_set_integer(header, "NAXIS1", info->row_bytes + 8, NULL, err));
  RF_TRY(rf_table_set_integer(header, "PCOUNT", pcount, "size of special data area", err));
  RF_TRY(rf_table_set_heap_place(header, info->heap_offset + more, gap, err));
  return rf_heap_writer_form(w, header, err);
}

static rf_status write_cells(rf_tiled_table_edit *e, size_t column, const rf_rows *rows, const rf_heap_cells *given,
                             bool *written, rf_error *err) {
  rf_heap_writer w = {.table = e->z->plain, .number = column};
  RF_TRY(rf_heap_writer_prepare(&w, rows, given, err));
  if (w.selection.count == 0)
    return RF_OK;
  rf_tile_cells cells = {.column = column,
                         .selection = &w.selection,
                         .lengths = w.lengths,
                         .offset = w.table->info.heap_bytes,
                         .make = make_cell,
                         .context = &w,
                         .raw_bits = rf_heap_writer_has_raw_bits(&w)};
  RF_TRY(set_heap_cards(&w, e->plain, err));
  RF_TRY(rf_tiled_table_edit_refresh(e, NULL, err));
  RF_TRY(rf_tiled_table_edit_cells(e, &cells, err));
  return rf_tiled_table_edit_commit(e, written, err);
}

static rf_status write_heap(rf_file *file, rf_hdu *hdu, size_t column, const rf_rows *rows, const rf_heap_cells *cells,
                            bool *written, rf_error *err) {
  rf_tiled_table_edit e;
  rf_status status = rf_tiled_table_edit_begin(&e, file, hdu->index, err);
  if (status == RF_OK)
    status = write_cells(&e, column, rows, cells, written, err);
  rf_tiled_table_edit_end(&e);
  return status;
}

/* ---- edits ---- */

static rf_status write_rows(rf_file *file, rf_hdu *hdu, const rf_rows *rows, const rf_column_request *requests,
                            size_t count, bool *written, rf_error *err) {
  return rf_tiled_table_write(file, hdu->index, rows, requests, count, written, err);
}

static rf_status resize(rf_file *file, rf_hdu *hdu, uint64_t nrows, bool *written, rf_error *err) {
  return rf_tiled_table_resize(file, hdu->index, nrows, written, err);
}

static rf_status delete_rows(rf_file *file, rf_hdu *hdu, const rf_rows *rows, bool *written, rf_error *err) {
  return rf_tiled_table_delete_rows(file, hdu->index, rows, written, err);
}

static rf_status append_with_cells(void *context, rf_file *file, bool *written, rf_error *err) {
  const rf_table_addition *a = context;
  rf_rows rows = {(int64_t)a->selection.start, 1, a->nrows, NULL};
  rf_hdu *hdu;
  RF_TRY(rf_tiled_table_append(file, a->index, a->nrows, a->requests, a->count, written, err));
  for (size_t i = 0; i < a->heap_count; i++) {
    RF_TRY(rf_file_hdu_locked(file, a->index, &hdu, err));
    RF_TRY(write_heap(file, hdu, a->heaps[i].column, &rows, &a->heaps[i], written, err));
  }
  return RF_OK;
}

static rf_status append(rf_file *file, rf_hdu *hdu, rf_table_addition *a, bool *written, rf_error *err) {
  if (a->before != RF_AT_END)
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   "rows cannot be inserted into a compressed table: append them, or unpack the table first");
  if (a->heap_count == 0 || a->nrows == 0)
    return rf_tiled_table_append(file, hdu->index, a->nrows, a->requests, a->count, written, err);
  rf_tiled_table_edit e;
  rf_status status = rf_tiled_table_edit_begin(&e, file, hdu->index, err);
  if (status == RF_OK)
    status = rf_table_addition_check(a, e.z->plain, err);
  rf_tiled_table_edit_end(&e);
  return status == RF_OK ? rf_file_edit_as_one(file, append_with_cells, a, written, err) : status;
}

/* Gets the table in the tiles and its header (rf_header_free()). */
static rf_status get_header(rf_file *file, rf_hdu *hdu, const rf_table **table, rf_header **header, rf_error *err) {
  const rf_header *stored;
  RF_TRY(get_info(file, hdu, table, err));
  RF_TRY(rf_file_header_locked(file, hdu, &stored, err));
  return rf_tiled_table_plain_header(stored, header, err);
}

static rf_status insert_column(rf_file *file, rf_hdu *hdu, size_t position, const rf_column_spec *spec, bool *written,
                               rf_error *err) {
  const rf_table *table;
  rf_header *old, *header = NULL;
  rf_column_change change;
  RF_TRY(get_header(file, hdu, &table, &old, err));
  rf_status status = rf_column_change_insert(&change, table, old, table->info.heap_bytes, position, spec, &header, err);
  if (status == RF_OK) {
    status = rf_tiled_table_insert(file, hdu->index, header, position, written, err);
    rf_header_free(header);
  }
  rf_header_free(old);
  return status;
}

static rf_status delete_column(rf_file *file, rf_hdu *hdu, size_t column, bool *written, rf_error *err) {
  const rf_table *table;
  rf_header *old, *header = NULL;
  rf_column_change change;
  RF_TRY(get_header(file, hdu, &table, &old, err));
  rf_status status = rf_column_change_delete(&change, table, old, table->info.heap_bytes, column, &header, err);
  if (status == RF_OK) {
    status = rf_tiled_table_delete(file, hdu->index, header, column, written, err);
    rf_header_free(header);
  }
  rf_header_free(old);
  return status;
}

static rf_status repack(rf_file *file, rf_hdu *hdu, uint64_t *freed, bool *written, rf_error *err) {
  return rf_tiled_table_repack(file, hdu->index, freed, written, err);
}

const rf_table_ops rf_tiled_table_ops = {
    .info = get_info,
    .read = read_rows,
    .plan = plan_tiles,
    .batch_rows = batch_rows,
    .read_descriptors = read_descriptors,
    .read_heap = read_heap,
    .write = write_rows,
    .write_heap = write_heap,
    .resize = resize,
    .append = append,
    .delete_rows = delete_rows,
    .insert_column = insert_column,
    .delete_column = delete_column,
    .repack = repack,
};

/* Read only: an edit would leave decoded tiles and facts of the image stale. */
const rf_table_ops rf_tile_rows_ops = {
    .info = rf_tiled_get_rows,
    .read = rf_plain_table_read,
    .plan = rf_plain_table_plan,
    .read_descriptors = rf_plain_table_read_descriptors,
    .read_heap = rf_plain_table_read_heap,
};
