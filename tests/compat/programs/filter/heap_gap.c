/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A gap between rows and heap (THEAP): filters and edits keep the arrays. CFITSIO 4.2 loses them in row filters.
 */
#include <stdlib.h>
#include <string.h>

#include "../shared/expect.h"

#define ROWS 4
#define WIDTH 12
#define GAP 18
#define CARD 80

static void put_card(char *header, int *n, const char *text) {
  memset(header + CARD * *n, ' ', CARD);
  memcpy(header + CARD * (*n)++, text, strlen(text));
}

/* Row i: the number i, and an array of i + 1 numbers 10 i, 10 i + 1 ... */
static void make_file(const char *name) {
  static const char *const cards[] = {"XTENSION= 'BINTABLE'",           "BITPIX  =                    8",
                                      "NAXIS   =                    2", "NAXIS1  =                   12",
                                      "NAXIS2  =                    4", "PCOUNT  =                   38",
                                      "GCOUNT  =                    1", "TFIELDS =                    2",
                                      "TTYPE1  = 'N       '",           "TFORM1  = '1J      '",
                                      "TTYPE2  = 'ARRAY   '",           "TFORM2  = '1PI(4)  '",
                                      "THEAP   =                   66", "END"};
  static char primary[2880], header[2880];
  static unsigned char data[2880];
  int n = 0, heap = 0;
  memset(primary, ' ', sizeof primary);
  put_card(primary, &n, "SIMPLE  =                    T");
  put_card(primary, &n, "BITPIX  =                    8");
  put_card(primary, &n, "NAXIS   =                    0");
  put_card(primary, &n, "END");
  memset(header, ' ', sizeof header);
  n = 0;
  for (size_t i = 0; i < sizeof cards / sizeof *cards; i++)
    put_card(header, &n, cards[i]);
  memset(data, 0, sizeof data);
  memset(data + ROWS * WIDTH, 0xee, GAP);
  for (int i = 0; i < ROWS; i++) {
    unsigned char *row = data + i * WIDTH;
    row[3] = (unsigned char)i;
    row[7] = (unsigned char)(i + 1);
    row[11] = (unsigned char)(2 * heap);
    for (int k = 0; k <= i; k++, heap++)
      data[ROWS * WIDTH + GAP + 2 * heap + 1] = (unsigned char)(10 * i + k);
  }
  FILE *file = fopen(name, "wb");
  EXPECT(file != NULL);
  if (file == NULL)
    return;
  EXPECT(fwrite(primary, 1, 2880, file) == 2880 && fwrite(header, 1, 2880, file) == 2880 &&
         fwrite(data, 1, 2880, file) == 2880);
  (void)fclose(file);
}

/* Expects each row to have the array that belongs to its number; without a column of numbers they begin at `first`. */
static void check(fitsfile *f, int rows, int first) {
  int numbers = 0, arrays = 0, missing = 0;
  EXPECT(f->Fptr->numrows == rows);
  ffgcno(f, CASEINSEN, "N", &numbers, &missing);
  IS(ffgcno(f, CASEINSEN, "ARRAY", &arrays, &status), 0);
  for (int row = 1; row <= rows; row++) {
    LONGLONG length = 0, address = 0;
    int number = first + row - 1, any, values[4] = {0};
    if (missing == 0)
      IS(ffgcvk(f, numbers, row, 1, 1, 0, &number, &any, &status), 0);
    IS(ffgdesll(f, arrays, row, &length, &address, &status), 0);
    EXPECT(length == number + 1);
    if (length < 1 || length > 4)
      continue;
    IS(ffgcvk(f, arrays, row, 1, length, 0, values, &any, &status), 0);
    for (int k = 0; k < length; k++)
      EXPECT(values[k] == 10 * number + k);
  }
}

/* Opens the file with a filter, checks it, and checks a copy. */
static void filter(const char *text, int rows, int first) {
  fitsfile *f = NULL, *copy = NULL;
  char name[100];
  printf("%s\n", text);
  (void)snprintf(name, sizeof name, "gap.fits[1]%s", text);
  IS(ffopen(&f, name, READONLY, &status), 0);
  if (f == NULL)
    return;
  check(f, rows, first);
  IS(ffinit(&copy, "!copy.fits", &status), 0);
  IS(ffcpfl(f, copy, 1, 1, 1, &status), 0);
  IS(ffclos(copy, &status), 0);
  IS(ffclos(f, &status), 0);
  IS(ffopen(&f, "copy.fits[1]", READONLY, &status), 0);
  check(f, rows, first);
  IS(ffclos(f, &status), 0);
}

static void edit(void) {
  fitsfile *f = NULL;
  make_file("edit.fits");
  IS(ffopen(&f, "edit.fits[1]", READWRITE, &status), 0);
  IS(fficol(f, 1, "NEW", "5J", &status), 0);
  IS(ffdrow(f, 1, 1, &status), 0);
  check(f, ROWS - 1, 1);
  IS(ffdcol(f, 1, &status), 0);
  IS(ffcmph(f, &status), 0);
  check(f, ROWS - 1, 1);
  IS(ffclos(f, &status), 0);
  IS(ffopen(&f, "edit.fits[1]", READWRITE, &status), 0);
  check(f, ROWS - 1, 1);
  IS(ffsrow(f, f, "N != 2", &status), 0);
  check(f, ROWS - 2, 1);
  IS(ffclos(f, &status), 0);
  IS(ffopen(&f, "edit.fits[1]", READONLY, &status), 0);
  check(f, ROWS - 2, 1);
  IS(ffclos(f, &status), 0);
}

int main(void) {
  make_file("gap.fits");
  filter("", ROWS, 0);
  filter("[N > 1]", 2, 2);
  filter("[N != 1]", 3, 0);
  filter("[N < 9]", ROWS, 0);
  filter("[col *; Z = N * 2]", ROWS, 0);
  filter("[col ARRAY]", ROWS, 0);
  filter("[col N; ARRAY][N > 0]", 3, 1);
  filter("[#row > 1][col ARRAY]", 3, 1);
  edit();
  return failures > 0;
}
