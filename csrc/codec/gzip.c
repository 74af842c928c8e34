/* SPDX-License-Identifier: BSD-3-Clause
 *
 * GZIP_1, GZIP_2 (FITS 10.4.2) and NOCOMPRESS: the bytes of the values in file order, as one gzip member, in planes and
 * as one gzip member, or as they are. None of them says in which width the values are: that follows from how many bytes
 * come out, and writers do store tiles in another width than ZBITPIX has (quantized reals and integers that fit fewer
 * bits).
 */
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "codec/codec.h"
#include "codec/deflate.h"
#include "codec/shuffle.h"

/* Bytes of all values; false beyond size_t. */
static bool value_bytes(size_t count, unsigned width, size_t *bytes) {
  uint64_t product;
  return rf_mul_u64(count, width, &product) && rf_to_size(product, bytes);
}

/* The width of which `bytes` bytes are `count` values; 0 when it is none. An empty tile has the caller's. */
static unsigned width_of(size_t bytes, size_t count, unsigned expected) {
  if (count == 0)
    return bytes == 0 ? expected : 0;
  for (unsigned width = 1; width <= 8; width *= 2)
    if (bytes % width == 0 && bytes / width == count)
      return width;
  return 0;
}

static rf_status fail_length(rf_error *err, const char *name, size_t bytes, const rf_tile_shape *shape) {
  return rf_fail(err, RF_ERR_CODEC,
                 "%s: the content has %zu bytes, which is no tile of %zu values of 1, 2, 4 or 8 bytes", name, bytes,
                 shape->count);
}

/* ---- GZIP_1 and GZIP_2 ---- */

static bool gzip_bound(const rf_tile_params *params, const rf_tile_shape *shape, size_t *bytes) {
  (void)params;
  size_t n;
  return value_bytes(shape->count, shape->width, &n) && rf_gzip_bound(n, bytes);
}

static rf_status gzip_encode(const rf_tile_params *params, const rf_tile_shape *shape, const void *values, bool planes,
                             uint8_t *out, size_t *used, rf_error *err) {
  size_t n, room;
  if (!value_bytes(shape->count, shape->width, &n) || !rf_gzip_bound(n, &room))
    return rf_fail(err, RF_ERR_ARGUMENT, "gzip: a tile of %zu values is too large", shape->count);
  rf_deflater *own = NULL, *deflater = params->deflater;
  if (deflater == NULL) {
    RF_TRY(rf_deflater_new(params->level, &own, err));
    deflater = own;
  }
  uint8_t *ordered = rf_deflater_room(deflater, n);
  rf_status status;
  if (ordered == NULL) {
    status = rf_fail(err, RF_ERR_MEMORY, "gzip: cannot allocate memory for a tile of %zu bytes", n);
  } else {
    if (planes)
      rf_shuffle_values(ordered, values, shape->count, shape->width);
    else
      rf_swap_copy(ordered, values, shape->count, shape->width);
    status = rf_deflater_gzip(deflater, ordered, n, out, room, used, err);
  }
  rf_deflater_free(own);
  return status;
}

static rf_status gzip_1_encode(const rf_tile_params *params, const rf_tile_shape *shape, const void *values,
                               uint8_t *out, size_t *used, rf_error *err) {
  return gzip_encode(params, shape, values, false, out, used, err);
}

static rf_status gzip_2_encode(const rf_tile_params *params, const rf_tile_shape *shape, const void *values,
                               uint8_t *out, size_t *used, rf_error *err) {
  return gzip_encode(params, shape, values, true, out, used, err);
}

static rf_status gzip_1_decode(const rf_tile_params *params, const rf_tile_shape *shape, const uint8_t *in, size_t n,
                               void *values, unsigned *width, rf_error *err) {
  (void)params;
  size_t room, made;
  if (!value_bytes(shape->count, 8, &room))
    return rf_fail(err, RF_ERR_ARGUMENT, "GZIP_1: a tile of %zu values is too large", shape->count);
  RF_TRY(rf_gunzip(in, n, values, room, &made, err));
  *width = width_of(made, shape->count, shape->width);
  if (*width == 0)
    return fail_length(err, "GZIP_1", made, shape);
  rf_swap_copy(values, values, shape->count, *width);
  return RF_OK;
}

