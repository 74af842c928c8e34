/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Kernels over runs of values. Each one handles whole vectors and leaves the rest to the portable version, which is
 * also all that a big-endian machine needs.
 */
#include "base/bytes.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define BIG_ENDIAN_MACHINE 1
#else
#define BIG_ENDIAN_MACHINE 0
#endif

#if !BIG_ENDIAN_MACHINE && defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
#define HAVE_X86 1
#include <cpuid.h>
#include <immintrin.h>
#elif !BIG_ENDIAN_MACHINE && defined(__ARM_NEON)
#define HAVE_NEON 1
#include <arm_neon.h>
#endif

/* Maximal number of bytes that one pass of a summing kernel adds up; its 64-bit lanes could take 2^32 words each. */
#define SUM_CHUNK ((size_t)1 << 30)

/* A swap kernel: dst = byteswap(src) ^ mask, with the mask in machine order. Returns the number of
 * elements done, a multiple of its vector. */
typedef size_t (*swap_kernel)(uint8_t *dst, const uint8_t *src, size_t count, unsigned width, uint64_t mask);

/* Adds whole vectors of big-endian words to *sum. Returns the number of bytes done. */
typedef size_t (*sum_kernel)(const uint8_t *bytes, size_t n, uint64_t *sum);

/* ---- portable ---- */

static void portable_swap(uint8_t *dst, const uint8_t *src, size_t count, unsigned width, uint64_t mask) {
  if (width == 2) {
    for (size_t i = 0; i < count; i++) {
      uint16_t v = (uint16_t)(rf_get_be16(src + 2 * i) ^ (uint16_t)mask);
      memcpy(dst + 2 * i, &v, 2);
    }
  } else if (width == 4) {
    for (size_t i = 0; i < count; i++) {
      uint32_t v = rf_get_be32(src + 4 * i) ^ (uint32_t)mask;
      memcpy(dst + 4 * i, &v, 4);
    }
  } else if (width == 8) {
    for (size_t i = 0; i < count; i++) {
      uint64_t v = rf_get_be64(src + 8 * i) ^ mask;
      memcpy(dst + 8 * i, &v, 8);
    }
  } else {
    for (size_t i = 0; i < count; i++)
      dst[i] = src[i] ^ (uint8_t)mask;
  }
}

/* Eight bytes a step: the loads combine and the two halves go to lanes of their own. */
static void portable_sum(const uint8_t *bytes, size_t n, uint64_t *sum) {
  uint64_t even = 0, odd = 0;
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    even += rf_get_be32(bytes + i);
    odd += rf_get_be32(bytes + i + 4);
  }
  if (i + 4 <= n)
    even += rf_get_be32(bytes + i);
  *sum += even + odd;
}

/* ---- x86 ---- */

#if defined(HAVE_X86)

/* Byte order within 16 bytes for each width, as shuffle indices. */
static const uint8_t shuffle_2[16] = {1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14};
static const uint8_t shuffle_4[16] = {3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12};
static const uint8_t shuffle_8[16] = {7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8};
static const uint8_t shuffle_1[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static const uint8_t *shuffle_for(unsigned width) {
  return width == 2 ? shuffle_2 : width == 4 ? shuffle_4 : width == 8 ? shuffle_8 : shuffle_1;
}

/* The mask of one element, repeated over eight bytes. */
static uint64_t repeat_mask(uint64_t mask, unsigned width) {
  if (width == 1)
    return (mask & 0xFF) * UINT64_C(0x0101010101010101);
  if (width == 2)
    return (mask & 0xFFFF) * UINT64_C(0x0001000100010001);
  if (width == 4)
    return (mask & 0xFFFFFFFF) * UINT64_C(0x0000000100000001);
  return mask;
}

__attribute__((target("ssse3"))) static size_t ssse3_swap(uint8_t *dst, const uint8_t *src, size_t count,
                                                          unsigned width, uint64_t mask) {
  const __m128i order = _mm_loadu_si128((const __m128i *)(const void *)shuffle_for(width));
  const __m128i flip = _mm_set1_epi64x((long long)repeat_mask(mask, width));
  size_t n = count * width, i = 0;
  for (; i + 64 <= n; i += 64) {
    const __m128i *from = (const __m128i *)(const void *)(src + i);
    __m128i *to = (__m128i *)(void *)(dst + i);
    __m128i a = _mm_loadu_si128(from), b = _mm_loadu_si128(from + 1);
    __m128i c = _mm_loadu_si128(from + 2), d = _mm_loadu_si128(from + 3);
    _mm_storeu_si128(to, _mm_xor_si128(_mm_shuffle_epi8(a, order), flip));
    _mm_storeu_si128(to + 1, _mm_xor_si128(_mm_shuffle_epi8(b, order), flip));
    _mm_storeu_si128(to + 2, _mm_xor_si128(_mm_shuffle_epi8(c, order), flip));
    _mm_storeu_si128(to + 3, _mm_xor_si128(_mm_shuffle_epi8(d, order), flip));
  }
  for (; i + 16 <= n; i += 16) {
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)(src + i));
    _mm_storeu_si128((__m128i *)(void *)(dst + i), _mm_xor_si128(_mm_shuffle_epi8(a, order), flip));
  }
  return i / width;
}

