/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The tests write cells of variable length, insert and delete columns, and repack heaps. They compare the result with a
 * model in memory and with bytes built by hand.
 */
#include <math.h>

#include "scratch.h"
#include "table_rows.h"
#include "table_calls.h"
#include "image_request.h"

static uint64_t seed = 88172645463325252u;

static uint64_t random_below(uint64_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed % below;
}

/* ---- one column ---- */

static void test_bytes_in_file(void) {
  rf_file *file = rows_file();
  rf_column_spec columns[] = {SPEC(.name = "v", .type = RF_U16, .descriptor = 'P'),
                              SPEC(.name = "x", .type = RF_BIT, .descriptor = 'Q'),
                              SPEC(.name = "s", .type = RF_BYTES, .descriptor = 'P')};
  size_t index = rows_create(file, columns, 3, 3);
  uint64_t lengths[] = {2, 0, 1}, bits[] = {9, 1, 0}, chars[] = {3, 1, 2};
  uint16_t values[] = {32768, 32769, 0};
  uint8_t x[] = {1, 0, 0, 0, 0, 0, 0, 1, 1, 1};
  CHECK_OK(call_write_heap(file, index, 0, NULL, lengths, RF_U16, 0, values, 6, NULL, &rows_err), rows_err);
  CHECK_OK(call_write_heap(file, index, 1, NULL, bits, RF_BIT, 0, x, 10, NULL, &rows_err), rows_err);
  CHECK_OK(call_write_heap(file, index, 2, NULL, chars, RF_BYTES, 0, "abcdef", 6, NULL, &rows_err), rows_err);
  static const uint8_t expected[] = {
      0, 0, 0, 2, 0, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 9, 0,    0, 0,    0,    0,    0,   0,   6,   0,   0,   0,  3,
      0, 0, 0, 9, 0, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 0, 0,    0, 0,    1,    0,    0,   0,   0,   0,   0,   0,  8,
      0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0, 1,  0, 0, 0, 4, 0,    0, 0,    0,    0,    0,   0,   0,   0,   0,   0,  0,
      0, 0, 0, 0, 0, 0, 0, 2,  0, 0, 0, 13, 0, 0, 0, 1, 0x80, 0, 0x81, 0x80, 0x80, 'a', 'b', 'c', 'd', 'e', 'f'};
  CHECK(rows_bytes(file, index, 0, expected, sizeof expected));
  CHECK_STR(rows_card(file, index, "PCOUNT"), "15");
  CHECK_STR(rows_card(file, index, "TFORM1"), "1PI(2)");
  CHECK_STR(rows_card(file, index, "TFORM2"), "1QX(9)");
  CHECK_STR(rows_card(file, index, "TFORM3"), "1PA(3)");
  rows_agree(file);
  /* Text is narrowed; raw bits are bytes. */
  rf_rows second = {1, 1, 1, NULL};
  uint32_t text[] = {'x', 'y', 'z', 'w'}, foreign[] = {'x', 0x3B1};
  uint8_t raw[] = {0xA5, 0x80};
  CHECK_OK(call_write_heap(file, index, 2, &second, (uint64_t[]){4}, RF_TEXT, 0, text, 16, NULL, &rows_err), rows_err);
  CHECK_OK(call_write_heap(file, index, 1, &second, (uint64_t[]){9}, RF_U8, RF_CELL_RAW, raw, 2, NULL, &rows_err),
           rows_err);
  CHECK(rows_bytes(file, index, 96 + 15, "xyzw\xA5\x80", 6));
  CHECK_STR(rows_card(file, index, "TFORM3"), "1PA(4)");
  /* What cannot be written changes nothing. */
  uint64_t size, after, three[] = {3}, wrong[] = {UINT64_MAX};
  double doubles[] = {1, 70000, 2};
  CHECK_OK(rf_file_get_size(file, &size, &rows_err), rows_err);
  CHECK(call_write_heap(file, index, 2, &second, (uint64_t[]){2}, RF_TEXT, 0, foreign, 8, NULL, &rows_err) ==
        RF_ERR_RANGE);
  CHECK(strstr(rows_err.message, "row 1") != NULL && strstr(rows_err.message, "'s'") != NULL);
  CHECK(call_write_heap(file, index, 0, &second, three, RF_F64, 0, doubles, 24, NULL, &rows_err) == RF_ERR_RANGE);
  CHECK(strstr(rows_err.message, "70000") != NULL);
  CHECK(call_write_heap(file, index, 0, &second, three, RF_U16, 0, values, 5, NULL, &rows_err) == RF_ERR_ARGUMENT);
  CHECK(call_write_heap(file, index, 0, &second, wrong, RF_U16, 0, values, 6, NULL, &rows_err) == RF_ERR_LIMIT);
  CHECK(call_write_heap(file, index, 1, NULL, (uint64_t[]){INT64_MAX, INT64_MAX, 2}, RF_BIT, 0, x, 0, NULL,
                        &rows_err) != RF_OK);
  CHECK(call_write_heap(file, index, 0, &second, three, RF_U16, 0, values, 6, (uint8_t[]){0, 1, 0}, &rows_err) ==
        RF_ERR_ARGUMENT);
  CHECK(call_write_heap(file, index, 9, &second, three, RF_U16, 0, values, 6, NULL, &rows_err) == RF_ERR_RANGE);
  CHECK_OK(rf_file_get_size(file, &after, &rows_err), rows_err);
  CHECK(after == size);
  CHECK_STR(rows_card(file, index, "PCOUNT"), "21");
  rf_file_free(file, NULL);
}

