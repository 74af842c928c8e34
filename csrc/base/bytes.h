/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Byte order. FITS is big-endian (FITS 5). Get and put functions handle single values. Kernels handle runs of values;
 * the first call chooses them by what the processor supports (SSSE3, AVX2, NEON). Each kernel has a portable version
 * with the same results.
 */
#ifndef RF_BASE_BYTES_H
#define RF_BASE_BYTES_H

#include <stdint.h>
#include <stddef.h>

static inline uint16_t rf_get_be16(const void *p) {
  const uint8_t *b = p;
  return (uint16_t)((unsigned)b[0] << 8 | b[1]);
}

static inline uint32_t rf_get_be32(const void *p) {
  const uint8_t *b = p;
  return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static inline uint64_t rf_get_be64(const void *p) {
  return (uint64_t)rf_get_be32(p) << 32 | rf_get_be32((const uint8_t *)p + 4);
}

static inline void rf_put_be16(void *p, uint16_t v) {
  uint8_t *b = p;
  b[0] = (uint8_t)(v >> 8);
  b[1] = (uint8_t)v;
}

static inline void rf_put_be32(void *p, uint32_t v) {
  rf_put_be16(p, (uint16_t)(v >> 16));
  rf_put_be16((uint8_t *)p + 2, (uint16_t)v);
}

static inline void rf_put_be64(void *p, uint64_t v) {
  rf_put_be32(p, (uint32_t)(v >> 32));
  rf_put_be32((uint8_t *)p + 4, (uint32_t)v);
}

/* Little-endian, for the trailer (store/trailer/trailer.h) and zip files. */
static inline uint16_t rf_get_le16(const void *p) {
  const uint8_t *b = p;
  return (uint16_t)((unsigned)b[1] << 8 | b[0]);
}

static inline uint32_t rf_get_le32(const void *p) {
  const uint8_t *b = p;
  return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static inline uint64_t rf_get_le64(const void *p) {
  return (uint64_t)rf_get_le32((const uint8_t *)p + 4) << 32 | rf_get_le32(p);
}

static inline void rf_put_le32(void *p, uint32_t v) {
  uint8_t *b = p;
  b[0] = (uint8_t)v;
  b[1] = (uint8_t)(v >> 8);
  b[2] = (uint8_t)(v >> 16);
  b[3] = (uint8_t)(v >> 24);
}

static inline void rf_put_le64(void *p, uint64_t v) {
  rf_put_le32(p, (uint32_t)v);
  rf_put_le32((uint8_t *)p + 4, (uint32_t)(v >> 32));
}

/* Copies `count` elements of `width` (1, 2, 4, 8) bytes between file order and machine order. dst == src is
 * allowed, other overlap is not. No alignment is needed. On a big-endian machine this is memmove. */
void rf_swap_copy(void *dst, const void *src, size_t count, unsigned width);

/* Copies from file order to machine order and inverts the top bit of each machine value: reading integers with
 * BZERO = 2^(bits-1) (FITS 5.2.5). `width` may be 1. */
void rf_swap_flip_copy(void *dst, const void *src, size_t count, unsigned width);

/* The inverse of rf_swap_flip_copy(), for writing: inverts the top bit of each machine value, then stores it in file
 * order. On a little-endian machine the two functions differ: the bit is at the other end of the source. */
void rf_flip_swap_copy(void *dst, const void *src, size_t count, unsigned width);

/* Returns the ones-complement sum of n bytes as big-endian 32-bit words, starting with `sum` (FITS appendix J). n is a
 * multiple of 4. */
uint32_t rf_sum32(const void *bytes, size_t n, uint32_t sum);

/* For tests. `level` 0 selects the portable kernels, 1 adds SSSE3 or NEON, 2 (the default) adds AVX2 with BMI, BMI2 and
 * LZCNT. Returns the level in force, which is lower when the processor supports less. */
int rf_bytes_set_level(int level);

/* Returns the level in force. */
int rf_bytes_level(void);

#endif
