/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Random groups put together by hand: parameters, arrays, scales, names that stand twice, and headers that ask for more
 * than there can be.
 */
#include "base/bytes.h"
#include "check.h"
#include "fits_bytes.h"
#include "table_calls.h"

/* The header of groups. axes: those from NAXIS2 on; cards: lines ended by \n. */
static void make_header(fits_bytes *fits, int bitpix, int naxis, const long long *axes, long long pcount,
                        long long gcount, const char *cards) {
  memset(fits, 0, sizeof *fits);
  fits_card(fits, "SIMPLE  =                    T");
  fits_integer(fits, "BITPIX", bitpix);
  fits_integer(fits, "NAXIS", naxis);
  for (int i = 0; i < naxis; i++) {
    char keyword[24];
    snprintf(keyword, sizeof keyword, "NAXIS%d", i + 1);
    fits_integer(fits, keyword, i == 0 ? 0 : axes[i - 1]);
  }
  fits_card(fits, "GROUPS  =                    T");
  fits_integer(fits, "PCOUNT", pcount);
  fits_integer(fits, "GCOUNT", gcount);
  while (*cards != '\0') {
    char line[81];
    size_t n = strcspn(cards, "\n");
    snprintf(line, sizeof line, "%.*s", (int)n, cards);
    fits_card(fits, line);
    cards += n + (cards[n] == '\n');
  }
  fits_end(fits);
}

static rf_file *open_bytes(fits_bytes *fits) {
  rf_file *file = NULL;
  rf_error err;
  CHECK_OK(fits_open(fits, &file, &err), err);
  fits_free(fits);
  if (file == NULL)
    exit(2);
  return file;
}

static rf_column_request request(size_t column, rf_dtype type, void *data, size_t stride, uint8_t *mask) {
  return (rf_column_request){sizeof(rf_column_request), column, type, 0, 0, data, (ptrdiff_t)stride, mask, 0};
}

static const char names[] = "PTYPE1  = 'DATE    '\nPSCAL1  = 0.5\nPZERO1  = 100.\n"
                            "PTYPE2  = 'date    '\n"
                            "PTYPE3  = 'DATA    '";

