/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Encoding a tile by the codecs of the core.
 */
#include "tiled/writing/encode.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "convert/convert.h"

/* request_quantize_level of images that are not quantized */
#define NOT_QUANTIZED 9999.0F

/* ---- which values an image takes ---- */

/* An image takes values of its own type. Reals also go to integers of 32 bits. */
static bool is_taken(const FITSfile *file, int datatype) {
  double zero = file->cn_actual_bzero;
  switch (datatype) {
  case TBYTE:
    return file->zbitpix == BYTE_IMG && zero == 0.0;
  case TSBYTE:
    return file->zbitpix == BYTE_IMG && zero == -128.0;
  case TSHORT:
    return file->zbitpix == SHORT_IMG && zero == 0.0;
  case TUSHORT:
    return file->zbitpix == SHORT_IMG && zero == 32768.0;
  case TINT:
    return file->zbitpix == LONG_IMG && zero == 0.0;
  case TUINT:
    return file->zbitpix == LONG_IMG && zero == 2147483648.0;
  case TFLOAT:
  case TDOUBLE:
    return file->zbitpix < 0 || (file->zbitpix == LONG_IMG && zero == 0.0);
  default:
    return false;
  }
}

static bool is_stored(const FITSfile *file, int datatype) {
  int stored = file->zbitpix == BYTE_IMG    ? TBYTE
               : file->zbitpix == SHORT_IMG ? TSHORT
               : file->zbitpix == LONG_IMG  ? TINT
               : file->zbitpix == FLOAT_IMG ? TFLOAT
                                            : TDOUBLE;
  return datatype == stored && (file->zbitpix != LONGLONG_IMG);
}

static double level_of(const FITSfile *file, int method) {
  const float levels[] = {file->quantize_level, file->request_quantize_level};
  for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
    if (levels[i] != 0.0F && isfinite(levels[i]) && levels[i] != NOT_QUANTIZED)
      return (double)levels[i];
  return method == NO_DITHER ? 16.0 : 4.0;
}

/* Sets the largest size of a tile in any form. */
static int find_bound(cf_encoder *encoder, int *status) {
  rf_codec_tile tile;
  rf_error err;
  size_t bytes = 0;
  bool reals = encoder->file->zbitpix < 0;
  rf_codec_tile_init(&tile);
  tile.rows = 1;
  tile.columns = (size_t)encoder->grid.pixels;
  tile.type = encoder->type;
  tile.width = encoder->file->zbitpix == BYTE_IMG ? 1 : encoder->file->zbitpix == SHORT_IMG ? 2 : 4;
  if (tile.type == RF_Z_PLIO_1)
    tile.width = 4;
  if (tile.type == RF_Z_HCOMPRESS_1 && encoder->grid.naxis > 1) {
    tile.columns = (size_t)encoder->grid.tile[0];
    tile.rows = (size_t)(encoder->grid.pixels / encoder->grid.tile[0]);
  }
  if (encoder->file->rice_blocksize > 0)
    tile.blocksize = (unsigned)encoder->file->rice_blocksize;
  if (rf_codec_get_bound(&tile, &encoder->bound, &err) != RF_OK)
    return cf_fail_core(status, DATA_COMPRESSION_ERR, &err);
  tile.type = RF_Z_GZIP_1;
  tile.width = 8;
  if (reals && rf_codec_get_bound(&tile, &bytes, &err) != RF_OK)
    return cf_fail_core(status, DATA_COMPRESSION_ERR, &err);
  if (bytes > encoder->bound)
    encoder->bound = bytes;
  return *status;
}

