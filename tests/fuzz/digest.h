/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One number for the cells of a column, for fuzz targets that compare tables before and after an edit.
 */
#ifndef FUZZ_DIGEST_H
#define FUZZ_DIGEST_H

#include <stddef.h>
#include <stdlib.h>

#include "script.h"
#include "table_calls.h"

#define MAX_BYTES ((uint64_t)1 << 20)
#define MAX_ROWS ((uint64_t)1 << 12)
#define BAD ((uint64_t)1) /* what cannot be read, or is too large to look at */

/* FNV-1a, going on from h. */
static inline uint64_t hash(uint64_t h, const void *bytes, size_t n) {
  const uint8_t *p = bytes;
  for (size_t i = 0; i < n; i++)
    h = (h ^ p[i]) * UINT64_C(1099511628211);
  return h;
}

static inline uint64_t digest_heap(rf_file *file, size_t index, size_t column, const rf_column_info *info,
                                   uint64_t nrows) {
  static uint64_t lengths[MAX_ROWS], offsets[MAX_ROWS];
  rf_rows rows = {0, 1, nrows, NULL};
  rf_error err;
  uint64_t elements = 0, h = BAD;
  if (!good(rf_table_read_descriptors(file, index, column, &rows, lengths, offsets, &err), &err))
    return BAD;
  for (uint64_t i = 0; i < nrows; i++) {
    uint64_t n = info->letter == 'X' ? (lengths[i] + 7) / 8 : lengths[i];
    if (n > MAX_BYTES || (elements += n) > MAX_BYTES)
      return BAD;
  }
  uint64_t bytes = elements * rf_dtype_bytes(info->stored, 1);
  uint8_t *cells = malloc(bytes > 0 ? bytes : 1);
  expect(cells != NULL, "no memory");
  if (good(call_read_heap(file, index, column, lengths, offsets, nrows, info->stored, RF_CELL_RAW, cells, bytes, NULL,
                          &err),
           &err))
    h = hash(hash(2166136261u, lengths, nrows * sizeof *lengths), cells, bytes);
  free(cells);
  return h;
}

/* The stored cells of the first `nrows` rows of a column; BAD if they take more than `max_bytes`. */
static inline uint64_t digest_column(rf_file *file, size_t index, size_t column, const rf_column_info *info,
                                     uint64_t nrows, uint64_t max_bytes) {
  rf_error err;
  if (info->descriptor != 0)
    return digest_heap(file, index, column, info, nrows);
  uint64_t one = rf_dtype_bytes(info->stored, (size_t)info->width), h = BAD;
  if (info->raw_count > MAX_BYTES || one > MAX_BYTES || one * info->raw_count * nrows > max_bytes)
    return BAD;
  uint64_t cell = one * info->raw_count;
  uint8_t *cells = calloc(1, cell * nrows > 0 ? cell * nrows : 1);
  expect(cells != NULL, "no memory");
  rf_rows rows = {0, 1, nrows, NULL};
  rf_column_request request = {.size = sizeof request,
                               .column = column,
                               .type = info->stored,
                               .flags = RF_CELL_RAW,
                               .width = (size_t)info->width,
                               .data = cells,
                               .stride = (ptrdiff_t)cell};
  if (good(call_read(file, index, &rows, &request, 1, &err), &err))
    h = hash(2166136261u, cells, cell * nrows);
  free(cells);
  return h;
}

#endif
