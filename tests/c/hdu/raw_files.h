/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files of three HDUs for the tests of raw bytes and cards, and what is checked about them.
 */
#ifndef RAW_FILES_H
#define RAW_FILES_H

#include "file/file_calls.h"

#include "rustfits.h"

#define TABLE_ROWS 100 /* of 8 bytes: one block */

static inline void table_cards(fits_bytes *fits, long long rows, const char *form) {
  char text[81];
  fits_begin(fits, "BINTABLE", 8, 2, (long long[]){8, rows});
  fits_integer(fits, "TFIELDS", 1);
  snprintf(text, sizeof text, "TFORM1  = '%s'", form);
  fits_card(fits, text);
  fits_card(fits, "TTYPE1  = 'x'");
}

/* An image, a table of TABLE_ROWS rows, an image. */
static inline void three_hdus(fits_bytes *fits) {
  fits_image(fits, true, 5000, NULL);
  table_cards(fits, TABLE_ROWS, "2J");
  fits_end(fits);
  fits_data(fits, 8 * TABLE_ROWS, 7);
  fits_image(fits, false, 3000, "LAST");
}

static inline const char *save(const fits_bytes *fits, const char *name) {
  const char *path = scratch_path(name);
  FILE *raw = fopen(path, "wb");
  CHECK(raw != NULL && fwrite(fits->bytes, 1, fits->size, raw) == fits->size && fclose(raw) == 0);
  return path;
}

/* Opens a file on disk (with a trailer for its edits), or in memory. */
static inline rf_file *open_three(bool on_disk, const char *name) {
  fits_bytes fits = {0};
  rf_file *file = NULL;
  three_hdus(&fits);
  if (on_disk)
    CHECK_OK(rf_file_open(save(&fits, name), RF_MODE_READ_WRITE, NULL, &file, &err), err);
  else
    CHECK_OK(fits_open(&fits, &file, &err), err);
  fits_free(&fits);
  if (file == NULL)
    exit(2);
  return file;
}

static inline void check_content(rf_file *file, const uint8_t *expected, size_t n) {
  size_t found;
  uint8_t *bytes = content_of(file, &found);
  CHECK(found == n && memcmp(bytes, expected, n) == 0);
  free(bytes);
}

/* Checks that the index of the handle is the one of its bytes. */
static inline void check_index(rf_file *file) {
  size_t n, count = count_of(file);
  uint8_t *bytes = content_of(file, &n);
  rf_file *again = NULL;
  CHECK_OK(rf_file_open_bytes(bytes, n, RF_MODE_READ, NULL, &again, &err), err);
  if (again != NULL) {
    CHECK(count_of(again) == count);
    for (size_t i = 0; i < count; i++) {
      rf_hdu_info a = info_of(file, i), b = info_of(again, i);
      CHECK(a.kind == b.kind && a.header_offset == b.header_offset && a.header_bytes == b.header_bytes &&
            a.data_offset == b.data_offset && a.data_bytes == b.data_bytes && a.pcount == b.pcount);
    }
    (void)rf_file_free(again, NULL);
  }
  free(bytes);
}

static inline void free_file(rf_file *file) {
  CHECK_OK(rf_file_free(file, &err), err);
}

/* The cards of HDU `index`, of which the one that begins with `keyword` becomes `text`. */
static inline rf_header *with_card(rf_file *file, size_t index, const char *keyword, const char *text) {
  rf_header *header = NULL;
  fits_bytes card = {0};
  size_t at = 0;
  CHECK_OK(rf_hdu_get_header(file, index, &header, &err), err);
  CHECK_OK(rf_header_find(header, keyword, 0, &at, &err), err);
  fits_card(&card, text);
  char *cards = (char *)(uintptr_t)rf_header_get_cards(header);
  memcpy(cards + at * 80, card.bytes, 80);
  fits_free(&card);
  return header;
}

static inline rf_status set_card(rf_file *file, size_t index, const char *keyword, const char *text, rf_data_fit fit) {
  rf_header *header = with_card(file, index, keyword, text);
  rf_status status = rf_hdu_set_cards(file, index, rf_header_get_cards(header), rf_header_get_count(header), fit, &err);
  rf_header_free(header);
  return status;
}

#endif
