/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rice.c: the row of RICE_1 (FITS 10.4.1), and definitions of both directions.
 *
 * The stream has the first value as it is, then blocks of BLOCKSIZE differences between neighbours (the last block may
 * be shorter), each mapped to unsigned (0, -1, 1, -2, ... to 0, 1, 2, 3, ...) in the arithmetic of BYTEPIX bytes, which
 * wraps around. A block begins with the number of low bits that are written as they are, plus 1; each difference then
 * is its high part in unary (that many 0 bits and a 1) and the low bits. Two numbers are special: 0 for a block of
 * nothing but zeros, and that of rf_rice_plain() + 1 for differences written whole.
 */
#ifndef RF_CODEC_RICE_H
#define RF_CODEC_RICE_H

#include "codec/codec.h"

#define RF_RICE_INLINE static inline __attribute__((always_inline))

/* The standard has blocks of 16 and 32. A block longer than a row is useless. */
#define RF_RICE_MAX_BLOCKSIZE (1u << 20)

/* Returns the bits of the number that begins a block. */
RF_RICE_INLINE unsigned rf_rice_head_bits(unsigned bytepix) {
  return bytepix == 1 ? 3 : bytepix == 2 ? 4 : 5;
}

/* From this many low bits on, differences are written whole. */
RF_RICE_INLINE unsigned rf_rice_plain(unsigned bytepix) {
  return bytepix == 1 ? 6 : bytepix == 2 ? 14 : 25;
}

#endif
