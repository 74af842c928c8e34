/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names and facts of binary tables, headers and requests that are refused, and widths of strings.
 */
#include <inttypes.h>

#include "check.h"
#include "fits_bytes.h"
#include "table_calls.h"
#include "table_cards.h"

/* ---- names and facts ---- */

static rf_file *open_fits(const fits_bytes *fits) {
  rf_file *file = NULL;
  CHECK_OK(fits_open(fits, &file, &err), err);
  return file;
}

static void test_names_and_facts(void) {
  fits_bytes fits = {0};
  begin_table(&fits, 12, 2, 100, 4);
  string_card(&fits, "TFORM", 1, "J");
  string_card(&fits, "TTYPE", 1, "Flux");
  string_card(&fits, "TFORM", 2, "I");
  string_card(&fits, "TTYPE", 2, "FLUX");
  string_card(&fits, "TUNIT", 2, "mJy");
  string_card(&fits, "TDISP", 2, "I5");
  string_card(&fits, "TFORM", 3, "I");
  string_card(&fits, "TTYPE", 4, "a long name that needs a second card, b&");
  fits_card(&fits, "CONTINUE  'ecause it is so very very long'");
  string_card(&fits, "TFORM", 4, "4A");
  string_card(&fits, "TFORM", 5, "J"); /* beyond TFIELDS */
  fits_integer(&fits, "THEAP", 64);
  fits_end(&fits);
  fits_data(&fits, 124, 1);
  rf_file *file = open_fits(&fits);
  rf_table_info info = {.size = sizeof info};
  CHECK_OK(rf_table_get_info(file, 1, &info, &err), err);
  CHECK(info.kind == RF_HDU_TABLE && info.nrows == 2 && info.ncols == 4 && info.row_bytes == 12);
  CHECK(info.heap_offset == 64 && info.heap_bytes == 60);
  size_t column = 99;
  CHECK_OK(rf_table_find_column(file, 1, "FLUX", &column, &err), err);
  CHECK(column == 1);
  CHECK_OK(rf_table_find_column(file, 1, "flux", &column, &err), err);
  CHECK(column == 0);
  CHECK_OK(rf_table_find_column(file, 1, "COL3", &column, &err), err);
  CHECK(column == 2);
  CHECK(rf_table_find_column(file, 1, "fluxe", &column, &err) == RF_ERR_NOT_FOUND);
  CHECK(strstr(err.message, "fluxe") != NULL && err.hdu == 1);
  rf_column_info c = {.size = sizeof c};
  CHECK_OK(rf_table_get_column(file, 1, 1, &c, &err), err);
  CHECK_STR(c.unit, "mJy");
  CHECK_STR(c.display, "I5");
  CHECK_STR(c.form, "I");
  CHECK(c.offset == 4 && c.bytes == 2 && c.letter == 'I');
  CHECK_OK(rf_table_get_column(file, 1, 3, &c, &err), err);
  CHECK_STR(c.name, "a long name that needs a second card, because it is so very very long");
  CHECK(rf_table_get_column(file, 1, 4, &c, &err) == RF_ERR_RANGE);
  CHECK(rf_table_get_info(file, 0, &info, &err) == RF_ERR_TYPE);
  rf_file_free(file, NULL);
  fits_free(&fits);
}

/* ---- what is wrong ---- */

static rf_status table_status(const char *const *cards, long long row_bytes, long long nrows, long long ncols) {
  fits_bytes fits = {0};
  begin_table(&fits, row_bytes, nrows, 0, ncols);
  for (; *cards != NULL; cards++)
    fits_card(&fits, *cards);
  fits_end(&fits);
  fits_data(&fits, 2880, 1);
  rf_file *file = open_fits(&fits);
  rf_table_info info = {.size = sizeof info};
  rf_status status = rf_table_get_info(file, 1, &info, &err);
  rf_file_free(file, NULL);
  fits_free(&fits);
  return status;
}

