/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields of ASCII tables: formats, numbers from text (against the C library's strtod) and text from numbers (against
 * its printf).
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "check.h"
#include "value/ascii_field.h"

/* ---- formats ---- */

typedef struct format_case {
  const char *text;
  char letter; /* 0: refused */
  unsigned width, decimals;
} format_case;

static void test_formats(void) {
  static const format_case cases[] = {
      {"A8", 'A', 8, 0},
      {"I10", 'I', 10, 0},
      {"F16.0", 'F', 16, 0},
      {"E15.7", 'E', 15, 7},
      {"D25.17", 'D', 25, 17},
      {" i6 ", 'I', 6, 0},
      {"e 12.5", 'E', 12, 5},
      {"F6", 'F', 6, 0},
      {"F6.", 'F', 6, 0},
      {"I8.4", 'I', 8, 0},
      {"E15.7E3", 'E', 15, 7},
      {"J12", 'I', 12, 0},
      {"A", 'A', 1, 0},
      {"I", 'I', 10, 0},
      {"E", 'E', 15, 7},
      {"F", 'F', 16, 7},
      {"D", 'D', 25, 17},
      {"A0", 'A', 0, 0},
      {"A1000000000", 'A', 1000000000, 0},
      {"F5.1100", 'F', 5, 1100},
      {"", 0, 0, 0},
      {"   ", 0, 0, 0},
      {"10A", 0, 0, 0},
      {"1J", 0, 0, 0},
      {"X3", 0, 0, 0},
      {"L1", 0, 0, 0},
      {"A8.2", 0, 0, 0},
      {"E15.7E", 0, 0, 0},
      {"E15.7X3", 0, 0, 0},
      {"I-5", 0, 0, 0},
      {"A1000000001", 0, 0, 0},
      {"A99999999999999999999999", 0, 0, 0},
      {"F5.1101", 0, 0, 0},
      {"I8E3", 0, 0, 0},
      {"F.3", 0, 0, 0},
      {"8", 0, 0, 0},
      {"E15,7", 0, 0, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const format_case *c = &cases[i];
    rf_ascii_format f = {'?', 77, 77};
    bool taken = rf_ascii_format_parse(c->text, &f);
    if (taken != (c->letter != 0) ||
        (taken && (f.letter != c->letter || f.width != c->width || f.decimals != c->decimals))) {
      fprintf(stderr, "format '%s': %d %c %u %u\n", c->text, taken, f.letter, f.width, f.decimals);
      CHECK(false);
    }
    CHECK(taken || f.width == 77);
  }
  char longer[100];
  memset(longer, '1', sizeof longer);
  longer[0] = 'A';
  longer[99] = '\0';
  rf_ascii_format f;
  CHECK(!rf_ascii_format_parse(longer, &f));
}

/* ---- reading ---- */

/* A copy on the heap without a NUL behind it, so that a byte read outside is seen by a sanitizer. */
static char *field_of(const char *text, size_t n) {
  char *field = malloc(n > 0 ? n : 1);
  if (field == NULL)
    exit(2);
  memcpy(field, text, n);
  return field;
}

static rf_ascii_result read_real(const char *text, unsigned decimals, double *value) {
  char *field = field_of(text, strlen(text));
  rf_ascii_result result = rf_ascii_read_real(field, strlen(text), decimals, value);
  free(field);
  return result;
}

static rf_ascii_result read_integer(const char *text, unsigned decimals, int64_t *value) {
  char *field = field_of(text, strlen(text));
  rf_ascii_result result = rf_ascii_read_integer(field, strlen(text), decimals, value);
  free(field);
  return result;
}

static void test_reals(void) {
  static const struct {
    const char *text;
    unsigned decimals;
    double value;
  } cases[] = {
      {"1.5", 0, 1.5},
      {"  -1.5  ", 3, -1.5},
      {"+1.5", 0, 1.5},
      {"- 1 . 5 E + 0 2", 0, -150.0}, /* Fortran passed over blanks */
      {"1.5D2", 0, 150.0},
      {"1.5d-02", 0, 0.015},
      {"1.5e2", 0, 150.0},
      {"1.234-100", 0, 1.234e-100}, /* exponents of three digits push Fortran's letter out */
      {"1.234+100", 0, 1.234e100},
      {"12345", 2, 123.45}, /* the implied point, as cfitsio reads it, too */
      {"-5", 3, -0.005},
      {"12345E2", 2, 12345.0},
      {"12345.", 2, 12345.0},
      {".5", 0, 0.5},
      {"-.5E1", 0, -5.0},
      {"", 3, 0.0},
      {"        ", 3, 0.0},
      {"0", 0, 0.0},
      {"000000", 3, 0.0},
      {"0.000E+99", 3, 0.0},
      {"1E400", 0, INFINITY},
      {"-1E400", 0, -INFINITY},
      {"1E99999999999999999999", 0, INFINITY},
      {"1E-99999999999999999999", 0, 0.0},
      {"0E99999999999999999999", 0, 0.0},
      {"4.9406564584124654E-324", 0, 4.9406564584124654E-324},
      {"1.7976931348623157E+308", 0, 1.7976931348623157E+308},
      {"1.7976931348623159E+308", 0, INFINITY},
      {"inf", 0, INFINITY},
      {"-Infinity", 0, -INFINITY},
      {"  +INF ", 0, INFINITY},
      {"9007199254740993", 0, 9007199254740992.0}, /* a tie goes to even */
      {"9007199254740993.00000000000000000000000000000000000000000000000000000000000000000000000000000000001", 0,
       9007199254740994.0}, /* and what stands far behind decides it */
      {"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001.5", 0, 1.5},
  };
  double value;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    if (read_real(cases[i].text, cases[i].decimals, &value) != RF_ASCII_OK || value != cases[i].value) {
      fprintf(stderr, "'%s' is %.17g and not %.17g\n", cases[i].text, value, cases[i].value);
      CHECK(false);
    }
  CHECK(read_real("-0.0", 0, &value) == RF_ASCII_OK && value == 0 && signbit(value));
  CHECK(read_real("NaN", 0, &value) == RF_ASCII_OK && isnan(value));
  char nul[] = {'1', '.', '5', '\0', '\0', '\t'};
  CHECK(rf_ascii_read_real(nul, sizeof nul, 0, &value) == RF_ASCII_OK && value == 1.5);
}

static void test_no_numbers(void) {
  static const char *const texts[] = {"*",   "****",  "1.2.3", "1,5",   "E5",      ".",    "-",
                                      "+",   "1E",    "1E+",   "1.5X",  "0x10",    "nanx", "infi",
                                      "--1", "1-",    "1E5.",  "1E5E5", "- E 5",   "\xff", "1\xff",
                                      "A",   "1 2 X", "1..",   ".E5",   "1.5D++2", "in",   "-nan1"};
  double real;
  int64_t integer;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    CHECK(read_real(texts[i], 2, &real) == RF_ASCII_NO_NUMBER);
    CHECK(read_integer(texts[i], 0, &integer) == RF_ASCII_NO_NUMBER);
  }
  /* Not finite is a real number's affair. */
  CHECK(read_integer("nan", 0, &integer) == RF_ASCII_NO_NUMBER);
}

