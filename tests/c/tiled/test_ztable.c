/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed tables. Each test applies the same edits to a compressed and a plain table, and both must read the same.
 * Packed bytes must unpack unchanged.
 */
#include "file/scan/scan.h"
#include "fits_bytes.h"
#include "table_calls.h"
#include "table_pair.h"
#include "table_rows.h"

/* ---- a plain and a compressed table of every kind of column ---- */

/* Stored cells of one column. */
static uint8_t *fields_of(rf_file *file, size_t at, size_t column, uint64_t nrows, size_t *bytes) {
  rf_column_info info = {.size = sizeof info};
  CHECK_OK(rf_table_get_column(file, at, column, &info, &err), err);
  size_t cell = (size_t)info.raw_count * rf_dtype_bytes(info.stored, (size_t)info.width);
  *bytes = cell * (size_t)nrows;
  uint8_t *out = calloc(*bytes + 1, 1);
  rf_column_request request = rows_request(column, info.stored, (size_t)info.width, out, (ptrdiff_t)cell);
  request.flags = RF_CELL_RAW;
  CHECK_OK(call_read(file, at, NULL, &request, 1, &err), err);
  return out;
}

static uint8_t *cells_of(rf_file *file, size_t at, size_t column, uint64_t nrows, size_t *bytes) {
  rf_column_info info = {.size = sizeof info};
  uint64_t *lengths = calloc((size_t)nrows + 1, 8), *offsets = calloc((size_t)nrows + 1, 8), total = 0;
  CHECK_OK(rf_table_get_column(file, at, column, &info, &err), err);
  CHECK_OK(rf_table_read_descriptors(file, at, column, NULL, lengths, offsets, &err), err);
  for (uint64_t i = 0; i < nrows; i++)
    total += lengths[i];
  size_t n = (size_t)total * rf_dtype_bytes(info.type, 1), head = (size_t)nrows * 8;
  uint8_t *out = calloc(head + n + 1, 1);
  if (head > 0)
    memcpy(out, lengths, head);
  CHECK_OK(call_read_heap(file, at, column, lengths, offsets, (size_t)nrows, info.type, 0, out + head, n, NULL, &err),
           err);
  *bytes = head + n;
  free(lengths);
  free(offsets);
  return out;
}

static void same_tables(rf_file *plain, rf_file *packed, size_t at, const char *what) {
  rf_table_info a = rows_info(plain, at), b = rows_info(packed, at);
  int failures = check_failures;
  CHECK(a.nrows == b.nrows && a.ncols == b.ncols && a.row_bytes == b.row_bytes && b.kind == RF_HDU_TABLE);
  for (size_t c = 0; c < a.ncols && c < b.ncols && a.nrows == b.nrows; c++) {
    rf_column_info info = {.size = sizeof info};
    size_t n = 0, m = 0;
    CHECK_OK(rf_table_get_column(plain, at, c, &info, &err), err);
    uint8_t *x = info.descriptor != 0 ? cells_of(plain, at, c, a.nrows, &n) : fields_of(plain, at, c, a.nrows, &n);
    uint8_t *y = info.descriptor != 0 ? cells_of(packed, at, c, a.nrows, &m) : fields_of(packed, at, c, a.nrows, &m);
    if (n != m || memcmp(x, y, n) != 0)
      fprintf(stderr, "%s: column %s differs\n", what, info.name);
    CHECK(n == m && memcmp(x, y, n) == 0);
    free(x);
    free(y);
  }
  if (check_failures != failures)
    fprintf(stderr, "  after %s\n", what);
}

static void same(table_pair *t, const char *what) {
  same_tables(t->plain, t->packed, t->at, what);
  rf_file *fresh = rows_reopen(t->packed);
  same_tables(t->plain, fresh, t->at, what);
  rf_file_free(fresh, NULL);
}

