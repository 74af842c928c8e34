/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows of the table of a compressed image: where tiles are.
 */
#ifndef RF_TILED_IMAGE_ROWS_H
#define RF_TILED_IMAGE_ROWS_H

#include "file/hdu.h"
#include "tiled/image/image.h"

/* The form of the bytes of a tile. */
typedef enum rf_tile_form {
  RF_TILE_FORM_EMPTY, /* no bytes: never written; its pixels are 0 */
  RF_TILE_FORM_DATA,  /* encoded by the codec */
  RF_TILE_FORM_GZIP,  /* the values themselves, by gzip: the tile could not be quantized */
  RF_TILE_FORM_RAW    /* the values themselves */
} rf_tile_form;

/* One row of the table, and the place of the bytes of its tile. */
typedef struct rf_tile_row {
  rf_tile_form form;
  uint64_t offset; /* of the bytes, from the beginning of the file */
  uint64_t bytes;
  double scale; /* of this tile, by column or keyword */
  double zero;
  bool has_null;
  int64_t null;
} rf_tile_row;

/* Gets the rows of `count` listed tiles by one read_many. Checks every descriptor against the heap: RF_ERR_FORMAT names
 * the tile. */
rf_status rf_tiled_image_rows(rf_file *file, const rf_hdu *hdu, const rf_tiled_image *tiled_image,
                              const uint64_t *tiles, size_t count, rf_tile_row *rows, rf_error *err);

#endif
