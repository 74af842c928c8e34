/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing pixels: ranges, positions, sections, arrays wider than the image, null pixels, group parameters, files that
 * grow, and errors.
 *
 * Left out: pixels behind the end of an image that another HDU follows, which CFITSIO overwrites; group parameters of
 * images without them, which it writes over pixels; pixels for a file opened for reading, which it accepts.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

#define ROOM 100

static int status;
static short d[ROOM];
static float e[ROOM];

/* Prints all pixels, "N" before null ones, and makes them 0. */
static void show(fitsfile *f, const char *what) {
  short a[24] = {0};
  char flags[24] = {0};
  int other = 0, anynul = -1;
  fits_read_imgnull(f, TSHORT, 1, 24, a, flags, &anynul, &other);
  printf("%-20s %d %d %d:", what, status, other, other == 0 ? anynul : 0);
  for (int i = 0; i < 24 && other == 0; i++)
    printf(flags[i] ? " N%d" : " %d", a[i]);
  printf("\n");
  memset(a, 0, sizeof a);
  other = status = 0;
  fits_write_img(f, TSHORT, 1, 24, a, &other);
  fits_clear_errmsg();
}

#define WRITE(what, call)                                                                                              \
  do {                                                                                                                 \
    call;                                                                                                              \
    show(f, what);                                                                                                     \
  } while (0)

static void ranges(fitsfile *f) {
  WRITE("all", fits_write_img(f, TSHORT, 1, 24, d, &status));
  WRITE("some", fits_write_img(f, TSHORT, 5, 7, d, &status));
  WRITE("floats", fits_write_img(f, TFLOAT, 5, 7, e, &status));
  WRITE("none", fits_write_img(f, TSHORT, 5, 0, d, &status));
  WRITE("none, behind", fits_write_img(f, TSHORT, 99, 0, d, &status));
  WRITE("-1 pixels", fits_write_img(f, TSHORT, 1, -1, d, &status));
  WRITE("pixel 0", fits_write_img(f, TSHORT, 0, 1, d, &status));
  WRITE("over", fits_write_img(f, TSHORT, 20, 10, d, &status));
  WRITE("behind", fits_write_img(f, TSHORT, 25, 1, d, &status));
  WRITE("type 0", fits_write_img(f, 0, 1, 1, d, &status));
  WRITE("strings", fits_write_img(f, TSTRING, 1, 1, d, &status));
  WRITE("complex", fits_write_img(f, TCOMPLEX, 1, 1, d, &status));
  WRITE("group 0", fits_write_img_sht(f, 0, 1, 3, d, &status));
  WRITE("group 2", fits_write_img_sht(f, 2, 1, 3, d, &status));
  WRITE("group -1", fits_write_img_sht(f, -1, 1, 3, d, &status));
  WRITE("error before", status = 104; fits_write_img(f, TSHORT, 1, 3, d, &status));
}

static void null_pixels(fitsfile *f) {
  short three = 3, zero = 0;
  float q[8] = {1, 2, 1e9F, 3, 5, 3, -1e9F, 7}, float_three = 3;
  WRITE("null", fits_write_imgnull(f, TSHORT, 1, 8, d, &three, &status));
  WRITE("null first", fits_write_imgnull(f, TSHORT, 1, 8, d + 2, &three, &status));
  WRITE("null absent", fits_write_imgnull(f, TSHORT, 1, 8, d + 9, &three, &status));
  WRITE("null 0", fits_write_imgnull(f, TSHORT, 1, 8, d, &zero, &status));
  WRITE("null NULL", fits_write_imgnull(f, TSHORT, 1, 8, d, NULL, &status));
  WRITE("null floats", fits_write_imgnull(f, TFLOAT, 1, 8, e, &float_three, &status));
  WRITE("null overflow", fits_write_imgnull(f, TFLOAT, 1, 8, q, &float_three, &status));
  WRITE("null overflow 2", fits_write_imgnull(f, TFLOAT, 1, 4, q + 4, &float_three, &status));
  WRITE("null type 0", fits_write_imgnull(f, 0, 1, 8, e, &three, &status));
  WRITE("null pixel 0", fits_write_imgnull_sht(f, 1, 0, 8, d, three, &status));
  WRITE("null, -1 pixels", fits_write_imgnull_sht(f, 1, 1, -1, d, three, &status));
  WRITE("null, none", fits_write_imgnull_sht(f, 1, 1, 0, d, three, &status));
  WRITE("nulls of a group", fits_write_img_null(f, 1, 2, 3, &status));
  WRITE("nulls", fits_write_null_img(f, 2, 3, &status));
  WRITE("nulls, none", fits_write_null_img(f, 2, 0, &status));
  WRITE("nulls, pixel 0", fits_write_null_img(f, 0, 2, &status));
  WRITE("nulls, over", fits_write_null_img(f, 23, 20, &status));
  WRITE("nulls, -1", fits_write_null_img(f, 1, -1, &status));
}

