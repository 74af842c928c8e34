/* SPDX-License-Identifier: BSD-3-Clause
 *
 * RICE_1, decoding. The next bits of the stream stand in a window of 64; several differences are taken from it before
 * it is filled again. How many depends on their low bits: what counts is that the fill is off the path on which each
 * difference waits for the one before it (its unary part says where the next begins).
 */
#include "codec/rice_decode.h"

#include "codec/rice.h"

#include <string.h>

#include "base/bytes.h"

#if defined(__GNUC__) && defined(__x86_64__)
#define HAVE_X86_BITS 1
#endif

/* Behind its last byte the stream is read as if it went on with zeros. That is no error before a bit of them is used
 * up, and then it is one soon: at the latest at the end of the block, at once where a unary part has no end. */
typedef struct {
  const uint8_t *in;
  size_t n;
  size_t next;     /* first byte that is not in the window as a whole */
  uint64_t window; /* from the top bit on; below the `bits` that count there may be some of the next byte */
  unsigned bits;
} rice_reader;

/* Everything that depends on the machine is the same code compiled twice: see decode_bits at the end. */

RF_RICE_INLINE unsigned leading_zeros(uint64_t v) {
  return v == 0 ? 64 : (unsigned)__builtin_clzll(v);
}

/* The eight bytes from `next` on, where fewer are left. */
static __attribute__((noinline)) uint64_t last_bytes(const uint8_t *in, size_t n, size_t next) {
  uint8_t bytes[8] = {0};
  if (next < n)
    memcpy(bytes, in + next, n - next);
  return rf_get_be64(bytes);
}

/* Fills the window: 56 bits at least. */
RF_RICE_INLINE void fill(rice_reader *r) {
  uint64_t more = r->n >= 8 && r->next <= r->n - 8 ? rf_get_be64(r->in + r->next) : last_bytes(r->in, r->n, r->next);
  r->window |= more >> r->bits;
  r->next += (63 - r->bits) >> 3;
  r->bits |= 56;
}

/* Bits used up beyond the end. */
RF_RICE_INLINE bool is_over(const rice_reader *r) {
  return r->next > r->n && (r->next - r->n) * 8 > r->bits;
}

/* 1 to 32 bits. */
RF_RICE_INLINE uint32_t take_bits(rice_reader *r, unsigned count) {
  fill(r);
  uint32_t v = (uint32_t)(r->window >> (64 - count));
  r->window <<= count;
  r->bits -= count;
  return v;
}

/* ---- values ---- */

typedef struct {
  void *values;
  size_t at;
  uint32_t last;
} rice_output;

RF_RICE_INLINE void put_value(rice_output *o, uint32_t v, unsigned bytepix) {
  uint8_t v8 = (uint8_t)v;
  uint16_t v16 = (uint16_t)v;
  const void *from = bytepix == 1 ? (const void *)&v8 : bytepix == 2 ? (const void *)&v16 : (const void *)&v;
  memcpy((uint8_t *)o->values + o->at++ * bytepix, from, bytepix);
}

/* Adding in 32 bits and cutting off is the arithmetic of fewer bits. */
RF_RICE_INLINE void put_difference(rice_output *o, uint32_t mapped, unsigned bytepix) {
  o->last += (mapped >> 1) ^ (0 - (mapped & 1));
  put_value(o, o->last, bytepix);
}

RF_RICE_INLINE void put_same(rice_output *o, size_t count, unsigned bytepix) {
  size_t end = o->at + count;
  if (bytepix == 1) {
    memset((uint8_t *)o->values + o->at, (int)(o->last & 0xFF), count);
    o->at = end;
  }
  while (o->at < end)
    put_value(o, o->last, bytepix);
}

/* ---- blocks ---- */