int cf_encoder_init(cf_encoder *encoder, const FITSfile *file, int datatype, bool raw, int nullcheck,
                    const void *nulval, int *status) {
  memset(encoder, 0, sizeof *encoder);
  if (datatype == TLONG || datatype == TULONG)
    return cf_fail(status, BAD_DATATYPE, "values of type long do not go to compressed images");
  if (!(raw ? is_stored(file, datatype) : is_taken(file, datatype)))
    return cf_fail(status, DATA_COMPRESSION_ERR, "a compressed image with ZBITPIX = %d does not take type %d",
                   file->zbitpix, datatype);
  encoder->file = file;
  encoder->datatype = datatype;
  encoder->size = cf_size_of(datatype);
  encoder->nullcheck = nullcheck;
  encoder->nulval = nulval;
  encoder->type = cf_codec_of(file->compress_type);
  if (encoder->type == RF_Z_NOCOMPRESS && (file->zbitpix == BYTE_IMG || file->zbitpix == DOUBLE_IMG))
    return cf_fail(status, DATA_COMPRESSION_ERR, "tiles with ZBITPIX = %d are not stored uncompressed", file->zbitpix);
  if (encoder->type == RF_Z_AUTO)
    return cf_fail(status, DATA_COMPRESSION_ERR, "this library does not write algorithm %d", file->compress_type);
  encoder->lossless = file->zbitpix < 0 && (file->cn_zscale == 0 || file->request_quantize_level == NOT_QUANTIZED);
  if (encoder->lossless && encoder->type != RF_Z_GZIP_1 && encoder->type != RF_Z_GZIP_2 &&
      encoder->type != RF_Z_NOCOMPRESS)
    return cf_fail(status, DATA_COMPRESSION_ERR, "reals that are not quantized need GZIP_1 or GZIP_2");
  encoder->level = level_of(file, file->quantize_method);
  encoder->dither = file->quantize_method == SUBTRACTIVE_DITHER_1   ? RF_DITHER_1
                    : file->quantize_method == SUBTRACTIVE_DITHER_2 ? RF_DITHER_2
                                                                    : RF_DITHER_NONE;
  return cf_grid_init(&encoder->grid, file, status) > 0 ? *status : find_bound(encoder, status);
}

int cf_seed_of(const void *values, size_t bytes) {
  const unsigned char *at = values;
  uint64_t sum = 0;
  for (size_t i = 0; i < bytes; i++)
    sum += at[i];
  return (int)(sum % 10000) + 1;
}

/* ---- codecs ---- */

static rf_status run_codec(const cf_encoder *encoder, rf_zcmptype type, LONGLONG number, const void *values,
                           unsigned width, int scale, unsigned char *out, size_t *used, rf_error *err) {
  const FITSfile *file = encoder->file;
  rf_codec_tile tile;
  cf_box box;
  rf_codec_tile_init(&tile);
  cf_grid_box(&encoder->grid, number, &box);
  cf_box_shape(&encoder->grid, &box, &tile.rows, &tile.columns);
  tile.type = type;
  tile.width = width;
  tile.blocksize = file->rice_blocksize > 0 ? (unsigned)file->rice_blocksize : 0;
  tile.bytepix = file->rice_bytepix > 0 ? (unsigned)file->rice_bytepix : 0;
  tile.hcomp_scale = scale;
  tile.zlib = 1;
  tile.in = values;
  tile.out = out;
  tile.out_bytes = encoder->bound;
  rf_status status = rf_codec_encode(&tile, err);
  *used = tile.used;
  return status;
}

static void widen(const void *values, unsigned width, size_t n, int offset, int32_t *out) {
  const unsigned char *bytes = values;
  const int16_t *halves = values;
  const int32_t *whole = values;
  for (size_t i = 0; i < n; i++)
    out[i] = (width == 1 ? bytes[i] : width == 2 ? halves[i] : whole[i]) + (width < 4 ? offset : 0);
}

/* Gets the divisor of HCOMPRESS_1: in units of the noise, or absolute. */
static rf_status divisor(const cf_encoder *encoder, LONGLONG number, const int32_t *integers, int *scale,
                         rf_error *err) {
  float wanted = encoder->file->hcomp_scale;
  size_t rows, columns;
  double noise = 0;
  cf_box box;
  *scale = 0;
  cf_grid_box(&encoder->grid, number, &box);
  cf_box_shape(&encoder->grid, &box, &rows, &columns);
  if (wanted > 0) {
    rf_status status = rf_codec_get_noise(integers, rows, columns, &noise, err);
    if (status != RF_OK)
      return status;
    wanted = (float)((double)wanted * noise);
  }
  double whole = fabs((double)wanted) + 0.5;
  *scale = whole < (double)INT32_MAX ? (int)whole : INT32_MAX;
  return RF_OK;
}