static void test_headers_that_contradict_themselves(void) {
  CHECK(table_status((const char *const[]){"TFORM1  = 'J'", NULL}, 5, 3, 1) == RF_ERR_FORMAT);
  CHECK(strstr(err.message, "NAXIS1 = 5") != NULL && strstr(err.message, "make 4") != NULL);
  CHECK_STR(err.keyword, "NAXIS1");
  CHECK(table_status((const char *const[]){"TFORM1  = 'J'", NULL}, 3, 3, 1) == RF_ERR_FORMAT);
  CHECK(table_status((const char *const[]){"TFORM2  = 'J'", NULL}, 4, 3, 2) == RF_ERR_FORMAT);
  CHECK(strstr(err.message, "TFORM1") != NULL);
  CHECK(table_status((const char *const[]){"TFORM1  = 'W'", NULL}, 4, 3, 1) == RF_ERR_FORMAT);
  CHECK(strstr(err.message, "'W'") != NULL && strstr(err.message, "column 1") != NULL);
  CHECK_STR(err.keyword, "TFORM1");
  CHECK(
      table_status((const char *const[]){"TFORM1  = '9223372036854775807B'", "TFORM2  = '9223372036854775807B'", NULL},
                   4, 3, 2) == RF_ERR_FORMAT);
  CHECK(table_status((const char *const[]){"TFORM1  = 7", NULL}, 4, 3, 1) == RF_ERR_FORMAT);
  CHECK(table_status((const char *const[]){"TFORM1  = 'J'", NULL}, 4, 3, 1) == RF_OK);
  CHECK(table_status((const char *const[]){NULL}, 0, 0, 0) == RF_OK);
}

/* A row count that no data backs made reading trust lengths: found while thinking of GCOUNT = 0. */
static void test_rows_without_data(void) {
  fits_bytes fits = {0};
  fits_image(&fits, true, 0, NULL);
  fits_card(&fits, "XTENSION= 'BINTABLE'");
  fits_integer(&fits, "BITPIX", 8);
  fits_integer(&fits, "NAXIS", 2);
  fits_integer(&fits, "NAXIS1", 4294967296);
  fits_integer(&fits, "NAXIS2", 4294967295);
  fits_integer(&fits, "PCOUNT", 0);
  fits_integer(&fits, "GCOUNT", 0);
  fits_integer(&fits, "TFIELDS", 1);
  string_card(&fits, "TFORM", 1, "4294967296B");
  fits_end(&fits);
  rf_file *file = open_fits(&fits);
  rf_table_info info = {.size = sizeof info};
  CHECK(rf_table_get_info(file, 1, &info, &err) == RF_ERR_FORMAT);
  CHECK(strstr(err.message, "GCOUNT = 0") != NULL);
  rf_file_free(file, NULL);
  fits_free(&fits);
}

/* Rows of no bytes cost a header nothing: going through them took years. */
static void test_more_rows_than_can_be_counted(void) {
  fits_bytes fits = {0};
  begin_table(&fits, 0, INT64_MAX, 0, 2);
  string_card(&fits, "TFORM", 1, "0J");
  string_card(&fits, "TFORM", 2, "0A");
  fits_end(&fits);
  rf_file *file = open_fits(&fits);
  rf_column_request r[2] = {{.size = sizeof r[0], .column = 0, .type = RF_I32},
                            {.size = sizeof r[0], .column = 1, .type = RF_TEXT}};
  CHECK_OK(call_read(file, 1, NULL, r, 2, &err), err);
  char text[8] = "abcdefg";
  rf_rows rows = {INT64_MAX - 1, -7, 2, NULL};
  r[1].data = text;
  r[1].stride = 4;
  r[1].width = 1;
  CHECK_OK(call_read(file, 1, &rows, r, 2, &err), err);
  CHECK(memcmp(text, "\0\0\0\0\0\0\0\0", 8) == 0);
  rf_file_free(file, NULL);
  fits_free(&fits);
}

