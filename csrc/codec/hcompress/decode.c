/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HCOMPRESS_1 streams to pixels, equal to the last bit to what cfitsio makes of them, smoothing included. cfitsio
 * computes with 32 bits for images of 8 and 16 bits and with 64 for the others; that makes no difference to pixels
 * unless something overflows, and so here the stream decides: 32 bits where the number of its planes, its scale and its
 * sum prove that they suffice.
 *
 * Nothing in the stream is believed: rows and columns must be the tile's, planes are no more than 32-bit pixels can
 * give, nodes that lie outside their quadrant are cut off, and bits behind the end are zeros that are noticed once a
 * plane is done.
 */
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "codec/hcompress/hcompress.h"

/* The bits in[0..end) with zeros behind; the next one to take is `at`. */
typedef struct reader {
  const uint8_t *in;
  size_t n;
  uint64_t end;
  uint64_t at;
} reader;

/* What is to be decoded. */
typedef struct work {
  size_t rows;
  size_t columns;
  size_t count;
  unsigned depth; /* levels of the transform */
  int32_t scale;  /* 1 for lossless */
  int64_t sum;    /* the coefficient that is stored apart, already scaled */
  unsigned planes[3];
  int64_t max_change; /* by smoothing; 0: none */
  bool narrow;        /* 32 bits suffice */
} work;

static size_t ceil_shift(size_t n, unsigned k) {
  return (size_t)(((uint64_t)n + ((uint64_t)1 << k) - 1) >> k);
}

/* ---- bits ---- */

static uint64_t look_at_end(const reader *bits, uint64_t byte) {
  uint64_t word = 0;
  for (unsigned b = 0; b < 8; b++)
    word = word << 8 | (byte + b < bits->n ? bits->in[byte + b] : 0);
  return word;
}

/* The 57 bits and more from bit `at` on, in the top of the word. */
static inline uint64_t look(const reader *bits, uint64_t at) {
  uint64_t byte = at >> 3;
  uint64_t word = byte + 8 <= bits->n ? rf_get_be64(bits->in + byte) : look_at_end(bits, byte);
  return word << (at & 7);
}

static unsigned take(reader *bits, unsigned n) {
  uint64_t word = look(bits, bits->at);
  bits->at += n;
  return (unsigned)(word >> (64 - n));
}

/* `n` bits, 1 to 64, in the top of the word. */
static inline uint64_t take_word(reader *bits, unsigned n) {
  uint64_t word = look(bits, bits->at);
  unsigned shift = bits->at & 7;
  if (shift != 0) {
    uint64_t byte = (bits->at >> 3) + 8;
    word |= (byte < bits->n ? (uint64_t)bits->in[byte] : 0) >> (8 - shift);
  }
  bits->at += n;
  return word & ~UINT64_C(0) << (64 - n);
}

/* ---- one plane ---- */

/* The code of a node by its first six bits: the node in the upper four bits, the length in the lower. */
#define CODE(node, bits) (uint8_t)((node) << 4 | (bits))
#define CODE_X2(node, bits) CODE(node, bits), CODE(node, bits)
#define CODE_X4(node, bits) CODE_X2(node, bits), CODE_X2(node, bits)
#define CODE_X8(node, bits) CODE_X4(node, bits), CODE_X4(node, bits)

static const uint8_t codes[64] = {
    CODE_X8(1, 3),  CODE_X8(2, 3),  CODE_X8(4, 3),  CODE_X8(8, 3), CODE_X4(3, 4), CODE_X4(5, 4),
    CODE_X4(10, 4), CODE_X4(12, 4), CODE_X4(15, 4), CODE_X2(6, 5), CODE_X2(7, 5), CODE_X2(9, 5),
    CODE_X2(11, 5), CODE_X2(13, 5), CODE(0, 6),     CODE(14, 6),
};

/* Words of the two rows below 32 nodes of a row: for each one that is not empty, the last one first, its code says
 * which children are not. */
