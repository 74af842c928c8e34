/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Deleting and moving HDUs, against a list of names: random changes of files on disk and in memory, the first HDU, HDUs
 * that cannot be the first, checksums, unreadable bytes behind.
 */
#include <stdlib.h>

#include "check.h"
#include "file/file.h"
#include "rustfits.h"
#include "scratch.h"

#define MOST 12

static rf_error err;

/* ---- files ---- */

/* Appends image `number` with extname "H<number>" and number + 1 rows of 500 pixels that hold the number. */
static void add_image(rf_file *file, int number) {
  static int16_t pixels[500 * (MOST + 1)];
  char name[16];
  const uint64_t axes[2] = {(uint64_t)number + 1, 500};
  size_t index, n = (size_t)(number + 1) * 500;
  for (size_t i = 0; i < n; i++)
    pixels[i] = (int16_t)number;
  snprintf(name, sizeof name, "H%d", number);
  rf_image_spec spec;
  rf_image_spec_init(&spec);
  spec.dtype = RF_I16;
  spec.naxis = 2;
  spec.axes = axes;
  spec.extname = name;
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  const rf_image_request all = {.size = sizeof all, .dtype = RF_I16, .data = pixels, .data_bytes = n * sizeof *pixels};
  CHECK_OK(rf_image_write(file, index, &all, &err), err);
}

static void add_table(rf_file *file, int number) {
  char name[16];
  int32_t cells[3] = {number, number, number};
  const rf_column_spec column = {.size = sizeof column, .name = "n", .type = RF_I32};
  rf_column_request request = {.size = sizeof request, .type = RF_I32, .data = cells, .stride = sizeof *cells};
  const rf_table_request rows = {.size = sizeof rows, .columns = &request, .ncolumns = 1};
  size_t index;
  snprintf(name, sizeof name, "H%d", number);
  const rf_table_spec spec = {.size = sizeof spec,
                              .kind = RF_HDU_TABLE,
                              .nrows = 3,
                              .columns = &column,
                              .ncols = 1,
                              .extname = name,
                              .extver = -1,
                              .cells = &rows};
  CHECK_OK(rf_table_create(file, &spec, &index, &err), err);
}

static bool is_table(int number) {
  return number % 3 == 2;
}

static rf_file *open_file(const char *name, rf_mode mode) {
  rf_file *file = NULL;
  CHECK_OK(rf_file_open(name, mode, NULL, &file, &err), err);
  if (file == NULL)
    exit(2);
  return file;
}

static rf_file *make_file(const char *name, int count) {
  rf_file *file = open_file(name, RF_MODE_CREATE);
  for (int i = 0; i < count; i++)
    is_table(i) ? add_table(file, i) : add_image(file, i);
  return file;
}

static void free_file(rf_file *file) {
  CHECK_OK(rf_file_free(file, &err), err);
}

/* ---- comparing ---- */

static void check_hdu(rf_file *file, size_t index, int number) {
  static int16_t pixels[500 * (MOST + 1)];
  char name[16];
  rf_hdu_info info = {.size = sizeof info};
  CHECK_OK(rf_hdu_get_info(file, index, &info, &err), err);
  if (number < 0) { /* an empty primary HDU */
    CHECK(info.kind == RF_HDU_IMAGE && info.data_bytes == 0);
    return;
  }
  snprintf(name, sizeof name, "H%d", number);
  size_t found = 999;
  CHECK_OK(rf_file_find(file, name, NULL, &found, &err), err);
  CHECK(found == index);
  if (is_table(number)) {
    int32_t cells[3] = {0};
    rf_column_request request = {.size = sizeof request, .type = RF_I32, .data = cells, .stride = sizeof *cells};
    const rf_table_request rows = {.size = sizeof rows, .columns = &request, .ncolumns = 1};
    CHECK_OK(rf_table_read(file, index, &rows, &err), err);
    CHECK(cells[0] == number && cells[2] == number);
    return;
  }
  size_t n = (size_t)(number + 1) * 500;
  const rf_image_request all = {.size = sizeof all, .dtype = RF_I16, .data = pixels, .data_bytes = n * sizeof *pixels};
  CHECK_OK(rf_image_read(file, index, &all, &err), err);
  CHECK(pixels[0] == number && pixels[n - 1] == number);
}