/* 1,000 steps give what one write gives, and the heap is not copied 1,000 times. */
static void test_append_in_steps(void) {
  enum { STEPS = 1000, EACH = 3 };
  rf_column_spec columns[] = {SPEC(.name = "i", .type = RF_I32), SPEC(.name = "v", .type = RF_F64, .descriptor = 'P'),
                              SPEC(.name = "w", .type = RF_I16, .descriptor = 'P')};
  rf_file *file = NULL;
  CHECK_OK(rf_file_open(scratch_path("steps.fits"), RF_MODE_CREATE, NULL, &file, &rows_err), rows_err);
  size_t index = rows_create(file, columns, 3, 0);
  static int32_t i[STEPS * EACH], i_back[STEPS * EACH];
  static uint64_t lengths[STEPS * EACH], offsets[STEPS * EACH], found[STEPS * EACH];
  static double v[STEPS * EACH * 8], v_back[STEPS * EACH * 8];
  static int16_t w[STEPS * EACH * 8], w_back[STEPS * EACH * 8];
  uint64_t total = 0;
  for (size_t r = 0; r < STEPS * EACH; r++) {
    i[r] = (int32_t)random_below(1u << 31);
    lengths[r] = random_below(9);
    for (uint64_t k = 0; k < lengths[r]; k++, total++) {
      v[total] = (double)random_below(1000) / 3;
      w[total] = (int16_t)random_below(30000);
    }
  }
  uint64_t at = 0;
  for (size_t step = 0; step < STEPS; step++) {
    uint64_t n = 0;
    rf_rows rows = {(int64_t)step * EACH, 1, EACH, NULL};
    for (size_t r = 0; r < EACH; r++)
      n += lengths[step * EACH + r];
    rf_column_request request = rows_request(0, RF_I32, 0, i + step * EACH, 4);
    CHECK_OK(call_append(file, index, EACH, &request, 1, &rows_err), rows_err);
    CHECK_OK(call_write_heap(file, index, 1, &rows, lengths + step * EACH, RF_F64, 0, v + at, n * 8, NULL, &rows_err),
             rows_err);
    CHECK_OK(call_write_heap(file, index, 2, &rows, lengths + step * EACH, RF_I16, 0, w + at, n * 2, NULL, &rows_err),
             rows_err);
    at += n;
    if (step == 0 || step == 700)
      rows_agree(file);
  }
  rows_agree(file);
  CHECK(strcmp(rows_card(file, index, "THEAP"), "-") != 0); /* room was left for rows to come */
  for (int closed = 0; closed < 2; closed++) {
    rf_column_request request = rows_request(0, RF_I32, 0, i_back, 4);
    CHECK_OK(call_read(file, index, NULL, &request, 1, &rows_err), rows_err);
    CHECK(memcmp(i, i_back, sizeof i) == 0);
    CHECK_OK(rf_table_read_descriptors(file, index, 1, NULL, found, offsets, &rows_err), rows_err);
    CHECK(memcmp(found, lengths, sizeof lengths) == 0);
    CHECK_OK(
        call_read_heap(file, index, 1, found, offsets, STEPS * EACH, RF_F64, 0, v_back, total * 8, NULL, &rows_err),
        rows_err);
    CHECK(memcmp(v, v_back, total * 8) == 0);
    CHECK_OK(rf_table_read_descriptors(file, index, 2, NULL, found, offsets, &rows_err), rows_err);
    CHECK_OK(
        call_read_heap(file, index, 2, found, offsets, STEPS * EACH, RF_I16, 0, w_back, total * 2, NULL, &rows_err),
        rows_err);
    CHECK(memcmp(w, w_back, total * 2) == 0);
    /* The reopened file has no gap. */
    if (!closed) {
      CHECK_OK(rf_file_free(file, &rows_err), rows_err);
      CHECK_OK(rf_file_open(scratch_path("steps.fits"), RF_MODE_READ_WRITE, NULL, &file, &rows_err), rows_err);
    }
  }
  CHECK_STR(rows_card(file, index, "THEAP"), "-");
  char pcount[32];
  snprintf(pcount, sizeof pcount, "%" PRIu64, total * 10);
  CHECK_STR(rows_card(file, index, "PCOUNT"), pcount);
  rows_agree(file);
  rf_file_free(file, NULL);
}

