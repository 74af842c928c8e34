/* SPDX-License-Identifier: BSD-3-Clause */
#include "tiled/cache.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "base/system/platform.h"

#define FIRST_BUCKETS ((size_t)64)

/* Tiles in the cache form a list, the last used one first. The buckets of a hash table find them. */
typedef struct entry {
  rf_cached_tile tile; /* first: callers have pointers to it */
  unsigned holds;      /* holds of callers; the cache has one more while the entry is in it */
  bool cached;
  struct entry *newer, *older;
  struct entry *next; /* in the bucket */
} entry;

struct rf_tile_cache {
  rf_mutex lock;
  uint64_t limit;
  uint64_t used; /* bytes of the values of tiles in the cache */
  size_t count;
  entry **buckets;
  size_t bucket_count; /* a power of 2 */
  entry *newest, *oldest;
};

/* Another thread of the parent may have been changing the lists: a forked child begins with an empty cache. */
static void lock_cache(rf_tile_cache *cache) {
  rf_mutex_lock(&cache->lock);
  if (!rf_mutex_was_abandoned(&cache->lock))
    return;
  memset(cache->buckets, 0, cache->bucket_count * sizeof(entry *));
  cache->newest = cache->oldest = NULL;
  cache->used = 0;
  cache->count = 0;
}

static entry **bucket_of(const rf_tile_cache *cache, uint64_t key) {
  uint64_t mixed = (key ^ key >> 32) * UINT64_C(0x9E3779B97F4A7C15);
  return &cache->buckets[(size_t)(mixed >> 32) & (cache->bucket_count - 1)];
}

static void free_entry(entry *e) {
  rf_free(e->tile.values);
  rf_free(e);
}

/* ---- the list; the lock is held ---- */

static void unlink_entry(rf_tile_cache *cache, entry *e) {
  *(e->newer != NULL ? &e->newer->older : &cache->newest) = e->older;
  *(e->older != NULL ? &e->older->newer : &cache->oldest) = e->newer;
  e->newer = e->older = NULL;
}

static void link_newest(rf_tile_cache *cache, entry *e) {
  e->newer = NULL;
  e->older = cache->newest;
  *(cache->newest != NULL ? &cache->newest->newer : &cache->oldest) = e;
  cache->newest = e;
}

/* Removes an entry from the cache. It lives as long as a caller holds it. */
static void drop(rf_tile_cache *cache, entry *e) {
  entry **link = bucket_of(cache, e->tile.key);
  while (*link != e)
    link = &(*link)->next;
  *link = e->next;
  unlink_entry(cache, e);
  cache->used -= e->tile.bytes;
  cache->count--;
  e->cached = false;
  if (--e->holds == 0)
    free_entry(e);
}

static void shrink_to(rf_tile_cache *cache, uint64_t bytes) {
  while (cache->oldest != NULL && cache->used > bytes)
    drop(cache, cache->oldest);
}

static entry *find(const rf_tile_cache *cache, uint64_t key) {
  entry *e = *bucket_of(cache, key);
  while (e != NULL && e->tile.key != key)
    e = e->next;
  return e;
}

/* More buckets, where there is memory for them. */
static void grow(rf_tile_cache *cache) {
  size_t count = cache->bucket_count * 2;
  entry **buckets = rf_alloc_zero(count, sizeof *buckets);
  if (buckets == NULL)
    return;
  entry **old = cache->buckets;
  cache->buckets = buckets; /* always at least `bucket_count` */
  cache->bucket_count = count;
  rf_free(old);
  for (entry *e = cache->newest; e != NULL; e = e->older) {
    entry **link = bucket_of(cache, e->tile.key);
    e->next = *link;
    *link = e;
  }
}

/* ---- calls ---- */

rf_status rf_tile_cache_new(uint64_t limit, rf_tile_cache **cache, rf_error *err) {
  rf_tile_cache *c = rf_alloc_zero(1, sizeof *c);
  if (c == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a cache of tiles");
  c->limit = limit;
  c->bucket_count = FIRST_BUCKETS;
  c->buckets = rf_alloc_zero(FIRST_BUCKETS, sizeof *c->buckets);
  if (c->buckets == NULL || !rf_mutex_init(&c->lock)) {
    rf_free(c->buckets);
    rf_free(c);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a cache of tiles");
  }
  *cache = c;
  return RF_OK;
}

void rf_tile_cache_free(rf_tile_cache *cache) {
  if (cache == NULL)
    return;
  shrink_to(cache, 0);
  while (cache->oldest != NULL) /* tiles of no bytes */
    drop(cache, cache->oldest);
  rf_mutex_destroy(&cache->lock);
  rf_free(cache->buckets);
  rf_free(cache);
}

rf_cached_tile *rf_tile_cache_take(rf_tile_cache *cache, uint64_t key) {
  lock_cache(cache);
  entry *e = find(cache, key);
  if (e != NULL) {
    e->holds++;
    if (cache->newest != e) {
      unlink_entry(cache, e);
      link_newest(cache, e);
    }
  }
  rf_mutex_unlock(&cache->lock);
  return e != NULL ? &e->tile : NULL;
}

void rf_tile_cache_release(rf_tile_cache *cache, rf_cached_tile *tile) {
  entry *e = (entry *)(void *)tile;
  if (e == NULL)
    return;
  lock_cache(cache);
  bool last = --e->holds == 0;
  rf_mutex_unlock(&cache->lock);
  if (last)
    free_entry(e);
}

rf_cached_tile *rf_tile_cache_make(rf_tile_cache *cache, uint64_t key, size_t bytes) {
  entry *e = rf_alloc_zero(1, sizeof *e);
  (void)cache;
  if (e == NULL)
    return NULL;
  e->tile.key = key;
  e->tile.bytes = bytes;
  e->tile.values = rf_alloc(bytes);
  e->holds = 1;
  if (e->tile.values == NULL) {
    rf_free(e);
    return NULL;
  }
  return &e->tile;
}

void rf_tile_cache_put(rf_tile_cache *cache, rf_cached_tile *tile) {
  entry *e = (entry *)(void *)tile;
  lock_cache(cache);
  entry *old = find(cache, e->tile.key);
  if (old != NULL && old != e)
    drop(cache, old);
  if (!e->cached && e->tile.bytes <= cache->limit) {
    shrink_to(cache, cache->limit - e->tile.bytes);
    if (cache->count >= cache->bucket_count)
      grow(cache);
    entry **link = bucket_of(cache, e->tile.key);
    e->next = *link;
    *link = e;
    link_newest(cache, e);
    e->cached = true;
    e->holds++;
    cache->used += e->tile.bytes;
    cache->count++;
  }
  rf_mutex_unlock(&cache->lock);
}

void rf_tile_cache_set_limit(rf_tile_cache *cache, uint64_t limit) {
  lock_cache(cache);
  cache->limit = limit;
  shrink_to(cache, limit);
  rf_mutex_unlock(&cache->lock);
}

void rf_tile_cache_get(rf_tile_cache *cache, uint64_t *limit, uint64_t *used) {
  lock_cache(cache);
  *limit = cache->limit;
  *used = cache->used;
  rf_mutex_unlock(&cache->lock);
}

void rf_tile_cache_clear(rf_tile_cache *cache) {
  lock_cache(cache);
  while (cache->oldest != NULL)
    drop(cache, cache->oldest);
  rf_mutex_unlock(&cache->lock);
}
