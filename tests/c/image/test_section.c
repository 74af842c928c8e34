/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sections against a walk over every element by division: what is read, what is written, and what the plan says.
 */
#include <stdbool.h>

#include "check.h"
#include "image_file.h"
#include "image_request.h"

#define MAX_AXES 5

/* The same file opened in the ways that make the reader go different ways: through a mapping, by system calls, in place
 * in memory. */
static rf_file *open_way(int way, const char *path, const uint8_t *content, size_t size) {
  rf_error err;
  rf_file *file = NULL;
  if (way == 0)
    CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &file, &err), err);
  else if (way == 1)
    CHECK_OK(rf_file_open(path, RF_MODE_READ_WRITE, NULL, &file, &err), err);
  else
    CHECK_OK(rf_file_open_bytes(content, size, RF_MODE_READ, NULL, &file, &err), err);
  return file;
}

static const struct {
  int bitpix;
  rf_dtype type;
} kinds[] = {{8, RF_U8}, {16, RF_I16}, {32, RF_I32}, {64, RF_I64}, {-32, RF_F32}, {-64, RF_F64}};

/* Bytes of an element of the file, in the order of the machine. */
static void expected_bytes(const uint8_t *data, uint64_t element, size_t width, uint8_t *out) {
  const uint16_t one = 1;
  bool little = *(const uint8_t *)&one == 1;
  for (size_t b = 0; b < width; b++)
    out[b] = data[element * width + (little ? width - 1 - b : b)];
}

static void check_section(rf_file *file, rf_dtype type, size_t width, int naxis, const uint64_t *lengths,
                          const rf_axis *axes, uint64_t count, const uint8_t *data) {
  rf_error err;
  uint8_t *out = malloc((size_t)count * width + 1), wanted[8];
  out[count * width] = 0xA5;
  CHECK_OK(
      rf_image_read(file, 0, PIXELS(.section = axes, .dtype = type, .data = out, .data_bytes = count * width), &err),
      err);
  uint64_t wrong = 0;
  for (uint64_t n = 0; n < count; n++) {
    expected_bytes(data, image_element(naxis, lengths, axes, n), width, wanted);
    wrong += memcmp(wanted, out + n * width, width) != 0;
  }
  CHECK(wrong == 0);
  CHECK(out[count * width] == 0xA5);
  free(out);
}

/* The plan covers each wanted byte, is in order, has no ranges that touch, and adds up. */
static void check_plan(rf_file *file, size_t width, size_t size, int naxis, const uint64_t *lengths,
                       const rf_axis *axes, uint64_t count) {
  rf_error err;
  size_t ranges_count = 0, again = 0;
  uint64_t bytes = 0, sum = 0;
  CHECK_OK(plan_section(file, 0, axes, NULL, 0, &ranges_count, &bytes, &err), err);
  rf_range *ranges = calloc(ranges_count + 1, sizeof *ranges);
  uint8_t *covered = calloc(1, size);
  CHECK_OK(plan_section(file, 0, axes, ranges, ranges_count, &again, &bytes, &err), err);
  CHECK(again == ranges_count);
  for (size_t i = 0; i < ranges_count; i++) {
    CHECK(i == 0 || ranges[i].offset > ranges[i - 1].offset + ranges[i - 1].length);
    CHECK(ranges[i].offset >= 2880 && ranges[i].offset + ranges[i].length <= size);
    memset(covered + ranges[i].offset, 1, ranges[i].length);
    sum += ranges[i].length;
  }
  CHECK(sum == bytes);
  uint64_t missing = 0;
  for (uint64_t n = 0; n < count; n++)
    for (size_t b = 0; b < width; b++)
      missing += !covered[2880 + image_element(naxis, lengths, axes, n) * width + b];
  CHECK(missing == 0);
  free(covered);
  free(ranges);
}

