/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Extends a compressed image along its slowest axis, and flushes: tiles that were never written get bytes, which
 * other readers need, and spare room is removed.
 */
#include "tiled/image/edit/extend.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "file/hdu.h"
#include "tiled/image/edit/batch.h"
#include "tiled/image/edit/change.h"
#include "tiled/image/edit/layout.h"
#include "tiled/image/image.h"
#include "tiled/image/rows.h"
#include "tiled/session.h"

/* A heap larger than this moves away from the rows by as many bytes as they have, so that later rows find room. */
#define SMALL_HEAP ((uint64_t)64 << 10)
/* Tiles that are examined or filled at a time. */
#define MANY_TILES ((size_t)1 << 14)

/* ---- extending ---- */

static rf_status check_length(const rf_tiled_image *tiled_image, uint64_t length, uint64_t *ntiles, rf_error *err) {
  const rf_hdu *image = &tiled_image->image;
  int last = image->naxis - 1;
  uint64_t bytes = (uint64_t)(image->bitpix < 0 ? -image->bitpix : image->bitpix) / 8;
  if (last < 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "the image has no axes (NAXIS = 0), so it cannot be extended");
  if (length < image->axes[last])
    return rf_fail(err, RF_ERR_ARGUMENT, "axis 0 has %" PRIu64 " elements and cannot be cut to %" PRIu64,
                   image->axes[last], length);
  bool fits = length <= INT64_MAX;
  for (int i = 0; i < last; i++)
    fits = fits && rf_mul_u64(bytes, image->axes[i], &bytes);
  if (!fits || !rf_mul_u64(bytes, length, &bytes) || bytes > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the image would have more bytes than can be counted");
  *ntiles = length / tiled_image->ztile[last] + (length % tiled_image->ztile[last] != 0);
  for (int i = 0; i < last; i++)
    if (!rf_mul_u64(*ntiles, tiled_image->counts[i], ntiles) || *ntiles > INT64_MAX / 64)
      return rf_fail(err, RF_ERR_LIMIT, "the image would have more tiles than a table can have rows");
  return RF_OK;
}

/* Returns the tiles of the last row of tiles. */
static uint64_t last_tile(const void *context, uint64_t i) {
  const rf_tiled_image *tiled_image = context;
  return tiled_image->ntiles - tiled_image->ntiles / tiled_image->counts[tiled_image->image.naxis - 1] + i;
}

/* Tiles at the end of the image become longer. */
static rf_status fill_up(rf_tile_change *edit, uint64_t length, rf_error *err) {
  const rf_tiled_image *tiled_image = edit->tiled_image;
  int last = tiled_image->image.naxis - 1;
  uint64_t old = tiled_image->image.axes[last], tile = tiled_image->ztile[last], rest = old % tile;
  if (rest == 0 || length == old)
    return RF_OK;
  uint64_t more = length - old < tile - rest ? length - old : tile - rest;
  rf_tile_source source = {.count = tiled_image->ntiles / tiled_image->counts[last],
                           .tile = last_tile,
                           .context = tiled_image,
                           .length = rest + more};
  return rf_tile_change_write(edit, &source, err);
}

/* Extends the table to an image of `length` along its slowest axis, which has `ntiles` tiles. */
static rf_status lengthen(rf_tile_change *edit, uint64_t length, uint64_t ntiles, rf_error *err) {
  rf_tile_layout layout = rf_tile_change_layout(edit);
  uint64_t row_bytes = edit->table->info.row_bytes, fresh = ntiles - layout.nrows, more;
  rf_tiled_state *state = edit->state;
  if (!rf_mul_u64(row_bytes, fresh, &more) || more > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the table would have more bytes than a file can hold");
  if (more <= layout.gap) {
    layout.gap -= more;
  } else {
    layout.gap = state->used > SMALL_HEAP ? more + row_bytes * layout.nrows : 0;
    state->grown = state->grown || layout.gap > 0;
  }
  layout.nrows = ntiles;
  layout.length = length;
  RF_TRY(rf_tile_change_apply(edit, &layout, err));
  edit->state->unwritten += fresh;
  return rf_tile_change_finish(edit, err);
}

rf_status rf_tiled_image_extend_locked(rf_file *file, size_t index, uint64_t length, bool *written, rf_error *err) {
  rf_tile_change edit;
  uint64_t ntiles = 0;
  RF_TRY(rf_tile_change_begin(&edit, file, index, written, err));
  const rf_tiled_image *tiled_image = edit.tiled_image;
  RF_TRY(check_length(tiled_image, length, &ntiles, err));
  if (length == tiled_image->image.axes[tiled_image->image.naxis - 1])
    return RF_OK;
  rf_status status = fill_up(&edit, length, err);
  if (status == RF_OK)
    status = lengthen(&edit, length, ntiles, err);
  if (status != RF_OK)
    edit.state->known = false;
  rf_tile_change_end(&edit);
  return status;
}

/* ---- flushing ---- */

typedef struct empties {
  uint64_t tiles[MANY_TILES];
  rf_tile_row rows[MANY_TILES];
} empties;

static uint64_t listed_tile(const void *context, uint64_t i) {
  return ((const empties *)context)->tiles[i];
}

static bool listed_whole(const void *context, uint64_t i, const void **ready) {
  (void)context;
  (void)i;
  (void)ready;
  return true;
}

static void put_nothing(const void *context, uint64_t i, size_t elements, rf_tile_canvas *canvas) {
  static const double zeros[64];
  (void)context;
  (void)i;
  for (size_t at = 0, n; at < elements; at += n) {
    n = elements - at < 64 ? elements - at : 64;
    rf_tile_canvas_put(canvas, at, 1, zeros, n);
  }
}

/* Gets the next run of tiles from *first on that were never written. */
static rf_status fill_some(rf_tile_change *edit, empties *list, uint64_t *first, rf_error *err) {
  uint64_t left = edit->tiled_image->ntiles - *first;
  size_t n = left < MANY_TILES ? (size_t)left : MANY_TILES, count = 0;
  for (size_t i = 0; i < n; i++)
    list->tiles[i] = *first + i;
  *first += n;
  RF_TRY(rf_tiled_image_rows(edit->file, edit->hdu, edit->tiled_image, list->tiles, n, list->rows, err));
  for (size_t i = 0; i < n; i++)
    if (list->rows[i].form == RF_TILE_FORM_EMPTY)
      list->tiles[count++] = list->tiles[i];
  rf_tile_source source = {
      .count = count, .tile = listed_tile, .whole = listed_whole, .put = put_nothing, .context = list};
  return rf_tile_change_write(edit, &source, err);
}

static rf_status fill_all(rf_tile_change *edit, rf_error *err) {
  uint64_t first = 0;
  if (edit->state->unwritten == 0)
    return RF_OK;
  empties *list = rf_alloc(sizeof *list);
  if (list == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a list of tiles");
  rf_status status = RF_OK;
  while (first < edit->tiled_image->ntiles && edit->state->unwritten > 0 && status == RF_OK)
    status = fill_some(edit, list, &first, err);
  rf_free(list);
  return status;
}

rf_status rf_tiled_image_flush(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err) {
  rf_tile_change edit;
  RF_TRY(rf_tile_change_begin(&edit, file, hdu->index, written, err));
  RF_TRY(fill_all(&edit, err));
  rf_tile_layout layout = rf_tile_change_layout(&edit);
  if (edit.state->grown) {
    layout.gap = 0;
    layout.heap = edit.state->used;
  }
  RF_TRY(rf_tile_change_apply(&edit, &layout, err));
  edit.state->grown = false;
  edit.state->unwritten = 0;
  edit.hdu->pending = false;
  return RF_OK;
}
