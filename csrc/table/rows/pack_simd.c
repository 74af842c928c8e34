/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows of a packed struct to rows of a table by byte shuffles, where all that is done to a field is turning its bytes
 * round, flipping a bit, or making T and F out of 1 and 0.
 */
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "table/rows/pack.h"

#if defined(__GNUC__) && defined(__x86_64__)
#define HAVE_SSSE3 1
#include <immintrin.h>
/* As in table/rows/unpack_avx512.c: gcc's spills of whole vectors do not go with the stack of Windows. */
#if !defined(_WIN32)
#define HAVE_WIDE 1
#endif
#endif

#if defined(HAVE_SSSE3)

#define MAX_WINDOWS 512
#define SHORT 16
#define WIDE RF_PUT_SLACK

/* 16 or 64 bytes of the struct to as many of the row. Windows stand in the order of the row, so that what one writes
 * too far the next ones put right. */
typedef struct window {
  size_t from; /* in the struct */
  size_t to;   /* in the row */
  bool has_logicals;
  uint8_t order[WIDE];
  uint8_t flip[WIDE];
  uint8_t logical[WIDE];
} window;

struct rf_pack_simd {
  const uint8_t *data; /* the struct of row 0 */
  size_t stride;
  uint64_t rows; /* from this one on, windows would leave memory */
  size_t width;  /* of windows */
  size_t count;
  window windows[];
};

static bool is_plain(const rf_row_step *step) {
  const rf_column_info *info = &step->column->info;
  if (step->mask != NULL || step->count == 0 || step->complex_scale)
    return false;
  if (step->type == RF_BYTES)
    return step->width == info->width;
  if (step->type == RF_LOGICAL)
    return true;
  return step->type < RF_LOGICAL && step->convert.mode != RF_CONVERT_NUMBER;
}

/* All steps as fields of one struct; gives how many bytes it has up to its last field, 0 when they are not. */
static size_t find_struct(const rf_row_plan *plan, const uint8_t **data, size_t *stride) {
  const uint8_t *low = plan->steps[0].data;
  size_t solid = 0;
  if (plan->steps[0].stride <= 0)
    return 0;
  *stride = (size_t)plan->steps[0].stride;
  for (size_t i = 1; i < plan->count; i++)
    if ((uintptr_t)plan->steps[i].data < (uintptr_t)low)
      low = plan->steps[i].data;
  for (size_t i = 0; i < plan->count; i++) {
    const rf_row_step *step = &plan->steps[i];
    uintptr_t at = (uintptr_t)step->data - (uintptr_t)low;
    if (step->stride != plan->steps[0].stride || at > *stride || step->cell_bytes > *stride - at)
      return 0;
    if (at + step->cell_bytes > solid)
      solid = at + step->cell_bytes;
  }
  *data = low;
  return solid;
}

/* One element into the last window, or into a new one; false when there are too many. */
static bool add_element(rf_pack_simd *shuffle, const rf_row_step *step, size_t from, size_t to, size_t bytes) {
  window *last = shuffle->count > 0 ? &shuffle->windows[shuffle->count - 1] : NULL;
  if (last == NULL || from < last->from || from + bytes > last->from + shuffle->width ||
      to + bytes > last->to + shuffle->width) {
    if (shuffle->count == MAX_WINDOWS)
      return false;
    last = &shuffle->windows[shuffle->count++];
    memset(last, 0, sizeof *last);
    last->from = from;
    last->to = to;
    memset(last->order, 0x80, sizeof last->order); /* nothing: zero */
  }
  size_t s = from - last->from, d = to - last->to;
  for (size_t i = 0; i < bytes; i++)
    last->order[d + i] = (uint8_t)(s + bytes - 1 - i);
  if (step->convert.mode == RF_CONVERT_FLIP && step->type < RF_LOGICAL)
    last->flip[d] = 0x80;
  if (step->logical) {
    last->logical[d] = 0xFF;
    last->has_logicals = true;
  }
  return true;
}

static bool add_step(rf_pack_simd *shuffle, const rf_row_step *step) {
  bool bytewise = step->type == RF_BYTES || step->type == RF_LOGICAL;
  size_t bytes = bytewise ? 1 : step->convert.stored_bytes;
  size_t from = (size_t)((uintptr_t)step->data - (uintptr_t)shuffle->data);
  for (size_t done = 0; done < step->cell_bytes; done += bytes)
    if (!add_element(shuffle, step, from + done, (size_t)step->offset + done, bytes))
      return false;
  return true;
}

/* Steps in the order of their fields in the row; false when they are not (nearly always they are). */
static bool in_order(const rf_row_plan *plan) {
  for (size_t i = 1; i < plan->count; i++)
    if (plan->steps[i].offset < plan->steps[i - 1].offset + plan->steps[i - 1].bytes)
      return false;
  return true;
}

/* Rows whose windows stay within what the caller has: `reach` is where the farthest one ends. */
static uint64_t safe_rows(const rf_pack_simd *shuffle, uint64_t rows, size_t solid) {
  size_t reach = 0;
  for (size_t k = 0; k < shuffle->count; k++)
    if (shuffle->windows[k].from + shuffle->width > reach)
      reach = shuffle->windows[k].from + shuffle->width;
  uint64_t left = reach > solid ? (reach - solid + shuffle->stride - 1) / shuffle->stride : 0;
  return rows > left ? rows - left : 0;
}