static void test_integers(void) {
  static const struct {
    const char *text;
    unsigned decimals;
    rf_ascii_result result;
    int64_t value;
  } cases[] = {
      {"0", 0, RF_ASCII_OK, 0},
      {"  42", 0, RF_ASCII_OK, 42},
      {"42  ", 0, RF_ASCII_OK, 42},
      {" -42 ", 0, RF_ASCII_OK, -42},
      {"+42", 0, RF_ASCII_OK, 42},
      {"- 4 2", 0, RF_ASCII_OK, -42},
      {"", 0, RF_ASCII_OK, 0},
      {"     ", 0, RF_ASCII_OK, 0},
      {"-0", 0, RF_ASCII_OK, 0},
      {"9223372036854775807", 0, RF_ASCII_OK, INT64_MAX},
      {"-9223372036854775808", 0, RF_ASCII_OK, INT64_MIN},
      {"9223372036854775808", 0, RF_ASCII_TOO_LARGE, 0},
      {"-9223372036854775809", 0, RF_ASCII_TOO_LARGE, 0},
      {"99999999999999999999999999", 0, RF_ASCII_TOO_LARGE, 0},
      {"999999999999999999", 0, RF_ASCII_OK, 999999999999999999},
      {"1000000000000000000", 0, RF_ASCII_OK, 1000000000000000000},
      {"0000000000000000000000000000000000000000000000000000000000000000000000000000000000000007", 0, RF_ASCII_OK, 7},
      {"12.", 0, RF_ASCII_OK, 12},
      {"12.000", 0, RF_ASCII_OK, 12},
      {"1.2E1", 0, RF_ASCII_OK, 12},
      {"1200E-2", 0, RF_ASCII_OK, 12},
      {"12.5", 0, RF_ASCII_NO_INTEGER, 0},
      {"1E-1", 0, RF_ASCII_NO_INTEGER, 0},
      {"1E-999999999999999", 0, RF_ASCII_NO_INTEGER, 0},
      {"0E999999999999999", 0, RF_ASCII_OK, 0},
      {"1E999999999999999", 0, RF_ASCII_TOO_LARGE, 0},
      {"1E18", 0, RF_ASCII_OK, 1000000000000000000},
      {"1E19", 0, RF_ASCII_TOO_LARGE, 0},
      {"1200", 2, RF_ASCII_OK, 12},
      {"1201", 2, RF_ASCII_NO_INTEGER, 0},
      {"1.0000000000000000000000000000000000000000000000000000000000000000000000000000000000001", 0,
       RF_ASCII_NO_INTEGER, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    int64_t value = 0;
    rf_ascii_result result = read_integer(cases[i].text, cases[i].decimals, &value);
    if (result != cases[i].result || (result == RF_ASCII_OK && value != cases[i].value)) {
      fprintf(stderr, "'%s' gives %d and %lld\n", cases[i].text, (int)result, (long long)value);
      CHECK(false);
    }
  }
}

static void test_null_strings(void) {
  CHECK(rf_ascii_is_null("   *", 4, "*", 1));
  CHECK(rf_ascii_is_null("*   ", 4, "   *", 4));
  CHECK(rf_ascii_is_null("---.", 4, "---.--", 6)); /* cut to the field, as astropy does */
  CHECK(!rf_ascii_is_null("  **", 4, "*", 1));
  CHECK(!rf_ascii_is_null("    ", 4, "*", 1));
  CHECK(rf_ascii_is_null("    ", 4, "", 0));
  CHECK(!rf_ascii_is_null("   0", 4, "", 0));
  CHECK(rf_ascii_is_null("", 0, "abc", 3));
}

static uint64_t seed = 88172645463325252u;

static uint64_t next_random(void) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed;
}

