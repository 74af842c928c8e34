/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names, types and parameters of columns, and the size of the table.
 */
#include <math.h>
#include <string.h>

#include "base/string.h"
#include "column/cells.h"
#include "column/rows.h"
#include "file/handle.h"
#include "fitsio2.h"

#define BUFFERED (39LL * 2880) /* bytes that programs handle at once */

/* Returns the number that a template consists of, 0: it is none. */
static int column_number(const char *text) {
  LONGLONG value = 0;
  text += strspn(text, " ");
  size_t digits = strspn(text, "0123456789");
  if (digits == 0 || digits > 6 || text[digits + strspn(text + digits, " ")] != '\0')
    return 0;
  for (size_t i = 0; i < digits; i++)
    value = value * 10 + (text[i] - '0');
  return (int)value;
}

/* Searches a column from startcol on. A name that is the same counts before names that match by wild cards. */
static int search(fitsfile *fptr, int casesen, char *templt, int *colnum, int *status) {
  FITSfile *file = fptr->Fptr;
  int found = 0, match, exact;
  bool same = false, more = false;
  for (int i = file->startcol; i < file->tfield; i++) {
    ffcmps(templt, file->tableptr[i].ttype, casesen, &match, &exact);
    if (!match || (same && !exact) || (!exact && found > 0 && !same)) {
      more = more || (match && !same);
      continue;
    }
    if (same) { /* a second column of this very name */
      *colnum = found;
      return *status = COL_NOT_UNIQUE;
    }
    same = exact;
    found = i + 1;
    file->startcol = i + 1;
  }
  if (found == 0) {
    found = column_number(templt);
    more = false;
    if (found < 1 || found > file->tfield)
      return cf_fail(status, COL_NOT_FOUND, "no column matches '%s'", templt);
  }
  *colnum = found;
  if (more && !same)
    *status = COL_NOT_UNIQUE;
  return *status;
}

