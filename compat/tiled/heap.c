/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing cells of variable length.
 */
#include "tiled/heap.h"

#include <limits.h>
#include <stdint.h>

#include "file/bytes.h"
#include "tiled/cell.h"

#define BLOCK 2880

static void put_big_endian(unsigned char *at, uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; i++)
    at[i] = (unsigned char)(value >> (8 * (bytes - 1 - i)));
}

static uint64_t get_big_endian(const unsigned char *at, unsigned bytes) {
  uint64_t value = 0;
  for (unsigned i = 0; i < bytes; i++)
    value = value << 8 | at[i];
  return value;
}

/* Gets the place of a descriptor. */
static int place_of(fitsfile *fptr, int column, LONGLONG row, LONGLONG *at, unsigned *bytes, int *status) {
  const FITSfile *file = fptr->Fptr;
  if (column < 1 || column > file->tfield || file->tableptr == NULL || file->tableptr[column - 1].tdatatype >= 0)
    return cf_fail(status, BAD_COL_NUM, "column %d has no arrays of variable length", column);
  if (row < 1 || row > file->numrows)
    return cf_fail(status, BAD_ROW_NUM, "row %lld of %lld", row, file->numrows);
  *at = file->datastart + (row - 1) * file->rowlength + file->tableptr[column - 1].tbcol;
  *bytes = cf_column_is_wide(file, column) ? 8 : 4;
  return *status;
}

/* Makes room for n bytes at the end of the heap. */
static int grow(fitsfile *fptr, LONGLONG n, int *status) {
  FITSfile *file = fptr->Fptr;
  LONGLONG end = file->datastart + file->heapstart + file->heapsize + n, limit = file->headstart[file->curhdu + 1];
  if (end <= limit)
    return *status;
  LONGLONG blocks = (end - limit + BLOCK - 1) / BLOCK;
  if (!file->lasthdu)
    return cf_insert_blocks(fptr, limit, blocks, 0, status);
  file->headstart[file->curhdu + 1] = limit + blocks * BLOCK;
  return *status;
}

int cf_tile_heap_put(fitsfile *fptr, int column, LONGLONG row, const void *array, size_t bytes, int *status) {
  FITSfile *file = fptr->Fptr;
  unsigned char descriptor[16];
  LONGLONG at = 0;
  unsigned half = 0;
  if (place_of(fptr, column, row, &at, &half, status) > 0 || cf_rows_read(fptr, at, 2 * half, descriptor, status) > 0)
    return *status;
  size_t each = cf_column_element(file, column);
  uint64_t had = get_big_endian(descriptor, half), offset = get_big_endian(descriptor + half, half);
  uint64_t count = bytes / each;
  bool fits = count <= had && had <= (uint64_t)file->heapsize / each && offset <= (uint64_t)file->heapsize - had * each;
  if (!fits) {
    offset = (uint64_t)file->heapsize;
    if (half == 4 && offset + bytes > INT32_MAX)
      return cf_fail(status, NUM_OVERFLOW, "the heap grows beyond 2 GiB: call fits_set_huge_hdu() before");
    if (grow(fptr, (LONGLONG)bytes, status) > 0)
      return *status;
  }
  if (cf_write(fptr, file->datastart + file->heapstart + (LONGLONG)offset, bytes, array, status) > 0)
    return *status;
  if (!fits)
    file->heapsize += (LONGLONG)bytes;
  put_big_endian(descriptor, count, half);
  put_big_endian(descriptor + half, offset, half);
  return cf_write(fptr, at, 2 * half, descriptor, status);
}

int cf_tile_heap_append(fitsfile *fptr, const void *bytes, size_t n, int *status) {
  FITSfile *file = fptr->Fptr;
  if (grow(fptr, (LONGLONG)n, status) > 0 ||
      cf_write(fptr, file->datastart + file->heapstart + file->heapsize, n, bytes, status) > 0)
    return *status;
  file->heapsize += (LONGLONG)n;
  return *status;
}

int cf_tile_heap_clear(fitsfile *fptr, int column, LONGLONG row, int *status) {
  unsigned char zeros[16] = {0};
  LONGLONG at = 0;
  unsigned half = 0;
  if (place_of(fptr, column, row, &at, &half, status) > 0)
    return *status;
  return cf_write(fptr, at, 2 * half, zeros, status);
}