/* ---- a table and what it should be ---- */

#define MODEL_COLUMNS 12
#define MODEL_ROWS 200
#define CELL 6

typedef struct model_column {
  char name[16];
  int kind; /* 0: int32, 1: string of 5, 2: int16 cells in the heap, 3: uint16 x 3 */
  int32_t numbers[MODEL_ROWS];
  char strings[MODEL_ROWS][5];
  uint16_t triples[MODEL_ROWS][3];
  uint64_t lengths[MODEL_ROWS];
  int16_t cells[MODEL_ROWS][CELL];
} model_column;

typedef struct model {
  rf_file *file;
  size_t index;
  size_t ncols;
  size_t nrows;
  unsigned made;
  model_column *columns[MODEL_COLUMNS];
} model;

static void blank_cell(model_column *c, size_t row) {
  c->numbers[row] = 0;
  memset(c->strings[row], 0, sizeof c->strings[row]);
  for (int k = 0; k < 3; k++)
    c->triples[row][k] = 32768;
  c->lengths[row] = 0;
}

static void random_cell(model_column *c, size_t row) {
  c->numbers[row] = (int32_t)random_below(1u << 31);
  for (int k = 0; k < 5; k++)
    c->strings[row][k] = (char)('a' + random_below(26));
  for (int k = 0; k < 3; k++)
    c->triples[row][k] = (uint16_t)random_below(65536);
  c->lengths[row] = random_below(CELL + 1);
  for (int k = 0; k < CELL; k++)
    c->cells[row][k] = (int16_t)random_below(30000);
}

static rf_column_request model_request(const model_column *c, size_t column, size_t row) {
  if (c->kind == 0)
    return rows_request(column, RF_I32, 0, &c->numbers[row], 4);
  if (c->kind == 1)
    return rows_request(column, RF_BYTES, 5, &c->strings[row], 5);
  return rows_request(column, RF_U16, 0, &c->triples[row], 6);
}

