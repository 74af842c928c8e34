/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The columns of a request as a plan that rows run through.
 */
#ifndef RF_TABLE_ROWS_PLAN_H
#define RF_TABLE_ROWS_PLAN_H

#include "table/rows/selection.h"
#include "table/rows/step.h"

typedef struct rf_unpack_simd rf_unpack_simd;
typedef struct rf_unpack_avx512 rf_unpack_avx512;

typedef struct rf_row_plan {
  rf_row_step *steps;
  size_t count;
  unsigned threads; /* that may run it; 0: as the file says */
  uint64_t low;     /* first byte of a row that is needed, and the end of those bytes */
  uint64_t high;
  rf_unpack_simd *simd;     /* NULL, or all steps at once for contiguous rows */
  rf_unpack_avx512 *avx512; /* NULL, or the same for any rows; `simd` is NULL then */
} rf_row_plan;

/* Checks the requests against the table. RF_ERR_RANGE, RF_ERR_TYPE, RF_ERR_ARGUMENT. */
rf_status rf_row_plan_init(rf_row_plan *plan, const rf_table *table, const rf_column_request *requests, size_t count,
                           rf_error *err);
void rf_row_plan_free(rf_row_plan *plan);

/* RF_ERR_ARGUMENT where the memory of the plan cannot take that many rows. */
rf_status rf_row_plan_check_memory(const rf_row_plan *plan, const rf_row_selection *selection, rf_error *err);

/* Runs all steps over `count` rows. `src` is byte plan->low of the first one, the others are src_stride bytes apart.
 * `first` is the position of the first one in the selection, which serves messages. */
rf_status rf_row_plan_run(const rf_row_plan *plan, const rf_row_selection *selection, uint64_t first,
                          const uint8_t *src, ptrdiff_t src_stride, size_t count, rf_error *err);

#endif
