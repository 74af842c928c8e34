/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tables whose data unit holds the rows.
 */
#ifndef RF_TABLE_PLAIN_H
#define RF_TABLE_PLAIN_H

#include "table/ops.h"

/* Binary and ASCII tables, and random groups, whose rows can be read and overwritten only. */
extern const rf_table_ops rf_plain_table_ops;
extern const rf_table_ops rf_groups_table_ops;

#endif
