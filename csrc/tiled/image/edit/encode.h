/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Encoding the values of a tile.
 */
#ifndef RF_TILED_IMAGE_EDIT_ENCODE_H
#define RF_TILED_IMAGE_EDIT_ENCODE_H

#include "codec/codec.h"
#include "file/hdu.h"
#include "tiled/image/image.h"
#include "tiled/image/rows.h"
#include "tiled/session.h"

/* What a tile has become. */
typedef struct rf_encoded_tile {
  rf_tile_form form;
  size_t bytes;
  double scale;
  double zero;
  bool nulls; /* a quantized tile with undefined pixels, */
  bool keeps; /* and the number for them that it had */
} rf_encoded_tile;

typedef struct rf_tile_encoder {
  const rf_tiled_image *tiled_image;
  rf_tile_params params;
  rf_dtype stored;
  unsigned stored_bytes;
  unsigned width;        /* of the integers that the codec gets */
  int32_t offset;        /* that is added to them: PLIO_1 of unsigned 16-bit values */
  double level;          /* of quantizing */
  rf_tile_form lossless; /* RF_ZFORM_GZIP or _RAW: where a tile goes that could not be quantized */
  int32_t null;          /* of quantized tiles */
  size_t bound;          /* room that a whole tile may take at most */
} rf_tile_encoder;

/* PLIO_1 holds no negative values, so unsigned 16-bit ones, which are stored less 32768, get that back (as cfitsio
 * does; the standard has no word on it). */
int32_t rf_tiled_image_plio_offset(const rf_tile_codec *codec, const rf_hdu *image);

/* For tiles of up to `elements` pixels. RF_ERR_UNSUPPORTED for a table that has no columns for them. */
rf_status rf_tile_encoder_init(rf_tile_encoder *encoder, const rf_tiled_image *tiled_image, const rf_tiled_state *state,
                               size_t elements, rf_error *err);

/* Rows and columns of a tile with these lengths along `naxis` axes. */
rf_tile_shape rf_tile_encode_shape(int naxis, const uint64_t *lengths, unsigned width);

/* Values of the stored type, in the byte order of the machine, to `out` (encoder->bound bytes). `integers` is scratch
 * for a whole tile; anew: reals may be quantized (else they are stored losslessly), and HCOMPRESS_1 may lose. */
rf_status rf_tile_encode_values(const rf_tile_encoder *encoder, uint64_t tile, const rf_tile_shape *shape,
                                const void *values, bool anew, int32_t *integers, uint8_t *out, rf_encoded_tile *cell,
                                rf_error *err);

/* A quantized tile of which a part is written for the first time: pixels that rf_tile_encode_unwritten has marked count
 * for nothing when the noise is measured. They become zero, or nearly so, here and in `values`. */
void rf_tile_encode_unwritten(rf_dtype type, void *values, size_t count);
rf_status rf_tile_encode_begun(const rf_tile_encoder *encoder, uint64_t tile, const rf_tile_shape *shape, void *values,
                               int32_t *integers, uint8_t *out, rf_encoded_tile *cell, rf_error *err);

/* Integers that were quantized before, with the scale and zero in *cell. *fits is false when the codec cannot hold
 * them. */
rf_status rf_tile_encode_integers(const rf_tile_encoder *encoder, const rf_tile_shape *shape, const int32_t *integers,
                                  uint8_t *out, rf_encoded_tile *cell, bool *fits, rf_error *err);

/* ZDITHER0 by the values of a tile, reals of 4 or 8 bytes. */
int rf_tile_encode_seed(const void *values, size_t count, unsigned width);

#endif
