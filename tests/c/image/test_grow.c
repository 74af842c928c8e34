/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Images whose axes become longer: each pixel keeps its position, in memory and in a file, for any shape and section.
 */
#include <stdbool.h>

#include "check.h"
#include "image_file.h"
#include "image_request.h"

#define MAX_PIXELS 8192

/* An image as a test knows it. */
typedef struct model {
  int naxis;
  uint64_t axes[4]; /* slowest first */
  int16_t pixels[MAX_PIXELS];
} model;

static uint64_t count_of(const model *m) {
  uint64_t count = 1;
  for (int k = 0; k < m->naxis; k++)
    count *= m->axes[k];
  return count;
}

/* Makes the axes of a model as long as `axes` says. */
static void grow_model(model *m, const uint64_t *axes) {
  model old = *m;
  memcpy(m->axes, axes, sizeof m->axes);
  memset(m->pixels, 0, sizeof m->pixels);
  for (uint64_t i = 0, count = count_of(&old); i < count; i++) {
    uint64_t rest = i, at = 0, stride = 1;
    for (int k = old.naxis - 1; k >= 0; k--) {
      at += rest % old.axes[k] * stride;
      rest /= old.axes[k];
      stride *= m->axes[k];
    }
    m->pixels[at] = old.pixels[i];
  }
}

static bool holds(rf_file *file, const model *m) {
  int16_t pixels[MAX_PIXELS];
  uint8_t tail[3];
  uint64_t axes[4];
  size_t naxis;
  rf_error err;
  CHECK_OK(rf_image_get_axes(file, 0, axes, 4, &naxis, &err), err);
  if (naxis != (size_t)m->naxis || memcmp(axes, m->axes, naxis * sizeof *axes) != 0)
    return false;
  uint64_t bytes = count_of(m) * sizeof *pixels;
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_I16, .data = pixels, .data_bytes = bytes), &err), err);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_U8, .data = tail, .data_bytes = sizeof tail), &err), err);
  return memcmp(pixels, m->pixels, (size_t)bytes) == 0 && memcmp(tail, "end", sizeof tail) == 0;
}