static void check_all(rf_file *file, const int *numbers, size_t count) {
  size_t found = 0;
  uint64_t size = 0, end = 0;
  CHECK_OK(rf_file_get_hdu_count(file, &found, &err), err);
  CHECK(found == count);
  for (size_t i = 0; i < count && i < found; i++) {
    rf_hdu_info info = {.size = sizeof info};
    check_hdu(file, i, numbers[i]);
    CHECK_OK(rf_hdu_get_info(file, i, &info, &err), err);
    CHECK(info.header_offset == end);
    end = (info.data_offset + info.data_bytes + 2879) / 2880 * 2880;
  }
  CHECK_OK(rf_file_get_size(file, &size, &err), err);
  CHECK(size == end);
}

/* ---- the model ---- */

/* Deletes and moves the numbers as the file should; returns false where the file must refuse. */
static bool model_delete(int *numbers, size_t *count, size_t index) {
  if (index == 0 && (*count < 2 || is_table(numbers[1]))) {
    numbers[0] = -1;
    return true;
  }
  for (size_t i = index; i + 1 < *count; i++)
    numbers[i] = numbers[i + 1];
  --*count;
  return true;
}

static bool model_move(int *numbers, size_t count, size_t from, size_t to) {
  int moved[MOST], one = numbers[from];
  memcpy(moved, numbers, count * sizeof *moved);
  for (size_t i = from; i < to; i++)
    moved[i] = moved[i + 1];
  for (size_t i = from; i > to; i--)
    moved[i] = moved[i - 1];
  moved[to] = one;
  if (from != to && moved[0] >= 0 && is_table(moved[0]))
    return false;
  memcpy(numbers, moved, count * sizeof *moved);
  return true;
}

static void random_changes(const char *name, unsigned seed) {
  int numbers[MOST];
  size_t count = MOST;
  rf_file *file = make_file(name, MOST);
  for (int i = 0; i < MOST; i++)
    numbers[i] = i;
  check_all(file, numbers, count);
  for (int step = 0; count > 1 && step < 60; step++) {
    seed = seed * 1103515245u + 12345u;
    size_t from = (seed >> 8) % count, to = (seed >> 16) % count;
    if (step % 5 == 4) {
      CHECK(model_delete(numbers, &count, from));
      CHECK_OK(rf_hdu_delete(file, from, &err), err);
    } else {
      bool right = model_move(numbers, count, from, to);
      rf_status status = rf_hdu_move(file, from, to, &err);
      CHECK(right ? status == RF_OK : status == RF_ERR_UNSUPPORTED);
    }
    check_all(file, numbers, count);
  }
  free_file(file);
  if (strncmp(name, "mem:", 4) == 0)
    return;
  file = open_file(name, RF_MODE_READ);
  check_all(file, numbers, count);
  free_file(file);
}

static void random_changes_match_the_list(void) {
  random_changes("mem://", 3);
  for (unsigned seed = 1; seed < 6; seed++)
    random_changes(scratch_path("arrange.fits"), seed);
}

/* ---- single cases ---- */

static void first_hdu_is_replaced(void) {
  rf_file *file = make_file(scratch_path("first.fits"), 3);
  CHECK_OK(rf_hdu_delete(file, 0, &err), err); /* image 1 becomes the first */
  check_all(file, (const int[]){1, 2}, 2);
  CHECK_OK(rf_hdu_delete(file, 0, &err), err); /* before the table comes an empty one */
  check_all(file, (const int[]){-1, 2}, 2);
  CHECK_OK(rf_hdu_delete(file, 1, &err), err);
  CHECK_OK(rf_hdu_delete(file, 0, &err), err);
  check_all(file, (const int[]){-1}, 1);
  free_file(file);
}