/* Fills rows first .. first+count-1 of a column with something, here and in the file. */
static void write_cells(model *m, size_t column, size_t first, size_t count) {
  model_column *c = m->columns[column];
  rf_rows rows = {(int64_t)first, 1, count, NULL};
  int16_t flat[MODEL_ROWS * CELL];
  size_t n = 0;
  for (size_t i = first; i < first + count; i++) {
    random_cell(c, i);
    for (uint64_t k = 0; k < c->lengths[i]; k++)
      flat[n++] = c->cells[i][k];
  }
  if (c->kind == 2) {
    CHECK_OK(
        call_write_heap(m->file, m->index, column, &rows, c->lengths + first, RF_I16, 0, flat, n * 2, NULL, &rows_err),
        rows_err);
    return;
  }
  rf_column_request request = model_request(c, column, first);
  CHECK_OK(call_write(m->file, m->index, &rows, &request, 1, &rows_err), rows_err);
}

static void insert_column(model *m) {
  if (m->ncols == MODEL_COLUMNS)
    return;
  size_t position = (size_t)random_below(m->ncols + 1);
  model_column *c = calloc(1, sizeof *c);
  c->kind = (int)random_below(4);
  snprintf(c->name, sizeof c->name, "c%u", m->made++);
  uint64_t three = 3;
  static const rf_dtype types[] = {RF_I32, RF_BYTES, RF_I16, RF_U16};
  rf_column_spec spec = SPEC(.name = c->name, .type = types[c->kind], .width = 5, .unit = c->name);
  if (c->kind == 2)
    spec.descriptor = random_below(2) ? 'P' : 'Q';
  if (c->kind == 3) {
    spec.ndim = 1;
    spec.dims = &three;
  }
  CHECK_OK(call_insert(m->file, m->index, position, &spec, &rows_err), rows_err);
  memmove(m->columns + position + 1, m->columns + position, (m->ncols - position) * sizeof m->columns[0]);
  m->columns[position] = c;
  m->ncols++;
  for (size_t i = 0; i < MODEL_ROWS; i++)
    blank_cell(c, i);
  if (random_below(2) && m->nrows > 0)
    write_cells(m, position, 0, m->nrows);
}

static void delete_column(model *m) {
  if (m->ncols == 0)
    return;
  size_t column = (size_t)random_below(m->ncols);
  CHECK_OK(rf_table_delete_column(m->file, m->index, column, &rows_err), rows_err);
  free(m->columns[column]);
  memmove(m->columns + column, m->columns + column + 1, (m->ncols - column - 1) * sizeof m->columns[0]);
  m->ncols--;
}

static void change_rows(model *m) {
  size_t nrows = (size_t)random_below(MODEL_ROWS + 1);
  if (nrows > m->nrows && random_below(2))
    CHECK_OK(call_append(m->file, m->index, nrows - m->nrows, NULL, 0, &rows_err), rows_err);
  else
    CHECK_OK(rf_table_resize(m->file, m->index, nrows, &rows_err), rows_err);
  for (size_t c = 0; c < m->ncols; c++)
    for (size_t i = m->nrows; i < nrows; i++)
      blank_cell(m->columns[c], i);
  m->nrows = nrows;
}

static void check_cells(const model *m, size_t column) {
  const model_column *c = m->columns[column];
  uint64_t lengths[MODEL_ROWS], offsets[MODEL_ROWS], total = 0;
  static int16_t flat[MODEL_ROWS * CELL];
  CHECK_OK(rf_table_read_descriptors(m->file, m->index, column, NULL, lengths, offsets, &rows_err), rows_err);
  for (size_t i = 0; i < m->nrows; i++) {
    CHECK(lengths[i] == c->lengths[i]);
    total += lengths[i];
  }
  CHECK_OK(call_read_heap(m->file, m->index, column, lengths, offsets, m->nrows, RF_I16, 0, flat, total * 2, NULL,
                          &rows_err),
           rows_err);
  int16_t *at = flat;
  for (size_t i = 0; i < m->nrows; at += c->lengths[i], i++)
    CHECK(memcmp(at, c->cells[i], (size_t)c->lengths[i] * 2) == 0);
}

