/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells of variable length of the current binary table.
 */
#ifndef CF_TILED_HEAP_H
#define CF_TILED_HEAP_H

#include <stdbool.h>

#include "base/status.h"

/* Writes `bytes` bytes as the array of a cell, in the place of the former one where that is long enough, otherwise at
 * the end of the heap. Row and column are 1-based. The bytes are a whole number of elements of the column. */
int cf_tile_heap_put(fitsfile *fptr, int column, LONGLONG row, const void *array, size_t bytes, int *status);

/* Writes bytes at the end of the heap. */
int cf_tile_heap_append(fitsfile *fptr, const void *bytes, size_t n, int *status);

/* Makes the array of a cell empty. */
int cf_tile_heap_clear(fitsfile *fptr, int column, LONGLONG row, int *status);

#endif
