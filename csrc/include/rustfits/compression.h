/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/compression.h: Tile compression (FITS 10). Part of <rustfits.h>, which has the rules for every function.
 */
#ifndef RUSTFITS_COMPRESSION_H
#define RUSTFITS_COMPRESSION_H

#include "rustfits/hdu.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Tile compression (FITS 10) ============================== */

/* ZCMPTYPE, and ZCTYPn of tables. */
typedef enum rf_zcmptype {
  RF_Z_AUTO, /* asks for what suits the data: integers of 8 to 32 bits and quantized reals RICE_1, all else GZIP_2 */
  RF_Z_RICE_1,
  RF_Z_GZIP_1,
  RF_Z_GZIP_2,
  RF_Z_PLIO_1,
  RF_Z_HCOMPRESS_1,
  RF_Z_NOCOMPRESS
} rf_zcmptype;

/* The name in the header ("RICE_1"); NULL for RF_Z_AUTO and unknown values. Static. */
RF_API const char *rf_zcmptype_name(rf_zcmptype type);

/* ZQUANTIZ. */
typedef enum rf_dither { RF_DITHER_NONE, RF_DITHER_1, RF_DITHER_2 } rf_dither;

/* How an image is compressed. */
typedef struct rf_compression {
  size_t size; /* sizeof(rf_compression) */
  rf_zcmptype type;
  int tile_ndim; /* 0: tiles as cfitsio's fpack makes them (a row; HCOMPRESS_1: some 16 rows); else the image's */
  const uint64_t *tile; /* slowest first; longer than an axis means all of it */
  char heap_format;     /* 'P', 'Q', or 0: P where that suffices */
  int level;            /* GZIP: 1 (fast) to 12 (small), 0: the default */
  unsigned blocksize;   /* RICE_1: pixels of a block, 0: 32 */
  double hcomp_scale; /* HCOMPRESS_1: 0 or 1 lossless; above: in units of the noise; below 0: absolute (as fpack -s) */
  int hcomp_smooth;   /* HCOMPRESS_1: readers are to smooth */
  int quantize;       /* reals: 0 stored losslessly (GZIP and NOCOMPRESS only), 1 quantized, which is lossy */
  double quantize_level; /* > 0: steps of noise / level; < 0: steps of -level; 0: 4 with dithering, 16 without */
  rf_dither dither;
  int seed; /* ZDITHER0, 1 to 10000; 0: by the checksum of the first tile that is written */
} rf_compression;

/* Fills in defaults: RF_Z_AUTO, lossless. */
RF_API void rf_compression_init(rf_compression *compression);

/* How a compressed image is compressed: fills *compression (its size set by the caller); up to `capacity` lengths of a
 * tile are copied to `tile`, slowest first, and compression->tile points there. *ntiles may be NULL. RF_ERR_TYPE when
 * the HDU is no compressed image. */
RF_API RF_CHECKED rf_status rf_image_get_compression(rf_file *file, size_t index, rf_compression *compression,
                                                     uint64_t *tile, size_t capacity, uint64_t *ntiles, rf_error *err);

/* Writes the heap of a compressed image anew without what no descriptor points at, and shortens the data. *freed (may
 * be NULL): bytes less. */
RF_API RF_CHECKED rf_status rf_image_repack(rf_file *file, size_t index, uint64_t *freed, rf_error *err);

/* Decoded tiles of a compressed HDU are kept, the last used ones up to `bytes` (default 32 MiB, 0: none), for sections
 * and rows to come. RF_ERR_TYPE when the HDU is not compressed. */
RF_API RF_CHECKED rf_status rf_hdu_set_cache(rf_file *file, size_t index, uint64_t bytes, rf_error *err);
RF_API RF_CHECKED rf_status rf_hdu_get_cache(rf_file *file, size_t index, uint64_t *limit, uint64_t *used,
                                             rf_error *err);
RF_API RF_CHECKED rf_status rf_hdu_clear_cache(rf_file *file, size_t index, rf_error *err);

/* How a table is compressed (FITS 10.3). */
typedef struct rf_table_compression {
  size_t size;              /* sizeof(rf_table_compression) */
  uint64_t tile_rows;       /* ZTILELEN; 0: tiles of about 10 MB, as cfitsio makes them */
  const rf_zcmptype *types; /* one for each column, or NULL: RF_Z_AUTO for all. RICE_1 for integers of 8 to 32 bits */
  int level;                /* GZIP: as in rf_compression */
} rf_table_compression;

/* How a compressed table is compressed: up to `capacity` types are copied to `types`. tile_rows, ntiles, count may be
 * NULL. RF_ERR_TYPE when the HDU is no compressed table. */
RF_API RF_CHECKED rf_status rf_table_get_compression(rf_file *file, size_t index, uint64_t *tile_rows, uint64_t *ntiles,
                                                     rf_zcmptype *types, size_t capacity, size_t *count, rf_error *err);

/* Appends HDU `index` of `from` to `to` compressed: an image by `image`, a binary table by `table` (NULL: defaults).
 * Everything else is copied, and so are what is compressed already, an image without pixels, and an image whose PCOUNT
 * or GCOUNT adds bytes, for which a compressed image has no place. Headers are kept card by card, a CHECKSUM becomes
 * ZHECKSUM, so that rf_hdu_unpack gives the same bytes again where nothing was quantized.
 * RF_ERR_ARGUMENT, RF_ERR_UNSUPPORTED with the alternative named when the data cannot be compressed like that, or when
 * the header has a card that would describe the compression (ZTILELEN, ZNAXISn, ZFORMn, ZCMPTYPE ...). */
RF_API RF_CHECKED rf_status rf_hdu_pack(rf_file *from, size_t index, rf_file *to, const rf_compression *image,
                                        const rf_table_compression *table, size_t *new_index, rf_error *err);

/* The reverse: appends what a compressed HDU stands for; others are copied. */
RF_API RF_CHECKED rf_status rf_hdu_unpack(rf_file *from, size_t index, rf_file *to, size_t *new_index, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
