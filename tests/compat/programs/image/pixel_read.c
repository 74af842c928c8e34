/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading pixels: ranges, positions, sections, arrays wider than the image, group parameters, and errors.
 *
 * Left out: steps of 0 and negative numbers of bytes, with which CFITSIO ends; sections that
 * run backwards out of the image; pixels read through the column functions of a table; anynul of
 * arrays wider than the image, where only the last row of the image counts.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

#define ROOM 40

static int status;

static void show(const char *what, const short *values, int anynul) {
  printf("%-20s %d %d:", what, status, anynul);
  for (int i = 0; i < 30 && status != END_OF_FILE; i++)
    printf(" %d", values[i]);
  printf("\n");
  status = 0;
  fits_clear_errmsg();
}

/* Runs a call that reads into `a` and sets `an`. */
#define READ(what, call)                                                                                               \
  do {                                                                                                                 \
    short a[ROOM];                                                                                                     \
    int an = -7;                                                                                                       \
    for (int i = 0; i < ROOM; i++)                                                                                     \
      a[i] = -9;                                                                                                       \
    call;                                                                                                              \
    show(what, a, an);                                                                                                 \
  } while (0)

static void ranges(fitsfile *f) {
  READ("all", fits_read_img(f, TSHORT, 1, 24, NULL, a, &an, &status));
  READ("over", fits_read_img(f, TSHORT, 20, 16, NULL, a, &an, &status));
  READ("behind", fits_read_img(f, TSHORT, 25, 1, NULL, a, &an, &status));
  READ("element 0", fits_read_img(f, TSHORT, 0, 1, NULL, a, &an, &status));
  READ("element -1", fits_read_img(f, TSHORT, -1, 1, NULL, a, &an, &status));
  READ("none", fits_read_img(f, TSHORT, 1, 0, NULL, a, &an, &status));
  READ("-1 elements", fits_read_img(f, TSHORT, 1, -1, NULL, a, &an, &status));
  READ("none, behind", fits_read_img(f, TSHORT, 99, 0, NULL, a, &an, &status));
  READ("type 0", fits_read_img(f, 0, 1, 1, NULL, a, &an, &status));
  READ("strings", fits_read_img(f, TSTRING, 1, 1, NULL, a, &an, &status));
  READ("complex", fits_read_img(f, TCOMPLEX, 1, 1, NULL, a, &an, &status));
  READ("logical", fits_read_img(f, TLOGICAL, 1, 1, NULL, a, &an, &status));
  READ("bits", fits_read_img(f, TBIT, 1, 1, NULL, a, &an, &status));
  READ("group 0", fits_read_img_sht(f, 0, 1, 4, 0, a, &an, &status));
  READ("group 2", fits_read_img_sht(f, 2, 1, 4, 0, a, &an, &status));
  READ("group -5", fits_read_img_sht(f, -5, 1, 4, 0, a, &an, &status));
  READ("group 2, none", fits_read_img_sht(f, 2, 1, 0, 0, a, &an, &status));
  READ("error before", status = 104; fits_read_img(f, TSHORT, 1, 4, NULL, a, &an, &status));
  READ("no anynul", fits_read_img(f, TSHORT, 3, 4, NULL, a, NULL, &status));
}

static void positions(fitsfile *f) {
  long p[] = {3, 2, 1};
  LONGLONG q[] = {3, 2, 2};
  char flags[ROOM];
  READ("pix", fits_read_pix(f, TSHORT, p, 5, NULL, a, &an, &status));
  READ("pixll", fits_read_pixll(f, TSHORT, q, 5, NULL, a, &an, &status));
  for (int axis = 0; axis < 3; axis++) {
    for (long at = -1; at < 7; at++) {
      long r[] = {1, 1, 1};
      r[axis] = at;
      READ("pix at", fits_read_pix(f, TSHORT, r, 3, NULL, a, &an, &status));
    }
  }
  memset(flags, 5, sizeof flags);
  READ("pixnull", fits_read_pixnull(f, TSHORT, p, 5, a, flags, &an, &status));
  READ("pixnullll", fits_read_pixnullll(f, TSHORT, q, 3, a, flags, &an, &status));
  READ("pix of type 0", fits_read_pix(f, 0, p, 5, NULL, a, &an, &status));
  READ("pix, none", fits_read_pix(f, TSHORT, p, 0, NULL, a, &an, &status));
  for (int i = 0; i < 8; i++)
    printf("%d ", flags[i]);
  printf("\n");
}