/* A file with the image of a model, and an HDU after it. */
static rf_file *create(const char *name, const model *m) {
  const uint64_t three = 3;
  size_t index;
  rf_file *file = NULL;
  rf_error err;
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_I16, .naxis = m->naxis, .axes = m->axes, .extver = -1};
  const rf_image_spec after = {.size = sizeof after, .dtype = RF_U8, .naxis = 1, .axes = &three, .extver = -1};
  CHECK_OK(rf_file_open(name, RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK_OK(rf_image_create(file, &after, &index, &err), err);
  uint64_t bytes = count_of(m) * sizeof *m->pixels;
  CHECK_OK(rf_image_write(file, 0, PIXELS(.dtype = RF_I16, .data = (void *)m->pixels, .data_bytes = bytes), &err), err);
  CHECK_OK(rf_image_write(file, 1, PIXELS(.dtype = RF_U8, .data = (void *)"end", .data_bytes = 3), &err), err);
  return file;
}

static model random_model(void) {
  model m = {.naxis = 1 + (int)image_random(4), .axes = {0}};
  for (int k = 0; k < m.naxis; k++)
    m.axes[k] = image_random(10) == 0 ? 0 : 1 + image_random(4);
  for (uint64_t i = 0, count = count_of(&m); i < count; i++)
    m.pixels[i] = (int16_t)(1 + i);
  return m;
}

static void write_random(rf_file *file, model *m) {
  uint64_t axes[4] = {0}, lengths[4] = {0}, lists[4][64];
  rf_axis section[4];
  int16_t data[MAX_PIXELS];
  rf_error err;
  for (int k = 0; k < m->naxis; k++)
    lengths[k] = 1 + image_random(6);
  uint64_t count = image_random_axes(m->naxis, lengths, section, lists);
  if (count > MAX_PIXELS)
    return;
  for (int k = 0; k < m->naxis; k++) {
    uint64_t reach = 0;
    for (uint64_t i = 0; i < section[k].count; i++) {
      uint64_t at = section[k].indices != NULL ? section[k].indices[i]
                                               : (uint64_t)(section[k].start + (int64_t)i * section[k].step);
      reach = at + 1 > reach ? at + 1 : reach;
    }
    axes[k] = reach > m->axes[k] ? reach : m->axes[k];
  }
  grow_model(m, axes);
  for (uint64_t i = 0; i < count; i++) {
    data[i] = (int16_t)(1000 + i);
    m->pixels[image_element(m->naxis, m->axes, section, i)] = data[i];
  }
  CHECK_OK(rf_image_write(file, 0,
                          PIXELS(.section = section, .naxis = m->naxis, .dtype = RF_I16, .flags = RF_IMAGE_GROW,
                                 .data = data, .data_bytes = count * sizeof *data),
                          &err),
           err);
}

static void grow_random(rf_file *file, model *m) {
  uint64_t axes[4] = {0};
  rf_error err;
  for (int k = 0; k < m->naxis; k++)
    axes[k] = m->axes[k] + (image_random(2) == 0 ? image_random(3) : 0);
  model wider = *m;
  memcpy(wider.axes, axes, sizeof axes);
  if (count_of(&wider) > MAX_PIXELS)
    return;
  grow_model(m, axes);
  CHECK_OK(rf_image_grow(file, 0, axes, m->naxis, &err), err);
}

static void images_grow_as_a_model_does(void) {
  const char *path = scratch_path("grown.fits");
  for (int round = 0; round < 300; round++) {
    model m = random_model();
    rf_file *file = create(round % 2 == 0 ? "mem://" : path, &m);
    for (int step = 0; step < 3; step++) {
      if (image_random(2) == 0)
        write_random(file, &m);
      else
        grow_random(file, &m);
      CHECK(holds(file, &m));
    }
    CHECK(rf_file_free(file, NULL) == RF_OK);
  }
}

/* An edit of a file writes many short rows in parts. */
static void many_short_rows_are_written(void) {
  const char *path = scratch_path("rows.fits");
  int16_t data[900];
  rf_error err;
  for (uint64_t column = 0; column < 5; column++)
    for (uint64_t step = 1; step <= 2; step++) {
      model m = {.naxis = 2, .axes = {400, 3}};
      for (uint64_t i = 0, count = count_of(&m); i < count; i++)
        m.pixels[i] = (int16_t)(1 + i);
      rf_file *file = create(path, &m);
      const rf_axis section[2] = {{5, (int64_t)step, 300, NULL}, {(int64_t)column, 1, 3, NULL}};
      grow_model(&m, (const uint64_t[4]){step == 1 ? 400 : 604, column + 3});
      for (uint64_t i = 0; i < 900; i++) {
        data[i] = (int16_t)(2000 + i);
        m.pixels[image_element(2, m.axes, section, i)] = data[i];
      }
      CHECK_OK(rf_image_write(file, 0,
                              PIXELS(.section = section, .naxis = 2, .dtype = RF_I16, .flags = RF_IMAGE_GROW,
                                     .data = data, .data_bytes = sizeof data),
                              &err),
               err);
      CHECK(holds(file, &m));
      CHECK(rf_file_free(file, NULL) == RF_OK);
    }
}

/* The library begins an HDU, and the image grows before the HDU is in the file. */
static void an_image_that_is_being_made_grows(void) {
  static const int16_t data[4] = {1, 2, 3, 4};
  const uint64_t axes[2] = {2, 2};
  const rf_axis section[2] = {{2, 1, 1, NULL}, {0, 2, 4, NULL}};
  int16_t back[21];
  size_t index;
  rf_error err;
  rf_file *file = NULL;
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_I16, .naxis = 2, .axes = axes, .extver = -1, .deferred = 1};
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK_OK(rf_image_write(file, 0,
                          PIXELS(.dtype = RF_I16, .flags = RF_IMAGE_HELD, .data = (void *)data, .data_bytes = 8), &err),
           err);
  CHECK_OK(rf_image_write(file, 0,
                          PIXELS(.section = section, .naxis = 2, .dtype = RF_I16, .flags = RF_IMAGE_GROW,
                                 .data = (void *)data, .data_bytes = 8),
                          &err),
           err);
  CHECK_OK(rf_hdu_publish(file, 0, &err), err);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_I16, .data = back, .data_bytes = sizeof back), &err), err);
  static const int16_t expected[21] = {1, 2, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4};
  CHECK(memcmp(back, expected, sizeof back) == 0);
  CHECK(rf_file_free(file, NULL) == RF_OK);
}

