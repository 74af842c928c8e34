/* SPDX-License-Identifier: BSD-3-Clause
 *
 * RICE_1, encoding, byte for byte as cfitsio does it. The differences of a block are put together two or four at a time
 * before they go to the stream.
 */
#include "codec/rice_encode.h"

#include "codec/rice.h"

#include <string.h>

#include "base/bytes.h"

#if defined(__GNUC__) && defined(__x86_64__)
#define HAVE_X86_BITS 1
#endif

/* Differences that are kept while the low bits of their block are worked out; those of longer blocks are made twice. */
#define CHUNK 64

/* Bits that are put at a time at most, so that they fit a word with up to 7 that are waiting. */
#define MAX_PUT 56

typedef struct {
  uint8_t *out;
  uint64_t word; /* bits that are waiting, from the top one on: less than 8 after each put */
  unsigned bits;
} rice_writer;

/* Writes `count` bits of `v`, 1 to MAX_PUT; the other bits of `v` are zero. Stores eight bytes, of which the complete
 * ones count. */
RF_RICE_INLINE void put_bits(rice_writer *w, uint64_t v, unsigned count) {
  unsigned bits = w->bits + count;
  w->word |= v << (64 - bits);
  rf_put_be64(w->out, w->word);
  w->out += bits >> 3;
  w->word <<= bits & 56;
  w->bits = bits & 7;
}

/* ---- values ---- */

RF_RICE_INLINE uint32_t value_at(const void *values, size_t i, unsigned width) {
  const uint8_t *at = (const uint8_t *)values + i * width;
  if (width == 1)
    return *at;
  if (width == 2) {
    int16_t v;
    memcpy(&v, at, 2);
    return (uint32_t)v;
  }
  uint32_t v;
  memcpy(&v, at, 4);
  return v;
}

/* v - last in `bytepix` bytes, mapped to unsigned. */
RF_RICE_INLINE uint32_t map_difference(uint32_t v, uint32_t last, unsigned bytepix) {
  if (bytepix == 1) {
    uint8_t d = (uint8_t)(v - last);
    return (uint8_t)((d << 1) ^ (0u - (d >> 7)));
  }
  if (bytepix == 2) {
    uint16_t d = (uint16_t)(v - last);
    return (uint16_t)(((uint32_t)d << 1) ^ (0u - (d >> 15)));
  }
  uint32_t d = v - last;
  return (d << 1) ^ (0u - (d >> 31));
}

/* Maps the differences of values i ... i + count - 1 from the ones before them. Returns their sum. The first value of
 * all differs from itself. */
RF_RICE_INLINE uint64_t map_values(const void *values, size_t i, size_t count, uint32_t *mapped, unsigned width,
                                   unsigned bytepix) {
  uint64_t sum = 0;
  size_t k = 0;
  if (i == 0)
    mapped[k++] = 0;
  for (; k < count; k++) {
    mapped[k] = map_difference(value_at(values, i + k, width), value_at(values, i + k - 1, width), bytepix);
    sum += mapped[k];
  }
  return sum;
}

/* ---- blocks ---- */

RF_RICE_INLINE unsigned bit_length(uint64_t v) {
  return v == 0 ? 0 : 64 - (unsigned)__builtin_clzll(v);
}

/* The bits of half the mean, rounded down, of sum - count / 2 - 1 over `count`: the least k for which that sum is below
 * count * 2^(k + 1). That is the rule of the encoder that the standard describes, kept to the bit. */
RF_RICE_INLINE unsigned choose_low_bits(uint64_t sum, size_t count) {
  if (sum < count / 2 + 1)
    return 0;
  sum -= count / 2 + 1;
  unsigned a = bit_length(sum), b = bit_length(count);
  if (a < b + 1)
    return 0;
  unsigned k = a - b - 1;
  return sum >= (uint64_t)count << (k + 1) ? k + 1 : k;
}

typedef struct {
  uint64_t bits;
  unsigned count;
} rice_code;

RF_RICE_INLINE rice_code code_of(uint32_t mapped, unsigned low_bits) {
  uint32_t high = mapped >> low_bits;
  rice_code code = {(uint64_t)(mapped - (high << low_bits)) + ((uint64_t)1 << low_bits), high + 1 + low_bits};
  return code;
}

/* Only good for counts that fit a word; the caller looks at them. */
RF_RICE_INLINE rice_code join(rice_code a, rice_code b) {
  rice_code code = {a.bits << (b.count & 63) | b.bits, a.count + b.count};
  return code;
}

RF_RICE_INLINE void put_long(rice_writer *w, uint32_t mapped, unsigned low_bits) {
  uint32_t high = mapped >> low_bits;
  for (; high >= 32; high -= 32)
    put_bits(w, 0, 32);
  /* 31 zeros, a 1 and 24 low bits at most. */
  put_bits(w, code_of(mapped, low_bits).bits, high + 1 + low_bits);
}

