/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whatever commands have done: the handle must tell the same about the file as a fresh handle on the bytes that it
 * wrote.
 */
#ifndef FUZZ_FRESH_H
#define FUZZ_FRESH_H

#include <stdlib.h>
#include <string.h>

#include "script.h"

static inline void compare_headers(rf_file *a, rf_file *b, size_t index) {
  rf_error err;
  rf_header *first = NULL, *second = NULL;
  rf_status one = rf_hdu_get_header(a, index, &first, &err), two = rf_hdu_get_header(b, index, &second, &err);
  expect(one == two, "a header that can be read in one handle only");
  if (one == RF_OK) {
    expect(rf_header_get_count(first) == rf_header_get_count(second), "headers of different length");
    expect(memcmp(rf_header_get_cards(first), rf_header_get_cards(second),
                  rf_header_get_count(first) * RF_CARD_BYTES) == 0,
           "different cards");
  }
  rf_header_free(first);
  rf_header_free(second);
}

static inline void compare(rf_file *a, rf_file *b) {
  rf_error err;
  size_t n_a = 0, n_b = 0;
  rf_status one = rf_file_get_hdu_count(a, &n_a, &err), two = rf_file_get_hdu_count(b, &n_b, &err);
  expect(one == two && n_a == n_b, "the handle and a fresh one count different HDUs");
  for (size_t i = 0; i < n_a; i++) {
    rf_hdu_info x = {.size = sizeof x}, y = {.size = sizeof y};
    expect(rf_hdu_get_info(a, i, &x, &err) == RF_OK && rf_hdu_get_info(b, i, &y, &err) == RF_OK,
           "an HDU without facts");
    expect(x.kind == y.kind && x.bitpix == y.bitpix && x.naxis == y.naxis && x.header_offset == y.header_offset &&
               x.header_bytes == y.header_bytes && x.data_offset == y.data_offset && x.data_bytes == y.data_bytes &&
               x.extver == y.extver && strcmp(x.extname, y.extname) == 0,
           "different facts of an HDU");
    compare_headers(a, b, i);
  }
}

/* Opens the bytes that `file` has written, and compares; not if they are more than `most`. */
static inline void check_against_fresh(rf_file *file, const rf_options *options, uint64_t most) {
  rf_error err;
  rf_file *fresh = NULL;
  uint64_t size;
  if (rf_file_get_size(file, &size, &err) != RF_OK || size > most)
    return;
  uint8_t *bytes = malloc(size > 0 ? size : 1);
  expect(bytes != NULL, "no memory");
  if (rf_file_read_bytes(file, 0, bytes, size, &err) == RF_OK) {
    expect(good(rf_file_open_bytes(bytes, size, RF_MODE_READ, options, &fresh, &err), &err),
           "what was written cannot be opened");
    compare(file, fresh);
    expect(rf_file_free(fresh, &err) == RF_OK, "a fresh handle cannot be closed");
  }
  free(bytes);
}

#endif
