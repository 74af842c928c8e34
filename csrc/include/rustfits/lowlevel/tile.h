/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/lowlevel/tile.h: Single tiles in memory: codecs and quantizing. Part of <rustfits.h>, which has the rules
 * for every function. It belongs to the low-level part: compatibility layers stand on it.
 */
#ifndef RUSTFITS_TILE_H
#define RUSTFITS_TILE_H

#include "rustfits/compression.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Single tiles ============================== */

/* A tile to encode or decode. rf_codec_tile_init() sets `size` and zeroes the rest. Values are in the byte order of the
 * machine; those of 1 byte are unsigned integers, others signed ones. GZIP and NOCOMPRESS accept reals, too. */
typedef struct rf_codec_tile {
  size_t size; /* sizeof(rf_codec_tile) of the caller */
  rf_zcmptype type;
  size_t rows;
  size_t columns;     /* values of a row: of the fastest axis that is longer than 1 */
  unsigned width;     /* bytes of a value: 1, 2, 4 or 8. Decoding sets it: the stream may have another one */
  unsigned blocksize; /* RICE_1: BLOCKSIZE; 0: 32 */
  unsigned bytepix;   /* RICE_1: BYTEPIX; 0: `width`, at most 4 */
  int hcomp_scale;    /* HCOMPRESS_1, encoding: the divisor, 0 or 1 for lossless */
  int hcomp_smooth;   /* HCOMPRESS_1, decoding: 1: the image is smoothed */
  int level;          /* GZIP, encoding: 1 (fast) to 12 (small); 0: the default */
  int zlib;           /* GZIP, encoding: 1: zlib deflates with level 1, as CFITSIO does; `level` is ignored */
  const void *in;     /* values to encode, or a stream to decode; borrowed */
  size_t in_bytes;    /* decoding: bytes of the stream */
  void *out;          /* receives the stream, or the values: 8 * rows * columns bytes, aligned as doubles are */
  size_t out_bytes;   /* encoding: room at `out`, as rf_codec_get_bound() says */
  size_t used;        /* encoding: receives the bytes of the stream */
} rf_codec_tile;

/* rf_codec_tile_init() sets tile->size and zeroes the other members of `tile`. Threads: any. */
RF_API void rf_codec_tile_init(rf_codec_tile *tile);

/* rf_codec_get_bound() gets the room that rf_codec_encode() needs at most for tiles like `tile`, whose pointers are
 * ignored.
 * bytes  receives the room in bytes. Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT (`type`, `width`, `blocksize`, `bytepix`); RF_ERR_LIMIT (the tile is too large).
 * Threads: any. */
RF_API RF_CHECKED rf_status rf_codec_get_bound(const rf_codec_tile *tile, size_t *bytes, rf_error *err);

/* rf_codec_encode() encodes the values at tile->in. Only `err` may be NULL.
 * Returns RF_OK; RF_ERR_ARGUMENT (too little room, a NULL pointer); RF_ERR_RANGE (a value that the codec does not
 * hold); RF_ERR_MEMORY; the statuses of rf_codec_get_bound(). Threads: any, one per tile. */
RF_API RF_CHECKED rf_status rf_codec_encode(rf_codec_tile *tile, rf_error *err);

/* rf_codec_decode() decodes the stream at tile->in into rows * columns values. tile->width receives their width: GZIP
 * and NOCOMPRESS have that of their content, RICE_1 has BYTEPIX, PLIO_1 and HCOMPRESS_1 have 4. Only `err` may be NULL.
 * Returns RF_OK; RF_ERR_CODEC (the stream is corrupt, or has another size); RF_ERR_ARGUMENT (a NULL pointer);
 * RF_ERR_UNSUPPORTED; RF_ERR_MEMORY; the statuses of rf_codec_get_bound(). On failure the values are undefined.
 * Threads: any, one per tile. */
RF_API RF_CHECKED rf_status rf_codec_decode(rf_codec_tile *tile, rf_error *err);

/* Reals as integers (FITS 10.2). rf_quantization_init() sets `size` and zeroes the rest. */
typedef struct rf_quantization {
  size_t size;    /* sizeof(rf_quantization) of the caller */
  rf_dtype dtype; /* of the reals: RF_F32 or RF_F64 */
  size_t rows;
  size_t columns;
  double level; /* quantizing: above 0: steps of noise / level; below 0: steps of -level */
  rf_dither dither;
  int seed;      /* ZDITHER0, 1 to 10000 */
  uint64_t tile; /* number of the tile, 0-based */
  double scale;  /* ZSCALE; quantizing sets it */
  double zero;   /* ZZERO; quantizing sets it */
  int has_null;  /* 1: the integer `null` is NaN. Quantizing sets both, `null` to -2147483647 */
  int32_t null;
  int done; /* quantizing: receives 0 where the tile has to be stored losslessly: no noise, or too wide a range */
} rf_quantization;

/* rf_quantization_init() sets quantization->size and zeroes the other members of `quantization`. Threads: any. */
RF_API void rf_quantization_init(rf_quantization *quantization);

/* rf_codec_quantize() quantizes rows * columns reals. It measures the noise along rows. NaN becomes null.
 * integers  receives the integers where quantization->done becomes 1
 * Returns RF_OK; RF_ERR_ARGUMENT (a member of `quantization`; NULL); RF_ERR_MEMORY. Threads: any. */
RF_API RF_CHECKED rf_status rf_codec_quantize(rf_quantization *quantization, const void *reals, int32_t *integers,
                                              rf_error *err);

/* rf_codec_dequantize() turns rows * columns integers back into reals.
 * reals  receives floats or doubles. `integers` may lie in the same memory: at its begin for floats, in its second half
 *        for doubles
 * Returns RF_OK; RF_ERR_ARGUMENT (a member of `quantization`; NULL). Threads: any. */
RF_API RF_CHECKED rf_status rf_codec_dequantize(const rf_quantization *quantization, const int32_t *integers,
                                                void *reals, rf_error *err);

/* rf_codec_get_noise() gets the noise of rows * columns integers, which scales of HCOMPRESS_1 refer to. Only `err` may
 * be NULL.
 * Returns RF_OK; RF_ERR_ARGUMENT; RF_ERR_MEMORY. Threads: any. */
RF_API RF_CHECKED rf_status rf_codec_get_noise(const int32_t *integers, size_t rows, size_t columns, double *noise,
                                               rf_error *err);

/* Does part `i` of shared work. `worker` is below the number of threads; a worker does one part at a time. */
typedef rf_status (*rf_part_function)(void *user, size_t i, unsigned worker, rf_error *err);

/* rf_threads_for() computes the number of threads that rf_parts_run() should have for `count` parts that produce
 * `bytes` bytes in all. wanted  most threads; 0: as many as there are processors Returns the number, at least 1.
 * Threads: any. */
RF_API unsigned rf_threads_for(unsigned wanted, size_t count, uint64_t bytes);

/* rf_parts_run() calls function(user, i, ...) for each i below `count`, with `threads` threads at most: in order with
 * one, in any order with more. No part starts after one has failed.
 * Returns RF_OK, or the failure with the lowest i. Threads: any. */
RF_API RF_CHECKED rf_status rf_parts_run(unsigned threads, size_t count, rf_part_function function, void *user,
                                         rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
