/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The pixels of a tile to its bytes.
 */
#ifndef CF_TILED_ENCODE_H
#define CF_TILED_ENCODE_H

#include "tiled/decode.h"

/* How the tiles of an image are encoded. */
typedef struct cf_encoder {
  const FITSfile *file;
  cf_grid grid;
  rf_zcmptype type;
  int datatype; /* of the pixels that the program writes */
  size_t size;
  int nullcheck;
  const void *nulval;
  bool raw;      /* integers are stored as they are, whatever BZERO says */
  bool lossless; /* reals are not quantized */
  double level;
  rf_dither dither;
  size_t bound; /* bytes of an encoded tile at most */
} cf_encoder;

/* An encoded tile. */
typedef struct cf_encoded {
  cf_cell_form form;
  size_t bytes;
  double scale;
  double zero;
  bool nulls; /* quantized, with null pixels */
} cf_encoded;

/* Begins encoding. DATA_COMPRESSION_ERR and BAD_DATATYPE where the image does not hold values of this type. raw: the
 * values are of the stored type: TBYTE, TSHORT, TINT, TFLOAT or TDOUBLE. */
int cf_encoder_init(cf_encoder *encoder, const FITSfile *file, int datatype, bool raw, int nullcheck,
                    const void *nulval, int *status);

/* Encodes the pixels of tile `number` at `values`, which are of the type `datatype`. `scratch` has 12 bytes a pixel,
 * aligned as doubles are. `out` has encoder->bound bytes. Any thread. */
rf_status cf_encode(const cf_encoder *encoder, LONGLONG number, const void *values, void *scratch, unsigned char *out,
                    cf_encoded *tile, rf_error *err);

/* Returns ZDITHER0 as the bytes of a tile say. */
int cf_seed_of(const void *values, size_t bytes);

#endif
