/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The row of the table that holds a tile: where its bytes are, and how its integers become reals.
 */
#ifndef CF_TILED_CELL_H
#define CF_TILED_CELL_H

#include "tiled/grid.h"

typedef enum cf_cell_form {
  CF_CELL_EMPTY,      /* never written */
  CF_CELL_COMPRESSED, /* COMPRESSED_DATA */
  CF_CELL_GZIP,       /* GZIP_COMPRESSED_DATA: reals, not quantized */
  CF_CELL_RAW         /* UNCOMPRESSED_DATA */
} cf_cell_form;

typedef struct cf_cell {
  cf_cell_form form;
  LONGLONG offset; /* of the bytes, in the file */
  LONGLONG bytes;
  int quantized; /* 1: integers that scale and zero make reals */
  double scale;
  double zero;
  int has_null;
  LONGLONG null;
} cf_cell;

/* Reads the cells of `count` tiles from tile `first` on. What they say lies within the file. */
int cf_cells_read(fitsfile *fptr, LONGLONG first, size_t count, cf_cell *cells, int *status);

/* Reads n bytes of rows. Those of a new table that were never written are zeros. */
int cf_rows_read(fitsfile *fptr, LONGLONG offset, size_t n, unsigned char *buffer, int *status);

/* Returns the bytes of an element of the array that a descriptor of column `number` (1-based) points at. */
size_t cf_column_element(const FITSfile *file, int number);

/* Tells whether column `number` has 64-bit descriptors. */
bool cf_column_is_wide(const FITSfile *file, int number);

#endif
