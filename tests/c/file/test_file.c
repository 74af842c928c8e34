/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Open files: opening, appending, growing, failing half way, being shut, and many threads at once.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "check.h"
#include "fits_bytes.h"
#include "file/file.h"
#include "header/header.h"
#include "scratch.h"
#include "file/access.h"
#include "file/append.h"
#include "file/layout.h"
#include "file/unpublished.h"

/* What the options of these tests point at. */
static rf_limits ceilings;

static rf_error err;

static rf_hdu_info info_of(rf_file *file, size_t index) {
  rf_hdu_info info = {.size = sizeof info};
  CHECK_OK(rf_hdu_get_info(file, index, &info, &err), err);
  return info;
}

static size_t count_of(rf_file *file) {
  size_t count = 0;
  CHECK_OK(rf_file_get_hdu_count(file, &count, &err), err);
  return count;
}

static uint64_t size_of(rf_file *file) {
  uint64_t size = 0;
  CHECK_OK(rf_file_get_size(file, &size, &err), err);
  return size;
}

/* Whole content; freed with free. */
static uint8_t *content_of(rf_file *file, size_t *n) {
  *n = (size_t)size_of(file);
  uint8_t *bytes = malloc(*n + 1);
  CHECK_OK(rf_file_read_bytes(file, 0, bytes, *n, &err), err);
  return bytes;
}

/* A header from what a fits_bytes holds. */
static rf_header *header_from(const fits_bytes *fits) {
  rf_header *header = NULL;
  CHECK_OK(rf_header_parse(fits->bytes, fits->size, 0, &header, &err), err);
  return header;
}

static rf_header *image_header(bool primary, long long n) {
  fits_bytes fits = {0};
  fits_begin(&fits, primary ? NULL : "IMAGE", 8, 1, (long long[]){n});
  rf_header *header = header_from(&fits);
  fits_free(&fits);
  return header;
}

static void add_cards(rf_header *header, int count) {
  for (int i = 0; i < count; i++)
    CHECK_OK(rf_header_add(header, "HISTORY", "one more", &err), err);
}

static rf_status append(rf_file *file, const rf_header *header, size_t *index) {
  rf_status status = rf_file_begin_append(file, &err);
  if (status != RF_OK)
    return status;
  size_t made = 0;
  status = rf_file_append_begin_locked(file, header, 0, &made, &err);
  status = rf_file_end_append(file, status, true, &err);
  if (status == RF_OK)
    *index = made;
  return status;
}

static rf_status resize(rf_file *file, size_t index, const rf_header *header, uint64_t data_bytes) {
  bool written = false;
  rf_status status = rf_file_begin_write(file, &err);
  if (status != RF_OK)
    return status;
  status = rf_file_resize_locked(file, index, header, data_bytes, &written, &err);
  rf_file_end_write(file, status, written);
  return status;
}

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

/* --- growing --- */

/* What the file must be after HDU 1 of three got a longer header and more data or less, built the plain way. */
static void expect_resized(const fits_bytes *old, const rf_header *header, uint64_t old_data, uint64_t data,
                           const uint8_t *bytes, size_t n) {
  /* old: primary 5760, HDU 1 header 2880, data padded, the rest */
  size_t header_bytes = (size_t)rf_header_get_file_bytes(header, 0);
  size_t old_next = 5760 + 2880 + (size_t)(old_data + 2879) / 2880 * 2880;
  size_t new_next = 5760 + header_bytes + (size_t)(data + 2879) / 2880 * 2880;
  uint8_t *expected = calloc(1, old->size + new_next);
  memcpy(expected, old->bytes, 5760);
  rf_header_format(header, expected + 5760, header_bytes);
  memcpy(expected + 5760 + header_bytes, old->bytes + 5760 + 2880, (size_t)(old_data < data ? old_data : data));
  memcpy(expected + new_next, old->bytes + old_next, old->size - old_next);
  CHECK(n == new_next + old->size - old_next);
  CHECK(n != new_next + old->size - old_next || memcmp(bytes, expected, n) == 0);
  free(expected);
}