static void wrong_places_are_refused(void) {
  rf_file *file = make_file(scratch_path("refused.fits"), 4);
  CHECK(rf_hdu_delete(file, 4, &err) == RF_ERR_NOT_FOUND);
  CHECK(rf_hdu_move(file, 0, 4, &err) == RF_ERR_NOT_FOUND);
  CHECK(rf_hdu_move(file, 4, 0, &err) == RF_ERR_NOT_FOUND);
  CHECK(rf_hdu_move(file, 2, 0, &err) == RF_ERR_UNSUPPORTED);
  CHECK(strstr(err.message, "only an image can be the first HDU, found a binary table") != NULL);
  check_all(file, (const int[]){0, 1, 2, 3}, 4);
  free_file(file);
  file = open_file(scratch_path("refused.fits"), RF_MODE_READ);
  CHECK(rf_hdu_delete(file, 1, &err) == RF_ERR_READONLY);
  free_file(file);
}

static void checksums_stay_right(void) {
  rf_file *file = make_file(scratch_path("sums.fits"), 4);
  rf_checksum_state state = RF_CHECKSUM_ABSENT, data = RF_CHECKSUM_ABSENT;
  for (size_t i = 0; i < 4; i++)
    CHECK_OK(rf_hdu_add_checksum(file, i, 1, &err), err);
  CHECK_OK(rf_hdu_move(file, 0, 3, &err), err);
  CHECK_OK(rf_hdu_move(file, 1, 2, &err), err);
  for (size_t i = 0; i < 4; i++) {
    CHECK_OK(rf_hdu_verify_checksum(file, i, &data, &state, &err), err);
    CHECK(state == RF_CHECKSUM_RIGHT && data == RF_CHECKSUM_RIGHT);
  }
  free_file(file);
}

/* A second handle of the same file sees the new order. */
static void another_handle_follows(void) {
  rf_file *file = make_file(scratch_path("two.fits"), 4);
  CHECK_OK(rf_file_flush(file, &err), err);
  rf_file *other = open_file(scratch_path("two.fits"), RF_MODE_READ);
  check_all(other, (const int[]){0, 1, 2, 3}, 4);
  CHECK_OK(rf_hdu_delete(file, 1, &err), err);
  CHECK_OK(rf_hdu_move(file, 1, 2, &err), err);
  check_all(other, (const int[]){0, 3, 2}, 3);
  free_file(other);
  free_file(file);
}

/* Bytes behind the last HDU move along, and do not prevent a change before them. */
static void bytes_behind_move_along(void) {
  free_file(make_file(scratch_path("behind.fits"), 3));
  FILE *raw = fopen(scratch_path("behind.fits"), "ab");
  CHECK(raw != NULL);
  if (raw == NULL)
    return;
  CHECK(fwrite("JUNK", 1, 4, raw) == 4);
  CHECK(fclose(raw) == 0);
  rf_file *file = open_file(scratch_path("behind.fits"), RF_MODE_READ_WRITE);
  uint64_t before = 0, after = 0;
  CHECK_OK(rf_file_get_size(file, &before, &err), err);
  CHECK_OK(rf_hdu_delete(file, 1, &err), err);
  CHECK_OK(rf_file_get_size(file, &after, &err), err);
  CHECK(before - after == 2 * 2880);
  char tail[4];
  CHECK_OK(rf_file_read_bytes(file, after - 4, tail, 4, &err), err);
  CHECK(memcmp(tail, "JUNK", 4) == 0);
  check_hdu(file, 0, 0);
  check_hdu(file, 1, 2);
  free_file(file);
}

int main(void) {
  scratch_begin("arrange");
  RUN(random_changes_match_the_list);
  RUN(first_hdu_is_replaced);
  RUN(wrong_places_are_refused);
  RUN(checksums_stay_right);
  RUN(another_handle_follows);
  RUN(bytes_behind_move_along);
  scratch_end();
  return check_report();
}
