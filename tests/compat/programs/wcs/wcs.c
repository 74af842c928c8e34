/* SPDX-License-Identifier: BSD-3-Clause
 *
 * World coordinates: keywords of images and tables, projections both ways.
 */
#include <fitsio.h>
#include <math.h>
#include <string.h>

/* Prints a number so that the last digits do not count. */
static void number(double value) {
  if (fabs(value) < 1e-9)
    value = 0;
  printf(" %.8g", value);
}

static void project(const char *type, double xref, double yref, double xinc, double yinc, double rot) {
  char name[20];
  (void)strcpy(name, type);
  printf("%s %g %g %g %g %g\n", type, xref, yref, xinc, yinc, rot);
  for (int i = -3; i <= 3; i++)
    for (int j = -3; j <= 3; j++) {
      double x = 50 + 17 * i, y = 60 + 11 * j, ra = -777, dec = -777, px = -777, py = -777;
      int status = 0;
      fits_pix_to_world(x, y, xref, yref, 50, 60, xinc, yinc, rot, name, &ra, &dec, &status);
      printf(" %g %g: %d", x, y, status);
      if (status > 0) {
        printf("\n");
        continue;
      }
      number(ra);
      number(dec);
      fits_world_to_pix(ra, dec, xref, yref, 50, 60, xinc, yinc, rot, name, &px, &py, &status);
      printf(" %d", status);
      if (status == 0) {
        number(px);
        number(py);
      }
      printf("\n");
    }
  for (int ra = -180; ra <= 540; ra += 40)
    for (int dec = -80; dec <= 80; dec += 40) {
      double px = -777, py = -777;
      int status = 0;
      fits_world_to_pix(ra + 1.5, dec + 0.5, xref, yref, 50, 60, xinc, yinc, rot, name, &px, &py, &status);
      printf(" %d %d: %d", ra, dec, status);
      if (status == 0) {
        number(px);
        number(py);
      }
      printf("\n");
    }
}

static void show(const char *title, const char *const *cards) {
  fitsfile *f;
  long axes[2] = {10, 20};
  int status = 0;
  fits_create_diskfile(&f, "wcs.fits", &status);
  fits_create_img(f, SHORT_IMG, 2, axes, &status);
  for (; *cards != NULL; cards++)
    fits_write_record(f, *cards, &status);
  printf("%s: %d\n", title, status);
  static const char versions[] = {'\0', ' ', 'A', 'B', 'Z', 'a', '1'};
  for (size_t i = 0; i < sizeof versions; i++) {
    double v[7] = {-7, -7, -7, -7, -7, -7, -7};
    char type[20] = "?";
    status = 0;
    if (versions[i] == '\0')
      fits_read_img_coord(f, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], type, &status);
    else
      ffgicsa(f, versions[i], &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], type, &status);
    printf(" %c", versions[i] == '\0' ? '.' : versions[i]);
    for (int k = 0; k < 7; k++)
      number(v[k]);
    printf(" [%s] %d\n", type, status);
  }
  status = 0;
  char *header = NULL;
  ffgiwcs(f, &header, &status);
  printf("%d\n%s\n", status, header == NULL ? "none" : header);
  fits_free_memory(header, &status);
  status = 0;
  fits_delete_file(f, &status);
}

