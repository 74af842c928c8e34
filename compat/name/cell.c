/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Images in cells of tables.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "name/filters.h"
#include "name/translate.h"

#define MOST_AXES 9
#define PIECE 65536 /* elements that are copied at a time */

/* How elements of a column become pixels without a change of their values. */
static const struct pixel_type {
  int column; /* TBYTE ... of the column */
  int bitpix;
  int type; /* by which both are read and written */
  char form;
} pixel_types[] = {
    {TBYTE, BYTE_IMG, TBYTE, 'B'},    {TLOGICAL, BYTE_IMG, TBYTE, 'B'},    {TBIT, BYTE_IMG, TBYTE, 'B'},
    {TSHORT, SHORT_IMG, TSHORT, 'I'}, {TLONG, LONG_IMG, TINT, 'J'},        {TLONGLONG, LONGLONG_IMG, TLONGLONG, 'K'},
    {TFLOAT, FLOAT_IMG, TFLOAT, 'E'}, {TDOUBLE, DOUBLE_IMG, TDOUBLE, 'D'},
};

#define PIXEL_TYPES (sizeof pixel_types / sizeof *pixel_types)

static const struct pixel_type *by_column(int type) {
  for (size_t i = 0; i < PIXEL_TYPES; i++)
    if (pixel_types[i].column == type)
      return &pixel_types[i];
  return NULL;
}

static const struct pixel_type *by_bitpix(int bitpix) {
  for (size_t i = 0; i < PIXEL_TYPES; i++)
    if (pixel_types[i].bitpix == bitpix)
      return &pixel_types[i];
  return NULL;
}

/* A cell: where it is, and the image in it. */
typedef struct cell {
  int column;
  int code; /* type of the column */
  LONGLONG row;
  LONGLONG count; /* of elements */
  int naxis;
  LONGLONG naxes[MOST_AXES];
} cell;

/* Finds the column, its type, and the axes of its row. */
static int describe_cell(fitsfile *fptr, char *colname, cell *c, int *status) {
  LONGLONG rows = 0, width = 0, offset = 0;
  if (ffgcno(fptr, CASEINSEN, colname, &c->column, status) != 0 && *status > 0)
    return *status;
  ffgnrwll(fptr, &rows, status);
  if (*status <= 0 && (c->row < 1 || c->row > rows))
    return cf_fail(status, BAD_ROW_NUM, "the table has no row %lld", c->row);
  ffgtclll(fptr, c->column, &c->code, &c->count, &width, status);
  if (*status <= 0 && c->code < 0) {
    c->naxis = 1;
    ffgdesll(fptr, c->column, c->row, &c->count, &offset, status);
    c->naxes[0] = c->count;
    c->code = -c->code;
  } else if (*status <= 0) {
    ffgtdmll(fptr, c->column, MOST_AXES, &c->naxis, c->naxes, status);
  }
  if (*status <= 0 && c->naxis > MOST_AXES)
    return cf_fail(status, BAD_DIMEN, "the image in the cell has %d axes", c->naxis);
  return *status;
}

