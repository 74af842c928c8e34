/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HCOMPRESS_1: streams and decoded pixels equal to cfitsio's (hcompress_vectors.h), round trips over all small shapes
 * and the sizes of words, and streams that lie about everything that can be lied about.
 */
#include <zlib.h>

#include "base/bytes.h"
#include "check.h"
#include "hcompress_pixels.h"
#include "hcompress_vectors.h"
#include "codec/hcompress/hcompress.h"

#define VECTORS (sizeof hcompress_vectors / sizeof hcompress_vectors[0])

/* Encodes into memory of what bound() said and not a byte more. */
static uint8_t *encode(const rf_tile_params *params, const rf_tile_shape *shape, const void *pixels, size_t *used) {
  size_t most = 0;
  rf_error err = {0};
  CHECK(rf_tile_hcompress_1.bound(params, shape, &most));
  uint8_t *out = room(most);
  CHECK_OK(rf_tile_hcompress_1.encode(params, shape, pixels, out, used, &err), err);
  CHECK(*used <= most);
  return out;
}

static rf_status decode(int smooth, const rf_tile_shape *shape, const uint8_t *in, size_t n, int32_t *pixels,
                        rf_error *err) {
  rf_tile_params params = {.smooth = smooth};
  uint8_t *copy = exact_copy(in, n);
  uint64_t *values = room(shape->count * 8);
  unsigned width = 0;
  rf_error_clear(err);
  rf_status status = rf_tile_hcompress_1.decode(&params, shape, copy, n, values, &width, err);
  if (status == RF_OK) {
    CHECK(width == 4);
    memcpy(pixels, values, shape->count * 4);
  }
  free(values);
  free(copy);
  return status;
}

static uint32_t crc_of(const int32_t *pixels, size_t count) {
  uint8_t *file = room(count * 4);
  rf_swap_copy(file, pixels, count, 4);
  uint32_t crc = (uint32_t)crc32(0, file, (uInt)(count * 4));
  free(file);
  return crc;
}

static void streams_and_pixels_equal_those_of_cfitsio(void) {
  for (size_t i = 0; i < VECTORS; i++) {
    const hcompress_vector *v = &hcompress_vectors[i];
    rf_tile_params params = {.scale = v->scale};
    rf_tile_shape shape = plane_shape(v->rows, v->columns, v->width);
    rf_error err;
    size_t used = 0;
    void *pixels = room(shape.count * 4);
    int32_t *back = room(shape.count * 4);
    make_pixels(pixels, v->width, v->kind, v->seed, v->rows, v->columns);
    uint8_t *stream = encode(&params, &shape, pixels, &used);
    CHECK(used == v->bytes && memcmp(stream, hcompress_streams + v->at, used) == 0);
    CHECK_OK(decode(0, &shape, hcompress_streams + v->at, v->bytes, back, &err), err);
    CHECK(crc_of(back, shape.count) == v->plain);
    CHECK_OK(decode(1, &shape, hcompress_streams + v->at, v->bytes, back, &err), err);
    CHECK(crc_of(back, shape.count) == v->smooth);
    free(stream);
    free(back);
    free(pixels);
  }
}

/* Smoothing is what the vectors test: it does change pixels where there is a scale. */
static void smoothing_changes_lossy_pixels_only(void) {
  unsigned changed = 0;
  for (size_t i = 0; i < VECTORS; i++) {
    const hcompress_vector *v = &hcompress_vectors[i];
    if (v->plain != v->smooth) {
      changed++;
      CHECK(v->scale > 1);
    }
  }
  CHECK(changed >= 8);
}

static void round_trip(size_t rows, size_t columns, unsigned width, unsigned kind, unsigned seed) {
  rf_tile_shape shape = plane_shape(rows, columns, width);
  void *pixels = room(shape.count * 4);
  int32_t *back = room(shape.count * 4);
  rf_error err;
  make_pixels(pixels, width, kind, seed, rows, columns);
  for (int scale = 0; scale <= 1; scale++) {
    size_t used = 0, different = 0;
    uint8_t *stream = encode(&(rf_tile_params){.scale = scale}, &shape, pixels, &used);
    CHECK_OK(decode(1, &shape, stream, used, back, &err), err);
    for (size_t i = 0; i < shape.count; i++)
      different += back[i] != pixel_at(pixels, i, width);
    CHECK(different == 0);
    free(stream);
  }
  free(back);
  free(pixels);
}

