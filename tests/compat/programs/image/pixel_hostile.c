/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Pixels of damaged files, and arguments that are far out of range. The program must end, without errors of memory.
 */
#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../shared/mutate.h"

#define ROOM 64

static const LONGLONG numbers[] = {
    LONGLONG_MIN, LONGLONG_MIN + 1, -(1LL << 40),     -1,          0, 1, 2, 24, 25, 26, 1LL << 31,
    1LL << 40,    LONGLONG_MAX / 8, LONGLONG_MAX - 1, LONGLONG_MAX};
#define NUMBERS ((int)(sizeof numbers / sizeof *numbers))

static int failures;

static void expect(int passed, const char *what) {
  if (!passed) {
    failures++;
    printf("failed: %s\n", what);
  }
}

/* Writes a header of cards that are cut at 80 characters, and a data unit of `bytes`. */
static void make(const char *name, char cards[][100], int n, size_t bytes) {
  (void)remove(name); /* some file systems wait for the disk when a file is cut and written */
  FILE *f = fopen(name, "wb");
  if (f == NULL)
    exit(2);
  for (int i = 0; i < 36; i++)
    (void)fprintf(f, "%-80.80s", i < n ? cards[i] : i == n ? "END" : "");
  for (size_t i = 0; i < bytes; i++)
    (void)fputc((int)(i % 251), f);
  (void)fclose(f);
}