static void keywords(void) {
  static const char *const none[] = {NULL};
  static const char *const plain[] = {"CTYPE1  = 'RA---TAN'", "CTYPE2  = 'DEC--TAN'", "CRVAL1  = 10.5",
                                      "CRVAL2  = -20.5",      "CRPIX1  = 5",          "CRPIX2  = 6.5",
                                      "CDELT1  = -0.01",      "CDELT2  = 0.02",       NULL};
  static const char *const rotated[] = {
      "CTYPE1  = 'RA---SIN'", "CTYPE2  = 'DEC--SIN'", "CRVAL1  = 10.5", "CRVAL2  = -20.5", "CRPIX1  = 5",
      "CRPIX2  = 6.5",        "CDELT1  = -0.01",      "CDELT2  = 0.02", "CROTA2  = 30",    NULL};
  static const char *const rotated1[] = {"CTYPE1  = 'RA---SIN'", "CRVAL1  = 10.5", "CRVAL2  = -20.5",
                                         "CRPIX1  = 5",          "CRPIX2  = 6.5",  "CDELT1  = -0.01",
                                         "CDELT2  = 0.02",       "CROTA1  = 30",   NULL};
  static const char *const swapped[] = {
      "CTYPE1  = 'DEC--TAN'", "CTYPE2  = 'RA---TAN'", "CRVAL1  = -20.5", "CRVAL2  = 10.5", "CRPIX1  = 5",
      "CRPIX2  = 6.5",        "CDELT1  = 0.02",       "CDELT2  = -0.01", "CROTA2  = 30",   NULL};
  static const char *const latitude[] = {"CTYPE1  = 'GLAT-CAR'", "CTYPE2  = 'GLON-CAR'", "CRVAL1  = 1",
                                         "CRVAL2  = 2",          "CRPIX1  = 5",          "CRPIX2  = 6.5",
                                         "CDELT1  = 0.02",       "CDELT2  = -0.01",      NULL};
  static const char *const longitude[] = {"CTYPE1  = 'GLON-AIT'", "CTYPE2  = 'GLAT-AIT'", "CRVAL1  = 1",
                                          "CRVAL2  = 2",          "CRPIX1  = 5",          "CRPIX2  = 6.5",
                                          "CDELT1  = 0.02",       "CDELT2  = -0.01",      NULL};
  static const char *const cd[] = {"CTYPE1  = 'RA---TAN'",
                                   "CTYPE2  = 'DEC--TAN'",
                                   "CRVAL1  = 10.5",
                                   "CRVAL2  = -20.5",
                                   "CRPIX1  = 5",
                                   "CRPIX2  = 6.5",
                                   "CD1_1   = -0.008660254",
                                   "CD1_2   = -0.005",
                                   "CD2_1   = -0.005",
                                   "CD2_2   = 0.008660254",
                                   NULL};
  static const char *const cd_skewed[] = {"CTYPE1  = 'RA---TAN'",
                                          "CTYPE2  = 'DEC--TAN'",
                                          "CRVAL1  = 10.5",
                                          "CRVAL2  = -20.5",
                                          "CRPIX1  = 5",
                                          "CRPIX2  = 6.5",
                                          "CD1_1   = -0.01",
                                          "CD1_2   = 0.003",
                                          "CD2_1   = 0.001",
                                          "CD2_2   = 0.02",
                                          NULL};
  static const char *const cd_down[] = {"CTYPE1  = 'RA---TAN'",
                                        "CTYPE2  = 'DEC--TAN'",
                                        "CRVAL1  = 10.5",
                                        "CRVAL2  = -20.5",
                                        "CRPIX1  = 5",
                                        "CRPIX2  = 6.5",
                                        "CD1_1   = 0.01",
                                        "CD1_2   = 0.0",
                                        "CD2_1   = 0.0",
                                        "CD2_2   = -0.02",
                                        NULL};
  static const char *const cd_turned[] = {"CTYPE1  = 'RA---TAN'",
                                          "CTYPE2  = 'DEC--TAN'",
                                          "CRVAL1  = 10.5",
                                          "CRVAL2  = -20.5",
                                          "CRPIX1  = 5",
                                          "CRPIX2  = 6.5",
                                          "CD1_1   = 0.0",
                                          "CD1_2   = 0.01",
                                          "CD2_1   = 0.01",
                                          "CD2_2   = 0.0",
                                          NULL};
  static const char *const cd_one[] = {
      "CTYPE1  = 'RA---TAN'", "CTYPE2  = 'DEC--TAN'", "CRVAL1  = 10.5",  "CRVAL2  = -20.5",
      "CRPIX1  = 5",          "CRPIX2  = 6.5",        "CD1_1   = -0.01", NULL};
  static const char *const cd_and_cdelt[] = {"CTYPE1  = 'RA---TAN'",
                                             "CTYPE2  = 'DEC--TAN'",
                                             "CRVAL1  = 10.5",
                                             "CRVAL2  = -20.5",
                                             "CRPIX1  = 5",
                                             "CRPIX2  = 6.5",
                                             "CD1_1   = -0.01",
                                             "CD2_2   = 0.02",
                                             "CDELT1  = 1",
                                             "CDELT2  = 2",
                                             NULL};
  static const char *const pc[] = {"CTYPE1  = 'RA---TAN'",
                                   "CTYPE2  = 'DEC--TAN'",
                                   "CRVAL1  = 10.5",
                                   "CRVAL2  = -20.5",
                                   "CRPIX1  = 5",
                                   "CRPIX2  = 6.5",
                                   "CDELT1  = -0.01",
                                   "CDELT2  = 0.01",
                                   "PC1_1   = 0.8660254",
                                   "PC1_2   = -0.5",
                                   "PC2_1   = 0.5",
                                   "PC2_2   = 0.8660254",
                                   NULL};
  static const char *const pc_skewed[] = {"CTYPE1  = 'RA---TAN'",
                                          "CTYPE2  = 'DEC--TAN'",
                                          "CRVAL1  = 10.5",
                                          "CRVAL2  = -20.5",
                                          "CRPIX1  = 5",
                                          "CRPIX2  = 6.5",
                                          "CDELT1  = -0.01",
                                          "CDELT2  = 0.02",
                                          "PC1_1   = 1.0",
                                          "PC1_2   = 0.3",
                                          "PC2_1   = 0.1",
                                          "PC2_2   = 1.0",
                                          NULL};
  static const char *const pc_one[] = {
      "CTYPE1  = 'RA---TAN'", "CTYPE2  = 'DEC--TAN'", "CRVAL1  = 10.5", "CRVAL2  = -20.5", "CRPIX1  = 5",
      "CRPIX2  = 6.5",        "CDELT1  = -0.01",      "CDELT2  = 0.02", "PC1_1   = 0.5",   NULL};
  static const char *const pc_rota[] = {"CTYPE1  = 'RA---TAN'", "CTYPE2  = 'DEC--TAN'",
                                        "CRVAL1  = 10.5",       "CRVAL2  = -20.5",
                                        "CRPIX1  = 5",          "CRPIX2  = 6.5",
                                        "CDELT1  = -0.01",      "CDELT2  = 0.01",
                                        "PC1_1   = 0.8660254",  "PC1_2   = -0.5",
                                        "PC2_1   = 0.5",        "PC2_2   = 0.8660254",
                                        "CROTA2  = 7",          NULL};
  static const char *const some[] = {"CRVAL1  = 10.5", "CDELT2  = 3", NULL};
  static const char *const only_crval[] = {"CTYPE1  = 'RA---TAN'", "CRVAL1  = 10.5", "CRVAL2  = 1.5", NULL};
  static const char *const shortened[] = {"CTYPE1  = 'RA--'", "CTYPE2  = 'DEC'", "CRVAL1  = 10.5",
                                          "CRVAL2  = 1.5",    "CRPIX1  = 5",     "CRPIX2  = 6.5",
                                          "CDELT1  = -0.01",  "CDELT2  = 0.02",  NULL};
  static const char *const bad[] = {"CTYPE2  = 'DEC'", "CRVAL1  = 'abc'", "CRVAL2  = 1.5",  "CRPIX1  = 5",
                                    "CRPIX2  = 6.5",   "CDELT1  = -0.01", "CDELT2  = 0.02", NULL};
  static const char *const versions[] = {"CTYPE1A = 'RA---TAN'",
                                         "CTYPE2A = 'DEC--TAN'",
                                         "CRVAL1A = 10.5",
                                         "CRVAL2A = -20.5",
                                         "CRPIX1A = 5",
                                         "CRPIX2A = 6.5",
                                         "CDELT1A = -0.01",
                                         "CDELT2A = 0.02",
                                         "CROTA2  = 5",
                                         "CROTA2A = 6",
                                         "CD1_1B  = 2",
                                         "CRVAL1B = 3",
                                         NULL};
  show("none", none);
  show("plain", plain);
  show("rotated", rotated);
  show("rotated 1", rotated1);
  show("swapped", swapped);
  show("latitude", latitude);
  show("longitude", longitude);
  show("CD", cd);
  show("skewed CD", cd_skewed);
  show("CD down", cd_down);
  show("CD turned", cd_turned);
  show("one CD", cd_one);
  show("CD and CDELT", cd_and_cdelt);
  show("PC", pc);
  show("skewed PC", pc_skewed);
  show("one PC", pc_one);
  show("PC and CROTA", pc_rota);
  show("some", some);
  show("only CRVAL", only_crval);
  show("short types", shortened);
  show("bad", bad);
  show("versions", versions);
}