static double random_double(void) {
  uint64_t bits = next_random();
  double value;
  memcpy(&value, &bits, sizeof value);
  return isfinite(value) ? value : 1.0;
}

static void test_reading_is_that_of_strtod(void) {
  for (int i = 0; i < 100000; i++) {
    char text[64];
    double value = random_double(), back = 0;
    snprintf(text, sizeof text, "%.*E", 1 + (int)(next_random() % 24), value);
    CHECK(rf_ascii_read_real(text, strlen(text), 5, &back) == RF_ASCII_OK && back == strtod(text, NULL));
  }
  for (int i = 0; i < 100000; i++) {
    char text[64];
    double back = 0;
    snprintf(text, sizeof text, "%llu.%llu", (unsigned long long)(next_random() >> (next_random() % 64)),
             (unsigned long long)(next_random() >> (next_random() % 64)));
    CHECK(rf_ascii_read_real(text, strlen(text), 0, &back) == RF_ASCII_OK && back == strtod(text, NULL));
  }
}

/* Where 128 bits are enough, there is a way of its own; ties between two doubles among the numbers. */
static void test_up_to_19_digits_are_read_as_by_strtod(void) {
  static const uint64_t fives[] = {1, 5, 25, 125, 625};
  for (int i = 0; i < 300000; i++) {
    char text[64];
    double back = 0;
    uint64_t whole = next_random() >> (next_random() % 64);
    int power = (int)(next_random() % 61) - 30;
    if (i % 3 == 0) { /* an odd number of 54 bits lies half way */
      unsigned k = (unsigned)(next_random() % 5);
      whole = ((UINT64_C(1) << 53) | (next_random() >> 11) | 1) * fives[k];
      power = -(int)k;
    }
    snprintf(text, sizeof text, "%llu.E%d", (unsigned long long)whole, power);
    CHECK(rf_ascii_read_real(text, strlen(text), 0, &back) == RF_ASCII_OK && back == strtod(text, NULL));
  }
}

