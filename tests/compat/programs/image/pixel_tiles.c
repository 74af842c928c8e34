/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Ranges and sections of compressed images through the functions for images.
 *
 * Left out: sections that leave the image; arrays narrower than the image, which CFITSIO
 * fills; flags of tiles of several rows, with which it ends.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

#define ROOM 80

static int status;

#define READ(what, call)                                                                                               \
  do {                                                                                                                 \
    int a[ROOM], an = -7;                                                                                              \
    for (int i = 0; i < ROOM; i++)                                                                                     \
      a[i] = -9;                                                                                                       \
    call;                                                                                                              \
    printf("%-16s %d %d:", what, status, an);                                                                          \
    for (int i = 0; i < 64; i++)                                                                                       \
      printf(" %d", a[i]);                                                                                             \
    printf("\n");                                                                                                      \
    status = 0;                                                                                                        \
  } while (0)

static void read_all(fitsfile *f, int flagged) {
  static const struct {
    long blc[3], trc[3], inc[3];
  } all[] = {
      {{1, 1, 1}, {5, 4, 3}, {1, 1, 1}}, {{2, 1, 1}, {3, 4, 3}, {1, 1, 1}}, {{1, 2, 2}, {5, 3, 2}, {1, 1, 1}},
      {{1, 1, 1}, {5, 4, 3}, {2, 2, 2}}, {{5, 1, 1}, {1, 2, 1}, {1, 1, 1}}, {{1, 4, 1}, {5, 1, 3}, {1, 1, 1}},
      {{5, 4, 3}, {1, 1, 1}, {1, 1, 1}}, {{5, 4, 3}, {1, 1, 1}, {2, 2, 2}}, {{4, 1, 1}, {1, 1, 1}, {2, 1, 1}},
      {{3, 3, 3}, {3, 3, 3}, {1, 1, 1}},
  };
  for (LONGLONG first = 1; first < 60; first += 7)
    for (LONGLONG n = 1; n < 61; n += 6)
      READ("range", fits_read_img(f, TINT, first, n, NULL, a, &an, &status));
  READ("behind", fits_read_img(f, TINT, 61, 1, NULL, a, &an, &status));
  READ("pixel 0", fits_read_img(f, TINT, 0, 1, NULL, a, &an, &status));
  READ("none", fits_read_img(f, TINT, 1, 0, NULL, a, &an, &status));
  READ("-1 pixels", fits_read_img(f, TINT, 1, -1, NULL, a, &an, &status));
  READ("type 0", fits_read_img(f, 0, 1, 1, NULL, a, &an, &status));
  READ("group 2", fits_read_img_int(f, 2, 1, 4, 0, a, &an, &status));
  for (long at = 1; at < 6; at++) {
    long p[] = {at, at % 4 + 1, at % 3 + 1};
    READ("pix", fits_read_pix(f, TINT, p, 6, NULL, a, &an, &status));
  }
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    long blc[3], trc[3], inc[3], axes[] = {5, 4, 3};
    char flags[ROOM];
    memcpy(blc, all[i].blc, sizeof blc);
    memcpy(trc, all[i].trc, sizeof trc);
    memcpy(inc, all[i].inc, sizeof inc);
    memset(flags, 0, sizeof flags);
    READ("section", fits_read_subset(f, TINT, blc, trc, inc, NULL, a, &an, &status));
    READ("section of typed", fits_read_subset_int(f, 0, 3, axes, blc, trc, inc, 99, a, &an, &status));
    if (flagged && blc[0] <= trc[0] && blc[1] <= trc[1] && blc[2] <= trc[2])
      READ("section, flags", fits_read_subsetnull_int(f, 0, 3, axes, blc, trc, inc, a, flags, &an, &status));
  }
  for (LONGLONG ncols = 5; ncols < 7; ncols++)
    READ("2d", fits_read_2d_int(f, 1, 0, ncols, 5, 4, a, &an, &status));
  READ("3d", fits_read_3d_int(f, 1, 0, 5, 4, 5, 4, 3, a, &an, &status));
}

static void write_all(fitsfile *f, int *numbers) {
  static const long parts[][2] = {{1, 60}, {1, 5}, {3, 9}, {20, 1}, {18, 30}, {60, 1}, {1, 0}, {0, 1}, {41, 20}};
  long first[] = {2, 1, 1}, last[] = {4, 3, 2};
  int null = 3;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    fits_write_img(f, TINT, parts[i][0], parts[i][1], numbers, &status);
    READ("written", fits_read_img(f, TINT, 1, 60, NULL, a, &an, &status));
  }
  fits_write_subset(f, TINT, first, last, numbers, &status);
  READ("section", fits_read_img(f, TINT, 1, 60, NULL, a, &an, &status));
  fits_write_pix(f, TINT, first, 7, numbers, &status);
  READ("pix", fits_read_img(f, TINT, 1, 60, NULL, a, &an, &status));
  fits_write_2d_int(f, 1, 5, 5, 4, numbers, &status);
  READ("2d", fits_read_img(f, TINT, 1, 60, NULL, a, &an, &status));
  fits_write_3d_int(f, 1, 5, 4, 5, 4, 3, numbers, &status);
  READ("3d", fits_read_img(f, TINT, 1, 60, NULL, a, &an, &status));
  fits_write_null_img(f, 1, 2, &status);
  printf("nulls %d\n", status);
  status = 0;
  fits_write_img_null(f, 1, 1, 2, &status);
  printf("nulls %d\n", status);
  status = 0;
  (void)null;
}

int main(void) {
  static const int kinds[] = {RICE_1, GZIP_1, GZIP_2};
  long axes[] = {5, 4, 3}, tiles[] = {2, 3, 2};
  int numbers[60];
  for (int i = 0; i < 60; i++)
    numbers[i] = i + 1;
  for (int k = 0; k < 6; k++) {
    fitsfile *f;
    char name[20];
    (void)snprintf(name, sizeof name, "tiles%d.fits", k);
    fits_create_file(&f, name, &status);
    fits_set_compression_type(f, kinds[k % 3], &status);
    if (k >= 3)
      fits_set_tile_dim(f, 3, tiles, &status);
    fits_create_img(f, 32, 3, axes, &status);
    fits_write_img(f, TINT, 1, 60, numbers, &status);
    printf("kind %d: %d\n", k, status);
    read_all(f, k < 3);
    if (k >= 3)
      write_all(f, numbers);
    status = 0;
    fits_close_file(f, &status);
    printf("closed %d\n", status);
  }
  return 0;
}