static rf_status unshuffle_content(const rf_tile_shape *shape, const uint8_t *content, size_t made, void *values,
                                   unsigned *width, rf_error *err) {
  *width = width_of(made, shape->count, shape->width);
  if (*width == 0)
    return fail_length(err, "GZIP_2", made, shape);
  rf_unshuffle_values(values, content, shape->count, *width);
  return RF_OK;
}

/* Values of 4 bytes and less are put together from planes in the upper half of `values`, in the lower one. They need no
 * memory of their own; a stream that is longer is inflated again into such memory. */
static rf_status gzip_2_decode(const rf_tile_params *params, const rf_tile_shape *shape, const uint8_t *in, size_t n,
                               void *values, unsigned *width, rf_error *err) {
  (void)params;
  size_t room, made = 0;
  if (!value_bytes(shape->count, 8, &room))
    return rf_fail(err, RF_ERR_ARGUMENT, "GZIP_2: a tile of %zu values is too large", shape->count);
  if (shape->width < 8) {
    uint8_t *upper = (uint8_t *)values + room / 2;
    rf_error first = {0};
    if (rf_gunzip(in, n, upper, room / 2, &made, &first) == RF_OK)
      return unshuffle_content(shape, upper, made, values, width, err);
  }
  uint8_t *content = rf_alloc(room);
  if (content == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "GZIP_2: cannot allocate memory for a tile of %zu bytes", room);
  rf_status status = rf_gunzip(in, n, content, room, &made, err);
  if (status == RF_OK)
    status = unshuffle_content(shape, content, made, values, width, err);
  rf_free(content);
  return status;
}

static uint64_t gzip_2_scratch(const rf_tile_shape *shape) {
  return 8 * (uint64_t)shape->count; /* the caller has seen to it that this can be said */
}

const rf_tile_codec rf_tile_gzip_1 = {
    .type = RF_Z_GZIP_1,
    .name = "GZIP_1",
    .bound = gzip_bound,
    .encode = gzip_1_encode,
    .decode = gzip_1_decode,
};

const rf_tile_codec rf_tile_gzip_2 = {
    .type = RF_Z_GZIP_2,
    .name = "GZIP_2",
    .bound = gzip_bound,
    .encode = gzip_2_encode,
    .decode = gzip_2_decode,
    .scratch = gzip_2_scratch,
};

/* ---- NOCOMPRESS ---- */

static bool plain_bound(const rf_tile_params *params, const rf_tile_shape *shape, size_t *bytes) {
  (void)params;
  return value_bytes(shape->count, shape->width, bytes);
}

static rf_status plain_encode(const rf_tile_params *params, const rf_tile_shape *shape, const void *values,
                              uint8_t *out, size_t *used, rf_error *err) {
  if (!plain_bound(params, shape, used))
    return rf_fail(err, RF_ERR_ARGUMENT, "NOCOMPRESS: a tile of %zu values is too large", shape->count);
  rf_swap_copy(out, values, shape->count, shape->width);
  return RF_OK;
}

static rf_status plain_decode(const rf_tile_params *params, const rf_tile_shape *shape, const uint8_t *in, size_t n,
                              void *values, unsigned *width, rf_error *err) {
  (void)params;
  *width = width_of(n, shape->count, shape->width);
  if (*width == 0)
    return fail_length(err, "NOCOMPRESS", n, shape);
  rf_swap_copy(values, in, shape->count, *width);
  return RF_OK;
}

const rf_tile_codec rf_tile_nocompress = {
    .type = RF_Z_NOCOMPRESS,
    .name = "NOCOMPRESS",
    .bound = plain_bound,
    .encode = plain_encode,
    .decode = plain_decode,
};
