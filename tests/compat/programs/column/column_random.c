/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Many reads and writes at any place, over narrow and wide rows.
 */
#include "columns.h"

#define MOST 9000

static unsigned long long state = 88172645463325252ULL;

static unsigned below(unsigned n) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)(state % n);
}

static const int datatypes[] = {TBYTE, TSHORT, TINT, TFLOAT, TDOUBLE, TLONG};
static double array[MOST], back[MOST];

/* Fills an array with small integers of a type. */
static void fill(int type, int n) {
  for (int i = 0; i < n; i++) {
    int value = (int)below(100);
    switch (type) {
    case TBYTE:
      ((unsigned char *)array)[i] = (unsigned char)value;
      break;
    case TSHORT:
      ((short *)array)[i] = (short)value;
      break;
    case TINT:
      ((int *)array)[i] = value;
      break;
    case TFLOAT:
      ((float *)array)[i] = (float)value;
      break;
    case TLONG:
      ((long *)array)[i] = value;
      break;
    default:
      array[i] = value;
    }
  }
}

static unsigned digest(const void *at, size_t n) {
  unsigned sum = 1;
  for (size_t i = 0; i < n; i++)
    sum = sum * 31 + ((const unsigned char *)at)[i];
  return sum;
}

/* Writes and reads at any place. Rows that the table does not have yet are written too. */
static void work(fitsfile *f, int columns, int rows) {
  for (int i = 0; i < 200; i++) {
    int column = 1 + (int)below((unsigned)columns), type = datatypes[below(6)], status = 0, any = 0;
    long repeat = 0, row = 1 + (long)below((unsigned)rows), n = 1 + (long)below(below(4) ? 20 : MOST / 4);
    fits_get_coltype(f, column, NULL, &repeat, NULL, &status);
    long element = 1 + (long)below((unsigned)repeat);
    fits_flush_file(f, &status); /* CFITSIO cannot move or read rows that are not in the file yet */
    switch (below(5)) {
    case 0:
      fill(type, (int)n);
      fits_write_col(f, type, column, row, element, n, array, &status);
      printf("%d write %d at %ld %ld %ld of %d: %d, %lld rows\n", i, type, row, element, n, column, status,
             f->Fptr->numrows);
      break;
    case 1:
      if (below(20) == 0)
        fits_insert_rows(f, (LONGLONG)below((unsigned)f->Fptr->numrows + 1), 1 + (LONGLONG)below(30), &status);
      else if (below(10) == 0)
        fits_delete_rows(f, 1 + (LONGLONG)below(5), 1 + (LONGLONG)below(20), &status);
      printf("%d %d: %lld rows\n", i, status, f->Fptr->numrows);
      break;
    default:
      memset(back, 7, sizeof back);
      if (f->Fptr->numrows > 0) {
        row = 1 + (long)below((unsigned)f->Fptr->numrows);
        LONGLONG left = (f->Fptr->numrows - row + 1) * repeat - element + 1;
        n = n < left ? n : (long)left;
        fits_read_col(f, type, column, row, element, n, NULL, back, &any, &status);
        printf("%d read %d at %ld %ld %ld of %d: %d %u\n", i, type, row, element, n, column, status,
               digest(back, sizeof back));
      }
    }
  }
}

int main(void) {
  static char *names[] = {"A", "B", "C", "D", "E"};
  static char *forms[][5] = {{"1J", "3E", "7I", "5B", "1D"},
                             {"1J", "300E", "7I", "2000B", "1D"},
                             {"1D", "1D", "1D", "1D", "1D"},
                             {"4000B", "1I", "500D", "1B", "1E"},
                             {"9K", "9J", "9I", "9B", "9E"}};
  for (int kind = 0; kind < 10; kind++) {
    char name[32];
    fitsfile *f;
    int status = 0, columns = kind % 5 == 2 ? 1 : 5;
    (void)snprintf(name, sizeof name, "random%d.fits", kind);
    fits_create_file(&f, name, &status);
    fits_create_tbl(f, BINARY_TBL, 0, columns, names, forms[kind % 5], NULL, "T", &status);
    fits_set_hdustruc(f, &status);
    if (kind >= 5) {
      fits_create_img(f, BYTE_IMG, 0, NULL, &status);
      fits_movabs_hdu(f, 2, NULL, &status);
    }
    printf("kind %d: %d\n", kind, status);
    work(f, columns, kind % 5 == 1 || kind % 5 == 3 ? 40 : 2000);
    fits_close_file(f, &status);
    printf("%d\n", status);
  }
  return 0;
}
