/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Type and size of images, plain and compressed, and of tables; scaling and null values that programs set.
 */
#include "hdu_show.h"

static void info(fitsfile *f) {
  for (int n = 0; n < 4; n++) {
    int type = -1, axes = -1, equivalent = -1;
    long size[5] = {-1, -1, -1, -1, -1};
    LONGLONG sizell[5] = {-1, -1, -1, -1, -1};
    DO(ffgipr(f, n, &type, &axes, size, &status));
    printf("%d %d %ld %ld %ld %ld\n", type, axes, size[0], size[1], size[2], size[3]);
    type = axes = -1;
    DO(ffgiprll(f, n, &type, &axes, sizell, &status));
    printf("%d %d %lld %lld %lld %lld\n", type, axes, sizell[0], sizell[1], sizell[2], sizell[3]);
    DO(ffgidt(f, &type, &status));
    DO(ffgiet(f, &equivalent, &status));
    DO(ffgidm(f, &axes, &status));
    printf("%d %d %d\n", type, equivalent, axes);
    size[0] = size[1] = size[2] = sizell[0] = sizell[1] = sizell[2] = -2;
    DO(ffgisz(f, n, size, &status));
    printf("%ld %ld %ld %ld\n", size[0], size[1], size[2], size[3]);
    DO(ffgiszll(f, n, sizell, &status));
    printf("%lld %lld %lld %lld\n", sizell[0], sizell[1], sizell[2], sizell[3]);
  }
  DO(ffgipr(f, 2, NULL, NULL, NULL, &status));
}

static void types(void) {
  int all[] = {8, 16, 32, 64, -32, -64, 10, 20, 40, 80};
  double factors[][2] = {{1, 0},
                         {1, -128},
                         {1, 32768},
                         {1, 2147483648.},
                         {1, 9223372036854775808.},
                         {2, 0},
                         {0.1, 0},
                         {1, 1},
                         {1, 0.5},
                         {1, 100000},
                         {1e-6, 32768},
                         {-1, 0},
                         {1, -32768},
                         {1, 1e10},
                         {100, 100},
                         {1, 4294967296.},
                         {0, 0},
                         {1, -5000000000.},
                         {1e30, 0},
                         {3, 32768},
                         {1, 128},
                         {1, 255},
                         {256, 0},
                         {1, 65535},
                         {1, -1},
                         {1, 2147483647.},
                         {1, 2147483649.},
                         {1e10, 0},
                         {1e20, 0},
                         {1, -1e19},
                         {0, 1e9}};
  fitsfile *f = NULL;
  long naxes[3] = {4, 3, 2};
  DO(ffinit(&f, "types.fits", &status));
  for (int i = 0; i < 10; i++) {
    DO(ffcrim(f, all[i], i % 4, naxes, &status));
    info(f);
    int bitpix = 0;
    if (i > 5)
      continue;
    for (size_t j = 0; j < sizeof factors / sizeof factors[0]; j++) {
      DO(ffukyd(f, "BSCALE", factors[j][0], 15, NULL, &status));
      DO(ffukyd(f, "BZERO", factors[j][1], 15, NULL, &status));
      bitpix = -99;
      DO(ffgiet(f, &bitpix, &status));
      printf("%d %g %g: %d\n", all[i], factors[j][0], factors[j][1], bitpix);
    }
  }
  char *ttype[] = {"A"}, *tform[] = {"1J"}, *aform[] = {"I5"};
  DO(ffcrtb(f, BINARY_TBL, 4, 1, ttype, tform, NULL, "T", &status));
  info(f);
  DO(ffcrtb(f, ASCII_TBL, 4, 1, ttype, aform, NULL, "T", &status));
  info(f);
  DO(ffclos(f, &status));
  DO(ffopen(&f, "types.fits", READONLY, &status));
  info(f);
  DO(ffclos(f, &status));
}

static void compressed(void) {
  fitsfile *f = NULL;
  long naxes[3] = {20, 10, 2};
  short values[400];
  for (int i = 0; i < 400; i++)
    values[i] = (short)(i * i);
  int bitpix[] = {16, 20, 32, -32, 8};
  for (int i = 0; i < 5; i++) {
    char name[30];
    (void)snprintf(name, sizeof name, "!tiles%d.fits", i);
    DO(ffinit(&f, name, &status));
    DO(fits_set_compression_type(f, i % 2 ? GZIP_1 : RICE_1, &status));
    DO(ffcrim(f, bitpix[i], 3, naxes, &status));
    DO(ffppr(f, TSHORT, 1, 400, values, &status));
    info(f);
    DO(ffclos(f, &status));
    DO(ffopen(&f, name + 1, READONLY, &status));
    info(f);
    DO(ffmahd(f, 2, NULL, &status));
    info(f);
    DO(ffclos(f, &status));
    (void)remove(name + 1);
  }
}

static void scaling(void) {
  fitsfile *f = NULL;
  long naxes[2] = {4, 2}, values[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  double read[8];
  int null = 0;
  char *ttype[] = {"A", "B", "C", "D"}, *tform[] = {"1J", "1B", "1E", "3A"}, *aform[] = {"I5", "F6.2", "A3", "E10.2"};
  DO(ffinit(&f, "scaling.fits", &status));
  DO(ffcrim(f, 16, 2, naxes, &status));
  DO(ffpscl(f, 2, 1, &status));
  DO(ffpnul(f, 3, &status));
  show(f);
  DO(ffppr(f, TLONG, 1, 8, values, &status));
  DO(ffpscl(f, 0, 1, &status));
  DO(ffpscl(f, 10, -5, &status));
  DO(ffpnul(f, 7, &status));
  show_state(f);
  DO(ffgpv(f, TDOUBLE, 1, 8, NULL, read, &null, &status));
  for (int i = 0; i < 8; i++)
    printf("%g ", read[i]);
  DO(fftscl(f, 1, 2, 3, &status));
  DO(fftnul(f, 1, 2, &status));
  DO(ffsnul(f, 1, "x", &status));
  show_state(f);
  DO(ffcrtb(f, BINARY_TBL, 0, 4, ttype, tform, NULL, "T", &status));
  for (int i = 1; i < 5; i++) {
    DO(fftscl(f, i, 2, 3, &status));
    DO(fftnul(f, i, 8, &status));
    DO(ffsnul(f, i, "x", &status));
    show_state(f);
  }
  DO(fftscl(f, 1, 0, 3, &status));
  DO(ffpscl(f, 2, 1, &status));
  DO(ffpnul(f, 3, &status));
  DO(ffpcl(f, TLONG, 1, 1, 1, 5, values, &status));
  DO(ffgcv(f, TDOUBLE, 1, 1, 1, 5, NULL, read, &null, &status));
  for (int i = 0; i < 5; i++)
    printf("%g ", read[i]);
  DO(ffcrtb(f, ASCII_TBL, 0, 4, ttype, aform, NULL, "T", &status));
  for (int i = 1; i < 5; i++) {
    DO(fftscl(f, i, 2, 3, &status));
    DO(fftnul(f, i, 8, &status));
    DO(ffsnul(f, i, "a long text of nulls", &status));
    show_state(f);
  }
  DO(ffclos(f, &status));
}

int main(void) {
  types();
  compressed();
  scaling();
  return 0;
}
