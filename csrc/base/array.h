/* SPDX-License-Identifier: BSD-3-Clause
 *
 * array.c: arrays that grow.
 */
#ifndef RF_BASE_ARRAY_H
#define RF_BASE_ARRAY_H

#include <stddef.h>

#include "base/error.h"

/* Makes room for at least `need` elements in `array`, a pointer (NULL: empty) to `capacity` elements. Both are changed
 * together, and neither on failure. `what` completes the message of RF_ERR_MEMORY: "cannot allocate N elements of M
 * bytes for <what>". The capacity at least doubles, so that appending costs constant time per element. */
#define RF_ARRAY_GROW(array, capacity, need, what, err)                                                                \
  rf_array_grow(&(array), &(capacity), need, sizeof *(array), what, err)

/* RF_ARRAY_GROW() with the address of the pointer and the size of an element. */
rf_status rf_array_grow(void *array, size_t *capacity, size_t need, size_t element_bytes, const char *what,
                        rf_error *err);

#endif
