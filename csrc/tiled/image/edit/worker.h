/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Encoding the tiles of a batch, each on one thread.
 */
#ifndef RF_TILED_IMAGE_EDIT_WORKER_H
#define RF_TILED_IMAGE_EDIT_WORKER_H

#include <stddef.h>

#include "codec/codec.h"
#include "store/store.h"
#include "tiled/image/edit/change.h"
#include "tiled/image/edit/encode.h"
#include "tiled/image/rows.h"

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

/* The memory of a thread, allocated when first needed. */
typedef struct rf_tile_worker {
  rf_tile_params params;
  void *values;
  void *room;
  int32_t *integers;
} rf_tile_worker;

/* Tiles that are encoded together. */
typedef struct rf_tile_batch {
  rf_tile_change *edit;
  const rf_tile_source *source;
  rf_tile_encoder encoder;
  size_t elements; /* of the largest tile */
  unsigned threads;
  bool fresh;     /* the rows hold nothing that must stay */
  bool never;     /* none of the tiles was ever written */
  size_t most;    /* tiles */
  size_t slot;    /* bytes for each */
  uint64_t first; /* tile of the source */
  size_t count;
  uint64_t *tiles;
  bool *whole;
  const void **ready;
  rf_tile_row *rows;
  rf_tile_place *places;
  size_t *old_at;      /* where the old bytes of a tile begin in `old` */
  rf_tile_hole *freed; /* old places of tiles that move */
  size_t freed_count;
  rf_read_range *ranges;
  uint8_t *old;
  uint8_t *slots;
  size_t slots_bytes;
  rf_tile_worker *workers;
} rf_tile_batch;

/* Encodes tile `i` of a batch (an rf_tile_batch) on thread `number`: a job of rf_parallel(). */
rf_status rf_tile_worker_encode(void *batch, size_t i, unsigned number, rf_error *err);

/* Chooses ZDITHER0 by the first tile of the batch, where it is to be chosen: the same image always gets the same bytes.
 */
rf_status rf_tile_worker_choose_seed(rf_tile_batch *batch, rf_error *err);

/* Frees the memory of all threads. */
void rf_tile_workers_free(rf_tile_batch *batch);

#endif
