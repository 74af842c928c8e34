/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Copying HDUs, headers, data and files; fill bytes.
 */
#include "hdu_show.h"

static char *ttype[] = {"A", "B", "C"}, *tform[] = {"1J", "20A", "PJ(9)"}, *tunit[] = {"m", "", "k"};
static char *aform[] = {"I6", "A20", "F10.3"};

/* Creates a file of a primary array, an image, a binary and an ASCII table, with values. */
static fitsfile *create(const char *name, int naxis) {
  fitsfile *f = NULL;
  long naxes[2] = {30, 40}, values[1200];
  for (int i = 0; i < 1200; i++)
    values[i] = i % 100;
  DO(ffinit(&f, name, &status));
  DO(ffcrim(f, naxis ? USHORT_IMG : 8, naxis, naxes, &status));
  DO(ffpkyj(f, "ORDER", 1, "first", &status));
  DO(ffpkys(f, "EXTNAME", "FIRST", NULL, &status));
  DO(ffpcom(f, "text", &status));
  if (naxis)
    DO(ffppr(f, TLONG, 1, 1200, values, &status));
  DO(ffcrim(f, -32, 2, naxes, &status));
  DO(ffpkyj(f, "ORDER", 2, "next", &status));
  DO(ffphis(f, "story", &status));
  DO(ffppr(f, TLONG, 1, 1200, values, &status));
  DO(ffcrtb(f, BINARY_TBL, 0, 3, ttype, tform, tunit, "T", &status));
  DO(ffpcl(f, TLONG, 1, 1, 1, 5, values, &status));
  DO(ffpcl(f, TLONG, 3, 2, 1, 5, values, &status));
  DO(ffcrtb(f, ASCII_TBL, 0, 3, ttype, aform, tunit, "ASC", &status));
  DO(ffpcl(f, TLONG, 1, 1, 1, 5, values, &status));
  return f;
}

static void hdus(fitsfile *in) {
  fitsfile *out = NULL;
  char name[30];
  for (int i = 1; i <= 4; i++) {
    (void)snprintf(name, sizeof name, "copy%d.fits", i);
    DO(ffinit(&out, name, &status));
    for (int j = 0; j < 4; j++) {
      DO(ffmahd(in, 1 + (i - 1 + j) % 4, NULL, &status));
      DO(ffcopy(in, out, j == 2 ? 50 : 0, &status));
      show(out);
    }
    DO(ffclos(out, &status));
    (void)snprintf(name, sizeof name, "header%d.fits", i);
    DO(ffinit(&out, name, &status));
    DO(ffmahd(in, i, NULL, &status));
    DO(ffcphd(in, out, &status));
    show_cards(out);
    if (i < 3) { /* CFITSIO cannot leave a table whose rows do not exist yet */
      DO(ffcphd(in, out, &status));
      show_cards(out);
    }
    DO(ffcpdt(in, out, &status));
    show_all(out);
    DO(ffclos(out, &status));
  }
  DO(ffcopy(in, in, 0, &status));
  DO(ffcphd(in, in, &status));
  DO(ffcpdt(in, in, &status));
  DO(ffreopen(in, &out, &status)); /* within a file */
  DO(ffmahd(in, 2, NULL, &status));
  DO(ffcopy(in, out, 0, &status));
  DO(ffmahd(in, 1, NULL, &status));
  DO(ffcopy(in, out, 3, &status));
  show_all(out);
  DO(ffclos(out, &status));
}

static void files(fitsfile *in) {
  fitsfile *out = NULL;
  for (int i = 0; i < 8; i++)
    for (int at = 1; at < 5; at += 3) {
      char name[30];
      (void)snprintf(name, sizeof name, "files%d%d.fits", i, at);
      DO(ffinit(&out, name, &status));
      if (i == 3)
        DO(ffcrim(out, 8, 0, NULL, &status));
      DO(ffmahd(in, at, NULL, &status));
      DO(ffcpfl(in, out, i & 1, i & 2, i & 4, &status));
      printf("%d %d\n", in->HDUposition, out->HDUposition);
      show_all(out);
      DO(ffclos(out, &status));
      if (i == 0 || (i == 1 && at == 1))
        (void)remove(name); /* an empty file */
    }
  DO(ffcpfl(in, in, 1, 1, 1, &status));
}

