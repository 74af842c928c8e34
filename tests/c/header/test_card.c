/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Single cards: how they are taken apart, and numbers to and from text (against the C library's strtod).
 */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "header/card.h"
#include "header/keyword.h"
#include "header/scale.h"
#include "value/number.h"

static void make_card(char card[RF_CARD_BYTES], const char *text) {
  memset(card, ' ', RF_CARD_BYTES);
  size_t n = strlen(text);
  memcpy(card, text, n < RF_CARD_BYTES ? n : RF_CARD_BYTES);
}

static rf_card_view split(const char *text) {
  static char card[RF_CARD_BYTES];
  rf_card_view view;
  make_card(card, text);
  rf_card_split(card, &view);
  return view;
}

static int same(const char *bytes, size_t n, const char *expected) {
  return n == strlen(expected) && memcmp(bytes, expected, n) == 0;
}

#define CHECK_VIEW(text, key, val, com)                                                                                \
  do {                                                                                                                 \
    rf_card_view v_ = split(text);                                                                                     \
    CHECK(v_.has_value);                                                                                               \
    CHECK(same(v_.keyword, v_.keyword_length, key));                                                                   \
    CHECK(same(v_.value, v_.value_length, val));                                                                       \
    CHECK(same(v_.comment, v_.comment_length, com));                                                                   \
  } while (0)

#define CHECK_COMMENTARY(line, key, content)                                                                           \
  do {                                                                                                                 \
    rf_card_view v_ = split(line);                                                                                     \
    CHECK(!v_.has_value);                                                                                              \
    CHECK(v_.comment_length == 0);                                                                                     \
    CHECK(same(v_.keyword, v_.keyword_length, key));                                                                   \
    CHECK(same(v_.text, v_.text_length, content));                                                                     \
  } while (0)

static void test_values_and_comments(void) {
  CHECK_VIEW("NAXIS   =                    2 / number of axes", "NAXIS", "2", "number of axes");
  CHECK_VIEW("NAXIS   = 2", "NAXIS", "2", "");
  CHECK_VIEW("NAXIS   =", "NAXIS", "", "");
  CHECK_VIEW("NAXIS   =  / nothing", "NAXIS", "", "nothing");
  CHECK_VIEW("A       = 'a / b' / c / d", "A", "'a / b'", "c / d");
  CHECK_VIEW("A       = 'it''s'/c", "A", "'it''s'", "c");
  CHECK_VIEW("A       = ''", "A", "''", "");
  CHECK_VIEW("A       = '''' / c", "A", "''''", "c");
  CHECK_VIEW("A       = (1, 2) / c", "A", "(1, 2)", "c");
  CHECK_VIEW("exptime = 1.5", "exptime", "1.5", "");
  CHECK_VIEW("  A     = 1", "A", "1", "");
}

static void test_value_without_blank_behind_the_sign(void) {
  CHECK_VIEW("A       =5 / c", "A", "5", "c");
  CHECK_VIEW("A       ='x'", "A", "'x'", "");
  CHECK_COMMENTARY("A       === / c", "A", "=== / c");
}

static void test_quote_that_was_not_doubled(void) {
  CHECK_VIEW("A       = 'it's late' / c", "A", "'it's late'", "c");
  CHECK_VIEW("A       = 'x'y / c", "A", "'x'", "y / c");
  CHECK_VIEW("A       = 'O'' / c", "A", "'O''", "c");
  CHECK_VIEW("A       = 'never closed / c", "A", "'never closed / c", "");
}

static void test_commentary(void) {
  CHECK_COMMENTARY("COMMENT   two blanks before", "COMMENT", "  two blanks before");
  CHECK_COMMENTARY("HISTORY = 5", "HISTORY", "= 5");
  CHECK_COMMENTARY("comment x", "comment", "x");
  CHECK_COMMENTARY("        = 5", "", "= 5");
  CHECK_COMMENTARY("CONTINUE  'x'", "CONTINUE", "  'x'");
  CHECK_COMMENTARY("GARBAGE that is no card", "GARBAGE", "that is no card");
  CHECK_COMMENTARY("", "", "");
}

static void test_hierarch(void) {
  CHECK_VIEW("HIERARCH ESO TEL Alt = 5 / c", "ESO TEL Alt", "5", "c");
  CHECK_VIEW("hierarch x= 'y'", "x", "'y'", "");
  CHECK_VIEW("HIERARCH= 5", "HIERARCH", "5", "");
  CHECK_COMMENTARY("HIERARCH no sign", "HIERARCH", " no sign");
  CHECK_COMMENTARY("HIERARCH  = 5", "HIERARCH", "  = 5");
  CHECK(split("HIERARCH a = 1").hierarch);
  CHECK(!split("HIERARCH= 1").hierarch);
}

static void test_structural_reading(void) {
  char card[RF_CARD_BYTES];
  int64_t integer = 7;
  double real = 7;
  bool logical = false;
  char text[8];
  make_card(card, "naxis1  = 12 / c");
  CHECK(rf_card_is(card, "NAXIS1"));
  CHECK(!rf_card_is(card, "NAXIS"));
  CHECK(!rf_card_is(card, "NAXIS12345"));
  CHECK(rf_card_integer(card, &integer) && integer == 12);
  CHECK(rf_card_real(card, &real) && real == 12);
  CHECK(!rf_card_logical(card, &logical));
  CHECK(!rf_card_string(card, text, sizeof text));
  make_card(card, "A       = 1.0");
  CHECK(!rf_card_integer(card, &integer));
  make_card(card, "A       = 9223372036854775808");
  CHECK(!rf_card_integer(card, &integer));
  CHECK(rf_card_real(card, &real) && real == 9223372036854775808.0);
  make_card(card, "A       = -9223372036854775808");
  CHECK(rf_card_integer(card, &integer) && integer == INT64_MIN);
  make_card(card, "A       = T");
  CHECK(rf_card_logical(card, &logical) && logical);
  make_card(card, "A       = 'it''s long  ' / c");
  CHECK(rf_card_string(card, text, sizeof text));
  CHECK_STR(text, "it's lo");
  make_card(card, "COMMENT = 5");
  CHECK(!rf_card_integer(card, &integer));
}

static rf_number_kind kind_of(const char *text) {
  int64_t integer;
  double real;
  return rf_number_read(text, strlen(text), &integer, &real);
}

static void test_number_forms(void) {
  CHECK(kind_of("0") == RF_NUMBER_INTEGER);
  CHECK(kind_of("+5") == RF_NUMBER_INTEGER);
  CHECK(kind_of("- 5") == RF_NUMBER_INTEGER);
  CHECK(kind_of("007") == RF_NUMBER_INTEGER);
  CHECK(kind_of("99999999999999999999") == RF_NUMBER_BIG);
  CHECK(kind_of("5.") == RF_NUMBER_REAL);
  CHECK(kind_of(".5") == RF_NUMBER_REAL);
  CHECK(kind_of("1e5") == RF_NUMBER_REAL);
  CHECK(kind_of("1.5 D +07") == RF_NUMBER_REAL);
  CHECK(kind_of("1E-400") == RF_NUMBER_REAL);
  CHECK(kind_of("0E999999999999") == RF_NUMBER_REAL);
  static const char *const nonsense[] = {"",      "+",   "-",   ".",      "E5",    "1E",           "1E+",
                                         "1.2.3", "1 2", "0x5", "NaN",    "inf",   "1E400",        "-1E309",
                                         "5s",    "--5", "1,5", "1.5F+1", "1e5e5", "1E99999999999"};
  for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++)
    CHECK(kind_of(nonsense[i]) == RF_NUMBER_NONE);
}