static void test_requests_refused(void) {
  fits_bytes fits = {0};
  begin_table(&fits, 20, 3, 0, 4);
  string_card(&fits, "TFORM", 1, "J");
  string_card(&fits, "TFORM", 2, "PJ(3)");
  string_card(&fits, "TFORM", 3, "4A");
  string_card(&fits, "TFORM", 4, "E");
  fits_end(&fits);
  fits_grow(&fits, 60, 0);
  fits_pad(&fits, 0);
  rf_file *file = open_fits(&fits);
  uint64_t out[64], list[] = {0, 3};
  rf_column_request r = {.size = sizeof r, .column = 0, .type = RF_I32, .data = out, .stride = 4};
  rf_rows rows = {1, 1, 3, NULL};
  CHECK(call_read(file, 1, &rows, &r, 1, &err) == RF_ERR_RANGE);
  rows = (rf_rows){0, 0, 2, NULL};
  CHECK(call_read(file, 1, &rows, &r, 1, &err) == RF_ERR_ARGUMENT);
  rows = (rf_rows){-1, 1, 1, NULL};
  CHECK(call_read(file, 1, &rows, &r, 1, &err) == RF_ERR_RANGE);
  rows = (rf_rows){2, INT64_MIN, 2, NULL};
  CHECK(call_read(file, 1, &rows, &r, 1, &err) == RF_ERR_RANGE);
  rows = (rf_rows){0, INT64_MAX, UINT64_MAX, NULL};
  CHECK(call_read(file, 1, &rows, &r, 1, &err) == RF_ERR_RANGE);
  rows = (rf_rows){0, 1, 2, list};
  CHECK(call_read(file, 1, &rows, &r, 1, &err) == RF_ERR_RANGE);
  CHECK(strstr(err.message, "row 3") != NULL);
  r.type = RF_I16;
  CHECK(call_read(file, 1, NULL, &r, 1, &err) == RF_ERR_TYPE);
  r.type = RF_TEXT;
  CHECK(call_read(file, 1, NULL, &r, 1, &err) == RF_ERR_TYPE);
  r.type = (rf_dtype)77;
  CHECK(call_read(file, 1, NULL, &r, 1, &err) == RF_ERR_TYPE);
  r.type = RF_F64; /* any real number can be had as a double */
  r.stride = 8;
  CHECK_OK(call_read(file, 1, NULL, &r, 1, &err), err);
  r.flags = 4;
  CHECK(call_read(file, 1, NULL, &r, 1, &err) == RF_ERR_ARGUMENT);
  r = (rf_column_request){.size = sizeof r, .column = 1, .type = RF_I32, .data = out, .stride = 4};
  CHECK(call_read(file, 1, NULL, &r, 1, &err) == RF_ERR_TYPE);
  r.column = 4;
  CHECK(call_read(file, 1, NULL, &r, 1, &err) == RF_ERR_RANGE);
  r.column = 0;
  r.data = NULL;
  CHECK(call_read(file, 1, NULL, &r, 1, &err) == RF_ERR_ARGUMENT);
  r.data = out;
  r.size = 3;
  CHECK(call_read(file, 1, NULL, &r, 1, &err) == RF_ERR_ARGUMENT);
  r = (rf_column_request){
      .size = sizeof r, .column = 2, .type = RF_TEXT, .data = out, .stride = 4, .width = SIZE_MAX / 2};
  CHECK(call_read(file, 1, NULL, &r, 1, &err) == RF_ERR_ARGUMENT);
  CHECK_OK(call_read(file, 1, NULL, NULL, 0, &err), err);
  rf_file_free(file, NULL);
  fits_free(&fits);
}

static void test_cut_short(void) {
  fits_bytes fits = {0};
  begin_table(&fits, 4, 5000, 0, 1);
  string_card(&fits, "TFORM", 1, "J");
  fits_end(&fits);
  fits_grow(&fits, 4 * 1001 + 2, 1);
  rf_file *file = open_fits(&fits);
  static int32_t out[5000];
  rf_column_request r = {.size = sizeof r, .type = RF_I32, .data = out, .stride = 4};
  CHECK(call_read(file, 1, NULL, &r, 1, &err) == RF_ERR_TRUNCATED);
  CHECK(strstr(err.message, "15994 bytes of them are missing") != NULL);
  CHECK(strstr(err.message, "1001 of 5000 rows are whole") != NULL);
  rf_rows rows = {0, 1, 1001, NULL};
  CHECK_OK(call_read(file, 1, &rows, &r, 1, &err), err);
  CHECK(out[1000] == 0x01010101);
  rf_file_free(file, NULL);
  fits_free(&fits);
}

/* ---- other widths of strings, raw values ---- */