static void small_shapes_come_back(void) {
  for (size_t rows = 1; rows <= 18; rows++)
    for (size_t columns = 1; columns <= 18; columns++)
      for (unsigned width = 1; width <= 4; width *= 2)
        round_trip(rows, columns, width, (unsigned)(rows + columns) % PIXEL_KINDS, 8 * width - 1);
}

static void shapes_around_words_come_back(void) {
  static const size_t lengths[] = {1, 3, 63, 64, 65, 127, 128, 129, 255, 257};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
    for (unsigned kind = 0; kind < PIXEL_KINDS; kind++) {
      round_trip(5, lengths[i], 2, kind, 9);
      round_trip(lengths[i], 6, 4, kind, 31);
      round_trip(1, 2 * lengths[i], 1, kind, 7);
    }
}

/* The extremes need 64 bits for the coefficients. */
static void the_largest_pixels_come_back(void) {
  int32_t pixels[64], back[64];
  rf_tile_shape shape = plane_shape(8, 8, 4);
  rf_error err;
  for (unsigned pattern = 0; pattern < 4; pattern++) {
    for (size_t i = 0; i < 64; i++)
      pixels[i] = pattern == 0   ? INT32_MIN
                  : pattern == 1 ? INT32_MAX
                                 : ((i + (pattern == 3 ? i / 8 : 0)) % 2 != 0 ? INT32_MAX : INT32_MIN);
    size_t used = 0;
    uint8_t *stream = encode(&(rf_tile_params){0}, &shape, pixels, &used);
    CHECK_OK(decode(0, &shape, stream, used, back, &err), err);
    CHECK(memcmp(pixels, back, sizeof pixels) == 0);
    free(stream);
  }
}

static void lossy_pixels_are_near(void) {
  rf_tile_shape shape = plane_shape(50, 60, 4);
  int32_t *pixels = room(shape.count * 4), *back = room(shape.count * 4);
  rf_error err;
  for (unsigned kind = 0; kind < PIXEL_KINDS; kind++)
    for (int scale = 2; scale <= 1000; scale = scale * 3 + 1) {
      size_t used = 0;
      make_pixels(pixels, 4, kind, 9, shape.rows, shape.columns);
      uint8_t *stream = encode(&(rf_tile_params){.scale = scale}, &shape, pixels, &used);
      CHECK_OK(decode(0, &shape, stream, used, back, &err), err);
      for (size_t i = 0; i < shape.count; i++)
        CHECK(llabs((long long)back[i] - pixels[i]) <= 6 * (long long)scale);
      free(stream);
    }
  free(back);
  free(pixels);
}

/* ---- streams that are not what they should be ---- */

#define ROWS 10
#define COLUMNS 12

static size_t good_stream(uint8_t **stream) {
  int32_t pixels[ROWS * COLUMNS];
  rf_tile_shape shape = plane_shape(ROWS, COLUMNS, 4);
  size_t used = 0;
  make_pixels(pixels, 4, 0, 5, ROWS, COLUMNS);
  *stream = encode(&(rf_tile_params){0}, &shape, pixels, &used);
  return used;
}

static rf_status try_stream(const uint8_t *stream, size_t n, rf_error *err) {
  int32_t back[ROWS * COLUMNS];
  rf_tile_shape shape = plane_shape(ROWS, COLUMNS, 4);
  return decode(1, &shape, stream, n, back, err);
}

static void a_stream_that_ends_early_is_refused(void) {
  uint8_t *stream;
  size_t n = good_stream(&stream);
  rf_error err;
  for (size_t cut = 0; cut < n; cut++) {
    CHECK(try_stream(stream, cut, &err) == RF_ERR_CODEC);
    CHECK(strstr(err.message, "HCOMPRESS_1") != NULL);
  }
  CHECK(strstr(err.message, "ends early") != NULL);
  CHECK_OK(try_stream(stream, n, &err), err);
  free(stream);
}

/* Changes one field of the header; the message must say what was found. */
static void check_field(size_t at, size_t bytes, uint64_t value, const char *found) {
  uint8_t *stream;
  size_t n = good_stream(&stream);
  rf_error err;
  for (size_t b = 0; b < bytes; b++)
    stream[at + b] = (uint8_t)(value >> (8 * (bytes - 1 - b)));
  CHECK(try_stream(stream, n, &err) == RF_ERR_CODEC);
  if (strstr(err.message, found) == NULL)
    CHECK_STR(err.message, found);
  free(stream);
}

