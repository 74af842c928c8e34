/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cases of `make bench-cfitsio`, written for CFITSIO. cfitsio.py compiles it for each library, and runs it with a
 * folder and the number of a round. It prints the seconds of each case.
 */
#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SIDE 4096
#define ROWS 2000000L

static int status;

static double now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void check(const char *name) {
  if (status > 0) {
    (void)fprintf(stderr, "%s: status %d\n", name, status);
    fits_report_error(stderr, status);
    exit(1);
  }
}

static void run(const char *name, void (*work)(void)) {
  double start = now();
  work();
  check(name);
  printf("%s\t%.6f\n", name, now() - start);
}

static fitsfile *file;
static float *pixels;
static short *shorts;
static double *doubles;

static void create(const char *name) {
  (void)remove(name);
  fits_create_file(&file, name, &status);
}

static void open_file(const char *name) {
  fits_open_file(&file, name, READONLY, &status);
}

static void close_file(void) {
  fits_close_file(file, &status);
}

static void write_floats(void) {
  long axes[2] = {SIDE, SIDE};
  create("f4.fits");
  fits_create_img(file, FLOAT_IMG, 2, axes, &status);
  fits_write_img(file, TFLOAT, 1, (LONGLONG)SIDE * SIDE, pixels, &status);
  close_file();
}

static void read_floats(void) {
  int any;
  open_file("f4.fits");
  fits_read_img(file, TFLOAT, 1, (LONGLONG)SIDE * SIDE, NULL, pixels, &any, &status);
  close_file();
}

static void write_shorts(void) {
  long axes[2] = {SIDE, SIDE};
  create("i2.fits");
  fits_create_img(file, SHORT_IMG, 2, axes, &status);
  fits_write_img(file, TSHORT, 1, (LONGLONG)SIDE * SIDE, shorts, &status);
  close_file();
}

static void read_shorts_as_floats(void) {
  int any;
  float null = 0;
  open_file("i2.fits");
  fits_read_img(file, TFLOAT, 1, (LONGLONG)SIDE * SIDE, &null, pixels, &any, &status);
  close_file();
}

static void read_subsets(void) {
  int any;
  long step[2] = {1, 1};
  open_file("f4.fits");
  for (long i = 0; i < 1000; i++) {
    long first[2] = {1 + (i * 37) % 4000, 1 + (i * 91) % 4000}, last[2] = {first[0] + 31, first[1] + 31};
    fits_read_subset(file, TFLOAT, first, last, step, NULL, pixels, &any, &status);
  }
  close_file();
}

static void write_table(void) {
  char *types[] = {"ID", "X", "Y", "FLAG"}, *forms[] = {"1J", "1D", "1E", "1I"};
  create("table.fits");
  fits_create_tbl(file, BINARY_TBL, 0, 4, types, forms, NULL, "T", &status);
  for (int column = 1; column <= 4; column++)
    fits_write_col(file, TDOUBLE, column, 1, 1, ROWS, doubles, &status);
  close_file();
}

static void read_columns(void) {
  int any;
  open_file("table.fits");
  fits_movabs_hdu(file, 2, NULL, &status);
  for (int column = 1; column <= 4; column++)
    fits_read_col(file, TDOUBLE, column, 1, 1, ROWS, NULL, doubles, &any, &status);
  close_file();
}

static void write_cells(void) {
  char *types[] = {"A", "B"}, *forms[] = {"1J", "1D"};
  create("cells.fits");
  fits_create_tbl(file, BINARY_TBL, 0, 2, types, forms, NULL, "T", &status);
  for (long row = 1; row <= 500000; row++) {
    int a = (int)row;
    double b = (double)row;
    fits_write_col(file, TINT, 1, row, 1, 1, &a, &status);
    fits_write_col(file, TDOUBLE, 2, row, 1, 1, &b, &status);
  }
  close_file();
}

static void read_cells(void) {
  int any;
  open_file("cells.fits");
  fits_movabs_hdu(file, 2, NULL, &status);
  for (long row = 1; row <= 500000; row++) {
    int a;
    double b;
    fits_read_col(file, TINT, 1, row, 1, 1, NULL, &a, &any, &status);
    fits_read_col(file, TDOUBLE, 2, row, 1, 1, NULL, &b, &any, &status);
  }
  close_file();
}

static void read_single_pixels(void) {
  int any;
  open_file("f4.fits");
  for (long i = 0; i < 1000000; i++) {
    float value;
    fits_read_img(file, TFLOAT, 1 + i, 1, NULL, &value, &any, &status);
  }
  close_file();
}

