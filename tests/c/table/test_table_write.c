/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing rows: against bytes put together by hand, and read back.
 */
#include <math.h>

#include "fits_bytes.h"
#include "table_rows.h"
#include "table_calls.h"
#include "image_request.h"

/* ---- writing ---- */

/* Every type of number, through a packed struct. */
#pragma pack(push, 1)
typedef struct record {
  uint8_t b;
  int8_t sb;
  int16_t i;
  uint16_t ui;
  int32_t j;
  uint32_t uj;
  int64_t k;
  uint64_t uk;
  float e;
  double d;
  float c[2];
  double m[2];
  uint8_t l;
  uint8_t x[11];
  char a[5];
  uint32_t u[3];
  int16_t v[3];
} record;
#pragma pack(pop)

static const struct {
  rf_dtype type;
  size_t width;
  uint64_t count;
  size_t offset;
} fields[] = {
    {RF_U8, 0, 1, offsetof(record, b)},      {RF_I8, 0, 1, offsetof(record, sb)},
    {RF_I16, 0, 1, offsetof(record, i)},     {RF_U16, 0, 1, offsetof(record, ui)},
    {RF_I32, 0, 1, offsetof(record, j)},     {RF_U32, 0, 1, offsetof(record, uj)},
    {RF_I64, 0, 1, offsetof(record, k)},     {RF_U64, 0, 1, offsetof(record, uk)},
    {RF_F32, 0, 1, offsetof(record, e)},     {RF_F64, 0, 1, offsetof(record, d)},
    {RF_C64, 0, 1, offsetof(record, c)},     {RF_C128, 0, 1, offsetof(record, m)},
    {RF_LOGICAL, 0, 1, offsetof(record, l)}, {RF_BIT, 0, 11, offsetof(record, x)},
    {RF_BYTES, 5, 1, offsetof(record, a)},   {RF_TEXT, 3, 1, offsetof(record, u)},
    {RF_I16, 0, 3, offsetof(record, v)},
};
#define FIELDS COUNT(fields)

static void make_columns(rf_column_spec *columns) {
  static const char *const names[] = {"b", "sb", "i", "ui", "j", "uj", "k", "uk", "e",
                                      "d", "c",  "m", "l",  "x", "a",  "u", "v"};
  for (size_t i = 0; i < FIELDS; i++)
    columns[i] = SPEC(.name = names[i], .type = fields[i].type, .width = fields[i].width, .ndim = fields[i].count > 1,
                      .dims = &fields[i].count);
}

static void make_requests(rf_column_request *requests, const record *records) {
  for (size_t i = 0; i < FIELDS; i++)
    requests[i] = rows_request(i, fields[i].type, fields[i].width, (const char *)records + fields[i].offset,
                               (ptrdiff_t)sizeof(record));
}

static uint64_t seed = 88172645463325252u;

static uint64_t random_below(uint64_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed % below;
}

static void fill_records(record *records, size_t n) {
  for (size_t r = 0; r < n; r++) {
    uint8_t *bytes = (uint8_t *)&records[r];
    for (size_t i = 0; i < sizeof(record); i++)
      bytes[i] = (uint8_t)random_below(256);
    records[r].l &= 1;
    for (size_t i = 0; i < 11; i++)
      records[r].x[i] &= 1;
    /* any bits but those of signalling NaN, which a double loses */
    records[r].e = (float)random_below(100000) / 7.0f;
    for (size_t i = 0; i < 5; i++)
      records[r].a[i] = (char)(random_below(4) == 0 && i > 0 ? 0 : 'a' + (int)random_below(26));
    for (size_t i = 1; i < 5; i++)
      if (records[r].a[i - 1] == 0)
        records[r].a[i] = 0;
    for (size_t i = 0; i < 3; i++)
      records[r].u[i] = (uint32_t)('A' + random_below(26));
  }
}

static int same_records(rf_file *file, size_t index, const record *expected, size_t n) {
  record *found = calloc(n + 1, sizeof *found);
  rf_column_request requests[FIELDS];
  make_requests(requests, found);
  CHECK(rows_info(file, index).nrows == n);
  CHECK_OK(call_read(file, index, NULL, requests, FIELDS, &rows_err), rows_err);
  int same = memcmp(found, expected, n * sizeof *found) == 0;
  free(found);
  return same;
}

