/* SPDX-License-Identifier: BSD-3-Clause
 *
 * sort.c: heap sort. It does not recurse and has no quadratic case that a file could provoke.
 */
#ifndef RF_BASE_SORT_H
#define RF_BASE_SORT_H

#include <stddef.h>

/* Sorts `count` items of `item_bytes` bytes each, in ascending order of the uint64_t that is their first member. Items
 * of the same key come in any order. A list that is sorted costs one pass. `item_bytes` is 8 to 64. */
void rf_sort_by_u64(void *items, size_t count, size_t item_bytes);

#endif
