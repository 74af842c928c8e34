/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops over blocks of values. They are branch-free, so that compilers make vectors of them.
 */
#include "convert/loops.h"

#include <string.h>

#include "convert/types.h"

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define BIG_ENDIAN_HOST 1
#else
#define BIG_ENDIAN_HOST 0
#endif

const unsigned char cf_type_sizes[CF_TYPES] = {1, 1, 2, 2, 4, 4, 8, 8, 8, 4, 8};

#if LONG_MAX > 2147483647
#define LONG_CODE CF_I64
#define ULONG_CODE CF_ULONG
#else
#define LONG_CODE CF_I32
#define ULONG_CODE CF_U32
#endif

const unsigned char cf_type_codes[TDOUBLE + 1] = {
    [TBYTE] = CF_U8 + 1,      [TSBYTE] = CF_I8 + 1,      [TSHORT] = CF_I16 + 1,   [TUSHORT] = CF_U16 + 1,
    [TINT] = CF_I32 + 1,      [TUINT] = CF_U32 + 1,      [TLONG] = LONG_CODE + 1, [TULONG] = ULONG_CODE + 1,
    [TLONGLONG] = CF_I64 + 1, [TULONGLONG] = CF_U64 + 1, [TFLOAT] = CF_F32 + 1,   [TDOUBLE] = CF_F64 + 1,
};
const unsigned char cf_stored_codes[TDOUBLE + 1] = {
    [TBYTE] = CF_U8 + 1,      [TSHORT] = CF_I16 + 1, [TINT] = CF_I32 + 1,    [TLONG] = CF_I32 + 1,
    [TLONGLONG] = CF_I64 + 1, [TFLOAT] = CF_F32 + 1, [TDOUBLE] = CF_F64 + 1,
};

cf_type cf_type_flipped(cf_type type) {
  static const cf_type other[CF_TYPES] = {CF_I8,  CF_U8,  CF_U16, CF_I16, CF_U32, CF_I32,
                                          CF_U64, CF_I64, CF_I64, CF_F32, CF_F64};
  return other[type];
}

#define FLIP(name, type, bit)                                                                                          \
  static void name(void *values, size_t n) {                                                                           \
    type *at = values;                                                                                                 \
    for (size_t i = 0; i < n; i++)                                                                                     \
      at[i] ^= bit;                                                                                                    \
  }
FLIP(flip_1, unsigned char, 0x80U)
FLIP(flip_2, unsigned short, 0x8000U)
FLIP(flip_4, unsigned int, 0x80000000U)
FLIP(flip_8, ULONGLONG, 1ULL << 63)

void cf_block_flip(cf_type type, void *values, size_t n) {
  switch (cf_type_sizes[type]) {
  case 1:
    flip_1(values, n);
    break;
  case 2:
    flip_2(values, n);
    break;
  case 4:
    flip_4(values, n);
    break;
  default:
    flip_8(values, n);
    break;
  }
}

/* Some compilers do not make vectors of swaps by themselves. */
#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define VECTOR_SWAPS 1
#endif
#endif

#ifdef VECTOR_SWAPS
typedef unsigned short lanes __attribute__((vector_size(16)));
#define SWAP_LANES_2(v) (v)
#define SWAP_LANES_4(v) __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6)
#define SWAP_LANES_8(v) __builtin_shufflevector(v, v, 3, 2, 1, 0, 7, 6, 5, 4)
#define SWAP_VECTORS(to, from, i, n, type, LANES)                                                                      \
  for (; i + 16 / sizeof(type) <= n; i += 16 / sizeof(type)) {                                                         \
    lanes v;                                                                                                           \
    memcpy(&v, from + i * sizeof(type), sizeof v);                                                                     \
    v = (lanes)(v << 8) | (lanes)(v >> 8);                                                                             \
    v = LANES(v);                                                                                                      \
    memcpy(to + i * sizeof(type), &v, sizeof v);                                                                       \
  }
#else
#define SWAP_VECTORS(to, from, i, n, type, LANES)
#endif