static void a_header_that_lies_is_refused(void) {
  check_field(0, 2, 0x1F8B, "0x1F8B");
  check_field(2, 4, ROWS + 1, "11 rows of 12");
  check_field(2, 4, 0x7FFFFFFF, "2147483647 rows of 12 values, the tile has 10 of 12");
  check_field(2, 4, 0x80000000, "-2147483648 rows");
  check_field(6, 4, COLUMNS - 1, "10 rows of 11");
  check_field(6, 4, 0, "10 rows of 0");
  /* Rows and columns exchanged have the same number of pixels. */
  check_field(2, 8, (uint64_t)COLUMNS << 32 | ROWS, "12 rows of 10");
  check_field(14, 8, (uint64_t)1 << 62, "beyond any pixels");
  check_field(14, 8, (uint64_t)1 << 63, "beyond any pixels");
  check_field(22, 1, 255, "255 bit planes");
  check_field(23, 1, 61, "61 bit planes");
  check_field(24, 1, 60, "beyond any pixels");
}

static void a_scale_beyond_all_pixels_is_refused(void) {
  uint8_t *stream;
  size_t n = good_stream(&stream);
  rf_error err;
  rf_put_be32(stream + 10, 0x7FFFFFFF);
  stream[22] = 40;
  CHECK(try_stream(stream, n, &err) == RF_ERR_CODEC);
  CHECK(strstr(err.message, "scale 2147483647") != NULL);
  free(stream);
}

/* cfitsio takes a scale of 1 and less for none. */
static void a_negative_scale_is_none(void) {
  uint8_t *stream;
  size_t n = good_stream(&stream);
  int32_t expected[ROWS * COLUMNS], back[ROWS * COLUMNS];
  rf_tile_shape shape = plane_shape(ROWS, COLUMNS, 4);
  rf_error err;
  CHECK_OK(decode(1, &shape, stream, n, expected, &err), err);
  rf_put_be32(stream + 10, 0x80000000);
  CHECK_OK(decode(1, &shape, stream, n, back, &err), err);
  CHECK(memcmp(expected, back, sizeof back) == 0);
  free(stream);
}

static void a_plane_of_neither_form_is_refused(void) {
  uint8_t *stream;
  size_t n = good_stream(&stream);
  rf_error err;
  stream[RF_HC_HEADER] = (uint8_t)(0x50 | (stream[RF_HC_HEADER] & 0x0F));
  CHECK(try_stream(stream, n, &err) == RF_ERR_CODEC);
  CHECK(strstr(err.message, "code 5") != NULL);
  free(stream);
}

/* Quadrants without planes, then something that is not the end. */
static void a_missing_end_of_planes_is_refused(void) {
  uint8_t stream[RF_HC_HEADER + 1] = {RF_HC_MAGIC_0, RF_HC_MAGIC_1};
  rf_error err;
  rf_put_be32(stream + 2, ROWS);
  rf_put_be32(stream + 6, COLUMNS);
  CHECK_OK(try_stream(stream, sizeof stream, &err), err);
  stream[RF_HC_HEADER] = 0x70;
  CHECK(try_stream(stream, sizeof stream, &err) == RF_ERR_CODEC);
  CHECK(strstr(err.message, "end with code 7") != NULL);
}

/* A tile of one row has two quadrants without coefficients, which cfitsio gives memory of no bytes and then writes to.
 */
static void coefficients_in_an_empty_quadrant_are_refused(void) {
  uint8_t stream[RF_HC_HEADER + 40] = {RF_HC_MAGIC_0, RF_HC_MAGIC_1};
  int32_t back[20];
  rf_tile_shape shape = plane_shape(1, 20, 4);
  rf_error err;
  rf_put_be32(stream + 2, 1);
  rf_put_be32(stream + 6, 20);
  stream[24] = 1;
  /* The quadrant's plane: a tree, and the node 1. */
  stream[RF_HC_HEADER] = 0xF0;
  CHECK(decode(0, &shape, stream, sizeof stream, back, &err) == RF_ERR_CODEC);
  CHECK(strstr(err.message, "where the tile has none") != NULL);
  /* The empty node is what encoders write. */
  stream[RF_HC_HEADER] = 0xFF;
  stream[RF_HC_HEADER + 1] = 0x80;
  CHECK_OK(decode(0, &shape, stream, sizeof stream, back, &err), err);
}

