/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords of columns: forms and shapes right, odd and wrong.
 */
#include <stdlib.h>

#include "check.h"
#include "header/scale.h"
#include "table/column/column.h"

static rf_error err;

/* ---- TFORMn ---- */

typedef struct form_case {
  const char *text;
  char descriptor, letter;
  unsigned repeat, max, string;
  bool odd;
} form_case;

static void test_forms_read(void) {
  static const form_case cases[] = {
      {"J", 0, 'J', 1, 0, 0, false},
      {"1J", 0, 'J', 1, 0, 0, false},
      {"0E", 0, 'E', 0, 0, 0, false},
      {"32X", 0, 'X', 32, 0, 0, false},
      {"  3D  ", 0, 'D', 3, 0, 0, false},
      {"12A", 0, 'A', 12, 0, 0, false},
      {"12A4", 0, 'A', 12, 0, 4, false},
      {"12A40", 0, 'A', 12, 0, 0, true}, /* strings longer than the field */
      {"A7", 0, 'A', 7, 0, 0, true},     /* as ASCII tables have it */
      {"k", 0, 'K', 1, 0, 0, true},
      {"3600D8.3", 0, 'D', 3600, 0, 0, true},
      {"I2", 0, 'I', 1, 0, 0, true},
      {"PE(12)", 'P', 'E', 1, 12, 0, false},
      {"1QJ", 'Q', 'J', 1, 0, 0, false},
      {"0PB(0)", 'P', 'B', 0, 0, 0, false},
      {"1pb(3)", 'P', 'B', 1, 3, 0, true},
      {"1PX(9)", 'P', 'X', 1, 9, 0, false},
      {"1PE(12", 'P', 'E', 1, 12, 0, true},
      {"1PE()", 'P', 'E', 1, 0, 0, false},
      {"999999999999999999B", 0, 'B', 0, 0, 0, false}, /* its repeat is looked at below */
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const form_case *c = &cases[i];
    rf_form form;
    rf_error_clear(&err);
    CHECK_OK(rf_form_parse(c->text, &form, &err), err);
    bool same = form.descriptor == c->descriptor && form.letter == c->letter && form.max_length == c->max &&
                form.string == c->string && (c->text[0] == '9' || form.repeat == c->repeat);
    if (!same)
      fprintf(stderr, "form '%s'\n", c->text);
    CHECK(same);
    CHECK(c->odd == form.odd);
  }
}

static void test_forms_refused(void) {
  static const char *const cases[] = {"",
                                      "   ",
                                      "3",
                                      "Z",
                                      "F8.3",
                                      "-1J",
                                      "2PE",
                                      "P",
                                      "1QP(3)",
                                      "PF",
                                      "1P",
                                      "99999999999999999999J",
                                      "1PB(99999999999999999999)",
                                      "A99999999999999999999"};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rf_form form;
    rf_error_clear(&err);
    if (rf_form_parse(cases[i], &form, &err) != RF_ERR_FORMAT)
      fprintf(stderr, "form '%s'\n", cases[i]);
    CHECK(err.code == RF_ERR_FORMAT);
    CHECK(strstr(err.message, cases[i]) != NULL);
  }
}

static void test_field_sizes(void) {
  static const struct {
    const char *text;
    uint64_t bytes;
  } cases[] = {{"9X", 2},  {"8X", 1},  {"0X", 0},  {"3L", 3},    {"2I", 4}, {"2J", 8},     {"2K", 16}, {"2E", 8},
               {"2D", 16}, {"2C", 16}, {"2M", 32}, {"20A3", 20}, {"PJ", 8}, {"QJ(3)", 16}, {"0PJ", 0}, {"0QJ", 0}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rf_form form;
    uint64_t bytes = 99;
    CHECK_OK(rf_form_parse(cases[i].text, &form, &err), err);
    CHECK(rf_form_bytes(&form, &bytes));
    CHECK(bytes == cases[i].bytes);
  }
  rf_form huge = {.repeat = INT64_MAX, .letter = 'M'};
  uint64_t bytes = 7;
  CHECK(!rf_form_bytes(&huge, &bytes) && bytes == 7);
}

/* ---- TDIMn ---- */

