/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inserting images and tables behind the current HDU, and a new primary array.
 */
#include "hdu_show.h"

static char *ttype[] = {"A", "B", "C"}, *tform[] = {"1J", "20A", "PU(9)"}, *tunit[] = {"m", "", "k"};
static char *aform[] = {"I6", "A20", "F10.3"};

/* Creates a file of a primary array, two images and a table, with values. */
static fitsfile *create(const char *name, int primary) {
  fitsfile *f = NULL;
  long naxes[2] = {3, 4}, values[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  DO(ffinit(&f, name, &status));
  DO(ffcrim(f, 16, primary, naxes, &status));
  DO(ffpkyj(f, "ORDER", 1, "first", &status));
  if (primary == 2)
    DO(ffppr(f, TLONG, 1, 12, values, &status));
  for (int i = 2; i < 4; i++) {
    DO(ffcrim(f, i == 2 ? 32 : USHORT_IMG, 2, naxes, &status));
    DO(ffpkyj(f, "ORDER", i, "next", &status));
    DO(ffppr(f, TLONG, 1, 12, values, &status));
  }
  DO(ffcrtb(f, BINARY_TBL, 0, 3, ttype, tform, tunit, "T", &status));
  DO(ffpcl(f, TLONG, 1, 1, 1, 5, values, &status));
  DO(ffpcl(f, TLONG, 3, 2, 1, 5, values, &status));
  return f;
}

static void images(void) {
  long naxes[3] = {5, 6, 2};
  LONGLONG wide[3] = {1000, 3, 1};
  int types[] = {8, 16, 32, 64, -32, -64, 10, 20, 40, 80};
  fitsfile *f = create("images.fits", 2);
  for (int i = 0; i < 10; i++) {
    DO(ffmahd(f, 1 + i % 3, NULL, &status));
    if (types[i] == 10)
      break; /* CFITSIO refuses unsigned types here */
    DO(ffiimg(f, types[i], i % 4, naxes, &status));
    show(f);
    DO(ffpkyj(f, "INSERTED", i, NULL, &status));
  }
  DO(ffiimgll(f, 16, 2, wide, &status));
  show(f);
  DO(ffiimgll(f, 17, 2, wide, &status));
  DO(ffiimgll(f, 16, -2, wide, &status));
  DO(ffiimgll(f, 16, 2000, wide, &status));
  wide[1] = -3;
  DO(ffiimgll(f, 16, 3, wide, &status));
  show_all(f);
  DO(ffiimg(f, 16, 2, naxes, &status)); /* at the end */
  show(f);
  DO(ffclos(f, &status));
  DO(ffopen(&f, "images.fits", READWRITE, &status));
  DO(ffiimg(f, 32, 2, naxes, &status)); /* the rest of the file is not known yet */
  show_all(f);
  DO(ffclos(f, &status));
  DO(ffinit(&f, "first.fits", &status));
  DO(ffiimg(f, 32, 2, naxes, &status));
  show(f);
  DO(ffclos(f, &status));
}

static void primary(void) {
  long naxes[3] = {5, 6, 2};
  for (int i = 0; i < 5; i++) {
    char name[30];
    (void)snprintf(name, sizeof name, "prepend%d.fits", i);
    fitsfile *f = create(name, i % 2 ? 2 : 0);
    DO(ffmahd(f, i < 4 ? 1 : 2, NULL, &status));
    status = PREPEND_PRIMARY;
    DO(ffiimg(f, i < 2 ? 64 : -32, i % 4, naxes, &status));
    show(f);
    DO(ffpkyj(f, "INSERTED", i, NULL, &status));
    show_all(f);
    DO(ffclos(f, &status));
  }
}

static void tables(void) {
  char *bad[] = {"1J", "Y", "1J"};
  long tbcol[3] = {1, 10, 40};
  fitsfile *f = create("tables.fits", 0);
  for (int i = 0; i < 3; i++) {
    DO(ffmahd(f, 1 + i % 3, NULL, &status));
    DO(ffibin(f, i * 100, 3 - i, ttype, tform, tunit, "insert", i * 300, &status));
    show(f);
    DO(ffmahd(f, 1 + i % 3, NULL, &status));
    DO(ffitab(f, i == 2 ? 90 : 0, i * 10, 3, ttype, i == 1 ? tbcol : NULL, aform, i == 1 ? NULL : tunit,
              i == 1 ? NULL : "asc", &status));
    show(f);
  }
  DO(ffmahd(f, 2, NULL, &status));
  DO(ffibin(f, 10, 3, ttype, bad, tunit, NULL, 0, &status));
  DO(ffibin(f, -1, 3, ttype, tform, tunit, NULL, 0, &status));
  DO(ffibin(f, 10, -3, ttype, tform, tunit, NULL, 0, &status));
  DO(ffibin(f, 10, 1000, ttype, tform, tunit, NULL, 0, &status));
  DO(ffibin(f, 10, 0, NULL, NULL, NULL, NULL, 0, &status));
  show(f);
  DO(ffmahd(f, 2, NULL, &status));
  DO(ffitab(f, 0, 3, 2, ttype, NULL, bad, tunit, NULL, &status));
  DO(ffitab(f, -1, 3, 2, ttype, NULL, aform, tunit, NULL, &status));
  DO(ffitab(f, 0, -3, 2, ttype, NULL, aform, tunit, NULL, &status));
  DO(ffitab(f, 0, 3, -2, ttype, NULL, aform, tunit, NULL, &status));
  show_all(f);
  DO(ffitab(f, 0, 3, 2, ttype, NULL, aform, tunit, "last", &status));
  DO(ffibin(f, 3, 2, ttype, tform, tunit, "last", 0, &status));
  show_all(f);
  DO(ffclos(f, &status));
  DO(ffinit(&f, "onlytable.fits", &status));
  DO(ffibin(f, 3, 2, ttype, tform, tunit, "last", 0, &status));
  DO(ffclos(f, &status));
  DO(ffinit(&f, "onlyascii.fits", &status));
  DO(ffitab(f, 0, 3, 2, ttype, NULL, aform, tunit, "last", &status));
  show_all(f);
  DO(ffclos(f, &status));
}

int main(void) {
  images();
  primary();
  tables();
  return 0;
}
