/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The names by which columns are found.
 */
#ifndef RF_TABLE_COLUMN_NAMES_H
#define RF_TABLE_COLUMN_NAMES_H

#include "table/table.h"

/* Sets info.key of every column by their names. */
void rf_table_make_keys(rf_table *table);

#endif
