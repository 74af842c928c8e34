/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Many threads on one open file: each looks for HDUs, reads headers and pixels, and finds what one thread alone finds.
 * Under ThreadSanitizer (tools/test.sh c-threads) this also shows that nothing is shared without a lock.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "check.h"
#include "rustfits.h"
#include "scratch.h"
#include "image_request.h"

#define HDUS 40
#define SIDE 64
#define THREADS 6

static rf_error err;

static int32_t pixel(size_t hdu, uint64_t row, uint64_t column) {
  return (int32_t)(hdu * 1000003 + row * 1009 + column * 7) - 20000;
}

static void fill(rf_file *file, size_t hdu) {
  static int32_t pixels[SIDE * SIDE];
  char name[32];
  uint64_t axes[2] = {SIDE, SIDE};
  size_t index;
  snprintf(name, sizeof name, "HDU%zu", hdu);
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_I32, .naxis = 2, .axes = axes, .extname = name, .extver = -1};
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK(index == hdu);
  for (uint64_t i = 0; i < SIDE * SIDE; i++)
    pixels[i] = pixel(hdu, i / SIDE, i % SIDE);
  CHECK_OK(rf_image_write(file, index, PIXELS(.dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels), &err),
           err);
}

static void write_file(const char *path) {
  rf_file *file;
  CHECK_OK(rf_file_open(path, RF_MODE_CREATE, NULL, &file, &err), err);
  for (size_t hdu = 0; hdu < HDUS; hdu++)
    fill(file, hdu);
  CHECK_OK(rf_file_free(file, &err), err);
}

typedef struct job {
  rf_file *file;
  uint32_t seed;
  const char *failure;
} job;

static uint32_t next(job *j, uint32_t below) {
  j->seed = j->seed * 1664525u + 1013904223u;
  return (j->seed >> 8) % below;
}

static const char *read_stamp(job *j, size_t hdu) {
  int32_t out[8 * 8];
  uint32_t row = next(j, SIDE - 8), column = next(j, SIDE - 8);
  rf_axis axes[2] = {{row, 1, 8, NULL}, {column, 1, 8, NULL}};
  rf_error e;
  if (rf_image_read(j->file, hdu, PIXELS(.section = axes, .dtype = RF_I32, .data = out, .data_bytes = sizeof out),
                    &e) != RF_OK)
    return "a stamp could not be read";
  for (uint32_t i = 0; i < 64; i++)
    if (out[i] != pixel(hdu, row + i / 8, column + i % 8))
      return "a wrong pixel";
  return NULL;
}

static const char *read_header(job *j, size_t hdu) {
  rf_header *header;
  rf_value value;
  rf_error e;
  char name[32];
  snprintf(name, sizeof name, "HDU%zu", hdu);
  if (rf_hdu_get_header(j->file, hdu, &header, &e) != RF_OK)
    return "a header could not be read";
  const char *failure = NULL;
  if (rf_header_get(header, "EXTNAME", &value, &e) != RF_OK || strcmp(value.text, name) != 0)
    failure = "a wrong EXTNAME";
  rf_header_free(header);
  return failure;
}

static const char *find(job *j, size_t hdu) {
  rf_error e;
  char name[32];
  size_t found;
  snprintf(name, sizeof name, "hdu%zu", hdu);
  if (rf_file_find(j->file, name, NULL, &found, &e) != RF_OK || found != hdu)
    return "an HDU was not found by its name";
  if (rf_file_find(j->file, "no such", NULL, &found, &e) != RF_ERR_NOT_FOUND)
    return "an HDU that is not there was found";
  return NULL;
}

static const char *count(job *j) {
  rf_error e;
  size_t n;
  return rf_file_get_hdu_count(j->file, &n, &e) == RF_OK && n == HDUS ? NULL : "a wrong number of HDUs";
}

static void *work(void *argument) {
  job *j = argument;
  for (int round = 0; round < 60 && !j->failure; round++) {
    size_t hdu = next(j, HDUS);
    switch (next(j, 8)) {
    case 0:
      j->failure = count(j);
      break;
    case 1:
      j->failure = find(j, hdu);
      break;
    case 2:
    case 3:
      j->failure = read_header(j, hdu);
      break;
    default:
      j->failure = read_stamp(j, hdu);
    }
  }
  return NULL;
}

static void run_threads(rf_file *file, void *(*routine)(void *)) {
  pthread_t threads[THREADS];
  job jobs[THREADS];
  for (uint32_t i = 0; i < THREADS; i++) {
    jobs[i] = (job){.file = file, .seed = i};
    CHECK(pthread_create(&threads[i], NULL, routine, &jobs[i]) == 0);
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
    if (jobs[i].failure)
      fprintf(stderr, "%s\n", jobs[i].failure);
    CHECK(jobs[i].failure == NULL);
  }
}