static uint64_t random_state = 88172645463325252u;

static uint64_t random_bits(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state;
}

static int same_bits(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0;
}

static void check_read(const char *text) {
  int64_t integer;
  double real = -1;
  double expected = strtod(text, NULL);
  rf_number_kind kind = rf_number_read(text, strlen(text), &integer, &real);
  if (isinf(expected) ? kind != RF_NUMBER_NONE : kind != RF_NUMBER_REAL || !same_bits(real, expected)) {
    fprintf(stderr, "%s: %.17g is not %.17g\n", text, real, expected);
    check_failures++;
  }
}

/* Reading is correctly rounded, as glibc's strtod is: random digits and exponents, and the places where rounding is
 * decided far behind: halves between doubles, the ends of the range, subnormals. */
static void test_reading_equals_strtod(void) {
  char text[96];
  for (int i = 0; i < 60000; i++) {
    uint64_t r = random_bits();
    int digits = 1 + (int)(r % 40);
    size_t n = 0;
    if (r & 1024)
      text[n++] = '-';
    for (int k = 0; k < digits; k++)
      text[n++] = (char)('0' + random_bits() % 10);
    text[n++] = '.';
    snprintf(text + n, sizeof text - n, "E%d", (int)(random_bits() % 720) - 380);
    check_read(text);
  }
  static const char *const hard[] = {"1.7976931348623157E308",
                                     "1.7976931348623158E308",
                                     "1.7976931348623159E308",
                                     "4.9406564584124654E-324",
                                     "2.4703282292062327E-324",
                                     "2.4703282292062328E-324",
                                     "2.2250738585072011E-308",
                                     "2.2250738585072014E-308",
                                     "9007199254740993.0",
                                     "9007199254740995.0",
                                     "1.00000000000000011102230246251565404236316680908203125",
                                     "1.00000000000000011102230246251565404236316680908203126",
                                     "0.000000000000000000000000000000000000000000000000000000000000000000001",
                                     "100000000000000000000000000000000000000000000000000000000000000000000.",
                                     "-0.0",
                                     "0.E5"};
  for (size_t i = 0; i < sizeof hard / sizeof hard[0]; i++)
    check_read(hard[i]);
  for (int i = 0; i < 30000; i++) {
    uint64_t bits = random_bits();
    double value;
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value))
      continue;
    snprintf(text, sizeof text, "%.*e", (int)(random_bits() % 20), value);
    check_read(text);
  }
}

