/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows of the table of a compressed image: where tiles are.
 */
#ifndef RF_TILED_IMAGE_ROWS_H
#define RF_TILED_IMAGE_ROWS_H

#include "file/hdu.h"
#include "tiled/image/image.h"

/* Which form the bytes of a tile have. */
typedef enum rf_tile_form {
  RF_ZFORM_EMPTY, /* no bytes at all: never written; its pixels are zero */
  RF_ZFORM_DATA,  /* by the codec */
  RF_ZFORM_GZIP,  /* the values themselves, by gzip: a tile that could not be quantized */
  RF_ZFORM_RAW    /* the values themselves */
} rf_tile_form;

/* One row of the table, and where the bytes of its tile are. */
typedef struct rf_tile_row {
  rf_tile_form form;
  uint64_t offset; /* of the bytes, in the file */
  uint64_t bytes;
  double scale; /* of this tile: column or keyword */
  double zero;
  bool has_null;
  int64_t null;
} rf_tile_row;

/* tiled/image/rows.c: the rows of `count` listed tiles, by one read_many. Every descriptor is held against the heap:
 * RF_ERR_FORMAT that names the tile. */
rf_status rf_tiled_image_rows(rf_file *file, const rf_hdu *hdu, const rf_tiled_image *tiled_image,
                              const uint64_t *tiles, size_t count, rf_tile_row *rows, rf_error *err);

#endif
