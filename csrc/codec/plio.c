/* SPDX-License-Identifier: BSD-3-Clause
 *
 * PLIO_1 (FITS 10.4.3): the line lists of IRAF. A list is 16-bit words, here in file order: seven that describe it,
 * then instructions of 4 bits with 12 bits of data:
 *
 *   0 n  n zeros                       4 n  n pixels of the current value
 *   1 n  the value is n + 4096 * next  5 n  n - 1 zeros and one pixel of the current value
 *   2 n  the value grows by n          6 n  the value grows by n, one pixel of it
 *   3 n  the value shrinks by n        7 n  the value shrinks by n, one pixel of it
 *
 * The value is 1 at first.
 */
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "codec/codec.h"

#define PLIO_INLINE static inline __attribute__((always_inline))

#define HEAD_WORDS 7
#define MAX_DATA 4095
#define MAX_VALUE 0xFFFFFF
/* The third word of a list in the old form is its length; of one in the new form it is this, or anything below 1. */
#define NEW_FORM ((uint16_t)-100)
/* The length is two words of 15 bits. */
#define MAX_WORDS ((size_t)0x3FFFFFFF)

enum { ZEROS, SET, GROW, SHRINK, RUN, ZEROS_AND_ONE, GROW_ONE, SHRINK_ONE }; /* by their numbers */

/* ---- encoding ---- */

PLIO_INLINE int32_t value_at(const void *values, size_t i, unsigned width) {
  const uint8_t *at = (const uint8_t *)values + i * width;
  int16_t v16;
  int32_t v32;
  if (width == 1)
    return *at;
  if (width == 2) {
    memcpy(&v16, at, 2);
    return v16;
  }
  memcpy(&v32, at, 4);
  return v32;
}

/* Looked at one by one before a run counts as a long one. */
#define SHORT_RUN 16

/* Where the run of values `v` that begins at `i` ends. Masks have long ones: 32 bytes of them a step. */
PLIO_INLINE size_t run_end(const void *values, size_t i, size_t count, int32_t v, unsigned width) {
  size_t look = count - i > SHORT_RUN ? i + SHORT_RUN : count;
  while (++i < look)
    if (value_at(values, i, width) != v)
      return i;
  if (i >= count)
    return count;
  const uint8_t *bytes = values;
  const size_t step = 32 / width;
  uint64_t v64 = width == 1   ? (uint8_t)v * UINT64_C(0x0101010101010101)
                 : width == 2 ? (uint16_t)v * UINT64_C(0x0001000100010001)
                              : (uint32_t)v * UINT64_C(0x0000000100000001);
  for (; count - i >= step; i += step) {
    uint64_t four[4];
    memcpy(four, bytes + i * width, 32);
    if (((four[0] ^ v64) | (four[1] ^ v64) | (four[2] ^ v64) | (four[3] ^ v64)) != 0)
      break;
  }
  while (i < count && value_at(values, i, width) == v)
    i++;
  return i;
}

typedef struct {
  uint8_t *out;
  size_t words;
  int32_t value; /* what the reader's current value is */
} plio_writer;

PLIO_INLINE void put_word(plio_writer *w, unsigned instruction, unsigned data) {
  rf_put_be16(w->out + 2 * w->words++, (uint16_t)(instruction << 12 | data));
}

/* Sets the current value. With `one`, a pixel of it goes with the instruction where that is possible; true when it
 * went. */
PLIO_INLINE bool put_value(plio_writer *w, int32_t value, bool one) {
  int32_t by = value - w->value;
  if (by == 0)
    return false;
  w->value = value;
  if (by > MAX_DATA || by < -MAX_DATA) {
    put_word(w, SET, (unsigned)value & MAX_DATA);
    rf_put_be16(w->out + 2 * w->words++, (uint16_t)(value >> 12));
    return false;
  }
  put_word(w, (by < 0 ? SHRINK : GROW) + (one ? GROW_ONE - GROW : 0), (unsigned)(by < 0 ? -by : by));
  return one;
}

PLIO_INLINE void put_runs(plio_writer *w, unsigned instruction, size_t n) {
  for (; n > MAX_DATA; n -= MAX_DATA)
    put_word(w, instruction, MAX_DATA);
  if (n > 0)
    put_word(w, instruction, (unsigned)n);
}

/* `zeros` zeros, then `n` pixels of `value`, in the words that cfitsio takes for them: but where a single pixel comes
 * after a multiple of 4095 zeros. There cfitsio adds it to the last 4095, which makes instruction 6 of it and loses
 * them (seen in 4.6.3); here it gets a run of its own. */
