/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Required keywords of new headers: primary, images, tables; good and bad arguments.
 */
#include <fitsio.h>
#include <stdio.h>

static int status;

/* Prints a status, the position, and the header; ends the HDU. */
static void show(fitsfile *f, const char *what) {
  int cards = 0, room = 0, here = 0, zero = 0, n = 0;
  char card[FLEN_CARD], message[FLEN_ERRMSG];
  fits_get_hdrspace(f, &cards, &room, &zero);
  fits_get_hdrpos(f, &n, &here, &zero);
  printf("%s: status %d, %d cards, position %d\n", what, status, cards, here);
  for (int i = 1; i <= cards; i++) {
    zero = 0;
    ffgrec(f, i, card, &zero);
    printf("  [%s]\n", card);
  }
  while (fits_read_errmsg(message))
    ;
  status = 0;
}

/* Runs a call on a new file, or on the second HDU of one. */
#define FRESH(call)                                                                                                    \
  do {                                                                                                                 \
    fitsfile *f;                                                                                                       \
    for (int hdu = 0; hdu < 2; hdu++) {                                                                                \
      status = 0;                                                                                                      \
      ffinit(&f, "!new.fits", &status);                                                                                \
      if (hdu == 1) {                                                                                                  \
        ffphps(f, 8, 0, NULL, &status);                                                                                \
        ffcrhd(f, &status);                                                                                            \
      }                                                                                                                \
      (void)(call);                                                                                                    \
      show(f, #call);                                                                                                  \
      ffdelt(f, &status);                                                                                              \
      status = 0;                                                                                                      \
    }                                                                                                                  \
  } while (0)

static void images(void) {
  long axes[] = {2, 3, 4, 5}, bad[] = {3, -1};
  LONGLONG big[] = {3000, 3, 1, 1};
  static const int types[] = {8, 16, 32, 64, -32, -64, 10, 20, 40, 80, 0, 12, -16};
  for (int i = 0; i < (int)(sizeof types / sizeof *types); i++) {
    printf("BITPIX %d\n", types[i]);
    FRESH(ffphps(f, types[i], 2, axes, &status));
    FRESH(ffphprll(f, 1, types[i], 1, big, 0, 1, 1, &status));
  }
  FRESH(ffphps(f, 16, 0, NULL, &status));
  FRESH(ffphps(f, 16, 4, axes, &status));
  FRESH(ffphps(f, 16, 2, bad, &status));
  FRESH(ffphps(f, 16, -1, axes, &status));
  FRESH(ffphps(f, 16, 1000, axes, &status));
  FRESH(ffphpsll(f, 16, 4, big, &status));
  FRESH(ffphpr(f, 0, 16, 2, axes, 0, 1, 0, &status));
  FRESH(ffphpr(f, 1, 16, 2, axes, 0, 1, 0, &status));
  FRESH(ffphpr(f, 1, 16, 2, axes, 5, 1, 1, &status));
  FRESH(ffphpr(f, 1, 16, 2, axes, 5, 2, 1, &status));
  FRESH(ffphpr(f, 1, 16, 2, axes, 0, 2, 0, &status));
  FRESH(ffphpr(f, 1, 16, 2, axes, -5, 2, 0, &status));
  FRESH(ffphpr(f, 1, 16, 2, axes, 0, 0, 0, &status));
  FRESH(ffphpr(f, 1, 16, 2, axes, 0, -1, 0, &status));
  axes[0] = 0;
  FRESH(ffphpr(f, 1, 16, 3, axes, 6, 10, 1, &status));
  FRESH((ffphps(f, 16, 2, axes, &status), ffphps(f, 16, 2, axes, &status)));
  FRESH((ffprec(f, "A       = 1", &status), ffphps(f, 16, 2, axes, &status)));
  FRESH(ffphext(f, "IMAGE", 16, 2, axes, 0, 1, &status));
  FRESH(ffphext(f, "BINTABLE", 8, 2, axes, 5, 1, &status));
  FRESH(ffphext(f, "OTHER'S A LONG NAME", -32, 0, NULL, 5, 9, &status));
  FRESH(ffphext(f, "FOREIGN", 8, 1, axes, -5, 1, &status));
  FRESH(ffphext(f, "FOREIGN", 8, 1, axes, 5, -1, &status));
  FRESH(ffphext(f, "FOREIGN", 8, 1, axes, 5, 0, &status));
  FRESH(ffphext(f, "FOREIGN", 8, 1000, axes, 5, 0, &status));
  FRESH(ffphext(f, "FOREIGN", 8, 2, bad, 5, 1, &status));
  FRESH(ffphext(f, "FOREIGN", 9, 1, axes, 5, 1, &status));
  FRESH(ffphext(f, "FOREIGN", 20, 1, axes, 5, 1, &status));
}

/* An image that the program wants to be compressed. */
static void compressed(void) {
  long axes[] = {20, 10};
  LONGLONG wide[] = {20, 10};
  FRESH((fits_set_compression_type(f, RICE_1, &status), ffphps(f, 16, 2, axes, &status)));
  FRESH((fits_set_compression_type(f, RICE_1, &status), ffphps(f, 20, 2, axes, &status)));
  FRESH((fits_set_compression_type(f, GZIP_1, &status), ffphprll(f, 0, -32, 2, wide, 5, 2, 0, &status)));
  FRESH((fits_set_compression_type(f, RICE_1, &status), ffphext(f, "IMAGE", 16, 2, axes, 0, 1, &status)));
}

static void ascii_tables(void) {
  char *ttype[] = {"Name", "x", "", "y's",
                   "A label of a column that is very long, longer than sixty-eight characters are"};
  char *tform[] = {"A8", "I10", "F10.3", "E15.7", "D25.16"}, *bad[] = {"A8", "1J", "F10.3", "E15.7", "D25.16"};
  char *lower[] = {"a8", "i10", "f10.3", "e15.7", "d25.16"};
  char *tunit[] = {"", "m", "", "m/s", ""};
  long tbcol[] = {1, 10, 21, 32, 48}, zero[] = {0, 0, 0, 0, 0};
  FRESH(ffphtb(f, 72, 10, 5, ttype, tbcol, tform, tunit, "TABLE", &status));
  FRESH(ffphtb(f, 0, 0, 5, ttype, zero, tform, NULL, NULL, &status));
  FRESH(ffphtb(f, 0, 0, 5, ttype, NULL, tform, tunit, "", &status));
  FRESH(ffphtb(f, 0, 10, 4, ttype, NULL, lower, tunit, "lower", &status));
  FRESH(ffphtb(f, 0, 0, 0, NULL, NULL, NULL, NULL, "EMPTY", &status));
  FRESH(ffphtb(f, 0, 0, 5, ttype, NULL, bad, NULL, "BAD", &status));
  FRESH(ffphtb(f, -1, 0, 5, ttype, tbcol, tform, NULL, "BAD", &status));
  FRESH(ffphtb(f, 0, -1, 5, ttype, tbcol, tform, NULL, "BAD", &status));
  FRESH(ffphtb(f, 0, 0, -1, ttype, tbcol, tform, NULL, "BAD", &status));
  FRESH(ffphtb(f, 0, 0, 1000, ttype, tbcol, tform, NULL, "BAD", &status));
  FRESH((ffprec(f, "A       = 1", &status), ffphtb(f, 72, 10, 5, ttype, tbcol, tform, tunit, "TABLE", &status)));
}

static void binary_tables(void) {
  char *ttype[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "", "p", "q", "r", "s", "t"};
  char *tform[] = {"1L", "8X", "B", "3I", "J",      "K",     "10A", "10A5", "20A:SSTR8", "E",
                   "D",  "2C", "M", "PJ", "1PE(5)", "QD(7)", "2U",  "V",    "W",         "S"};
  char *lower[] = {"1l", "8x", "b", "3i", "j", "k", "10a", "10a5", "pe(3)", "e", "d", "2c", "m", "1u", "v"};
  char *zero[] = {"0J", "0A", "12A0", "0PJ", "100A10", "PA", "PX(9)", "1PB", "PS", "PU(3)", "QV"};
  char *tunit[] = {"", "m", "", "", "km", "", "", "", "", "", "", "", "", "", "", "", "m", "s", "", ""};
  char *bad[] = {"J", "Z"}, *bad2[] = {"J", "-1J"}, *bad3[] = {"J", ""}, *bad4[] = {"J", "1PZ"};
  FRESH(ffphbn(f, 10, 20, ttype, tform, tunit, "TABLE", 0, &status));
  FRESH(ffphbn(f, 0, 15, ttype, lower, NULL, "", 100, &status));
  FRESH(ffphbn(f, 0, 11, ttype, zero, NULL, NULL, 0, &status));
  FRESH(ffphbn(f, 0, 2, ttype, bad, NULL, NULL, 0, &status));
  FRESH(ffphbn(f, 0, 2, ttype, bad2, NULL, NULL, 0, &status));
  FRESH(ffphbn(f, 0, 2, ttype, bad3, NULL, NULL, 0, &status));
  FRESH(ffphbn(f, 0, 2, ttype, bad4, NULL, NULL, 0, &status));
  FRESH(ffphbn(f, 0, 0, ttype, tform, NULL, "EMPTY", 0, &status));
  FRESH(ffphbn(f, -1, 1, ttype, tform, NULL, "BAD", 0, &status));
  FRESH(ffphbn(f, 3000, 1, ttype, tform, NULL, "BIG", 3000, &status));
  FRESH(ffphbn(f, 0, -1, ttype, tform, NULL, "BAD", 0, &status));
  FRESH(ffphbn(f, 0, 1000, ttype, tform, NULL, "BAD", 0, &status));
  FRESH(ffphbn(f, 0, 1, ttype, tform, NULL, "BAD", -1, &status));
  FRESH((ffprec(f, "A       = 1", &status), ffphbn(f, 10, 20, ttype, tform, tunit, "TABLE", 0, &status)));
}

int main(void) {
  images();
  compressed();
  ascii_tables();
  binary_tables();
  return 0;
}