__attribute__((target("avx2"))) static size_t avx2_swap(uint8_t *dst, const uint8_t *src, size_t count, unsigned width,
                                                        uint64_t mask) {
  const __m256i order = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)shuffle_for(width)));
  const __m256i flip = _mm256_set1_epi64x((long long)repeat_mask(mask, width));
  size_t n = count * width, i = 0;
  for (; i + 128 <= n; i += 128) {
    const __m256i *from = (const __m256i *)(const void *)(src + i);
    __m256i *to = (__m256i *)(void *)(dst + i);
    __m256i a = _mm256_loadu_si256(from), b = _mm256_loadu_si256(from + 1);
    __m256i c = _mm256_loadu_si256(from + 2), d = _mm256_loadu_si256(from + 3);
    _mm256_storeu_si256(to, _mm256_xor_si256(_mm256_shuffle_epi8(a, order), flip));
    _mm256_storeu_si256(to + 1, _mm256_xor_si256(_mm256_shuffle_epi8(b, order), flip));
    _mm256_storeu_si256(to + 2, _mm256_xor_si256(_mm256_shuffle_epi8(c, order), flip));
    _mm256_storeu_si256(to + 3, _mm256_xor_si256(_mm256_shuffle_epi8(d, order), flip));
  }
  for (; i + 32 <= n; i += 32) {
    __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(src + i));
    _mm256_storeu_si256((__m256i *)(void *)(dst + i), _mm256_xor_si256(_mm256_shuffle_epi8(a, order), flip));
  }
  return i / width;
}

__attribute__((target("ssse3"))) static size_t ssse3_sum(const uint8_t *bytes, size_t n, uint64_t *sum) {
  const __m128i order = _mm_loadu_si128((const __m128i *)(const void *)shuffle_4);
  const __m128i low = _mm_set1_epi64x(0xFFFFFFFF);
  __m128i even = _mm_setzero_si128(), odd = _mm_setzero_si128();
  size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    __m128i v = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(bytes + i)), order);
    even = _mm_add_epi64(even, _mm_and_si128(v, low));
    odd = _mm_add_epi64(odd, _mm_srli_epi64(v, 32));
  }
  uint64_t lanes[2];
  _mm_storeu_si128((__m128i *)(void *)lanes, _mm_add_epi64(even, odd));
  *sum += lanes[0] + lanes[1];
  return i;
}

__attribute__((target("avx2"))) static size_t avx2_sum(const uint8_t *bytes, size_t n, uint64_t *sum) {
  const __m256i order = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)shuffle_4));
  const __m256i low = _mm256_set1_epi64x(0xFFFFFFFF);
  __m256i even = _mm256_setzero_si256(), odd = even, even2 = even, odd2 = even;
  size_t i = 0;
  for (; i + 64 <= n; i += 64) {
    const __m256i *from = (const __m256i *)(const void *)(bytes + i);
    __m256i v = _mm256_shuffle_epi8(_mm256_loadu_si256(from), order);
    __m256i w = _mm256_shuffle_epi8(_mm256_loadu_si256(from + 1), order);
    even = _mm256_add_epi64(even, _mm256_and_si256(v, low));
    odd = _mm256_add_epi64(odd, _mm256_srli_epi64(v, 32));
    even2 = _mm256_add_epi64(even2, _mm256_and_si256(w, low));
    odd2 = _mm256_add_epi64(odd2, _mm256_srli_epi64(w, 32));
  }
  uint64_t lanes[4];
  _mm256_storeu_si256((__m256i *)(void *)lanes,
                      _mm256_add_epi64(_mm256_add_epi64(even, odd), _mm256_add_epi64(even2, odd2)));
  *sum += lanes[0] + lanes[1] + lanes[2] + lanes[3];
  return i;
}

static const swap_kernel swap_kernels[3] = {NULL, ssse3_swap, avx2_swap};
static const sum_kernel sum_kernels[3] = {NULL, ssse3_sum, avx2_sum};

/* Not all compilers accept "lzcnt" in __builtin_cpu_supports(). */
static bool has_bit_instructions(void) {
  unsigned a, b, c = 0, d;
  return __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __get_cpuid(0x80000001, &a, &b, &c, &d) &&
         (c & 1u << 5) != 0;
}

static int best_level(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && has_bit_instructions())
    return 2;
  return __builtin_cpu_supports("ssse3") ? 1 : 0;
}

/* ---- ARM ---- */

