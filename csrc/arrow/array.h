/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Memory of ArrowArrays: blocks that several of them share, and the arrays.
 */
#ifndef RF_ARROW_ARRAY_H
#define RF_ARROW_ARRAY_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"

/* Buffers begin at multiples of this, as the Arrow specification recommends. */
#define RF_ARROW_ALIGN ((uint64_t)64)

/* Memory with buffers of one or more arrays. The last user frees it. */
typedef struct rf_arrow_block {
  atomic_size_t users;
  uint8_t *bytes;
  size_t size;
  bool pages; /* from rf_pages_alloc() */
  void *own;  /* what rf_alloc() returned, if not */
} rf_arrow_block;

/* Returns a block with one user, or NULL without memory. */
rf_arrow_block *rf_arrow_block_new(uint64_t size);
void rf_arrow_block_drop(rf_arrow_block *block); /* NULL is allowed */

/* Adds `size` bytes to *total, and gets their offset. Returns false on overflow. */
bool rf_arrow_reserve(uint64_t *total, uint64_t size, uint64_t *offset);

/* Makes an array of `nbuffers` buffers, all NULL, and `nchildren` children, which are not made yet. The last of its
 * users releases it; children that are not made have no `release`. */
rf_status rf_arrow_array_init(struct ArrowArray *array, uint64_t length, int nbuffers, size_t nchildren, rf_error *err);

/* Sets buffer `i`, which lies in `block`: the array becomes one of its users. */
void rf_arrow_array_set(struct ArrowArray *array, int i, const void *bytes, rf_arrow_block *block);

/* Calls the `release` of an array that has one. */
void rf_arrow_array_release(struct ArrowArray *array);

#endif
