/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ASCII tables in files put together by hand: fields in any order, overlapping and with gaps; undefined and scaled
 * values; what cannot be read, and what cannot be written.
 */
#include <math.h>

#include "check.h"
#include "fits_bytes.h"
#include "table_calls.h"

/* Appends the header of an ASCII table behind an empty primary HDU, then its rows. `cards`: lines ended by \n. */
static void make_table(fits_bytes *fits, int row_bytes, int rows, int columns, const char *cards, const char *data) {
  memset(fits, 0, sizeof *fits);
  fits_card(fits, "SIMPLE  =                    T");
  fits_integer(fits, "BITPIX", 8);
  fits_integer(fits, "NAXIS", 0);
  fits_end(fits);
  fits_card(fits, "XTENSION= 'TABLE   '");
  fits_integer(fits, "BITPIX", 8);
  fits_integer(fits, "NAXIS", 2);
  fits_integer(fits, "NAXIS1", row_bytes);
  fits_integer(fits, "NAXIS2", rows);
  fits_integer(fits, "PCOUNT", 0);
  fits_integer(fits, "GCOUNT", 1);
  fits_integer(fits, "TFIELDS", columns);
  while (*cards != '\0') {
    char line[81];
    size_t n = strcspn(cards, "\n");
    snprintf(line, sizeof line, "%.*s", (int)n, cards);
    fits_card(fits, line);
    cards += n + (cards[n] == '\n');
  }
  fits_end(fits);
  size_t n = (size_t)row_bytes * (size_t)rows;
  if (strlen(data) != n)
    exit(2);
  memcpy(fits_grow(fits, n, ' '), data, n);
  fits_pad(fits, ' ');
}

static rf_file *open_bytes(fits_bytes *fits, rf_mode mode) {
  rf_file *file = NULL;
  rf_error err;
  CHECK_OK(rf_file_open_bytes(fits->bytes, fits->size, mode, NULL, &file, &err), err);
  fits_free(fits);
  if (file == NULL)
    exit(2);
  return file;
}

static rf_column_request request(size_t column, rf_dtype type, size_t width, void *data, size_t stride, uint8_t *mask) {
  return (rf_column_request){sizeof(rf_column_request), column, type, 0, width, data, (ptrdiff_t)stride, mask, 0};
}

/* Columns: name (behind), count (in front), flux (with a gap), the first two characters of count as text (overlap). */
static const char mixed_cards[] = "TTYPE1  = 'name    '\n"
                                  "TBCOL1  =                   18\n"
                                  "TFORM1  = 'A4      '\n"
                                  "TNULL1  = 'none    '\n"
                                  "TTYPE2  = 'count   '\n"
                                  "TBCOL2  =                    1\n"
                                  "TFORM2  = 'I5      '\n"
                                  "TNULL2  = '*       '\n"
                                  "TTYPE3  = 'flux    '\n"
                                  "TBCOL3  =                    7\n"
                                  "TFORM3  = 'E9.2    '\n"
                                  "TNULL3  = '-9.99   '\n"
                                  "TBCOL4  =                    1\n"
                                  "TFORM4  = 'A2      '";
static const char mixed_rows[] = "   42   1.5D+01  M31 "
                                 "    *     -9.99  none"
                                 "12345            a\xE9  ";

