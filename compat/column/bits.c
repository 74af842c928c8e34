/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Logical values and bits.
 */
#include <string.h>

#include "column/cells.h"
#include "column/read.h"
#include "column/rows.h"
#include "file/handle.h"
#include "fitsio2.h"

#define RANGE fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem

static bool is_logical(const cf_cells *cells, int colnum, int *status) {
  if (cells->stored == TLOGICAL)
    return true;
  (void)cf_fail(status, NOT_LOGICAL_COL, "column %d has no logical values", colnum);
  return false;
}

int ffgcll(RANGE, int nultyp, char nulval, char *array, char *nularray, int *anynul, int *status) {
  unsigned char buffer[CF_CELLS_BUFFER];
  cf_cells cells;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (nelem == 0)
    return *status;
  if (anynul != NULL)
    *anynul = 0;
  if (cf_cells_find(fptr, colnum, firstrow, firstelem, nelem, CF_CELLS_READ, &cells, status) > 0 ||
      !is_logical(&cells, colnum, status))
    return *status;
  if (array == NULL || (nultyp == 2 && nularray == NULL))
    return cf_fail(status, NULL_INPUT_PTR, "no array for the values");
  for (size_t n; nelem > 0; nelem -= (LONGLONG)n) {
    n = cf_cells_some(&cells, nelem);
    const unsigned char *at = cf_cells_get(&cells, n, buffer, status);
    if (at == NULL)
      break;
    for (size_t i = 0; i < n; i++) {
      bool null = at[i] == 0;
      array[i] = at[i] == 'T' ? 1 : at[i] == 'F' ? 0 : (char)at[i];
      if (null && nultyp == 1)
        array[i] = nulval;
      if (nultyp == 2)
        nularray[i] = null;
      if (null && anynul != NULL)
        *anynul = 1;
    }
    array += n;
    nularray = nultyp == 2 ? nularray + n : NULL;
  }
  return *status;
}

int ffgcvl(RANGE, char nulval, char *array, int *anynul, int *status) {
  return ffgcll(fptr, colnum, firstrow, firstelem, nelem, 1, nulval, array, NULL, anynul, status);
}

int ffgcl(RANGE, char *array, int *status) {
  return ffgcll(fptr, colnum, firstrow, firstelem, nelem, 0, 0, array, NULL, NULL, status);
}

int ffgcfl(RANGE, char *array, char *nularray, int *anynul, int *status) {
  return ffgcll(fptr, colnum, firstrow, firstelem, nelem, 2, 0, array, nularray, anynul, status);
}