/* The memory is the same, or does not overlap. */
#define SWAP(name, type, swap, LANES)                                                                                  \
  static void name(unsigned char *to, const unsigned char *from, size_t n) {                                           \
    size_t i = 0;                                                                                                      \
    SWAP_VECTORS(to, from, i, n, type, LANES)                                                                          \
    for (; i < n; i++) {                                                                                               \
      type value;                                                                                                      \
      memcpy(&value, from + i * sizeof value, sizeof value);                                                           \
      value = swap(value);                                                                                             \
      memcpy(to + i * sizeof value, &value, sizeof value);                                                             \
    }                                                                                                                  \
  }
SWAP(swap_2, unsigned short, __builtin_bswap16, SWAP_LANES_2)
SWAP(swap_4, unsigned int, __builtin_bswap32, SWAP_LANES_4)
SWAP(swap_8, ULONGLONG, __builtin_bswap64, SWAP_LANES_8)

void cf_block_swap(void *to, const void *from, size_t n, size_t size) {
  if (size == 1 || BIG_ENDIAN_HOST) {
    if (to != from)
      memmove(to, from, n * size);
  } else if (size == 2) {
    swap_2(to, from, n);
  } else if (size == 4) {
    swap_4(to, from, n);
  } else {
    swap_8(to, from, n);
  }
}

typedef bool convert_loop(const void *in, void *out, size_t n);

/* Integers to integers. The bounds are in type A, so that the comparison is as narrow as the values. */
#define LOWER(A, AMIN, BMIN) ((LONGLONG)(AMIN) > (LONGLONG)(BMIN) ? (A)(AMIN) : (A)(BMIN))
#define UPPER(A, AMAX, BMAX) ((ULONGLONG)(AMAX) < (ULONGLONG)(BMAX) ? (A)(AMAX) : (A)(BMAX))
#define CLIP(A, AMIN, AMAX, BNAME, B, BMIN, BMAX)                                                                      \
  static bool clip_##A##_##BNAME(const void *in, void *out, size_t n) {                                                \
    const A##_T *restrict from = in;                                                                                   \
    B *restrict to = out;                                                                                              \
    const A##_T lower = LOWER(A##_T, AMIN, BMIN), upper = UPPER(A##_T, AMAX, BMAX);                                    \
    unsigned int bad = 0;                                                                                              \
    for (size_t i = 0; i < n; i++) {                                                                                   \
      A##_T value = from[i];                                                                                           \
      A##_T low = value < lower ? lower : value;                                                                       \
      A##_T clipped = low > upper ? upper : low;                                                                       \
      bad |= clipped != value;                                                                                         \
      to[i] = (B)clipped;                                                                                              \
    }                                                                                                                  \
    return bad != 0;                                                                                                   \
  }
#define NAME_TYPE(NAME, T, MIN, MAX, FLOOR, CEILING, NAN_VALUE) typedef T NAME##_T;
CF_INTEGERS(NAME_TYPE)
#define CLIP_ROW(NAME, T, MIN, MAX, FLOOR, CEILING, NAN_VALUE) CF_INTEGERS_TO(CLIP, NAME, MIN, MAX)
CF_INTEGERS(CLIP_ROW)

#define CAST(NAME, T, TO, C)                                                                                           \
  static bool cast_##NAME##_##TO(const void *in, void *out, size_t n) {                                                \
    const T *restrict from = in;                                                                                       \
    C *restrict to = out;                                                                                              \
    for (size_t i = 0; i < n; i++)                                                                                     \
      to[i] = (C)from[i];                                                                                              \
    return false;                                                                                                      \
  }
#define CAST_INTEGER(NAME, T, MIN, MAX, FLOOR, CEILING, NAN_VALUE)                                                     \
  CAST(NAME, T, CF_F32, float)                                                                                         \
  CAST(NAME, T, CF_F64, double)