static void sections(fitsfile *f) {
  static const struct {
    long blc[3], trc[3], inc[3];
  } all[] = {
      {{1, 1, 1}, {4, 3, 2}, {1, 1, 1}}, {{1, 1, 1}, {3, 2, 1}, {1, 1, 1}}, {{2, 2, 1}, {4, 3, 2}, {1, 1, 1}},
      {{1, 1, 1}, {4, 2, 1}, {2, 1, 1}}, {{1, 1, 1}, {3, 3, 2}, {3, 2, 1}}, {{1, 1, 1}, {4, 3, 2}, {5, 5, 5}},
      {{1, 1, 1}, {4, 3, 1}, {1, 2, 1}}, {{1, 2, 1}, {4, 2, 2}, {1, 1, 1}}, {{1, 1, 2}, {4, 3, 2}, {1, 1, 1}},
      {{3, 1, 1}, {1, 2, 1}, {1, 1, 1}}, {{3, 3, 1}, {1, 1, 1}, {1, 1, 1}}, {{4, 3, 1}, {1, 1, 1}, {2, 1, 1}},
      {{4, 3, 2}, {1, 1, 1}, {1, 1, 1}}, {{4, 3, 2}, {1, 1, 1}, {3, 2, 1}}, {{1, 3, 1}, {4, 1, 2}, {1, 2, 1}},
      {{1, 1, 1}, {5, 2, 1}, {1, 1, 1}}, {{1, 1, 1}, {4, 4, 1}, {1, 1, 1}}, {{1, 1, 1}, {4, 1, 3}, {1, 1, 1}},
      {{0, 1, 1}, {4, 1, 1}, {1, 1, 1}}, {{1, 0, 1}, {4, 1, 1}, {1, 1, 1}}, {{1, 1, 0}, {4, 1, 1}, {1, 1, 1}},
      {{4, 3, 2}, {4, 3, 2}, {1, 1, 1}}, {{4, 3, 2}, {6, 3, 2}, {1, 1, 1}},
  };
  long axes[] = {4, 3, 2, 1, 1, 1, 1, 1, 1, 1}, ones[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  char flags[ROOM];
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    long blc[3], trc[3], inc[3];
    memcpy(blc, all[i].blc, sizeof blc);
    memcpy(trc, all[i].trc, sizeof trc);
    memcpy(inc, all[i].inc, sizeof inc);
    READ("section", fits_read_subset(f, TSHORT, blc, trc, inc, NULL, a, &an, &status));
    READ("section of typed", fits_read_subset_sht(f, 0, 3, axes, blc, trc, inc, 0, a, &an, &status));
    memset(flags, 5, sizeof flags);
    READ("section, flags", fits_read_subsetnull_sht(f, 1, 3, axes, blc, trc, inc, a, flags, &an, &status));
    for (int k = 0; k < 24 && all[i].blc[0] > 0 && all[i].blc[1] > 0 && all[i].blc[2] > 0 && all[i].trc[2] < 3;
         k++) /* where all succeeds */
      printf("%d ", flags[k]);
    printf("\n");
  }
  READ("no axes", fits_read_subset_sht(f, 0, 0, axes, ones, ones, ones, 0, a, &an, &status));
  READ("10 axes", fits_read_subset_sht(f, 0, 10, axes, ones, ones, ones, 0, a, &an, &status));
  READ("9 axes", fits_read_subset_sht(f, 0, 9, axes, ones, axes, ones, 0, a, &an, &status));
  READ("group 2", fits_read_subset_sht(f, 2, 3, axes, ones, ones, ones, 0, a, &an, &status));
  READ("type 0", fits_read_subset(f, 0, ones, ones, ones, NULL, a, &an, &status));
  long other[] = {10, 2, 1}, corner[] = {6, 2, 1}, empty[] = {0, 2, 1};
  READ("other axes", fits_read_subset_sht(f, 0, 3, other, ones, corner, ones, 0, a, &an, &status));
  READ("one axis", fits_read_subset_sht(f, 0, 1, other, ones, corner, ones, 0, a, &an, &status));
  READ("axis of 0", fits_read_subset_sht(f, 0, 3, empty, ones, corner, ones, 0, a, &an, &status));
}

