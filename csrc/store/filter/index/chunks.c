/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/index/chunks.h"

#include "base/array.h"
#include "base/memory.h"

#define NO_CHUNK UINT64_MAX

static void free_chunk(rf_chunk *chunk) {
  rf_free(chunk->bytes);
  rf_free(chunk);
}

static void remove_at(rf_chunks *chunks, size_t i) {
  chunks->list[i] = chunks->list[--chunks->count];
}

rf_chunk *rf_chunks_find(rf_chunks *chunks, uint64_t start) {
  for (size_t i = 0; i < chunks->count; i++) {
    rf_chunk *chunk = chunks->list[i];
    if (chunk->start != start)
      continue;
    if (chunk->filled) {
      chunk->pins++;
      chunk->used = ++chunks->time;
    }
    return chunk;
  }
  return NULL;
}

/* Takes the least recently used chunk out of a full cache. Returns NULL if there is room or all are in use. */
static rf_chunk *evict(rf_chunks *chunks) {
  size_t oldest = chunks->count;
  if (chunks->count < RF_CACHED_CHUNKS)
    return NULL;
  for (size_t i = 0; i < chunks->count; i++)
    if (chunks->list[i]->pins == 0 && (oldest == chunks->count || chunks->list[i]->used < chunks->list[oldest]->used))
      oldest = i;
  if (oldest == chunks->count)
    return NULL;
  rf_chunk *chunk = chunks->list[oldest];
  remove_at(chunks, oldest);
  return chunk;
}

static rf_chunk *new_chunk(void) {
  rf_chunk *chunk = rf_alloc_zero(1, sizeof *chunk);
  if (chunk == NULL)
    return NULL;
  chunk->bytes = rf_alloc((size_t)RF_CHUNK_BYTES);
  if (chunk->bytes != NULL)
    return chunk;
  rf_free(chunk);
  return NULL;
}

rf_chunk *rf_chunks_add(rf_chunks *chunks, uint64_t start, size_t length) {
  if (RF_ARRAY_GROW(chunks->list, chunks->capacity, chunks->count + 1, "decoded content", NULL) != RF_OK)
    return NULL;
  rf_chunk *chunk = evict(chunks);
  if (chunk == NULL)
    chunk = new_chunk();
  if (chunk == NULL)
    return NULL;
  *chunk = (rf_chunk){.start = start, .length = length, .pins = 1, .used = ++chunks->time, .bytes = chunk->bytes};
  chunks->list[chunks->count++] = chunk;
  return chunk;
}

void rf_chunks_release(rf_chunks *chunks, rf_chunk *chunk) {
  if (--chunk->pins > 0 || (chunk->start != NO_CHUNK && chunks->count <= RF_CACHED_CHUNKS))
    return;
  for (size_t i = 0; i < chunks->count; i++) {
    if (chunks->list[i] == chunk) {
      remove_at(chunks, i);
      free_chunk(chunk);
      return;
    }
  }
}

void rf_chunks_forget(rf_chunks *chunks) {
  for (size_t i = chunks->count; i-- > 0;) {
    rf_chunk *chunk = chunks->list[i];
    chunk->start = NO_CHUNK;
    if (chunk->pins == 0) {
      remove_at(chunks, i);
      free_chunk(chunk);
    }
  }
}

void rf_chunks_abandon(rf_chunks *chunks) {
  for (size_t i = chunks->count; i-- > 0;)
    if (chunks->list[i]->pins > 0)
      remove_at(chunks, i);
}

void rf_chunks_free(rf_chunks *chunks) {
  for (size_t i = 0; i < chunks->count; i++)
    free_chunk(chunks->list[i]);
  rf_free(chunks->list);
  *chunks = (rf_chunks){0};
}
