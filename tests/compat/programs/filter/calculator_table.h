/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The table of calculator.c, and an extension of good time intervals.
 */
#include <fitsio.h>
#include <math.h>
#include <stdio.h>

#define ROWS 6

static fitsfile *make_table(const char *name) {
  fitsfile *f = NULL;
  int st = 0;
  char *ttype[] = {"L", "LV", "B",       "I",  "J",  "K",    "E",  "D",    "A",  "X", "V",  "VI",  "U",  "S",
                   "C", "P",  "MAX PHA", "A2", "X2", "TIME", "VB", "HEAD", "B1", "T", "BX", "Z_1", "LN", "AN"};
  char *tform[] = {"1L", "3L",     "1B", "1I", "1J",  "1K", "1E", "1D", "10A", "11X", "4E", "3J", "1I", "1I",
                   "1C", "1PE(4)", "1J", "4A", "40X", "1D", "3B", "1J", "1J",  "1J",  "1J", "1J", "3L", "6A"};
  fits_create_file(&f, name, &st);
  fits_create_tbl(f, BINARY_TBL, 6, 28, ttype, tform, NULL, "TAB", &st);
  long dim[2] = {2, 2};
  fits_write_tdim(f, 11, 2, dim, &st);
  fits_write_key_lng(f, "TNULL3", 255, NULL, &st);
  fits_write_key_lng(f, "TNULL4", -99, NULL, &st);
  fits_write_key_lng(f, "TNULL5", -99, NULL, &st);
  fits_write_key_lng(f, "TNULL12", -99, NULL, &st);
  fits_write_key_lng(f, "TZERO13", 32768, NULL, &st);
  fits_write_key_lng(f, "TSCAL13", 1, NULL, &st);
  fits_write_key_dbl(f, "TSCAL14", 0.5, 10, NULL, &st);
  fits_write_key_dbl(f, "TZERO14", 100, 10, NULL, &st);
  fits_write_key_lng(f, "KI", 5, NULL, &st);
  fits_write_key_str(
      f, "KLS",
      "a long string value that does not fit into one card of the header, because it has more than 68 characters", NULL,
      &st);
  fits_write_key_lng(f, "KMUL", 2, NULL, &st);
  fits_write_key_dbl(f, "KD", 2.5, 10, NULL, &st);
  fits_write_key_log(f, "KL", 1, NULL, &st);
  fits_write_key_str(f, "KS", "abc", NULL, &st);
  fits_write_key_lng(f, "E_KEY", 5, NULL, &st);
  fits_write_key_null(f, "KNULL", NULL, &st);
  fits_write_key_lng(f, "KEY-A", 77, NULL, &st);
  float c[2] = {1, 2};
  fits_write_key_cmp(f, "KC", c, 3, NULL, &st);
  fits_set_hdustruc(f, &st);
  long i;
  double nan = strtod("nan", NULL);
  char l[6] = {1, 0, 2, 1, 0, 1};
  fits_write_col(f, TLOGICAL, 1, 1, 1, 6, l, &st);
  char lv[18] = {1, 0, 2, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 2, 2, 2, 2};
  fits_write_col(f, TLOGICAL, 2, 1, 1, 18, lv, &st);
  long b[6] = {0, 1, 255, 3, 200, 7};
  fits_write_col(f, TLONG, 3, 1, 1, 6, b, &st);
  long ii[6] = {10, -99, 3, -4, 32767, 0};
  fits_write_col(f, TLONG, 4, 1, 1, 6, ii, &st);
  long j[6] = {1, 2, -99, 4, 2147483647L, -6};
  fits_write_col(f, TLONG, 5, 1, 1, 6, j, &st);
  long k[6] = {1, 2, 3, 4, 9223372036854775807L, -6};
  fits_write_col(f, TLONG, 6, 1, 1, 6, k, &st);
  double e[6] = {0.5, -1.5, nan, 2.5, 1e30, 7};
  fits_write_col(f, TDOUBLE, 7, 1, 1, 6, e, &st);
  double d[6] = {1.25, nan, 3.5, -4, 1e300, 0};
  fits_write_col(f, TDOUBLE, 8, 1, 1, 6, d, &st);
  char *a[6] = {"abc", "", "Hello", "a b  ", "abcdefghij", "  x"};
  fits_write_col(f, TSTRING, 9, 1, 1, 6, a, &st);
  char x[66];
  for (i = 0; i < 66; i++)
    x[i] = (i * 7 % 5) < 2;
  fits_write_col_bit(f, 10, 1, 1, 11, x, &st);
  for (i = 2; i <= 6; i++)
    fits_write_col_bit(f, 10, i, 1, 11, x + 11 * (i - 1), &st);
  double v[24];
  for (i = 0; i < 24; i++)
    v[i] = i * i - 20;
  v[3] = nan;
  v[8] = v[9] = v[10] = v[11] = nan;
  fits_write_col(f, TDOUBLE, 11, 1, 1, 24, v, &st);
  long vi[18];
  for (i = 0; i < 18; i++)
    vi[i] = 17 - 2 * i;
  vi[4] = -99;
  vi[6] = vi[7] = vi[8] = -99;
  fits_write_col(f, TLONG, 12, 1, 1, 18, vi, &st);
  long u[6] = {0, 65535, 32768, 40000, 1, 2};
  fits_write_col(f, TLONG, 13, 1, 1, 6, u, &st);
  double s[6] = {100, 101.5, 99, 50, 0, 200};
  fits_write_col(f, TDOUBLE, 14, 1, 1, 6, s, &st);
  float cc[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2};
  fits_write_col(f, TCOMPLEX, 15, 1, 1, 6, cc, &st);
  for (i = 1; i <= 6; i++)
    fits_write_col(f, TDOUBLE, 16, i, 1, i % 4, v, &st);
  fits_write_col(f, TLONG, 17, 1, 1, 6, u, &st);
  char *a2[6] = {"abc", "Hell", "", "b", "bcde", "x"};
  fits_write_col(f, TSTRING, 18, 1, 1, 6, a2, &st);
  for (i = 1; i <= 6; i++)
    fits_write_col_bit(f, 19, i, 1, 40, x, &st);
  double t[6] = {1, 2, 3, 4, 5, 6};
  fits_write_col(f, TDOUBLE, 20, 1, 1, 6, t, &st);
  unsigned char vb[18];
  for (i = 0; i < 18; i++)
    vb[i] = i * 14;
  fits_write_col(f, TBYTE, 21, 1, 1, 18, vb, &st);
  for (i = 22; i <= 26; i++)
    fits_write_col(f, TLONG, i, 1, 1, 6, u, &st);
  char ln[18] = {1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 1};
  fits_write_col(f, TLOGICAL, 27, 1, 1, 18, ln, &st);
  fits_write_col_null(f, 27, 1, 2, 2, &st);
  fits_write_col_null(f, 27, 3, 1, 3, &st);
  fits_write_col(f, TSTRING, 28, 1, 1, 6, a2, &st);
  fits_write_col_null(f, 28, 2, 1, 1, &st);
  /* GTI */
  char *gt[] = {"START", "STOP"}, *gf[] = {"1D", "1D"};
  fits_create_tbl(f, BINARY_TBL, 3, 2, gt, gf, NULL, "STDGTI", &st);
  double g0[3] = {0.5, 2.5, 5}, g1[3] = {1.5, 3.5, 5.5};
  fits_write_col(f, TDOUBLE, 1, 1, 1, 3, g0, &st);
  fits_write_col(f, TDOUBLE, 2, 1, 1, 3, g1, &st);
  fits_movabs_hdu(f, 2, NULL, &st);
  if (st)
    printf("make %d\n", st);
  return f;
}
