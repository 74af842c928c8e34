/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public functions for single tiles in memory.
 */
#include <stdatomic.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "codec/codec.h"
#include "codec/deflate.h"
#include "codec/quantize/quantize.h"
#include "codec/shuffle.h"
#include "codec/zlib_gzip.h"

void rf_codec_tile_init(rf_codec_tile *tile) {
  memset(tile, 0, sizeof *tile);
  tile->size = sizeof *tile;
}

void rf_quantization_init(rf_quantization *quantization) {
  memset(quantization, 0, sizeof *quantization);
  quantization->size = sizeof *quantization;
}

/* ---- codecs ---- */

/* A tile that was checked. */
typedef struct checked {
  const rf_tile_codec *codec;
  rf_tile_params params;
  rf_tile_shape shape;
  size_t bound;
} checked;

static rf_status check_tile(const rf_codec_tile *tile, checked *is, rf_error *err) {
  if (tile == NULL || tile->size < sizeof *tile)
    return rf_fail(err, RF_ERR_ARGUMENT, "the tile is NULL, or rf_codec_tile_init() did not begin it");
  is->codec = rf_tile_codec_of(tile->type);
  if (is->codec == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "there is no codec with the number %d", (int)tile->type);
  unsigned width = tile->width;
  if (width != 1 && width != 2 && width != 4 && width != 8)
    return rf_fail(err, RF_ERR_ARGUMENT, "values of %u bytes do not exist", width);
  if ((is->codec->flags & RF_TILE_INTEGERS) != 0 && width == 8)
    return rf_fail(err, RF_ERR_ARGUMENT, "%s does not hold values of 8 bytes", is->codec->name);
  uint64_t count, room;
  if (!rf_mul_u64(tile->rows, tile->columns, &count) || !rf_mul_u64(count, 8, &room) || room > SIZE_MAX / 4)
    return rf_fail(err, RF_ERR_LIMIT, "a tile of %zu rows of %zu values is too large", tile->rows, tile->columns);
  is->params = (rf_tile_params){.blocksize = tile->blocksize != 0 ? tile->blocksize : 32,
                                .bytepix = tile->bytepix != 0 ? tile->bytepix : width,
                                .scale = tile->hcomp_scale,
                                .smooth = tile->hcomp_smooth,
                                .level = tile->level};
  is->shape = (rf_tile_shape){(size_t)count, tile->columns, tile->rows, width};
  if (!is->codec->bound(&is->params, &is->shape, &is->bound))
    return rf_fail(err, RF_ERR_LIMIT, "a tile of %zu rows of %zu values is too large", tile->rows, tile->columns);
  return RF_OK;
}

rf_status rf_codec_get_bound(const rf_codec_tile *tile, size_t *bytes, rf_error *err) {
  checked is;
  rf_error_clear(err);
  RF_TRY(check_tile(tile, &is, err));
  *bytes = is.bound;
  return RF_OK;
}

/* GZIP_1 and GZIP_2 by zlib. */
static rf_status encode_zlib(rf_codec_tile *tile, const rf_tile_shape *shape, rf_error *err) {
  size_t n = shape->count * shape->width;
  if (shape->width == 1)
    return rf_zlib_gzip(tile->in, n, tile->out, tile->out_bytes, &tile->used, err);
  uint8_t *ordered = rf_alloc(n > 0 ? n : 1);
  if (ordered == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "gzip: cannot allocate memory for a tile of %zu bytes", n);
  if (tile->type == RF_Z_GZIP_2)
    rf_shuffle_values(ordered, tile->in, shape->count, shape->width);
  else
    rf_swap_copy(ordered, tile->in, shape->count, shape->width);
  rf_status status = rf_zlib_gzip(ordered, n, tile->out, tile->out_bytes, &tile->used, err);
  rf_free(ordered);
  return status;
}