static void positions(fitsfile *f) {
  long p[] = {2, 2, 1};
  LONGLONG q[] = {2, 2, 2};
  short three = 3;
  WRITE("pix", fits_write_pix(f, TSHORT, p, 3, d, &status));
  WRITE("pixll", fits_write_pixll(f, TSHORT, q, 3, d, &status));
  WRITE("pixnull", fits_write_pixnull(f, TSHORT, p, 5, d, &three, &status));
  WRITE("pixnull NULL", fits_write_pixnull(f, TSHORT, p, 5, d, NULL, &status));
  WRITE("pixnullll", fits_write_pixnullll(f, TSHORT, q, 5, d, &three, &status));
  WRITE("pix of type 0", fits_write_pix(f, 0, p, 3, d, &status));
  for (int axis = 0; axis < 3; axis++) {
    for (long at = -1; at < 7; at++) {
      long r[] = {1, 1, 1};
      r[axis] = at;
      WRITE("pix at", fits_write_pix(f, TSHORT, r, 3, d, &status));
    }
  }
}

static void sections(fitsfile *f) {
  static const struct {
    long first[3], last[3];
  } all[] = {
      {{1, 1, 1}, {4, 3, 2}}, {{1, 1, 1}, {3, 2, 1}}, {{2, 2, 1}, {4, 3, 2}}, {{1, 2, 1}, {4, 3, 1}},
      {{1, 2, 1}, {4, 3, 2}}, {{2, 1, 1}, {5, 2, 2}}, {{3, 1, 1}, {2, 2, 2}}, {{4, 1, 1}, {2, 2, 2}},
      {{0, 1, 1}, {2, 1, 1}}, {{1, 0, 1}, {2, 1, 1}}, {{2, 3, 1}, {3, 4, 1}}, {{2, 3, 2}, {3, 4, 2}},
      {{1, 1, 3}, {3, 1, 3}}, {{1, 1, 2}, {3, 1, 1}}, {{1, 3, 1}, {3, 2, 1}}, {{4, 3, 2}, {4, 3, 2}},
  };
  long axes[] = {4, 3, 2, 1, 1, 1, 1, 1}, ones[] = {1, 1, 1, 1, 1, 1, 1, 1}, other[] = {2, 5, 1}, corner[] = {2, 3, 1};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    long first[3], last[3];
    memcpy(first, all[i].first, sizeof first);
    memcpy(last, all[i].last, sizeof last);
    WRITE("section", fits_write_subset(f, TSHORT, first, last, d, &status));
    WRITE("section of typed", fits_write_subset_flt(f, 1, 3, axes, first, last, e, &status));
  }
  WRITE("type 0", fits_write_subset(f, 0, ones, ones, d, &status));
  WRITE("no axes", fits_write_subset_sht(f, 1, 0, axes, ones, ones, d, &status));
  WRITE("8 axes", fits_write_subset_sht(f, 1, 8, axes, ones, ones, d, &status));
  WRITE("7 axes", fits_write_subset_sht(f, 1, 7, axes, ones, axes, d, &status));
  WRITE("2 axes", fits_write_subset_sht(f, 1, 2, axes, ones, axes, d, &status));
  WRITE("group 0", fits_write_subset_sht(f, 0, 2, axes, ones, axes, d, &status));
  WRITE("group 2", fits_write_subset_sht(f, 2, 2, axes, ones, axes, d, &status));
  WRITE("other axes", fits_write_subset_sht(f, 1, 2, other, ones, corner, d, &status));
}

static void cubes(fitsfile *f) {
  for (LONGLONG ncols = 2; ncols < 7; ncols++)
    WRITE("2d", fits_write_2d_sht(f, 1, ncols, 4, 3, d, &status));
  WRITE("2d of 5", fits_write_2d_sht(f, 1, 5, 5, 3, d, &status));
  WRITE("2d of 2", fits_write_2d_sht(f, 0, 5, 2, 3, d, &status));
  WRITE("3d", fits_write_3d_sht(f, 1, 4, 3, 4, 3, 2, d, &status));
  WRITE("3d, wider", fits_write_3d_flt(f, 1, 5, 4, 4, 3, 2, e, &status));
  WRITE("3d, too small", fits_write_3d_sht(f, 1, 4, 2, 4, 3, 2, d, &status));
}

