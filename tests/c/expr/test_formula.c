/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Formulas: values of every type over a small table, their undefined values, and failures. The CFITSIO layer compares
 * them with CFITSIO's calculator at length (tests/compat/programs/calculator.c).
 */
#include <stdlib.h>

#include "base/memory.h"
#include "check.h"
#include "rustfits.h"

#define ROWS 4
#define NONE (-99)

/* ------------------------------ a small table ------------------------------ */

static const int64_t integers[ROWS] = {1, 2, NONE, 4};
static const double reals[ROWS] = {0.5, -1.5, 3, NONE};
static const uint8_t logicals[ROWS] = {1, 0, 1, 0};
static const char strings[ROWS][6] = {"abc", "", "b", "abcde"};
static const uint8_t bits[ROWS][3] = {{1, 0, 1}, {0, 0, 0}, {1, 1, 1}, {0, 0, 1}};
static const double vectors[ROWS][4] = {{1, 2, 3, 4}, {NONE, 6, 7, 8}, {NONE, NONE, NONE, NONE}, {0, 0, 0, 1}};

enum { I, R, L, S, B, V };

static const rf_formula_info columns[] = {
    {.type = RF_FORMULA_INTEGER, .count = 1, .naxis = 1, .naxes = {1}},
    {.type = RF_FORMULA_REAL, .count = 1, .naxis = 1, .naxes = {1}},
    {.type = RF_FORMULA_LOGICAL, .count = 1, .naxis = 1, .naxes = {1}},
    {.type = RF_FORMULA_STRING, .count = 1, .width = 5, .naxis = 1, .naxes = {1}},
    {.type = RF_FORMULA_BITS, .count = 3, .naxis = 1, .naxes = {3}},
    {.type = RF_FORMULA_REAL, .count = 4, .naxis = 2, .naxes = {2, 2}},
};

static rf_status find(void *user, const char *name, int keyword, rf_formula_info *info, rf_error *err) {
  static const char names[] = "irlsbv";
  const char *found = strlen(name) == 1 ? strchr(names, name[0]) : NULL;
  (void)err;
  CHECK(info->size == sizeof *info);
  if (user != NULL)
    return RF_ERR_CALLBACK;
  if (!keyword && found != NULL) {
    *info = columns[found - names];
    info->column = (size_t)(found - names);
    return RF_OK;
  }
  if (strcmp(name, "KEY") != 0)
    return RF_ERR_NOT_FOUND;
  info->constant = 1;
  info->type = RF_FORMULA_INTEGER;
  info->integer = 3;
  return RF_OK;
}

static void put_row(size_t column, size_t row, uint8_t *values, uint8_t *nulls, size_t to) {
  switch (column) {
  case I:
    memcpy(values + 8 * to, &integers[row], 8);
    nulls[to] = integers[row] == NONE;
    break;
  case R:
    memcpy(values + 8 * to, &reals[row], 8);
    nulls[to] = reals[row] == NONE;
    break;
  case L:
    values[to] = logicals[row];
    nulls[to] = 0;
    break;
  case S:
    memcpy(values + sizeof strings[0] * to, strings[row], sizeof strings[0]);
    nulls[to] = 0;
    break;
  case B:
    memcpy(values + 3 * to, bits[row], 3);
    break;
  default:
    memcpy(values + 32 * to, vectors[row], 32);
    for (size_t i = 0; i < 4; i++)
      nulls[4 * to + i] = vectors[row][i] == NONE;
    break;
  }
}

static rf_status read(void *user, size_t column, uint64_t first, uint64_t count, void *values, uint8_t *nulls,
                      rf_error *err) {
  (void)user;
  (void)err;
  for (uint64_t i = 0; i < count; i++)
    put_row(column, (size_t)((first + i) % ROWS), values, nulls, (size_t)i);
  return RF_OK;
}

static rf_status intervals(void *user, const char *file, const char *start, const char *stop, const double **starts,
                           const double **stops, uint64_t *count, rf_error *err) {
  static const double from[] = {0, 3}, to[] = {1, 4};
  (void)user;
  if (strcmp(file, "none") == 0)
    return rf_error_clear(err), RF_ERR_NO_FILE;
  CHECK(start[0] != '\0' && stop[0] != '\0');
  *starts = from;
  *stops = to;
  *count = 2;
  return RF_OK;
}

