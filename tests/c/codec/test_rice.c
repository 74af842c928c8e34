/* SPDX-License-Identifier: BSD-3-Clause
 *
 * RICE_1: streams equal to those of cfitsio (tile_vectors.h), round trips with each level of instructions, and streams
 * that are not what they should be.
 */
#include "base/bytes.h"
#include "check.h"
#include "codec/rice.h"
#include "tile_values.h"
#include "tile_vectors.h"

#define VECTORS (sizeof tile_vectors / sizeof tile_vectors[0])

/* Encodes into memory of what bound() said and not a byte more. */
static uint8_t *encode(const rf_tile_params *params, const rf_tile_shape *shape, const void *values, size_t *used) {
  size_t most = 0;
  CHECK(rf_tile_rice_1.bound(params, shape, &most));
  uint8_t *out = room(most);
  rf_error err;
  rf_error_clear(&err);
  CHECK_OK(rf_tile_rice_1.encode(params, shape, values, out, used, &err), err);
  CHECK(*used <= most);
  return out;
}

static rf_status decode(const rf_tile_params *params, size_t count, const uint8_t *in, size_t n, void *values,
                        rf_error *err) {
  rf_tile_shape shape = row_shape(count, params->bytepix);
  uint8_t *copy = exact_copy(in, n);
  unsigned width = 0;
  rf_error_clear(err);
  rf_status status = rf_tile_rice_1.decode(params, &shape, copy, n, values, &width, err);
  CHECK(status != RF_OK || width == params->bytepix);
  free(copy);
  return status;
}

static void streams_equal_those_of_cfitsio(void) {
  unsigned seen = 0;
  for (size_t i = 0; i < VECTORS; i++) {
    const tile_vector *v = &tile_vectors[i];
    if (v->blocksize == 0)
      continue;
    rf_tile_params params = {.blocksize = v->blocksize, .bytepix = v->width};
    rf_tile_shape shape = row_shape(v->count, v->width);
    uint8_t *values = room(v->count * v->width), *back = room(v->count * 8);
    make_values(values, v->width, v->kind, v->seed, v->count);
    size_t used = 0;
    uint8_t *stream = encode(&params, &shape, values, &used);
    CHECK(used == v->bytes && memcmp(stream, tile_streams + v->at, used) == 0);
    rf_error err;
    CHECK_OK(decode(&params, v->count, tile_streams + v->at, v->bytes, back, &err), err);
    CHECK(memcmp(back, values, v->count * v->width) == 0);
    free(values);
    free(back);
    free(stream);
    seen++;
  }
  CHECK(seen == 27);
}

/* Encodes, decodes, and cuts the stream off at every byte. */
static void try_values(unsigned bytepix, unsigned blocksize, const void *values, size_t count, size_t cut_step) {
  rf_tile_params params = {.blocksize = blocksize, .bytepix = bytepix};
  rf_tile_shape shape = row_shape(count, bytepix);
  size_t used = 0;
  rf_error err;
  uint8_t *stream = encode(&params, &shape, values, &used), *back = room(count * 8);
  CHECK_OK(decode(&params, count, stream, used, back, &err), err);
  CHECK(memcmp(back, values, count * bytepix) == 0);
  for (size_t n = 0; n < used; n += cut_step) {
    CHECK(decode(&params, count, stream, n, back, &err) == RF_ERR_CODEC);
    CHECK(strstr(err.message, "RICE_1") != NULL && strstr(err.message, "ends early") != NULL);
  }
  free(stream);
  free(back);
}

static void round_trips(void) {
  static uint8_t values[4 * 3000];
  static const unsigned blocksizes[] = {1, 2, 5, 16, 32, 33, 100, 256, 257, 1000, RF_RICE_MAX_BLOCKSIZE};
  for (unsigned width = 1; width <= 4; width *= 2)
    for (unsigned kind = 0; kind < TILE_KINDS; kind++)
      for (size_t b = 0; b < sizeof blocksizes / sizeof blocksizes[0]; b++)
        for (unsigned k = 0; k < 8; k++) {
          size_t count = k < 6 ? 1 + 7 * k * k : k == 6 ? 320 : 3000;
          make_values(values, width, kind, 31 * k + (unsigned)b, count);
          try_values(width, blocksizes[b], values, count, k < 6 ? 1 : 211);
        }
}

