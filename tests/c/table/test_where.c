/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows by condition, on tables put together by hand: undefined and scaled values, bits, every way to choose rows, and
 * files that promise more than they have.
 */
#include <inttypes.h>

#include "base/bytes.h"
#include "check.h"
#include "fits_bytes.h"

static rf_error err;

/* ---- tables ---- */

static void begin(fits_bytes *fits, const char *kind, long long row_bytes, long long rows, int columns,
                  const char *cards) {
  memset(fits, 0, sizeof *fits);
  fits_image(fits, true, 0, NULL);
  fits_begin(fits, kind, 8, 2, (long long[]){row_bytes, rows});
  fits_integer(fits, "TFIELDS", columns);
  while (*cards != '\0') {
    char line[81];
    size_t n = strcspn(cards, "\n");
    snprintf(line, sizeof line, "%.*s", (int)n, cards);
    fits_card(fits, line);
    cards += n + (cards[n] == '\n');
  }
  fits_end(fits);
}

/* count: 0, 1, 2, ... with every fifth undefined; half: (count - 7) / 2 with every third undefined; sure: T, F,
 * neither; bits: bit count % 10; name: M<count>, padded in turn with blanks and NULs; big: 2^63 + count. */
#define ROW_BYTES 22
#define ROWS 60
static const char cards[] = "TTYPE1  = 'count   '\nTFORM1  = 'J       '\nTNULL1  =                  -99\n"
                            "TTYPE2  = 'half    '\nTFORM2  = 'I       '\nTNULL2  =                32767\n"
                            "TSCAL2  =                  0.5\nTZERO2  =                 -3.5\n"
                            "TTYPE3  = 'sure    '\nTFORM3  = 'L       '\n"
                            "TTYPE4  = 'bits    '\nTFORM4  = '10X     '\n"
                            "TTYPE5  = 'name    '\nTFORM5  = '5A      '\n"
                            "TTYPE6  = 'big     '\nTFORM6  = 'K       '\nTZERO6  =  9223372036854775808";

static void put_row(uint8_t *row, unsigned i) {
  char text[16];
  memset(row, 0, ROW_BYTES);
  rf_put_be32(row, i % 5 == 4 ? (uint32_t)-99 : i);
  rf_put_be16(row + 4, i % 3 == 2 ? 32767 : (uint16_t)i);
  row[6] = (uint8_t) "TF\0"[i % 3];
  row[7 + i % 10 / 8] = (uint8_t)(0x80 >> i % 10 % 8);
  int n = snprintf(text, sizeof text, "M%u", i);
  memset(row + 9, i % 2 == 0 ? ' ' : 0, 5);
  memcpy(row + 9, text, (size_t)n);
  rf_put_be64(row + 14, i);
}

static void make_table(fits_bytes *fits) {
  begin(fits, "BINTABLE", ROW_BYTES, ROWS, 6, cards);
  uint8_t *rows = fits_grow(fits, (size_t)ROW_BYTES * ROWS, 0);
  for (unsigned i = 0; i < ROWS; i++)
    put_row(rows + (size_t)i * ROW_BYTES, i);
  fits_pad(fits, 0);
}

static rf_file *open_fits(fits_bytes *fits) {
  rf_file *file;
  CHECK_OK(fits_open(fits, &file, &err), err);
  fits_free(fits);
  if (file == NULL)
    exit(2);
  return file;
}

static rf_status where(rf_file *file, const char *text, const rf_rows *rows, uint8_t *selected, uint64_t *matches) {
  rf_expr *expr = NULL;
  rf_status status = rf_expr_parse(text, strlen(text), &expr, &err);
  if (status == RF_OK)
    status = rf_table_where(file, 1, expr, rows, selected, matches, &err);
  rf_expr_free(expr);
  return status;
}

/* Rows for which `expected` holds, and no others. */
static void check_rows(rf_file *file, const char *text, int (*expected)(unsigned row)) {
  uint8_t selected[ROWS];
  uint64_t matches = 1000, count = 0;
  memset(selected, 9, sizeof selected);
  CHECK_OK(where(file, text, NULL, selected, &matches), err);
  for (unsigned i = 0; i < ROWS; i++) {
    count += (uint64_t)(expected(i) != 0);
    if (selected[i] != (expected(i) != 0)) {
      fprintf(stderr, "%s: row %u\n", text, i);
      check_failures++;
    }
  }
  CHECK(matches == count && count > 0 && count < ROWS);
}

/* ---- what is selected ---- */

