/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/index/prefetch.h"

#include "base/memory.h"
#include "store/filter/index/state.h"

/* A prefetch covers at most this many bytes of the store, so that they are still there when they are used. */
#define PREFETCH_BYTES ((uint64_t)64 << 20)
#define PREFETCH_SLACK ((uint64_t)64 << 10)

/* Returns the bytes of the store that hold the content from `from` to `to`, from the mark before it on. The content
 * inside a mark is taken to be packed evenly. Mutex held. */
static rf_range packed_range(const rf_indexed *g, uint64_t from, uint64_t to, uint64_t size) {
  const rf_mark *first = rf_marks_find(&g->marks, from).mark;
  rf_chunk_place last = rf_marks_find(&g->marks, to - 1);
  uint64_t end = last.next != NULL ? last.next->packed : size;
  uint64_t content = last.next != NULL ? last.next->content : g->marks.content;
  double part = (double)(to - last.mark->content) / (double)(content - last.mark->content);
  uint64_t start = first->packed - (first->bits > 0);
  if (end > last.mark->packed) {
    uint64_t guess = last.mark->packed + (uint64_t)((double)(end - last.mark->packed) * part) + PREFETCH_SLACK;
    end = guess < end ? guess : end;
  }
  return (rf_range){start, end > start ? end - start : 0};
}

/* Adds a range, or extends the last one. */
static void add_range(rf_range *out, size_t *count, rf_range range) {
  rf_range *last = *count > 0 ? &out[*count - 1] : NULL;
  if (last != NULL && range.offset >= last->offset && range.offset <= last->offset + last->length) {
    uint64_t end = range.offset + range.length;
    if (end > last->offset + last->length)
      last->length = end - last->offset;
  } else if (range.length > 0) {
    out[(*count)++] = range;
  }
}

static bool is_cached(rf_indexed *g, uint64_t from, uint64_t to) {
  rf_chunk_place place = rf_marks_find(&g->marks, from);
  rf_chunk *chunk = to <= place.start + place.length ? rf_chunks_find(&g->chunks, place.start) : NULL;
  if (chunk != NULL && chunk->filled)
    rf_chunks_release(&g->chunks, chunk);
  return chunk != NULL;
}

rf_status rf_indexed_prefetch(rf_indexed *g, const rf_range *ranges, size_t count, rf_error *err) {
  uint64_t size, total = 0;
  size_t found = 0;
  if (!g->inner->profile.prefetch || count == 0)
    return RF_OK;
  RF_TRY(rf_store_size(g->inner, &size, err));
  rf_range *packed = rf_alloc_zero(count, sizeof *packed);
  if (packed == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a plan of %zu ranges", count);
  rf_indexed_lock(g);
  for (size_t i = 0; i < count && total < PREFETCH_BYTES; i++) {
    uint64_t end;
    if (!rf_add_u64(ranges[i].offset, ranges[i].length, &end) || end > g->marks.content)
      end = g->marks.content;
    if (ranges[i].offset >= end || is_cached(g, ranges[i].offset, end))
      continue;
    rf_range range = packed_range(g, ranges[i].offset, end, size);
    range.length = range.length < PREFETCH_BYTES ? range.length : PREFETCH_BYTES;
    total += range.length;
    add_range(packed, &found, range);
  }
  rf_mutex_unlock(&g->mutex);
  rf_status status = rf_store_prefetch(g->inner, packed, found, err);
  rf_free(packed);
  return status;
}
