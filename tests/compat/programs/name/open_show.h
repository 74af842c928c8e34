/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The files of the programs open_*.c, and what they print of a file that was opened by an extended name.
 */
#ifndef OPEN_SHOW_H
#define OPEN_SHOW_H

#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int full; /* print the data as well */

static void show_hdu(fitsfile *fptr) {
  int status = 0, type = 0, count = 0, number = 0;
  char card[FLEN_CARD];
  LONGLONG start = 0, data = 0, end = 0;
  fits_get_hdu_num(fptr, &number);
  fits_get_hdu_type(fptr, &type, &status);
  fits_get_hdrspace(fptr, &count, NULL, &status);
  printf(" HDU %d type %d status %d\n", number, type, status);
  for (int i = 1; i <= count; i++)
    if (fits_read_record(fptr, i, card, &status) == 0 && strncmp(card, "DATE    ", 8) != 0)
      printf("  %s\n", card);
  fits_get_hduaddrll(fptr, &start, &data, &end, &status);
  printf(" bytes %lld %lld %d\n", data - start, end - data, status);
  if (type == IMAGE_HDU) {
    int naxis = 0;
    long naxes[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, n = 1;
    fits_get_img_dim(fptr, &naxis, &status);
    fits_get_img_size(fptr, 9, naxes, &status);
    for (int i = 0; i < naxis; i++)
      n *= naxes[i];
    double *pixels = malloc((size_t)(n + 1) * sizeof *pixels), null = -1e9;
    if (naxis > 0 && n > 0 && n < 100000)
      fits_read_img(fptr, TDOUBLE, 1, n, &null, pixels, NULL, &status);
    for (long i = 0; naxis > 0 && i < n && i < 400; i++)
      printf("%s%g", i % 16 == 0 ? "\n   " : " ", pixels[i]);
    printf("\n  %d\n", status);
    free(pixels);
    return;
  }
  long rows = 0;
  int columns = 0;
  fits_get_num_rows(fptr, &rows, &status);
  fits_get_num_cols(fptr, &columns, &status);
  for (long r = 1; r <= rows && r <= 12; r++) {
    printf("   %ld:", r);
    for (int c = 1; c <= columns; c++) {
      char text[200] = "", *p = text;
      int code = 0;
      long repeat = 0;
      fits_get_coltype(fptr, c, &code, &repeat, NULL, &status);
      for (long e = 1; e <= repeat && e <= 4; e++) {
        if (code == TSTRING && e > 1)
          break;
        fits_read_col_str(fptr, c, r, e, 1, "null", &p, NULL, &status);
        printf(" %s", text);
      }
    }
    printf(" (%d)\n", status);
  }
}

static void show(fitsfile *fptr) {
  int status = 0, number = 0, hdus = 0, mode = 0;
  char name[FLEN_FILENAME] = "", type[20] = "";
  fits_get_hdu_num(fptr, &number);
  fits_get_num_hdus(fptr, &hdus, &status);
  fits_file_name(fptr, name, &status);
  fits_file_mode(fptr, &mode, &status);
  fits_url_type(fptr, type, &status);
  printf(" at %d of %d, mode %d, name {%s} {%s} %d\n", number, hdus, mode, name, type, status);
  if (!full) {
    show_hdu(fptr);
    return;
  }
  for (int h = 1; h <= hdus; h++) {
    fits_movabs_hdu(fptr, h, NULL, &status);
    show_hdu(fptr);
  }
}

static void open_one(const char *name, int mode) {
  fitsfile *fptr = NULL;
  int status = 0;
  int result = fits_open_file(&fptr, name, mode, &status);
  printf("%s: %d %d %d\n", name, result, status, fptr != NULL);
  if (status <= 0 && fptr != NULL) {
    show(fptr);
    fits_close_file(fptr, &status);
    printf(" closed %d\n", status);
  }
  fits_clear_errmsg();
}

static void make_image(fitsfile *fptr, int bitpix, long nx, long ny, int *status) {
  long naxes[2] = {nx, ny};
  double *pixels = malloc((size_t)(nx * ny) * sizeof *pixels);
  for (long i = 0; i < nx * ny; i++)
    pixels[i] = (double)i;
  fits_create_img(fptr, bitpix, 2, naxes, status);
  fits_write_img(fptr, TDOUBLE, 1, nx * ny, pixels, status);
  free(pixels);
}

static void write_wcs(fitsfile *fptr, int *status) {
  fits_write_key_str(fptr, "CTYPE1", "RA---TAN", "axis 1", status);
  fits_write_key_str(fptr, "CTYPE2", "DEC--TAN", NULL, status);
  fits_write_key_dbl(fptr, "CRPIX1", 3.5, 5, "reference", status);
  fits_write_key_dbl(fptr, "CRPIX2", 2.0, 5, NULL, status);
  fits_write_key_dbl(fptr, "CRVAL1", 10.0, 5, NULL, status);
  fits_write_key_dbl(fptr, "CRVAL2", 20.0, 5, NULL, status);
  fits_write_key_dbl(fptr, "CDELT1", -0.01, 5, NULL, status);
  fits_write_key_dbl(fptr, "CDELT2", 0.01, 5, NULL, status);
  fits_write_key_dbl(fptr, "CD1_1", 0.25, 5, NULL, status);
  fits_write_key_dbl(fptr, "CD2_2", 0.5, 5, NULL, status);
  fits_write_key_dbl(fptr, "CRPIX1A", 7, 5, NULL, status);
  fits_write_key_dbl(fptr, "CDELT1A", 2, 5, NULL, status);
  fits_write_key_dbl(fptr, "LTV1", 0.5, 5, NULL, status);
  fits_write_key_dbl(fptr, "LTM1_1", 1.0, 5, NULL, status);
  fits_write_key_str(fptr, "OBJECT", "thing", NULL, status);
  fits_write_comment(fptr, "a comment", status);
}

static void make_files(void) {
  fitsfile *fptr = NULL;
  int status = 0;
  char *ttype[] = {"X", "Y", "T", "NAME", "IMG", "FLAG", "W"};
  char *tform[] = {"1J", "1E", "1D", "6A", "6I", "1L", "1E"};
  char *tunit[] = {"pix", "pix", "s", "", "adu", "", ""};
  fits_create_file(&fptr, "a.fits", &status);
  make_image(fptr, SHORT_IMG, 10, 8, &status);
  write_wcs(fptr, &status);
  fits_create_tbl(fptr, BINARY_TBL, 10, 7, ttype, tform, tunit, "EVENTS", &status);
  fits_write_key_lng(fptr, "EXTVER", 2, NULL, &status);
  fits_write_key_str(fptr, "TDIM5", "(3,2)", NULL, &status);
  fits_write_key_lng(fptr, "TLMIN1", 1, NULL, &status);
  fits_write_key_lng(fptr, "TLMAX1", 20, NULL, &status);
  fits_write_key_str(fptr, "TCTYP1", "RA---TAN", NULL, &status);
  fits_write_key_str(fptr, "TCTYP2", "DEC--TAN", NULL, &status);
  fits_write_key_dbl(fptr, "TCRPX1", 4.0, 5, NULL, &status);
  fits_write_key_dbl(fptr, "TCRVL1", 100.0, 5, NULL, &status);
  fits_write_key_dbl(fptr, "TCDLT1", 0.5, 5, NULL, &status);
  fits_write_key_str(fptr, "1CTYP5", "RA---TAN", NULL, &status);
  fits_write_key_str(fptr, "2CTYP5", "DEC--TAN", NULL, &status);
  fits_write_key_dbl(fptr, "1CRPX5", 2.5, 5, NULL, &status);
  fits_write_key_dbl(fptr, "EXPOSURE", 2.0, 5, "exposure", &status);
  fits_write_key_lng(fptr, "LOW", 3, NULL, &status);
  fits_write_key_str(fptr, "VEL1", "v", "first", &status);
  fits_write_key_str(fptr, "VEL2", "w", "second", &status);
  fits_write_history(fptr, "made", &status);
  fits_set_hdustruc(fptr, &status);
  for (int r = 1; r <= 10; r++) {
    double x = 2 * r, y = r * r / 4.0, t = 100 + r, w = r / 2.0;
    short image[6];
    char text[8], *p = text, flag = (char)(r % 2);
    for (int i = 0; i < 6; i++)
      image[i] = (short)(10 * r + i);
    (void)snprintf(text, sizeof text, "n%d", r);
    fits_write_col(fptr, TDOUBLE, 1, r, 1, 1, &x, &status);
    fits_write_col(fptr, TDOUBLE, 2, r, 1, 1, &y, &status);
    fits_write_col(fptr, TDOUBLE, 3, r, 1, 1, &t, &status);
    fits_write_col(fptr, TSTRING, 4, r, 1, 1, &p, &status);
    fits_write_col(fptr, TSHORT, 5, r, 1, 6, image, &status);
    fits_write_col(fptr, TLOGICAL, 6, r, 1, 1, &flag, &status);
    fits_write_col(fptr, TDOUBLE, 7, r, 1, 1, &w, &status);
  }
  make_image(fptr, FLOAT_IMG, 6, 5, &status);
  fits_write_key_str(fptr, "EXTNAME", "SKY", NULL, &status);
  write_wcs(fptr, &status);
  fits_create_tbl(fptr, BINARY_TBL, 1, 2, ttype, tform, tunit, "EVENTS", &status);
  fits_write_key_lng(fptr, "EXTVER", 3, NULL, &status);
  char *atype[] = {"I", "F"}, *aform[] = {"I6", "F8.2"};
  fits_create_tbl(fptr, ASCII_TBL, 3, 2, atype, aform, NULL, "TEXT", &status);
  int values[3] = {1, 2, 3};
  fits_write_col(fptr, TINT, 1, 1, 1, 3, values, &status);
  fits_write_col(fptr, TINT, 2, 1, 1, 3, values, &status);
  fits_close_file(fptr, &status);
  fits_create_file(&fptr, "empty.fits", &status);
  fits_create_img(fptr, BYTE_IMG, 0, NULL, &status);
  fits_create_tbl(fptr, BINARY_TBL, 1, 2, ttype, tform, tunit, "GTI", &status);
  fits_create_tbl(fptr, BINARY_TBL, 2, 2, ttype, tform, tunit, "DATA", &status);
  make_image(fptr, BYTE_IMG, 4, 3, &status);
  fits_close_file(fptr, &status);
  fits_create_file(&fptr, "packed.fits.gz", &status);
  make_image(fptr, BYTE_IMG, 4, 3, &status);
  fits_close_file(fptr, &status);
  printf("made %d\n", status);
  (void)remove("packed.fits");
}

#define ALL(list) open_all(list, sizeof list / sizeof *list)

static void open_all(const char *const *list, size_t n) {
  for (size_t i = 0; i < n; i++)
    open_one(list[i], READONLY);
}

#define GROUP(list, all)                                                                                               \
  if (group == NULL || strcmp(group, #list) == 0) {                                                                    \
    full = all;                                                                                                        \
    ALL(list);                                                                                                         \
  }

#endif