static inline void expand_word(reader *bits, uint32_t nodes, uint64_t *upper, uint64_t *lower) {
  uint64_t above = 0, below = 0;
  uint64_t at = bits->at;
  while (nodes != 0) {
    uint64_t word = look(bits, at);
    /* 57 bits are nine codes at least. */
    for (unsigned k = 0; k < 9 && nodes != 0; k++) {
      unsigned code = codes[word >> 58], length = code & 15;
      unsigned place = 2 * (unsigned)__builtin_ctz(nodes);
      nodes &= nodes - 1;
      word <<= length;
      at += length;
      above |= (uint64_t)(code >> 6) << place;
      below |= (uint64_t)(code >> 4 & 3) << place;
    }
  }
  bits->at = at;
  *upper = above;
  *lower = below;
}

/* The level below: nodes are read from the last to the first. */
static void expand(reader *bits, const rf_hc_map *from, const rf_hc_map *to) {
  for (size_t i = from->rows; i-- > 0;) {
    const uint64_t *nodes = from->bits + i * from->stride;
    uint64_t *upper = to->bits + 2 * i * to->stride, *lower = upper + to->stride;
    for (size_t w = from->words; w-- > 0;) {
      expand_word(bits, (uint32_t)nodes[w], &upper[2 * w + 1], &lower[2 * w + 1]);
      expand_word(bits, (uint32_t)(nodes[w] >> 32), &upper[2 * w], &lower[2 * w]);
    }
    /* What lies beyond the edge is nothing. */
    upper[to->words - 1] &= to->last;
    lower[to->words - 1] &= to->last;
  }
}

/* Sixteen nodes of four bits to 32 bits of the upper row and 32 of the lower. */
static inline uint32_t pick_pairs(uint64_t x) {
  x &= UINT64_C(0x3333333333333333);
  x = (x | x >> 2) & UINT64_C(0x0F0F0F0F0F0F0F0F);
  x = (x | x >> 4) & UINT64_C(0x00FF00FF00FF00FF);
  x = (x | x >> 8) & UINT64_C(0x0000FFFF0000FFFF);
  return (uint32_t)(x | x >> 16);
}

static void read_direct(reader *bits, const rf_hc_map *plane) {
  size_t blocks = (plane->columns + 1) / 2;
  for (size_t i = 0; i < plane->rows; i += 2) {
    uint64_t *upper = plane->bits + i * plane->stride, *lower = upper + plane->stride;
    size_t left = blocks;
    for (size_t w = 0; w < plane->words; w++) {
      uint64_t first, second = 0;
      first = take_word(bits, left < 16 ? 4 * (unsigned)left : 64);
      left -= left < 16 ? left : 16;
      if (left > 0)
        second = take_word(bits, left < 16 ? 4 * (unsigned)left : 64);
      left -= left < 16 ? left : 16;
      upper[w] = (uint64_t)pick_pairs(first >> 2) << 32 | pick_pairs(second >> 2);
      lower[w] = (uint64_t)pick_pairs(first) << 32 | pick_pairs(second);
    }
    upper[plane->words - 1] &= plane->last;
    lower[plane->words - 1] &= plane->last;
  }
}

static rf_status fail_end(rf_error *err, const reader *bits) {
  return rf_fail(err, RF_ERR_CODEC, "HCOMPRESS_1: the stream of %zu bytes ends early", bits->n);
}

/* Reads a plane into level 0 of the tree. */
static rf_status read_plane(reader *bits, rf_hc_tree *tree, rf_error *err) {
  unsigned form = take(bits, 4);
  rf_hc_map *plane = &tree->level[0];
  if (form != RF_HC_DIRECT && form != RF_HC_TREE)
    return rf_fail(err, RF_ERR_CODEC, "HCOMPRESS_1: a bit plane begins with code %u, which is none (0 or 15)", form);
  if (form == RF_HC_DIRECT) {
    read_direct(bits, plane);
  } else {
    tree->level[tree->depth].bits[0] = UINT64_C(1) << 63;
    for (unsigned k = tree->depth; k > 0; k--)
      expand(bits, &tree->level[k], &tree->level[k - 1]);
  }
  return bits->at <= bits->end ? RF_OK : fail_end(err, bits);
}

