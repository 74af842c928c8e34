/* SPDX-License-Identifier: BSD-3-Clause */
#include "table/rows/unpack_avx512.h"

#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"

/* Not on Windows: its ABI keeps the stack at 16 bytes, and gcc spills whole vectors all the same. */
#if defined(__GNUC__) && defined(__x86_64__) && !defined(_WIN32)
#define HAVE_WIDE 1
#include <immintrin.h>
#endif

#if defined(HAVE_WIDE)

/* Beyond this many stores a row, loops over the columns are as good. */
#define MAX_PARTS 256
#define MAX_STRINGS 256
#define WIDTH 64

/* 64 bytes of the struct, or fewer, made from one block. */
typedef struct part {
  uint32_t to;   /* in the struct */
  uint64_t keep; /* a bit for each byte that is meant */
  uint8_t order[WIDTH];
  uint8_t filled[WIDTH]; /* all ones for bytes that come from the row: the others are zero */
  uint8_t flip[WIDTH];
} part;

/* Where in a block a string is. */
typedef struct string_place {
  uint8_t at;
  uint8_t width;
} string_place;

/* 64 bytes of the row, or fewer, and what is made from them. */
typedef struct block {
  uint32_t from; /* in the part of the row that is read */
  uint64_t load; /* bytes that belong to the row */
  uint64_t strings;
  uint64_t padded; /* bytes of strings that lose trailing blanks */
  uint64_t firsts; /* first bytes of strings */
  uint64_t lasts;
  bool has_logicals;
  uint8_t logicals[WIDTH]; /* all ones for bytes that become 0 or 1 */
  size_t first_part;
  size_t part_count;
  size_t first_string;
  size_t string_count;
} block;

struct rf_unpack_avx512 {
  uint8_t *data; /* the struct of row 0 */
  size_t stride;
  size_t row_bytes; /* of the part of the row that is read */
  size_t left;      /* rows at the end of which only the bytes that are meant can be written */
  size_t block_count;
  size_t part_count;
  size_t string_count;
  block blocks[MAX_PARTS];
  part parts[MAX_PARTS];
  string_place strings[MAX_STRINGS];
};

