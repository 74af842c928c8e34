/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords that are translated by patterns.
 */
#include <fitsio.h>
#include <string.h>

static void translate(char *card, char *patterns[][2], int n, int value, int offset, int range) {
  char out[200] = "?";
  int pattern = -77, i = -77, j = -77, m = -77, number = -77, status = 0;
  fits_translate_keyword(card, out, patterns, n, value, offset, range, &pattern, &i, &j, &m, &number, &status);
  if (m == 0) /* CFITSIO loses it */
    return;
  printf("%s %d %d %d: [%s] %d %d %d %d %d %d\n", card, value, offset, range, out, pattern, i, j, m, number, status);
}

static char *to_image[][2] = {
    {"TSCALn", "BSCALE"},   {"TZEROn", "BZERO"},
    {"TUNITn", "BUNIT"},    {"TNULLn", "BLANK"},
    {"TDMINn", "DATAMIN"},  {"iCTYPn", "CTYPEi"},
    {"iCTYna", "CTYPEia"},  {"iCRPXn", "CRPIXi"},
    {"ijPCna", "PCi_ja"},   {"ijCDna", "CDi_ja"},
    {"iVn_ma", "PVi_ma"},   {"iSn_ma", "PSi_ma"},
    {"WCAXna", "WCSAXESa"}, {"LONPna", "LONPOLEa"},
    {"EXTNAME", "-"},       {"TDIMn", "--"},
    {"TDISPn", "+"},        {"T????#a", "-"},
    {"TTYPEn", "TTYPEn"},   {"TFORMm", "XFORMm"},
    {"A#B", "+"},           {"*", "+"},
};
static char *others[][2] = {{"NAXISn", "ZNAXISn"}, {"Xi_j", "Yj_i"}, {"Xia", "Yai"}, {"Xn_m", "Ym_n"}, {"COMMENT", "-"},
                            {"N*", "+"},           {"A?C", "X"},     {"AaC", "Xa"},  {"B#", "C"},      {"*", "+"}};

static void keywords(void) {
  static const char *const names[] = {
      "TSCAL3",  "TSCAL2",  "TSCAL12", "TSCAL",  "TZERO3",  "TNULL3", "1CTYP3",  "1CTY3A", "9CTYP3",
      "12CTYP3", "1CRPX3",  "12PC3A",  "12CD3",  "1V3_2A",  "1V3_12", "1S3_0B",  "WCAX3A", "WCAX3",
      "LONP3",   "EXTNAME", "TDIM3",   "TDIM4",  "TDISP3",  "TTYPE3", "TTYPE30", "TFORM3", "TABCD5A",
      "A5B",     "A12B",    "AB",      "OBJECT", "COMMENT", "",       "NAXIS3",  "NAXIS",  "X1_2",
      "X1A",     "X1",      "X3_4",    "N1",     "ABC",     "AAC",    "B1",      "B12",    "B"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    for (int range = -1; range <= 1; range++) {
      char card[100];
      (void)snprintf(card, sizeof card, "%-8s= 'value'  / c", names[i]);
      translate(card, to_image, sizeof to_image / sizeof *to_image, 3, -1, range);
      translate(card, others, sizeof others / sizeof *others, 3, 2, range);
      (void)snprintf(card, sizeof card, "%-8s", names[i]);
      translate(card, to_image, sizeof to_image / sizeof *to_image, 3, 0, range);
      translate(card, to_image, sizeof to_image / sizeof *to_image, -1, 1, range);
    }
}

int main(void) {
  keywords();
  return 0;
}
