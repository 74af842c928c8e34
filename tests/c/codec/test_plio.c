/* SPDX-License-Identifier: BSD-3-Clause
 *
 * PLIO_1: lists equal to those of cfitsio (tile_vectors.h), round trips, and lists that are not what they should be.
 */
#include "base/bytes.h"
#include "check.h"
#include "tile_values.h"
#include "tile_vectors.h"

#define VECTORS (sizeof tile_vectors / sizeof tile_vectors[0])
#define MAX_WORDS 64

static const rf_tile_params no_params;

/* Encodes into memory of what bound() said and not a byte more. */
static uint8_t *encode(const void *values, size_t count, unsigned width, size_t *used) {
  rf_tile_shape shape = row_shape(count, width);
  size_t most = 0;
  CHECK(rf_tile_plio_1.bound(&no_params, &shape, &most));
  uint8_t *out = room(most);
  rf_error err;
  rf_error_clear(&err);
  CHECK_OK(rf_tile_plio_1.encode(&no_params, &shape, values, out, used, &err), err);
  CHECK(*used <= most);
  return out;
}

static rf_status decode(size_t count, const uint8_t *in, size_t n, int32_t *values, rf_error *err) {
  rf_tile_shape shape = row_shape(count, 4);
  uint8_t *copy = exact_copy(in, n);
  unsigned width = 0;
  rf_error_clear(err);
  rf_status status = rf_tile_plio_1.decode(&no_params, &shape, copy, n, values, &width, err);
  CHECK(status != RF_OK || width == 4);
  free(copy);
  return status;
}

/* Of a list that is given by its words. */
static rf_status decode_words(size_t count, const uint16_t *words, size_t n, int32_t *values, rf_error *err) {
  uint8_t bytes[2 * MAX_WORDS];
  for (size_t i = 0; i < n; i++)
    rf_put_be16(bytes + 2 * i, words[i]);
  return decode(count, bytes, 2 * n, values, err);
}

static void lists_equal_those_of_cfitsio(void) {
  unsigned seen = 0;
  for (size_t i = 0; i < VECTORS; i++) {
    const tile_vector *v = &tile_vectors[i];
    if (v->blocksize != 0)
      continue;
    int32_t *values = room(v->count * 4), *back = room(v->count * 8);
    make_values(values, 4, v->kind, v->seed, v->count);
    size_t used = 0;
    uint8_t *list = encode(values, v->count, 4, &used);
    CHECK(used == v->bytes && memcmp(list, tile_streams + v->at, used) == 0);
    rf_error err;
    CHECK_OK(decode(v->count, tile_streams + v->at, v->bytes, back, &err), err);
    CHECK(memcmp(back, values, v->count * 4) == 0);
    free(values);
    free(back);
    free(list);
    seen++;
  }
  CHECK(seen == 5);
}

/* Encodes, decodes, and cuts the list off at every byte. */
static void try_values(const void *values, size_t count, unsigned width, size_t cut_step) {
  size_t used = 0;
  rf_error err;
  uint8_t *list = encode(values, count, width, &used);
  int32_t *back = room(count * 8);
  CHECK_OK(decode(count, list, used, back, &err), err);
  for (size_t i = 0; i < count; i++) {
    uint8_t again[4];
    store_value(again, 0, width, back[i]);
    CHECK(memcmp(again, (const uint8_t *)values + i * width, width) == 0);
  }
  for (size_t n = 0; n < used; n += cut_step) {
    CHECK(decode(count, list, n, back, &err) == RF_ERR_CODEC);
    CHECK(strstr(err.message, "PLIO_1") != NULL);
  }
  free(list);
  free(back);
}

static void round_trips(void) {
  static uint8_t values[4 * 20000];
  for (unsigned width = 1; width <= 4; width *= 2)
    for (unsigned kind = width == 2 ? 3 : 0; kind < TILE_KINDS - (width == 2); kind++)
      for (unsigned k = 0; k < 12; k++) {
        size_t count = k < 10 ? 1 + 5 * k * k : 20000;
        unsigned seed = 24 - 2 * k;
        /* Of kind 1, the walk, only what stays above 0 can be held. */
        if (kind == 1 && width != 1)
          continue;
        make_values(values, width, kind == 2 && width == 4 ? 4 : kind, seed, count);
        try_values(values, count, width, k < 10 ? 1 : 1009);
      }
}

/* Alternating as far as it goes: three words a pixel, which is more than the values take. */
static void the_dearest_pixels(void) {
  static int32_t values[1000];
  for (int i = 0; i < 1000; i++)
    values[i] = i % 2 == 0 ? 0xFFFFFF : 1;
  try_values(values, 1000, 4, 1);
}

/* Runs around the 4095 that one word holds. cfitsio loses the zeros where a single pixel follows on a multiple of them.
 */
static void runs_around_what_a_word_holds(void) {
  static int32_t values[40000];
  for (size_t zeros = 0; zeros <= 4095 * 2 + 2; zeros += zeros % 4095 == 2 ? 4091 : 1)
    for (size_t n = 0; n <= 4095 * 2 + 2; n += n % 4095 == 2 ? 4091 : 1)
      for (int32_t value = 1; value <= 10000; value *= 100) {
        memset(values, 0, sizeof values);
        for (size_t i = 0; i < n; i++)
          values[zeros + i] = value;
        try_values(values, zeros + n + 3, 4, 1000);
        if (zeros + n > 0)
          try_values(values, zeros + n, 4, 1000);
      }
}

