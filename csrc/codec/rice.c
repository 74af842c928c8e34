/* SPDX-License-Identifier: BSD-3-Clause
 *
 * RICE_1 (FITS 10.4.1): its row, and the checks before either direction starts.
 */
#include "base/memory.h"
#include "codec/rice.h"
#include "codec/rice_decode.h"
#include "codec/rice_encode.h"

/* Both come from a header when a file is read. */
static rf_status check_params(const rf_tile_params *params, rf_error *err) {
  if (params->blocksize == 0 || params->blocksize > RF_RICE_MAX_BLOCKSIZE)
    return rf_fail(err, RF_ERR_CODEC, "RICE_1 with a BLOCKSIZE of %u; it must be 1 to %u", params->blocksize,
                   RF_RICE_MAX_BLOCKSIZE);
  if (params->bytepix == 8)
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   "RICE_1 with a BYTEPIX of 8: integers of 64 bits are not offered by it; GZIP_2 holds them");
  if (params->bytepix != 1 && params->bytepix != 2 && params->bytepix != 4)
    return rf_fail(err, RF_ERR_CODEC, "RICE_1 with a BYTEPIX of %u; it must be 1, 2 or 4", params->bytepix);
  return RF_OK;
}

/* Of a block of m values with k low bits, k below rf_rice_plain(), the unary parts take at most m * (2 + 2^-(k+1)) bits
 * more than m: that follows from how k is chosen. So a value takes at most k + 3 bits and 1/64, which is never more
 * than 8 * BYTEPIX and 1/64; and the last put stores 8 bytes. */
static bool rice_bound(const rf_tile_params *params, const rf_tile_shape *shape, size_t *bytes) {
  uint64_t total, blocks = params->blocksize == 0 ? shape->count : shape->count / params->blocksize + 1;
  return rf_mul_u64(shape->count, params->bytepix, &total) && rf_add_u64(total, shape->count / 512 + blocks, &total) &&
         rf_add_u64(total, 32, &total) && rf_to_size(total, bytes);
}

static rf_status rice_encode(const rf_tile_params *params, const rf_tile_shape *shape, const void *values, uint8_t *out,
                             size_t *used, rf_error *err) {
  RF_TRY(check_params(params, err));
  if (shape->width > params->bytepix)
    return rf_fail(err, RF_ERR_RANGE, "RICE_1 with a BYTEPIX of %u cannot hold integers of %u bytes", params->bytepix,
                   shape->width);
  *used = rf_rice_encode(params, shape, values, out);
  return RF_OK;
}

static rf_status rice_decode(const rf_tile_params *params, const rf_tile_shape *shape, const uint8_t *in, size_t n,
                             void *values, unsigned *width, rf_error *err) {
  RF_TRY(check_params(params, err));
  *width = params->bytepix;
  return rf_rice_decode(params, shape->count, in, n, values, err);
}

const rf_tile_codec rf_tile_rice_1 = {
    .type = RF_Z_RICE_1,
    .name = "RICE_1",
    .alias = "RICE_ONE",
    .flags = RF_TILE_INTEGERS,
    .bound = rice_bound,
    .encode = rice_encode,
    .decode = rice_decode,
};
