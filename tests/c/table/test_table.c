/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading binary tables: random ones are put together by hand and decoded a second time here, element by element and
 * without the library's help.
 */
#include <inttypes.h>

#include "base/bytes.h"
#include "check.h"
#include "fits_bytes.h"
#include "table_calls.h"
#include "table_cards.h"

/* A small generator of numbers, the same everywhere. */
static uint64_t seed = 88172645463325252u;

static uint64_t any(uint64_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return below > 0 ? seed % below : 0;
}

/* ---- a random table ---- */

#define MOST 12

typedef struct field {
  char letter;
  unsigned repeat;
  unsigned bytes;
  unsigned offset;
  bool is_offset;
  bool scaled;
  bool has_null;
  long long null;
} field;

typedef struct table {
  fits_bytes fits;
  field fields[MOST];
  unsigned ncols;
  unsigned row_bytes;
  unsigned nrows;
  size_t data;
} table;

static unsigned letter_bytes(char letter) {
  return letter == 'I' ? 2 : strchr("JE", letter) ? 4 : strchr("KDC", letter) ? 8 : letter == 'M' ? 16 : 1;
}

static void choose_field(field *f, const char *letters) {
  memset(f, 0, sizeof *f);
  f->letter = letters[any(strlen(letters))];
  f->repeat = any(2) ? 1 : (unsigned)any(f->letter == 'A' || f->letter == 'X' ? 40 : 9);
  f->bytes = f->letter == 'X' ? (f->repeat + 7) / 8 : f->repeat * letter_bytes(f->letter);
  f->is_offset = strchr("BIJK", f->letter) && any(3) == 0;
  f->scaled = !f->is_offset && strchr("BIJKED", f->letter) && any(6) == 0;
  f->has_null = strchr("BIJK", f->letter) && any(2);
  f->null = f->letter == 'B' ? 200 : 7;
}

static void field_cards(fits_bytes *fits, unsigned n, const field *f) {
  static const char *const zeros[] = {"-128", "32768", "2147483648", "9223372036854775808"};
  char form[32], name[32];
  snprintf(form, sizeof form, "%u%c", f->repeat, f->letter);
  snprintf(name, sizeof name, "Name%u", n);
  string_card(fits, "TFORM", n, form);
  string_card(fits, "TTYPE", n, name);
  if (f->is_offset)
    number_card(fits, "TZERO", n, zeros[strchr("BIJK", f->letter) - "BIJK"]);
  if (f->scaled) {
    number_card(fits, "TSCAL", n, "0.5");
    number_card(fits, "TZERO", n, "-3.25");
  }
  if (f->has_null)
    number_card(fits, "TNULL", n, f->letter == 'B' ? "200" : "7");
}

/* Bytes that a field of this letter may well have. */
static void fill_field(const field *f, uint8_t *bytes) {
  static const char logicals[] = "TTFF\1?U", text[] = "ab Z  \xE9 ";
  unsigned width = f->letter == 'X' ? 1 : letter_bytes(f->letter);
  for (unsigned i = 0; i < f->bytes; i++) {
    if (f->letter == 'L')
      bytes[i] = (uint8_t)(any(5) ? logicals[any(7)] : 0);
    else if (f->letter == 'A')
      bytes[i] = (uint8_t)(any(12) ? text[any(8)] : 0);
    else
      bytes[i] = (uint8_t)any(256);
  }
  /* Now and then what is undefined. */
  for (unsigned i = 0; i + width <= f->bytes; i += width)
    if (f->has_null && any(4) == 0) {
      memset(bytes + i, 0, width);
      bytes[i + width - 1] = (uint8_t)f->null;
    } else if (strchr("EDCM", f->letter) && any(6) == 0) {
      memset(bytes + i, 0xFF, width);
    }
}