static void resize_header_and_data(void) {
  static const long long old_sizes[] = {0, 1, 2880, 5000, 3000000};
  static const long long more[] = {0, 1, 2879, 40000, 5000000, -1, -2500, -2900000};
  static const int cards[] = {0, 40, 400};
  for (int i = 0; i < 120; i++) {
    long long old = old_sizes[i % 5], grown = old + more[i / 5 % 8];
    if (grown < 0)
      continue;
    fits_bytes fits = {0};
    rf_file *file;
    size_t n;
    fits_image(&fits, true, 50, NULL);
    fits_image(&fits, false, old, NULL);
    fits_image(&fits, false, 70000, "THIRD");
    fits_image(&fits, false, 5, "FOURTH");
    fits_grow(&fits, 17, '#'); /* trailing bytes stay */
    rf_header *header = image_header(false, grown);
    add_cards(header, cards[i / 40]);
    CHECK_OK(fits_open(&fits, &file, &err), err);
    if (i % 2 == 0)
      CHECK(count_of(file) == 4); /* also with HDUs behind it not found yet */
    CHECK(resize(file, 1, header, (uint64_t)grown) == RF_OK);
    uint8_t *bytes = content_of(file, &n);
    expect_resized(&fits, header, (uint64_t)old, (uint64_t)grown, bytes, n);
    CHECK(count_of(file) == 4);
    CHECK(info_of(file, 1).data_bytes == (uint64_t)grown);
    CHECK_STR(info_of(file, 2).extname, "THIRD");
    CHECK_STR(info_of(file, 3).extname, "FOURTH");
    rf_file *again;
    CHECK_OK(rf_file_open_bytes(bytes, n, RF_MODE_READ, NULL, &again, &err), err);
    CHECK(count_of(again) == 4);
    for (size_t k = 0; k < 4; k++)
      CHECK(info_of(again, k).data_offset == info_of(file, k).data_offset);
    CHECK_OK(rf_file_free(again, &err), err);
    CHECK_OK(rf_file_free(file, &err), err);
    free(bytes);
    rf_header_free(header);
    fits_free(&fits);
  }
}

static void grow_refuses(void) {
  fits_bytes fits = {0};
  rf_file *file;
  rf_header *header = image_header(false, 90), *more = image_header(false, 30000);
  fits_image(&fits, true, 50, NULL);
  fits_image(&fits, false, 100, NULL);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK(resize(file, 1, header, 91) == RF_ERR_ARGUMENT);
  CHECK(resize(file, 2, header, 90) == RF_ERR_NOT_FOUND);
  CHECK(resize(file, 0, more, 30000) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_file_free(file, &err), err);
  /* Data that are not all there: the header may grow, the data not. */
  fits.size = 5760 + 2880 + 70;
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK(resize(file, 1, more, 30000) == RF_ERR_TRUNCATED);
  CHECK(strstr(err.message, "30 of 100 bytes") != NULL);
  CHECK(resize(file, 1, header, 90) == RF_ERR_TRUNCATED);
  CHECK(size_of(file) == fits.size);
  rf_header *same = image_header(false, 100);
  add_cards(same, 40);
  CHECK(resize(file, 1, same, 100) == RF_OK);
  uint8_t data[70];
  CHECK(size_of(file) == fits.size + 2880);
  CHECK_OK(rf_file_read_bytes(file, 5760 + 5760, data, 70, &err), err);
  CHECK(memcmp(data, fits.bytes + 5760 + 2880, 70) == 0);
  CHECK_OK(rf_file_free(file, &err), err);
  rf_header_free(header);
  rf_header_free(more);
  rf_header_free(same);
  fits_free(&fits);
}

