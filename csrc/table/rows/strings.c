/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Strings of binary tables: they end at a NUL (FITS 7.3.3.1), and blanks at the end are padding that other writers
 * left. Short ones go through one vector register.
 */
#include "table/rows/strings.h"

#include <string.h>

#if defined(__SSE2__) && defined(__GNUC__)
#define HAVE_SSE2 1
#include <emmintrin.h>
#endif

/* Returns the number of characters up to a NUL, without blanks at the end unless they are kept. */
static size_t string_length(const uint8_t *text, size_t width, bool blanks) {
  const uint8_t *end = width > 0 ? memchr(text, 0, width) : NULL;
  size_t n = end != NULL ? (size_t)(end - text) : width;
  while (!blanks && n > 0 && text[n - 1] == ' ')
    n--;
  return n;
}

/* One string of `from` bytes into `to` bytes, filled up with NUL. */
static void copy_string(const rf_row_step *step, uint8_t *dst, size_t to, const uint8_t *src, size_t from) {
  size_t n = step->raw ? from : string_length(src, from, step->blanks);
  if (n > to)
    n = to;
  if (n > 0)
    memcpy(dst, src, n);
  if (n < to)
    memset(dst + n, 0, to - n);
}

/* One character a byte: what lies above 0x7F is taken as Latin-1, whose numbers Unicode has kept. */
void rf_text_widen(uint8_t *dst, const uint8_t *src, size_t n) {
  size_t i = 0;
#if defined(HAVE_SSE2)
  const __m128i zero = _mm_setzero_si128();
  for (; i + 16 <= n; i += 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(src + i));
    __m128i a = _mm_unpacklo_epi8(v, zero), b = _mm_unpackhi_epi8(v, zero);
    __m128i *to = (__m128i *)(void *)(dst + 4 * i);
    _mm_storeu_si128(to, _mm_unpacklo_epi16(a, zero));
    _mm_storeu_si128(to + 1, _mm_unpackhi_epi16(a, zero));
    _mm_storeu_si128(to + 2, _mm_unpacklo_epi16(b, zero));
    _mm_storeu_si128(to + 3, _mm_unpackhi_epi16(b, zero));
  }
#endif
  for (; i < n; i++) {
    uint32_t c = src[i];
    memcpy(dst + 4 * i, &c, sizeof c);
  }
}

static void widen_string(const rf_row_step *step, uint8_t *dst, size_t to, const uint8_t *src, size_t from) {
  size_t n = string_length(src, from, step->blanks);
  if (n > to)
    n = to;
  rf_text_widen(dst, src, n);
  if (n < to)
    memset(dst + 4 * n, 0, 4 * (to - n));
}

static rf_status run_bytes(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,
                           uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err) {
  size_t from = (size_t)step->column->info.width, to = step->width;
  (void)mask, (void)bad, (void)err;
  for (size_t i = 0; i < count; i++, src += src_stride, dest += step->stride)
    for (size_t k = 0; k < step->count; k++)
      copy_string(step, dest + k * to, to, src + k * from, from);
  return RF_OK;
}

static rf_status run_text(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,
                          uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err) {
  size_t from = (size_t)step->column->info.width, to = step->width;
  (void)mask, (void)bad, (void)err;
  for (size_t i = 0; i < count; i++, src += src_stride, dest += step->stride)
    for (size_t k = 0; k < step->count; k++)
      widen_string(step, dest + k * 4 * to, to, src + k * from, from);
  return RF_OK;
}

#if defined(HAVE_SSE2)

/* 8 to 16 bytes in a register, nothing beyond them touched: two loads that overlap. */
static inline __m128i load_short(const uint8_t *src, size_t width) {
  uint64_t low, high;
  memcpy(&low, src, 8);
  memcpy(&high, src + width - 8, 8);
  high = width == 8 ? 0 : high >> (8 * (16 - width));
  return _mm_set_epi64x((long long)high, (long long)low);
}

/* The string with NULs behind its end. `padding` is 0 if blanks at the end are kept, else all ones. */
static inline __m128i strip_short(__m128i v, size_t width, unsigned padding) {
  static const uint8_t keep[32] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
  unsigned nul = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_setzero_si128())) | 1u << width;
  unsigned blank = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(' '))) & padding;
  unsigned before = (nul & (0u - nul)) - 1; /* ones up to the first NUL */
  unsigned solid = before & ~blank;
  unsigned n = solid == 0 ? 0 : 32 - (unsigned)__builtin_clz(solid);
  return _mm_and_si128(v, _mm_loadu_si128((const __m128i *)(const void *)(keep + 16 - n)));
}

/* One string of 8 to 16 bytes a row, as wide in memory as in the file. */
static rf_status run_short_bytes(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,
                                 uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err) {
  size_t width = step->width;
  unsigned padding = step->blanks ? 0 : ~0u;
  unsigned shift = (unsigned)(8 * (16 - width));
  (void)mask, (void)bad, (void)err;
  for (size_t i = 0; i < count; i++, src += src_stride, dest += step->stride) {
    __m128i v = strip_short(load_short(src, width), width, padding);
    uint64_t low = (uint64_t)_mm_cvtsi128_si64(v), high = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(v, v));
    /* The last eight of the `width` bytes, over the first eight. */
    uint64_t last = shift == 0 ? high : shift == 64 ? low : high << shift | low >> (64 - shift);
    memcpy(dest, &low, 8);
    memcpy(dest + width - 8, &last, 8);
  }
  return RF_OK;
}

static rf_status run_short_text(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,
                                uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err) {
  const __m128i zero = _mm_setzero_si128();
  size_t width = step->width;
  unsigned padding = step->blanks ? 0 : ~0u;
  (void)mask, (void)bad, (void)err;
  for (size_t i = 0; i < count; i++, src += src_stride, dest += step->stride) {
    __m128i v = strip_short(load_short(src, width), width, padding);
    __m128i a = _mm_unpacklo_epi8(v, zero), b = _mm_unpackhi_epi8(v, zero), words[4];
    words[0] = _mm_unpacklo_epi16(a, zero);
    words[1] = _mm_unpackhi_epi16(a, zero);
    words[2] = _mm_unpacklo_epi16(b, zero);
    words[3] = _mm_unpackhi_epi16(b, zero);
    _mm_storeu_si128((__m128i *)(void *)dest, words[0]);
    _mm_storeu_si128((__m128i *)(void *)(dest + 16), words[1]);
    if (width >= 12)
      _mm_storeu_si128((__m128i *)(void *)(dest + 32), words[2]);
    if (width == 16)
      _mm_storeu_si128((__m128i *)(void *)(dest + 48), words[3]);
    else if (width % 4 != 0)
      memcpy(dest + width / 4 * 16, &words[width / 4], width % 4 * 4);
  }
  return RF_OK;
}

#endif

rf_row_run rf_row_strings(const rf_row_step *step) {
#if defined(HAVE_SSE2) && defined(__x86_64__)
  if (step->count == 1 && !step->raw && step->width == step->column->info.width && step->width >= 8 &&
      step->width <= 16)
    return step->type == RF_BYTES ? run_short_bytes : run_short_text;
#endif
  return step->type == RF_BYTES ? run_bytes : run_text;
}
