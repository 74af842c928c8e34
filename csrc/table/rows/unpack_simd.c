/* SPDX-License-Identifier: BSD-3-Clause */
#include "table/rows/unpack_simd.h"

#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"

#if defined(__GNUC__) && defined(__x86_64__)
#define HAVE_SHUFFLE 1
#define SHUFFLE_TARGET __attribute__((target("ssse3")))
#include <immintrin.h>
#elif defined(__GNUC__) && defined(__aarch64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HAVE_SHUFFLE 1
#define SHUFFLE_TARGET
#include <arm_neon.h>
#endif

#if defined(HAVE_SHUFFLE)

/* Beyond this many windows loops over the columns are as good. */
#define MAX_WINDOWS 512
#define WINDOW 16

/* 16 bytes of the row to 16 bytes of the struct. Windows stand in the order of the struct, each beginning with an
 * element, so that what one writes too far the next ones put right. */
typedef struct window {
  uint32_t from; /* in the part of the row that is read */
  uint32_t to;   /* in the struct */
  uint8_t order[WINDOW];
  uint8_t flip[WINDOW];
} window;

struct rf_unpack_simd {
  uint8_t *data; /* the struct of row 0 */
  size_t stride;
  size_t row_bytes; /* of the part of the row that is read */
  size_t count;
  window windows[];
};

/* A step that only moves, turns round and flips bytes: one the shuffle can do. */
static bool is_plain(const rf_row_step *step) {
  if (step->type >= RF_LOGICAL || step->convert.mode == RF_CONVERT_NUMBER || step->complex_scale)
    return false;
  return step->count > 0 && step->cell_bytes == step->count * step->stored_bytes;
}

/* Steps in the order of their cells in memory, when they fill [data, data + stride) without holes or overlaps; NULL
 * otherwise. */
static const rf_row_step **order_steps(const rf_row_plan *plan) {
  const rf_row_step **order = rf_alloc(plan->count * sizeof *order);
  size_t bytes = 0;
  if (order == NULL)
    return NULL;
  for (size_t i = 0; i < plan->count; i++) {
    size_t k = i;
    order[i] = &plan->steps[i];
    /* Requests nearly always come in order. */
    for (; k > 0 && order[k - 1]->data > plan->steps[i].data; k--)
      order[k] = order[k - 1];
    order[k] = &plan->steps[i];
  }
  for (size_t i = 0; i < plan->count; i++) {
    if (order[i]->stride != order[0]->stride || order[i]->data != order[0]->data + bytes)
      break;
    bytes += order[i]->cell_bytes;
    if (i + 1 == plan->count && order[0]->stride > 0 && bytes == (size_t)order[0]->stride && bytes <= UINT32_MAX)
      return order;
  }
  rf_free(order);
  return NULL;
}

/* Puts one element into the last window, or into a new one; false when there are too many. */
static bool add_element(rf_unpack_simd *shuffle, size_t from, size_t to, unsigned bytes, bool flip) {
  window *last = shuffle->count > 0 ? &shuffle->windows[shuffle->count - 1] : NULL;
  if (last == NULL || from < last->from || from + bytes > last->from + WINDOW || to + bytes > last->to + WINDOW) {
    if (shuffle->count == MAX_WINDOWS)
      return false;
    last = &shuffle->windows[shuffle->count++];
    last->from = (uint32_t)from;
    last->to = (uint32_t)to;
    memset(last->order, 0x80, sizeof last->order); /* nothing: zero */
    memset(last->flip, 0, sizeof last->flip);
  }
  size_t s = from - last->from, d = to - last->to;
  for (unsigned i = 0; i < bytes; i++)
    last->order[d + i] = (uint8_t)(s + bytes - 1 - i);
  if (flip)
    last->flip[d + bytes - 1] = 0x80;
  return true;
}