static void write_some(table_pair *t, uint64_t nrows) {
  uint64_t list[9];
  for (size_t i = 0; i < COUNT(list); i++)
    list[i] = any(nrows);
  const rf_rows choices[] = {{(int64_t)(nrows / 3), 1, nrows / 2, NULL},
                             {(int64_t)nrows - 1, -3, nrows / 3, NULL},
                             {1, 7, nrows / 8, NULL},
                             {0, 0, COUNT(list), list}};
  for (size_t c = 0; c < NCOLS; c++)
    write_any(t, c, &choices[any(COUNT(choices))]);
}

static void change(table_pair *t) {
  uint64_t nrows = rows_info(t->plain, t->at).nrows;
  write_some(t, nrows);
  same(t, "writing");
  BOTH(rf_table_resize(file, t->at, nrows + 55, &err));
  same(t, "growing");
  BOTH(call_append(file, t->at, 21, NULL, 0, &err));
  write_some(t, nrows + 76);
  same(t, "appending");
  BOTH(rf_table_resize(file, t->at, nrows - 7, &err));
  same(t, "shrinking");
  BOTH(rf_table_repack(file, t->at, NULL, &err));
  same(t, "repacking");
  rf_column_spec more = SPEC(.name = "new", .type = RF_I32);
  BOTH(call_insert(file, t->at, 3, &more, &err));
  same(t, "inserting");
  BOTH(rf_table_delete_column(file, t->at, 3, &err));
  BOTH(rf_table_describe_column(file, t->at, 4, "renamed", "m", NULL, &err));
  BOTH(rf_table_describe_column(file, t->at, 4, "u2", "", NULL, &err));
  same(t, "deleting");
}

static void take_out(table_pair *t, const rf_rows *rows, const char *what) {
  BOTH(rf_table_delete_rows(file, t->at, rows, &err));
  same(t, what);
}