static void small_sections_of_every_type(void) {
  for (int round = 0; round < 400; round++) {
    int naxis = 1 + (int)image_random(MAX_AXES), kind = (int)image_random(6);
    uint64_t lengths[MAX_AXES], lists[MAX_AXES][64];
    rf_axis axes[MAX_AXES];
    size_t size, width = rf_dtype_bytes(kinds[kind].type, 0);
    uint8_t *data;
    for (int i = 0; i < naxis; i++)
      lengths[i] = 1 + image_random(i == naxis - 1 ? 40 : 6);
    uint8_t *content = image_make(kinds[kind].bitpix, naxis, lengths, "", &size, &data);
    const char *path = scratch_path("small.fits");
    scratch_write(path, content, size);
    rf_file *file = open_way(round % 3, path, content, size);
    for (int i = 0; i < 4; i++) {
      uint64_t count = image_random_axes(naxis, lengths, axes, lists);
      check_section(file, kinds[kind].type, width, naxis, lengths, axes, count, data);
      check_plan(file, width, size, naxis, lengths, axes, count);
    }
    CHECK(rf_file_free(file, NULL) == RF_OK);
    free(content);
  }
}

/* Sections that need many batches, ranges and stages. */
static void large_sections(void) {
  const uint64_t lengths[3] = {23, 71, 601};
  uint64_t list[300];
  size_t size;
  uint8_t *data;
  uint8_t *content = image_make(16, 3, lengths, "", &size, &data);
  const char *path = scratch_path("large.fits");
  scratch_write(path, content, size);
  for (int i = 0; i < 300; i++)
    list[i] = image_random(601);
  const rf_axis sections[][3] = {
      {{0, 1, 23, NULL}, {0, 1, 71, NULL}, {0, 1, 601, NULL}},
      {{0, 1, 23, NULL}, {0, 1, 71, NULL}, {1, 3, 200, NULL}},
      {{22, -1, 23, NULL}, {70, -1, 71, NULL}, {600, -1, 601, NULL}},
      {{0, 1, 23, NULL}, {0, 1, 71, NULL}, {5, 1, 590, NULL}},
      {{0, 1, 23, NULL}, {0, 1, 71, NULL}, {0, 200, 4, NULL}},
      {{0, 1, 23, NULL}, {0, 1, 71, NULL}, {0, 1, 300, list}},
  };
  rf_axis rows[3] = {{0, 1, 23, NULL}, {0, 1, 60, NULL}, {3, 1, 500, NULL}};
  uint64_t row_list[60];
  for (int i = 0; i < 60; i++)
    row_list[i] = image_random(71);
  rows[1].indices = row_list;
  for (int way = 0; way < 3; way++) {
    rf_file *file = open_way(way, path, content, size);
    for (int s = 0; s < 6; s++) {
      uint64_t count = sections[s][0].count * sections[s][1].count * sections[s][2].count;
      check_section(file, RF_I16, 2, 3, lengths, sections[s], count, data);
      check_plan(file, 2, size, 3, lengths, sections[s], count);
    }
    check_section(file, RF_I16, 2, 3, lengths, rows, 23 * 60 * 500, data);
    CHECK(rf_file_free(file, NULL) == RF_OK);
  }
  free(content);
}

