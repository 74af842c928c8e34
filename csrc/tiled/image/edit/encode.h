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

/* The result of encoding a tile. */
typedef struct rf_encoded_tile {
  rf_tile_form form;
  size_t bytes;
  double scale;
  double zero;
  bool nulls; /* a quantized tile with undefined pixels */
  bool keeps; /* and the ZBLANK that it had */
} rf_encoded_tile;

typedef struct rf_tile_encoder {
  const rf_tiled_image *tiled_image;
  rf_tile_params params;
  rf_dtype stored;
  unsigned stored_bytes;
  unsigned width;        /* of the integers for the codec */
  int32_t offset;        /* added to them: PLIO_1 of unsigned 16-bit values */
  double level;          /* of quantizing */
  rf_tile_form lossless; /* RF_TILE_FORM_GZIP or _RAW: the form of a tile that could not be quantized */
  int32_t null;          /* of quantized tiles */
  size_t bound;          /* largest size of an encoded tile */
} rf_tile_encoder;

/* Returns what is added for PLIO_1, which holds no negative values: unsigned 16-bit values, which are stored less
 * 32768, get that back. cfitsio does so; the standard does not mention it. */
int32_t rf_tiled_image_plio_offset(const rf_tile_codec *codec, const rf_hdu *image);

/* For tiles of up to `elements` pixels. RF_ERR_UNSUPPORTED where the table lacks columns for them. */
rf_status rf_tile_encoder_init(rf_tile_encoder *encoder, const rf_tiled_image *tiled_image, const rf_tiled_state *state,
                               size_t elements, rf_error *err);

/* Returns the rows and columns of a tile with these lengths along `naxis` axes. */
rf_tile_shape rf_tile_encode_shape(int naxis, const uint64_t *lengths, unsigned width);

/* Encodes values of the stored type, in the byte order of the machine, to `out` (encoder->bound bytes). `integers` is
 * scratch for a whole tile. `lossy`: reals may be quantized and HCOMPRESS_1 may lose; otherwise the tile is stored
 * losslessly. */
rf_status rf_tile_encode_values(const rf_tile_encoder *encoder, uint64_t tile, const rf_tile_shape *shape,
                                const void *values, bool lossy, int32_t *integers, uint8_t *out, rf_encoded_tile *cell,
                                rf_error *err);

/* For a quantized tile of which a part is written for the first time. rf_tile_encode_unwritten() marks the other
 * pixels: they do not count for the noise. rf_tile_encode_begun() sets them to 0, or nearly so, in the tile and in
 * `values`. */
void rf_tile_encode_unwritten(rf_dtype type, void *values, size_t count);
rf_status rf_tile_encode_begun(const rf_tile_encoder *encoder, uint64_t tile, const rf_tile_shape *shape, void *values,
                               int32_t *integers, uint8_t *out, rf_encoded_tile *cell, rf_error *err);

/* Encodes integers that were quantized before, with the scale and zero in *cell. *fits becomes false where the codec
 * cannot hold them. */
rf_status rf_tile_encode_integers(const rf_tile_encoder *encoder, const rf_tile_shape *shape, const int32_t *integers,
                                  uint8_t *out, rf_encoded_tile *cell, bool *fits, rf_error *err);

/* Returns ZDITHER0 by the values of a tile, reals of 4 or 8 bytes. */
int rf_tile_encode_seed(const void *values, size_t count, unsigned width);

#endif
