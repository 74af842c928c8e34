/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/remote/block_cache.h"

#include <string.h>

#include "base/memory.h"

#define FIRST_SLOTS ((size_t)64)

rf_status rf_block_cache_init(rf_block_cache *cache, uint64_t block_bytes, uint64_t limit, rf_error *err) {
  memset(cache, 0, sizeof *cache);
  cache->block_bytes = block_bytes;
  cache->limit = limit;
  cache->slots = rf_alloc_zero(FIRST_SLOTS, sizeof *cache->slots);
  if (cache->slots == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the cache of a remote file");
  cache->slot_count = FIRST_SLOTS;
  return RF_OK;
}

void rf_block_cache_release(rf_block_cache *cache) {
  for (size_t i = 0; i < cache->slot_count; i++)
    for (rf_block *block = cache->slots[i], *next; block != NULL; block = next) {
      next = block->chain;
      rf_free(block);
    }
  rf_free(cache->slots);
  memset(cache, 0, sizeof *cache);
}

static rf_block **slot_of(const rf_block_cache *cache, uint64_t number) {
  uint64_t mixed = number * UINT64_C(0x9E3779B97F4A7C15);
  return &cache->slots[(size_t)(mixed >> 32) & (cache->slot_count - 1)];
}

/* Doubles the number of slots. Without memory the chains only get longer. */
static void grow(rf_block_cache *cache) {
  rf_block_cache bigger = *cache;
  bigger.slot_count *= 2;
  bigger.slots = rf_alloc_zero(bigger.slot_count, sizeof *bigger.slots);
  if (bigger.slots == NULL)
    return;
  for (size_t i = 0; i < cache->slot_count; i++)
    for (rf_block *block = cache->slots[i], *next; block != NULL; block = next) {
      rf_block **slot = slot_of(&bigger, block->number);
      next = block->chain;
      block->chain = *slot;
      *slot = block;
    }
  rf_free(cache->slots);
  cache->slots = bigger.slots; /* the limit is read without the lock, so it is not written again */
  cache->slot_count = bigger.slot_count;
}

/* ---- the order of use ---- */

static void unlink_block(rf_block_cache *cache, rf_block *block) {
  if (block->newer != NULL)
    block->newer->older = block->older;
  else
    cache->newest = block->older;
  if (block->older != NULL)
    block->older->newer = block->newer;
  else
    cache->oldest = block->newer;
  block->newer = block->older = NULL;
}

static void link_newest(rf_block_cache *cache, rf_block *block) {
  block->older = cache->newest;
  block->newer = NULL;
  if (cache->newest != NULL)
    cache->newest->newer = block;
  else
    cache->oldest = block;
  cache->newest = block;
}

static void take_out(rf_block_cache *cache, rf_block *block) {
  rf_block **link = slot_of(cache, block->number);
  while (*link != NULL && *link != block)
    link = &(*link)->chain;
  if (*link == NULL)
    return; /* dropped before */
  *link = block->chain;
  block->chain = NULL;
  cache->block_count--;
  cache->used -= block->length;
}

/* ---- blocks ---- */

rf_block *rf_block_cache_take(rf_block_cache *cache, uint64_t number) {
  rf_block *block = *slot_of(cache, number);
  while (block != NULL && block->number != number)
    block = block->chain;
  if (block == NULL)
    return NULL;
  if (block->holds == 0)
    unlink_block(cache, block);
  block->holds++;
  return block;
}

rf_block *rf_block_cache_add(rf_block_cache *cache, uint64_t number, size_t length) {
  rf_block *block = rf_alloc(sizeof *block + length);
  if (block == NULL)
    return NULL;
  if (cache->block_count >= cache->slot_count)
    grow(cache);
  rf_block **slot = slot_of(cache, number);
  *block = (rf_block){.number = number, .holds = 1, .length = length, .chain = *slot};
  *slot = block;
  cache->block_count++;
  cache->used += length;
  return block;
}

void rf_block_cache_ready(rf_block *block) {
  block->ready = true;
}

void rf_block_cache_drop(rf_block_cache *cache, rf_block *block) {
  take_out(cache, block);
  block->dropped = true;
}

void rf_block_cache_leave(rf_block_cache *cache, rf_block *block) {
  if (--block->holds > 0)
    return;
  if (!block->ready) { /* dropped: not in the cache */
    rf_free(block);
    return;
  }
  link_newest(cache, block);
  while (cache->used > cache->limit && cache->oldest != NULL) {
    rf_block *old = cache->oldest;
    unlink_block(cache, old);
    take_out(cache, old);
    rf_free(old);
  }
}