/* Bits of nodes that lie outside of the tile are not looked at, in neither form of a plane. */
static void nodes_beyond_the_edge_are_cut_off(void) {
  int32_t back[9];
  rf_tile_shape shape = plane_shape(3, 3, 4);
  rf_error err;
  for (unsigned tree = 0; tree <= 1; tree++) {
    uint8_t stream[RF_HC_HEADER + 40] = {RF_HC_MAGIC_0, RF_HC_MAGIC_1};
    rf_put_be32(stream + 2, 3);
    rf_put_be32(stream + 6, 3);
    stream[24] = 1;
    /* One coefficient, a node that says there are four; then the end of the planes, and the sign. */
    stream[RF_HC_HEADER] = tree != 0 ? 0xFC : 0x0F;
    CHECK_OK(decode(0, &shape, stream, sizeof stream, back, &err), err);
  }
}

static void random_bytes_never_crash(void) {
  uint8_t *stream;
  size_t n = good_stream(&stream);
  uint64_t state = 1;
  rf_error err;
  for (unsigned round = 0; round < 20000; round++) {
    uint8_t *spoilt = exact_copy(stream, n);
    for (unsigned k = 0; k <= round % 4; k++) {
      state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
      spoilt[10 + (state >> 33) % (n - 10)] = (uint8_t)(state >> 20);
    }
    rf_status status = try_stream(spoilt, n, &err);
    CHECK(status == RF_OK || status == RF_ERR_CODEC);
    free(spoilt);
  }
  free(stream);
}

static void impossible_tiles_are_refused(void) {
  int32_t pixel = 0;
  uint8_t out[100];
  uint64_t back;
  size_t used;
  unsigned width;
  rf_error err = {0};
  rf_tile_params params = {0};
  static const rf_tile_shape shapes[] = {{0, 0, 0, 4},
                                         {0, 5, 0, 4},
                                         {6, 5, 1, 4},
                                         {(size_t)1 << 31, (size_t)1 << 16, (size_t)1 << 15, 4},
                                         {2, (size_t)1 << 31, 1, 4}};
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    CHECK(!rf_tile_hcompress_1.bound(&params, &shapes[i], &used));
    CHECK(rf_tile_hcompress_1.encode(&params, &shapes[i], &pixel, out, &used, NULL) == RF_ERR_ARGUMENT);
    CHECK(rf_tile_hcompress_1.decode(&params, &shapes[i], out, sizeof out, &back, &width, NULL) == RF_ERR_ARGUMENT);
  }
  rf_tile_shape one = plane_shape(1, 1, 8);
  CHECK(rf_tile_hcompress_1.encode(&params, &one, &pixel, out, &used, &err) == RF_ERR_ARGUMENT);
  CHECK(strstr(err.message, "8 bytes") != NULL);
  one.width = 4;
  params.scale = -1;
  CHECK(rf_tile_hcompress_1.encode(&params, &one, &pixel, out, &used, NULL) == RF_ERR_ARGUMENT);
}

/* ---- memory that cannot be had ---- */

static void *no_realloc(void *user, void *block, size_t size) {
  (void)user, (void)block, (void)size;
  return NULL;
}

static void no_free(void *user, void *block) {
  (void)user;
  free(block);
}

static void without_memory_it_says_so(void) {
  static const rf_allocator none = {no_realloc, no_free, NULL};
  uint8_t *stream;
  size_t n = good_stream(&stream), used;
  int32_t pixels[ROWS * COLUMNS] = {0};
  uint8_t out[2000];
  rf_tile_shape shape = plane_shape(ROWS, COLUMNS, 4);
  rf_error err = {0};
  rf_allocator_set(&none);
  CHECK(rf_tile_hcompress_1.encode(&(rf_tile_params){0}, &shape, pixels, out, &used, &err) == RF_ERR_MEMORY);
  CHECK(strstr(err.message, "120 values") != NULL);
  CHECK(try_stream(stream, n, &err) == RF_ERR_MEMORY);
  rf_allocator_set(NULL);
  free(stream);
}

int main(void) {
  RUN(streams_and_pixels_equal_those_of_cfitsio);
  RUN(smoothing_changes_lossy_pixels_only);
  RUN(small_shapes_come_back);
  RUN(shapes_around_words_come_back);
  RUN(the_largest_pixels_come_back);
  RUN(lossy_pixels_are_near);
  RUN(a_stream_that_ends_early_is_refused);
  RUN(a_header_that_lies_is_refused);
  RUN(a_scale_beyond_all_pixels_is_refused);
  RUN(a_negative_scale_is_none);
  RUN(a_plane_of_neither_form_is_refused);
  RUN(a_missing_end_of_planes_is_refused);
  RUN(coefficients_in_an_empty_quadrant_are_refused);
  RUN(nodes_beyond_the_edge_are_cut_off);
  RUN(random_bytes_never_crash);
  RUN(impossible_tiles_are_refused);
  RUN(without_memory_it_says_so);
  return check_report();
}
