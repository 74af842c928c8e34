/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Row expressions on columns of every type: what they select, and what they say when they are wrong.
 */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "check.h"
#include "expr/expr.h"

#define ROWS 6

/* ------------------------------ a small table ------------------------------ */

static const int32_t id[ROWS] = {0, 1, 2, 3, 4, 5};
static const float mag[ROWS] = {21.5F, 22.0F, 10.25F, -3.0F, 30.0F, 0.1F};
static const double flux[ROWS] = {1.0, NAN, INFINITY, -INFINITY, -2.5, 0.0};
static const uint8_t flag[ROWS] = {0, 1, 4, 5, 255, 128};
static const int8_t tiny[ROWS] = {-128, -1, 0, 1, 2, 127};
static const int16_t nulls_in[ROWS] = {7, -99, 7, 8, -99, 9};
static const uint8_t nulls_mask[ROWS] = {0, 1, 0, 0, 1, 0};
static const uint64_t huge[ROWS] = {0, 1, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX, UINT64_C(9007199254740993)};
static const int64_t big[ROWS] = {INT64_MIN, -1, INT64_MAX, 0, INT64_C(9007199254740993), INT64_C(9007199254740992)};
static const uint8_t ok[ROWS] = {1, 0, 1, 0, 1, 0};
static const uint8_t ok_mask[ROWS] = {0, 0, 0, 0, 1, 1};
static const char name[ROWS][8] = {"M31", "M31    ", "m31\0xyz", " M 33", "", "N\0M31"};
static const char latin[ROWS][5] = {"caf\xE9", "\xCE\xB1", "1\xB5m", "", "", ""};
static const float cube[ROWS][2][3] = {{{1, 2, 3}, {4, 5, 6}},       {{0, 0, 0}, {0, 0, 9}}, {{0}},
                                       {{-1, -2, -3}, {-4, -5, -6}}, {{7, 7, 7}, {7, 7, 7}}, {{1, 1, 1}, {1, 1, 2}}};

static const struct {
  const char *name;
  rf_expr_column column;
  rf_expr_cells cells;
} table[] = {
    {"id", {.type = RF_I32}, {id, sizeof id[0], NULL, 0}},
    {"mag", {.type = RF_F32}, {mag, sizeof mag[0], NULL, 0}},
    {"flux", {.type = RF_F64}, {flux, sizeof flux[0], NULL, 0}},
    {"flag", {.type = RF_U8}, {flag, sizeof flag[0], NULL, 0}},
    {"tiny", {.type = RF_I8}, {tiny, sizeof tiny[0], NULL, 0}},
    {"n", {.type = RF_I16}, {nulls_in, sizeof nulls_in[0], nulls_mask, 1}},
    {"huge", {.type = RF_U64}, {huge, sizeof huge[0], NULL, 0}},
    {"big", {.type = RF_I64}, {big, sizeof big[0], NULL, 0}},
    {"ok", {.type = RF_LOGICAL}, {ok, sizeof ok[0], ok_mask, 1}},
    {"plain", {.type = RF_BIT}, {ok, sizeof ok[0], NULL, 0}},
    {"name", {.type = RF_BYTES, .width = 8}, {name, sizeof name[0], NULL, 0}},
    {"latin", {.type = RF_BYTES, .width = 5}, {latin, sizeof latin[0], NULL, 0}},
    {"cube", {.type = RF_F32, .ndim = 2, .dims = {2, 3}}, {cube, sizeof cube[0], NULL, 0}},
    {"line", {.type = RF_F32, .ndim = 1, .dims = {6}}, {cube, sizeof cube[0], NULL, 0}},
    {"none", {.type = RF_F32, .ndim = 1, .dims = {0}}, {cube, sizeof cube[0], NULL, 0}},
    {"odd name", {.type = RF_I32}, {id, sizeof id[0], NULL, 0}},
    {"2`x", {.type = RF_I32}, {id, sizeof id[0], NULL, 0}},
    {"and", {.type = RF_I32}, {id, sizeof id[0], NULL, 0}},
    {"min", {.type = RF_I32}, {id, sizeof id[0], NULL, 0}},
    {"F", {.type = RF_F32}, {mag, sizeof mag[0], NULL, 0}},
    {"z", {.type = RF_C128}, {flux, sizeof flux[0], NULL, 0}},
    {"vla", {.type = RF_F32, .unfit = "has cells of varying length"}, {NULL, 0, NULL, 0}},
};

/* The columns that an expression requests, in order. */
typedef struct asked {
  rf_expr_cells cells[32];
  size_t count;
} asked;

static rf_status find(void *context, const char *wanted, rf_expr_column *column, rf_error *err) {
  (void)err;
  asked *a = context;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
    if (strcmp(table[i].name, wanted) == 0) {
      *column = table[i].column;
      a->cells[a->count++] = table[i].cells;
      return RF_OK;
    }
  return RF_ERR_NOT_FOUND;
}

