/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/trailer/segments.h"

#include <string.h>

#include "base/array.h"
#include "base/memory.h"

void rf_segments_free(rf_segments *segments) {
  rf_free(segments->list);
  memset(segments, 0, sizeof *segments);
}

static rf_segment *slot(const rf_segments *p, size_t i) {
  return &p->list[i < p->gap ? i : i + (p->capacity - p->count)];
}

const rf_segment *rf_segments_get(const rf_segments *segments, size_t i) {
  return slot(segments, i);
}

uint64_t rf_segments_size(const rf_segments *segments) {
  if (segments->count == 0)
    return 0;
  const rf_segment *last = slot(segments, segments->count - 1);
  return last->at + last->n;
}

size_t rf_segments_find(const rf_segments *segments, uint64_t at) {
  size_t low = 0, high = segments->count;
  while (low + 1 < high) {
    size_t middle = low + (high - low) / 2;
    if (slot(segments, middle)->at <= at)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* Removes the first `skip` bytes of a segment. */
static void skip_bytes(rf_segment *segment, uint64_t skip) {
  segment->at += skip;
  segment->n -= skip;
  if (segment->kind != RF_SEGMENT_FILL)
    segment->place += skip;
}

rf_segment rf_segments_part(const rf_segments *segments, size_t i, uint64_t at, uint64_t n) {
  rf_segment part = *slot(segments, i);
  if (part.at < at)
    skip_bytes(&part, at - part.at);
  if (part.at + part.n > at + n)
    part.n = at + n - part.at;
  return part;
}

/* ---- changes ---- */

static void move_gap(rf_segments *p, size_t to) {
  size_t room = p->capacity - p->count;
  if (to < p->gap)
    memmove(p->list + to + room, p->list + to, (p->gap - to) * sizeof *p->list);
  else if (to > p->gap)
    memmove(p->list + p->gap, p->list + p->gap + room, (to - p->gap) * sizeof *p->list);
  p->gap = to;
}

/* Makes room for `more` segments, with the gap at index `at`. */
static rf_status make_room(rf_segments *p, size_t at, size_t more, rf_error *err) {
  if (p->capacity - p->count < more) {
    size_t capacity = p->capacity;
    RF_TRY(RF_ARRAY_GROW(p->list, capacity, p->count + more, "a list of pieces of a file", err));
    move_gap(p, p->count);
    p->capacity = capacity;
  }
  move_gap(p, at);
  return RF_OK;
}

static bool continues(const rf_segment *a, const rf_segment *b) {
  if (a->kind != b->kind || a->object != b->object)
    return false;
  return a->kind == RF_SEGMENT_FILL ? a->place == b->place : a->place + a->n == b->place;
}

/* Splits the list at byte `at`. Returns the index of the segment that begins there. Needs room for one segment. */
static size_t split(rf_segments *p, uint64_t at) {
  if (p->count == 0 || at >= rf_segments_size(p))
    return p->count;
  size_t i = rf_segments_find(p, at);
  rf_segment *first = slot(p, i);
  if (first->at == at)
    return i;
  rf_segment second = *first;
  skip_bytes(&second, at - first->at);
  first->n = at - first->at;
  move_gap(p, i + 1);
  p->list[p->gap++] = second;
  p->count++;
  return i + 1;
}

static void remove_segments(rf_segments *p, size_t first, size_t end) {
  move_gap(p, end);
  p->gap = first;
  p->count -= end - first;
}

/* Joins segments i - 1 and i if possible. */
static void join(rf_segments *p, size_t i) {
  if (i == 0 || i >= p->count || !continues(slot(p, i - 1), slot(p, i)))
    return;
  slot(p, i - 1)->n += slot(p, i)->n;
  remove_segments(p, i, i + 1);
}

rf_status rf_segments_set(rf_segments *segments, const rf_segment *segment, rf_error *err) {
  rf_segment own = *segment; /* a copy: `segment` may be in the list */
  if (own.n == 0)
    return RF_OK;
  RF_TRY(make_room(segments, segments->gap, 3, err));
  size_t first = split(segments, own.at);
  size_t end = split(segments, own.at + own.n);
  remove_segments(segments, first, end);
  segments->list[segments->gap++] = own; /* the gap is at `first` */
  segments->count++;
  join(segments, first + 1);
  join(segments, first);
  return RF_OK;
}

rf_status rf_segments_copy(rf_segments *segments, uint64_t from, uint64_t to, uint64_t n, rf_error *err) {
  if (n == 0 || from == to)
    return RF_OK;
  size_t first = rf_segments_find(segments, from), count = rf_segments_find(segments, from + n - 1) - first + 1;
  rf_segment one, *seen = count == 1 ? &one : count <= SIZE_MAX / sizeof *seen ? rf_alloc(count * sizeof *seen) : NULL;
  if (seen == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a list of %zu pieces of a file", count);
  for (size_t i = 0; i < count; i++) {
    seen[i] = rf_segments_part(segments, first + i, from, n);
    seen[i].at = seen[i].at - from + to;
  }
  rf_status status = RF_OK;
  for (size_t i = 0; i < count && status == RF_OK; i++)
    status = rf_segments_set(segments, &seen[i], err);
  if (seen != &one)
    rf_free(seen);
  return status;
}

rf_status rf_segments_resize(rf_segments *segments, uint64_t size, rf_error *err) {
  uint64_t now = rf_segments_size(segments);
  if (size > now) {
    rf_segment fill = {.at = now, .n = size - now, .kind = RF_SEGMENT_FILL};
    return rf_segments_set(segments, &fill, err);
  }
  if (size < now) {
    RF_TRY(make_room(segments, segments->gap, 1, err));
    size_t first = split(segments, size);
    remove_segments(segments, first, segments->count);
  }
  return RF_OK;
}
