/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names, wild cards, types, widths and parameters of columns.
 */
#include "columns.h"

static void search(fitsfile *f, int casesen, const char *name) {
  char found[FLEN_VALUE] = "-";
  int status = 0, column = 0;
  for (int i = 0; i < 8; i++) {
    fits_get_colname(f, casesen, (char *)name, found, &column, &status);
    printf("%d '%s': %d %d %s\n", casesen, name, status, column, status == COL_NOT_FOUND ? "" : found);
    if (status != COL_NOT_UNIQUE)
      break;
  }
  status = 0;
  fits_get_colnum(f, casesen, (char *)name, &column, &status);
  printf("  number: %d %d\n", status, column);
}

static void types_of(fitsfile *f, int column) {
  int status = 0, type = 0, width = 0;
  long repeat = 0, bytes = 0;
  LONGLONG repeatll = 0, bytesll = 0;
  fits_get_coltype(f, column, &type, &repeat, &bytes, &status);
  printf("column %d: %d, %d %ld %ld", column, status, type, repeat, bytes);
  status = 0;
  fits_get_coltypell(f, column, &type, &repeatll, &bytesll, &status);
  printf(" = %d %lld %lld (%d)", type, repeatll, bytesll, status);
  status = 0;
  fits_get_eqcoltype(f, column, &type, &repeat, &bytes, &status);
  printf(", equivalent %d %ld %ld (%d)", type, repeat, bytes, status);
  status = 0;
  fits_get_eqcoltypell(f, column, &type, NULL, NULL, &status);
  fits_get_col_display_width(f, column, &width, &status);
  printf(" = %d, display %d (%d)\n", type, width, status);
}

static void parameters_of(fitsfile *f, int column) {
  char name[FLEN_VALUE] = "", unit[FLEN_VALUE] = "", form[FLEN_VALUE] = "", null[FLEN_VALUE] = "",
       disp[FLEN_VALUE] = "";
  double scale = 0, zero = 0;
  long repeat = 0, tnull = 0, tbcol = 0;
  int status = 0;
  if (f->Fptr->hdutype == ASCII_TBL)
    fits_get_acolparms(f, column, name, &tbcol, unit, form, &scale, &zero, null, disp, &status);
  else
    fits_get_bcolparms(f, column, name, unit, form, &repeat, &scale, &zero, &tnull, disp, &status);
  printf("  %d [%s] [%s] [%s] [%s] [%s] %.17g %.17g %ld %ld %ld\n", status, name, unit, form, null, disp, scale, zero,
         repeat, tnull, tbcol);
}

static void describe(fitsfile *f, int columns) {
  long rows = 0;
  int n = 0, status = 0;
  for (int i = 0; i <= columns + 1; i++) {
    if (i > 0 && i <= columns)
      types_of(f, i);
    if (i > 0 && i <= columns)
      parameters_of(f, i);
  }
  fits_get_rowsize(f, &rows, &status);
  fits_get_num_cols(f, &n, &status);
  printf("rows at once %ld, columns %d (%d)\n", rows, n, status);
  fits_get_num_rows(f, &rows, &status);
  printf("rows %ld (%d)\n", rows, status);
}

int main(void) {
  fitsfile *f;
  int status = 0;
  char *names[] = {"X", "Counts", "COUNTS_ERR", "x", "Y_1", "Y_2", "3", "a b", "L", "K", "bits", "C", "M", "V", "W"};
  char *forms[] = {"1J", "12A4", "3E", "1D", "1I", "1U", "B", "10A", "L", "2K", "11X", "C", "M", "1PE(5)", "1QA"};
  char *units[] = {"m", "", "s", "", "", "", "deg", "", "", "", "", "", "", "", ""};
  char *text_names[] = {"N", "F", "E", "S", "D"}, *text_forms[] = {"I6", "F8.3", "E14.6", "A7", "D20.12"};
  double scales[] = {1, 1, 1, 2, .5, 1, 100, -1, 1e10}, zeros[] = {0, -128, 32768, 0, 0, 2147483648., 0, 5, 0};
  char *scaled[] = {"B", "I", "J", "K", "E", "D"};
  long axes[] = {10, 20};
  fits_create_file(&f, "info.fits", &status);
  fits_create_tbl(f, BINARY_TBL, 3, COUNT(names), names, forms, units, "T", &status);
  fits_write_key_str(f, "TDISP1", "I7", NULL, &status);
  fits_write_key_str(f, "TDISP3", "F9.2", NULL, &status);
  fits_write_key_str(f, "TDISP12", "E12.4", NULL, &status);
  fits_write_key_str(f, "TDIM2", "(6,2)", NULL, &status);
  fits_write_key_str(f, "TDIM8", "(5,2)", NULL, &status);
  fits_write_key_lng(f, "TNULL1", -5, NULL, &status);
  fits_write_key_dbl(f, "TSCAL5", .5, 3, NULL, &status);
  fits_set_hdustruc(f, &status);
  describe(f, COUNT(names));
  for (int casesen = 0; casesen < 2; casesen++) {
    const char *wanted[] = {"x",    "X", "counts", "Count*", "*",   "Y_?", "Y_#",  "Y*", "3", "2", "",
                            "nope", "?", "99",     "a b",    "a B", "l",   "bit*", "#",  "0", "X "};
    for (int i = 0; i < COUNT(wanted); i++)
      search(f, casesen, wanted[i]);
  }
  fits_create_tbl(f, ASCII_TBL, 2, COUNT(text_names), text_names, text_forms, NULL, "A", &status);
  fits_write_key_str(f, "TNULL1", "none", NULL, &status);
  fits_write_key_str(f, "TDISP2", "F6.1", NULL, &status);
  fits_write_key_str(f, "TUNIT3", "kg", NULL, &status);
  fits_set_hdustruc(f, &status);
  describe(f, COUNT(text_names));
  for (int i = 0; i < COUNT(scaled); i++)
    for (int k = 0; k < COUNT(scales); k++) {
      char *name = "X";
      fits_create_tbl(f, BINARY_TBL, 1, 1, &name, &scaled[i], NULL, "S", &status);
      fits_write_key_dbl(f, "TSCAL1", scales[k], 15, NULL, &status);
      fits_write_key_dbl(f, "TZERO1", zeros[k], 15, NULL, &status);
      fits_set_hdustruc(f, &status);
      printf("%s %g %g (%d) ", scaled[i], scales[k], zeros[k], status);
      types_of(f, 1);
    }
  fits_create_img(f, DOUBLE_IMG, 2, axes, &status);
  fits_get_rowsize(f, axes, &status);
  printf("pixels at once %ld (%d)\n", axes[0], status);
  int n = 0;
  fits_get_num_cols(f, &n, &status);
  printf("columns of an image: %d\n", status);
  status = 0;
  fits_get_num_rows(f, axes, &status);
  printf("rows of an image: %d\n", status);
  status = 0;
  fits_close_file(f, &status);
  printf("%d\n", status);
  return 0;
}