static void test_all_types(void) {
  enum { N = 3000 };
  rf_file *file = rows_file();
  rf_column_spec columns[FIELDS];
  rf_column_request requests[FIELDS];
  record *records = malloc(N * sizeof *records);
  fill_records(records, N);
  make_columns(columns);
  make_requests(requests, records);
  size_t index = rows_create(file, columns, FIELDS, N);
  CHECK_OK(call_write(file, index, NULL, requests, FIELDS, &rows_err), rows_err);
  CHECK(same_records(file, index, records, N));
  rf_file_free(file, NULL);
  free(records);
}

/* The file's side, by hand. */
static void test_bytes_in_file(void) {
  rf_file *file = rows_file();
  rf_column_spec columns[] = {SPEC(.name = "ui", .type = RF_U16),
                              SPEC(.name = "j", .type = RF_I32),
                              SPEC(.name = "uk", .type = RF_U64),
                              SPEC(.name = "l", .type = RF_LOGICAL),
                              SPEC(.name = "x", .type = RF_BIT, .ndim = 1, .dims = (uint64_t[]){10}),
                              SPEC(.name = "a", .type = RF_BYTES, .width = 4),
                              SPEC(.name = "sb", .type = RF_I8)};
  size_t index = rows_create(file, columns, COUNT(columns), 2);
  uint16_t ui[] = {0, 65535};
  int32_t j[] = {1, -2};
  uint64_t uk[] = {0, UINT64_MAX};
  uint8_t l[] = {1, 0}, x[] = {1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 1}, lmask[] = {0, 1};
  char a[] = "ab\0\0abcd";
  int8_t sb[] = {-128, 1};
  rf_column_request requests[] = {rows_request(0, RF_U16, 0, ui, 2), rows_request(1, RF_I32, 0, j, 4),
                                  rows_request(2, RF_U64, 0, uk, 8), rows_request(3, RF_LOGICAL, 0, l, 1),
                                  rows_request(4, RF_BIT, 0, x, 10), rows_request(5, RF_BYTES, 4, a, 4),
                                  rows_request(6, RF_I8, 0, sb, 1)};
  requests[3].mask = lmask;
  CHECK_OK(call_write(file, index, NULL, requests, COUNT(requests), &rows_err), rows_err);
  static const uint8_t expected[] = {0x80, 0,    0,    0,    0,    1,    0x80, 0,    0,    0,    0,
                                     0,    0,    0,    'T',  0x81, 0x80, 'a',  'b',  0,    0,    0,
                                     0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF,
                                     0xFF, 0xFF, 0xFF, 0,    0x7F, 0x40, 'a',  'b',  'c',  'd',  0x81};
  CHECK(rows_bytes(file, index, 0, expected, sizeof expected));
  rf_file_free(file, NULL);
}