static void a_refused_growth_changes_nothing(void) {
  static const int16_t data[2] = {1, 2};
  static const int32_t beyond[2] = {1, 70000};
  const uint64_t shorter[2] = {2, 2}, longer[3] = {9, 9, 9}, huge[2] = {UINT64_C(1) << 40, UINT64_C(1) << 40};
  const rf_axis before[2] = {{0, 1, 1, NULL}, {-1, 5, 2, NULL}}, far[2] = {{0, 1, 1, NULL}, {INT64_MAX, 1, 2, NULL}},
                wide[2] = {{0, 1, 1, NULL}, {3, 1, 2, NULL}}, none[2] = {{9, 1, 0, NULL}, {0, 1, 2, NULL}};
  model m = {.naxis = 2, .axes = {2, 3}, .pixels = {1, 2, 3, 4, 5, 6}};
  rf_error err;
  rf_file *file = create("mem://", &m);
  CHECK(rf_image_grow(file, 0, shorter, 2, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_image_grow(file, 0, longer, 3, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_image_grow(file, 0, longer, 0, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_image_grow(file, 0, NULL, 2, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_image_grow(file, 0, huge, 2, &err) == RF_ERR_LIMIT);
  CHECK(rf_image_grow(file, 5, longer, 2, &err) == RF_ERR_NOT_FOUND);
#define GROW(...) rf_image_write(file, 0, PIXELS(.naxis = 2, .flags = RF_IMAGE_GROW, __VA_ARGS__), &err)
  CHECK(GROW(.section = before, .dtype = RF_I16, .data = (void *)data, .data_bytes = 4) == RF_ERR_RANGE);
  CHECK(GROW(.section = far, .dtype = RF_I16, .data = (void *)data, .data_bytes = 4) == RF_ERR_LIMIT);
  CHECK(GROW(.section = wide, .dtype = RF_I32, .data = (void *)beyond, .data_bytes = 8) != RF_OK);
  CHECK(GROW(.section = wide, .dtype = RF_I16, .data = (void *)data, .data_bytes = 6) == RF_ERR_ARGUMENT);
  CHECK(GROW(.section = wide, .dtype = RF_I16, .data_bytes = 4) == RF_ERR_ARGUMENT);
  CHECK_OK(GROW(.section = none, .dtype = RF_I16), err); /* no element: nothing grows */
  CHECK(rf_image_read(file, 0, PIXELS(.flags = RF_IMAGE_GROW, .dtype = RF_I16, .data = m.pixels, .data_bytes = 12),
                      &err) == RF_ERR_ARGUMENT);
  CHECK(holds(file, &m));
  CHECK(rf_file_free(file, NULL) == RF_OK);
}

int main(void) {
  scratch_begin("grow");
  RUN(images_grow_as_a_model_does);
  RUN(many_short_rows_are_written);
  RUN(an_image_that_is_being_made_grows);
  RUN(a_refused_growth_changes_nothing);
  scratch_end();
  return check_report();
}
