/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a kind of HDU with rows can do.
 */
#ifndef RF_TABLE_OPS_H
#define RF_TABLE_OPS_H

#include "table/table.h"

/* Functions run with `file->lock` held: shared, or exclusive where they take `written`. */
struct rf_table_ops {
  /* MUST. The rows as they stand in the data unit. */
  rf_status (*stored)(rf_file *file, rf_hdu *hdu, const rf_table **table, rf_error *err);
};

/* table/table.c: binary and ASCII tables, and random groups. */
extern const rf_table_ops rf_plain_table_ops;
extern const rf_table_ops rf_groups_table_ops;

/* rf_hdu_ops.flush: closes the gap between rows and heap that appending has left. */
rf_status rf_table_flush(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err);

/* rf_hdu_ops.free_parsed. */
void rf_table_free(void *table);

#endif
