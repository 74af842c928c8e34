/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Headers and HDUs of many files: rf_header_table and rf_hdu_list, with threads.
 */
#include <stdbool.h>

#include "rustfits.h"

#include "check.h"
#include "scratch.h"

#define FILES 300

static char names[FILES + 2][256];
static const char *pointers[FILES + 2];

static void put_card(char *block, size_t card, const char *text) {
  memcpy(block + card * 80, text, strlen(text));
}

/* Files of two blocks: a header with N = i, and a BITPIX that is wrong in file 7. The last two names lead nowhere. */
static void make_files(void) {
  for (int i = 0; i < FILES + 2; i++) {
    char block[2880], text[81], name[32];
    memset(block, ' ', sizeof block);
    put_card(block, 0, "SIMPLE  =                    T");
    put_card(block, 1, i == 7 ? "BITPIX  =                    9" : "BITPIX  =                    8");
    put_card(block, 2, "NAXIS   =                    0");
    snprintf(text, sizeof text, i % 2 ? "N       = %20d" : "N       = %18d.5", i);
    put_card(block, 3, text);
    snprintf(text, sizeof text, "HIERARCH long name = 'x%d'", i);
    put_card(block, 4, text);
    put_card(block, 5, "COMMENT one");
    put_card(block, 6, "COMMENT two");
    put_card(block, 7, "BIG     = 18446744073709551616");
    put_card(block, 8, "Z       = (1.5, -2)");
    put_card(block, 9, "END");
    snprintf(name, sizeof name, "f%d.fits", i);
    snprintf(names[i], sizeof names[i], "%s", scratch_path(name));
    pointers[i] = names[i];
    if (i < FILES)
      scratch_write(names[i], block, sizeof block);
  }
}

static rf_header_table *read_all(const char *const *keys, size_t count, unsigned threads) {
  rf_header_table *table = NULL;
  rf_collect_options options;
  rf_error err;
  rf_collect_options_init(&options);
  options.threads = threads;
  options.milliseconds = threads == 3 ? 1 : 0;
  CHECK_OK(rf_header_table_new(keys, count, &table, &err), err);
  for (size_t at = 0, done = 0; at < FILES + 2; at += done) {
    done = 0;
    CHECK_OK(rf_header_table_read(table, pointers + at, FILES + 2 - at, &options, &done, &err), err);
    if (done == 0)
      break;
  }
  CHECK(rf_header_table_get_rows(table) == FILES + 2);
  CHECK(rf_header_table_get_errors(table) == 3);
  return table;
}

static void check_texts(rf_header_table *table, size_t column, const char *first) {
  rf_value value;
  size_t row = 9;
  rf_error err;
  CHECK_OK(rf_header_table_get_cell(table, column, 0, &row, &value, &err), err);
  CHECK(row == 0 && value.kind == RF_VALUE_STRING);
  CHECK(value.text_length == strlen(first) && memcmp(value.text, first, value.text_length) == 0);
}

static void test_keys(void) {
  static const char *const keys[] = {"n", "LONG NAME", "COMMENT", "BIG", "NOPE", "Z"};
  for (unsigned threads = 1; threads <= 4; threads++) {
    rf_header_table *table = read_all(keys, 6, threads);
    rf_key_column column = {.size = sizeof column};
    static double numbers[FILES + 2];
    static uint8_t mask[FILES + 2];
    rf_error err;
    memset(mask, 1, sizeof mask);
    CHECK_OK(rf_header_table_get_column(table, 0, &column, &err), err);
    CHECK(column.type == RF_VALUE_REAL && column.cells == FILES - 1);
    CHECK_STR(column.name, "n");
    rf_key_cells cells = {.size = sizeof cells,
                          .data = numbers,
                          .stride = sizeof *numbers,
                          .mask = mask,
                          .mask_stride = 1,
                          .rows = FILES + 2};
    CHECK_OK(rf_header_table_fill(table, 0, &cells, &err), err);
    for (int i = 0; i < FILES; i++)
      CHECK(i == 7 ? mask[i] == 1 : mask[i] == 0 && numbers[i] == (i % 2 ? i : i + 0.5));
    CHECK(mask[FILES] == 1);
    cells.rows = 10;
    CHECK(rf_header_table_fill(table, 0, &cells, &err) == RF_ERR_RANGE);
    check_texts(table, 1, "x0");
    check_texts(table, 2, "one\ntwo");
    check_texts(table, 3, "18446744073709551616");
    CHECK_OK(rf_header_table_get_column(table, 4, &column, &err), err);
    CHECK(column.type == RF_VALUE_UNDEFINED && column.cells == 0);
    CHECK_OK(rf_header_table_get_column(table, 5, &column, &err), err);
    CHECK(column.type == RF_VALUE_COMPLEX);
    CHECK(rf_header_table_get_column(table, 6, &column, &err) == RF_ERR_RANGE);
    rf_header_table_free(table);
  }
}

