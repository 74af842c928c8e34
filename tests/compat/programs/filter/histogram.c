/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Histograms of columns: ranges of bins, keywords, the counts, the function for whole files.
 */
#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double none = DOUBLENULLVALUE;

static void show_cards(fitsfile *fptr) {
  int status = 0, count = 0;
  char card[FLEN_CARD];
  fits_get_hdrspace(fptr, &count, NULL, &status);
  for (int i = 1; i <= count; i++)
    if (fits_read_record(fptr, i, card, &status) == 0)
      printf("  %s\n", card);
}

static void show_pixels(fitsfile *fptr) {
  int status = 0, naxis = 0;
  long naxes[4] = {1, 1, 1, 1}, n = 1;
  fits_get_img_dim(fptr, &naxis, &status);
  fits_get_img_size(fptr, 4, naxes, &status);
  for (int i = 0; i < naxis; i++)
    n *= naxes[i];
  double *pixels = calloc((size_t)n + 1, sizeof *pixels);
  fits_read_img(fptr, TDOUBLE, 1, n, NULL, pixels, NULL, &status);
  for (long i = 0; i < n; i++)
    if (pixels[i] != 0)
      printf(" %ld:%.9g", i + 1, pixels[i]);
  printf(" (%d)\n", status);
  free(pixels);
}

static fitsfile *make_table(const char *name, int *status) {
  fitsfile *fptr = NULL;
  char *ttype[] = {"X", "Y", "DETX", "DETY", "W", "B", "U"};
  char *tform[] = {"1J", "1D", "1I", "1E", "1E", "1B", "1V"};
  char *tunit[] = {"pix", "s", "", "mm", "", "", ""};
  fits_create_file(&fptr, name, status);
  fits_create_tbl(fptr, BINARY_TBL, 40, 7, ttype, tform, tunit, "EV", status);
  fits_write_key_lng(fptr, "TNULL1", -1, NULL, status);
  fits_write_key_lng(fptr, "TLMIN3", 0, NULL, status);
  fits_write_key_lng(fptr, "TLMAX3", 15, NULL, status);
  fits_write_key_dbl(fptr, "TLMIN4", -1.5, 5, NULL, status);
  fits_write_key_dbl(fptr, "LOW", 2, 5, NULL, status);
  fits_write_key_dbl(fptr, "HIGH", 12, 5, NULL, status);
  fits_write_key_dbl(fptr, "STEP", 2.5, 5, NULL, status);
  fits_write_key_str(fptr, "TCTYP4", "DEC--TAN", "type", status);
  fits_write_key_str(fptr, "TCUNI4", "deg", NULL, status);
  fits_write_key_dbl(fptr, "TCRPX4", 1.5, 5, NULL, status);
  fits_write_key_dbl(fptr, "TCRVL4", 41, 5, NULL, status);
  fits_write_key_dbl(fptr, "TCDLT4", 0.125, 5, NULL, status);
  fits_write_key_str(fptr, "TCTY4A", "ALT", "alternate", status);
  fits_write_key_dbl(fptr, "TCRP4A", 2, 5, NULL, status);
  fits_write_key_dbl(fptr, "TCDE4A", 0.5, 5, NULL, status);
  fits_write_key_dbl(fptr, "TC4_4", 0.75, 5, NULL, status);
  fits_write_key_dbl(fptr, "TCROT4", 30, 5, NULL, status);
  fits_write_key_str(fptr, "WCSN4A", "name", NULL, status);
  fits_write_key_dbl(fptr, "EQUI4", 2000, 5, NULL, status);
  fits_write_key_str(fptr, "RADE4", "FK5", NULL, status);
  fits_write_key_str(fptr, "TCTYP1", "RA---TAN", NULL, status);
  fits_write_key_str(fptr, "TDISP1", "I5", NULL, status);
  fits_write_key_str(fptr, "TELESCOP", "tel", "telescope", status);
  fits_write_key_str(fptr, "TIMESYS", "TT", NULL, status);
  fits_write_key_lng(fptr, "EXTVER", 2, NULL, status);
  fits_write_key_dbl(fptr, "MJDREF", 5, 5, NULL, status);
  fits_write_comment(fptr, "comment", status);
  fits_set_hdustruc(fptr, status);
  for (int r = 1; r <= 40; r++) {
    double v[7] = {(r * 7) % 20, r * r / 16.0, r % 16, r / 8.0 - 1, r / 4.0, r % 5, r};
    for (int c = 0; c < 7; c++)
      fits_write_col(fptr, TDOUBLE, c + 1, r, 1, 1, &v[c], status);
  }
  fits_write_col_null(fptr, 1, 5, 1, 1, status);
  fits_write_col_null(fptr, 2, 6, 1, 1, status);
  fits_flush_file(fptr, status);
  printf("made %d\n", *status);
  return fptr;
}

