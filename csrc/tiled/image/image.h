/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed images (FITS 10.1): what the header of the table says about the image in its tiles.
 */
#ifndef RF_TILED_IMAGE_IMAGE_H
#define RF_TILED_IMAGE_IMAGE_H

#include <stdatomic.h>

#include "codec/codec.h"
#include "file/hdu.h"
#include "tiled/cache.h"

/* Functions of rf_hdu_ops. */
bool rf_tiled_image_has_data(const rf_header *stored);

/* Columns by meaning; -1: there is none. Numbers are those of the binary table. */
typedef struct rf_tile_columns {
  int data;  /* COMPRESSED_DATA */
  int gzip;  /* GZIP_COMPRESSED_DATA */
  int raw;   /* UNCOMPRESSED_DATA */
  int scale; /* ZSCALE */
  int zero;  /* ZZERO */
  int null;  /* ZBLANK */
} rf_tile_columns;

/* Made when first asked for and kept with the entry until that changes; immutable but for the cache, which has a lock
 * of its own. */
typedef struct rf_tiled_image {
  rf_hdu image; /* the image that the HDU stands for: kind, bitpix, axes (NAXIS1 first), bscale, bzero, blank */
  const rf_tile_codec *codec;
  rf_tile_params params;
  rf_tile_columns columns;
  uint64_t *ztile;      /* lengths of a tile as ZTILEn says, NAXIS1 first */
  uint64_t *tile;       /* the same, none longer than its axis (but of an axis without elements) */
  uint64_t *counts;     /* tiles along each axis, NAXIS1 first */
  uint64_t ntiles;      /* their product; the table has as many rows */
  size_t tile_elements; /* of a whole tile */
  bool quantized;       /* ZSCALE and ZZERO apply: reals are integers in the tiles */
  double scale;         /* ZSCALE and ZZERO as keywords, where there is no column */
  double zero;
  rf_dither dither;
  bool odd_quantiz; /* ZQUANTIZ is nothing that anybody knows */
  int seed;
  bool has_null; /* ZBLANK (or, of integer images, BLANK) as a keyword */
  int64_t null;
  bool blank_outside;    /* BLANK or ZBLANK, which is `null`, is no value of an image of that ZBITPIX: not used */
  bool blank_made;       /* there is no BLANK: image.blank comes from a column ZBLANK, whose rows may differ */
  atomic_bool blank_met; /* ... and a defined pixel of another row has that value */
  float *random;         /* of the dither, NULL for none */
  /* Facts that only matter to those who ask how the image is compressed. */
  double hcomp_scale;    /* ZVALn of SCALE */
  double quantize_level; /* ZVALn of NOISEBIT */
  char heap_format;      /* 'P' or 'Q' */
  /* What tiled/image/rows.c needs of a row of the table: these bytes of it; and the rows, kept where they are few. */
  uint64_t row_low;
  uint64_t row_span;
  _Atomic(uint8_t *) kept_rows;
  rf_tile_cache *cache;
} rf_tiled_image;

/* tiled/image/image.c: that of HDU `index`. `lock` held either way; valid as long as it is. RF_ERR_TYPE when the HDU is
 * no compressed image; RF_ERR_FORMAT, RF_ERR_UNSUPPORTED when it cannot be made out. */
rf_status rf_tiled_image_locked(rf_file *file, size_t index, rf_hdu **hdu, rf_tiled_image **tiled_image, rf_error *err);
void rf_tiled_image_free(rf_tiled_image *tiled_image);
/* For a writer that changes rows or tiles and leaves the entry as it is: drops what is kept of them. Exclusive lock. */
void rf_tiled_image_changed(rf_tiled_image *tiled_image);

/* "tile 12 (RICE_1): " before the message of a failure. Gives err->code, or `status` when err is NULL. */
rf_status rf_tiled_image_add_context(const rf_tiled_image *tiled_image, uint64_t tile, rf_error *err, rf_status status);

/* Where tile `tile` lies in the image: first pixel and length along each axis, NAXIS1 first. `first` and `count` have
 * room for naxis numbers. Gives the number of elements. */
size_t rf_tile_bounds(const rf_tiled_image *tiled_image, uint64_t tile, uint64_t *first, uint64_t *count);

/* Appends to the image's header the BLANK that an image of integers has by ZBLANK alone. Not for sums: the image that
 * was packed had none. `lock` held either way. */
rf_status rf_tiled_image_add_blank(rf_file *file, size_t index, const rf_header *header, rf_header *plain,
                                   rf_error *err);

#endif
