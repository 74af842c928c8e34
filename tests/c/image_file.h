/* SPDX-License-Identifier: BSD-3-Clause
 *
 * FITS files with one image, put together by hand: what the tests of images compare with is not made by the code that
 * they test.
 */
#ifndef RF_TESTS_IMAGE_FILE_H
#define RF_TESTS_IMAGE_FILE_H

#include <inttypes.h>

#include "rustfits.h"
#include "scratch.h"

/* A small generator of numbers, the same everywhere. */
static uint64_t image_seed = 88172645463325252u;

static inline uint64_t image_random(uint64_t below) {
  image_seed ^= image_seed << 13;
  image_seed ^= image_seed >> 7;
  image_seed ^= image_seed << 17;
  return below > 0 ? image_seed % below : 0;
}

static inline void image_fill(uint8_t *data, size_t bytes) {
  for (size_t i = 0; i < bytes; i += 8) {
    (void)image_random(0);
    for (size_t k = 0; k < 8 && i + k < bytes; k++)
      data[i + k] = (uint8_t)(image_seed >> 8 * k);
  }
}

static inline void image_card(char **at, const char *text) {
  memset(*at, ' ', 80);
  memcpy(*at, text, strlen(text));
  *at += 80;
}

/* A whole file in memory (freed with free): primary header, `more` cards (lines ended by \n), count * |bitpix| / 8
 * bytes of random data. axes: slowest first. *data is where the pixels begin. */
static inline uint8_t *image_make(int bitpix, int naxis, const uint64_t *axes, const char *more, size_t *size,
                                  uint8_t **data) {
  size_t bytes = naxis > 0 ? (size_t)(bitpix < 0 ? -bitpix : bitpix) / 8 : 0;
  char line[81];
  for (int i = 0; i < naxis; i++)
    bytes *= (size_t)axes[i];
  *size = 2880 + (bytes + 2879) / 2880 * 2880;
  uint8_t *file = calloc(1, *size);
  if (file == NULL)
    exit(2);
  char *at = (char *)file;
  memset(file, ' ', 2880);
  image_card(&at, "SIMPLE  =                    T");
  snprintf(line, sizeof line, "BITPIX  = %20d", bitpix);
  image_card(&at, line);
  snprintf(line, sizeof line, "NAXIS   = %20d", naxis);
  image_card(&at, line);
  for (int i = 1; i <= naxis; i++) {
    snprintf(line, sizeof line, "NAXIS%-3d= %20" PRIu64, i, axes[naxis - i]);
    image_card(&at, line);
  }
  while (*more != '\0') {
    size_t n = strcspn(more, "\n");
    snprintf(line, sizeof line, "%.*s", (int)n, more);
    image_card(&at, line);
    more += n + (more[n] == '\n');
  }
  image_card(&at, "END");
  *data = file + 2880;
  image_fill(*data, bytes);
  return file;
}

/* Random axes of a section of an image; `lists` (as many as there are axes) is where index lists go. Gives the number
 * of elements. */
static inline uint64_t image_random_axes(int naxis, const uint64_t *lengths, rf_axis *axes, uint64_t lists[][64]) {
  uint64_t count = 1;
  for (int i = 0; i < naxis; i++) {
    uint64_t length = lengths[i];
    axes[i] = (rf_axis){0, 1, length, NULL};
    switch (image_random(6)) {
    case 0: /* a contiguous range */
      axes[i].start = (int64_t)image_random(length);
      axes[i].count = 1 + image_random(length - (uint64_t)axes[i].start);
      break;
    case 1: /* steps upwards */
      axes[i].start = (int64_t)image_random(length);
      axes[i].step = 1 + (int64_t)image_random(length);
      axes[i].count = 1 + image_random((length - 1 - (uint64_t)axes[i].start) / (uint64_t)axes[i].step + 1);
      break;
    case 2: /* steps downwards */
      axes[i].start = (int64_t)image_random(length);
      axes[i].step = -1 - (int64_t)image_random(length);
      axes[i].count = 1 + image_random((uint64_t)axes[i].start / (uint64_t)-axes[i].step + 1);
      break;
    case 3: /* a list; long ones of several axes would multiply to a section that takes all the time of a test */
      axes[i].count = 1 + image_random(count < 500 ? 63 : 5);
      for (uint64_t k = 0; k < axes[i].count; k++)
        lists[i][k] = image_random(length);
      axes[i].indices = lists[i];
      break;
    case 4: /* one */
      axes[i].start = (int64_t)image_random(length);
      axes[i].count = 1;
      break;
    default: /* all */
      break;
    }
    count *= axes[i].count;
  }
  return count;
}

/* Which element of the image is element `n` of the section. */
static inline uint64_t image_element(int naxis, const uint64_t *lengths, const rf_axis *axes, uint64_t n) {
  uint64_t element = 0, stride = 1;
  for (int i = naxis - 1; i >= 0; i--) {
    uint64_t k = n % axes[i].count;
    uint64_t at = axes[i].indices != NULL ? axes[i].indices[k] : (uint64_t)(axes[i].start + (int64_t)k * axes[i].step);
    n /= axes[i].count;
    element += at * stride;
    stride *= lengths[i];
  }
  return element;
}

#endif
