/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Random groups (FITS 6) as rows of a table.
 */
#ifndef RF_TABLE_GROUPS_H
#define RF_TABLE_GROUPS_H

#include "table/rows/format.h"

extern const rf_row_format rf_groups_row_format;

#endif
