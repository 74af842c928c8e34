/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Eight readers, a writer that changes rows, columns, headers, tiles and HDUs, and a signal each millisecond, for as
 * many seconds as the argument says (1 without). Under ThreadSanitizer (tools/test.sh c-threads) a data race is a
 * failure; `make torture` runs it for a minute.
 */
#include <pthread.h>
#if !defined(_WIN32)
#include <signal.h>
#include <sys/time.h>
#endif
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "rustfits.h"
#include "scratch.h"
#include "table_rows.h"
#include "table_calls.h"
#include "image_request.h"

#define READERS 8
#define SIDE 64
#define BLOCK 500 /* rows appended at a time */
#define MAX_ROWS 20000

static rf_error err;
static double run_seconds = 1;
static atomic_bool over;
static atomic_ulong signals, reads, edits;
static atomic_bool failed;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#if defined(_WIN32)
static void start_signals(void) {
}
static void stop_signals(void) {
}
#else
static void count_signal(int number) {
  (void)number;
  atomic_fetch_add(&signals, 1);
}

/* Without SA_RESTART: system calls are interrupted. */
static void start_signals(void) {
  struct sigaction action = {.sa_handler = count_signal};
  struct itimerval each = {{0, 1000}, {0, 1000}};
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &each, NULL);
}

static void stop_signals(void) {
  struct itimerval none = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &none, NULL);
}
#endif

static void fail(const char *what, const rf_error *e) {
  fprintf(stderr, "%s: %s\n", what, e != NULL ? e->message : "");
  atomic_store(&failed, true);
  atomic_store(&over, true);
}

/* ---- the file: an image, a table of (i, 3 i), tiles of equal pixels ---- */

