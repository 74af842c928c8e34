/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Encodes one tile: from the stored values of the image to the bytes of its cell (FITS 10.1.3, 10.2).
 */
#include "tiled/image/edit/encode.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "codec/codec.h"
#include "codec/quantize/quantize.h"
#include "file/hdu.h"
#include "tiled/image/image.h"
#include "tiled/image/rows.h"
#include "tiled/session.h"
#include "value/convert.h"
#include "value/dtype.h"

int32_t rf_tiled_image_plio_offset(const rf_tile_codec *codec, const rf_hdu *image) {
  return codec->type == RF_Z_PLIO_1 && image->bitpix == 16 && image->bzero == 32768.0 ? 32768 : 0;
}

rf_tile_shape rf_tile_encode_shape(int naxis, const uint64_t *lengths, unsigned width) {
  rf_tile_shape shape = {1, 1, 1, width};
  for (int i = 0; i < naxis; i++) {
    if (shape.columns == 1)
      shape.columns = (size_t)lengths[i];
    shape.count *= (size_t)lengths[i];
  }
  shape.rows = shape.columns > 0 ? shape.count / shape.columns : 0;
  return shape;
}

/* ---- the encoder of all tiles ---- */

static double level_of(const rf_tiled_image *tiled_image, const rf_tiled_state *state) {
  if (state->quantize_level != 0)
    return state->quantize_level;
  if (tiled_image->quantize_level != 0 && isfinite(tiled_image->quantize_level))
    return tiled_image->quantize_level;
  return tiled_image->dither == RF_DITHER_NONE ? 16.0 : 4.0;
}

/* Computes the room for an encoded tile in any form. */
static rf_status find_bound(rf_tile_encoder *encoder, const rf_tile_shape *shape, rf_error *err) {
  const rf_tiled_image *tiled_image = encoder->tiled_image;
  rf_tile_shape integers = *shape, raw = *shape;
  size_t bytes = 0;
  integers.width = encoder->width;
  raw.width = encoder->stored_bytes;
  bool fits = tiled_image->codec->bound(&encoder->params, &integers, &encoder->bound);
  if (fits && tiled_image->quantized) {
    fits = rf_tile_gzip_1.bound(&encoder->params, &raw, &bytes) && shape->count <= SIZE_MAX / 8;
    if (bytes > encoder->bound)
      encoder->bound = bytes;
    if (fits && shape->count * raw.width > encoder->bound)
      encoder->bound = shape->count * raw.width;
  }
  if (!fits || encoder->bound > SIZE_MAX / 4)
    return rf_fail(err, RF_ERR_LIMIT, "tiles of %zu pixels are too large to be written", shape->count);
  return RF_OK;
}

