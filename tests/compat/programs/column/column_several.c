/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Several columns at once, steps through columns, whole tables, files that may not be written, images as columns.
 */
#include "columns.h"

#include <fitsio2.h>

#define ROWS 2500

static void several(fitsfile *f) {
  static double doubles[ROWS], back[ROWS];
  static int integers[2 * ROWS], integers_back[2 * ROWS];
  static char room[ROWS][12], *texts[ROWS];
  int datatypes[] = {TDOUBLE, TINT}, columns[] = {1, 2}, any[2] = {5, 5}, status = 0, null = 6;
  double no_double = 1.5;
  void *arrays[] = {doubles, integers}, *nulls[] = {&no_double, &null};
  void *arrays_back[] = {back, integers_back}, *null_back[] = {&no_double, NULL};
  for (int i = 0; i < ROWS; i++) {
    doubles[i] = i * .5;
    integers[2 * i] = i;
    integers[2 * i + 1] = -i;
    (void)snprintf(room[i], sizeof room[i], "row %d", i);
    texts[i] = room[i];
  }
  fits_write_cols(f, 2, datatypes, columns, 1, ROWS, arrays, nulls, &status);
  show_size(f, "written");
  printf("%d\n", status);
  fits_write_col_str(f, 3, 1, 1, ROWS, texts, &status);
  status = 0;
  fits_read_cols(f, 2, datatypes, columns, 1, ROWS, null_back, arrays_back, any, &status);
  printf("read %d any %d %d\n", status, any[0], any[1]);
  double sum = 0;
  for (int i = 0; i < ROWS; i++)
    sum += back[i] * 3 + integers_back[2 * i] * 5. + integers_back[2 * i + 1] * 7.;
  printf("%g %g %d\n", sum, back[3], integers_back[12]);
  fits_read_cols(f, 2, datatypes, columns, ROWS, 2, null_back, arrays_back, any, &status);
  printf("behind %d\n", status);
  status = 0;
  columns[1] = 9;
  fits_read_cols(f, 2, datatypes, columns, 1, 2, null_back, arrays_back, any, &status);
  printf("no column %d\n", status);
  status = 0;
  fits_write_cols(f, 2, datatypes, columns, 1, 2, arrays, NULL, &status);
  printf("no column %d\n", status);
}

static void steps(fitsfile *f) {
  static const int ranges[][4] = {{1, 1, 5, 2}, {1, 2, 4, 3},    {2, 1, 3, 1},
                                  {9, 2, 5, 7}, {2498, 1, 3, 2}, {1, 1, 0, 2}};
  for (int i = 0; i < COUNT(ranges); i++) {
    int integers[8] = {0}, any = 5, status = 0;
    double doubles[8] = {0};
    char flags[8] = {0};
    ffgclk(f, 2, ranges[i][0], ranges[i][1], ranges[i][2], ranges[i][3], 1, -1, integers, NULL, &any, &status);
    printf("steps %d: %d any %d", i, status, any);
    show_values(TINT, integers, 6);
    status = 0;
    ffgcld(f, 2, ranges[i][0], ranges[i][1], ranges[i][2], ranges[i][3], 2, 0, doubles, flags, &any, &status);
    printf(" | %d any %d", status, any);
    show_values(TDOUBLE, doubles, 6);
    show_values(TBIT, flags, 6);
    printf("\n");
  }
}

static void copies(fitsfile *f) {
  fitsfile *g;
  int status = 0;
  fits_create_file(&g, "part.fits", &status);
  ffcpht(f, g, 5, 3, &status);
  printf("copied %d\n", status);
  show_size(g, "part");
  show_rows(g);
  fits_close_file(g, &status);
  printf("%d\n", status);
}

static void read_only(void) {
  fitsfile *f;
  int status = 0, value = 1;
  char *text = "x", logical = 1;
  long row = 1;
  fits_open_file(&f, "several.fits[1]", READONLY, &status);
  printf("opened %d\n", status);
  fits_read_col(f, TINT, 2, 3, 1, 1, NULL, &value, NULL, &status);
  printf("%d %d\n", status, value);
  status = 0;
  fits_movabs_hdu(f, 1, NULL, &status);
  fits_read_col(f, TINT, 2, 1, 1, 1, NULL, &value, NULL, &status);
  printf("primary %d\n", status);
  static const char *const names[] = {"rows", "rows", "columns", "columns", "list"};
  for (int i = 0; i < 5; i++) {
    status = 0;
    switch (i) {
    case 0:
      fits_insert_rows(f, 0, 1, &status);
      break;
    case 1:
      fits_delete_rows(f, 1, 1, &status);
      break;
    case 2:
      fits_insert_col(f, 1, "A", "J", &status);
      break;
    case 3:
      fits_delete_col(f, 1, &status);
      break;
    default:
      fits_delete_rowlist(f, &row, 1, &status);
    }
    printf("%s of a primary: %d\n", names[i], status != 0);
  }
  (void)text;
  (void)logical;
  status = 0;
  fits_close_file(f, &status);
  printf("%d\n", status);
}

static void images(void) {
  fitsfile *f;
  int status = 0, any = 5, values[24], back[24] = {0};
  long axes[] = {4, 6};
  for (int i = 0; i < 24; i++)
    values[i] = i * 3 - 5;
  fits_create_file(&f, "image.fits", &status);
  fits_create_img(f, SHORT_IMG, 2, axes, &status);
  fits_write_key_lng(f, "BLANK", 4, NULL, &status);
  fits_set_hdustruc(f, &status);
  fits_write_col_int(f, 2, 1, 1, 24, values, &status);
  printf("wrote %d\n", status);
  fits_write_col_null(f, 2, 1, 2, 2, &status);
  printf("null %d\n", status);
  fits_read_col_int(f, 2, 1, 1, 24, -99, back, &any, &status);
  printf("read %d any %d", status, any);
  show_values(TINT, back, 24);
  fits_read_col_int(f, 2, 1, 20, 5, 0, back, &any, &status);
  printf("\nread %d any %d", status, any);
  show_values(TINT, back, 5);
  printf("\n");
  fits_close_file(f, &status);
  printf("%d\n", status);
}

int main(void) {
  fitsfile *f;
  int status = 0;
  char *names[] = {"D", "J", "A"}, *forms[] = {"D", "2J", "10A"};
  fits_create_file(&f, "several.fits", &status);
  fits_create_tbl(f, BINARY_TBL, 0, 3, names, forms, NULL, "T", &status);
  fits_write_key_lng(f, "TNULL2", -1000, NULL, &status);
  fits_set_hdustruc(f, &status);
  several(f);
  steps(f);
  fits_flush_file(f, &status);
  copies(f);
  fits_close_file(f, &status);
  printf("%d\n", status);
  read_only();
  images();
  return 0;
}