typedef struct request {
  int naxis;
  const char *columns[4];
  double low[4], high[4], size[4];
  const char *low_key[4], *high_key[4], *size_key[4];
} request;

static char names[4][4][FLEN_VALUE];

static void unpack(const request *q) {
  memset(names, 0, sizeof names);
  for (int i = 0; i < 4; i++) {
    const char *texts[4] = {q->columns[i], q->low_key[i], q->high_key[i], q->size_key[i]};
    for (int k = 0; k < 4; k++)
      (void)snprintf(names[k][i], FLEN_VALUE, "%s", texts[k] == NULL ? "" : texts[k]);
  }
}

static const request requests[] = {
    {1, {"X"}, {0}, {10}, {1}, {0}, {0}, {0}},
    {1, {"X"}, {1}, {10}, {3}, {0}, {0}, {0}},
    {1, {"X"}, {0.5}, {10.5}, {1}, {0}, {0}, {0}},
    {1, {"X"}, {1}, {10}, {0.5}, {0}, {0}, {0}},
    {1, {"X"}, {1.25}, {10}, {1}, {0}, {0}, {0}},
    {1, {"X"}, {10}, {0}, {1}, {0}, {0}, {0}},
    {1, {"X"}, {0}, {10}, {-1}, {0}, {0}, {0}},
    {1, {"X"}, {3}, {3}, {1}, {0}, {0}, {0}},
    {1, {"Y"}, {0}, {10}, {1}, {0}, {0}, {0}},
    {1, {"Y"}, {0}, {10}, {3}, {0}, {0}, {0}},
    {1, {"Y"}, {0}, {10}, {0.1}, {0}, {0}, {0}},
    {1, {"Y"}, {10}, {0}, {0.1}, {0}, {0}, {0}},
    {1, {"Y"}, {3}, {3}, {1}, {0}, {0}, {0}},
    {1, {"Y"}, {0}, {1.1}, {0.1}, {0}, {0}, {0}},
    {1, {"Y"}, {0.1}, {0.7}, {0.1}, {0}, {0}, {0}},
    {1, {"Y"}, {0}, {1.1000001}, {0.1}, {0}, {0}, {0}},
    {2, {"DETX", "DETY"}, {1, 0}, {4, 4}, {1, 0.5}, {0}, {0}, {0}},
    {1, {"x"}, {0}, {0}, {0}, {"LOW"}, {"HIGH"}, {"STEP"}},
    {1, {"X"}, {0}, {0}, {0}, {"NOKEY"}, {"HIGH"}, {"STEP"}},
    {1, {"NOCOL"}, {0}, {10}, {1}, {0}, {0}, {0}},
    {1, {"5"}, {0}, {10}, {1}, {0}, {0}, {0}},
};

/* Marks what a request leaves out. */
static const request open_requests[] = {
    {1, {"X"}, {0}, {0}, {0}, {0}, {0}, {0}},      {1, {"Y"}, {0}, {0}, {0}, {0}, {0}, {0}},
    {1, {"DETX"}, {0}, {0}, {0}, {0}, {0}, {0}},   {1, {"DETY"}, {0}, {0}, {0}, {0}, {0}, {0}},
    {2, {"B", "W"}, {0}, {0}, {0}, {0}, {0}, {0}}, {1, {"U"}, {0}, {0}, {0}, {0}, {0}, {0}},
    {2, {"", ""}, {0}, {0}, {0}, {0}, {0}, {0}},   {1, {""}, {0}, {0}, {0}, {0}, {0}, {0}},
};