static void write_keys(void) {
  long axes[1] = {10};
  char name[16];
  create("keys.fits");
  fits_create_img(file, BYTE_IMG, 1, axes, &status);
  for (int i = 0; i < 1000; i++) {
    (void)snprintf(name, sizeof name, "KEY%d", i);
    fits_update_key(file, TINT, name, &i, "a comment", &status);
  }
  close_file();
}

static void read_keys(void) {
  char name[16];
  open_file("keys.fits");
  for (int round = 0; round < 10; round++)
    for (int i = 0; i < 1000; i++) {
      int value;
      (void)snprintf(name, sizeof name, "KEY%d", (i * 617) % 1000);
      fits_read_key(file, TINT, name, &value, NULL, &status);
    }
  close_file();
}

static void compress(int type, const char *name) {
  long axes[2] = {SIDE, SIDE};
  create(name);
  fits_set_compression_type(file, type, &status);
  fits_create_img(file, SHORT_IMG, 2, axes, &status);
  fits_write_img(file, TSHORT, 1, (LONGLONG)SIDE * SIDE, shorts, &status);
  close_file();
}

static void decompress(const char *name) {
  int any;
  open_file(name);
  fits_movabs_hdu(file, 2, NULL, &status);
  fits_read_img(file, TSHORT, 1, (LONGLONG)SIDE * SIDE, NULL, shorts, &any, &status);
  close_file();
}

static void rice_out(void) {
  compress(RICE_1, "rice.fits");
}

static void rice_in(void) {
  decompress("rice.fits");
}

static void gzip_out(void) {
  compress(GZIP_1, "gzip.fits");
}

static void gzip_in(void) {
  decompress("gzip.fits");
}

static int sum(long total, long offset, long first, long n, int count, iteratorCol *columns, void *user) {
  double *values = columns[0].array;
  (void)total, (void)offset, (void)first, (void)count;
  for (long i = 1; i <= n; i++)
    *(double *)user += values[i];
  return 0;
}

static void iterate(void) {
  iteratorCol column;
  double total = 0;
  open_file("table.fits");
  fits_movabs_hdu(file, 2, NULL, &status);
  fits_iter_set_by_name(&column, file, "X", TDOUBLE, InputCol);
  fits_iterate_data(1, &column, 0, 0, sum, &total, &status);
  close_file();
}

static void select_rows(void) {
  fitsfile *out;
  open_file("table.fits");
  fits_movabs_hdu(file, 2, NULL, &status);
  (void)remove("rows.fits");
  fits_create_file(&out, "rows.fits", &status);
  fits_copy_header(file, out, &status);
  fits_select_rows(file, out, "X > 1000 && Y < 1.5e6", &status);
  fits_close_file(out, &status);
  close_file();
}

/* --- calls that are small, or far apart --- */

#define ARRAYS 200000L

static unsigned next_random(void) {
  static unsigned state = 7;
  state = state * 1664525U + 1013904223U;
  return state >> 4;
}

static void write_ascii(void) {
  char *types[] = {"I", "E", "F"}, *forms[] = {"I10", "E15.7", "F12.3"};
  create("ascii.fits");
  fits_create_tbl(file, ASCII_TBL, 0, 3, types, forms, NULL, "A", &status);
  for (int column = 1; column <= 3; column++)
    fits_write_col(file, TDOUBLE, column, 1, 1, ARRAYS, doubles, &status);
  close_file();
}

static void read_ascii(void) {
  int any;
  open_file("ascii.fits");
  fits_movabs_hdu(file, 2, NULL, &status);
  for (int column = 1; column <= 3; column++)
    fits_read_col(file, TDOUBLE, column, 1, 1, ARRAYS, NULL, doubles, &any, &status);
  close_file();
}

static void read_ascii_cells(void) {
  int any;
  double value;
  open_file("ascii.fits");
  fits_movabs_hdu(file, 2, NULL, &status);
  for (long row = 1; row <= ARRAYS; row++)
    fits_read_col(file, TDOUBLE, 2, row, 1, 1, NULL, &value, &any, &status);
  close_file();
}

static void write_arrays(void) {
  char *types[] = {"V", "S"}, *forms[] = {"1PE(10)", "12A"};
  create("arrays.fits");
  fits_create_tbl(file, BINARY_TBL, ARRAYS, 2, types, forms, NULL, "V", &status);
  for (long row = 1; row <= ARRAYS; row++)
    fits_write_col(file, TFLOAT, 1, row, 1, 10, pixels + row, &status);
  close_file();
}

static void read_arrays(void) {
  int any;
  float values[10];
  open_file("arrays.fits");
  fits_movabs_hdu(file, 2, NULL, &status);
  for (long row = 1; row <= ARRAYS; row++)
    fits_read_col(file, TFLOAT, 1, row, 1, 10, NULL, values, &any, &status);
  close_file();
}

