/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/array.h"

#include <string.h>

#include "base/memory.h"

#define MIN_CAPACITY 16

rf_status rf_array_grow(void *array, size_t *capacity, size_t need, size_t element_bytes, const char *what,
                        rf_error *err) {
  if (need <= *capacity)
    return RF_OK;
  size_t limit = SIZE_MAX / element_bytes, wanted = *capacity <= limit / 2 ? 2 * *capacity : limit;
  wanted = wanted < MIN_CAPACITY && limit >= MIN_CAPACITY ? MIN_CAPACITY : wanted;
  wanted = wanted < need ? need : wanted;
  void *elements;
  memcpy(&elements, array, sizeof elements); /* `array` is the address of a pointer of any type */
  void *grown = need <= limit ? rf_realloc(elements, wanted * element_bytes) : NULL;
  if (grown == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu elements of %zu bytes for %s", wanted, element_bytes, what);
  memcpy(array, &grown, sizeof grown);
  *capacity = wanted;
  return RF_OK;
}
