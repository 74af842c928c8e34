/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Quantization against what cfitsio 4.6 made of the same pixels (scale, zero and a hash of the integers; see `cases`),
 * and what has to hold for all pixels: both kinds of kernels give the same bits, what comes back is near, NaN and zero
 * come back as such.
 */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "check.h"
#include "codec/quantize/noise.h"
#include "codec/quantize/quantize.h"

static rf_error err;
static float random_values[RF_DITHER_VALUES];

typedef enum mood { SMOOTH, COUNTS, BLANK_PARTS, HOLES, MOSTLY_HOLES, ZEROS, STEEP } mood;

/* Pixels that any machine makes to the last bit: sums of four uniform numbers, in several moods. */
static uint32_t seed;

static double uniform(void) {
  seed = seed * 1664525u + 1013904223u;
  return (double)(seed >> 8) / 16777216.0;
}

static double noise(void) {
  double a = uniform(), b = uniform(), c = uniform(), d = uniform();
  return a + b + c + d - 2.0;
}

static double pixel(mood kind, size_t row, size_t column) {
  double x = 100.0 + 20.0 * noise(), u = uniform();
  switch (kind) {
  case SMOOTH:
    return x;
  case COUNTS: /* many neighbours are equal */
    return floor(x / 16.0);
  case BLANK_PARTS: /* zeros on one side, and rows of zeros */
    return column < 20 || row % 4 == 3 ? 0.0 : floor(x / 8.0);
  case HOLES:
    return u < 0.1 ? NAN : x;
  case MOSTLY_HOLES:
    return u < 0.9 ? NAN : x;
  case ZEROS:
    return u < 0.3 ? 0.0 : x - 100.0;
  case STEEP:
    return x * (1.0 + (double)column * (double)column);
  }
  return x;
}

/* A tile in both widths; freed by the caller. */
typedef struct tile {
  size_t rows, columns, count;
  float *f32;
  double *f64;
  int32_t *integers;
} tile;

static tile new_tile(mood kind, size_t rows, size_t columns, uint32_t first_seed) {
  tile t = {rows, columns, rows * columns, NULL, NULL, NULL};
  t.f32 = malloc(t.count * sizeof *t.f32);
  t.f64 = malloc(t.count * sizeof *t.f64);
  t.integers = calloc(t.count, sizeof *t.integers);
  if (!t.f32 || !t.f64 || !t.integers)
    exit(2);
  seed = first_seed;
  for (size_t i = 0; i < t.count; i++) {
    t.f64[i] = pixel(kind, i / columns, i % columns);
    t.f32[i] = (float)t.f64[i];
  }
  return t;
}

static void free_tile(tile *t) {
  free(t->f32);
  free(t->f64);
  free(t->integers);
}

static rf_quantum new_quantum(rf_dither dither, int first, uint64_t number) {
  return (rf_quantum){.dither = dither, .random = random_values, .seed = first, .tile = number};
}

static bool quantize(rf_quantum *quantum, double level, const tile *t, bool wide) {
  bool done = false;
  if (wide)
    CHECK_OK(rf_quantize_f64(quantum, level, t->f64, t->rows, t->columns, t->integers, &done, &err), err);
  else
    CHECK_OK(rf_quantize_f32(quantum, level, t->f32, t->rows, t->columns, t->integers, &done, &err), err);
  return done;
}

static uint32_t hash(const int32_t *integers, size_t count) {
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < count; i++)
    h = (h ^ (uint32_t)integers[i]) * 16777619u;
  return h;
}

/* ---- cfitsio ---- */

typedef struct known {
  mood kind;
  size_t rows, columns;
  double level;
  rf_dither dither;
  int seed;
  uint64_t number;
  uint32_t pixels; /* seed of the pixels */
  bool wide, quantized;
  double scale, zero;
  uint32_t integers;
} known;

/* From fits_quantize_float and fits_quantize_double. COUNTS and BLANK_PARTS of several rows are where the median of
 * 2nd order takes in what earlier rows left behind. */
