/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Columns and rows of one table to another one.
 */
#include <stdlib.h>
#include <string.h>

#include "column/cells.h"
#include "column/heap.h"
#include "column/rows.h"
#include "file/bytes.h"
#include "file/handle.h"

#define SOME 1024 /* elements that are copied at once */

/* Copies the keywords of a column, in this order. with_null: TNULLn, too. */
static int copy_keys(fitsfile *from, fitsfile *to, int incol, int outcol, bool with_null, int *status) {
  static char roots[][6] = {"TUNIT", "TSCAL", "TZERO", "TDISP", "TLMIN", "TLMAX", "TDIM",
                            "TCTYP", "TCUNI", "TCRVL", "TCRPX", "TCDLT", "TCROT", "TNULL"};
  for (size_t i = 0; i < sizeof roots / sizeof *roots - !with_null; i++)
    (void)ffcpky(from, to, incol, outcol, roots[i], status);
  return *status;
}

/* Null values of integers that come out of ASCII tables. */
#define NULL_SHORT (-32768)
#define NULL_LONG (-9999999)

/* Turns a TFORMn of an ASCII table into one of a binary table. *null: the TNULLn that it needs, or 0. */
static int make_binary(char *form, size_t n, int *null, int *status) {
  int type = 0;
  long width = 0;
  if (ffasfm(form, &type, &width, NULL, status) > 0)
    return *status;
  *null = type == TSHORT ? NULL_SHORT : type == TLONG ? NULL_LONG : 0;
  if (type == TSTRING)
    (void)snprintf(form, n, "%ldA", width);
  else
    (void)snprintf(form, n, "1%c", type == TSHORT ? 'I' : type == TLONG ? 'J' : type == TFLOAT ? 'E' : 'D');
  return *status;
}

/* Tells whether a table has TNULLn for a column. */
static bool has_null(fitsfile *fptr, int colnum) {
  char key[FLEN_KEYWORD], value[FLEN_VALUE];
  int missing = 0;
  (void)ffkeyn("TNULL", colnum, key, &missing);
  ffpmrk();
  bool found = ffgkey(fptr, key, value, NULL, &missing) <= 0;
  ffcmrk();
  return found;
}

/* Creates column `outcol` as column `incol` is. changes: an ASCII table gives it to a binary table. */
static int create_column(fitsfile *from, fitsfile *to, int incol, int outcol, bool changes, int *status) {
  static const char *const roots[] = {"TTYPE", "TFORM"};
  char values[2][FLEN_VALUE], comments[2][FLEN_COMMENT], key[FLEN_KEYWORD];
  int null = 0;
  for (int i = 0; i < 2; i++) {
    int missing = 0;
    (void)ffkeyn(roots[i], incol, key, &missing);
    ffpmrk();
    if (ffgkys(from, key, values[i], comments[i], &missing) > 0)
      values[i][0] = comments[i][0] = '\0';
    ffcmrk();
  }
  if (changes && make_binary(values[1], sizeof values[1], &null, status) > 0)
    return *status;
  if (null != 0 && !has_null(from, incol))
    null = 0;
  if (fficol(to, outcol, values[0], values[1], status) > 0)
    return *status;
  for (int i = 0; i < 2; i++) {
    (void)ffkeyn(roots[i], outcol, key, status);
    (void)ffmcom(to, key, comments[i], status);
  }
  (void)copy_keys(from, to, incol, outcol, !changes, status);
  if (null != 0) {
    (void)ffkeyn("TNULL", outcol, key, status);
    (void)ffpkyj(to, key, null, "Null value", status);
  }
  return ffrdef(to, status);
}

/* Copies the cells as they are. */
static int copy_bytes(fitsfile *from, fitsfile *to, int incol, int outcol, LONGLONG nelem, int *status) {
  unsigned char buffer[CF_CELLS_BUFFER];
  cf_cells in, out;
  if (!cf_use_data(from, status) || cf_cells_find(from, incol, 1, 1, nelem, CF_CELLS_READ, &in, status) > 0 ||
      !cf_use_write_data(to, status) || cf_cells_find(to, outcol, 1, 1, nelem, CF_CELLS_WRITE, &out, status) > 0)
    return *status;
  if (in.width > sizeof buffer)
    return cf_fail(status, COL_TOO_WIDE, "cells of %zu bytes are too long", in.width);
  for (size_t n; nelem > 0 && *status <= 0; nelem -= (LONGLONG)n) {
    n = cf_cells_some(&in, nelem);
    if (!cf_use_data(from, status))
      break;
    const unsigned char *at = cf_cells_get(&in, n, buffer, status);
    if (at == NULL)
      break;
    if (at != buffer)
      memcpy(buffer, at, n * in.width);
    if (cf_use_write_data(to, status))
      (void)cf_cells_put(&out, n, buffer, status);
  }
  return *status;
}

