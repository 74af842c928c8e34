/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A view of a file as a list of segments in order: bytes of the file, a repeated byte, or rows in another layout.
 * Moves change the list and copy no bytes.
 */
#ifndef RF_STORE_TRAILER_SEGMENTS_H
#define RF_STORE_TRAILER_SEGMENTS_H

#include <stdbool.h>

#include "base/error.h"

typedef enum rf_segment_kind {
  RF_SEGMENT_BYTES, /* bytes of the file from `place` on */
  RF_SEGMENT_FILL,  /* byte `place` */
  RF_SEGMENT_ROWS   /* bytes of object number `object` from `place` on */
} rf_segment_kind;

typedef struct rf_segment {
  uint64_t at; /* in the view */
  uint64_t n;  /* > 0 */
  uint64_t place;
  uint32_t object;
  rf_segment_kind kind;
} rf_segment;

/* Changes mostly come in order, so the list has a gap at the last one. */
typedef struct rf_segments {
  rf_segment *list;
  size_t count;
  size_t gap; /* index of the gap */
  size_t capacity;
} rf_segments;

void rf_segments_free(rf_segments *segments);

/* Returns the size of the view. */
uint64_t rf_segments_size(const rf_segments *segments);

/* Returns segment i. */
const rf_segment *rf_segments_get(const rf_segments *segments, size_t i);

/* Returns the number of the segment that has byte `at` of the view. */
size_t rf_segments_find(const rf_segments *segments, uint64_t at);

/* Returns the part of segment i within [at, at + n). */
rf_segment rf_segments_part(const rf_segments *segments, size_t i, uint64_t at, uint64_t n);

/* Sets bytes [segment->at, + n) of the view, which begin within the view or at its end. */
rf_status rf_segments_set(rf_segments *segments, const rf_segment *segment, rf_error *err);

/* Sets [to, to + n) to what [from, from + n) is now. Both are in the view, or to + n becomes its end. */
rf_status rf_segments_copy(rf_segments *segments, uint64_t from, uint64_t to, uint64_t n, rf_error *err);

/* Truncates the view, or extends it with zeros. */
rf_status rf_segments_resize(rf_segments *segments, uint64_t size, rf_error *err);

#endif
