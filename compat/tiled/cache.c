/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Each tile has one slot, by its number: those of one row of tiles do not meet.
 */
#include "tiled/cache.h"

#include <string.h>

#include "tiled/tiled.h"

#define MAX_BYTES ((size_t)64 << 20)

typedef struct tile_cache {
  int hdu;
  size_t count;
  cf_cached slots[];
} tile_cache;

static tile_cache *cache_of(const FITSfile *file) {
  return (tile_cache *)(void *)file->tiledata;
}

void cf_tiled_forget(FITSfile *file) {
  tile_cache *cache = file != NULL ? cache_of(file) : NULL;
  if (cache == NULL)
    return;
  for (size_t i = 0; i < cache->count; i++)
    free(cache->slots[i].values);
  free(cache);
  file->tiledata = NULL;
}

bool cf_cache_open(FITSfile *file, const cf_grid *grid) {
  if (cache_of(file) != NULL && cache_of(file)->hdu == file->curhdu)
    return true;
  cf_tiled_forget(file);
  size_t most = MAX_BYTES / 8 / (size_t)grid->pixels, count = (size_t)grid->tiles[0];
  if (count > most)
    count = most > 0 ? most : 1;
  tile_cache *cache = calloc(1, sizeof *cache + count * sizeof cache->slots[0]);
  if (cache == NULL)
    return false;
  cache->hdu = file->curhdu;
  cache->count = count;
  for (size_t i = 0; i < count; i++)
    cache->slots[i].number = -1;
  file->tiledata = (void **)(void *)cache;
  return true;
}

cf_cached *cf_cache_slot(FITSfile *file, LONGLONG number) {
  tile_cache *cache = cache_of(file);
  return cache != NULL && cache->count > 0 ? &cache->slots[(size_t)number % cache->count] : NULL;
}

void cf_cache_put(cf_cached *slot, LONGLONG number, cf_reals reals, const cf_pixels *pixels, const void *values,
                  size_t bytes) {
  free(slot->values);
  slot->number = -1;
  slot->values = malloc(bytes > 0 ? bytes : 1);
  if (slot->values == NULL)
    return;
  memcpy(slot->values, values, bytes);
  slot->number = number;
  slot->reals = reals;
  slot->pixels = *pixels;
}