rf_status rf_codec_encode(rf_codec_tile *tile, rf_error *err) {
  checked is;
  rf_error_clear(err);
  RF_TRY(check_tile(tile, &is, err));
  if (tile->in == NULL || tile->out == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected values and room for the stream, found NULL");
  if (tile->out_bytes < is.bound)
    return rf_fail(err, RF_ERR_ARGUMENT, "the stream needs room for %zu bytes, found %zu", is.bound, tile->out_bytes);
  if (tile->zlib && (tile->type == RF_Z_GZIP_1 || tile->type == RF_Z_GZIP_2))
    return encode_zlib(tile, &is.shape, err);
  return is.codec->encode(&is.params, &is.shape, tile->in, tile->out, &tile->used, err);
}

rf_status rf_codec_decode(rf_codec_tile *tile, rf_error *err) {
  checked is;
  rf_error_clear(err);
  RF_TRY(check_tile(tile, &is, err));
  if ((tile->in == NULL && tile->in_bytes > 0) || tile->out == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a stream and room for the values, found NULL");
  return is.codec->decode(&is.params, &is.shape, tile->in, tile->in_bytes, tile->out, &tile->width, err);
}

/* ---- quantizing ---- */

/* Returns the random sequence, which the first caller computes. It stays for the life of the process. */
static const float *random_sequence(void) {
  static _Atomic(float *) kept;
  float *random = atomic_load(&kept);
  if (random != NULL)
    return random;
  random = rf_alloc(RF_DITHER_VALUES * sizeof *random);
  if (random == NULL)
    return NULL;
  rf_dither_fill(random);
  float *other = NULL;
  if (!atomic_compare_exchange_strong(&kept, &other, random)) {
    rf_free(random);
    random = other;
  }
  return random;
}

static rf_status check_quantization(const rf_quantization *q, rf_quantum *quantum, rf_error *err) {
  if (q == NULL || q->size < sizeof *q)
    return rf_fail(err, RF_ERR_ARGUMENT, "the quantization is NULL, or rf_quantization_init() did not begin it");
  if (q->dtype != RF_F32 && q->dtype != RF_F64)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected RF_F32 or RF_F64, found type %d", (int)q->dtype);
  if (q->dither < RF_DITHER_NONE || q->dither > RF_DITHER_2)
    return rf_fail(err, RF_ERR_ARGUMENT, "there is no dithering method %d", (int)q->dither);
  if (q->dither != RF_DITHER_NONE && (q->seed < 1 || q->seed > RF_DITHER_VALUES))
    return rf_fail(err, RF_ERR_ARGUMENT, "the seed %d is not within 1 to %d", q->seed, RF_DITHER_VALUES);
  uint64_t count;
  if (!rf_mul_u64(q->rows, q->columns, &count) || count > SIZE_MAX / 8)
    return rf_fail(err, RF_ERR_ARGUMENT, "a tile of %zu rows of %zu values is too large", q->rows, q->columns);
  *quantum = (rf_quantum){.scale = q->scale,
                          .zero = q->zero,
                          .dither = q->dither,
                          .seed = q->seed,
                          .tile = q->tile,
                          .has_null = q->has_null != 0,
                          .null = q->null};
  if (q->dither != RF_DITHER_NONE && (quantum->random = random_sequence()) == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "dithering: no memory");
  return RF_OK;
}

rf_status rf_codec_quantize(rf_quantization *quantization, const void *reals, int32_t *integers, rf_error *err) {
  rf_quantum quantum;
  bool done = false;
  rf_error_clear(err);
  RF_TRY(check_quantization(quantization, &quantum, err));
  if (reals == NULL || integers == NULL || !(quantization->level > 0 || quantization->level < 0))
    return rf_fail(err, RF_ERR_ARGUMENT, "expected reals, room for integers, and a level that is not 0");
  rf_quantization *q = quantization;
  if (q->dtype == RF_F32)
    RF_TRY(rf_quantize_f32(&quantum, q->level, reals, q->rows, q->columns, integers, &done, err));
  else
    RF_TRY(rf_quantize_f64(&quantum, q->level, reals, q->rows, q->columns, integers, &done, err));
  q->done = done;
  q->scale = quantum.scale;
  q->zero = quantum.zero;
  q->has_null = quantum.has_null;
  q->null = quantum.null;
  return RF_OK;
}

rf_status rf_codec_dequantize(const rf_quantization *quantization, const int32_t *integers, void *reals,
                              rf_error *err) {
  rf_quantum quantum;
  rf_error_clear(err);
  RF_TRY(check_quantization(quantization, &quantum, err));
  if (reals == NULL || integers == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected integers and room for reals, found NULL");
  size_t count = quantization->rows * quantization->columns;
  if (quantization->dtype == RF_F32)
    rf_dequantize_f32(&quantum, integers, count, reals);
  else
    rf_dequantize_f64(&quantum, integers, count, reals);
  return RF_OK;
}

rf_status rf_codec_get_noise(const int32_t *integers, size_t rows, size_t columns, double *noise, rf_error *err) {
  uint64_t count;
  rf_error_clear(err);
  if (integers == NULL || noise == NULL || !rf_mul_u64(rows, columns, &count) || count > SIZE_MAX / 8)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected integers and a place for the noise");
  return rf_noise_i32(integers, rows, columns, noise, err);
}

/* ---- threads ---- */

unsigned rf_threads_for(unsigned wanted, size_t count, uint64_t bytes) {
  return rf_worth_threads(wanted, count, bytes);
}

rf_status rf_parts_run(unsigned threads, size_t count, rf_part_function function, void *user, rf_error *err) {
  rf_error_clear(err);
  if (function == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a function, found NULL");
  return rf_parallel(threads > 0 ? threads : 1, count, function, user, err);
}
