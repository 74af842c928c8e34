/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The bytes of a tile to its pixels.
 */
#ifndef CF_TILED_DECODE_H
#define CF_TILED_DECODE_H

#include "tiled/cell.h"

/* What quantized pixels become. */
typedef enum cf_reals {
  CF_REALS_INTEGER, /* the integers, with scale and zero: for readers that want integers */
  CF_REALS_FLOAT,
  CF_REALS_DOUBLE
} cf_reals;

/* Pixels as they are stored in a plain image of such a type, in the byte order of the machine. */
typedef struct cf_pixels {
  int stored; /* TBYTE, TSHORT, TLONG (32 bits), TLONGLONG, TFLOAT, TDOUBLE */
  size_t width;
  double scale;
  double zero;
  int has_null;
  LONGLONG null;
} cf_pixels;

/* How the tiles of an image are decoded. */
typedef struct cf_decoder {
  const FITSfile *file;
  cf_grid grid;
  cf_reals reals;
  rf_zcmptype type;
  rf_dither dither;
  bool no_nulls; /* quantized pixels that equal ZBLANK are values as others */
} cf_decoder;

/* Returns the codec of a value of compress_type; RF_Z_AUTO: there is none. */
rf_zcmptype cf_codec_of(int compress_type);

/* Begins decoding. `wanted`: the type that the reader wants. */
int cf_decoder_init(cf_decoder *decoder, const FITSfile *file, int wanted, int *status);

/* Decodes tile `number` into `values`, 8 bytes a pixel, aligned; and tells what they are. Any thread. */
rf_status cf_decode(const cf_decoder *decoder, LONGLONG number, const cf_cell *cell, const unsigned char *bytes,
                    void *values, cf_pixels *pixels, rf_error *err);

#endif