/* "101000": the rows that `text` selects, or the name of the status. */
static const char *rows_of(const char *text, rf_error *err) {
  static char rows[64];
  asked a = {.count = 0};
  rf_expr *expr;
  rf_program *program = NULL;
  rf_status status = rf_expr_parse(text, strlen(text), &expr, err);
  if (status == RF_OK) {
    status = rf_expr_bind(expr, find, &a, &program, err);
    rf_expr_free(expr);
  }
  if (status != RF_OK)
    return rf_status_get_name(status);
  uint8_t selected[ROWS];
  memset(selected, 7, sizeof selected);
  uint64_t matches = rf_program_run(program, a.cells, ROWS, selected);
  rf_program_free(program);
  uint64_t ones = 0;
  for (int i = 0; i < ROWS; i++) {
    rows[i] = selected[i] <= 1 ? (char)('0' + selected[i]) : '?';
    ones += selected[i];
  }
  rows[ROWS] = '\0';
  CHECK(matches == ones);
  return rows;
}

typedef struct sample {
  const char *text;
  const char *rows;
} sample;

static void check_samples(const sample *samples, size_t count) {
  for (size_t i = 0; i < count; i++) {
    rf_error err;
    const char *rows = rows_of(samples[i].text, &err);
    if (strcmp(rows, samples[i].rows) != 0) {
      fprintf(stderr, "%s: selects %s, not %s %s\n", samples[i].text, rows, samples[i].rows,
              rows[0] == 'R' ? err.message : "");
      check_failures++;
    }
  }
}

#define CHECK_SAMPLES(...)                                                                                             \
  do {                                                                                                                 \
    static const sample samples_[] = {__VA_ARGS__};                                                                    \
    check_samples(samples_, sizeof samples_ / sizeof samples_[0]);                                                     \
  } while (0)

/* ------------------------------ what is selected ------------------------------ */

static void test_comparisons(void) {
  CHECK_SAMPLES({"id < 2", "110000"}, {"id <= 2", "111000"}, {"id > 2", "000111"}, {"id >= 2", "001111"},
                {"id == 2", "001000"}, {"id != 2", "110111"}, {"2 < id", "000111"}, {"2 == id", "001000"},
                {"mag < 22", "101101"}, {"mag <= 22", "111101"}, {"mag == 10.25", "001000"}, {"mag == 0.1", "000000"},
                {"flux < 1e5", "100111"}, {"flux > -1.5d0", "101001"}, {"id == 2.0", "001000"}, {"id < 2.5", "111000"},
                {"id == 2.5", "000000"}, {"mag > id", "111010"}, {"tiny < flag", "111111"}, {"1 < 2", "111111"},
                {"2 < 1", "000000"}, {"id<.5", "100000"}, {"id < 5.", "111110"}, {"id == 0x4", "000010"},
                {"flag == 0xFF", "000010"}, {"ID<1", "RF_ERR_NOT_FOUND"});
}

static void test_nan_compares_as_ieee_says(void) {
  CHECK_SAMPLES({"flux == flux", "101111"}, {"flux != flux", "010000"}, {"flux < 0", "000110"},
                {"!(flux < 0)", "111001"}, {"flux != 1", "011111"}, {"isnan(flux)", "010000"},
                {"isinf(flux)", "001100"}, {"isfinite(flux)", "100011"}, {"isfinite(id)", "111111"},
                {"isnull(flux)", "010000"}, {"isnan(flux + 1)", "010000"}, {"isnan(0.0/0)", "111111"},
                {"1/0 > 1e308", "111111"});
}

static void test_logic(void) {
  CHECK_SAMPLES({"id < 3 & mag > 11", "110000"}, {"id < 3 && mag > 11", "110000"}, {"id < 3 and mag > 11", "110000"},
                {"id < 1 | id > 4", "100001"}, {"id < 1 || id > 4", "100001"}, {"id < 1 OR id > 4", "100001"},
                {"!id < 2", "001111"}, {"~id < 2", "001111"}, {"not id < 2", "001111"},
                {"!(id < 2) & id < 4", "001100"}, {"!id < 2 & id < 4", "001100"}, {"!!id<2", "110000"},
                {"id == 1 | id == 2 & id == 3", "010000"}, {"(id == 1 | id == 2) & id == 2", "001000"},
                {"true", "111111"}, {"FALSE", "000000"}, {"T", "111111"}, {"plain", "101010"}, {"!plain", "010101"},
                {"plain & id > 1", "001010"}, {"plain == T", "101010"}, {"plain == !plain", "000000"},
                {"plain == 1", "101010"}, {"plain != true", "010101"}, {"(id > 1) + (id > 3) == 1", "001100"},
                {"id > 0 == plain", "RF_ERR_ARGUMENT"}, {"(id > 0) == plain", "001010"}, {"T & plain", "101010"});
}

