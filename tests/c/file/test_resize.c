/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HDUs of open files that grow, shrink and get other headers, and the edits that fail half way.
 */
#include "check.h"
#include "file/access.h"
#include "file/layout.h"
#include "file_calls.h"
#include "fits_bytes.h"
#include "header/header.h"
#include "scratch.h"

static rf_status resize(rf_file *file, size_t index, const rf_header *header, uint64_t data_bytes) {
  bool written = false;
  rf_status status = rf_file_begin_write(file, &err);
  if (status != RF_OK)
    return status;
  status = rf_file_resize_locked(file, index, header, data_bytes, &written, &err);
  rf_file_end_write(file, status, written);
  return status;
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

int main(void) {
  scratch_begin("resize");
  RUN(resize_header_and_data);
  RUN(grow_refuses);
  RUN(grow_on_a_full_disk);
  RUN(set_header);
  RUN(a_header_without_keeping_the_file);
  RUN(edits_reach_the_disk);
  RUN(beyond_4_gib);
  watched_free();
  scratch_end();
  return check_report();
}
