/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TFORMn of both kinds of tables, positions of columns, names with wild cards, versions.
 */
#include <fitsio.h>

#include "../shared/mutate.h"

static const char *const forms[] = {
    "A",
    "1A",
    "10A",
    "10A5",
    "10A10",
    "10A20",
    "0A",
    "A10",
    "A5",
    "20A3",
    "rA",
    "10A:SSTR5/32",
    "I",
    "1I",
    "2I",
    "0I",
    "J",
    "K",
    "1K",
    "B",
    "S",
    "U",
    "V",
    "W",
    "L",
    "X",
    "8X",
    "9X",
    "0X",
    "E",
    "D",
    "C",
    "M",
    "1PE",
    "1PE(10)",
    "PE",
    "0PE(3)",
    "2PE",
    "1QD(5)",
    "QJ",
    "PA(20)",
    "1PX(8)",
    "PI()",
    "PI(",
    "P",
    "Q",
    "1P",
    "1PZ",
    "PS",
    "PU",
    "PV",
    "PW",
    "PK",
    "PL",
    "PB",
    "PC",
    "PM",
    "Z",
    "",
    " ",
    " 1J",
    "1J ",
    "1 J",
    "1j",
    "1pe(10)",
    "10a",
    "i",
    "-1J",
    "+1J",
    "2147483647J",
    "2147483648J",
    "9223372036854775807B",
    "99999999999999999999J",
    "1J(5)",
    "1JX",
    "3.5E",
    "E15.7",
    "F8.3",
    "D25.17",
    "I10",
    "I4",
    "I5",
    "I1",
    "I0",
    "I",
    "A1",
    "A80",
    "A0",
    "F7.2",
    "F8.2",
    "F0.0",
    "F5",
    "F5.",
    "F5.5",
    "F5.6",
    "E10.3",
    "E14",
    "E15",
    "D15.3",
    "D5",
    "I4.2",
    "I10.5",
    "A5.2",
    "F.3",
    "FX",
    "E 15.7",
    " E15.7",
    "e15.7",
    "d10.2",
    "f8.1",
    "a8",
    "i6",
    "A99999999999",
    "I-5",
    "I5-",
    "G10.2",
    "B8",
    "Z8",
    "O8",
    "E15.7E3",
    "1E",
    "2F8.3",
    "1PE(99999999999)",
    "16A/4",
    "A:5",
    "5A.2",
    "I11",
    "I12",
    "I20",
    "I21",
    "F15.16",
    "D0.0",
    "E5.-1",
};

static void tform(char *text) {
  int code = -77, decimals = -77, status = 0;
  long repeat = -77, width = -77;
  LONGLONG repeat_ll = -77;
  const char *letter = strpbrk(text, "AFEDIafedi");
  if ((letter != NULL && strpbrk(letter + 1, "EeDd") != NULL) || strspn(text, " 0123456789") > 15 ||
      strchr(text, '-') != NULL) /* CFITSIO wraps around, or goes below 0 */
    return;
  printf("[%s]", text);
  fits_binary_tform(text, &code, &repeat, &width, &status);
  printf(" %d %ld %ld %d", code, repeat, width, status);
  status = 0;
  code = -77;
  width = -77;
  fits_binary_tformll(text, &code, &repeat_ll, &width, &status);
  if (strpbrk(text, "EeXx") != NULL) /* where CFITSIO reads digits and letters as one floating-point number */
    repeat_ll = 0;
  printf(" ll %d %lld %ld %d", code, repeat_ll, width, status);
  status = 0;
  code = -77;
  width = -77;
  fits_ascii_tform(text, &code, &width, &decimals, &status);
  printf(" ascii %d", status);
  if (status == 0) /* CFITSIO may leave places as they were */
    printf(" %d %ld %d", code, width, decimals);
  status = 0;
  fits_binary_tform(text, NULL, NULL, NULL, &status);
  printf(" %d", status);
  status = 0;
  fits_ascii_tform(text, NULL, NULL, NULL, &status);
  printf(" %d\n", status);
}

static void positions(char **columns, int n, int space) {
  long row = -77, start[10] = {-77, -77, -77, -77, -77, -77, -77, -77, -77, -77};
  int status = 0;
  fits_get_tbcol(n, columns, space, &row, start, &status);
  printf("%d columns, space %d: row %ld, status %d:", n, space, row, status);
  for (int i = 0; i < 10; i++)
    printf(" %ld", start[i]);
  printf("\n");
}

static void compare(char *pattern, char *name) {
  int match = -77, exact = -77;
  fits_compare_str(pattern, name, CASESEN, &match, &exact);
  printf("[%s] [%s] %d %d", pattern, name, match, exact);
  match = -77, exact = -77;
  fits_compare_str(pattern, name, CASEINSEN, &match, &exact);
  printf(" %d %d\n", match, exact);
}

static void names(void) {
  static const char *const patterns[] = {"",       "A",      "a",   "ABC",  "AB?",   "A*",   "*",    "*C",
                                         "A*C",    "?",      "??",  "#",    "A#",    "A#B",  "*#",   "#*",
                                         "A**C",   "A*?",    "*B*", "A#C*", "\\A",   "ABC*", "*ABC", "A?C",
                                         "TTYPE#", "NAXIS*", "?*?", "**",   "A*B*C", "A#?",  "*A*A*"};
  static const char *const texts[] = {"",      "A",      "a",   "ABC", "abc",    "ABCABC", "A1",
                                      "A12",   "A12B",   "1",   "123", "TTYPE1", "TTYPE",  "TTYPE12X",
                                      "NAXIS", "NAXIS2", "A1C", "AC",  "AAA",    "AAB"};
  for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
    for (size_t j = 0; j < sizeof texts / sizeof *texts; j++)
      compare((char *)patterns[i], (char *)texts[j]);
  for (int i = 0; i < 30000; i++) {
    char pattern[100], text[100];
    (void)snprintf(pattern, sizeof pattern, "%s", patterns[random_below(sizeof patterns / sizeof *patterns)]);
    (void)snprintf(text, sizeof text, "%s", texts[random_below(sizeof texts / sizeof *texts)]);
    mutate(pattern, 60, "AbC1#*?aBc");
    mutate(text, 60, "AbC1aBc2#");
    compare(pattern, text);
  }
}

int main(void) {
  float version = -1;
  char text[] = "Abc def 12 z\344\366";
  printf("%.9g ", fits_get_version(&version));
  printf("%.9g\n", version);
  fits_uppercase(text);
  printf("%s\n", text);
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    char form[100];
    (void)snprintf(form, sizeof form, "%s", forms[i]);
    tform(form);
  }
  for (int i = 0; i < 20000; i++) {
    char form[100];
    (void)snprintf(form, sizeof form, "%s", forms[random_below(sizeof forms / sizeof *forms)]);
    mutate(form, 60, "1205AEDFIJPQX().- k");
    tform(form);
  }
  char *columns[] = {"A10", "I5", "F10.3", "E15.7", "D25.17", "I1", "A1"}, *bad[] = {"A10", "Z5", "I3"};
  for (int n = -1; n <= 7; n++)
    for (int space = -1; space <= 3; space++)
      positions(columns, n, space);
  positions(bad, 1, 1);
  names();
  return 0;
}