int ffpcll(RANGE, char *array, int *status) {
  unsigned char buffer[CF_CELLS_BUFFER];
  cf_cells cells;
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  const tcolumn *column = cf_column(fptr, colnum, status);
  if (column == NULL || nelem == 0)
    return *status;
  if (array == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no values to write");
  if (fptr->Fptr->hdutype == ASCII_TBL || (column->tdatatype != TLOGICAL && column->tdatatype != -TLOGICAL))
    return cf_fail(status, NOT_LOGICAL_COL, "column %d has no logical values", colnum);
  if (cf_cells_find(fptr, colnum, firstrow, firstelem, nelem, CF_CELLS_WRITE, &cells, status) > 0)
    return *status;
  for (size_t n; nelem > 0 && *status <= 0; nelem -= (LONGLONG)n, array += n) {
    n = cf_cells_some(&cells, nelem);
    for (size_t i = 0; i < n; i++)
      buffer[i] = array[i] ? 'T' : 'F';
    (void)cf_cells_put(&cells, n, buffer, status);
  }
  return *status;
}

/* Checks `nbits` bits from `firstbit` (1-based) of a row on, and adds the rows that a write needs. Bits go on at the
 * first bit of the next row. *per_row receives the bits of a row, all those of its bytes: those behind the last bit of
 * a column count, as in CFITSIO. */
static int find_bits(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstbit, LONGLONG nbits, int mode,
                     LONGLONG *per_row, int *status) {
  FITSfile *file = fptr->Fptr;
  cf_cells cells;
  if (firstrow < 1)
    return cf_fail(status, BAD_ROW_NUM, "row %lld does not exist: rows count from 1", firstrow);
  if (firstbit < 1)
    return cf_fail(status, BAD_ELEM_NUM, "bit %lld does not exist: bits count from 1", firstbit);
  const tcolumn *column = cf_column(fptr, colnum, status);
  if (column == NULL)
    return *status;
  int type = column->tdatatype < 0 ? -column->tdatatype : column->tdatatype;
  if (file->hdutype != BINARY_TBL || (type != TBIT && type != TBYTE))
    return cf_fail(status, NOT_LOGICAL_COL, "column %d has no bits", colnum);
  if (firstbit > LLONG_MAX / 16 || nbits > LLONG_MAX / 16)
    return cf_fail(status, BAD_ELEM_NUM, "too many bits: %lld", nbits);
  *per_row = LLONG_MAX;
  if (column->tdatatype < 0)
    return cf_cells_find(fptr, colnum, firstrow, 1, (firstbit + nbits + 6) / 8, mode, &cells, status);
  if (column->trepeat > LLONG_MAX / 16)
    return cf_fail(status, BAD_ELEM_NUM, "column %d has too many bits", colnum);
  *per_row = type == TBIT ? (column->trepeat + 7) / 8 * 8 : column->trepeat * 8;
  if (firstbit > *per_row)
    return cf_fail(status, BAD_ELEM_NUM, "bit %lld does not exist: a row has %lld", firstbit, *per_row);
  LONGLONG last = firstrow + (firstbit + nbits - 2) / *per_row;
  if (cf_cells_find(fptr, colnum, last, 1, 1, mode, &cells, status) > 0 || mode == CF_CELLS_READ)
    return *status;
  return cf_rows_exist(fptr, last, status);
}

/* Bits of one row, which lie in the same bytes. */
static int read_bits(fitsfile *fptr, int colnum, LONGLONG row, LONGLONG bit, LONGLONG n, char *array, int *status) {
  unsigned char buffer[CF_CELLS_BUFFER];
  cf_cells cells;
  LONGLONG first = (bit - 1) / 8, bytes = (bit + n - 2) / 8 - first + 1;
  int at = (int)((bit - 1) % 8);
  if (cf_cells_find(fptr, colnum, row, first + 1, bytes, CF_CELLS_READ, &cells, status) > 0)
    return *status;
  for (size_t some; n > 0; bytes -= (LONGLONG)some) {
    some = cf_cells_some(&cells, bytes);
    const unsigned char *from = cf_cells_get(&cells, some, buffer, status);
    if (from == NULL)
      break;
    LONGLONG here = (LONGLONG)some * 8 - at;
    here = here < n ? here : n;
    for (LONGLONG i = 0; i < here; i++, at++)
      *array++ = (from[at / 8] >> (7 - at % 8)) & 1;
    n -= here;
    at = 0;
  }
  return *status;
}

int ffgcx(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstbit, LONGLONG nbits, char *larray, int *status) {
  LONGLONG per_row;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (nbits < 1)
    return *status;
  if (larray == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no array for the bits");
  if (find_bits(fptr, colnum, firstrow, firstbit, nbits, CF_CELLS_READ, &per_row, status) > 0)
    return *status;
  for (LONGLONG n; nbits > 0 && *status <= 0; nbits -= n, larray += n, firstrow++, firstbit = 1) {
    n = per_row - firstbit + 1 < nbits ? per_row - firstbit + 1 : nbits;
    (void)read_bits(fptr, colnum, firstrow, firstbit, n, larray, status);
  }
  return *status;
}

/* Writes bits of one row, whose other bits stay. */
static int write_bits(fitsfile *fptr, int colnum, LONGLONG row, LONGLONG bit, LONGLONG n, const char *array,
                      int *status) {
  unsigned char buffer[1024];
  while (n > 0 && *status <= 0) {
    cf_cells cells;
    LONGLONG first = (bit - 1) / 8, bytes = (bit + n - 2) / 8 - first + 1;
    int at = (int)((bit - 1) % 8);
    if (bytes > (LONGLONG)sizeof buffer)
      bytes = sizeof buffer;
    LONGLONG here = bytes * 8 - at < n ? bytes * 8 - at : n;
    if (cf_cells_find(fptr, colnum, row, first + 1, bytes, CF_CELLS_READ, &cells, status) > 0)
      break;
    cf_cells again = cells;
    const unsigned char *old = cf_cells_get(&cells, (size_t)bytes, buffer, status);
    if (old == NULL)
      break;
    if (old != buffer)
      memcpy(buffer, old, (size_t)bytes);
    for (LONGLONG i = 0; i < here; i++, at++) {
      unsigned char mask = (unsigned char)(0x80 >> (at % 8));
      buffer[at / 8] = (unsigned char)(array[i] ? buffer[at / 8] | mask : buffer[at / 8] & ~mask);
    }
    (void)cf_cells_put(&again, (size_t)bytes, buffer, status);
    bit += here;
    array += here;
    n -= here;
  }
  return *status;
}

int ffpclx(fitsfile *fptr, int colnum, LONGLONG frow, long fbit, long nbit, char *larray, int *status) {
  LONGLONG per_row, bit = fbit, left = nbit;
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  if (nbit < 1)
    return *status;
  if (larray == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no bits to write");
  if (find_bits(fptr, colnum, frow, bit, left, CF_CELLS_WRITE, &per_row, status) > 0)
    return *status;
  for (LONGLONG n; left > 0 && *status <= 0; left -= n, larray += n, frow++, bit = 1) {
    n = per_row - bit + 1 < left ? per_row - bit + 1 : left;
    (void)write_bits(fptr, colnum, frow, bit, n, larray, status);
  }
  return *status;
}

/* Reads the same bits of several rows as integers. */
#define READ_INTEGERS(name, type, most)                                                                                \
  int name(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG nrows, long firstbit, int nbits, type *array,       \
           int *status) {                                                                                              \
    char bits[most];                                                                                                   \
    LONGLONG per_row;                                                                                                  \
    if (!cf_use_data(fptr, status))                                                                                    \
      return cf_refused(status);                                                                                       \
    if (nrows == 0)                                                                                                    \
      return *status;                                                                                                  \
    if (firstrow < 1 || firstrow > fptr->Fptr->numrows || nrows < 0 || firstrow - 1 > fptr->Fptr->numrows - nrows)     \
      return cf_fail(status, BAD_ROW_NUM, "%lld rows from row %lld on do not exist", nrows, firstrow);                 \
    if (nbits < 1 || nbits > (most))                                                                                   \
      return cf_fail(status, BAD_ELEM_NUM, "%d bits do not make an integer of %d", nbits, most);                       \
    if (array == NULL)                                                                                                 \
      return cf_fail(status, NULL_INPUT_PTR, "no array for the values");                                               \
    if (find_bits(fptr, colnum, firstrow, firstbit, nbits, CF_CELLS_READ, &per_row, status) > 0)                       \
      return *status;                                                                                                  \
    if (fptr->Fptr->tableptr[colnum - 1].tdatatype == TBIT)                                                            \
      per_row = fptr->Fptr->tableptr[colnum - 1].trepeat;                                                              \
    if (firstbit - 1 > per_row - nbits)                                                                                \
      return cf_fail(status, BAD_ELEM_NUM, "a row has %lld bits", per_row);                                            \
    for (LONGLONG i = 0; i < nrows && *status <= 0; i++) {                                                             \
      unsigned long value = 0;                                                                                         \
      (void)read_bits(fptr, colnum, firstrow + i, firstbit, nbits, bits, status);                                      \
      for (int k = 0; k < nbits; k++)                                                                                  \
        value = value << 1 | (unsigned long)bits[k];                                                                   \
      array[i] = (type)value;                                                                                          \
    }                                                                                                                  \
    return *status;                                                                                                    \
  }
READ_INTEGERS(ffgcxui, unsigned short, 16)
READ_INTEGERS(ffgcxuk, unsigned int, 32)
