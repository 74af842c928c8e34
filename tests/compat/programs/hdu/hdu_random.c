/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Random calls that change HDUs, the same in every run.
 */
#include <stdlib.h>

#include "hdu_show.h"
#include "../shared/mutate.h"

static const int types[] = {8, 16, 32, 64, -32, -64};
static long values[4000];
static char *ttype[] = {"A", "B", "C"}, *tform[] = {"1J", "20A", "3E"}, *tunit[] = {"m", "", "k"};
static char *aform[] = {"I6", "A20", "F10.3"};

static void fill(fitsfile *f) {
  int type = 0, naxis = 0, s = 0;
  long axes[3] = {1, 1, 1};
  ffghdt(f, &type, &s);
  if (type != IMAGE_HDU) {
    DO(ffpcl(f, TLONG, 1, 1 + random_below(5), 1, 1 + random_below(300), values, &status));
    return;
  }
  ffgidm(f, &naxis, &s);
  ffgisz(f, 3, axes, &s);
  if (naxis > 0 && axes[0] * axes[1] * axes[2] > 0)
    DO(ffppr(f, TLONG, 1, axes[0] * axes[1] * axes[2], values, &status));
}

static void change(fitsfile *f, fitsfile *other) {
  int count = 0, type = 0, s = 0, naxis = (int)random_below(4);
  long axes[3] = {1 + random_below(30), 1 + random_below(30), 1 + random_below(4)};
  ffrdef(f, &s); /* CFITSIO does not count an HDU before */
  ffthdu(f, &count, &s);
  s = 0;
  DO(ffmahd(f, 1 + (int)random_below((unsigned)count), &type, &status));
  char key[20];
  (void)snprintf(key, sizeof key, "K%u", random_below(1000));
  switch (random_below(14)) {
  case 0:
    DO(ffcrim(f, types[random_below(6)], naxis, axes, &status));
    fill(f);
    break;
  case 1:
    DO(ffcrtb(f, BINARY_TBL, random_below(20), 1 + (int)random_below(3), ttype, tform, tunit, "BIN", &status));
    fill(f);
    break;
  case 2:
    DO(ffcrtb(f, ASCII_TBL, random_below(20), 1 + (int)random_below(3), ttype, aform, tunit, "ASC", &status));
    fill(f);
    break;
  case 3:
    DO(ffiimg(f, types[random_below(6)], naxis, axes, &status));
    fill(f);
    break;
  case 4:
    DO(ffibin(f, random_below(type == ASCII_TBL ? 70 : 200), /* CFITSIO leaves blanks in blocks before the last one */
              1 + (int)random_below(3), ttype, tform, tunit, "INS", 0, &status));
    DO(ffflus(f, &status)); /* CFITSIO loses rows that nothing has written yet */
    break;
  case 5:
    DO(ffitab(f, 0, random_below(70), /* CFITSIO leaves zeros in blocks before the last one */
              1 + (int)random_below(3), ttype, NULL, aform, tunit, "ITAB", &status));
    break;
  case 6:
    if (count > 3)
      DO(ffdhdu(f, &type, &status));
    break;
  case 7:
    if (type == IMAGE_HDU)
      DO(ffrsim(f, types[random_below(6)], naxis, axes, &status));
    break;
  case 8:
    DO(ffmahd(other, 1 + (int)random_below(3), NULL, &status));
    DO(ffcopy(other, f, random_below(2) ? 0 : 40, &status));
    break;
  case 9:
    for (unsigned n = random_below(40); n > 0; n--)
      DO(ffpkyj(f, key, (long)n, "key", &status));
    break;
  case 10:
    DO(ffpcks(f, &status));
    break;
  case 11:
    if (f->HDUposition == 0) {
      status = PREPEND_PRIMARY;
      DO(ffiimg(f, types[random_below(6)], naxis, axes, &status));
      fill(f);
    }
    break;
  case 12:
    DO(ffflus(f, &status)); /* CFITSIO cannot move rows that are not in the file yet */
    if (type != IMAGE_HDU)
      DO(ffirow(f, 0, 1 + random_below(100), &status));
    break;
  default:
    fill(f);
  }
}

int main(void) {
  fitsfile *f = NULL, *other = NULL;
  long axes[2] = {20, 30};
  int sequences = getenv("SEQUENCES") != NULL ? atoi(getenv("SEQUENCES")) : 12;
  for (int i = 0; i < 4000; i++)
    values[i] = i % 100;
  for (int i = getenv("SEED") != NULL ? atoi(getenv("SEED")) : 0; i > 0; i--) /* other calls than by default */
    mutate_state = mutate_state * 6364136223846793005ULL + 1;
  DO(ffinit(&other, "other.fits", &status));
  DO(ffcrim(other, 16, 2, axes, &status));
  DO(ffppr(other, TLONG, 1, 600, values, &status));
  DO(ffcrim(other, 32, 1, axes, &status));
  DO(ffppr(other, TLONG, 1, 20, values, &status));
  DO(ffcrtb(other, BINARY_TBL, 0, 3, ttype, tform, tunit, "T", &status));
  DO(ffpcl(other, TLONG, 1, 1, 1, 500, values, &status));
  DO(ffflus(other, &status)); /* CFITSIO copies no rows that NAXIS2 does not count yet */
  for (int i = 0; i < sequences; i++) {
    char name[30];
    (void)snprintf(name, sizeof name, "random%d.fits", i);
    DO(ffinit(&f, name, &status));
    DO(ffcrim(f, types[i % 6], 2, axes, &status));
    fill(f);
    for (unsigned n = 20 + random_below(30); n > 0; n--) {
      change(f, other);
      show_state(f);
      if (random_below(12) == 0) {
        DO(ffclos(f, &status));
        DO(ffopen(&f, name, READWRITE, &status));
      }
    }
    show_all(f);
    DO(ffclos(f, &status));
  }
  DO(ffclos(other, &status));
  return 0;
}
