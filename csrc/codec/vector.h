/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Loops that the compiler turns into vectors are compiled twice where that pays: for any processor and for those with
 * AVX2, and rf_bytes_level() says which to call. Both have the same source and, without contraction, the same results.
 */
#ifndef RF_CODEC_VECTOR_H
#define RF_CODEC_VECTOR_H

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
#define RF_VECTOR_AVX2 __attribute__((target("avx2")))
#endif

#endif
