/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed images: parsed once, and kept with the entry of the index.
 */
#include "tiled/image/image.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/system/platform.h"
#include "codec/codec.h"
#include "file/hdu.h"
#include "file/header.h"
#include "header/build.h"
#include "table/table.h"
#include "tiled/cache.h"
#include "tiled/image/parse.h"
#include "tiled/parsed.h"

static rf_status make(const rf_hdu *hdu, const rf_table *table, const rf_header *header, rf_tiled_image **out,
                      rf_error *err) {
  rf_tiled_image *tiled_image = rf_alloc_zero(1, sizeof *tiled_image);
  if (tiled_image == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the facts of a compressed image");
  atomic_init(&tiled_image->kept_rows, NULL);
  atomic_init(&tiled_image->blank_met, false);
  rf_status status = rf_tiled_image_parse(tiled_image, hdu, table, header, err);
  if (status == RF_OK)
    *out = tiled_image;
  else
    rf_tiled_image_free(tiled_image);
  return status;
}

void rf_tiled_image_free(rf_tiled_image *tiled_image) {
  if (tiled_image == NULL)
    return;
  rf_free(tiled_image->image.axes);
  rf_free(tiled_image->random);
  rf_free(atomic_load(&tiled_image->kept_rows));
  rf_tile_cache_free(tiled_image->cache);
  rf_free(tiled_image);
}

void rf_tiled_image_changed(rf_tiled_image *tiled_image) {
  rf_free(atomic_exchange(&tiled_image->kept_rows, NULL));
  rf_tile_cache_clear(tiled_image->cache);
}

rf_status rf_tiled_image_get(rf_file *file, rf_hdu *hdu, rf_tiled_image **tiled_image, rf_error *err) {
  const rf_table *table;
  const rf_header *header;
  if (hdu->ops->kind != RF_HDU_COMPRESSED_IMAGE)
    return rf_fail(err, RF_ERR_TYPE, "expected a compressed image, found %s", hdu->ops->name);
  rf_status status = RF_OK;
  rf_mutex_lock(&file->scan_lock);
  rf_tiled_parsed *parsed = hdu->parsed;
  *tiled_image = parsed != NULL ? parsed->image : NULL;
  rf_mutex_unlock(&file->scan_lock);
  if (*tiled_image == NULL) {
    RF_TRY(rf_tiled_get_rows(file, hdu, &table, err));
    RF_TRY(rf_file_header_locked(file, hdu, &header, err));
    rf_mutex_lock(&file->scan_lock);
    parsed = hdu->parsed; /* by rf_tiled_get_rows() */
    if (parsed->image == NULL) {
      status = make(hdu, table, header, &parsed->image, err);
      if (status == RF_OK) {
        rf_tiled_image_take_blank_column(file, parsed->image, table);
        rf_tiled_image_warn(file, hdu->index, parsed->image, header);
      }
    }
    *tiled_image = parsed->image;
    rf_mutex_unlock(&file->scan_lock);
  }
  return status;
}

rf_status rf_tiled_image_add_blank(rf_file *file, rf_hdu *hdu, const rf_header *header, rf_header *plain,
                                   rf_error *err) {
  rf_tiled_image *tiled_image;
  if (!rf_tiled_image_may_make_blank(header) || rf_tiled_image_get(file, hdu, &tiled_image, NULL) != RF_OK ||
      !tiled_image->image.has_blank)
    return RF_OK;
  return rf_header_append_integer(plain, "BLANK", tiled_image->image.blank, "stored value of undefined pixels", err);
}

rf_status rf_tiled_image_add_context(const rf_tiled_image *tiled_image, uint64_t tile, rf_error *err,
                                     rf_status status) {
  char text[sizeof err->message];
  if (err == NULL || err->code == RF_OK)
    return status;
  int n = snprintf(text, sizeof text, "tile %" PRIu64 " (%s): %.500s", tile, tiled_image->codec->name, err->message);
  if (n > 0)
    memcpy(err->message, text, sizeof text);
  return err->code;
}
