/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Public calls about compressed HDUs that neither read nor write pixels or rows.
 */
#include <string.h>

#include "base/system/platform.h"
#include "file/access.h"
#include "file/hdu.h"
#include "file/scan/scan.h"
#include "tiled/cache.h"
#include "tiled/image/image.h"
#include "tiled/session.h"
#include "tiled/table/table.h"

/* ---- how an image is compressed ---- */

static void describe_image(const rf_tiled_image *tiled_image, rf_compression *compression, uint64_t *tile,
                           size_t capacity) {
  rf_compression all;
  size_t naxis = (size_t)tiled_image->image.naxis, size = compression->size;
  rf_compression_init(&all);
  all.size = size;
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
  memcpy(compression, &all, size < sizeof all ? size : sizeof all);
}

rf_status rf_image_get_compression(rf_file *file, size_t index, rf_compression *compression, uint64_t *tile,
                                   size_t capacity, uint64_t *ntiles, rf_error *err) {
  rf_tiled_image *tiled_image = NULL;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_tiled_image_locked(file, index, NULL, &tiled_image, err);
    if (status == RF_OK) {
      describe_image(tiled_image, compression, tile, tile != NULL ? capacity : 0);
      if (ntiles != NULL)
        *ntiles = tiled_image->ntiles;
    }
    status = rf_file_end_read_of(file, index, status, err);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_get_name(file), (int)index);
}

/* ---- how a table is compressed ---- */

static void describe_table(const rf_tiled_table *tiled_table, rf_table_compression *compression, rf_zcmptype *types,
                           size_t capacity) {
  rf_table_compression all;
  size_t ncols = tiled_table->plain->info.ncols, size = compression->size;
  rf_table_compression_init(&all);
  all.size = size;
  all.tile_rows = tiled_table->tile_rows;
  for (size_t i = 0; i < ncols && i < capacity; i++)
    types[i] = tiled_table->types[i];
  all.types = types;
  memcpy(compression, &all, size < sizeof all ? size : sizeof all);
}

rf_status rf_table_get_compression(rf_file *file, size_t index, rf_table_compression *compression, rf_zcmptype *types,
                                   size_t capacity, uint64_t *ntiles, rf_error *err) {
  const rf_tiled_table *tiled_table = NULL;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_tiled_table_locked(file, index, NULL, NULL, &tiled_table, err);
    if (status == RF_OK) {
      describe_table(tiled_table, compression, types, types != NULL ? capacity : 0);
      if (ntiles != NULL)
        *ntiles = tiled_table->ntiles;
    }
    status = rf_file_end_read_of(file, index, status, err);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_get_name(file), (int)index);
}

/* ---- the cache ---- */

static rf_status find_cache(rf_file *file, size_t index, rf_hdu **hdu, rf_tile_cache **cache, rf_error *err) {
  rf_tiled_image *tiled_image = NULL;
  const rf_tiled_table *tiled_table = NULL;
  RF_TRY(rf_file_hdu_locked(file, index, hdu, err));
  if ((*hdu)->ops->kind == RF_HDU_COMPRESSED_TABLE) {
    RF_TRY(rf_tiled_table_locked(file, index, NULL, NULL, &tiled_table, err));
    *cache = tiled_table->cache;
    return RF_OK;
  }
  if ((*hdu)->ops->kind != RF_HDU_COMPRESSED_IMAGE)
    return rf_fail(err, RF_ERR_TYPE, "expected a compressed image or table, found %s", (*hdu)->ops->name);
  RF_TRY(rf_tiled_image_locked(file, index, NULL, &tiled_image, err));
  *cache = tiled_image->cache;
  return RF_OK;
}

rf_status rf_hdu_set_cache(rf_file *file, size_t index, uint64_t bytes, rf_error *err) {
  rf_hdu *hdu = NULL;
  rf_tile_cache *cache = NULL;
  rf_tiled_session *session = NULL;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = find_cache(file, index, &hdu, &cache, err);
    if (status == RF_OK)
      status = rf_tiled_session_get(file, hdu, &session, err);
    if (status == RF_OK) {
      rf_tile_cache_set_limit(cache, bytes);
      rf_mutex_lock(&file->scan_lock);
      session->has_cache_limit = true;
      session->cache_limit = bytes;
      rf_mutex_unlock(&file->scan_lock);
    }
    status = rf_file_end_read_of(file, index, status, err);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_get_name(file), (int)index);
}

rf_status rf_hdu_get_cache(rf_file *file, size_t index, uint64_t *limit, uint64_t *used, rf_error *err) {
  rf_hdu *hdu = NULL;
  rf_tile_cache *cache = NULL;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = find_cache(file, index, &hdu, &cache, err);
    if (status == RF_OK)
      rf_tile_cache_get(cache, limit, used);
    status = rf_file_end_read_of(file, index, status, err);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_get_name(file), (int)index);
}

rf_status rf_hdu_clear_cache(rf_file *file, size_t index, rf_error *err) {
  rf_hdu *hdu = NULL;
  rf_tile_cache *cache = NULL;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = find_cache(file, index, &hdu, &cache, err);
    if (status == RF_OK)
      rf_tile_cache_clear(cache);
    status = rf_file_end_read_of(file, index, status, err);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_get_name(file), (int)index);
}
