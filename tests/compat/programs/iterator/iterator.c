/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The iterator: columns of all types, null values, images, writing, sizes of steps, early ends, errors.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

#define ROWS 20

static void make_table(fitsfile **fptr, int *status) {
  char *ttype[] = {"B", "S", "I", "J", "K", "E",  "D",  "L", "A", "X",
                   "V", "U", "C", "M", "W", "SC", "AA", "G", "P", "Q"};
  char *tform[] = {"1B", "1S", "1I", "1J", "1K", "1E", "1D",   "1L", "8A",  "12X",
                   "3E", "1U", "1C", "1M", "1V", "1I", "12A4", "1W", "1PE", "1PJ"};
  char *unit[] = {"cm", "", "", "", "", "", "s", "", "", "", "", "", "", "", "", "", "", "", "", ""};
  fits_create_file(fptr, "table.fits", status);
  fits_create_tbl(*fptr, BINARY_TBL, ROWS, 20, ttype, tform, unit, "T", status);
  fits_write_key_lng(*fptr, "TNULL3", -7, NULL, status);
  fits_write_key_lng(*fptr, "TNULL4", 5, NULL, status);
  fits_write_key_lng(*fptr, "TLMIN4", 2, NULL, status);
  fits_write_key_lng(*fptr, "TLMAX4", 200, NULL, status);
  fits_write_key_dbl(*fptr, "TLMAX7", 200.5, 3, NULL, status);
  fits_write_key_str(*fptr, "TDISP7", "F8.3", NULL, status);
  fits_write_key_dbl(*fptr, "TSCAL16", 0.5, 3, NULL, status);
  fits_write_key_dbl(*fptr, "TZERO16", 10.0, 3, NULL, status);
  fits_set_hdustruc(*fptr, status);
  for (int i = 1; i <= ROWS; i++) {
    long x = 3 * i;
    double d = i + 0.25, many[4] = {i, i + .5, i + .25, i + .125};
    char text[13], *p = text, bit[12], l = (char)(i % 2);
    (void)snprintf(text, sizeof text, "s%d", i);
    for (int b = 0; b < 12; b++)
      bit[b] = (char)((i >> (b % 5)) & 1);
    for (int c = 1; c <= 7; c++)
      fits_write_col_lng(*fptr, c, i, 1, 1, &x, status);
    fits_write_col_dbl(*fptr, 7, i, 1, 1, &d, status);
    fits_write_col_log(*fptr, 8, i, 1, 1, &l, status);
    fits_write_col_str(*fptr, 9, i, 1, 1, &p, status);
    fits_write_col_bit(*fptr, 10, i, 1, 12, bit, status);
    fits_write_col_dbl(*fptr, 11, i, 1, 3, many, status);
    fits_write_col_lng(*fptr, 12, i, 1, 1, &x, status);
    fits_write_col_dblcmp(*fptr, 13, i, 1, 1, many, status);
    fits_write_col_dblcmp(*fptr, 14, i, 1, 1, many, status);
    fits_write_col_lng(*fptr, 15, i, 1, 1, &x, status);
    fits_write_col_dbl(*fptr, 16, i, 1, 1, &d, status);
    fits_write_col_str(*fptr, 17, i, 1, 1, &p, status);
    fits_write_col_lng(*fptr, 18, i, 1, 1, &x, status);
    fits_write_col_dbl(*fptr, 19, i, 1, i % 4, many, status);
    fits_write_col_dbl(*fptr, 20, i, 1, 1 + i % 3, many, status);
  }
  printf("made %d\n", *status);
}

static void set_nulls(fitsfile *fptr, int *status) {
  for (int c = 3; c <= 9; c++)
    if (c != 5)
      fits_write_col_null(fptr, c, 4 + c, 1, 1, status);
  fits_write_col_null(fptr, 11, 3, 2, 1, status);
  printf("nulls %d\n", *status);
}

static void show_value(const iteratorCol *col, long i) {
  switch (col->datatype) {
  case TBYTE:
    printf(" %d", ((unsigned char *)col->array)[i]);
    break;
  case TSBYTE:
  case TLOGICAL:
  case TBIT:
    printf(" %d", ((signed char *)col->array)[i]);
    break;
  case TSHORT:
    printf(" %d", ((short *)col->array)[i]);
    break;
  case TUSHORT:
    printf(" %d", ((unsigned short *)col->array)[i]);
    break;
  case TINT:
    printf(" %d", ((int *)col->array)[i]);
    break;
  case TUINT:
    printf(" %u", ((unsigned *)col->array)[i]);
    break;
  case TLONG:
    printf(" %ld", ((long *)col->array)[i]);
    break;
  case TULONG:
    printf(" %lu", ((unsigned long *)col->array)[i]);
    break;
  case TLONGLONG:
    printf(" %lld", ((LONGLONG *)col->array)[i]);
    break;
  case TFLOAT:
    printf(" %g", ((float *)col->array)[i]);
    break;
  case TDOUBLE:
    printf(" %g", ((double *)col->array)[i]);
    break;
  case TCOMPLEX:
    printf(" %g+%gi", ((float *)col->array)[2 * i], ((float *)col->array)[2 * i + 1]);
    break;
  case TDBLCOMPLEX:
    printf(" %g+%gi", ((double *)col->array)[2 * i], ((double *)col->array)[2 * i + 1]);
    break;
  case TSTRING:
    printf(" '%s'", ((char **)col->array)[i]);
    break;
  default:
    break;
  }
}

