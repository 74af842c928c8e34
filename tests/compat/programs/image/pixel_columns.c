/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sections of arrays in the columns of a table, and of all rows together.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

#define ROOM 64

int main(void) {
  static const struct {
    long blc[3], trc[3], inc[3];
  } all[] = {
      {{1, 1, 1}, {4, 3, 1}, {1, 1, 1}}, {{1, 1, 2}, {4, 3, 2}, {1, 1, 1}}, {{2, 1, 1}, {3, 2, 3}, {1, 1, 1}},
      {{1, 1, 1}, {4, 3, 3}, {2, 2, 2}}, {{1, 2, 1}, {4, 2, 2}, {3, 1, 1}}, {{1, 1, 3}, {2, 1, 2}, {1, 1, 1}},
      {{1, 1, 1}, {4, 3, 4}, {1, 1, 1}}, {{1, 1, 4}, {4, 3, 4}, {1, 1, 1}}, {{1, 1, 0}, {4, 3, 1}, {1, 1, 1}},
      {{4, 1, 1}, {1, 2, 1}, {1, 1, 1}}, {{1, 1, 1}, {5, 1, 1}, {1, 1, 1}},
  };
  char *types[] = {"A", "B"}, *forms[] = {"I", "12J"};
  long axes[] = {4, 3};
  int numbers[36], status = 0;
  short single[] = {7, 8, 9};
  fitsfile *f;
  for (int i = 0; i < 36; i++)
    numbers[i] = i % 7 == 6 ? -99 : i + 1;
  fits_create_file(&f, "table.fits", &status);
  fits_create_tbl(f, BINARY_TBL, 3, 2, types, forms, NULL, NULL, &status);
  fits_write_key_lng(f, "TNULL2", -99, "", &status);
  fits_set_hdustruc(f, &status);
  fits_write_col(f, TSHORT, 1, 1, 1, 3, single, &status);
  fits_write_col(f, TINT, 2, 1, 1, 36, numbers, &status);
  printf("table %d\n", status);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    for (int colnum = 1; colnum < 4; colnum++) {
      for (int flagged = 0; flagged < 2; flagged++) {
        long blc[3], trc[3], inc[3];
        float a[ROOM] = {0};
        char flags[ROOM] = {0};
        int anynul = -1;
        memcpy(blc, all[i].blc, sizeof blc);
        memcpy(trc, all[i].trc, sizeof trc);
        memcpy(inc, all[i].inc, sizeof inc);
        status = 0;
        if (flagged && blc[0] > trc[0])
          continue;
        if (flagged)
          fits_read_subsetnull_flt(f, colnum, 2, axes, blc, trc, inc, a, flags, &anynul, &status);
        else
          fits_read_subset_flt(f, colnum, 2, axes, blc, trc, inc, -1.F, a, &anynul, &status);
        printf("%d of column %d: %d", (int)i, colnum, status);
        for (int k = 0; k < ROOM && status == 0; k++)
          printf(flags[k] ? " null" : " %g", a[k]);
        printf("\n");
      }
    }
  }
  status = 0;
  fits_close_file(f, &status);
  printf("closed %d\n", status);
  return 0;
}