/* Short rows go through short windows as fast. */
static size_t choose_width(size_t stride) {
#if defined(HAVE_WIDE)
  if (stride > 2 * SHORT && rf_bytes_level() >= 2 && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vbmi"))
    return WIDE;
#endif
  (void)stride;
  return SHORT;
}

rf_pack_simd *rf_pack_simd_make(rf_row_plan *plan, uint64_t rows) {
  const uint8_t *data = NULL;
  size_t stride = 0, plain = 0;
  for (size_t i = 0; i < plan->count; i++)
    plain += is_plain(&plan->steps[i]);
  if (plain < 2 || rows < 16 || rf_bytes_level() < 1 || !__builtin_cpu_supports("ssse3") || !in_order(plan))
    return NULL;
  size_t solid = find_struct(plan, &data, &stride);
  if (solid == 0)
    return NULL;
  rf_pack_simd *shuffle = rf_alloc(sizeof *shuffle + MAX_WINDOWS * sizeof shuffle->windows[0]);
  if (shuffle == NULL)
    return NULL;
  shuffle->data = data;
  shuffle->stride = stride;
  shuffle->width = choose_width(stride);
  shuffle->count = 0;
  for (size_t i = 0; i < plan->count; i++)
    if (is_plain(&plan->steps[i]) && !add_step(shuffle, &plan->steps[i])) {
      rf_free(shuffle);
      return NULL;
    }
  shuffle->rows = safe_rows(shuffle, rows, solid);
  for (size_t i = 0; i < plan->count; i++)
    plan->steps[i].shuffled = is_plain(&plan->steps[i]);
  return shuffle;
}

static inline __m128i load(const uint8_t *p) {
  return _mm_loadu_si128((const __m128i *)(const void *)p);
}

__attribute__((target("ssse3"))) static void run_short(const rf_pack_simd *shuffle, const uint8_t *src, uint8_t *dst,
                                                       size_t row_bytes, size_t count) {
  const __m128i letter = _mm_set1_epi8('T'), change = _mm_set1_epi8('T' ^ 'F');
  for (size_t i = 0; i < count; i++, src += shuffle->stride, dst += row_bytes) {
    for (size_t k = 0; k < shuffle->count; k++) {
      const window *w = &shuffle->windows[k];
      __m128i bytes = _mm_xor_si128(_mm_shuffle_epi8(load(src + w->from), load(w->order)), load(w->flip));
      if (w->has_logicals) {
        __m128i truth = _mm_xor_si128(letter, _mm_and_si128(_mm_cmpeq_epi8(bytes, _mm_setzero_si128()), change));
        __m128i where = load(w->logical);
        bytes = _mm_or_si128(_mm_andnot_si128(where, bytes), _mm_and_si128(where, truth));
      }
      _mm_storeu_si128((__m128i *)(void *)(dst + w->to), bytes);
    }
  }
}

#if defined(HAVE_WIDE)

__attribute__((target("avx512f,avx512bw,avx512vbmi"))) static void
run_wide(const rf_pack_simd *shuffle, const uint8_t *src, uint8_t *dst, size_t row_bytes, size_t count) {
  const __m512i yes = _mm512_set1_epi8('T'), no = _mm512_set1_epi8('F');
  for (size_t i = 0; i < count; i++, src += shuffle->stride, dst += row_bytes) {
    for (size_t k = 0; k < shuffle->count; k++) {
      const window *w = &shuffle->windows[k];
      __m512i bytes = _mm512_permutexvar_epi8(_mm512_loadu_si512(w->order), _mm512_loadu_si512(src + w->from));
      bytes = _mm512_xor_si512(bytes, _mm512_loadu_si512(w->flip));
      if (w->has_logicals) {
        __m512i truth = _mm512_mask_blend_epi8(_mm512_test_epi8_mask(bytes, bytes), no, yes);
        /* truth where there is a logical, else bytes */
        bytes = _mm512_ternarylogic_epi64(_mm512_loadu_si512(w->logical), truth, bytes, 0xCA);
      }
      _mm512_storeu_si512(dst + w->to, bytes);
    }
  }
}

#endif

size_t rf_pack_simd_run(const rf_pack_simd *shuffle, uint64_t first, uint8_t *dst, size_t row_bytes, size_t count) {
  if (first >= shuffle->rows)
    return 0;
  if (count > shuffle->rows - first)
    count = (size_t)(shuffle->rows - first);
  const uint8_t *src = shuffle->data + (size_t)first * shuffle->stride;
#if defined(HAVE_WIDE)
  if (shuffle->width == WIDE) {
    run_wide(shuffle, src, dst, row_bytes, count);
    return count;
  }
#endif
  run_short(shuffle, src, dst, row_bytes, count);
  return count;
}

#else

rf_pack_simd *rf_pack_simd_make(rf_row_plan *plan, uint64_t rows) {
  (void)plan, (void)rows;
  return NULL;
}

size_t rf_pack_simd_run(const rf_pack_simd *shuffle, uint64_t first, uint8_t *dst, size_t row_bytes, size_t count) {
  (void)shuffle, (void)first, (void)dst, (void)row_bytes, (void)count;
  return 0;
}

#endif

void rf_pack_simd_free(rf_pack_simd *shuffle) {
  rf_free(shuffle);
}
