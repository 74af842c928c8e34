/* SPDX-License-Identifier: BSD-3-Clause
 *
 * More rows and fewer.
 */
#include "table/resize.h"

#include "base/memory.h"
#include "table/edit.h"
#include "table/ops.h"
#include "table/rearrange.h"
#include "table/rows/format.h"
#include "file/access.h"
#include "file/call.h"
#include "file/scan/scan.h"

/* ---- resize ---- */

/* Sets the number of rows: new ones are blank, those in `deleted` (NULL: the last ones) are removed. */
static rf_status set_rows(rf_file *file, rf_hdu *hdu, const rf_table *table, uint64_t nrows, uint64_t gap,
                          const rf_row_selection *deleted, bool *written, rf_error *err) {
  rf_row_change change = {.deleted = table->info.row_bytes > 0 ? deleted : NULL};
  RF_TRY(rf_table_rows_bytes(table, nrows, &change.new_rows, err));
  change.row_bytes = table->info.row_bytes;
  change.old_rows = table->info.nrows * table->info.row_bytes;
  change.from = change.old_rows;
  change.to = change.new_rows;
  change.bytes = (uint64_t)hdu->pcount;
  change.blank = table->format->fill;
  return rf_row_change_apply(file, hdu, nrows, gap, change.bytes - gap, &change, written, err);
}

rf_status rf_plain_table_resize(rf_file *file, rf_hdu *hdu, uint64_t nrows, bool *written, rf_error *err) {
  const rf_table *table;
  uint64_t gap = 0;
  RF_TRY(rf_table_editable(file, hdu, &table, &gap, err));
  return nrows == table->info.nrows ? RF_OK : set_rows(file, hdu, table, nrows, gap, NULL, written, err);
}

static rf_status resize_any(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  if (hdu->ops->table == NULL || hdu->ops->table->resize == NULL)
    return rf_fail(err, RF_ERR_TYPE, "cannot change the number of rows of %s", hdu->ops->name);
  const uint64_t *nrows = request;
  return hdu->ops->table->resize(file, hdu, *nrows, written, err);
}

rf_status rf_table_resize(rf_file *file, size_t index, uint64_t nrows, rf_error *err) {
  return rf_call_write(file, index, resize_any, &nrows, err);
}

/* ---- deleting rows ---- */

rf_status rf_plain_table_delete_rows(rf_file *file, rf_hdu *hdu, const rf_rows *rows, bool *written, rf_error *err) {
  const rf_table *table;
  rf_row_selection selection;
  uint64_t gap = 0, size;
  RF_TRY(rf_table_editable(file, hdu, &table, &gap, err));
  RF_TRY(rf_row_selection_init(&selection, table, rows, err));
  RF_TRY(rf_row_selection_check_ascending(&selection, err));
  if (selection.count == 0)
    return RF_OK;
  RF_TRY(rf_file_size_locked(file, &size, err));
  if (hdu->data_offset + hdu->data_bytes > size) /* within 63 bits since the scan */
    return rf_fail(err, RF_ERR_TRUNCATED, "the data unit is cut short: rows cannot be deleted from it");
  return set_rows(file, hdu, table, table->info.nrows - selection.count, gap, &selection, written, err);
}

static rf_status delete_any(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  if (hdu->ops->table == NULL || hdu->ops->table->delete_rows == NULL)
    return rf_fail(err, RF_ERR_TYPE, "cannot delete rows of %s", hdu->ops->name);
  return hdu->ops->table->delete_rows(file, hdu, *(const rf_rows *const *)request, written, err);
}

rf_status rf_table_delete_rows(rf_file *file, size_t index, const rf_rows *rows, rf_error *err) {
  return rf_call_write(file, index, delete_any, &rows, err);
}
