/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Loops that the compiler vectorises are compiled twice where that is faster: for any processor, and for AVX2.
 * rf_bytes_level() selects one. Both have the same source and, without contraction, the same results.
 */
#ifndef RF_CODEC_VECTOR_H
#define RF_CODEC_VECTOR_H

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
#define RF_VECTOR_AVX2 __attribute__((target("avx2")))
#endif

#endif