static const known cases[] = {
    {SMOOTH, 1, 4000, 4, RF_DITHER_1, 1, 0, 77, false, true, 0x1.822230c93136ep+1, 0x1.0977818a51d5cp+6, 0xa85304f2u},
    {SMOOTH, 1, 4000, 4, RF_DITHER_1, 1, 0, 77, true, true, 0x1.82222b051ab4cp+1, 0x1.09777d93825c4p+6, 0xa85304f2u},
    {SMOOTH, 100, 100, 4, RF_DITHER_2, 9999, 123456, 154, false, true, 0x1.723d59897c8dfp+1, 0x1.723d59a84160cp+32,
     0xc33a70dfu},
    {SMOOTH, 100, 100, 4, RF_DITHER_2, 9999, 123456, 154, true, true, 0x1.723d50e35acacp+1, 0x1.723d51021f9e6p+32,
     0xc33a70dfu},
    {SMOOTH, 7, 3, 16, RF_DITHER_NONE, 1, 0, 231, false, true, 0x1.e5c5eaed0ca89p-2, 0x1.64bd5886154bdp+6, 0x48c30493u},
    {SMOOTH, 7, 3, 16, RF_DITHER_NONE, 1, 0, 231, true, true, 0x1.e5c5fed843245p-2, 0x1.64bd6726d14ebp+6, 0x48c30493u},
    {SMOOTH, 1, 8, 4, RF_DITHER_NONE, 1, 0, 308, false, false, 0x0p+0, 0x0p+0, 0x00000000u},
    {SMOOTH, 1, 8, 4, RF_DITHER_NONE, 1, 0, 308, true, false, 0x0p+0, 0x0p+0, 0x00000000u},
    {SMOOTH, 2, 4, -0.1, RF_DITHER_NONE, 1, 0, 385, false, true, 0x1.99999ap-4, 0x1.686666c08p+6, 0xbf2111c9u},
    {SMOOTH, 2, 4, -0.1, RF_DITHER_NONE, 1, 0, 385, true, true, 0x1.99999ap-4, 0x1.686666c08p+6, 0xbf2111c9u},
    {COUNTS, 1, 300, 4, RF_DITHER_NONE, 1, 0, 462, false, true, 0x1.35e5e8fd84fb8p-3, 0x1.f7959a9bf818bp+1,
     0xe79dd283u},
    {COUNTS, 1, 300, 4, RF_DITHER_NONE, 1, 0, 462, true, true, 0x1.35e5e8fd84fb8p-3, 0x1.f7959a9bf818bp+1, 0xe79dd283u},
    {COUNTS, 20, 50, 4, RF_DITHER_1, 5, 7, 539, false, true, 0x1.35e5e8fd84fb8p-3, 0x1.f7959a9bf818bp+1, 0x52664c49u},
    {COUNTS, 20, 50, 4, RF_DITHER_1, 5, 7, 539, true, true, 0x1.35e5e8fd84fb8p-3, 0x1.f7959a9bf818bp+1, 0x52664c49u},
    {BLANK_PARTS, 30, 60, 4, RF_DITHER_2, 77, 3, 616, false, true, 0x1.9847a4da3f7c1p-2, 0x1.9847a4b72953ep+29,
     0x3f4d0981u},
    {BLANK_PARTS, 30, 60, 4, RF_DITHER_2, 77, 3, 616, true, true, 0x1.9847a4da3f7c1p-2, 0x1.9847a4b72953ep+29,
     0x3f4d0981u},
    {BLANK_PARTS, 1, 500, 4, RF_DITHER_NONE, 1, 0, 693, false, true, 0x1.0c612eef00d44p-2, 0x0p+0, 0x92a00689u},
    {BLANK_PARTS, 1, 500, 4, RF_DITHER_NONE, 1, 0, 693, true, true, 0x1.0c612eef00d44p-2, 0x0p+0, 0x92a00689u},
    {HOLES, 40, 40, 4, RF_DITHER_1, 10000, 10000, 770, false, true, 0x1.8470515a4c6f5p+1, 0x1.8470517993015p+32,
     0x86fa5e1fu},
    {HOLES, 40, 40, 4, RF_DITHER_1, 10000, 10000, 770, true, true, 0x1.84705091038c1p+1, 0x1.847050b04a1e3p+32,
     0x86fa5e1fu},
    {HOLES, 1, 2000, 16, RF_DITHER_NONE, 1, 0, 847, false, true, 0x1.7d056800808e3p-1, 0x1.7d0568f231a14p+30,
     0x304cd74eu},
    {HOLES, 1, 2000, 16, RF_DITHER_NONE, 1, 0, 847, true, true, 0x1.7d055d1b6b5d5p-1, 0x1.7d055e0d1c721p+30,
     0x304cd74eu},
    {MOSTLY_HOLES, 5, 300, 4, RF_DITHER_2, 3, 1, 924, false, true, 0x1.17aeae20f03a9p+1, 0x1.17aeae4dca782p+32,
     0x4cc2acdau},
    {MOSTLY_HOLES, 5, 300, 4, RF_DITHER_2, 3, 1, 924, true, true, 0x1.17aeb3f9f6ec6p+1, 0x1.17aeb426d1298p+32,
     0x4cc2acdau},
    {MOSTLY_HOLES, 3, 12, 4, RF_DITHER_NONE, 1, 0, 1001, false, false, 0x0p+0, 0x0p+0, 0x00000000u},
    {MOSTLY_HOLES, 3, 12, 4, RF_DITHER_NONE, 1, 0, 1001, true, false, 0x0p+0, 0x0p+0, 0x00000000u},
    {COUNTS, 12, 40, 4, RF_DITHER_2, 9, 9, 1078, false, true, 0x1.35e5e8fd84fb8p-3, 0x1.35e5e922e3398p+28, 0xc5825220u},
    {COUNTS, 12, 40, 4, RF_DITHER_2, 9, 9, 1078, true, true, 0x1.35e5e8fd84fb8p-3, 0x1.35e5e922e3398p+28, 0xc5825220u},
    {COUNTS, 6, 200, 4, RF_DITHER_NONE, 1, 0, 1155, false, true, 0x1.35e5e8fd84fb8p-3, 0x1.f7959a9bf818bp+1,
     0xe4a110b8u},
    {COUNTS, 6, 200, 4, RF_DITHER_NONE, 1, 0, 1155, true, true, 0x1.35e5e8fd84fb8p-3, 0x1.f7959a9bf818bp+1,
     0xe4a110b8u},
    {ZEROS, 25, 80, 4, RF_DITHER_2, 1, 9999, 1232, false, true, 0x1.2f4cb60d9aefep+1, 0x1.2f4cb5d3267a4p+32,
     0x03faf8f3u},
    {ZEROS, 25, 80, 4, RF_DITHER_2, 1, 9999, 1232, true, true, 0x1.2f4cb65b146a2p+1, 0x1.2f4cb6209ff46p+32,
     0x03faf8f3u},
    {ZEROS, 25, 80, 4, RF_DITHER_1, 1, 0, 1309, false, true, 0x1.1362cfdc02c0ap+1, -0x1.1362cfdc02c0ap+5, 0x480c05b2u},
    {ZEROS, 25, 80, 4, RF_DITHER_1, 1, 0, 1309, true, true, 0x1.1362cfdc02c0ap+1, -0x1.1362cfdc02c0ap+5, 0x480c05b2u},
    {STEEP, 9, 70, 4, RF_DITHER_1, 100, 100, 1386, false, true, 0x1.3fe17bc46016cp+11, 0x0p+0, 0x1331df69u},
    {STEEP, 9, 70, 4, RF_DITHER_1, 100, 100, 1386, true, true, 0x1.3fe1a11afabe2p+11, 0x0p+0, 0x1331df69u},
    {SMOOTH, 120, 200, -1.5, RF_DITHER_2, 4321, 8, 1463, false, true, 0x1.8p+0, 0x1.8000005d13ed8p+31, 0x6d161ec5u},
    {SMOOTH, 120, 200, -1.5, RF_DITHER_2, 4321, 8, 1463, true, true, 0x1.8p+0, 0x1.8000005d13edap+31, 0x6d161ec5u},
    {SMOOTH, 1, 2, -1e-08, RF_DITHER_NONE, 1, 0, 1540, false, true, 0x1.5798eep-27, 0x1.768eebffd288bp+6, 0x82be0cf1u},
    {SMOOTH, 1, 2, -1e-08, RF_DITHER_NONE, 1, 0, 1540, true, true, 0x1.5798eep-27, 0x1.768eec30240a3p+6, 0xd348d3e9u},
    {HOLES, 120, 200, -0.001, RF_DITHER_1, 1, 0, 1617, false, true, 0x1.0624dep-10, 0x1.0626d8b828d4fp+21, 0xe7e00d44u},
    {HOLES, 120, 200, -0.001, RF_DITHER_1, 1, 0, 1617, true, true, 0x1.0624dep-10, 0x1.0626d8b82854fp+21, 0x3cb7112fu},
};