static void table(void) {
  fitsfile *f;
  char *names[] = {"X", "Y", "Z"}, *forms[] = {"1E", "1E", "1E"}, type[20];
  int status = 0;
  static const char *const cards[] = {"TCTYP1  = 'RA---TAN'", "TCTYP2  = 'DEC--TAN'",
                                      "TCRVL1  = 10.5",       "TCRVL2  = -20.5",
                                      "TCRPX1  = 5",          "TCRPX2  = 6.5",
                                      "TCDLT1  = -0.01",      "TCDLT2  = 0.02",
                                      "TCROT2  = 15",         "TCTYP3  = 'GLAT-AIT'",
                                      "TCRVL3  = 3",          "TLMIN1  = 1",
                                      "TLMAX1  = 100",        NULL};
  fits_create_diskfile(&f, "table.fits", &status);
  fits_create_tbl(f, BINARY_TBL, 2, 3, names, forms, NULL, "T", &status);
  for (int i = 0; cards[i] != NULL; i++)
    fits_write_record(f, cards[i], &status);
  printf("table %d\n", status);
  for (int x = 0; x <= 4; x++)
    for (int y = 0; y <= 4; y++) {
      double v[7] = {-7, -7, -7, -7, -7, -7, -7};
      status = 0;
      (void)strcpy(type, "?");
      fits_read_tbl_coord(f, x, y, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], type, &status);
      printf("%d %d:", x, y);
      for (int k = 0; k < 7; k++)
        number(v[k]);
      printf(" [%s] %d\n", type, status);
      char *header = NULL;
      status = 0;
      ffgtwcs(f, x, y, &header, &status);
      printf("%d\n%s\n", status, header == NULL ? "none" : header);
      fits_free_memory(header, &status);
    }
  status = 0;
  fits_delete_file(f, &status);
}

int main(void) {
  static const char *const types[] = {"-SIN", "-TAN", "-ARC", "-NCP", "-GLS", "-MER", "-AIT",
                                      "-STG", "-CAR", "",     "-XYZ", "TAN",  "-tan"};
  keywords();
  table();
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    project(types[i], 80, 30, -0.1, 0.1, 0);
    project(types[i], 80, 30, -0.5, 0.7, 20);
    project(types[i], 0, 0, 1, 1, 0);
    project(types[i], 359, -60, 2, 2, -30);
    project(types[i], 11, 88, 0.2, 0.3, 100);
  }
  return 0;
}
