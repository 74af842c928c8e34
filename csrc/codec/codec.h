/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tile codecs (FITS 10.4): one file each, pure functions on buffers, picked from a table by ZCMPTYPE. Nothing here
 * knows of files. Streams are hostile: a decoder reads nothing outside in[0..n) and writes nothing outside the values,
 * whatever the stream says; the size of what comes out is the caller's, never the stream's.
 *
 * Values are in the byte order of the machine. Of width 1 they are unsigned, of width 2, 4 and 8 signed integers; GZIP
 * and NOCOMPRESS do not care and take reals, too.
 */
#ifndef RF_CODEC_CODEC_H
#define RF_CODEC_CODEC_H

#include <stdbool.h>

#include "base/error.h"

/* What ZNAMEi and ZVALi say, and what an encoder may choose. */
typedef struct rf_tile_params {
  unsigned blocksize; /* RICE_1: BLOCKSIZE, 32 unless said */
  unsigned bytepix;   /* RICE_1: BYTEPIX, 1, 2 or 4 (8 is RF_ERR_UNSUPPORTED): bytes of the integers in the stream */
  int scale;          /* HCOMPRESS_1: the divisor, 0 or 1 for lossless; encoding only, the stream has its own */
  int smooth;         /* HCOMPRESS_1: decoding only */
  int level;          /* GZIP: 1 to 12, 0: the default */
  struct rf_deflater *deflater; /* GZIP, encoding only: what rf_deflater_new made, which has its own level, or NULL */
} rf_tile_params;

/* What a tile is made of. */
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

  /* Room that encoding may take at most; false when that is beyond 64 bits or the int sizes of the format. */
  bool (*bound)(const rf_tile_params *params, const rf_tile_shape *shape, size_t *bytes);

  /* Encodes shape->count values into `out`, which has the room that bound() said. RF_ERR_RANGE for a value that the
   * codec cannot hold; RF_ERR_MEMORY. `values` may be changed where the comment of the codec says so: none does. */
  rf_status (*encode)(const rf_tile_params *params, const rf_tile_shape *shape, const void *values, uint8_t *out,
                      size_t *used, rf_error *err);

  /* Decodes in[0..n) into shape->count values. *width is the width in which they come: that of the stream, which need
   * not be shape->width (GZIP tells by the length of its content, RICE_1 by BYTEPIX, PLIO_1 and HCOMPRESS_1 give 4).
   * `values` has room for shape->count values of 8 bytes, aligned for them. RF_ERR_CODEC for a stream that ends early,
   * runs over or claims another size; RF_ERR_MEMORY. What `values` holds after a failure is undefined. */
  rf_status (*decode)(const rf_tile_params *params, const rf_tile_shape *shape, const uint8_t *in, size_t n,
                      void *values, unsigned *width, rf_error *err);

  /* The most memory that decoding takes beside `values`, in bytes. NULL: none. */
  uint64_t (*scratch)(const rf_tile_shape *shape);
} rf_tile_codec;

/* The rows: codec/rice.c, codec/plio.c, codec/hcompress/hcompress.c, codec/gzip.c (GZIP_1, GZIP_2, NOCOMPRESS). */
extern const rf_tile_codec rf_tile_rice_1;
extern const rf_tile_codec rf_tile_plio_1;
extern const rf_tile_codec rf_tile_hcompress_1;
extern const rf_tile_codec rf_tile_gzip_1;
extern const rf_tile_codec rf_tile_gzip_2;
extern const rf_tile_codec rf_tile_nocompress;

/* By type; NULL for RF_Z_AUTO and unknown ones. */
const rf_tile_codec *rf_tile_codec_of(rf_zcmptype type);

/* By what ZCMPTYPE says, aliases (RICE_ONE) included, any case; NULL when it is none of them. */
const rf_tile_codec *rf_tile_codec_named(const char *name);

#endif