static rf_status region(void *user, const char *file, const char *x, const char *y, const char *names, size_t *number,
                        rf_error *err) {
  (void)user;
  (void)err;
  CHECK(strcmp(file, "reg") == 0 && strcmp(x, "r") == 0 && strcmp(y, "") == 0 && strcmp(names, "") == 0);
  *number = 7;
  return RF_OK;
}

static rf_status inside(void *user, size_t number, const double *x, const double *y, uint64_t count, uint8_t *result,
                        rf_error *err) {
  (void)user;
  (void)err;
  CHECK(number == 7);
  for (uint64_t i = 0; i < count; i++)
    result[i] = x[i] > y[i];
  return RF_OK;
}

static const rf_formula_source source = {
    .size = sizeof source,
    .rows = ROWS,
    .find = find,
    .read = read,
    .intervals = intervals,
    .region = region,
    .inside = inside,
};

/* ------------------------------ values as text ------------------------------ */

static void put_value(char *out, size_t room, const rf_formula_info *info, const uint8_t *values, size_t i) {
  int64_t integer;
  double real;
  size_t n = strlen(out);
  switch (info->type) {
  case RF_FORMULA_INTEGER:
    memcpy(&integer, values + 8 * i, 8);
    (void)snprintf(out + n, room - n, "%lld", (long long)integer);
    break;
  case RF_FORMULA_REAL:
    memcpy(&real, values + 8 * i, 8);
    (void)snprintf(out + n, room - n, "%g", real);
    break;
  case RF_FORMULA_STRING:
    (void)snprintf(out + n, room - n, "'%s'", (const char *)values + (info->width + 1) * i);
    break;
  default:
    (void)snprintf(out + n, room - n, "%d", values[i]);
    break;
  }
}

/* "1 2 - 4": the values of all rows; '-' is an undefined one. Or the name of the status. */
static const char *values_of(const char *text, uint64_t rows) {
  static char out[4000];
  uint8_t values[4000], nulls[1000];
  rf_error err;
  rf_formula *formula = NULL;
  rf_formula_info info = {.size = sizeof info};
  rf_status status = rf_formula_compile(text, strlen(text), &source, &formula, &err);
  if (status == RF_OK)
    status = rf_formula_get_info(formula, &info, &err);
  if (status == RF_OK)
    status = rf_formula_evaluate(formula, 0, rows, values, nulls, &err);
  rf_formula_free(formula);
  if (status != RF_OK)
    return rf_status_get_name(status);
  out[0] = '\0';
  size_t n = info.type == RF_FORMULA_STRING ? 1 : (size_t)info.count;
  for (size_t i = 0; i < rows * n; i++) {
    if (i > 0)
      (void)strcat(out, i % n ? "," : " ");
    if (info.type != RF_FORMULA_BITS && nulls[i])
      (void)strcat(out, "-");
    else
      put_value(out, sizeof out, &info, values, i);
  }
  return out;
}

