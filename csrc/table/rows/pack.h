/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells in memory to the fields of a binary table: the reverse of the runs of table/rows/step.c, on the same steps.
 */
#ifndef RF_TABLE_ROWS_PACK_H
#define RF_TABLE_ROWS_PACK_H

#include "table/rows/plan.h"

/* Can the `count` cells from `src` on be stored? On failure *bad is the number of the first that cannot. */
rf_status rf_row_put_check(const rf_row_step *step, const uint8_t *src, const uint8_t *mask, size_t count, size_t *bad,
                           rf_error *err);

/* `count` cells, which have passed the check, to fields: the first at dst, the others dst_stride bytes apart. */
void rf_row_put(const rf_row_step *step, uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, const uint8_t *mask,
                size_t count);

/* rf_row_format.write_step of binary tables: the checks where dst is NULL, else rf_row_put(). */
rf_status rf_row_write_step_binary(const rf_row_step *step, uint8_t *dst, ptrdiff_t dst_stride, size_t count,
                                   const uint8_t *src, const uint8_t *mask, size_t *bad, rf_error *err);

/* `elements` numbers, logicals or complex numbers that lie one behind the other, here and there. */
void rf_row_put_run(const rf_row_step *step, uint8_t *dst, const uint8_t *src, const uint8_t *mask, size_t elements);

/* Packs bytes to bits, the first one on top. Unused bits of the last byte are 0. */
void rf_bits_pack(uint8_t *dst, const uint8_t *src, size_t bits);

/* ---- table/rows/pack_simd.c: rows of a struct to whole rows of a table, 16 bytes at a time ---- */

typedef struct rf_pack_simd rf_pack_simd;

/* NULL when the machine cannot, the requests are not fields of one struct, or there is no memory. `rows` is the number
 * of rows in memory; steps that it does are marked. */
rf_pack_simd *rf_pack_simd_make(rf_row_plan *plan, uint64_t rows);
void rf_pack_simd_free(rf_pack_simd *shuffle);

/* Bytes behind the last row of dst that may be overwritten. */
#define RF_PUT_SLACK 64

/* Rows first .. first+count-1 of the selection to dst, one behind the other; gives how many of them were done. */
size_t rf_pack_simd_run(const rf_pack_simd *shuffle, uint64_t first, uint8_t *dst, size_t row_bytes, size_t count);

#endif