static void test_fields_in_any_order(void) {
  fits_bytes fits;
  rf_error err;
  rf_column_info info = {.size = sizeof info};
  rf_table_info table = {.size = sizeof table};
  make_table(&fits, 21, 3, 4, mixed_cards, mixed_rows);
  rf_file *file = open_bytes(&fits, RF_MODE_READ);
  CHECK_OK(rf_table_get_info(file, 1, &table, &err), err);
  CHECK(table.kind == RF_HDU_ASCII_TABLE && table.nrows == 3 && table.ncols == 4 && table.row_bytes == 21);
  CHECK_OK(rf_table_get_column(file, 1, 2, &info, &err), err);
  CHECK_STR(info.name, "flux");
  CHECK(info.letter == 'E' && info.offset == 6 && info.bytes == 9 && info.decimals == 2);
  CHECK(info.type == RF_F64 && info.stored == RF_F64 && info.count == 1 && info.has_null_text);
  CHECK_OK(rf_table_get_column(file, 1, 3, &info, &err), err);
  CHECK_STR(info.name, "col4");

  char names[3][5], parts[3][3];
  uint32_t text[3][4];
  int64_t counts[3];
  double fluxes[3];
  float singles[3];
  uint8_t masks[3][3];
  rf_column_request requests[] = {
      request(0, RF_BYTES, 4, names, 5, masks[0]), request(1, RF_I64, 0, counts, 8, masks[1]),
      request(2, RF_F64, 0, fluxes, 8, masks[2]),  request(3, RF_BYTES, 3, parts, 3, NULL),
      request(0, RF_TEXT, 4, text, 16, NULL),      request(1, RF_F32, 0, singles, 4, NULL)};
  memset(names, '?', sizeof names);
  CHECK_OK(call_read(file, 1, NULL, requests, 6, &err), err);
  CHECK(memcmp(names, "M31\0?none?a\xE9\0\0?", 15) == 0);
  CHECK(text[2][0] == 'a' && text[2][1] == 0xE9 && text[2][2] == 0 && text[0][2] == '1');
  CHECK(counts[0] == 42 && counts[1] == 0 && counts[2] == 12345);
  CHECK(singles[0] == 42 && isnan(singles[1]) && singles[2] == 12345);
  CHECK(fluxes[0] == 15.0 && fluxes[1] == -9.99 && fluxes[2] == 0);
  CHECK(memcmp(parts,
               "\0\0\0\0\0\0"
               "12\0",
               9) == 0);
  CHECK(memcmp(masks[0], "\0\1\0", 3) == 0); /* TNULL of text */
  CHECK(memcmp(masks[1], "\0\1\0", 3) == 0);
  CHECK(memcmp(masks[2], "\0\1\0", 3) == 0); /* blank is zero unless TNULL says blank (FITS 7.2.5) */
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_a_blank_field_is_undefined_where_tnull_is_blank(void) {
  fits_bytes fits;
  rf_error err;
  make_table(&fits, 8, 2, 2,
             "TBCOL1  = 1\nTFORM1  = 'I4'\nTNULL1  = '    '\nTBCOL2  = 5\nTFORM2  = 'F4.1'\nTNULL2  = ''",
             "            15 0");
  rf_file *file = open_bytes(&fits, RF_MODE_READ);
  int64_t whole[2];
  double real[2];
  uint8_t masks[2][2];
  rf_column_request requests[] = {request(0, RF_I64, 0, whole, 8, masks[0]), request(1, RF_F64, 0, real, 8, masks[1])};
  CHECK_OK(call_read(file, 1, NULL, requests, 2, &err), err);
  CHECK(whole[0] == 0 && whole[1] == 0 && real[0] == 0 && real[1] == 15.0);
  CHECK(memcmp(masks, "\1\1\1\0", 4) == 0);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_scaled_and_unsigned(void) {
  fits_bytes fits;
  rf_error err;
  make_table(&fits, 28, 3, 3,
             "TBCOL1  = 1\nTFORM1  = 'I20'\nTZERO1  = 9223372036854775808\nTSCAL1  = 1\n"
             "TBCOL2  = 21\nTFORM2  = 'I4'\nTSCAL2  = 0.5\nTZERO2  = -10.\nTNULL2  = '---'\n"
             "TBCOL3  = 25\nTFORM3  = 'F4.2'\nTSCAL3  = 2",
             "-9223372036854775808   8 125"
             " 9223372036854775807 ---1.5 "
             "                   0        ");
  rf_file *file = open_bytes(&fits, RF_MODE_READ);
  rf_column_info info = {.size = sizeof info};
  CHECK_OK(rf_table_get_column(file, 1, 0, &info, &err), err);
  CHECK(info.stored == RF_I64 && info.type == RF_U64 && !info.scaled);
  uint64_t whole[3];
  int64_t raw[3];
  double scaled[3], stored[3], real[3], whole_real[3];
  rf_column_request requests[] = {request(0, RF_U64, 0, whole, 8, NULL),  request(0, RF_I64, 0, raw, 8, NULL),
                                  request(1, RF_F64, 0, scaled, 8, NULL), request(1, RF_F64, 0, stored, 8, NULL),
                                  request(2, RF_F64, 0, real, 8, NULL),   request(0, RF_F64, 0, whole_real, 8, NULL)};
  requests[1].flags = RF_CELL_RAW;
  requests[3].column = 2;
  requests[3].flags = RF_CELL_RAW;
  CHECK_OK(call_read(file, 1, NULL, requests, 6, &err), err);
  CHECK(whole[0] == 0 && whole[1] == UINT64_MAX && whole[2] == UINT64_C(1) << 63);
  CHECK(raw[0] == INT64_MIN && raw[1] == INT64_MAX && raw[2] == 0);
  CHECK(whole_real[0] == 0 && whole_real[1] == 18446744073709551616.0);
  CHECK(scaled[0] == -6.0 && isnan(scaled[1]) && scaled[2] == -10.0);
  CHECK(stored[0] == 1.25 && stored[1] == 1.5 && stored[2] == 0);
  CHECK(real[0] == 2.5 && real[1] == 3.0 && real[2] == 0);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_a_bad_field_is_named(void) {
  fits_bytes fits;
  rf_error err;
  make_table(&fits, 5, 3, 1, "TTYPE1  = 'flux'\nTBCOL1  = 1\nTFORM1  = 'F5.1'", "  1.0  2.0*****");
  rf_file *file = open_bytes(&fits, RF_MODE_READ);
  double values[3];
  rf_column_request one = request(0, RF_F64, 0, values, 8, NULL);
  CHECK(call_read(file, 1, NULL, &one, 1, &err) == RF_ERR_FORMAT);
  CHECK(strstr(err.message, "flux") != NULL && strstr(err.message, "row 2") != NULL &&
        strstr(err.message, "'*****'") != NULL);
  rf_rows rows = {1, -1, 2, NULL};
  CHECK_OK(call_read(file, 1, &rows, &one, 1, &err), err);
  CHECK(values[0] == 2.0 && values[1] == 1.0);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_bad_columns(void) {
  static const struct {
    const char *cards, *part;
  } cases[] = {
      {"TBCOL1  = 1", "TFORM1"},
      {"TFORM1  = 'I4'", "TBCOL1"},
      {"TBCOL1  = 0\nTFORM1  = 'I4'", "TBCOL1 = 0"},
      {"TBCOL1  = -5\nTFORM1  = 'I4'", "TBCOL1 = -5"},
      {"TBCOL1  = 8\nTFORM1  = 'I4'", "NAXIS1 = 10"},
      {"TBCOL1  = 9223372036854775807\nTFORM1  = 'I4'", "NAXIS1 = 10"},
      {"TBCOL1  = 1\nTFORM1  = 'I11'", "NAXIS1 = 10"},
      {"TBCOL1  = 1\nTFORM1  = '1J'", "'1J'"},
      {"TBCOL1  = 1\nTFORM1  = 'I4294967300'", "I4294967300"},
      {"TBCOL1  = 1.5\nTFORM1  = 'I4'", "TBCOL1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    fits_bytes fits;
    rf_error err;
    rf_table_info info = {.size = sizeof info};
    make_table(&fits, 10, 1, 1, cases[i].cards, "         1");
    rf_file *file = open_bytes(&fits, RF_MODE_READ);
    CHECK(rf_table_get_info(file, 1, &info, &err) == RF_ERR_FORMAT);
    if (strstr(err.message, cases[i].part) == NULL)
      CHECK_STR(err.message, cases[i].part);
    CHECK_OK(rf_file_free(file, &err), err);
  }
}

static void test_types_that_a_column_has_not(void) {
  fits_bytes fits;
  rf_error err;
  char memory[64];
  make_table(&fits, 21, 3, 4, mixed_cards, mixed_rows);
  rf_file *file = open_bytes(&fits, RF_MODE_READ);
  static const struct {
    size_t column;
    rf_dtype type;
  } cases[] = {{0, RF_I64}, {1, RF_BYTES}, {1, RF_I32}, {2, RF_I64}, {1, RF_LOGICAL}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rf_column_request one = request(cases[i].column, cases[i].type, 2, memory, 16, NULL);
    CHECK(call_read(file, 1, NULL, &one, 1, &err) == RF_ERR_TYPE);
  }
  CHECK_OK(rf_file_free(file, &err), err);
}

/* ---- making and writing ---- */

static rf_column_spec column(const char *name, rf_dtype type, uint64_t width, const char *form) {
  return (rf_column_spec){.size = sizeof(rf_column_spec), .name = name, .type = type, .width = width, .form = form};
}

static rf_status create(rf_file *file, const rf_column_spec *columns, size_t n, uint64_t nrows, rf_error *err) {
  rf_table_spec spec = {
      .size = sizeof spec, .kind = RF_HDU_ASCII_TABLE, .nrows = nrows, .columns = columns, .ncols = n, .extver = -1};
  size_t index = 99;
  rf_status status = rf_table_create(file, &spec, &index, err);
  CHECK(status != RF_OK || index == 1);
  return status;
}

static rf_file *new_file(void) {
  rf_file *file = NULL;
  rf_error err;
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
  if (file == NULL)
    exit(2);
  return file;
}

static void check_rows(rf_file *file, const char *expected) {
  rf_hdu_info info = {.size = sizeof info};
  rf_error err;
  char bytes[512] = "";
  CHECK_OK(rf_hdu_get_info(file, 1, &info, &err), err);
  CHECK(info.data_bytes < sizeof bytes);
  CHECK_OK(rf_file_read_bytes(file, info.data_offset, bytes, (size_t)info.data_bytes, &err), err);
  CHECK_STR(bytes, expected);
}

/* Formats by type, and that every extreme value fits them and comes back. */
static void test_extreme_values_of_every_type(void) {
  static const struct {
    rf_dtype type;
    const char *form;
    double low, high;
  } cases[] = {
      {RF_U8, "I3", 0, 255},
      {RF_I8, "I4", -128, 127},
      {RF_I16, "I6", -32768, 32767},
      {RF_U16, "I5", 0, 65535},
      {RF_I32, "I11", -2147483648.0, 2147483647.0},
      {RF_U32, "I10", 0, 4294967295.0},
      {RF_I64, "I20", -9223372036854775808.0, 9223372036854774784.0},
      {RF_U64, "I20", 0, 18446744073709549568.0},
      {RF_F32, "E23.16", -3.4028234663852886e38, 1.401298464324817e-45},
      {RF_F64, "D25.17", -1.7976931348623157e308, 4.9406564584124654e-324},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rf_error err;
    rf_file *file = new_file();
    rf_column_spec one = column("x", cases[i].type, 0, NULL);
    rf_column_info info = {.size = sizeof info};
    double in[2] = {cases[i].low, cases[i].high}, out[2] = {7, 7};
    CHECK_OK(create(file, &one, 1, 2, &err), err);
    CHECK_OK(rf_table_get_column(file, 1, 0, &info, &err), err);
    CHECK_STR(info.form, cases[i].form);
    rf_column_request put = request(0, RF_F64, 0, in, 8, NULL), get = request(0, RF_F64, 0, out, 8, NULL);
    CHECK_OK(call_write(file, 1, NULL, &put, 1, &err), err);
    CHECK_OK(call_read(file, 1, NULL, &get, 1, &err), err);
    if (cases[i].type == RF_F32)
      CHECK((float)out[0] == (float)in[0] && (float)out[1] == (float)in[1]);
    else
      CHECK(out[0] == in[0] && out[1] == in[1]);
    CHECK_OK(rf_file_free(file, &err), err);
  }
}

static void test_rows_are_blank_and_written_right_aligned(void) {
  rf_error err;
  rf_file *file = new_file();
  rf_column_spec columns[] = {column("name", RF_TEXT, 4, NULL), column("n", RF_I16, 0, NULL),
                              column("x", RF_F64, 0, "F7.2"), column("big", RF_U64, 0, NULL)};
  CHECK_OK(create(file, columns, 4, 2, &err), err);
  check_rows(file, "                                                                                ");
  char names[2][4] = {"M31", "ab  "};
  int64_t counts[2] = {-5, 32767};
  double values[2] = {1.005, -1234.5};
  uint64_t big[2] = {0, UINT64_MAX};
  rf_column_request requests[] = {request(0, RF_BYTES, 4, names, 4, NULL), request(1, RF_I64, 0, counts, 8, NULL),
                                  request(2, RF_F64, 0, values, 8, NULL), request(3, RF_U64, 0, big, 8, NULL)};
  CHECK_OK(call_write(file, 1, NULL, requests, 4, &err), err);
  check_rows(file, "M31      -5    1.00 -9223372036854775808"
                   "ab    32767 -1234.5  9223372036854775807");
  uint64_t back[2];
  rf_column_request get = request(3, RF_U64, 0, back, 8, NULL);
  CHECK_OK(call_read(file, 1, NULL, &get, 1, &err), err);
  CHECK(back[0] == 0 && back[1] == UINT64_MAX);
  /* One column of one row: all else stays. */
  rf_rows second = {1, 1, 1, NULL};
  counts[0] = 7;
  CHECK_OK(call_write(file, 1, &second, &requests[1], 1, &err), err);
  check_rows(file, "M31      -5    1.00 -9223372036854775808"
                   "ab        7 -1234.5  9223372036854775807");
  /* Appended rows are blank where nothing is written. */
  CHECK_OK(call_append(file, 1, 1, &requests[1], 1, &err), err);
  check_rows(file, "M31      -5    1.00 -9223372036854775808"
                   "ab        7 -1234.5  9223372036854775807"
                   "          7                             ");
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_what_does_not_fit_is_named_and_nothing_is_written(void) {
  rf_error err;
  rf_file *file = new_file();
  rf_column_spec columns[] = {column("name", RF_BYTES, 4, NULL), column("n", RF_I64, 0, "I3"),
                              column("x", RF_F64, 0, "F5.2")};
  CHECK_OK(create(file, columns, 3, 2, &err), err);
  char names[2][6] = {"abcd", "abcde"}, umlaut[2][6] = {"abc", "\xFC"};
  int64_t counts[2] = {999, 1000};
  double values[2] = {1.0, 1000.25}, nan[2] = {1.0, NAN}, infinite[2] = {1.0, -INFINITY};
  rf_column_request bad[] = {request(0, RF_BYTES, 6, names, 6, NULL), request(0, RF_BYTES, 6, umlaut, 6, NULL),
                             request(1, RF_I64, 0, counts, 8, NULL),  request(2, RF_F64, 0, values, 8, NULL),
                             request(2, RF_F64, 0, nan, 8, NULL),     request(2, RF_F64, 0, infinite, 8, NULL)};
  static const char *const parts[] = {"5 characters", "U+00FC", "1000", "1000.25", "NaN", "-infinity"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    CHECK(call_write(file, 1, NULL, &bad[i], 1, &err) == RF_ERR_RANGE);
    if (strstr(err.message, parts[i]) == NULL || strstr(err.message, columns[bad[i].column].name) == NULL ||
        strstr(err.message, "row 1") == NULL)
      CHECK_STR(err.message, parts[i]);
  }
  uint8_t mask[2] = {0, 1};
  rf_column_request masked = request(1, RF_I64, 0, counts, 8, mask);
  CHECK(call_write(file, 1, NULL, &masked, 1, &err) == RF_ERR_ARGUMENT);
  check_rows(file, "                            ");
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_undefined_values_are_written_as_tnull(void) {
  rf_error err;
  rf_file *file = new_file();
  rf_column_spec columns[] = {column("name", RF_BYTES, 4, NULL), column("n", RF_I64, 0, "I4"),
                              column("x", RF_F64, 0, "F5.1")};
  columns[0].null_text = "-";
  columns[1].null_text = "--";
  columns[2].null_text = "";
  CHECK_OK(create(file, columns, 3, 2, &err), err);
  char names[2][4] = {"abc", "def"};
  int64_t counts[2] = {1, 2};
  double values[2] = {1.5, NAN};
  uint8_t mask[2] = {1, 0};
  rf_column_request requests[] = {request(0, RF_BYTES, 4, names, 4, mask), request(1, RF_I64, 0, counts, 8, mask),
                                  request(2, RF_F64, 0, values, 8, NULL)};
  CHECK_OK(call_write(file, 1, NULL, requests, 3, &err), err);
  check_rows(file, "-      --   1.5"
                   "def     2      ");
  uint8_t got[3][2];
  for (size_t i = 0; i < 3; i++)
    requests[i].mask = got[i];
  CHECK_OK(call_read(file, 1, NULL, requests, 3, &err), err);
  CHECK(memcmp(got, "\1\0\1\0\0\1", 6) == 0);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_scaled_columns_are_unscaled_and_rounded(void) {
  rf_error err;
  rf_file *file = new_file();
  rf_column_spec columns[] = {column("n", RF_I64, 0, "I4"), column("x", RF_F64, 0, "F6.2")};
  for (int i = 0; i < 2; i++) {
    columns[i].scaled = 1;
    columns[i].tscal = 0.5;
    columns[i].tzero = 10;
  }
  CHECK_OK(create(file, columns, 2, 2, &err), err);
  double values[2] = {11.24, -3.0}, back[2];
  rf_column_request requests[] = {request(0, RF_F64, 0, values, 8, NULL), request(1, RF_F64, 0, values, 8, NULL)};
  CHECK_OK(call_write(file, 1, NULL, requests, 2, &err), err);
  check_rows(file, "   2   2.48"
                   " -26 -26.00");
  requests[0].data = back;
  CHECK_OK(call_read(file, 1, NULL, requests, 1, &err), err);
  CHECK(back[0] == 11.0 && back[1] == -3.0);
  values[1] = 1e300;
  requests[0].data = values;
  CHECK(call_write(file, 1, NULL, requests, 1, &err) == RF_ERR_RANGE);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_columns_that_cannot_be_made(void) {
  static const struct {
    rf_dtype type;
    uint64_t width;
    const char *form, *null_text;
    rf_status status;
  } cases[] = {
      {RF_C64, 0, NULL, NULL, RF_ERR_TYPE},       {RF_LOGICAL, 0, NULL, NULL, RF_ERR_TYPE},
      {RF_BIT, 0, NULL, NULL, RF_ERR_TYPE},       {RF_I32, 0, "E12.3", NULL, RF_ERR_TYPE},
      {RF_F32, 0, "I12", NULL, RF_ERR_TYPE},      {RF_BYTES, 3, "I12", NULL, RF_ERR_TYPE},
      {RF_F32, 0, "A12", NULL, RF_ERR_TYPE},      {RF_I32, 0, "1J", NULL, RF_ERR_ARGUMENT},
      {RF_I32, 0, "I0", NULL, RF_ERR_ARGUMENT},   {RF_F64, 0, "F3.3", NULL, RF_ERR_ARGUMENT},
      {RF_I32, 0, "I3", "none", RF_ERR_ARGUMENT}, {RF_I32, 0, "I3", "\xFF", RF_ERR_ARGUMENT},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rf_error err;
    uint64_t size = 99;
    rf_file *file = new_file();
    rf_column_spec one = column("x", cases[i].type, cases[i].width, cases[i].form);
    one.null_text = cases[i].null_text;
    rf_status status = create(file, &one, 1, 1, &err);
    if (status != cases[i].status)
      fprintf(stderr, "case %zu: %s: %s\n", i, rf_status_get_name(status), err.message);
    CHECK(status == cases[i].status);
    CHECK_OK(rf_file_get_size(file, &size, &err), err);
    CHECK(size == 0);
    CHECK_OK(rf_file_free(file, &err), err);
  }
  uint64_t two = 2;
  rf_error err;
  rf_file *file = new_file();
  rf_column_spec array = column("x", RF_I32, 0, NULL);
  array.ndim = 1;
  array.dims = &two;
  CHECK(create(file, &array, 1, 1, &err) == RF_ERR_TYPE);
  CHECK_OK(rf_file_free(file, &err), err);
}

int main(void) {
  RUN(test_fields_in_any_order);
  RUN(test_a_blank_field_is_undefined_where_tnull_is_blank);
  RUN(test_scaled_and_unsigned);
  RUN(test_a_bad_field_is_named);
  RUN(test_bad_columns);
  RUN(test_types_that_a_column_has_not);
  RUN(test_extreme_values_of_every_type);
  RUN(test_rows_are_blank_and_written_right_aligned);
  RUN(test_what_does_not_fit_is_named_and_nothing_is_written);
  RUN(test_undefined_values_are_written_as_tnull);
  RUN(test_scaled_columns_are_unscaled_and_rounded);
  RUN(test_columns_that_cannot_be_made);
  return check_report();
}
