/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords from files, from other headers, and of columns.
 */
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "header/keyword/store.h"
#include "text/format.h"

#define MAX_LINE 1000
#define MAX_COLUMN 999
#define NEW_NAME 40 /* where ffgthd() puts the new name of a keyword */

/* Reads a line without its end. Returns false at the end of the file. The rest of a long line is skipped. */
static int read_line(FILE *file, char *line) {
  int c;
  if (fgets(line, MAX_LINE, file) == NULL)
    return 0;
  size_t n = strcspn(line, "\n");
  if (line[n] == '\0' && n == MAX_LINE - 1)
    while ((c = fgetc(file)) != EOF && c != '\n')
      ;
  line[n] = '\0';
  return 1;
}

/* Does what a card of a template says. *end becomes 1 for END. */
static int apply(fitsfile *fptr, char *card, int kind, int *end, int *status) {
  char name[FLEN_CARD], renamed[FLEN_CARD];
  int length = 0;
  switch (kind) {
  case -2:
    cf_copy_n(name, card, strnlen(card, 8), sizeof name);
    cf_copy_n(renamed, card + NEW_NAME, strnlen(card + NEW_NAME, 8), sizeof renamed);
    return ffmnam(fptr, name, renamed, status);
  case -1:
    return ffdkey(fptr, card, status);
  case 0:
    if (ffgknm(card, name, &length, status) > 0)
      return *status;
    return ffucrd(fptr, name, card, status);
  case 1:
    return ffprec(fptr, card, status);
  default:
    *end = 1;
    return *status;
  }
}

int ffpktp(fitsfile *fptr, const char *filename, int *status) {
  char line[MAX_LINE], card[FLEN_CARD];
  int kind = 0, end = 0;
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  FILE *file = filename != NULL ? fopen(filename, "r") : NULL;
  if (file == NULL)
    return cf_fail(status, FILE_NOT_OPENED, "cannot open the template '%s'", filename != NULL ? filename : "");
  while (!end && *status <= 0 && read_line(file, line)) {
    memset(card, 0, sizeof card);
    if (ffgthd(line, card, &kind, status) <= 0)
      apply(fptr, card, kind, &end, status);
  }
  (void)fclose(file);
  return *status;
}

int ffpdat(fitsfile *fptr, int *status) {
  char text[FLEN_VALUE];
  int is_local = 0;
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (ffgstm(text, &is_local, status) > 0)
    return *status;
  return ffukys(fptr, "DATE", text,
                is_local ? "file creation date (YYYY-MM-DDThh:mm:ss Local)"
                         : "file creation date (YYYY-MM-DDThh:mm:ss UT)",
                status);
}

int ffcpky(fitsfile *infptr, fitsfile *outfptr, int incol, int outcol, char *rootname, int *status) {
  char name[FLEN_KEYWORD], value[FLEN_CARD], comment[FLEN_CARD];
  if (!cf_use(infptr, status))
    return cf_refused(status);
  if (ffkeyn(rootname, incol, name, status) > 0)
    return *status;
  ffpmrk();
  if (ffgkey(infptr, name, value, comment, status) == KEY_NO_EXIST) {
    ffcmrk();
    *status = 0;
    return *status;
  }
  if (ffkeyn(rootname, outcol, name, status) > 0)
    return *status;
  return cf_keyword_p(outfptr, name, value, comment, status);
}

/* Writes "(a,b,c)". Returns the product of the lengths, -1: negative, too large, or too long. */
static LONGLONG make_dimensions(char *text, int naxis, const LONGLONG *naxes) {
  LONGLONG product = 1;
  size_t n = 0;
  for (int i = 0; i < naxis; i++) {
    if (naxes[i] < 0 || (naxes[i] > 0 && product > LONGLONG_MAX / naxes[i]))
      return -1;
    product *= naxes[i];
    int added = snprintf(text + n, FLEN_VALUE - n, "%c%lld", i == 0 ? '(' : ',', naxes[i]);
    if (added < 0 || n + (size_t)added + 2 > FLEN_VALUE)
      return -1;
    n += (size_t)added;
  }
  cf_append(text, ")", FLEN_VALUE);
  return product;
}

int ffptdmll(fitsfile *fptr, int colnum, int naxis, LONGLONG naxes[], int *status) {
  char name[FLEN_KEYWORD], text[FLEN_VALUE] = "";
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  const FITSfile *file = fptr->Fptr;
  if (colnum < 1 || colnum > MAX_COLUMN)
    return cf_fail(status, BAD_COL_NUM, "no column %d", colnum);
  if (naxis < 1 || naxes == NULL)
    return cf_fail(status, BAD_DIMEN, "a cell cannot have %d axes", naxis);
  if (file->hdutype != BINARY_TBL)
    return cf_fail(status, NOT_BTABLE, "only columns of binary tables have dimensions");
  LONGLONG product = make_dimensions(text, naxis, naxes);
  if (product < 0 || colnum > file->tfield || file->tableptr == NULL || file->tableptr[colnum - 1].trepeat != product)
    return cf_fail(status, BAD_TDIM, "the dimensions do not fit column %d", colnum);
  ffkeyn("TDIM", colnum, name, status);
  return ffpkys(fptr, name, text, "size of the multidimensional array", status);
}

int ffptdm(fitsfile *fptr, int colnum, int naxis, long naxes[], int *status) {
  LONGLONG wide[MAX_COLUMN];
  CF_GO(status);
  if (naxes == NULL || naxis > MAX_COLUMN)
    return cf_fail(status, BAD_DIMEN, "a cell cannot have %d axes", naxis);
  for (int i = 0; i < naxis; i++)
    wide[i] = naxes[i];
  return ffptdmll(fptr, colnum, naxis, wide, status);
}
