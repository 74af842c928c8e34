/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Formulas: any text, over columns of every type. Rows that are computed one by one have the values that they have
 * among others, unless the text has what depends on rows before.
 *
 * Input: two bytes that choose the values, and the text.
 */
#include <stdlib.h>
#include <string.h>

#include "rustfits.h"

#define ROWS 70
#define WIDTH 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const rf_formula_info columns[] = {
    {.type = RF_FORMULA_INTEGER, .count = 1, .naxis = 1, .naxes = {1}},
    {.type = RF_FORMULA_REAL, .count = 1, .naxis = 1, .naxes = {1}},
    {.type = RF_FORMULA_LOGICAL, .count = 1, .naxis = 1, .naxes = {1}},
    {.type = RF_FORMULA_STRING, .count = 1, .width = WIDTH, .naxis = 1, .naxes = {1}},
    {.type = RF_FORMULA_BITS, .count = 5, .naxis = 1, .naxes = {5}},
    {.type = RF_FORMULA_REAL, .count = 6, .naxis = 2, .naxes = {3, 2}},
    {.type = RF_FORMULA_INTEGER, .count = 3, .naxis = 1, .naxes = {3}},
    {.type = RF_FORMULA_LOGICAL, .count = 3, .naxis = 1, .naxes = {3}},
};

#define COLUMNS (sizeof columns / sizeof columns[0])

static void expect(int condition) {
  if (!condition)
    abort();
}

static uint64_t mix(uint64_t x) {
  x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
  x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
  return x ^ x >> 31;
}

static rf_status find(void *user, const char *name, int keyword, rf_formula_info *info, rf_error *err) {
  static const char names[] = "ixpsbvwq";
  (void)user;
  (void)err;
  const char *found = strlen(name) == 1 ? strchr(names, name[0] | 0x20) : NULL;
  if (found != NULL && !keyword) {
    *info = columns[found - names];
    info->column = (size_t)(found - names);
    return RF_OK;
  }
  info->constant = 1;
  info->type = (rf_formula_type)(strlen(name) % 4 + 1);
  info->integer = (int64_t)strlen(name) - 3;
  info->real = (double)info->integer / 3;
  info->text = name;
  return strlen(name) < 12 ? RF_OK : RF_ERR_NOT_FOUND;
}

static void put_number(uint64_t random, int is_real, void *to) {
  static const int64_t integers[] = {0, 1, -1, 2, 3, INT64_MAX, INT64_MIN, 40};
  static const double reals[] = {0, 1, -1, 0.5, 1e300, -1e300, 9e18, 3};
  if (is_real)
    memcpy(to, &reals[random % 8], 8);
  else
    memcpy(to, &integers[random % 8], 8);
}

static rf_status read(void *user, size_t column, uint64_t first, uint64_t count, void *values, uint8_t *nulls,
                      rf_error *err) {
  static const char texts[][WIDTH + 1] = {"", "a", "ab c", "abcdef", "b", " x"};
  const rf_formula_info *info = &columns[column];
  const uint64_t *seed = user;
  (void)err;
  expect(first + count <= ROWS);
  for (uint64_t i = 0; i < count * info->count; i++) {
    uint64_t random = mix(*seed + first * info->count + i + column * 100000);
    uint8_t *to = values;
    if (nulls != NULL)
      nulls[i] = random >> 60 < 3;
    if (info->type == RF_FORMULA_STRING)
      memcpy(to + i * sizeof texts[0], texts[random % 6], sizeof texts[0]);
    else if (info->type == RF_FORMULA_LOGICAL || info->type == RF_FORMULA_BITS)
      to[i] = random & 1;
    else
      put_number(random, info->type == RF_FORMULA_REAL, to + 8 * i);
  }
  return RF_OK;
}

static rf_status intervals(void *user, const char *file, const char *start, const char *stop, const double **starts,
                           const double **stops, uint64_t *count, rf_error *err) {
  static const double from[] = {0, 3, 2}, to[] = {1, 4, 8};
  (void)user;
  (void)err;
  expect(start != NULL && stop != NULL);
  *starts = from;
  *stops = to;
  *count = strlen(file) % 4;
  return RF_OK;
}

static rf_status region(void *user, const char *file, const char *x, const char *y, const char *names, size_t *number,
                        rf_error *err) {
  (void)user;
  (void)err;
  *number = strlen(file) + strlen(x) + strlen(y) + strlen(names);
  return RF_OK;
}

static rf_status inside(void *user, size_t number, const double *x, const double *y, uint64_t count, uint8_t *result,
                        rf_error *err) {
  (void)user;
  (void)err;
  for (uint64_t i = 0; i < count; i++)
    result[i] = x[i] > y[i] + (double)number;
  return RF_OK;
}

static int has(const char *text, size_t n, const char *word) {
  size_t m = strlen(word);
  for (size_t i = 0; i + m <= n; i++) {
    size_t k = 0;
    while (k < m && (text[i + k] | 0x20) == word[k])
      k++;
    if (k == m)
      return 1;
  }
  return 0;
}

/* Exactly the bytes that the library may write, so that a sanitizer sees one too many. */
static void run(rf_formula *formula, const char *text, size_t n) {
  rf_formula_info info = {.size = sizeof info};
  rf_error err;
  expect(rf_formula_get_info(formula, &info, &err) == RF_OK);
  size_t each = info.type == RF_FORMULA_STRING                                    ? info.width + 1
                : info.type == RF_FORMULA_INTEGER || info.type == RF_FORMULA_REAL ? 8 * (size_t)info.count
                                                                                  : (size_t)info.count;
  size_t flags = info.type == RF_FORMULA_STRING || info.type == RF_FORMULA_BITS ? 1 : (size_t)info.count;
  if (each > 100000)
    return;
  uint8_t *all = malloc(each * ROWS), *null = malloc(flags * ROWS), *one = malloc(each), *null_one = malloc(flags);
  expect(all != NULL && null != NULL && one != NULL && null_one != NULL);
  rf_status status = rf_formula_evaluate(formula, 0, ROWS, all, null, &err);
  expect(status == RF_OK || err.message[0] != '\0');
  int alone = status == RF_OK && !has(text, n, "random") && !has(text, n, "accum") && !has(text, n, "seqdiff");
  for (uint64_t row = ROWS; alone && row-- > 0;) {
    expect(rf_formula_evaluate(formula, row, 1, one, null_one, &err) == RF_OK);
    expect(memcmp(null + row * flags, null_one, flags) == 0);
    if (info.type == RF_FORMULA_STRING)
      expect(strcmp((char *)all + row * each, (char *)one) == 0);
    else if (info.type != RF_FORMULA_REAL)
      expect(memcmp(all + row * each, one, each) == 0);
  }
  free(all);
  free(null);
  free(one);
  free(null_one);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint64_t seed = size > 2 ? data[0] | (uint64_t)data[1] << 8 : 0;
  rf_formula_source source = {.size = sizeof source, .user = &seed, .rows = ROWS, .find = find, .read = read};
  rf_formula *formula = NULL;
  rf_error err;
  source.intervals = intervals;
  source.region = region;
  source.inside = inside;
  if (size < 2 || size > 4000)
    return 0;
  const char *text = (const char *)data + 2;
  rf_status status = rf_formula_compile(text, size - 2, &source, &formula, &err);
  if (status == RF_OK)
    run(formula, text, size - 2);
  else
    expect(err.message[0] != '\0' && formula == NULL);
  rf_formula_free(formula);
  return 0;
}
