/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A cache of decoded chunks, least recently used. The caller guards it with a lock, and waits and notifies where a
 * chunk is filled or released.
 */
#ifndef RF_STORE_FILTER_INDEX_CHUNKS_H
#define RF_STORE_FILTER_INDEX_CHUNKS_H

#include "store/filter/index/mark.h"

/* Chunks that the cache keeps: 32 MiB. */
#define RF_CACHED_CHUNKS 128

typedef struct rf_chunk {
  uint64_t start; /* offset in the content; UINT64_MAX: none */
  size_t length;  /* bytes of content */
  bool filled;    /* false: a thread decodes it */
  unsigned pins;  /* threads that fill or copy it */
  uint64_t used;  /* time of the last use */
  uint8_t *bytes; /* RF_CHUNK_BYTES */
} rf_chunk;

typedef struct rf_chunks {
  rf_chunk **list;
  size_t count;
  size_t capacity;
  uint64_t time;
} rf_chunks;

/* Returns the chunk that begins at `start`, pinned if it is filled; NULL if there is none. */
rf_chunk *rf_chunks_find(rf_chunks *chunks, uint64_t start);

/* Adds a chunk to be filled, pinned. Returns NULL without memory. */
rf_chunk *rf_chunks_add(rf_chunks *chunks, uint64_t start, size_t length);

/* Ends a use. A chunk that could not be filled (`start` UINT64_MAX) or is too many is freed. */
void rf_chunks_release(rf_chunks *chunks, rf_chunk *chunk);

/* Forgets all chunks; those in use are freed when they are released. */
void rf_chunks_forget(rf_chunks *chunks);

/* In a forked child: forgets the chunks of threads that do not exist there, and does not free them. */
void rf_chunks_abandon(rf_chunks *chunks);

/* Frees everything. No chunk is in use. */
void rf_chunks_free(rf_chunks *chunks);

#endif
