/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Strings, fields of ASCII tables, and numbers as text.
 */
#include "columns.h"

#define MOST 400

static char room[12][MOST], *texts[12];

static void clear(void) {
  memset(room, '#', sizeof room);
  for (int i = 0; i < 12; i++) {
    room[i][MOST - 1] = '\0';
    texts[i] = room[i];
  }
}

/* Prints texts that were read; '#': not touched. */
static void show(int n) {
  for (int i = 0; i < n; i++)
    printf(room[i][0] == '#' && room[i][1] == '#' ? " untouched" : " [%s]", room[i]);
}

static void read_texts(fitsfile *f, int column, LONGLONG row, LONGLONG element, int n) {
  char flags[12];
  int any = -1, status = 0;
  clear();
  fits_read_col_str(f, column, row, element, n, "nil", texts, &any, &status);
  printf("column %d row %lld: %d any %d", column, row, status, any);
  show(n);
  clear();
  any = -1;
  status = 0;
  fits_read_col(f, TSTRING, column, row, element, n, NULL, texts, &any, &status);
  printf(" | %d any %d", status, any);
  show(n);
  clear();
  any = -1;
  status = 0;
  memset(flags, 9, sizeof flags);
  fits_read_colnull_str(f, column, row, element, n, texts, flags, &any, &status);
  printf(" | %d any %d", status, any);
  for (int i = 0; i < n && any > 0; i++)
    printf(" %d", flags[i]);
  printf("\n");
}

static void strings(void) {
  fitsfile *f;
  int status = 0, values[] = {1, 2, 3};
  char *names[] = {"A", "B", "V", "Q"}, *forms[] = {"8A", "12A4", "1PA", "1QA"};
  char *some[] = {"aaaaaaaaaaaaaa", "b", "", "d ", " e", "ffff", "g", "h"};
  fits_create_file(&f, "strings.fits", &status);
  fits_create_tbl(f, BINARY_TBL, 0, COUNT(names), names, forms, NULL, "T", &status);
  for (int c = 1; c <= 2; c++) {
    fits_write_col_str(f, c, 1, 1, c == 1 ? 4 : 8, some, &status);
    printf("wrote %d\n", status);
  }
  for (int row = 1; row <= 3; row++) {
    fits_write_col_str(f, 3, row, 1, 1, &some[row - 1], &status);
    fits_write_col_str(f, 4, row, 1, 1, &some[row + 1], &status);
    printf("wrote %d\n", status);
  }
  fits_write_colnull_str(f, 2, 3, 2, 4, some, "b", &status);
  printf("with null %d\n", status);
  show_rows(f);
  show_heap(f);
  for (int row = 1; row <= 4; row++) {
    read_texts(f, 1, row, 1, 1);
    read_texts(f, 2, row, 1, 3);
  }
  for (int c = 3; c <= 4; c++)
    for (int row = 1; row <= 3; row++)
      read_texts(f, c, row, 1, 1);
  read_texts(f, 1, 1, 1, 4);
  read_texts(f, 2, 2, 2, 4);
  read_texts(f, 2, 1, 3, 6);
  read_texts(f, 1, 9, 1, 1);
  read_texts(f, 2, 1, 4, 1);
  read_texts(f, 2, 0, 1, 1);
  read_texts(f, 9, 1, 1, 1);
  read_texts(f, 1, 4, 1, 2);
  fits_write_nullrows(f, 1, 1, &status);
  printf("null row %d\n", status);
  fits_write_col_str(f, 2, 1, 2, 2, some, &status); /* CFITSIO forgets the strings behind the first one */
  fits_write_col(f, TSTRING, 1, 12, 1, 1, some, &status);
  printf("grown %d\n", status);
  show_rows(f);
  fits_write_col_str(f, 2, 1, 4, 1, some, &status);
  printf("element %d\n", status);
  status = 0;
  fits_read_col(f, TINT, 1, 1, 1, 1, NULL, values, NULL, &status);
  printf("as number %d\n", status);
  status = 0;
  fits_close_file(f, &status);
  printf("%d\n", status);
}

