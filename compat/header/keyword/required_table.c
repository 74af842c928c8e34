/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Required keywords of new headers of tables, and those of their columns.
 */
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "header/keyword/required.h"

#define MAX_COLUMNS 999

static int check_table(LONGLONG rows, int tfields, char **tform, int *status) {
  if (rows < 0)
    return cf_fail(status, NEG_ROWS, "a table cannot have %lld rows", rows);
  if (tfields < 0 || tfields > MAX_COLUMNS)
    return cf_fail(status, BAD_TFIELDS, "a table cannot have %d columns", tfields);
  if (tfields > 0 && tform == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no formats of the columns");
  for (int i = 0; i < tfields; i++)
    if (tform[i] == NULL)
      return cf_fail(status, NULL_INPUT_PTR, "no format of column %d", i + 1);
  return *status;
}

/* Writes a string with a keyword of column `number` if it is not empty. `numbered`: the comment ends with the number.
 */
static int write_string(fitsfile *fptr, const char *root, int number, const char *value, const char *comment,
                        int numbered, int *status) {
  char name[FLEN_KEYWORD], text[FLEN_COMMENT];
  if (value == NULL || *value == '\0')
    return *status;
  (void)snprintf(name, sizeof name, "%s%d", root, number);
  if (numbered)
    (void)snprintf(text, sizeof text, "%s %3d", comment, number);
  else
    cf_copy(text, comment, sizeof text);
  return ffpkys(fptr, name, value, text, status);
}

static const char *string_of(char **strings, int i) {
  return strings != NULL ? strings[i] : NULL;
}

/* Copies a format in capitals. */
static void copy_form(char *form, const char *tform) {
  cf_copy(form, tform, FLEN_VALUE);
  cf_upper(form);
}

static int write_table_begin(fitsfile *fptr, LONGLONG width, LONGLONG rows, int tfields, int *status) {
  ffpkyj(fptr, "NAXIS1", width, "width of table in characters", status);
  ffpkyj(fptr, "NAXIS2", rows, "number of rows in table", status);
  ffpkyj(fptr, "PCOUNT", 0, "no group parameters (required keyword)", status);
  ffpkyj(fptr, "GCOUNT", 1, "one data group (required keyword)", status);
  return ffpkyj(fptr, "TFIELDS", tfields, "number of fields in each row", status);
}

int ffphtb(fitsfile *fptr, LONGLONG naxis1, LONGLONG naxis2, int tfields, char **ttype, long *tbcol, char **tform,
           char **tunit, const char *extname, int *status) {
  long starts[MAX_COLUMNS], width = 0;
  char name[FLEN_KEYWORD], text[FLEN_COMMENT], form[FLEN_VALUE];
  if (!cf_header_is_new(fptr, status))
    return cf_refused(status);
  if (naxis1 < 0)
    return cf_fail(status, NEG_WIDTH, "a table cannot have rows of %lld characters", naxis1);
  if (check_table(naxis2, tfields, tform, status) > 0)
    return *status;
  if (tfields > 0 && (tbcol == NULL || tbcol[0] == 0 || naxis1 == 0)) {
    if (ffgabc(tfields, tform, 1, &width, starts, status) > 0)
      return *status;
    naxis1 = width;
    tbcol = starts;
  }
  ffpkys(fptr, "XTENSION", "TABLE", "ASCII table extension", status);
  ffpkyj(fptr, "BITPIX", 8, "8-bit ASCII characters", status);
  ffpkyj(fptr, "NAXIS", 2, "2-dimensional ASCII table", status);
  write_table_begin(fptr, naxis1, naxis2, tfields, status);
  for (int i = 0; i < tfields && *status <= 0; i++) {
    write_string(fptr, "TTYPE", i + 1, string_of(ttype, i), "label for field", 1, status);
    (void)snprintf(name, sizeof name, "TBCOL%d", i + 1);
    (void)snprintf(text, sizeof text, "beginning column of field %3d", i + 1);
    ffpkyj(fptr, name, tbcol[i], text, status);
    copy_form(form, tform[i]);
    write_string(fptr, "TFORM", i + 1, form, "Fortran-77 format of field", 0, status);
    write_string(fptr, "TUNIT", i + 1, string_of(tunit, i), "physical unit of field", 0, status);
  }
  if (extname != NULL && *extname != '\0')
    ffpkys(fptr, "EXTNAME", extname, "name of this ASCII table extension", status);
  return *status;
}

/* Types of columns of binary tables. Those with an offset have no letter in the standard. */
static const struct column_type {
  char letter;
  char stored;    /* letter in TFORMn; 0: the same */
  ULONGLONG zero; /* TZEROn of an offset; 1: -128 */
  const char *comment;
} column_types[] = {
    {'A', 0, 0, ": ASCII Character"},
    {'B', 0, 0, ": BYTE"},
    {'C', 0, 0, ": COMPLEX"},
    {'D', 0, 0, ": 8-byte DOUBLE"},
    {'E', 0, 0, ": 4-byte REAL"},
    {'I', 0, 0, ": 2-byte INTEGER"},
    {'J', 0, 0, ": 4-byte INTEGER"},
    {'K', 0, 0, ": 8-byte INTEGER"},
    {'L', 0, 0, ": 1-byte LOGICAL"},
    {'M', 0, 0, ": DOUBLE COMPLEX"},
    {'X', 0, 0, ": BIT"},
    {'S', 'B', 1, ""},
    {'U', 'I', 32768, ": 2-byte INTEGER"},
    {'V', 'J', 2147483648U, ": 4-byte INTEGER"},
    {'W', 'K', 9223372036854775808U, ": 8-byte INTEGER"},
};

static const struct column_type *find_column_type(char letter) {
  for (size_t i = 0; i < sizeof column_types / sizeof *column_types; i++)
    if (column_types[i].letter == letter)
      return &column_types[i];
  return NULL;
}

int cf_column_bytes(char *tform, LONGLONG *bytes, int *status) {
  int code = 0;
  long width = 0;
  LONGLONG repeat = 0;
  if (ffbnfmll(tform, &code, &repeat, &width, status) > 0)
    return *status;
  if (code == TSTRING)
    *bytes = repeat;
  else if (code == TBIT)
    *bytes = (repeat + 7) / 8;
  else if (code < 0)
    *bytes = strchr(tform, 'Q') != NULL || strchr(tform, 'q') != NULL ? 16 : 8;
  else if (repeat > LONGLONG_MAX / 16)
    return cf_fail(status, BAD_TFORM, "the column is too wide: %s", tform);
  else
    *bytes = repeat * width;
  return *status;
}

static int sum_columns(int tfields, char **tform, LONGLONG *sum, int *status) {
  LONGLONG bytes = 0;
  *sum = 0;
  for (int i = 0; i < tfields; i++) {
    if (cf_column_bytes(tform[i], &bytes, status) > 0)
      return *status;
    if (bytes > LONGLONG_MAX - *sum)
      return cf_fail(status, BAD_TFORM, "the rows are too long");
    *sum += bytes;
  }
  return *status;
}

/* Writes TZEROn and TSCALn of a column with an offset. */
static int write_offset(fitsfile *fptr, const struct column_type *type, int number, int *status) {
  char name[FLEN_KEYWORD];
  (void)snprintf(name, sizeof name, "TZERO%d", number);
  if (type->zero == 1)
    ffpkyj(fptr, name, -128, "offset for signed bytes", status);
  else
    ffpkyuj(fptr, name, type->zero, "offset for unsigned integers", status);
  (void)snprintf(name, sizeof name, "TSCAL%d", number);
  return ffpkyj(fptr, name, 1, "data are not scaled", status);
}

int cf_column_write(fitsfile *fptr, int number, const char *ttype, const char *tform, const char *tunit, int *status) {
  char form[FLEN_VALUE], comment[FLEN_COMMENT];
  copy_form(form, tform);
  write_string(fptr, "TTYPE", number, ttype, "label for field", 1, status);
  char *letter = form + strspn(form, " 0123456789");
  const char *kind = NULL;
  if (*letter == 'P' || *letter == 'Q') {
    letter++;
    kind = ": variable length array";
  }
  const struct column_type *type = find_column_type(*letter);
  if (type != NULL && type->stored != 0)
    *letter = type->stored;
  (void)snprintf(comment, sizeof comment, "data format of field%s",
                 kind != NULL   ? kind
                 : type != NULL ? type->comment
                                : "");
  write_string(fptr, "TFORM", number, form, comment, 0, status);
  if (type != NULL && type->stored != 0)
    write_offset(fptr, type, number, status);
  return write_string(fptr, "TUNIT", number, tunit, "physical unit of field", 0, status);
}

int ffphbn(fitsfile *fptr, LONGLONG naxis2, int tfields, char **ttype, char **tform, char **tunit, const char *extname,
           LONGLONG pcount, int *status) {
  LONGLONG width = 0;
  if (!cf_header_is_new(fptr, status))
    return cf_refused(status);
  if (naxis2 >= 0 && pcount < 0)
    return cf_fail(status, BAD_PCOUNT, "PCOUNT cannot be %lld", pcount);
  if (check_table(naxis2, tfields, tform, status) > 0)
    return *status;
  ffpkys(fptr, "XTENSION", "BINTABLE", "binary table extension", status);
  ffpkyj(fptr, "BITPIX", 8, "8-bit bytes", status);
  ffpkyj(fptr, "NAXIS", 2, "2-dimensional binary table", status);
  if (sum_columns(tfields, tform, &width, status) > 0)
    return *status;
  ffpkyj(fptr, "NAXIS1", width, "width of table in bytes", status);
  ffpkyj(fptr, "NAXIS2", naxis2, "number of rows in table", status);
  ffpkyj(fptr, "PCOUNT", 0, "size of special data area", status); /* the heap grows when it is written */
  ffpkyj(fptr, "GCOUNT", 1, "one data group (required keyword)", status);
  ffpkyj(fptr, "TFIELDS", tfields, "number of fields in each row", status);
  for (int i = 0; i < tfields && *status <= 0; i++)
    cf_column_write(fptr, i + 1, string_of(ttype, i), tform[i], string_of(tunit, i), status);
  if (extname != NULL && *extname != '\0')
    ffpkys(fptr, "EXTNAME", extname, "name of this binary table extension", status);
  return *status;
}
