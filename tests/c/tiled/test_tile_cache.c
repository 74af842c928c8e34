/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cache of decoded tiles: which tiles it keeps, which it evicts first, and that a tile lives as long as a holder.
 */
#include <stdatomic.h>

#include "base/parallel.h"
#include "check.h"
#include "tiled/cache.h"

static rf_tile_cache *new_cache(uint64_t limit) {
  rf_tile_cache *cache = NULL;
  rf_error err;
  CHECK_OK(rf_tile_cache_new(limit, &cache, &err), err);
  return cache;
}

static void put(rf_tile_cache *cache, uint64_t key, size_t bytes, int byte) {
  rf_cached_tile *tile = rf_tile_cache_make(cache, key, bytes);
  memset(tile->values, byte, bytes);
  rf_tile_cache_put(cache, tile);
  rf_tile_cache_release(cache, tile);
}

/* The byte that the tile is full of, -1 when it is not there. */
static int look(rf_tile_cache *cache, uint64_t key) {
  rf_cached_tile *tile = rf_tile_cache_take(cache, key);
  int byte = tile != NULL ? *(const uint8_t *)tile->values : -1;
  CHECK(tile == NULL || tile->key == key);
  rf_tile_cache_release(cache, tile);
  return byte;
}

static uint64_t used(rf_tile_cache *cache) {
  uint64_t limit, bytes;
  rf_tile_cache_get(cache, &limit, &bytes);
  CHECK(bytes <= limit);
  return bytes;
}

static void the_tile_used_longest_ago_goes_first(void) {
  rf_tile_cache *cache = new_cache(300);
  put(cache, 1, 100, 1);
  put(cache, 2, 100, 2);
  put(cache, 3, 100, 3);
  CHECK(look(cache, 1) == 1); /* now 2 is the oldest */
  put(cache, 4, 100, 4);
  CHECK(look(cache, 2) == -1);
  CHECK(look(cache, 1) == 1 && look(cache, 3) == 3 && look(cache, 4) == 4);
  CHECK(used(cache) == 300);
  put(cache, 5, 250, 5);
  CHECK(look(cache, 5) == 5 && look(cache, 4) == -1 && look(cache, 1) == -1);
  rf_tile_cache_free(cache);
}

static void a_tile_larger_than_the_limit_is_not_kept_and_throws_nothing_out(void) {
  rf_tile_cache *cache = new_cache(300);
  put(cache, 1, 100, 1);
  rf_cached_tile *tile = rf_tile_cache_make(cache, 2, 301);
  rf_tile_cache_put(cache, tile);
  memset(tile->values, 7, 301); /* still the maker's */
  rf_tile_cache_release(cache, tile);
  CHECK(look(cache, 2) == -1 && look(cache, 1) == 1);
  rf_tile_cache_free(cache);
}

static void a_tile_of_the_same_key_takes_the_place(void) {
  rf_tile_cache *cache = new_cache(300);
  put(cache, 1, 100, 1);
  put(cache, 1, 50, 2);
  CHECK(look(cache, 1) == 2);
  CHECK(used(cache) == 50);
  rf_tile_cache_free(cache);
}

static void a_held_tile_outlives_its_place_in_the_cache(void) {
  rf_tile_cache *cache = new_cache(100);
  put(cache, 1, 100, 1);
  rf_cached_tile *held = rf_tile_cache_take(cache, 1);
  put(cache, 2, 100, 2);
  CHECK(look(cache, 1) == -1);
  CHECK(*(const uint8_t *)held->values == 1);
  rf_tile_cache_put(cache, held); /* back again */
  CHECK(look(cache, 1) == 1 && look(cache, 2) == -1);
  rf_tile_cache_release(cache, held);
  rf_tile_cache_free(cache);
}

static void a_lower_limit_and_clearing_throw_out(void) {
  rf_tile_cache *cache = new_cache(1000);
  for (int i = 0; i < 10; i++)
    put(cache, (uint64_t)i, 100, i);
  CHECK(used(cache) == 1000);
  rf_tile_cache_set_limit(cache, 250);
  CHECK(used(cache) == 200 && look(cache, 9) == 9 && look(cache, 8) == 8 && look(cache, 7) == -1);
  rf_tile_cache_clear(cache);
  CHECK(used(cache) == 0 && look(cache, 9) == -1);
  put(cache, 3, 100, 3);
  CHECK(look(cache, 3) == 3);
  rf_tile_cache_set_limit(cache, 0);
  put(cache, 4, 100, 4);
  CHECK(used(cache) == 0 && look(cache, 4) == -1);
  rf_tile_cache_free(cache);
}

static void many_tiles_are_found_again(void) {
  rf_tile_cache *cache = new_cache((uint64_t)1 << 20);
  for (uint64_t i = 0; i < 5000; i++)
    put(cache, i << 20, 8, (int)(i % 251));
  CHECK(used(cache) == 40000);
  for (uint64_t i = 0; i < 5000; i++)
    CHECK(look(cache, i << 20) == (int)(i % 251));
  rf_tile_cache_free(cache);
}

static rf_status use(void *context, size_t i, unsigned worker, rf_error *err) {
  rf_tile_cache *cache = context;
  (void)worker;
  for (uint64_t k = 0; k < 400; k++) {
    uint64_t key = (k * 7 + i * 13) % 40;
    rf_cached_tile *tile = rf_tile_cache_take(cache, key);
    if (tile == NULL) {
      tile = rf_tile_cache_make(cache, key, 64);
      memset(tile->values, (int)key, 64);
      rf_tile_cache_put(cache, tile);
    }
    const uint8_t *values = tile->values;
    if (values[0] != key || values[63] != key)
      return rf_fail(err, RF_ERR_CODEC, "tile %d has byte %d", (int)key, values[0]);
    rf_tile_cache_release(cache, tile);
    if (k % 100 == 0)
      rf_tile_cache_clear(cache);
  }
  return RF_OK;
}

static void threads_share_a_cache(void) {
  rf_tile_cache *cache = new_cache(64 * 20); /* half of the tiles fit */
  rf_error err;
  rf_error_clear(&err);
  CHECK_OK(rf_parallel(4, 64, use, cache, &err), err);
  CHECK(used(cache) <= 64 * 20);
  rf_tile_cache_free(cache);
}

int main(void) {
  RUN(the_tile_used_longest_ago_goes_first);
  RUN(a_tile_larger_than_the_limit_is_not_kept_and_throws_nothing_out);
  RUN(a_tile_of_the_same_key_takes_the_place);
  RUN(a_held_tile_outlives_its_place_in_the_cache);
  RUN(a_lower_limit_and_clearing_throw_out);
  RUN(many_tiles_are_found_again);
  RUN(threads_share_a_cache);
  return check_report();
}
