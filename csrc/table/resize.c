/* SPDX-License-Identifier: BSD-3-Clause
 *
 * More rows and fewer. What stands behind the rows, the gap and the heap (FITS 7.3.5), moves along.
 */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "table/heap/writer.h"
#include "table/ops.h"
#include "tiled/table/edit/edit.h"
#include "file/access.h"
#include "file/header.h"
#include "file/layout.h"
#include "file/scan/scan.h"

/* A heap larger than this is moved away from the rows by its own size when rows are appended, so that the next ones
 * find room: it is copied a number of times that grows with the logarithm of the rows. */
#define SMALL_HEAP ((uint64_t)64 << 10)

rf_status rf_table_fill(rf_store *store, uint64_t offset, uint64_t n, int byte, rf_error *err) {
  return rf_store_fill(store, offset, n, byte, err);
}

rf_status rf_table_set_integer(rf_header *header, const char *keyword, uint64_t value, const char *comment,
                               rf_error *err) {
  rf_value integer = {.kind = RF_VALUE_INTEGER, .integer = (int64_t)value};
  rf_error ignored;
  size_t at;
  bool there = rf_header_find(header, keyword, 0, &at, &ignored) == RF_OK;
  return rf_header_set(header, keyword, &integer, there ? NULL : comment, err);
}

rf_status rf_table_editable(rf_file *file, size_t index, rf_hdu **hdu, const rf_table **table, uint64_t *gap,
                            rf_error *err) {
  RF_TRY(rf_table_locked(file, index, hdu, table, err));
  const rf_table_info *info = &(*table)->info;
  if (info->kind != RF_HDU_TABLE && info->kind != RF_HDU_ASCII_TABLE)
    return rf_fail(err, RF_ERR_TYPE, "only binary and ASCII tables can get other rows and columns, and this HDU is %s",
                   info->kind == RF_HDU_GROUPS ? "random groups" : "compressed");
  if ((*hdu)->gcount != 1)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "a table with GCOUNT = %" PRId64 " cannot be changed", (*hdu)->gcount);
  uint64_t rows = info->nrows * info->row_bytes; /* a part of data_bytes */
  if (info->heap_offset < rows) {
    rf_fail(err, RF_ERR_FORMAT, "THEAP = %" PRIu64 " lies within the rows, which take %" PRIu64 " bytes",
            info->heap_offset, rows);
    rf_error_keyword(err, "THEAP");
    return RF_ERR_FORMAT;
  }
  *gap = info->heap_offset - rows;
  return RF_OK;
}

/* ---- rows and heap in their new places ---- */

typedef struct row_change {
  uint64_t row_bytes;
  uint64_t old_rows; /* bytes */
  uint64_t new_rows;
  uint64_t from; /* of what stands behind the rows and moves */
  uint64_t to;
  uint64_t bytes;
  int blank;
  const rf_write_plan *plan; /* NULL: new rows are empty */
  const rf_row_selection *selection;
  const rf_row_selection *gone;  /* NULL, or rows that are taken out */
  const rf_heap_writer *writers; /* of cells that are new in the heap */
  size_t writer_count;
} row_change;

static rf_status change_rows(void *context, rf_store *store, uint64_t data, rf_error *err) {
  const row_change *change = context;
  bool written = true;
  if (change->gone != NULL)
    RF_TRY(rf_rows_squeeze(store, data, change->old_rows / change->row_bytes, change->row_bytes, change->gone, err));
  RF_TRY(rf_store_move(store, data + change->from, data + change->to, change->bytes, err));
  if (change->new_rows <= change->old_rows)
    return RF_OK;
  if (change->plan == NULL)
    return rf_table_fill(store, data + change->old_rows, change->new_rows - change->old_rows, change->blank, err);
  rf_row_sink sink = {store, data, change->row_bytes, change->blank, true, &written};
  RF_TRY(rf_write_plan_run(change->plan, change->selection, &sink, err));
  for (size_t i = 0; i < change->writer_count; i++) {
    const rf_heap_writer *w = &change->writers[i];
    RF_TRY(rf_heap_writer_elements(w, store, data + change->to + w->heap_bytes, err));
  }
  return RF_OK;
}