static void cubes(fitsfile *f) {
  for (LONGLONG ncols = 2; ncols < 7; ncols++)
    READ("2d", fits_read_2d_sht(f, 1, 0, ncols, 4, 3, a, &an, &status));
  READ("2d of 5", fits_read_2d_sht(f, 0, 0, 5, 5, 3, a, &an, &status));
  READ("2d of 2", fits_read_2d_sht(f, 0, 0, 5, 2, 3, a, &an, &status));
  READ("2d, group 2", fits_read_2d_sht(f, 2, 0, 4, 4, 3, a, &an, &status));
  READ("2d over", fits_read_2d_sht(f, 1, 0, 5, 5, 6, a, &an, &status));
  READ("3d", fits_read_3d_sht(f, 1, 0, 4, 3, 4, 3, 2, a, &an, &status));
  READ("3d, wider", fits_read_3d_sht(f, 0, 0, 5, 3, 4, 2, 2, a, &an, &status));
  READ("3d, higher", fits_read_3d_sht(f, 0, 0, 4, 4, 4, 3, 2, a, &an, &status));
  READ("3d, too small", fits_read_3d_sht(f, 0, 0, 5, 1, 4, 2, 2, a, &an, &status));
  READ("3d, too small", fits_read_3d_sht(f, 0, 0, 3, 2, 4, 2, 2, a, &an, &status));
}

static void bytes(fitsfile *f) {
  READ("bytes", fits_read_ext(f, 0, 8, a, &status));
  READ("bytes at 3", fits_read_ext(f, 3, 8, a, &status));
  READ("bytes at the end", fits_read_ext(f, 2876, 4, a, &status));
  READ("bytes behind", fits_read_ext(f, 2876, 8, a, &status));
}

static void null_values(fitsfile *f) {
  short null = 77;
  float float_null = 7.5F, floats[ROOM];
  char flags[ROOM];
  fits_set_imgnull(f, 5, &status);
  READ("null", fits_read_img(f, TSHORT, 1, 24, &null, a, &an, &status));
  READ("null 0", null = 0; fits_read_img(f, TSHORT, 1, 24, &null, a, &an, &status));
  READ("no null", fits_read_img(f, TSHORT, 6, 10, NULL, a, &an, &status));
  READ("null elsewhere", null = 77; fits_read_img(f, TSHORT, 6, 10, &null, a, &an, &status));
  READ("null 2d", fits_read_2d_sht(f, 1, 99, 6, 4, 6, a, &an, &status); an = 0);
  memset(flags, 5, sizeof flags);
  READ("flags", fits_read_imgnull(f, TSHORT, 1, 24, a, flags, &an, &status); a[4] = 0);
  for (int i = 0; i < 26; i++)
    printf("%d ", flags[i]);
  int anynul = -1;
  fits_read_img(f, TFLOAT, 1, 24, &float_null, floats, &anynul, &status);
  for (int i = 0; i < 24; i++)
    printf("%g ", floats[i]);
  printf("%d %d\n", status, anynul);
}

