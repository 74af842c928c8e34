/* SPDX-License-Identifier: BSD-3-Clause
 *
 * RICE_1: four bytes of parameters, then a stream, which portable code and that for this processor must read alike;
 * then the same bytes as values, which must come back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/rice.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_decoding(const rf_tile_params *params, size_t count, const uint8_t *stream, size_t n) {
  rf_tile_shape shape = {count, count, 1, params->bytepix};
  uint8_t *values = room(count * 8), *again = room(count * 8);
  unsigned width = 0;
  rf_error err;
  memset(&err, 0, sizeof err);
  (void)rf_bytes_set_level(2);
  rf_status status = rf_tile_rice_1.decode(params, &shape, stream, n, values, &width, &err);
  (void)rf_bytes_set_level(0);
  require(rf_tile_rice_1.decode(params, &shape, stream, n, again, &width, NULL) == status);
  if (status == RF_OK)
    require(width == params->bytepix && memcmp(values, again, count * width) == 0);
  else
    require(err.message[0] != '\0');
  free(values);
  free(again);
}

static uint8_t *encode(const rf_tile_params *params, const rf_tile_shape *shape, const uint8_t *values, int level,
                       size_t *used) {
  size_t most;
  require(rf_tile_rice_1.bound(params, shape, &most));
  uint8_t *out = room(most);
  (void)rf_bytes_set_level(level);
  require(rf_tile_rice_1.encode(params, shape, values, out, used, NULL) == RF_OK && *used <= most);
  return out;
}

static void check_encoding(const rf_tile_params *params, const uint8_t *values, size_t count) {
  rf_tile_shape shape = {count, count, 1, params->bytepix};
  uint8_t *back = room(count * 8);
  size_t used, used_portable;
  unsigned width = 0;
  uint8_t *stream = encode(params, &shape, values, 2, &used);
  uint8_t *portable = encode(params, &shape, values, 0, &used_portable);
  require(used == used_portable && memcmp(stream, portable, used) == 0);
  require(rf_tile_rice_1.decode(params, &shape, stream, used, back, &width, NULL) == RF_OK);
  require(count == 0 || memcmp(back, values, count * width) == 0);
  free(stream);
  free(portable);
  free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 4)
    return 0;
  rf_tile_params params = {.blocksize = (unsigned)data[1] << (data[0] >> 4), .bytepix = 1u << (data[0] & 3)};
  size_t count = (size_t)data[2] << 8 | data[3], n = size - 4;
  uint8_t *copy = room(n);
  memcpy(copy, data + 4, n);
  check_decoding(&params, count, copy, n);
  if (params.blocksize > 0 && params.blocksize <= RF_RICE_MAX_BLOCKSIZE && params.bytepix <= 4)
    check_encoding(&params, copy, n / params.bytepix);
  free(copy);
  return 0;
}