/* All numbers of low bits, each with unary parts that are short, and longer than a word is. */
static void all_numbers_of_low_bits(void) {
  static int32_t values[2000];
  for (unsigned low = 0; low < 31; low++)
    for (unsigned far = 0; far < 2; far++) {
      uint32_t v = 0;
      for (unsigned i = 0; i < 2000; i++) {
        v += (i % 2 == 0 ? 1u : 0u - 1u) * ((1u << low) - i % 3 * (1u << low) / 4);
        values[i] = (int32_t)(far && i % 700 == 350 ? v + (900u << low) : v);
      }
      try_values(4, 32, values, 2000, 997);
      try_values(4, 2000, values, 2000, 997);
    }
}

/* In a block of more than 64, cfitsio's encoder takes these differences for negative numbers and writes rubbish. */
static void a_great_difference_in_a_long_block_is_kept(void) {
  static int32_t values[1000];
  memset(values, 0, sizeof values);
  values[500] = INT32_MIN;
  values[501] = INT32_MAX;
  try_values(4, 1000, values, 1000, 13);
  values[502] = INT32_MIN;
  try_values(4, 128, values, 1000, 13);
}

static void narrow_values_in_a_wide_stream(void) {
  static const int16_t values[5] = {-32768, 32767, 0, -1, 5};
  static const uint8_t bytes[4] = {255, 0, 128, 7};
  rf_tile_params params = {.blocksize = 32, .bytepix = 4};
  rf_tile_shape shape = row_shape(5, 2);
  size_t used = 0;
  int32_t back[10];
  rf_error err;
  uint8_t *stream = encode(&params, &shape, values, &used);
  CHECK_OK(decode(&params, 5, stream, used, back, &err), err);
  for (int i = 0; i < 5; i++)
    CHECK(back[i] == values[i]);
  free(stream);
  shape = row_shape(4, 1);
  stream = encode(&params, &shape, bytes, &used);
  CHECK_OK(decode(&params, 4, stream, used, back, &err), err);
  for (int i = 0; i < 4; i++)
    CHECK(back[i] == bytes[i]);
  free(stream);
}

static void wide_values_do_not_go_into_a_narrow_stream(void) {
  static const int32_t values[2] = {1, 2};
  rf_tile_params params = {.blocksize = 32, .bytepix = 2};
  rf_tile_shape shape = row_shape(2, 4);
  uint8_t out[100];
  size_t used;
  rf_error err;
  rf_error_clear(&err);
  CHECK(rf_tile_rice_1.encode(&params, &shape, values, out, &used, &err) == RF_ERR_RANGE);
  CHECK(strstr(err.message, "BYTEPIX of 2") != NULL);
}

static void odd_parameters(void) {
  static const struct {
    unsigned blocksize, bytepix;
    rf_status status;
    const char *message;
  } cases[] = {
      {0, 4, RF_ERR_CODEC, "BLOCKSIZE of 0"},
      {0xFFFFFFFFu, 4, RF_ERR_CODEC, "BLOCKSIZE of 4294967295"},
      {RF_RICE_MAX_BLOCKSIZE + 1, 4, RF_ERR_CODEC, "BLOCKSIZE of 1048577"},
      {32, 8, RF_ERR_UNSUPPORTED, "BYTEPIX of 8"},
      {32, 0, RF_ERR_CODEC, "BYTEPIX of 0"},
      {32, 3, RF_ERR_CODEC, "BYTEPIX of 3"},
  };
  uint8_t stream[16] = {0};
  uint64_t values[4];
  rf_error err;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rf_tile_params params = {.blocksize = cases[i].blocksize, .bytepix = cases[i].bytepix};
    CHECK(decode(&params, 4, stream, sizeof stream, values, &err) == cases[i].status);
    CHECK(strstr(err.message, cases[i].message) != NULL);
    rf_tile_shape shape = row_shape(4, 1);
    size_t used;
    CHECK(rf_tile_rice_1.encode(&params, &shape, values, stream, &used, NULL) == cases[i].status);
  }
}

