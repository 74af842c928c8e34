/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inflates and deflates whole buffers with libdeflate. RF_ERR_UNSUPPORTED, without a message, means: take the stream
 * codec, which alone judges the content.
 */
#ifndef RF_STORE_FILTER_WHOLE_H
#define RF_STORE_FILTER_WHOLE_H

#include "base/error.h"

/* Pages of rf_pages_alloc, `size` bytes of them in use. */
typedef struct rf_pages {
  uint8_t *bytes;
  size_t capacity;
  size_t size;
} rf_pages;

/* Inflates all members in n bytes and checks CRC and length, with several threads if the members say their length.
 * `guess` is the probable size of the content, `most` the largest allowed. *used receives the end of the last member;
 * only zeros follow it. */
rf_status rf_whole_inflate(const uint8_t *in, size_t n, size_t guess, unsigned threads, uint64_t max, rf_pages *out,
                           size_t *used);

/* Deflates n bytes as one member. */
rf_status rf_whole_deflate(const uint8_t *in, size_t n, int level, rf_pages *out);

/* For tests: 0 makes both functions return RF_ERR_UNSUPPORTED. Returns 1 if they work now. */
int rf_whole_set_enabled(int enabled);

#endif