/* Any rows in any order, some of the columns, and nothing else changes. */
static void test_some_of_it(void) {
  enum { N = 500 };
  rf_file *file = rows_file();
  rf_column_spec columns[FIELDS];
  rf_column_request requests[FIELDS], some[FIELDS];
  static record all[N], part[N];
  fill_records(all, N);
  make_columns(columns);
  make_requests(requests, all);
  size_t index = rows_create(file, columns, FIELDS, N);
  CHECK_OK(call_write(file, index, NULL, requests, FIELDS, &rows_err), rows_err);
  for (int round = 0; round < 200; round++) {
    uint64_t list[40];
    size_t count = 0;
    rf_rows rows = {0, 1, 1 + random_below(40), NULL};
    switch (random_below(4)) {
    case 0:
      rows.start = (int64_t)random_below(N - rows.count);
      break;
    case 1:
      rows.start = (int64_t)random_below(50);
      rows.step = 1 + (int64_t)random_below(11);
      break;
    case 2:
      rows.start = N - 1 - (int64_t)random_below(50);
      rows.step = -1 - (int64_t)random_below(11);
      break;
    default:
      for (size_t i = 0; i < rows.count; i++)
        list[i] = random_below(random_below(2) ? N : 60);
      rows.indices = list;
    }
    fill_records(part, (size_t)rows.count);
    make_requests(requests, part);
    bool whole = random_below(3) == 0;
    for (size_t i = 0; i < FIELDS; i++)
      if (whole || random_below(3) == 0) {
        size_t bytes = rf_dtype_bytes(fields[i].type, fields[i].width) * (size_t)fields[i].count;
        some[count++] = requests[i];
        for (uint64_t r = 0; r < rows.count; r++) {
          uint64_t row = rows.indices ? list[r] : (uint64_t)(rows.start + (int64_t)r * rows.step);
          memcpy((char *)&all[row] + fields[i].offset, (char *)&part[r] + fields[i].offset, bytes);
        }
      }
    CHECK_OK(call_write(file, index, &rows, some, count, &rows_err), rows_err);
    if (round % 20 == 0)
      CHECK(same_records(file, index, all, N));
  }
  CHECK(same_records(file, index, all, N));
  rf_rows outside = {0, 1, N + 1, NULL};
  make_requests(requests, all);
  CHECK(call_write(file, index, &outside, requests, FIELDS, &rows_err) == RF_ERR_RANGE);
  CHECK(same_records(file, index, all, N));
  rf_file_free(file, NULL);
}

/* Rows so long that each goes alone, and cells of many elements. */
static void test_long_rows(void) {
  enum { N = 40, WIDE = 9000 };
  rf_file *file = rows_file();
  uint64_t wide = WIDE;
  rf_column_spec columns[] = {SPEC(.name = "x", .type = RF_I16),
                              SPEC(.name = "w", .type = RF_F64, .ndim = 1, .dims = &wide),
                              SPEC(.name = "y", .type = RF_U32)};
  double *w = malloc(sizeof(double) * N * WIDE), *back = malloc(sizeof(double) * N * WIDE);
  int16_t x[N], x_back[N];
  uint32_t y[N], y_back[N];
  size_t index = rows_create(file, columns, 3, N);
  for (size_t i = 0; i < N * WIDE; i++)
    w[i] = (double)i / 3;
  for (int i = 0; i < N; i++) {
    x[i] = (int16_t)(i * 7);
    y[i] = 4000000000u + (uint32_t)i;
  }
  rf_column_request requests[] = {rows_request(0, RF_I16, 0, x, 2), rows_request(1, RF_F64, 0, w, WIDE * 8),
                                  rows_request(2, RF_U32, 0, y, 4)};
  CHECK_OK(call_write(file, index, NULL, requests + 1, 1, &rows_err), rows_err);
  CHECK_OK(call_write(file, index, NULL, requests, 1, &rows_err), rows_err);
  CHECK_OK(call_write(file, index, NULL, requests + 2, 1, &rows_err), rows_err);
  requests[0].data = x_back;
  requests[1].data = back;
  requests[2].data = y_back;
  CHECK_OK(call_read(file, index, NULL, requests, 3, &rows_err), rows_err);
  CHECK(memcmp(x, x_back, sizeof x) == 0 && memcmp(y, y_back, sizeof y) == 0);
  CHECK(memcmp(w, back, sizeof(double) * N * WIDE) == 0);
  free(w);
  free(back);
  rf_file_free(file, NULL);
}

