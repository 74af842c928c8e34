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

/* How finely a round looks at the file: in blocks, or in small ones of which many come in one request. */
typedef struct rf_grain {
  rf_block_cache cache;
  uint64_t unit;         /* bytes of a block */
  uint64_t direct_bytes; /* reads from here on go past the cache */
  bool together;         /* several stretches go into one request */
} rf_grain;

typedef struct rf_round_piece {
  uint8_t *direct; /* where the bytes of the stretch go; NULL: into blocks */
  bool streamed;   /* or to the sink */
  size_t at;       /* the next of `owned` that is concerned; of a streamed one, its number */
  size_t carried;  /* bytes of a unit that has not come whole */
} rf_round_piece;

/* Whole blocks, near enough, of a stretch that goes to a sink. */
typedef struct rf_round_flow {
  const rf_stream_sink *sink;
  uint64_t origin; /* offset in the file of the sink's first byte */
  uint64_t begin;  /* of what this round streams of it: whole units */
  uint64_t end;
  uint64_t request; /* most bytes of one request: whole units */
} rf_round_flow;

typedef struct rf_round {
  const rf_remote_options *remote;
  rf_grain *grain;
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

  rf_stretch *stretches;
  rf_round_piece *pieces;
  size_t stretch_count;
  size_t stretch_capacity;

  const rf_round_flow *flow; /* NULL: none */
  uint8_t *carry;            /* room for a unit that has not come whole, for each of its stretches */

  uint64_t wanted; /* bytes that the ranges are for */
  uint64_t hits;   /* blocks */
  uint64_t misses;
} rf_round;

/* For ranges that lie within the file. rf_round_release frees what it owns, also after a failure. */
rf_status rf_round_init(rf_round *round, const rf_remote_options *remote, rf_grain *grain, uint64_t size,
                        rf_mutex *lock, rf_cond *changed, const rf_range *ranges, size_t count, rf_error *err);
void rf_round_release(rf_round *round);

/* Before blocks are claimed: `flow`, which must outlive the round, is fetched with them. */
rf_status rf_round_stream(rf_round *round, const rf_round_flow *flow, rf_error *err);

/* Lock held. Takes hold of all blocks that are there or on their way; of `coarse`, if it is not NULL, smaller ones are
 * made. */
void rf_round_hold(rf_round *round, rf_grain *coarse);

/* Lock held, after that. What fetching the others would cost, in bytes: a wait for answers is worth gap_bytes. 0: there
 * are no others. */
uint64_t rf_round_cost(const rf_round *round);

/* Lock held. The same, and makes the plan for those that are missing. */
rf_status rf_round_claim(rf_round *round, rf_grain *coarse, rf_error *err);

/* What arrives: an rf_stretch_take with the round as context. */
rf_status rf_round_take(void *context, size_t index, const void *data, size_t n, rf_error *err);

/* Lock held. After fetching: what did not come is nobody's any more. */
void rf_round_finish(rf_round *round);

/* From the blocks, which are all ready, to where the ranges want them. */
void rf_round_copy(const rf_round *round, const rf_range *ranges, size_t count);

/* Lock held. Ends all holds. */
void rf_round_leave(rf_round *round);

#endif
