/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inflates and deflates whole buffers with libdeflate. RF_ERR_UNSUPPORTED, without a message, means: take the stream
 * codec, which judges what is wrong if something is.
 */
#ifndef RF_STORE_GZIP_WHOLE_H
#define RF_STORE_GZIP_WHOLE_H

#include "base/error.h"

/* Pages of rf_pages_alloc, `size` bytes of them in use. */
typedef struct rf_pages {
  uint8_t *bytes;
  size_t capacity;
  size_t size;
} rf_pages;

/* All members in n bytes, CRC and length checked. `guess` is what the content probably takes and `most` what
 * it may take. *used is where they end; only zeros are behind. */
rf_status rf_whole_inflate(const uint8_t *in, size_t n, size_t guess, uint64_t max, rf_pages *out, size_t *used);

/* One member. */
rf_status rf_whole_deflate(const uint8_t *in, size_t n, int level, rf_pages *out);

/* For tests: 0 makes both say RF_ERR_UNSUPPORTED. Gives whether they work now. */
int rf_whole_set_enabled(int enabled);

#endif