static void as_cfitsio(void) {
  for (int level = 0; level <= 2; level++) {
    (void)rf_bytes_set_level(level);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      const known *k = &cases[i];
      tile t = new_tile(k->kind, k->rows, k->columns, k->pixels);
      rf_quantum quantum = new_quantum(k->dither, k->seed, k->number);
      bool done = quantize(&quantum, k->level, &t, k->wide);
      if (done != k->quantized || (done && (quantum.scale != k->scale || quantum.zero != k->zero ||
                                            hash(t.integers, t.count) != k->integers))) {
        fprintf(stderr, "case %zu: quantized %d, scale %a, zero %a, integers %08x\n", i, done, quantum.scale,
                quantum.zero, (unsigned)hash(t.integers, t.count));
        CHECK(!"as cfitsio");
      }
      free_tile(&t);
    }
  }
  (void)rf_bytes_set_level(2);
}

/* From fits_img_stats_int: the least of the three estimates. */
static void noise_of_integers_as_cfitsio(void) {
  const mood kinds[] = {SMOOTH, COUNTS, BLANK_PARTS};
  const double expected[] = {0x1.b12d89a9e00d2p+26, 0x1.716d64p+22, 0x1.e6b52p+23};
  int32_t integers[30 * 70];
  for (size_t k = 0; k < 3; k++) {
    double found;
    seed = 5;
    for (size_t i = 0; i < 30 * 70; i++)
      integers[i] = (int32_t)(pixel(kinds[k], i / 70, i % 70) * 1e7);
    CHECK_OK(rf_noise_i32(integers, 30, 70, &found, &err), err);
    CHECK(found == expected[k]);
  }
}

