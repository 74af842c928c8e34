/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows of binary tables (FITS 7.3).
 */
#ifndef RF_TABLE_ROWS_BINARY_H
#define RF_TABLE_ROWS_BINARY_H

#include "table/rows/format.h"

extern const rf_row_format rf_binary_row_format;

#endif
