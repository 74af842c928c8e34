/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Buffers of Arrow from cells in memory. Strings are moved within their buffer: none moves towards the end.
 */
#include "arrow/fill.h"

#include <string.h>

size_t rf_arrow_pack_bits(uint8_t *bitmap, const uint8_t *bytes, size_t n, bool invert) {
  const unsigned turn = invert ? 0xFF : 0;
  size_t i = 0, ones = 0;
  for (; i + 8 <= n; i += 8) {
    uint64_t eight;
    memcpy(&eight, bytes + i, 8);
    unsigned packed = 0;
    if (eight != 0)
      for (unsigned k = 0; k < 8; k++)
        packed |= (unsigned)(bytes[i + k] & 1) << k;
    for (unsigned rest = packed; rest != 0; rest &= rest - 1)
      ones++;
    bitmap[i / 8] = (uint8_t)(packed ^ turn);
  }
  if (i < n) {
    unsigned packed = 0;
    for (unsigned k = 0; k < n - i; k++) {
      packed |= (unsigned)(bytes[i + k] & 1) << k;
      ones += bytes[i + k] & 1;
    }
    bitmap[i / 8] = (uint8_t)((packed ^ turn) & ((1u << (n - i)) - 1));
  }
  return ones;
}

#define COPY(type)                                                                                                     \
  for (size_t i = 0; i < n; i++)                                                                                       \
  ((type *)to)[i] = (type)values[i]

/* A function that copies numbers of one type to each wider one. */
#define WIDEN(name, from_type)                                                                                         \
  static void name(void *restrict to, rf_dtype type, const void *restrict from, size_t n) {                            \
    const from_type *values = from;                                                                                    \
    switch (type) {                                                                                                    \
    case RF_I16:                                                                                                       \
      COPY(int16_t);                                                                                                   \
      break;                                                                                                           \
    case RF_U16:                                                                                                       \
      COPY(uint16_t);                                                                                                  \
      break;                                                                                                           \
    case RF_I32:                                                                                                       \
      COPY(int32_t);                                                                                                   \
      break;                                                                                                           \
    case RF_U32:                                                                                                       \
      COPY(uint32_t);                                                                                                  \
      break;                                                                                                           \
    case RF_I64:                                                                                                       \
      COPY(int64_t);                                                                                                   \
      break;                                                                                                           \
    case RF_U64:                                                                                                       \
      COPY(uint64_t);                                                                                                  \
      break;                                                                                                           \
    case RF_F32:                                                                                                       \
      COPY(float);                                                                                                     \
      break;                                                                                                           \
    default:                                                                                                           \
      COPY(double);                                                                                                    \
    }                                                                                                                  \
  }

WIDEN(widen_i8, int8_t)
WIDEN(widen_u8, uint8_t)
WIDEN(widen_i16, int16_t)
WIDEN(widen_u16, uint16_t)
WIDEN(widen_i32, int32_t)
WIDEN(widen_u32, uint32_t)

static void widen_f32(void *restrict to, const void *restrict from, size_t n) {
  const float *values = from;
  COPY(double);
}

void rf_arrow_widen(void *to, rf_dtype to_type, const void *from, rf_dtype from_type, size_t n) {
  switch (from_type) {
  case RF_I8:
    widen_i8(to, to_type, from, n);
    break;
  case RF_U8:
    widen_u8(to, to_type, from, n);
    break;
  case RF_I16:
    widen_i16(to, to_type, from, n);
    break;
  case RF_U16:
    widen_u16(to, to_type, from, n);
    break;
  case RF_I32:
    widen_i32(to, to_type, from, n);
    break;
  case RF_U32:
    widen_u32(to, to_type, from, n);
    break;
  case RF_C64:
    widen_f32(to, from, 2 * n);
    break;
  default:
    widen_f32(to, from, n);
  }
}

static inline void set_offset(rf_arrow_text *text, size_t i, size_t at) {
  if (text->offsets32 != NULL)
    text->offsets32[i] = (int32_t)at;
  else
    text->offsets64[i] = (int64_t)at;
}

