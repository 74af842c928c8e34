/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Strings of binary tables.
 */
#ifndef RF_TABLE_ROWS_STRINGS_H
#define RF_TABLE_ROWS_STRINGS_H

#include "table/rows/step.h"

/* Returns the loop for a step of strings. */
rf_row_run rf_row_strings(const rf_row_step *step);

/* Widens n bytes to 32-bit characters in machine order. */
void rf_text_widen(uint8_t *dst, const uint8_t *src, size_t n);

#endif
