/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tile codecs (FITS 10.4): one file each, pure functions on buffers, selected from a table by ZCMPTYPE. Streams are
 * hostile: a decoder reads only in[0..n) and writes only the values, whatever the stream contains. The caller knows the
 * size of the result; the stream never sets it.
 *
 * Values are in machine order. Values of 1 byte are unsigned; values of 2, 4 and 8 bytes are signed. GZIP and
 * NOCOMPRESS accept reals, too.
 */
#ifndef RF_CODEC_CODEC_H
#define RF_CODEC_CODEC_H

#include <stdbool.h>

#include "base/error.h"

/* The parameters of ZNAMEi and ZVALi, and those of an encoder. */
typedef struct rf_tile_params {
  unsigned blocksize; /* RICE_1: BLOCKSIZE, 32 unless said */
  unsigned bytepix;   /* RICE_1: BYTEPIX, 1, 2 or 4 (8 is RF_ERR_UNSUPPORTED): bytes of the integers in the stream */
  int scale;          /* HCOMPRESS_1: the divisor, 0 or 1 for lossless; encoding only, the stream has its own */
  int smooth;         /* HCOMPRESS_1: decoding only */
  int level;          /* GZIP: 1 to 12, 0: the default */
  struct rf_deflater *deflater; /* GZIP, encoding only: NULL, or a deflater with its own level */
} rf_tile_params;

/* The size of a tile. */
typedef struct rf_tile_shape {
  size_t count;   /* elements: rows * columns. The caller has checked it against its limits */
  size_t columns; /* along the fastest axis with more than one element */
  size_t rows;    /* the rest */
  unsigned width; /* bytes of a value in memory: 1, 2, 4 or 8 */
} rf_tile_shape;

#define RF_TILE_INTEGERS 1 /* values are integers of 8 to 32 bits: no reals, nothing of 64 bits */
#define RF_TILE_PLANE 2    /* works on rows and columns: a tile has at most two axes longer than 1 */
#define RF_TILE_POSITIVE 4 /* values are 0 to 2^24 - 1 */

typedef struct rf_tile_codec {
  rf_zcmptype type;
  const char *name;  /* ZCMPTYPE */
  const char *alias; /* another spelling that is read, or NULL */
  unsigned flags;    /* RF_TILE_... */

  /* Sets *bytes to the maximal size of the stream. Returns false when the size is beyond 64 bits or the integers of the
   * format. */
  bool (*bound)(const rf_tile_params *params, const rf_tile_shape *shape, size_t *bytes);

  /* Encodes shape->count values into `out`, which is as long as bound() requires. RF_ERR_RANGE for a value that the
   * codec cannot hold; RF_ERR_MEMORY. */
  rf_status (*encode)(const rf_tile_params *params, const rf_tile_shape *shape, const void *values, uint8_t *out,
                      size_t *used, rf_error *err);

  /* Decodes in[0..n) into shape->count values. *width receives their width, which may differ from shape->width: GZIP
   * has that of its content, RICE_1 has BYTEPIX, PLIO_1 and HCOMPRESS_1 have 4. `values` has room for shape->count
   * aligned values of 8 bytes. RF_ERR_CODEC for a stream that ends early, is too long or has another size;
   * RF_ERR_MEMORY. After a failure, `values` is undefined. */
  rf_status (*decode)(const rf_tile_params *params, const rf_tile_shape *shape, const uint8_t *in, size_t n,
                      void *values, unsigned *width, rf_error *err);

  /* Returns the maximal memory that decoding takes besides `values`, in bytes. NULL: none. */
  uint64_t (*scratch)(const rf_tile_shape *shape);
} rf_tile_codec;

/* The rows: codec/rice.c, codec/plio.c, codec/hcompress/hcompress.c, codec/gzip.c (GZIP_1, GZIP_2, NOCOMPRESS). */
extern const rf_tile_codec rf_tile_rice_1;
extern const rf_tile_codec rf_tile_plio_1;
extern const rf_tile_codec rf_tile_hcompress_1;
extern const rf_tile_codec rf_tile_gzip_1;
extern const rf_tile_codec rf_tile_gzip_2;
extern const rf_tile_codec rf_tile_nocompress;

/* Returns the codec of a type, or NULL for RF_Z_AUTO and unknown types. */
const rf_tile_codec *rf_tile_codec_of(rf_zcmptype type);

/* Returns the codec of a value of ZCMPTYPE, in any case, aliases (RICE_ONE) included, or NULL. */
const rf_tile_codec *rf_tile_codec_named(const char *name);

#endif