/* A quadrant without coefficients has planes, too, when its counterpart has some: one empty node each. */
static rf_status skip_planes(reader *bits, unsigned planes, rf_error *err) {
  for (unsigned p = 0; p < planes; p++) {
    unsigned form = take(bits, 4);
    unsigned code = form == RF_HC_TREE ? codes[take(bits, 6)] : RF_HC_DIRECT;
    if ((form != RF_HC_DIRECT && form != RF_HC_TREE) || code >> 4 != 0)
      return rf_fail(err, RF_ERR_CODEC, "HCOMPRESS_1: the stream has coefficients where the tile has none");
  }
  return bits->at <= bits->end ? RF_OK : fail_end(err, bits);
}

/* ---- both widths ---- */

#define HC_INT int32_t
#define HC(name) name##_32
#include "codec/hcompress/inverse.h"
#undef HC_INT
#undef HC
#define HC_INT int64_t
#define HC(name) name##_64
#include "codec/hcompress/inverse.h"
#undef HC_INT
#undef HC

/* Memory of a decoding, in one block. */
typedef struct scratch {
  void *block;
  uint64_t *tree;
  uint8_t *bytes; /* of a row of a quadrant */
  void *means[2];
  void *two;
  void *smooth;
} scratch;

#define SCRATCH_PARTS 6

/* Sets the bytes of each part, in the order of the struct. Returns their sum. */
static uint64_t scratch_parts(const work *w, uint64_t parts[SCRATCH_PARTS]) {
  size_t half_rows = (w->rows + 1) / 2, half_columns = (w->columns + 1) / 2;
  uint64_t unit = w->narrow ? sizeof(int32_t) : sizeof(int64_t), total = 0;
  parts[0] = 8 * (uint64_t)rf_hc_tree_words(half_rows, half_columns);
  parts[1] = (half_columns + 63) / 64 * 64;
  parts[2] = unit * ceil_shift(w->rows, 2) * ceil_shift(w->columns, 2);
  parts[3] = unit * half_rows * half_columns;
  parts[4] = w->narrow ? 0 : unit * 2 * w->columns;
  parts[5] = w->max_change > 0 ? unit * 3 * half_columns : 0;
  for (size_t i = 0; i < SCRATCH_PARTS; i++)
    total += (parts[i] + 7) / 8 * 8;
  return total;
}

uint64_t rf_hc_scratch(const rf_tile_shape *shape) {
  uint64_t parts[SCRATCH_PARTS];
  work w = {.rows = shape->rows, .columns = shape->columns, .max_change = 1};
  if (rf_hc_check_shape(shape, NULL) != RF_OK)
    return 0; /* refused before anything is reserved */
  return scratch_parts(&w, parts);
}

static bool scratch_open(scratch *s, const work *w) {
  uint64_t parts[SCRATCH_PARTS], total = scratch_parts(w, parts);
  size_t bytes;
  s->block = rf_to_size(total, &bytes) ? rf_alloc(bytes) : NULL;
  if (s->block == NULL)
    return false;
  uint8_t *at = s->block;
  s->tree = (uint64_t *)(void *)at;
  s->bytes = at += parts[0];
  s->means[0] = at += parts[1];
  s->means[1] = at += (parts[2] + 7) / 8 * 8;
  s->two = at += (parts[3] + 7) / 8 * 8;
  s->smooth = at + (parts[4] + 7) / 8 * 8;
  return true;
}

/* ---- quadrants ---- */

/* Writes a group of planes, of which the lowest is bit `shift`, into the coefficients of a quadrant. */
static void put_group(const rf_hc_tree *tree, const work *w, uint8_t *bytes, void *coefficients, size_t first,
                      unsigned shift, bool top) {
  const rf_hc_map *plane = &tree->level[0];
  for (size_t i = 0; i < plane->rows; i++) {
    for (size_t k = 0; k < plane->words; k++) {
      uint64_t words[RF_HC_GROUP];
      for (unsigned p = 0; p < RF_HC_GROUP; p++)
        words[p] = tree->plane[p][i * plane->stride + k];
      rf_hc_planes_to_bytes(words);
      for (unsigned p = 0; p < RF_HC_GROUP; p++)
        rf_put_be64(bytes + 64 * k + 8 * p, words[p]);
    }
    size_t at = first + i * w->columns;
    if (w->narrow)
      put_bytes_32((int32_t *)coefficients + at, bytes, plane->columns, shift, top);
    else
      put_bytes_64((int64_t *)coefficients + at, bytes, plane->columns, shift, top);
  }
}

