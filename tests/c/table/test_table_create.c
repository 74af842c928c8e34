/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creating binary tables: cards, tables without columns or rows, refused specifications, and the most columns.
 */
#include <math.h>

#include "fits_bytes.h"
#include "table_rows.h"
#include "table_calls.h"
#include "image_request.h"

/* ---- creating ---- */

static void test_create_cards(void) {
  rf_file *file = rows_file();
  uint64_t dims[] = {2, 3}, one[] = {1}, five[] = {5}, none[] = {0};
  rf_column_spec columns[] = {
      SPEC(.name = "a", .type = RF_I16, .unit = "mag", .display = "I6", .has_null = 1, .null = -99),
      SPEC(.name = "b", .type = RF_U64),
      SPEC(.name = "c", .type = RF_F32, .ndim = 2, .dims = dims),
      SPEC(.name = "d", .type = RF_BYTES, .width = 12),
      SPEC(.name = "e", .type = RF_TEXT, .width = 4, .ndim = 1, .dims = five),
      SPEC(.name = "f", .type = RF_BIT, .ndim = 1, .dims = (uint64_t[]){11}),
      SPEC(.name = "g", .type = RF_LOGICAL, .ndim = 1, .dims = one),
      SPEC(.name = "h", .type = RF_F64, .ndim = 1, .dims = none),
      SPEC(.name = "i", .type = RF_I32, .descriptor = 'P', .max_length = 7),
      SPEC(.name = "j", .type = RF_U16, .descriptor = 'Q'),
      SPEC(.name = "k", .type = RF_I16, .scaled = 1, .tscal = 0.5, .tzero = 10),
      SPEC(.name = "l", .type = RF_I8),
      SPEC(.name = "m", .type = RF_C128),
      SPEC(.name = NULL, .type = RF_U8),
  };
  rf_header *cards = NULL;
  CHECK_OK(rf_header_new(&cards, &rows_err), rows_err);
  rf_value value = {.kind = RF_VALUE_INTEGER, .integer = 5};
  static const char *const dropped[] = {"NAXIS7", "TFORM1", "TUNIT3", "TDISP2", "BSCALE", "EXTNAME", "PCOUNT"};
  for (size_t i = 0; i < COUNT(dropped); i++)
    CHECK_OK(rf_header_set(cards, dropped[i], &value, "", &rows_err), rows_err);
  CHECK_OK(rf_header_set(cards, "OBSERVER", &value, "kept", &rows_err), rows_err);
  CHECK_OK(rf_header_set(cards, "TUNITS", &value, "kept", &rows_err), rows_err);
  rf_table_spec spec = {.size = sizeof spec,
                        .kind = RF_HDU_TABLE,
                        .nrows = 3,
                        .columns = columns,
                        .ncols = COUNT(columns),
                        .extname = "CAT",
                        .extver = 2,
                        .header = cards};
  size_t index = 0;
  CHECK_OK(rf_table_create(file, &spec, &index, &rows_err), rows_err);
  CHECK(index == 1);
  static const char *const expected[][2] = {
      {"XTENSION", "BINTABLE"}, {"BITPIX", "8"},      {"NAXIS", "2"},
      {"NAXIS2", "3"},          {"PCOUNT", "0"},      {"GCOUNT", "1"},
      {"TFIELDS", "14"},        {"TTYPE1", "a"},      {"TFORM1", "1I"},
      {"TUNIT1", "mag"},        {"TDISP1", "I6"},     {"TNULL1", "-99"},
      {"TFORM2", "1K"},         {"TSCAL2", "1"},      {"TZERO2", "9223372036854775808"},
      {"TFORM3", "6E"},         {"TDIM3", "(3,2)"},   {"TUNIT3", "-"},
      {"TDISP2", "-"},          {"TFORM4", "12A"},    {"TDIM4", "-"},
      {"TFORM5", "20A"},        {"TDIM5", "(4,5)"},   {"TFORM6", "11X"},
      {"TFORM7", "1L"},         {"TDIM7", "(1)"},     {"TFORM8", "0D"},
      {"TDIM8", "-"},           {"TFORM9", "1PJ(7)"}, {"TFORM10", "1QI(0)"},
      {"TZERO10", "32768"},     {"TSCAL11", "0.5"},   {"TZERO11", "10"},
      {"TFORM12", "1B"},        {"TZERO12", "-128"},  {"TFORM13", "1M"},
      {"TTYPE14", "-"},         {"EXTNAME", "CAT"},   {"EXTVER", "2"},
      {"OBSERVER", "5"},        {"TUNITS", "5"},      {"NAXIS7", "-"},
      {"BSCALE", "-"},          {"NAXIS1", "113"},
  };
  for (size_t i = 0; i < COUNT(expected); i++)
    CHECK_STR(rows_card(file, 1, expected[i][0]), expected[i][1]);
  rows_agree(file);
  uint8_t zeros[3 * 113] = {0};
  CHECK(rows_bytes(file, 1, 0, zeros, sizeof zeros));
  rf_header_free(cards);
  rf_file_free(file, NULL);
}

