/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A view of a file as a list of pieces in order: bytes that stand somewhere in the file as it is, one byte over and
 * over, or rows laid out in another way. Taking a stretch from elsewhere costs no copy.
 */
#ifndef RF_STORE_TRAILER_SEGMENTS_H
#define RF_STORE_TRAILER_SEGMENTS_H

#include <stdbool.h>

#include "base/error.h"

typedef enum rf_segment_kind {
  RF_SEGMENT_BYTES, /* from `place` of the file on */
  RF_SEGMENT_FILL,  /* byte `place` */
  RF_SEGMENT_ROWS   /* from byte `place` on of what object number `object` makes */
} rf_segment_kind;

typedef struct rf_segment {
  uint64_t at; /* in the view */
  uint64_t n;  /* > 0 */
  uint64_t place;
  uint32_t object;
  rf_segment_kind kind;
} rf_segment;

/* Changes mostly come in order, so the list has its gap where the last one was. */
typedef struct rf_segments {
  rf_segment *list;
  size_t count;
  size_t gap; /* index at which the room is */
  size_t capacity;
} rf_segments;

void rf_segments_free(rf_segments *segments);

/* Bytes of the view. */
uint64_t rf_segments_size(const rf_segments *segments);

/* Piece number i. */
const rf_segment *rf_segments_get(const rf_segments *segments, size_t i);

/* The number of the piece that has byte `at`, which the view must have. */
size_t rf_segments_find(const rf_segments *segments, uint64_t at);

/* Piece i as far as it lies within [at, at + n). */
rf_segment rf_segments_part(const rf_segments *segments, size_t i, uint64_t at, uint64_t n);

/* Makes bytes [piece->at, + n) of the view those of `piece`; at most right behind the end, which moves along. */
rf_status rf_segments_set(rf_segments *segments, const rf_segment *segment, rf_error *err);

/* Makes [to, to + n) what [from, from + n) is now. Both lie in the view, or `to` + n moves the end. */
rf_status rf_segments_copy(rf_segments *segments, uint64_t from, uint64_t to, uint64_t n, rf_error *err);

/* Cuts the view off, or fills it up with zeros. */
rf_status rf_segments_resize(rf_segments *segments, uint64_t size, rf_error *err);

#endif