static bool add_steps(rf_unpack_simd *shuffle, const rf_row_plan *plan, const rf_row_step **order) {
  for (size_t i = 0; i < plan->count; i++) {
    const rf_row_step *step = order[i];
    unsigned bytes = step->convert.stored_bytes;
    if (!is_plain(step))
      continue;
    size_t from = (size_t)(step->offset - plan->low), to = (size_t)(step->data - shuffle->data);
    for (size_t done = 0; done < step->cell_bytes; done += bytes)
      if (!add_element(shuffle, from + done, to + done, bytes, step->convert.mode == RF_CONVERT_FLIP))
        return false;
  }
  return true;
}

static bool can_shuffle(void) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("ssse3"))
    return false;
#endif
  return rf_bytes_level() >= 1;
}

void rf_unpack_simd_make(rf_row_plan *plan) {
  size_t plain = 0;
  for (size_t i = 0; i < plan->count; i++)
    plain += is_plain(&plan->steps[i]);
  if (plain < 2 || plan->count > MAX_WINDOWS || plan->high - plan->low > UINT32_MAX || !can_shuffle())
    return;
  const rf_row_step **order = order_steps(plan);
  if (order == NULL)
    return;
  rf_unpack_simd *shuffle = rf_alloc(sizeof *shuffle + MAX_WINDOWS * sizeof shuffle->windows[0]);
  if (shuffle != NULL) {
    shuffle->data = order[0]->data;
    shuffle->stride = (size_t)order[0]->stride;
    shuffle->row_bytes = (size_t)(plan->high - plan->low);
    shuffle->count = 0;
    if (add_steps(shuffle, plan, order)) {
      plan->simd = shuffle;
      for (size_t i = 0; i < plan->count; i++)
        plan->steps[i].shuffled = is_plain(&plan->steps[i]);
    } else {
      rf_free(shuffle);
    }
  }
  rf_free(order);
}

/* 16 bytes in a new order (an index of 0x80 and more: zero), some bits turned over. */
SHUFFLE_TARGET static inline void move_window(const window *w, const uint8_t *src, uint8_t *dst) {
#if defined(__x86_64__)
  __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(src + w->from));
  bytes = _mm_shuffle_epi8(bytes, _mm_loadu_si128((const __m128i *)(const void *)w->order));
  bytes = _mm_xor_si128(bytes, _mm_loadu_si128((const __m128i *)(const void *)w->flip));
  _mm_storeu_si128((__m128i *)(void *)(dst + w->to), bytes);
#else
  vst1q_u8(dst + w->to, veorq_u8(vqtbl1q_u8(vld1q_u8(src + w->from), vld1q_u8(w->order)), vld1q_u8(w->flip)));
#endif
}

SHUFFLE_TARGET size_t rf_unpack_simd_run(const rf_unpack_simd *shuffle, uint64_t first, const uint8_t *src,
                                         ptrdiff_t src_stride, size_t count) {
  size_t short_row = shuffle->stride < shuffle->row_bytes ? shuffle->stride : shuffle->row_bytes;
  if (src_stride < (ptrdiff_t)shuffle->row_bytes || short_row == 0)
    return 0;
  size_t left = (WINDOW - 1) / short_row + 1; /* rows at the end whose windows could leave memory */
  if (count <= left)
    return 0;
  uint8_t *row = shuffle->data + (size_t)first * shuffle->stride;
  for (size_t i = 0; i < count - left; i++, src += src_stride, row += shuffle->stride) {
    for (size_t k = 0; k < shuffle->count; k++)
      move_window(&shuffle->windows[k], src, row);
  }
  return count - left;
}

#else

void rf_unpack_simd_make(rf_row_plan *plan) {
  (void)plan;
}

size_t rf_unpack_simd_run(const rf_unpack_simd *shuffle, uint64_t first, const uint8_t *src, ptrdiff_t src_stride,
                          size_t count) {
  (void)shuffle, (void)first, (void)src, (void)src_stride, (void)count;
  return 0;
}

#endif