static inline size_t get_offset(const rf_arrow_text *text, size_t i) {
  return text->offsets32 != NULL ? (size_t)text->offsets32[i] : (size_t)text->offsets64[i];
}

static inline uint64_t load(const uint8_t *p) {
  uint64_t v;
  memcpy(&v, p, 8);
  return v;
}

#define HIGH UINT64_C(0x8080808080808080)

/* Bytes before the first NUL of fewer than nine that are NUL only at the end. */
static inline size_t length_of(uint64_t word) {
#if defined(__GNUC__) && defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  return word == 0 ? 0 : 8 - (size_t)__builtin_clzll(word) / 8;
#else
  uint8_t bytes[8];
  size_t n = 8;
  memcpy(bytes, &word, 8);
  while (n > 0 && bytes[n - 1] == 0)
    n--;
  return n;
#endif
}

/* Fields of 8 to 16 bytes: two words that overlap. No more than a field is written at a time, so the next one stays. */
static bool join_short(rf_arrow_text *text, size_t width) {
  uint64_t seen = 0;
  uint8_t *to = text->bytes;
  const uint8_t *from = text->bytes;
  for (size_t i = 0; i < text->count; i++, from += width) {
    uint64_t first = load(from), last = load(from + width - 8);
    size_t n = last == 0 ? length_of(first) : width - 8 + length_of(last);
    memcpy(to, &first, 8);
    memcpy(to + width - 8, &last, 8);
    seen |= first | last;
    to += n;
    set_offset(text, i + 1, (size_t)(to - text->bytes));
  }
  return (seen & HIGH) != 0;
}

static bool has_high(const uint8_t *bytes, size_t n) {
  uint64_t seen = 0;
  size_t i = 0;
  for (; i + 8 <= n; i += 8)
    seen |= load(bytes + i);
  for (; i < n; i++)
    seen |= bytes[i];
  return (seen & HIGH) != 0;
}

bool rf_arrow_join_fields(rf_arrow_text *text, size_t width) {
  size_t at = 0;
  set_offset(text, 0, 0);
  if (width >= 8 && width <= 16)
    return join_short(text, width);
  for (size_t i = 0; i < text->count; i++) {
    const uint8_t *from = text->bytes + i * width;
    size_t n = width;
    while (n >= 8 && load(from + n - 8) == 0)
      n -= 8;
    while (n > 0 && from[n - 1] == 0)
      n--;
    if (n > 0)
      memmove(text->bytes + at, from, n);
    at += n;
    set_offset(text, i + 1, at);
  }
  return has_high(text->bytes, at);
}

bool rf_arrow_join_cells(rf_arrow_text *text, const uint64_t *lengths) {
  size_t at = 0, from = 0;
  set_offset(text, 0, 0);
  for (size_t i = 0; i < text->count; i++) {
    size_t width = (size_t)lengths[i], n = width;
    const uint8_t *cell = text->bytes + from, *end = n > 0 ? memchr(cell, 0, n) : NULL;
    if (end != NULL)
      n = (size_t)(end - cell);
    while (n > 0 && cell[n - 1] == ' ')
      n--;
    if (n > 0)
      memmove(text->bytes + at, cell, n);
    at += n;
    from += width;
    set_offset(text, i + 1, at);
  }
  return has_high(text->bytes, at);
}

uint64_t rf_arrow_utf8_bytes(const rf_arrow_text *text) {
  size_t n = get_offset(text, text->count);
  uint64_t bytes = n;
  for (size_t i = 0; i < n; i++)
    bytes += text->bytes[i] >> 7;
  return bytes;
}

void rf_arrow_to_utf8(rf_arrow_text *text, uint8_t *out) {
  size_t from = 0, at = 0;
  for (size_t i = 0; i < text->count; i++) {
    size_t end = get_offset(text, i + 1);
    for (; from < end; from++) {
      unsigned c = text->bytes[from];
      if (c < 0x80) {
        out[at++] = (uint8_t)c;
      } else {
        out[at++] = (uint8_t)(0xC0 | c >> 6);
        out[at++] = (uint8_t)(0x80 | (c & 0x3F));
      }
    }
    set_offset(text, i + 1, at);
  }
}
