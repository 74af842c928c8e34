/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Public calls about compressed HDUs that neither read nor write pixels or rows.
 */
#include <string.h>

#include "base/system/platform.h"
#include "file/call.h"
#include "file/hdu.h"
#include "tiled/cache.h"
#include "tiled/image/image.h"
#include "tiled/session.h"
#include "tiled/table/table.h"
#include "base/versioned.h"

/* ---- how an image is compressed ---- */

static void describe_image(const rf_tiled_image *tiled_image, rf_compression *compression, uint64_t *tile,
                           size_t capacity) {
  rf_compression all;
  size_t naxis = (size_t)tiled_image->image.naxis;
  rf_compression_init(&all);
  all.type = tiled_image->codec->type;
  all.tile_ndim = tiled_image->image.naxis;
  for (size_t i = 0; i < naxis && i < capacity; i++)
    tile[i] = tiled_image->ztile[naxis - 1 - i];
  all.tile = tile;
  all.heap_format = tiled_image->heap_format;
  all.blocksize = all.type == RF_Z_RICE_1 ? tiled_image->params.blocksize : 0;
  all.hcomp_scale = tiled_image->hcomp_scale;
  all.hcomp_smooth = tiled_image->params.smooth;
  all.quantize = tiled_image->quantized;
  all.quantize_level = tiled_image->quantized ? tiled_image->quantize_level : 0.0;
  all.dither = tiled_image->dither;
  all.seed = tiled_image->quantized && tiled_image->dither != RF_DITHER_NONE ? tiled_image->seed : 0;
  rf_struct_give(compression, &all, sizeof all);
}

typedef struct image_facts {
  rf_compression *compression;
  uint64_t *tile;
  size_t capacity;
  uint64_t *ntiles;
} image_facts;

static rf_status get_image(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  const image_facts *facts = request;
  rf_tiled_image *tiled_image = NULL;
  RF_TRY(rf_tiled_image_get(file, hdu, &tiled_image, err));
  describe_image(tiled_image, facts->compression, facts->tile, facts->tile != NULL ? facts->capacity : 0);
  if (facts->ntiles != NULL)
    *facts->ntiles = tiled_image->ntiles;
  return RF_OK;
}

rf_status rf_image_get_compression(rf_file *file, size_t index, rf_compression *compression, uint64_t *tile,
                                   size_t capacity, uint64_t *ntiles, rf_error *err) {
  image_facts facts = {compression, tile, capacity, ntiles};
  return rf_call_read(file, index, get_image, &facts, err);
}

/* ---- how a table is compressed ---- */

static void describe_table(const rf_tiled_table *tiled_table, rf_table_compression *compression, rf_zcmptype *types,
                           size_t capacity) {
  rf_table_compression all;
  size_t ncols = tiled_table->plain->info.ncols;
  rf_table_compression_init(&all);
  all.tile_rows = tiled_table->tile_rows;
  for (size_t i = 0; i < ncols && i < capacity; i++)
    types[i] = tiled_table->types[i];
  all.types = types;
  rf_struct_give(compression, &all, sizeof all);
}

typedef struct table_facts {
  rf_table_compression *compression;
  rf_zcmptype *types;
  size_t capacity;
  uint64_t *ntiles;
} table_facts;

static rf_status get_table(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  const table_facts *facts = request;
  const rf_tiled_table *tiled_table = NULL;
  RF_TRY(rf_tiled_table_get(file, hdu, NULL, &tiled_table, err));
  describe_table(tiled_table, facts->compression, facts->types, facts->types != NULL ? facts->capacity : 0);
  if (facts->ntiles != NULL)
    *facts->ntiles = tiled_table->ntiles;
  return RF_OK;
}

rf_status rf_table_get_compression(rf_file *file, size_t index, rf_table_compression *compression, rf_zcmptype *types,
                                   size_t capacity, uint64_t *ntiles, rf_error *err) {
  table_facts facts = {compression, types, capacity, ntiles};
  return rf_call_read(file, index, get_table, &facts, err);
}

/* ---- the cache ---- */

static rf_status find_cache(rf_file *file, rf_hdu *hdu, rf_tile_cache **cache, rf_error *err) {
  rf_tiled_image *tiled_image = NULL;
  const rf_tiled_table *tiled_table = NULL;
  if (hdu->ops->kind == RF_HDU_COMPRESSED_TABLE) {
    RF_TRY(rf_tiled_table_get(file, hdu, NULL, &tiled_table, err));
    *cache = tiled_table->cache;
    return RF_OK;
  }
  if (hdu->ops->kind != RF_HDU_COMPRESSED_IMAGE)
    return rf_fail(err, RF_ERR_TYPE, "expected a compressed image or table, found %s", hdu->ops->name);
  RF_TRY(rf_tiled_image_get(file, hdu, &tiled_image, err));
  *cache = tiled_image->cache;
  return RF_OK;
}

static rf_status set_cache(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  const uint64_t *bytes = request;
  rf_tile_cache *cache = NULL;
  rf_tiled_session *session = NULL;
  RF_TRY(find_cache(file, hdu, &cache, err));
  RF_TRY(rf_tiled_session_get(file, hdu, &session, err));
  rf_tile_cache_set_limit(cache, *bytes);
  rf_mutex_lock(&file->scan_lock);
  session->has_cache_limit = true;
  session->cache_limit = *bytes;
  rf_mutex_unlock(&file->scan_lock);
  return RF_OK;
}

rf_status rf_hdu_set_cache(rf_file *file, size_t index, uint64_t bytes, rf_error *err) {
  return rf_call_read(file, index, set_cache, &bytes, err);
}

typedef struct cache_facts {
  uint64_t *limit;
  uint64_t *used;
} cache_facts;

static rf_status get_cache(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  const cache_facts *facts = request;
  rf_tile_cache *cache = NULL;
  RF_TRY(find_cache(file, hdu, &cache, err));
  rf_tile_cache_get(cache, facts->limit, facts->used);
  return RF_OK;
}

rf_status rf_hdu_get_cache(rf_file *file, size_t index, uint64_t *limit, uint64_t *used, rf_error *err) {
  cache_facts facts = {limit, used};
  return rf_call_read(file, index, get_cache, &facts, err);
}

static rf_status clear_cache(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  rf_tile_cache *cache = NULL;
  (void)request;
  RF_TRY(find_cache(file, hdu, &cache, err));
  rf_tile_cache_clear(cache);
  return RF_OK;
}

rf_status rf_hdu_clear_cache(rf_file *file, size_t index, rf_error *err) {
  return rf_call_read(file, index, clear_cache, NULL, err);
}