typedef struct plan {
  int calls;
  int stop_at; /* returns `answer` in this call */
  int answer;
  int write;
  int quiet;
} plan;

static int work(long totaln, long offset, long firstn, long nvalues, int narrays, iteratorCol *data, void *user) {
  plan *todo = user;
  todo->calls++;
  printf(" call %ld %ld %ld %ld %d\n", totaln, offset, firstn, nvalues, narrays);
  for (int c = 0; c < narrays; c++) {
    iteratorCol *col = &data[c];
    printf("  %d {%s} type %d io %d repeat %ld limits %ld %ld unit {%s} disp {%s}:", fits_iter_get_colnum(col),
           fits_iter_get_colname(col), fits_iter_get_datatype(col), fits_iter_get_iotype(col),
           fits_iter_get_repeat(col), fits_iter_get_tlmin(col), fits_iter_get_tlmax(col), fits_iter_get_tunit(col),
           fits_iter_get_tdisp(col));
    if (fits_iter_get_iotype(col) != OutputCol && !todo->quiet)
      for (long i = 0; i < nvalues * col->repeat + (col->datatype != TCOMPLEX && col->datatype != TDBLCOMPLEX); i++)
        show_value(col, i);
    printf("\n");
    if (todo->write && col->iotype != InputCol) {
      for (long i = 1; i <= nvalues * col->repeat; i++) {
        if (col->datatype == TDOUBLE)
          ((double *)col->array)[i] = (double)(firstn + i) / 8;
        else if (col->datatype == TLONG)
          ((long *)col->array)[i] += 1000 * todo->calls;
        else if (col->datatype == TINT)
          ((int *)col->array)[i] = (int)i;
        else if (col->datatype == TSTRING)
          (void)snprintf(((char **)col->array)[i], 5, "w%ld", firstn + i);
        else if (col->datatype == TLOGICAL)
          ((char *)col->array)[i] = (char)(i % 3 == 0);
      }
      if (todo->write == 2) { /* with null values */
        if (col->datatype == TDOUBLE)
          ((double *)col->array)[0] = ((double *)col->array)[2] = DOUBLENULLVALUE;
        else if (col->datatype == TLONG)
          ((long *)col->array)[0] = ((long *)col->array)[2] = -99;
        else if (col->datatype == TINT)
          ((int *)col->array)[0] = ((int *)col->array)[2] = -99;
      }
    }
  }
  return todo->calls == todo->stop_at ? todo->answer : 0;
}

static void run(const char *what, int n, iteratorCol *cols, long offset, long step, plan *todo) {
  int status = 0;
  printf("%s\n", what);
  todo->calls = 0;
  int result = fits_iterate_data(n, cols, offset, step, work, todo, &status);
  printf(" => %d %d after %d calls\n", result, status, todo->calls);
  fits_clear_errmsg();
}

static void read_all(fitsfile *fptr) {
  static const int types[] = {0, TBYTE, TSBYTE, TSHORT, TUSHORT, TINT, TUINT, TLONG, TULONG, TFLOAT, TDOUBLE};
  plan todo = {0};
  for (int c = 1; c <= 20; c++)
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
      iteratorCol col;
      if (c == 3 && (types[t] == TBYTE || types[t] == TUSHORT)) /* these cannot hold its null value */
        continue;
      if (t > 0 && ((c >= 8 && c <= 14 && c != 11 && c != 12) || c == 17 || c > 18))
        continue;
      memset(&col, 0, sizeof col);
      fits_iter_set_by_num(&col, fptr, c, types[t], InputCol);
      run("read", 1, &col, 0, 7, &todo);
    }
}

