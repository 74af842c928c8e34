/* SPDX-License-Identifier: BSD-3-Clause
 *
 * More rows and fewer. What stands behind the rows, the gap and the heap (FITS 7.3.5), moves along.
 */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "hdu/table_edit.h"
#include "hdu/ztable_edit.h"

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
  const rf_row_walk *walk;
  const rf_row_walk *gone; /* NULL, or rows that are taken out */
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
  return rf_write_plan_run(change->plan, change->walk, &sink, err);
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
                          const rf_row_walk *gone, bool *written, rf_error *err) {
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
  if (hdu->kind == RF_HDU_COMPRESSED_TABLE)
    return rf_ztable_resize(file, index, nrows, written, err);
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

rf_status rf_row_walk_check_ascending(const rf_row_walk *walk, rf_error *err) {
  if (walk->indices == NULL && walk->count > 1 && walk->step <= 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "rows that are taken out must ascend, and these go by %" PRId64, walk->step);
  for (uint64_t i = 1; walk->indices != NULL && i < walk->count; i++)
    if (walk->indices[i] <= walk->indices[i - 1])
      return rf_fail(err, RF_ERR_ARGUMENT, "rows that are taken out must ascend, and %" PRIu64 " comes behind %" PRIu64,
                     walk->indices[i], walk->indices[i - 1]);
  return RF_OK;
}

static rf_status delete_locked(rf_file *file, size_t index, const rf_rows *rows, bool *written, rf_error *err) {
  rf_hdu *hdu;
  const rf_table *table;
  rf_row_walk walk;
  uint64_t gap = 0, size;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  if (hdu->kind == RF_HDU_COMPRESSED_TABLE)
    return rf_ztable_delete_rows(file, index, rows, written, err);
  RF_TRY(rf_table_editable(file, index, &hdu, &table, &gap, err));
  RF_TRY(rf_row_walk_init(&walk, table, rows, err));
  RF_TRY(rf_row_walk_check_ascending(&walk, err));
  if (walk.count == 0)
    return RF_OK;
  RF_TRY(rf_store_size(file->store, &size, err));
  if (hdu->data_offset + hdu->data_bytes > size) /* within 63 bits since the scan */
    return rf_fail(err, RF_ERR_TRUNCATED, "the data unit is cut short: rows cannot be taken out of it");
  return set_rows(file, index, hdu, table, table->info.nrows - walk.count, gap, &walk, written, err);
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
static rf_status close_gap(rf_file *file, size_t index, bool *written, rf_error *err) {
  rf_hdu *hdu;
  const rf_table *table;
  uint64_t gap = 0;
  RF_TRY(rf_table_editable(file, index, &hdu, &table, &gap, err));
  if (gap == 0) {
    hdu->settle = NULL;
    return RF_OK;
  }
  uint64_t rows = table->info.nrows * table->info.row_bytes, heap = (uint64_t)hdu->pcount - gap;
  row_change change = {.row_bytes = table->info.row_bytes,
                       .old_rows = rows,
                       .new_rows = rows,
                       .from = table->info.heap_offset,
                       .to = rows,
                       .bytes = heap};
  RF_TRY(apply(file, index, hdu, table->info.nrows, 0, heap, &change, written, err));
  hdu->settle = NULL; /* the entry stays where it is in memory */
  return RF_OK;
}

/* `walk` is that of the new rows. */
static rf_status append_rows(rf_file *file, size_t index, rf_hdu *hdu, const rf_table *table, uint64_t gap,
                             const rf_row_walk *walk, const rf_write_plan *plan, bool *written, rf_error *err) {
  uint64_t nrows = table->info.nrows + walk->count, heap = (uint64_t)hdu->pcount - gap;
  row_change change = {.row_bytes = table->info.row_bytes, .blank = blank_of(table), .plan = plan, .walk = walk};
  RF_TRY(rows_bytes(table, nrows, &change.new_rows, err));
  change.old_rows = table->info.nrows * table->info.row_bytes;
  change.from = change.to = table->info.heap_offset;
  change.bytes = heap;
  uint64_t more = change.new_rows - change.old_rows;
  if (more <= gap) {
    gap -= more;
  } else {
    gap = heap > 0 ? spare(file, index, heap) : 0;
    change.to = change.new_rows + gap;
  }
  RF_TRY(apply(file, index, hdu, nrows, gap, heap, &change, written, err));
  if (change.to > change.from && gap > 0)
    hdu->settle = close_gap;
  return RF_OK;
}

static rf_status append_locked(rf_file *file, size_t index, uint64_t nrows, const rf_column_request *requests,
                               size_t count, bool *written, rf_error *err) {
  rf_hdu *hdu;
  const rf_table *table;
  rf_write_plan *plan = NULL;
  uint64_t gap, total, bytes;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  if (hdu->kind == RF_HDU_COMPRESSED_TABLE)
    return rf_ztable_append(file, index, nrows, requests, count, written, err);
  RF_TRY(rf_table_editable(file, index, &hdu, &table, &gap, err));
  uint64_t old = table->info.nrows;
  if (!rf_add_u64(old, nrows, &total))
    total = UINT64_MAX;
  RF_TRY(rows_bytes(table, total, &bytes, err));
  rf_row_walk walk = {.count = nrows, .start = old, .step = 1, .low = old, .high = nrows > 0 ? total - 1 : old};
  RF_TRY(rf_write_plan_new(table, &walk, requests, count, &plan, err));
  rf_status status = RF_OK;
  if (nrows > 0)
    status = append_rows(file, index, hdu, table, gap, &walk, plan, written, err);
  rf_write_plan_free(plan);
  return status;
}

rf_status rf_table_append(rf_file *file, size_t index, uint64_t nrows, const rf_column_request *requests, size_t count,
                          rf_error *err) {
  bool written = false;
  rf_error_clear(err);
  rf_status status = rf_file_begin_write(file, err);
  if (status == RF_OK) {
    status = append_locked(file, index, nrows, requests, count, &written, err);
    rf_file_end_write(file, status, written);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}