static void many_read_one_file(void) {
  const char *names[] = {scratch_path("threads.fits"), scratch_path("threads.fits.gz")};
  rf_mode modes[] = {RF_MODE_READ, RF_MODE_READ_WRITE};
  for (int k = 0; k < 2; k++) {
    write_file(names[k]);
    for (int m = 0; m < 2; m++)
      for (int again = 0; again < 3; again++) { /* the first calls, which find the HDUs, are the interesting ones */
        rf_file *file;
        CHECK_OK(rf_file_open(names[k], modes[m], NULL, &file, &err), err);
        run_threads(file, work);
        CHECK_OK(rf_file_free(file, &err), err);
      }
  }
}

static void many_read_bytes_in_memory(void) {
  size_t n;
  write_file(scratch_path("bytes.fits"));
  uint8_t *bytes = scratch_read(scratch_path("bytes.fits"), &n);
  rf_file *file;
  CHECK_OK(rf_file_open_bytes(bytes, n, RF_MODE_READ, NULL, &file, &err), err);
  free(bytes);
  run_threads(file, work);
  CHECK_OK(rf_file_free(file, &err), err);
}

/* Readers see each image either before or after a write of all its pixels, never half of it. */
static void *write_or_read_all(void *argument) {
  job *j = argument;
  static const uint64_t whole = SIDE * SIDE;
  uint8_t *pixels = malloc(whole);
  rf_error e;
  for (int round = 0; round < 100 && !j->failure; round++) {
    if (j->seed == 0) {
      memset(pixels, round, whole);
      if (rf_image_write(j->file, 0, PIXELS(.dtype = RF_U8, .data = pixels, .data_bytes = whole), &e) != RF_OK)
        j->failure = "an image could not be written";
    } else if (j->seed == 1) {
      rf_header *header;
      rf_value value = {.kind = RF_VALUE_INTEGER, .integer = round};
      char keyword[24];
      snprintf(keyword, sizeof keyword, "KEY%d", round);
      if (rf_hdu_get_header(j->file, 0, &header, &e) != RF_OK ||
          rf_header_set(header, keyword, &value, NULL, &e) != RF_OK ||
          rf_hdu_set_header(j->file, 0, header, &e) != RF_OK)
        j->failure = "a header could not be edited";
      rf_header_free(header);
    } else {
      if (rf_image_read(j->file, 0, PIXELS(.dtype = RF_U8, .data = pixels, .data_bytes = whole), &e) != RF_OK)
        j->failure = "an image could not be read";
      for (uint64_t i = 1; i < whole && !j->failure; i++)
        if (pixels[i] != pixels[0])
          j->failure = "half an image was seen";
    }
  }
  free(pixels);
  return NULL;
}

static void writers_exclude_readers(void) {
  rf_file *file;
  uint64_t axes[2] = {SIDE, SIDE};
  size_t index, n;
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_U8, .naxis = 2, .axes = axes, .extver = -1};
  CHECK_OK(rf_file_open(scratch_path("writers.fits"), RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err); /* what shifts when the header before it grows */
  run_threads(file, write_or_read_all);
  CHECK_OK(rf_file_get_hdu_count(file, &n, &err), err);
  CHECK(n == 2);
  CHECK_OK(rf_file_free(file, &err), err);
}

/* A file that is shut while others read it gives them an error, not a crash. */
static atomic_int shut_seen;

static void *read_until_shut(void *argument) {
  job *j = argument;
  rf_error e;
  uint8_t buffer[100];
  rf_status status = RF_OK;
  if (j->seed == 0)
    status = rf_file_close(j->file, &e);
  while (status == RF_OK && j->seed != 0)
    status = rf_file_read_bytes(j->file, 100, buffer, sizeof buffer, &e);
  if (j->seed != 0 && status != RF_ERR_CLOSED)
    j->failure = "a file that was shut gave another error";
  else if (j->seed == 0 && status != RF_OK)
    j->failure = "a file could not be shut";
  else
    atomic_fetch_add(&shut_seen, 1);
  return NULL;
}

static void shut_beside_readers(void) {
  rf_file *file;
  CHECK_OK(rf_file_open(scratch_path("threads.fits.gz"), RF_MODE_READ, NULL, &file, &err), err);
  run_threads(file, read_until_shut);
  CHECK(atomic_load(&shut_seen) == THREADS);
  CHECK_OK(rf_file_free(file, &err), err);
}

int main(void) {
  scratch_begin("threads");
  RUN(many_read_one_file);
  RUN(many_read_bytes_in_memory);
  RUN(writers_exclude_readers);
  RUN(shut_beside_readers);
  scratch_end();
  return check_report();
}