/* ---- the random sequence ---- */

static void sequence_of_the_standard(void) {
  /* Appendix I: the first values, and the last seed, 1043618065. */
  CHECK(random_values[0] == (float)(16807 / 2147483647.0));
  CHECK(random_values[1] == (float)(282475249 / 2147483647.0));
  CHECK(random_values[RF_DITHER_VALUES - 1] == (float)(1043618065 / 2147483647.0));
}

/* Whatever a header says of the seed, nothing is read outside the table (a sanitizer would see it). */
static void any_seed_and_tile(void) {
  const int seeds[] = {INT32_MIN, -10001, -10000, -1, 0, 1, 10000, 10001, INT32_MAX};
  const uint64_t numbers[] = {0, 1, 9999, 10000, UINT64_MAX - 1, UINT64_MAX};
  static int32_t in[25000];
  static float out[25000];
  float *table = malloc(sizeof random_values); /* of its own: its ends are watched */
  if (!table)
    exit(2);
  memcpy(table, random_values, sizeof random_values);
  for (size_t s = 0; s < sizeof seeds / sizeof *seeds; s++)
    for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++) {
      rf_quantum quantum = new_quantum(RF_DITHER_1, seeds[s], numbers[n]);
      quantum.random = table;
      quantum.scale = 1;
      rf_dequantize_f32(&quantum, in, 25000, out);
      for (size_t i = 0; i < 25000; i++)
        if (!(fabsf(out[i]) <= 0.5f)) {
          CHECK(!"half a step at most");
          break;
        }
    }
  free(table);
}

