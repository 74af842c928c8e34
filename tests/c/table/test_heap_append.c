/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows that are appended together with their cells of variable length: the same file as by one call after another, one
 * edit, and nothing of it when something is wrong.
 */
#include <stddef.h>

#include "scratch.h"
#include "table_rows.h"
#include "table_calls.h"

enum { STEPS = 60, EACH = 50, LONGEST = 20 };

static uint64_t seed = 88172645463325252u;

static uint64_t random_below(uint64_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed % below;
}

static const rf_column_spec columns[] = {
    {.size = sizeof(rf_column_spec), .name = "i", .type = RF_I32},
    {.size = sizeof(rf_column_spec), .name = "v", .type = RF_F64, .descriptor = 'P'},
    {.size = sizeof(rf_column_spec), .name = "u", .type = RF_U8},
    {.size = sizeof(rf_column_spec), .name = "x", .type = RF_BIT, .descriptor = 'Q'}};

/* Rows of one call. */
typedef struct batch {
  int32_t i[EACH];
  uint8_t u[EACH];
  uint64_t v_lengths[EACH];
  uint64_t x_lengths[EACH];
  double v[EACH * LONGEST];
  uint8_t x[EACH * LONGEST];
  uint64_t v_bytes;
  uint64_t x_bytes;
} batch;

static void make_batch(batch *b, uint64_t longest) {
  uint64_t v = 0, x = 0;
  for (size_t r = 0; r < EACH; r++) {
    b->i[r] = (int32_t)random_below(1u << 31);
    b->u[r] = (uint8_t)random_below(256);
    b->v_lengths[r] = random_below(longest);
    b->x_lengths[r] = random_below(longest);
    v += b->v_lengths[r];
    x += b->x_lengths[r];
  }
  for (uint64_t k = 0; k < v; k++)
    b->v[k] = (double)random_below(1000) / 3;
  for (uint64_t k = 0; k < x; k++)
    b->x[k] = (uint8_t)random_below(2);
  b->v_bytes = 8 * v;
  b->x_bytes = x;
}

static rf_heap_cells cells_of(size_t column, const uint64_t *lengths, rf_dtype type, const void *in, uint64_t bytes) {
  return (rf_heap_cells){.size = sizeof(rf_heap_cells),
                         .lengths = lengths,
                         .type = type,
                         .data = in,
                         .data_bytes = bytes,
                         .column = column};
}

static rf_status append_batch(rf_file *file, size_t index, const batch *b, int together, uint64_t nrows) {
  rf_column_request requests[] = {rows_request(0, RF_I32, 0, b->i, 4), rows_request(2, RF_U8, 0, b->u, 1)};
  rf_heap_cells heaps[] = {cells_of(1, b->v_lengths, RF_F64, b->v, b->v_bytes),
                           cells_of(3, b->x_lengths, RF_BIT, b->x, b->x_bytes)};
  rf_rows rows = {(int64_t)nrows, 1, EACH, NULL};
  if (together)
    return call_append_heap(file, index, EACH, requests, 2, heaps, 2, &rows_err);
  rf_status status = call_append(file, index, EACH, requests, 2, &rows_err);
  for (size_t k = 0; k < 2 && status == RF_OK; k++)
    status = call_write_heap(file, index, heaps[k].column, &rows, heaps[k].lengths, heaps[k].type, 0, heaps[k].data,
                             heaps[k].data_bytes, NULL, &rows_err);
  return status;
}

static void add_image(rf_file *file) {
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_I16, .naxis = 1, .axes = (uint64_t[]){5000}, .extver = -1};
  size_t index;
  CHECK_OK(rf_image_create(file, &spec, &index, &rows_err), rows_err);
}