rf_status rf_tile_encoder_init(rf_tile_encoder *encoder, const rf_tiled_image *tiled_image, const rf_tiled_state *state,
                               size_t elements, rf_error *err) {
  bool integers = tiled_image->image.bitpix > 0;
  memset(encoder, 0, sizeof *encoder);
  encoder->tiled_image = tiled_image;
  encoder->params = tiled_image->params;
  encoder->params.level = state->level;
  encoder->params.scale = 0;
  encoder->stored = rf_convert_stored_type(tiled_image->image.bitpix);
  encoder->stored_bytes = (unsigned)rf_pixel_bytes(encoder->stored);
  encoder->width = tiled_image->quantized ? 4 : encoder->stored_bytes;
  encoder->offset = rf_tiled_image_plio_offset(tiled_image->codec, &tiled_image->image);
  if (encoder->offset != 0)
    encoder->width = 4;
  encoder->level = level_of(tiled_image, state);
  /* cfitsio does not read a gzipped tile where there is a column for raw tiles. */
  encoder->lossless = tiled_image->columns.raw >= 0 ? RF_TILE_FORM_RAW : RF_TILE_FORM_GZIP;
  bool own = tiled_image->has_null && tiled_image->null >= INT32_MIN && tiled_image->null <= INT32_MAX;
  encoder->null = own ? (int32_t)tiled_image->null : RF_QUANTIZED_NULL;
  if (integers && (tiled_image->columns.scale >= 0 || tiled_image->columns.zero >= 0 || tiled_image->scale != 1.0 ||
                   tiled_image->zero != 0.0))
    return rf_fail(err, RF_ERR_UNSUPPORTED, "integers that are scaled by ZSCALE and ZZERO cannot be written");
  if (!integers && !tiled_image->quantized && (tiled_image->codec->flags & RF_TILE_INTEGERS) != 0)
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   "%s cannot hold float values as they are, and the image has no ZSCALE and ZZERO",
                   tiled_image->codec->name);
  if (tiled_image->quantized && (tiled_image->columns.scale < 0 || tiled_image->columns.zero < 0))
    return rf_fail(err, RF_ERR_UNSUPPORTED, "an image with ZSCALE and ZZERO for all tiles at once cannot be written");
  if (tiled_image->columns.data < 0 && tiled_image->codec->type != RF_Z_NOCOMPRESS)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "the table has no column COMPRESSED_DATA to write to");
  rf_tile_shape shape = rf_tile_encode_shape(tiled_image->image.naxis, tiled_image->tile, encoder->width);
  shape.rows = elements / shape.columns;
  shape.count = elements;
  return find_bound(encoder, &shape, err);
}

/* The sum of all bytes, as cfitsio computes it. NaN counts as infinity, which fitsio puts in its place. */
int rf_tile_encode_seed(const void *values, size_t count, unsigned width) {
  const uint8_t *at = values;
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++, at += width) {
    double wide;
    float narrow;
    if (width == 4) {
      memcpy(&narrow, at, sizeof narrow);
      wide = (double)narrow;
    } else {
      memcpy(&wide, at, sizeof wide);
    }
    if (isnan(wide)) {
      sum += width == 4 ? 0x7F + 0x80 : 0x7F + 0xF0;
      continue;
    }
    for (unsigned k = 0; k < width; k++)
      sum += at[k];
  }
  return (int)(sum % RF_DITHER_VALUES) + 1;
}

/* ---- integers ---- */

/* Converts integers of any width to 32 bits. */
static void widen(const void *values, unsigned width, size_t count, int32_t offset, int32_t *out) {
  const uint8_t *bytes = values;
  for (size_t i = 0; i < count; i++) {
    if (width == 1) {
      out[i] = bytes[i];
    } else if (width == 2) {
      int16_t half;
      memcpy(&half, bytes + i * sizeof half, sizeof half);
      out[i] = half + offset;
    } else {
      memcpy(&out[i], bytes + i * sizeof *out, sizeof *out);
    }
  }
}

/* Returns the divisor of HCOMPRESS_1, rounded as cfitsio does. */
static rf_status divisor(const rf_tile_encoder *encoder, const rf_tile_shape *shape, const int32_t *integers,
                         int *scale, rf_error *err) {
  float wanted = (float)encoder->tiled_image->hcomp_scale;
  double noise = 0;
  *scale = 0;
  if (wanted > 0) {
    RF_TRY(rf_noise_i32(integers, shape->rows, shape->columns, &noise, err));
    wanted = (float)((double)wanted * noise);
  }
  double whole = fabs((double)wanted) + 0.5;
  *scale = whole < (double)INT32_MAX ? (int)whole : INT32_MAX;
  return RF_OK;
}

static rf_status encode_integers(const rf_tile_encoder *encoder, const rf_tile_shape *shape, const void *values,
                                 unsigned width, bool lossy, int32_t *scratch, uint8_t *out, size_t *used,
                                 rf_error *err) {
  rf_tile_params params = encoder->params;
  rf_tile_shape own = *shape;
  own.width = width;
  if (lossy && encoder->tiled_image->hcomp_scale != 0 && encoder->tiled_image->hcomp_scale != 1.0 && width <= 4) {
    const int32_t *integers = values;
    if (width < 4) {
      widen(values, width, shape->count, 0, scratch);
      integers = scratch;
    }
    RF_TRY(divisor(encoder, shape, integers, &params.scale, err));
  }
  return encoder->tiled_image->codec->encode(&params, &own, values, out, used, err);
}

