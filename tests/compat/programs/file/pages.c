/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Small reads and writes near to each other and far apart, and large ones between them, in a file that is larger than
 * any buffer.
 */
#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../shared/mutate.h"

#define ROWS 120000L
#define MANY 20000L

static int status;
static int numbers[MANY];
static unsigned char bytes[MANY * 24];

static unsigned digest(unsigned sum, const void *at, size_t n) {
  for (size_t i = 0; i < n; i++)
    sum = sum * 31 + ((const unsigned char *)at)[i];
  return sum;
}

/* A row that is far from the last one, or close to it. */
static LONGLONG next_row(LONGLONG row, LONGLONG rows) {
  if (random_below(4) == 0)
    return 1 + (LONGLONG)random_below((unsigned)rows);
  row += (LONGLONG)random_below(200) - 80;
  return row < 1 ? 1 : row > rows ? rows : row;
}

static unsigned one_call(fitsfile *f, LONGLONG row, unsigned sum) {
  int value = (int)random_below(1000000), any = 0, array[10] = {0};
  char text[13] = "", *pointer = text;
  unsigned char row_bytes[24];
  switch (random_below(8)) {
  case 0:
    fits_write_col(f, TINT, 1, row, 1, 1, &value, &status);
    break;
  case 1:
    (void)snprintf(text, sizeof text, "text %d", value);
    fits_write_col(f, TSTRING, 2, row, 1, 1, &pointer, &status);
    break;
  case 2:
    fits_read_col(f, TINT, 1, row, 1, 1, NULL, &value, &any, &status);
    return digest(sum, &value, sizeof value);
  case 3:
    fits_read_col(f, TSTRING, 2, row, 1, 1, "", &pointer, &any, &status);
    return digest(sum, text, strlen(text));
  case 4:
    fits_read_tblbytes(f, row, 1, sizeof row_bytes, row_bytes, &status);
    return digest(sum, row_bytes, sizeof row_bytes);
  case 5:
    fits_write_tblbytes(f, row, 5, 12, (unsigned char *)"as raw bytes", &status);
    break;
  case 6:
    fits_write_col(f, TINT, 3, 1 + row % 500, 1, 10, numbers + row % 1000, &status);
    break;
  default:
    fits_read_col(f, TINT, 3, 1 + row % 500, 1, 10, NULL, array, &any, &status);
    return digest(sum, array, sizeof array);
  }
  return sum;
}

/* A call for many rows. */
static unsigned large_call(fitsfile *f, LONGLONG row, LONGLONG rows, unsigned sum) {
  LONGLONG n = 1 + (LONGLONG)random_below(MANY);
  int any = 0;
  n = n > rows - row + 1 ? rows - row + 1 : n;
  switch (random_below(3)) {
  case 0:
    fits_write_tblbytes(f, row, 1, n * 16, bytes, &status); /* not over the descriptors of the last row */
    for (LONGLONG i = 0; i < 500; i++)
      fits_write_descript(f, 3, 1 + i, 10, 40 * i, &status);
    return sum;
  case 1:
    fits_read_col(f, TINT, 1, row, 1, n, NULL, numbers, &any, &status);
    return digest(sum, numbers, (size_t)n * sizeof *numbers);
  default:
    fits_read_tblbytes(f, row, 1, n * 24, bytes, &status);
    return digest(sum, bytes, (size_t)n * 24);
  }
}

int main(void) {
  fitsfile *f = NULL;
  char *types[] = {"N", "TEXT", "ARRAY"}, *forms[] = {"1J", "12A", "1PJ(10)"};
  unsigned sum = 1;
  LONGLONG row = 1, rows = ROWS;
  for (int i = 0; i < MANY; i++)
    numbers[i] = i;
  fits_create_file(&f, "pages.fits", &status);
  fits_create_tbl(f, BINARY_TBL, ROWS, 3, types, forms, NULL, "T", &status);
  for (LONGLONG i = 1; i <= ROWS; i++)
    fits_write_col(f, TINT, 1, i, 1, 1, &numbers[i % MANY], &status);
  for (LONGLONG i = 1; i <= 500; i++)
    fits_write_col(f, TINT, 3, i, 1, 10, numbers, &status);
  for (int i = 0; i < 60000 && status <= 0; i++) {
    row = next_row(row, rows);
    sum = random_below(2000) == 0 ? large_call(f, row, rows, sum) : one_call(f, row, sum);
    if (i % 20000 == 19999) {
      fits_delete_rows(f, 1000, 700, &status);
      fits_insert_rows(f, 2000, 300, &status);
      fits_get_num_rowsll(f, &rows, &status);
    }
    if (i % 5000 == 0) {
      printf("%d: %u, status %d\n", i, sum, status);
      fits_close_file(f, &status);
      fits_open_table(&f, "pages.fits", READWRITE, &status);
    }
  }
  printf("%u, status %d\n", sum, status);
  fits_close_file(f, &status);
  return 0;
}