rf_status rf_table_set_heap_place(rf_header *header, uint64_t offset, uint64_t gap, rf_error *err) {
  rf_error ignored;
  size_t at;
  if (gap > 0)
    return rf_table_set_integer(header, "THEAP", offset, "where the heap begins", err);
  return rf_header_find(header, "THEAP", 0, &at, &ignored) == RF_OK ? rf_header_delete(header, "THEAP", err) : RF_OK;
}

/* `gap` and `heap` are the bytes between rows and heap, and of the heap, as they will be. */
static rf_status apply(rf_file *file, size_t index, rf_hdu *hdu, uint64_t nrows, uint64_t gap, uint64_t heap,
                       row_change *change, bool *written, rf_error *err) {
  const rf_header *old;
  rf_header *header;
  bool stays = change->from == change->to || change->bytes == 0;
  rf_rearrange rearrange = {change_rows, change, stays && change->gone == NULL && change->new_rows > change->old_rows};
  uint64_t bytes;
  if (!rf_add_u64(change->new_rows, gap, &bytes) || !rf_add_u64(bytes, heap, &bytes) ||
      bytes > INT64_MAX - RF_BLOCK_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "the table would have more bytes than a file can hold");
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  RF_TRY(rf_header_copy(old, &header, err));
  rf_status status = rf_table_set_integer(header, "NAXIS2", nrows, NULL, err);
  if (status == RF_OK && gap + heap != (uint64_t)hdu->pcount)
    status = rf_table_set_integer(header, "PCOUNT", gap + heap, "size of special data area", err);
  if (status == RF_OK)
    status = rf_table_set_heap_place(header, change->new_rows + gap, gap, err);
  for (size_t i = 0; i < change->writer_count && status == RF_OK; i++)
    status = rf_heap_writer_form(&change->writers[i], header, err);
  if (status == RF_OK)
    status = rf_file_rearrange_locked(file, index, header, bytes, &rearrange, written, err);
  rf_header_free(header);
  return status;
}

static rf_status rows_bytes(const rf_table *table, uint64_t nrows, uint64_t *bytes, rf_error *err) {
  if (nrows <= INT64_MAX && rf_mul_u64(nrows, table->info.row_bytes, bytes) && *bytes <= INT64_MAX)
    return RF_OK;
  return rf_fail(err, RF_ERR_LIMIT, "%" PRIu64 " rows of %" PRIu64 " bytes are more than a file can hold", nrows,
                 table->info.row_bytes);
}

static int blank_of(const rf_table *table) {
  return table->info.kind == RF_HDU_ASCII_TABLE ? ' ' : 0;
}

/* ---- resize ---- */

/* To `nrows` rows: those that are not there yet are empty, those in `gone` (NULL: the last ones) go. */
static rf_status set_rows(rf_file *file, size_t index, rf_hdu *hdu, const rf_table *table, uint64_t nrows, uint64_t gap,
                          const rf_row_selection *gone, bool *written, rf_error *err) {
  row_change change = {.gone = table->info.row_bytes > 0 ? gone : NULL};
  RF_TRY(rows_bytes(table, nrows, &change.new_rows, err));
  change.row_bytes = table->info.row_bytes;
  change.old_rows = table->info.nrows * table->info.row_bytes;
  change.from = change.old_rows;
  change.to = change.new_rows;
  change.bytes = (uint64_t)hdu->pcount;
  change.blank = blank_of(table);
  return apply(file, index, hdu, nrows, gap, change.bytes - gap, &change, written, err);
}

static rf_status resize_locked(rf_file *file, size_t index, uint64_t nrows, bool *written, rf_error *err) {
  rf_hdu *hdu;
  const rf_table *table;
  uint64_t gap = 0;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  if (hdu->ops->kind == RF_HDU_COMPRESSED_TABLE)
    return rf_tiled_table_resize(file, index, nrows, written, err);
  RF_TRY(rf_table_editable(file, index, &hdu, &table, &gap, err));
  return nrows == table->info.nrows ? RF_OK : set_rows(file, index, hdu, table, nrows, gap, NULL, written, err);
}

