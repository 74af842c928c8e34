/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed tables, and the table in which a compressed image is stored, as rows of operations.
 */
#ifndef RF_TILED_TABLE_OPS_H
#define RF_TILED_TABLE_OPS_H

#include "table/ops.h"

/* The table in which a compressed image is stored: read only. */
extern const rf_table_ops rf_tile_rows_ops;
extern const rf_table_ops rf_tiled_table_ops;

#endif