static void make_table(table *t, unsigned nrows, const char *letters) {
  memset(t, 0, sizeof *t);
  t->ncols = 1 + (unsigned)any(MOST);
  t->nrows = nrows;
  for (unsigned i = 0; i < t->ncols; i++) {
    choose_field(&t->fields[i], letters);
    t->fields[i].offset = t->row_bytes;
    t->row_bytes += t->fields[i].bytes;
  }
  begin_table(&t->fits, t->row_bytes, nrows, 0, t->ncols);
  for (unsigned i = 0; i < t->ncols; i++)
    field_cards(&t->fits, i + 1, &t->fields[i]);
  fits_end(&t->fits);
  t->data = t->fits.size;
  uint8_t *data = fits_grow(&t->fits, (size_t)t->row_bytes * nrows, 0);
  for (unsigned row = 0; row < nrows; row++)
    for (unsigned i = 0; i < t->ncols; i++)
      fill_field(&t->fields[i], data + (size_t)row * t->row_bytes + t->fields[i].offset);
  fits_pad(&t->fits, 0);
}

/* ---- the second decoder ---- */

static uint64_t big_endian(const uint8_t *bytes, unsigned width) {
  uint64_t value = 0;
  for (unsigned i = 0; i < width; i++)
    value = value << 8 | bytes[i];
  return value;
}

/* The low `width` bytes of a number, as this machine keeps them. */
static void store(uint8_t *out, uint64_t value, unsigned width) {
  uint8_t a = (uint8_t)value;
  uint16_t b = (uint16_t)value;
  uint32_t c = (uint32_t)value;
  memcpy(out, width == 1 ? (void *)&a : width == 2 ? (void *)&b : width == 4 ? (void *)&c : (void *)&value, width);
}

static double stored_number(const field *f, const uint8_t *bytes) {
  uint64_t value = big_endian(bytes, letter_bytes(f->letter));
  float single;
  double number;
  uint32_t low = (uint32_t)value;
  switch (f->letter) {
  case 'B':
    return (double)value;
  case 'I':
    return (double)(int16_t)value;
  case 'J':
    return (double)(int32_t)value;
  case 'K':
    return (double)(int64_t)value;
  case 'E':
    memcpy(&single, &low, sizeof single);
    return (double)single;
  default:
    memcpy(&number, &value, sizeof number);
    return number;
  }
}

static unsigned cell_count(const field *f) {
  return f->letter == 'A' ? 1 : f->repeat;
}

static rf_dtype cell_type(const field *f, bool text) {
  static const rf_dtype plain[] = {RF_U8, RF_I16, RF_I32, RF_I64, RF_F32, RF_F64, RF_C64, RF_C128};
  static const rf_dtype offset_types[] = {RF_I8, RF_U16, RF_U32, RF_U64};
  static const char letters[] = "BIJKEDCM";
  if (f->letter == 'A')
    return text ? RF_TEXT : RF_BYTES;
  if (f->letter == 'L')
    return RF_LOGICAL;
  if (f->letter == 'X')
    return RF_BIT;
  if (f->scaled)
    return RF_F64;
  return f->is_offset ? offset_types[strchr(letters, f->letter) - letters]
                      : plain[strchr(letters, f->letter) - letters];
}

static void decode_text(const field *f, bool text, const uint8_t *bytes, uint8_t *out) {
  unsigned n = 0;
  while (n < f->repeat && bytes[n] != 0)
    n++;
  while (n > 0 && bytes[n - 1] == ' ')
    n--;
  for (unsigned i = 0; i < f->repeat; i++)
    store(out + (text ? 4 * i : i), i < n ? bytes[i] : 0, text ? 4 : 1);
}

/* One cell into `out`, its mask into `mask`. */
static void decode_cell(const field *f, bool text, const uint8_t *bytes, uint8_t *out, uint8_t *mask) {
  unsigned width = letter_bytes(f->letter), bits = 8 * width;
  if (f->letter == 'A') {
    decode_text(f, text, bytes, out);
    mask[0] = 0;
    return;
  }
  for (unsigned i = 0; i < f->repeat; i++) {
    const uint8_t *from = bytes + i * width;
    mask[i] = 0;
    if (f->letter == 'X') {
      out[i] = (bytes[i / 8] & (0x80 >> i % 8)) != 0;
    } else if (f->letter == 'L') {
      out[i] = from[0] == 'T' || from[0] == 1;
      mask[i] = from[0] == 0;
    } else if (f->scaled) {
      double stored = stored_number(f, from), value = stored * 0.5 + -3.25;
      memcpy(out + 8 * i, &value, sizeof value);
      mask[i] = stored != stored;
    } else if (width == 16 || f->letter == 'C') {
      store(out + i * width, big_endian(from, width / 2), width / 2);
      store(out + i * width + width / 2, big_endian(from + width / 2, width / 2), width / 2);
      field part = {.letter = f->letter == 'C' ? 'E' : 'D'};
      double re = stored_number(&part, from), im = stored_number(&part, from + width / 2);
      mask[i] = re != re || im != im;
    } else {
      store(out + i * width, big_endian(from, width) ^ (f->is_offset ? UINT64_C(1) << (bits - 1) : 0), width);
      mask[i] = strchr("ED", f->letter) && stored_number(f, from) != stored_number(f, from);
    }
    if (f->has_null && big_endian(from, width) == (uint64_t)f->null)
      mask[i] = 1;
  }
}