static void what_stands_behind_the_values(void) {
  static const int32_t values[3] = {1, 2, 3};
  rf_tile_params params = {.blocksize = 32, .bytepix = 4};
  rf_tile_shape shape = row_shape(3, 4);
  size_t used = 0;
  uint64_t back[3];
  uint8_t longer[64] = {0};
  rf_error err;
  uint8_t *stream = encode(&params, &shape, values, &used);
  memcpy(longer, stream, used);
  CHECK_OK(decode(&params, 3, longer, sizeof longer, back, &err), err);
  CHECK(memcmp(back, values, sizeof values) == 0);
  longer[40] = 1;
  CHECK(decode(&params, 3, longer, sizeof longer, back, &err) == RF_ERR_CODEC);
  CHECK(strstr(err.message, "runs over") != NULL);
  free(stream);
}

/* 26 low bits: none of the numbers that an encoder writes. */
static void more_low_bits_than_there_are(void) {
  static const uint8_t stream[40] = {0, 0, 0, 7, 27 << 3};
  rf_tile_params params = {.blocksize = 32, .bytepix = 4};
  uint64_t values[8];
  rf_error err;
  CHECK(decode(&params, 8, stream, sizeof stream, values, &err) == RF_ERR_CODEC);
  CHECK(strstr(err.message, "low bits") != NULL);
}

/* Unary parts without an end, and nothing but the smallest blocks: the end of the stream is found all the same. */
static void streams_of_one_byte_over_and_over(void) {
  static uint8_t stream[300], values[8 * 100000];
  for (unsigned byte = 0; byte < 256; byte++)
    for (unsigned width = 1; width <= 4; width *= 2) {
      rf_tile_params params = {.blocksize = 32, .bytepix = width};
      rf_error err;
      memset(stream, (int)byte, sizeof stream);
      CHECK(decode(&params, 100000, stream, sizeof stream, values, &err) == RF_ERR_CODEC);
    }
}

static void bounds_do_not_overflow(void) {
  rf_tile_params params = {.blocksize = 32, .bytepix = 4};
  rf_tile_shape shape = row_shape(SIZE_MAX / 2, 4);
  size_t most = 0;
  CHECK(!rf_tile_rice_1.bound(&params, &shape, &most));
  shape.count = SIZE_MAX;
  CHECK(!rf_tile_rice_1.bound(&params, &shape, &most));
}

static void table_of_codecs(void) {
  static const char *const names[] = {"RICE_1", "GZIP_1", "GZIP_2", "PLIO_1", "HCOMPRESS_1", "NOCOMPRESS"};
  CHECK(rf_tile_codec_of(RF_Z_AUTO) == NULL && rf_tile_codec_of((rf_zcmptype)99) == NULL);
  CHECK(rf_zcmptype_get_name(RF_Z_AUTO) == NULL && rf_zcmptype_get_name((rf_zcmptype)99) == NULL);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const rf_tile_codec *codec = rf_tile_codec_named(names[i]);
    CHECK(codec != NULL);
    if (codec == NULL)
      continue;
    CHECK_STR(codec->name, names[i]);
    CHECK(rf_tile_codec_of(codec->type) == codec);
    CHECK_STR(rf_zcmptype_get_name(codec->type), names[i]);
  }
  CHECK(rf_tile_codec_named("rice_one") == &rf_tile_rice_1);
  CHECK(rf_tile_codec_named("") == NULL && rf_tile_codec_named("RICE") == NULL);
  CHECK(rf_tile_codec_named("RICE_1X") == NULL && rf_tile_codec_named("BZIP2_1") == NULL);
}

static void default_compression(void) {
  rf_compression compression;
  memset(&compression, 0xFF, sizeof compression);
  rf_compression_init(&compression);
  CHECK(compression.size == sizeof compression && compression.type == RF_Z_AUTO);
  CHECK(compression.quantize == 0 && compression.tile_ndim == 0 && compression.heap_format == 0);
}

int main(void) {
  int best = rf_bytes_set_level(2);
  for (int level = 0; level <= best; level += 2) {
    (void)rf_bytes_set_level(level);
    RUN(streams_equal_those_of_cfitsio);
    RUN(round_trips);
    RUN(all_numbers_of_low_bits);
    RUN(a_great_difference_in_a_long_block_is_kept);
    RUN(narrow_values_in_a_wide_stream);
    RUN(what_stands_behind_the_values);
    RUN(more_low_bits_than_there_are);
    RUN(streams_of_one_byte_over_and_over);
  }
  RUN(wide_values_do_not_go_into_a_narrow_stream);
  RUN(odd_parameters);
  RUN(bounds_do_not_overflow);
  RUN(table_of_codecs);
  RUN(default_compression);
  return check_report();
}
