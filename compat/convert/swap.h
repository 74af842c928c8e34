/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One value from or to the order of bytes of FITS.
 */
#ifndef CF_CONVERT_SWAP_H
#define CF_CONVERT_SWAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool cf_is_big_endian(void) {
  const uint16_t one = 1;
  unsigned char first;
  memcpy(&first, &one, 1);
  return first == 0;
}

/* Copies a value of 2, 4 or 8 bytes, between big-endian and the order of the machine. */
static inline void cf_swap_value(void *to, const void *from, size_t size) {
  uint16_t two;
  uint32_t four;
  uint64_t eight;
  if (cf_is_big_endian()) {
    memcpy(to, from, size);
  } else if (size == 8) {
    memcpy(&eight, from, 8);
    eight = __builtin_bswap64(eight);
    memcpy(to, &eight, 8);
  } else if (size == 4) {
    memcpy(&four, from, 4);
    four = __builtin_bswap32(four);
    memcpy(to, &four, 4);
  } else {
    memcpy(&two, from, 2);
    two = __builtin_bswap16(two);
    memcpy(to, &two, 2);
  }
}

#endif
