/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Open files: opening, appending, failing half way, being shut, and many threads at once.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "check.h"
#include "file_calls.h"
#include "fits_bytes.h"
#include "scratch.h"

/* What the options of these tests point at. */
static rf_limits ceilings;

/* --- opening --- */

static void what_cannot_be_opened(void) {
  rf_file *file = NULL;
  CHECK(rf_file_open(scratch_path("missing.fits"), RF_MODE_READ, NULL, &file, &err) == RF_ERR_NO_FILE);
  CHECK(strstr(err.message, "missing.fits") != NULL);
  CHECK(rf_file_open(scratch_path("no/such/dir.fits"), RF_MODE_CREATE, NULL, &file, &err) == RF_ERR_NO_FILE);
  CHECK(rf_file_open(scratch_directory, RF_MODE_READ, NULL, &file, &err) == RF_ERR_DIRECTORY);
  scratch_write(scratch_path("empty.fits"), "", 0);
  CHECK(rf_file_open(scratch_path("empty.fits"), RF_MODE_READ, NULL, &file, &err) == RF_ERR_NOT_FITS);
  CHECK(strstr(err.message, "empty.fits[0]: the file is empty") != NULL && err.hdu == 0);
  CHECK(rf_file_open(scratch_path("empty.fits"), (rf_mode)7, NULL, &file, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_file_open_bytes("x", 1, RF_MODE_CREATE, NULL, &file, &err) == RF_ERR_ARGUMENT);
  CHECK(file == NULL);
  CHECK(rf_file_free(NULL, &err) == RF_OK);
}

static void options_of_an_older_caller(void) {
  fits_bytes fits = {0};
  rf_file *file = NULL;
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  options.flags = RF_OPEN_LENIENT;
  ceilings.hdus = 0; /* behind the end of the shorter struct: must not count */
  options.size = offsetof(rf_options, gzip_level);
  fits_begin(&fits, NULL, 8, 0, NULL);
  fits_card(&fits, "COMMENT \x01");
  fits_end(&fits);
  CHECK_OK(rf_file_open_bytes(fits.bytes, fits.size, RF_MODE_READ, &options, &file, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

/* --- appending --- */

static void append_to_nothing_and_more(void) {
  rf_file *file;
  size_t index = 99;
  rf_header *primary = image_header(true, 100), *extension = image_header(false, 3000);
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK(count_of(file) == 0 && size_of(file) == 0);
  CHECK(append(file, extension, &index) == RF_ERR_ARGUMENT);
  CHECK(index == 99 && size_of(file) == 0);
  uint64_t before = rf_file_get_generation(file);
  CHECK(append(file, primary, &index) == RF_OK && index == 0);
  CHECK(rf_file_get_generation(file) > before);
  CHECK(append(file, primary, &index) == RF_ERR_ARGUMENT);
  add_cards(extension, 100);
  CHECK(append(file, extension, &index) == RF_OK && index == 1);
  CHECK(count_of(file) == 2 && size_of(file) == 2880 + 2880 + 8640 + 5760);
  CHECK(info_of(file, 1).header_offset == 5760 && info_of(file, 1).data_offset == 5760 + 8640);
  rf_header *read;
  CHECK_OK(rf_hdu_get_header(file, 1, &read, &err), err);
  CHECK(rf_header_get_count(read) == rf_header_get_count(extension));
  CHECK(memcmp(rf_header_get_cards(read), rf_header_get_cards(extension), rf_header_get_count(read) * 80) == 0);
  size_t n;
  uint8_t *bytes = content_of(file, &n);
  for (size_t i = info_of(file, 1).data_offset; i < n; i++)
    CHECK(bytes[i] == 0);
  /* What was built is what a scan finds. */
  rf_file *again;
  CHECK_OK(rf_file_open_bytes(bytes, n, RF_MODE_READ, NULL, &again, &err), err);
  CHECK(count_of(again) == 2);
  CHECK(info_of(again, 1).data_offset == info_of(file, 1).data_offset);
  CHECK_OK(rf_file_free(again, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  free(bytes);
  rf_header_free(read);
  rf_header_free(primary);
  rf_header_free(extension);
}

/* Trailing bytes do not get between two HDUs, whether there are more of them or fewer than the new one takes. */
static void append_behind_trailing_bytes(void) {
  for (size_t junk = 1; junk < 20000; junk += 2879) {
    fits_bytes fits = {0};
    rf_file *file;
    size_t index = 0, n;
    rf_header *header = image_header(false, 100);
    fits_image(&fits, true, 100, NULL);
    fits_grow(&fits, junk, '#');
    CHECK_OK(fits_open(&fits, &file, &err), err);
    CHECK(append(file, header, &index) == RF_OK && index == 1);
    CHECK(size_of(file) == 5760 + 5760);
    uint8_t *bytes = content_of(file, &n);
    CHECK(memcmp(bytes, fits.bytes, 5760) == 0);
    for (size_t i = 5760 + 2880; i < n; i++)
      CHECK(bytes[i] == 0);
    CHECK(memchr(bytes, '#', n) == NULL);
    CHECK(count_of(file) == 2);
    CHECK_OK(rf_file_free(file, &err), err);
    free(bytes);
    rf_header_free(header);
    fits_free(&fits);
  }
}

static void append_where_padding_is_missing(void) {
  static const struct {
    const char *xtension;
    int byte;
  } kinds[] = {{"IMAGE", 0}, {"TABLE", ' '}};
  for (int k = 0; k < 2; k++) {
    fits_bytes fits = {0};
    rf_file *file;
    size_t index = 0, n;
    rf_header *header = image_header(false, 100);
    fits_image(&fits, true, 100, NULL);
    fits_begin(&fits, kinds[k].xtension, 8, 2, (long long[]){10, 10});
    fits_end(&fits);
    fits_grow(&fits, 100, 'd');
    CHECK_OK(fits_open(&fits, &file, &err), err);
    CHECK(append(file, header, &index) == RF_OK && index == 2);
    uint8_t *bytes = content_of(file, &n);
    CHECK(n == 8640 + 2880 + 5760);
    CHECK(memcmp(bytes, fits.bytes, fits.size) == 0);
    for (size_t i = fits.size; i < 8640 + 2880; i++)
      CHECK(bytes[i] == kinds[k].byte);
    CHECK(count_of(file) == 3);
    CHECK_OK(rf_file_free(file, &err), err);
    free(bytes);
    rf_header_free(header);
    fits_free(&fits);
  }
}

/* Zeros in the place of lost data would hide the loss. */
static void append_behind_a_cut_data_unit(void) {
  fits_bytes fits = {0};
  rf_file *file;
  size_t index = 99;
  rf_header *header = image_header(false, 100);
  fits_image(&fits, true, 10000, NULL);
  fits.size = 2880 + 9000;
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK(append(file, header, &index) == RF_ERR_TRUNCATED);
  CHECK(strstr(err.message, "1000 of its 10000 bytes") != NULL);
  CHECK(index == 99 && size_of(file) == fits.size);
  CHECK_OK(rf_file_free(file, &err), err);
  rf_header_free(header);
  fits_free(&fits);
}

/* Whichever write fails, the file is what it was, byte for byte, and stays usable. */
static void append_on_a_full_disk(void) {
  fits_bytes fits = {0};
  rf_header *header = image_header(false, 5000);
  add_cards(header, 50);
  fits_image(&fits, true, 100, NULL);
  fits_begin(&fits, "TABLE", 8, 2, (long long[]){10, 10});
  fits_end(&fits);
  fits_grow(&fits, 100, 'd');
  int step = 0;
  for (;; step++) {
    rf_file *file;
    size_t index = 99;
    watched_load(&fits);
    CHECK_OK(rf_file_open("watched://x", RF_MODE_READ_WRITE, NULL, &file, &err), err);
    CHECK(count_of(file) == 2);
    watched.countdown = step;
    rf_status status = append(file, header, &index);
    bool reached = watched.countdown < 0;
    watched.countdown = -1;
    if (status == RF_OK) {
      CHECK(!reached && index == 2 && count_of(file) == 3);
      CHECK_OK(rf_file_free(file, &err), err);
      break;
    }
    CHECK(status == RF_ERR_NO_SPACE && index == 99);
    CHECK(watched.size == fits.size && memcmp(watched.bytes, fits.bytes, fits.size) == 0);
    CHECK(append(file, header, &index) == RF_OK && index == 2);
    CHECK_OK(rf_file_free(file, &err), err);
  }
  CHECK(step >= 3);
  rf_header_free(header);
  fits_free(&fits);
}

/* A process that dies between two writes leaves all old HDUs, and no broken one behind them. */
static void append_and_die(void) {
  fits_bytes fits = {0};
  rf_header *header = image_header(false, 5000);
  add_cards(header, 100);
  fits_image(&fits, true, 100, NULL);
  for (int step = 0;; step++) {
    rf_file *file, *after;
    size_t index;
    watched_load(&fits);
    CHECK_OK(rf_file_open("watched://x", RF_MODE_READ_WRITE, NULL, &file, &err), err);
    watched.countdown = step;
    watched.broken = true; /* not even undoing works */
    rf_status status = append(file, header, &index);
    CHECK_OK(rf_file_open("watched://x", RF_MODE_READ, NULL, &after, &err), err);
    CHECK(count_of(after) == (status == RF_OK ? 2 : 1));
    CHECK(info_of(after, 0).data_bytes == 100);
    CHECK_OK(rf_file_free(after, &err), err);
    (void)rf_file_free(file, NULL);
    if (status == RF_OK)
      break;
  }
  rf_header_free(header);
  fits_free(&fits);
}

static void append_behind_a_broken_hdu(void) {
  fits_bytes fits = {0};
  rf_file *file;
  size_t index;
  rf_header *header = image_header(false, 10);
  fits_image(&fits, true, 100, NULL);
  fits_card(&fits, "XTENSION= 'IMAGE   '");
  fits_end(&fits);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK(append(file, header, &index) == RF_ERR_FORMAT);
  CHECK(size_of(file) == fits.size);
  CHECK_OK(rf_file_free(file, &err), err);
  rf_header_free(header);
  fits_free(&fits);
}

/* --- headers --- */

static void a_file_opened_for_reading(void) {
  fits_bytes fits = {0};
  rf_file *file;
  rf_header *header;
  const char *path = scratch_path("read.fits");
  fits_image(&fits, true, 50, NULL);
  scratch_write(path, fits.bytes, fits.size);
  CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &file, &err), err);
  CHECK_STR(rf_file_get_name(file), path);
  CHECK_OK(rf_hdu_get_header(file, 0, &header, &err), err);
  add_cards(header, 1);
  CHECK(rf_hdu_set_header(file, 0, header, &err) == RF_ERR_READONLY);
  CHECK_OK(rf_file_sync(file, &err), err);
  uint8_t bytes[10];
  CHECK(rf_file_read_bytes(file, fits.size - 5, bytes, 10, &err) == RF_ERR_TRUNCATED);
  CHECK(strstr(err.message, "5 bytes are missing") != NULL);
  CHECK_OK(rf_file_free(file, &err), err);
  rf_header_free(header);
  fits_free(&fits);
}

/* --- shut --- */

static void shut_files_answer(void) {
  fits_bytes fits = {0};
  rf_file *file;
  rf_header *header = NULL, *edit;
  uint64_t size;
  size_t count, index;
  rf_checksum_state sum;
  uint8_t byte;
  rf_hdu_info info = {.size = sizeof info};
  fits_image(&fits, true, 50, NULL);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK_OK(rf_hdu_get_header(file, 0, &edit, &err), err);
  CHECK_OK(rf_file_close(file, &err), err);
  CHECK_OK(rf_file_close(file, &err), err);
  CHECK(rf_file_get_hdu_count(file, &count, &err) == RF_ERR_CLOSED);
  CHECK(strstr(err.message, "<bytes>: the file is closed") == err.message);
  CHECK(rf_file_find(file, "X", NULL, &index, &err) == RF_ERR_CLOSED);
  CHECK(rf_hdu_get_info(file, 0, &info, &err) == RF_ERR_CLOSED);
  CHECK(rf_hdu_get_axes(file, 0, NULL, 0, &index, &err) == RF_ERR_CLOSED);
  CHECK(rf_hdu_get_header(file, 0, &header, &err) == RF_ERR_CLOSED);
  CHECK(rf_hdu_set_header(file, 0, edit, &err) == RF_ERR_CLOSED);
  CHECK(rf_hdu_add_checksum(file, 0, 1, &err) == RF_ERR_CLOSED);
  CHECK(rf_hdu_verify_checksum(file, 0, &sum, &sum, &err) == RF_ERR_CLOSED);
  CHECK(rf_file_get_size(file, &size, &err) == RF_ERR_CLOSED);
  CHECK(rf_file_read_bytes(file, 0, &byte, 1, &err) == RF_ERR_CLOSED);
  CHECK(rf_file_sync(file, &err) == RF_ERR_CLOSED);
  CHECK_STR(rf_file_get_name(file), "<bytes>");
  CHECK_OK(rf_file_free(file, &err), err);
  rf_header_free(edit);
  fits_free(&fits);
}

static void contents_are_identified(void) {
  fits_bytes fits = {0};
  rf_file *file, *other;
  const char *path = scratch_path("id.fits");
  rf_content_id id = {.size = sizeof id}, later = {.size = sizeof later}, nothing = {.size = sizeof nothing};
  fits_image(&fits, true, 50, NULL);
  scratch_write(path, fits.bytes, fits.size);
  CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &file, &err), err);
  CHECK_OK(rf_file_get_content_id(file, &id, &err), err);
  CHECK(id.size == sizeof id && id.file_bytes == fits.size && id.modified > 0);
  CHECK(id.etag[0] == '\0' && id.last_modified[0] == '\0');
  /* Another file under the name is another content; the open file keeps its own. */
  CHECK(rename(path, scratch_path("moved.fits")) == 0);
  scratch_write(path, fits.bytes, fits.size);
  CHECK_OK(rf_file_get_content_id(file, &later, &err), err);
  CHECK(later.file_bytes == id.file_bytes && later.modified == id.modified);
  CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &other, &err), err);
  CHECK_OK(rf_file_get_content_id(other, &later, &err), err);
  CHECK(later.modified >= id.modified);
  CHECK_OK(rf_file_free(other, &err), err);
  /* An older caller has a shorter struct. */
  later.size = offsetof(rf_content_id, modified);
  later.modified = 7;
  CHECK_OK(rf_file_get_content_id(file, &later, &err), err);
  CHECK(later.modified == 7 && later.size == offsetof(rf_content_id, modified));
  CHECK_OK(rf_file_close(file, &err), err);
  CHECK(rf_file_get_content_id(file, &nothing, &err) == RF_ERR_CLOSED && nothing.file_bytes == 0);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK_OK(rf_file_get_content_id(file, &nothing, &err), err);
  CHECK(nothing.file_bytes == fits.size && nothing.modified == 0);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

/* --- threads --- */

#define MANY 200

typedef struct shared {
  rf_file *file;
  atomic_int wrong;
  atomic_bool stop;
} shared;

/* Whatever another thread edits, each HDU says of itself what it is. */
static void *look_around(void *context) {
  shared *s = context;
  unsigned seed = (unsigned)(uintptr_t)&seed;
  while (!atomic_load(&s->stop)) {
    seed = seed * 1103515245u + 12345u;
    size_t k = (seed >> 16) % MANY, index = 0;
    char name[20];
    rf_error local;
    rf_hdu_info info = {.size = sizeof info};
    rf_header *header = NULL;
    rf_value value;
    rf_status status = rf_hdu_get_info(s->file, k, &info, &local);
    if (status == RF_ERR_CLOSED)
      break;
    snprintf(name, sizeof name, "E%zu", k);
    if (status != RF_OK || strcmp(info.extname, name) != 0 || info.data_bytes != k)
      atomic_fetch_add(&s->wrong, 1);
    status = rf_file_find(s->file, name, NULL, &index, &local);
    if (status != RF_ERR_CLOSED && (status != RF_OK || index != k))
      atomic_fetch_add(&s->wrong, 1);
    status = rf_hdu_get_header(s->file, k, &header, &local);
    if (status == RF_ERR_CLOSED)
      break;
    if (status != RF_OK || rf_header_get(header, "EXTNAME", &value, &local) != RF_OK || strcmp(value.text, name) != 0)
      atomic_fetch_add(&s->wrong, 1);
    rf_header_free(header);
  }
  return NULL;
}

static void *edit_all_the_time(void *context) {
  shared *s = context;
  for (int round = 0; round < 60; round++) {
    rf_header *header = NULL;
    rf_error local;
    if (rf_hdu_get_header(s->file, (size_t)round * 3 % MANY, &header, &local) != RF_OK)
      break;
    for (int i = 0; i < 20; i++)
      if (rf_header_add(header, "HISTORY", "edited beside readers", &local) != RF_OK)
        atomic_fetch_add(&s->wrong, 1);
    if (rf_hdu_set_header(s->file, (size_t)round * 3 % MANY, header, &local) != RF_OK)
      atomic_fetch_add(&s->wrong, 1);
    if (rf_hdu_add_checksum(s->file, (size_t)round % MANY, 1, &local) != RF_OK)
      atomic_fetch_add(&s->wrong, 1);
    rf_header_free(header);
  }
  return NULL;
}

static void many_threads(void) {
  fits_bytes fits = {0};
  shared s = {0};
  pthread_t readers[4], writer;
  char name[20];
  for (int i = 0; i < MANY; i++) {
    snprintf(name, sizeof name, "E%d", i);
    fits_image(&fits, i == 0, i, name);
  }
  const char *path = scratch_path("threads.fits");
  scratch_write(path, fits.bytes, fits.size);
  CHECK_OK(rf_file_open(path, RF_MODE_READ_WRITE, NULL, &s.file, &err), err);
  for (int i = 0; i < 4; i++)
    CHECK(pthread_create(&readers[i], NULL, look_around, &s) == 0);
  CHECK(pthread_create(&writer, NULL, edit_all_the_time, &s) == 0);
  CHECK(pthread_join(writer, NULL) == 0);
  /* Shut under the readers' feet: an error for them, nothing worse. */
  CHECK_OK(rf_file_close(s.file, &err), err);
  atomic_store(&s.stop, true);
  for (int i = 0; i < 4; i++)
    CHECK(pthread_join(readers[i], NULL) == 0);
  CHECK(atomic_load(&s.wrong) == 0);
  CHECK_OK(rf_file_free(s.file, &err), err);
  CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &s.file, &err), err);
  CHECK(count_of(s.file) == MANY);
  rf_checksum_state datasum = RF_CHECKSUM_ABSENT, checksum = RF_CHECKSUM_ABSENT;
  CHECK_OK(rf_hdu_verify_checksum(s.file, 5, &datasum, &checksum, &err), err);
  CHECK(datasum == RF_CHECKSUM_RIGHT);
  CHECK_OK(rf_file_free(s.file, &err), err);
  fits_free(&fits);
}

int main(void) {
  scratch_begin("file");
  RUN(what_cannot_be_opened);
  RUN(options_of_an_older_caller);
  RUN(append_to_nothing_and_more);
  RUN(append_behind_trailing_bytes);
  RUN(append_where_padding_is_missing);
  RUN(append_behind_a_cut_data_unit);
  RUN(append_on_a_full_disk);
  RUN(append_and_die);
  RUN(append_behind_a_broken_hdu);
  RUN(a_file_opened_for_reading);
  RUN(shut_files_answer);
  RUN(contents_are_identified);
  RUN(many_threads);
  watched_free();
  scratch_end();
  return check_report();
}