/* Rows of more than a piece: fields are written some elements at a time. */
static void test_huge_rows(void) {
  enum { N = 3 };
  rf_file *file = rows_file();
  uint64_t wide = 400000, bits = 9000003, strings = 70000;
  rf_column_spec columns[] = {SPEC(.name = "x", .type = RF_U16, .has_null = 1, .null = 3),
                              SPEC(.name = "w", .type = RF_C64, .ndim = 1, .dims = &wide),
                              SPEC(.name = "b", .type = RF_BIT, .ndim = 1, .dims = &bits),
                              SPEC(.name = "s", .type = RF_BYTES, .width = 7, .ndim = 1, .dims = &strings),
                              SPEC(.name = "n", .type = RF_I16, .has_null = 1, .null = -1, .ndim = 1, .dims = &wide)};
  size_t index = rows_create(file, columns, COUNT(columns), 1), sizes[] = {2, 400000 * 8, 9000003, 70000 * 7, 800000};
  rf_dtype types[] = {RF_U16, RF_C64, RF_BIT, RF_BYTES, RF_I16};
  uint8_t *data[5], *back[5], *mask = calloc(N, 400000), *mask_back = calloc(N, 400000);
  rf_column_request requests[5];
  for (size_t c = 0; c < 5; c++) {
    data[c] = malloc(N * sizes[c]);
    back[c] = calloc(N, sizes[c]);
    for (size_t i = 0; i < N * sizes[c]; i++)
      data[c][i] = (uint8_t)(c == 2 ? random_below(2) : 'A' + random_below(26));
    requests[c] = rows_request(c, types[c], c == 3 ? 7 : 0, data[c], (ptrdiff_t)sizes[c]);
  }
  for (size_t i = 0; i < N * 400000; i += 1 + random_below(100000))
    mask[i] = 1;
  requests[4].mask = mask;
  rf_rows first = {0, 1, 1, NULL};
  CHECK_OK(call_write(file, index, &first, requests, 5, &rows_err), rows_err);
  for (size_t c = 0; c < 5; c++)
    requests[c].data = data[c] + sizes[c];
  requests[4].mask = mask + 400000;
  CHECK_OK(call_append(file, index, 2, requests, 5, &rows_err), rows_err);
  for (size_t c = 0; c < 5; c++)
    requests[c].data = back[c];
  requests[4].mask = mask_back;
  CHECK_OK(call_read(file, index, NULL, requests, 5, &rows_err), rows_err);
  for (size_t c = 0; c < 4; c++)
    CHECK(memcmp(data[c], back[c], N * sizes[c]) == 0);
  CHECK(memcmp(mask, mask_back, N * 400000) == 0);
  for (size_t i = 0; i < N * 400000; i++)
    if (!mask[i] && memcmp(data[4] + 2 * i, back[4] + 2 * i, 2) != 0) {
      CHECK(!"an element that was not masked");
      break;
    }
  /* Of new rows that are written in part the rest is zero. */
  requests[0].data = data[0];
  CHECK_OK(rf_table_resize(file, index, 2, &rows_err), rows_err);
  CHECK_OK(call_append(file, index, 1, requests, 1, &rows_err), rows_err);
  requests[2].data = back[2];
  rf_rows last = {2, 1, 1, NULL};
  CHECK_OK(call_read(file, index, &last, requests + 2, 1, &rows_err), rows_err);
  size_t set = 0;
  for (size_t i = 0; i < 9000003; i++)
    set += back[2][i];
  CHECK(set == 0);
  for (size_t c = 0; c < 5; c++) {
    free(data[c]);
    free(back[c]);
  }
  free(mask);
  free(mask_back);
  rf_file_free(file, NULL);
}

/* ---- values that cannot be stored ---- */