static void fields(void) {
  fitsfile *f;
  int status = 0;
  char *names[] = {"I", "J", "F", "E", "D", "A", "N"};
  char *forms[] = {"I5", "I12", "F8.2", "E12.4", "D25.16", "A6", "I20"};
  double values[] = {1.5, -2.5, 123456.789, 1e10, -1e-10, 0, 99999.5, -9999.5, 2.5, 3.5, 1e300};
  LONGLONG large[] = {9007199254740993LL, -9223372036854775807LL - 1, 9223372036854775807LL};
  const char *integers[] = {"NUL  ", " 1 2 ", " 1.5 ", "1E2  ", " 1D1 ", "  -  ",
                            "     ", "1+2  ", "abc  ", "+3   ", "*****", "-.5E1"};
  const char *reals[] = {"***     ", "123     ", "-12345  ", " 1 2 3 4", " 1.5e3  ", "12345678",
                         "   .    ", ". 5     ", "NaN     ", "1e400   ", "1 E - 2 ", "1.E+300 "};
  char *some[] = {"zz", "hello world", "", " x"}, *long_texts[] = {"12345678", "x"};
  fits_create_file(&f, "fields.fits", &status);
  fits_create_tbl(f, ASCII_TBL, 0, COUNT(names), names, forms, NULL, "T", &status);
  fits_write_key_str(f, "TNULL1", "NUL", NULL, &status);
  fits_write_key_str(f, "TNULL3", "***", NULL, &status);
  fits_write_key_str(f, "TNULL6", "zz", NULL, &status);
  fits_set_hdustruc(f, &status);
  for (int c = 1; c <= COUNT(names); c++) {
    if (c == 6) /* CFITSIO prints "(null)" */
      continue;
    status = 0;
    fits_write_col(f, TDOUBLE, c, 1, 1, COUNT(values), values, &status);
    printf("wrote %d: %d\n", c, status);
  }
  status = 0;
  fits_write_col(f, TLONGLONG, 7, 1, 1, 3, large, &status);
  printf("wrote %d\n", status);
  show_rows(f);
  for (int i = 0; i < 12; i++) {
    fits_write_tblbytes(f, i + 1, 1, 5, (unsigned char *)integers[i], &status);
    fits_write_tblbytes(f, i + 1, f->Fptr->tableptr[2].tbcol + 1, 8, (unsigned char *)reals[i], &status);
  }
  for (int i = 0; i < 12; i++) {
    int null = -99, number[] = {-5, -5, -5}, any[] = {7, 7, 7}, states[] = {0, 0, 0};
    double value = -5, null_value = 77;
    float single = -5;
    char flag = 9;
    fits_read_col(f, TINT, 1, i + 1, 1, 1, NULL, &number[0], &any[0], &states[0]);
    fits_read_col(f, TINT, 1, i + 1, 1, 1, &null, &number[1], &any[1], &states[1]);
    fits_read_colnull(f, TINT, 1, i + 1, 1, 1, &number[2], &flag, &any[2], &states[2]);
    printf("[%s] %d any %d (%d) %d any %d (%d) %d any %d (%d)", integers[i], number[0], any[0], states[0], number[1],
           any[1], states[1], flag, any[2], states[2]);
    fits_read_col(f, TDOUBLE, 3, i + 1, 1, 1, NULL, &value, &any[0], (status = 0, &status));
    printf(" [%s] %.17g any %d (%d)", reals[i], value, any[0], status);
    fits_read_col(f, TDOUBLE, 3, i + 1, 1, 1, &null_value, &value, &any[0], (status = 0, &status));
    printf(" %.17g any %d (%d)", value, any[0], status);
    fits_read_col(f, TFLOAT, 3, i + 1, 1, 1, NULL, &single, &any[0], (status = 0, &status));
    printf(" %.9g (%d)\n", single, status);
  }
  status = 0;
  for (int c = 1; c <= COUNT(names); c++)
    if (c != 6)
      read_texts(f, c, 1, 1, 5);
  fits_write_col_str(f, 6, 1, 1, 4, some, &status);
  read_texts(f, 6, 1, 1, 4);
  fits_write_col_str(f, 1, 1, 1, 2, long_texts, &status);
  printf("text into numbers %d\n", status);
  for (int c = 1; c <= COUNT(names); c++) {
    status = 0;
    fits_write_col_null(f, c, 3, 1, 1, &status);
    printf("null %d: %d\n", c, status);
  }
  status = 0;
  fits_write_nullrows(f, 4, 2, &status);
  printf("null rows %d\n", status);
  fits_write_col_str(f, 6, 4, 1, 2, some, &status); /* CFITSIO leaves text as it is */
  int three[] = {1, 2, 3}, two = 2;
  fits_write_colnull(f, TINT, 1, 5, 1, 3, three, &two, &status);
  printf("with null %d\n", status);
  fits_write_colnull(f, TINT, 2, 5, 1, 3, three, &two, &status);
  printf("with null %d\n", status);
  show_rows(f);
  char logical[] = {1};
  for (int i = 0; i < 3; i++) {
    status = 0;
    i == 0   ? fits_write_col_log(f, 1, 1, 1, 1, logical, &status)
    : i == 1 ? fits_read_col_log(f, 1, 1, 1, 1, 0, logical, NULL, &status)
             : fits_read_col_bit(f, 1, 1, 1, 1, logical, &status);
    printf("logical %d\n", status);
  }
  status = 0;
  fits_write_col(f, TINT, 2, 14, 1, 1, three, &status);
  printf("grown %d\n", status);
  show_rows(f);
  fits_close_file(f, &status);
  printf("%d\n", status);
}