static void test_dims(void) {
  uint64_t dims[4];
  CHECK(rf_dims_parse("(3,4)", dims, 4) == 2 && dims[0] == 3 && dims[1] == 4);
  CHECK(rf_dims_parse(" ( 3 , 4 ) ", dims, 4) == 2);
  CHECK(rf_dims_parse("(5)", dims, 4) == 1 && dims[0] == 5);
  CHECK(rf_dims_parse("(0,3)", dims, 4) == 2 && dims[0] == 0);
  CHECK(rf_dims_parse("(1,2,3,4)", dims, 4) == 4);
  static const char *const bad[] = {"",
                                    "3,4",
                                    "(3,4",
                                    "(3,,4)",
                                    "()",
                                    "(3,-4)",
                                    "(3 4)",
                                    "(a)",
                                    "(3,4)x",
                                    "(1,1,1,1,1)",
                                    "(4294967296,4294967296)",
                                    "(99999999999999999999)"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    CHECK(rf_dims_parse(bad[i], dims, 4) == -1);
}

/* ---- columns ---- */

static rf_column_info make(const rf_column_keywords *keywords) {
  static rf_column column;
  rf_error_clear(&err);
  CHECK_OK(rf_column_init(&column, 5, keywords, &err), err);
  return column.info;
}

static void test_shapes(void) {
  rf_column_info info = make(&(rf_column_keywords){.form = "12E", .dim = "(3,4)", .name = "grid", .unit = "mag"});
  CHECK(info.ndim == 2 && info.dims[0] == 4 && info.dims[1] == 3 && info.count == 12);
  CHECK_STR(info.name, "grid");
  CHECK_STR(info.unit, "mag");
  CHECK_STR(info.warning, "");
  info = make(&(rf_column_keywords){.form = "12E"});
  CHECK(info.ndim == 1 && info.dims[0] == 12 && info.count == 12);
  CHECK_STR(info.name, "col5");
  info = make(&(rf_column_keywords){.form = "1E"});
  CHECK(info.ndim == 0 && info.count == 1);
  info = make(&(rf_column_keywords){.form = "1E", .dim = "(1)"});
  CHECK(info.ndim == 1 && info.dims[0] == 1);
  info = make(&(rf_column_keywords){.form = "0E"});
  CHECK(info.ndim == 1 && info.count == 0);
  /* FITS 7.3.2 calls elements beyond the product fill; but what is there must not be lost. */
  info = make(&(rf_column_keywords){.form = "13E", .dim = "(3,4)"});
  CHECK(info.ndim == 1 && info.count == 13 && info.bytes == 52);
  CHECK(strstr(info.warning, "(3,4)") != NULL);
  info = make(&(rf_column_keywords){.form = "12E", .dim = "(3,5)"});
  CHECK(info.ndim == 1 && info.count == 12);
  CHECK(strstr(info.warning, "(3,5)") != NULL);
  info = make(&(rf_column_keywords){.form = "12E", .dim = "   "});
  CHECK(info.ndim == 1);
  CHECK_STR(info.warning, "");
  info = make(&(rf_column_keywords){.form = "12E", .dim = "3x4"});
  CHECK(info.ndim == 1 && info.warning[0] != '\0');
  info = make(&(rf_column_keywords){.form = "17X"});
  CHECK(info.type == RF_BIT && info.count == 17 && info.raw_count == 3 && info.stored == RF_U8);
}

static void test_strings(void) {
  rf_column_info info = make(&(rf_column_keywords){.form = "12A"});
  CHECK(info.ndim == 0 && info.count == 1 && info.width == 12 && info.type == RF_BYTES);
  info = make(&(rf_column_keywords){.form = "12A4"});
  CHECK(info.ndim == 1 && info.count == 3 && info.width == 4);
  info = make(&(rf_column_keywords){.form = "24A", .dim = "(4,3,2)"});
  CHECK(info.ndim == 2 && info.dims[0] == 2 && info.dims[1] == 3 && info.width == 4 && info.count == 6);
  info = make(&(rf_column_keywords){.form = "12A", .dim = "(12)"});
  CHECK(info.ndim == 0 && info.count == 1 && info.width == 12);
  info = make(&(rf_column_keywords){.form = "0A"});
  CHECK(info.count == 1 && info.width == 0 && info.bytes == 0);
  info = make(&(rf_column_keywords){.form = "12A", .has_scale = true, .scale = 2});
  CHECK(!info.scaled && info.warning[0] != '\0');
}

static void test_offset_types_and_scale(void) {
  static const struct {
    const char *form;
    double zero;
    bool exact;
    rf_dtype type;
  } offset_types[] = {{"B", -128, false, RF_I8},
                      {"I", 32768, false, RF_U16},
                      {"J", 2147483648.0, false, RF_U32},
                      {"K", 9223372036854775808.0, true, RF_U64},
                      {"K", 9223372036854775808.0, false, RF_F64}, /* 2^63 + 1, as a double */
                      {"B", 32768, false, RF_F64},
                      {"E", 32768, false, RF_F64},
                      {"C", 1, false, RF_C128}};
  for (size_t i = 0; i < sizeof offset_types / sizeof offset_types[0]; i++) {
    rf_column_info info = make(&(rf_column_keywords){.form = offset_types[i].form,
                                                     .has_zero = true,
                                                     .zero = offset_types[i].zero,
                                                     .zero_is_2_63 = offset_types[i].exact});
    CHECK(info.type == offset_types[i].type);
    CHECK((info.scaled != 0) == (offset_types[i].type == RF_F64 || offset_types[i].type == RF_C128));
  }
  rf_column_info info =
      make(&(rf_column_keywords){.form = "I", .has_zero = true, .zero = 32768, .has_scale = true, .scale = 2});
  CHECK(info.type == RF_F64 && info.scaled && info.tscal == 2 && info.tzero == 32768);
  info = make(&(rf_column_keywords){.form = "I", .has_zero = true, .zero = 0, .has_scale = true, .scale = 1});
  CHECK(info.type == RF_I16 && !info.scaled);
}

static void test_nulls(void) {
  rf_column_info info = make(&(rf_column_keywords){.form = "I", .has_null = true, .null = -32768});
  CHECK(info.has_null && info.null == -32768);
  CHECK_STR(info.warning, "");
  info = make(&(rf_column_keywords){.form = "I", .has_null = true, .null = 32768});
  CHECK(!info.has_null && strstr(info.warning, "32768") != NULL);
  info = make(&(rf_column_keywords){.form = "B", .has_null = true, .null = -1});
  CHECK(!info.has_null && info.warning[0] != '\0');
  info = make(&(rf_column_keywords){.form = "E", .has_null = true, .null = 3});
  CHECK(!info.has_null); /* of real numbers NaN is what is undefined */
  info = make(&(rf_column_keywords){
      .form = "J", .has_null = true, .null = -99, .null_state = RF_SCALE_REPAIRED, .null_keyword = "TNULL1"});
  CHECK(info.has_null && info.null == -99 && strstr(info.warning, "TNULL1") != NULL);
  rf_column column;
  rf_error_clear(&err);
  rf_column_keywords bad = {.form = "J", .null_state = RF_SCALE_BAD, .null_keyword = "TNULL1", .null_found = "'none'"};
  CHECK(rf_column_init(&column, 1, &bad, &err) == RF_OK && !column.info.has_null);
  CHECK(rf_column_check_scale(&column, &err) == RF_ERR_FORMAT);
  CHECK_STR(err.keyword, "TNULL1");
  CHECK(strstr(err.message, "TNULL1 = 'none'") != NULL);
}

static void test_long_texts_are_cut(void) {
  char name[400];
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  rf_column_info info = make(&(rf_column_keywords){.form = "J", .name = name, .unit = name, .display = name});
  CHECK(strlen(info.name) == sizeof info.name - 1);
  CHECK(strlen(info.unit) == sizeof info.unit - 1);
  CHECK(strlen(info.display) == sizeof info.display - 1);
}

static void test_no_form(void) {
  rf_column column;
  rf_error_clear(&err);
  CHECK(rf_column_init(&column, 7, &(rf_column_keywords){.name = "x"}, &err) == RF_ERR_FORMAT);
  CHECK(strstr(err.message, "TFORM7") != NULL);
}

int main(void) {
  RUN(test_forms_read);
  RUN(test_forms_refused);
  RUN(test_field_sizes);
  RUN(test_dims);
  RUN(test_shapes);
  RUN(test_strings);
  RUN(test_offset_types_and_scale);
  RUN(test_nulls);
  RUN(test_long_texts_are_cut);
  RUN(test_no_form);
  return check_report();
}