static void test_refused_values(void) {
  rf_file *file = rows_file();
  rf_column_spec columns[] = {
      SPEC(.name = "i", .type = RF_I16),
      SPEC(.name = "s", .type = RF_BYTES, .width = 3),
      SPEC(.name = "sc", .type = RF_I16, .scaled = 1, .tscal = 0.5, .tzero = 100, .has_null = 1, .null = -1),
      SPEC(.name = "e", .type = RF_F32),
      SPEC(.name = "p", .type = RF_F32, .descriptor = 'P'),
      SPEC(.name = "x", .type = RF_BIT),
  };
  size_t index = rows_create(file, columns, COUNT(columns), 4);
  uint8_t zeros[4 * 22] = {0}, mask[4] = {0, 0, 1, 0};
  double big[4] = {1, 2, 3, 40000}, nan[4] = {1, NAN, 2, 3}, scaled[4] = {0, 100, 1e9, 0};
  char longer[] = "abc\0de\0\0fghiabcd";
  uint32_t text[4] = {'a', 'b', 0xE9, 'd'}, inner[6] = {'a', 0, 'b', 'c', 0, 0};
  int16_t numbers[4] = {1, 2, 3, 4};
  const struct {
    rf_column_request request;
    bool masked;
    rf_status status;
    const char *message;
  } cases[] = {
      {rows_request(0, RF_F64, 0, big, 8), false, RF_ERR_RANGE, "row 3"},
      {rows_request(0, RF_F64, 0, nan, 8), false, RF_ERR_RANGE, "row 1"},
      {rows_request(0, RF_I16, 0, numbers, 2), true, RF_ERR_ARGUMENT, "row 2"},
      {rows_request(0, RF_I32, 0, numbers, 2), false, RF_ERR_TYPE, "'i'"},
      {rows_request(1, RF_BYTES, 4, longer, 4), false, RF_ERR_RANGE, "row 2"},
      {rows_request(1, RF_TEXT, 1, text, 4), false, RF_ERR_RANGE, "row 2"},
      {rows_request(1, RF_TEXT, 3, inner, 0), false, RF_ERR_RANGE, "row 0"},
      {rows_request(2, RF_F64, 0, scaled, 8), false, RF_ERR_RANGE, "row 2"},
      {rows_request(3, RF_F64, 0, (double[]){1, 2, 3, 1e300}, 8), false, RF_ERR_RANGE, "row 3"},
      {rows_request(4, RF_F32, 0, numbers, 0), false, RF_ERR_TYPE, "'p'"},
      {rows_request(5, RF_BIT, 0, numbers, 1), true, RF_ERR_ARGUMENT, "row 2"},
      {rows_request(0, RF_I16, 0, NULL, 2), false, RF_ERR_ARGUMENT, "'i'"},
      {rows_request(9, RF_I16, 0, numbers, 2), false, RF_ERR_RANGE, "9"},
  };
  for (size_t i = 0; i < COUNT(cases); i++) {
    /* A good column before it must not be written either. */
    rf_column_request requests[] = {rows_request(0, RF_I16, 0, numbers, 2), cases[i].request};
    if (cases[i].masked)
      requests[1].mask = mask;
    rf_status status = call_write(file, index, NULL, requests, 2, &rows_err);
    if (status != cases[i].status || strstr(rows_err.message, cases[i].message) == NULL)
      fprintf(stderr, "case %zu: %s: %s\n", i, rf_status_get_name(status), rows_err.message);
    CHECK(status == cases[i].status && strstr(rows_err.message, cases[i].message) != NULL);
    CHECK(call_append(file, index, 4, requests, 2, &rows_err) == cases[i].status);
    CHECK(rows_info(file, index).nrows == 4);
  }
  CHECK(rows_bytes(file, index, 0, zeros, sizeof zeros));
  rf_file_free(file, NULL);
}

static void test_masks(void) {
  rf_file *file = rows_file();
  rf_column_spec columns[] = {
      SPEC(.name = "i", .type = RF_I16, .has_null = 1, .null = -7),
      SPEC(.name = "u", .type = RF_U32, .has_null = 1, .null = 5),
      SPEC(.name = "e", .type = RF_F32),
      SPEC(.name = "c", .type = RF_C64),
      SPEC(.name = "s", .type = RF_BYTES, .width = 2),
      SPEC(.name = "sc", .type = RF_U8, .scaled = 1, .tscal = 2, .tzero = 1, .has_null = 1, .null = 255)};
  size_t index = rows_create(file, columns, COUNT(columns), 2);
  int16_t i[] = {1, 2};
  uint32_t u[] = {3, 4};
  float e[] = {1, 2}, c[] = {1, 2, 3, 4}, e_back[2], c_back[4];
  char s[] = "abcd";
  double sc[] = {11, NAN};
  uint8_t first[] = {1, 0}, mask[2];
  rf_column_request requests[] = {rows_request(0, RF_I16, 0, i, 2),   rows_request(1, RF_U32, 0, u, 4),
                                  rows_request(2, RF_F32, 0, e, 4),   rows_request(3, RF_C64, 0, c, 8),
                                  rows_request(4, RF_BYTES, 2, s, 2), rows_request(5, RF_F64, 0, sc, 8)};
  for (size_t k = 0; k < 5; k++)
    requests[k].mask = first;
  CHECK_OK(call_write(file, index, NULL, requests, COUNT(requests), &rows_err), rows_err);
  static const uint8_t start[] = {0xFF, 0xF9, 0, 0, 0, 5}, end[] = {0, 0, 5};
  CHECK(rows_bytes(file, index, 0, start, sizeof start));
  CHECK(rows_bytes(file, index, 18, end, sizeof end));
  static const uint8_t second[] = {0, 2, 0x80, 0, 0, 4};
  CHECK(rows_bytes(file, index, 21, second, sizeof second));
  CHECK(rows_bytes(file, index, 41, (const uint8_t[]){255}, 1));
  requests[2].data = e_back;
  requests[3].data = c_back;
  requests[3].mask = mask;
  requests[2].mask = NULL;
  CHECK_OK(call_read(file, index, NULL, requests + 2, 2, &rows_err), rows_err);
  CHECK(isnan(e_back[0]) && e_back[1] == 2.0f && isnan(c_back[0]) && isnan(c_back[1]) && c_back[3] == 4.0f);
  CHECK(mask[0] == 1 && mask[1] == 0);
  rf_file_free(file, NULL);
}

