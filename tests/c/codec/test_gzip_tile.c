/* SPDX-License-Identifier: BSD-3-Clause
 *
 * GZIP_1, GZIP_2 and NOCOMPRESS: the byte planes against arithmetic done here at each SIMD level, members against zlib
 * in both directions, tiles in every width, and streams that are not what they should be.
 */
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/bytes.h"
#include "check.h"
#include "codec/codec.h"
#include "codec/deflate.h"
#include "codec/shuffle.h"

#define COUNT_MOST 300
#define ROOM (8 * COUNT_MOST + 64)

static uint64_t seed = 1;

static uint64_t random_bits(void) { /* xorshift64* */
  seed ^= seed >> 12;
  seed ^= seed << 25;
  seed ^= seed >> 27;
  return seed * UINT64_C(2685821657736338717);
}

static uint64_t value_at(const uint8_t *values, size_t i, unsigned width) {
  uint8_t v8;
  uint16_t v16;
  uint32_t v32;
  uint64_t v64;
  switch (width) {
  case 1:
    memcpy(&v8, values + i, 1);
    return v8;
  case 2:
    memcpy(&v16, values + 2 * i, 2);
    return v16;
  case 4:
    memcpy(&v32, values + 4 * i, 4);
    return v32;
  default:
    memcpy(&v64, values + 8 * i, 8);
    return v64;
  }
}

static void random_bytes(uint8_t *bytes, size_t n) {
  for (size_t i = 0; i < n; i++)
    bytes[i] = (uint8_t)(random_bits() >> 24);
}

/* ---- planes ---- */

static void try_planes(size_t count, unsigned width) {
  static uint8_t values[ROOM], file[ROOM], expected[ROOM], out[ROOM];
  size_t n = count * width;
  random_bytes(values, n);
  for (size_t i = 0; i < count; i++)
    for (unsigned b = 0; b < width; b++) {
      file[i * width + b] = (uint8_t)(value_at(values, i, width) >> (8 * (width - 1 - b)));
      expected[b * count + i] = file[i * width + b];
    }
  memset(out, 0xA5, sizeof out);
  rf_shuffle(out, file, count, width);
  CHECK(memcmp(out, expected, n) == 0 && out[n] == 0xA5);
  rf_shuffle_values(out, values, count, width);
  CHECK(memcmp(out, expected, n) == 0 && out[n] == 0xA5);
  rf_unshuffle(out, expected, count, width);
  CHECK(memcmp(out, file, n) == 0 && out[n] == 0xA5);
  rf_unshuffle_values(out, expected, count, width);
  CHECK(memcmp(out, values, n) == 0 && out[n] == 0xA5);
}

static void planes_of_every_length(void) {
  for (int level = 0; level <= 2; level++) {
    rf_bytes_set_level(level);
    for (unsigned width = 1; width <= 8; width *= 2)
      for (size_t count = 0; count <= COUNT_MOST; count += count < 70 ? 1 : 23)
        try_planes(count, width);
  }
  rf_bytes_set_level(2);
}

/* ---- members ---- */

/* What zlib makes of a member; -1: nothing. */
static long zlib_inflate(const uint8_t *in, size_t n, uint8_t *out, size_t room) {
  z_stream stream = {.next_in = (Bytef *)(uintptr_t)in, .avail_in = (uInt)n, .next_out = out, .avail_out = (uInt)room};
  if (inflateInit2(&stream, 15 + 16) != Z_OK)
    return -1;
  int result = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  return result == Z_STREAM_END && stream.avail_in == 0 ? (long)stream.total_out : -1;
}

static size_t zlib_deflate(const uint8_t *in, size_t n, uint8_t *out, size_t room, int window) {
  z_stream stream = {.next_in = (Bytef *)(uintptr_t)in, .avail_in = (uInt)n, .next_out = out, .avail_out = (uInt)room};
  if (deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return 0;
  int result = deflate(&stream, Z_FINISH);
  deflateEnd(&stream);
  return result == Z_STREAM_END ? stream.total_out : 0;
}

static void members_are_read_by_zlib(void) {
  static uint8_t in[5000], out[6000], back[5001];
  rf_error err = {0};
  for (size_t i = 0; i < sizeof in; i++)
    in[i] = i < 2500 ? (uint8_t)(i % 17) : (uint8_t)random_bits();
  static const size_t lengths[] = {0, 1, 100, 5000};
  for (int level = 0; level <= 12; level++)
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
      size_t bound = 0, used = 0;
      CHECK(rf_gzip_bound(lengths[k], &bound) && bound <= sizeof out);
      CHECK_OK(rf_gzip(level, in, lengths[k], out, bound, &used, &err), err);
      CHECK(used <= bound);
      CHECK(zlib_inflate(out, used, back, sizeof back) == (long)lengths[k] && memcmp(back, in, lengths[k]) == 0);
    }
}

