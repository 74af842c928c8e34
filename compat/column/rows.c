/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows: their number, inserting and deleting them.
 *
 * The data unit: numrows rows, then the heap at heapstart. A heap moves with the rows before it.
 */
#include "column/rows.h"

#include <stdlib.h>
#include <string.h>

#include "file/bytes.h"
#include "file/handle.h"

#define BLOCK 2880LL
#define SHORT 256 /* bytes */

static LONGLONG blocks(LONGLONG bytes) {
  return (bytes + BLOCK - 1) / BLOCK;
}

bool cf_is_table(fitsfile *fptr, int *status) {
  if (fptr->Fptr->hdutype == ASCII_TBL || fptr->Fptr->hdutype == BINARY_TBL)
    return true;
  (void)cf_fail(status, NOT_TABLE, "the HDU is not a table");
  return false;
}

int cf_row_filler(const fitsfile *fptr) {
  return fptr->Fptr->hdutype == ASCII_TBL ? ' ' : 0;
}

/* Returns the bytes of rows and heap. */
static LONGLONG data_bytes(const FITSfile *file) {
  return file->heapstart + file->heapsize;
}

static bool is_last(fitsfile *fptr) {
  FITSfile *file = fptr->Fptr;
  return file->lasthdu != 0 || file->headstart[file->curhdu + 1] >= cf_size(fptr);
}

int cf_data_read(fitsfile *fptr, LONGLONG offset, size_t n, void *buffer, int *status) {
  const FITSfile *file = fptr->Fptr;
  if (file->writemode == READWRITE && file->datastart >= file->filesize)
    return cf_read_padded(fptr, offset, n, file->hdutype == ASCII_TBL ? ' ' : 0, buffer, status);
  return cf_read(fptr, offset, n, buffer, status);
}

int cf_data_extend(fitsfile *fptr, LONGLONG bytes, int *status) {
  FITSfile *file = fptr->Fptr;
  LONGLONG next = file->headstart[file->curhdu + 1];
  LONGLONG missing = blocks(bytes) - (next - file->datastart) / BLOCK;
  if (bytes < 0 || bytes > LLONG_MAX / 4)
    return cf_fail(status, BAD_ROW_NUM, "a data unit of %lld bytes is too long", bytes);
  if (missing <= 0)
    return *status;
  if (is_last(fptr))
    file->headstart[file->curhdu + 1] = file->datastart + blocks(bytes) * BLOCK;
  else
    (void)cf_insert_blocks(fptr, next, missing, cf_row_filler(fptr), status);
  return *status;
}

int cf_data_shrink(fitsfile *fptr, LONGLONG bytes, int *status) {
  FITSfile *file = fptr->Fptr;
  LONGLONG end = file->datastart + blocks(bytes) * BLOCK, next = file->headstart[file->curhdu + 1];
  if (end < next && is_last(fptr)) {
    file->headstart[file->curhdu + 1] = end;
    if (cf_size(fptr) > end)
      (void)cf_truncate(fptr, end, status);
  } else if (end < next) {
    (void)cf_delete_blocks(fptr, end, (next - end) / BLOCK, status);
  }
  LONGLONG rest = file->datastart + bytes, size = cf_size(fptr);
  if (size > rest)
    (void)cf_fill(fptr, rest, (size < end ? size : end) - rest, cf_row_filler(fptr), status);
  return *status;
}

int cf_rows_set(fitsfile *fptr, LONGLONG rows, int *status) {
  fptr->Fptr->numrows = rows;
  fptr->Fptr->origrows = rows;
  return ffmkyj(fptr, "NAXIS2", rows, "&", status);
}

/* Moves the bytes of the data unit from `start` on by `shift`, as far as the file has them. */
static int move_tail(fitsfile *fptr, LONGLONG start, LONGLONG shift, int *status) {
  LONGLONG from = fptr->Fptr->datastart + start, n = data_bytes(fptr->Fptr) - start, there = cf_size(fptr) - from;
  if (there < n)
    n = there;
  return n > 0 ? cf_move(fptr, from, from + shift, n, status) : *status;
}

/* Returns whether `rows` rows are too many for a file. */
static bool too_many(const FITSfile *file, LONGLONG rows) {
  if (rows <= INT_MAX && file->rowlength <= INT_MAX) /* a division takes long */
    return false;
  return rows > (LLONG_MAX / 4) / (file->rowlength > 0 ? file->rowlength : 1);
}