static void test_undefined_values(void) {
  CHECK_SAMPLES({"n == -99", "000000"}, {"n != -99", "101101"}, {"n < 8", "101000"}, {"isnull(n)", "010010"},
                {"!isnull(n)", "101101"}, {"n + 1 < 9", "101000"}, {"isnull(n + id)", "010010"},
                {"n in [-99, 8]", "000100"}, {"isnull(n * 1.0)", "010010"}, {"isfinite(n)", "101101"},
                {"isnan(n)", "000000"}, {"-n < 0", "101101"}, {"ok", "101000"}, {"ok & true", "101000"},
                {"ok | false", "101000"}, {"!ok", "010111"}, {"isnull(ok)", "000011"}, {"ok == T", "101000"},
                {"ok == F", "000000"}, {"ok == false", "010100"}, {"ok != T", "010100"}, {"isnull(name)", "000010"},
                {"isnull(id)", "000000"}, {"min(n, 3) == 3", "101101"}, {"min(n, n) == n", "101101"},
                {"sqrt(n) > 0", "101101"});
}

static void test_integers_are_exact(void) {
  CHECK_SAMPLES({"huge == 18446744073709551615", "000010"}, {"huge == 18446744073709551614", "000000"},
                {"huge > 9223372036854775807", "000110"}, {"huge == 9007199254740993", "000001"},
                {"huge == 9007199254740992", "000000"}, {"big == 9007199254740992", "000001"},
                {"big == 9007199254740992.0", "000001"}, {"big > 9007199254740992.0", "001010"},
                {"big < huge", "110111"}, {"huge > big", "110111"}, {"big == huge", "001000"}, {"huge < 0", "000000"},
                {"big >= -9223372036854775808", "111111"}, {"big == -9223372036854775808", "100000"},
                {"huge < 1e19", "111101"}, {"huge == 18446744073709551616", "000000"},
                {"huge < 18446744073709551616", "111111"}, {"tiny == 255", "000000"}, {"flag == 255", "000010"},
                {"huge > -1", "111111"}, {"huge in [18446744073709551615, 1]", "010010"}, {"big == flux", "000000"},
                {"big > flux * 0 + 9007199254740992.0", "000010"}, {"abs(huge) == huge", "111111"});
}

static void test_integer_arithmetic_leaves_64_bits_without_wrapping(void) {
  CHECK_SAMPLES({"huge + 1 == 9223372036854775808", "001000"}, {"huge + 1 > huge", "111111"},
                {"huge - 1 == -1", "100000"}, {"-big == 9223372036854775808", "100000"},
                {"abs(big) == 9223372036854775808", "100000"}, {"big - 1 < 0", "110100"}, {"big + big > 0", "001011"},
                {"big * big > 0", "111011"}, {"big * 4 > 1e19", "001000"}, {"id * id == 16", "000010"},
                {"id - 3 == -1", "001000"}, {"big + 1 > 0", "001111"}, {"huge * 2 == 36893488147419103230.0", "000010"},
                {"id * 4000000000 * 4000000000 > 6.3e19", "000011"});
}

static void test_arithmetic(void) {
  CHECK_SAMPLES({"id + 1 == 3", "001000"}, {"id * 2 + 1 == 5", "001000"}, {"1 + id * 2 == 5", "001000"},
                {"(1 + id) * 2 == 6", "001000"}, {"id / 2 == 1.5", "000100"}, {"id % 2 == 1", "010101"},
                {"-id % 3 == 1", "001001"}, {"id % -3 == -1", "001001"}, {"id % 0 == 0", "000000"},
                {"isnull(id % 0)", "111111"}, {"tiny % 3 == 2", "010010"}, {"mag % 1.0 == 0.25", "001000"},
                {"flux % 2 == 1.5", "000010"}, {"id ** 2 == 9", "000100"}, {"2 ** id == 8", "000100"},
                {"2 ** 3 ** 2 == 512", "111111"}, {"-2 ** 2 == -4", "111111"}, {"2 ** -1 == 0.5", "111111"},
                {"- - id == 2", "001000"}, {"+id == 2", "001000"}, {"id - 1 - 1 == 0", "001000"},
                {"12 / 2 / 3 == 2", "111111"}, {"id == --2", "001000"}, {"2*id-1 == 3", "001000"},
                {"10 - id * -1 == 12", "001000"});
}