/* Empty, small and large heaps; the last HDU, and one that others follow. */
static void same_as_step_by_step(int followed) {
  static batch batches[STEPS];
  const char *names[] = {"steps.fits", "together.fits"};
  size_t sizes[2], index = 0;
  uint8_t *bytes[2];
  for (size_t step = 0; step < STEPS; step++)
    make_batch(&batches[step], step == 0 ? 1 : step < 20 ? 4 : LONGEST);
  for (int together = 0; together < 2; together++) {
    rf_file *file = NULL;
    CHECK_OK(rf_file_open(scratch_path(names[together]), RF_MODE_CREATE, NULL, &file, &rows_err), rows_err);
    index = rows_create(file, columns, 4, 0);
    if (followed)
      add_image(file);
    for (size_t step = 0; step < STEPS; step++) {
      CHECK_OK(append_batch(file, index, &batches[step], together, step * EACH), rows_err);
      if (step % 20 == 0)
        rows_agree(file);
    }
    CHECK_OK(rf_file_free(file, &rows_err), rows_err);
    bytes[together] = scratch_read(scratch_path(names[together]), &sizes[together]);
  }
  CHECK(sizes[0] == sizes[1] && memcmp(bytes[0], bytes[1], sizes[0]) == 0);
  free(bytes[0]);
  free(bytes[1]);
}

static void test_same_as_step_by_step(void) {
  same_as_step_by_step(0);
  same_as_step_by_step(1);
}

/* ---- what is wrong ---- */

static void refuses(rf_file *file, size_t index, const rf_column_request *request, const rf_heap_cells *heaps,
                    size_t count, rf_status expected) {
  uint64_t size, after;
  CHECK_OK(rf_file_get_size(file, &size, &rows_err), rows_err);
  CHECK(call_append_heap(file, index, 2, request, request != NULL, heaps, count, &rows_err) == expected);
  CHECK_OK(rf_file_get_size(file, &after, &rows_err), rows_err);
  CHECK(after == size && rows_info(file, index).nrows == EACH);
  rows_agree(file);
}

static void test_what_is_wrong_changes_nothing(void) {
  static batch b;
  uint64_t lengths[] = {1, 2}, endless[] = {UINT64_MAX, 1}, most[] = {INT64_MAX / 8, INT64_MAX / 8};
  double v[] = {1, 2, 3}, i_bad[] = {1, 1e30};
  rf_file *file = NULL;
  CHECK_OK(rf_file_open(scratch_path("wrong.fits"), RF_MODE_CREATE, NULL, &file, &rows_err), rows_err);
  size_t index = rows_create(file, columns, 4, 0);
  make_batch(&b, LONGEST);
  CHECK_OK(append_batch(file, index, &b, 1, 0), rows_err);
  rf_heap_cells good = cells_of(1, lengths, RF_F64, v, 24);
  rf_heap_cells twice[] = {good, good}, bad = good;
  rf_column_request request = rows_request(0, RF_F64, 0, i_bad, 8);
  refuses(file, index, NULL, twice, 2, RF_ERR_ARGUMENT);
  refuses(file, index, &request, &good, 1, RF_ERR_RANGE);
  bad.data_bytes = 16;
  refuses(file, index, NULL, &bad, 1, RF_ERR_ARGUMENT);
  bad.lengths = endless;
  refuses(file, index, NULL, &bad, 1, RF_ERR_LIMIT);
  bad.lengths = most;
  refuses(file, index, NULL, &bad, 1, RF_ERR_LIMIT);
  bad.lengths = NULL;
  refuses(file, index, NULL, &bad, 1, RF_ERR_ARGUMENT);
  bad = cells_of(0, lengths, RF_F64, v, 24);
  refuses(file, index, NULL, &bad, 1, RF_ERR_TYPE);
  bad = cells_of(4, lengths, RF_F64, v, 24);
  refuses(file, index, NULL, &bad, 1, RF_ERR_RANGE);
  bad = cells_of(1, lengths, RF_BYTES, v, 24);
  refuses(file, index, NULL, &bad, 1, RF_ERR_TYPE);
  /* Columns that are not given are empty. */
  CHECK_OK(call_append_heap(file, index, 2, NULL, 0, &good, 1, &rows_err), rows_err);
  rf_rows rows = {EACH, 1, 2, NULL};
  uint64_t found[2], offsets[2];
  double back[3];
  CHECK_OK(rf_table_read_descriptors(file, index, 1, &rows, found, offsets, &rows_err), rows_err);
  CHECK(found[0] == 1 && found[1] == 2);
  CHECK_OK(call_read_heap(file, index, 1, found, offsets, 2, RF_F64, 0, back, 24, NULL, &rows_err), rows_err);
  CHECK(memcmp(back, v, sizeof v) == 0);
  CHECK_OK(rf_table_read_descriptors(file, index, 3, &rows, found, offsets, &rows_err), rows_err);
  CHECK(found[0] == 0 && found[1] == 0 && offsets[0] == 0);
  rf_file_free(file, NULL);
}