static void incompressible_bytes_stay_within_the_bound(void) {
  enum { MOST = 300000 };
  uint8_t *in = malloc(MOST), *out = malloc(2 * MOST);
  rf_error err = {0};
  random_bytes(in, MOST);
  for (size_t n = 1; n <= MOST; n = n * 3 + 1)
    for (int level = 1; level <= 12; level += 11) {
      size_t bound = 0, used = 0;
      CHECK(rf_gzip_bound(n, &bound) && bound <= 2 * MOST);
      CHECK_OK(rf_gzip(level, in, n, out, bound, &used, &err), err);
    }
  free(in);
  free(out);
}

static void one_compressor_for_many_members(void) {
  static uint8_t in[2000], out[3000], back[2001];
  rf_error err = {0};
  rf_deflater *deflater = NULL;
  CHECK_OK(rf_deflater_new(0, &deflater, &err), err);
  for (unsigned i = 0; i < 20; i++) {
    size_t n = 100 * i, used = 0;
    random_bytes(in, n);
    CHECK_OK(rf_deflater_gzip(deflater, in, n, out, sizeof out, &used, &err), err);
    CHECK(zlib_inflate(out, used, back, sizeof back) == (long)n && memcmp(back, in, n) == 0);
    uint8_t *room = rf_deflater_room(deflater, n);
    CHECK(room != NULL);
    if (room != NULL)
      memset(room, 1, n);
  }
  rf_deflater_free(deflater);
  rf_deflater_free(NULL);
}

static void members_and_zlib_streams_are_read(void) {
  static uint8_t in[3000], packed[4000], back[3001];
  rf_error err = {0};
  for (size_t i = 0; i < sizeof in; i++)
    in[i] = (uint8_t)(i * i >> 5);
  for (int window = 15; window <= 31; window += 16) {
    size_t n = zlib_deflate(in, sizeof in, packed, sizeof packed, window), made = 0;
    CHECK(n > 0);
    CHECK_OK(rf_gunzip(packed, n, back, sizeof back, &made, &err), err);
    CHECK(made == sizeof in && memcmp(back, in, made) == 0);
    CHECK_OK(rf_gunzip(packed, n, back, sizeof in, &made, &err), err);
    CHECK(made == sizeof in);
    /* Heaps have bytes behind a stream. */
    memset(packed + n, 0xFF, 10);
    CHECK_OK(rf_gunzip(packed, n + 10, back, sizeof back, &made, &err), err);
    CHECK(made == sizeof in);
    CHECK(rf_gunzip(packed, n, back, sizeof in - 1, &made, &err) == RF_ERR_CODEC);
    CHECK(strstr(err.message, "longer than the 2999 bytes") != NULL);
    for (size_t cut = 0; cut < n; cut += 7) {
      rf_error_clear(&err);
      CHECK(rf_gunzip(packed, cut, back, sizeof back, &made, &err) == RF_ERR_CODEC);
    }
    rf_error_clear(&err);
    packed[n / 2] ^= 0x10;
    CHECK(rf_gunzip(packed, n, back, sizeof back, &made, &err) == RF_ERR_CODEC);
    CHECK(strstr(err.message, "corrupt") != NULL);
    rf_error_clear(&err);
  }
}

static void levels_beyond_12_are_refused(void) {
  uint8_t in[1] = {0}, out[200];
  size_t used;
  rf_error err = {0};
  CHECK(rf_gzip(13, in, 1, out, sizeof out, &used, &err) == RF_ERR_ARGUMENT);
  CHECK(strstr(err.message, "level 13") != NULL);
  CHECK(rf_gzip(-1, in, 1, out, sizeof out, &used, NULL) == RF_ERR_ARGUMENT);
  CHECK(rf_gzip(1, in, 1, out, 3, &used, NULL) == RF_ERR_ARGUMENT);
}

/* ---- tiles ---- */

static const rf_tile_codec *const codecs[] = {&rf_tile_gzip_1, &rf_tile_gzip_2, &rf_tile_nocompress};

static rf_tile_shape shape_of(size_t count, unsigned width) {
  return (rf_tile_shape){.count = count, .columns = count, .rows = 1, .width = width};
}

/* The file bytes that a codec compresses. */
static void file_content(const rf_tile_codec *codec, const uint8_t *values, size_t count, unsigned width,
                         uint8_t *content) {
  for (size_t i = 0; i < count; i++)
    for (unsigned b = 0; b < width; b++) {
      uint8_t byte = (uint8_t)(value_at(values, i, width) >> (8 * (width - 1 - b)));
      content[codec->type == RF_Z_GZIP_2 ? b * count + i : i * width + b] = byte;
    }
}

