/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decodes one tile: from the bytes in its cell to the stored values of the image (FITS 10.1.3, 10.2).
 */
#include "tiled/image/tile.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "codec/codec.h"
#include "codec/quantize/quantize.h"
#include "file/hdu.h"
#include "tiled/image/image.h"
#include "tiled/image/rows.h"
#include "value/convert.h"
#include "value/dtype.h"

/* Values that pass through the stack at a time. */
#define BLOCK 512

/* ---- sizes ---- */

static rf_tile_shape shape_of(const rf_tiled_image *tiled_image, uint64_t tile, unsigned width) {
  rf_tile_shape shape = {1, 1, 1, width};
  for (int i = 0; i < tiled_image->image.naxis; i++) {
    uint64_t place = tile % tiled_image->counts[i], left = tiled_image->image.axes[i] - place * tiled_image->tile[i];
    size_t length = (size_t)(left < tiled_image->tile[i] ? left : tiled_image->tile[i]);
    tile /= tiled_image->counts[i];
    if (shape.columns == 1)
      shape.columns = length;
    shape.count *= length;
  }
  shape.rows = shape.columns > 0 ? shape.count / shape.columns : 0;
  return shape;
}

/* Returns the largest number of elements that a stream of `bytes` bytes can hold. HCOMPRESS_1 has no such number: an
 * empty tile of any size takes a few bytes. */
static uint64_t max_elements(const rf_tiled_image *tiled_image, const rf_tile_row *row) {
  const rf_tile_params *params = &tiled_image->params;
  rf_zcmptype type = row->form == RF_TILE_FORM_GZIP  ? RF_Z_GZIP_1
                     : row->form == RF_TILE_FORM_RAW ? RF_Z_NOCOMPRESS
                                                     : tiled_image->codec->type;
  uint64_t factor = UINT64_MAX;
  switch (type) {
  case RF_Z_RICE_1: /* 3 bits a block at least */
    factor = (uint64_t)params->blocksize * 3;
    break;
  case RF_Z_GZIP_1: /* deflate encodes at most 258 bytes in 2 bits */
  case RF_Z_GZIP_2:
    factor = 1032;
    break;
  case RF_Z_PLIO_1: /* 4095 in a word of 2 bytes */
    factor = 4096;
    break;
  case RF_Z_NOCOMPRESS:
    factor = 1;
    break;
  default:
    break;
  }
  return row->bytes > UINT64_MAX / factor ? UINT64_MAX : row->bytes * factor;
}

static const rf_tile_codec *codec_of(const rf_tiled_image *tiled_image, const rf_tile_row *row) {
  return row->form == RF_TILE_FORM_DATA   ? tiled_image->codec
         : row->form == RF_TILE_FORM_GZIP ? &rf_tile_gzip_1
                                          : &rf_tile_nocompress;
}

uint64_t rf_tiled_image_peak(const rf_tiled_image *tiled_image, uint64_t tile, const rf_tile_row *row) {
  unsigned stored = (unsigned)rf_pixel_bytes(rf_convert_stored_type(tiled_image->image.bitpix));
  rf_tile_shape shape = shape_of(tiled_image, tile, stored);
  uint64_t bytes = (uint64_t)shape.count * stored; /* there are fewer than SIZE_MAX / 16 pixels */
  if (row->form == RF_TILE_FORM_EMPTY)
    return bytes;
  const rf_tile_codec *codec = codec_of(tiled_image, row);
  uint64_t more = rf_tiled_image_room(tiled_image, row, shape.count),
           scratch = codec->scratch ? codec->scratch(&shape) : 0;
  return rf_add_u64(bytes, more, &bytes) && rf_add_u64(bytes, scratch, &bytes) ? bytes : UINT64_MAX;
}

