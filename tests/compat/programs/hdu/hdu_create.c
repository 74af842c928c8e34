/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creating images, tables and empty HDUs: all types, bad arguments, reserved space, THEAP.
 */
#include "hdu_show.h"

static const int types[] = {8, 16, 32, 64, -32, -64, 10, 20, 40, 80};

static void images(void) {
  fitsfile *f = NULL;
  long naxes[5] = {3, 4, 2, 1, 1};
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    char name[30];
    (void)snprintf(name, sizeof name, "image%zu.fits", i);
    DO(ffinit(&f, name, &status));
    DO(ffcrim(f, types[i], 2, naxes, &status));
    show(f);
    DO(ffcrim(f, types[i], (int)i % 4, naxes, &status));
    show(f);
    DO(ffcrim(f, types[9 - i], 0, NULL, &status));
    show_state(f);
    DO(ffclos(f, &status));
    DO(ffopen(&f, name, READONLY, &status));
    show_all(f);
    DO(ffclos(f, &status));
  }
}

static void bad_images(void) {
  fitsfile *f = NULL;
  LONGLONG none[2] = {5, -1}, zero[3] = {5, 0, 2};
  for (int i = 0; i < 5; i++) {
    DO(ffinit(&f, "!bad.fits", &status));
    if (i == 0)
      DO(ffcrim(f, 9, 0, NULL, &status));
    else if (i == 1)
      DO(ffcrimll(f, 16, -1, zero, &status));
    else if (i == 2)
      DO(ffcrimll(f, 16, 1000, zero, &status));
    else if (i == 3)
      DO(ffcrimll(f, 16, 2, none, &status));
    else
      DO(ffcrimll(f, 16, 3, zero, &status));
    show(f);
    status = 104;
    DO(ffcrimll(f, 16, 0, zero, &status));
    DO(ffclos(f, &status));
  }
}

static void tables(void) {
  fitsfile *f = NULL;
  char *ttype[] = {"A", "longer name of a column", "", "D", "E"};
  char *tform[] = {"1J", "20A", "3E", "1PD(5)", "5X"}, *tunit[] = {"m", "", NULL, "km/s", "x"};
  char *odd[] = {"1U", "V", "2W", "3S", "PU"}, *odd2[] = {"1L", "10A5", "1C", "QW", "M"}, *no[] = {"1Y", "1J"};
  char *aform[] = {"I6", "A20", "F10.3", "E12.5", "D20.10"}, *abad[] = {"Z6", "A20"};
  DO(ffinit(&f, "table.fits", &status));
  DO(ffcrtb(f, BINARY_TBL, 0, 5, ttype, tform, tunit, "EXT", &status));
  show_all(f);
  DO(ffcrtb(f, BINARY_TBL, 7, 5, ttype, odd, NULL, NULL, &status));
  show(f);
  DO(ffcrtb(f, BINARY_TBL, 7, 5, ttype, odd2, tunit, "", &status));
  show(f);
  DO(ffcrtb(f, BINARY_TBL, 0, 0, NULL, NULL, NULL, "none", &status));
  show(f);
  DO(ffcrtb(f, ASCII_TBL, 3, 5, ttype, aform, tunit, "ASC", &status));
  show(f);
  DO(ffcrtb(f, ASCII_TBL, 0, 0, NULL, NULL, NULL, NULL, &status));
  show(f);
  DO(ffclos(f, &status));
  DO(ffopen(&f, "table.fits", READWRITE, &status));
  show_all(f);
  DO(ffclos(f, &status));
  for (int i = 0; i < 6; i++) {
    DO(ffinit(&f, "!bad.fits", &status));
    if (i == 0)
      DO(ffcrtb(f, BINARY_TBL, 0, 2, ttype, no, NULL, NULL, &status));
    else if (i == 1)
      DO(ffcrtb(f, ASCII_TBL, 0, 2, ttype, abad, NULL, NULL, &status));
    else if (i == 2)
      DO(ffcrtb(f, BINARY_TBL, -1, 2, ttype, tform, NULL, NULL, &status));
    else if (i == 3)
      DO(ffcrtb(f, BINARY_TBL, 0, -2, ttype, tform, NULL, NULL, &status));
    else if (i == 4)
      DO(ffcrtb(f, IMAGE_HDU, 0, 5, ttype, tform, tunit, "EXT", &status));
    else
      DO(ffcrtb(f, BINARY_TBL, 0, 1000, ttype, tform, NULL, NULL, &status));
    show_state(f);
    DO(ffclos(f, &status));
  }
  (void)remove("bad.fits"); /* what is left of it differs */
}

static void empty(void) {
  fitsfile *f = NULL;
  char *ttype[] = {"A"}, *tform[] = {"1PJ"};
  long naxes[1] = {5};
  DO(ffinit(&f, "empty.fits", &status));
  DO(ffcrhd(f, &status));
  show_state(f);
  DO(ffcrim(f, 16, 1, naxes, &status));
  DO(ffhdef(f, 40, &status));
  show(f);
  DO(ffhdef(f, 100, &status));
  show(f);
  DO(ffcrhd(f, &status));
  show_state(f);
  DO(ffcrhd(f, &status));
  show_state(f);
  DO(ffphbn(f, 3, 1, ttype, tform, NULL, "X", 100, &status));
  show(f);
  DO(ffpthp(f, 24, &status));
  show(f);
  DO(ffpthp(f, -1, &status));
  DO(ffhdef(f, 36, &status));
  show(f);
  DO(ffclos(f, &status));
  DO(ffopen(&f, "empty.fits", READONLY, &status));
  show_all(f);
  DO(ffhdef(f, 100, &status));
  DO(ffclos(f, &status));
}

int main(void) {
  images();
  bad_images();
  tables();
  empty();
  return 0;
}