/* ---- comparing ---- */

/* A choice of rows and columns, and where they go. */
typedef struct choice {
  rf_rows rows;
  uint64_t list[300];
  size_t ncols;
  size_t columns[2 * MOST];
  bool text;
  bool packed; /* one struct, or an array a column with gaps between its cells */
} choice;

static void choose_rows(choice *c, unsigned nrows) {
  rf_rows *rows = &c->rows;
  *rows = (rf_rows){0, 1, nrows, NULL};
  switch (any(5)) {
  case 0:
    rows->start = (int64_t)any(nrows);
    rows->step = 1 + (int64_t)any(7);
    rows->count = 1 + any((nrows - 1 - (uint64_t)rows->start) / (uint64_t)rows->step + 1);
    break;
  case 1:
    rows->start = (int64_t)any(nrows);
    rows->step = -1 - (int64_t)any(7);
    rows->count = 1 + any((uint64_t)rows->start / (uint64_t)-rows->step + 1);
    break;
  case 2:
    rows->count = any(300);
    rows->indices = c->list;
    for (uint64_t i = 0; i < rows->count; i++)
      c->list[i] = any(nrows);
    break;
  case 3:
    rows->count = 1 + any(nrows < 300 ? nrows : 300);
    rows->indices = c->list;
    for (uint64_t i = 0; i < rows->count; i++)
      c->list[i] = i;
    break;
  default:
    break;
  }
}

static void choose(choice *c, const table *t) {
  memset(c, 0, sizeof *c);
  choose_rows(c, t->nrows);
  c->text = any(2);
  c->packed = any(4) != 0;
  c->ncols = any(2) ? t->ncols : 1 + any(2 * t->ncols);
  for (size_t i = 0; i < c->ncols; i++)
    c->columns[i] = c->ncols == t->ncols ? i : any(t->ncols);
}

static uint64_t row_of(const choice *c, uint64_t i) {
  return c->rows.indices != NULL ? c->list[i] : (uint64_t)(c->rows.start + (int64_t)i * c->rows.step);
}