static void check_write(double value) {
  char text[RF_NUMBER_BYTES];
  CHECK(rf_number_write_real(value, text));
  int64_t integer;
  double back = 0;
  CHECK(rf_number_read(text, strlen(text), &integer, &back) == RF_NUMBER_REAL && same_bits(back, value));
  CHECK(same_bits(strtod(text, NULL), value));
  CHECK(strchr(text, '.') != NULL && strchr(text, 'e') == NULL);
}

static void test_writing_comes_back(void) {
  for (int i = 0; i < 20000; i++) {
    uint64_t bits = random_bits();
    double value;
    memcpy(&value, &bits, sizeof value);
    if (isfinite(value))
      check_write(value);
    check_write((double)(int64_t)random_bits() / 1024);
    check_write((double)(random_bits() % 100000) / 1000);
  }
  check_write(DBL_MAX);
  check_write(-DBL_MIN);
  check_write(5e-324);
}

static void test_written_texts(void) {
  static const struct {
    double value;
    const char *text;
  } expected[] = {{0, "0.0"},
                  {-0.0, "-0.0"},
                  {1, "1.0"},
                  {0.1, "0.1"},
                  {-2.5, "-2.5"},
                  {86.9407, "86.9407"},
                  {0.0001, "0.0001"},
                  {0.00001, "1.0E-05"},
                  {123456789012345.0, "123456789012345.0"},
                  {1e15, "1000000000000000.0"},
                  {1e16, "1.0E+16"},
                  {1.5e300, "1.5E+300"},
                  {5e-324, "5.0E-324"},
                  {5.9604644775390625e-08, "5.960464477539063E-08"}, /* 2^-24, nearest at 16 digits is ...062 */
                  {9007199254740992.0, "9007199254740992.0"},
                  {1.0 / 3, "0.3333333333333333"},
                  {0.1 + 0.2, "0.30000000000000004"},
                  {DBL_MAX, "1.7976931348623157E+308"}};
  char text[RF_NUMBER_BYTES];
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    CHECK(rf_number_write_real(expected[i].value, text));
    CHECK_STR(text, expected[i].text);
  }
  CHECK(!rf_number_write_real(NAN, text));
  CHECK(!rf_number_write_real(-INFINITY, text));
  rf_number_write_integer(INT64_MIN, text);
  CHECK_STR(text, "-9223372036854775808");
  rf_number_write_integer(INT64_MAX, text);
  CHECK_STR(text, "9223372036854775807");
  rf_number_write_integer(0, text);
  CHECK_STR(text, "0");
}

static void test_columns_of_keywords_eight_at_once(void) {
  for (int c = 0; c < 256; c++) {
    char in[8];
    char out[8];
    memset(in, c, sizeof in);
    in[c % 8] = 'A'; /* no byte decides about another */
    uint64_t w = rf_columns8(in);
    memcpy(out, &w, sizeof out);
    char expected = c >= 'a' && c <= 'z' ? (char)(c - 32) : c < 0x20 ? ' ' : (char)c;
    for (int k = 0; k < 8; k++)
      CHECK(out[k] == (k == c % 8 ? 'A' : expected));
  }
}

static void test_protected_keywords(void) {
  static const char *const yes[] = {"SIMPLE",  "simple", " NAXIS ", "NAXIS",    "NAXIS0", "NAXIS1000", "TFORM1",
                                    "ZNAXIS2", "ZTILE1", "ZVAL12",  "CHECKSUM", "EXTEND", "END",       "ZDITHER0",
                                    "TNULL01", "PTYPE1", "THEAP",   "ZIMAGE",   "GROUPS"};
  static const char *const no[] = {"",       " ",     "TFORM",   "NAXISX", "NAXIS1A", "NAXIS-1",         "BSCALE",
                                   "BZERO",  "BLANK", "ZSCALE",  "ZTABLE", "EXTNAME", "HIERARCH SIMPLE", "TUNIT1",
                                   "TDISP1", "SIMPL", "SIMPLEX", "ZTILE",  "COMMENT", "ZFORM1",          "ZDITHER"};
  for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
    CHECK(rf_keyword_is_protected(yes[i]));
  for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
    CHECK(!rf_keyword_is_protected(no[i]));
  CHECK(!rf_keyword_is_protected(NULL));
}

