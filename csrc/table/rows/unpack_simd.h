/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows that become one packed struct: the plain fields of a row, 16 bytes at a time, by byte shuffles.
 */
#ifndef RF_TABLE_ROWS_UNPACK_SIMD_H
#define RF_TABLE_ROWS_UNPACK_SIMD_H

#include "table/rows/plan.h"

/* Gives the plan a shuffle, and marks the steps that it does, when the machine can and the requests fill a struct
 * without holes. Without memory for it the plan does without. */
void rf_unpack_simd_make(rf_row_plan *plan);

/* Shuffles the first rows of `count`; gives how many: the last ones are left to the steps, because windows reach beyond
 * the ends of rows. What a shuffle writes between the fields it does is undone by the steps of those. Arguments as
 * those of rf_row_plan_run. */
size_t rf_unpack_simd_run(const rf_unpack_simd *shuffle, uint64_t first, const uint8_t *src, ptrdiff_t src_stride,
                          size_t count);

#endif