/* The magnitudes of the quadrant whose first coefficient is number `first`. */
static rf_status read_quadrant(reader *bits, const work *w, scratch *s, void *coefficients, size_t first, size_t rows,
                               size_t columns, unsigned planes, rf_error *err) {
  if (rows == 0 || columns == 0)
    return skip_planes(bits, planes, err);
  rf_hc_tree tree;
  rf_hc_tree_lay(&tree, rows, columns, s->tree);
  rf_hc_map *plane = &tree.level[0];
  size_t plane_bytes = (rows + 1) / 2 * 2 * plane->stride * sizeof(uint64_t);
  bool top = true;
  /* Without any plane there still are zeros to write. */
  for (unsigned left = planes; top || left > 0; top = false) {
    unsigned group = left == 0 ? 0 : (left - 1) % RF_HC_GROUP + 1;
    for (unsigned p = 0; p < RF_HC_GROUP; p++) {
      plane->bits = tree.plane[p];
      if (p < RF_HC_GROUP - group)
        memset(plane->bits, 0, plane_bytes);
      else
        RF_TRY(read_plane(bits, &tree, err));
    }
    left -= group;
    put_group(&tree, w, s->bytes, coefficients, first, left, top);
  }
  return RF_OK;
}

static rf_status read_quadrants(reader *bits, const work *w, scratch *s, void *coefficients, rf_error *err) {
  size_t upper = (w->rows + 1) / 2, left = (w->columns + 1) / 2;
  size_t lower = w->rows / 2, right = w->columns / 2;
  size_t below = upper * w->columns;
  RF_TRY(read_quadrant(bits, w, s, coefficients, 0, upper, left, w->planes[0], err));
  RF_TRY(read_quadrant(bits, w, s, coefficients, left, upper, right, w->planes[1], err));
  RF_TRY(read_quadrant(bits, w, s, coefficients, below, lower, left, w->planes[1], err));
  RF_TRY(read_quadrant(bits, w, s, coefficients, below + left, lower, right, w->planes[2], err));
  unsigned end = take(bits, 4);
  if (end != 0)
    return rf_fail(err, RF_ERR_CODEC, "HCOMPRESS_1: the bit planes end with code %u, not 0", end);
  return RF_OK;
}

/* ---- the stream ---- */

/* Whether the largest number that may come up stays below 2^bits. `planes` bits times the scale bound a coefficient;
 * means are at most the sum at the top or what differences add up to; smoothing takes 32 and 64 times of them. */
static bool within(const work *w, unsigned bits, int smooth) {
  uint64_t most = 0, slack = (uint64_t)8 << w->depth;
  for (unsigned q = 0; q < 3; q++) {
    uint64_t top = ((uint64_t)1 << w->planes[q]) - 1, scaled;
    if (!rf_mul_u64(top, (uint64_t)w->scale, &scaled))
      return false;
    most = scaled > most ? scaled : most;
  }
  uint64_t sum = w->sum < 0 ? 0 - (uint64_t)w->sum : (uint64_t)w->sum, limit = (uint64_t)1 << bits;
  most += slack + (uint64_t)w->max_change;
  if (smooth != 0)
    return most < limit >> 8 && sum < limit >> 7;
  return most < limit >> 3 && sum < limit >> 2;
}

