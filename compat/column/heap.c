/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A descriptor has the number of elements and their address in the heap: 32 bits each (P), or 64 bits (Q).
 */
#include "column/heap.h"

#include <stdbool.h>
#include <stdlib.h>

#include "column/cells.h"
#include "column/rows.h"
#include "convert/swap.h"
#include "file/bytes.h"
#include "file/handle.h"

#define LARGEST (LLONG_MAX / 32) /* bytes of a heap */

LONGLONG cf_heap_bytes(int type, LONGLONG length) {
  LONGLONG width = (LONGLONG)cf_array_width(type);
  if (length < 0 || length > LARGEST)
    return -1;
  return width > 0 ? length * width : length / 8 + (length % 8 != 0);
}

int cf_heap_at(fitsfile *fptr, LONGLONG address, LONGLONG length, int type, LONGLONG *offset, int *status) {
  if (cf_heap_bytes(type, length) < 0 || address < 0 || address > LARGEST)
    return cf_fail(status, BAD_HEAP_PTR, "an array of %lld elements at %lld of the heap is not possible", length,
                   address);
  *offset = fptr->Fptr->datastart + fptr->Fptr->heapstart + address;
  return *status;
}

/* Reads an unsigned number of 4 or 8 bytes. Those above LLONG_MAX become negative. */
static LONGLONG get_number(const unsigned char *bytes, size_t width) {
  uint32_t four;
  int64_t eight;
  if (width == 4) {
    cf_swap_value(&four, bytes, 4);
    return four;
  }
  cf_swap_value(&eight, bytes, 8);
  return eight;
}

static void put_number(unsigned char *bytes, size_t width, LONGLONG value) {
  uint32_t four = (uint32_t)value;
  int64_t eight = value;
  cf_swap_value(bytes, width == 4 ? (const void *)&four : &eight, width);
}

/* Returns the letter of a TFORMn. */
static char letter_of(const char *form) {
  while (*form == ' ' || (*form >= '0' && *form <= '9'))
    form++;
  return *form;
}

/* Finds the descriptor of a row: its offset, and the bytes of each of its two numbers. */
static int find_descriptor(fitsfile *fptr, int colnum, LONGLONG row, LONGLONG *offset, size_t *width, int *status) {
  const tcolumn *column = cf_column(fptr, colnum, status);
  if (column == NULL)
    return *status;
  if (column->tdatatype >= 0 || fptr->Fptr->hdutype != BINARY_TBL)
    return cf_fail(status, NOT_VARI_LEN, "column %d has no arrays of variable length", colnum);
  char letter = letter_of(column->tform);
  *width = letter == 'Q' || letter == 'q' ? 8 : 4;
  if (row < 1 || row > fptr->Fptr->numrows)
    return cf_fail(status, BAD_ROW_NUM, "row %lld does not exist: the table has %lld rows", row, fptr->Fptr->numrows);
  if (column->tbcol < 0 || column->tbcol + 2 * (LONGLONG)*width > fptr->Fptr->rowlength)
    return cf_fail(status, BAD_ROW_WIDTH, "column %d does not fit the rows", colnum);
  *offset = fptr->Fptr->datastart + (row - 1) * fptr->Fptr->rowlength + column->tbcol;
  return *status;
}

static int get_descriptor(fitsfile *fptr, LONGLONG offset, size_t width, LONGLONG *length, LONGLONG *address,
                          int *status) {
  unsigned char bytes[16];
  const unsigned char *at = cf_at_hand(fptr, offset, 2 * width);
  if (at == NULL && cf_data_read(fptr, offset, 2 * width, bytes, status) > 0)
    return *status;
  at = at != NULL ? at : bytes;
  if (length != NULL)
    *length = get_number(at, width);
  if (address != NULL)
    *address = get_number(at + width, width);
  return *status;
}

static int put_descriptor(fitsfile *fptr, LONGLONG offset, size_t width, LONGLONG length, LONGLONG address,
                          int *status) {
  unsigned char bytes[16];
  if (length < 0 || address < 0 || (width == 4 && (length > 0xffffffffLL || address > 0xffffffffLL)))
    return cf_fail(status, NUM_OVERFLOW, "a descriptor cannot hold %lld elements at %lld", length, address);
  put_number(bytes, width, length);
  put_number(bytes + width, width, address);
  return cf_write(fptr, offset, 2 * width, bytes, status);
}

int cf_heap_get(fitsfile *fptr, int colnum, LONGLONG row, LONGLONG *length, LONGLONG *address, int *status) {
  LONGLONG offset = 0;
  size_t width = 0;
  if (find_descriptor(fptr, colnum, row, &offset, &width, status) <= 0)
    (void)get_descriptor(fptr, offset, width, length, address, status);
  return *status;
}

int ffgdesll(fitsfile *fptr, int colnum, LONGLONG rownum, LONGLONG *length, LONGLONG *heapaddr, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  return cf_heap_get(fptr, colnum, rownum, length, heapaddr, status);
}