/* One difference, however long; false when the stream ends within it. */
RF_RICE_INLINE bool take_long(rice_reader *r, unsigned low_bits, uint32_t *mapped) {
  uint64_t high = 0;
  for (;;) {
    fill(r);
    unsigned zeros = leading_zeros(r->window);
    if (zeros < r->bits) {
      high += zeros;
      r->window = r->window << zeros << 1;
      r->bits -= zeros + 1;
      break;
    }
    high += r->bits;
    r->window <<= r->bits;
    r->bits = 0;
    if (is_over(r))
      return false;
  }
  *mapped = (uint32_t)(high << low_bits);
  if (low_bits > 0)
    *mapped |= take_bits(r, low_bits);
  return true;
}

/* A window from which differences are taken on trust; whether it held all of them is looked at afterwards. */
typedef struct {
  uint64_t window;
  int left; /* bits */
} rice_trial;

RF_RICE_INLINE uint32_t take_short(rice_trial *t, unsigned low_bits) {
  unsigned zeros = leading_zeros(t->window), shift = zeros & 63;
  /* The unary part's 1 stays in front of the low bits and is taken off below. */
  uint32_t low = (uint32_t)(t->window >> ((63 - low_bits - zeros) & 63));
  /* Shifted by the two parts of its length one after the other: the first shift need not wait for `zeros`. */
  t->window = (t->window << (low_bits + 1)) << shift;
  t->left -= (int)zeros;
  return (zeros << low_bits) + low - (1u << low_bits);
}

/* `count` differences, `group` (1, 2, 4 or 8, a constant) to each fill; false when the stream ends within them. */
RF_RICE_INLINE bool take_groups(rice_reader *reader, rice_output *output, unsigned low_bits, size_t count,
                                unsigned bytepix, const unsigned group) {
  rice_reader r = *reader;
  rice_output o = *output;
  uint32_t mapped[8];
  while (count > 0) {
    unsigned taken = count < group ? (unsigned)count : group;
    fill(&r);
    rice_trial trial = {r.window, (int)r.bits - (int)(group * (low_bits + 1))};
    for (unsigned k = 0; k < group; k++)
      mapped[k] = take_short(&trial, low_bits);
    if (taken == group && trial.left >= 0) {
      r.window = trial.window;
      r.bits = (unsigned)trial.left;
    } else {
      for (unsigned k = 0; k < taken; k++)
        if (!take_long(&r, low_bits, &mapped[k]))
          return false;
    }
    if (taken == group) {
      for (unsigned k = 0; k < group; k++)
        put_difference(&o, mapped[k], bytepix);
    } else {
      for (unsigned k = 0; k < taken; k++)
        put_difference(&o, mapped[k], bytepix);
    }
    count -= taken;
  }
  *reader = r;
  *output = o;
  return true;
}

/* A fill has 56 bits at least. The unary parts take about 1.5 bits each where the encoder did its work; a group that
 * needs more is decoded twice, so there is room for twice that. */
RF_RICE_INLINE bool take_block(rice_reader *r, rice_output *o, unsigned low_bits, size_t count, unsigned bytepix) {
  if (low_bits <= 3)
    return take_groups(r, o, low_bits, count, bytepix, 8);
  if (low_bits <= 9)
    return take_groups(r, o, low_bits, count, bytepix, 4);
  if (low_bits <= 20)
    return take_groups(r, o, low_bits, count, bytepix, 2);
  return take_groups(r, o, low_bits, count, bytepix, 1);
}

RF_RICE_INLINE void take_plain(rice_reader *r, rice_output *o, size_t count, unsigned bytepix) {
  for (size_t i = 0; i < count; i++)
    put_difference(o, take_bits(r, 8 * bytepix), bytepix);
}

/* ---- streams ---- */

typedef enum { RICE_DECODED, RICE_ENDS_EARLY, RICE_BAD_BLOCK } rice_result;

