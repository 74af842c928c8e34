/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The byte planes of GZIP_2 (FITS 10.4.2). A vector of every plane is made from as many vectors of elements by byte
 * shuffles and a transposition; what is left over goes through the portable version, which is also all that a machine
 * without these instructions has. Values of a little-endian machine have their planes in the opposite order and are
 * otherwise the same.
 */
#include <stdbool.h>
#include <string.h>

#include "codec/shuffle.h"

#include "base/bytes.h"
#include "codec/codec.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define BIG_ENDIAN_MACHINE true
#else
#define BIG_ENDIAN_MACHINE false
#endif

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
#define HAVE_X86 1
#include <immintrin.h>
#endif

/* Elements that a kernel does at a time. */
#define VECTOR 16

/* Where each byte of an element goes: its plane, first byte of the element in memory first. */
typedef struct planes {
  size_t at[8];
} planes;

static planes planes_of(size_t count, unsigned width, bool reversed) {
  planes p = {{0}};
  for (unsigned b = 0; b < width; b++)
    p.at[b] = (reversed ? width - 1 - b : b) * count;
  return p;
}

#if defined(HAVE_X86)

#define LOAD(p) _mm_loadu_si128((const __m128i *)(const void *)(p))
#define STORE(p, v) _mm_storeu_si128((__m128i *)(void *)(p), v)

/* Bytes of the elements within a vector, by plane. */
static const uint8_t gather_2[16] = {0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15};
static const uint8_t gather_4[16] = {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15};
static const uint8_t gather_8[16] = {0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15};

__attribute__((target("ssse3"))) static size_t split_2(uint8_t *out, const uint8_t *in, size_t count, planes p) {
  const __m128i order = LOAD(gather_2);
  size_t i = 0;
  for (; i + VECTOR <= count; i += VECTOR) {
    __m128i a = _mm_shuffle_epi8(LOAD(in + 2 * i), order), b = _mm_shuffle_epi8(LOAD(in + 2 * i + 16), order);
    STORE(out + p.at[0] + i, _mm_unpacklo_epi64(a, b));
    STORE(out + p.at[1] + i, _mm_unpackhi_epi64(a, b));
  }
  return i;
}

__attribute__((target("ssse3"))) static size_t split_4(uint8_t *out, const uint8_t *in, size_t count, planes p) {
  const __m128i order = LOAD(gather_4);
  size_t i = 0;
  for (; i + VECTOR <= count; i += VECTOR) {
    const uint8_t *from = in + 4 * i;
    __m128i a = _mm_shuffle_epi8(LOAD(from), order), b = _mm_shuffle_epi8(LOAD(from + 16), order);
    __m128i c = _mm_shuffle_epi8(LOAD(from + 32), order), d = _mm_shuffle_epi8(LOAD(from + 48), order);
    __m128i ab = _mm_unpacklo_epi32(a, b), cd = _mm_unpacklo_epi32(c, d);
    STORE(out + p.at[0] + i, _mm_unpacklo_epi64(ab, cd));
    STORE(out + p.at[1] + i, _mm_unpackhi_epi64(ab, cd));
    ab = _mm_unpackhi_epi32(a, b), cd = _mm_unpackhi_epi32(c, d);
    STORE(out + p.at[2] + i, _mm_unpacklo_epi64(ab, cd));
    STORE(out + p.at[3] + i, _mm_unpackhi_epi64(ab, cd));
  }
  return i;
}

__attribute__((target("ssse3"))) static size_t split_8(uint8_t *out, const uint8_t *in, size_t count, planes p) {
  const __m128i order = LOAD(gather_8);
  size_t i = 0;
  for (; i + VECTOR <= count; i += VECTOR) {
    /* Pairs of bytes; then four and eight elements of two planes, the low four planes and the high ones apart. */
    __m128i v[8], w[8];
    for (unsigned k = 0; k < 8; k++)
      v[k] = _mm_shuffle_epi8(LOAD(in + 8 * i + 16 * k), order);
    for (unsigned k = 0; k < 4; k++) {
      w[k] = _mm_unpacklo_epi16(v[2 * k], v[2 * k + 1]);
      w[k + 4] = _mm_unpackhi_epi16(v[2 * k], v[2 * k + 1]);
    }
    for (unsigned half = 0; half < 2; half++) {
      const __m128i *h = w + 4 * half;
      __m128i low = _mm_unpacklo_epi32(h[0], h[1]), high = _mm_unpacklo_epi32(h[2], h[3]);
      STORE(out + p.at[4 * half] + i, _mm_unpacklo_epi64(low, high));
      STORE(out + p.at[4 * half + 1] + i, _mm_unpackhi_epi64(low, high));
      low = _mm_unpackhi_epi32(h[0], h[1]), high = _mm_unpackhi_epi32(h[2], h[3]);
      STORE(out + p.at[4 * half + 2] + i, _mm_unpacklo_epi64(low, high));
      STORE(out + p.at[4 * half + 3] + i, _mm_unpackhi_epi64(low, high));
    }
  }
  return i;
}

__attribute__((target("ssse3"))) static size_t join_2(uint8_t *out, const uint8_t *in, size_t count, planes p) {
  size_t i = 0;
  for (; i + VECTOR <= count; i += VECTOR) {
    __m128i a = LOAD(in + p.at[0] + i), b = LOAD(in + p.at[1] + i);
    STORE(out + 2 * i, _mm_unpacklo_epi8(a, b));
    STORE(out + 2 * i + 16, _mm_unpackhi_epi8(a, b));
  }
  return i;
}