static void binning(fitsfile *fptr, const request *q, int given) {
  int status = 0, columns[4] = {0}, columns2[4] = {0};
  long naxes[4] = {0}, naxes2[4] = {0};
  double low[4], high[4], size[4], a[4] = {0}, b[4] = {0}, c[4] = {0};
  float fa[4] = {0}, fb[4] = {0}, fc[4] = {0};
  for (int i = 0; i < 4; i++) {
    low[i] = given ? q->low[i] : none;
    high[i] = given ? q->high[i] : none;
    size[i] = given ? q->size[i] : none;
  }
  unpack(q);
  int result = fits_calc_binningd(fptr, q->naxis, names[0], low, high, size, names[1], names[2], names[3], columns,
                                  naxes, a, b, c, &status);
  printf("binning %s: %d %d\n", q->columns[0], result, status);
  for (int i = 0; i < q->naxis && status == 0; i++)
    printf("  {%s} %d %ld %.12g %.12g %.12g\n", names[0][i], columns[i], naxes[i], a[i], b[i], c[i]);
  status = 0;
  unpack(q);
  fits_calc_binning(fptr, q->naxis, names[0], low, high, size, names[1], names[2], names[3], columns2, naxes2, fa, fb,
                    fc, &status);
  for (int i = 0; i < q->naxis && status == 0; i++)
    printf("  %d %ld %.9g %.9g %.9g\n", columns2[i], naxes2[i], fa[i], fb[i], fc[i]);
  fits_clear_errmsg();
}

static void keywords(fitsfile *fptr, const char *name) {
  fitsfile *image = NULL;
  int status = 0, columns[2] = {4, 1};
  long naxes[2] = {10, 8};
  double low[2] = {-1, 0.5}, size[2] = {0.3, 2};
  float flow[2] = {0.25F, 1.5F}, fsize[2] = {0.1F, 2};
  fits_create_file(&image, name, &status);
  fits_create_img(image, LONG_IMG, 2, naxes, &status);
  fits_copy_pixlist2image(fptr, image, 9, 2, columns, &status);
  printf("copied %d\n", status);
  show_cards(image);
  fits_write_keys_histo(fptr, image, 2, columns, &status);
  printf("histo %d\n", status);
  show_cards(image);
  fits_rebin_wcsd(image, 2, low, size, &status);
  printf("rebinned %d\n", status);
  show_cards(image);
  fits_rebin_wcs(image, 2, flow, fsize, &status);
  printf("rebinned %d\n", status);
  show_cards(image);
  fits_create_img(image, LONG_IMG, 2, naxes, &status);
  columns[0] = 2;
  fits_write_keys_histo(fptr, image, 2, columns, &status);
  fits_rebin_wcsd(image, 2, low, size, &status);
  printf("second %d\n", status);
  show_cards(image);
  fits_close_file(image, &status);
  printf("closed %d\n", status);
}

/* fits_make_hist(), ffhist() and ffhist3() fail in CFITSIO 4.2. */
static void counts(const char *table) {
  static const int types[] = {TBYTE, TSHORT, TINT, TFLOAT, TDOUBLE};
  char selected[40];
  for (int i = 0; i < 40; i++)
    selected[i] = (char)(i % 3 == 0);
  for (size_t t = 0; t < sizeof types / sizeof *types; t++)
    for (int kind = 0; kind < 6; kind++) {
      fitsfile *fptr = NULL;
      int status = 0;
      double low[4] = {-0.5, -0.5}, high[4] = {15.5, 4.5}, size[4] = {2, 1},
             weight = kind == 1 || kind == 5 ? 2.5 : 1.0;
      char out[] = "mem://", by[FLEN_VALUE] = "";
      static const request columns = {2, {"DETX", "B"}, {0}, {0}, {0}, {0}, {0}, {0}};
      fits_open_file(&fptr, table, READONLY, &status);
      fits_movabs_hdu(fptr, 2, NULL, &status);
      unpack(&columns);
      if (kind == 2 || kind == 3)
        (void)snprintf(by, sizeof by, "W");
      if (kind == 4)
        (void)snprintf(by, sizeof by, "STEP");
      ffhist2(&fptr, out, types[t], 2, names[0], low, high, size, names[1], names[2], names[3], weight, by,
              kind == 3 || kind == 5, kind % 2 == 1 ? selected : NULL, &status);
      printf("make %d %d: %d", types[t], kind, status);
      status = 0;
      show_pixels(fptr);
      if (t == 0)
        show_cards(fptr);
      fits_close_file(fptr, &status);
      fits_clear_errmsg();
    }
}

int main(void) {
  int status = 0;
  fitsfile *fptr = make_table("events.fits", &status);
  for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
    binning(fptr, &requests[i], 1);
  for (size_t i = 0; i < sizeof open_requests / sizeof *open_requests; i++)
    binning(fptr, &open_requests[i], 0);
  fits_write_key_str(fptr, "CPREF", "DETX, DETY", NULL, &status);
  binning(fptr, &open_requests[6], 0);
  binning(fptr, &open_requests[7], 0);
  keywords(fptr, "keys.fits");
  fits_close_file(fptr, &status);
  counts("events.fits");
  printf("%d\n", status);
  return 0;
}