static void write_file(const char *path) {
  rf_file *file;
  size_t index;
  uint64_t axes[2] = {SIDE, SIDE};
  rf_image_spec image = {.size = sizeof image, .dtype = RF_I32, .naxis = 2, .axes = axes, .extver = -1};
  rf_column_spec columns[2] = {SPEC(.name = "i", .type = RF_I64), SPEC(.name = "triple", .type = RF_I64)};
  CHECK_OK(rf_file_open(path, RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &image, &index, &err), err);
  (void)rows_create(file, columns, 2, 0);
  rf_compression how;
  rf_compression_init(&how);
  how.type = RF_Z_RICE_1;
  image.compression = &how;
  CHECK_OK(rf_image_create(file, &image, &index, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
}

/* ---- readers ---- */

static void read_rows(rf_file *file) {
  static const size_t most = 64;
  int64_t values[64], triples[64];
  rf_table_info info = {.size = sizeof info};
  rf_error e;
  if (rf_table_get_info(file, 1, &info, &e) != RF_OK) {
    fail("a table has no facts", &e);
    return;
  }
  if (info.nrows == 0)
    return;
  /* Rows may be deleted between the two calls: then RF_ERR_RANGE is right. */
  rf_rows rows = {.start = 0, .step = 1, .count = info.nrows < most ? info.nrows : most};
  rf_column_request requests[2] = {rows_request(0, RF_I64, 0, values, sizeof *values),
                                   rows_request(1, RF_I64, 0, triples, sizeof *triples)};
  rf_status status = call_read(file, 1, &rows, requests, 2, &e);
  if (status != RF_OK && status != RF_ERR_RANGE)
    fail("rows could not be read", &e);
  for (uint64_t i = 0; status == RF_OK && i < rows.count; i++)
    if (triples[i] != 3 * values[i])
      fail("a torn row", NULL);
}

static void read_image(rf_file *file, size_t index, const char *what) {
  static _Thread_local int32_t pixels[SIDE * SIDE];
  rf_error e;
  if (rf_image_read(file, index, PIXELS(.dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels), &e) != RF_OK) {
    fail(what, &e);
    return;
  }
  for (size_t i = 1; i < SIDE * SIDE; i++)
    if (pixels[i] != pixels[0]) {
      fail("half an image was seen", NULL);
      return;
    }
}

static void read_header(rf_file *file) {
  rf_header *header;
  rf_error e;
  if (rf_hdu_get_header(file, 0, &header, &e) != RF_OK)
    fail("a header could not be read", &e);
  else
    rf_header_free(header);
}

typedef struct job {
  rf_file *file;
  unsigned turn;
} job;

static void *read_on(void *argument) {
  job *j = argument;
  for (unsigned turn = j->turn; !atomic_load(&over); turn++) {
    switch (turn % 4) {
    case 0:
      read_rows(j->file);
      break;
    case 1:
      read_image(j->file, 0, "an image could not be read");
      break;
    case 2:
      read_image(j->file, 2, "tiles could not be read");
      break;
    default:
      read_header(j->file);
    }
    atomic_fetch_add(&reads, 1);
  }
  return NULL;
}

/* ---- the writer ---- */

static rf_status append_rows(rf_file *file, rf_error *e) {
  static int64_t values[BLOCK], triples[BLOCK];
  rf_table_info info = {.size = sizeof info};
  rf_status status = rf_table_get_info(file, 1, &info, e);
  if (status != RF_OK)
    return status;
  if (info.nrows > MAX_ROWS)
    return rf_table_resize(file, 1, BLOCK, e);
  for (int64_t i = 0; i < BLOCK; i++) {
    values[i] = (int64_t)info.nrows + i;
    triples[i] = 3 * values[i];
  }
  rf_column_request requests[2] = {rows_request(0, RF_I64, 0, values, sizeof *values),
                                   rows_request(1, RF_I64, 0, triples, sizeof *triples)};
  return call_append(file, 1, BLOCK, requests, 2, e);
}

static rf_status delete_rows(rf_file *file, rf_error *e) {
  rf_table_info info = {.size = sizeof info};
  rf_status status = rf_table_get_info(file, 1, &info, e);
  rf_rows rows = {.start = 1, .step = 3, .count = info.nrows / 4};
  return status != RF_OK || rows.count == 0 ? status : rf_table_delete_rows(file, 1, &rows, e);
}

static rf_status write_image(rf_file *file, size_t index, int32_t value, rf_error *e) {
  static int32_t pixels[SIDE * SIDE];
  for (size_t i = 0; i < SIDE * SIDE; i++)
    pixels[i] = value;
  return rf_image_write(file, index, PIXELS(.dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels), e);
}

static rf_status set_card(rf_file *file, unsigned turn, rf_error *e) {
  rf_header *header;
  rf_value value = {.kind = RF_VALUE_INTEGER, .integer = (int64_t)turn};
  char keyword[24];
  snprintf(keyword, sizeof keyword, "KEY%u", turn / 8 % 200);
  rf_status status = rf_hdu_get_header(file, 0, &header, e);
  if (status != RF_OK)
    return status;
  status = rf_header_set(header, keyword, &value, NULL, e);
  if (status == RF_OK)
    status = rf_hdu_set_header(file, 0, header, e);
  rf_header_free(header);
  return status;
}

static rf_status insert_column(rf_file *file, rf_error *e) {
  rf_column_spec column = SPEC(.name = "extra", .type = RF_I16);
  rf_status status = call_insert(file, 1, 2, &column, e);
  return status != RF_OK ? status : rf_table_delete_column(file, 1, 2, e);
}

static void edit(rf_file *file, unsigned turn) {
  rf_error e;
  rf_status status;
  switch (turn % 8) {
  case 0:
  case 1:
  case 2:
    status = append_rows(file, &e);
    break;
  case 3:
    status = write_image(file, 0, (int32_t)turn, &e);
    break;
  case 4:
    status = write_image(file, 2, (int32_t)(turn * 7919), &e);
    break;
  case 5:
    status = set_card(file, turn, &e);
    break;
  case 6:
    status = insert_column(file, &e);
    break;
  default:
    status = delete_rows(file, &e);
  }
  if (status != RF_OK)
    fail("an edit failed", &e);
  atomic_fetch_add(&edits, 1);
}

/* Readers over `handles` handles; the writer has the first. Signals come all the time, and interrupt system calls. */
static void crowd(rf_file **handles, size_t count) {
  pthread_t threads[READERS];
  job jobs[READERS];
  atomic_store(&over, false);
  start_signals();
  for (unsigned i = 0; i < READERS; i++) {
    jobs[i] = (job){handles[i % count], i};
    CHECK(pthread_create(&threads[i], NULL, read_on, &jobs[i]) == 0);
  }
  double end = now() + run_seconds;
  for (unsigned turn = 0; now() < end && !atomic_load(&over); turn++)
    edit(handles[0], turn);
  atomic_store(&over, true);
  for (unsigned i = 0; i < READERS; i++)
    pthread_join(threads[i], NULL);
  stop_signals();
  CHECK(!atomic_load(&failed));
}

static void one_handle(void) {
  rf_file *file;
  write_file(scratch_path("one.fits"));
  CHECK_OK(rf_file_open(scratch_path("one.fits"), RF_MODE_READ_WRITE, NULL, &file, &err), err);
  crowd(&file, 1);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void a_handle_for_each(void) {
  rf_file *handles[4];
  write_file(scratch_path("each.fits"));
  for (size_t i = 0; i < 4; i++)
    CHECK_OK(
        rf_file_open(scratch_path("each.fits"), i == 0 ? RF_MODE_READ_WRITE : RF_MODE_READ, NULL, &handles[i], &err),
        err);
  crowd(handles, 4);
  for (size_t i = 0; i < 4; i++)
    CHECK_OK(rf_file_free(handles[i], &err), err);
}

int main(int argc, char **argv) {
  if (argc > 1)
    run_seconds = strtod(argv[1], NULL) / 2;
  scratch_begin("crowd");
  RUN(one_handle);
  RUN(a_handle_for_each);
  printf("%lu reads, %lu edits, %lu signals\n", atomic_load(&reads), atomic_load(&edits), atomic_load(&signals));
  scratch_end();
  return check_report();
}