/* ---- reals ---- */

static rf_status encode_lossless(const rf_tile_encoder *encoder, const rf_tile_shape *shape, const void *values,
                                 uint8_t *out, rf_encoded_tile *cell, rf_error *err) {
  rf_tile_shape raw = *shape;
  raw.width = encoder->stored_bytes;
  cell->form = encoder->lossless;
  cell->scale = cell->zero = 0;
  cell->nulls = false;
  const rf_tile_codec *codec = encoder->lossless == RF_TILE_FORM_RAW ? &rf_tile_nocompress : &rf_tile_gzip_1;
  return codec->encode(&encoder->params, &raw, values, out, &cell->bytes, err);
}

rf_status rf_tile_encode_integers(const rf_tile_encoder *encoder, const rf_tile_shape *shape, const int32_t *integers,
                                  uint8_t *out, rf_encoded_tile *cell, bool *fits, rf_error *err) {
  rf_error why;
  rf_error_clear(&why);
  rf_status status = encode_integers(encoder, shape, integers, 4, false, NULL, out, &cell->bytes, &why);
  cell->form = RF_TILE_FORM_DATA;
  *fits = status == RF_OK;
  return status == RF_OK || status == RF_ERR_RANGE ? RF_OK : rf_fail(err, status, "%s", why.message);
}

/* Replaces the library's number for undefined pixels by that of the file. Returns false where a pixel has that number
 * as its value. */
static bool put_null(const rf_tile_encoder *encoder, const rf_quantum *quantum, size_t count, int32_t *integers) {
  if (encoder->null == RF_QUANTIZED_NULL)
    return true;
  for (size_t i = 0; i < count; i++) {
    if (integers[i] == encoder->null)
      return false;
    if (quantum->has_null && integers[i] == RF_QUANTIZED_NULL)
      integers[i] = encoder->null;
  }
  return true;
}

static bool has_null(const rf_tile_encoder *encoder, size_t count, const int32_t *integers) {
  for (size_t i = 0; i < count; i++)
    if (integers[i] == encoder->null)
      return true;
  return false;
}

/* Marks a pixel that was never written: a NaN that no arithmetic gives. */
#define UNWRITTEN_F32 0x7FC5A5A5u
#define UNWRITTEN_F64 UINT64_C(0x7FF8A5A5C3C3E1E1)

void rf_tile_encode_unwritten(rf_dtype type, void *values, size_t count) {
  float *narrow = values;
  double *wide = values;
  uint32_t half = UNWRITTEN_F32;
  uint64_t bits = UNWRITTEN_F64;
  for (size_t i = 0; i < count; i++)
    if (type == RF_F32)
      memcpy(&narrow[i], &half, sizeof half);
    else
      memcpy(&wide[i], &bits, sizeof bits);
}

/* Sets pixels that were never written to 0. */
static void put_unwritten(rf_dtype type, void *values, size_t count) {
  float *narrow = values;
  double *wide = values;
  for (size_t i = 0; i < count; i++) {
    uint32_t half = 0;
    uint64_t bits = 0;
    if (type == RF_F32) {
      memcpy(&half, &narrow[i], sizeof half);
      narrow[i] = half == UNWRITTEN_F32 ? 0 : narrow[i];
    } else {
      memcpy(&bits, &wide[i], sizeof bits);
      wide[i] = bits == UNWRITTEN_F64 ? 0 : wide[i];
    }
  }
}

/* The scale of the written pixels also serves the zeros, and the later values in their place. The integer 0 is zero:
 * ZZERO by the present values may leave no room below it. */