__attribute__((target("ssse3"))) static size_t join_4(uint8_t *out, const uint8_t *in, size_t count, planes p) {
  size_t i = 0;
  for (; i + VECTOR <= count; i += VECTOR) {
    __m128i a = LOAD(in + p.at[0] + i), b = LOAD(in + p.at[1] + i);
    __m128i c = LOAD(in + p.at[2] + i), d = LOAD(in + p.at[3] + i);
    __m128i ab = _mm_unpacklo_epi8(a, b), cd = _mm_unpacklo_epi8(c, d);
    STORE(out + 4 * i, _mm_unpacklo_epi16(ab, cd));
    STORE(out + 4 * i + 16, _mm_unpackhi_epi16(ab, cd));
    ab = _mm_unpackhi_epi8(a, b), cd = _mm_unpackhi_epi8(c, d);
    STORE(out + 4 * i + 32, _mm_unpacklo_epi16(ab, cd));
    STORE(out + 4 * i + 48, _mm_unpackhi_epi16(ab, cd));
  }
  return i;
}

__attribute__((target("ssse3"))) static size_t join_8(uint8_t *out, const uint8_t *in, size_t count, planes p) {
  size_t i = 0;
  for (; i + VECTOR <= count; i += VECTOR) {
    __m128i v[8];
    for (unsigned k = 0; k < 8; k++)
      v[k] = LOAD(in + p.at[k] + i);
    for (unsigned half = 0; half < 2; half++) {
      __m128i w[4];
      for (unsigned k = 0; k < 4; k++)
        w[k] = half ? _mm_unpackhi_epi8(v[2 * k], v[2 * k + 1]) : _mm_unpacklo_epi8(v[2 * k], v[2 * k + 1]);
      uint8_t *to = out + 8 * i + 64 * half;
      __m128i low = _mm_unpacklo_epi16(w[0], w[1]), high = _mm_unpacklo_epi16(w[2], w[3]);
      STORE(to, _mm_unpacklo_epi32(low, high));
      STORE(to + 16, _mm_unpackhi_epi32(low, high));
      low = _mm_unpackhi_epi16(w[0], w[1]), high = _mm_unpackhi_epi16(w[2], w[3]);
      STORE(to + 32, _mm_unpacklo_epi32(low, high));
      STORE(to + 48, _mm_unpackhi_epi32(low, high));
    }
  }
  return i;
}

static size_t split_vectors(uint8_t *out, const uint8_t *in, size_t count, unsigned width, planes p) {
  if (rf_bytes_level() == 0)
    return 0;
  return width == 2   ? split_2(out, in, count, p)
         : width == 4 ? split_4(out, in, count, p)
         : width == 8 ? split_8(out, in, count, p)
                      : 0;
}

static size_t join_vectors(uint8_t *out, const uint8_t *in, size_t count, unsigned width, planes p) {
  if (rf_bytes_level() == 0)
    return 0;
  return width == 2   ? join_2(out, in, count, p)
         : width == 4 ? join_4(out, in, count, p)
         : width == 8 ? join_8(out, in, count, p)
                      : 0;
}

#else

static size_t split_vectors(uint8_t *out, const uint8_t *in, size_t count, unsigned width, planes p) {
  (void)out, (void)in, (void)count, (void)width, (void)p;
  return 0;
}

static size_t join_vectors(uint8_t *out, const uint8_t *in, size_t count, unsigned width, planes p) {
  (void)out, (void)in, (void)count, (void)width, (void)p;
  return 0;
}

#endif

static void split(uint8_t *out, const uint8_t *in, size_t count, unsigned width, bool reversed) {
  if (count == 0)
    return;
  if (width == 1) {
    memcpy(out, in, count);
    return;
  }
  planes p = planes_of(count, width, reversed);
  size_t done = split_vectors(out, in, count, width, p);
  for (unsigned b = 0; b < width; b++)
    for (size_t i = done; i < count; i++)
      out[p.at[b] + i] = in[i * width + b];
}

static void join(uint8_t *out, const uint8_t *in, size_t count, unsigned width, bool reversed) {
  if (count == 0)
    return;
  if (width == 1) {
    memcpy(out, in, count);
    return;
  }
  planes p = planes_of(count, width, reversed);
  size_t done = join_vectors(out, in, count, width, p);
  for (size_t i = done; i < count; i++)
    for (unsigned b = 0; b < width; b++)
      out[i * width + b] = in[p.at[b] + i];
}

void rf_shuffle(uint8_t *out, const uint8_t *in, size_t count, unsigned width) {
  split(out, in, count, width, false);
}

void rf_unshuffle(uint8_t *out, const uint8_t *in, size_t count, unsigned width) {
  join(out, in, count, width, false);
}

void rf_shuffle_values(uint8_t *out, const void *values, size_t count, unsigned width) {
  split(out, values, count, width, !BIG_ENDIAN_MACHINE);
}

void rf_unshuffle_values(void *values, const uint8_t *in, size_t count, unsigned width) {
  join(values, in, count, width, !BIG_ENDIAN_MACHINE);
}