static void check_choice(rf_file *file, const table *t, const choice *c) {
  rf_column_request requests[2 * MOST];
  uint8_t *masks[2 * MOST];
  size_t at[2 * MOST], struct_bytes = 0, total = 0, n = (size_t)c->rows.count;
  for (size_t i = 0; i < c->ncols; i++) {
    const field *f = &t->fields[c->columns[i]];
    rf_dtype type = cell_type(f, c->text);
    size_t cell = cell_count(f) * rf_dtype_bytes(type, f->repeat);
    requests[i] = (rf_column_request){.size = sizeof(rf_column_request),
                                      .column = c->columns[i],
                                      .type = type,
                                      .width = f->letter == 'A' ? f->repeat : 0,
                                      .stride = (ptrdiff_t)(cell + 3)};
    at[i] = c->packed ? struct_bytes : total;
    struct_bytes += cell;
    total += (cell + 3) * n;
    masks[i] = malloc(n * cell_count(f) + 1);
    memset(masks[i], 9, n * cell_count(f) + 1);
    requests[i].mask = any(2) ? masks[i] : NULL;
  }
  if (c->packed)
    total = struct_bytes * n;
  /* What stands around the cells must stay as it is. */
  uint8_t *out = malloc(total + 1), *expected = malloc(total + 1);
  memset(out, 0xA5, total + 1);
  memset(expected, 0xA5, total + 1);
  for (size_t i = 0; i < c->ncols; i++) {
    const field *f = &t->fields[c->columns[i]];
    requests[i].data = out + at[i];
    if (c->packed)
      requests[i].stride = (ptrdiff_t)struct_bytes;
    for (size_t row = 0; row < n; row++) {
      const uint8_t *bytes = t->fits.bytes + t->data + (size_t)row_of(c, row) * t->row_bytes + f->offset;
      uint8_t mask[64];
      decode_cell(f, c->text, bytes, expected + at[i] + (ptrdiff_t)row * requests[i].stride, mask);
      if (requests[i].mask == NULL)
        memset(masks[i] + row * cell_count(f), 9, cell_count(f));
    }
  }
  CHECK_OK(call_read(file, 1, &c->rows, requests, c->ncols, &err), err);
  CHECK(memcmp(out, expected, total + 1) == 0);
  for (size_t i = 0; i < c->ncols; i++) {
    const field *f = &t->fields[c->columns[i]];
    uint8_t cell[1024], mask[64];
    bool same = true;
    for (size_t row = 0; row < n && requests[i].mask != NULL; row++) {
      decode_cell(f, c->text, t->fits.bytes + t->data + (size_t)row_of(c, row) * t->row_bytes + f->offset, cell, mask);
      same = same && memcmp(mask, masks[i] + row * cell_count(f), cell_count(f)) == 0;
    }
    CHECK(same);
    CHECK(masks[i][n * cell_count(f)] == 9);
    free(masks[i]);
  }
  free(out);
  free(expected);
}

/* From memory, and from a store that has to be read; with and without vector instructions. */
static void check_tables(unsigned times, const char *letters) {
  for (unsigned i = 0; i < times; i++) {
    table t;
    rf_file *file;
    make_table(&t, 1 + (unsigned)any(any(4) ? 60 : 2000), letters);
    bool watch = i % 2;
    if (watch) {
      watched_load(&t.fits);
      CHECK_OK(rf_file_open("watched://t", RF_MODE_READ, NULL, &file, &err), err);
    } else {
      CHECK_OK(rf_file_open_bytes(t.fits.bytes, t.fits.size, RF_MODE_READ, NULL, &file, &err), err);
    }
    for (int k = 0; k < 6; k++) {
      choice c;
      choose(&c, &t);
      (void)rf_bytes_set_level(k % 3);
      check_choice(file, &t, &c);
    }
    (void)rf_bytes_set_level(2);
    rf_file_free(file, NULL);
    fits_free(&t.fits);
  }
  watched_free();
}

static void test_random_tables(void) {
  check_tables(150, "LXBIJKAEDCM");
}

static void test_random_tables_of_numbers(void) {
  check_tables(150, "BIJKEDCM");
}

/* ---- rows far apart, and long ones ---- */