/* Reads and writes a few pixels in all ways. */
static void touch(fitsfile *f, int writable) {
  double a[ROOM] = {0}, null = 5;
  char flags[ROOM];
  long ones[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, twos[9] = {2, 2, 2, 2, 1, 1, 1, 1, 1}, axes[9] = {0};
  int naxis = 0, any, status;
#define CALL(call)                                                                                                     \
  do {                                                                                                                 \
    status = 0;                                                                                                        \
    call;                                                                                                              \
    fits_clear_errmsg();                                                                                               \
  } while (0)
  CALL(fits_get_img_dim(f, &naxis, &status));
  CALL(fits_get_img_size(f, 9, axes, &status));
  CALL(fits_read_img(f, TDOUBLE, 1, 16, &null, a, &any, &status));
  CALL(fits_read_img(f, TBYTE, 1, 64, NULL, a, &any, &status));
  CALL(fits_read_img(f, TDOUBLE, 1LL << 40, 3, &null, a, &any, &status));
  CALL(fits_read_imgnull(f, TFLOAT, 5, 16, a, flags, &any, &status));
  CALL(fits_read_pix(f, TSHORT, twos, 4, NULL, a, &any, &status));
  CALL(fits_read_subset(f, TDOUBLE, ones, twos, ones, &null, a, &any, &status));
  CALL(fits_read_subset(f, TDOUBLE, twos, ones, twos, &null, a, &any, &status));
  CALL(fits_read_2d_dbl(f, 1, 0, 4, 4, 4, a, &any, &status));
  CALL(fits_read_3d_dbl(f, 3, 0, 4, 4, 2, 2, 2, a, &any, &status));
  CALL(fits_read_grppar_dbl(f, 1, 1, 4, a, &status));
  CALL(fits_read_grppar_dbl(f, 1 << 30, 1, 4, a, &status));
  CALL(fits_read_ext(f, 10, 32, a, &status));
  if (!writable)
    return;
  CALL(fits_write_img(f, TDOUBLE, 1, 16, a, &status));
  CALL(fits_write_imgnull(f, TDOUBLE, 1, 16, a, &null, &status));
  CALL(fits_write_subset(f, TDOUBLE, ones, twos, a, &status));
  CALL(fits_write_grppar_dbl(f, 1, 1, 4, a, &status));
  CALL(fits_write_null_img(f, 3, 4, &status));
}

static void damaged_headers(void) {
  static const char *const cards[] = {
      "SIMPLE  =                    T", "BITPIX  =                   16", "NAXIS   =                    3",
      "NAXIS1  =                    4", "NAXIS2  =                    3", "NAXIS3  =                    2",
      "EXTEND  =                    T", "PCOUNT  =                    0", "GCOUNT  =                    1",
      "BSCALE  =                 1.25", "BZERO   =                32768", "BLANK   =                   -5",
      "GROUPS  =                    T"};
  for (int round = 0; round < 3000; round++) {
    char copy[13][100];
    fitsfile *f = NULL;
    int status = 0;
    for (int i = 0; i < 13; i++)
      (void)snprintf(copy[i], sizeof copy[i], "%s", cards[i]);
    for (unsigned edits = 1 + random_below(3); edits > 0; edits--) {
      char *card = copy[1 + random_below(12)];
      if (random_below(3) > 0)
        (void)snprintf(card + 10, 70, "%20lld", numbers[random_below(NUMBERS)]);
      else
        mutate(card + 10, 60, "0123456789-+.E'TF ");
    }
    make("damaged.fits", copy, 13, round % 2 ? 2880 : random_below(2000));
    if (fits_open_file(&f, "damaged.fits", round % 4 == 0 ? READWRITE : READONLY, &status) == 0) {
      touch(f, round % 4 == 0);
      status = 0;
      fits_close_file(f, &status);
    }
    fits_clear_errmsg();
  }
}

static void wild_arguments(void) {
  fitsfile *f;
  long axes[] = {4, 3, 2}, ones[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  int values[ROOM] = {0}, any, status = 0;
  char flags[ROOM];
  fits_create_file(&f, "!wild.fits", &status);
  fits_create_img(f, 32, 3, axes, &status);
  fits_write_img(f, TINT, 1, 24, values, &status);
  expect(status == 0, "an image is written");
  for (int i = 0; i < NUMBERS; i++) {
    for (int k = 0; k < NUMBERS; k++) {
      const LONGLONG first = numbers[i], n = numbers[k];
      status = 0;
      fits_read_img(f, TINT, first, n, NULL, values, &any, &status);
      expect((status == 0) == (n == 0 || (n > 0 && first > 0 && first <= 24 && n <= 25 - first)), "reading a range");
      status = 0;
      fits_read_imgnull(f, TINT, first, n, values, flags, &any, &status);
      status = 0;
      fits_read_img_int(f, (long)first, n, 1, 0, values, &any, &status);
      if (n <= 0 || n == LONGLONG_MAX) { /* others would be written */
        status = 0;
        fits_write_img(f, TINT, first, n, values, &status);
        status = 0;
        fits_write_null_img(f, first, n, &status);
        status = 0;
        fits_write_grppar_int(f, (long)first, 1, (long)n, values, &status);
      }
      for (int axis = 0; axis < 3; axis++) {
        long blc[3] = {1, 1, 1}, trc[3] = {4, 3, 2}, inc[3] = {1, 1, 1};
        LONGLONG position[3] = {1, 1, 1};
        blc[axis] = (long)first;
        trc[axis] = (long)n;
        status = 0;
        fits_read_subset(f, TINT, blc, trc, inc, NULL, values, &any, &status);
        inc[axis] = (long)n;
        blc[axis] = 1;
        trc[axis] = axis == 0 ? 4 : 1;
        status = 0;
        fits_read_subset(f, TINT, blc, trc, inc, NULL, values, &any, &status);
        position[axis] = first;
        status = 0;
        fits_read_pixll(f, TINT, position, 3, NULL, values, &any, &status);
      }
      long odd[3] = {(long)first, (long)n, (long)first};
      status = 0;
      fits_read_subset_int(f, 0, 3, odd, ones, axes, ones, 0, values, &any, &status);
      status = 0;
      fits_read_2d_int(f, 1, 0, 4, 4, first < 4 ? first : 3, values, &any, &status);
      status = 0;
      fits_read_3d_int(f, 1, 0, first < 26 ? first : 4, n, 4, 3, 1, values, &any, &status);
      status = 0;
      fits_read_ext(f, first, n <= 100 ? n : 1, values, &status);
      fits_clear_errmsg();
    }
  }
  status = 0;
  fits_close_file(f, &status);
  expect(status == 0, "the file is closed");
}

static void null_pointers(void) {
  fitsfile *f;
  long axes[] = {4, 3, 2};
  int values[ROOM] = {0}, any, status = 0;
  fits_create_file(&f, "!null.fits", &status);
  fits_create_img(f, 32, 3, axes, &status);
#define REFUSED(call)                                                                                                  \
  do {                                                                                                                 \
    status = 0;                                                                                                        \
    call;                                                                                                              \
    expect(status > 0, #call);                                                                                         \
    fits_clear_errmsg();                                                                                               \
  } while (0)
  REFUSED(fits_read_img(f, TINT, 1, 4, NULL, NULL, &any, &status));
  REFUSED(fits_write_img(f, TINT, 1, 4, NULL, &status));
  REFUSED(fits_read_pix(f, TINT, NULL, 4, NULL, values, &any, &status));
  REFUSED(fits_read_subset(f, TINT, NULL, axes, axes, NULL, values, &any, &status));
  REFUSED(fits_read_subset_int(f, 0, 3, NULL, axes, axes, axes, 0, values, &any, &status));
  REFUSED(fits_write_subset(f, TINT, axes, NULL, values, &status));
  REFUSED(fits_write_subset_int(f, 1, 3, axes, axes, NULL, values, &status));
  REFUSED(fits_read_img(NULL, TINT, 1, 4, NULL, values, &any, &status));
  REFUSED(fits_write_img(NULL, TINT, 1, 4, values, &status));
  REFUSED(fits_read_ext(f, 0, 4, NULL, &status));
  REFUSED(fits_write_ext(f, 0, 4, NULL, &status));
  REFUSED(fits_read_grppar_int(f, 1, 1, 4, NULL, &status));
  expect(fits_read_img(f, TINT, 1, 4, NULL, values, &any, NULL) > 0, "no status");
  expect(fits_write_img(f, TINT, 1, 4, values, NULL) > 0, "no status");
  status = 0;
  fits_close_file(f, &status);
}

/* Pixels behind the end of an image must not reach the next HDU. */
static void next_hdu(void) {
  fitsfile *f;
  long axes[] = {4, 3};
  static short values[5000];
  int status = 0, count = 0;
  fits_create_file(&f, "!next.fits", &status);
  fits_create_img(f, 16, 2, axes, &status);
  fits_create_img(f, 16, 2, axes, &status);
  fits_write_img(f, TSHORT, 1, 12, values, &status);
  fits_movabs_hdu(f, 1, NULL, &status);
  fits_write_img(f, TSHORT, 1, 1440, values, &status);
  expect(status == 0, "pixels up to the end of the block");
  fits_write_img(f, TSHORT, 1, 1441, values, &status);
  expect(status == BAD_ELEM_NUM, "pixels in the next HDU");
  status = 0;
  fits_write_ext(f, 2879, 2, values, &status);
  expect(status == BAD_ELEM_NUM, "bytes in the next HDU");
  status = 0;
  fits_close_file(f, &status);
  fits_open_file(&f, "next.fits", READONLY, &status);
  fits_get_num_hdus(f, &count, &status);
  expect(status == 0 && count == 2, "two HDUs");
  fits_close_file(f, &status);
}

int main(void) {
  damaged_headers();
  wild_arguments();
  null_pointers();
  next_hdu();
  return failures > 0;
}