static void test_functions(void) {
  CHECK_SAMPLES({"abs(tiny) == 128", "100000"}, {"abs(mag) == 3", "000100"}, {"sqrt(id) == 2", "000010"},
                {"exp(id) == 1", "100000"}, {"log(id) == 0", "010000"}, {"log10(id * 100) == 2", "010000"},
                {"sin(id) == 0", "100000"}, {"cos(id) == 1", "100000"}, {"tan(id) == 0", "100000"},
                {"floor(mag) == 21", "100000"}, {"ceil(mag) == 22", "110000"}, {"round(flux) == -2", "000010"},
                {"round(mag) == 22", "110000"}, {"floor(id) == id", "111111"}, {"min(id, 2) == 2", "001111"},
                {"max(id, 3) == 3", "111100"}, {"min(mag, id) == 1", "010000"}, {"isnan(min(flux, 1))", "010000"},
                {"isnan(max(1, flux))", "010000"}, {"min(huge, big) == big", "111111"},
                {"max(flag, tiny) == flag", "111111"}, {"bitand(flag, 4) != 0", "001110"},
                {"bitand(flag, 0x81) == 0x80", "000001"}, {"bitand(-1, big) == big", "111111"},
                {"bitand(huge, -1) == huge", "111111"}, {"ABS(id) == 1", "010000"}, {"isfinite ( mag )", "111111"},
                {"min == 2", "001000"}, {"min(min, 2) == 2", "001111"});
}

static void test_strings(void) {
  CHECK_SAMPLES(
      {"name == 'M31'", "110000"}, {"name == \"M31\"", "110000"}, {"name == 'M31   '", "110000"},
      {"'M31' == name", "110000"}, {"name != 'M31'", "001111"}, {"name == 'm31'", "001000"},
      {"lower(name) == 'm31'", "111000"}, {"upper(name) == 'M31'", "111000"}, {"name == lower('M31')", "001000"},
      {"lower(name) == lower('M31')", "111000"}, {"name == ''", "000010"}, {"name < 'M4'", "110110"},
      {"name > 'M4'", "001001"}, {"name >= 'N'", "001001"}, {"name <= 'M31'", "110110"},
      {"strip(name) == 'M 33'", "000100"}, {"name == ' M 33'", "000100"}, {"contains(name, '31')", "111000"},
      {"contains(name, ' ')", "000100"}, {"contains(name, '')", "111111"}, {"contains(upper(name), 'M')", "111100"},
      {"startswith(name, 'M')", "110000"}, {"startswith(strip(name), 'M')", "110100"},
      {"endswith(name, '31')", "111000"}, {"endswith(name, '3')", "000100"}, {"startswith(name, '')", "111111"},
      {"startswith(upper(strip(name)), 'M3')", "111000"}, {"name in ['M31', 'N']", "110001"},
      {"name in ('N', 'x', 'M31 ')", "110001"}, {"name not in ['M31', 'N']", "001110"},
      {"lower(name) in ['m31']", "111000"}, {"name == 'it''s'", "000000"}, {"'it''s' == \"it's\"", "111111"},
      {"\"a\"\"b\" == 'a\"b'", "111111"}, {"name == name", "111111"}, {"'a' < 'b'", "111111"},
      {"upper(name) > name", "000000"}, {"upper(name) < name", "001000"}, {"strip('  x ') == 'x'", "111111"},
      {"strip(lower(name)) == 'm 33'", "000100"}, {"latin == 'caf\xC3\xA9'", "100000"},
      {"latin == 'caf\xE9'", "100000"}, {"latin == '\xCE\xB1'", "010000"}, {"contains(latin, '\xC2\xB5')", "001000"},
      {"endswith('m31  ', '31')", "111111"}, {"endswith(name, '31 ')", "000000"}, {"contains(name, 'M ')", "000100"},
      {"contains(name, lower('M 3'))", "000000"}, {"contains(name, 'M 3')", "000100"},
      {"contains(name, 'M31 ')", "000000"}, {"contains('M31 x', 'M31 ')", "111111"}, {"isnull('  ')", "111111"},
      {"'a ' == 'a'", "111111"}, {"lower('A ') in ['a']", "111111"});
}

static void test_lists(void) {
  CHECK_SAMPLES({"id in [1, 3, 5]", "010101"}, {"id in [5, 1, 3, 1]", "010101"}, {"id not in [1, 3]", "101011"},
                {"id in []", "000000"}, {"id in (2)", "001000"}, {"id in [2.0, 3.5]", "001000"},
                {"tiny in [-1, +1]", "010100"}, {"mag in [22, 30.0]", "010010"}, {"flux in [1, 0]", "100001"},
                {"id + 1 in [1]", "100000"}, {"id in [1] | id in [2]", "011000"}, {"!id in [1]", "101111"},
                {"id in [1,]", "010000"}, {"plain in [1]", "101010"});
}