static void read_cases(fitsfile *fptr) {
  iteratorCol cols[3];
  plan todo = {0};
  int status = 0;
  memset(cols, 0, sizeof cols);
  printf("%d\n", fits_iter_set_by_name(&cols[0], fptr, "j", 0, InputCol));
  fits_iter_set_file(&cols[1], fptr);
  fits_iter_set_colname(&cols[1], "E");
  fits_iter_set_colnum(&cols[1], 0);
  fits_iter_set_datatype(&cols[1], TDOUBLE);
  fits_iter_set_iotype(&cols[1], InputCol);
  fits_iter_set_by_name(&cols[2], fptr, "A", TSTRING, InputCol);
  printf("%d\n", fits_iter_get_file(&cols[1]) == fptr);
  run("three", 3, cols, 0, 0, &todo);
  run("offset", 3, cols, 15, 2, &todo);
  run("offset at the end", 3, cols, ROWS, 2, &todo);
  run("offset behind the end", 3, cols, ROWS + 5, 2, &todo);
  run("negative offset", 2, cols, -3, 5, &todo);
  run("all", 2, cols, 0, -1, &todo);
  run("large step", 2, cols, 2, 1000, &todo);
  todo.stop_at = 2;
  todo.answer = -1;
  run("stop", 2, cols, 0, 3, &todo);
  todo.answer = 1234;
  run("fail", 2, cols, 0, 3, &todo);
  todo.answer = -5;
  run("stop with another number", 2, cols, 0, 3, &todo);
  todo.stop_at = 0;
  fits_iter_set_by_name(&cols[0], fptr, "NOT", 0, InputCol);
  run("no such column", 1, cols, 0, 3, &todo);
  fits_iter_set_by_num(&cols[0], fptr, 30, 0, InputCol);
  run("no such number", 1, cols, 0, 3, &todo);
  fits_iter_set_by_name(&cols[0], fptr, "*", 0, InputCol);
  run("wild", 1, cols, 0, 3, &todo);
  fits_iter_set_by_name(&cols[0], fptr, "J", 77, InputCol);
  run("bad type", 1, cols, 0, 3, &todo);
  status = 17;
  printf("%d\n", fits_iterate_data(1, cols, 0, 0, work, &todo, &status));
  fits_iter_set_by_name(&cols[0], fptr, "P", TFLOAT, InputCol);
  fits_iter_set_by_name(&cols[1], fptr, "J", TLONG, InputCol);
  run("variable length", 2, cols, 0, 3, &todo);
}

static void write_cases(fitsfile *fptr) {
  iteratorCol cols[4];
  plan todo = {.write = 1};
  int status = 0;
  memset(cols, 0, sizeof cols);
  fits_iter_set_by_name(&cols[0], fptr, "E", TDOUBLE, OutputCol);
  fits_iter_set_by_name(&cols[1], fptr, "J", TLONG, InputOutputCol);
  fits_iter_set_by_name(&cols[2], fptr, "A", TSTRING, OutputCol);
  fits_iter_set_by_name(&cols[3], fptr, "L", TLOGICAL, OutputCol);
  run("write", 4, cols, 0, 6, &todo);
  todo.write = 2;
  run("write null values", 2, cols, 4, 6, &todo);
  todo.write = 1;
  todo.stop_at = 2;
  todo.answer = -1;
  run("write and stop", 2, cols, 4, 3, &todo);
  todo.answer = 77;
  run("write and fail", 2, cols, 4, 3, &todo);
  todo.stop_at = 0;
  fits_iter_set_by_name(&cols[0], fptr, "V", TDOUBLE, OutputCol);
  run("write vectors", 1, cols, 2, 7, &todo);
  fits_iter_set_by_name(&cols[0], fptr, "P", TDOUBLE, OutputCol);
  run("write variable length", 1, cols, 0, 7, &todo);
  fits_flush_file(fptr, &status);
  printf("%d\n", status);
}

