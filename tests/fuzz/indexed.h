/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A reader through an index over compressed bytes in memory.
 */
#ifndef RF_FUZZ_INDEXED_H
#define RF_FUZZ_INDEXED_H

#include <string.h>

#include "base/memory.h"
#include "require.h"
#include "store/filter/index/reader.h"
#include "store/local/memory.h"

#define LIMIT ((uint64_t)1 << 20)

typedef struct indexed_bytes {
  rf_store *inner;
  rf_indexed *reader;
  atomic_uint_least64_t stray;
} indexed_bytes;

/* Takes over the marks. */
static inline void open_indexed(indexed_bytes *opened, const uint8_t *packed, size_t n, uint64_t index_bytes,
                                rf_marks *marks) {
  rf_error err;
  void *state;
  uint8_t *copy = rf_pages_alloc(n + 1);
  rf_error_clear(&err);
  atomic_init(&opened->stray, 0);
  require(copy != NULL);
  memcpy(copy, packed, n);
  require(rf_memory_adopt(copy, n + 1, n, &state, &err) == RF_OK);
  require(rf_store_new(&rf_memory_ops, state, RF_DRIVER_MEMORY, false, "x", &opened->inner, &err) == RF_OK);
  const rf_indexed_options options = {
      .limit = LIMIT, .index_bytes = index_bytes, .threads = 1, .stray = &opened->stray};
  require(rf_indexed_open(opened->inner, &options, marks, &opened->reader, &err) == RF_OK);
}

static inline void close_indexed(indexed_bytes *opened) {
  rf_indexed_close(opened->reader);
  require(rf_store_close(opened->inner, NULL) == RF_OK);
}

#endif
