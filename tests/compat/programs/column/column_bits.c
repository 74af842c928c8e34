/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Logical values, bits, complex numbers, and bytes of rows.
 */
#include "columns.h"

static void bytes(const char *what, int status, const char *at, int n) {
  printf("%s %d:", what, status);
  for (int i = 0; i < n; i++)
    printf(" %d", at[i]);
  printf("\n");
}

static void logicals(fitsfile *f) {
  char values[] = {1, 0, 2, 1, 0, 1, 0, 0}, at[12], flags[12];
  int status = 0, any = 5;
  fits_write_col_log(f, 1, 1, 1, 8, values, &status);
  fits_write_colnull_log(f, 1, 3, 1, 6, values, 2, &status);
  printf("wrote %d\n", status);
  fits_write_tblbytes(f, 5, 1, 1, (unsigned char *)"x", &status);
  show_rows(f);
  for (int null = 0; null < 12; null += 9) {
    memset(at, 77, sizeof at);
    fits_read_col_log(f, 1, 1, 1, 12, (char)null, at, &any, &status);
    printf("any %d ", any);
    bytes("read", status, at, 12);
    status = 0;
  }
  memset(at, 77, sizeof at);
  memset(flags, 77, sizeof flags);
  fits_read_colnull_log(f, 1, 1, 1, 10, at, flags, &any, &status);
  bytes("with flags", status, at, 10);
  bytes("flags", any, flags, 10);
  memset(at, 77, sizeof at);
  status = 0;
  fits_read_col(f, TLOGICAL, 1, 1, 1, 10, NULL, at, &any, &status);
  bytes("any type", status, at, 10);
  for (int c = 1; c <= 8; c++) {
    status = 0;
    fits_read_col_log(f, c, 1, 1, 1, 0, at, &any, &status);
    printf("column %d: %d", c, status);
    status = 0;
    fits_write_col_log(f, c, 9, 1, 1, at, &status);
    printf(" %d %lld\n", status, f->Fptr->numrows);
  }
}

static void bits(fitsfile *f) {
  char values[40], at[64];
  int status = 0;
  unsigned short shorts[8];
  unsigned ints[8];
  static const long writes[][3] = {{1, 3, 9}, {2, 1, 22}, {5, 11, 1}, {1, 30, 4},
                                   {1, 0, 4}, {0, 1, 4},  {1, 1, 0},  {12, 5, 3}};
  static const long reads[][3] = {{1, 3, 20}, {1, 1, 11}, {2, 5, 1}, {1, 0, 5}, {0, 1, 5}, {1, 1, -2}, {3, 11, 13}};
  static const long integers[][4] = {{1, 3, 1, 8}, {1, 3, 2, 17}, {1, 3, 9, 4}, {0, 3, 1, 2},
                                     {1, 3, 0, 2}, {1, 1, 1, 11}, {2, 2, 4, 33}};
  for (int i = 0; i < 40; i++)
    values[i] = i % 3 == 0 || i % 7 == 2;
  for (int c = 2; c <= 4; c++)
    for (int i = 0; i < (c == 4 ? 2 : COUNT(writes)); i++) {
      status = 0;
      fits_write_col_bit(f, c, writes[i][0], writes[i][1], writes[i][2], values, &status);
      printf("wrote bits %d %d: %d, %lld rows\n", c, i, status, f->Fptr->numrows);
    }
  show_rows(f);
  for (int c = 2; c <= 5; c++)
    for (int i = 0; i < COUNT(reads); i++) {
      status = 0;
      memset(at, 7, sizeof at);
      fits_read_col_bit(f, c, reads[i][0], reads[i][1], reads[i][2], at, &status);
      bytes("bits", status, at, status == 0 ? 24 : 0);
      status = 0;
      memset(at, 7, sizeof at);
      if (reads[i][2] > 0)
        fits_read_col(f, TBIT, c, reads[i][0], reads[i][1], reads[i][2], NULL, at, NULL, &status);
      bytes("any type", status, at, status == 0 ? 24 : 0);
    }
  for (int c = 2; c <= 3; c++)
    for (int i = 0; i < COUNT(integers); i++) {
      status = 0;
      memset(shorts, 0, sizeof shorts);
      memset(ints, 0, sizeof ints);
      fits_read_col_bit_usht(f, c, integers[i][0], integers[i][1], integers[i][2], (int)integers[i][3], shorts,
                             &status);
      printf("integers %d: %d %d %d (%d)", i, shorts[0], shorts[1], shorts[2], status);
      status = 0;
      fits_read_col_bit_uint(f, c, integers[i][0], integers[i][1], integers[i][2], (int)integers[i][3], ints, &status);
      printf(" %u %u %u (%d)\n", ints[0], ints[1], ints[2], status);
    }
  status = 0;
  fits_write_col(f, TBIT, 2, 2, 3, 4, values, &status);
  fits_write_col(f, TBYTE, 2, 3, 1, 3, "abc", &status);
  printf("as bytes %d\n", status);
  show_rows(f);
}