static void images(void) {
  fitsfile *fptr = NULL, *table = NULL;
  int status = 0;
  long naxes[2] = {7, 5};
  float pixels[35];
  iteratorCol cols[2];
  plan todo = {0};
  for (int i = 0; i < 35; i++)
    pixels[i] = (float)i / 2;
  fits_create_file(&fptr, "image.fits", &status);
  fits_create_img(fptr, FLOAT_IMG, 2, naxes, &status);
  fits_write_key_str(fptr, "BUNIT", "Jy", NULL, &status);
  fits_write_key_dbl(fptr, "DATAMIN", 1.5, 3, NULL, &status);
  fits_write_img(fptr, TFLOAT, 1, 35, pixels, &status);
  fits_write_img_null(fptr, 1, 5, 2, &status);
  memset(cols, 0, sizeof cols);
  fits_iter_set_by_num(&cols[0], fptr, 0, 0, InputCol);
  run("image", 1, cols, 0, 0, &todo);
  fits_iter_set_by_num(&cols[0], fptr, 0, TINT, InputCol);
  run("image in steps", 1, cols, 3, 10, &todo);
  fits_iter_set_by_num(&cols[0], fptr, 0, TDOUBLE, InputOutputCol);
  todo.write = 2;
  run("write image", 1, cols, 3, 10, &todo);
  fits_create_img(fptr, SHORT_IMG, 2, naxes, &status);
  fits_write_key_lng(fptr, "BLANK", -3, NULL, &status);
  fits_set_hdustruc(fptr, &status);
  fits_iter_set_by_num(&cols[0], fptr, 0, TINT, OutputCol);
  run("write short image", 1, cols, 0, 0, &todo);
  fits_iter_set_by_num(&cols[0], fptr, 0, 0, InputCol);
  todo.write = 0;
  run("read short image", 1, cols, 0, 0, &todo);
  fits_create_img(fptr, USHORT_IMG, 2, naxes, &status);
  unsigned short many[35];
  memset(many, 255, sizeof many);
  fits_write_img(fptr, TUSHORT, 1, 35, many, &status);
  run("read ushort image", 1, cols, 0, 0, &todo);
  fits_create_img(fptr, BYTE_IMG, 0, naxes, &status);
  run("empty image", 1, cols, 0, 0, &todo);
  fits_open_file(&table, "table.fits[1]", READONLY, &status);
  fits_movabs_hdu(fptr, 1, NULL, &status);
  fits_iter_set_by_name(&cols[1], table, "J", TLONG, InputCol);
  run("image and table", 2, cols, 0, 50, &todo);
  fits_close_file(table, &status);
  fits_close_file(fptr, &status);
  printf("%d\n", status);
}

static void ascii(void) {
  fitsfile *fptr = NULL;
  int status = 0;
  char *ttype[] = {"I", "F", "A"}, *tform[] = {"I6", "F8.2", "A5"};
  iteratorCol cols[3];
  plan todo = {0};
  fits_create_file(&fptr, "ascii.fits", &status);
  fits_create_tbl(fptr, ASCII_TBL, 6, 3, ttype, tform, NULL, "A", &status);
  fits_write_key_str(fptr, "TNULL1", "-9", NULL, &status);
  fits_set_hdustruc(fptr, &status);
  for (int i = 1; i <= 6; i++) {
    long x = i * 11;
    double d = i / 4.0;
    char text[6], *p = text;
    (void)snprintf(text, sizeof text, "a%d", i);
    fits_write_col_lng(fptr, 1, i, 1, 1, &x, &status);
    fits_write_col_dbl(fptr, 2, i, 1, 1, &d, &status);
    fits_write_col_str(fptr, 3, i, 1, 1, &p, &status);
  }
  fits_write_col_null(fptr, 1, 3, 1, 1, &status);
  memset(cols, 0, sizeof cols);
  for (int c = 0; c < 3; c++)
    fits_iter_set_by_num(&cols[c], fptr, c + 1, 0, InputCol);
  run("ascii", 3, cols, 0, 4, &todo);
  for (int c = 0; c < 3; c++) /* as fitsverify reads them */
    fits_iter_set_by_num(&cols[c], fptr, c + 1, TSTRING, InputCol);
  run("ascii as text", 3, cols, 0, 4, &todo);
  fits_iter_set_by_num(&cols[0], fptr, 1, TDOUBLE, OutputCol);
  todo.write = 1;
  run("write ascii", 1, cols, 0, 4, &todo);
  fits_close_file(fptr, &status);
  printf("%d\n", status);
}

static void steps(void) {
  fitsfile *fptr = NULL;
  int status = 0;
  char *ttype[] = {"A", "B", "C"}, *tform[] = {"1J", "40E", "1D"};
  iteratorCol cols[3];
  plan todo = {.quiet = 1};
  fits_create_file(&fptr, "steps.fits", &status);
  fits_create_tbl(fptr, BINARY_TBL, 30000, 3, ttype, tform, NULL, "S", &status);
  fits_write_col(fptr, TINT, 1, 30000, 1, 1, &status, &status);
  memset(cols, 0, sizeof cols);
  for (int c = 0; c < 3; c++)
    fits_iter_set_by_num(&cols[c], fptr, c + 1, 0, InputCol);
  run("steps of one", 1, cols, 0, 0, &todo);
  run("steps of three", 3, cols, 100, 0, &todo);
  fits_close_file(fptr, &status);
  (void)remove("steps.fits");
}

int main(void) {
  fitsfile *fptr = NULL;
  int status = 0;
  make_table(&fptr, &status);
  read_all(fptr);
  set_nulls(fptr, &status);
  read_all(fptr);
  read_cases(fptr);
  write_cases(fptr);
  fits_close_file(fptr, &status);
  images();
  ascii();
  steps();
  printf("%d\n", status);
  return 0;
}
