/* SPDX-License-Identifier: BSD-3-Clause
 *
 * New files that are closed without an image or a table, or with some cards only.
 */
#include <fitsio.h>
#include <stdio.h>

static fitsfile *create(const char *name) {
  fitsfile *f = NULL;
  int status = 0;
  ffinit(&f, name, &status);
  printf("%s: %d\n", name, status);
  return f;
}

static void end(fitsfile *f) {
  int status = 0;
  printf("closed: %s\n", ffclos(f, &status) > 0 ? "an error" : "fine");
}

int main(void) {
  int status = 0;
  end(create("empty.fits"));
  fitsfile *f = create("flushed.fits");
  printf("flush %d\n", ffflus(f, &status));
  end(f);
  status = 0;
  f = create("cards.fits");
  ffpkyj(f, "A", 1, "a card", &status);
  ffpcom(f, "a comment", &status);
  printf("cards %d\n", status);
  end(f);
  f = create("second.fits");
  ffcrim(f, BYTE_IMG, 0, NULL, &status);
  ffcrhd(f, &status);
  printf("second %d\n", status);
  end(f);
  return 0;
}
