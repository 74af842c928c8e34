/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Images of another size or type, and deleting HDUs.
 */
#include "hdu_show.h"

static char *ttype[] = {"A"}, *tform[] = {"1J"};

/* Creates a file of a primary array, an image and a table, with values. */
static fitsfile *create(const char *name, int bitpix) {
  fitsfile *f = NULL;
  long naxes[2] = {30, 40}, values[1200];
  for (int i = 0; i < 1200; i++)
    values[i] = i % 100;
  DO(ffinit(&f, name, &status));
  for (int i = 1; i < 3; i++) {
    DO(ffcrim(f, bitpix, 2, naxes, &status));
    DO(ffpkyj(f, "ORDER", i, "next", &status));
    DO(ffppr(f, TLONG, 1, 1200, values, &status));
  }
  DO(ffcrtb(f, BINARY_TBL, 0, 1, ttype, tform, NULL, "T", &status));
  DO(ffpcl(f, TLONG, 1, 1, 1, 5, values, &status));
  return f;
}

static void check(fitsfile *f) {
  unsigned char bytes[64];
  long from = 0, data = 0, end = 0;
  DO(ffghad(f, &from, &data, &end, &status));
  printf("%ld %ld %ld\n", from, data, end);
  long value = 0;
  int null = 0;
  for (long i = 1; i < 200; i += 31) {
    value = -1;
    DO(ffgpv(f, TLONG, i, 1, NULL, &value, &null, &status));
    printf("%ld ", value);
  }
  (void)bytes;
}

static void resize(void) {
  int types[] = {8, 16, 32, 64, -32, -64, 10, 20, 40, 80, 20, 16};
  long naxes[4] = {3, 4, 2, 1}, large[2] = {100, 60};
  for (int hdu = 1; hdu < 3; hdu++) {
    fitsfile *f = create(hdu == 1 ? "resize1.fits" : "resize2.fits", 16);
    DO(ffmahd(f, hdu, NULL, &status));
    for (int i = 0; i < 12; i++) {
      DO(ffrsim(f, types[i], i % 5, naxes, &status));
      show(f);
      check(f);
      DO(ffrsim(f, types[i], 2, large, &status));
      show(f);
      DO(ffpkyj(f, "AFTER", i, "x", &status));
    }
    DO(ffrsim(f, 17, 2, large, &status));
    DO(ffrsim(f, 16, -2, large, &status));
    DO(ffrsim(f, 16, 1000, large, &status));
    large[0] = -4;
    DO(ffrsim(f, 16, 2, large, &status));
    large[0] = 100;
    show_all(f);
    DO(ffrsim(f, 16, 2, large, &status)); /* a table */
    DO(ffmahd(f, hdu, NULL, &status));
    DO(ffdkey(f, "PCOUNT", &status));
    DO(ffdkey(f, "BZERO", &status));
    DO(ffpkyj(f, "BLANK", 5, "null", &status));
    DO(ffrsim(f, 40, 1, large, &status));
    show(f);
    DO(ffclos(f, &status));
  }
  for (int i = 0; i < 10; i++) {
    fitsfile *f = NULL;
    char name[30];
    (void)snprintf(name, sizeof name, "from%d.fits", i);
    DO(ffinit(&f, name, &status));
    DO(ffcrim(f, types[i], 2, large, &status));
    DO(ffrsim(f, types[9 - i], 1, naxes, &status));
    DO(ffpkyj(f, "BETWEEN", i, "x", &status));
    show(f);
    DO(ffrsim(f, types[i], 3, naxes, &status));
    show(f);
    DO(ffclos(f, &status));
  }
}

static void delete (void) {
  int type = 7;
  fitsfile *f = create("delete.fits", USHORT_IMG), *other = NULL;
  for (int i = 0; i < 4; i++)
    DO(ffcrim(f, 8, 0, NULL, &status));
  DO(ffmahd(f, 2, NULL, &status));
  DO(ffdhdu(f, &type, &status));
  printf("type %d\n", type);
  show(f);
  DO(ffreopen(f, &other, &status));
  DO(ffmahd(other, 4, NULL, &status));
  DO(ffmahd(f, 6, NULL, &status));
  DO(ffdhdu(f, &type, &status)); /* the last one */
  printf("type %d\n", type);
  show(f);
  show(other);
  DO(ffmahd(f, 1, NULL, &status));
  DO(ffdhdu(f, &type, &status)); /* the primary */
  printf("type %d\n", type);
  show_all(f);
  DO(ffmahd(f, 3, NULL, &status));
  DO(ffdhdu(f, NULL, &status));
  show_all(f);
  DO(ffclos(other, &status));
  DO(ffclos(f, &status));
  DO(ffopen(&f, "delete.fits", READWRITE, &status));
  DO(ffdhdu(f, &type, &status));
  printf("type %d\n", type);
  show_all(f);
  DO(ffmahd(f, 2, NULL, &status));
  DO(ffdhdu(f, &type, &status));
  DO(ffdhdu(f, &type, &status));
  DO(ffdhdu(f, &type, &status));
  DO(ffdhdu(f, &type, &status));
  show_all(f);
  DO(ffcrim(f, 8, 0, NULL, &status));
  DO(ffclos(f, &status));
}

int main(void) {
  resize();
  delete ();
  return 0;
}