static void check_model(const model *m) {
  rf_table_info info = rows_info(m->file, m->index);
  CHECK(info.ncols == m->ncols && info.nrows == m->nrows);
  for (size_t i = 0; i < m->ncols && i < info.ncols; i++) {
    const model_column *c = m->columns[i];
    if (c == NULL) /* which the compiler cannot know it is not */
      return;
    rf_column_info column = {.size = sizeof column};
    CHECK_OK(rf_table_get_column(m->file, m->index, i, &column, &rows_err), rows_err);
    CHECK_STR(column.name, c->name);
    CHECK_STR(column.unit, c->name);
    if (c->kind == 2) {
      check_cells(m, i);
      continue;
    }
    model_column back;
    memset(&back, 0, sizeof back);
    rf_column_request request = model_request(c, i, 0);
    request.data = c->kind == 0 ? (void *)back.numbers : c->kind == 1 ? (void *)back.strings : (void *)back.triples;
    CHECK_OK(call_read(m->file, m->index, NULL, &request, 1, &rows_err), rows_err);
    if (c->kind == 0)
      CHECK(memcmp(back.numbers, c->numbers, m->nrows * 4) == 0);
    else if (c->kind == 1)
      CHECK(memcmp(back.strings, c->strings, m->nrows * 5) == 0);
    else
      CHECK(memcmp(back.triples, c->triples, m->nrows * 6) == 0);
  }
  rows_agree(m->file);
}

static uint64_t referenced(const model *m) {
  uint64_t bytes = 0;
  for (size_t c = 0; c < m->ncols; c++)
    for (size_t i = 0; i < m->nrows && m->columns[c]->kind == 2; i++)
      bytes += m->columns[c]->lengths[i] * 2;
  return bytes;
}

static void run_model(int followed, int rounds) {
  model m = {.file = rows_file()};
  uint8_t pixels[100], back[100];
  m.index = rows_create(m.file, NULL, 0, 5);
  m.nrows = 5;
  size_t image = 0;
  for (int i = 0; i < 100; i++)
    pixels[i] = (uint8_t)(i * 3 + 1);
  if (followed) {
    rf_image_spec spec = {.size = sizeof spec, .dtype = RF_U8, .naxis = 1, .axes = (uint64_t[]){100}, .extver = -1};
    CHECK_OK(rf_image_create(m.file, &spec, &image, &rows_err), rows_err);
    CHECK_OK(rf_image_write(m.file, image, PIXELS(.dtype = RF_U8, .data = pixels, .data_bytes = 100), &rows_err),
             rows_err);
  }
  for (int round = 0; round < rounds; round++) {
    switch (random_below(8)) {
    case 0:
    case 1:
      insert_column(&m);
      break;
    case 2:
      delete_column(&m);
      break;
    case 3:
      change_rows(&m);
      break;
    case 4: {
      uint64_t freed = 0;
      CHECK_OK(rf_table_repack(m.file, m.index, &freed, &rows_err), rows_err);
      rf_table_info info = rows_info(m.file, m.index);
      CHECK(info.heap_bytes == referenced(&m) && info.heap_offset == info.nrows * info.row_bytes);
      break;
    }
    default:
      if (m.ncols > 0 && m.nrows > 0) {
        size_t first = (size_t)random_below(m.nrows);
        write_cells(&m, (size_t)random_below(m.ncols), first, 1 + (size_t)random_below(m.nrows - first));
      }
    }
    check_model(&m);
    if (followed) {
      CHECK_OK(rf_image_read(m.file, image, PIXELS(.dtype = RF_U8, .data = back, .data_bytes = 100), &rows_err),
               rows_err);
      CHECK(memcmp(pixels, back, 100) == 0);
    }
    if (check_failures > 0) {
      fprintf(stderr, "round %d\n", round);
      break;
    }
  }
  for (size_t i = 0; i < m.ncols; i++)
    free(m.columns[i]);
  rf_file_free(m.file, NULL);
}

static void test_model(void) {
  run_model(0, 400);
  run_model(1, 400);
}

/* ---- headers ---- */