int ffgcnn(fitsfile *fptr, int casesen, char *templt, char *colname, int *colnum, int *status) {
  char trimmed[FLEN_CARD];
  int number = 0;
  bool again = status != NULL && *status == COL_NOT_UNIQUE;
  if (again)
    *status = 0;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (!again)
    fptr->Fptr->startcol = 0;
  if (colname != NULL)
    *colname = '\0';
  if (colnum != NULL)
    *colnum = 0;
  if (templt == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no name of a column");
  cf_copy(trimmed, templt, sizeof trimmed);
  cf_trim_end(trimmed);
  (void)search(fptr, casesen, trimmed, &number, status);
  if (again && *status == 0)
    *status = COL_NOT_UNIQUE; /* so that a caller may go on until COL_NOT_FOUND */
  if (number > 0 && colname != NULL)
    cf_copy(colname, fptr->Fptr->tableptr[number - 1].ttype, sizeof fptr->Fptr->tableptr->ttype);
  if (colnum != NULL)
    *colnum = number;
  return *status;
}

int ffgcno(fitsfile *fptr, int casesen, char *templt, int *colnum, int *status) {
  return ffgcnn(fptr, casesen, templt, NULL, colnum, status);
}

int ffgncl(fitsfile *fptr, int *ncols, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (cf_is_table(fptr, status) && ncols != NULL)
    *ncols = fptr->Fptr->tfield;
  return *status;
}

int ffgnrwll(fitsfile *fptr, LONGLONG *nrows, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (cf_is_table(fptr, status) && nrows != NULL)
    *nrows = fptr->Fptr->numrows;
  return *status;
}

int ffgnrw(fitsfile *fptr, long *nrows, int *status) {
  LONGLONG rows = 0;
  if (ffgnrwll(fptr, &rows, status) <= 0 && status != NULL && nrows != NULL)
    *nrows = (long)rows;
  return cf_refused(status);
}

int ffgrsz(fitsfile *fptr, long *nrows, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  FITSfile *file = fptr->Fptr;
  LONGLONG unit = file->rowlength;
  if (file->hdutype == IMAGE_HDU) {
    const tcolumn *pixels = cf_column(fptr, 2, status);
    if (pixels == NULL)
      return *status;
    unit = (LONGLONG)cf_array_width(pixels->tdatatype);
  }
  if (nrows != NULL)
    *nrows = (long)(BUFFERED / (unit > 0 ? unit : 1) > 0 ? BUFFERED / (unit > 0 ? unit : 1) : 1);
  return *status;
}

/* Finds type, number of elements and width of a column. */
static int column_type(fitsfile *fptr, int colnum, int *typecode, LONGLONG *repeat, LONGLONG *width, int *status) {
  const tcolumn *column = cf_column(fptr, colnum, status);
  long field = 0;
  int type = 0;
  if (column == NULL)
    return *status;
  if (fptr->Fptr->hdutype == ASCII_TBL) {
    if (ffasfm((char *)column->tform, &type, &field, NULL, status) > 0)
      return *status;
    *typecode = type;
    *repeat = 1;
    *width = field;
    return *status;
  }
  type = column->tdatatype;
  *typecode = type;
  *repeat = column->trepeat;
  size_t bytes = cf_array_width(type);
  *width = type == TSTRING ? column->twidth : bytes > 0 ? (LONGLONG)bytes : 1;
  return *status;
}

int ffgtclll(fitsfile *fptr, int colnum, int *typecode, LONGLONG *repeat, LONGLONG *width, int *status) {
  int type = 0;
  LONGLONG n = 0, bytes = 0;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (column_type(fptr, colnum, &type, &n, &bytes, status) > 0)
    return *status;
  if (typecode != NULL)
    *typecode = type;
  if (repeat != NULL)
    *repeat = n;
  if (width != NULL)
    *width = bytes;
  return *status;
}

/* Returns the type that holds all integers from `low` to `high`. */
static int type_of_range(double low, double high) {
  if (low >= -128 && high <= 127)
    return TSBYTE;
  if (low >= -32768 && high <= 32767)
    return TSHORT;
  if (low >= 0 && high <= 65535)
    return TUSHORT;
  if (low >= -2147483648. && high <= 2147483647.)
    return TLONG;
  if (low >= 0 && high <= 4294967295.)
    return TULONG;
  if (low >= -9223372036854775808. && high <= 9223372036854775808.)
    return TLONGLONG;
  if (low >= 0 && high <= 18446744073709551616.)
    return TULONGLONG;
  return TDOUBLE;
}

/* Returns the type of the values of a column with TSCALn and TZEROn. */
static int scaled_type(int type, double scale, double zero) {
  double low, high;
  switch (type) {
  case TBYTE:
    low = 0, high = 255;
    break;
  case TSHORT:
    low = -32768, high = 32767;
    break;
  case TLONG:
    low = -2147483648., high = 2147483647.;
    break;
  case TLONGLONG:
    low = -9223372036854775808., high = 9223372036854775807.;
    break;
  default:
    return type;
  }
  if (scale == 1 && zero == 0)
    return type;
  if (floor(scale) != scale || floor(zero) != zero || fabs(scale) > 1e300 || fabs(zero) > 1e300)
    return type == TBYTE || type == TSHORT ? TFLOAT : TDOUBLE;
  low = low * scale + zero;
  high = high * scale + zero;
  return low < high ? type_of_range(low, high) : type_of_range(high, low);
}

int ffeqtyll(fitsfile *fptr, int colnum, int *typecode, LONGLONG *repeat, LONGLONG *width, int *status) {
  int type = 0;
  if (ffgtclll(fptr, colnum, &type, repeat, width, status) > 0 || status == NULL)
    return cf_refused(status);
  const tcolumn *column = &fptr->Fptr->tableptr[colnum - 1];
  int sign = type < 0 ? -1 : 1;
  if (typecode != NULL)
    *typecode = sign * scaled_type(sign * type, column->tscale, column->tzero);
  return *status;
}

#define AS_LONG(name, wide)                                                                                            \
  int name(fitsfile *fptr, int colnum, int *typecode, long *repeat, long *width, int *status) {                        \
    LONGLONG n = 0, bytes = 0;                                                                                         \
    if (wide(fptr, colnum, typecode, &n, &bytes, status) > 0 || status == NULL)                                        \
      return cf_refused(status);                                                                                       \
    if (repeat != NULL)                                                                                                \
      *repeat = (long)n;                                                                                               \
    if (width != NULL)                                                                                                 \
      *width = (long)bytes;                                                                                            \
    return *status;                                                                                                    \
  }
AS_LONG(ffgtcl, ffgtclll)
AS_LONG(ffeqty, ffeqtyll)

/* Reads a keyword of a column, such as TUNITn. It is empty if the header does not have it. */
static void column_key(fitsfile *fptr, const char *root, int colnum, char *value) {
  char key[FLEN_KEYWORD];
  int missing = 0;
  if (value == NULL)
    return;
  *value = '\0';
  ffpmrk();
  (void)ffkeyn(root, colnum, key, &missing);
  if (ffgkys(fptr, key, value, NULL, &missing) > 0)
    *value = '\0';
  ffcmrk();
}

static void copy_if(char *dest, const char *text, size_t capacity) {
  if (dest != NULL)
    cf_copy(dest, text, capacity);
}

int ffgacl(fitsfile *fptr, int colnum, char *ttype, long *tbcol, char *tunit, char *tform, double *tscal, double *tzero,
           char *tnull, char *tdisp, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  const tcolumn *column = cf_column(fptr, colnum, status);
  if (column == NULL)
    return *status;
  copy_if(ttype, column->ttype, sizeof column->ttype);
  copy_if(tform, column->tform, sizeof column->tform);
  copy_if(tnull, column->strnull, sizeof column->strnull);
  if (tbcol != NULL)
    *tbcol = (long)column->tbcol + 1;
  if (tscal != NULL)
    *tscal = column->tscale;
  if (tzero != NULL)
    *tzero = column->tzero;
  column_key(fptr, "TUNIT", colnum, tunit);
  column_key(fptr, "TDISP", colnum, tdisp);
  return *status;
}

/* Writes the letter of a type, behind P for arrays of variable length. */
static void type_letter(const tcolumn *column, char *dtype) {
  int type = column->tdatatype;
  if (type < 0) {
    *dtype++ = 'P'; /* for Q too */
    type = -type;
  }
  switch (type) {
  case TSTRING:
    *dtype++ = 'A';
    break;
  case TBIT:
    *dtype++ = 'X';
    break;
  case TBYTE:
    *dtype++ = 'B';
    break;
  case TLOGICAL:
    *dtype++ = 'L';
    break;
  case TSHORT:
    *dtype++ = 'I';
    break;
  case TLONG:
    *dtype++ = 'J';
    break;
  case TLONGLONG:
    *dtype++ = 'K';
    break;
  case TFLOAT:
    *dtype++ = 'E';
    break;
  case TDOUBLE:
    *dtype++ = 'D';
    break;
  case TCOMPLEX:
    *dtype++ = 'C';
    break;
  case TDBLCOMPLEX:
    *dtype++ = 'M';
    break;
  default:
    break;
  }
  *dtype = '\0';
}

int ffgbclll(fitsfile *fptr, int colnum, char *ttype, char *tunit, char *dtype, LONGLONG *repeat, double *tscal,
             double *tzero, LONGLONG *tnull, char *tdisp, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  const tcolumn *column = cf_column(fptr, colnum, status);
  if (column == NULL)
    return *status;
  copy_if(ttype, column->ttype, sizeof column->ttype);
  if (dtype != NULL)
    type_letter(column, dtype);
  if (repeat != NULL)
    *repeat = column->trepeat;
  if (tscal != NULL)
    *tscal = column->tscale;
  if (tzero != NULL)
    *tzero = column->tzero;
  if (tnull != NULL)
    *tnull = column->tnull;
  column_key(fptr, "TUNIT", colnum, tunit);
  column_key(fptr, "TDISP", colnum, tdisp);
  return *status;
}

int ffgbcl(fitsfile *fptr, int colnum, char *ttype, char *tunit, char *dtype, long *repeat, double *tscal,
           double *tzero, long *tnull, char *tdisp, int *status) {
  LONGLONG n = 0, null = 0;
  if (ffgbclll(fptr, colnum, ttype, tunit, dtype, &n, tscal, tzero, &null, tdisp, status) > 0 || status == NULL)
    return cf_refused(status);
  if (repeat != NULL)
    *repeat = (long)n;
  if (tnull != NULL)
    *tnull = (long)null;
  return *status;
}

/* Returns the bytes that a column takes in a row. */
static LONGLONG bytes_in_row(const tcolumn *column) {
  const char *form = column->tform + strspn(column->tform, " 0123456789");
  if (column->tdatatype < 0)
    return *form == 'Q' || *form == 'q' ? 16 : 8;
  if (column->tdatatype == TSTRING)
    return column->trepeat;
  size_t width = cf_array_width(column->tdatatype);
  if (column->trepeat > LLONG_MAX / 32)
    return LLONG_MAX / 32;
  return width > 0 ? column->trepeat * (LONGLONG)width : (column->trepeat + 7) / 8;
}

/* Computes where each column begins in a row of a binary table. */
int ffgtbc(fitsfile *fptr, LONGLONG *totalwidth, int *status) {
  LONGLONG total = 0;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  for (int i = 0; i < fptr->Fptr->tfield && fptr->Fptr->tableptr != NULL; i++) {
    tcolumn *column = &fptr->Fptr->tableptr[i];
    column->tbcol = total;
    if (column->trepeat < 0 || total > LLONG_MAX / 32)
      return cf_fail(status, BAD_ROW_WIDTH, "column %d has an impossible length", i + 1);
    total += bytes_in_row(column);
  }
  if (totalwidth != NULL)
    *totalwidth = total;
  return *status;
}