static const struct {
  const char *text, *values;
} samples[] = {
    {"i + 1", "2 3 - 5"},
    {"i / 2", "0 1 - 2"},
    {"i * r", "0.5 -3 - -"},
    {"-i ** 2", "1 4 - 16"},
    {"r ^ 2 + KEY", "3.25 5.25 12 -"},
    {"i % 2 == 1", "1 0 - 0"},
    {"i .gt. 1 .and. .not. l", "0 1 0 1"},
    {"l || i == 1", "1 0 1 0"},
    {"l ? i : #KEY", "1 3 - 3"},
    {"l ? s : 'no'", "'abc' 'no' 'b' 'no'"},
    {"i = 2 : 4", "0 1 - 1"},
    {"r ~ 0.5", "1 0 0 -"},
    {"s + 'x'", "'abcx' 'x' 'bx' 'abcdex'"},
    {"s == 'b'", "0 0 1 0"},
    {"strstr(s, 'c')", "3 - - 3"},
    {"strmid(s, 2, 2)", "'bc' '' '' 'bc'"},
    {"b == b1x1", "1 0 1 0"},
    {"b & b001", "0,0,1 0,0,0 0,0,1 0,0,1"},
    {"!b | o1", "0,1,1 1,1,1 0,0,1 1,1,1"},
    {"i & 3 | 4", "5 6 - 4"},
    {"5 ^^ 1 + 0x10", "20 20 20 20"},
    {"0b101 + 0o17", "20 20 20 20"},
    {"v[1]", "1,2 -,6 -,- 0,0"},
    {"v[1,2]", "3 7 - 0"},
    {"v[2][1]", "3 7 - 0"},
    {"v * {1, 0, 1, 0}", "VALUE"},
    {"{i, 2.5}", "1,2.5 2,2.5 -,2.5 4,2.5"},
    {"sum(v)", "10 21 - 1"},
    {"nvalid(v) + nelem(v) + naxis(v) + naxes(v, 1)", "12 11 8 12"},
    {"min(v) + max(v)", "5 14 - 1"},
    {"median(v)", "2 7 - 0"},
    {"average(v)", "2.5 7 - 0.25"},
    {"min(i, 2)", "1 2 2 2"},
    {"accum(i)", "1 3 3 7"},
    {"seqdiff(i)", "1 1 - -"},
    {"i{-1}", "- 1 2 -"},
    {"s{1}", "'' 'b' 'abcde' -"},
    {"#row * 2", "2 4 6 8"},
    {"$i$ + #KEY", "4 5 - 7"},
    {"isnull(i)", "0 0 1 0"},
    {"defnull(i, 0)", "1 2 0 4"},
    {"setnull(2, i)", "1 - - 4"},
    {"(int) r", "0 -1 3 -"},
    {"(float) i / 2", "0.5 1 - 2"},
    {"sqrt(r)", "0.707107 - 1.73205 -"},
    {"r / 0", "- - - -"},
    {"near(r, 1, 2)", "1 0 0 -"},
    {"circle(0, 0, 2, r, i)", "1 0 - -"},
    {"array(i, {1, 2})", "1,1 2,2 -,- 4,4"},
    {"axiselem(v, 2)", "1,1,2,2 1,1,2,2 1,1,2,2 1,1,2,2"},
    {"gtifilter('', i)", "1 0 - 1"},
    {"gtifind('', i)", "1 - - 2"},
    {"gtioverlap('', i, i + 10)", "1 1 - 0"},
    {"regfilter('reg', r, 0)", "1 0 1 -"},
    {"random() >= 0 && random() < 1", "1 1 1 1"},
    {"9223372036854775807 + 1 < 0", "1 1 1 1"},
};

static void test_values(void) {
  for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
    const char *values = values_of(samples[i].text, ROWS);
    if (strcmp(samples[i].values, "VALUE") == 0) {
      CHECK(strcmp(values, "RF_ERR_TYPE") == 0); /* dimensions 2 x 2 and 4 */
    } else if (strcmp(values, samples[i].values) != 0) {
      fprintf(stderr, "%s: %s, not %s\n", samples[i].text, values, samples[i].values);
      check_failures++;
    }
  }
}

static void test_failures(void) {
  static const char *const argument[] = {"",   "i +", "(i",      "i)",    "i i", "'abc",
                                         "# ", "{}",  "i{1}{1}", "i @ 1", "1/0", "i + log(0)"};
  static const char *const type[] = {"i + l",     "l < l",  "s + 1",    "v[1.5]", "i[1]",      "i{r}",
                                     "b ? 1 : 2", "abs(l)", "abs(1,2)", "foo(1)", "l ? b : b", "v + {1,2}"};
  for (size_t i = 0; i < sizeof argument / sizeof argument[0]; i++)
    CHECK(strcmp(values_of(argument[i], 1), "RF_ERR_ARGUMENT") == 0);
  for (size_t i = 0; i < sizeof type / sizeof type[0]; i++)
    CHECK(strcmp(values_of(type[i], 1), "RF_ERR_TYPE") == 0);
  CHECK(strcmp(values_of("nosuch", 1), "RF_ERR_NOT_FOUND") == 0);
  CHECK(strcmp(values_of("v[3]", 1), "RF_ERR_RANGE") == 0);
  CHECK(strcmp(values_of("v[i]", 4), "RF_ERR_RANGE") == 0);
  CHECK(strcmp(values_of("array(1, {1000000, 1000000})", 1), "RF_ERR_LIMIT") == 0);
  CHECK(strcmp(values_of("gtifilter('none', i)", 1), "RF_ERR_NO_FILE") == 0);
}

static void test_depth_is_limited(void) {
  char text[2000];
  memset(text, '(', sizeof text);
  text[sizeof text - 1] = '\0';
  CHECK(strcmp(values_of(text, 1), "RF_ERR_LIMIT") == 0);
  memset(text, '-', sizeof text - 1);
  CHECK(strcmp(values_of(text, 1), "RF_ERR_LIMIT") == 0);
}

