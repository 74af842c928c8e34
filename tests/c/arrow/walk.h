/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A consumer of Arrow data: it reads every byte that a schema and an array promise.
 */
#ifndef RF_TESTS_ARROW_WALK_H
#define RF_TESTS_ARROW_WALK_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rustfits.h"

static unsigned walk_sum; /* so that no read is left out */

/* Reads n bytes. */
static inline void walk_bytes(const void *bytes, size_t n) {
  const unsigned char *p = bytes;
  for (size_t i = 0; i < n; i++)
    walk_sum += p[i];
}

/* Bytes of a value; 0: bits, strings or lists. */
static inline size_t walk_width(const char *format) {
  static const char letters[] = "cCsSiIlLfg", widths[] = "1122448848";
  const char *at = strchr(letters, format[0]);
  return at != NULL && format[1] == 0 ? (size_t)(widths[at - letters] - '0') : 0;
}

/* Offsets of `n` values. Returns the last one, or -1 where they are not in order. */
static inline int64_t walk_offsets(const void *offsets, int large, int64_t n) {
  int64_t before = 0;
  for (int64_t i = 0; i <= n; i++) {
    int64_t at = large ? ((const int64_t *)offsets)[i] : ((const int32_t *)offsets)[i];
    if (at < before || (i == 0 && at != 0))
      return -1;
    before = at;
  }
  return before;
}

static inline int walk_metadata(const char *metadata) {
  int32_t pairs, length;
  if (metadata == NULL)
    return 1;
  memcpy(&pairs, metadata, sizeof pairs);
  metadata += sizeof pairs;
  for (int32_t i = 0; i < 2 * pairs; i++) {
    memcpy(&length, metadata, sizeof length);
    metadata += sizeof length;
    if (length < 0)
      return 0;
    walk_bytes(metadata, (size_t)length);
    metadata += length;
  }
  return 1;
}

/* Returns whether an array is one of its type, and of `length` values. */
static inline int walk_array(const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t length) {
  const char *format = schema->format;
  int64_t child = length, end;
  int64_t buffers = 2;
  if (!walk_metadata(schema->metadata) || array->length != length || array->offset != 0 || array->release == NULL ||
      array->n_children != schema->n_children || array->dictionary != NULL)
    return 0;
  walk_bytes(schema->name, strlen(schema->name));
  size_t width = walk_width(format);
  int large = strchr("UZ", format[0]) != NULL || strcmp(format, "+L") == 0;
  if (array->buffers[0] != NULL)
    walk_bytes(array->buffers[0], (size_t)((length + 7) / 8));
  else if (array->null_count != 0)
    return 0;
  if (strcmp(format, "+s") == 0) {
    buffers = 1;
  } else if (strncmp(format, "+w:", 3) == 0) {
    buffers = 1;
    child = length * strtoll(format + 3, NULL, 10);
  } else if (format[0] == 'b') {
    walk_bytes(array->buffers[1], (size_t)((length + 7) / 8));
  } else if (width > 0) {
    if ((uintptr_t)array->buffers[1] % width != 0)
      return 0;
    walk_bytes(array->buffers[1], (size_t)length * width);
  } else {
    end = walk_offsets(array->buffers[1], large, length);
    if (end < 0)
      return 0;
    child = end;
    if (format[0] != '+') {
      buffers = 3;
      walk_bytes(array->buffers[2], (size_t)end);
    }
  }
  if (array->n_buffers != buffers)
    return 0;
  for (int64_t i = 0; i < array->n_children; i++)
    if (!walk_array(schema->children[i], array->children[i], child))
      return 0;
  return 1;
}

#endif
