/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A compression made definite for an image.
 */
#ifndef RF_TILED_IMAGE_EDIT_PLAN_H
#define RF_TILED_IMAGE_EDIT_PLAN_H

#include "codec/codec.h"
#include "file/hdu.h"

typedef struct rf_tile_plan {
  rf_compression asked; /* as far as the caller's struct goes; type, quantize_level and blocksize filled in */
  const rf_tile_codec *codec;
  rf_hdu image;    /* bitpix, naxis, axes, bscale, bzero: those of the caller's struct */
  uint64_t *tile;  /* as ZTILEn is to say, NAXIS1 first */
  uint64_t ntiles; /* rows of the table */
  bool seed_open;  /* ZDITHER0 is chosen when the first tile is written */
  rf_column_spec columns[4];
  size_t ncols;
} rf_tile_plan;

/* Can an image (its bitpix, naxis, axes, bscale and bzero count) be compressed like that? `compression` may be of an
 * older and shorter kind. RF_ERR_ARGUMENT, RF_ERR_UNSUPPORTED, RF_ERR_LIMIT, with the alternative named. */
rf_status rf_tile_plan_init(rf_tile_plan *plan, const rf_compression *compression, const rf_hdu *image, rf_error *err);
void rf_tile_plan_free(rf_tile_plan *plan);

#endif