static void test_the_message_points_at_the_character(void) {
  rf_error err;
  rf_formula *formula = NULL;
  CHECK(rf_formula_compile("i + * s", 7, &source, &formula, &err) == RF_ERR_ARGUMENT);
  CHECK(err.offset == 4);
  CHECK(rf_formula_compile("i == nosuch", 11, &source, &formula, &err) == RF_ERR_NOT_FOUND);
  CHECK(err.offset == 5 && strstr(err.message, "character 6") != NULL);
  CHECK(formula == NULL);
}

static void test_bad_calls(void) {
  rf_error err;
  rf_formula *formula = NULL;
  rf_formula_source bad = source;
  rf_formula_info info = {.size = 0};
  CHECK(rf_formula_compile(NULL, 1, &source, &formula, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_formula_compile("i", 1, NULL, &formula, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_formula_compile("i", 1, &source, NULL, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_formula_compile("i\0j", 3, &source, &formula, &err) == RF_ERR_ARGUMENT);
  bad.size = 0;
  CHECK(rf_formula_compile("i", 1, &bad, &formula, &err) == RF_ERR_ARGUMENT);
  bad.size = offsetof(rf_formula_source, intervals);
  CHECK(rf_formula_compile("gtifilter('', i)", 16, &bad, &formula, &err) == RF_ERR_UNSUPPORTED);
  bad.read = NULL;
  CHECK(rf_formula_compile("i", 1, &bad, &formula, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_formula_get_info(NULL, &info, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_formula_evaluate(NULL, 0, 1, &info, NULL, &err) == RF_ERR_ARGUMENT);
  rf_formula_seed(NULL, 1);
  rf_formula_free(NULL);
}

/* Values do not depend on how the rows are divided into calls and chunks. */
static void test_chunks(void) {
  enum { MANY = 10000 };
  rf_error err;
  rf_formula *formula = NULL;
  int64_t *whole = malloc(MANY * sizeof *whole), *parts = malloc(MANY * sizeof *parts);
  const char *text = "accum(i) + sum({i, #row}) + (l ? 1 : 0)";
  CHECK_OK(rf_formula_compile(text, strlen(text), &source, &formula, &err), err);
  CHECK_OK(rf_formula_evaluate(formula, 0, MANY, whole, NULL, &err), err);
  for (uint64_t first = 0; first < MANY; first += 999) {
    uint64_t n = MANY - first < 999 ? MANY - first : 999;
    CHECK_OK(rf_formula_evaluate(formula, first, n, parts + first, NULL, &err), err);
  }
  CHECK(memcmp(whole, parts, MANY * sizeof *whole) == 0);
  rf_formula_free(formula);
  free(whole);
  free(parts);
}

static void test_seeds(void) {
  rf_error err;
  double a[ROWS], b[ROWS], c[ROWS];
  for (int i = 0; i < 3; i++) {
    rf_formula *formula = NULL;
    CHECK_OK(rf_formula_compile("random()+randomn()", 18, &source, &formula, &err), err);
    rf_formula_seed(formula, i == 2);
    CHECK_OK(rf_formula_evaluate(formula, 0, ROWS, i == 0 ? a : i == 1 ? b : c, NULL, &err), err);
    rf_formula_free(formula);
  }
  CHECK(memcmp(a, b, sizeof a) == 0);
  CHECK(memcmp(a, c, sizeof a) != 0);
}

static void test_a_failure_of_the_caller_is_passed_on(void) {
  rf_error err;
  rf_formula *formula = NULL;
  rf_formula_source failing = source;
  failing.user = &failing;
  CHECK(rf_formula_compile("i", 1, &failing, &formula, &err) == RF_ERR_CALLBACK);
}

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
    allocations_left = n;
    rf_allocator_set(&allocator);
    const char *values = values_of("sum({i, median(v)}) + strstr(s + 'x', 'x') + #KEY ** 2", 1);
    rf_allocator_set(NULL);
    if (strcmp(values, "RF_ERR_MEMORY") != 0) {
      CHECK(strcmp(values, "16") == 0);
      break;
    }
    failures++;
  }
  CHECK(failures > 10 && failures < 200);
}

int main(void) {
  RUN(test_values);
  RUN(test_failures);
  RUN(test_depth_is_limited);
  RUN(test_the_message_points_at_the_character);
  RUN(test_bad_calls);
  RUN(test_chunks);
  RUN(test_seeds);
  RUN(test_a_failure_of_the_caller_is_passed_on);
  RUN(test_every_allocation_may_fail);
  return check_report();
}
