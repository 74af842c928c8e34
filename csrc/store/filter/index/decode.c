/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/index/decode.h"

#include <string.h>

#include "base/crc32c.h"
#include "base/memory.h"
#include "store/filter/index/members.h"

/* Takes the cursor that is nearest before `start`, behind the mark. Returns NULL if there is none. Mutex held. */
static rf_cursor *take_cursor(rf_indexed *g, const rf_mark *mark, uint64_t start) {
  size_t best = RF_IDLE_CURSORS;
  uint64_t place = 0;
  for (size_t i = 0; i < RF_IDLE_CURSORS; i++) {
    uint64_t at = g->idle[i] != NULL ? rf_cursor_get_content(g->idle[i]) : UINT64_MAX;
    if (at >= mark->content && at <= start && (best == RF_IDLE_CURSORS || at > place)) {
      best = i;
      place = at;
    }
  }
  if (best == RF_IDLE_CURSORS)
    return NULL;
  rf_cursor *cursor = g->idle[best];
  g->idle[best] = NULL;
  return cursor;
}

/* Keeps a cursor for the next read; the one that waits longest is freed. Mutex held. */
static void return_cursor(rf_indexed *g, rf_cursor *cursor, unsigned generation) {
  if (cursor == NULL)
    return;
  if (generation != g->generation || rf_cursor_get_content(cursor) == UINT64_MAX) {
    rf_cursor_free(cursor);
    return;
  }
  size_t slot = 0;
  while (slot < RF_IDLE_CURSORS - 1 && g->idle[slot] != NULL)
    slot++;
  if (g->idle[slot] != NULL) {
    rf_cursor_free(g->idle[0]);
    memmove(g->idle, g->idle + 1, (RF_IDLE_CURSORS - 1) * sizeof *g->idle);
  }
  g->idle[slot] = cursor;
}

static rf_status fail_sum(const rf_mark *mark, uint64_t start, rf_error *err) {
  rf_status status = rf_fail(err, RF_ERR_CODEC,
                             "the compressed file has changed behind byte %llu: the content at offset %llu has another "
                             "CRC than before",
                             (unsigned long long)mark->packed, (unsigned long long)start);
  rf_error_at(err, (int64_t)mark->packed);
  return status;
}

/* Decodes a chunk, at whose beginning the cursor is. */
static rf_status decode_chunk(rf_cursor *cursor, const rf_chunk_place *place, uint8_t *bytes, rf_error *err) {
  size_t made = 0;
  while (made < place->length) {
    size_t got;
    RF_TRY(rf_cursor_read(cursor, bytes + made, place->length - made, false, &got, err));
    if (got == 0)
      return fail_sum(place->mark, place->start, err);
    made += got;
  }
  if (place->summed)
    return rf_crc32c(bytes, made, 0) == place->sum ? RF_OK : fail_sum(place->mark, place->start, err);
  if (place->last) /* what a frame says of its content is at its end */
    return rf_cursor_expect_end(cursor, place->next != NULL ? place->next->packed : UINT64_MAX, err);
  return RF_OK;
}

/* Decodes the chunks between the cursor and `chunk`, and keeps them. */
static rf_status decode_before(rf_indexed *g, rf_cursor *cursor, rf_chunk *chunk, unsigned generation, rf_error *err) {
  uint64_t at = rf_cursor_get_content(cursor);
  while (at < chunk->start) {
    rf_indexed_lock(g);
    if (generation != g->generation) {
      rf_mutex_unlock(&g->mutex);
      return RF_ERR_CHANGED;
    }
    rf_chunk_place place = rf_marks_find(&g->marks, at);
    rf_chunk *other = rf_chunks_find(&g->chunks, place.start);
    bool own = other == NULL;
    if (own)
      other = rf_chunks_add(&g->chunks, place.start, place.length);
    else if (other->filled)
      rf_chunks_release(&g->chunks, other);
    rf_mutex_unlock(&g->mutex);
    rf_status status = decode_chunk(cursor, &place, own && other != NULL ? other->bytes : chunk->bytes, err);
    if (own && other != NULL) {
      rf_indexed_lock(g);
      other->filled = status == RF_OK;
      other->start = status == RF_OK && generation == g->generation ? other->start : UINT64_MAX;
      rf_chunks_release(&g->chunks, other);
      rf_cond_broadcast(&g->changed);
      rf_mutex_unlock(&g->mutex);
    }
    RF_TRY(status);
    at = place.start + place.length;
  }
  return RF_OK;
}

