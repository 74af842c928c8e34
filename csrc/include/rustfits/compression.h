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

/* The algorithms: ZCMPTYPE, and ZCTYPn of tables. */
typedef enum rf_zcmptype {
  RF_Z_AUTO = 0, /* to create: RICE_1 for integers of 8 to 32 bits and quantized reals, GZIP_2 for the rest; columns of
                    tables: as fpack chooses. From a file: unknown to the library */
  RF_Z_RICE_1 = 10,      /* integers of 8 to 32 bits */
  RF_Z_PLIO_1 = 11,      /* integers from 0 to 2^24 - 1 */
  RF_Z_HCOMPRESS_1 = 12, /* integers of 8 to 32 bits, in tiles of two dimensions */
  RF_Z_GZIP_1 = 20,
  RF_Z_GZIP_2 = 21, /* GZIP_1 of shuffled bytes */
  RF_Z_NOCOMPRESS = 30
} rf_zcmptype;

/* rf_zcmptype_get_name() gets the name of `type` in headers ("RICE_1").
 * Returns a static string, or NULL for RF_Z_AUTO and unknown values. Threads: any. */
RF_API const char *rf_zcmptype_get_name(rf_zcmptype type);

/* How reals are rounded when they are quantized: ZQUANTIZ (FITS 10.2). */
typedef enum rf_dither {
  RF_DITHER_NONE = 0, /* NO_DITHER */
  RF_DITHER_1 = 1,    /* SUBTRACTIVE_DITHER_1 */
  RF_DITHER_2 = 2     /* SUBTRACTIVE_DITHER_2: pixels that are exactly 0 stay so */
} rf_dither;

/* ------------------------------ compressed images ------------------------------ */

/* How an image is compressed. rf_compression_init() sets `size` and zeroes the rest: RF_Z_AUTO, lossless. */
typedef struct rf_compression {
  size_t size; /* sizeof(rf_compression) of the caller; members that lie beyond it count as 0 */
  rf_zcmptype type;
  int tile_ndim;        /* axes of `tile`: those of the image; 0: tiles as fpack makes them (one row; HCOMPRESS_1: about
                           16 rows) */
  const uint64_t *tile; /* lengths of a tile in pixels, slowest first; longer than an axis: all of it; borrowed */
  char heap_format;     /* descriptors of the tiles: 'P' (32 bits), 'Q' (64 bits), or 0: 'P' where that suffices */
  int level;            /* GZIP: 1 (fast) to 12 (small); 0: the default. Files do not keep it */
  unsigned blocksize;   /* RICE_1: pixels of a block, usually 16 or 32; 0: 32 */
  double hcomp_scale;   /* HCOMPRESS_1: 0 or 1: lossless; above 1: in units of the noise; below 0: absolute */
  int hcomp_smooth;     /* HCOMPRESS_1: 1: readers smooth the image */
  int quantize; /* reals: 0: stored losslessly (GZIP_1, GZIP_2, NOCOMPRESS only); 1: quantized, which is lossy */
  double quantize_level; /* above 0: steps of noise / level; below 0: steps of -level; 0: level 4 with dithering, 16
                            without */
  rf_dither dither;      /* with `quantize` */
  int seed;              /* ZDITHER0, 1 to 10000; 0: the library derives it from the first tile that is written */
} rf_compression;

/* rf_compression_init() sets compression->size and zeroes the other members of `compression`. Threads: any. */
RF_API void rf_compression_init(rf_compression *compression);

/* rf_image_get_compression() gets how the compressed image in HDU `index` (0-based) of `file` is compressed.
 * compression  receives as many bytes as compression->size says; compression->tile becomes `tile`. Unchanged on failure
 * tile         receives the first `capacity` lengths of a tile, slowest first; may be NULL where `capacity` is 0
 * ntiles       receives the number of tiles; may be NULL
 * Returns RF_OK, also where `capacity` is too small; RF_ERR_NOT_FOUND (HDU); RF_ERR_TYPE (no compressed image);
 * RF_ERR_FORMAT, RF_ERR_UNSUPPORTED (the cards of the compression); RF_ERR_CLOSED; RF_ERR_TAINTED; RF_ERR_MEMORY; the
 * statuses of an unreadable header; any of "input and output". Threads: any. */
RF_API RF_CHECKED rf_status rf_image_get_compression(rf_file *file, size_t index, rf_compression *compression,
                                                     uint64_t *tile, size_t capacity, uint64_t *ntiles, rf_error *err);

/* rf_image_repack() writes the heap of the compressed image in HDU `index` (0-based) of `file` again without the bytes
 * that no descriptor points at. The data unit becomes shorter, and the HDUs after it move.
 * freed  receives the number of bytes that were removed; may be NULL. Unchanged on failure
 * Returns RF_OK; RF_ERR_FORMAT (a tile lies outside the data unit); RF_ERR_TRUNCATED (the data unit is not whole);
 * RF_ERR_LIMIT; RF_ERR_READONLY; RF_ERR_CHANGED; the statuses of rf_image_get_compression().
 * Threads: any; waits for running calls on the file. */
RF_API RF_CHECKED rf_status rf_image_repack(rf_file *file, size_t index, uint64_t *freed, rf_error *err);

/* ------------------------------ compressed tables ------------------------------ */

