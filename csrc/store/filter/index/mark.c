/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/index/mark.h"

#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "codec/deflate.h"

/* Windows are packed fast: unpacking one must cost little beside decoding a chunk. */
#define WINDOW_LEVEL 1

rf_status rf_mark_new(rf_mark **mark, rf_error *err) {
  *mark = rf_alloc_zero(1, sizeof **mark);
  return *mark != NULL ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the index of a file");
}

void rf_mark_free(rf_mark *mark) {
  if (mark == NULL)
    return;
  rf_free(mark->window);
  rf_free(mark->prefix);
  rf_free(mark->sums);
  rf_free(mark);
}

rf_status rf_mark_pack_window(rf_mark *mark, const uint8_t *window, size_t n, rf_error *err) {
  size_t room, used = 0;
  if (!rf_gzip_bound(n, &room))
    return rf_fail(err, RF_ERR_ARGUMENT, "a window of %zu bytes is too large", n);
  uint8_t *packed = rf_alloc(room);
  if (packed == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the index of a file");
  rf_status status = rf_gzip(WINDOW_LEVEL, window, n, packed, room, &used, err);
  if (status != RF_OK) {
    rf_free(packed);
    return status;
  }
  uint8_t *fitted = rf_realloc(packed, used);
  mark->window = fitted != NULL ? fitted : packed;
  mark->window_bytes = used;
  return RF_OK;
}

rf_status rf_mark_unpack_window(const rf_mark *mark, uint8_t *window, size_t *n, rf_error *err) {
  *n = 0;
  if (mark->window == NULL)
    return RF_OK;
  return rf_gunzip(mark->window, mark->window_bytes, window, RF_WINDOW_BYTES, n, err);
}

rf_status rf_mark_set_prefix(rf_mark *mark, const uint8_t *prefix, unsigned bits, rf_error *err) {
  size_t n = (bits + 7) / 8;
  if (bits == 0)
    return RF_OK;
  mark->prefix = rf_alloc(n);
  if (mark->prefix == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the index of a file");
  memcpy(mark->prefix, prefix, n);
  mark->prefix_bits = bits;
  return RF_OK;
}

rf_status rf_mark_add_sum(rf_mark *mark, uint32_t sum, rf_error *err) {
  RF_TRY(RF_ARRAY_GROW(mark->sums, mark->sum_capacity, mark->sum_count + 1, "the index of a file", err));
  mark->sums[mark->sum_count++] = sum;
  return RF_OK;
}

rf_status rf_marks_add(rf_marks *marks, rf_mark *mark, rf_error *err) {
  RF_TRY(RF_ARRAY_GROW(marks->list, marks->capacity, marks->count + 1, "the index of a file", err));
  marks->list[marks->count++] = mark;
  return RF_OK;
}

void rf_marks_free(rf_marks *marks) {
  for (size_t i = 0; i < marks->count; i++)
    rf_mark_free(marks->list[i]);
  rf_free(marks->list);
  *marks = (rf_marks){0};
}

rf_chunk_place rf_marks_find(const rf_marks *marks, uint64_t offset) {
  size_t low = 0, high = marks->count; /* the mark is in [low, high) */
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (marks->list[middle]->content <= offset)
      low = middle;
    else
      high = middle;
  }
  const rf_mark *mark = marks->list[low];
  rf_chunk_place place = {.mark = mark, .span = low};
  if (low + 1 < marks->count)
    place.next = marks->list[low + 1];
  uint64_t end = place.next != NULL ? place.next->content : marks->content;
  uint64_t chunk = (offset - mark->content) / RF_CHUNK_BYTES;
  place.start = mark->content + chunk * RF_CHUNK_BYTES;
  place.length = (size_t)(end - place.start < RF_CHUNK_BYTES ? end - place.start : RF_CHUNK_BYTES);
  place.last = place.start + place.length == end;
  place.summed = chunk < mark->sum_count;
  if (place.summed)
    place.sum = mark->sums[chunk];
  return place;
}