/* Text is looked at in blocks: every length, every place of what does not belong there. */
static void test_text_lengths(void) {
  enum { MOST = 40, TO = 35 };
  rf_file *file = rows_file();
  rf_column_spec column = SPEC(.name = "s", .type = RF_BYTES, .width = TO);
  size_t index = rows_create(file, &column, 1, 1);
  for (size_t width = 1; width <= MOST; width++)
    for (size_t length = 0; length <= width; length++) {
      uint32_t text[MOST] = {0};
      char expected[TO] = {0}, found[TO];
      for (size_t i = 0; i < length; i++)
        text[i] = (uint32_t)('!' + i);
      for (size_t i = 0; i < length && i < TO; i++)
        expected[i] = (char)('!' + i);
      rf_column_request write = rows_request(0, RF_TEXT, width, text, 0);
      rf_column_request read = rows_request(0, RF_BYTES, TO, found, 0);
      rf_status status = call_write(file, index, NULL, &write, 1, &rows_err);
      CHECK(status == (length > TO ? RF_ERR_RANGE : RF_OK));
      if (status == RF_OK) {
        CHECK_OK(call_read(file, index, NULL, &read, 1, &rows_err), rows_err);
        CHECK(memcmp(found, expected, TO) == 0);
      }
      for (size_t i = 0; i < length; i++) {
        static const uint32_t wrong[] = {0x80, 0x141, 0x10041, 0x80000041, 0};
        for (size_t k = 0; k < COUNT(wrong); k++) {
          uint32_t kept = text[i];
          text[i] = wrong[k];
          bool fine = wrong[k] == 0 && i + 1 == length && i <= TO;
          status = call_write(file, index, NULL, &write, 1, &rows_err);
          CHECK(status == (fine ? RF_OK : RF_ERR_RANGE));
          text[i] = kept;
        }
      }
    }
  rf_file_free(file, NULL);
}

/* Doubles to scaled and to plain integers are rounded; raw values go as they are. */
static void test_scaled(void) {
  rf_file *file = rows_file();
  rf_column_spec columns[] = {SPEC(.name = "sc", .type = RF_I16, .scaled = 1, .tscal = 0.5, .tzero = 100),
                              SPEC(.name = "l", .type = RF_LOGICAL), SPEC(.name = "x", .type = RF_BIT)};
  size_t index = rows_create(file, columns, 3, 3);
  double values[] = {100, 101.3, -16284}, back[3];
  uint8_t raw[] = {'T', 0, 'F'}, bits[] = {0x80, 0, 0x80};
  rf_column_request requests[] = {rows_request(0, RF_F64, 0, values, 8), rows_request(1, RF_U8, 0, raw, 1),
                                  rows_request(2, RF_U8, 0, bits, 1)};
  requests[1].flags = requests[2].flags = RF_CELL_RAW;
  CHECK_OK(call_write(file, index, NULL, requests, 3, &rows_err), rows_err);
  static const uint8_t expected[] = {0, 0, 'T', 0x80, 0, 3, 0, 0, 0x80, 0, 'F', 0x80};
  CHECK(rows_bytes(file, index, 0, expected, sizeof expected));
  requests[0].data = back;
  CHECK_OK(call_read(file, index, NULL, requests, 1, &rows_err), rows_err);
  CHECK(back[0] == 100 && back[1] == 101.5 && back[2] == -16284);
  rf_file_free(file, NULL);
}