RF_RICE_INLINE void put_four(rice_writer *w, const uint32_t *mapped, unsigned low_bits) {
  rice_code a = code_of(mapped[0], low_bits), b = code_of(mapped[1], low_bits);
  rice_code c = code_of(mapped[2], low_bits), d = code_of(mapped[3], low_bits);
  /* Each count is looked at for itself, too: the sum of large ones wraps around. */
  rice_code ab = join(a, b), cd = join(c, d), all = join(ab, cd);
  if (all.count <= MAX_PUT && ((a.count | b.count | c.count | d.count) >> 6) == 0) {
    put_bits(w, all.bits, all.count);
    return;
  }
  for (unsigned k = 0; k < 4; k++)
    put_long(w, mapped[k], low_bits);
}

RF_RICE_INLINE void put_two(rice_writer *w, const uint32_t *mapped, unsigned low_bits) {
  rice_code a = code_of(mapped[0], low_bits), b = code_of(mapped[1], low_bits), both = join(a, b);
  if (both.count <= MAX_PUT && ((a.count | b.count) >> 6) == 0) {
    put_bits(w, both.bits, both.count);
    return;
  }
  put_long(w, mapped[0], low_bits);
  put_long(w, mapped[1], low_bits);
}

RF_RICE_INLINE void put_differences(rice_writer *writer, const uint32_t *mapped, size_t count, unsigned low_bits) {
  rice_writer w = *writer;
  size_t k = 0;
  if (low_bits <= 9)
    for (; k + 4 <= count; k += 4)
      put_four(&w, mapped + k, low_bits);
  for (; k + 2 <= count; k += 2)
    put_two(&w, mapped + k, low_bits);
  if (k < count)
    put_long(&w, mapped[k], low_bits);
  *writer = w;
}

RF_RICE_INLINE void put_plain(rice_writer *w, const uint32_t *mapped, size_t count, unsigned bytepix) {
  for (size_t k = 0; k < count; k++)
    put_bits(w, mapped[k], 8 * bytepix);
}

RF_RICE_INLINE void put_block(rice_writer *w, const void *values, size_t i, size_t count, unsigned width,
                              unsigned bytepix) {
  uint32_t mapped[CHUNK];
  uint64_t sum = 0;
  for (size_t k = 0; k < count; k += CHUNK)
    sum += map_values(values, i + k, count - k < CHUNK ? count - k : CHUNK, mapped, width, bytepix);
  unsigned head_bits = rf_rice_head_bits(bytepix), plain = rf_rice_plain(bytepix);
  if (sum == 0) {
    put_bits(w, 0, head_bits);
    return;
  }
  unsigned low_bits = choose_low_bits(sum, count);
  if (low_bits > plain)
    low_bits = plain;
  put_bits(w, low_bits + 1, head_bits);
  for (size_t k = 0; k < count; k += CHUNK) {
    size_t length = count - k < CHUNK ? count - k : CHUNK;
    if (count > CHUNK)
      (void)map_values(values, i + k, length, mapped, width, bytepix);
    if (low_bits == plain)
      put_plain(w, mapped, length, bytepix);
    else
      put_differences(w, mapped, length, low_bits);
  }
}

/* ---- streams ---- */

RF_RICE_INLINE size_t encode_values(size_t blocksize, size_t count, const void *values, uint8_t *out, unsigned width,
                                    unsigned bytepix) {
  rice_writer w = {out, 0, 0};
  if (count == 0)
    return 0;
  uint32_t first = value_at(values, 0, width);
  put_bits(&w, bytepix == 4 ? first : first & ((1u << 8 * bytepix) - 1), 8 * bytepix);
  for (size_t i = 0; i < count; i += blocksize)
    put_block(&w, values, i, count - i < blocksize ? count - i : blocksize, width, bytepix);
  return (size_t)(w.out - out) + (w.bits > 0);
}

RF_RICE_INLINE size_t encode_bytepix(size_t blocksize, size_t count, const void *values, uint8_t *out, unsigned width,
                                     unsigned bytepix) {
  if (width == 1 && bytepix == 1)
    return encode_values(blocksize, count, values, out, 1, 1);
  if (width == 2 && bytepix == 2)
    return encode_values(blocksize, count, values, out, 2, 2);
  if (width == 4 && bytepix == 4)
    return encode_values(blocksize, count, values, out, 4, 4);
  return encode_values(blocksize, count, values, out, width, bytepix);
}

static size_t encode_portable(size_t blocksize, size_t count, const void *values, uint8_t *out, unsigned width,
                              unsigned bytepix) {
  return encode_bytepix(blocksize, count, values, out, width, bytepix);
}

#if defined(HAVE_X86_BITS)
__attribute__((target("avx2,bmi,bmi2,lzcnt"))) static size_t
encode_bits(size_t blocksize, size_t count, const void *values, uint8_t *out, unsigned width, unsigned bytepix) {
  return encode_bytepix(blocksize, count, values, out, width, bytepix);
}
#endif

size_t rf_rice_encode(const rf_tile_params *params, const rf_tile_shape *shape, const void *values, uint8_t *out) {
#if defined(HAVE_X86_BITS)
  if (rf_bytes_level() >= 2)
    return encode_bits(params->blocksize, shape->count, values, out, shape->width, params->bytepix);
#endif
  return encode_portable(params->blocksize, shape->count, values, out, shape->width, params->bytepix);
}