static rf_status read_header(work *w, const rf_tile_params *params, const rf_tile_shape *shape, const uint8_t *in,
                             size_t n, rf_error *err) {
  if (n < RF_HC_HEADER)
    return rf_fail(err, RF_ERR_CODEC, "HCOMPRESS_1: the stream of %zu bytes is shorter than its header of %d", n,
                   RF_HC_HEADER);
  if (in[0] != RF_HC_MAGIC_0 || in[1] != RF_HC_MAGIC_1)
    return rf_fail(err, RF_ERR_CODEC, "HCOMPRESS_1: the stream begins with 0x%02X%02X, not with 0xDD99", in[0], in[1]);
  int32_t rows = (int32_t)rf_get_be32(in + 2), columns = (int32_t)rf_get_be32(in + 6);
  if (rows < 0 || columns < 0 || (size_t)rows != shape->rows || (size_t)columns != shape->columns)
    return rf_fail(err, RF_ERR_CODEC, "HCOMPRESS_1: the stream has %d rows of %d values, the tile has %zu of %zu",
                   (int)rows, (int)columns, shape->rows, shape->columns);
  int32_t scale = (int32_t)rf_get_be32(in + 10);
  int64_t sum = (int64_t)rf_get_be64(in + 14);
  w->rows = shape->rows;
  w->columns = shape->columns;
  w->count = shape->rows * shape->columns;
  w->depth = rf_hc_log2(w->rows > w->columns ? w->rows : w->columns);
  w->scale = scale > 1 ? scale : 1;
  for (unsigned q = 0; q < 3; q++) {
    w->planes[q] = in[22 + q];
    if (w->planes[q] > RF_HC_MAX_PLANES)
      return rf_fail(err, RF_ERR_CODEC, "HCOMPRESS_1: the stream claims %u bit planes, at most %u are possible",
                     w->planes[q], RF_HC_MAX_PLANES);
  }
  w->max_change = params->smooth != 0 ? w->scale / 2 : 0;
  bool possible = sum < INT64_MAX / w->scale && sum > INT64_MIN / w->scale;
  w->sum = possible ? sum * w->scale : 0;
  if (!possible || !within(w, 62, params->smooth))
    return rf_fail(err, RF_ERR_CODEC,
                   "HCOMPRESS_1: the sum %lld, the scale %d and %u, %u and %u bit planes are beyond any pixels of 32 "
                   "bits",
                   (long long)sum, (int)scale, w->planes[0], w->planes[1], w->planes[2]);
  w->narrow = within(w, 31, params->smooth);
  return RF_OK;
}

/* With 32 bits the coefficients are in the upper half of `values` and the pixels come in the lower; with 64 bits the
 * coefficients take all of it. */
static rf_status decode_32(reader *bits, const work *w, scratch *s, void *values, rf_error *err) {
  int32_t *a = (int32_t *)values + w->count;
  int32_t *const means[2] = {s->means[0], s->means[1]};
  RF_TRY(read_quadrants(bits, w, s, a, err));
  if (!sign_32(bits, a, w->count, w->scale))
    return fail_end(err, bits);
  a[0] = (int32_t)w->sum;
  inverse_32(a, w, means, values, NULL, s->smooth);
  return RF_OK;
}

static rf_status decode_64(reader *bits, const work *w, scratch *s, void *values, rf_error *err) {
  int64_t *a = values;
  int64_t *const means[2] = {s->means[0], s->means[1]};
  RF_TRY(read_quadrants(bits, w, s, a, err));
  if (!sign_64(bits, a, w->count, w->scale))
    return fail_end(err, bits);
  a[0] = w->sum;
  inverse_64(a, w, means, NULL, s->two, s->smooth);
  return RF_OK;
}

rf_status rf_hc_decode(const rf_tile_params *params, const rf_tile_shape *shape, const uint8_t *in, size_t n,
                       void *values, unsigned *width, rf_error *err) {
  *width = sizeof(int32_t);
  RF_TRY(rf_hc_check_shape(shape, err));
  work w = {0};
  RF_TRY(read_header(&w, params, shape, in, n, err));
  scratch s;
  if (!scratch_open(&s, &w))
    return rf_fail(err, RF_ERR_MEMORY, "HCOMPRESS_1: cannot allocate memory for a tile of %zu values", shape->count);
  reader bits = {.in = in, .n = n, .end = (uint64_t)n * 8, .at = RF_HC_HEADER * 8};
  rf_status status = w.narrow ? decode_32(&bits, &w, &s, values, err) : decode_64(&bits, &w, &s, values, err);
  rf_free(s.block);
  return status;
}
