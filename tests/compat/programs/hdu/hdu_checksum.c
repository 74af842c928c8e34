/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Checksums: their text, writing, updating, verifying.
 */
#include "hdu_show.h"

/* Flushes first: until then, CFITSIO sums a header without its END card. */
static void verify(fitsfile *f) {
  DO(ffflus(f, &status));
  int data = -9, hdu = -9;
  unsigned long datasum = 1, hdusum = 1;
  DO(ffvcks(f, &data, &hdu, &status));
  printf("%d %d\n", data, hdu);
  DO(ffgcks(f, &datasum, &hdusum, &status));
  printf("%lu %lu\n", datasum, hdusum);
}

static void text(void) {
  const unsigned long sums[] = {0, 1, 0xffffffff, 0xfffffffe, 123456789, 868229149, 2503531142, 0x80000000, 0x7f7f7f7f};
  char ascii[17];
  for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++)
    for (int complement = 0; complement < 2; complement++) {
      unsigned long back = 7;
      ffesum(sums[i], complement, ascii);
      printf("%lu %d '%s'", sums[i], complement, ascii);
      printf(" %lu", ffdsum(ascii, complement, &back));
      printf(" %lu\n", back);
    }
  unsigned int x = 1;
  for (int i = 0; i < 2000; i++) {
    x = x * 1664525u + 1013904223u;
    unsigned long back = 7;
    ffesum(x, i & 1, ascii);
    printf("%s %lu\n", ascii, ffdsum(ascii, i & 1, &back));
  }
}

int main(void) {
  fitsfile *f = NULL;
  long naxes[2] = {30, 40}, values[1200];
  char *ttype[] = {"A", "B", "C"}, *tform[] = {"1J", "20A", "PJ(9)"}, *aform[] = {"I6", "A20", "F10.3"};
  text();
  for (int i = 0; i < 1200; i++)
    values[i] = i * 7919 % 30011;
  DO(ffinit(&f, "sums.fits", &status));
  DO(ffcrim(f, 16, 2, naxes, &status));
  verify(f);
  DO(ffppr(f, TLONG, 1, 1200, values, &status));
  verify(f);
  DO(ffpcks(f, &status));
  show(f);
  verify(f);
  DO(ffpcks(f, &status));
  show_cards(f);
  DO(ffpkyj(f, "MORE", 1, "key", &status));
  verify(f);
  DO(ffupck(f, &status));
  show_cards(f);
  verify(f);
  DO(ffppr(f, TLONG, 5, 7, values, &status));
  verify(f);
  DO(ffupck(f, &status));
  verify(f);
  DO(ffpcks(f, &status));
  show_cards(f);
  verify(f);
  DO(ffcrim(f, 8, 0, NULL, &status));
  DO(ffpcks(f, &status));
  show_cards(f);
  verify(f);
  DO(ffdkey(f, "DATASUM", &status));
  verify(f);
  DO(ffupck(f, &status));
  show_cards(f);
  DO(ffpkys(f, "DATASUM", "text", NULL, &status));
  verify(f);
  DO(ffmkys(f, "DATASUM", " 12.0", NULL, &status));
  verify(f);
  DO(ffdkey(f, "CHECKSUM", &status));
  verify(f);
  DO(ffpcks(f, &status));
  show_cards(f);
  DO(ffmkys(f, "CHECKSUM", "", NULL, &status));
  verify(f);
  DO(ffpcks(f, &status));
  verify(f);
  DO(ffmkys(f, "CHECKSUM", "short", NULL, &status));
  verify(f);
  DO(ffpcks(f, &status));
  verify(f);
  DO(ffcrtb(f, BINARY_TBL, 0, 3, ttype, tform, NULL, "T", &status));
  DO(ffpcl(f, TLONG, 1, 1, 1, 500, values, &status));
  DO(ffpcl(f, TLONG, 3, 2, 1, 500, values, &status));
  DO(ffpcks(f, &status));
  show(f);
  verify(f);
  DO(ffcrtb(f, ASCII_TBL, 0, 3, ttype, aform, NULL, "ASC", &status));
  DO(ffpcl(f, TLONG, 1, 1, 1, 5, values, &status));
  for (int i = 0; i < 28; i++)
    DO(ffpkyj(f, "FILL", i, NULL, &status));
  DO(ffpcks(f, &status));
  verify(f);
  show(f);
  DO(ffcrim(f, -32, 2, naxes, &status));
  DO(ffpkys(f, "DATASUM", "5", "mine", &status));
  DO(ffpkys(f, "CHECKSUM", "0000000000000000", "mine too", &status));
  verify(f);
  DO(ffpcks(f, &status));
  show_cards(f);
  for (long n = 0; n < 4; n++) {
    unsigned long sum = 5;
    DO(ffmbyt(f, 2880 * n, 0, &status));
    DO(ffcsum(f, n, &sum, &status));
    printf("%lu\n", sum);
  }
  DO(ffclos(f, &status));
  DO(ffopen(&f, "sums.fits", READONLY, &status));
  for (int i = 1; i < 5; i++) {
    DO(ffmahd(f, i, NULL, &status));
    verify(f);
  }
  DO(ffclos(f, &status));
  FILE *file = fopen("sums.fits", "r+b");
  fseek(file, 3000, SEEK_SET);
  fputc(77, file);
  fclose(file);
  DO(ffopen(&f, "sums.fits", READWRITE, &status));
  verify(f);
  DO(ffpcks(f, &status));
  show_cards(f);
  verify(f);
  DO(ffclos(f, &status));
  return 0;
}