/* ---- there and back ---- */

static void check_near(const rf_quantum *quantum, const tile *t, bool wide) {
  double most = quantum->scale / 2 * (1 + 1e-6);
  double *back = malloc(t->count * sizeof *back);
  if (!back)
    exit(2);
  if (wide)
    rf_dequantize_f64(quantum, t->integers, t->count, back);
  else { /* in place, as readers do */
    float *reals = (float *)(void *)t->integers;
    rf_dequantize_f32(quantum, t->integers, t->count, reals);
    for (size_t i = 0; i < t->count; i++)
      back[i] = reals[i];
  }
  size_t far = 0;
  for (size_t i = 0; i < t->count; i++) {
    double x = wide ? t->f64[i] : t->f32[i];
    double rounding = wide ? 1e-9 : fabs(x) * FLT_EPSILON;
    if (isnan(x) != isnan(back[i]) || (!isnan(x) && fabs(x - back[i]) > most + rounding))
      far++;
    if (x == 0 && quantum->dither == RF_DITHER_2 && back[i] != 0)
      far++;
  }
  CHECK(far == 0);
  free(back);
}

static void there_and_back(void) {
  const rf_dither dithers[] = {RF_DITHER_NONE, RF_DITHER_1, RF_DITHER_2};
  const double levels[] = {4, 100, -0.25};
  for (int kind = SMOOTH; kind <= STEEP; kind++)
    for (size_t d = 0; d < 3; d++)
      for (size_t l = 0; l < 3; l++)
        for (int wide = 0; wide < 2; wide++) {
          tile t = new_tile((mood)kind, 13, 1000, (uint32_t)kind + 1);
          rf_quantum quantum = new_quantum(dithers[d], 9998, l);
          bool done = quantize(&quantum, levels[l], &t, wide);
          CHECK(done);
          if (done)
            check_near(&quantum, &t, wide);
          free_tile(&t);
        }
}

/* Kernels for vectors and for any processor; odd lengths, so that there is a rest. */
static void same_bits_on_any_processor(void) {
  for (int kind = SMOOTH; kind <= STEEP; kind++)
    for (size_t columns = 9; columns < 400; columns += 13) {
      double scales[2][2], zeros[2][2];
      uint32_t hashes[2][2], reals[2][2];
      for (int level = 0; level < 2; level++) {
        (void)rf_bytes_set_level(level ? 2 : 0);
        for (int wide = 0; wide < 2; wide++) {
          tile t = new_tile((mood)kind, 11, columns, (uint32_t)columns);
          rf_quantum quantum = new_quantum(RF_DITHER_2, 77, columns);
          bool done = quantize(&quantum, 4, &t, wide);
          scales[level][wide] = done ? quantum.scale : -1;
          zeros[level][wide] = done ? quantum.zero : -1;
          hashes[level][wide] = done ? hash(t.integers, t.count) : 0;
          if (done && wide)
            rf_dequantize_f64(&quantum, t.integers, t.count, t.f64);
          else if (done)
            rf_dequantize_f32(&quantum, t.integers, t.count, t.f32);
          int32_t first;
          uint32_t h = 0;
          for (size_t i = 0; i < t.count * (wide ? 2 : 1); i++) {
            memcpy(&first, (char *)(wide ? (void *)t.f64 : (void *)t.f32) + 4 * i, 4);
            h = h * 31 + (uint32_t)first;
          }
          reals[level][wide] = h;
          free_tile(&t);
        }
      }
      CHECK(memcmp(scales[0], scales[1], sizeof scales[0]) == 0);
      CHECK(memcmp(zeros[0], zeros[1], sizeof zeros[0]) == 0);
      CHECK(memcmp(hashes[0], hashes[1], sizeof hashes[0]) == 0);
      CHECK(memcmp(reals[0], reals[1], sizeof reals[0]) == 0);
    }
  (void)rf_bytes_set_level(2);
}

