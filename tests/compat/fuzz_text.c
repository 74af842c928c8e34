/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Text of the CFITSIO layer: cards, values, formats, dates, lines of templates, tokens. If the first byte is odd, the
 * input is a header, which is opened from memory and read.
 */
#include <fitsio2.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void read_card(char *card) {
  char name[FLEN_KEYWORD], value[FLEN_VALUE], comment[FLEN_COMMENT], out[2 * FLEN_CARD];
  char *patterns[][2] = {
      {"TSCALn", "BSCALE"}, {"iCTYna", "CTYPEia"}, {"i#V?_ma", "PVi_ma"}, {"Xn_m", "Ym_n"}, {"*", "+"}};
  int n, i, j, m, k, status = 0;
  ffgknm(card, name, &n, &status);
  status = 0;
  ffpsvc(card, value, comment, &status);
  status = 0;
  fftrec(card, &status);
  status = 0;
  fftkey(card, &status);
  (void)ffgkcl(card);
  ffgthd(card, out, &n, &status);
  status = 0;
  fits_translate_keyword(card, out, patterns, 5, 1, 3, 1, &n, &i, &j, &m, &k, &status);
  status = 0;
  ffkeyn(card, 12, name, &status);
  status = 0;
  ffnkey(12, card, name, &status);
}

static void read_value(char *text) {
  char type, *string = malloc(strlen(text) + FLEN_VALUE);
  int n, negative, status = 0;
  long l;
  LONGLONG ll;
  ULONGLONG u;
  float e;
  double d;
  if (string == NULL)
    abort();
  ffinttyp(text, &n, &negative, &status);
  status = 0;
  ffc2xx(text, &type, &ll, &n, string, &d, &status);
  status = 0;
  ffc2i(text, &l, &status);
  status = 0;
  ffc2uj(text, &u, &status);
  status = 0;
  ffc2r(text, &e, &status);
  status = 0;
  ffc2l(text, &n, &status);
  status = 0;
  ffc2s(text, string, &status);
  free(string);
}

static void read_other(char *text) {
  int year, month, day, hour, minute, n, status = 0;
  long repeat, width, step;
  double second;
  char *token = NULL, *place = text;
  ffbnfm(text, &n, &repeat, &width, &status);
  status = 0;
  ffasfm(text, &n, &width, &day, &status);
  status = 0;
  ffs2dt(text, &year, &month, &day, &status);
  status = 0;
  ffs2tm(text, &year, &month, &day, &hour, &minute, &second, &status);
  status = 0;
  for (int i = 0; i < 10 && status == 0; i++)
    fits_get_section_range(&place, &repeat, &width, &step, &status);
  status = 0;
  place = text;
  while (fits_get_token2(&place, " ,", &token, &n, &status) > 0) {
    free(token);
    token = NULL;
    place += *place != '\0';
  }
  char *half = text + strlen(text) / 2;
  ffcmps(half, text, CASEINSEN, &n, &day);
  ffcmps(text, half, CASESEN, &n, &day);
  for (char *name = fits_split_names(text); name != NULL;)
    name = fits_split_names(NULL);
}

static void read_header(void *data, size_t size) {
  fitsfile *f = NULL;
  int status = 0, n, bits, axes, extend;
  long naxes[9], pcount, gcount;
  double d[7];
  char *text = NULL, *patterns[] = {"A*", "K?#"}, card[FLEN_CARD], comment[FLEN_COMMENT], value[FLEN_CARD];
  if (fits_open_memfile(&f, "text", READONLY, &data, &size, 0, NULL, &status) > 0)
    return;
  for (int i = 1; i < 50; i++) {
    char name[FLEN_KEYWORD] = "";
    status = 0;
    ffgkyn(f, i, name, value, comment, &status);
    status = 0;
    ffgkls(f, name, &text, comment, &status);
    free(text);
    text = NULL;
    status = 0;
    ffgkym(f, name, d, comment, &status);
    status = 0;
    ffgkyt(f, name, naxes, d, comment, &status);
    status = 0;
    ffgsky(f, name, 2, 20, value, &n, comment, &status);
  }
  status = 0;
  ffhdr2str(f, 1, patterns, 2, &text, &n, &status);
  free(text);
  text = NULL;
  status = 0;
  ffh2st(f, &text, &status);
  free(text);
  status = 0;
  ffgknj(f, "NAXIS", 1, 9, naxes, &n, &status);
  status = 0;
  ffgnxk(f, patterns, 2, patterns, 1, card, &status);
  status = 0;
  ffghpr(f, 9, &n, &bits, &axes, naxes, &pcount, &gcount, &extend, &status);
  status = 0;
  ffgtdm(f, 1, 9, &axes, naxes, &status);
  status = 0;
  ffgics(f, &d[0], &d[1], &d[2], &d[3], &d[4], &d[5], &d[6], card, &status);
  status = 0;
  fits_close_file(f, &status);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1 || size > 20000)
    return 0;
  char *text = malloc(size);
  if (text == NULL)
    abort();
  memcpy(text, data + 1, size - 1);
  text[size - 1] = '\0';
  if (data[0] % 2 == 1) {
    read_header(text, size - 1);
  } else {
    read_card(text);
    read_value(text);
    read_other(text);
  }
  fits_clear_errmsg();
  free(text);
  return 0;
}
