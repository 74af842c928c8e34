/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Several handles of one file: they share one lock and one state. Eight threads use three handles; under
 * ThreadSanitizer this also shows that nothing is shared without a lock.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "check.h"
#include "rustfits.h"
#include "scratch.h"
#include "image_request.h"

#define SIDE 64
#define PIXEL_COUNT (SIDE * SIDE)
#define IMAGES 3
#define THREADS 8
#define ROUNDS 60

static rf_error err;

static void append(rf_file *file, int32_t value) {
  static int32_t pixels[PIXEL_COUNT];
  uint64_t axes[2] = {SIDE, SIDE};
  size_t index;
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_I32, .naxis = 2, .axes = axes, .extver = -1};
  for (size_t i = 0; i < PIXEL_COUNT; i++)
    pixels[i] = value;
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK_OK(rf_image_write(file, index, PIXELS(.dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels), &err),
           err);
}

static const char *make_file(const char *name) {
  rf_file *file;
  const char *path = scratch_path(name);
  CHECK_OK(rf_file_open(path, RF_MODE_CREATE, NULL, &file, &err), err);
  for (int32_t i = 0; i < IMAGES; i++)
    append(file, i);
  CHECK_OK(rf_file_free(file, &err), err);
  return path;
}

static rf_file *open_file(const char *path, rf_mode mode) {
  rf_file *file = NULL;
  CHECK_OK(rf_file_open(path, mode, NULL, &file, &err), err);
  return file;
}

/* ---- one after another ---- */

static rf_status set_card(rf_file *file, size_t index, const char *keyword, int64_t number, rf_error *e) {
  rf_header *header;
  rf_value value = {.kind = RF_VALUE_INTEGER, .integer = number};
  rf_status status = rf_hdu_get_header(file, index, &header, e);
  if (status != RF_OK)
    return status;
  status = rf_header_set(header, keyword, &value, NULL, e);
  if (status == RF_OK)
    status = rf_hdu_set_header(file, index, header, e);
  rf_header_free(header);
  return status;
}

static int32_t first_pixel(rf_file *file, size_t index) {
  int32_t out = -1;
  rf_axis axes[2] = {{0, 1, 1, NULL}, {0, 1, 1, NULL}};
  CHECK_OK(rf_image_read(file, index, PIXELS(.section = axes, .dtype = RF_I32, .data = &out, .data_bytes = sizeof out),
                         &err),
           err);
  return out;
}

static void handles_of_a_file_have_one_identity(void) {
  const char *path = make_file("identity.fits");
  rf_file *one = open_file(path, RF_MODE_READ_WRITE), *two = open_file(path, RF_MODE_READ);
  CHECK(rf_file_get_identity(one) != 0);
  CHECK(rf_file_get_identity(one) == rf_file_get_identity(two));
  CHECK(rf_file_can_change(two) == 1);
  CHECK_OK(rf_file_free(one, &err), err);
  rf_file *three = open_file(path, RF_MODE_READ);
  CHECK(rf_file_get_identity(three) == rf_file_get_identity(two));
  rf_file *memory = open_file("mem://", RF_MODE_CREATE);
  CHECK(rf_file_get_identity(memory) != rf_file_get_identity(two));
  CHECK(rf_file_can_change(memory) == 0);
  CHECK_OK(rf_file_free(two, &err), err);
  CHECK_OK(rf_file_free(three, &err), err);
  CHECK_OK(rf_file_free(memory, &err), err);
}

static void a_header_that_grows_is_seen_by_the_other_handles(void) {
  const char *path = make_file("grows.fits");
  rf_file *one = open_file(path, RF_MODE_READ_WRITE), *two = open_file(path, RF_MODE_READ);
  CHECK(first_pixel(two, 2) == 2);
  uint64_t generation = rf_file_get_generation(two);
  for (int i = 0; i < 60; i++) {
    char keyword[16];
    snprintf(keyword, sizeof keyword, "K%d", i);
    CHECK_OK(set_card(one, 0, keyword, i, &err), err);
  }
  CHECK(rf_file_get_generation(two) > generation);
  CHECK(first_pixel(two, 2) == 2);
  CHECK_OK(rf_file_free(one, &err), err);
  CHECK_OK(rf_file_free(two, &err), err);
}

