/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Missing arguments, closed files and damaged headers for the functions that read keywords, text and coordinates. Each
 * returns an error or a value.
 */
#include <fitsio2.h>
#include <stdlib.h>

#include "../shared/mutate.h"

#define CHECK(condition)                                                                                               \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      printf("line %d: %s\n", __LINE__, #condition);                                                                   \
      failed = 1;                                                                                                      \
    }                                                                                                                  \
  } while (0)

static int failed;

/* Calls readers of one keyword. Returns how many of them fail. */
static int read_all(fitsfile *f, const char *key, int *status) {
  static const int types[] = {TSTRING,   TBYTE,      TSBYTE, TSHORT,  TUSHORT,  TINT,        TUINT,    TLONG, TULONG,
                              TLONGLONG, TULONGLONG, TFLOAT, TDOUBLE, TCOMPLEX, TDBLCOMPLEX, TLOGICAL, 0,     -5};
  char value[FLEN_CARD], comment[FLEN_COMMENT], *text = NULL;
  double d[2];
  long l;
  int n = 0, bad = 0, given = status == NULL ? 0 : *status, s;
#define TRY(call)                                                                                                      \
  do {                                                                                                                 \
    if (status != NULL)                                                                                                \
      *status = given;                                                                                                 \
    s = call;                                                                                                          \
    bad += s > 0;                                                                                                      \
  } while (0)
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    TRY(ffgky(f, types[i], key, value, comment, status));
  TRY(ffgkey(f, key, value, NULL, status));
  TRY(ffgkyt(f, key, &l, d, comment, status));
  TRY(ffgunt(f, key, comment, status));
  TRY(ffgkls(f, key, &text, comment, status));
  free(text);
  TRY(ffgksl(f, key, &n, status));
  TRY(ffgsky(f, key, 3, 40, value, &n, comment, status));
  TRY(ffgcrd(f, key, value, status));
#undef TRY
  return bad;
}

static void missing_arguments(fitsfile *f) {
  int status = 0, n;
  char text[200] = "A", *list = NULL;
  CHECK(read_all(NULL, "NAXIS", &status) == 25);
  status = 0;
  CHECK(read_all(f, "NAXIS", NULL) == 25);
  status = 0;
  CHECK(read_all(f, NULL, &status) == 25);
  status = 17;
  CHECK(read_all(f, "NAXIS", &status) == 25);
#define FAILS(call)                                                                                                    \
  do {                                                                                                                 \
    status = 0;                                                                                                        \
    CHECK((call) > 0);                                                                                                 \
  } while (0)
  FAILS(ffgky(f, TINT, "NAXIS", NULL, NULL, &status));
  FAILS(ffgky(f, TSTRING, "NAXIS", NULL, NULL, &status));
  FAILS(ffgkyt(f, "NAXIS", NULL, NULL, NULL, &status));
  FAILS(ffgkls(f, "NAXIS", NULL, NULL, &status));
  FAILS(ffgksl(f, "NAXIS", NULL, &status));
  FAILS(ffgunt(f, "NAXIS", NULL, &status));
  FAILS(ffgcrd(f, "NAXIS", NULL, &status));
  FAILS(ffgstr(f, NULL, NULL, &status));
  FAILS(ffgrec(f, 1, NULL, &status));
  FAILS(ffgkyn(f, 1, NULL, NULL, NULL, &status));
  FAILS(ffgnxk(f, NULL, 1, NULL, 1, text, &status));
  FAILS(ffgknj(f, NULL, 1, 1, NULL, NULL, &status));
  FAILS(ffhdr2str(f, 0, NULL, 1, &list, &n, &status));
  FAILS(ffhdr2str(f, 0, NULL, 0, NULL, NULL, &status));
  FAILS(ffh2st(f, NULL, &status));
  FAILS(ffgtdm(f, 1, 1, NULL, NULL, &status));
  FAILS(ffdtdm(f, NULL, 1, 1, NULL, NULL, &status));
  FAILS(ffgics(f, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &status));
  FAILS(ffwldp(1, 1, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL, &status));
  FAILS(ffxypx(1, 1, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL, &status));
  FAILS(fits_read_wcstab(f, 1, NULL, &status));
  FAILS(ffgknm(NULL, NULL, NULL, &status));
  FAILS(ffpsvc(NULL, NULL, NULL, &status));
  FAILS(fftkey(NULL, &status));
  FAILS(fftrec(NULL, &status));
  FAILS(ffkeyn(NULL, 1, NULL, &status));
  FAILS(ffnkey(1, NULL, NULL, &status));
  FAILS(ffdtyp(NULL, NULL, &status));
  FAILS(ffinttyp(NULL, NULL, NULL, &status));
  FAILS(ffgthd(NULL, NULL, NULL, &status));
  FAILS(ffasfm(NULL, NULL, NULL, NULL, &status));
  FAILS(ffbnfm(NULL, NULL, NULL, NULL, &status));
  FAILS(ffgabc(1, NULL, 1, NULL, NULL, &status));
  FAILS(ffs2dt(NULL, NULL, NULL, NULL, &status));
  FAILS(fftm2s(2000, 1, 1, 0, 0, 0, 0, NULL, &status));
  FAILS(ffdt2s(2000, 1, 1, NULL, &status));
  FAILS(ffgstm(NULL, NULL, &status));
  FAILS(fits_get_section_range(NULL, NULL, NULL, NULL, &status));
  FAILS(fits_translate_keyword(NULL, NULL, NULL, 1, 1, 1, 1, NULL, NULL, NULL, NULL, NULL, &status));
  FAILS(fits_translate_keywords(f, NULL, 1, NULL, 1, 1, 1, 1, &status));
  FAILS(fits_img_stats_int(NULL, 5, 5, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &status));
  FAILS(fits_img_stats_int(NULL, -5, 5, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &status));
  FAILS(ffc2i("5", NULL, &status));
  FAILS(ffc2d(NULL, NULL, &status));
  FAILS(ffc2s(NULL, NULL, &status));
  FAILS(ffc2l("T", NULL, NULL));
  FAILS(ffbnfm("1J", NULL, NULL, NULL, NULL));
  FAILS(ffghpr(NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &status));
  CHECK(fits_get_token(NULL, NULL, NULL, NULL) == 0);
  CHECK(ffgkcl(NULL) == TYP_USER_KEY);
  ffcmps(NULL, NULL, 0, NULL, NULL);
  ffupch(NULL);
  (void)ffvers(NULL);
  ffcmsg();
}