/* The same as real numbers, which are wider than what is stored and so take the way through a stage. */
static void large_sections_as_doubles(void) {
  const uint64_t lengths[2] = {700, 999};
  size_t size;
  uint8_t *data;
  uint8_t *content = image_make(16, 2, lengths, "", &size, &data);
  const char *path = scratch_path("doubles.fits");
  scratch_write(path, content, size);
  const rf_axis sections[][2] = {
      {{0, 1, 700, NULL}, {0, 1, 999, NULL}},
      {{0, 1, 700, NULL}, {1, 1, 997, NULL}},
      {{699, -1, 700, NULL}, {998, -2, 500, NULL}},
      {{0, 1, 700, NULL}, {998, -300, 4, NULL}},
  };
  for (int way = 0; way < 3; way++) {
    rf_file *file = open_way(way, path, content, size);
    for (int s = 0; s < 4; s++) {
      uint64_t count = sections[s][0].count * sections[s][1].count, wrong = 0;
      double *out = malloc((size_t)count * sizeof *out);
      rf_error err;
      CHECK_OK(rf_image_read(file, 0,
                             PIXELS(.section = sections[s], .dtype = RF_F64, .data = out, .data_bytes = count * 8),
                             &err),
               err);
      for (uint64_t n = 0; n < count; n++) {
        const uint8_t *at = data + 2 * image_element(2, lengths, sections[s], n);
        int value = at[0] * 256 + at[1];
        wrong += out[n] != (double)(value >= 32768 ? value - 65536 : value);
      }
      CHECK(wrong == 0);
      free(out);
    }
    CHECK(rf_file_free(file, NULL) == RF_OK);
  }
  free(content);
}

static void writing_sections(void) {
  for (int round = 0; round < 400; round++) {
    int naxis = 1 + (int)image_random(MAX_AXES), kind = (int)image_random(6);
    uint64_t lengths[MAX_AXES], lists[MAX_AXES][64];
    rf_axis axes[MAX_AXES];
    rf_error err;
    size_t size, written_size, width = rf_dtype_bytes(kinds[kind].type, 0);
    uint8_t *data;
    for (int i = 0; i < naxis; i++)
      lengths[i] = 1 + image_random(i == naxis - 1 ? 300 : 6);
    uint8_t *content = image_make(kinds[kind].bitpix, naxis, lengths, "", &size, &data);
    const char *path = scratch_path("write.fits");
    scratch_write(path, content, size);
    rf_file *file = open_way(1, path, content, size);
    uint64_t count = image_random_axes(naxis, lengths, axes, lists);
    uint8_t *values = malloc((size_t)count * width);
    for (uint64_t n = 0; n < count; n++) {
      uint8_t *at = data + image_element(naxis, lengths, axes, n) * width;
      for (size_t b = 0; b < width; b++)
        at[b] = (uint8_t)image_random(256);
    }
    /* Elements taken twice have the value that was given last, so the values are taken when all are there. */
    for (uint64_t n = 0; n < count; n++)
      expected_bytes(data, image_element(naxis, lengths, axes, n), width, values + n * width);
    CHECK_OK(rf_image_write(
                 file, 0,
                 PIXELS(.section = axes, .dtype = kinds[kind].type, .data = values, .data_bytes = count * width), &err),
             err);
    CHECK(rf_file_free(file, NULL) == RF_OK);
    uint8_t *written = scratch_read(path, &written_size);
    CHECK(written_size == size && memcmp(written, content, size) == 0);
    free(written);
    free(values);
    free(content);
  }
}

static void the_last_of_repeated_indices_stays(void) {
  const uint64_t lengths[1] = {10}, list[5] = {3, 4, 3, 9, 3};
  const uint8_t values[5] = {1, 2, 3, 4, 5};
  const rf_axis axis = {0, 1, 5, list};
  uint8_t out[10];
  size_t size;
  uint8_t *data;
  rf_error err;
  uint8_t *content = image_make(8, 1, lengths, "", &size, &data);
  rf_file *file = open_way(2, NULL, content, size);
  CHECK_OK(
      rf_image_write(file, 0, PIXELS(.section = &axis, .dtype = RF_U8, .data = (void *)values, .data_bytes = 5), &err),
      err);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_U8, .data = out, .data_bytes = 10), &err), err);
  CHECK(out[3] == 5 && out[4] == 2 && out[9] == 4);
  CHECK(rf_file_free(file, NULL) == RF_OK);
  free(content);
}