static bool quantize_begun(const rf_tile_encoder *encoder, rf_quantum *quantum, size_t count, const void *values,
                           int32_t *integers) {
  quantum->zero = 0;
  quantum->has_null = true;
  quantum->null = RF_QUANTIZED_NULL;
  return encoder->stored == RF_F32 ? rf_requantize_f32(quantum, 0, values, count, integers)
                                   : rf_requantize_f64(quantum, 0, values, count, integers);
}

static rf_status encode_quantized(const rf_tile_encoder *encoder, uint64_t tile, const rf_tile_shape *shape,
                                  void *values, bool begun, int32_t *integers, uint8_t *out, rf_encoded_tile *cell,
                                  bool *done, rf_error *err) {
  const rf_tiled_image *tiled_image = encoder->tiled_image;
  rf_quantum quantum = {
      .dither = tiled_image->dither, .random = tiled_image->random, .seed = tiled_image->seed, .tile = tile};
  if (encoder->stored == RF_F32)
    RF_TRY(rf_quantize_f32(&quantum, encoder->level, values, shape->rows, shape->columns, integers, done, err));
  else
    RF_TRY(rf_quantize_f64(&quantum, encoder->level, values, shape->rows, shape->columns, integers, done, err));
  if (begun) {
    put_unwritten(encoder->stored, values, shape->count);
    *done = *done && quantize_begun(encoder, &quantum, shape->count, values, integers);
  }
  if (!*done)
    return RF_OK;
  *done = put_null(encoder, &quantum, shape->count, integers);
  if (!*done)
    return RF_OK;
  rf_error why;
  rf_error_clear(&why);
  rf_status status = encode_integers(encoder, shape, integers, 4, true, NULL, out, &cell->bytes, &why);
  cell->form = RF_TILE_FORM_DATA;
  cell->scale = quantum.scale;
  cell->zero = quantum.zero;
  cell->nulls = quantum.has_null && (!begun || has_null(encoder, shape->count, integers));
  *done = status == RF_OK;
  return status == RF_OK || status == RF_ERR_RANGE ? RF_OK : rf_fail(err, status, "%s", why.message);
}

rf_status rf_tile_encode_begun(const rf_tile_encoder *encoder, uint64_t tile, const rf_tile_shape *shape, void *values,
                               int32_t *integers, uint8_t *out, rf_encoded_tile *cell, rf_error *err) {
  bool done = false;
  *cell = (rf_encoded_tile){.form = RF_TILE_FORM_DATA};
  RF_TRY(encode_quantized(encoder, tile, shape, values, true, integers, out, cell, &done, err));
  return done ? RF_OK : encode_lossless(encoder, shape, values, out, cell, err);
}

rf_status rf_tile_encode_values(const rf_tile_encoder *encoder, uint64_t tile, const rf_tile_shape *shape,
                                const void *values, bool lossy, int32_t *integers, uint8_t *out, rf_encoded_tile *cell,
                                rf_error *err) {
  const rf_tiled_image *tiled_image = encoder->tiled_image;
  bool done = false;
  *cell = (rf_encoded_tile){.form = tiled_image->codec->type == RF_Z_NOCOMPRESS && tiled_image->columns.raw >= 0
                                        ? RF_TILE_FORM_RAW
                                        : RF_TILE_FORM_DATA};
  if (tiled_image->quantized) {
    if (lossy)
      RF_TRY(encode_quantized(encoder, tile, shape, (void *)values, false, integers, out, cell, &done, err));
    return done ? RF_OK : encode_lossless(encoder, shape, values, out, cell, err);
  }
  if (encoder->offset != 0) {
    widen(values, encoder->stored_bytes, shape->count, encoder->offset, integers);
    return encode_integers(encoder, shape, integers, 4, lossy, NULL, out, &cell->bytes, err);
  }
  return encode_integers(encoder, shape, values, encoder->stored_bytes, lossy, integers, out, &cell->bytes, err);
}