static void test_parameters_and_array(void) {
  fits_bytes fits;
  rf_error err;
  make_header(&fits, 16, 3, (long long[]){2, 3}, 3, 2, names);
  uint8_t *at = fits_grow(&fits, 2 * 9 * 2, 0);
  for (unsigned i = 0; i < 18; i++)
    rf_put_be16(at + 2 * i, (uint16_t)(i < 9 ? i : 0u - i));
  fits_pad(&fits, 0);
  rf_file *file = open_bytes(&fits);
  rf_table_info table = {.size = sizeof table};
  CHECK_OK(rf_table_get_info(file, 0, &table, &err), err);
  CHECK(table.kind == RF_HDU_GROUPS && table.nrows == 2 && table.ncols == 4 && table.row_bytes == 18);
  static const char *const expected[] = {"DATE", "_date", "DATA", "_DATA"};
  rf_column_info info = {.size = sizeof info};
  for (size_t i = 0; i < 4; i++) {
    CHECK_OK(rf_table_get_column(file, 0, i, &info, &err), err);
    CHECK_STR(info.name, expected[i]);
    CHECK(info.stored == RF_I16 && info.type == (i == 0 ? RF_F64 : RF_I16));
  }
  CHECK(info.ndim == 2 && info.dims[0] == 3 && info.dims[1] == 2 && info.count == 6);
  CHECK_STR(info.form, "6I");
  double dates[2];
  int16_t more[2], arrays[2][6];
  rf_column_request requests[] = {request(0, RF_F64, dates, 8, NULL), request(1, RF_I16, more, 2, NULL),
                                  request(3, RF_I16, arrays, 12, NULL)};
  CHECK_OK(call_read(file, 0, NULL, requests, 3, &err), err);
  CHECK(dates[0] == 100.0 && dates[1] == 95.5);
  CHECK(more[0] == 1 && more[1] == -10);
  for (int i = 0; i < 6; i++)
    CHECK(arrays[0][i] == 3 + i && arrays[1][i] == -12 - i);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_scaled_array_with_blank(void) {
  fits_bytes fits;
  rf_error err;
  make_header(&fits, 8, 2, (long long[]){4}, 0, 1, "BSCALE  = 2.\nBZERO   = -1\nBLANK   = 255");
  memcpy(fits_grow(&fits, 4, 0), "\1\2\377\4", 4);
  fits_pad(&fits, 0);
  rf_file *file = open_bytes(&fits);
  double values[4];
  uint8_t mask[4];
  rf_column_request one = request(0, RF_F64, values, 32, mask);
  CHECK_OK(call_read(file, 0, NULL, &one, 1, &err), err);
  CHECK(values[0] == 1 && values[1] == 3 && values[2] == 509 && values[3] == 7);
  CHECK(memcmp(mask, "\0\0\1\0", 4) == 0);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_unsigned_array_by_bzero(void) {
  fits_bytes fits;
  rf_error err;
  make_header(&fits, 32, 2, (long long[]){2}, 1, 1, "BZERO   = 2147483648\nPTYPE1  = 'N'\nPZERO1  = 2147483648");
  memcpy(fits_grow(&fits, 12, 0), "\x80\0\0\0\x7f\xff\xff\xff\0\0\0\0", 12);
  fits_pad(&fits, 0);
  rf_file *file = open_bytes(&fits);
  uint32_t parameter, values[2];
  rf_column_request requests[] = {request(0, RF_U32, &parameter, 4, NULL), request(1, RF_U32, values, 8, NULL)};
  CHECK_OK(call_read(file, 0, NULL, requests, 2, &err), err);
  CHECK(parameter == 0 && values[0] == UINT32_MAX && values[1] == 2147483648u);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_parameters_without_a_name(void) {
  fits_bytes fits;
  rf_error err;
  make_header(&fits, -32, 1, NULL, 2, 1, "PTYPE2  = 5");
  memcpy(fits_grow(&fits, 12, 0), "\x3f\x80\0\0\x40\0\0\0\x40\x40\0\0", 12);
  fits_pad(&fits, 0);
  rf_file *file = open_bytes(&fits);
  rf_column_info info = {.size = sizeof info};
  CHECK_OK(rf_table_get_column(file, 0, 1, &info, &err), err);
  CHECK_STR(info.name, "par2");
  CHECK(strstr(info.warning, "PTYPE2") != NULL && info.type == RF_F32);
  float values[3];
  rf_column_request requests[] = {request(0, RF_F32, &values[0], 4, NULL), request(1, RF_F32, &values[1], 4, NULL),
                                  request(2, RF_F32, &values[2], 4, NULL)};
  CHECK_OK(call_read(file, 0, NULL, requests, 3, &err), err);
  CHECK(values[0] == 1 && values[1] == 2 && values[2] == 3);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_groups_without_groups_or_array(void) {
  fits_bytes fits;
  rf_error err;
  rf_table_info table = {.size = sizeof table};
  make_header(&fits, -64, 2, (long long[]){0}, 1, 3, "PTYPE1  = 'A'");
  memset(fits_grow(&fits, 24, 0), 0, 24);
  fits_pad(&fits, 0);
  rf_file *file = open_bytes(&fits);
  CHECK_OK(rf_table_get_info(file, 0, &table, &err), err);
  CHECK(table.nrows == 3 && table.ncols == 2 && table.row_bytes == 8);
  double values[3] = {1, 1, 1};
  rf_column_request requests[] = {request(0, RF_F64, values, 8, NULL), request(1, RF_F64, values, 0, NULL)};
  CHECK_OK(call_read(file, 0, NULL, requests, 2, &err), err);
  CHECK(values[0] == 0 && values[2] == 0);
  CHECK_OK(rf_file_free(file, &err), err);
  make_header(&fits, -64, 2, (long long[]){5}, 1, 0, "PTYPE1  = 'A'");
  file = open_bytes(&fits);
  CHECK_OK(rf_table_get_info(file, 0, &table, &err), err);
  CHECK(table.nrows == 0 && table.row_bytes == 48);
  CHECK_OK(call_read(file, 0, NULL, requests, 2, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_more_than_there_can_be(void) {
  fits_bytes fits;
  rf_error err;
  rf_table_info table = {.size = sizeof table};
  long long ones[33];
  for (int i = 0; i < 33; i++)
    ones[i] = 1;
  make_header(&fits, 8, 2, (long long[]){1}, 999, 0, "");
  rf_file *file = open_bytes(&fits);
  CHECK(rf_table_get_info(file, 0, &table, &err) == RF_ERR_LIMIT && strstr(err.message, "PCOUNT = 999") != NULL);
  CHECK_OK(rf_file_free(file, &err), err);
  make_header(&fits, 8, 2, (long long[]){1}, 998, 0, "");
  file = open_bytes(&fits);
  CHECK_OK(rf_table_get_info(file, 0, &table, &err), err);
  CHECK(table.ncols == 999);
  CHECK_OK(rf_file_free(file, &err), err);
  make_header(&fits, 8, 34, ones, 0, 0, "");
  file = open_bytes(&fits);
  CHECK(rf_table_get_info(file, 0, &table, &err) == RF_ERR_LIMIT && strstr(err.message, "33 axes") != NULL);
  CHECK_OK(rf_file_free(file, &err), err);
  make_header(&fits, 64, 2, (long long[]){INT64_MAX}, 1, 0, "");
  file = open_bytes(&fits);
  CHECK(rf_table_get_info(file, 0, &table, &err) == RF_ERR_LIMIT);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_groups_cut_short(void) {
  fits_bytes fits;
  rf_error err;
  make_header(&fits, 16, 2, (long long[]){2}, 1, 3, "PTYPE1  = 'A'");
  memset(fits_grow(&fits, 10, 0), 0, 10);
  rf_file *file = open_bytes(&fits);
  int16_t values[3];
  rf_column_request one = request(0, RF_I16, values, 2, NULL);
  CHECK(call_read(file, 0, NULL, &one, 1, &err) == RF_ERR_TRUNCATED && strstr(err.message, "8 ") != NULL);
  rf_rows first = {0, 1, 1, NULL};
  CHECK_OK(call_read(file, 0, &first, &one, 1, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
}

/* Values may change in place; the number of groups may not. */
static void test_groups_stay_as_many(void) {
  fits_bytes fits;
  rf_error err;
  make_header(&fits, 16, 2, (long long[]){2}, 1, 1, "PTYPE1  = 'A'");
  memset(fits_grow(&fits, 6, 0), 0, 6);
  fits_pad(&fits, 0);
  rf_file *file = open_bytes(&fits);
  int16_t value = 5, array[2];
  rf_column_request requests[] = {request(0, RF_I16, &value, 2, NULL), request(1, RF_I16, array, 4, NULL)};
  CHECK(call_append(file, 0, 1, requests, 1, &err) == RF_ERR_TYPE);
  CHECK(rf_table_resize(file, 0, 5, &err) == RF_ERR_TYPE);
  CHECK_OK(call_write(file, 0, NULL, requests, 1, &err), err);
  value = 7;
  CHECK_OK(call_read(file, 0, NULL, requests, 2, &err), err);
  CHECK(value == 5 && array[0] == 0 && array[1] == 0);
  CHECK_OK(rf_file_free(file, &err), err);
}

int main(void) {
  RUN(test_parameters_and_array);
  RUN(test_scaled_array_with_blank);
  RUN(test_unsigned_array_by_bzero);
  RUN(test_parameters_without_a_name);
  RUN(test_groups_without_groups_or_array);
  RUN(test_more_than_there_can_be);
  RUN(test_groups_cut_short);
  RUN(test_groups_stay_as_many);
  return check_report();
}