static void write_strings(void) {
  char text[16], *pointer = text;
  fits_open_file(&file, "arrays.fits", READWRITE, &status);
  fits_movabs_hdu(file, 2, NULL, &status);
  for (long row = 1; row <= ARRAYS; row++) {
    (void)snprintf(text, sizeof text, "name %ld", row);
    fits_write_col(file, TSTRING, 2, row, 1, 1, &pointer, &status);
  }
  close_file();
}

static void read_strings(void) {
  int any;
  char text[16], *pointer = text, null[] = "";
  open_file("arrays.fits");
  fits_movabs_hdu(file, 2, NULL, &status);
  for (long row = 1; row <= ARRAYS; row++)
    fits_read_col(file, TSTRING, 2, row, 1, 1, null, &pointer, &any, &status);
  close_file();
}

static void read_random_cells(void) {
  int any;
  double value;
  open_file("table.fits");
  fits_movabs_hdu(file, 2, NULL, &status);
  for (long i = 0; i < ARRAYS; i++)
    fits_read_col(file, TDOUBLE, 2, 1 + (LONGLONG)(next_random() % ROWS), 1, 1, NULL, &value, &any, &status);
  close_file();
}

static void update_random_cells(void) {
  double value = 1;
  fits_open_file(&file, "table.fits", READWRITE, &status);
  fits_movabs_hdu(file, 2, NULL, &status);
  for (long i = 0; i < ARRAYS; i++)
    fits_write_col(file, TDOUBLE, 2, 1 + (LONGLONG)(next_random() % ROWS), 1, 1, &value, &status);
  close_file();
}

static void read_rows_as_bytes(void) {
  unsigned char row[18];
  open_file("table.fits");
  fits_movabs_hdu(file, 2, NULL, &status);
  for (long i = 1; i <= ROWS / 2; i++)
    fits_read_tblbytes(file, i, 1, sizeof row, row, &status);
  close_file();
}

static void edit_rows(void) {
  fits_open_file(&file, "cells.fits", READWRITE, &status);
  fits_movabs_hdu(file, 2, NULL, &status);
  for (long i = 0; i < 50; i++) {
    fits_insert_rows(file, 1000 * i, 10, &status);
    fits_delete_rows(file, 2000 * i + 1, 10, &status);
  }
  close_file();
}

static void edit_column(void) {
  fits_open_file(&file, "cells.fits", READWRITE, &status);
  fits_movabs_hdu(file, 2, NULL, &status);
  fits_insert_col(file, 2, "NEW", "1E", &status);
  fits_delete_col(file, 1, &status);
  close_file();
}

static void write_many_hdus(void) {
  long axes[2] = {10, 10};
  create("many.fits");
  for (int i = 0; i < 500; i++) {
    char name[16];
    (void)snprintf(name, sizeof name, "EXT%d", i);
    fits_create_img(file, SHORT_IMG, 2, axes, &status);
    fits_update_key(file, TSTRING, "EXTNAME", name, NULL, &status);
    fits_write_img(file, TSHORT, 1, 100, shorts, &status);
  }
  close_file();
}

static void move_by_name(void) {
  open_file("many.fits");
  for (int i = 0; i < 20; i++) {
    char name[16];
    (void)snprintf(name, sizeof name, "EXT%d", (i * 179) % 500);
    fits_movnam_hdu(file, ANY_HDU, name, 0, &status);
  }
  close_file();
}

static void copy_hdus(void) {
  fitsfile *out;
  open_file("many.fits");
  (void)remove("copy.fits");
  fits_create_file(&out, "copy.fits", &status);
  fits_copy_file(file, out, 1, 1, 1, &status);
  fits_close_file(out, &status);
  close_file();
}

static void open_and_close(void) {
  for (int i = 0; i < 5000; i++) {
    open_file("keys.fits");
    close_file();
  }
}

static void read_records(void) {
  char card[FLEN_CARD];
  open_file("keys.fits");
  for (int round = 0; round < 20; round++)
    for (int i = 1; i <= 1000; i++)
      fits_read_record(file, i, card, &status);
  close_file();
}

static void calculate(void) {
  fits_open_file(&file, "table.fits", READWRITE, &status);
  fits_movabs_hdu(file, 2, NULL, &status);
  fits_calculator(file, "X * 2 + sqrt(Y)", file, "Z", NULL, &status);
  close_file();
}

