/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Columns of logical values and of text as bytes.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

static void show(const char *what, int status, int any, const unsigned char *bytes, const char *flags) {
  printf("%s: %d, any %d:", what, status, any);
  for (int i = 0; i < 12 && status == 0; i++)
    printf(" %d", bytes[i]);
  for (int i = 0; i < 12 && status == 0 && flags != NULL; i++)
    printf("%s%d", i == 0 ? ", flags " : "", flags[i]);
  printf("\n");
}

static void read_column(fitsfile *f, int column, LONGLONG row, LONGLONG first, LONGLONG n) {
  static const int types[] = {TBYTE, TSBYTE};
  int count = column == 1 ? 2 : 1; /* CFITSIO takes other elements of text for signed bytes */
  printf("column %d, row %lld, element %lld, %lld elements\n", column, row, first, n);
  for (int i = 0; i < count; i++) {
    for (int null = 0; null < 10; null += 9) {
      unsigned char bytes[16];
      signed char nulval = (signed char)null;
      int status = 0, any = 7;
      memset(bytes, 5, sizeof bytes);
      ffgcv(f, types[i], column, row, first, n, &nulval, bytes, &any, &status);
      show(i == 0 ? "byte" : "signed byte", status, any, bytes, NULL);
    }
    unsigned char bytes[16];
    char flags[16];
    int status = 0, any = 7;
    memset(bytes, 5, sizeof bytes);
    memset(flags, 5, sizeof flags);
    ffgcf(f, types[i], column, row, first, n, bytes, flags, &any, &status);
    show("flagged", status, any, bytes, flags);
  }
}

static void write_column(fitsfile *f, int column, LONGLONG row, LONGLONG first, LONGLONG n) {
  unsigned char bytes[12] = {1, 0, 65, 200, 'T', 'F', 9, 8, 7, 6, 5, 4}, rows[60];
  int status = 0;
  ffpclb(f, column, row, first, n, bytes, &status);
  printf("write %d: %d\n", column, status);
  status = 0;
  memset(rows, 0, sizeof rows);
  ffgtbb(f, 1, 1, 51, rows, &status);
  printf("rows %d:", status);
  for (int i = 0; i < 51; i++)
    printf(" %02x", rows[i]);
  printf("\n");
}

int main(void) {
  static char *names[] = {"L", "A", "SEVERAL"};
  static char *forms[] = {"6L", "5A", "6A3"};
  fitsfile *f;
  int status = 0;
  ffinit(&f, "bytes.fits", &status);
  ffcrtb(f, BINARY_TBL, 3, 3, names, forms, NULL, NULL, &status);
  ffptbb(f, 1, 1, 51, (unsigned char *)"TF\0Xt1ab\200 12abcdefFTTTTTq\0\376xyuvw   FFFFFFhello123456", &status);
  printf("begin %d\n", status);
  for (int column = 1; column <= 3; column++) {
    read_column(f, column, 1, 1, 6);
    read_column(f, column, 1, 2, 3);
    read_column(f, column, 1, 4, 8);
    read_column(f, column, 3, 2, 4);
    read_column(f, column, 3, 2, 9);
    read_column(f, column, 2, 1, 1);
  }
  for (int column = 2; column <= 3; column++) {
    write_column(f, column, 1, 1, 2);
    write_column(f, column, 1, 3, 7);
    write_column(f, column, 3, 2, 1);
  }
  ffclos(f, &status);
  printf("end %d\n", status);
  return 0;
}