static void try_tile(const rf_tile_codec *codec, const rf_tile_params *params, size_t count, unsigned width) {
  static uint8_t content[ROOM], inflated[ROOM], stream[2 * ROOM];
  static uint64_t values[COUNT_MOST], back[COUNT_MOST];
  rf_error err = {0};
  rf_tile_shape shape = shape_of(count, width);
  size_t bound = 0, used = 0;
  random_bytes((uint8_t *)values, count * width);
  file_content(codec, (const uint8_t *)values, count, width, content);
  CHECK(codec->bound(params, &shape, &bound) && bound <= sizeof stream);
  CHECK_OK(codec->encode(params, &shape, values, stream, &used, &err), err);
  CHECK(used <= bound);
  if (codec->type == RF_Z_NOCOMPRESS)
    CHECK(used == count * width && memcmp(stream, content, used) == 0);
  else
    CHECK(zlib_inflate(stream, used, inflated, sizeof inflated) == (long)(count * width) &&
          memcmp(inflated, content, count * width) == 0);
  /* Whatever width the header has: the stream's is what counts. */
  for (unsigned other = 1; other <= 8; other *= 2) {
    rf_tile_shape expected = shape_of(count, other);
    unsigned found = 0;
    CHECK_OK(codec->decode(params, &expected, stream, used, back, &found, &err), err);
    CHECK(found == (count == 0 ? other : width));
    CHECK(memcmp(back, values, count * width) == 0);
  }
}

static void tiles_of_every_width(void) {
  rf_tile_params params = {0};
  rf_error err = {0};
  for (size_t k = 0; k < 3; k++)
    for (unsigned width = 1; width <= 8; width *= 2)
      for (size_t count = 0; count <= COUNT_MOST; count += 60)
        try_tile(codecs[k], &params, count, width);
  CHECK_OK(rf_deflater_new(6, &params.deflater, &err), err);
  for (size_t count = 1; count <= COUNT_MOST; count += 60)
    try_tile(&rf_tile_gzip_2, &params, count, 4);
  rf_deflater_free(params.deflater);
}

static void tiles_of_another_length_are_refused(void) {
  uint8_t content[300] = {0}, stream[400];
  uint64_t values[40];
  rf_tile_params params = {0};
  rf_tile_shape shape = shape_of(20, 4);
  for (size_t k = 0; k < 3; k++)
    for (size_t n = 0; n <= 300; n++) {
      rf_error err = {0};
      unsigned width;
      size_t used = n;
      if (codecs[k]->type == RF_Z_NOCOMPRESS)
        memcpy(stream, content, n);
      else
        CHECK_OK(rf_gzip(1, content, n, stream, sizeof stream, &used, &err), err);
      bool good = n == 20 || n == 40 || n == 80 || n == 160;
      rf_status status = codecs[k]->decode(&params, &shape, stream, used, values, &width, &err);
      CHECK(status == (good ? RF_OK : RF_ERR_CODEC));
      if (good)
        CHECK(width * 20 == n);
      else if (n < 160)
        CHECK(strstr(err.message, codecs[k]->name) != NULL && strstr(err.message, "20 values") != NULL);
    }
}

static void impossible_sizes_have_no_bound(void) {
  rf_tile_params params = {0};
  rf_tile_shape shape = shape_of(SIZE_MAX / 4, 8);
  size_t bytes;
  for (size_t k = 0; k < 3; k++)
    CHECK(!codecs[k]->bound(&params, &shape, &bytes));
}

/* ---- memory that cannot be had ---- */

static long grants;

static void *some_realloc(void *user, void *block, size_t size) {
  (void)user;
  return grants-- > 0 ? realloc(block, size) : NULL;
}

static void some_free(void *user, void *block) {
  (void)user;
  free(block);
}

static void without_memory_it_says_so(void) {
  static const rf_allocator some = {some_realloc, some_free, NULL};
  static uint64_t values[COUNT_MOST];
  static uint8_t stream[2 * ROOM];
  rf_tile_params params = {0};
  rf_tile_shape shape = shape_of(COUNT_MOST, 8);
  rf_allocator_set(&some);
  for (size_t k = 0; k < 2; k++) {
    rf_status status = RF_ERR_MEMORY;
    size_t used = 0;
    unsigned width, failures = 0;
    for (long n = 0; status == RF_ERR_MEMORY && n < 100; n++) {
      rf_error err = {0};
      grants = n;
      status = codecs[k]->encode(&params, &shape, values, stream, &used, &err);
      failures += status == RF_ERR_MEMORY && err.message[0] != '\0';
    }
    CHECK(status == RF_OK && failures >= 2);
    status = RF_ERR_MEMORY;
    for (long n = 0; status == RF_ERR_MEMORY && n < 100; n++) {
      grants = n;
      status = codecs[k]->decode(&params, &shape, stream, used, values, &width, NULL);
    }
    CHECK(status == RF_OK);
  }
  rf_allocator_set(NULL);
}

int main(void) {
  RUN(planes_of_every_length);
  RUN(members_are_read_by_zlib);
  RUN(incompressible_bytes_stay_within_the_bound);
  RUN(one_compressor_for_many_members);
  RUN(members_and_zlib_streams_are_read);
  RUN(levels_beyond_12_are_refused);
  RUN(tiles_of_every_width);
  RUN(tiles_of_another_length_are_refused);
  RUN(impossible_sizes_have_no_bound);
  RUN(without_memory_it_says_so);
  return check_report();
}