/* *end: where in the stream that was left; *done: values before the block that failed. */
RF_RICE_INLINE rice_result decode_values(size_t blocksize, size_t count, const uint8_t *in, size_t n, void *values,
                                         unsigned bytepix, size_t *end, size_t *done) {
  const unsigned plain = rf_rice_plain(bytepix);
  rice_reader r = {in, n, 0, 0, 0};
  rice_output o = {values, 0, 0};
  o.last = take_bits(&r, 8 * bytepix);
  while (o.at < count) {
    size_t length = count - o.at < blocksize ? count - o.at : blocksize;
    *done = o.at;
    unsigned head = take_bits(&r, rf_rice_head_bits(bytepix));
    bool whole = true;
    if (head == 0)
      put_same(&o, length, bytepix);
    else if (head <= plain)
      whole = take_block(&r, &o, head - 1, length, bytepix);
    else if (head == plain + 1)
      take_plain(&r, &o, length, bytepix);
    else
      return RICE_BAD_BLOCK;
    if (!whole || is_over(&r))
      return RICE_ENDS_EARLY;
  }
  *end = r.next - r.bits / 8;
  return RICE_DECODED;
}

RF_RICE_INLINE rice_result decode_bytepix(size_t blocksize, size_t count, const uint8_t *in, size_t n, void *values,
                                          unsigned bytepix, size_t *end, size_t *done) {
  if (bytepix == 1)
    return decode_values(blocksize, count, in, n, values, 1, end, done);
  if (bytepix == 2)
    return decode_values(blocksize, count, in, n, values, 2, end, done);
  return decode_values(blocksize, count, in, n, values, 4, end, done);
}

static rice_result decode_portable(size_t blocksize, size_t count, const uint8_t *in, size_t n, void *values,
                                   unsigned bytepix, size_t *end, size_t *done) {
  return decode_bytepix(blocksize, count, in, n, values, bytepix, end, done);
}

#if defined(HAVE_X86_BITS)
/* The same with instructions that count zeros and shift in one step. */
__attribute__((target("avx2,bmi,bmi2,lzcnt"))) static rice_result decode_bits(size_t blocksize, size_t count,
                                                                              const uint8_t *in, size_t n, void *values,
                                                                              unsigned bytepix, size_t *end,
                                                                              size_t *done) {
  return decode_bytepix(blocksize, count, in, n, values, bytepix, end, done);
}
#endif

rf_status rf_rice_decode(const rf_tile_params *params, size_t count, const uint8_t *in, size_t n, void *values,
                         rf_error *err) {
  size_t end = 0, done = 0;
  rice_result result;
#if defined(HAVE_X86_BITS)
  if (rf_bytes_level() >= 2)
    result = decode_bits(params->blocksize, count, in, n, values, params->bytepix, &end, &done);
  else
#endif
    result = decode_portable(params->blocksize, count, in, n, values, params->bytepix, &end, &done);
  if (result == RICE_ENDS_EARLY)
    return rf_fail(err, RF_ERR_CODEC,
                   "the RICE_1 stream of %zu bytes ends early: within the block of values that begins at value %zu of "
                   "%zu (BLOCKSIZE %u, BYTEPIX %u)",
                   n, done, count, params->blocksize, params->bytepix);
  if (result == RICE_BAD_BLOCK)
    return rf_fail(err, RF_ERR_CODEC,
                   "the RICE_1 stream is corrupt: the block that begins at value %zu of %zu says more than %u low bits "
                   "(BLOCKSIZE %u, BYTEPIX %u)",
                   done, count, rf_rice_plain(params->bytepix), params->blocksize, params->bytepix);
  /* Zeros are what a cell may be padded with; anything else belongs to values that the tile does not have. */
  for (size_t i = end; i < n; i++)
    if (in[i] != 0)
      return rf_fail(err, RF_ERR_CODEC,
                     "the RICE_1 stream runs over: the %zu values of the tile take %zu bytes of its %zu (BLOCKSIZE %u, "
                     "BYTEPIX %u)",
                     count, end, n, params->blocksize, params->bytepix);
  return RF_OK;
}
