/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The types of values, for tables of loops.
 *
 * Each entry of integers: name in cf_type, type of C, smallest and largest value, bounds of doubles (below the first
 * one and above the second one they overflow), and the value for NaN, which is that of the machines most programs know.
 */
#ifndef CF_CONVERT_TYPES_H
#define CF_CONVERT_TYPES_H

#include <limits.h>

/* The doubles next to 2^63 and 2^64, towards 0. */
#define CF_BELOW_2_63 9223372036854774784.0
#define CF_BELOW_2_64 18446744073709549568.0

#define CF_ENTRY_U8(X) X(CF_U8, unsigned char, 0, UCHAR_MAX, -0.49, 255.49, 0)
#define CF_ENTRY_I8(X) X(CF_I8, signed char, SCHAR_MIN, SCHAR_MAX, -128.49, 127.49, 0)
#define CF_ENTRY_I16(X) X(CF_I16, short, SHRT_MIN, SHRT_MAX, -32768.49, 32767.49, 0)
#define CF_ENTRY_U16(X) X(CF_U16, unsigned short, 0, USHRT_MAX, -0.49, 65535.49, 0)
#define CF_ENTRY_I32(X) X(CF_I32, int, INT_MIN, INT_MAX, -2147483648.49, 2147483647.49, INT_MIN)
#define CF_ENTRY_U32(X) X(CF_U32, unsigned int, 0, UINT_MAX, -0.49, 4294967295.49, 0)
#define CF_ENTRY_I64(X) X(CF_I64, LONGLONG, LLONG_MIN, LLONG_MAX, -9223372036854775808.0, CF_BELOW_2_63, LLONG_MIN)
#define CF_ENTRY_U64(X) X(CF_U64, ULONGLONG, 0, ULLONG_MAX, 0.0, CF_BELOW_2_64, 1ULL << 63)
#define CF_ENTRY_ULONG(X) X(CF_ULONG, ULONGLONG, 0, ULLONG_MAX, -0.49, CF_BELOW_2_64, 1ULL << 63)

/* Those whose values an int has, and those of 64 bits. */
#define CF_SMALL_INTEGERS(X) CF_ENTRY_U8(X) CF_ENTRY_I8(X) CF_ENTRY_I16(X) CF_ENTRY_U16(X) CF_ENTRY_I32(X)
#define CF_WIDE_INTEGERS(X) CF_ENTRY_I64(X) CF_ENTRY_U64(X) CF_ENTRY_ULONG(X)
#define CF_INTEGERS(X) CF_SMALL_INTEGERS(X) CF_ENTRY_U32(X) CF_WIDE_INTEGERS(X)

#define CF_FLOATS(X)                                                                                                   \
  X(CF_F32, float)                                                                                                     \
  X(CF_F64, double)

/* One row of loops: from one type of C to each integer type. */
#define CF_INTEGERS_TO(X, A, AMIN, AMAX)                                                                               \
  X(A, AMIN, AMAX, CF_U8, unsigned char, 0, UCHAR_MAX)                                                                 \
  X(A, AMIN, AMAX, CF_I8, signed char, SCHAR_MIN, SCHAR_MAX)                                                           \
  X(A, AMIN, AMAX, CF_I16, short, SHRT_MIN, SHRT_MAX)                                                                  \
  X(A, AMIN, AMAX, CF_U16, unsigned short, 0, USHRT_MAX)                                                               \
  X(A, AMIN, AMAX, CF_I32, int, INT_MIN, INT_MAX)                                                                      \
  X(A, AMIN, AMAX, CF_U32, unsigned int, 0, UINT_MAX)                                                                  \
  X(A, AMIN, AMAX, CF_I64, LONGLONG, LLONG_MIN, LLONG_MAX)                                                             \
  X(A, AMIN, AMAX, CF_U64, ULONGLONG, 0, ULLONG_MAX)                                                                   \
  X(A, AMIN, AMAX, CF_ULONG, ULONGLONG, 0, ULLONG_MAX)

#endif
