/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Prints grouping tables, for the programs of compat/group.
 */
#ifndef GROUP_SHOW_H
#define GROUP_SHOW_H

#include "../hdu/hdu_show.h"

static inline void show_rows(fitsfile *f) {
  long rows = 0;
  int columns = 0, s = 0;
  ffgnrw(f, &rows, &s);
  ffgncl(f, &columns, &s);
  printf(" %ld rows, %d columns, status %d\n", rows, columns, s);
  for (long r = 1; r <= rows && s == 0; r++) {
    for (int c = 1; c <= columns && s == 0; c++) {
      char text[300] = "", *one[] = {text};
      int type = 0, null = 0;
      long repeat = 0, width = 0, number = -1;
      ffgtcl(f, c, &type, &repeat, &width, &s);
      if (type == TSTRING && repeat < 290)
        ffgcvs(f, c, r, 1, 1, (char *)"_", one, &null, &s);
      else
        ffgcvj(f, c, r, 1, 1, -7, &number, &null, &s);
      printf(" [%s %ld %d]", text, number, null);
    }
    printf("\n");
  }
}

/* Prints the cards of all HDUs, and the rows of binary tables. */
static inline void show_groups(fitsfile *f) {
  int n = 0, type = 0, s = 0;
  ffthdu(f, &n, &s);
  printf("%d HDUs\n", n);
  for (int i = 1; i <= n && s == 0; i++) {
    ffmahd(f, i, &type, &s);
    printf("HDU %d type %d status %d\n", i, type, s);
    show_cards(f);
    if (type == BINARY_TBL)
      show_rows(f);
  }
}

#endif