static void delete_some(table_pair *t) {
  const uint64_t list[] = {0, 1, 36, 37, 38, 73, 74, 110, 111, 112, 113, 114, 115, 149};
  take_out(t, &(rf_rows){150, 1, 0, NULL}, "taking out no rows");
  take_out(t, &(rf_rows){120, 3, 11, NULL}, "taking out rows of the later tiles");
  take_out(t, &(rf_rows){0, 0, COUNT(list), list}, "taking out a list of rows");
  write_some(t, rows_info(t->plain, t->at).nrows);
  same(t, "writing behind");
  take_out(t, &(rf_rows){5, 1, 80, NULL}, "taking out whole tiles");
  BOTH(call_append(file, t->at, 44, NULL, 0, &err));
  take_out(t, &(rf_rows){0, 2, rows_info(t->plain, t->at).nrows / 2, NULL}, "taking out every other row");
  BOTH(rf_table_repack(file, t->at, NULL, &err));
  same(t, "repacking");
  take_out(t, &(rf_rows){(int64_t)rows_info(t->plain, t->at).nrows - 1, -1, 1, NULL}, "taking out the last row");
  const uint64_t falling[] = {4, 2};
  uint64_t nrows = rows_info(t->packed, t->at).nrows;
  CHECK(rf_table_delete_rows(t->packed, t->at, &(rf_rows){0, 0, 2, falling}, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_table_delete_rows(t->packed, t->at, &(rf_rows){0, 1, nrows + 1, NULL}, &err) == RF_ERR_RANGE);
  same(t, "being refused");
  take_out(t, NULL, "taking out all rows");
  CHECK(rows_info(t->packed, t->at).nrows == 0);
  BOTH(call_append(file, t->at, 3, NULL, 0, &err));
  same(t, "appending to nothing");
}

static void pairs_of_every_codec(void (*steps)(table_pair *t)) {
  rf_zcmptype rice[NCOLS], none[NCOLS], gzip[NCOLS];
  for (size_t i = 0; i < NCOLS; i++) {
    rf_dtype type = columns[i].type;
    bool integers = type == RF_U8 || type == RF_I16 || type == RF_U16 || type == RF_I32;
    rice[i] = integers ? RF_Z_RICE_1 : RF_Z_GZIP_2;
    none[i] = RF_Z_NOCOMPRESS;
    gzip[i] = RF_Z_GZIP_1;
  }
  const rf_zcmptype *const types[] = {NULL, rice, none, gzip};
  const uint64_t tiles[] = {1, 37, 200, 1000};
  for (size_t i = 0; i < COUNT(types); i++)
    for (size_t k = i == 1 ? 0 : 1; k < COUNT(tiles); k++) { /* a tile a row, which takes its time, of one mixture */
      table_pair t = make_pair(200, tiles[k], types[i]);
      size_t image = 0;
      rf_image_spec spec = {.size = sizeof spec, .dtype = RF_U8, .naxis = 1, .axes = three, .extver = -1};
      if (k % 2 == 0) /* something behind it moves along */
        CHECK_OK(rf_image_create(t.packed, &spec, &image, &err), err);
      same(&t, "creating");
      fill_pair(&t, 200);
      same(&t, "filling");
      steps(&t);
      if (k % 2 == 0)
        CHECK_STR(rows_card(t.packed, image, "NAXIS1"), "3");
      end_pair(&t);
    }
}

static void test_edits_of_both_tables(void) {
  pairs_of_every_codec(change);
}

static void test_rows_go(void) {
  pairs_of_every_codec(delete_some);
}

/* Tiles before the first row that goes are not touched. */
static void test_tiles_before_rows_that_go_stay(void) {
  table_pair t = make_pair(100, 10, NULL);
  uint8_t before[50 * 256], after[50 * 256];
  rf_hdu *hdu = NULL;
  rf_rows rows = {55, 1, 3, NULL};
  fill_pair(&t, 100);
  size_t n = 5 * NCOLS * 16;
  CHECK_OK(rf_file_hdu_locked(t.packed, t.at, &hdu, &err), err);
  CHECK_OK(rf_file_read_bytes(t.packed, hdu->data_offset, before, n, &err), err);
  CHECK_OK(rf_table_delete_rows(t.packed, t.at, &rows, &err), err);
  CHECK_OK(rf_table_delete_rows(t.plain, t.at, &rows, &err), err);
  CHECK_OK(rf_file_read_bytes(t.packed, hdu->data_offset, after, n, &err), err);
  CHECK(memcmp(before, after, n) == 0);
  same(&t, "taking out some rows");
  end_pair(&t);
}

static void test_facts(void) {
  table_pair t = make_pair(100, 30, NULL);
  uint64_t ntiles = 0, limit = 0, used = 0;
  rf_zcmptype types[NCOLS];
  rf_table_compression compression;
  size_t n = 0;
  rf_table_compression_init(&compression);
  CHECK_OK(rf_table_get_compression(t.packed, t.at, &compression, types, NCOLS, &ntiles, &err), err);
  CHECK(compression.tile_rows == 30 && ntiles == 4 && compression.types == types && compression.level == 0);
  CHECK(types[0] == RF_Z_GZIP_1 && types[3] == RF_Z_GZIP_2 && types[5] == RF_Z_RICE_1 && types[9] == RF_Z_GZIP_1);
  types[0] = RF_Z_AUTO;
  types[1] = (rf_zcmptype)99;
  CHECK_OK(rf_table_get_compression(t.packed, t.at, &compression, types, 1, NULL, &err), err);
  CHECK(types[0] == RF_Z_GZIP_1 && types[1] == (rf_zcmptype)99);
  CHECK_OK(rf_table_get_compression(t.packed, t.at, &compression, NULL, 0, NULL, &err), err);
  CHECK(compression.tile_rows == 30 && compression.types == NULL);
  CHECK(rf_table_get_compression(t.plain, t.at, &compression, NULL, 0, NULL, &err) == RF_ERR_TYPE);
  CHECK_STR(rows_card(t.packed, t.at, "ZTABLE"), "1");
  CHECK_STR(rows_card(t.packed, t.at, "ZFORM9"), "1D");
  CHECK_STR(rows_card(t.packed, t.at, "NAXIS2"), "4");
  CHECK_OK(rf_table_find_column(t.packed, t.at, "F8", &n, &err), err);
  CHECK(n == 8);
  uint64_t bytes = 0, all = 0;
  rf_rows few = {31, 1, 5, NULL};
  size_t ranges = 0;
  CHECK_OK(call_plan(t.packed, t.at, NULL, NULL, 0, NULL, 0, &ranges, &all, &err), err);
  CHECK_OK(call_plan(t.packed, t.at, &few, &n, 1, NULL, 0, &ranges, &bytes, &err), err);
  CHECK(bytes > 0 && bytes < all);
  CHECK_OK(rf_hdu_set_cache(t.packed, t.at, 1000, &err), err);
  fill_pair(&t, 100);
  same(&t, "filling");
  CHECK_OK(rf_hdu_get_cache(t.packed, t.at, &limit, &used, &err), err);
  CHECK(limit == 1000 && used <= 1000 && used > 0);
  CHECK_OK(rf_hdu_clear_cache(t.packed, t.at, &err), err);
  CHECK_OK(rf_hdu_get_cache(t.packed, t.at, &limit, &used, &err), err);
  CHECK(used == 0);
  end_pair(&t);
}

/* ---- nothing is left behind where it need not be ---- */

static void test_room_is_used_again(void) {
  rf_file *file = rows_file();
  rf_column_spec column = SPEC(.name = "v", .type = RF_I64);
  rf_table_compression compression = {.size = sizeof compression, .tile_rows = 1000};
  rf_table_spec spec = {.size = sizeof spec,
                        .kind = RF_HDU_TABLE,
                        .columns = &column,
                        .ncols = 1,
                        .extver = -1,
                        .compression = &compression};
  size_t at = 0;
  uint64_t size = 0, again = 0, freed = 99;
  int64_t values[250];
  CHECK_OK(rf_table_create(file, &spec, &at, &err), err);
  for (int i = 0; i < 40; i++) {
    for (size_t k = 0; k < COUNT(values); k++)
      values[k] = (int64_t)any(UINT64_MAX);
    rf_column_request request = rows_request(0, RF_I64, 0, values, 8);
    CHECK_OK(call_append(file, at, COUNT(values), &request, 1, &err), err);
  }
  CHECK_OK(rf_table_repack(file, at, &freed, &err), err);
  CHECK(freed < 1000);
  CHECK_OK(rf_file_get_size(file, &size, &err), err);
  rf_rows rows = {1500, 1, COUNT(values), NULL};
  rf_column_request request = rows_request(0, RF_I64, 0, values, 8);
  for (int i = 0; i < 20; i++)
    CHECK_OK(call_write(file, at, &rows, &request, 1, &err), err);
  CHECK_OK(rf_file_get_size(file, &again, &err), err);
  CHECK(again <= size + 2880 + 8 * 1000);
  rf_file_free(file, NULL);
}

/* ---- packing and unpacking ---- */

static uint8_t *hdu_bytes(rf_file *file, size_t at, size_t *n) {
  rf_hdu_info info = {.size = sizeof info};
  CHECK_OK(rf_hdu_get_info(file, at, &info, &err), err);
  *n = (size_t)(info.header_bytes + info.data_bytes);
  uint8_t *bytes = malloc(*n + 1);
  CHECK_OK(rf_file_read_bytes(file, info.header_offset, bytes, *n, &err), err);
  return bytes;
}

static void test_pack_and_unpack(void) {
  fits_bytes fits = {0};
  odd_table(&fits);
  const uint64_t tiles[] = {0, 1, 7, 40, 100};
  for (size_t i = 0; i < COUNT(tiles); i++) {
    rf_file *from = NULL, *packed = rows_file(), *back = rows_file();
    rf_table_compression compression = {.size = sizeof compression, .tile_rows = tiles[i]};
    size_t at = 0, again = 0, n = 0, m = 0;
    CHECK_OK(fits_open(&fits, &from, &err), err);
    CHECK_OK(pack(from, 1, packed, &compression, &at), err);
    CHECK(at == 1);
    CHECK_STR(rows_card(packed, 1, "ZHECKSUM"), "abcdefghijklmnop");
    CHECK_STR(rows_card(packed, 1, "ZTHEAP"), "1136");
    CHECK_STR(rows_card(packed, 1, "THEAP"), "-");
    same_tables(from, packed, 1, "packing");
    CHECK_OK(unpack(packed, 1, back, &again), err);
    CHECK(again == 1);
    uint8_t *a = hdu_bytes(from, 1, &n), *b = hdu_bytes(back, 1, &m);
    CHECK(n == m && memcmp(a, b, n) == 0);
    free(a);
    free(b);
    rf_file_free(from, NULL);
    rf_file_free(packed, NULL);
    rf_file_free(back, NULL);
  }
  fits_free(&fits);
}

/* ---- wide heaps ---- */

/* P descriptors become Q where they have to: the heap of the table is said to be nearly full. */
static void test_descriptors_get_wider(void) {
  table_pair t = make_pair(10, 4, NULL);
  fill_pair(&t, 10);
  size_t pi = 13, n = 0, bytes = 0;
  uint8_t *before = cells_of(t.packed, t.at, pi, 10, &bytes);
  rf_header *header = NULL;
  uint64_t size = 0;
  CHECK_OK(rf_file_get_size(t.packed, &size, &err), err);
  uint8_t *file_bytes = malloc((size_t)size);
  CHECK_OK(rf_file_read_bytes(t.packed, 0, file_bytes, (size_t)size, &err), err);
  for (n = 2880; memcmp(file_bytes + n, "ZPCOUNT ", 8) != 0; n += 80)
    ;
  memcpy(file_bytes + n + 10, "          2147483648", 20);
  rf_file *file = NULL;
  CHECK_OK(rf_file_open_bytes(file_bytes, (size_t)size, RF_MODE_READ_WRITE, NULL, &file, &err), err);
  uint64_t length = 2, lengths[10], offsets[10];
  int32_t values[] = {7, -7}, got[2] = {0, 0};
  rf_rows row = {9, 1, 1, NULL};
  CHECK_OK(call_write_heap(file, t.at, pi, &row, &length, RF_I32, 0, values, sizeof values, NULL, &err), err);
  CHECK(strncmp(rows_card(file, t.at, "ZFORM14"), "1QJ(", 4) == 0);
  CHECK_STR(rows_card(file, t.at, "ZPCOUNT"), "2147483656");
  CHECK_OK(rf_table_read_descriptors(file, t.at, pi, NULL, lengths, offsets, &err), err);
  CHECK(lengths[9] == 2 && memcmp(lengths, before, 9 * 8) == 0);
  CHECK_OK(call_read_heap(file, t.at, pi, lengths + 9, offsets + 9, 1, RF_I32, 0, got, sizeof got, NULL, &err), err);
  CHECK(memcmp(got, values, sizeof got) == 0);
  rf_header_free(header);
  rf_file_free(file, NULL);
  free(file_bytes);
  free(before);
  end_pair(&t);
}

int main(void) {
  RUN(test_edits_of_both_tables);
  RUN(test_rows_go);
  RUN(test_tiles_before_rows_that_go_stay);
  RUN(test_facts);
  RUN(test_room_is_used_again);
  RUN(test_pack_and_unpack);
  RUN(test_descriptors_get_wider);
  return check_report();
}
