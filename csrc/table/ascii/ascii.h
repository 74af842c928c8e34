/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows of ASCII tables (FITS 7.2).
 */
#ifndef RF_TABLE_ASCII_ASCII_H
#define RF_TABLE_ASCII_ASCII_H

#include "table/rows/format.h"

extern const rf_row_format rf_ascii_row_format;

#endif