/* Encodes n integers. `wide` has room for n of 32 bits. */
static rf_status encode_integers(const cf_encoder *encoder, LONGLONG number, const void *values, unsigned width,
                                 size_t n, int32_t *wide, unsigned char *out, size_t *used, rf_error *err) {
  int scale = 0;
  if (encoder->type == RF_Z_PLIO_1 && width < 4) {
    widen(values, width, n, encoder->file->cn_actual_bzero == 32768.0 ? 32768 : 0, wide);
    return run_codec(encoder, encoder->type, number, wide, 4, 0, out, used, err);
  }
  if (encoder->type == RF_Z_HCOMPRESS_1 && encoder->file->hcomp_scale != 0.0F) {
    const int32_t *integers = values;
    if (width < 4) {
      widen(values, width, n, 0, wide);
      integers = wide;
    }
    rf_status status = divisor(encoder, number, integers, &scale, err);
    if (status != RF_OK)
      return status;
  }
  return run_codec(encoder, encoder->type, number, values, width, scale, out, used, err);
}

/* ---- integers ---- */

/* Values to stored ones: unsigned and signed types differ in the highest bit; null values become ZBLANK. */
#define STORE(name, type, flip)                                                                                        \
  static void name(const cf_encoder *encoder, const void *values, size_t n, void *out) {                               \
    const type *in = values;                                                                                           \
    type *to = out, null = 0;                                                                                          \
    bool check = encoder->nullcheck == 1 && encoder->file->cn_zblank != 0;                                             \
    if (check)                                                                                                         \
      memcpy(&null, encoder->nulval, sizeof null);                                                                     \
    for (size_t i = 0; i < n; i++)                                                                                     \
      to[i] = check && in[i] == null ? (type)encoder->file->zblank : (type)(in[i] ^ (type)(flip));                     \
  }

STORE(store_8, uint8_t, 0)
STORE(store_8_flipped, uint8_t, 0x80)
STORE(store_16, uint16_t, 0)
STORE(store_16_flipped, uint16_t, 0x8000)
STORE(store_32, uint32_t, 0)
STORE(store_32_flipped, uint32_t, 0x80000000)

/* Reals for an image of integers are rounded. */
static void store_reals(const cf_encoder *encoder, const void *values, size_t n, int32_t *out) {
  const float *narrow = values;
  const double *wide = values;
  bool check = encoder->nullcheck == 1 && encoder->nulval != NULL, is_float = encoder->datatype == TFLOAT;
  double null = !check ? 0.0 : is_float ? (double)*(const float *)encoder->nulval : *(const double *)encoder->nulval;
  for (size_t i = 0; i < n; i++) {
    double value = is_float ? (double)narrow[i] : wide[i];
    if (isnan(value) || (check && value == null)) {
      out[i] = encoder->file->cn_zblank != 0 ? encoder->file->zblank : 0;
    } else {
      double rounded = value >= 0.0 ? value + 0.5 : value - 0.5;
      out[i] = rounded >= 2147483648.0 ? INT32_MAX : rounded <= -2147483649.0 ? INT32_MIN : (int32_t)rounded;
    }
  }
}

static rf_status encode_stored(const cf_encoder *encoder, LONGLONG number, const void *values, size_t n, void *scratch,
                               unsigned char *out, cf_encoded *tile, rf_error *err) {
  unsigned width = encoder->file->zbitpix == BYTE_IMG ? 1 : encoder->file->zbitpix == SHORT_IMG ? 2 : 4;
  switch (encoder->datatype) {
  case TBYTE:
    store_8(encoder, values, n, scratch);
    break;
  case TSBYTE:
    store_8_flipped(encoder, values, n, scratch);
    break;
  case TSHORT:
    store_16(encoder, values, n, scratch);
    break;
  case TUSHORT:
    store_16_flipped(encoder, values, n, scratch);
    break;
  case TUINT:
    store_32_flipped(encoder, values, n, scratch);
    break;
  case TINT:
    store_32(encoder, values, n, scratch);
    break;
  default:
    store_reals(encoder, values, n, scratch);
    break;
  }
  tile->form = encoder->type == RF_Z_NOCOMPRESS ? CF_CELL_RAW : CF_CELL_COMPRESSED;
  return encode_integers(encoder, number, scratch, width, n, (int32_t *)scratch + n, out, &tile->bytes, err);
}

/* ---- reals ---- */

/* Copies reals. Null values become NaN: for quantizing any, in files one of ones only. */
static void take_floats(const cf_encoder *encoder, const void *values, size_t n, float *out) {
  const float *in = values;
  const uint32_t ones = UINT32_MAX;
  float null = 0;
  memcpy(out, in, n * sizeof *out);
  if (encoder->nullcheck != 1)
    return;
  memcpy(&null, encoder->nulval, sizeof null);
  for (size_t i = 0; i < n; i++)
    if (in[i] == null)
      memcpy(&out[i], &ones, sizeof ones);
}

