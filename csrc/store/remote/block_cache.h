/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Blocks of a file, the last used ones up to a number of bytes. A block is held by whoever reads it, and by the one who
 * is fetching it: others who want it wait for him. No lock of its own: the owner's is held in every call.
 */
#ifndef RF_STORE_REMOTE_BLOCK_CACHE_H
#define RF_STORE_REMOTE_BLOCK_CACHE_H

#include <stdbool.h>

#include "base/error.h"

typedef struct rf_block {
  uint64_t number;
  bool ready;   /* false: somebody is fetching it */
  bool dropped; /* he could not: it is in the cache no more */
  unsigned holds;
  size_t length; /* shorter than a whole one at the end of the file only */
  struct rf_block *chain;
  struct rf_block *newer; /* in the order of use; ready blocks that nobody holds */
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

/* The block, ready or being fetched, held for the caller; NULL when there is none. */
rf_block *rf_block_cache_take(rf_block_cache *cache, uint64_t number);

/* A new block that is not ready, held for the caller, who has to fill it and say so by rf_block_cache_ready or
 * rf_block_cache_drop. NULL: no memory. */
rf_block *rf_block_cache_add(rf_block_cache *cache, uint64_t number, size_t length);
void rf_block_cache_ready(rf_block *block);

/* Takes a block out that could not be fetched, so that nobody finds it any more. The hold stays. */
void rf_block_cache_drop(rf_block_cache *cache, rf_block *block);

/* Ends a hold. Blocks beyond the limit go, those first that were not used for the longest time. */
void rf_block_cache_leave(rf_block_cache *cache, rf_block *block);

#endif