/* ---- writing ---- */

static void check_written(const char *form, double value, const char *expected) {
  char field[64];
  rf_ascii_format format;
  CHECK(rf_ascii_format_parse(form, &format));
  memset(field, '#', sizeof field);
  rf_ascii_result result = rf_ascii_write_real(field, &format, value);
  CHECK(rf_ascii_write_real(NULL, &format, value) == result);
  if (expected == NULL) {
    CHECK(result == RF_ASCII_TOO_LARGE);
    CHECK(field[0] == '#');
  } else {
    CHECK(result == RF_ASCII_OK);
    CHECK(field[format.width] == '#');
    field[format.width] = '\0';
    CHECK_STR(field, expected);
  }
}

static void test_writing_reals(void) {
  check_written("F8.3", 1.5, "   1.500");
  check_written("F8.3", -1.5, "  -1.500");
  check_written("F8.3", 1234.5678, "1234.568");
  check_written("F8.3", 12345.0, "12345.00"); /* zeros that say nothing give way */
  check_written("F8.3", 1234567.0, "1234567.");
  check_written("F8.3", 12345678.0, NULL);
  check_written("F8.3", 12345.678, NULL); /* decimals do not */
  check_written("F4.3", 0.125, ".125");
  check_written("F5.3", -0.125, "-.125");
  check_written("F4.3", -0.125, NULL);
  check_written("F3.0", 12.0, "12.");
  check_written("F2.0", 12.0, "12");
  check_written("F1.0", 12.0, NULL);
  check_written("F1.0", 0.0, "0");
  check_written("F2.1", 0.0, "0.");
  check_written("F1.1", 0.0, NULL);       /* "." alone is no number */
  check_written("F6.2", 2.675, "  2.67"); /* the double lies below */
  check_written("F6.1", 0.25, "   0.2");  /* a tie goes to even */
  check_written("E15.7", 1.0 / 3, "  3.3333333E-01");
  check_written("E12.3", -1e-100, " -1.000E-100");
  check_written("E10.3", -1e-100, "-1.00E-100");
  check_written("E8.3", -1e-100, "-1.E-100");
  check_written("E7.3", -1e-100, NULL);
  check_written("E7.3", 1e5, "1.0E+05");
  check_written("E5.3", 1e5, " 1.E5");
  check_written("D25.17", 0.1, "  1.00000000000000006D-01");
  check_written("D25.17", -1.7976931348623157E+308, "-1.79769313486231571D+308");
}

static void test_no_field_holds_what_is_not_finite(void) {
  rf_ascii_format format = {'E', 15, 7};
  char field[16];
  CHECK(rf_ascii_write_real(field, &format, NAN) == RF_ASCII_NOT_FINITE);
  CHECK(rf_ascii_write_real(field, &format, INFINITY) == RF_ASCII_NOT_FINITE);
  CHECK(rf_ascii_write_real(field, &format, -INFINITY) == RF_ASCII_NOT_FINITE);
}

static void test_most_decimals(void) {
  static char field[1600], printed[1600];
  rf_ascii_format format = {'F', 1500, RF_ASCII_MAX_DECIMALS};
  CHECK(rf_ascii_write_real(field, &format, -1.7976931348623157E+308) == RF_ASCII_OK);
  snprintf(printed, sizeof printed, "%1500.1100f", -1.7976931348623157E+308);
  CHECK(memcmp(field, printed, 1500) == 0);
  format = (rf_ascii_format){'D', 1500, RF_ASCII_MAX_DECIMALS};
  double back = 0;
  CHECK(rf_ascii_write_real(field, &format, 4.9406564584124654E-324) == RF_ASCII_OK);
  CHECK(rf_ascii_read_real(field, 1500, RF_ASCII_MAX_DECIMALS, &back) == RF_ASCII_OK);
  CHECK(back == 4.9406564584124654E-324);
}

