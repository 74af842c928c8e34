/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opening and reading a compressed image that a test puts together.
 */
#ifndef RF_TESTS_ZIMAGE_CALLS_H
#define RF_TESTS_ZIMAGE_CALLS_H

#include "check.h"
#include "codec/codec.h"
#include "zimage_file.h"
#include "image_request.h"

static rf_error err;

static inline rf_file *opened(const zfile *z) {
  fits_bytes fits = zfile_make(z);
  rf_file *file;
  CHECK_OK(fits_open(&fits, &file, &err), err);
  fits_free(&fits);
  return file;
}

static inline void closed(rf_file *file) {
  CHECK(rf_file_free(file, NULL) == RF_OK);
}

/* The whole image as it is stored. */
static inline rf_status read_raw(rf_file *file, rf_dtype type, void *out, uint64_t count) {
  return rf_image_read(
      file, 1, PIXELS(.dtype = type, .flags = RF_IMAGE_RAW, .data = out, .data_bytes = count * rf_dtype_bytes(type, 0)),
      &err);
}

static uint8_t streams[ZFILE_TILES][4096];

/* `count` values of `width` bytes as a stream. */
static inline zcell encoded(int tile, rf_zcmptype type, const void *values, size_t columns, size_t rows,
                            unsigned width) {
  rf_tile_params params = {.blocksize = 32, .bytepix = width < 4 ? width : 4};
  rf_tile_shape shape = {columns * rows, columns, rows, width};
  size_t n = 0;
  CHECK_OK(rf_tile_codec_of(type)->encode(&params, &shape, values, streams[tile], &n, &err), err);
  return (zcell){.bytes = streams[tile], .n = n};
}

/* An image of five axes whose pixels say where they are, in tiles that fit none of them. */
static const long long five_axes[] = {5, 4, 3, 2, 3}, five_tiles[] = {2, 3, 3, 1, 2};
#define FIVE_PIXELS 360

static inline zfile five(rf_zcmptype type) {
  zfile z = {.codec = type == RF_Z_GZIP_2 ? "GZIP_2" : "RICE_ONE",
             .bitpix = 32,
             .naxis = 5,
             .axes = five_axes,
             .tiles = five_tiles,
             .columns = 1,
             .names = {"COMPRESSED_DATA"},
             .forms = {"1QB"},
             .rows = 3 * 2 * 1 * 2 * 2};
  for (int t = 0; t < z.rows; t++) {
    int place = t;
    long long first[5], count[5];
    int32_t values[64];
    size_t n = 0;
    for (int a = 0; a < 5; a++) {
      long long along = (five_axes[a] + five_tiles[a] - 1) / five_tiles[a];
      first[a] = place % along * five_tiles[a];
      count[a] = five_axes[a] - first[a] < five_tiles[a] ? five_axes[a] - first[a] : five_tiles[a];
      place /= (int)along;
    }
    for (long long e = 0; e < count[4]; e++)
      for (long long d = 0; d < count[3]; d++)
        for (long long c = 0; c < count[2]; c++)
          for (long long b = 0; b < count[1]; b++)
            for (long long a = 0; a < count[0]; a++)
              values[n++] = (int32_t)((((e + first[4]) * 2 + d + first[3]) * 3 + c + first[2]) * 4 + b + first[1]) * 5 +
                            (int32_t)(a + first[0]);
    z.cells[t][0] = encoded(t, type, values, n, 1, 4);
  }
  return z;
}

static inline zfile small(const char *cards) {
  static const long long axes[] = {2, 2};
  static const int32_t pixels[2] = {1, 2};
  zfile z = {.codec = "RICE_1",
             .bitpix = 32,
             .naxis = 2,
             .axes = axes,
             .cards = cards,
             .columns = 1,
             .names = {"COMPRESSED_DATA"},
             .forms = {"1PB"},
             .rows = 2};
  for (int t = 0; t < 2; t++)
    z.cells[t][0] = encoded(t, RF_Z_RICE_1, pixels, 2, 1, 4);
  return z;
}

#endif