static void what_lies_outside_is_refused(void) {
  const uint64_t lengths[2] = {4, 6}, list[2] = {0, 6};
  const struct {
    rf_axis axis;
    rf_status status;
  } cases[] = {
      {{6, 1, 1, NULL}, RF_ERR_RANGE},         {{-1, 1, 1, NULL}, RF_ERR_RANGE},
      {{0, 1, 7, NULL}, RF_ERR_RANGE},         {{5, -1, 7, NULL}, RF_ERR_RANGE},
      {{0, 0, 2, NULL}, RF_ERR_ARGUMENT},      {{0, INT64_MAX, 2, NULL}, RF_ERR_RANGE},
      {{5, INT64_MIN, 2, NULL}, RF_ERR_RANGE}, {{0, 1, UINT64_MAX, NULL}, RF_ERR_RANGE},
      {{0, 1, 2, list}, RF_ERR_RANGE},
  };
  size_t size;
  uint8_t *data, out[64];
  rf_error err;
  uint8_t *content = image_make(8, 2, lengths, "", &size, &data);
  rf_file *file = open_way(2, NULL, content, size);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const rf_axis axes[2] = {{0, 1, 1, NULL}, cases[i].axis};
    CHECK(rf_image_read(file, 0, PIXELS(.section = axes, .dtype = RF_U8, .data = out, .data_bytes = 1), &err) ==
          cases[i].status);
    CHECK(strstr(err.message, "axis 1") != NULL);
    CHECK(rf_image_write(file, 0, PIXELS(.section = axes, .dtype = RF_U8, .data = out, .data_bytes = 1), &err) ==
          cases[i].status);
  }
  const rf_axis nothing[2] = {{99, 0, 0, NULL}, {0, 1, 6, NULL}};
  CHECK_OK(rf_image_read(file, 0, PIXELS(.section = nothing, .dtype = RF_U8), &err), err);
  CHECK(rf_image_read(file, 0, PIXELS(.dtype = RF_U8, .data = out, .data_bytes = 23), &err) == RF_ERR_ARGUMENT);
  CHECK(rf_image_read(file, 0, PIXELS(.dtype = RF_U8, .data_bytes = 24), &err) == RF_ERR_ARGUMENT);
  CHECK(rf_file_free(file, NULL) == RF_OK);
  free(content);
}

/* More elements than there is memory for, out of a small file: lists may repeat. */
static void a_product_that_overflows_is_refused(void) {
  static uint64_t zeros[1u << 16];
  const uint64_t lengths[5] = {1, 1, 1, 1, 1};
  rf_axis axes[5];
  size_t size;
  uint8_t *data, out[8];
  rf_error err;
  uint8_t *content = image_make(8, 5, lengths, "", &size, &data);
  rf_file *file = open_way(2, NULL, content, size);
  for (int i = 0; i < 5; i++)
    axes[i] = (rf_axis){0, 1, 1u << 16, zeros};
  CHECK(rf_image_read(file, 0, PIXELS(.section = axes, .dtype = RF_U8, .data = out, .data_bytes = 8), &err) ==
        RF_ERR_LIMIT);
  axes[0].count = axes[4].count = 1;
  CHECK(rf_image_read(file, 0, PIXELS(.section = axes, .dtype = RF_U8, .data = out, .data_bytes = 8), &err) ==
        RF_ERR_ARGUMENT);
  CHECK(rf_file_free(file, NULL) == RF_OK);
  free(content);
}

typedef struct plane {
  rf_file *file;
  uint64_t generation;
  rf_dtype dtype;
} plane;

static rf_status read_rectangle(const plane *p, int64_t row, uint64_t rows, int64_t column, uint64_t columns, void *out,
                                rf_error *e) {
  const rf_axis section[2] = {{row, 1, rows, NULL}, {column, 1, columns, NULL}};
  return rf_image_read(p->file, 0,
                       PIXELS(.section = section, .naxis = 2, .dtype = p->dtype, .data = out,
                              .data_bytes = rows * columns * rf_dtype_bytes(p->dtype, 0), .generation = p->generation),
                       e);
}