/* Texts that CFITSIO's buffers are too small for. */
static void long_texts(void) {
  char text[3000], out[3000], type;
  long l;
  double d;
  int status = 0, n, negative;
  for (size_t length = 1; length < sizeof text; length = length * 2 + 1) {
    memset(text, '9', length);
    text[length] = '\0';
    status = 0;
    ffc2i(text, &l, &status);
    status = 0;
    ffc2d(text, &d, &status);
    status = 0;
    ffinttyp(text, &n, &negative, &status);
    status = 0;
    ffdtyp(text, &type, &status);
    status = 0;
    ffbnfm(text, &n, &l, &l, &status);
    status = 0;
    ffasfm(text, &n, &l, &n, &status);
    status = 0;
    ffs2tm(text, &n, &n, &n, &n, &n, &d, &status);
    status = 0;
    ffgthd(text, out, &n, &status);
    status = 0;
    ffkeyn(text, 1, out, &status);
    status = 0;
    ffpsvc(text, out, out + 200, &status);
    ffcmps(text, text, 0, &n, &negative);
    memset(text, '*', length);
    ffcmps(text, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", 0, &n, &negative);
  }
  ffcmsg();
}

/* Headers with random characters. */
static void damaged_headers(void) {
  static const char *const cards[] = {"SIMPLE  =                    T",
                                      "BITPIX  =                    8",
                                      "NAXIS   =                    0",
                                      "A       = 'abc&'",
                                      "CONTINUE  'def&'",
                                      "HIERARCH a b = 'x'",
                                      "CTYPE1  = 'RA---TAN'",
                                      "CD1_1   = 1",
                                      "KEY1    = (1,2)",
                                      "KEY2    = 1.5D5"};
  for (int round = 0; round < 300; round++) {
    char header[2880];
    int status = 0, n;
    memset(header, ' ', sizeof header);
    for (size_t i = 0; i < 35; i++)
      memcpy(header + 80 * i, cards[i % 10], strlen(cards[i % 10]));
    memcpy(header + 80 * 35, "END", 3);
    for (int k = 0; k < round; k++)
      header[240 + random_below(2560)] = (char)random_below(256);
    FILE *out = fopen("damaged.fits", "wb");
    if (out == NULL || fwrite(header, 1, sizeof header, out) != sizeof header || fclose(out) != 0)
      exit(2);
    fitsfile *f;
    if (fits_open_diskfile(&f, "damaged.fits", READONLY, &status) > 0)
      continue;
    for (int key = 0; key < 40; key++) {
      char name[FLEN_KEYWORD] = "", value[FLEN_VALUE], comment[FLEN_COMMENT];
      status = 0;
      ffgkyn(f, key, name, value, comment, &status);
      status = 0;
      (void)read_all(f, name, &status);
    }
    char *text = NULL, *patterns[] = {"A*", "?"}, card[FLEN_CARD];
    long values[5];
    double d[7];
    status = 0;
    ffhdr2str(f, 1, patterns, 2, &text, &n, &status);
    free(text);
    text = NULL;
    status = 0;
    ffgknj(f, "KEY", 1, 5, values, &n, &status);
    status = 0;
    ffgnxk(f, patterns, 2, patterns, 1, card, &status);
    status = 0;
    ffgics(f, &d[0], &d[1], &d[2], &d[3], &d[4], &d[5], &d[6], card, &status);
    status = 0;
    ffh2st(f, &text, &status);
    free(text);
    status = 0;
    fits_close_file(f, &status);
  }
  (void)remove("damaged.fits");
  ffcmsg();
}

int main(void) {
  int status = 0;
  fitsfile *f;
  long axes[2] = {3, 4};
  (void)remove("hostile.fits");
  fits_create_diskfile(&f, "hostile.fits", &status);
  fits_create_img(f, BYTE_IMG, 2, axes, &status);
  CHECK(status == 0);
  missing_arguments(f);
  status = 0;
  fits_delete_file(f, &status);
  long_texts();
  damaged_headers();
  return failed;
}
