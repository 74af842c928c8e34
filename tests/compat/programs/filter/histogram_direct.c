/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What CFITSIO 4.2 does not survive, or answers wrongly: fits_make_hist(), ffhist(), ffhist3(), TDBINn, names that are
 * not complete, cells by an expression.
 */
#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                                               \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      printf("line %d: %s\n", __LINE__, #condition);                                                                   \
      exit(1);                                                                                                         \
    }                                                                                                                  \
  } while (0)

static const char *const file = "histogram_direct.fits";

static void make(void) {
  fitsfile *fptr = NULL;
  int status = 0;
  char *ttype[] = {"X", "Y", "W", "IMG"}, *tform[] = {"1J", "1D", "1E", "4I"};
  (void)remove(file);
  fits_create_file(&fptr, file, &status);
  fits_create_tbl(fptr, BINARY_TBL, 8, 4, ttype, tform, NULL, "EV", &status);
  fits_write_key_str(fptr, "TDIM4", "(2,2)", NULL, &status);
  fits_write_key_dbl(fptr, "TLMIN1", 0, 3, NULL, &status);
  fits_write_key_dbl(fptr, "TLMAX1", 7, 3, NULL, &status);
  fits_write_key_dbl(fptr, "TDBIN1", 4, 3, NULL, &status);
  fits_set_hdustruc(fptr, &status);
  for (int r = 1; r <= 8; r++) {
    double x = r - 1, y = r / 2.0, w = 2;
    short image[4] = {(short)r, (short)(r + 1), (short)(r + 2), (short)(r + 3)};
    fits_write_col(fptr, TDOUBLE, 1, r, 1, 1, &x, &status);
    fits_write_col(fptr, TDOUBLE, 2, r, 1, 1, &y, &status);
    fits_write_col(fptr, TDOUBLE, 3, r, 1, 1, &w, &status);
    fits_write_col(fptr, TSHORT, 4, r, 1, 4, image, &status);
  }
  fits_close_file(fptr, &status);
  CHECK(status == 0);
}

static void direct(void) {
  fitsfile *fptr = NULL, *image = NULL;
  int status = 0, columns[1] = {1};
  long naxes[1] = {4};
  double low[1] = {-0.5}, high[1] = {7.5}, size[1] = {2}, counts[4] = {0};
  char rows[8] = {1, 1, 0, 0, 1, 0, 1, 1};
  fits_open_file(&fptr, "histogram_direct.fits[1]", READONLY, &status);
  fits_create_file(&image, "mem://", &status);
  fits_create_img(image, LONG_IMG, 1, naxes, &status);
  fits_make_histd(fptr, image, LONG_IMG, 1, naxes, columns, low, high, size, 3.0, 0, 0, rows, &status);
  fits_read_img(image, TDOUBLE, 1, 4, NULL, counts, NULL, &status);
  CHECK(status == 0 && counts[0] == 6 && counts[1] == 0 && counts[2] == 3 && counts[3] == 6);
  float flow[1] = {-0.5F}, fhigh[1] = {7.5F}, fsize[1] = {2};
  fits_make_hist(fptr, image, LONG_IMG, 1, naxes, columns, flow, fhigh, fsize, FLOATNULLVALUE, 3, 0, NULL, &status);
  fits_read_img(image, TDOUBLE, 1, 4, NULL, counts, NULL, &status);
  CHECK(status == 0 && counts[0] == 4 && counts[3] == 4);
  size[0] = 0;
  CHECK(fits_make_histd(fptr, image, LONG_IMG, 1, naxes, columns, low, high, size, 1, 0, 0, NULL, &status) ==
        ZERO_SCALE);
  status = 0;
  CHECK(fits_make_histd(fptr, image, 5, 1, naxes, columns, low, high, size, 1, 0, 0, NULL, &status) == BAD_DATATYPE);
  status = 0;
  CHECK(fits_make_histd(fptr, image, LONG_IMG, 5, naxes, columns, low, high, size, 1, 0, 0, NULL, &status) ==
        BAD_DIMEN);
  status = 0;
  CHECK(fits_make_histd(NULL, image, LONG_IMG, 1, naxes, columns, low, high, size, 1, 0, 0, NULL, &status) > 0);
  status = 0;
  fits_close_file(image, &status);
  fits_close_file(fptr, &status);
  CHECK(status == 0);
}

static void opened(const char *suffix, int expected, long pixels, double first) {
  fitsfile *fptr = NULL;
  int status = 0;
  char name[200];
  double value = 0;
  LONGLONG n = 0, naxes[9] = {0};
  int naxis = 0;
  (void)snprintf(name, sizeof name, "%s%s", file, suffix);
  fits_open_file(&fptr, name, READONLY, &status);
  if (status != expected)
    printf("%s: %d\n", name, status);
  CHECK(status == expected);
  if (expected != 0) {
    CHECK(fptr == NULL);
    fits_clear_errmsg();
    return;
  }
  fits_get_img_dim(fptr, &naxis, &status);
  fits_get_img_sizell(fptr, 9, naxes, &status);
  n = 1;
  for (int i = 0; i < naxis; i++)
    n *= naxes[i];
  fits_read_img(fptr, TDOUBLE, 1, 1, NULL, &value, NULL, &status);
  if (n != pixels || value != first)
    printf("%s: %lld pixels, the first %g\n", name, n, value);
  CHECK(status == 0 && n == pixels && value == first);
  fits_close_file(fptr, &status);
}

int main(void) {
  make();
  direct();
  opened("[1][bin X]", 0, 2, 4);             /* TDBIN1 */
  opened("[1][bin Z(X*2)=0:14:2]", 0, 8, 1); /* an expression */
  opened("[1;IMG(Y > 2)]", 0, 4, 5);
  opened("[1;IMG(Y > 200)]", BAD_ROW_NUM, 0, 0);
  opened("[1;IMG(Y >)]", PARSE_SYNTAX_ERR, 0, 0);
  opened("[1][X>1][X<7][Y>1][bin X=0:7]", 0, 2, 2); /* three row filters */
  opened("[1][compress x", URL_PARSE_ERROR, 0, 0);
  opened("[1][bin IMG]", BAD_DIMEN, 0, 0);
  opened("[1;IMG(2)][0:1,1:1]", BAD_NAXIS, 0, 0);
  opened("[1;IMG(2)][1:*:2,1:2]", 0, 2, 2);
  (void)remove(file);
  return 0;
}
