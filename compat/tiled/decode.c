/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decoding a tile by the codecs of the core.
 */
#include "tiled/decode.h"

#include <stdint.h>
#include <string.h>

rf_zcmptype cf_codec_of(int compress_type) {
  switch (compress_type) {
  case RICE_1:
    return RF_Z_RICE_1;
  case GZIP_1:
    return RF_Z_GZIP_1;
  case GZIP_2:
    return RF_Z_GZIP_2;
  case PLIO_1:
    return RF_Z_PLIO_1;
  case HCOMPRESS_1:
    return RF_Z_HCOMPRESS_1;
  case NOCOMPRESS:
    return RF_Z_NOCOMPRESS;
  default:
    return RF_Z_AUTO;
  }
}

int cf_decoder_init(cf_decoder *decoder, const FITSfile *file, int wanted, int *status) {
  decoder->file = file;
  decoder->type = cf_codec_of(file->compress_type);
  decoder->dither = file->quantize_method == SUBTRACTIVE_DITHER_1   ? RF_DITHER_1
                    : file->quantize_method == SUBTRACTIVE_DITHER_2 ? RF_DITHER_2
                                                                    : RF_DITHER_NONE;
  decoder->no_nulls = false;
  decoder->reals = wanted == TFLOAT ? CF_REALS_FLOAT : wanted == TDOUBLE ? CF_REALS_DOUBLE : CF_REALS_INTEGER;
  return cf_grid_init(&decoder->grid, file, status);
}

/* Says what decoded values of `width` bytes are. */
static void describe(const cf_decoder *decoder, const cf_cell *cell, unsigned width, cf_pixels *pixels) {
  bool reals = decoder->file->zbitpix < 0 && !cell->quantized;
  pixels->width = width;
  pixels->stored = reals && width == 4   ? TFLOAT
                   : reals && width == 8 ? TDOUBLE
                   : width == 1          ? TBYTE
                   : width == 2          ? TSHORT
                   : width == 4          ? TLONG
                                         : TLONGLONG;
  pixels->has_null = cell->has_null && !reals;
  pixels->null = cell->null;
  if (cell->quantized) {
    pixels->scale = cell->scale;
    pixels->zero = cell->zero;
  } else {
    pixels->scale = decoder->file->cn_bscale;
    pixels->zero = decoder->file->cn_bzero;
  }
}

/* Makes integers of any width 32 bits wide. */
static void widen(void *values, unsigned width, size_t count) {
  unsigned char *bytes = values;
  int32_t *wide = values;
  for (size_t i = count; i-- > 0;) {
    int16_t half;
    if (width == 1) {
      wide[i] = bytes[i];
    } else {
      memcpy(&half, bytes + 2 * i, sizeof half);
      wide[i] = half;
    }
  }
}

/* Turns quantized integers into reals. */
static rf_status dequantize(const cf_decoder *decoder, LONGLONG number, size_t rows, size_t columns, void *values,
                            cf_pixels *pixels, rf_error *err) {
  rf_quantization q;
  bool wide = decoder->reals == CF_REALS_DOUBLE;
  size_t count = rows * columns;
  int seed = decoder->file->dither_seed;
  if (pixels->width < 4)
    widen(values, (unsigned)pixels->width, count);
  rf_quantization_init(&q);
  q.dtype = wide ? RF_F64 : RF_F32;
  q.rows = rows;
  q.columns = columns;
  q.dither = decoder->dither;
  q.seed = seed >= 1 && seed <= 10000 ? seed : 1;
  q.tile = (uint64_t)number;
  q.scale = pixels->scale;
  q.zero = pixels->zero;
  q.has_null = pixels->has_null && !decoder->no_nulls;
  q.null = (int32_t)pixels->null;
  /* Doubles are made from integers in the upper half of the memory, from its begin on: they never meet. */
  int32_t *integers = values;
  if (wide) {
    integers += count;
    memcpy(integers, values, count * sizeof *integers);
  }
  rf_status status = rf_codec_dequantize(&q, integers, values, err);
  *pixels = (cf_pixels){.stored = wide ? TDOUBLE : TFLOAT, .width = wide ? 8 : 4, .scale = 1.0};
  return status;
}

rf_status cf_decode(const cf_decoder *decoder, LONGLONG number, const cf_cell *cell, const unsigned char *bytes,
                    void *values, cf_pixels *pixels, rf_error *err) {
  const FITSfile *file = decoder->file;
  rf_codec_tile tile;
  cf_box box;
  rf_codec_tile_init(&tile);
  cf_grid_box(&decoder->grid, number, &box);
  cf_box_shape(&decoder->grid, &box, &tile.rows, &tile.columns);
  unsigned width = (unsigned)(file->zbitpix < 0 ? -file->zbitpix : file->zbitpix) / 8;
  tile.type = cell->form == CF_CELL_COMPRESSED ? decoder->type
              : cell->form == CF_CELL_GZIP     ? RF_Z_GZIP_1
                                               : RF_Z_NOCOMPRESS;
  tile.width = cell->quantized || (tile.type != RF_Z_GZIP_1 && tile.type != RF_Z_GZIP_2 && width > 4) ? 4 : width;
  if (tile.type == RF_Z_NOCOMPRESS && !cell->quantized)
    tile.width = width;
  tile.blocksize = file->rice_blocksize > 0 ? (unsigned)file->rice_blocksize : 0;
  tile.bytepix = file->rice_bytepix > 0 ? (unsigned)file->rice_bytepix : 0;
  tile.hcomp_smooth = file->hcomp_smooth;
  tile.in = bytes;
  tile.in_bytes = (size_t)cell->bytes;
  tile.out = values;
  rf_status status = rf_codec_decode(&tile, err);
  if (status != RF_OK)
    return status;
  /* PLIO_1 holds unsigned 16-bit values as they are, and not as they are stored. */
  if (tile.type == RF_Z_PLIO_1 && file->zbitpix == SHORT_IMG && file->cn_actual_bzero == 32768.0)
    for (size_t i = 0; i < tile.rows * tile.columns; i++)
      ((int32_t *)values)[i] -= 32768;
  describe(decoder, cell, tile.width, pixels);
  if (cell->quantized && decoder->reals != CF_REALS_INTEGER && tile.width <= 4)
    status = dequantize(decoder, number, tile.rows, tile.columns, values, pixels, err);
  return status;
}