PLIO_INLINE void put_pixels(plio_writer *w, size_t zeros, size_t n, int32_t value) {
  if (put_value(w, value, n == 1 && zeros == 0))
    return;
  if (n == 1 && zeros % MAX_DATA != 0) {
    put_runs(w, ZEROS, zeros - zeros % MAX_DATA);
    put_word(w, ZEROS_AND_ONE, (unsigned)(zeros % MAX_DATA) + 1);
    return;
  }
  put_runs(w, ZEROS, zeros);
  put_runs(w, RUN, n);
}

PLIO_INLINE bool put_list(plio_writer *writer, const void *values, size_t count, unsigned width, size_t *bad) {
  plio_writer w = *writer;
  size_t zeros = 0;
  for (size_t i = 0, end; i < count; i = end) {
    int32_t v = value_at(values, i, width);
    end = run_end(values, i, count, v, width);
    *bad = i;
    if (v < 0 || v > MAX_VALUE)
      return false;
    if (v == 0) {
      zeros = end - i;
      continue;
    }
    put_pixels(&w, zeros, end - i, v);
    zeros = 0;
  }
  put_runs(&w, ZEROS, zeros);
  *writer = w;
  return true;
}

static bool plio_bound(const rf_tile_params *params, const rf_tile_shape *shape, size_t *bytes) {
  (void)params;
  /* The worst case of a pixel: set the value (2 words), a run of 1 (1 word). */
  uint64_t total;
  return rf_mul_u64(shape->count, 6, &total) && rf_add_u64(total, (uint64_t)2 * HEAD_WORDS, &total) &&
         rf_to_size(total, bytes);
}

static rf_status plio_encode(const rf_tile_params *params, const rf_tile_shape *shape, const void *values, uint8_t *out,
                             size_t *used, rf_error *err) {
  (void)params;
  plio_writer w = {out, HEAD_WORDS, 1};
  size_t bad = 0;
  bool held;
  *used = 0;
  if (shape->count == 0)
    return RF_OK;
  switch (shape->width) {
  case 1:
    held = put_list(&w, values, shape->count, 1, &bad);
    break;
  case 2:
    held = put_list(&w, values, shape->count, 2, &bad);
    break;
  case 4:
    held = put_list(&w, values, shape->count, 4, &bad);
    break;
  default:
    return rf_fail(err, RF_ERR_UNSUPPORTED, "PLIO_1 holds integers of 8 to 32 bits, not of %u; GZIP_2 holds them",
                   8 * shape->width);
  }
  if (!held)
    return rf_fail(err, RF_ERR_RANGE,
                   "PLIO_1 holds values from 0 to %d only, value %zu of the tile is %d; RICE_1 and GZIP_2 hold all",
                   MAX_VALUE, bad, (int)value_at(values, bad, shape->width));
  if (w.words > MAX_WORDS)
    return rf_fail(err, RF_ERR_LIMIT,
                   "the tile takes %zu words as a PLIO_1 list, of which there can be %zu; make tiles "
                   "smaller",
                   w.words, MAX_WORDS);
  const uint16_t head[HEAD_WORDS] = {0, HEAD_WORDS, NEW_FORM, (uint16_t)(w.words & 0x7FFF), (uint16_t)(w.words >> 15),
                                     0, 0};
  for (size_t i = 0; i < HEAD_WORDS; i++)
    rf_put_be16(out + 2 * i, head[i]);
  *used = 2 * w.words;
  return RF_OK;
}

/* ---- decoding ---- */

/* Instructions stand in words[*first .. *end). */
static rf_status read_head(const uint8_t *in, size_t n, size_t *first, size_t *end, rf_error *err) {
  size_t words = n / 2;
  if (words < 3)
    return rf_fail(err, RF_ERR_CODEC, "the PLIO_1 list of %zu bytes ends within its head", n);
  int16_t form = (int16_t)rf_get_be16(in + 4);
  if (form > 0) { /* the old form: a head of three words */
    *first = 3;
    *end = (size_t)form;
  } else {
    if (words < 5)
      return rf_fail(err, RF_ERR_CODEC, "the PLIO_1 list of %zu bytes ends within its head", n);
    int16_t head = (int16_t)rf_get_be16(in + 2), low = (int16_t)rf_get_be16(in + 6),
            high = (int16_t)rf_get_be16(in + 8);
    if (head < 5 || low < 0 || high < 0)
      return rf_fail(err, RF_ERR_CODEC,
                     "the PLIO_1 list is corrupt: it says that its head has %d words and all of it "
                     "%d + 32768 * %d",
                     head, low, high);
    *first = (size_t)head;
    *end = ((size_t)high << 15) + (size_t)low;
  }
  if (*end > words)
    return rf_fail(err, RF_ERR_CODEC, "the PLIO_1 list ends early: it says that it has %zu words, and there are %zu",
                   *end, words);
  return RF_OK;
}

