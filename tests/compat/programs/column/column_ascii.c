/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Columns of ASCII tables that become columns of binary ones; closing handles that never opened; memory that is a file
 * already.
 */
#include <fitsio2.h>
#include <stdio.h>
#include <stdlib.h>

#define COLUMNS 18

static void create_ascii(fitsfile *f, int with_nulls) {
  static char *names[COLUMNS] = {"A",  "I1", "I2", "I4",  "I5",  "I9",  "I10", "I11", "I15",
                                 "F5", "F7", "F8", "F15", "E10", "E14", "D14", "E15", "I18"};
  static char *forms[COLUMNS] = {"A5",   "I1",   "I2",   "I4",    "I5",    "I9",    "I10",   "I11",   "I15",
                                 "F5.1", "F7.2", "F8.2", "F15.5", "E10.3", "E14.3", "D14.3", "E15.8", "I18"};
  char key[FLEN_KEYWORD];
  int status = 0, values[3] = {1, 2, 3};
  ffcrtb(f, ASCII_TBL, 3, COLUMNS, names, forms, NULL, "ASCII", &status);
  for (int i = 1; i <= COLUMNS && with_nulls; i++) {
    ffkeyn("TNULL", i, key, &status);
    ffpkys(f, key, "*", "null", &status);
  }
  for (int i = 2; i <= COLUMNS; i += 3) {
    ffkeyn("TUNIT", i, key, &status);
    ffpkys(f, key, "m", "unit", &status);
    ffkeyn("TSCAL", i, key, &status);
    ffpkyd(f, key, 2.0, 8, "scale", &status);
  }
  ffrdef(f, &status);
  printf("ascii %d\n", status);
  for (int i = 2; i <= COLUMNS; i++) {
    status = 0;
    ffpclk(f, i, 1, 1, 3, values, &status);
    printf("column %d: %d", i, status);
    if (with_nulls)
      ffpclu(f, i, 2, 1, 1, &status);
    printf(" %d\n", status);
  }
}

static void copy(const char *name, int with_nulls) {
  fitsfile *f, *g;
  int status = 0, any = 0;
  char keys[36000];
  ffinit(&f, name, &status);
  create_ascii(f, with_nulls);
  ffcrtb(f, BINARY_TBL, 3, 0, NULL, NULL, NULL, "BINARY", &status);
  ffflus(f, &status);
  ffreopen(f, &g, &status);
  ffmahd(g, 2, NULL, &status);
  printf("begin %d\n", status);
  for (int i = 1; i <= COLUMNS; i++) {
    int own = 0;
    ffcpcl(g, f, i, i, 1, &own);
    printf("copy %d: %d\n", i, own);
  }
  for (int i = 2; i <= COLUMNS; i++) {
    double values[3] = {0}, null = -1;
    int own = 0;
    ffgcvd(f, i, 1, 1, 3, null, values, &any, &own);
    printf("%d: %d %d %g %g %g\n", i, own, any, values[0], values[1], values[2]);
  }
  int count = 0;
  ffghsp(f, &count, NULL, &status);
  for (int i = 1; i <= count; i++) {
    int own = 0;
    ffgrec(f, i, keys, &own);
    printf("%s\n", keys);
  }
  ffclos(g, &status);
  ffclos(f, &status);
  printf("end %d\n", status);
}

static void close_nothing(void) {
  fitsfile *f = NULL;
  int status = 0;
  printf("open %d\n", ffopen(&f, "missing.fits", READONLY, &status));
  printf("close %d\n", ffclos(f, &status));
  status = FILE_NOT_OPENED;
  printf("delete %d\n", ffdelt(f, &status));
  status = FILE_NOT_OPENED;
  printf("flush %d\n", ffflus(f, &status));
}

static void fill_memory(void) {
  size_t size = 5760;
  void *memory = calloc(1, size);
  char byte = 0;
  fitsfile *f;
  int status = 0;
  ((char *)memory)[5000] = 7;
  ffimem(&f, &memory, &size, 2880, realloc, &status);
  printf("memory %d: %lld %lld %lld\n", status, f->Fptr->filesize, f->Fptr->logfilesize, f->Fptr->datastart);
  ffmbyt(f, 5000, REPORT_EOF, &status);
  ffgbyt(f, 1, &byte, &status);
  printf("byte %d: %d\n", byte, status);
  ffcrim(f, SHORT_IMG, 0, NULL, &status);
  ffclos(f, &status);
  printf("closed %d, %zu bytes\n", status, size);
  printf("%.80s\n", (char *)memory);
  free(memory);
}

int main(void) {
  copy("plain.fits", 0);
  copy("nulls.fits", 1);
  close_nothing();
  fill_memory();
  return 0;
}
