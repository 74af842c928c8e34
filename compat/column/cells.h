/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cells of a column as a stream of elements, row after row.
 */
#ifndef CF_COLUMN_CELLS_H
#define CF_COLUMN_CELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Bytes of a buffer for elements. cf_cells_get() and cf_cells_put() take at most so many at once. */
#define CF_CELLS_BUFFER 32768

/* The types C has for numbers: suffix of function names, type, number. */
#define CF_NUMBERS(X)                                                                                                  \
  X(b, unsigned char, TBYTE)                                                                                           \
  X(sb, signed char, TSBYTE)                                                                                           \
  X(ui, unsigned short, TUSHORT)                                                                                       \
  X(i, short, TSHORT)                                                                                                  \
  X(uk, unsigned int, TUINT)                                                                                           \
  X(k, int, TINT)                                                                                                      \
  X(uj, unsigned long, TULONG)                                                                                         \
  X(j, long, TLONG)                                                                                                    \
  X(ujj, ULONGLONG, TULONGLONG)                                                                                        \
  X(jj, LONGLONG, TLONGLONG)                                                                                           \
  X(e, float, TFLOAT)                                                                                                  \
  X(d, double, TDOUBLE)

/* A range of elements of one column, and how far it is done. Pairs of complex numbers are two elements. */
typedef struct cf_cells {
  fitsfile *fptr;
  const tcolumn *column;
  int stored;         /* TBYTE (bits too), TSHORT, TLONG, TLONGLONG, TFLOAT, TDOUBLE, TLOGICAL, or TSTRING */
  bool as_bytes;      /* text is bytes, not strings of a width */
  bool variable;      /* the elements of one array of variable length */
  size_t width;       /* bytes of an element */
  LONGLONG repeat;    /* elements of a row */
  LONGLONG base;      /* offset of element 0 of row 0; of a variable array: of its element 0 */
  LONGLONG row_bytes; /* from row to row */
  LONGLONG row;       /* of the next element, 0-based; 0 for a variable array */
  LONGLONG element;   /* the next one in its row, 0-based */
  LONGLONG step;      /* 1, or every step-th element only */
} cf_cells;

/* What happens to rows that the table does not have, and to arrays that are too short. */
enum { CF_CELLS_READ, CF_CELLS_WRITE };

/* To be added to these: the elements of a text column of a binary table are its bytes. */
enum { CF_CELLS_BYTES = 2 };

/* Finds `nelem` elements of a column. Rows and elements count from 1. With CF_CELLS_WRITE the table grows where it
 * must, and an array of variable length gets room in the heap. */
int cf_cells_find(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, int mode,
                  cf_cells *cells, int *status);

/* As cf_cells_find(), for every step-th element. */
int cf_cells_find_steps(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem,
                        LONGLONG step, int mode, cf_cells *cells, int *status);

/* Returns how many of `left` elements fit a buffer. */
size_t cf_cells_some(const cf_cells *cells, LONGLONG left);

/* Gets the next n elements, packed: in `buffer`, or in the buffer of the file. NULL: *status says why. */
const unsigned char *cf_cells_get(cf_cells *cells, size_t n, unsigned char *buffer, int *status);

/* Writes the next n elements from packed memory. */
int cf_cells_put(cf_cells *cells, size_t n, const unsigned char *packed, int *status);

/* Returns column `colnum`, or NULL: the HDU has no such column. */
tcolumn *cf_column(fitsfile *fptr, int colnum, int *status);

/* Returns the bytes of one element of an array of variable length, by its type (negative). 0 for bits. */
size_t cf_array_width(int tdatatype);

#endif