static uint64_t ones(size_t n) {
  return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

/* ---- which steps ---- */

static bool is_string(const rf_row_step *step) {
  return step->type == RF_BYTES || step->type == RF_TEXT;
}

/* Bytes of the row that must not be torn apart, and the bytes in memory that they become; false for steps that stay
 * with their loops. */
static bool element_of(const rf_row_step *step, size_t *in, size_t *out) {
  if (step->count == 0)
    return false;
  if (is_string(step)) {
    *in = step->width;
    *out = step->type == RF_TEXT ? 4 * step->width : step->width;
    return step->width > 0 && step->width <= WIDTH && step->width == step->column->info.width;
  }
  *in = *out = step->convert.stored_bytes;
  if (step->type == RF_LOGICAL)
    return true;
  return step->type < RF_LOGICAL && step->convert.mode != RF_CONVERT_NUMBER && !step->complex_scale &&
         step->cell_bytes == step->count * step->stored_bytes;
}

/* All of them as fields of one struct. */
static bool find_struct(rf_unpack_avx512 *wide, const rf_row_plan *plan) {
  ptrdiff_t stride = plan->steps[0].stride;
  uint8_t *low = plan->steps[0].data;
  for (size_t i = 1; i < plan->count; i++)
    if ((uintptr_t)plan->steps[i].data < (uintptr_t)low)
      low = plan->steps[i].data;
  for (size_t i = 0; i < plan->count; i++) {
    const rf_row_step *step = &plan->steps[i];
    uintptr_t at = (uintptr_t)step->data - (uintptr_t)low;
    if (stride <= 0 || stride > INT32_MAX || step->stride != stride || at > (size_t)stride ||
        step->cell_bytes > (size_t)stride - at)
      return false;
  }
  wide->data = low;
  wide->stride = (size_t)stride;
  return true;
}

/* Do the fields fill the struct, one behind the other? Then a store may write too far: what comes next puts it right.
 */
static bool is_solid(const rf_row_plan *plan) {
  size_t bytes = 0;
  for (size_t i = 0; i < plan->count; i++) {
    if (plan->steps[i].data != plan->steps[0].data + bytes)
      return false;
    bytes += plan->steps[i].cell_bytes;
  }
  return bytes == (size_t)plan->steps[0].stride;
}

/* ---- making ---- */

static block *new_block(rf_unpack_avx512 *wide, size_t from) {
  if (wide->block_count == MAX_PARTS)
    return NULL;
  size_t left = wide->row_bytes - from;
  block *b = &wide->blocks[wide->block_count++];
  *b = (block){
      .from = (uint32_t)from, .load = ones(left), .first_part = wide->part_count, .first_string = wide->string_count};
  return b;
}

/* The place of byte `to` of the struct in the last part, which is a new one where the byte is too far away. */
static part *part_for(rf_unpack_avx512 *wide, block *b, size_t to) {
  part *p = b->part_count > 0 ? &wide->parts[wide->part_count - 1] : NULL;
  if (p != NULL && to >= p->to && to < (size_t)p->to + WIDTH)
    return p;
  if (wide->part_count == MAX_PARTS)
    return NULL;
  p = &wide->parts[wide->part_count++];
  memset(p, 0, sizeof *p);
  p->to = (uint32_t)to;
  b->part_count++;
  return p;
}

/* One byte of the struct from byte `s` of the block; s < 0: it is zero. */
static bool add_byte(rf_unpack_avx512 *wide, block *b, ptrdiff_t s, size_t to, bool flip) {
  part *p = part_for(wide, b, to);
  if (p == NULL)
    return false;
  size_t d = to - p->to;
  p->keep |= UINT64_C(1) << d;
  p->order[d] = (uint8_t)(s >= 0 ? s : 0);
  p->filled[d] = s >= 0 ? 0xFF : 0;
  p->flip[d] = flip ? 0x80 : 0;
  return true;
}

/* A string that is stripped; raw ones are taken as they are. */
static bool add_string(rf_unpack_avx512 *wide, block *b, size_t s, size_t width, bool blanks) {
  if (wide->string_count == MAX_STRINGS)
    return false;
  wide->strings[wide->string_count++] = (string_place){(uint8_t)s, (uint8_t)width};
  b->string_count++;
  b->strings |= ones(width) << s;
  if (!blanks)
    b->padded |= ones(width) << s;
  b->firsts |= UINT64_C(1) << s;
  b->lasts |= UINT64_C(1) << (s + width - 1);
  return true;
}

static bool add_element(rf_unpack_avx512 *wide, const rf_row_step *step, size_t from, size_t to, size_t in,
                        size_t out) {
  block *b = wide->block_count > 0 ? &wide->blocks[wide->block_count - 1] : NULL;
  if (b == NULL || from < b->from || from + in > (size_t)b->from + WIDTH)
    b = new_block(wide, wide->row_bytes <= WIDTH ? 0 : from);
  if (b == NULL)
    return false;
  size_t s = from - b->from;
  if (is_string(step)) {
    if ((step->type == RF_TEXT || !step->raw) && !add_string(wide, b, s, in, step->blanks))
      return false;
    size_t unit = out / in;
    for (size_t i = 0; i < out; i++)
      if (!add_byte(wide, b, i % unit == 0 ? (ptrdiff_t)(s + i / unit) : -1, to + i, false))
        return false;
    return true;
  }
  bool flip = step->type < RF_LOGICAL && step->convert.mode == RF_CONVERT_FLIP;
  for (size_t i = 0; i < out; i++) /* the last byte in the file is the first here */
    if (!add_byte(wide, b, (ptrdiff_t)(s + in - 1 - i), to + i, flip && i + 1 == out))
      return false;
  if (step->logical) {
    b->logicals[s] = 0xFF;
    b->has_logicals = true;
  }
  return true;
}

static bool add_step(rf_unpack_avx512 *wide, const rf_row_plan *plan, const rf_row_step *step, size_t in, size_t out) {
  size_t from = (size_t)(step->offset - plan->low), to = (size_t)(step->data - wide->data);
  for (size_t done = 0; done < step->cell_bytes; done += out, from += in)
    if (!add_element(wide, step, from, to + done, in, out))
      return false;
  return true;
}

static bool can_shuffle(void) {
  return rf_bytes_level() >= 2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi");
}

/* Of short structs of plain numbers one vector of 16 bytes, or two, is less work. */
#define LEAST_BYTES 48

static bool is_worth_it(const rf_row_plan *plan) {
  size_t in, out, fit = 0, more = 0;
  for (size_t i = 0; i < plan->count; i++)
    if (element_of(&plan->steps[i], &in, &out)) {
      fit++;
      more += is_string(&plan->steps[i]) || plan->steps[i].logical;
    }
  return fit >= 2 && fit <= MAX_PARTS && (more > 0 || plan->steps[0].stride >= LEAST_BYTES) &&
         plan->high - plan->low <= UINT32_MAX;
}

void rf_unpack_avx512_make(rf_row_plan *plan) {
  size_t in, out;
  rf_unpack_avx512 *wide = is_worth_it(plan) && can_shuffle() ? rf_alloc(sizeof *wide) : NULL;
  if (wide == NULL)
    return;
  wide->row_bytes = (size_t)(plan->high - plan->low);
  wide->block_count = wide->part_count = wide->string_count = 0;
  bool done = find_struct(wide, plan);
  for (size_t i = 0; i < plan->count && done; i++)
    if (element_of(&plan->steps[i], &in, &out))
      done = add_step(wide, plan, &plan->steps[i], in, out);
  if (!done) {
    rf_free(wide);
    return;
  }
  wide->left = is_solid(plan) ? (WIDTH - 1) / wide->stride + 1 : SIZE_MAX;
  plan->avx512 = wide;
  for (size_t i = 0; i < plan->count; i++)
    plan->steps[i].shuffled = element_of(&plan->steps[i], &in, &out);
}

/* ---- running ---- */

#define WIDE_TARGET __attribute__((target("avx512f,avx512bw,avx512vbmi")))

/* Strings end at a NUL, and blanks before that end are padding: what of them is to be zero becomes zero. */
WIDE_TARGET static inline __m512i strip(const rf_unpack_avx512 *wide, const block *b, __m512i v) {
  uint64_t nul = _mm512_mask_cmpeq_epi8_mask(b->strings, v, _mm512_setzero_si512());
  uint64_t blank = _mm512_mask_cmpeq_epi8_mask(b->padded, v, _mm512_set1_epi8(' '));
  /* Something behind a NUL of the same string, or a blank before a NUL or at the end. */
  uint64_t behind = nul << 1 & b->strings & ~b->firsts & ~nul, padding = blank & (b->lasts | nul >> 1);
  if ((behind | padding) == 0)
    return v;
  uint64_t kept = ~b->strings;
  const string_place *place = wide->strings + b->first_string;
  for (size_t i = 0; i < b->string_count; i++, place++) {
    uint64_t ends = nul >> place->at & ones(place->width), before = ones(place->width);
    if (ends != 0)
      before = (ends & (0 - ends)) - 1; /* ones up to the first NUL */
    uint64_t solid = before & ~(blank >> place->at);
    if (solid != 0)
      kept |= ones(64 - (size_t)__builtin_clzll(solid)) << place->at;
  }
  return _mm512_maskz_mov_epi8(kept, v);
}

/* T, and 1, which is what some writers have put for it, become 1, all else 0. */
WIDE_TARGET static inline __m512i make_logicals(const block *b, __m512i v) {
  const __m512i one = _mm512_set1_epi8(1);
  __m512i no_letter = _mm512_min_epu8(_mm512_xor_si512(v, _mm512_set1_epi8('T')), one);
  __m512i no_one = _mm512_min_epu8(_mm512_xor_si512(v, one), one);
  __m512i truth = _mm512_xor_si512(_mm512_and_si512(no_letter, no_one), one);
  /* truth where there is a logical, else v */
  return _mm512_ternarylogic_epi64(_mm512_loadu_si512(b->logicals), truth, v, 0xCA);
}

WIDE_TARGET static inline __m512i load_block(const rf_unpack_avx512 *wide, const block *b, const uint8_t *src) {
  __m512i v = _mm512_maskz_loadu_epi8(b->load, src + b->from);
  if (b->strings != 0)
    v = strip(wide, b, v);
  return b->has_logicals ? make_logicals(b, v) : v;
}

WIDE_TARGET static inline __m512i make_part(const part *p, __m512i v) {
  v = _mm512_permutexvar_epi8(_mm512_loadu_si512(p->order), v);
  /* v & filled ^ flip */
  return _mm512_ternarylogic_epi64(v, _mm512_loadu_si512(p->filled), _mm512_loadu_si512(p->flip), 0x6A);
}

WIDE_TARGET static void run_freely(const rf_unpack_avx512 *wide, uint8_t *row, const uint8_t *src, ptrdiff_t src_stride,
                                   size_t count) {
  for (size_t i = 0; i < count; i++, src += src_stride, row += wide->stride)
    for (const block *b = wide->blocks, *end = b + wide->block_count; b < end; b++) {
      __m512i v = load_block(wide, b, src);
      for (const part *p = &wide->parts[b->first_part], *last = p + b->part_count; p < last; p++)
        _mm512_storeu_si512(row + p->to, make_part(p, v));
    }
}

WIDE_TARGET static void run_exactly(const rf_unpack_avx512 *wide, uint8_t *row, const uint8_t *src,
                                    ptrdiff_t src_stride, size_t count) {
  for (size_t i = 0; i < count; i++, src += src_stride, row += wide->stride)
    for (const block *b = wide->blocks, *end = b + wide->block_count; b < end; b++) {
      __m512i v = load_block(wide, b, src);
      for (const part *p = &wide->parts[b->first_part], *last = p + b->part_count; p < last; p++)
        _mm512_mask_storeu_epi8(row + p->to, p->keep, make_part(p, v));
    }
}

void rf_unpack_avx512_run(const rf_unpack_avx512 *wide, uint64_t first, const uint8_t *src, ptrdiff_t src_stride,
                          size_t count) {
  uint8_t *row = wide->data + (size_t)first * wide->stride;
  size_t freely = count > wide->left ? count - wide->left : 0;
  run_freely(wide, row, src, src_stride, freely);
  run_exactly(wide, row + freely * wide->stride, src + (ptrdiff_t)freely * src_stride, src_stride, count - freely);
}

#else

void rf_unpack_avx512_make(rf_row_plan *plan) {
  (void)plan;
}

void rf_unpack_avx512_run(const rf_unpack_avx512 *wide, uint64_t first, const uint8_t *src, ptrdiff_t src_stride,
                          size_t count) {
  (void)wide, (void)first, (void)src, (void)src_stride, (void)count;
}

#endif