static void groups(void) {
  fitsfile *f;
  long axes[] = {0, 2, 2}, ones[] = {1, 1, 1}, twos[] = {2, 2, 1};
  float e[40];
  int anynul;
  for (int i = 0; i < 40; i++)
    e[i] = (float)(i + 1);
  fits_create_file(&f, "groups.fits", &status);
  fits_write_grphdr(f, 1, -32, 3, axes, 2, 3, 1, &status);
  for (int g = 1; g <= 3; g++) {
    fits_write_grppar_flt(f, g, 1, 2, e + g * 10, &status);
    fits_write_img_flt(f, g, 1, 4, e + g * 4, &status);
  }
  printf("groups %d\n", status);
  for (int g = -1; g <= 4; g++) {
    float r[40] = {0};
    status = 0;
    fits_read_grppar_flt(f, g, 1, 2, r, &status);
    printf("parameters of %d: %d %g %g\n", g, status, r[0], r[1]);
    status = 0;
    fits_read_img_flt(f, g, 1, 4, 0, r, &anynul, &status);
    printf("pixels of %d: %d %g %g %g %g\n", g, status, r[0], r[1], r[2], r[3]);
    status = 0;
    fits_read_subset_flt(f, g, 2, axes + 1, ones, twos, ones, 0, r, &anynul, &status);
    printf("section of %d: %d %g %g %g %g\n", g, status, r[0], r[1], r[2], r[3]);
  }
  for (int first = 0; first < 4; first++) {
    for (int n = 0; n < 5; n++) {
      float r[40] = {0};
      status = 0;
      fits_read_grppar_flt(f, 2, first, n, r, &status);
      printf("parameters %d, %d: %d %g %g %g %g %g\n", first, n, status, r[0], r[1], r[2], r[3], r[4]);
      status = 0;
      fits_read_img_flt(f, 1, first, n * 3, 0, r, &anynul, &status);
      printf("pixels %d, %d: %d %g %g %g %g %g %g\n", first, n, status, r[0], r[1], r[2], r[3], r[4], r[5]);
    }
  }
  status = 0;
  fits_close_file(f, &status);
  printf("closed %d\n", status);
}

static void without_pixels(void) {
  fitsfile *f;
  long one[] = {1};
  fits_create_file(&f, "empty.fits", &status);
  fits_create_img(f, 16, 0, NULL, &status);
  READ("no axes", fits_read_img(f, TSHORT, 1, 1, NULL, a, &an, &status));
  READ("no axes, pix", fits_read_pix(f, TSHORT, one, 1, NULL, a, &an, &status));
  READ("no axes, section", fits_read_subset(f, TSHORT, one, one, one, NULL, a, &an, &status));
  long axes[] = {5, 0};
  fits_create_img(f, 16, 2, axes, &status);
  READ("axis of 0", fits_read_img(f, TSHORT, 1, 1, NULL, a, &an, &status));
  fits_close_file(f, &status);
  printf("closed %d\n", status);
}

int main(void) {
  fitsfile *f;
  long axes[] = {4, 3, 2};
  short d[24];
  for (short i = 0; i < 24; i++)
    d[i] = (short)(i + 1);
  fits_create_file(&f, "image.fits", &status);
  fits_create_img(f, 16, 3, axes, &status);
  READ("not written", fits_read_img(f, TSHORT, 1, 4, NULL, a, &an, &status));
  fits_write_img(f, TSHORT, 1, 10, d, &status);
  READ("partly written", fits_read_img(f, TSHORT, 8, 10, NULL, a, &an, &status));
  fits_write_img(f, TSHORT, 1, 24, d, &status);
  printf("status %d\n", status);
  ranges(f);
  positions(f);
  sections(f);
  cubes(f);
  bytes(f);
  null_values(f);
  fits_close_file(f, &status);
  printf("closed %d\n", status);
  fits_open_file(&f, "image.fits", READONLY, &status);
  ranges(f);
  fits_close_file(f, &status);
  groups();
  without_pixels();
  return 0;
}
