/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows that become one struct, 64 bytes at a time (AVX-512 VBMI): numbers, logicals and strings in one pass.
 */
#ifndef RF_TABLE_ROWS_UNPACK_AVX512_H
#define RF_TABLE_ROWS_UNPACK_AVX512_H

#include "table/rows/plan.h"

/* Gives the plan its wide shuffle, and marks the steps that it does, when the machine can and the requests are fields
 * of one struct. Without memory for it the plan does without. */
void rf_unpack_avx512_make(rf_row_plan *plan);

/* Does the marked steps for `count` rows; nothing but their fields is written. Arguments as those of rf_row_plan_run.
 */
void rf_unpack_avx512_run(const rf_unpack_avx512 *wide, uint64_t first, const uint8_t *src, ptrdiff_t src_stride,
                          size_t count);

#endif
