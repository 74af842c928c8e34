/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The table of an HDU of any kind that has rows, and the public calls that tell its facts.
 */
#include "table/ops.h"
#include "file/call.h"
#include "file/scan/scan.h"
#include "base/versioned.h"

rf_status rf_table_of(rf_file *file, rf_hdu *hdu, const rf_table **table, rf_error *err) {
  if (hdu->ops->table == NULL)
    return rf_fail(err, RF_ERR_TYPE, "expected a table, found %s", hdu->ops->name);
  return hdu->ops->table->info(file, hdu, table, err);
}

rf_status rf_table_locked(rf_file *file, size_t index, rf_hdu **hdu, const rf_table **table, rf_error *err) {
  RF_TRY(rf_file_hdu_locked(file, index, hdu, err));
  return rf_table_of(file, *hdu, table, err);
}

static rf_status get_info(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  const rf_table *table;
  RF_TRY(rf_table_of(file, hdu, &table, err));
  rf_struct_give(request, &table->info, sizeof table->info);
  return RF_OK;
}

rf_status rf_table_get_info(rf_file *file, size_t index, rf_table_info *info, rf_error *err) {
  return rf_call_get(file, index, get_info, info, err);
}

typedef struct column_call {
  size_t column;
  const char *name;
  rf_column_info *info;
} column_call;

static rf_status get_column(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  const column_call *call = request;
  const rf_table *table;
  const rf_column *found;
  RF_TRY(rf_table_of(file, hdu, &table, err));
  RF_TRY(rf_table_column(table, call->column, &found, err));
  rf_struct_give(call->info, &found->info, sizeof found->info);
  return RF_OK;
}

rf_status rf_table_get_column(rf_file *file, size_t index, size_t column, rf_column_info *info, rf_error *err) {
  column_call call = {.column = column, .info = info};
  return rf_call_get(file, index, get_column, &call, err);
}

static rf_status find_column(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  column_call *call = request;
  const rf_table *table;
  RF_TRY(rf_table_of(file, hdu, &table, err));
  return rf_table_find(table, call->name, &call->column, err);
}

rf_status rf_table_find_column(rf_file *file, size_t index, const char *name, size_t *column, rf_error *err) {
  column_call call = {.name = name};
  RF_TRY(rf_call_get(file, index, find_column, &call, err));
  *column = call.column;
  return RF_OK;
}