static void write_pixels(void) {
  long axes[2] = {SIDE, SIDE};
  create("pixels.fits");
  fits_create_img(file, FLOAT_IMG, 2, axes, &status);
  for (long i = 0; i < 1000000; i++)
    fits_write_img(file, TFLOAT, 1 + i, 1, pixels + i, &status);
  close_file();
}

static void write_subsets(void) {
  fits_open_file(&file, "f4.fits", READWRITE, &status);
  for (long i = 0; i < 1000; i++) {
    long first[2] = {1 + (i * 37) % 4000, 1 + (i * 91) % 4000}, last[2] = {first[0] + 31, first[1] + 31};
    fits_write_subset(file, TFLOAT, first, last, pixels, &status);
  }
  close_file();
}

static void read_every_other(void) {
  int any;
  long first[2] = {1, 1}, last[2] = {SIDE, SIDE}, step[2] = {2, 2};
  open_file("f4.fits");
  fits_read_subset(file, TFLOAT, first, last, step, NULL, pixels, &any, &status);
  close_file();
}

static void read_tile_subsets(void) {
  int any;
  long step[2] = {1, 1};
  open_file("rice.fits");
  fits_movabs_hdu(file, 2, NULL, &status);
  for (long i = 0; i < 300; i++) {
    long first[2] = {1 + (i * 37) % 4000, 1 + (i * 91) % 4000}, last[2] = {first[0] + 31, first[1] + 31};
    fits_read_subset(file, TSHORT, first, last, step, NULL, shorts, &any, &status);
  }
  close_file();
}

static void checksum(void) {
  fits_open_file(&file, "i2.fits", READWRITE, &status);
  fits_write_chksum(file, &status);
  close_file();
}

int main(void) {
  pixels = malloc((size_t)SIDE * SIDE * sizeof *pixels);
  shorts = malloc((size_t)SIDE * SIDE * sizeof *shorts);
  doubles = malloc((size_t)ROWS * sizeof *doubles);
  unsigned state = 1;
  for (long i = 0; i < (long)SIDE * SIDE; i++) {
    state = state * 1664525U + 1013904223U;
    shorts[i] = (short)(1000 + (state >> 24) % 60 + i / SIDE);
    pixels[i] = (float)shorts[i] * 0.5F;
  }
  for (long i = 0; i < ROWS; i++)
    doubles[i] = (double)(i % 30000);
  run("image f4 64 MB: write", write_floats);
  run("image f4 64 MB: read", read_floats);
  run("image i2 32 MB: write", write_shorts);
  run("image i2 as f4: read", read_shorts_as_floats);
  run("1,000 subsets of 32x32", read_subsets);
  run("table of 2M rows, 4 columns: write", write_table);
  run("table of 2M rows, 4 columns: read", read_columns);
  run("1M cells, one a call: write", write_cells);
  run("1M cells, one a call: read", read_cells);
  run("1M pixels, one a call: read", read_single_pixels);
  run("header of 1,000 keys: write", write_keys);
  run("header of 1,000 keys: 10,000 reads", read_keys);
  run("RICE_1 i2 32 MB: write", rice_out);
  run("RICE_1 i2 32 MB: read", rice_in);
  run("GZIP_1 i2 32 MB: write", gzip_out);
  run("GZIP_1 i2 32 MB: read", gzip_in);
  run("iterator over 2M rows", iterate);
  run("select rows of 2M", select_rows);
  run("ASCII table of 200k rows, 3 columns: write", write_ascii);
  run("ASCII table of 200k rows, 3 columns: read", read_ascii);
  run("200k ASCII cells, one a call: read", read_ascii_cells);
  run("200k arrays of 10, one a call: write", write_arrays);
  run("200k arrays of 10, one a call: read", read_arrays);
  run("200k strings, one a call: write", write_strings);
  run("200k strings, one a call: read", read_strings);
  run("200k cells at random: read", read_random_cells);
  run("200k cells at random: write", update_random_cells);
  run("1M rows as bytes, one a call", read_rows_as_bytes);
  run("50 times: insert and delete rows", edit_rows);
  run("insert and delete a column", edit_column);
  run("500 small images: write", write_many_hdus);
  run("500 small images: 20 moves by name", move_by_name);
  run("500 small images: copy", copy_hdus);
  run("5,000 times: open and close", open_and_close);
  run("header of 1,000 keys: 20,000 cards", read_records);
  run("calculator over 2M rows", calculate);
  run("1M pixels, one a call: write", write_pixels);
  run("1,000 subsets of 32x32: write", write_subsets);
  run("every second pixel of 64 MB", read_every_other);
  run("300 subsets of RICE_1", read_tile_subsets);
  run("checksums of 32 MB", checksum);
  return 0;
}
