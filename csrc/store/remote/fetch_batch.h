/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One round of fetching: the blocks that some ranges of a remote file need, those of them that nobody has, and the
 * requests that bring these. Long reads go straight to where they are wanted, but for their first and last block; or,
 * one a round, to a sink.
 */
#ifndef RF_STORE_REMOTE_FETCH_BATCH_H
#define RF_STORE_REMOTE_FETCH_BATCH_H

#include "store/remote/block_cache.h"
#include "store/remote/fetcher.h"
#include "store/store.h"

typedef struct rf_fetch_segment {
  uint8_t *memory;        /* where the bytes of the stretch go; NULL: into blocks */
  bool streamed;          /* or to the sink */
  size_t next;            /* the next of `owned` that is concerned; of a streamed one, its number */
  size_t remainder_bytes; /* bytes of a unit that has not come whole */
} rf_fetch_segment;

/* Whole blocks, near enough, of a stretch that goes to a sink. */
typedef struct rf_fetch_stream {
  const rf_stream_sink *sink;
  uint64_t origin; /* offset in the file of the sink's first byte */
  uint64_t begin;  /* of what this round streams of it: whole units */
  uint64_t end;
  uint64_t request; /* most bytes of one request: whole units */
} rf_fetch_stream;

typedef struct rf_fetch_batch {
  const rf_remote_options *remote;
  rf_block_cache *cache;
  uint64_t size;  /* of the file */
  rf_mutex *lock; /* of the cache */
  rf_cond *changed;

  uint64_t *numbers; /* of the blocks that are needed, ascending */
  rf_block **held;   /* the blocks themselves, once they are claimed */
  size_t held_count;
  rf_block **owned; /* those that we fetch, ascending: also what lies between two that are needed */
  size_t owned_count;
  size_t owned_capacity;
  rf_block **extra; /* of these the ones that are not needed */
  size_t extra_count;

  rf_extent *extents;
  rf_fetch_segment *segments;
  size_t extent_count;
  size_t extent_capacity;

  const rf_fetch_stream *stream; /* NULL: none */
  uint8_t *remainders;           /* room for a unit that has not come whole, for each of its stretches */

  uint64_t wanted; /* bytes that the ranges are for */
  uint64_t hits;   /* blocks */
  uint64_t misses;
} rf_fetch_batch;

/* For ranges that lie within the file. rf_fetch_batch_release frees what it owns, also after a failure. */
rf_status rf_fetch_batch_init(rf_fetch_batch *batch, const rf_remote_options *remote, rf_block_cache *cache,
                              uint64_t size, rf_mutex *lock, rf_cond *changed, const rf_read_range *ranges,
                              size_t count, rf_error *err);
void rf_fetch_batch_release(rf_fetch_batch *batch);

/* Before blocks are claimed: `flow`, which must outlive the round, is fetched with them. */
rf_status rf_fetch_batch_add_stream(rf_fetch_batch *batch, const rf_fetch_stream *stream, rf_error *err);

/* Lock held. Takes hold of all blocks that are there or on their way; of `coarse`, if it is not NULL, smaller ones are
 * made. */
void rf_fetch_batch_hold(rf_fetch_batch *batch, rf_block_cache *large);

/* Lock held, after that. What fetching the others would cost, in bytes: a wait for answers is worth gap_bytes. 0: there
 * are no others. */
uint64_t rf_fetch_batch_cost(const rf_fetch_batch *batch);

/* Lock held. The same, and makes the plan for those that are missing. */
rf_status rf_fetch_batch_claim(rf_fetch_batch *batch, rf_block_cache *large, rf_error *err);

/* What arrives: an rf_extent_take with the round as context. */
rf_status rf_fetch_batch_take(void *context, size_t index, const void *data, size_t n, rf_error *err);

/* Lock held. After fetching: what did not come is nobody's any more. */
void rf_fetch_batch_finish(rf_fetch_batch *batch);

/* From the blocks, which are all ready, to where the ranges want them. */
void rf_fetch_batch_copy(const rf_fetch_batch *batch, const rf_read_range *ranges, size_t count);

/* Lock held. Ends all holds. */
void rf_fetch_batch_leave(rf_fetch_batch *batch);

#endif
