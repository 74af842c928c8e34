/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HCOMPRESS_1: three bytes that give flags, rows and columns, then a stream, with the tile's rows and columns put into
 * its header so that the fuzzer gets further than that; then the same bytes as pixels, which must come back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/hcompress/hcompress.h"
#include "require.h"

/* Bits of the first byte. */
#define SMOOTH 1
#define AS_IT_IS 2 /* rows and columns of the stream are left alone */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_decoding(int smooth, const rf_tile_shape *shape, const uint8_t *stream, size_t n) {
  rf_tile_params params = {.smooth = smooth};
  uint64_t *values = room(shape->count * 8);
  unsigned width = 0;
  rf_error err;
  memset(&err, 0, sizeof err);
  rf_status status = rf_tile_hcompress_1.decode(&params, shape, stream, n, values, &width, &err);
  if (status == RF_OK)
    require(width == 4);
  else
    require(status == RF_ERR_CODEC && err.message[0] != '\0');
  free(values);
}

static int32_t pixel_at(const uint8_t *pixels, size_t i, unsigned width) {
  int16_t v16 = 0;
  int32_t v32 = 0;
  memcpy(&v16, pixels + i * width, width == 2 ? 2 : 0);
  memcpy(&v32, pixels + i * width, width == 4 ? 4 : 0);
  return width == 1 ? pixels[i] : width == 2 ? v16 : v32;
}

/* Lossless, or lossy with the scale: the stream must at least be one. */
static void check_encoding(const rf_tile_shape *shape, const uint8_t *pixels, int scale) {
  rf_tile_params params = {.scale = scale};
  size_t most, used = 0;
  unsigned width = 0;
  require(rf_tile_hcompress_1.bound(&params, shape, &most));
  uint8_t *out = room(most);
  int32_t *back = room(shape->count * 8);
  require(rf_tile_hcompress_1.encode(&params, shape, pixels, out, &used, NULL) == RF_OK && used <= most);
  require(rf_tile_hcompress_1.decode(&params, shape, out, used, back, &width, NULL) == RF_OK);
  if (scale <= 1)
    for (size_t i = 0; i < shape->count; i++)
      require(back[i] == pixel_at(pixels, i, shape->width));
  require(rf_tile_hcompress_1.decode(&params, shape, out, used - 1, back, &width, NULL) == RF_ERR_CODEC);
  free(out);
  free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 3)
    return 0;
  size_t rows = data[1], columns = data[2], n = size - 3;
  if (rows > 0 && columns > 0) {
    rf_tile_shape shape = {rows * columns, columns, rows, 4};
    uint8_t *stream = room(n);
    memcpy(stream, data + 3, n);
    if (n >= RF_HC_HEADER && (data[0] & AS_IT_IS) == 0) {
      stream[0] = RF_HC_MAGIC_0;
      stream[1] = RF_HC_MAGIC_1;
      rf_put_be32(stream + 2, (uint32_t)rows);
      rf_put_be32(stream + 6, (uint32_t)columns);
    }
    check_decoding(data[0] & SMOOTH, &shape, stream, n);
    free(stream);
  }
  unsigned width = 1u << (data[0] >> 2) % 3;
  rows = rows > 0 ? rows : 1;
  columns = n / width / rows;
  if (columns > 0) {
    rf_tile_shape shape = {rows * columns, columns, rows, width};
    uint8_t *pixels = room(shape.count * width);
    memcpy(pixels, data + 3, shape.count * width);
    check_encoding(&shape, pixels, data[0] >> 4);
    free(pixels);
  }
  return 0;
}