/* ---- more and fewer rows ---- */

static void add_image(rf_file *file, int value) {
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_I32, .naxis = 1, .axes = (uint64_t[]){1500}, .extver = -1};
  int32_t pixels[1500];
  size_t index;
  for (int i = 0; i < 1500; i++)
    pixels[i] = value + i;
  CHECK_OK(rf_image_create(file, &spec, &index, &rows_err), rows_err);
  CHECK_OK(rf_image_write(file, index, PIXELS(.dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels), &rows_err),
           rows_err);
}

static int image_is(rf_file *file, size_t index, int value) {
  int32_t pixels[1500];
  CHECK_OK(rf_image_read(file, index, PIXELS(.dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels), &rows_err),
           rows_err);
  for (int i = 0; i < 1500; i++)
    if (pixels[i] != value + i)
      return 0;
  return 1;
}

static void append_and_resize(bool followed) {
  enum { N = 2000 };
  rf_file *file = rows_file();
  rf_column_spec columns[FIELDS];
  rf_column_request requests[FIELDS];
  static record all[N];
  size_t nrows = 0;
  fill_records(all, N);
  make_columns(columns);
  size_t index = rows_create(file, columns, FIELDS, 0);
  if (followed)
    add_image(file, 1000);
  for (int round = 0; round < 60; round++) {
    if (random_below(4) == 0) {
      size_t fewer = (size_t)random_below(nrows + 1);
      CHECK_OK(rf_table_resize(file, index, fewer, &rows_err), rows_err);
      nrows = fewer;
    } else {
      size_t more = (size_t)random_below(N - nrows < 150 ? N - nrows + 1 : 150);
      make_requests(requests, all + nrows);
      CHECK_OK(call_append(file, index, more, requests, FIELDS, &rows_err), rows_err);
      nrows += more;
    }
    CHECK(same_records(file, index, all, nrows));
    rows_agree(file);
    if (followed)
      CHECK(image_is(file, index + 1, 1000));
  }
  /* New rows of which not all is written are zero where it is not, whatever was there. */
  static record zeros[N + 3];
  memcpy(zeros, all, nrows * sizeof *zeros);
  CHECK_OK(rf_table_resize(file, index, nrows + 2, &rows_err), rows_err);
  memset(zeros + nrows, 0, 3 * sizeof *zeros);
  memset(zeros[nrows].u, 0, sizeof zeros[nrows].u);
  zeros[nrows].sb = zeros[nrows + 1].sb = zeros[nrows + 2].sb = -128;
  make_requests(requests, all);
  CHECK_OK(call_append(file, index, 1, requests + 4, 1, &rows_err), rows_err);
  zeros[nrows + 2].j = all[0].j;
  for (size_t i = nrows; i < nrows + 3; i++) {
    zeros[i].ui = 32768;
    zeros[i].uj = 2147483648u;
    zeros[i].uk = UINT64_C(1) << 63;
  }
  CHECK(same_records(file, index, zeros, nrows + 3));
  rf_file_free(file, NULL);
}

static void test_append_and_resize(void) {
  append_and_resize(false);
  append_and_resize(true);
}

static void test_ascii_rows(void) {
  rf_file *file = rows_file();
  rf_column_spec columns[] = {SPEC(.name = "i", .type = RF_I16), SPEC(.name = "s", .type = RF_BYTES, .width = 3)};
  rf_table_spec spec = {.size = sizeof spec, .kind = RF_HDU_ASCII_TABLE, .nrows = 2, .columns = columns, .ncols = 2};
  size_t index = 0;
  spec.extver = -1;
  CHECK_OK(rf_table_create(file, &spec, &index, &rows_err), rows_err);
  CHECK(rows_bytes(file, index, 0, "                    ", 20));
  int64_t i[] = {-5, 1234567};
  rf_column_request request = rows_request(0, RF_I64, 0, i, 8);
  CHECK(call_write(file, index, NULL, &request, 1, &rows_err) == RF_ERR_RANGE);
  CHECK(strstr(rows_err.message, "row 1") != NULL);
  i[1] = 77;
  CHECK_OK(call_write(file, index, NULL, &request, 1, &rows_err), rows_err);
  CHECK(rows_bytes(file, index, 0, "    -5        77    ", 20));
  request = rows_request(1, RF_BYTES, 3, "ab\0xyz", 3);
  CHECK_OK(call_append(file, index, 2, &request, 1, &rows_err), rows_err);
  CHECK(rows_bytes(file, index, 0, "    -5        77           ab        xyz  ", 42));
  rows_agree(file);
  rf_file_free(file, NULL);
}