static void an_hdu_is_copied_between_handles_of_one_file(void) {
  const char *path = make_file("copied.fits");
  rf_file *one = open_file(path, RF_MODE_READ_WRITE), *two = open_file(path, RF_MODE_READ);
  size_t index = 0, count = 0;
  CHECK_OK(rf_hdu_copy(two, 1, one, &index, &err), err);
  CHECK(index == IMAGES);
  CHECK(first_pixel(two, IMAGES) == 1);
  CHECK(first_pixel(one, IMAGES) == 1);
  CHECK_OK(rf_file_refresh(two, &count, &err), err);
  CHECK(count == IMAGES + 1);
  CHECK_OK(rf_file_free(one, &err), err);
  CHECK_OK(rf_file_free(two, &err), err);
}

static void a_mapping_outlives_the_file(void) {
  const char *path = make_file("mapped.fits");
  rf_file *file = open_file(path, RF_MODE_READ);
  rf_map *map = NULL;
  const void *bytes = NULL;
  CHECK(rf_hdu_map(file, 1, 0, &map, &bytes, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_hdu_map(file, 1, 4 * PIXEL_COUNT + 1, &map, &bytes, &err) == RF_ERR_RANGE);
  CHECK(rf_hdu_map(file, 9, 4, &map, &bytes, &err) == RF_ERR_NOT_FOUND);
  CHECK_OK(rf_hdu_map(file, 1, 4 * PIXEL_COUNT, &map, &bytes, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  const uint8_t *last = (const uint8_t *)bytes + 4 * PIXEL_COUNT - 4;
  CHECK(last[0] == 0 && last[1] == 0 && last[2] == 0 && last[3] == 1);
  rf_map_free(map);
  rf_map_free(NULL);
}

static void creating_empties_the_file_for_all(void) {
  const char *path = make_file("emptied.fits");
  rf_file *one = open_file(path, RF_MODE_READ_WRITE);
  size_t count = 0;
  CHECK(first_pixel(one, 2) == 2);
  rf_file *two = open_file(path, RF_MODE_CREATE);
  CHECK(rf_file_get_hdu_count(one, &count, &err) == RF_ERR_NOT_FITS);
  append(two, 7);
  CHECK_OK(rf_file_get_hdu_count(one, &count, &err), err);
  CHECK(count == 1);
  CHECK(first_pixel(one, 0) == 7);
  append(one, 8);
  CHECK(first_pixel(two, 1) == 8);
  CHECK_OK(rf_file_free(one, &err), err);
  CHECK_OK(rf_file_free(two, &err), err);
}

/* ---- threads ---- */

typedef struct job {
  rf_file *file;
  const char *path;
  int number;
  bool writes;
  const char *failure;
} job;

/* One write is one lock, and so is one read: all pixels come from the same write. */
static const char *read_image(job *j, size_t index) {
  int32_t out[PIXEL_COUNT];
  rf_error e;
  if (rf_image_read(j->file, index, PIXELS(.dtype = RF_I32, .data = out, .data_bytes = sizeof out), &e) != RF_OK)
    return "an image could not be read";
  for (size_t i = 1; i < PIXEL_COUNT; i++)
    if (out[i] != out[0])
      return "pixels of two writes";
  return NULL;
}

static const char *write_image(job *j, size_t index, int round) {
  int32_t in[PIXEL_COUNT];
  rf_error e;
  for (size_t i = 0; i < PIXEL_COUNT; i++)
    in[i] = j->number * 1000 + round;
  return rf_image_write(j->file, index, PIXELS(.dtype = RF_I32, .data = in, .data_bytes = sizeof in), &e) == RF_OK
             ? NULL
             : "a failed write";
}

static const char *edit_header(job *j, size_t index, int round) {
  rf_error e;
  char keyword[9];
  snprintf(keyword, sizeof keyword, "T%dN%d", j->number, round);
  return set_card(j->file, index, keyword, round, &e) == RF_OK ? NULL : "a card could not be set";
}

static const char *look(job *j) {
  rf_error e;
  rf_hdu_info info = {.size = sizeof info};
  size_t count = 0;
  if (rf_file_get_hdu_count(j->file, &count, &e) != RF_OK || count < IMAGES)
    return "HDUs are missing";
  if (rf_hdu_get_info(j->file, count - 1, &info, &e) != RF_OK)
    return "an HDU without facts";
  if (rf_file_refresh(j->file, &count, &e) != RF_OK || count < IMAGES)
    return "a failed refresh";
  return rf_file_get_generation(j->file) + 1 > 0 ? NULL : "no generation";
}

static void *run(void *context) {
  job *j = context;
  for (int round = 0; round < ROUNDS && j->failure == NULL; round++) {
    size_t index = (size_t)(round + j->number) % IMAGES;
    j->failure = read_image(j, index);
    if (j->failure == NULL && j->writes)
      j->failure = round % 4 == 0 ? edit_header(j, index, round) : write_image(j, index, round);
    if (j->failure == NULL && round % 8 == 0)
      j->failure = look(j);
  }
  return NULL;
}

static void threads_over_three_handles(void) {
  const char *path = make_file("threads.fits");
  rf_file *files[3] = {open_file(path, RF_MODE_READ_WRITE), open_file(path, RF_MODE_READ_WRITE),
                       open_file(path, RF_MODE_READ)};
  pthread_t threads[THREADS];
  job jobs[THREADS];
  for (int i = 0; i < THREADS; i++) {
    jobs[i] = (job){.file = files[i % 3], .number = i, .writes = i % 3 < 2 && i < 6};
    CHECK(pthread_create(&threads[i], NULL, run, &jobs[i]) == 0);
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
    if (jobs[i].failure != NULL)
      fprintf(stderr, "thread %d: %s\n", i, jobs[i].failure);
    CHECK(jobs[i].failure == NULL);
  }
  for (int i = 0; i < 3; i++)
    CHECK_OK(rf_file_free(files[i], &err), err);
}

/* Handles come and go while others are used. */
static void *open_and_close(void *context) {
  job *j = context;
  for (int round = 0; round < ROUNDS && j->failure == NULL; round++) {
    rf_error e;
    job own = *j;
    if (rf_file_open(j->path, round % 2 ? RF_MODE_READ : RF_MODE_READ_WRITE, NULL, &own.file, &e) != RF_OK) {
      j->failure = "a file could not be opened";
      return NULL;
    }
    j->failure = read_image(&own, (size_t)round % IMAGES);
    if (j->failure == NULL && round % 2 == 0)
      j->failure = write_image(&own, (size_t)round % IMAGES, round);
    if (rf_file_free(own.file, &e) != RF_OK && j->failure == NULL)
      j->failure = "a file could not be closed";
  }
  return NULL;
}

static void handles_come_and_go(void) {
  const char *path = make_file("coming.fits");
  pthread_t threads[4];
  job jobs[4];
  for (int i = 0; i < 4; i++) {
    jobs[i] = (job){.number = i, .path = path};
    CHECK(pthread_create(&threads[i], NULL, open_and_close, &jobs[i]) == 0);
  }
  for (int i = 0; i < 4; i++) {
    pthread_join(threads[i], NULL);
    if (jobs[i].failure != NULL)
      fprintf(stderr, "thread %d: %s\n", i, jobs[i].failure);
    CHECK(jobs[i].failure == NULL);
  }
}

int main(void) {
  scratch_begin("several-handles");
  RUN(handles_of_a_file_have_one_identity);
  RUN(a_header_that_grows_is_seen_by_the_other_handles);
  RUN(an_hdu_is_copied_between_handles_of_one_file);
  RUN(a_mapping_outlives_the_file);
  RUN(creating_empties_the_file_for_all);
  RUN(threads_over_three_handles);
  RUN(handles_come_and_go);
  scratch_end();
  return check_report();
}