static void test_elements_of_arrays(void) {
  CHECK_SAMPLES({"cube[0, 0] == 1", "100001"}, {"cube[1, 2] == 9", "010000"}, {"cube[1,-1] == 6", "100000"},
                {"cube[-2, -3] == -1", "000100"}, {"line[5] == 9", "010000"}, {"line[-1] == 9", "010000"},
                {"line[0] + line[1] == 3", "100000"}, {"cube[0,0] == line[0]", "111111"},
                {"line[6] > 0", "RF_ERR_RANGE"}, {"line[-7] > 0", "RF_ERR_RANGE"}, {"cube[2,0] > 0", "RF_ERR_RANGE"},
                {"cube[0,3] > 0", "RF_ERR_RANGE"}, {"none[0] > 0", "RF_ERR_RANGE"}, {"none[-1] > 0", "RF_ERR_RANGE"},
                {"line[-9223372036854775808] > 0", "RF_ERR_RANGE"}, {"cube > 1", "RF_ERR_TYPE"},
                {"cube[1] > 1", "RF_ERR_TYPE"}, {"id[0] > 1", "RF_ERR_TYPE"}, {"vla > 1", "RF_ERR_TYPE"},
                {"vla[0] > 1", "RF_ERR_TYPE"}, {"z == 1", "RF_ERR_TYPE"}, {"line[1.5] > 0", "RF_ERR_ARGUMENT"},
                {"line['a'] > 0", "RF_ERR_ARGUMENT"}, {"line[id] > 0", "RF_ERR_ARGUMENT"});
}

static void test_names(void) {
  CHECK_SAMPLES({"`odd name` == 2", "001000"}, {"`2``x` == 2", "001000"}, {"`and` == 2", "001000"},
                {"`id` == 2", "001000"}, {"`min` == 2", "001000"}, {"F == 22", "010000"}, {"`T`", "RF_ERR_NOT_FOUND"},
                {"T > 300", "RF_ERR_NOT_FOUND"}, {"T + 1 > 1", "RF_ERR_NOT_FOUND"}, {"t", "RF_ERR_NOT_FOUND"});
}

/* ------------------------------ what is wrong ------------------------------ */