/* How a table is compressed (FITS 10.3). rf_table_compression_init() sets `size` and zeroes the rest. */
typedef struct rf_table_compression {
  size_t size;              /* sizeof(rf_table_compression) of the caller; members that lie beyond it count as 0 */
  uint64_t tile_rows;       /* ZTILELEN; 0: tiles of about 10 MB, as fpack makes them */
  const rf_zcmptype *types; /* one per column; borrowed; NULL: RF_Z_AUTO for all. RICE_1 is for integers of 8 to 32
                               bits, PLIO_1 and HCOMPRESS_1 for images only */
  int level;                /* GZIP: as in rf_compression */
} rf_table_compression;

/* rf_table_compression_init() sets compression->size and zeroes the other members of `compression`. Threads: any. */
RF_API void rf_table_compression_init(rf_table_compression *compression);

/* rf_table_get_compression() gets how the compressed table in HDU `index` (0-based) of `file` is compressed.
 * compression  receives as many bytes as compression->size says; compression->types becomes `types`, and
 *              compression->level 0, which files do not keep. Unchanged on failure
 * types        receives the algorithms of the first `capacity` columns, RF_Z_AUTO where the library does not know one;
 *              may be NULL where `capacity` is 0
 * ntiles       receives the number of tiles; may be NULL
 * Returns RF_OK, also where `capacity` is too small; RF_ERR_TYPE (no compressed table); the other statuses of
 * rf_image_get_compression(). Threads: any. */
RF_API RF_CHECKED rf_status rf_table_get_compression(rf_file *file, size_t index, rf_table_compression *compression,
                                                     rf_zcmptype *types, size_t capacity, uint64_t *ntiles,
                                                     rf_error *err);

/* ------------------------------ the cache of decoded tiles ------------------------------ */

/* rf_hdu_set_cache() sets how many bytes of decoded tiles of the compressed image or table in HDU `index` (0-based) of
 * `file` stay in memory until the file is closed. Above it, the library drops the tiles that were used least recently.
 * bytes  the limit, 32 MiB by default; 0: no tile stays
 * Returns RF_OK; RF_ERR_TYPE (HDU not compressed); the other statuses of rf_image_get_compression(). Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_set_cache(rf_file *file, size_t index, uint64_t bytes, rf_error *err);

/* rf_hdu_get_cache() gets the limit and the size of the cache of decoded tiles of the compressed image or table in HDU
 * `index` (0-based) of `file`. Only `err` may be NULL.
 * limit  receives the limit in bytes
 * used   receives the bytes of the tiles in the cache
 * Returns RF_OK; the statuses of rf_hdu_set_cache(). Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_get_cache(rf_file *file, size_t index, uint64_t *limit, uint64_t *used,
                                             rf_error *err);

/* rf_hdu_clear_cache() removes all decoded tiles of the compressed image or table in HDU `index` (0-based) of `file`
 * from its cache. The limit stays.
 * Returns RF_OK; the statuses of rf_hdu_set_cache(). Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_clear_cache(rf_file *file, size_t index, rf_error *err);

/* ------------------------------ packing and unpacking ------------------------------ */

/* rf_hdu_pack() appends HDU `index` (0-based) of `from` to `to`, compressed. An image becomes a compressed image, a
 * binary table a compressed table. The library copies HDUs of other kinds, HDUs that are compressed already, images
 * without pixels, and images whose PCOUNT or GCOUNT adds bytes, for which a compressed image has no place.
 * The header keeps its cards in order, and CHECKSUM becomes ZHECKSUM: where nothing was quantized, rf_hdu_unpack()
 * restores the same bytes.
 * image      how images are compressed; borrowed; NULL: the defaults
 * table      how tables are compressed; borrowed; NULL: the defaults
 * new_index  receives the index of the HDU in `to`, 0-based; may be NULL. Unchanged on failure
 * Returns RF_OK; RF_ERR_NOT_FOUND (HDU); RF_ERR_ARGUMENT (`image`, `table`; `from` and `to` are one handle);
 * RF_ERR_UNSUPPORTED (the algorithm does not hold such data; the header has a card about compression: ZTILELEN,
 * ZNAXISn, ZFORMn, ZCMPTYPE and others); RF_ERR_NOT_BUILT (codec); RF_ERR_TRUNCATED (the data unit is not whole);
 * RF_ERR_FORMAT; RF_ERR_LIMIT; RF_ERR_READONLY; RF_ERR_CLOSED; RF_ERR_TAINTED; RF_ERR_CHANGED; RF_ERR_MEMORY; the
 * statuses of an unreadable header; any of "input and output". On failure `to` is as it was before. Threads: any; waits
 * for running calls on `to`. */
RF_API RF_CHECKED rf_status rf_hdu_pack(rf_file *from, size_t index, rf_file *to, const rf_compression *image,
                                        const rf_table_compression *table, size_t *new_index, rf_error *err);

/* rf_hdu_unpack() appends the image or table that is compressed in HDU `index` (0-based) of `from` to `to`. The library
 * copies HDUs that are not compressed.
 * new_index  receives the index of the HDU in `to`, 0-based; may be NULL. Unchanged on failure
 * Returns RF_OK; RF_ERR_CODEC (a tile cannot be decoded); RF_ERR_LIMIT (also rf_limits.inflate_bytes); the other
 * statuses of rf_hdu_pack(). On failure `to` is as it was before. Threads: any; waits for running calls on `to`. */
RF_API RF_CHECKED rf_status rf_hdu_unpack(rf_file *from, size_t index, rf_file *to, size_t *new_index, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