static void take_doubles(const cf_encoder *encoder, const void *values, size_t n, double *out) {
  const double *in = values;
  const uint64_t ones = UINT64_MAX;
  double null = 0;
  memcpy(out, in, n * sizeof *out);
  if (encoder->nullcheck != 1)
    return;
  memcpy(&null, encoder->nulval, sizeof null);
  for (size_t i = 0; i < n; i++)
    if (in[i] == null)
      memcpy(&out[i], &ones, sizeof ones);
}

/* Stores reals as they are, in the width of the image. */
static rf_status encode_lossless(const cf_encoder *encoder, LONGLONG number, void *reals, size_t n, unsigned char *out,
                                 cf_encoded *tile, rf_error *err) {
  bool is_float = encoder->datatype == TFLOAT, narrow = encoder->file->zbitpix == FLOAT_IMG;
  unsigned width = narrow ? 4 : 8;
  float *floats = reals;
  double *doubles = reals;
  if (narrow && !is_float)
    for (size_t i = 0; i < n; i++)
      floats[i] = (float)doubles[i];
  else if (!narrow && is_float)
    for (size_t i = n; i-- > 0;)
      doubles[i] = (double)floats[i];
  bool plain = encoder->type == RF_Z_NOCOMPRESS;
  tile->form = plain ? CF_CELL_RAW : encoder->lossless ? CF_CELL_COMPRESSED : CF_CELL_GZIP;
  rf_zcmptype type = encoder->lossless || plain ? encoder->type : RF_Z_GZIP_1;
  return run_codec(encoder, type, number, reals, width, 0, out, &tile->bytes, err);
}

static rf_status encode_reals(const cf_encoder *encoder, LONGLONG number, const void *values, size_t n, void *scratch,
                              unsigned char *out, cf_encoded *tile, rf_error *err) {
  rf_quantization q;
  cf_box box;
  if (encoder->datatype == TFLOAT)
    take_floats(encoder, values, n, scratch);
  else
    take_doubles(encoder, values, n, scratch);
  if (encoder->lossless || encoder->type == RF_Z_NOCOMPRESS)
    return encode_lossless(encoder, number, scratch, n, out, tile, err);
  int seed = encoder->file->dither_seed;
  rf_quantization_init(&q);
  q.dtype = encoder->datatype == TFLOAT ? RF_F32 : RF_F64;
  cf_grid_box(&encoder->grid, number, &box);
  cf_box_shape(&encoder->grid, &box, &q.rows, &q.columns);
  q.level = encoder->level;
  q.dither = encoder->dither;
  q.seed = seed >= 1 && seed <= 10000 ? seed : 1;
  q.tile = (uint64_t)number;
  int32_t *integers = (int32_t *)scratch + 2 * n;
  rf_status status = rf_codec_quantize(&q, scratch, integers, err);
  if (status != RF_OK)
    return status;
  /* Where ZBLANK is 0, the program has no ZBLANK in its header: null pixels stay NaN. */
  bool homeless = q.has_null && encoder->file->cn_zblank != 0 && encoder->file->zblank == 0;
  if (!q.done || (homeless && encoder->file->cn_gzip_data > 0))
    return encode_lossless(encoder, number, scratch, n, out, tile, err);
  tile->form = CF_CELL_COMPRESSED;
  tile->scale = q.scale;
  tile->zero = q.zero;
  tile->nulls = q.has_null != 0;
  if (tile->nulls && encoder->file->cn_zblank != 0 && encoder->file->zblank != 0 && encoder->file->zblank != q.null)
    for (size_t i = 0; i < n; i++)
      integers[i] = integers[i] == q.null ? encoder->file->zblank : integers[i];
  return encode_integers(encoder, number, integers, 4, n, NULL, out, &tile->bytes, err);
}

rf_status cf_encode(const cf_encoder *encoder, LONGLONG number, const void *values, void *scratch, unsigned char *out,
                    cf_encoded *tile, rf_error *err) {
  cf_box box;
  *tile = (cf_encoded){.form = CF_CELL_COMPRESSED};
  cf_grid_box(&encoder->grid, number, &box);
  size_t n = (size_t)cf_box_pixels(&encoder->grid, &box);
  if (encoder->file->zbitpix > 0)
    return encode_stored(encoder, number, values, n, scratch, out, tile, err);
  return encode_reals(encoder, number, values, n, scratch, out, tile, err);
}