static void test_rows_longer_than_any_buffer(void) {
  fits_bytes fits = {0};
  static const unsigned repeats[] = {300001, 1200003, 1, 9000005, 2000000};
  static const char letters[] = "EAJXI";
  long long row = 0;
  size_t offsets[5], sizes[5];
  for (int i = 0; i < 5; i++) {
    sizes[i] = letters[i] == 'X' ? (repeats[i] + 7) / 8 : repeats[i] * letter_bytes(letters[i]);
    offsets[i] = (size_t)row;
    row += (long long)sizes[i];
  }
  begin_table(&fits, row, 3, 0, 5);
  for (unsigned i = 0; i < 5; i++) {
    char form[32];
    snprintf(form, sizeof form, "%u%c", repeats[i], letters[i]);
    string_card(&fits, "TFORM", i + 1, form);
  }
  fits_end(&fits);
  size_t data = fits.size;
  uint8_t *bytes = fits_grow(&fits, (size_t)row * 3, 0);
  for (size_t i = 0; i < (size_t)row * 3; i++)
    bytes[i] = (uint8_t)(1 + (i * 2654435761u >> 13) % 250);
  fits_pad(&fits, 0);
  watched_load(&fits);

  rf_file *file;
  CHECK_OK(rf_file_open("watched://t", RF_MODE_READ, NULL, &file, &err), err);
  static const rf_dtype types[] = {RF_F32, RF_BYTES, RF_I32, RF_BIT, RF_I16};
  rf_column_request requests[5];
  uint8_t *out[5];
  for (size_t i = 0; i < 5; i++) {
    size_t cell = letters[i] == 'X' ? repeats[i] : sizes[i];
    out[i] = malloc(2 * cell);
    requests[i] = (rf_column_request){.size = sizeof(rf_column_request),
                                      .column = i,
                                      .type = types[i],
                                      .width = letters[i] == 'A' ? repeats[i] : 0,
                                      .data = out[i],
                                      .stride = (ptrdiff_t)cell};
  }
  rf_rows rows = {2, -2, 2, NULL};
  CHECK_OK(call_read(file, 1, &rows, requests, 5, &err), err);
  for (size_t k = 0; k < 2; k++) {
    const uint8_t *from = fits.bytes + data + (2 - 2 * k) * (size_t)row;
    bool same = true;
    for (size_t i = 0; i < 5; i++) {
      const uint8_t *cell = from + offsets[i];
      unsigned width = letter_bytes(letters[i]);
      for (size_t e = 0; e < repeats[i]; e++) {
        uint8_t value[8];
        if (letters[i] == 'X')
          value[0] = (cell[e / 8] & (0x80 >> e % 8)) != 0;
        else
          store(value, big_endian(cell + e * width, width), width);
        same = same && memcmp(out[i] + k * (size_t)requests[i].stride + e * width, value, width) == 0;
      }
    }
    CHECK(same);
  }
  for (size_t i = 0; i < 5; i++)
    free(out[i]);
  rf_file_free(file, NULL);
  fits_free(&fits);
  watched_free();
}

/* One column of rows that are far apart does not read all that is between. */
static void test_few_bytes_of_wide_rows(void) {
  fits_bytes fits = {0};
  begin_table(&fits, 60004, 50, 0, 2);
  string_card(&fits, "TFORM", 1, "60000B");
  string_card(&fits, "TFORM", 2, "J");
  fits_end(&fits);
  size_t data = fits.size;
  fits_data(&fits, 60004 * 50, 5);
  watched_load(&fits);
  rf_file *file;
  CHECK_OK(rf_file_open("watched://t", RF_MODE_READ, NULL, &file, &err), err);
  rf_table_info info = {.size = sizeof info};
  CHECK_OK(rf_table_get_info(file, 1, &info, &err), err);
  watched.reads = 0;
  int32_t values[50];
  rf_column_request request = {.size = sizeof request, .column = 1, .type = RF_I32, .data = values, .stride = 4};
  CHECK_OK(call_read(file, 1, NULL, &request, 1, &err), err);
  CHECK(watched.reads == 50);
  for (size_t i = 0; i < 50; i++)
    CHECK((uint32_t)values[i] == (uint32_t)big_endian(fits.bytes + data + i * 60004 + 60000, 4));

  rf_range ranges[60];
  size_t count, columns[] = {1};
  uint64_t bytes;
  CHECK_OK(call_plan(file, 1, NULL, columns, 1, ranges, 60, &count, &bytes, &err), err);
  CHECK(count == 50 && bytes == 200 && ranges[1].offset == data + 60004 + 60000 && ranges[1].length == 4);
  CHECK_OK(call_plan(file, 1, NULL, NULL, 0, NULL, 0, &count, &bytes, &err), err);
  CHECK(count == 1 && bytes == 60004 * 50);
  uint64_t list[] = {7, 3, 4};
  rf_rows rows = {.count = 3, .indices = list};
  CHECK_OK(call_plan(file, 1, &rows, NULL, 0, ranges, 60, &count, &bytes, &err), err);
  CHECK(count == 2 && bytes == 3 * 60004 && ranges[0].length == 2 * 60004);
  rf_file_free(file, NULL);
  fits_free(&fits);
  watched_free();
}

int main(void) {
  RUN(test_random_tables);
  RUN(test_random_tables_of_numbers);
  RUN(test_rows_longer_than_any_buffer);
  RUN(test_few_bytes_of_wide_rows);
  return check_report();
}
