/* SPDX-License-Identifier: BSD-3-Clause
 *
 * GZIP_1, GZIP_2, NOCOMPRESS: a byte that picks the codec and the width, one that gives the number of values, then a
 * stream; then the same bytes as values, which must come back, whatever width is expected.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/codec.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_decoding(const rf_tile_codec *codec, const rf_tile_shape *shape, const uint8_t *in, size_t n) {
  rf_tile_params params = {0};
  uint64_t *values = room(shape->count * 8);
  unsigned width = 0;
  rf_error err;
  memset(&err, 0, sizeof err);
  rf_status status = codec->decode(&params, shape, in, n, values, &width, &err);
  if (status == RF_OK)
    require(width == 1 || width == 2 || width == 4 || width == 8);
  else
    require(status == RF_ERR_CODEC && err.message[0] != '\0');
  free(values);
}

static void check_encoding(const rf_tile_codec *codec, const rf_tile_shape *shape, const uint8_t *values, int level) {
  rf_tile_params params = {.level = level};
  size_t most, used = 0;
  unsigned width = 0;
  require(codec->bound(&params, shape, &most));
  uint8_t *out = room(most), *back = room(shape->count * 8);
  require(codec->encode(&params, shape, values, out, &used, NULL) == RF_OK && used <= most);
  for (unsigned expected = 1; expected <= 8; expected *= 2) {
    rf_tile_shape other = *shape;
    other.width = expected;
    (void)rf_bytes_set_level(expected == shape->width ? 2 : 0);
    require(codec->decode(&params, &other, out, used, back, &width, NULL) == RF_OK);
    require(width == (shape->count > 0 ? shape->width : expected));
    require(shape->count == 0 || memcmp(back, values, shape->count * width) == 0);
  }
  (void)rf_bytes_set_level(2);
  free(out);
  free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const rf_tile_codec *const codecs[] = {&rf_tile_gzip_1, &rf_tile_gzip_2, &rf_tile_nocompress};
  if (size < 2)
    return 0;
  const rf_tile_codec *codec = codecs[data[0] % 3];
  unsigned width = 1u << (data[0] >> 2) % 4;
  size_t n = size - 2;
  rf_tile_shape shape = {data[1], data[1], 1, width};
  uint8_t *copy = room(n);
  memcpy(copy, data + 2, n);
  check_decoding(codec, &shape, copy, n);
  shape.count = shape.columns = n / width;
  check_encoding(codec, &shape, copy, (data[0] >> 4) % 13);
  free(copy);
  return 0;
}
