/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tables whose data unit holds the rows: binary tables, ASCII tables and random groups.
 */
#include "table/plain.h"

#include "table/columns.h"
#include "table/heap/descriptor.h"
#include "table/heap/repack.h"
#include "table/heap/write.h"
#include "table/read.h"
#include "table/resize.h"
#include "table/write.h"

static rf_status get_info(rf_file *file, rf_hdu *hdu, const rf_table **table, rf_error *err) {
  return rf_table_get_parsed(file, hdu, (rf_table **)&hdu->parsed, table, err);
}

const rf_table_ops rf_plain_table_ops = {
    .info = get_info,
    .read = rf_plain_table_read,
    .plan = rf_plain_table_plan,
    .read_descriptors = rf_plain_table_read_descriptors,
    .read_heap = rf_plain_table_read_heap,
    .write = rf_plain_table_write,
    .write_heap = rf_plain_table_write_heap,
    .resize = rf_plain_table_resize,
    .append = rf_plain_table_append,
    .delete_rows = rf_plain_table_delete_rows,
    .insert_column = rf_plain_table_insert_column,
    .delete_column = rf_plain_table_delete_column,
    .repack = rf_plain_table_repack,
};

const rf_table_ops rf_groups_table_ops = {
    .info = get_info,
    .read = rf_plain_table_read,
    .plan = rf_plain_table_plan,
    .write = rf_plain_table_write,
};