static void bytes(fitsfile *f) {
  WRITE("bytes", fits_write_ext(f, 4, 6, d, &status));
  WRITE("bytes, none", fits_write_ext(f, 4, 0, d, &status));
  WRITE("bytes at 46", fits_write_ext(f, 46, 2, d + 1, &status));
}

/* Pixels that the file has no room for yet. */
static void growing(void) {
  static const struct { int first, n; } all[] = {{1, 14}, {1, 2000}, {1, 5000}, {3000, 1}, {5, 1}, {12, 1}, {12, 2}};
  static short many[9000];
  long axes[] = {4, 3};
  for (int i = 0; i < 9000; i++)
    many[i] = (short)(i + 1);
  for (int i = 0; i < 7; i++) {
    fitsfile *f;
    char name[20];
    (void)snprintf(name, sizeof name, "grow%d.fits", i);
    fits_create_file(&f, name, &status);
    fits_create_img(f, 16, 2, axes, &status);
    fits_write_img(f, TSHORT, all[i].first, all[i].n, many, &status);
    printf("grow %d %lld\n", status, f->Fptr->logfilesize);
    fits_close_file(f, &status);
    printf("closed %d\n", status);
    status = 0;
  }
}

/* One pixel or one row at a time, forwards and backwards, in an image of many blocks. */
static void by_parts(void) {
  fitsfile *f;
  long axes[] = {200, 100};
  static float image[100][200], back[100][200];
  int anynul, differ = 0;
  for (int i = 0; i < 20000; i++)
    image[i / 200][i % 200] = (float)i * 1.25F;
  fits_create_file(&f, "parts.fits", &status);
  fits_create_img(f, -32, 2, axes, &status);
  for (long y = 99; y >= 0; y--)
    fits_write_img_flt(f, 1, y * 200 + 1, 200, image[y], &status);
  fits_create_img(f, -64, 2, axes, &status);
  for (long y = 0; y < 100; y += 2)
    fits_write_img_flt(f, 1, y * 200 + 1, 200, image[y], &status);
  for (long x = 0; x < 200; x++) {
    long p[] = {x + 1, 50};
    fits_write_pix(f, TFLOAT, p, 1, &image[49][x], &status);
  }
  fits_create_img(f, 32, 2, axes, &status);
  fits_write_img_flt(f, 1, 1, 20000, image[0], &status);
  fits_movabs_hdu(f, 1, NULL, &status);
  fits_read_img_flt(f, 1, 1, 20000, 0, back[0], &anynul, &status);
  for (int i = 0; i < 20000; i++)
    differ += back[i / 200][i % 200] != image[i / 200][i % 200];
  printf("parts %d %d\n", status, differ);
  fits_close_file(f, &status);
  printf("closed %d\n", status);
}

static void groups(void) {
  fitsfile *f;
  long axes[] = {0, 2, 2};
  fits_create_file(&f, "groups.fits", &status);
  fits_write_grphdr(f, 1, 16, 3, axes, 2, 3, 1, &status);
  for (int g = 3; g >= 0; g--) {
    fits_write_grppar_sht(f, g, 1, 2, d + g * 10, &status);
    fits_write_grppar_flt(f, g, 2, 1, e + g * 10, &status);
    fits_write_img_flt(f, g, 1, 4, e + g * 4, &status);
    fits_write_img_sht(f, g, 2, 2, d, &status);
    printf("group %d: %d\n", g, status);
  }
  fits_write_grppar_sht(f, 1, 0, 2, d, &status);
  printf("parameter 0: %d\n", status);
  status = 0;
  fits_write_grppar_sht(f, 1, 1, -2, d, &status);
  printf("-2 parameters: %d\n", status);
  status = 0;
  fits_close_file(f, &status);
  printf("closed %d\n", status);
}

int main(void) {
  fitsfile *f;
  long axes[] = {4, 3, 2};
  for (int i = 0; i < ROOM; i++)
    e[i] = d[i] = (short)(i + 1);
  fits_create_file(&f, "image.fits", &status);
  for (int i = 0; i < 3; i++) {
    fits_create_img(f, i == 2 ? -32 : 16, 3, axes, &status);
    if (i == 1)
      fits_set_imgnull(f, -99, &status);
    show(f, "created");
    ranges(f);
    null_pixels(f);
    positions(f);
    sections(f);
    cubes(f);
    if (i < 2)
      bytes(f);
  }
  fits_close_file(f, &status);
  printf("closed %d\n", status);
  growing();
  by_parts();
  groups();
  return 0;
}