static void stream(fitsfile *in) {
  FILE *file = fopen("stream.fits", "wb");
  for (int i = 1; i < 5; i++) {
    DO(ffmahd(in, i, NULL, &status));
    DO(ffwrhdu(in, file, &status));
  }
  fclose(file);
  fitsfile *f = NULL;
  DO(ffopen(&f, "stream.fits", READONLY, &status));
  show_all(f);
  DO(ffclos(f, &status));
}

/* Sets one byte of a file. */
static void damage(const char *name, long at, int byte) {
  FILE *file = fopen(name, "r+b");
  fseek(file, at, SEEK_SET);
  fputc(byte, file);
  fclose(file);
}

static void fill(void) {
  fitsfile *f = create("fill.fits", 0);
  LONGLONG head[4], data[4], end[4];
  for (int i = 0; i < 4; i++) {
    DO(ffmahd(f, i + 1, NULL, &status));
    DO(ffchfl(f, &status));
    DO(ffcdfl(f, &status));
    DO(ffghadll(f, head + i, data + i, end + i, &status));
    printf("%lld %lld %lld\n", head[i], data[i], end[i]);
  }
  DO(ffclos(f, &status));
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 4; i++) {
      if (round != 1)
        damage("fill.fits", (long)data[i] - 5, round ? ' ' : 'x');
      if (round != 2 && i > 0)
        damage("fill.fits", (long)end[i] - (round ? 2 : 1), 'y');
    }
    DO(ffopen(&f, "fill.fits", READONLY, &status));
    for (int i = 0; i < 4; i++) {
      DO(ffmahd(f, i + 1, NULL, &status));
      DO(ffchfl(f, &status));
      DO(ffcdfl(f, &status));
    }
    DO(ffclos(f, &status));
  }
}

/* Cards that are no proper ones: copies have their names in capitals, and blanks for what is not printed. */
static void odd_cards(void) {
  static const char *const cards[] = {
      "HIERARCH lower case = 3. / comment",
      "lower   =                    5 / c\x01\x7f comment",
      "BAD.NAME=                    5",
  };
  fitsfile *f, *out;
  char block[81];
  for (int i = 0; i < 3; i++) {
    DO(ffinit(&f, "!odd.fits", &status));
    DO(ffcrim(f, BYTE_IMG, 0, NULL, &status));
    DO(ffpkyj(f, "PLACE", 1, "", &status));
    DO(ffpkyj(f, "LAST", 1, "", &status));
    DO(ffclos(f, &status));
    (void)snprintf(block, sizeof block, "%-80s", cards[i]);
    for (int k = 0; k < 80; k++)
      damage("odd.fits", 6 * 80 + k, block[k]);
    DO(ffopen(&f, "odd.fits", READONLY, &status));
    DO(ffinit(&out, "!odd_copy.fits", &status));
    DO(ffcopy(f, out, 0, &status));
    if (i < 2)
      show_all(out);
    DO(ffdelt(out, &status));
    DO(ffclos(f, &status));
  }
}

int main(void) {
  fitsfile *f = create("in.fits", 2);
  hdus(f);
  files(f);
  stream(f);
  DO(ffclos(f, &status));
  f = create("in0.fits", 0);
  fitsfile *out = NULL;
  DO(ffmahd(f, 1, NULL, &status));
  DO(ffinit(&out, "out0.fits", &status));
  DO(ffcopy(f, out, 0, &status));
  DO(ffcopy(f, out, 0, &status));
  show_all(out);
  DO(ffclos(out, &status));
  DO(ffclos(f, &status));
  fill();
  odd_cards();
  return 0;
}