/* `text` stands from column 9 on; bytes of it may be NULs. */
static rf_card_scale scale_of(const char *text, size_t n) {
  char card[RF_CARD_BYTES];
  rf_card_scale scale;
  memset(card, ' ', sizeof card);
  memcpy(card, "BZERO", 5);
  memcpy(card + 8, text, n);
  rf_card_scale_read(card, &scale);
  return scale;
}

static void test_scales_that_are_clean(void) {
  CHECK(scale_of("= 32768", 7).state == RF_SCALE_CLEAN);
  CHECK(scale_of("=32768", 6).state == RF_SCALE_CLEAN);
  CHECK(scale_of("= 1.5D3 / x", 11).real == 1500);
  rf_card_scale scale = scale_of("= 9223372036854775808", 21);
  CHECK(scale.state == RF_SCALE_CLEAN && scale.is_2_63 && !scale.is_integer);
  scale = scale_of("= 9223372036854775809", 21);
  CHECK(scale.state == RF_SCALE_CLEAN && !scale.is_2_63);
  scale = scale_of("= -32768.0", 10);
  CHECK(scale.state == RF_SCALE_CLEAN && scale.is_integer && scale.integer == -32768);
  CHECK(!scale_of("= 0.5", 5).is_integer);
  /* The file warns of the byte, not the number. */
  CHECK(scale_of("=\t32768", 7).state == RF_SCALE_CLEAN && scale_of("= 32768\t", 8).real == 32768);
  CHECK(scale_of("= 32768\0\0\0", 10).state == RF_SCALE_CLEAN);
  CHECK(scale_of("=", 1).state == RF_SCALE_ABSENT && scale_of("= / x", 5).state == RF_SCALE_ABSENT);
  CHECK(scale_of("  32768", 7).state == RF_SCALE_ABSENT);
}

static void test_scales_that_are_one_number_all_the_same(void) {
  static const struct {
    const char *text;
    size_t n;
    double real;
  } cases[] = {{"= '0.5     '", 12, 0.5},
               {"= ' 32768 ' / quoted", 20, 32768},
               {"= '9223372036854775808'", 23, 9223372036854775808.0},
               {"= 32768 counts", 14, 32768},
               {"= 32768 offset of unsigned / x", 30, 32768},
               {"= '1.5E3 (ADU)'", 15, 1500},
               {"= 32768 e- per count", 20, 32768},
               {"= 32768 \"counts\"", 16, 32768},
               {"= '32768\0\0'", 11, 32768},
               {"= '32768", 8, 32768},
               {"=32768 counts", 13, 32768}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rf_card_scale scale = scale_of(cases[i].text, cases[i].n);
    CHECK(scale.state == RF_SCALE_REPAIRED && scale.real == cases[i].real);
    if (scale.state != RF_SCALE_REPAIRED)
      fprintf(stderr, "%s: %d\n", cases[i].text, (int)scale.state);
  }
  rf_card_scale scale = scale_of("= 32768\tcounts", 14);
  CHECK(scale.state == RF_SCALE_REPAIRED);
  CHECK_STR(scale.text, "32768?counts");
  CHECK(scale_of("= '        '", 12).state == RF_SCALE_EMPTY);
}

static void test_scales_that_are_no_number(void) {
  static const char *const cases[] = {
      "= 32768,0", "= '32768,0'", "= 1,50E+00", "= NaN",   "= 'nan'",     "= inf",    "= none",      "= 'N/A'",
      "= T",       "= (1, 2)",    "= 1 000",    "= 1 .5",  "= 1 E 5x",    "= 1 x 10", "= 2 * 3",     "= 1E400",
      "= 1E400 x", "= 32768cts",  "= 0x10",     "= 1.5.2", "= 1.5 - 0.5", "= 12 %",   "= counts 12", "= '"};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rf_card_scale scale = scale_of(cases[i], strlen(cases[i]));
    CHECK(scale.state == RF_SCALE_BAD || (scale.state == RF_SCALE_EMPTY && i + 1 == sizeof cases / sizeof cases[0]));
    if (scale.state != RF_SCALE_BAD)
      fprintf(stderr, "%s: %d\n", cases[i], (int)scale.state);
  }
}

int main(void) {
  RUN(test_scales_that_are_clean);
  RUN(test_scales_that_are_one_number_all_the_same);
  RUN(test_scales_that_are_no_number);
  RUN(test_values_and_comments);
  RUN(test_value_without_blank_behind_the_sign);
  RUN(test_quote_that_was_not_doubled);
  RUN(test_commentary);
  RUN(test_hierarch);
  RUN(test_structural_reading);
  RUN(test_number_forms);
  RUN(test_reading_equals_strtod);
  RUN(test_writing_comes_back);
  RUN(test_written_texts);
  RUN(test_columns_of_keywords_eight_at_once);
  RUN(test_protected_keywords);
  return check_report();
}