int ffgdes(fitsfile *fptr, int colnum, LONGLONG rownum, long *length, long *heapaddr, int *status) {
  LONGLONG n = 0, address = 0;
  if (ffgdesll(fptr, colnum, rownum, &n, &address, status) > 0 || status == NULL)
    return cf_refused(status);
  if (n > LONG_MAX || address > LONG_MAX)
    return cf_fail(status, NUM_OVERFLOW, "the descriptor does not fit a long");
  if (length != NULL)
    *length = (long)n;
  if (heapaddr != NULL)
    *heapaddr = (long)address;
  return *status;
}

/* Returns whether rows firstrow ... firstrow + nrows - 1 exist. */
static bool have_rows(fitsfile *fptr, LONGLONG firstrow, LONGLONG nrows, int *status) {
  if (firstrow >= 1 && nrows <= fptr->Fptr->numrows && firstrow - 1 <= fptr->Fptr->numrows - nrows)
    return true;
  (void)cf_fail(status, BAD_ROW_NUM, "%lld rows from row %lld on do not exist", nrows, firstrow);
  return false;
}

int ffgdessll(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG nrows, LONGLONG *length, LONGLONG *heapaddr,
              int *status) {
  LONGLONG offset = 0;
  size_t width = 0;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (find_descriptor(fptr, colnum, firstrow, &offset, &width, status) > 0 || !have_rows(fptr, firstrow, nrows, status))
    return *status;
  for (LONGLONG i = 0; i < nrows && *status <= 0; i++, offset += fptr->Fptr->rowlength)
    (void)get_descriptor(fptr, offset, width, length != NULL ? length + i : NULL,
                         heapaddr != NULL ? heapaddr + i : NULL, status);
  return *status;
}

int ffgdess(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG nrows, long *length, long *heapaddr, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (cf_column(fptr, colnum, status) == NULL || !have_rows(fptr, firstrow, nrows, status))
    return *status;
  for (LONGLONG i = 0; i < nrows && *status <= 0; i++)
    (void)ffgdes(fptr, colnum, firstrow + i, length != NULL ? length + i : NULL, heapaddr != NULL ? heapaddr + i : NULL,
                 status);
  return *status;
}

int ffpdes(fitsfile *fptr, int colnum, LONGLONG rownum, LONGLONG length, LONGLONG heapaddr, int *status) {
  LONGLONG offset = 0;
  size_t width = 0;
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  const tcolumn *column = cf_column(fptr, colnum, status);
  if (column != NULL && column->tdatatype < 0 && rownum >= 1)
    (void)(cf_rows_grow(fptr, rownum, status) > 0 || cf_rows_exist(fptr, rownum, status) > 0);
  if (*status <= 0 && find_descriptor(fptr, colnum, rownum, &offset, &width, status) <= 0)
    (void)put_descriptor(fptr, offset, width, length, heapaddr, status);
  return *status;
}

/* Makes the heap `bytes` longer. *address receives where the new part begins. */
static int extend(fitsfile *fptr, LONGLONG bytes, LONGLONG *address, int *status) {
  FITSfile *file = fptr->Fptr;
  if (bytes < 0 || file->heapsize > LARGEST - bytes)
    return cf_fail(status, BAD_HEAP_PTR, "an array of %lld bytes is too long for the heap", bytes);
  *address = file->heapsize;
  if (cf_data_complete(fptr, status) > 0 || cf_data_extend(fptr, file->heapstart + file->heapsize + bytes, status) > 0)
    return *status;
  LONGLONG end = file->datastart + file->heapstart + file->heapsize, size = cf_size(fptr);
  if (size < end)
    (void)cf_fill(fptr, size, end - size, 0, status);
  file->heapsize += bytes;
  return *status;
}

int cf_heap_reserve(fitsfile *fptr, int colnum, LONGLONG row, LONGLONG elements, LONGLONG *length, LONGLONG *address,
                    int *status) {
  LONGLONG offset = 0;
  size_t width = 0;
  int type = -fptr->Fptr->tableptr[colnum - 1].tdatatype;
  if (find_descriptor(fptr, colnum, row, &offset, &width, status) > 0 ||
      get_descriptor(fptr, offset, width, length, address, status) > 0)
    return *status;
  if ((*length < elements || *length < 0) && extend(fptr, cf_heap_bytes(type, elements), address, status) > 0)
    return *status;
  *length = elements;
  return put_descriptor(fptr, offset, width, *length, *address, status);
}

int cf_heap_append(fitsfile *fptr, int colnum, LONGLONG row, LONGLONG length, LONGLONG *offset, int *status) {
  LONGLONG at = 0, address = 0;
  size_t width = 0;
  if (find_descriptor(fptr, colnum, row, &at, &width, status) > 0)
    return *status;
  LONGLONG bytes = cf_heap_bytes(-fptr->Fptr->tableptr[colnum - 1].tdatatype, length);
  if (extend(fptr, bytes, &address, status) > 0 || put_descriptor(fptr, at, width, length, address, status) > 0)
    return *status;
  *offset = fptr->Fptr->datastart + fptr->Fptr->heapstart + address;
  return *status;
}

/* An array in the heap, by its descriptor. */
typedef struct extent {
  LONGLONG start;
  LONGLONG bytes;
} extent;