/* Copies texts. */
static int copy_texts(fitsfile *from, fitsfile *to, int incol, int outcol, LONGLONG nelem, LONGLONG repeat,
                      size_t width, int *status) {
  char *text = malloc(width + 1);
  if (text == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate a string of %zu characters", width);
  for (LONGLONG i = 0; i < nelem && *status <= 0; i++)
    if (ffgcvs(from, incol, i / repeat + 1, i % repeat + 1, 1, NULL, &text, NULL, status) <= 0)
      (void)ffpcls(to, outcol, i / repeat + 1, i % repeat + 1, 1, &text, status);
  free(text);
  return *status;
}

/* Copies numbers, by way of the type `datatype` of C. Null values stay null. */
static int copy_numbers(fitsfile *from, fitsfile *to, int incol, int outcol, LONGLONG nelem, LONGLONG repeat,
                        int datatype, int *status) {
  double values[2 * SOME];
  char flags[2 * SOME];
  bool overflow = false;
  for (LONGLONG i = 0, n; i < nelem && *status <= 0; i += n) {
    int any = 0;
    n = nelem - i < SOME ? nelem - i : SOME;
    if (ffgcf(from, datatype, incol, i / repeat + 1, i % repeat + 1, n, values, flags, &any, status) > 0)
      break;
    (void)ffpcl(to, datatype, outcol, i / repeat + 1, i % repeat + 1, n, values, status);
    for (LONGLONG k = 0; any && k < n && *status <= 0; k++)
      if (flags[k])
        (void)ffpclu(to, outcol, (i + k) / repeat + 1, (i + k) % repeat + 1, 1, status);
    if (*status == NUM_OVERFLOW) {
      overflow = true;
      *status = 0;
    }
  }
  if (overflow && *status <= 0)
    *status = NUM_OVERFLOW;
  return *status;
}

/* What there is to know about one of the two columns. Handles may share a file, in which only one HDU is current. */
typedef struct side {
  int type;
  LONGLONG repeat;
  LONGLONG width;
  double scale;
  double zero;
  LONGLONG rows;
  int hdutype;
} side;

static bool look_at(fitsfile *fptr, int colnum, side *found, int *status) {
  if (!cf_use_data(fptr, status) || !cf_is_table(fptr, status))
    return false;
  const tcolumn *column = cf_column(fptr, colnum, status);
  if (column == NULL || ffgtclll(fptr, colnum, &found->type, &found->repeat, &found->width, status) > 0)
    return false;
  found->scale = column->tscale;
  found->zero = column->tzero;
  found->rows = fptr->Fptr->numrows;
  found->hdutype = fptr->Fptr->hdutype;
  return true;
}

/* Copies the values of the rows that both tables have. */
static int copy_values(fitsfile *from, fitsfile *to, int incol, int outcol, int *status) {
  side in, out;
  if (!look_at(from, incol, &in, status) || !look_at(to, outcol, &out, status))
    return *status;
  if (in.type < 0 || out.type < 0)
    return cf_fail(status, BAD_TFORM, "columns of arrays of variable length cannot be copied alone");
  bool binary = in.hdutype == BINARY_TBL && out.hdutype == BINARY_TBL;
  if (binary && in.repeat != out.repeat)
    return cf_fail(status, BAD_TFORM, "the columns have %lld and %lld elements", in.repeat, out.repeat);
  LONGLONG rows = in.rows < out.rows ? in.rows : out.rows, repeat = in.repeat;
  if (in.type == TSTRING && binary)
    repeat = in.width > 0 ? repeat / in.width : 0;
  if (repeat == 0 || rows == 0)
    return *status;
  if (binary && in.type == out.type && in.width == out.width && in.scale == out.scale && in.zero == out.zero) {
    LONGLONG elements = in.type == TBIT ? (repeat + 7) / 8 : repeat;
    if (in.type == TCOMPLEX || in.type == TDBLCOMPLEX)
      elements *= 2;
    return copy_bytes(from, to, incol, outcol, rows * elements, status);
  }
  if (in.type == TSTRING)
    return copy_texts(from, to, incol, outcol, rows * repeat, repeat, (size_t)in.width, status);
  if (in.type == TLOGICAL || in.type == TBIT)
    return cf_fail(status, BAD_TFORM, "logical values and bits cannot become another type");
  int by = in.type == TCOMPLEX || in.type == TDBLCOMPLEX ? TDBLCOMPLEX : in.type == TLONGLONG ? TLONGLONG : TDOUBLE;
  return copy_numbers(from, to, incol, outcol, rows * repeat, repeat, by, status);
}

int ffcpcl(fitsfile *infptr, fitsfile *outfptr, int incol, int outcol, int create_col, int *status) {
  side in;
  if (!cf_use_data(infptr, status) || !look_at(infptr, incol, &in, status) || !cf_use_write_data(outfptr, status) ||
      !cf_is_table(outfptr, status))
    return cf_refused(status);
  if (in.hdutype == BINARY_TBL && outfptr->Fptr->hdutype == ASCII_TBL)
    return cf_fail(status, NOT_BTABLE, "a column of a binary table cannot get into an ASCII table");
  if (in.type < 0)
    return cf_fail(status, BAD_TFORM, "columns of arrays of variable length cannot be copied alone");
  bool changes = in.hdutype != outfptr->Fptr->hdutype;
  if (create_col && outcol > outfptr->Fptr->tfield)
    outcol = outfptr->Fptr->tfield + 1;
  if (create_col && create_column(infptr, outfptr, incol, outcol, changes, status) > 0)
    return *status;
  return copy_values(infptr, outfptr, incol, outcol, status);
}

int ffccls(fitsfile *infptr, fitsfile *outfptr, int incol, int outcol, int ncols, int create_col, int *status) {
  if (!cf_use_data(infptr, status) || !cf_use_write_data(outfptr, status))
    return cf_refused(status);
  if (create_col && cf_is_table(outfptr, status) && outcol > outfptr->Fptr->tfield)
    outcol = outfptr->Fptr->tfield + 1;
  for (int i = 0; i < ncols && *status <= 0; i++)
    (void)ffcpcl(infptr, outfptr, incol + i, outcol + i, create_col, status);
  return *status;
}

/* Copies the arrays of one row in some columns. The descriptors are copied already. */
static int copy_arrays(fitsfile *from, fitsfile *to, LONGLONG row, LONGLONG to_row, int first, int last, int *status) {
  unsigned char buffer[CF_CELLS_BUFFER];
  for (int i = first; i <= last && *status <= 0; i++) {
    LONGLONG length = 0, address = 0, offset = 0, new_offset = 0;
    if (!cf_use_data(from, status) || i > from->Fptr->tfield)
      break;
    int type = -from->Fptr->tableptr[i - 1].tdatatype;
    if (type <= 0)
      continue;
    if (ffgdesll(from, i, row, &length, &address, status) > 0 ||
        cf_heap_at(from, address, length, type, &offset, status) > 0)
      break;
    LONGLONG bytes = cf_heap_bytes(type, length);
    if (bytes > cf_size(from) - offset)
      return cf_fail(status, END_OF_FILE, "the array of row %lld lies behind the end of the file", row);
    if (!cf_use_write_data(to, status) || cf_heap_append(to, i, to_row, length, &new_offset, status) > 0)
      break;
    if (from->Fptr == to->Fptr && from->HDUposition > to->HDUposition) { /* it may have moved */
      if (!cf_use_data(from, status) || cf_heap_at(from, address, length, type, &offset, status) > 0)
        break;
    }
    for (LONGLONG done = 0, n; done < bytes && *status <= 0; done += n) {
      n = bytes - done < (LONGLONG)sizeof buffer ? bytes - done : (LONGLONG)sizeof buffer;
      if (cf_read(from, offset + done, (size_t)n, buffer, status) <= 0)
        (void)cf_write(to, new_offset + done, (size_t)n, buffer, status);
    }
  }
  return *status;
}

static bool has_arrays(const FITSfile *file) {
  bool arrays = false;
  for (int i = 0; i < file->tfield; i++)
    arrays = arrays || file->tableptr[i].tdatatype < 0;
  return arrays;
}

/* Copies the bytes of rows to row `to_row` and so on, which exist. */
static int copy_row_bytes(fitsfile *from, fitsfile *to, LONGLONG row, LONGLONG to_row, LONGLONG nrows, int *status) {
  if (!cf_use_data(from, status))
    return *status;
  LONGLONG length = from->Fptr->rowlength, some = 262144 / (length > 0 ? length : 1);
  some = some < 1 ? 1 : some > nrows ? nrows : some;
  unsigned char *buffer = malloc((size_t)(some * length) + 1);
  if (buffer == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld bytes of rows", some * length);
  for (LONGLONG done = 0; done < nrows && *status <= 0; done += some) {
    LONGLONG n = nrows - done < some ? nrows - done : some;
    if (ffgtbb(from, row + done, 1, n * length, buffer, status) <= 0)
      (void)ffptbb(to, to_row + done, 1, n * length, buffer, status);
  }
  free(buffer);
  return *status;
}

/* Copies the arrays of the chosen rows: those of each row together, or those of each column. */
static int copy_heap(fitsfile *from, fitsfile *to, LONGLONG row, LONGLONG to_row, LONGLONG nrows, const char *chosen,
                     bool by_column, int *status) {
  if (!cf_use_data(from, status) || !has_arrays(from->Fptr))
    return *status;
  int columns = from->Fptr->tfield, step = by_column ? 1 : columns;
  for (int first = 1; first <= columns && *status <= 0; first += step) {
    LONGLONG next = to_row;
    for (LONGLONG i = 0; i < nrows && *status <= 0; i++)
      if (chosen == NULL || chosen[i])
        (void)copy_arrays(from, to, row + i, next++, first, first + step - 1, status);
  }
  return *status;
}

static int copy_chosen(fitsfile *infptr, fitsfile *outfptr, LONGLONG firstrow, LONGLONG nrows, const char *row_status,
                       bool by_column, int *status) {
  LONGLONG chosen = 0;
  if (!cf_use_data(infptr, status) || !cf_is_table(infptr, status))
    return cf_refused(status);
  LONGLONG length = infptr->Fptr->rowlength, rows = infptr->Fptr->numrows;
  if (nrows <= 0)
    return *status;
  if (firstrow < 1 || nrows > rows || firstrow - 1 > rows - nrows)
    return cf_fail(status, BAD_ROW_NUM, "%lld rows from row %lld on do not exist", nrows, firstrow);
  if (!cf_use_write_data(outfptr, status) || !cf_is_table(outfptr, status))
    return cf_refused(status);
  if (outfptr->Fptr->rowlength != length)
    return cf_fail(status, BAD_ROW_WIDTH, "the rows have %lld and %lld bytes", length, outfptr->Fptr->rowlength);
  for (LONGLONG i = 0; i < nrows; i++)
    chosen += row_status == NULL || row_status[i];
  LONGLONG to_row = outfptr->Fptr->numrows + 1;
  (void)cf_rows_grow(outfptr, to_row - 1 + chosen, status);
  LONGLONG next = to_row;
  for (LONGLONG i = 0, n; i < nrows && *status <= 0; i += n) {
    bool take = row_status == NULL || row_status[i];
    for (n = 1; i + n < nrows && take == (row_status == NULL || row_status[i + n]); n++)
      ;
    if (take && copy_row_bytes(infptr, outfptr, firstrow + i, next, n, status) <= 0)
      next += n;
  }
  return copy_heap(infptr, outfptr, firstrow, to_row, nrows, row_status, by_column, status);
}

int ffcpsr(fitsfile *infptr, fitsfile *outfptr, LONGLONG firstrow, LONGLONG nrows, char *row_status, int *status) {
  return copy_chosen(infptr, outfptr, firstrow, nrows, row_status, false, status);
}

int cf_rows_select(fitsfile *infptr, fitsfile *outfptr, LONGLONG rows, const char *chosen, int *status) {
  return copy_chosen(infptr, outfptr, 1, rows, chosen, true, status);
}

int ffcprw(fitsfile *infptr, fitsfile *outfptr, LONGLONG firstrow, LONGLONG nrows, int *status) {
  return ffcpsr(infptr, outfptr, firstrow, nrows, NULL, status);
}

/* Copies the header, and some rows. */
int ffcpht(fitsfile *infptr, fitsfile *outfptr, LONGLONG firstrow, LONGLONG nrows, int *status) {
  if (!cf_use_data(infptr, status))
    return cf_refused(status);
  if (ffcphd(infptr, outfptr, status) > 0 || ffmkyj(outfptr, "NAXIS2", 0, "&", status) > 0)
    return *status;
  if (infptr->Fptr->hdutype == BINARY_TBL)
    (void)ffmkyj(outfptr, "PCOUNT", 0, "&", status);
  if (ffrdef(outfptr, status) <= 0)
    (void)ffcprw(infptr, outfptr, firstrow, nrows, status);
  return *status;
}