CF_INTEGERS(CAST_INTEGER)
CAST(CF_F32, float, CF_F32, float)
CAST(CF_F32, float, CF_F64, double)
CAST(CF_F64, double, CF_F32, float)
CAST(CF_F64, double, CF_F64, double)

/* Tells whether a value is outside of the bounds. NaN is not. */
static bool any_outside(const double *values, size_t n, double floor, double ceiling) {
  typedef double pair __attribute__((vector_size(16)));
  typedef int mask __attribute__((vector_size(16)));
  const pair low = {floor, floor}, high = {ceiling, ceiling};
  mask outside = {0, 0, 0, 0};
  bool rest = false;
  size_t i = 0;
  for (; i + 2 <= n; i += 2) {
    pair v;
    memcpy(&v, values + i, sizeof v);
    outside |= (mask)(v < low) | (mask)(v > high);
  }
  if (i < n)
    rest = values[i] < floor || values[i] > ceiling;
  return rest || (outside[0] | outside[1] | outside[2] | outside[3]) != 0;
}

/* Doubles to integers. REST makes an integer of a double within the bounds. Types up to 32 bits clip as doubles and go
 * through type VIA, so that vectors do it. */
#define NARROW(PREFIX, REST, VIA, NAME, T, MIN, MAX, FLOOR, CEILING, NAN_VALUE)                                        \
  static bool PREFIX##_CF_F64_##NAME(const void *in, void *out, size_t n) {                                            \
    const double *restrict from = in;                                                                                  \
    T *restrict to = out;                                                                                              \
    for (size_t i = 0; i < n; i++) {                                                                                   \
      const double value = from[i];                                                                                    \
      double inside = value < (double)MIN ? (double)MIN : value;                                                       \
      inside = inside > (double)MAX ? (double)MAX : inside;                                                            \
      inside = value == value ? REST(inside) : (double)NAN_VALUE;                                                      \
      to[i] = (T)(VIA)inside;                                                                                          \
    }                                                                                                                  \
    return any_outside(from, n, FLOOR, CEILING);                                                                       \
  }
#define NARROW_WIDE(PREFIX, REST, NAME, T, MIN, MAX, FLOOR, CEILING, NAN_VALUE)                                        \
  static bool PREFIX##_CF_F64_##NAME(const void *in, void *out, size_t n) {                                            \
    const double *restrict from = in;                                                                                  \
    T *restrict to = out;                                                                                              \
    for (size_t i = 0; i < n; i++) {                                                                                   \
      const double value = from[i];                                                                                    \
      const bool low = value<FLOOR, high = value> CEILING;                                                             \
      to[i] = low ? (T)MIN : high ? (T)MAX : value == value ? (T)(REST(value)) : (T)(NAN_VALUE);                       \
    }                                                                                                                  \
    return any_outside(from, n, FLOOR, CEILING);                                                                       \
  }
#define CUT(value) value
#define ROUND(value) (value + __builtin_copysign(0.5, value))
#define CUT_DOUBLE(...) NARROW(cut, CUT, int, __VA_ARGS__)
#define CUT_DOUBLE_UINT(...) NARROW(cut, CUT, LONGLONG, __VA_ARGS__)
#define CUT_DOUBLE_WIDE(...) NARROW_WIDE(cut, CUT, __VA_ARGS__)
#define ROUND_DOUBLE(...) NARROW(round, ROUND, int, __VA_ARGS__)
#define ROUND_DOUBLE_WIDE(...) NARROW_WIDE(round, ROUND, __VA_ARGS__)
CF_SMALL_INTEGERS(CUT_DOUBLE)
CF_ENTRY_U32(CUT_DOUBLE_UINT)
CF_WIDE_INTEGERS(CUT_DOUBLE_WIDE)
CF_ENTRY_U8(ROUND_DOUBLE)
CF_ENTRY_I16(ROUND_DOUBLE)
CF_ENTRY_I32(ROUND_DOUBLE)
CF_ENTRY_I64(ROUND_DOUBLE_WIDE)