/* A table created with its rows and heap holds what the same calls one after another write; a failure leaves nothing.
 */
static void test_create_with_cells(void) {
  batch b;
  rf_file *steps = rows_file(), *whole = rows_file();
  make_batch(&b, LONGEST);
  rf_column_request requests[] = {rows_request(0, RF_I32, 0, b.i, sizeof b.i[0]),
                                  rows_request(2, RF_U8, 0, b.u, sizeof b.u[0])};
  rf_heap_cells heaps[] = {cells_of(1, b.v_lengths, RF_F64, b.v, b.v_bytes),
                           cells_of(3, b.x_lengths, RF_BIT, b.x, b.x_bytes)};
  rf_table_request cells = {.size = sizeof cells, .columns = requests, .ncolumns = 2, .heaps = heaps, .nheaps = 2};
  rf_table_spec spec = {.size = sizeof spec,
                        .kind = RF_HDU_TABLE,
                        .nrows = EACH,
                        .columns = columns,
                        .ncols = COUNT(columns),
                        .extver = -1,
                        .cells = &cells};
  size_t index = rows_create(steps, columns, COUNT(columns), 0), made = 0, count = 0;
  CHECK_OK(call_append_heap(steps, index, EACH, requests, 2, heaps, 2, &rows_err), rows_err);
  CHECK_OK(rf_table_create(whole, &spec, &made, &rows_err), rows_err);
  CHECK(made == index);
  rf_table_info info = {.size = sizeof info};
  CHECK_OK(rf_table_get_info(whole, made, &info, &rows_err), rows_err);
  CHECK(info.nrows == EACH);
  uint64_t a[EACH], c[EACH], places[EACH];
  static double v[EACH * LONGEST];
  CHECK_OK(rf_table_read_descriptors(steps, index, 1, NULL, a, places, &rows_err), rows_err);
  CHECK_OK(rf_table_read_descriptors(whole, made, 1, NULL, c, places, &rows_err), rows_err);
  CHECK(memcmp(a, c, sizeof a) == 0 && memcmp(c, b.v_lengths, sizeof c) == 0);
  CHECK_OK(call_read_heap(whole, made, 1, c, places, EACH, RF_F64, 0, v, b.v_bytes, NULL, &rows_err), rows_err);
  CHECK(memcmp(v, b.v, (size_t)b.v_bytes) == 0);
  heaps[0].data_bytes--;
  CHECK(rf_table_create(whole, &spec, &made, &rows_err) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_file_get_hdu_count(whole, &count, &rows_err), rows_err);
  CHECK(count == index + 1);
  /* A struct that ends before `cells`, as of an older caller. */
  spec.size = offsetof(rf_table_spec, cells);
  CHECK_OK(rf_table_create(whole, &spec, &made, &rows_err), rows_err);
  CHECK_OK(rf_table_read_descriptors(whole, made, 1, NULL, c, places, &rows_err), rows_err);
  CHECK(c[0] == 0 && c[EACH - 1] == 0);
  rf_file_free(steps, NULL);
  rf_file_free(whole, NULL);
}

int main(void) {
  scratch_begin("heap-append");
  RUN(test_same_as_step_by_step);
  RUN(test_what_is_wrong_changes_nothing);
  RUN(test_create_with_cells);
  scratch_end();
  return check_report();
}