#elif defined(HAVE_NEON)

static size_t neon_swap(uint8_t *dst, const uint8_t *src, size_t count, unsigned width, uint64_t mask) {
  uint8x16_t flip;
  if (width == 1)
    flip = vdupq_n_u8((uint8_t)mask);
  else if (width == 2)
    flip = vreinterpretq_u8_u16(vdupq_n_u16((uint16_t)mask));
  else if (width == 4)
    flip = vreinterpretq_u8_u32(vdupq_n_u32((uint32_t)mask));
  else
    flip = vreinterpretq_u8_u64(vdupq_n_u64(mask));
  size_t n = count * width, i = 0;
  switch (width) {
  case 2:
    for (; i + 16 <= n; i += 16)
      vst1q_u8(dst + i, veorq_u8(vrev16q_u8(vld1q_u8(src + i)), flip));
    break;
  case 4:
    for (; i + 16 <= n; i += 16)
      vst1q_u8(dst + i, veorq_u8(vrev32q_u8(vld1q_u8(src + i)), flip));
    break;
  case 8:
    for (; i + 16 <= n; i += 16)
      vst1q_u8(dst + i, veorq_u8(vrev64q_u8(vld1q_u8(src + i)), flip));
    break;
  default:
    for (; i + 16 <= n; i += 16)
      vst1q_u8(dst + i, veorq_u8(vld1q_u8(src + i), flip));
    break;
  }
  return i / width;
}

static size_t neon_sum(const uint8_t *bytes, size_t n, uint64_t *sum) {
  uint64x2_t total = vdupq_n_u64(0);
  size_t i = 0;
  for (; i + 16 <= n; i += 16)
    total = vpadalq_u32(total, vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes + i))));
  *sum += vgetq_lane_u64(total, 0) + vgetq_lane_u64(total, 1);
  return i;
}

static const swap_kernel swap_kernels[3] = {NULL, neon_swap, neon_swap};
static const sum_kernel sum_kernels[3] = {NULL, neon_sum, neon_sum};

static int best_level(void) {
  return 1;
}

#else

static const swap_kernel swap_kernels[3] = {NULL, NULL, NULL};
static const sum_kernel sum_kernels[3] = {NULL, NULL, NULL};

static int best_level(void) {
  return 0;
}

#endif

/* ---- choice ---- */

/* Level in force; -1 before the first call. Two threads that find -1 at once store the same answer. */
static atomic_int chosen_level = -1;

int rf_bytes_set_level(int level) {
  int best = best_level();
  if (level < 0)
    level = 0;
  if (level > best)
    level = best;
  atomic_store_explicit(&chosen_level, level, memory_order_relaxed);
  return level;
}

int rf_bytes_level(void) {
  int level = atomic_load_explicit(&chosen_level, memory_order_relaxed);
  return level >= 0 ? level : rf_bytes_set_level(2);
}

static void swap_masked(void *dst, const void *src, size_t count, unsigned width, uint64_t mask) {
  uint8_t *to = dst;
  const uint8_t *from = src;
  swap_kernel kernel = swap_kernels[rf_bytes_level()];
  size_t done = kernel ? kernel(to, from, count, width, mask) : 0;
  if (done < count)
    portable_swap(to + done * width, from + done * width, count - done, width, mask);
}

void rf_swap_copy(void *dst, const void *src, size_t count, unsigned width) {
  if (count == 0)
    return;
  if (BIG_ENDIAN_MACHINE || width == 1) {
    if (dst != src)
      memmove(dst, src, count * width);
    return;
  }
  swap_masked(dst, src, count, width, 0);
}

void rf_swap_flip_copy(void *dst, const void *src, size_t count, unsigned width) {
  if (count)
    swap_masked(dst, src, count, width, UINT64_C(1) << (8 * width - 1));
}

void rf_flip_swap_copy(void *dst, const void *src, size_t count, unsigned width) {
  /* The top bit of a machine value ends up in the first byte of the file. */
  uint64_t mask = BIG_ENDIAN_MACHINE ? UINT64_C(1) << (8 * width - 1) : 0x80;
  if (count)
    swap_masked(dst, src, count, width, mask);
}

uint32_t rf_sum32(const void *bytes, size_t n, uint32_t sum) {
  const uint8_t *from = bytes;
  sum_kernel kernel = sum_kernels[rf_bytes_level()];
  uint64_t total = sum;
  while (n > 0) {
    size_t piece = n < SUM_CHUNK ? n : SUM_CHUNK;
    size_t done = kernel ? kernel(from, piece, &total) : 0;
    if (done < piece)
      portable_sum(from + done, piece - done, &total);
    /* Carries out of 32 bits come back in at the bottom. */
    while (total >> 32)
      total = (total & 0xFFFFFFFF) + (total >> 32);
    from += piece;
    n -= piece;
  }
  return (uint32_t)total;
}
