/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Heaps beyond 2^31 bytes: P descriptors become Q descriptors. The driver keeps only the pages that are not zero.
 */
#include "scratch.h"
#include "table_rows.h"
#include "table_calls.h"
#include "image_request.h"

/* ---- beyond 2^31 ---- */

/* A file of mostly zeros, of which only the rest takes memory. */
#define PAGE ((uint64_t)64 << 10)
static struct {
  uint8_t **pages;
  uint64_t size;
} sparse;

static rf_status sparse_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                             void **state, rf_error *err) {
  (void)driver, (void)name, (void)mode, (void)options, (void)err;
  *state = &sparse;
  return RF_OK;
}

static rf_status sparse_read(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  (void)state, (void)err;
  *got = offset >= sparse.size ? 0 : sparse.size - offset < n ? (size_t)(sparse.size - offset) : n;
  for (size_t done = 0, part; done < *got; done += part) {
    uint64_t at = (offset + done) % PAGE;
    const uint8_t *page = sparse.pages[(offset + done) / PAGE];
    part = PAGE - at < *got - done ? (size_t)(PAGE - at) : *got - done;
    if (page != NULL)
      memcpy((uint8_t *)buffer + done, page + at, part);
    else
      memset((uint8_t *)buffer + done, 0, part);
  }
  return RF_OK;
}

static int all_zero(const uint8_t *bytes, size_t n) {
  return n == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0);
}

static rf_status sparse_write(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  (void)state, (void)err;
  for (size_t done = 0, part; done < n; done += part) {
    uint64_t at = (offset + done) % PAGE;
    uint8_t **page = &sparse.pages[(offset + done) / PAGE];
    part = PAGE - at < n - done ? (size_t)(PAGE - at) : n - done;
    if (*page == NULL && !all_zero((const uint8_t *)buffer + done, part))
      *page = calloc(1, PAGE);
    if (*page != NULL)
      memcpy(*page + at, (const uint8_t *)buffer + done, part);
  }
  if (offset + n > sparse.size)
    sparse.size = offset + n;
  return RF_OK;
}

static rf_status sparse_get_size(void *state, uint64_t *size, rf_error *err) {
  (void)state, (void)err;
  *size = sparse.size;
  return RF_OK;
}

static rf_status sparse_truncate(void *state, uint64_t size, rf_error *err) {
  (void)state, (void)err;
  sparse.size = size;
  return RF_OK;
}

static rf_status sparse_close(void *state, rf_error *err) {
  (void)state, (void)err;
  return RF_OK;
}

static void set_integer(rf_file *file, const char *keyword, uint64_t value) {
  uint8_t block[2880];
  char card[81];
  CHECK_OK(rf_file_read_bytes(file, 2880, block, sizeof block, &rows_err), rows_err);
  for (size_t i = 0; i < 36; i++)
    if (memcmp(block + 80 * i, keyword, strlen(keyword)) == 0) {
      snprintf(card, sizeof card, "%-8s= %20" PRIu64, keyword, value);
      memcpy(block + 80 * i, card, 30);
    }
  CHECK(sparse_write(NULL, 2880, block, sizeof block, NULL) == RF_OK);
}