/* Rectangles of a plane give its pixels. They are refused where the file was edited or they leave the plane. */
static void rectangles_of_a_plane(void) {
  const uint64_t lengths[2] = {200, 90};
  size_t size;
  rf_error err;
  uint8_t *data, *content = image_make(-32, 2, lengths, "", &size, &data), wanted[4];
  uint8_t out[200 * 90 * 4 + 1];
  const char *path = scratch_path("plane.fits");
  scratch_write(path, content, size);
  for (int way = 0; way < 3; way++) {
    rf_file *file = open_way(way, path, content, size);
    plane p = {file, rf_file_get_generation(file), RF_F32};
    for (int round = 0; round < 300; round++) {
      uint64_t row = image_random(200), rows = 1 + image_random(200 - row);
      uint64_t column = image_random(90), columns = 1 + image_random(90 - column), wrong = 0;
      out[rows * columns * 4] = 0xA5;
      CHECK_OK(read_rectangle(&p, (int64_t)row, rows, (int64_t)column, columns, out, &err), err);
      for (uint64_t n = 0; n < rows * columns; n++) {
        expected_bytes(data, (row + n / columns) * 90 + column + n % columns, 4, wanted);
        wrong += memcmp(wanted, out + n * 4, 4) != 0;
      }
      CHECK(wrong == 0);
      CHECK(out[rows * columns * 4] == 0xA5);
    }
    CHECK(read_rectangle(&p, 3, 0, 4, 5, NULL, &err) == RF_OK);
    CHECK(read_rectangle(&p, -1, 1, 0, 1, out, &err) == RF_ERR_RANGE);
    CHECK(read_rectangle(&p, 0, 1, 89, 2, out, &err) == RF_ERR_RANGE);
    CHECK(read_rectangle(&p, 0, 1, 89, 2, out, NULL) == RF_ERR_RANGE);
    CHECK(read_rectangle(&p, 0, 1, INT64_MAX, 1, out, &err) == RF_ERR_RANGE);
    CHECK(read_rectangle(&p, 0, UINT64_MAX, 0, UINT64_MAX, out, &err) == RF_ERR_RANGE);
    CHECK(read_rectangle(&p, 0, (uint64_t)1 << 62, 0, 1, out, &err) == RF_ERR_RANGE);
    p.dtype = RF_I16;
    CHECK(read_rectangle(&p, 0, 1, 0, 1, out, &err) == RF_ERR_TYPE);
    p.dtype = RF_F32;
    p.generation++;
    CHECK(read_rectangle(&p, 0, 1, 0, 1, out, &err) == RF_ERR_CHANGED);
    p.generation = 0; /* any */
    CHECK(read_rectangle(&p, 0, 1, 0, 1, out, &err) == RF_OK);
    CHECK(rf_file_close(file, &err) == RF_OK);
    CHECK(read_rectangle(&p, 0, 1, 0, 1, out, &err) == RF_ERR_CLOSED);
    CHECK(rf_file_free(file, &err) == RF_OK);
  }
  free(content);
  const uint64_t cube[3] = {2, 3, 4};
  content = image_make(-32, 3, cube, "", &size, &data);
  rf_file *file = open_way(2, NULL, content, size);
  const plane p = {file, rf_file_get_generation(file), RF_F32};
  CHECK(read_rectangle(&p, 0, 1, 0, 1, out, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_file_free(file, &err) == RF_OK);
  free(content);
}

int main(void) {
  scratch_begin("section");
  RUN(small_sections_of_every_type);
  RUN(large_sections);
  RUN(large_sections_as_doubles);
  RUN(writing_sections);
  RUN(the_last_of_repeated_indices_stays);
  RUN(what_lies_outside_is_refused);
  RUN(a_product_that_overflows_is_refused);
  RUN(rectangles_of_a_plane);
  scratch_end();
  return check_report();
}