rf_status rf_tiled_image_check_size(const rf_tiled_image *tiled_image, uint64_t tile, const rf_tile_row *row,
                                    uint64_t wanted, uint64_t limit, rf_error *err) {
  size_t count = shape_of(tiled_image, tile, 1).count;
  uint64_t bytes = (uint64_t)count * rf_pixel_bytes(rf_convert_stored_type(tiled_image->image.bitpix));
  uint64_t peak = rf_tiled_image_peak(tiled_image, tile, row);
  rf_status status = RF_OK;
  if (row->form != RF_TILE_FORM_EMPTY && max_elements(tiled_image, row) < count)
    status = rf_fail(err, RF_ERR_CODEC, "%" PRIu64 " bytes cannot hold the %zu pixels of the tile", row->bytes, count);
  else if (bytes > wanted && peak > limit)
    status = rf_fail(err, RF_ERR_LIMIT,
                     "the tile has %" PRIu64 " bytes, of which %" PRIu64 " are read, and decoding it takes %" PRIu64
                     " bytes of memory, which is more than the limit of %" PRIu64
                     " (rf_limits.tile_bytes, from Python max_tile_bytes)",
                     bytes, wanted, peak, limit);
  return status == RF_OK ? RF_OK : rf_tiled_image_add_context(tiled_image, tile, err, status);
}

/* ---- integers ---- */

static bool load_integers(int64_t *out, const uint8_t *in, unsigned width, size_t count) {
  switch (width) {
  case 1:
    for (size_t i = 0; i < count; i++)
      out[i] = in[i];
    return true;
  case 2:
    for (size_t i = 0; i < count; i++) {
      int16_t value;
      memcpy(&value, in + i * sizeof value, sizeof value);
      out[i] = value;
    }
    return true;
  case 4:
    for (size_t i = 0; i < count; i++) {
      int32_t value;
      memcpy(&value, in + i * sizeof value, sizeof value);
      out[i] = value;
    }
    return true;
  case 8:
    memcpy(out, in, count * sizeof *out);
    return true;
  default:
    return false;
  }
}

static void store_integers(uint8_t *out, const int64_t *in, unsigned width, size_t count) {
  switch (width) {
  case 1:
    for (size_t i = 0; i < count; i++)
      out[i] = (uint8_t)in[i];
    break;
  case 2:
    for (size_t i = 0; i < count; i++) {
      int16_t value = (int16_t)in[i];
      memcpy(out + i * sizeof value, &value, sizeof value);
    }
    break;
  case 4:
    for (size_t i = 0; i < count; i++) {
      int32_t value = (int32_t)in[i];
      memcpy(out + i * sizeof value, &value, sizeof value);
    }
    break;
  default:
    memcpy(out, in, count * sizeof *in);
    break;
  }
}

/* How integers of a stream are converted to those of the image. */
typedef struct narrowing {
  unsigned from; /* width in the stream */
  unsigned to;
  int64_t low; /* range of the stored type */
  int64_t high;
  int64_t offset;
  bool clip;   /* lossy codecs exceed the range */
  bool scaled; /* ZSCALE and ZZERO of integers */
  double scale;
  double zero;
  bool has_null; /* ZBLANK of the tile, where it is not the BLANK of the image */
  int64_t null;
  int64_t blank;
  atomic_bool *blank_met; /* NULL, or set when a defined pixel is `blank` */
} narrowing;

/* As cfitsio does: truncated, not rounded. */
static int64_t scale_integer(const narrowing *n, int64_t value) {
  double x = (double)value * n->scale + n->zero;
  if (!(x > -9.2e18))
    return INT64_MIN;
  return x < 9.2e18 ? (int64_t)x : INT64_MAX;
}

static void change_block(const narrowing *n, int64_t *values, size_t count) {
  for (size_t i = 0; n->blank_met != NULL && i < count; i++)
    if (values[i] == n->blank)
      atomic_store(n->blank_met, true);
  for (size_t i = 0; i < count; i++)
    if (n->has_null && values[i] == n->null)
      values[i] = n->blank;
    else if (n->scaled)
      values[i] = scale_integer(n, values[i]);
    else
      values[i] += n->offset;
}

static bool in_range(const narrowing *n, const int64_t *values, size_t count) {
  bool beyond = false;
  for (size_t i = 0; i < count; i++)
    beyond |= (values[i] < n->low) | (values[i] > n->high);
  return !beyond;
}

static rf_status refuse(const narrowing *n, const int64_t *values, size_t first, rf_error *err) {
  size_t i = 0;
  while (values[i] >= n->low && values[i] <= n->high)
    i++;
  return rf_fail(err, RF_ERR_CODEC, "pixel %zu is %" PRId64 ", outside the range of %u bits", first + i, values[i],
                 8 * n->to);
}

