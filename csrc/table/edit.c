/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the calls that change tables share.
 */
#include "table/edit.h"

#include <inttypes.h>

#include "base/memory.h"
#include "table/ops.h"

rf_status rf_table_set_integer(rf_header *header, const char *keyword, uint64_t value, const char *comment,
                               rf_error *err) {
  rf_value integer = {.kind = RF_VALUE_INTEGER, .integer = (int64_t)value};
  rf_error ignored;
  size_t at;
  bool there = rf_header_find(header, keyword, 0, &at, &ignored) == RF_OK;
  return rf_header_set(header, keyword, &integer, there ? NULL : comment, err);
}

rf_status rf_table_set_heap_place(rf_header *header, uint64_t offset, uint64_t gap, rf_error *err) {
  rf_error ignored;
  size_t at;
  if (gap > 0)
    return rf_table_set_integer(header, "THEAP", offset, "where the heap begins", err);
  return rf_header_find(header, "THEAP", 0, &at, &ignored) == RF_OK ? rf_header_delete(header, "THEAP", err) : RF_OK;
}

rf_status rf_table_editable(rf_file *file, rf_hdu *hdu, const rf_table **table, uint64_t *gap, rf_error *err) {
  RF_TRY(hdu->ops->table->info(file, hdu, table, err));
  const rf_table_info *info = &(*table)->info;
  if (hdu->gcount != 1)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "cannot change a table with GCOUNT = %" PRId64, hdu->gcount);
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

rf_status rf_table_rows_bytes(const rf_table *table, uint64_t nrows, uint64_t *bytes, rf_error *err) {
  if (nrows <= INT64_MAX && rf_mul_u64(nrows, table->info.row_bytes, bytes) && *bytes <= INT64_MAX)
    return RF_OK;
  return rf_fail(err, RF_ERR_LIMIT, "%" PRIu64 " rows of %" PRIu64 " bytes are more than a file can hold", nrows,
                 table->info.row_bytes);
}