static int below_thirty(unsigned i) {
  return i < 30 && i % 5 != 4;
}
static int undefined_count(unsigned i) {
  return i % 5 == 4;
}
static int half_below_one(unsigned i) {
  return i % 3 != 2 && i * 0.5 - 3.5 < 1;
}
static int undefined_half(unsigned i) {
  return i % 3 == 2;
}
static int surely(unsigned i) {
  return i % 3 == 0;
}
static int not_surely(unsigned i) {
  return i % 3 != 0;
}
static int surely_not(unsigned i) {
  return i % 3 == 1;
}
static int bit_nine(unsigned i) {
  return i % 10 == 9;
}
static int named_17_or_18(unsigned i) {
  return i == 17 || i == 18;
}
static int big_from_50(unsigned i) {
  return i >= 50;
}

static void check_all(rf_file *file) {
  check_rows(file, "count < 30", below_thirty);
  check_rows(file, "COUNT < 30 & !isnull(Count)", below_thirty);
  check_rows(file, "isnull(count)", undefined_count);
  check_rows(file, "half < 1", half_below_one);
  check_rows(file, "isnull(half)", undefined_half);
  check_rows(file, "sure", surely);
  check_rows(file, "!sure", not_surely);
  check_rows(file, "sure == false", surely_not);
  check_rows(file, "isnull(sure)", undefined_half);
  check_rows(file, "bits[9]", bit_nine);
  check_rows(file, "bits[-1]", bit_nine);
  check_rows(file, "name in ['M17', 'M18']", named_17_or_18);
  check_rows(file, "big >= 9223372036854775858", big_from_50);
  check_rows(file, "big - 9223372036854775808 >= 50", big_from_50);
}

static void test_a_binary_table_in_memory(void) {
  fits_bytes fits;
  make_table(&fits);
  rf_file *file = open_fits(&fits);
  check_all(file);
  (void)rf_file_free(file, NULL);
}

static void test_a_binary_table_that_is_read(void) {
  fits_bytes fits;
  rf_file *file = NULL;
  make_table(&fits);
  watched_load(&fits);
  fits_free(&fits);
  CHECK_OK(rf_file_open("watched://table", RF_MODE_READ, NULL, &file, &err), err);
  check_all(file);
  (void)rf_file_free(file, NULL);
  watched_free();
}

static void test_an_ascii_table(void) {
  fits_bytes fits;
  uint8_t selected[4];
  uint64_t matches;
  begin(&fits, "TABLE", 12, 4, 2,
        "TTYPE1  = 'i       '\nTFORM1  = 'I4      '\nTBCOL1  =                    1\nTNULL1  = '----    '\n"
        "TTYPE2  = 'x       '\nTFORM2  = 'E7.2    '\nTBCOL2  =                    6");
  memcpy(fits_grow(&fits, 48, ' '), "   1    1.50----   -2.50   3 4.5E+00 -12    0.25", 48);
  fits_pad(&fits, ' ');
  rf_file *file = open_fits(&fits);
  CHECK_OK(where(file, "i < 3", NULL, selected, &matches), err);
  CHECK(memcmp(selected, "\1\0\0\1", 4) == 0 && matches == 2);
  CHECK_OK(where(file, "isnull(i) | x == 4.5", NULL, selected, &matches), err);
  CHECK(memcmp(selected, "\0\1\1\0", 4) == 0 && matches == 2);
  (void)rf_file_free(file, NULL);
}

static void test_rows_are_chosen_as_for_reading(void) {
  fits_bytes fits;
  uint8_t selected[ROWS];
  uint64_t matches;
  make_table(&fits);
  rf_file *file = open_fits(&fits);
  const rf_rows back = {.start = 58, .step = -2, .count = 30};
  CHECK_OK(where(file, "bits[0]", &back, selected, &matches), err);
  for (int i = 0; i < 30; i++)
    CHECK(selected[i] == ((58 - 2 * i) % 10 == 0));
  CHECK(matches == 6);
  const uint64_t indices[] = {10, 59, 0, 10, 11};
  const rf_rows list = {.count = 5, .indices = indices};
  CHECK_OK(where(file, "bits[0]", &list, selected, NULL), err);
  CHECK(memcmp(selected, "\1\0\1\1\0", 5) == 0);
  const rf_rows none = {.count = 0};
  CHECK_OK(where(file, "bits[0]", &none, NULL, &matches), err);
  CHECK(matches == 0);
  const rf_rows beyond = {.start = 0, .step = 1, .count = ROWS + 1};
  CHECK(where(file, "bits[0]", &beyond, selected, &matches) == RF_ERR_RANGE);
  (void)rf_file_free(file, NULL);
}

static void test_no_columns_at_all(void) {
  fits_bytes fits;
  uint8_t selected[ROWS];
  uint64_t matches;
  make_table(&fits);
  rf_file *file = open_fits(&fits);
  CHECK_OK(where(file, "true", NULL, selected, &matches), err);
  CHECK(matches == ROWS && memchr(selected, 0, ROWS) == NULL);
  CHECK_OK(where(file, "1 > 2", NULL, selected, &matches), err);
  CHECK(matches == 0 && memchr(selected, 1, ROWS) == NULL);
  (void)rf_file_free(file, NULL);
}