static rf_status narrow(const narrowing *n, uint8_t *out, const uint8_t *in, size_t count, rf_error *err) {
  int64_t values[BLOCK];
  bool change = n->blank_met != NULL || n->has_null || n->scaled || n->offset != 0;
  if (n->from == n->to && !change) {
    if (out != in)
      memcpy(out, in, count * n->to);
    return RF_OK;
  }
  for (size_t done = 0; done < count; done += BLOCK) {
    size_t part = count - done < BLOCK ? count - done : BLOCK;
    (void)load_integers(values, in + done * n->from, n->from, part); /* the width was checked */
    if (change)
      change_block(n, values, part);
    if (!in_range(n, values, part)) {
      if (!n->clip)
        return refuse(n, values, done, err);
      for (size_t i = 0; i < part; i++)
        values[i] = values[i] < n->low ? n->low : values[i] > n->high ? n->high : values[i];
    }
    store_integers(out + done * n->to, values, n->to, part);
  }
  return RF_OK;
}

static narrowing narrowing_of(const rf_tiled_image *tiled_image, const rf_tile_row *row, unsigned width) {
  const rf_hdu *image = &tiled_image->image;
  narrowing n = {.from = width, .to = (unsigned)image->bitpix / 8};
  n.low = n.to == 1 ? 0 : n.to == 2 ? INT16_MIN : n.to == 4 ? INT32_MIN : INT64_MIN;
  n.high = n.to == 1 ? UINT8_MAX : n.to == 2 ? INT16_MAX : n.to == 4 ? INT32_MAX : INT64_MAX;
  n.clip = row->form == RF_TILE_FORM_DATA && tiled_image->codec->type == RF_Z_HCOMPRESS_1;
  /* PLIO_1 has no negative numbers, so writers store unsigned 16-bit images with BZERO added. */
  if (row->form == RF_TILE_FORM_DATA && tiled_image->codec->type == RF_Z_PLIO_1 && image->bitpix == 16 &&
      image->bzero == 32768.0)
    n.offset = -32768;
  n.scale = row->scale;
  n.zero = row->zero;
  n.scaled = row->form == RF_TILE_FORM_DATA && (row->scale != 1.0 || row->zero != 0.0) &&
             (tiled_image->columns.scale < 0 || row->scale != 0.0);
  n.has_null = row->has_null && image->has_blank && (row->null != image->blank || n.scaled);
  n.null = row->null;
  n.blank = image->blank;
  n.blank_met = tiled_image->blank_made && row->null != image->blank ? (atomic_bool *)&tiled_image->blank_met : NULL;
  return n;
}

/* ---- reals ---- */

/* Lossless reals: the bits of the stream are their bits, of either width. */
static rf_status take_reals(const rf_tiled_image *tiled_image, const uint8_t *in, unsigned width, size_t count,
                            uint8_t *out, rf_error *err) {
  unsigned stored = tiled_image->image.bitpix == -32 ? 4 : 8;
  if (width != 4 && width != 8)
    return rf_fail(err, RF_ERR_CODEC, "expected reals of 4 or 8 bytes, found values of %u bytes", width);
  if (width == stored) {
    if (out != in)
      memcpy(out, in, count * width);
  } else if (stored == 8) {
    for (size_t i = 0; i < count; i++) {
      float value;
      memcpy(&value, in + i * sizeof value, sizeof value);
      double wide = (double)value;
      memcpy(out + i * sizeof wide, &wide, sizeof wide);
    }
  } else {
    for (size_t i = 0; i < count; i++) {
      double value;
      memcpy(&value, in + i * sizeof value, sizeof value);
      float half = (float)value;
      memcpy(out + i * sizeof half, &half, sizeof half);
    }
  }
  return RF_OK;
}

/* Converts quantized integers of any width in `room` to 32-bit integers in the same place. */
static rf_status quantized_integers(uint8_t *room, unsigned width, size_t count, rf_error *err) {
  narrowing n = {.from = width, .to = 4, .low = INT32_MIN, .high = INT32_MAX};
  if (width == 4)
    return RF_OK;
  if (width == 8)
    return narrow(&n, room, room, count, err);
  /* From the end: widened values must not overwrite the next ones. */
  for (size_t i = count; i-- > 0;) {
    int32_t value = room[i];
    if (width == 2) {
      int16_t half;
      memcpy(&half, room + i * sizeof half, sizeof half);
      value = half;
    }
    memcpy(room + i * sizeof value, &value, sizeof value);
  }
  return RF_OK;
}