static int insert_rows(fitsfile *fptr, LONGLONG firstrow, LONGLONG nrows, int *status) {
  FITSfile *file = fptr->Fptr;
  if (too_many(file, nrows) || too_many(file, file->numrows + nrows))
    return cf_fail(status, BAD_ROW_NUM, "cannot insert %lld rows: the table becomes too long", nrows);
  LONGLONG bytes = nrows * file->rowlength, start = firstrow * file->rowlength;
  if (cf_data_complete(fptr, status) > 0 || cf_data_extend(fptr, data_bytes(file) + bytes, status) > 0 ||
      move_tail(fptr, start, bytes, status) > 0 ||
      cf_fill(fptr, file->datastart + start, bytes, cf_row_filler(fptr), status) > 0)
    return *status;
  file->heapstart += bytes;
  return cf_rows_set(fptr, file->numrows + nrows, status);
}

int cf_rows_exist(fitsfile *fptr, LONGLONG rows, int *status) {
  FITSfile *file = fptr->Fptr;
  if (file->hdutype == IMAGE_HDU)
    return *status;
  if (too_many(file, rows))
    return cf_fail(status, BAD_ROW_NUM, "row %lld is too far for a file", rows);
  LONGLONG size = cf_size(fptr), end = file->datastart + rows * file->rowlength;
  if (size >= end)
    return *status;
  if (file->hdutype == BINARY_TBL) /* what lies before the last byte becomes zeros */
    return cf_fill(fptr, end - 1, 1, 0, status);
  LONGLONG from = size > file->datastart ? size : file->datastart;
  return cf_fill(fptr, from, end - from, ' ', status);
}

int cf_data_complete(fitsfile *fptr, int *status) {
  FITSfile *file = fptr->Fptr;
  LONGLONG end = file->heapsize > 0 ? data_bytes(file) : 0;
  if (too_many(file, file->numrows))
    return cf_fail(status, BAD_ROW_NUM, "%lld rows are too many for a file", file->numrows);
  if (end < file->numrows * file->rowlength)
    end = file->numrows * file->rowlength;
  if (file->datastart < file->filesize && cf_size(fptr) - file->datastart < end)
    return cf_fail(status, END_OF_FILE, "the file ends before the end of its table");
  return cf_rows_exist(fptr, file->numrows, status);
}

int cf_rows_write(fitsfile *fptr, LONGLONG rows, LONGLONG offset, size_t n, const unsigned char *bytes, int *status) {
  unsigned char piece[SHORT] = {0};
  FITSfile *file = fptr->Fptr;
  LONGLONG size = cf_size(fptr), end = file->datastart + rows * file->rowlength, whole = end - offset;
  if (file->hdutype == BINARY_TBL && size <= offset && whole <= SHORT && (LONGLONG)n < whole) {
    memcpy(piece, bytes, n);
    return cf_write(fptr, offset, (size_t)whole, piece, status);
  }
  if (cf_write(fptr, offset, n, bytes, status) > 0 || size >= end)
    return *status;
  return cf_rows_exist(fptr, rows, status);
}

int cf_rows_grow(fitsfile *fptr, LONGLONG rows, int *status) {
  FITSfile *file = fptr->Fptr;
  LONGLONG old = file->numrows;
  if (rows <= old)
    return *status;
  if (!cf_is_table(fptr, status))
    return *status;
  if (file->heapsize > 0 || !is_last(fptr))
    return insert_rows(fptr, old, rows - old, status);
  if (too_many(file, rows))
    return cf_fail(status, BAD_ROW_NUM, "row %lld is too far for a file", rows);
  /* NAXIS2 follows when the HDU is closed, so that a program may write row after row. */
  LONGLONG bytes = (rows - old) * file->rowlength;
  if (cf_data_extend(fptr, file->heapstart + bytes, status) > 0)
    return *status;
  if (file->hdutype == ASCII_TBL && cf_rows_exist(fptr, rows, status) > 0)
    return *status;
  file->numrows = rows;
  file->heapstart += bytes;
  return *status;
}

int ffirow(fitsfile *fptr, LONGLONG firstrow, LONGLONG nrows, int *status) {
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  FITSfile *file = fptr->Fptr;
  if (!cf_is_table(fptr, status))
    return *status;
  if (nrows < 0)
    return cf_fail(status, NEG_BYTES, "cannot insert %lld rows", nrows);
  if (firstrow < 0 || firstrow > file->numrows)
    return cf_fail(status, BAD_ROW_NUM, "cannot insert rows behind row %lld: the table has %lld", firstrow,
                   file->numrows);
  return nrows > 0 ? insert_rows(fptr, firstrow, nrows, status) : *status;
}

