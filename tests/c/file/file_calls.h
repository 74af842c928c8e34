/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The facts of one HDU, the number of HDUs, the bytes of a file, and the edits that tests of files make.
 */
#ifndef RF_TESTS_FILE_CALLS_H
#define RF_TESTS_FILE_CALLS_H

#include "check.h"
#include "fits_bytes.h"
#include "scratch.h"
#include "file/append.h"
#include "file/unpublished.h"

static rf_error err;

static inline rf_hdu_info info_of(rf_file *file, size_t index) {
  rf_hdu_info info = {.size = sizeof info};
  CHECK_OK(rf_hdu_get_info(file, index, &info, &err), err);
  return info;
}

static inline size_t count_of(rf_file *file) {
  size_t count = 0;
  CHECK_OK(rf_file_get_hdu_count(file, &count, &err), err);
  return count;
}

static inline uint64_t size_of(rf_file *file) {
  uint64_t size = 0;
  CHECK_OK(rf_file_get_size(file, &size, &err), err);
  return size;
}

/* Whole content; freed with free. */
static inline uint8_t *content_of(rf_file *file, size_t *n) {
  *n = (size_t)size_of(file);
  uint8_t *bytes = malloc(*n + 1);
  CHECK_OK(rf_file_read_bytes(file, 0, bytes, *n, &err), err);
  return bytes;
}

/* A header from what a fits_bytes holds. */
static inline rf_header *header_from(const fits_bytes *fits) {
  rf_header *header = NULL;
  CHECK_OK(rf_header_parse(fits->bytes, fits->size, 0, &header, &err), err);
  return header;
}

static inline rf_header *image_header(bool primary, long long n) {
  fits_bytes fits = {0};
  fits_begin(&fits, primary ? NULL : "IMAGE", 8, 1, (long long[]){n});
  rf_header *header = header_from(&fits);
  fits_free(&fits);
  return header;
}

static inline void add_cards(rf_header *header, int count) {
  for (int i = 0; i < count; i++)
    CHECK_OK(rf_header_add(header, "HISTORY", "one more", &err), err);
}

static inline rf_status append(rf_file *file, const rf_header *header, size_t *index) {
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

#endif