static void complexes(fitsfile *f) {
  float floats[] = {1, 2, 3, 4, 5, 6, 7, 8}, at[16];
  double doubles[] = {1.5, -2, 3, 4, 5, 6, 7, 8}, at_double[16];
  char flags[16];
  int status = 0, any = 5;
  fits_write_col_cmp(f, 6, 1, 1, 4, floats, &status);
  fits_write_col_dblcmp(f, 7, 1, 1, 2, doubles, &status);
  fits_write_col(f, TCOMPLEX, 7, 2, 1, 1, floats, &status);
  fits_write_col(f, TDBLCOMPLEX, 6, 3, 2, 1, doubles, &status);
  fits_write_col_null(f, 6, 2, 1, 1, &status);
  printf("wrote %d\n", status);
  show_rows(f);
  for (int c = 5; c <= 7; c++) {
    for (int element = 1; element < 3; element++) {
      status = 0;
      memset(at, 0, sizeof at);
      fits_read_col_cmp(f, c, 1, element, 4, 0, at, &any, &status);
      printf("read %d any %d:", status, any);
      show_values(TCOMPLEX, at, 4);
      status = 0;
      memset(at_double, 0, sizeof at_double);
      fits_read_col_dblcmp(f, c, 1, element, 4, -9, at_double, &any, &status);
      printf("\n  double %d any %d:", status, any);
      show_values(TDBLCOMPLEX, at_double, 4);
      status = 0;
      memset(flags, 7, sizeof flags);
      fits_read_colnull_cmp(f, c, 1, element, 4, at, flags, &any, &status);
      bytes("\n  flags", status, flags, 4);
      status = 0;
      memset(flags, 7, sizeof flags);
      fits_read_colnull_dblcmp(f, c, 1, element, 4, at_double, flags, &any, &status);
      bytes("  flags", status, flags, 4);
    }
    status = 0;
    fits_read_col(f, TFLOAT, c, 1, 1, 8, NULL, at, &any, &status);
    printf("as floats %d:", status);
    show_values(TFLOAT, at, 8);
    printf("\n");
  }
}

static void raw(fitsfile *f) {
  unsigned char at[200];
  static const int ranges[][3] = {{1, 1, 5}, {1, 20, 70}, {9, 1, 500}, {0, 1, 1},
                                  {1, 0, 1}, {1, 1, -1},  {1, 1, 0},   {1, 100, 5}};
  for (int i = 0; i < COUNT(ranges); i++) {
    int status = 0;
    memset(at, 0, sizeof at);
    if (ranges[i][2] < 200)
      fits_read_tblbytes(f, ranges[i][0], ranges[i][1], ranges[i][2], at, &status);
    printf("bytes %d: %d", i, status);
    for (int k = 0; k < 70; k++)
      printf("%02x", at[k]);
    status = 0;
    memset(at, 7, sizeof at);
    if (ranges[i][2] < 200)
      fits_write_tblbytes(f, ranges[i][0], ranges[i][1], ranges[i][2] > 5 ? 5 : ranges[i][2], at, &status);
    printf(" %d\n", status);
  }
  int status = 0;
  fits_write_tblbytes(f, 20, 5, 100, at, &status);
  show_size(f, "grown");
  printf("%d\n", status);
}

int main(void) {
  fitsfile *f;
  int status = 0;
  char *names[] = {"L", "X", "B", "J", "I", "C", "M"}, *forms[] = {"2L", "11X", "2B", "1J", "2I", "2C", "1M"};
  short shorts[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};
  fits_create_file(&f, "bits.fits", &status);
  fits_create_tbl(f, BINARY_TBL, 0, COUNT(names), names, forms, NULL, "T", &status);
  fits_write_col(f, TSHORT, 5, 1, 1, 18, shorts, &status);
  fits_flush_file(f, &status);
  logicals(f);
  bits(f);
  complexes(f);
  raw(f);
  status = 0;
  fits_close_file(f, &status);
  printf("%d\n", status);
  return 0;
}
