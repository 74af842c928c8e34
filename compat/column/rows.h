/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The number of rows, and the room for them.
 */
#ifndef CF_COLUMN_ROWS_H
#define CF_COLUMN_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Adds rows at the end until the table has `rows`. They are filled with zeros, or blanks in an ASCII table. In
 * a binary table at the end of the file the caller writes first, and calls cf_rows_exist() then. */
int cf_rows_grow(fitsfile *fptr, LONGLONG rows, int *status);

/* Writes bytes of row `rows`, and fills the file up to its end, in one piece if it is short. */
int cf_rows_write(fitsfile *fptr, LONGLONG rows, LONGLONG offset, size_t n, const unsigned char *bytes, int *status);

/* Fills the file up to the end of row `rows`: rows that a header promises may not be in the file yet. */
int cf_rows_exist(fitsfile *fptr, LONGLONG rows, int *status);

/* Reads bytes of the data unit. What nothing has written yet is 0 in a new HDU; a file that ends early is an error. */
int cf_data_read(fitsfile *fptr, LONGLONG offset, size_t n, void *buffer, int *status);

/* As cf_rows_exist() for all rows and the heap, before they move. A file that does not have what its header promises is
 * an error: END_OF_FILE. In a new HDU the rows that nothing has written yet are filled. */
int cf_data_complete(fitsfile *fptr, int *status);

/* Makes room for a data unit of `bytes`. Later HDUs move. */
int cf_data_extend(fitsfile *fptr, LONGLONG bytes, int *status);

/* Gives back the blocks behind a data unit of `bytes`, and fills the rest of its last block. */
int cf_data_shrink(fitsfile *fptr, LONGLONG bytes, int *status);

/* Returns whether the HDU is a table; else *status is NOT_TABLE. */
bool cf_is_table(fitsfile *fptr, int *status);

/* Returns what fills new rows: 0, or a blank. */
int cf_row_filler(const fitsfile *fptr);

/* Appends the chosen of the first `rows` rows to another table, the arrays of each column together, as ffsrow() does.
 */
int cf_rows_select(fitsfile *infptr, fitsfile *outfptr, LONGLONG rows, const char *chosen, int *status);

/* Sets NAXIS2 in the header, where it counts rows, and in memory. */
int cf_rows_set(fitsfile *fptr, LONGLONG rows, int *status);

#endif
