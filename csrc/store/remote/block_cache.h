/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A cache of blocks of a file, which keeps the last used ones up to a number of bytes. Readers hold blocks, and so
 * does the thread that fetches one; others that need it wait. The cache has no lock: the caller holds its own in every
 * call.
 */
#ifndef RF_STORE_REMOTE_BLOCK_CACHE_H
#define RF_STORE_REMOTE_BLOCK_CACHE_H

#include <stdbool.h>

#include "base/error.h"

typedef struct rf_block {
  uint64_t number;
  bool ready;   /* false: a thread is fetching it */
  bool dropped; /* the fetch failed; the block is not in the cache */
  unsigned holds;
  size_t length; /* shorter than block_bytes only at the end of the file */
  struct rf_block *chain;
  struct rf_block *newer; /* order of use of ready blocks without holds */
  struct rf_block *older;
  uint8_t bytes[];
} rf_block;

typedef struct rf_block_cache {
  uint64_t block_bytes;  /* size of a block */
  uint64_t direct_bytes; /* reads of this size or more bypass the cache */
  bool multirange;       /* several extents go into one request */
  uint64_t limit;        /* bytes of blocks that are kept */
  uint64_t used;
  rf_block **slots;
  size_t slot_count; /* a power of two */
  size_t block_count;
  rf_block *newest;
  rf_block *oldest;
} rf_block_cache;

/* Initializes a cache of blocks of `block_bytes`, of which it keeps up to `limit` bytes. */
rf_status rf_block_cache_init(rf_block_cache *cache, uint64_t block_bytes, uint64_t limit, rf_error *err);

/* Frees all blocks. No block is held. */
void rf_block_cache_release(rf_block_cache *cache);

/* Returns the block `number`, ready or in transfer, with a hold for the caller; NULL if there is none. */
rf_block *rf_block_cache_take(rf_block_cache *cache, uint64_t number);

/* Adds a block that is not ready, with a hold for the caller, who fills it and calls rf_block_cache_ready() or
 * rf_block_cache_drop(). NULL: no memory. */
rf_block *rf_block_cache_add(rf_block_cache *cache, uint64_t number, size_t length);
void rf_block_cache_ready(rf_block *block);

/* Removes a block whose fetch failed. The hold stays. */
void rf_block_cache_drop(rf_block_cache *cache, rf_block *block);

/* Ends a hold. Frees the least recently used blocks beyond the limit. */
void rf_block_cache_leave(rf_block_cache *cache, rf_block *block);

#endif
