/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Eight threads on one handle: bytes of an HDU are read and written, its header gets cards and loses them, HDUs are
 * begun, published and discarded, and names are taken apart. No thread may see half of what another one does. Run under
 * ThreadSanitizer, too (tools/test.sh c-threads).
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "rustfits.h"
#include "scratch.h"

#define BYTES 20000
#define TURNS 60
#define THREADS 8

static rf_error err;
static atomic_int failures;

static void expect(int condition, const char *what, const rf_error *e) {
  if (condition)
    return;
  fprintf(stderr, "%s: %s\n", what, e != NULL ? e->message : "");
  atomic_fetch_add(&failures, 1);
}

typedef struct job {
  rf_file *file;
  void (*work)(rf_file *file, unsigned turn);
} job;

/* All bytes of the image are the same, whatever is written meanwhile. */
static void read_data(rf_file *file, unsigned turn) {
  static _Thread_local uint8_t bytes[BYTES];
  rf_error e;
  (void)turn;
  expect(rf_hdu_read_raw(file, 1, RF_PART_DATA, 0, bytes, sizeof bytes, &e) == RF_OK, "data are not read", &e);
  for (size_t i = 1; i < sizeof bytes; i++)
    if (bytes[i] != bytes[0]) {
      expect(0, "half of the data were seen", NULL);
      return;
    }
}

static void write_data(rf_file *file, unsigned turn) {
  static _Thread_local uint8_t bytes[BYTES];
  rf_error e;
  memset(bytes, (int)turn, sizeof bytes);
  expect(rf_hdu_write_raw(file, 1, RF_PART_DATA, 0, bytes, sizeof bytes, &e) == RF_OK, "data are not written", &e);
}

/* The last card before END counts the cards HISTORY. */
static void read_cards(rf_file *file, unsigned turn) {
  rf_error e;
  rf_header *header = NULL;
  char first[80];
  (void)turn;
  expect(rf_hdu_read_raw(file, 1, RF_PART_HEADER, 0, first, sizeof first, &e) == RF_OK &&
             memcmp(first, "XTENSION", 8) == 0,
         "the first card", &e);
  if (rf_hdu_get_header(file, 1, &header, &e) != RF_OK) {
    expect(0, "a header is not read", &e);
    return;
  }
  size_t n = rf_header_get_count(header), history = 0;
  const char *cards = rf_header_get_cards(header);
  for (size_t i = 0; i < n; i++)
    history += memcmp(cards + 80 * i, "HISTORY ", 8) == 0;
  expect(n > 0 && (history == 0 || strtoul(cards + 80 * (n - 1) + 8, NULL, 10) == history), "half of a header", NULL);
  rf_header_free(header);
}

static void write_cards(rf_file *file, unsigned turn) {
  static char cards[80 * 200];
  rf_error e;
  rf_header *header = NULL;
  if (rf_hdu_get_header(file, 1, &header, &e) != RF_OK) {
    expect(0, "a header is not read", &e);
    return;
  }
  size_t n = 0, wanted = turn % 3 * 40;
  for (size_t i = 0; i < rf_header_get_count(header); i++)
    if (memcmp(rf_header_get_cards(header) + 80 * i, "HISTORY ", 8) != 0)
      memcpy(cards + 80 * n++, rf_header_get_cards(header) + 80 * i, 80);
  rf_header_free(header);
  for (size_t i = 1; i <= wanted; i++) {
    char text[81];
    (void)snprintf(text, sizeof text, "HISTORY %-72zu", i);
    memcpy(cards + 80 * n++, text, 80);
  }
  expect(rf_hdu_set_cards(file, 1, cards, n, RF_DATA_KEEP, &e) == RF_OK, "cards are not set", &e);
}

/* One thread owns an HDU until it is published: the others count it before, or do not. */
static void make_hdus(rf_file *file, unsigned turn) {
  static char cards[8 * 80];
  static const char *const lines[] = {"XTENSION= 'IMAGE   '",           "BITPIX  =                    8",
                                      "NAXIS   =                    1", "NAXIS1  =                 3000",
                                      "PCOUNT  =                    0", "GCOUNT  =                    1"};
  rf_error e;
  size_t index = 0, n = sizeof lines / sizeof *lines;
  memset(cards, ' ', sizeof cards);
  for (size_t i = 0; i < n; i++)
    memcpy(cards + 80 * i, lines[i], strlen(lines[i]));
  if (rf_hdu_begin(file, cards, n, &index, &e) != RF_OK) {
    expect(0, "an HDU is not begun", &e);
    return;
  }
  expect(rf_hdu_write_raw(file, index, RF_PART_DATA, 100, "data", 4, &e) == RF_OK, "a begun HDU is not written", &e);
  if (turn % 2)
    expect(rf_hdu_discard(file, index, &e) == RF_OK, "an HDU is not discarded", &e);
  else
    expect(rf_hdu_publish(file, index, &e) == RF_OK, "an HDU is not published", &e);
  if (turn % 6 == 4)
    expect(rf_hdu_delete(file, index, &e) == RF_OK, "an HDU is not deleted", &e);
}

static void take_names_apart(rf_file *file, unsigned turn) {
  static _Thread_local rf_name name;
  rf_error e;
  size_t count = 0;
  name.size = sizeof name;
  expect(rf_name_parse("file://a.fits[EVENTS,1][col x][y > 1][bin z]", &name, &e) == RF_OK &&
             strcmp(name.rows, "y > 1") == 0 && strcmp(name.columns, "col x") == 0,
         "a name", &e);
  expect(rf_file_get_hdu_count(file, &count, &e) == RF_OK && count >= 2 && count <= 2 + TURNS, "HDUs", &e);
  (void)turn;
}

static void *run(void *argument) {
  const job *j = argument;
  for (unsigned turn = 0; turn < TURNS && atomic_load(&failures) == 0; turn++)
    j->work(j->file, turn);
  return NULL;
}

static void eight_threads(void) {
  static void (*const works[THREADS])(rf_file *, unsigned) = {read_data, write_data,       read_cards, write_cards,
                                                              make_hdus, take_names_apart, write_data, read_data};
  pthread_t threads[THREADS];
  job jobs[THREADS];
  rf_file *file = NULL;
  size_t index;
  uint64_t none = 0, length = BYTES;
  rf_image_spec primary = {.size = sizeof primary, .dtype = RF_U8, .naxis = 1, .axes = &none, .extver = -1};
  rf_image_spec image = {.size = sizeof image, .dtype = RF_U8, .naxis = 1, .axes = &length, .extver = -1};
  CHECK_OK(rf_file_open(scratch_path("raw.fits"), RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &primary, &index, &err), err);
  CHECK_OK(rf_image_create(file, &image, &index, &err), err);
  for (int i = 0; i < THREADS; i++) {
    jobs[i] = (job){file, works[i]};
    CHECK(pthread_create(&threads[i], NULL, run, &jobs[i]) == 0);
  }
  for (int i = 0; i < THREADS; i++)
    CHECK(pthread_join(threads[i], NULL) == 0);
  CHECK(atomic_load(&failures) == 0);
  CHECK_OK(rf_file_free(file, &err), err);
}

int main(void) {
  scratch_begin("raw_threads");
  RUN(eight_threads);
  scratch_end();
  return check_report();
}
