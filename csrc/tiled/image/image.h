/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed images (FITS 10.1): the facts that the header of the table states about the image in its tiles.
 */
#ifndef RF_TILED_IMAGE_IMAGE_H
#define RF_TILED_IMAGE_IMAGE_H

#include <stdatomic.h>

#include "codec/codec.h"
#include "file/hdu.h"
#include "tiled/cache.h"

/* Columns by meaning, numbered as in the binary table; -1: absent. */
typedef struct rf_tile_columns {
  int data;  /* COMPRESSED_DATA */
  int gzip;  /* GZIP_COMPRESSED_DATA */
  int raw;   /* UNCOMPRESSED_DATA */
  int scale; /* ZSCALE */
  int zero;  /* ZZERO */
  int null;  /* ZBLANK */
} rf_tile_columns;

/* The first use makes it. It stays with the entry until the entry changes. Immutable but for the cache, which has its
 * own lock. */
typedef struct rf_tiled_image {
  rf_hdu image; /* the image in the tiles: kind, bitpix, axes (NAXIS1 first), bscale, bzero, blank */
  const rf_tile_codec *codec;
  rf_tile_params params;
  rf_tile_columns columns;
  uint64_t *ztile;      /* lengths of a tile by ZTILEn, NAXIS1 first */
  uint64_t *tile;       /* the same, none longer than its axis (except on an axis without elements) */
  uint64_t *counts;     /* tiles along each axis, NAXIS1 first */
  uint64_t ntiles;      /* their product; the number of rows of the table */
  size_t tile_elements; /* of a whole tile */
  bool quantized;       /* ZSCALE and ZZERO apply: reals are integers in the tiles */
  double scale;         /* ZSCALE and ZZERO as keywords, where there is no column */
  double zero;
  rf_dither dither;
  bool odd_quantiz; /* ZQUANTIZ is unknown to the library */
  int seed;
  bool has_null; /* ZBLANK (or, of integer images, BLANK) as a keyword */
  int64_t null;
  bool blank_outside;    /* BLANK or ZBLANK, which is `null`, is outside the range of ZBITPIX: not used */
  bool blank_made;       /* no BLANK: image.blank comes from a column ZBLANK, whose rows may differ */
  atomic_bool blank_met; /* and a defined pixel of another row has that value */
  float *random;         /* random numbers of the dither, NULL for none */
  /* Facts for rf_image_get_compression() only. */
  double hcomp_scale;    /* ZVALn of SCALE */
  double quantize_level; /* ZVALn of NOISEBIT */
  char heap_format;      /* 'P' or 'Q' */
  /* For tiled/image/rows.c: the bytes of a row that it needs; and the rows, kept where they are few. */
  uint64_t row_low;
  uint64_t row_span;
  _Atomic(uint8_t *) kept_rows;
  rf_tile_cache *cache;
} rf_tiled_image;

/* Gets the compressed image in an HDU. `lock` held either way; the image is valid as long as it is held. RF_ERR_TYPE
 * where the HDU is no compressed image; RF_ERR_FORMAT, RF_ERR_UNSUPPORTED for its cards. */
rf_status rf_tiled_image_get(rf_file *file, rf_hdu *hdu, rf_tiled_image **tiled_image, rf_error *err);
void rf_tiled_image_free(rf_tiled_image *tiled_image);
/* Drops the rows and tiles that are kept. For writers that change them but not the entry. Exclusive lock held. */
void rf_tiled_image_changed(rf_tiled_image *tiled_image);

/* Puts "tile 12 (RICE_1): " before the message. Returns err->code, or `status` where err is NULL. */
rf_status rf_tiled_image_add_context(const rf_tiled_image *tiled_image, uint64_t tile, rf_error *err, rf_status status);

/* Appends BLANK to the header of the image where only a column ZBLANK marks undefined integers. Not for checksums: the
 * image that was packed had no BLANK. `lock` held either way. */
rf_status rf_tiled_image_add_blank(rf_file *file, rf_hdu *hdu, const rf_header *header, rf_header *plain,
                                   rf_error *err);

#endif