static void values_that_a_list_cannot_hold(void) {
  static const int32_t values[3] = {5, 0x1000000, -1};
  static const int16_t negative[2] = {3, -2};
  uint8_t out[64];
  size_t used;
  rf_error err;
  rf_tile_shape shape = row_shape(3, 4);
  rf_error_clear(&err);
  CHECK(rf_tile_plio_1.encode(&no_params, &shape, values, out, &used, &err) == RF_ERR_RANGE);
  CHECK(strstr(err.message, "value 1 of the tile is 16777216") != NULL);
  shape = row_shape(1, 4);
  CHECK(rf_tile_plio_1.encode(&no_params, &shape, values + 2, out, &used, NULL) == RF_ERR_RANGE);
  shape = row_shape(2, 2);
  rf_error_clear(&err);
  CHECK(rf_tile_plio_1.encode(&no_params, &shape, negative, out, &used, &err) == RF_ERR_RANGE);
  CHECK(strstr(err.message, "value 1 of the tile is -2") != NULL);
  shape = row_shape(1, 8);
  CHECK(rf_tile_plio_1.encode(&no_params, &shape, values, out, &used, NULL) == RF_ERR_UNSUPPORTED);
}

#define HEAD(words) 0, 7, (uint16_t)-100, words, 0, 0, 0

static void lists_of_other_writers(void) {
  /* The old form: a head of three words. */
  static const uint16_t old_form[] = {0, 0, 5, 0x2004, 0x4003};
  /* A head of nine words; more words behind the list; nothing for the last pixels; a value of 27 bits. */
  static const uint16_t long_head[] = {0, 9, (uint16_t)-100, 13, 0, 0, 0, 0, 0, 0x1ABC, 0x7FFF, 0x4001, 0x5002, 0xFFFF};
  static const uint16_t empty[] = {HEAD(7)};
  int32_t values[20];
  rf_error err;
  CHECK_OK(decode_words(3, old_form, 5, values, &err), err);
  CHECK(values[0] == 5 && values[1] == 5 && values[2] == 5);
  CHECK_OK(decode_words(5, long_head, 14, values, &err), err);
  CHECK(values[0] == 0x7FFFABC && values[1] == 0 && values[2] == 0x7FFFABC && values[3] == 0 && values[4] == 0);
  memset(values, 0xFF, sizeof values);
  CHECK_OK(decode_words(10, empty, 7, values, &err), err);
  for (int i = 0; i < 10; i++)
    CHECK(values[i] == 0);
}

static void corrupt_lists(void) {
  static const struct {
    const char *message;
    size_t n;
    uint16_t words[12];
  } cases[] = {
      {"ends within its head", 0, {0}},
      {"ends within its head", 2, {0, 7}},
      {"ends within its head", 4, {0, 7, (uint16_t)-100, 8}},
      {"ends early: it says that it has 9 words, and there are 8", 8, {HEAD(9), 0x4001}},
      {"ends early: it says that it has 98311 words", 8, {0, 7, (uint16_t)-100, 7, 3, 0, 0, 0x4001}},
      {"ends early: it says that it has 4 words", 3, {0, 0, 4}},
      {"its head has 4 words", 8, {0, 4, (uint16_t)-100, 8, 0, 0, 0, 0x4001}},
      {"its head has -7 words", 8, {0, (uint16_t)-7, (uint16_t)-100, 8, 0, 0, 0, 0x4001}},
      {"7 words and all of it -8 + 32768 * 0", 8, {0, 7, 0, (uint16_t)-8, 0, 0, 0, 0x4001}},
      {"word 8 of 8 is 0x1001", 8, {HEAD(8), 0x1001}},
      {"word 8 of 9 is 0x8001", 9, {HEAD(9), 0x8001, 0x4001}},
      {"word 8 of 8 is 0xffff", 8, {HEAD(8), 0xFFFF}},
      {"the value becomes -1", 8, {HEAD(8), 0x3002}},
      {"the value becomes -4094", 8, {HEAD(8), 0x7FFF}},
      {"runs over: the tile has 10 values, and word 8 of 8", 8, {HEAD(8), 0x400B}},
      {"runs over", 8, {HEAD(8), 0x000B}},
      {"runs over", 8, {HEAD(8), 0x500B}},
      {"runs over", 8, {HEAD(8), 0x5FFF}},
      {"word 9 of 9 goes beyond", 9, {HEAD(9), 0x400A, 0x6001}},
      {"word 9 of 9 goes beyond", 9, {HEAD(9), 0x400A, 0x4001}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    int32_t *values = room(80);
    rf_error err;
    CHECK(decode_words(10, cases[i].words, cases[i].n, values, &err) == RF_ERR_CODEC);
    if (strstr(err.message, cases[i].message) == NULL)
      CHECK_STR(err.message, cases[i].message);
    free(values);
  }
}

static void bounds_do_not_overflow(void) {
  rf_tile_shape shape = row_shape(SIZE_MAX / 4, 4);
  size_t most;
  CHECK(!rf_tile_plio_1.bound(&no_params, &shape, &most));
}

int main(void) {
  RUN(lists_equal_those_of_cfitsio);
  RUN(round_trips);
  RUN(the_dearest_pixels);
  RUN(runs_around_what_a_word_holds);
  RUN(values_that_a_list_cannot_hold);
  RUN(lists_of_other_writers);
  RUN(corrupt_lists);
  RUN(bounds_do_not_overflow);
  return check_report();
}
