/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A cache of the decoded tiles of one HDU. It keeps the tiles that were used last, up to a number of bytes.
 * Thread-safe. Tiles have counted references: a tile that is dropped while a thread copies from it lives until that
 * thread releases it.
 */
#ifndef RF_TILED_CACHE_H
#define RF_TILED_CACHE_H

#include "base/error.h"

#define RF_TILE_CACHE_BYTES ((uint64_t)32 << 20)

typedef struct rf_tile_cache rf_tile_cache;

/* A decoded tile: `bytes` bytes at `values`, aligned for 8. Read-only once it is in the cache. */
typedef struct rf_cached_tile {
  uint64_t key;
  size_t bytes;
  void *values;
} rf_cached_tile;

/* Makes a cache of up to `limit` bytes. The caller frees it. RF_ERR_MEMORY. */
rf_status rf_tile_cache_new(uint64_t limit, rf_tile_cache **cache, rf_error *err);
void rf_tile_cache_free(rf_tile_cache *cache);

/* Returns the tile with key `key`, held for the caller, or NULL. */
rf_cached_tile *rf_tile_cache_take(rf_tile_cache *cache, uint64_t key);
/* Ends a hold. */
void rf_tile_cache_release(rf_tile_cache *cache, rf_cached_tile *tile);

/* Returns a new tile of `bytes` bytes, held for the caller and not in the cache yet; NULL without memory. */
rf_cached_tile *rf_tile_cache_make(rf_tile_cache *cache, uint64_t key, size_t bytes);
/* Puts `tile` into the cache, in the place of a tile with its key. The hold stays. A tile larger than the limit does
 * not enter. */
void rf_tile_cache_put(rf_tile_cache *cache, rf_cached_tile *tile);

/* Sets the limit and drops tiles above it; gets the limit and the bytes in the cache; drops all tiles. */
void rf_tile_cache_set_limit(rf_tile_cache *cache, uint64_t limit);
void rf_tile_cache_get(rf_tile_cache *cache, uint64_t *limit, uint64_t *used);
void rf_tile_cache_clear(rf_tile_cache *cache);

#endif