static void test_p_becomes_q(void) {
  static const rf_driver_ops ops = {.size = sizeof ops,
                                    .open = sparse_open,
                                    .read_at = sparse_read,
                                    .get_size = sparse_get_size,
                                    .write_at = sparse_write,
                                    .truncate = sparse_truncate,
                                    .close = sparse_close};
  static const rf_driver row = {.size = sizeof row, .scheme = "sparse", .flags = RF_DRIVER_WRITE, .ops = &ops};
  const uint64_t heap = (UINT64_C(1) << 31) - 2, npages = (heap + (UINT64_C(1) << 24)) / PAGE;
  rf_file *file = NULL;
  CHECK_OK(rf_driver_register(&row, &rows_err), rows_err);
  sparse.pages = calloc((size_t)npages, sizeof *sparse.pages);
  CHECK_OK(rf_file_open("sparse://x", RF_MODE_CREATE, NULL, &file, &rows_err), rows_err);
  rf_column_spec columns[] = {SPEC(.name = "a", .type = RF_I16), SPEC(.name = "v", .type = RF_I16, .descriptor = 'P'),
                              SPEC(.name = "w", .type = RF_U8, .descriptor = 'P'), SPEC(.name = "b", .type = RF_I32)};
  size_t index = rows_create(file, columns, 4, 3);
  int16_t a[] = {1, 2, 3}, v[] = {7, 8, 9, 10, 11, 12}, back[16];
  int32_t b[] = {-1, -2, -3}, b_back[3];
  rf_column_request requests[] = {rows_request(0, RF_I16, 0, a, 2), rows_request(3, RF_I32, 0, b, 4)};
  CHECK_OK(call_write(file, index, NULL, requests, 2, &rows_err), rows_err);
  CHECK_OK(call_write_heap(file, index, 1, NULL, (uint64_t[]){1, 2, 3}, RF_I16, 0, v, 12, NULL, &rows_err), rows_err);
  CHECK_OK(rf_file_free(file, &rows_err), rows_err);
  /* The heap is nearly full. */
  CHECK_OK(rf_file_open("sparse://x", RF_MODE_READ_WRITE, NULL, &file, &rows_err), rows_err);
  set_integer(file, "PCOUNT", heap);
  sparse.size = (2880 + 2880 + 3 * 22 + heap + 2879) / 2880 * 2880;
  CHECK_OK(rf_file_free(file, &rows_err), rows_err);
  CHECK_OK(rf_file_open("sparse://x", RF_MODE_READ_WRITE, NULL, &file, &rows_err), rows_err);
  rf_rows some = {0, 2, 2, NULL};
  CHECK_OK(call_write_heap(file, index, 1, &some, (uint64_t[]){1, 4}, RF_I16, 0, v, 10, NULL, &rows_err), rows_err);
  CHECK_STR(rows_card(file, index, "TFORM2"), "1QI(4)");
  CHECK_STR(rows_card(file, index, "TFORM3"), "1PB(0)");
  CHECK(rows_info(file, index).row_bytes == 30 && rows_info(file, index).heap_bytes == heap + 10);
  uint64_t lengths[3], offsets[3];
  CHECK_OK(rf_table_read_descriptors(file, index, 1, NULL, lengths, offsets, &rows_err), rows_err);
  CHECK(lengths[0] == 1 && lengths[1] == 2 && lengths[2] == 4);
  CHECK(offsets[0] == heap && offsets[1] == 2 && offsets[2] == heap + 2);
  CHECK_OK(call_read_heap(file, index, 1, lengths, offsets, 3, RF_I16, 0, back, 14, NULL, &rows_err), rows_err);
  CHECK(memcmp(back, (int16_t[]){7, 8, 9, 8, 9, 10, 11}, 14) == 0);
  requests[1].data = b_back;
  CHECK_OK(call_read(file, index, NULL, requests + 1, 1, &rows_err), rows_err);
  CHECK(memcmp(b, b_back, sizeof b) == 0);
  /* Rows that are appended widen the other column. An HDU follows, so that the heap gets no room to move to. */
  rf_image_spec image = {.size = sizeof image, .dtype = RF_U8, .naxis = 1, .axes = (uint64_t[]){1}, .extver = -1};
  size_t behind;
  CHECK_OK(rf_image_create(file, &image, &behind, &rows_err), rows_err);
  uint8_t w[] = {21, 22, 23}, w_back[3];
  rf_heap_cells cells[] = {
      {.size = sizeof cells[0], .lengths = (uint64_t[]){0, 1}, .type = RF_I16, .data = v, .data_bytes = 2, .column = 1},
      {.size = sizeof cells[0], .lengths = (uint64_t[]){3, 0}, .type = RF_U8, .data = w, .data_bytes = 3, .column = 2}};
  requests[1].data = b;
  CHECK_OK(call_append_heap(file, index, 2, requests, 2, cells, 2, &rows_err), rows_err);
  CHECK_STR(rows_card(file, index, "TFORM3"), "1QB(3)");
  CHECK(rows_info(file, index).row_bytes == 38 && rows_info(file, index).nrows == 5);
  CHECK(rows_info(file, index).heap_bytes == heap + 15);
  rf_rows last = {3, 1, 2, NULL};
  CHECK_OK(rf_table_read_descriptors(file, index, 2, &last, lengths, offsets, &rows_err), rows_err);
  CHECK(lengths[0] == 3 && offsets[0] == heap + 12 && lengths[1] == 0 && offsets[1] == 0);
  CHECK_OK(call_read_heap(file, index, 2, lengths, offsets, 2, RF_U8, 0, w_back, 3, NULL, &rows_err), rows_err);
  CHECK(memcmp(w, w_back, sizeof w) == 0);
  requests[1].data = b_back;
  CHECK_OK(call_read(file, index, &last, requests + 1, 1, &rows_err), rows_err);
  CHECK(memcmp(b, b_back, 2 * sizeof *b) == 0);
  uint64_t freed;
  CHECK_OK(rf_table_repack(file, index, &freed, &rows_err), rows_err);
  CHECK(rows_info(file, index).heap_bytes == 19);
  CHECK_OK(rf_file_free(file, &rows_err), rows_err);
  for (uint64_t i = 0; i < npages; i++)
    free(sparse.pages[i]);
  free(sparse.pages);
}

int main(void) {
  scratch_begin("heap_wide");
  RUN(test_p_becomes_q);
  scratch_end();
  return check_report();
}
