/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public functions for single tiles: codecs, quantizing, shared work.
 */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "rustfits.h"

#define ROWS 20
#define COLUMNS 30
#define COUNT (ROWS * COLUMNS)

static void fill(int32_t *values) {
  uint32_t state = 1;
  for (int i = 0; i < COUNT; i++) {
    state = state * 1103515245u + 12345u;
    values[i] = (int32_t)(state >> 26) + i / 7;
  }
}

static void codecs(void) {
  static const rf_zcmptype types[] = {RF_Z_RICE_1, RF_Z_PLIO_1, RF_Z_HCOMPRESS_1,
                                      RF_Z_GZIP_1, RF_Z_GZIP_2, RF_Z_NOCOMPRESS};
  int32_t values[COUNT];
  double back[COUNT];
  rf_error err;
  fill(values);
  for (size_t i = 0; i < 2 * sizeof types / sizeof types[0]; i++) {
    rf_codec_tile tile;
    size_t bound = 0;
    rf_codec_tile_init(&tile);
    tile.type = types[i / 2];
    tile.rows = ROWS;
    tile.columns = COLUMNS;
    tile.width = 4;
    tile.zlib = (int)(i % 2);
    tile.in = values;
    CHECK_OK(rf_codec_get_bound(&tile, &bound, &err), err);
    tile.out = malloc(bound);
    tile.out_bytes = bound;
    CHECK_OK(rf_codec_encode(&tile, &err), err);
    CHECK(tile.used > 0 && tile.used <= bound);
    void *stream = tile.out;
    tile.in = stream;
    tile.in_bytes = tile.used;
    tile.out = back;
    CHECK_OK(rf_codec_decode(&tile, &err), err);
    CHECK(tile.width == 4 && memcmp(back, values, sizeof values) == 0);
    tile.in_bytes = tile.used / 3 + 1;
    CHECK(rf_codec_decode(&tile, &err) == RF_ERR_CODEC);
    free(stream);
  }
}

static void wrong_tiles(void) {
  rf_codec_tile tile;
  rf_error err;
  size_t bound;
  rf_codec_tile_init(&tile);
  CHECK(rf_codec_get_bound(&tile, &bound, &err) == RF_ERR_ARGUMENT);
  tile.type = RF_Z_RICE_1;
  tile.width = 3;
  CHECK(rf_codec_get_bound(&tile, &bound, &err) == RF_ERR_ARGUMENT);
  tile.width = 8;
  CHECK(rf_codec_get_bound(&tile, &bound, &err) == RF_ERR_ARGUMENT);
  tile.width = 4;
  tile.rows = SIZE_MAX;
  tile.columns = 2;
  CHECK(rf_codec_get_bound(&tile, &bound, &err) == RF_ERR_LIMIT);
  tile.rows = 1;
  CHECK(rf_codec_encode(&tile, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_codec_decode(&tile, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_codec_encode(NULL, &err) == RF_ERR_ARGUMENT);
}

static void quantizing(void) {
  float reals[COUNT], back[COUNT];
  int32_t integers[COUNT];
  rf_quantization q;
  rf_error err;
  fill(integers);
  for (int i = 0; i < COUNT; i++)
    reals[i] = (float)integers[i] * 0.37f;
  reals[5] = NAN;
  rf_quantization_init(&q);
  q.dtype = RF_F32;
  q.rows = ROWS;
  q.columns = COLUMNS;
  q.level = 16;
  q.dither = RF_DITHER_1;
  q.seed = 7;
  q.tile = 3;
  CHECK_OK(rf_codec_quantize(&q, reals, integers, &err), err);
  CHECK(q.done && q.scale > 0 && q.has_null && integers[5] == q.null);
  CHECK_OK(rf_codec_dequantize(&q, integers, back, &err), err);
  CHECK(isnan(back[5]));
  for (int i = 6; i < COUNT; i++)
    CHECK(fabs((double)back[i] - (double)reals[i]) <= q.scale);
  q.seed = 0;
  CHECK(rf_codec_quantize(&q, reals, integers, &err) == RF_ERR_ARGUMENT);
  q.seed = 7;
  q.dtype = RF_I16;
  CHECK(rf_codec_dequantize(&q, integers, back, &err) == RF_ERR_ARGUMENT);
  double noise = 0;
  fill(integers);
  CHECK_OK(rf_codec_get_noise(integers, ROWS, COLUMNS, &noise, &err), err);
  CHECK(noise > 0);
  CHECK(rf_codec_get_noise(NULL, ROWS, COLUMNS, &noise, &err) == RF_ERR_ARGUMENT);
}

static rf_status part(void *user, size_t i, unsigned worker, rf_error *err) {
  int *done = user;
  (void)worker, (void)err;
  done[i]++;
  return i == 70 ? RF_ERR_RANGE : RF_OK;
}

static void shared_work(void) {
  int done[100] = {0};
  rf_error err;
  CHECK(rf_threads_for(1, 100, 1 << 30) == 1 && rf_threads_for(0, 100, 1) >= 1);
  CHECK(rf_parts_run(4, 60, part, done, &err) == RF_OK);
  for (int i = 0; i < 100; i++)
    CHECK(done[i] == (i < 60));
  CHECK(rf_parts_run(1, 100, part, done, &err) == RF_ERR_RANGE);
  CHECK(done[70] == 1 && done[71] == 0);
  CHECK(rf_parts_run(1, 1, NULL, NULL, &err) == RF_ERR_ARGUMENT);
}

int main(void) {
  RUN(codecs);
  RUN(wrong_tiles);
  RUN(quantizing);
  RUN(shared_work);
  return check_report();
}