static rf_status fill_members(rf_indexed *g, rf_chunk *chunk, const rf_chunk_place *place, rf_error *err) {
  bool good;
  RF_TRY(
      rf_members_inflate(g->inner, place->mark->packed, place->next->packed, chunk->bytes, place->length, &good, err));
  return good ? RF_OK : rf_fail(err, RF_ERR_CODEC, "gzip members are not as their headers say");
}

/* Decodes `chunk`. *cursor can be NULL. */
static rf_status fill_chunk(rf_indexed *g, rf_cursor **cursor, rf_chunk *chunk, const rf_chunk_place *place,
                            unsigned generation, rf_error *err) {
  if (place->mark->members)
    return fill_members(g, chunk, place, err);
  if (*cursor == NULL) {
    RF_TRY(rf_cursor_new(g->inner, g->options.format, g->options.codec, cursor, err));
    RF_TRY(rf_cursor_seek(*cursor, place->mark, false, err));
  }
  RF_TRY(decode_before(g, *cursor, chunk, generation, err));
  return decode_chunk(*cursor, place, chunk->bytes, err);
}

/* Decodes the chunk at `place` and adds it to the cache, pinned. Mutex held. */
static rf_status add_chunk(rf_indexed *g, const rf_chunk_place *place, rf_chunk **out, rf_error *err) {
  rf_chunk *chunk = rf_chunks_add(&g->chunks, place->start, place->length);
  if (chunk == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for decompressed data");
  unsigned generation = g->generation;
  rf_cursor *cursor = place->mark->members ? NULL : take_cursor(g, place->mark, place->start);
  rf_mutex_unlock(&g->mutex);
  rf_error own;
  rf_error_clear(&own);
  rf_status status = fill_chunk(g, &cursor, chunk, place, generation, &own);
  rf_indexed_lock(g);
  if (status == RF_OK)
    return_cursor(g, cursor, generation);
  else
    rf_cursor_free(cursor); /* it may be anywhere in a chunk */
  bool current = generation == g->generation;
  bool wrong = (status == RF_ERR_CODEC || status == RF_ERR_TRUNCATED) && (g->kept || place->mark->members);
  if (status == RF_OK && current && !wrong) {
    chunk->filled = true;
    *out = chunk;
  } else {
    chunk->start = UINT64_MAX;
    rf_chunks_release(&g->chunks, chunk);
    if (current && wrong)
      rf_indexed_drop(g, place->mark->members && !g->kept);
    *out = NULL; /* the marks are others now: the caller looks again */
    if (!current || wrong)
      status = RF_OK;
    else if (err != NULL && err->code == RF_OK)
      *err = own;
  }
  rf_cond_broadcast(&g->changed);
  return status;
}

rf_status rf_indexed_get_chunk(rf_indexed *g, uint64_t offset, rf_chunk **chunk, rf_error *err) {
  *chunk = NULL;
  while (offset < g->marks.content) {
    rf_chunk_place place = rf_marks_find(&g->marks, offset);
    rf_chunk *found = rf_chunks_find(&g->chunks, place.start);
    if (found == NULL) {
      RF_TRY(add_chunk(g, &place, &found, err));
    } else if (!found->filled) {
      rf_cond_wait(&g->changed, &g->mutex);
      continue;
    }
    if (found != NULL) {
      *chunk = found;
      return RF_OK;
    }
  }
  return RF_OK;
}
