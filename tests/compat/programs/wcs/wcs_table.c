/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Arrays of coordinates in a table.
 */
#include <fitsio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  char kind;
  const char *extension;
  int version, level;
  const char *column;
  long row;
  int ndim;
} cases[] = {
    {'c', "TAB", 1, 1, "COORD", 1, 2},  {'c', "TAB", 1, 1, "COORD", 2, 2}, {'c', "tab", 1, 1, "coord", 1, 2},
    {'i', "TAB", 1, 1, "INDEX", 1, 1},  {'c', "TAB", 1, 1, "TWO", 1, 3},   {'i', "TAB", 1, 1, "INDEX", 1, 2},
    {'c', "TAB", 1, 1, "COORD", 1, 1},  {'c', "TAB", 1, 1, "COORD", 1, 3}, {'i', "TAB", 1, 1, "COORD", 1, 1},
    {'c', "TAB", 2, 1, "COORD", 1, 2},  {'c', "TAB", 1, 2, "COORD", 1, 2}, {'c', "NO", 1, 1, "COORD", 1, 2},
    {'c', "TAB", 1, 1, "NO", 1, 2},     {'c', "TAB", 1, 1, "COORD", 3, 2}, {'c', "TAB", 1, 1, "COORD", 0, 2},
    {'i', "TAB", 1, 1, "NOTDIM", 1, 1}, {'c', "TAB", 0, 0, "COORD", 1, 2}, {'i', "TAB", 1, 1, "INDEX", 1, 0},
};

static fitsfile *make(int *status) {
  fitsfile *f = NULL;
  long image[2] = {4, 4}, two[2] = {2, 3}, three[3] = {2, 2, 3};
  char *names[] = {"COORD", "INDEX", "TWO", "NOTDIM"}, *forms[] = {"6D", "3D", "12D", "4E"};
  double values[24];
  for (int i = 0; i < 24; i++)
    values[i] = i + 0.5;
  fits_create_diskfile(&f, "wcstab.fits", status);
  fits_create_img(f, SHORT_IMG, 2, image, status);
  fits_create_tbl(f, BINARY_TBL, 2, 4, names, forms, NULL, "TAB", status);
  fits_write_tdim(f, 1, 2, two, status);
  fits_write_tdim(f, 3, 3, three, status);
  fits_write_col(f, TDOUBLE, 1, 1, 1, 12, values, status);
  fits_write_col(f, TDOUBLE, 2, 1, 1, 6, values, status);
  fits_write_col(f, TDOUBLE, 3, 1, 1, 24, values, status);
  fits_write_col(f, TDOUBLE, 4, 1, 1, 8, values, status);
  fits_movabs_hdu(f, 1, NULL, status);
  return f;
}

int main(void) {
  int status = 0;
  fitsfile *f = make(&status);
  printf("made %d\n", status);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    wtbarr wtb;
    int lengths[4] = {3, -7, -7, -7}, hdu = -7;
    double *values = NULL;
    memset(&wtb, 0, sizeof wtb);
    wtb.i = 1;
    wtb.m = 1;
    wtb.kind = cases[i].kind;
    (void)strcpy(wtb.extnam, cases[i].extension);
    wtb.extver = cases[i].version;
    wtb.extlev = cases[i].level;
    (void)strcpy(wtb.ttype, cases[i].column);
    wtb.row = cases[i].row;
    wtb.ndim = cases[i].ndim;
    wtb.dimlen = lengths;
    wtb.arrayp = &values;
    status = 0;
    fits_read_wcstab(f, 1, &wtb, &status);
    fits_get_hdu_num(f, &hdu);
    printf("%zu: %d [%d %d %d] HDU %d:", i, status, lengths[0], lengths[1], lengths[2], hdu);
    for (int k = 0; status == 0 && k < (cases[i].kind == 'i' ? 3 : 6); k++)
      printf(" %g", values[k]);
    printf("\n");
    if (status == 0) /* else CFITSIO has freed it, and leaves the pointer */
      free(values);
  }
  status = 0;
  fits_read_wcstab(f, 0, NULL, &status);
  printf("%d\n", status);
  fits_close_file(f, &status);
  return status;
}