static void test_keywords_move_along(void) {
  rf_file *file = rows_file();
  rf_column_spec columns[] = {SPEC(.name = "a", .type = RF_I16, .unit = "s"), SPEC(.name = "b", .type = RF_F32),
                              SPEC(.name = "c", .type = RF_F64, .display = "F8.3")};
  rf_header *cards = NULL;
  static const char *const keys[] = {"TLMIN2", "TCRPX3", "TCTYP1", "TP2_3",  "TCRV3A",  "2CTYP3",
                                     "TEMP2",  "TELE3",  "TV3_2",  "TUNITS", "TUNIT2X", "TCRPX12"};
  CHECK_OK(rf_header_new(&cards, &rows_err), rows_err);
  for (size_t i = 0; i < COUNT(keys); i++) {
    rf_value value = {.kind = RF_VALUE_INTEGER, .integer = (int64_t)i};
    CHECK_OK(rf_header_set(cards, keys[i], &value, "", &rows_err), rows_err);
  }
  rf_table_spec spec = {
      .size = sizeof spec, .kind = RF_HDU_TABLE, .nrows = 2, .columns = columns, .ncols = 3, .header = cards};
  size_t index = 0;
  spec.extver = -1;
  CHECK_OK(rf_table_create(file, &spec, &index, &rows_err), rows_err);
  rf_column_spec fresh = SPEC(.name = "n", .type = RF_U8, .unit = "m");
  CHECK_OK(call_insert(file, index, 1, &fresh, &rows_err), rows_err);
  static const char *const after[][2] = {
      {"TFIELDS", "4"}, {"NAXIS1", "15"}, {"TTYPE1", "a"},   {"TTYPE2", "n"},    {"TTYPE3", "b"}, {"TTYPE4", "c"},
      {"TUNIT1", "s"},  {"TUNIT2", "m"},  {"TUNIT3", "-"},   {"TDISP4", "F8.3"}, {"TLMIN3", "0"}, {"TCRPX4", "1"},
      {"TCTYP1", "2"},  {"TP3_4", "3"},   {"TCRV4A", "4"},   {"2CTYP4", "5"},    {"TEMP2", "6"},  {"TELE3", "7"},
      {"TV4_2", "8"},   {"TUNITS", "9"},  {"TUNIT2X", "10"}, {"TCRPX13", "11"},  {"TLMIN2", "-"}, {"TP2_3", "-"}};
  for (size_t i = 0; i < COUNT(after); i++)
    CHECK_STR(rows_card(file, index, after[i][0]), after[i][1]);
  rows_agree(file);
  CHECK_OK(rf_table_delete_column(file, index, 2, &rows_err), rows_err);
  static const char *const deleted[][2] = {{"TFIELDS", "3"}, {"TTYPE2", "n"}, {"TTYPE3", "c"},    {"TTYPE4", "-"},
                                           {"TLMIN3", "-"},  {"TLMIN2", "-"}, {"TCRPX3", "1"},    {"TP3_4", "-"},
                                           {"TP2_3", "-"},   {"TV3_2", "8"},  {"TDISP3", "F8.3"}, {"TEMP2", "6"}};
  for (size_t i = 0; i < COUNT(deleted); i++)
    CHECK_STR(rows_card(file, index, deleted[i][0]), deleted[i][1]);
  CHECK_OK(rf_table_describe_column(file, index, 0, "alpha", "", "I3", &rows_err), rows_err);
  CHECK_STR(rows_card(file, index, "TTYPE1"), "alpha");
  CHECK_STR(rows_card(file, index, "TUNIT1"), "-");
  CHECK_STR(rows_card(file, index, "TDISP1"), "I3");
  CHECK(rf_table_describe_column(file, index, 0, "c", NULL, NULL, &rows_err) == RF_ERR_ARGUMENT);
  CHECK(rf_table_describe_column(file, index, 0, "", NULL, NULL, &rows_err) == RF_ERR_ARGUMENT);
  CHECK(call_insert(file, index, 4, &fresh, &rows_err) == RF_ERR_RANGE);
  CHECK(call_insert(file, index, 3, &fresh, &rows_err) == RF_ERR_ARGUMENT); /* has one of that name */
  CHECK(rf_table_delete_column(file, index, 3, &rows_err) == RF_ERR_RANGE);
  rows_agree(file);
  rf_header_free(cards);
  rf_file_free(file, NULL);
}