/* Sets the number of rows after rows were deleted and the data behind moved to `rows`. */
static int drop_tail(fitsfile *fptr, LONGLONG rows, int *status) {
  FITSfile *file = fptr->Fptr;
  LONGLONG bytes = (file->numrows - rows) * file->rowlength;
  if (move_tail(fptr, file->numrows * file->rowlength, -bytes, status) > 0)
    return *status;
  file->heapstart -= bytes;
  if (cf_rows_set(fptr, rows, status) > 0 || cf_data_shrink(fptr, data_bytes(file), status) > 0)
    return *status;
  return ffcmph(fptr, status);
}

int ffdrow(fitsfile *fptr, LONGLONG firstrow, LONGLONG nrows, int *status) {
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  FITSfile *file = fptr->Fptr;
  if (!cf_is_table(fptr, status))
    return *status;
  if (nrows < 0)
    return cf_fail(status, NEG_BYTES, "cannot delete %lld rows", nrows);
  if (nrows == 0)
    return *status;
  if (firstrow < 1 || nrows > file->numrows || firstrow - 1 > file->numrows - nrows)
    return cf_fail(status, BAD_ROW_NUM, "cannot delete rows %lld ... %lld: the table has %lld", firstrow,
                   firstrow - 1 + nrows, file->numrows);
  LONGLONG bytes = nrows * file->rowlength, start = (firstrow - 1 + nrows) * file->rowlength;
  LONGLONG rest = file->numrows * file->rowlength - start;
  if (cf_data_complete(fptr, status) > 0 ||
      (rest > 0 && cf_move(fptr, file->datastart + start, file->datastart + start - bytes, rest, status) > 0))
    return *status;
  return drop_tail(fptr, file->numrows - nrows, status);
}

static int is_ascending(const LONGLONG *rows, LONGLONG nrows, LONGLONG most, int *status) {
  for (LONGLONG i = 0; i < nrows; i++)
    if (rows[i] < (i > 0 ? rows[i - 1] + 1 : 1) || rows[i] > most)
      return cf_fail(status, BAD_ROW_NUM, "row %lld of the list: rows must exist, and ascend", rows[i]);
  return *status;
}

int ffdrwsll(fitsfile *fptr, LONGLONG *rownum, LONGLONG nrows, int *status) {
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  FITSfile *file = fptr->Fptr;
  if (nrows <= 0)
    return *status;
  if (!cf_is_table(fptr, status) || (rownum == NULL && cf_fail(status, NULL_INPUT_PTR, "no list of rows") > 0))
    return *status;
  if (is_ascending(rownum, nrows, file->numrows, status) > 0 || cf_data_complete(fptr, status) > 0)
    return *status;
  LONGLONG to = rownum[0] - 1;
  for (LONGLONG i = 0; i < nrows && *status <= 0; i++) {
    LONGLONG from = rownum[i], behind = i + 1 < nrows ? rownum[i + 1] - 1 : file->numrows, n = behind - from;
    if (n > 0)
      (void)cf_move(fptr, file->datastart + from * file->rowlength, file->datastart + to * file->rowlength,
                    n * file->rowlength, status);
    to += n;
  }
  return *status > 0 ? *status : drop_tail(fptr, to, status);
}

int ffdrws(fitsfile *fptr, long *rownum, long nrows, int *status) {
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  if (nrows <= 0)
    return *status;
  if (rownum == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no list of rows");
  LONGLONG *rows = malloc((size_t)nrows * sizeof *rows);
  if (rows == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate a list of %ld rows", nrows);
  for (long i = 0; i < nrows; i++)
    rows[i] = rownum[i];
  (void)ffdrwsll(fptr, rows, nrows, status);
  free(rows);
  return *status;
}

int ffdrrg(fitsfile *fptr, char *ranges, int *status) {
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  if (!cf_is_table(fptr, status))
    return *status;
  if (ranges == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no ranges of rows");
  int most = 1, count = 0;
  for (const char *c = ranges; *c != '\0'; c++)
    most += *c == ',';
  LONGLONG *first = malloc((size_t)most * 2 * sizeof *first);
  if (first == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %d ranges of rows", most);
  LONGLONG *last = first + most;
  (void)ffrwrgll(ranges, fptr->Fptr->numrows, most, &count, first, last, status);
  for (int i = count - 1; i >= 0 && *status <= 0; i--) /* from the end, so that the numbers before stay */
    (void)ffdrow(fptr, first[i], last[i] - first[i] + 1, status);
  free(first);
  return *status;
}
