/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Encoding and writing many tiles.
 */
#ifndef RF_TILED_IMAGE_EDIT_BATCH_H
#define RF_TILED_IMAGE_EDIT_BATCH_H

#include <stddef.h>

#include "tiled/image/edit/change.h"

/* Takes values of the stored type, in the byte order of the machine, for elements at, at + stride, ... of a tile. */
typedef struct rf_tile_canvas rf_tile_canvas;
void rf_tile_canvas_put(rf_tile_canvas *canvas, size_t at, ptrdiff_t stride, const void *values, size_t count);

/* Tiles to write, and their contents. */
typedef struct rf_tile_source {
  uint64_t count;
  uint64_t (*tile)(const void *context, uint64_t i); /* ascending */
  /* Returns whether all old pixels are replaced. *ready may become the values, where they are complete and aligned for
   * their type. */
  bool (*whole)(const void *context, uint64_t i, const void **ready);
  void (*put)(const void *context, uint64_t i, size_t elements, rf_tile_canvas *canvas);
  const void *context;
  uint64_t length;  /* 0, or the new length of these tiles along the slowest axis: zeros are appended, and `put` is not
                       called */
  unsigned threads; /* rf_image_request.threads */
} rf_tile_source;

/* Encodes and writes the tiles. The caller calls rf_tile_change_finish() afterwards. */
rf_status rf_tile_change_write(rf_tile_change *edit, const rf_tile_source *source, rf_error *err);

#endif