/* Until the first old byte is overwritten a failure leaves everything as it was; after that the handle says so. */
static void grow_on_a_full_disk(void) {
  fits_bytes fits = {0};
  rf_header *header = image_header(false, 9000);
  add_cards(header, 50);
  fits_image(&fits, true, 100, NULL);
  fits_image(&fits, false, 5000, NULL);
  fits_image(&fits, false, 7000, NULL);
  int unharmed = 0, tainted = 0;
  for (int step = 0;; step++) {
    rf_file *file;
    rf_hdu_info info = {.size = sizeof info};
    watched_load(&fits);
    CHECK_OK(rf_file_open("watched://x", RF_MODE_READ_WRITE, NULL, &file, &err), err);
    watched.countdown = step;
    rf_status status = resize(file, 1, header, 9000);
    watched.countdown = -1;
    if (status == RF_OK) {
      CHECK_OK(rf_file_free(file, &err), err);
      break;
    }
    CHECK(status == RF_ERR_NO_SPACE);
    rf_error again;
    if (rf_hdu_get_info(file, 1, &info, &again) == RF_OK) {
      unharmed++;
      CHECK(watched.size == fits.size && memcmp(watched.bytes, fits.bytes, fits.size) == 0);
    } else {
      rf_header *read = NULL;
      uint64_t size;
      size_t count;
      tainted++;
      CHECK(again.code == RF_ERR_TAINTED);
      CHECK(strstr(again.message, "earlier write") != NULL &&
            strstr(again.message, "disk of the test is full") != NULL);
      CHECK(rf_hdu_get_header(file, 0, &read, &again) == RF_ERR_TAINTED);
      CHECK(rf_file_get_size(file, &size, &again) == RF_ERR_TAINTED);
      CHECK(rf_file_get_hdu_count(file, &count, &again) == RF_ERR_TAINTED);
      CHECK(rf_file_sync(file, &again) == RF_ERR_TAINTED);
      CHECK(resize(file, 1, header, 9000) == RF_ERR_TAINTED);
    }
    (void)rf_file_free(file, NULL);
  }
  CHECK(unharmed >= 2 && tainted >= 3);
  rf_header_free(header);
  fits_free(&fits);
}

/* --- headers --- */

static void set_header(void) {
  fits_bytes fits = {0};
  rf_file *file;
  rf_header *header;
  rf_value value = {.kind = RF_VALUE_STRING, .text = "NEW", .text_length = 3};
  fits_image(&fits, true, 50, NULL);
  fits_image(&fits, false, 5000, "OLD");
  fits_image(&fits, false, 5, "LAST");
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK_OK(rf_hdu_get_header(file, 1, &header, &err), err);
  uint64_t before = rf_file_get_generation(file);
  CHECK_OK(rf_hdu_set_header(file, 1, header, &err), err);
  CHECK(rf_file_get_generation(file) == before); /* nothing changed, nothing written */
  CHECK_OK(rf_header_set(header, "EXTNAME", &value, NULL, &err), err);
  value = (rf_value){.kind = RF_VALUE_INTEGER, .integer = 7};
  CHECK_OK(rf_header_set(header, "EXTVER", &value, NULL, &err), err);
  CHECK_OK(rf_header_set(header, "BLANK", &value, NULL, &err), err);
  add_cards(header, 60);
  CHECK_OK(rf_hdu_set_header(file, 1, header, &err), err);
  CHECK(rf_file_get_generation(file) > before);
  CHECK_STR(info_of(file, 1).extname, "NEW");
  CHECK(info_of(file, 1).extver == 7 && info_of(file, 1).header_bytes == 5760);
  CHECK_STR(info_of(file, 2).extname, "LAST");
  rf_header_free(header);
  /* It never shrinks, and what is cut off does not stay in the file. */
  CHECK_OK(rf_hdu_get_header(file, 1, &header, &err), err);
  CHECK_OK(rf_header_delete(header, "HISTORY", &err), err);
  uint64_t size = size_of(file);
  CHECK_OK(rf_hdu_set_header(file, 1, header, &err), err);
  CHECK(size_of(file) == size && info_of(file, 1).header_bytes == 5760);
  /* Readers who do not know what it was find the data where they are. */
  size_t n;
  uint8_t *bytes = content_of(file, &n);
  rf_file *again;
  CHECK_OK(rf_file_open_bytes(bytes, n, RF_MODE_READ, NULL, &again, &err), err);
  CHECK(count_of(again) == 3 && info_of(again, 1).data_offset == info_of(file, 1).data_offset);
  for (size_t i = 0; i < n; i += 80)
    CHECK(memcmp(bytes + i, "HISTORY", 7) != 0);
  CHECK(memcmp(bytes + info_of(file, 1).data_offset, fits.bytes + 5760 + 2880, 5000) == 0);
  CHECK_OK(rf_file_free(again, &err), err);
  free(bytes);
  /* Structure is not for editing. */
  value = (rf_value){.kind = RF_VALUE_INTEGER, .integer = 4999};
  CHECK_OK(rf_header_set(header, "NAXIS1", &value, NULL, &err), err);
  CHECK(rf_hdu_set_header(file, 1, header, &err) == RF_ERR_PROTECTED);
  CHECK_STR(err.keyword, "NAXIS1");
  CHECK(err.hdu == 1 && strstr(err.message, "<bytes>[1]: ") == err.message);
  CHECK(info_of(file, 1).data_bytes == 5000);
  CHECK_OK(rf_file_free(file, &err), err);
  rf_header_free(header);
  fits_free(&fits);
}

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

