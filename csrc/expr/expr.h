/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Row expressions: "mag < 22 & name == 'M31'". Parsed once (parser.c), bound to the columns of a table (bind.c) and run
 * over chunks of rows (run.c). A table is not needed: the caller tells what a name is and where the cells
 * are.
 */
#ifndef RF_EXPR_EXPR_H
#define RF_EXPR_EXPR_H

#include "base/error.h"

/* Maximal length of an expression in bytes, depth of parentheses, calls and prefix operators, and number of names. */
#define RF_EXPR_BYTES 65536
#define RF_EXPR_DEPTH 200
#define RF_EXPR_NAMES 999 /* as many columns as a table can have (FITS 7.3.1) */

/* The column of a name. */
typedef struct rf_expr_column {
  rf_dtype type;               /* of the cells that rf_program_run gets: any but the complex ones and RF_TEXT */
  uint64_t width;              /* strings: bytes of one */
  int ndim;                    /* 0: a cell is one element */
  uint64_t dims[RF_CELL_AXES]; /* slowest first */
  const char *unfit;           /* NULL, or why the column cannot be used; completes "column 'x' ..." */
} rf_expr_column;

/* Fills *column for the column `name`. RF_ERR_NOT_FOUND, without a message, when there is none. The n-th success is
 * the n-th column of rf_program_run. */
typedef rf_status (*rf_expr_find)(void *context, const char *name, rf_expr_column *column, rf_error *err);

/* An expression with known names and types, and the memory to run it. One thread at a time uses it. The rf_expr may be
 * freed. */
typedef struct rf_program rf_program;

/* Asks `find` once for each name. The message of a failure (RF_ERR_NOT_FOUND, RF_ERR_TYPE, RF_ERR_RANGE for an index)
 * points at the character. */
rf_status rf_expr_bind(const rf_expr *expr, rf_expr_find find, void *context, rf_program **program, rf_error *err);
void rf_program_free(rf_program *program);

/* The cells of a column in memory: those of one row are contiguous, in machine order, without alignment. */
typedef struct rf_expr_cells {
  const void *data;     /* of the first row */
  ptrdiff_t stride;     /* bytes from one row to the next */
  const uint8_t *nulls; /* NULL, or a byte an element: not 0 for an undefined one */
  ptrdiff_t null_stride;
} rf_expr_cells;

/* Sets selected[i] to 1 or 0 for each of `rows` rows. Returns the number of ones. Cannot fail. */
uint64_t rf_program_run(rf_program *program, const rf_expr_cells *columns, size_t rows, uint8_t *selected);

#endif
