/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A compression made definite for an image.
 */
#ifndef RF_TILED_IMAGE_EDIT_PLAN_H
#define RF_TILED_IMAGE_EDIT_PLAN_H

#include "codec/codec.h"
#include "file/hdu.h"

typedef struct rf_tile_plan {
  /* The caller's struct as far as its size goes. type, quantize_level and blocksize are filled in. */
  rf_compression asked;
  const rf_tile_codec *codec;
  rf_hdu image;    /* bitpix, naxis, axes, bscale and bzero of the caller's struct */
  uint64_t *tile;  /* for ZTILEn, NAXIS1 first */
  uint64_t ntiles; /* rows of the table */
  bool seed_open;  /* ZDITHER0 is chosen when the first tile is written */
  rf_column_spec columns[4];
  size_t ncols;
} rf_tile_plan;

/* Checks whether an image can be compressed so, and makes the plan. bitpix, naxis, axes, bscale and bzero of `image`
 * count. `compression` may have an older, smaller size. RF_ERR_ARGUMENT, RF_ERR_UNSUPPORTED, RF_ERR_LIMIT; the message
 * names the alternative. */
rf_status rf_tile_plan_init(rf_tile_plan *plan, const rf_compression *compression, const rf_hdu *image, rf_error *err);
void rf_tile_plan_free(rf_tile_plan *plan);

#endif
