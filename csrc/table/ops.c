/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The table of an HDU of any kind that has rows, and the public calls that tell its facts.
 */
#include "table/ops.h"
#include "file/access.h"
#include "file/scan/scan.h"

#include <string.h>

rf_status rf_table_locked(rf_file *file, size_t index, rf_hdu **hdu, const rf_table **table, rf_error *err) {
  rf_hdu *found;
  RF_TRY(rf_file_hdu_locked(file, index, &found, err));
  if (found->ops->table == NULL)
    return rf_fail(err, RF_ERR_TYPE, "expected a table, found %s", found->ops->name);
  RF_TRY(found->ops->table->info(file, found, table, err));
  if (hdu != NULL)
    *hdu = found;
  return RF_OK;
}

/* Copies what the caller's struct has room for. */
static void give(void *out, const void *from, size_t size) {
  size_t room = *(const size_t *)out;
  if (room > size)
    room = size;
  if (room > sizeof room)
    memcpy((char *)out + sizeof room, (const char *)from + sizeof room, room - sizeof room);
}

rf_status rf_table_get_info(rf_file *file, size_t index, rf_table_info *info, rf_error *err) {
  const rf_table *table = NULL;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_table_locked(file, index, NULL, &table, err);
    if (status == RF_OK)
      give(info, &table->info, sizeof table->info);
    rf_file_end_read(file);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}

rf_status rf_table_get_column(rf_file *file, size_t index, size_t column, rf_column_info *info, rf_error *err) {
  const rf_table *table = NULL;
  const rf_column *found = NULL;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_table_locked(file, index, NULL, &table, err);
    if (status == RF_OK)
      status = rf_table_column(table, column, &found, err);
    if (status == RF_OK)
      give(info, &found->info, sizeof found->info);
    rf_file_end_read(file);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}

rf_status rf_table_find_column(rf_file *file, size_t index, const char *name, size_t *column, rf_error *err) {
  const rf_table *table = NULL;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_table_locked(file, index, NULL, &table, err);
    if (status == RF_OK)
      status = rf_table_find(table, name, column, err);
    rf_file_end_read(file);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}