/* ---- tiles of which a part changes ---- */

static void unchanged_pixels_keep_their_integers(void) {
  for (int dither = RF_DITHER_NONE; dither <= RF_DITHER_2; dither++)
    for (int kind = SMOOTH; kind <= ZEROS; kind++) {
      tile t = new_tile((mood)kind, 25, 1000, 3);
      rf_quantum quantum = new_quantum((rf_dither)dither, 9999, 10001);
      CHECK(quantize(&quantum, 4, &t, true));
      int32_t *again = calloc(t.count, sizeof *again);
      if (!again)
        exit(2);
      rf_dequantize_f64(&quantum, t.integers, t.count, t.f64);
      for (size_t first = 0; first < t.count; first += 2311) { /* inside segments of the random sequence */
        size_t n = t.count - first < 2311 ? t.count - first : 2311;
        CHECK(rf_requantize_f64(&quantum, first, t.f64 + first, n, again + first));
      }
      CHECK(memcmp(again, t.integers, t.count * sizeof *again) == 0);
      free(again);
      free_tile(&t);
    }
}

static void what_does_not_fit_a_scale(void) {
  rf_quantum quantum = new_quantum(RF_DITHER_NONE, 1, 0);
  int32_t out[2];
  quantum.scale = 0.5;
  quantum.zero = 10;
  const float nan_first[2] = {NAN, 1};
  CHECK(!rf_requantize_f32(&quantum, 0, nan_first, 1, out));
  quantum.has_null = true;
  quantum.null = -5;
  CHECK(rf_requantize_f32(&quantum, 0, nan_first, 1, out) && out[0] == -5);
  const float null_value = 7.5f, fits = 8.0f, high = 2e9f, low = -2e9f, infinite = INFINITY;
  CHECK(!rf_requantize_f32(&quantum, 0, &null_value, 1, out));
  CHECK(rf_requantize_f32(&quantum, 0, &fits, 1, out) && out[0] == -4);
  CHECK(!rf_requantize_f32(&quantum, 0, &high, 1, out));
  CHECK(!rf_requantize_f32(&quantum, 0, &low, 1, out));
  CHECK(!rf_requantize_f32(&quantum, 0, &infinite, 1, out));
  quantum.scale = 0; /* of a file that says so */
  CHECK(!rf_requantize_f32(&quantum, 0, &fits, 1, out));
  quantum.scale = NAN;
  CHECK(!rf_requantize_f32(&quantum, 0, &fits, 1, out));
}

/* ---- tiles that are stored as they are ---- */

static bool can(const double *values, size_t count, double level, bool wide) {
  tile t = new_tile(SMOOTH, 1, count, 1);
  for (size_t i = 0; i < count; i++) {
    t.f64[i] = values[i];
    t.f32[i] = (float)values[i];
  }
  rf_quantum quantum = new_quantum(RF_DITHER_NONE, 1, 0);
  bool done = quantize(&quantum, level, &t, wide);
  free_tile(&t);
  return done;
}