static void test_all_keywords(void) {
  rf_header_table *table = read_all(NULL, 0, 4);
  rf_status status = RF_OK;
  const char *message = NULL;
  size_t row = 0;
  rf_error err;
  CHECK(rf_header_table_get_columns(table) == 8);
  CHECK_OK(rf_header_table_get_error(table, 0, &row, &status, &message, &err), err);
  CHECK(row == 7 && status == RF_ERR_FORMAT && strstr(message, "BITPIX") != NULL);
  CHECK_OK(rf_header_table_get_error(table, 2, &row, &status, &message, &err), err);
  CHECK(row == FILES + 1 && status == RF_ERR_NO_FILE);
  CHECK(rf_header_table_get_error(table, 3, &row, &status, &message, &err) == RF_ERR_RANGE);
  rf_header_table_free(table);
}

static void test_stop_at_the_first_error(void) {
  rf_collect_options options;
  rf_error err;
  rf_collect_options_init(&options);
  options.stop = 1;
  for (options.threads = 1; options.threads <= 4; options.threads++) {
    rf_header_table *table = NULL;
    size_t done = 0;
    CHECK_OK(rf_header_table_new(NULL, 0, &table, &err), err);
    CHECK_OK(rf_header_table_read(table, pointers, FILES, &options, &done, &err), err);
    CHECK(done == 8 && rf_header_table_get_rows(table) == 8 && rf_header_table_get_errors(table) == 1);
    rf_header_table_free(table);
  }
}

static void test_hdus(void) {
  rf_collect_options options;
  rf_error err;
  rf_collect_options_init(&options);
  for (options.threads = 1; options.threads <= 4; options.threads++) {
    rf_hdu_list *list = NULL;
    rf_listed_hdu hdu = {.size = sizeof hdu};
    size_t done = 0;
    CHECK_OK(rf_hdu_list_new(&list, &err), err);
    CHECK_OK(rf_hdu_list_read(list, pointers, FILES + 2, &options, &done, &err), err);
    CHECK(done == FILES + 2 && rf_hdu_list_get_count(list) == FILES + 2);
    CHECK_OK(rf_hdu_list_get(list, 7, &hdu, &err), err);
    CHECK(hdu.file == 7 && hdu.kind == 0 && hdu.status == RF_ERR_FORMAT && hdu.message != NULL);
    CHECK_OK(rf_hdu_list_get(list, FILES - 1, &hdu, &err), err);
    CHECK(hdu.file == FILES - 1 && hdu.kind == RF_HDU_IMAGE && hdu.naxis == 0 && hdu.data_offset == 2880);
    CHECK_STR(hdu.compression, "");
    CHECK(rf_hdu_list_get(list, FILES + 2, &hdu, &err) == RF_ERR_RANGE);
    rf_hdu_list_free(list);
  }
}

static void test_arguments(void) {
  static const char *const twice[] = {"A", "a"}, *const blank[] = {""}, *const none[] = {NULL};
  rf_header_table *table = NULL;
  size_t done = 0;
  rf_error err;
  CHECK(rf_header_table_new(twice, 2, &table, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_header_table_new(blank, 1, &table, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_header_table_new(none, 1, &table, &err) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_header_table_new(NULL, 0, &table, &err), err);
  CHECK(rf_header_table_read(table, none, 1, NULL, &done, &err) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_header_table_read(table, NULL, 0, NULL, &done, &err), err);
  CHECK(rf_header_table_add_error(table, RF_OK, "x", &err) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_header_table_add_error(table, RF_ERR_IO, "x", &err), err);
  CHECK(rf_header_table_get_rows(table) == 1);
  rf_header_table_free(table);
  rf_header_table_free(NULL);
  rf_hdu_list_free(NULL);
}

int main(void) {
  scratch_begin("collect");
  make_files();
  RUN(test_keys);
  RUN(test_all_keywords);
  RUN(test_stop_at_the_first_error);
  RUN(test_hdus);
  RUN(test_arguments);
  scratch_end();
  return check_report();
}