static void displayed(void) {
  static const char *const formats[] = {"",  "I5",   "F8.3",  "E12.4", "D20.10", "G10.2", "Z8", "O12",
                                        "8", "I8.3", "E12.3", "E9.1",  "B10",    "L3",    "%d"};
  static char *forms[] = {"B", "S", "I", "U", "J", "V", "K", "W", "E", "D", "C", "M"};
  fitsfile *f;
  int status = 0;
  double values[] = {12, 3, 100, 65, 0, 1, 127, 5}, reals[] = {-12.75, 3, 1e10, -1e-10, 0, 123456789, 1e100, 2};
  char *name = "X";
  fits_create_file(&f, "displayed.fits", &status);
  for (int i = 0; i < COUNT(forms); i++)
    for (int k = 0; k < COUNT(formats); k++) {
      int integer = i < 8, type = i == 10 || i == 11 ? TDBLCOMPLEX : TDOUBLE;
      if (integer && strchr("FEDG", *formats[k]) != NULL && *formats[k]) /* CFITSIO prints other numbers */
        continue;
      if ((i == 6 || i == 7) && k > 0) /* CFITSIO prints 20 characters in any case */
        continue;
      fits_create_tbl(f, BINARY_TBL, 0, 1, &name, &forms[i], NULL, "T", &status);
      if (*formats[k])
        fits_write_key_str(f, "TDISP1", (char *)formats[k], NULL, &status);
      fits_set_hdustruc(f, &status);
      fits_write_col(f, type, 1, 1, 1,
                     type == TDOUBLE ? (integer  ? 8
                                        : i == 8 ? 4
                                                 : 8)
                                     : 3,
                     integer ? values : reals, &status);
      printf("%s as %s (%d) ", forms[i], formats[k], status);
      status = 0;
      if (!integer && k > 0 && strchr("IZO", *formats[k]) != NULL) /* some are too large for CFITSIO's int */
        read_texts(f, 1, 1, 1, type == TDOUBLE ? 2 : 1);
      else
        read_texts(f, 1, 1, 1, type == TDOUBLE ? 4 : 1);
    }
  char *scaled_forms[] = {"B", "I", "J", "E", "D"};
  for (int i = 0; i < COUNT(scaled_forms); i++) {
    fits_create_tbl(f, BINARY_TBL, 0, 1, &name, &scaled_forms[i], NULL, "T", &status);
    fits_write_key_dbl(f, "TSCAL1", .5, 3, NULL, &status);
    if (i < 3)
      fits_write_key_lng(f, "TNULL1", 6, NULL, &status);
    fits_set_hdustruc(f, &status);
    fits_write_col(f, TDOUBLE, 1, 1, 1, 8, values, &status);
    printf("%s (%d) ", scaled_forms[i], status);
    read_texts(f, 1, 1, 1, 8);
  }
  double nan_value = strtod("nan", NULL);
  for (int i = 0; i < 2; i++) {
    char *form = i ? "D" : "E";
    fits_create_tbl(f, BINARY_TBL, 0, 1, &name, &form, NULL, "T", &status);
    fits_write_col(f, TDOUBLE, 1, 1, 1, 1, &nan_value, &status);
    fits_write_col(f, TDOUBLE, 1, 2, 1, 1, values, &status);
    read_texts(f, 1, 1, 1, 2);
  }
  fits_close_file(f, &status);
  printf("%d\n", status);
}

int main(void) {
  strings();
  fields();
  displayed();
  return 0;
}