static void tiles_that_are_not_quantized(void) {
  const double flat[12] = {3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3};
  const double infinite[12] = {1, 2, 4, 3, 5, 6, 2, 3, 4, INFINITY, 3, 8};
  const double negative[12] = {1, 2, 4, 3, 5, 6, 2, -INFINITY, 4, 3, 3, 8};
  const double wide_range[12] = {1, 2, 4, 3, 5, 6, 2, 3, 4, 1e20, 3, 8};
  const double far_away[4] = {1e30, 1e30, 1e30, 1e30};
  const double few[3] = {1, 2, 5};
  for (int wide = 0; wide < 2; wide++) {
    CHECK(!can(flat, 12, 4, wide)); /* no noise */
    CHECK(can(flat, 12, -0.5, wide));
    CHECK(!can(infinite, 12, 4, wide));
    CHECK(!can(infinite, 12, -1, wide));
    CHECK(!can(negative, 12, 4, wide));
    CHECK(!can(wide_range, 12, 4, wide));
    CHECK(!can(wide_range, 12, -1, wide));
    CHECK(!can(far_away, 4, -1, wide)); /* the zero point is no whole number of steps that anything can hold */
    CHECK(!can(few, 3, 4, wide));
    CHECK(can(few, 3, -0.1, wide));
    CHECK(!can(few, 1, -0.1, wide));
    CHECK(!can(few, 3, 1e-320, wide)); /* 0 as a float */
  }
  const double huge[12] = {1e308, -1e308, 1e308, -1e308, 1e308, -1e308, 1e308, -1e308, 1e308, -1e308, 1e308, -1e308};
  CHECK(!can(huge, 12, 4, true));
  CHECK(!can(huge, 12, -1e300, true));
}

static void nothing_but_nan(void) {
  double values[50];
  for (size_t i = 0; i < 50; i++)
    values[i] = NAN;
  for (int wide = 0; wide < 2; wide++)
    for (int absolute = 0; absolute < 2; absolute++)
      CHECK(can(values, 50, absolute ? -1 : 4, wide));
}

/* ---- selection ---- */

/* The definition, for tiles without flat parts: sorted differences, lower of two in the middle. */
static int compare_floats(const void *a, const void *b) {
  float x, y;
  memcpy(&x, a, sizeof x);
  memcpy(&y, b, sizeof y);
  return x < y ? -1 : x > y;
}

static double noise_by_sorting(const float *p, size_t count) {
  const double factor[3] = {1.0483579, 0.6052697, 0.1772048};
  double least = DBL_MAX;
  float *d = malloc(count * sizeof *d);
  if (!d)
    exit(2);
  for (size_t order = 0; order < 3; order++) {
    for (size_t i = 0; i + 8 < count; i++)
      d[i] = order == 0   ? fabsf(p[i + 4] - p[i + 6])
             : order == 1 ? fabsf(2 * p[i + 4] - p[i + 2] - p[i + 6])
                          : fabsf(6 * p[i + 4] - 4 * p[i + 2] - 4 * p[i + 6] + p[i] + p[i + 8]);
    qsort(d, count - 8, sizeof *d, compare_floats);
    double found = factor[order] * d[(count - 9) / 2];
    if (found != 0 && found < least)
      least = found;
  }
  free(d);
  return least;
}

static void medians_are_those_of_sorted_values(void) {
  static float p[3000];
  for (size_t count = 9; count < 3000; count += count < 60 ? 1 : 97)
    for (int kind = 0; kind < 4; kind++) {
      double found;
      seed = (uint32_t)count;
      for (size_t i = 0; i < count; i++) {
        double x = noise();
        p[i] = (float)(kind == 0   ? x                          /* normal, nearly */
                       : kind == 1 ? exp(40 * x)                /* over many binades */
                       : kind == 2 ? (double)(i % 2) + x * 1e-6 /* two heaps */
                                   : (i % 10 ? x * 1e-30 : x)); /* outliers */
      }
      CHECK_OK(rf_noise_f32(p, 1, count, false, &found, &err), err);
      if (found != noise_by_sorting(p, count)) {
        fprintf(stderr, "%zu pixels of kind %d: %a\n", count, kind, found);
        CHECK(!"the median");
      }
    }
}

int main(void) {
  rf_dither_fill(random_values);
  RUN(as_cfitsio);
  RUN(noise_of_integers_as_cfitsio);
  RUN(sequence_of_the_standard);
  RUN(any_seed_and_tile);
  RUN(there_and_back);
  RUN(same_bits_on_any_processor);
  RUN(unchanged_pixels_keep_their_integers);
  RUN(what_does_not_fit_a_scale);
  RUN(tiles_that_are_not_quantized);
  RUN(nothing_but_nan);
  RUN(medians_are_those_of_sorted_values);
  return check_report();
}