static void test_strings_cut_and_filled(void) {
  fits_bytes fits = {0};
  begin_table(&fits, 12, 2, 0, 1);
  string_card(&fits, "TFORM", 1, "12A4");
  fits_end(&fits);
  memcpy(fits_grow(&fits, 24, 0), "ab  \0bcd ab abcd    a \0 ", 24);
  fits_pad(&fits, 0);
  rf_file *file = open_fits(&fits);
  char out[2][3][3];
  rf_column_request r = {.size = sizeof r, .type = RF_BYTES, .data = out, .stride = 9, .width = 3};
  CHECK_OK(call_read(file, 1, NULL, &r, 1, &err), err);
  CHECK(memcmp(out, "ab\0\0\0\0 ababc\0\0\0a\0\0", 18) == 0);
  char wide[2][3][5];
  r = (rf_column_request){.size = sizeof r, .type = RF_BYTES, .data = wide, .stride = 15, .width = 5};
  CHECK_OK(call_read(file, 1, NULL, &r, 1, &err), err);
  CHECK(memcmp(wide[0], "ab\0\0\0\0\0\0\0\0 ab\0\0", 15) == 0);
  r = (rf_column_request){
      .size = sizeof r, .type = RF_BYTES, .flags = RF_CELL_RAW, .data = wide, .stride = 15, .width = 5};
  CHECK_OK(call_read(file, 1, NULL, &r, 1, &err), err);
  CHECK(memcmp(wide[0], "ab  \0\0bcd\0 ab \0", 15) == 0);
  rf_file_free(file, NULL);
  fits_free(&fits);
}

static void test_raw_values(void) {
  fits_bytes fits = {0};
  begin_table(&fits, 6, 1, 0, 3);
  string_card(&fits, "TFORM", 1, "I");
  number_card(&fits, "TZERO", 1, "32768");
  string_card(&fits, "TFORM", 2, "2L");
  string_card(&fits, "TFORM", 3, "9X");
  fits_end(&fits);
  memcpy(fits_grow(&fits, 6, 0), "\x80\x01T\0\xA5\x80", 6);
  fits_pad(&fits, 0);
  rf_file *file = open_fits(&fits);
  int16_t number;
  uint8_t logicals[2], bits[2];
  rf_column_request r[3] = {
      {.type = RF_I16, .data = &number}, {.type = RF_U8, .data = logicals}, {.type = RF_U8, .data = bits}};
  for (size_t i = 0; i < 3; i++) {
    r[i].size = sizeof r[i];
    r[i].column = i;
    r[i].flags = RF_CELL_RAW;
  }
  CHECK_OK(call_read(file, 1, NULL, r, 3, &err), err);
  CHECK(number == -32767);
  CHECK(memcmp(logicals, "T", 2) == 0 && memcmp(bits, "\xA5\x80", 2) == 0);
  rf_file_free(file, NULL);
  fits_free(&fits);
}

/* The place of the rows was kept from before the header of another HDU grew. */
static void test_rows_after_an_hdu_before_has_grown(void) {
  fits_bytes fits = {0};
  begin_table(&fits, 4, 3, 0, 1);
  string_card(&fits, "TFORM", 1, "J");
  fits_end(&fits);
  memcpy(fits_grow(&fits, 12, 0), "\0\0\0\1\0\0\0\2\0\0\0\3", 12);
  fits_pad(&fits, 0);
  rf_file *file = open_fits(&fits);
  int32_t out[3];
  rf_column_request r = {.size = sizeof r, .type = RF_I32, .data = out, .stride = 4};
  CHECK_OK(call_read(file, 1, NULL, &r, 1, &err), err);
  rf_header *header;
  CHECK_OK(rf_hdu_get_header(file, 0, &header, &err), err);
  for (int i = 0; i < 40; i++)
    CHECK_OK(rf_header_add(header, "HISTORY", "more", &err), err);
  CHECK_OK(rf_hdu_set_header(file, 0, header, &err), err);
  rf_header_free(header);
  memset(out, 0, sizeof out);
  CHECK_OK(call_read(file, 1, NULL, &r, 1, &err), err);
  CHECK(out[0] == 1 && out[2] == 3);
  rf_table_info info = {.size = sizeof info};
  CHECK_OK(rf_table_get_info(file, 1, &info, &err), err);
  CHECK(info.data_offset == 3 * 2880);
  rf_file_free(file, NULL);
  fits_free(&fits);
}

int main(void) {
  RUN(test_names_and_facts);
  RUN(test_headers_that_contradict_themselves);
  RUN(test_rows_without_data);
  RUN(test_more_rows_than_can_be_counted);
  RUN(test_requests_refused);
  RUN(test_cut_short);
  RUN(test_strings_cut_and_filled);
  RUN(test_raw_values);
  RUN(test_rows_after_an_hdu_before_has_grown);
  return check_report();
}