static void a_header_without_keeping_the_file(void) {
  fits_bytes fits = {0};
  rf_file *file;
  rf_header *header = NULL, *kept;
  const char *path = scratch_path("header.fits");
  fits_image(&fits, true, 50, NULL);
  fits_image(&fits, false, 3000, NULL);
  scratch_write(path, fits.bytes, fits.size);
  CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &file, &err), err);
  for (size_t i = 0; i < 2; i++) {
    CHECK_OK(rf_hdu_get_header(file, i, &kept, &err), err);
    CHECK_OK(rf_file_read_header(path, NULL, i, &header, &err), err);
    CHECK(rf_header_get_count(header) == rf_header_get_count(kept));
    CHECK(memcmp(rf_header_get_cards(header), rf_header_get_cards(kept), rf_header_get_count(kept) * RF_CARD_BYTES) ==
          0);
    rf_header_free(header);
    rf_header_free(kept);
  }
  CHECK_OK(rf_file_free(file, &err), err);
  header = NULL;
  CHECK(rf_file_read_header(path, NULL, 2, &header, &err) == RF_ERR_NOT_FOUND);
  CHECK(strstr(err.message, "header.fits") != NULL);
  scratch_write(path, fits.bytes, 2000);
  CHECK(rf_file_read_header(path, NULL, 0, &header, &err) == RF_ERR_TRUNCATED);
  CHECK(rf_file_read_header(scratch_path("none.fits"), NULL, 0, &header, &err) == RF_ERR_NO_FILE);
  CHECK(header == NULL);
  fits_free(&fits);
}

static void edits_reach_the_disk(void) {
  rf_file *file;
  size_t index, n;
  rf_header *primary = image_header(true, 10), *extension = image_header(false, 10);
  const char *path = scratch_path("made.fits");
  CHECK_OK(rf_file_open(path, RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK(append(file, primary, &index) == RF_OK);
  CHECK(append(file, extension, &index) == RF_OK);
  CHECK_OK(rf_file_sync(file, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  free(scratch_read(path, &n));
  CHECK(n == 4 * 2880);
  CHECK_OK(rf_file_open(path, RF_MODE_READ_WRITE, NULL, &file, &err), err);
  rf_header *header;
  CHECK_OK(rf_hdu_get_header(file, 0, &header, &err), err);
  add_cards(header, 60);
  CHECK_OK(rf_hdu_set_header(file, 0, header, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  free(scratch_read(path, &n));
  CHECK(n == 5 * 2880);
  CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &file, &err), err);
  CHECK(count_of(file) == 2);
  CHECK_OK(rf_file_free(file, &err), err);
  rf_header_free(header);
  rf_header_free(primary);
  rf_header_free(extension);
}

/* Offsets beyond 32 bits, in a file that is mostly a hole. */
static void beyond_4_gib(void) {
#if !defined(_WIN32)
  rf_file *file;
  size_t index;
  const long long large = 5LL << 30;
  rf_header *primary = image_header(true, large), *extension = image_header(false, 10);
  const char *path = scratch_path("large.fits");
  CHECK_OK(rf_file_open(path, RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK(append(file, primary, &index) == RF_OK);
  CHECK(append(file, extension, &index) == RF_OK && index == 1);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK_OK(rf_file_open(path, RF_MODE_READ_WRITE, NULL, &file, &err), err);
  CHECK(count_of(file) == 2);
  uint64_t offset = info_of(file, 1).header_offset;
  CHECK(offset == 2880 + ((uint64_t)large + 2879) / 2880 * 2880);
  add_cards(extension, 40);
  CHECK_OK(rf_hdu_set_header(file, 1, extension, &err), err);
  CHECK(size_of(file) == offset + 3 * 2880);
  CHECK_OK(rf_hdu_add_checksum(file, 1, 1, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  remove(path);
  rf_header_free(primary);
  rf_header_free(extension);
#endif
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
  RUN(resize_header_and_data);
  RUN(grow_refuses);
  RUN(grow_on_a_full_disk);
  RUN(set_header);
  RUN(a_file_opened_for_reading);
  RUN(a_header_without_keeping_the_file);
  RUN(edits_reach_the_disk);
  RUN(beyond_4_gib);
  RUN(shut_files_answer);
  RUN(many_threads);
  watched_free();
  scratch_end();
  return check_report();
}