rf_status rf_table_resize(rf_file *file, size_t index, uint64_t nrows, rf_error *err) {
  bool written = false;
  rf_error_clear(err);
  rf_status status = rf_file_begin_write(file, err);
  if (status == RF_OK) {
    status = resize_locked(file, index, nrows, &written, err);
    rf_file_end_write(file, status, written);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}

/* ---- rows that go ---- */

rf_status rf_row_selection_check_ascending(const rf_row_selection *selection, rf_error *err) {
  if (selection->indices == NULL && selection->count > 1 && selection->step <= 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "rows that are taken out must ascend, and these go by %" PRId64,
                   selection->step);
  for (uint64_t i = 1; selection->indices != NULL && i < selection->count; i++)
    if (selection->indices[i] <= selection->indices[i - 1])
      return rf_fail(err, RF_ERR_ARGUMENT, "rows that are taken out must ascend, and %" PRIu64 " comes behind %" PRIu64,
                     selection->indices[i], selection->indices[i - 1]);
  return RF_OK;
}

static rf_status delete_locked(rf_file *file, size_t index, const rf_rows *rows, bool *written, rf_error *err) {
  rf_hdu *hdu;
  const rf_table *table;
  rf_row_selection selection;
  uint64_t gap = 0, size;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  if (hdu->ops->kind == RF_HDU_COMPRESSED_TABLE)
    return rf_tiled_table_delete_rows(file, index, rows, written, err);
  RF_TRY(rf_table_editable(file, index, &hdu, &table, &gap, err));
  RF_TRY(rf_row_selection_init(&selection, table, rows, err));
  RF_TRY(rf_row_selection_check_ascending(&selection, err));
  if (selection.count == 0)
    return RF_OK;
  RF_TRY(rf_file_size_locked(file, &size, err));
  if (hdu->data_offset + hdu->data_bytes > size) /* within 63 bits since the scan */
    return rf_fail(err, RF_ERR_TRUNCATED, "the data unit is cut short: rows cannot be taken out of it");
  return set_rows(file, index, hdu, table, table->info.nrows - selection.count, gap, &selection, written, err);
}

rf_status rf_table_delete_rows(rf_file *file, size_t index, const rf_rows *rows, rf_error *err) {
  bool written = false;
  rf_error_clear(err);
  rf_status status = rf_file_begin_write(file, err);
  if (status == RF_OK) {
    status = delete_locked(file, index, rows, &written, err);
    rf_file_end_write(file, status, written);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}

/* ---- append ---- */

/* Room to leave for rows to come when the heap has to move anyhow. Not where HDUs follow: they move each time. */
static uint64_t spare(rf_file *file, size_t index, uint64_t heap) {
  size_t count = 0;
  rf_error ignored;
  rf_error_clear(&ignored);
  if (heap < SMALL_HEAP || rf_file_scan_locked(file, &count, &ignored) != RF_OK || index + 1 < count)
    return 0;
  return heap;
}

/* The heap goes back to the rows: a gap is good FITS, and programs of some age stumble over it. */
rf_status rf_table_flush(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err) {
  const rf_table *table;
  uint64_t gap = 0;
  RF_TRY(rf_table_editable(file, hdu->index, &hdu, &table, &gap, err));
  if (gap == 0) {
    hdu->pending = false;
    return RF_OK;
  }
  uint64_t rows = table->info.nrows * table->info.row_bytes, heap = (uint64_t)hdu->pcount - gap;
  row_change change = {.row_bytes = table->info.row_bytes,
                       .old_rows = rows,
                       .new_rows = rows,
                       .from = table->info.heap_offset,
                       .to = rows,
                       .bytes = heap};
  RF_TRY(apply(file, hdu->index, hdu, table->info.nrows, 0, heap, &change, written, err));
  hdu->pending = false; /* the entry stays where it is in memory */
  return RF_OK;
}

/* What is appended. */
typedef struct addition {
  size_t index;
  uint64_t nrows;
  const rf_column_request *requests;
  size_t count;
  const rf_heap_cells *heaps;
  size_t heap_count;
  rf_row_selection selection; /* of the new rows */
  rf_heap_writer *writers;    /* heap_count of them */
  rf_row_step *steps;         /* that write their descriptors */
  uint64_t more_heap;         /* bytes of all cells */
  bool widens;
} addition;

static rf_status check_cells(addition *a, const rf_table *table, rf_error *err) {
  bool seen[RF_MAX_COLUMNS] = {false};
  a->more_heap = 0;
  a->widens = false;
  for (size_t i = 0; i < a->heap_count; i++) {
    const rf_heap_cells *cells = &a->heaps[i];
    rf_heap_writer *w = &a->writers[i];
    *w = (rf_heap_writer){.table = table,
                          .number = cells->column,
                          .selection = a->selection,
                          .lengths = cells->lengths,
                          .in = cells->in,
                          .mask = cells->mask,
                          .heap_bytes = table->info.heap_bytes + a->more_heap};
    RF_TRY(rf_heap_writer_check(w, cells->type, cells->flags, cells->in_bytes, err));
    if (w->number < RF_MAX_COLUMNS && seen[w->number])
      return rf_fail(err, RF_ERR_ARGUMENT, "column %zu has two lists of cells", w->number);
    if (w->number < RF_MAX_COLUMNS)
      seen[w->number] = true;
    a->widens = a->widens || w->widen;
    if (!rf_add_u64(a->more_heap, w->total, &a->more_heap) || a->more_heap > INT64_MAX - table->info.heap_bytes)
      return rf_fail(err, RF_ERR_LIMIT, "the table would have more bytes than a file can hold");
  }
  return RF_OK;
}

static rf_status take_rows(addition *a, const rf_table *table, rf_error *err) {
  uint64_t old = table->info.nrows, total, bytes;
  if (!rf_add_u64(old, a->nrows, &total))
    total = UINT64_MAX;
  RF_TRY(rows_bytes(table, total, &bytes, err));
  a->selection = (rf_row_selection){
      .count = a->nrows, .start = old, .step = 1, .low = old, .high = a->nrows > 0 ? total - 1 : old};
  return RF_OK;
}

/* The descriptors, all of them in memory, become fields of the plan. */
static rf_status add_descriptors(addition *a, const rf_table *table, rf_write_plan *plan, rf_error *err) {
  for (size_t i = 0; i < a->heap_count; i++) {
    const rf_heap_writer *w = &a->writers[i];
    rf_row_step *step = &a->steps[i];
    uint64_t offset = w->heap_bytes, bytes;
    size_t size;
    rf_heap_writer_step(w, step);
    if (!rf_mul_u64(a->nrows, step->bytes, &bytes) || !rf_to_size(bytes, &size) ||
        (step->data = rf_alloc(size)) == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "no memory for %" PRIu64 " descriptors", a->nrows);
    rf_heap_writer_describe(w, 0, (size_t)a->nrows, &offset, step->data);
  }
  return a->heap_count > 0 ? rf_write_plan_add(plan, table, a->steps, a->heap_count, err) : RF_OK;
}

static void free_descriptors(addition *a) {
  for (size_t i = 0; i < a->heap_count; i++) {
    rf_free(a->steps[i].data);
    a->steps[i].data = NULL;
  }
}

static rf_status append_rows(rf_file *file, const addition *a, rf_hdu *hdu, const rf_table *table, uint64_t gap,
                             const rf_write_plan *plan, bool *written, rf_error *err) {
  uint64_t nrows = table->info.nrows + a->nrows, heap = (uint64_t)hdu->pcount - gap;
  row_change change = {.row_bytes = table->info.row_bytes,
                       .blank = blank_of(table),
                       .plan = plan,
                       .selection = &a->selection,
                       .writers = a->writers,
                       .writer_count = a->heap_count};
  RF_TRY(rows_bytes(table, nrows, &change.new_rows, err));
  change.old_rows = table->info.nrows * table->info.row_bytes;
  change.from = change.to = table->info.heap_offset;
  change.bytes = heap;
  uint64_t more = change.new_rows - change.old_rows;
  if (more <= gap) {
    gap -= more;
  } else {
    gap = heap > 0 ? spare(file, a->index, heap) : 0;
    change.to = change.new_rows + gap;
  }
  RF_TRY(apply(file, a->index, hdu, nrows, gap, heap + a->more_heap, &change, written, err));
  if (change.to > change.from && gap > 0)
    hdu->pending = true;
  return RF_OK;
}

/* Rows, descriptors and cells by one rearrangement. The cells are checked. */
static rf_status append_plain(rf_file *file, addition *a, rf_hdu *hdu, const rf_table *table, uint64_t gap,
                              bool *written, rf_error *err) {
  rf_write_plan *plan = NULL;
  RF_TRY(rf_write_plan_new(table, &a->selection, a->requests, a->count, &plan, err));
  rf_status status = add_descriptors(a, table, plan, err);
  if (status == RF_OK && a->nrows > 0)
    status = append_rows(file, a, hdu, table, gap, plan, written, err);
  rf_write_plan_free(plan);
  free_descriptors(a);
  return status;
}

/* P columns become Q first. */
static rf_status widen_and_append(void *context, rf_file *file, bool *written, rf_error *err) {
  addition *a = context;
  rf_hdu *hdu;
  const rf_table *table;
  uint64_t gap;
  for (size_t i = 0; i < a->heap_count; i++)
    if (a->writers[i].widen)
      RF_TRY(rf_heap_widen_locked(file, a->index, a->writers[i].number, written, err));
  RF_TRY(rf_table_editable(file, a->index, &hdu, &table, &gap, err));
  RF_TRY(check_cells(a, table, err));
  return append_plain(file, a, hdu, table, gap, written, err);
}

/* What can be wrong with the rows is found before the table changes. */
static rf_status check_and_widen(rf_file *file, addition *a, const rf_table *table, bool *written, rf_error *err) {
  rf_write_plan *plan = NULL;
  RF_TRY(rf_write_plan_new(table, &a->selection, a->requests, a->count, &plan, err));
  rf_write_plan_free(plan);
  return rf_file_edit_as_one(file, widen_and_append, a, written, err);
}

static rf_status append_packed(void *context, rf_file *file, bool *written, rf_error *err) {
  const addition *a = context;
  rf_rows rows = {(int64_t)a->selection.start, 1, a->nrows, NULL};
  RF_TRY(rf_tiled_table_append(file, a->index, a->nrows, a->requests, a->count, written, err));
  for (size_t i = 0; i < a->heap_count; i++)
    RF_TRY(rf_table_write_heap_locked(file, a->index, a->heaps[i].column, &rows, &a->heaps[i], written, err));
  return RF_OK;
}

static rf_status append_to_packed(rf_file *file, addition *a, bool *written, rf_error *err) {
  if (a->heap_count == 0 || a->nrows == 0)
    return rf_tiled_table_append(file, a->index, a->nrows, a->requests, a->count, written, err);
  rf_tiled_table_edit e;
  rf_status status = rf_tiled_table_edit_begin(&e, file, a->index, err);
  if (status == RF_OK)
    status = take_rows(a, e.z->plain, err);
  if (status == RF_OK)
    status = check_cells(a, e.z->plain, err);
  rf_tiled_table_edit_end(&e);
  return status == RF_OK ? rf_file_edit_as_one(file, append_packed, a, written, err) : status;
}

static rf_status append_locked(rf_file *file, addition *a, bool *written, rf_error *err) {
  rf_hdu *hdu;
  const rf_table *table;
  uint64_t gap;
  RF_TRY(rf_file_hdu_locked(file, a->index, &hdu, err));
  if (hdu->ops->kind == RF_HDU_COMPRESSED_TABLE)
    return append_to_packed(file, a, written, err);
  RF_TRY(rf_table_editable(file, a->index, &hdu, &table, &gap, err));
  RF_TRY(take_rows(a, table, err));
  RF_TRY(check_cells(a, table, err));
  return a->widens ? check_and_widen(file, a, table, written, err)
                   : append_plain(file, a, hdu, table, gap, written, err);
}

static rf_status append_call(rf_file *file, addition *a, rf_error *err) {
  bool written = false;
  rf_error_clear(err);
  rf_status status = rf_file_begin_write(file, err);
  if (status == RF_OK) {
    status = append_locked(file, a, &written, err);
    rf_file_end_write(file, status, written);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)a->index);
}

rf_status rf_table_append(rf_file *file, size_t index, uint64_t nrows, const rf_column_request *requests, size_t count,
                          rf_error *err) {
  addition a = {.index = index, .nrows = nrows, .requests = requests, .count = count};
  return append_call(file, &a, err);
}

rf_status rf_table_append_filled(rf_file *file, size_t index, uint64_t nrows, const rf_column_request *requests,
                                 size_t count, const rf_heap_cells *heaps, size_t heap_count, rf_error *err) {
  addition a = {.index = index,
                .nrows = nrows,
                .requests = requests,
                .count = count,
                .heaps = heaps,
                .heap_count = heap_count,
                .writers = rf_alloc_zero(heap_count + 1, sizeof *a.writers),
                .steps = rf_alloc_zero(heap_count + 1, sizeof *a.steps)};
  rf_status status;
  rf_error_clear(err);
  if (a.writers == NULL || a.steps == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "no memory to write %zu columns", heap_count);
  else
    status = append_call(file, &a, err);
  rf_free(a.writers);
  rf_free(a.steps);
  return status;
}
