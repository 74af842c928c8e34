/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A list of requests as a plan that rows run through: checked once, then one loop a column over blocks of rows that
 * stay in the nearest cache.
 */
#include "table/rows/plan.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "table/request.h"
#include "table/rows/format.h"
#include "table/rows/unpack_simd.h"
#include "table/rows/unpack_avx512.h"

/* Bytes of rows that all steps see before the next ones come. */
#define BLOCK_BYTES ((uint64_t)32 << 10)
#define BLOCK_ROWS ((uint64_t)2048)

static rf_status init_step(rf_row_step *step, const rf_table *table, const rf_column_request *given, rf_error *err) {
  const rf_column *column;
  rf_column_request copy, *request = &copy;
  RF_TRY(rf_request_take(&copy, sizeof copy, given, "an rf_column_request", err));
  RF_TRY(rf_table_column(table, request->column, &column, err));
  step->number = request->column;
  rf_status status = table->format->read_step(step, column, request, err);
  /* Another thread may have changed the columns since the caller looked at them and made room. */
  if (status == RF_OK && request->cell_bytes != 0 && request->cell_bytes != step->cell_bytes)
    status =
        rf_fail(err, RF_ERR_ARGUMENT, "a cell takes %zu bytes, and there is room for %zu: the columns have changed",
                step->cell_bytes, request->cell_bytes);
  return status == RF_OK ? RF_OK : rf_table_add_context(err, status, column, request->column, -1);
}

rf_status rf_row_plan_init(rf_row_plan *plan, const rf_table *table, const rf_column_request *requests, size_t count,
                           rf_error *err) {
  memset(plan, 0, sizeof *plan);
  if (count == 0)
    return RF_OK;
  if (requests == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "there are no requests");
  plan->steps = rf_alloc_zero(count, sizeof *plan->steps);
  if (plan->steps == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a plan of %zu columns", count);
  plan->count = count;
  plan->low = UINT64_MAX;
  for (size_t i = 0; i < count; i++) {
    rf_row_step *step = &plan->steps[i];
    rf_status status = init_step(step, table, rf_request_at(requests, i), err);
    if (status != RF_OK) {
      rf_row_plan_free(plan);
      return status;
    }
    if (step->offset < plan->low)
      plan->low = step->offset;
    if (step->offset + step->bytes > plan->high)
      plan->high = step->offset + step->bytes;
  }
  /* Fields of no width still have a place; a row without any byte needs none. */
  if (plan->high < plan->low)
    plan->high = plan->low;
  rf_unpack_avx512_make(plan);
  if (plan->avx512 == NULL)
    rf_unpack_simd_make(plan);
  return RF_OK;
}

void rf_row_plan_free(rf_row_plan *plan) {
  rf_free(plan->steps);
  rf_free(plan->simd);
  rf_free(plan->avx512);
  memset(plan, 0, sizeof *plan);
}

rf_status rf_row_plan_check_memory(const rf_row_plan *plan, const rf_row_selection *selection, rf_error *err) {
  size_t size;
  if (!rf_to_size(selection->count, &size))
    return rf_fail(err, RF_ERR_ARGUMENT, "%" PRIu64 " rows do not fit memory", selection->count);
  for (size_t i = 0; i < plan->count; i++) {
    const rf_row_step *step = &plan->steps[i];
    uint64_t mask;
    if (step->data == NULL && step->cell_bytes > 0)
      return rf_fail(err, RF_ERR_ARGUMENT, "data = NULL for column %zu, expected memory for its cells", step->number);
    if (!rf_mul_u64(selection->count, step->mask_stride, &mask) || !rf_to_size(mask, &size))
      return rf_fail(err, RF_ERR_ARGUMENT, "%" PRIu64 " rows of column %zu do not fit memory", selection->count,
                     step->number);
  }
  return RF_OK;
}

/* ---- running ---- */

/* One step over `count` rows; `first` is the number of the first within the selection. */
static rf_status run_step(const rf_row_plan *plan, const rf_row_step *step, const rf_row_selection *selection,
                          uint64_t first, const uint8_t *src, ptrdiff_t src_stride, size_t count, bool values,
                          rf_error *err) {
  uint8_t *mask = step->mask != NULL ? step->mask + (size_t)first * step->mask_stride : NULL;
  size_t bad = 0;
  src += (size_t)(step->offset - plan->low);
  if (mask != NULL && step->mask_apart)
    rf_row_step_mask(step, src, src_stride, count, mask);
  if (!values)
    return RF_OK;
  rf_status status =
      step->run(step, src, src_stride, count, step->data + (ptrdiff_t)first * step->stride, mask, &bad, err);
  if (status == RF_OK)
    return RF_OK;
  return rf_table_add_context(err, status, step->column, step->number, (int64_t)rf_row_at(selection, first + bad));
}

static rf_status run_block(const rf_row_plan *plan, const rf_row_selection *selection, uint64_t first,
                           const uint8_t *src, ptrdiff_t src_stride, size_t count, rf_error *err) {
  size_t shuffled = 0;
  if (plan->avx512 != NULL) {
    rf_unpack_avx512_run(plan->avx512, first, src, src_stride, count);
    shuffled = count;
  } else if (plan->simd != NULL) {
    shuffled = rf_unpack_simd_run(plan->simd, first, src, src_stride, count);
  }
  for (size_t i = 0; i < plan->count; i++) {
    const rf_row_step *step = &plan->steps[i];
    if (shuffled == 0 || !step->shuffled) {
      RF_TRY(run_step(plan, step, selection, first, src, src_stride, count, true, err));
    } else {
      RF_TRY(run_step(plan, step, selection, first, src, src_stride, shuffled, false, err));
      if (shuffled < count)
        RF_TRY(run_step(plan, step, selection, first + shuffled, src + (ptrdiff_t)shuffled * src_stride, src_stride,
                        count - shuffled, true, err));
    }
  }
  return RF_OK;
}

rf_status rf_row_plan_run(const rf_row_plan *plan, const rf_row_selection *selection, uint64_t first,
                          const uint8_t *src, ptrdiff_t src_stride, size_t count, rf_error *err) {
  uint64_t row = plan->high - plan->low + 1;
  uint64_t most = BLOCK_BYTES / row + 1;
  if (most > BLOCK_ROWS)
    most = BLOCK_ROWS;
  while (count > 0) {
    size_t n = count < most ? count : (size_t)most;
    RF_TRY(run_block(plan, selection, first, src, src_stride, n, err));
    src += (ptrdiff_t)n * src_stride;
    first += n;
    count -= n;
  }
  return RF_OK;
}