static int by_start(const void *a, const void *b) {
  LONGLONG x = ((const extent *)a)->start, y = ((const extent *)b)->start;
  return (x > y) - (x < y);
}

/* Collects the arrays of all cells. The caller frees. *valid becomes 0 if one lies outside the heap. */
static extent *collect(fitsfile *fptr, size_t *count, int *valid, int *status) {
  FITSfile *file = fptr->Fptr;
  LONGLONG length, address;
  size_t room = 0;
  extent *extents = NULL;
  *count = 0;
  for (int i = 0; i < file->tfield && *status <= 0; i++)
    for (LONGLONG row = 1; file->tableptr[i].tdatatype < 0 && row <= file->numrows && *status <= 0; row++) {
      if (ffgdesll(fptr, i + 1, row, &length, &address, status) > 0)
        break;
      LONGLONG bytes = cf_heap_bytes(-file->tableptr[i].tdatatype, length);
      if (bytes < 0 || address < 0 || bytes > file->heapsize || address > file->heapsize - bytes) {
        *valid = 0;
        continue;
      }
      if (*count == room) {
        room = room * 2 + 64;
        extent *more = realloc(extents, room * sizeof *more);
        if (more == NULL) {
          (void)cf_fail(status, MEMORY_ALLOCATION, "cannot allocate the list of %zu arrays", room);
          break;
        }
        extents = more;
      }
      extents[(*count)++] = (extent){address, bytes};
    }
  return extents;
}

int fftheap(fitsfile *fptr, LONGLONG *heapsize, LONGLONG *unused, LONGLONG *overlap, int *valid, int *status) {
  size_t count;
  int good = 1;
  LONGLONG used = 0, sum = 0, end = 0;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  LONGLONG size = fptr->Fptr->hdutype == BINARY_TBL ? fptr->Fptr->heapsize : 0;
  extent *extents = size > 0 ? collect(fptr, &count, &good, status) : NULL;
  if (extents != NULL) {
    qsort(extents, count, sizeof *extents, by_start);
    for (size_t i = 0; i < count; i++) {
      LONGLONG last = extents[i].start + extents[i].bytes;
      sum += extents[i].bytes;
      if (last > end) {
        used += last - (extents[i].start > end ? extents[i].start : end);
        end = last;
      }
    }
    free(extents);
  }
  if (heapsize != NULL)
    *heapsize = size;
  if (unused != NULL)
    *unused = size - used;
  if (overlap != NULL)
    *overlap = sum - used;
  if (valid != NULL)
    *valid = good;
  return *status;
}

/* Copies the arrays of all cells, column after column, to the heap from `heap` (a copy of the old one). */
static int rewrite(fitsfile *fptr, const unsigned char *heap, LONGLONG *size, int *status) {
  FITSfile *file = fptr->Fptr;
  LONGLONG length, address, offset, start = file->datastart + file->heapstart;
  size_t width;
  *size = 0;
  for (int i = 0; i < file->tfield && *status <= 0; i++)
    for (LONGLONG row = 1; file->tableptr[i].tdatatype < 0 && row <= file->numrows && *status <= 0; row++) {
      if (find_descriptor(fptr, i + 1, row, &offset, &width, status) > 0 ||
          get_descriptor(fptr, offset, width, &length, &address, status) > 0)
        break;
      LONGLONG bytes = cf_heap_bytes(-file->tableptr[i].tdatatype, length);
      if (cf_write(fptr, start + *size, (size_t)bytes, heap + address, status) <= 0 &&
          put_descriptor(fptr, offset, width, length, *size, status) <= 0)
        *size += bytes;
    }
  return *status;
}

int ffcmph(fitsfile *fptr, int *status) {
  LONGLONG unused = 0, overlap = 0, size = 0;
  int valid = 1;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  FITSfile *file = fptr->Fptr;
  if (fftheap(fptr, NULL, &unused, &overlap, &valid, status) > 0)
    return *status;
  if (!valid)
    return cf_fail(status, BAD_HEAP_PTR, "arrays lie outside the heap: the heap stays as it is");
  if (file->hdutype != BINARY_TBL || file->heapsize == 0 || (unused == 0 && overlap == 0))
    return *status;
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  if (file->heapsize > cf_size(fptr) - file->datastart - file->heapstart)
    return cf_fail(status, END_OF_FILE, "the file ends before the end of the heap");
  if (overlap > unused && cf_data_extend(fptr, file->heapstart + file->heapsize + overlap - unused, status) > 0)
    return *status;
  unsigned char *heap = malloc((size_t)file->heapsize);
  if (heap == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld bytes for the heap", file->heapsize);
  if (cf_read(fptr, file->datastart + file->heapstart, (size_t)file->heapsize, heap, status) <= 0 &&
      rewrite(fptr, heap, &size, status) <= 0) {
    file->heapsize = size;
    if (cf_data_shrink(fptr, file->heapstart + size, status) <= 0)
      (void)ffmkyj(fptr, "PCOUNT", file->heapstart + size - file->numrows * file->rowlength, "&", status);
  }
  free(heap);
  return *status;
}