static const struct {
  const char *text;
  rf_status status;
  int64_t offset;
  const char *message;
} wrong[] = {
    {"", RF_ERR_ARGUMENT, -1, "the expression is empty"},
    {" \t\n", RF_ERR_ARGUMENT, -1, "the expression is empty"},
    {"mag < 22 & (id > 3", RF_ERR_ARGUMENT, 18,
     "expected ')' at the end (character 19) of the expression \"mag < 22 & (id > 3\""},
    {"mag < 22 id", RF_ERR_ARGUMENT, 9, "expected an operator, found id at character 10 of"},
    {"id = 3", RF_ERR_ARGUMENT, 3, "a single '=' (equality is '==') at character 4 of the expression \"id = 3\""},
    {"id <> 3", RF_ERR_ARGUMENT, 3, "'<>' is no operator (inequality is '!=') at character 4 of"},
    {"id ^ 3 > 1", RF_ERR_ARGUMENT, 3, "'^' is no operator (a power is '**') at character 4 of"},
    {"1 < id < 3", RF_ERR_ARGUMENT, 7, "write a < b & b < c for a < b < c"},
    {"id in 3", RF_ERR_ARGUMENT, 6, "expected a list"},
    {"id in [id]", RF_ERR_ARGUMENT, 7, "expected a number or a string"},
    {"id in [1 2]", RF_ERR_ARGUMENT, 9, "expected ',' or ']', found 2"},
    {"id in ['a']", RF_ERR_TYPE, 7, "a string in a list that an integer is looked for in"},
    {"name in [1]", RF_ERR_TYPE, 9, "a number in a list that a string is looked for in"},
    {"id not 3", RF_ERR_ARGUMENT, 7, "expected an operator (or 'in' after 'not'), found 3"},
    {"name == 'M31", RF_ERR_ARGUMENT, 8, "the quote ' that is opened here is never closed, at character 9 of"},
    {"`id == 1", RF_ERR_ARGUMENT, 0, "never closed, at character 1 of"},
    {"`` == 1", RF_ERR_ARGUMENT, 0, "a column without a name"},
    {"2mag < 3", RF_ERR_ARGUMENT, 1,
     "a letter right after a number (put a column whose name begins with a digit in `...`)"},
    {"id < 1e999", RF_ERR_ARGUMENT, 5, "a number that is too long or beyond the range"},
    {"id < 0x", RF_ERR_ARGUMENT, 6, "a letter right after a number"},
    {"id < 0xg", RF_ERR_ARGUMENT, 5, "a number that is too long"},
    {"id < 0x10000000000000000", RF_ERR_ARGUMENT, 5, "a number that is too long"},
    {"id < ;", RF_ERR_ARGUMENT, 5, "an unexpected ';' at character 6 of"},
    {"id < \x01", RF_ERR_ARGUMENT, 5, "an unexpected control character (0x01)"},
    {"name == '\xC3\xA9' & \xC3\xA9 > 1", RF_ERR_ARGUMENT, 15,
     "an unexpected byte 0xC3 (a column whose name has it stands in `...`) at character 15 of"},
    {"nosuch < 1", RF_ERR_NOT_FOUND, 0, "there is no column 'nosuch' at character 1 of"},
    {"id < 1 & nosuch", RF_ERR_NOT_FOUND, 9, "there is no column 'nosuch' at character 10 of"},
    {"foo(id) < 1", RF_ERR_ARGUMENT, 0, "there is no function 'foo'"},
    {"abs(id, 2) < 1", RF_ERR_ARGUMENT, 6, "abs() takes 1 argument, found more"},
    {"min(id) < 1", RF_ERR_ARGUMENT, 6, "expected ',' and a second argument, found )"},
    {"min(id, 1, 2) < 1", RF_ERR_ARGUMENT, 9, "min() takes 2 arguments, found more"},
    {"abs() < 1", RF_ERR_ARGUMENT, 4, "expected a column, a number, a string or '(', found )"},
    {"id", RF_ERR_TYPE, 0, "the expression is an integer and no condition: it has its value at character 1 of"},
    {"mag + 1", RF_ERR_TYPE, 4, "the expression is a real number and no condition"},
    {"name", RF_ERR_TYPE, 0, "the expression is a string and no condition"},
    {"id & mag > 1", RF_ERR_TYPE, 0,
     "'&' joins conditions, found an integer (compare it, as in x != 0; bits: bitand(x, 4) != 0)"},
    {"mag > 1 | flux", RF_ERR_TYPE, 10, "'|' joins conditions, found a real number"},
    {"!name", RF_ERR_TYPE, 1, "'!' joins conditions, found a string"},
    {"name == 1", RF_ERR_TYPE, 5, "'==' between a string and an integer"},
    {"id < 'a'", RF_ERR_TYPE, 3, "'<' between an integer and a string"},
    {"name + 1 > 2", RF_ERR_TYPE, 0, "'+' needs a number, found a string"},
    {"-name > 2", RF_ERR_TYPE, 1, "'-' needs a number, found a string"},
    {"sqrt(name) > 2", RF_ERR_TYPE, 5, "'sqrt' needs a number, found a string"},
    {"lower(id) == 'a'", RF_ERR_TYPE, 6, "lower() needs a string, found an integer"},
    {"contains(name, 1)", RF_ERR_TYPE, 15, "contains() needs a string, found an integer"},
    {"bitand(mag, 1) == 1", RF_ERR_TYPE, 7, "bitand() needs integers, found a real number"},
    {"cube == 1", RF_ERR_TYPE, 0,
     "column 'cube' has an array of shape (2, 3) in each cell: choose one element, as in x[0, 0], at character 1"},
    {"line == 1", RF_ERR_TYPE, 0,
     "column 'line' has an array of shape (6,) in each cell: choose one element, as in x[0],"},
    {"line[6] == 1", RF_ERR_RANGE, 5, "index 6 is outside column 'line', whose axis 0 has 6 elements, at character 6"},
    {"vla == 1", RF_ERR_TYPE, 0, "column 'vla' has cells of varying length at character 1"},
    {"z == 1", RF_ERR_TYPE, 0, "column 'z' is complex"},
};

static void test_errors_point_at_the_character(void) {
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    rf_error err;
    const char *rows = rows_of(wrong[i].text, &err);
    bool right = strcmp(rows, rf_status_get_name(wrong[i].status)) == 0 && err.offset == wrong[i].offset &&
                 strstr(err.message, wrong[i].message) != NULL;
    if (!right) {
      fprintf(stderr, "%s: %s at %lld: %s\n", wrong[i].text, rows, (long long)err.offset, err.message);
      check_failures++;
    }
  }
}

static void test_a_long_expression_is_shown_around_the_character(void) {
  char text[1000];
  memset(text, ' ', sizeof text);
  memcpy(text + 500, "id = 3", 6);
  rf_error err;
  rf_expr *expr;
  CHECK(rf_expr_parse(text, sizeof text, &expr, &err) == RF_ERR_ARGUMENT);
  CHECK(err.offset == 503);
  CHECK(strstr(err.message, "at character 504 of the expression \"...") != NULL);
  CHECK(strstr(err.message, "id = 3") != NULL);
  CHECK(strlen(err.message) < 250);
}

/* ------------------------------ limits ------------------------------ */

