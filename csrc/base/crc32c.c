/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/crc32c.h"

#include <stdatomic.h>
#include <string.h>

#if (defined(__x86_64__) || defined(_M_X64)) && defined(__GNUC__)
#include <nmmintrin.h>
#define HAVE_X86 1
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#define HAVE_ARM 1
#endif

#define POLYNOMIAL UINT32_C(0x82F63B78) /* reflected */

/* ---- the portable version ---- */

/* table[k][b]: what byte b does k bytes further on. */
static uint32_t table[8][256];
static atomic_bool table_made;

/* Threads that meet here write the same values. */
static void make_table(void) {
  static atomic_flag busy = ATOMIC_FLAG_INIT;
  while (atomic_flag_test_and_set_explicit(&busy, memory_order_acquire))
    continue;
  if (!atomic_load(&table_made)) {
    for (uint32_t b = 0; b < 256; b++) {
      uint32_t crc = b;
      for (int i = 0; i < 8; i++)
        crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
      table[0][b] = crc;
    }
    for (int k = 1; k < 8; k++)
      for (int b = 0; b < 256; b++)
        table[k][b] = table[k - 1][b] >> 8 ^ table[0][table[k - 1][b] & 0xFF];
    atomic_store_explicit(&table_made, true, memory_order_release);
  }
  atomic_flag_clear_explicit(&busy, memory_order_release);
}

static uint32_t word_portable(uint32_t crc, const uint8_t *p) {
  crc ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
  return table[7][crc & 0xFF] ^ table[6][crc >> 8 & 0xFF] ^ table[5][crc >> 16 & 0xFF] ^ table[4][crc >> 24] ^
         table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^ table[0][p[7]];
}

static uint32_t bytes_portable(uint32_t crc, const uint8_t *p, size_t n) {
  for (; n >= 8; n -= 8, p += 8)
    crc = word_portable(crc, p);
  for (; n > 0; n--, p++)
    crc = crc >> 8 ^ table[0][(crc ^ *p) & 0xFF];
  return crc;
}

static void lanes_portable(uint32_t lanes[4], const uint8_t *p, size_t n) {
  for (; n >= 32; n -= 32, p += 32)
    for (int i = 0; i < 4; i++)
      lanes[i] = word_portable(lanes[i], p + 8 * i);
}

/* ---- the processor's ---- */

#if defined(HAVE_X86)

__attribute__((target("sse4.2"))) static uint32_t bytes_fast(uint32_t crc, const uint8_t *p, size_t n) {
  uint64_t word, wide = crc;
  for (; n >= 8; n -= 8, p += 8) {
    memcpy(&word, p, 8);
    wide = _mm_crc32_u64(wide, word);
  }
  crc = (uint32_t)wide;
  for (; n > 0; n--, p++)
    crc = _mm_crc32_u8(crc, *p);
  return crc;
}

__attribute__((target("sse4.2"))) static void lanes_fast(uint32_t lanes[4], const uint8_t *p, size_t n) {
  uint64_t a = lanes[0], b = lanes[1], c = lanes[2], d = lanes[3], word[4];
  for (; n >= 32; n -= 32, p += 32) {
    memcpy(word, p, 32);
    a = _mm_crc32_u64(a, word[0]);
    b = _mm_crc32_u64(b, word[1]);
    c = _mm_crc32_u64(c, word[2]);
    d = _mm_crc32_u64(d, word[3]);
  }
  lanes[0] = (uint32_t)a, lanes[1] = (uint32_t)b, lanes[2] = (uint32_t)c, lanes[3] = (uint32_t)d;
}

static bool has_instruction(void) {
  return __builtin_cpu_supports("sse4.2");
}

#elif defined(HAVE_ARM)

static uint32_t bytes_fast(uint32_t crc, const uint8_t *p, size_t n) {
  for (; n >= 8; n -= 8, p += 8) {
    uint64_t word = 0;
    for (int i = 0; i < 8; i++)
      word |= (uint64_t)p[i] << 8 * i;
    crc = __crc32cd(crc, word);
  }
  for (; n > 0; n--, p++)
    crc = __crc32cb(crc, *p);
  return crc;
}

static void lanes_fast(uint32_t lanes[4], const uint8_t *p, size_t n) {
  for (; n >= 32; n -= 32, p += 32)
    for (int i = 0; i < 4; i++)
      lanes[i] = bytes_fast(lanes[i], p + 8 * i, 8);
}

static bool has_instruction(void) {
  return true;
}

#else

#define bytes_fast bytes_portable
#define lanes_fast lanes_portable

static bool has_instruction(void) {
  return false;
}

#endif

/* ---- the choice ---- */

static atomic_int fast = -1; /* not known yet */

bool rf_crc32c_is_fast(void) {
  int known = atomic_load_explicit(&fast, memory_order_relaxed);
  if (known < 0) {
    known = has_instruction();
    atomic_store_explicit(&fast, known, memory_order_relaxed);
  }
  return known > 0;
}

void rf_crc32c_set_fast(bool wanted) {
  atomic_store_explicit(&fast, wanted && has_instruction(), memory_order_relaxed);
}

static bool choose(void) {
  if (rf_crc32c_is_fast())
    return true;
  if (!atomic_load_explicit(&table_made, memory_order_acquire))
    make_table();
  return false;
}

uint32_t rf_crc32c(const void *bytes, size_t n, uint32_t crc) {
  return ~(choose() ? bytes_fast(~crc, bytes, n) : bytes_portable(~crc, bytes, n));
}

/* ---- sums ---- */

void rf_sum_begin(rf_sum *sum, bool sampled) {
  memset(sum, 0, sizeof *sum);
  sum->sampled = sampled;
}

void rf_sum_add(rf_sum *sum, const void *bytes, size_t n) {
  const uint8_t *p = bytes;
  sum->bytes += n;
  if (sum->sampled) {
    bool quick = choose();
    for (size_t at = 0; at < n; at += RF_SUM_UNIT)
      if (n - at < RF_SUM_SAMPLE)
        sum->lanes[0] = rf_crc32c(p + at, n - at, sum->lanes[0]);
      else if (quick)
        lanes_fast(sum->lanes, p + at, RF_SUM_SAMPLE);
      else
        lanes_portable(sum->lanes, p + at, RF_SUM_SAMPLE);
    return;
  }
  size_t whole = n - n % 32;
  if (choose())
    lanes_fast(sum->lanes, p, whole);
  else
    lanes_portable(sum->lanes, p, whole);
  if (whole < n)
    sum->lanes[0] = rf_crc32c(p + whole, n - whole, sum->lanes[0]);
}

uint32_t rf_sum_end(const rf_sum *sum) {
  uint8_t all[24];
  for (int i = 0; i < 4; i++)
    for (int k = 0; k < 4; k++)
      all[4 * i + k] = (uint8_t)(sum->lanes[i] >> 8 * k);
  for (int k = 0; k < 8; k++)
    all[16 + k] = (uint8_t)(sum->bytes >> 8 * k);
  return rf_crc32c(all, sizeof all, 0);
}