/* Copies the elements of a cell into the current image. */
static int copy_cell(fitsfile *in, fitsfile *out, const cell *c, const struct pixel_type *type, int *status) {
  char *piece = calloc(PIECE, 8);
  if (piece == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %d bytes to copy a cell", 8 * PIECE);
  ffpscl(out, 1, 0, status);
  if (c->code != TBIT && c->code != TLOGICAL)
    fftscl(in, c->column, 1, 0, status);
  for (LONGLONG done = 0; done < c->count && *status <= 0; done += PIECE) {
    LONGLONG n = c->count - done < PIECE ? c->count - done : PIECE;
    if (c->code == TBIT)
      ffgcx(in, c->column, c->row, done + 1, n, piece, status);
    else if (c->code == TLOGICAL)
      ffgcl(in, c->column, c->row, done + 1, n, piece, status);
    else
      ffgcv(in, type->type, c->column, c->row, done + 1, n, NULL, piece, NULL, status);
    ffppr(out, type->type, done + 1, n, piece, status);
  }
  free(piece);
  ffrdef(in, status);
  return ffrdef(out, status);
}

int fits_copy_cell2image(fitsfile *fptr, fitsfile *newptr, char *colname, long rownum, int *status) {
  cell c;
  if (!cf_use_data(fptr, status) || !cf_use(newptr, status))
    return cf_refused(status);
  if (colname == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the name of the column is NULL");
  memset(&c, 0, sizeof c);
  c.row = rownum;
  if (describe_cell(fptr, colname, &c, status) > 0)
    return *status;
  const struct pixel_type *type = by_column(c.code);
  if (type == NULL)
    return cf_fail(status, BAD_TFORM, "column %s holds no images", colname);
  ffcrimll(newptr, type->bitpix, c.naxis, c.naxes, status);
  cf_keys_from_cell(fptr, newptr, c.column, status);
  ffrdef(newptr, status);
  return copy_cell(fptr, newptr, &c, type, status);
}

/* Appends the column for images like this one. */
static int add_column(fitsfile *table, char *colname, const struct pixel_type *type, const cell *c, int *status) {
  char form[40];
  int columns = 0;
  (void)snprintf(form, sizeof form, "%lld%c", c->count, type->form);
  ffgncl(table, &columns, status);
  fficol(table, columns + 1, colname, form, status);
  return ffptdmll(table, columns + 1, c->naxis, (LONGLONG *)c->naxes, status);
}

/* Finds or makes the column, and checks that the image fits. */
static int prepare_column(fitsfile *table, char *colname, const struct pixel_type *type, cell *c, bool *made,
                          int *status) {
  LONGLONG repeat = 0, width = 0;
  int none = 0;
  ffpmrk();
  *made = ffgcno(table, CASEINSEN, colname, &c->column, &none) == COL_NOT_FOUND;
  ffcmrk();
  if (*made && add_column(table, colname, type, c, status) > 0)
    return *status;
  if (ffgcno(table, CASEINSEN, colname, &c->column, status) != 0 && *status > 0)
    return *status;
  if (ffgtclll(table, c->column, &c->code, &repeat, &width, status) > 0)
    return *status;
  if (c->code > 0 && repeat != c->count)
    return cf_fail(status, BAD_DIMEN, "column %s holds %lld pixels, the image has %lld", colname, repeat, c->count);
  if (abs(c->code) != type->column)
    return cf_fail(status, BAD_TFORM, "column %s has another type than the image", colname);
  return *status;
}

static int copy_image(fitsfile *in, fitsfile *out, const cell *c, const struct pixel_type *type, int *status) {
  char *piece = calloc(PIECE, 8);
  if (piece == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %d bytes to copy an image", 8 * PIECE);
  ffpscl(in, 1, 0, status);
  fftscl(out, c->column, 1, 0, status);
  for (LONGLONG done = 0; done < c->count && *status <= 0; done += PIECE) {
    LONGLONG n = c->count - done < PIECE ? c->count - done : PIECE;
    ffgpv(in, type->type, done + 1, n, NULL, piece, NULL, status);
    ffpcl(out, type->type, c->column, c->row, done + 1, n, piece, status);
  }
  free(piece);
  ffrdef(in, status);
  return ffrdef(out, status);
}

int fits_copy_image2cell(fitsfile *fptr, fitsfile *newptr, char *colname, long rownum, int copykeyflag, int *status) {
  cell c;
  int kind = 0, bitpix = 0;
  bool made = false;
  if (!cf_use_data(fptr, status) || !cf_use_write(newptr, status))
    return cf_refused(status);
  if (colname == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the name of the column is NULL");
  memset(&c, 0, sizeof c);
  c.row = rownum;
  c.count = 1;
  if (ffghdt(fptr, &kind, status) > 0)
    return *status;
  if (kind != IMAGE_HDU)
    return cf_fail(status, NOT_IMAGE, "only an image can be copied into a cell");
  if (rownum < 1)
    return cf_fail(status, BAD_ROW_NUM, "the table has no row %ld", rownum);
  if (ffgiprll(fptr, MOST_AXES, &bitpix, &c.naxis, c.naxes, status) > 0)
    return *status;
  const struct pixel_type *type = by_bitpix(bitpix);
  if (type == NULL || c.naxis < 1 || c.naxis > MOST_AXES)
    return cf_fail(status, BAD_NAXIS, "an image of %d axes does not fit into a cell", c.naxis);
  for (int i = 0; i < c.naxis; i++) {
    if (c.naxes[i] < 1 || c.count > LONG_MAX / 8 / c.naxes[i])
      return cf_fail(status, BAD_DIMEN, "an image of %lld pixels along axis %d does not fit into a cell", c.naxes[i],
                     i + 1);
    c.count *= c.naxes[i];
  }
  if (prepare_column(newptr, colname, type, &c, &made, status) > 0)
    return *status;
  if (copykeyflag != 0)
    cf_keys_to_cell(fptr, newptr, c.column, copykeyflag == 2, status);
  ffrdef(newptr, status);
  return copy_image(fptr, newptr, &c, type, status);
}

/* The row of a cell: a number, or the first row where an expression is true. */
static int find_row(fitsfile *fptr, const char *text, long *row, int *status) {
  char *end;
  *row = strtol(text, &end, 10);
  while (*end == ' ')
    end++;
  if (end != text && *end == '\0')
    return *status;
  if (ffffrw(fptr, (char *)text, row, status) <= 0 && *row == 0)
    return cf_fail(status, BAD_ROW_NUM, "no row of the table fulfils %.40s", text);
  return *status;
}

int cf_open_cell(fitsfile **fptr, const char *output, const char *column, const char *row, int *status) {
  fitsfile *copy = NULL;
  char name[FLEN_VALUE];
  long number = 0;
  cf_copy(name, column, sizeof name);
  cf_trim_end(name);
  if (find_row(*fptr, row, &number, status) > 0 || cf_new_file(&copy, output, 1, status) > 0)
    return *status;
  fits_copy_cell2image(*fptr, copy, name, number, status);
  return cf_take_over(fptr, copy, status);
}