/* ---- failures ---- */

static void test_failing_write_taints(void) {
  fits_bytes fits = {0};
  fits_image(&fits, true, 10, NULL);
  rf_column_spec column = SPEC(.name = "x", .type = RF_I32);
  int32_t values[] = {1, 2, 3};
  rf_column_request request = rows_request(0, RF_I32, 0, values, 4);
  for (int countdown = 0; countdown < 8; countdown++) {
    rf_file *file = NULL;
    rf_table_spec spec = {.size = sizeof spec, .kind = RF_HDU_TABLE, .nrows = 3, .columns = &column, .ncols = 1};
    size_t index = 0;
    spec.extver = -1;
    watched_load(&fits);
    CHECK_OK(rf_file_open("watched://x", RF_MODE_READ_WRITE, NULL, &file, &rows_err), rows_err);
    watched.countdown = countdown;
    rf_status status = rf_table_create(file, &spec, &index, &rows_err);
    if (status != RF_OK) {
      CHECK(status == RF_ERR_NO_SPACE);
      CHECK(watched.size == fits.size && memcmp(watched.bytes, fits.bytes, fits.size) == 0);
    } else {
      status = call_write(file, index, NULL, &request, 1, &rows_err);
      if (status == RF_OK)
        status = call_append(file, index, 3, &request, 1, &rows_err);
      if (status != RF_OK) {
        CHECK(status == RF_ERR_NO_SPACE);
        rf_table_info info = {.size = sizeof info};
        rf_status later = rf_table_get_info(file, index, &info, &rows_err);
        CHECK(later == RF_ERR_TAINTED || later == RF_OK);
        if (later == RF_OK)
          CHECK(info.nrows == 3);
      }
    }
    watched.countdown = -1;
    rf_file_free(file, NULL);
  }
  watched_free();
  fits_free(&fits);
}

static void test_readonly(void) {
  rf_file *file = rows_file(), *reader = NULL;
  rf_column_spec column = SPEC(.name = "x", .type = RF_I32);
  size_t index = rows_create(file, &column, 1, 3);
  uint64_t size;
  CHECK_OK(rf_file_get_size(file, &size, &rows_err), rows_err);
  uint8_t *bytes = malloc((size_t)size);
  CHECK_OK(rf_file_read_bytes(file, 0, bytes, (size_t)size, &rows_err), rows_err);
  CHECK_OK(rf_file_open_bytes(bytes, (size_t)size, RF_MODE_READ, NULL, &reader, &rows_err), rows_err);
  CHECK(rf_table_resize(reader, index, 5, &rows_err) == RF_ERR_READONLY || rows_err.code == RF_OK);
  CHECK(call_write(file, 0, NULL, NULL, 0, &rows_err) == RF_ERR_TYPE);
  CHECK(rf_table_resize(file, 0, 1, &rows_err) == RF_ERR_TYPE);
  CHECK(call_append(file, 7, 1, NULL, 0, &rows_err) == RF_ERR_NOT_FOUND);
  free(bytes);
  rf_file_free(reader, NULL);
  rf_file_free(file, NULL);
}

int main(void) {
  RUN(test_all_types);
  RUN(test_bytes_in_file);
  RUN(test_some_of_it);
  RUN(test_long_rows);
  RUN(test_huge_rows);
  RUN(test_refused_values);
  RUN(test_masks);
  RUN(test_text_lengths);
  RUN(test_scaled);
  RUN(test_append_and_resize);
  RUN(test_ascii_rows);
  RUN(test_failing_write_taints);
  RUN(test_readonly);
  return check_report();
}