/* ---- what is wrong ---- */

static void test_errors_name_the_file_and_the_character(void) {
  fits_bytes fits;
  uint8_t selected[ROWS];
  make_table(&fits);
  rf_file *file = open_fits(&fits);
  CHECK(where(file, "count > 1 & cuont < 3", NULL, selected, NULL) == RF_ERR_NOT_FOUND);
  CHECK(err.offset == 12 && err.hdu == 1);
  CHECK(strstr(err.message, "[1]: there is no column 'cuont' at character 13 of") != NULL);
  CHECK(where(file, "bits", NULL, selected, NULL) == RF_ERR_TYPE);
  CHECK(strstr(err.message, "shape (10,)") != NULL);
  CHECK(where(file, "bits[10]", NULL, selected, NULL) == RF_ERR_RANGE);
  CHECK(where(file, "true", NULL, NULL, NULL) == RF_ERR_ARGUMENT);
  CHECK(rf_table_where(file, 1, NULL, NULL, selected, NULL, &err) == RF_ERR_ARGUMENT);
  rf_expr *expr;
  CHECK_OK(rf_expr_parse("true", 4, &expr, &err), err);
  CHECK(rf_table_where(file, 0, expr, NULL, selected, NULL, &err) == RF_ERR_TYPE);
  CHECK(rf_table_where(file, 7, expr, NULL, selected, NULL, &err) == RF_ERR_NOT_FOUND);
  rf_expr_free(expr);
  (void)rf_file_free(file, NULL);
}

static void test_columns_of_varying_length(void) {
  fits_bytes fits;
  uint8_t selected[2];
  begin(&fits, "BINTABLE", 8, 2, 1, "TTYPE1  = 'v       '\nTFORM1  = 'PE(3)   '");
  fits_data(&fits, 16, 0);
  rf_file *file = open_fits(&fits);
  CHECK(where(file, "v[0] > 1", NULL, selected, NULL) == RF_ERR_TYPE);
  CHECK(strstr(err.message, "column 'v' has cells of varying length") != NULL);
  (void)rf_file_free(file, NULL);
}

/* A row of a terabyte that is not there takes no memory. */
static void test_cells_that_the_file_does_not_have(void) {
  fits_bytes fits;
  uint8_t selected[1];
  begin(&fits, "BINTABLE", 1LL << 40, 1, 1, "TTYPE1  = 'wide    '\nTFORM1  = '1099511627776B'");
  fits_data(&fits, 2880, 0);
  rf_file *file = NULL;
  CHECK_OK(fits_open(&fits, &file, &err), err);
  fits_free(&fits);
  CHECK(where(file, "wide[0] > 1", NULL, selected, NULL) == RF_ERR_TRUNCATED);
  (void)rf_file_free(file, NULL);
}

static void test_a_table_cut_short(void) {
  fits_bytes fits;
  uint8_t selected[ROWS];
  rf_file *file = NULL;
  make_table(&fits);
  fits.size -= 2880;
  CHECK_OK(fits_open(&fits, &file, &err), err);
  fits_free(&fits);
  CHECK(where(file, "count > 1", NULL, selected, NULL) == RF_ERR_TRUNCATED);
  CHECK(strstr(err.message, "rows are whole") != NULL);
  (void)rf_file_free(file, NULL);
}

/* ---- memory ---- */

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
  fits_bytes fits;
  uint8_t selected[ROWS];
  int failures = 0;
  make_table(&fits);
  rf_file *file = open_fits(&fits);
  CHECK_OK(where(file, "true", NULL, selected, NULL), err);
  for (int n = 0; n < 200; n++) {
    allocations_left = n;
    rf_allocator_set(&allocator);
    rf_status status = where(file, "count < 30 & lower(name) != 'x' & half < 2 | sure", NULL, selected, NULL);
    rf_allocator_set(NULL);
    if (status == RF_OK)
      break;
    CHECK(status == RF_ERR_MEMORY);
    failures++;
  }
  CHECK(failures > 10 && failures < 200);
  (void)rf_file_free(file, NULL);
}

int main(void) {
  RUN(test_a_binary_table_in_memory);
  RUN(test_a_binary_table_that_is_read);
  RUN(test_an_ascii_table);
  RUN(test_rows_are_chosen_as_for_reading);
  RUN(test_no_columns_at_all);
  RUN(test_errors_name_the_file_and_the_character);
  RUN(test_columns_of_varying_length);
  RUN(test_cells_that_the_file_does_not_have);
  RUN(test_a_table_cut_short);
  RUN(test_every_allocation_may_fail);
  return check_report();
}
