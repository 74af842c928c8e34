/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the fuzz targets of tile codecs share.
 */
#ifndef FUZZ_REQUIRE_H
#define FUZZ_REQUIRE_H

#include <stdlib.h>

static inline void require(int condition) {
  if (!condition)
    abort();
}

/* Exactly n bytes, so that AddressSanitizer sees one outside of them. */
static inline void *room(size_t n) {
  void *block = malloc(n > 0 ? n : 1);
  require(block != NULL);
  return block;
}

#endif