/* Floats to integers, as doubles. */
#define CUT_FLOAT(NAME, ...)                                                                                           \
  static bool cut_CF_F32_##NAME(const void *in, void *out, size_t n) {                                                 \
    double doubles[CF_BLOCK];                                                                                          \
    (void)cast_CF_F32_CF_F64(in, doubles, n);                                                                          \
    return cut_CF_F64_##NAME(doubles, out, n);                                                                         \
  }
CF_INTEGERS(CUT_FLOAT)

#define CLIP_ENTRY(A, AMIN, AMAX, B, BT, BMIN, BMAX) [A][B] = clip_##A##_##B,
#define ENTRIES_FROM_INTEGER(NAME, T, MIN, MAX, ...)                                                                   \
  CF_INTEGERS_TO(CLIP_ENTRY, NAME, MIN, MAX)                                                                           \
  [NAME][CF_F32] = cast_##NAME##_CF_F32, [NAME][CF_F64] = cast_##NAME##_CF_F64,
#define ENTRIES_FROM_FLOAT(NAME, ...) [CF_F32][NAME] = cut_CF_F32_##NAME, [CF_F64][NAME] = cut_CF_F64_##NAME,

static convert_loop *const convert_loops[CF_TYPES][CF_TYPES] = {
    CF_INTEGERS(ENTRIES_FROM_INTEGER) CF_INTEGERS(ENTRIES_FROM_FLOAT)[CF_F32][CF_F32] = cast_CF_F32_CF_F32,
    [CF_F32][CF_F64] = cast_CF_F32_CF_F64,
    [CF_F64][CF_F32] = cast_CF_F64_CF_F32,
    [CF_F64][CF_F64] = cast_CF_F64_CF_F64,
};

bool cf_block_convert(cf_type from, const void *in, cf_type to, void *out, size_t n) {
  return convert_loops[from][to](in, out, n);
}

bool cf_block_round(const double *in, cf_type to, void *out, size_t n) {
  switch (to) {
  case CF_U8:
    return round_CF_F64_CF_U8(in, out, n);
  case CF_I16:
    return round_CF_F64_CF_I16(in, out, n);
  case CF_I32:
    return round_CF_F64_CF_I32(in, out, n);
  case CF_I64:
    return round_CF_F64_CF_I64(in, out, n);
  default: /* a float type: nothing to round */
    return cf_block_convert(CF_F64, in, to, out, n);
  }
}

typedef void scale_loop(const void *in, double *out, size_t n, double scale, double zero);

#define SCALE(NAME, T, ...)                                                                                            \
  static void scale_##NAME(const void *in, double *restrict out, size_t n, double scale, double zero) {                \
    const T *restrict from = in;                                                                                       \
    for (size_t i = 0; i < n; i++)                                                                                     \
      out[i] = (double)from[i] * scale + zero;                                                                         \
  }                                                                                                                    \
  static void unscale_##NAME(const void *in, double *restrict out, size_t n, double scale, double zero) {              \
    const T *restrict from = in;                                                                                       \
    for (size_t i = 0; i < n; i++)                                                                                     \
      out[i] = ((double)from[i] - zero) / scale;                                                                       \
  }
CF_INTEGERS(SCALE)
CF_FLOATS(SCALE)

#define SCALE_ENTRY(NAME, ...) [NAME] = scale_##NAME,
#define UNSCALE_ENTRY(NAME, ...) [NAME] = unscale_##NAME,

void cf_block_scale(cf_type from, const void *in, double *out, size_t n, double scale, double zero) {
  static scale_loop *const loops[CF_TYPES] = {CF_INTEGERS(SCALE_ENTRY) CF_FLOATS(SCALE_ENTRY)};
  loops[from](in, out, n, scale, zero);
}

void cf_block_unscale(cf_type from, const void *in, double *out, size_t n, double scale, double zero) {
  static scale_loop *const loops[CF_TYPES] = {CF_INTEGERS(UNSCALE_ENTRY) CF_FLOATS(UNSCALE_ENTRY)};
  loops[from](in, out, n, scale, zero);
}