static rf_status parse_repeated(const char *before, const char *middle, const char *after, size_t times) {
  size_t lengths[3] = {strlen(before), strlen(middle), strlen(after)};
  char *text = malloc((lengths[0] + lengths[2]) * times + lengths[1] + 1);
  char *at = text;
  for (size_t i = 0; i < times; i++, at += lengths[0])
    memcpy(at, before, lengths[0]);
  memcpy(at, middle, lengths[1]);
  at += lengths[1];
  for (size_t i = 0; i < times; i++, at += lengths[2])
    memcpy(at, after, lengths[2]);
  rf_expr *expr;
  rf_error err;
  asked a = {.count = 0};
  rf_program *program;
  rf_status status = rf_expr_parse(text, (size_t)(at - text), &expr, &err);
  free(text);
  if (status != RF_OK)
    return status;
  status = rf_expr_bind(expr, find, &a, &program, &err);
  rf_expr_free(expr);
  if (status == RF_OK) {
    uint8_t selected[ROWS];
    (void)rf_program_run(program, a.cells, ROWS, selected);
    rf_program_free(program);
  }
  return status;
}

static void test_depth_and_length_are_limited(void) {
  CHECK(parse_repeated("(", "id > 1", ")", RF_EXPR_DEPTH) == RF_OK);
  CHECK(parse_repeated("(", "id > 1", ")", RF_EXPR_DEPTH + 1) == RF_ERR_LIMIT);
  CHECK(parse_repeated("(", "id > 1", ")", 30000) == RF_ERR_LIMIT);
  CHECK(parse_repeated("(", "", "", 60000) == RF_ERR_LIMIT);
  CHECK(parse_repeated("!", "plain", "", 60000) == RF_ERR_LIMIT);
  CHECK(parse_repeated("-", "1 > 2", "", 60000) == RF_ERR_LIMIT);
  CHECK(parse_repeated("2**", "1 > 2", "", 20000) == RF_ERR_LIMIT);
  CHECK(parse_repeated("abs(", "id", ")", 10000) == RF_ERR_LIMIT);
  CHECK(parse_repeated("(plain|(plain&((1+2*(", "id", ")))) > 1)", 40) == RF_ERR_TYPE);
  CHECK(parse_repeated("!plain | !plain & (id > 2) == -id + 2 * (", "id", ")", RF_EXPR_DEPTH - 1) == RF_OK);
  CHECK(parse_repeated("id > 1 | ", "plain", "", 7000) == RF_OK);
  CHECK(parse_repeated("", "plain", " ", RF_EXPR_BYTES - 5) == RF_OK);
  CHECK(parse_repeated("", "plain", " ", RF_EXPR_BYTES - 4) == RF_ERR_LIMIT);
}

static void test_more_names_than_columns_can_be(void) {
  char text[8000];
  size_t n = 0;
  for (int i = 0; i < 1000; i++)
    n += (size_t)snprintf(text + n, sizeof text - n, "|c%d", i);
  rf_expr *expr;
  rf_error err;
  CHECK(rf_expr_parse(text + 1, n - 1, &expr, &err) == RF_ERR_LIMIT);
  CHECK(rf_expr_parse(text + 1, n - 1 - strlen("|c999"), &expr, &err) == RF_OK);
  CHECK(rf_expr_get_name_count(expr) == 999);
  rf_expr_free(expr);
}

/* ------------------------------ the rest ------------------------------ */

static void test_names_are_listed_once(void) {
  const char text[] = "b > 1 & a < b & `odd name` > min(a, 2) & isnan(`a`) & T";
  rf_expr *expr;
  rf_error err;
  CHECK_OK(rf_expr_parse(text, sizeof text - 1, &expr, &err), err);
  CHECK(rf_expr_get_name_count(expr) == 4);
  CHECK_STR(rf_expr_get_name(expr, 0), "b");
  CHECK_STR(rf_expr_get_name(expr, 1), "a");
  CHECK_STR(rf_expr_get_name(expr, 2), "odd name");
  CHECK_STR(rf_expr_get_name(expr, 3), "T");
  CHECK(rf_expr_get_name(expr, 4) == NULL);
  rf_expr_free(expr);
  CHECK(rf_expr_get_name_count(NULL) == 0);
  CHECK(rf_expr_get_name(NULL, 0) == NULL);
  rf_expr_free(NULL);
  rf_program_free(NULL);
}