static void test_create_zero(void) {
  rf_file *file = rows_file();
  CHECK(rows_create(file, NULL, 0, 0) == 1);
  CHECK(rows_create(file, NULL, 0, 7) == 2);
  rf_column_spec column = SPEC(.name = "x", .type = RF_F64);
  CHECK(rows_create(file, &column, 1, 0) == 3);
  CHECK(rows_info(file, 2).nrows == 7 && rows_info(file, 2).row_bytes == 0);
  CHECK(rows_info(file, 3).ncols == 1 && rows_info(file, 3).nrows == 0);
  rows_agree(file);
  rf_file_free(file, NULL);
}

static void refused(rf_column_spec column, uint64_t nrows, rf_status expected) {
  rf_file *file = rows_file();
  rf_table_spec spec = {.size = sizeof spec, .kind = RF_HDU_TABLE, .nrows = nrows, .columns = &column, .ncols = 1};
  size_t index = 99;
  uint64_t size = 1;
  spec.extver = -1;
  CHECK(rf_table_create(file, &spec, &index, &rows_err) == expected);
  CHECK(rows_err.message[0] != '\0' && index == 99);
  CHECK_OK(rf_file_get_size(file, &size, &rows_err), rows_err);
  CHECK(size == 0);
  rf_file_free(file, NULL);
}

static void test_create_refused(void) {
  uint64_t huge[] = {UINT64_C(1) << 40, UINT64_C(1) << 40};
  refused(SPEC(.name = "x", .type = (rf_dtype)77), 1, RF_ERR_ARGUMENT);
  refused(SPEC(.name = "x", .type = RF_F32, .has_null = 1), 1, RF_ERR_ARGUMENT);
  refused(SPEC(.name = "x", .type = RF_I16, .has_null = 1, .null = 40000), 1, RF_ERR_ARGUMENT);
  refused(SPEC(.name = "x", .type = RF_U16, .scaled = 1, .tscal = 2), 1, RF_ERR_ARGUMENT);
  refused(SPEC(.name = "x", .type = RF_I16, .scaled = 1, .tscal = 0), 1, RF_ERR_ARGUMENT);
  refused(SPEC(.name = "x", .type = RF_I16, .scaled = 1, .tscal = 1, .tzero = NAN), 1, RF_ERR_ARGUMENT);
  refused(SPEC(.name = "x", .type = RF_I16, .ndim = 2, .dims = huge), 1, RF_ERR_LIMIT);
  refused(SPEC(.name = "x", .type = RF_I16, .ndim = 33), 1, RF_ERR_ARGUMENT);
  refused(SPEC(.name = "x", .type = RF_I16, .descriptor = 'R'), 1, RF_ERR_ARGUMENT);
  refused(SPEC(.name = "x", .type = RF_BYTES, .width = UINT64_MAX), 1, RF_ERR_LIMIT);
  refused(SPEC(.name = "x", .type = RF_F64), UINT64_C(1) << 61, RF_ERR_LIMIT);
  refused(SPEC(.name = "x\n", .type = RF_F64), 1, RF_ERR_ARGUMENT);
}

static void test_most_columns(void) {
  rf_file *file = rows_file();
  static char names[1000][8];
  static rf_column_spec columns[1000];
  for (size_t i = 0; i < 1000; i++) {
    snprintf(names[i], sizeof names[i], "c%zu", i);
    columns[i] = SPEC(.name = names[i], .type = RF_I16);
  }
  rf_table_spec spec = {.size = sizeof spec, .kind = RF_HDU_TABLE, .columns = columns, .ncols = 1000, .extver = -1};
  size_t index;
  uint64_t size;
  CHECK(rf_table_create(file, &spec, &index, &rows_err) == RF_ERR_LIMIT);
  CHECK(strstr(rows_err.message, "999") != NULL);
  CHECK_OK(rf_file_get_size(file, &size, &rows_err), rows_err);
  CHECK(size == 0);
  spec.ncols = 999;
  CHECK_OK(rf_table_create(file, &spec, &index, &rows_err), rows_err);
  CHECK(rows_info(file, index).ncols == 999);
  columns[5].name = columns[900].name;
  CHECK(rf_table_create(file, &spec, &index, &rows_err) == RF_ERR_ARGUMENT);
  CHECK(strstr(rows_err.message, "c900") != NULL);
  rf_file_free(file, NULL);
}

int main(void) {
  RUN(test_create_cards);
  RUN(test_create_zero);
  RUN(test_create_refused);
  RUN(test_most_columns);
  return check_report();
}