static void dequantize(const rf_tiled_image *tiled_image, uint64_t tile, const rf_tile_row *row, const int32_t *in,
                       size_t count, void *values) {
  rf_quantum quantum = {.scale = row->scale,
                        .zero = row->zero,
                        .dither = tiled_image->dither,
                        .random = tiled_image->random,
                        .seed = tiled_image->seed,
                        .tile = tile,
                        .has_null = row->has_null && row->null >= INT32_MIN && row->null <= INT32_MAX,
                        .null = 0};
  if (quantum.has_null)
    quantum.null = (int32_t)row->null;
  if (tiled_image->image.bitpix == -32)
    rf_dequantize_f32(&quantum, in, count, values);
  else
    rf_dequantize_f64(&quantum, in, count, values);
}

/* ---- decoding ---- */

/* Returns whether the codec writes exactly count * width bytes in the stored type of the image. Then it may decode into
 * the values themselves. */
static bool is_direct(const rf_tiled_image *tiled_image, const rf_tile_row *row, unsigned stored) {
  return row->form == RF_TILE_FORM_DATA && tiled_image->codec->type == RF_Z_RICE_1 &&
         tiled_image->params.bytepix == stored && tiled_image->image.bitpix > 0;
}

size_t rf_tiled_image_room(const rf_tiled_image *tiled_image, const rf_tile_row *row, size_t pixels) {
  unsigned stored = (unsigned)rf_pixel_bytes(rf_convert_stored_type(tiled_image->image.bitpix));
  if (row->form == RF_TILE_FORM_EMPTY || is_direct(tiled_image, row, stored))
    return 0;
  return pixels * 8; /* there are fewer than SIZE_MAX / 16 */
}

static rf_status decode(const rf_tiled_image *tiled_image, uint64_t tile, const rf_tile_row *row, const uint8_t *bytes,
                        void *values, void *room, bool *integers, rf_error *err) {
  unsigned stored = (unsigned)rf_pixel_bytes(rf_convert_stored_type(tiled_image->image.bitpix)), width = 0;
  bool quantized = tiled_image->quantized && row->form == RF_TILE_FORM_DATA;
  rf_tile_shape shape = shape_of(tiled_image, tile, quantized ? 4 : stored);
  const rf_tile_codec *codec = codec_of(tiled_image, row);
  if (integers != NULL)
    *integers = quantized;
  if (row->form == RF_TILE_FORM_EMPTY) {
    memset(values, 0, shape.count * stored);
    return RF_OK;
  }
  uint8_t *decoded = is_direct(tiled_image, row, stored) ? values : room;
  size_t n;
  if (!rf_to_size(row->bytes, &n))
    return rf_fail(err, RF_ERR_LIMIT, "%" PRIu64 " bytes are more than memory can hold", row->bytes);
  RF_TRY(codec->decode(&tiled_image->params, &shape, bytes, n, decoded, &width, err));
  if (width != 1 && width != 2 && width != 4 && width != 8)
    return rf_fail(err, RF_ERR_CODEC, "found values of %u bytes", width);
  if (quantized) {
    RF_TRY(quantized_integers(decoded, width, shape.count, err));
    if (integers != NULL)
      memcpy(values, decoded, shape.count * sizeof(int32_t));
    else
      dequantize(tiled_image, tile, row, (const int32_t *)(const void *)decoded, shape.count, values);
    return RF_OK;
  }
  if (tiled_image->image.bitpix < 0)
    return take_reals(tiled_image, decoded, width, shape.count, values, err);
  narrowing how = narrowing_of(tiled_image, row, width);
  return narrow(&how, values, decoded, shape.count, err);
}

rf_status rf_tiled_image_decode(const rf_tiled_image *tiled_image, uint64_t tile, const rf_tile_row *row,
                                const uint8_t *bytes, void *values, void *room, bool *integers, rf_error *err) {
  rf_status status = decode(tiled_image, tile, row, bytes, values, room, integers, err);
  return status == RF_OK ? RF_OK : rf_tiled_image_add_context(tiled_image, tile, err, status);
}