static void test_bad_calls(void) {
  rf_expr *expr;
  rf_error err;
  CHECK(rf_expr_parse(NULL, 3, &expr, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_expr_parse("T", 1, NULL, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_expr_parse("i\0d", 3, &expr, &err) == RF_ERR_ARGUMENT);
  CHECK(err.offset == 1);
  CHECK(rf_expr_parse("id = 1", 6, &expr, NULL) == RF_ERR_ARGUMENT);
}

static rf_status find_fails(void *context, const char *wanted, rf_expr_column *column, rf_error *err) {
  (void)context;
  (void)wanted;
  (void)column;
  err->code = RF_ERR_IO;
  return RF_ERR_IO;
}

static void test_a_failure_of_the_caller_is_passed_on(void) {
  rf_expr *expr;
  rf_program *program;
  rf_error err;
  CHECK_OK(rf_expr_parse("id > 1", 6, &expr, &err), err);
  CHECK(rf_expr_bind(expr, find_fails, NULL, &program, &err) == RF_ERR_IO);
  rf_expr_free(expr);
}

/* Fields of rows that lie in no order of alignment, backwards, over several chunks, as one expression sees them. */
#define MANY 5000

static void test_many_rows_of_packed_fields(void) {
  enum { ROW = 13 };
  uint8_t *rows = malloc((size_t)MANY * ROW);
  uint8_t *selected = malloc(MANY);
  for (int i = 0; i < MANY; i++) {
    double d = i * 0.5;
    int32_t k = i % 7;
    uint8_t *row = rows + (size_t)i * ROW;
    row[0] = (uint8_t)(i % 3 == 0);
    memcpy(row + 1, &d, 8);
    memcpy(row + 9, &k, 4);
  }
  const struct {
    const char *text;
    ptrdiff_t stride;
  } cases[] = {{"mag >= 1000 & id == 3", ROW}, {"mag >= 1000 & id == 3", -ROW}};
  for (int c = 0; c < 2; c++) {
    rf_expr *expr;
    rf_program *program;
    rf_error err;
    asked a = {.count = 0};
    CHECK_OK(rf_expr_parse("flux >= 1000 & id == 3", 22, &expr, &err), err);
    CHECK_OK(rf_expr_bind(expr, find, &a, &program, &err), err);
    rf_expr_free(expr);
    const uint8_t *first = cases[c].stride > 0 ? rows : rows + (size_t)(MANY - 1) * ROW;
    const rf_expr_cells cells[2] = {{first + 1, cases[c].stride, first, cases[c].stride},
                                    {first + 9, cases[c].stride, NULL, 0}};
    uint64_t matches = rf_program_run(program, cells, MANY, selected);
    rf_program_free(program);
    uint64_t expected = 0;
    int differ = 0;
    for (int i = 0; i < MANY; i++) {
      int row = cases[c].stride > 0 ? i : MANY - 1 - i;
      int match = row % 3 != 0 && row * 0.5 >= 1000 && row % 7 == 3;
      expected += (uint64_t)match;
      differ += selected[i] != match;
    }
    CHECK(matches == expected && expected > 0);
    CHECK(differ == 0);
  }
  free(rows);
  free(selected);
}

/* ------------------------------ memory ------------------------------ */

static int allocations_left;

static void *counted_realloc(void *user, void *block, size_t size) {
  (void)user;
  return allocations_left-- > 0 ? realloc(block, size) : NULL;
}

static void counted_free(void *user, void *block) {
  (void)user;
  free(block);
}

static void test_every_allocation_may_fail(void) {
  const rf_allocator allocator = {counted_realloc, counted_free, NULL};
  int failures = 0;
  for (int n = 0; n < 1000; n++) {
    rf_error err;
    allocations_left = n;
    rf_allocator_set(&allocator);
    const char *rows = rows_of("id in [1, 2] & lower(name) != 'x' & mag + flux > 1 | contains(name, 'it''s')", &err);
    rf_allocator_set(NULL);
    if (strcmp(rows, "RF_ERR_MEMORY") != 0) {
      CHECK_STR(rows, "001000");
      break;
    }
    failures++;
  }
  CHECK(failures > 10 && failures < 100);
}

int main(void) {
  RUN(test_comparisons);
  RUN(test_nan_compares_as_ieee_says);
  RUN(test_logic);
  RUN(test_undefined_values);
  RUN(test_integers_are_exact);
  RUN(test_integer_arithmetic_leaves_64_bits_without_wrapping);
  RUN(test_arithmetic);
  RUN(test_functions);
  RUN(test_strings);
  RUN(test_lists);
  RUN(test_elements_of_arrays);
  RUN(test_names);
  RUN(test_errors_point_at_the_character);
  RUN(test_a_long_expression_is_shown_around_the_character);
  RUN(test_depth_and_length_are_limited);
  RUN(test_more_names_than_columns_can_be);
  RUN(test_names_are_listed_once);
  RUN(test_bad_calls);
  RUN(test_a_failure_of_the_caller_is_passed_on);
  RUN(test_many_rows_of_packed_fields);
  RUN(test_every_allocation_may_fail);
  return check_report();
}
