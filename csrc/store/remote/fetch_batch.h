/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A fetch batch: the blocks that some ranges of a remote file need, those of them that are missing, and the extents
 * that bring these. The whole blocks of long reads go directly to the caller's memory; one stream per batch goes to a
 * sink.
 */
#ifndef RF_STORE_REMOTE_FETCH_BATCH_H
#define RF_STORE_REMOTE_FETCH_BATCH_H

#include "store/remote/block_cache.h"
#include "store/remote/fetcher.h"
#include "store/store.h"

typedef struct rf_fetch_segment {
  uint8_t *memory;        /* destination of the bytes; NULL: blocks */
  bool streamed;          /* the sink is the destination */
  size_t next;            /* next element of `owned`; of a stream, the number of the extent */
  size_t remainder_bytes; /* bytes of an incomplete unit */
} rf_fetch_segment;

/* The part of a stream that a batch fetches. */
typedef struct rf_fetch_stream {
  const rf_stream_sink *sink;
  uint64_t origin; /* offset in the file of the stream */
  uint64_t begin;  /* of this part: whole units */
  uint64_t end;
  uint64_t request; /* limit of an extent in bytes: whole units */
} rf_fetch_stream;

typedef struct rf_fetch_batch {
  const rf_remote_options *remote;
  rf_block_cache *cache;
  uint64_t size;  /* of the file */
  rf_mutex *lock; /* of the cache */
  rf_cond *changed;

  uint64_t *numbers; /* of the needed blocks, ascending */
  rf_block **held;   /* the blocks, once they are claimed */
  size_t held_count;
  rf_block **owned; /* blocks that this batch fetches, ascending, with those in gaps */
  size_t owned_count;
  size_t owned_capacity;
  rf_block **extra; /* those of them in gaps */
  size_t extra_count;

  rf_extent *extents;
  rf_fetch_segment *segments;
  size_t extent_count;
  size_t extent_capacity;

  const rf_fetch_stream *stream; /* NULL: none */
  uint8_t *remainders;           /* room for an incomplete unit of each extent of the stream */

  uint64_t wanted; /* bytes of ranges with a destination */
  uint64_t hits;   /* blocks */
  uint64_t misses;
} rf_fetch_batch;

/* Initializes a batch for ranges within the file. rf_fetch_batch_release() frees what it owns, also after a failure. */
rf_status rf_fetch_batch_init(rf_fetch_batch *batch, const rf_remote_options *remote, rf_block_cache *cache,
                              uint64_t size, rf_mutex *lock, rf_cond *changed, const rf_read_range *ranges,
                              size_t count, rf_error *err);
void rf_fetch_batch_release(rf_fetch_batch *batch);

/* Adds a stream, before blocks are claimed. `stream` must outlive the batch. */
rf_status rf_fetch_batch_add_stream(rf_fetch_batch *batch, const rf_fetch_stream *stream, rf_error *err);

/* Holds all blocks that are in the cache, ready or in transfer. Makes small blocks out of those of `large`, if that is
 * not NULL. Lock held. */
void rf_fetch_batch_hold(rf_fetch_batch *batch, rf_block_cache *large);

/* Returns the cost of fetching the missing blocks, in bytes; 0 if there are none. Lock held, after
 * rf_fetch_batch_hold(). */
uint64_t rf_fetch_batch_cost(const rf_fetch_batch *batch);

/* Holds blocks, and plans the extents for missing ones. Lock held. */
rf_status rf_fetch_batch_claim(rf_fetch_batch *batch, rf_block_cache *large, rf_error *err);

/* Takes n bytes of extent `index` as they arrive (an rf_extent_take). They go to the sink, to the caller's memory, or
 * into the blocks that this batch claimed. Called by one thread at a time, without the lock. */
rf_status rf_fetch_batch_take(void *context, size_t index, const void *data, size_t n, rf_error *err);

/* Drops blocks that did not arrive. Lock held, after fetching. */
void rf_fetch_batch_finish(rf_fetch_batch *batch);

/* Copies from the blocks, which are all ready, to the destinations of the ranges. */
void rf_fetch_batch_copy(const rf_fetch_batch *batch, const rf_read_range *ranges, size_t count);

/* Ends all holds. Lock held. */
void rf_fetch_batch_leave(rf_fetch_batch *batch);

#endif
