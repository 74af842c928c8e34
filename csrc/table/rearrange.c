/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows and heap of a table in new places (FITS 7.3.5). The gap and the heap after the rows move along.
 */
#include "table/rearrange.h"

#include "base/memory.h"
#include "table/edit.h"
#include "table/squeeze.h"
#include "table/rows/format.h"
#include "file/layout.h"
#include "file/header.h"

static rf_status change_rows(void *context, rf_store *store, uint64_t data, rf_error *err) {
  const rf_row_change *change = context;
  bool written = true;
  if (change->deleted != NULL)
    RF_TRY(rf_rows_squeeze(store, data, change->old_rows / change->row_bytes, change->row_bytes, change->deleted, err));
  RF_TRY(rf_store_move(store, data + change->from, data + change->to, change->bytes, err));
  if (change->new_rows <= change->old_rows)
    return RF_OK;
  if (change->plan == NULL)
    return rf_store_fill(store, data + change->old_rows, change->new_rows - change->old_rows, change->blank, err);
  RF_TRY(rf_store_move(store, data + change->place, data + change->place + change->new_rows - change->old_rows,
                       change->old_rows - change->place, err));
  rf_row_sink sink = {store, data, change->row_bytes, change->blank, true, &written};
  RF_TRY(rf_write_plan_run(change->plan, change->selection, &sink, err));
  for (size_t i = 0; i < change->writer_count; i++) {
    const rf_heap_writer *w = &change->writers[i];
    RF_TRY(rf_heap_writer_elements(w, store, data + change->to + w->heap_bytes, err));
  }
  return RF_OK;
}

rf_status rf_row_change_apply(rf_file *file, rf_hdu *hdu, uint64_t nrows, uint64_t gap, uint64_t heap,
                              rf_row_change *change, bool *written, rf_error *err) {
  const rf_header *old;
  rf_header *header;
  bool stays = change->from == change->to || change->bytes == 0;
  rf_rearrange rearrange = {change_rows, change,
                            stays && change->deleted == NULL && change->new_rows > change->old_rows &&
                                (change->plan == NULL || change->place == change->old_rows),
                            change->plan != NULL && change->old_rows == 0 && change->bytes == 0};
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
    status = rf_file_rearrange_locked(file, hdu->index, header, bytes, &rearrange, written, err);
  rf_header_free(header);
  return status;
}

/* Moves the heap back to the rows: a gap is valid FITS, but some old programs do not read it. */
rf_status rf_table_flush(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err) {
  const rf_table *table;
  uint64_t gap = 0;
  RF_TRY(rf_table_editable(file, hdu, &table, &gap, err));
  if (gap == 0) {
    hdu->pending = false;
    return RF_OK;
  }
  uint64_t rows = table->info.nrows * table->info.row_bytes, heap = (uint64_t)hdu->pcount - gap;
  rf_row_change change = {.row_bytes = table->info.row_bytes,
                          .old_rows = rows,
                          .new_rows = rows,
                          .from = table->info.heap_offset,
                          .to = rows,
                          .bytes = heap};
  RF_TRY(rf_row_change_apply(file, hdu, table->info.nrows, 0, heap, &change, written, err));
  hdu->pending = false; /* the entry stays where it is in memory */
  return RF_OK;
}
