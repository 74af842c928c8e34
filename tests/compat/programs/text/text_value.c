/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Texts of values to values; types of values.
 */
#include <fitsio2.h>

#include "../shared/mutate.h"

static const char *const values[] = {
    "T",
    "F",
    "t",
    "f",
    "True",
    "FALSE",
    "TT",
    "T ",
    " T",
    "0",
    "1",
    "-1",
    "+1",
    "-0",
    "12",
    " 12",
    "12 ",
    "1 2",
    "007",
    "127",
    "128",
    "-128",
    "-129",
    "255",
    "256",
    "32767",
    "32768",
    "-32768",
    "-32769",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "-2147483648",
    "-2147483649",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999",
    "-99999999999999999999999999",
    "1.5",
    "-1.5",
    "1.",
    ".5",
    ".",
    "-",
    "+",
    "-.",
    "1.5E3",
    "1.5e3",
    "1.5D3",
    "1.5d3",
    "1.5E+3",
    "1.5E-3",
    "1.5D-3",
    "1E",
    "1E+",
    "1D",
    "E5",
    "D5",
    "1e400",
    "-1e400",
    "1e-400",
    "1e39",
    "1e38",
    "-1e39",
    "1e-39",
    "1e-46",
    "2147483647.5",
    "2147483648.5",
    "9.3e18",
    "-9.3e18",
    "9.2e18",
    "1.9e19",
    "1.5F",
    "1,5",
    "1.5.5",
    "1-5",
    "0x10",
    "0x1p3",
    "nan",
    "NaN",
    "NAN",
    "inf",
    "INF",
    "-inf",
    "infinity",
    "'12'",
    "'12.5'",
    "'1.5D3'",
    "'T'",
    "'F'",
    "'abc'",
    "'abc   '",
    "'abc",
    "abc",
    "''",
    "''''",
    "'it''s'",
    "'  a'",
    "'  '",
    "' '",
    "'",
    "'a'b",
    "'a'/",
    "'12",
    "'12abc'",
    "'nan'",
    "' 12 '",
    "(1,2)",
    "(1.5,2.5)",
    "( 1 , 2 )",
    "(1 2)",
    "(1,2",
    "(1D3,2E3)",
    "()",
    "(",
    "(,)",
    "(1,)",
    "",
    " ",
    "  ",
    "\t5",
    "5\t",
    "5\n",
    "5abc",
    "abc5",
    "12345678901234567890123456789012345678901234567890123456789012345678",
    "1.2345678901234567890123456789012345678901234567890123456789012345678",
    "'12345678901234567890123456789012345678901234567890123456789012345678'",
    "3.14159265358979323846264338327950288",
    "0.1",
    "1.17549435E-38",
    "1.4E-45",
    "3.4028235E38",
    "3.4028236E38",
    "1.7976931348623157E308",
    "1.7976931348623159E308",
    "4.9E-324",
    "5",
    "50",
    "-05",
    "+07",
    "--5",
    "+-5",
    "0.5",
    "-0.5",
    "-0.0",
    "0.0",
};

/* Tells whether a number may be out of range and be so long that the message of CFITSIO overruns its buffer. */
static int too_long(const char *text, int most) {
  int digits = 0;
  for (; *text != '\0'; text++)
    digits += *text >= '0' && *text <= '9';
  return digits > most;
}

static void strings(const char *text) {
  char out[200] = "?";
  int status = 0;
  ffc2s(text, out, &status);
  printf(" s [%s] %d", out, status);
}

static void integers(const char *text) {
  long j = -77;
  LONGLONG jj = -77;
  ULONGLONG uj = 77;
  int status = 0;
  ffc2i(text, &j, &status);
  printf(" i %ld %d", j, status);
  status = 0;
  ffc2j(text, &jj, &status);
  printf(" j %lld %d", jj, status);
  status = 0;
  if (!too_long(text, 19))
    ffc2uj(text, &uj, &status);
  printf(" uj %llu %d", uj, status);
  j = -77;
  jj = -77;
  uj = 77;
  status = 0;
  ffc2ii(text, &j, &status);
  printf(" ii %ld %d", j, status);
  status = 0;
  ffc2jj(text, &jj, &status);
  printf(" jj %lld %d", jj, status);
  status = 0;
  if (!too_long(text, 19))
    ffc2ujj(text, &uj, &status);
  printf(" ujj %llu %d", uj, status);
}

static void floats(const char *text) {
  float e = -77;
  double d = -77;
  int l = -77, status = 0;
  ffc2r(text, &e, &status);
  printf(" r %.9g %d", e, status);
  status = 0;
  ffc2d(text, &d, &status);
  printf(" d %.17g %d", d, status);
  status = 0;
  ffc2l(text, &l, &status);
  printf(" l %d %d", l, status);
  e = -77, d = -77, l = -77, status = 0;
  ffc2rr(text, &e, &status);
  printf(" rr %.9g %d", e, status);
  status = 0;
  ffc2dd(text, &d, &status);
  printf(" dd %.17g %d", d, status);
  status = 0;
  ffc2ll(text, &l, &status);
  printf(" ll %d %d", l, status);
}

static void any(const char *text) {
  char type = '?', out[200] = "?";
  long i = -77;
  LONGLONG j = -77;
  ULONGLONG u = 77;
  int l = -77, status = 0;
  double d = -77;
  ffc2x(text, &type, &i, &l, out, &d, &status);
  printf(" x %c %ld %d [%s] %.17g %d", type, i, l, out, d, status);
  status = 0;
  (void)strcpy(out, "?");
  d = -77;
  l = -77;
  ffc2xx(text, &type, &j, &l, out, &d, &status);
  printf(" xx %c %lld %d [%s] %.17g %d", type, j, l, out, d, status);
  status = 0;
  (void)strcpy(out, "?");
  d = -77;
  l = -77;
  if (!too_long(text, 19))
    ffc2uxx(text, &type, &u, &l, out, &d, &status);
  printf(" uxx %c %llu %d [%s] %.17g %d", type, u, l, out, d, status);
}

static void show(char *text) {
  char type = '?';
  int datatype = -77, negative = -77, status = 0;
  printf("[%s]", text);
  fits_get_keytype(text, &type, &status);
  printf(" type %c %d", type, status);
  status = 0;
  if (*text != '-' || !too_long(text, 19)) /* CFITSIO takes some for integers, yet of no type */
    fits_get_inttype(text, &datatype, &negative, &status);
  printf(" inttype %d %d %d\n", datatype, negative, status);
  strings(text);
  if (too_long(text, 22)) {
    printf("\n");
    return;
  }
  integers(text);
  printf("\n");
  floats(text);
  printf("\n");
  any(text);
  printf("\n");
}

int main(void) {
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    char text[100];
    (void)snprintf(text, sizeof text, "%s", values[i]);
    show(text);
  }
  for (int i = 0; i < 10000; i++) {
    char text[100];
    (void)snprintf(text, sizeof text, "%s", values[random_below(sizeof values / sizeof *values)]);
    mutate(text, 68, "'-+.0192358 eEdDTF(,)/");
    show(text);
  }
  for (int i = 0; i < 50000; i++) { /* every number is the nearest one */
    char text[100];
    double value = 0;
    int status = 0;
    (void)snprintf(text, sizeof text, "%s%.*f%s%d", i % 2 ? "-" : "", (int)random_below(17),
                   random_below(1000000) * 1.37e-3 * (i % 7 + 1), i % 3 ? "E" : "D", (int)random_below(60) - 30);
    ffc2d(text, &value, &status);
    printf("%s %.17g %d\n", text, value, status);
  }
  return 0;
}