/* Where nothing has to be left out, a field is what printf makes of the format. */
static void test_writing_is_that_of_printf(void) {
  for (int i = 0; i < 50000; i++) {
    char field[64], printed[64];
    rf_ascii_format format = {next_random() % 2 != 0 ? 'E' : 'D', 30, 1 + (unsigned)(next_random() % 19)};
    double value = random_double();
    CHECK(rf_ascii_write_real(field, &format, value) == RF_ASCII_OK);
    snprintf(printed, sizeof printed, "%30.*E", (int)format.decimals, value);
    char *letter = strchr(printed, 'E');
    *letter = format.letter;
    CHECK(memcmp(field, printed, 30) == 0);
    format.letter = 'F';
    value = (double)(int64_t)next_random() / 65536.0;
    snprintf(printed, sizeof printed, "%30.*f", (int)format.decimals, value);
    if (strlen(printed) == 30) {
      CHECK(rf_ascii_write_real(field, &format, value) == RF_ASCII_OK);
      CHECK(memcmp(field, printed, 30) == 0);
    }
  }
}

/* What the check says is what writing says, at every border of every format. */
static void test_the_check_alone_says_the_same(void) {
  char field[64];
  for (unsigned width = 1; width <= 28; width++)
    for (unsigned decimals = 0; decimals <= 19; decimals++)
      for (int power = -25; power <= 25; power++)
        for (int k = 0; k < 12; k++) {
          static const double digits[] = {1, 5, 8.9, 9, 9.4, 9.5, 9.6, 9.99, 9.9999999, 9.5000001, 2.5, 0.95};
          double value = digits[k] * pow(10, power) * (power % 2 != 0 ? -1 : 1);
          rf_ascii_format format = {k % 2 != 0 ? 'F' : 'E', width, decimals};
          CHECK(rf_ascii_write_real(NULL, &format, value) == rf_ascii_write_real(field, &format, value));
          format.letter = k % 2 != 0 ? 'D' : 'F';
          CHECK(rf_ascii_write_real(NULL, &format, value) == rf_ascii_write_real(field, &format, value));
        }
}

/* The default formats of ASCII tables keep every bit. */
static void test_default_formats_keep_every_bit(void) {
  const rf_ascii_format single = {'E', 15, 8}, whole = {'D', 25, 17};
  char field[32];
  double back = 0;
  for (int i = 0; i < 50000; i++) {
    double value = random_double();
    CHECK(rf_ascii_write_real(field, &whole, value) == RF_ASCII_OK);
    CHECK(rf_ascii_read_real(field, whole.width, whole.decimals, &back) == RF_ASCII_OK);
    CHECK(memcmp(&back, &value, sizeof back) == 0);
    uint32_t bits = (uint32_t)next_random();
    float f;
    memcpy(&f, &bits, sizeof f);
    if (!isfinite(f))
      continue;
    CHECK(rf_ascii_write_real(field, &single, (double)f) == RF_ASCII_OK);
    CHECK(rf_ascii_read_real(field, single.width, single.decimals, &back) == RF_ASCII_OK);
    CHECK((float)back == f && signbit((float)back) == signbit(f));
  }
}

static void test_writing_integers_and_text(void) {
  char field[24];
  memset(field, '#', sizeof field);
  CHECK(rf_ascii_write_integer(field, 6, -42) == RF_ASCII_OK);
  CHECK(memcmp(field, "   -42#", 7) == 0);
  CHECK(rf_ascii_write_integer(field, 20, INT64_MIN) == RF_ASCII_OK);
  CHECK(memcmp(field, "-9223372036854775808#", 21) == 0);
  CHECK(rf_ascii_write_integer(field, 2, -42) == RF_ASCII_TOO_LARGE);
  CHECK(rf_ascii_write_integer(NULL, 2, -42) == RF_ASCII_TOO_LARGE);
  CHECK(rf_ascii_write_integer(NULL, 3, -42) == RF_ASCII_OK);
  CHECK(memcmp(field, "-9223372036854775808#", 21) == 0);
}

int main(void) {
  RUN(test_formats);
  RUN(test_reals);
  RUN(test_no_numbers);
  RUN(test_integers);
  RUN(test_null_strings);
  RUN(test_reading_is_that_of_strtod);
  RUN(test_up_to_19_digits_are_read_as_by_strtod);
  RUN(test_writing_reals);
  RUN(test_no_field_holds_what_is_not_finite);
  RUN(test_most_decimals);
  RUN(test_writing_is_that_of_printf);
  RUN(test_the_check_alone_says_the_same);
  RUN(test_default_formats_keep_every_bit);
  RUN(test_writing_integers_and_text);
  return check_report();
}
