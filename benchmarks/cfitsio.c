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
  return 0;
}
