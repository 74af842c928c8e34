/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Headers of fuzz targets whose input has cards: a line each up to an empty line, then the data.
 */
#ifndef FUZZ_CARDS_H
#define FUZZ_CARDS_H

#include <stdint.h>
#include <string.h>

/* Puts card number `*count` into a header that is all blank. */
static inline void add_card(char *header, size_t *count, const void *text, size_t n) {
  memcpy(header + 80 * (*count)++, text, n < 80 ? n : 80);
}

/* Puts the lines of the input into the header, until an empty line or until the header has `max_count` cards. What is
 * left of the input is the data. */
static inline void add_lines(char *header, size_t *count, size_t max_count, const uint8_t **data, size_t *size) {
  for (int last = 0; *size > 0 && *count < max_count && !last;) {
    const uint8_t *end = memchr(*data, '\n', *size);
    size_t n = end != NULL ? (size_t)(end - *data) : *size;
    if (n > 0)
      add_card(header, count, *data, n);
    last = n == 0;
    n = n < *size ? n + 1 : n;
    *data += n;
    *size -= n;
  }
}

/* Puts END behind the cards and returns the bytes of the header's blocks. */
static inline size_t end_header(char *header, size_t *count) {
  add_card(header, count, "END", 3);
  return (*count * 80 + 2879) / 2880 * 2880;
}

#endif
