/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decoded tiles of the current image, so that a program that reads row by row decodes each tile once. They hang at
 * FITSfile.tiledata.
 */
#ifndef CF_TILED_CACHE_H
#define CF_TILED_CACHE_H

#include "tiled/decode.h"

/* One decoded tile. */
typedef struct cf_cached {
  LONGLONG number; /* -1: none */
  cf_reals reals;
  cf_pixels pixels;
  void *values;
} cf_cached;

/* Prepares the cache for an image. It has place for a row of tiles, within reason. False: no memory; nothing is cached
 * then. */
bool cf_cache_open(FITSfile *file, const cf_grid *grid);

/* Returns the place of tile `number`, which may hold another one; NULL: there is no cache. */
cf_cached *cf_cache_slot(FITSfile *file, LONGLONG number);

/* Puts `bytes` bytes of values into a slot. Any thread, one at a time per slot. */
void cf_cache_put(cf_cached *slot, LONGLONG number, cf_reals reals, const cf_pixels *pixels, const void *values,
                  size_t bytes);

#endif