static void test_ascii_columns(void) {
  rf_file *file = rows_file();
  rf_column_spec columns[] = {SPEC(.name = "i", .type = RF_I64, .form = "I4"),
                              SPEC(.name = "s", .type = RF_BYTES, .width = 3)};
  rf_table_spec spec = {.size = sizeof spec, .kind = RF_HDU_ASCII_TABLE, .nrows = 2, .columns = columns, .ncols = 2};
  size_t index = 0;
  spec.extver = -1;
  int64_t i[] = {12, -345};
  rf_column_request requests[] = {rows_request(0, RF_I64, 0, i, 8), rows_request(1, RF_BYTES, 3, "abcxyz", 3)};
  CHECK_OK(rf_table_create(file, &spec, &index, &rows_err), rows_err);
  CHECK_OK(call_write(file, index, NULL, requests, 2, &rows_err), rows_err);
  CHECK(rows_bytes(file, index, 0, "  12 abc-345 xyz", 16));
  rf_column_spec fresh = SPEC(.name = "n", .type = RF_BYTES, .width = 2);
  CHECK_OK(call_insert(file, index, 1, &fresh, &rows_err), rows_err);
  CHECK(rows_bytes(file, index, 0, "  12    abc-345    xyz", 22));
  rows_agree(file);
  requests[0] = rows_request(1, RF_BYTES, 2, "AABB", 2);
  CHECK_OK(call_write(file, index, NULL, requests, 1, &rows_err), rows_err);
  fresh.name = "z";
  CHECK_OK(call_insert(file, index, 3, &fresh, &rows_err), rows_err);
  CHECK(rows_bytes(file, index, 0, "  12 AA abc   -345 BB xyz   ", 28));
  fresh.name = "first";
  CHECK_OK(call_insert(file, index, 0, &fresh, &rows_err), rows_err);
  CHECK(rows_bytes(file, index, 0, "     12 AA abc      -345 BB xyz   ", 34));
  rows_agree(file);
  CHECK_OK(rf_table_delete_column(file, index, 4, &rows_err), rows_err);
  CHECK(rows_bytes(file, index, 0, "     12 AA abc   -345 BB xyz", 28));
  CHECK_OK(rf_table_delete_column(file, index, 1, &rows_err), rows_err);
  CHECK(rows_bytes(file, index, 0, "   AA abc   BB xyz", 18));
  CHECK_OK(rf_table_delete_column(file, index, 0, &rows_err), rows_err);
  CHECK_STR(rows_card(file, index, "TBCOL2"), "4");
  rows_agree(file);
  CHECK_OK(rf_table_delete_column(file, index, 1, &rows_err), rows_err);
  CHECK_OK(rf_table_delete_column(file, index, 0, &rows_err), rows_err);
  CHECK(rows_info(file, index).row_bytes == 0 && rows_info(file, index).ncols == 0);
  CHECK_OK(call_insert(file, index, 0, &fresh, &rows_err), rows_err);
  CHECK(rows_bytes(file, index, 0, "    ", 4));
  rows_agree(file);
  rf_file_free(file, NULL);
}

/* ---- heaps of others ---- */