typedef struct {
  int32_t *values;
  size_t at;
  size_t count;
  int64_t value; /* int64: to see it leave what 32 bits hold */
} plio_reader;

/* Pixels that are stored at a time, even for a shorter run where the tile has room: most runs are short. */
#define STORE 8

/* False when the tile has not that many left. */
PLIO_INLINE bool put_same(plio_reader *r, size_t n, int32_t value) {
  size_t left = r->count - r->at;
  if (n > left)
    return false;
  int32_t *to = r->values + r->at;
  r->at += n;
  if (left >= STORE) {
    for (size_t i = 0; i < STORE; i++)
      to[i] = value;
    if (n <= STORE)
      return true;
  }
  for (size_t i = 0; i < n; i++)
    to[i] = value;
  return true;
}

static inline bool is_value(const plio_reader *r) {
  return r->value >= 0 && r->value <= INT32_MAX;
}

typedef enum { PLIO_DECODED, PLIO_RUNS_OVER, PLIO_NO_VALUE, PLIO_NO_INSTRUCTION } plio_result;

/* *at: the word after the one that failed. */
static plio_result run_list(plio_reader *reader, const uint8_t *in, size_t *at, size_t end) {
  plio_reader r = *reader;
  size_t i = *at;
  plio_result result = PLIO_DECODED;
  while (i < end && result == PLIO_DECODED) {
    unsigned word = rf_get_be16(in + 2 * i++), data = word & MAX_DATA;
    bool fits = true;
    switch (word >> 12) {
    case ZEROS:
      fits = put_same(&r, data, 0);
      break;
    case ZEROS_AND_ONE:
      fits = data == 0 || (put_same(&r, data - 1, 0) && put_same(&r, 1, (int32_t)r.value));
      break;
    case RUN:
      fits = put_same(&r, data, (int32_t)r.value);
      break;
    case SET:
      if (i == end)
        result = PLIO_NO_INSTRUCTION;
      else
        r.value = ((int64_t)rf_get_be16(in + 2 * i++) << 12) + data;
      break;
    case GROW:
      r.value += data;
      break;
    case SHRINK:
      r.value -= data;
      break;
    case GROW_ONE:
      r.value += data;
      fits = put_same(&r, 1, (int32_t)r.value);
      break;
    case SHRINK_ONE:
      r.value -= data;
      fits = put_same(&r, 1, (int32_t)r.value);
      break;
    default:
      result = PLIO_NO_INSTRUCTION;
    }
    if (!is_value(&r))
      result = PLIO_NO_VALUE;
    else if (!fits)
      result = PLIO_RUNS_OVER;
  }
  *reader = r;
  *at = i;
  return result;
}

static rf_status put_instructions(plio_reader *r, const uint8_t *in, size_t at, size_t end, rf_error *err) {
  switch (run_list(r, in, &at, end)) {
  case PLIO_NO_INSTRUCTION:
    return rf_fail(err, RF_ERR_CODEC, "the PLIO_1 list is corrupt: word %zu of %zu is %#06x", at, end,
                   (unsigned)rf_get_be16(in + 2 * (at - 1)));
  case PLIO_NO_VALUE:
    return rf_fail(err, RF_ERR_CODEC, "the PLIO_1 list is corrupt: with word %zu of %zu the value becomes %lld", at,
                   end, (long long)r->value);
  case PLIO_RUNS_OVER:
    return rf_fail(err, RF_ERR_CODEC,
                   "the PLIO_1 list runs over: the tile has %zu values, and word %zu of %zu goes beyond them", r->count,
                   at, end);
  default:
    return RF_OK;
  }
}

/* What a list does not reach is zero: cfitsio and IRAF read it so, too. */
static rf_status plio_decode(const rf_tile_params *params, const rf_tile_shape *shape, const uint8_t *in, size_t n,
                             void *values, unsigned *width, rf_error *err) {
  (void)params;
  size_t first = 0, end = 0;
  plio_reader r = {values, 0, shape->count, 1};
  *width = 4;
  RF_TRY(read_head(in, n, &first, &end, err));
  RF_TRY(put_instructions(&r, in, first, end, err));
  (void)put_same(&r, r.count - r.at, 0);
  return RF_OK;
}

const rf_tile_codec rf_tile_plio_1 = {
    .type = RF_Z_PLIO_1,
    .name = "PLIO_1",
    .alias = NULL,
    .flags = RF_TILE_INTEGERS | RF_TILE_POSITIVE,
    .bound = plio_bound,
    .encode = plio_encode,
    .decode = plio_decode,
};