static void put_be32(uint8_t *p, uint32_t v) {
  for (int i = 0; i < 4; i++)
    p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* A table with a gap before its heap, cells that share bytes, and one that nothing points at. */
static rf_file *gap_file(uint32_t last_offset) {
  static const char *const cards[] = {"SIMPLE  =                    T", "BITPIX  =                    8",
                                      "NAXIS   =                    0", "EXTEND  =                    T", "END"};
  static const char *const table[] = {
      "XTENSION= 'BINTABLE'",           "BITPIX  =                    8", "NAXIS   =                    2",
      "NAXIS1  =                    8", "NAXIS2  =                    3", "PCOUNT  =                  120",
      "GCOUNT  =                    1", "TFIELDS =                    1", "TTYPE1  = 'v       '",
      "TFORM1  = '1PB(9)  '",           "THEAP   =                  124", "END"};
  uint8_t bytes[2880 * 3];
  rf_file *file = NULL;
  memset(bytes, ' ', 5760);
  memset(bytes + 5760, 0, 2880);
  for (size_t i = 0; i < COUNT(cards); i++)
    memcpy(bytes + 80 * i, cards[i], strlen(cards[i]));
  for (size_t i = 0; i < COUNT(table); i++)
    memcpy(bytes + 2880 + 80 * i, table[i], strlen(table[i]));
  static const char heap[] = "ABCDEFGHIJKLMNOPQRST";
  memcpy(bytes + 5760 + 124, heap, 20);
  put_be32(bytes + 5760, 5);
  put_be32(bytes + 5764, 3); /* DEFGH */
  put_be32(bytes + 5768, 3);
  put_be32(bytes + 5772, 6); /* GHI */
  put_be32(bytes + 5776, 2);
  put_be32(bytes + 5780, last_offset);
  CHECK_OK(rf_file_open_bytes(bytes, sizeof bytes, RF_MODE_READ_WRITE, NULL, &file, &rows_err), rows_err);
  return file;
}

static void check_gap_cells(rf_file *file, const char *expected, size_t n) {
  uint64_t lengths[8], offsets[8], nrows = rows_info(file, 1).nrows;
  char text[64] = "";
  CHECK_OK(rf_table_read_descriptors(file, 1, 0, NULL, lengths, offsets, &rows_err), rows_err);
  CHECK_OK(call_read_heap(file, 1, 0, lengths, offsets, (size_t)nrows, RF_U8, 0, text, n, NULL, &rows_err), rows_err);
  CHECK_STR(text, expected);
}

static void test_gap(void) {
  rf_file *file = gap_file(18);
  check_gap_cells(file, "DEFGHGHIST", 10);
  uint64_t freed = 0;
  uint8_t zeros[24] = {0};
  /* Rows grow into the gap; the heap stays where it is. */
  CHECK_OK(call_append(file, 1, 3, NULL, 0, &rows_err), rows_err);
  CHECK_STR(rows_card(file, 1, "THEAP"), "124");
  CHECK_STR(rows_card(file, 1, "PCOUNT"), "96");
  CHECK(rows_bytes(file, 1, 24, zeros, 24));
  check_gap_cells(file, "DEFGHGHIST", 10);
  rows_agree(file);
  CHECK_OK(rf_table_resize(file, 1, 4, &rows_err), rows_err);
  CHECK_STR(rows_card(file, 1, "THEAP"), "108");
  check_gap_cells(file, "DEFGHGHIST", 10);
  rf_rows third = {3, 1, 1, NULL};
  CHECK_OK(call_write_heap(file, 1, 0, &third, (uint64_t[]){2}, RF_U8, 0, "xy", 2, NULL, &rows_err), rows_err);
  check_gap_cells(file, "DEFGHGHISTxy", 12);
  rows_agree(file);
  CHECK_OK(rf_table_repack(file, 1, &freed, &rows_err), rows_err);
  CHECK_STR(rows_card(file, 1, "THEAP"), "-");
  CHECK_STR(rows_card(file, 1, "PCOUNT"), "10");
  CHECK(rows_bytes(file, 1, 32, "DEFGHISTxy", 10));
  check_gap_cells(file, "DEFGHGHISTxy", 12);
  rows_agree(file);
  CHECK_OK(rf_table_repack(file, 1, &freed, &rows_err), rows_err);
  CHECK(freed == 0);
  rf_file_free(file, NULL);
  /* A descriptor that leaves the heap: nothing is packed. */
  file = gap_file(19);
  uint64_t before = rf_file_get_generation(file);
  CHECK(rf_table_repack(file, 1, &freed, &rows_err) == RF_ERR_FORMAT);
  CHECK(strstr(rows_err.message, "row 2") != NULL && rf_file_get_generation(file) == before);
  CHECK_STR(rows_card(file, 1, "PCOUNT"), "120");
  rf_file_free(file, NULL);
}

int main(void) {
  scratch_begin("heap");
  RUN(test_bytes_in_file);
  RUN(test_append_in_steps);
  RUN(test_model);
  RUN(test_keywords_move_along);
  RUN(test_ascii_columns);
  RUN(test_gap);
  scratch_end();
  return check_report();
}
