/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Pixels to HCOMPRESS_1 streams, byte for byte those of cfitsio. The transform is computed with 32 bits where the
 * largest pixel proves that they suffice, with 64 otherwise; the stream is the same.
 */
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "codec/hcompress/hcompress.h"

/* A row or column of more pixels would have sums beyond 64 bits. */
#define MAX_DEPTH 26u
/* A writer writes words, so it may change this many bytes after its output. */
#define WRITER_SLACK 8

/* Bits to out[used..), from the top of each byte. */
typedef struct writer {
  uint8_t *out;
  size_t used;
  uint64_t word; /* the last `count` bits, fewer than 32 */
  unsigned count;
} writer;

typedef struct work {
  size_t rows;
  size_t columns;
  size_t count;
  unsigned depth; /* levels of the transform */
  unsigned width; /* of the pixels */
  int32_t scale;
  bool narrow; /* 32 bits suffice */
} work;

static size_t ceil_shift(size_t n, unsigned k) {
  return (size_t)(((uint64_t)n + ((uint64_t)1 << k) - 1) >> k);
}

/* ---- bits ---- */

/* Writes the lowest `n` bits of `bits`, n <= 32; the other bits must be zero. */
static inline void put(writer *to, uint64_t bits, unsigned n) {
  to->word = to->word << n | bits;
  to->count += n;
  if (to->count >= 32) {
    to->count -= 32;
    rf_put_be32(to->out + to->used, (uint32_t)(to->word >> to->count));
    to->used += 4;
  }
}

/* Fills up the last byte with zeros. */
static void flush(writer *to) {
  while (to->count > 0) {
    unsigned n = to->count < 8 ? to->count : 8;
    to->out[to->used++] = (uint8_t)((to->word >> (to->count - n)) << (8 - n));
    to->count -= n;
  }
}

/* ---- both widths ---- */

#define HC_INT int32_t
#define HC(name) name##_32
#include "codec/hcompress/forward.h"
#undef HC_INT
#undef HC
#define HC_INT int64_t
#define HC(name) name##_64
#include "codec/hcompress/forward.h"
#undef HC_INT
#undef HC

/* ---- one plane ---- */

/* Codes of the nodes and their lengths. */
static const uint8_t code_bits[16] = {0x3E, 0x00, 0x01, 0x08, 0x02, 0x09, 0x1A, 0x1B,
                                      0x03, 0x1C, 0x0A, 0x1D, 0x0B, 0x1E, 0x3F, 0x0C};
static const uint8_t code_length[16] = {6, 3, 3, 4, 3, 4, 5, 5, 3, 5, 4, 5, 4, 5, 6, 4};

#define ODD UINT64_C(0x5555555555555555)

/* Bits at even places, counted from the lowest, close together. */
static inline uint32_t pick_even(uint64_t x) {
  x = (x | x >> 1) & UINT64_C(0x3333333333333333);
  x = (x | x >> 2) & UINT64_C(0x0F0F0F0F0F0F0F0F);
  x = (x | x >> 4) & UINT64_C(0x00FF00FF00FF00FF);
  x = (x | x >> 8) & UINT64_C(0x0000FFFF0000FFFF);
  return (uint32_t)(x | x >> 16);
}

/* Of 32 nodes, whose children are the bits of two words, those that are not empty; adds up the lengths of their codes:
 * 3 bits, and one or two or three more. */
static inline uint32_t reduce_word(uint64_t upper, uint64_t lower, size_t *length) {
  uint64_t a = upper >> 1 & ODD, b = upper & ODD, c = lower >> 1 & ODD, d = lower & ODD;
  uint64_t some = a | b | c | d;
  uint64_t two_more = (b & c) ^ (a & d);
  uint64_t one_more = (~a & d & (b ^ c)) | (a & ~d & (b | c)) | (a & b & c & d);
  /* In fields of two bits, then of four, then of eight. */
  uint64_t ones = some + one_more, twos = some + two_more;
  const uint64_t pairs = UINT64_C(0x3333333333333333), bytes = UINT64_C(0x0F0F0F0F0F0F0F0F);
  ones = (ones & pairs) + (ones >> 2 & pairs);
  twos = (twos & pairs) + (twos >> 2 & pairs);
  uint64_t sum = ones + 2 * twos;
  sum = (sum & bytes) + (sum >> 4 & bytes);
  *length += (size_t)((sum * UINT64_C(0x0101010101010101)) >> 56);
  return pick_even(some);
}

/* Makes the next level of the tree. Returns the bits of its codes. */
static size_t reduce(const rf_hc_map *from, const rf_hc_map *to) {
  size_t length = 0;
  for (size_t i = 0; i < to->rows; i++) {
    const uint64_t *upper = from->bits + 2 * i * from->stride, *lower = upper + from->stride;
    uint64_t *nodes = to->bits + i * to->stride;
    for (size_t w = 0; w < to->words; w++)
      nodes[w] = (uint64_t)reduce_word(upper[2 * w], lower[2 * w], &length) << 32 |
                 reduce_word(upper[2 * w + 1], lower[2 * w + 1], &length);
  }
  return length;
}

/* The codes of those of 32 nodes that are not empty, the last one first. */
static inline void put_nodes(writer *to, uint32_t nodes, uint64_t upper, uint64_t lower) {
  while (nodes != 0) {
    unsigned place = 2 * (unsigned)__builtin_ctz(nodes);
    unsigned node = (unsigned)(upper >> place & 3) << 2 | (unsigned)(lower >> place & 3);
    nodes &= nodes - 1;
    put(to, code_bits[node], code_length[node]);
  }
}

static void put_level(writer *to, const rf_hc_map *level, const rf_hc_map *children) {
  for (size_t i = level->rows; i-- > 0;) {
    const uint64_t *nodes = level->bits + i * level->stride;
    const uint64_t *upper = children->bits + 2 * i * children->stride, *lower = upper + children->stride;
    for (size_t w = level->words; w-- > 0;) {
      put_nodes(to, (uint32_t)nodes[w], upper[2 * w + 1], lower[2 * w + 1]);
      put_nodes(to, (uint32_t)(nodes[w] >> 32), upper[2 * w], lower[2 * w]);
    }
  }
}

/* 32 bits as sixteen pairs, each the upper half of four bits. */
static inline uint64_t spread_pairs(uint32_t bits) {
  uint64_t x = bits;
  x = (x | x << 16) & UINT64_C(0x0000FFFF0000FFFF);
  x = (x | x << 8) & UINT64_C(0x00FF00FF00FF00FF);
  x = (x | x << 4) & UINT64_C(0x0F0F0F0F0F0F0F0F);
  return (x | x << 2) & UINT64_C(0x3333333333333333);
}

/* `left` nodes at most, sixteen, four bits each. */
static void put_sixteen(writer *to, uint32_t upper, uint32_t lower, size_t left) {
  uint64_t nodes = spread_pairs(upper) << 2 | spread_pairs(lower);
  unsigned bits = left < 16 ? 4 * (unsigned)left : 64;
  if (bits > 32) {
    put(to, nodes >> 32, 32);
    put(to, (nodes & UINT32_MAX) >> (64 - bits), bits - 32);
  } else {
    put(to, nodes >> (64 - bits), bits);
  }
}

static void put_direct(writer *to, const rf_hc_map *plane) {
  for (size_t i = 0; i < plane->rows; i += 2) {
    const uint64_t *upper = plane->bits + i * plane->stride, *lower = upper + plane->stride;
    size_t left = (plane->columns + 1) / 2;
    for (size_t w = 0; left > 0; w++) {
      put_sixteen(to, (uint32_t)(upper[w] >> 32), (uint32_t)(lower[w] >> 32), left);
      left -= left < 16 ? left : 16;
      if (left > 0)
        put_sixteen(to, (uint32_t)upper[w], (uint32_t)lower[w], left);
      left -= left < 16 ? left : 16;
    }
  }
}

/* Writes the plane in level 0 as a tree, or directly where the tree would have as many whole bytes as half of the nodes
 * of its last level: cfitsio's limit. */
static void put_plane(writer *to, rf_hc_tree *tree) {
  const rf_hc_map *first = &tree->level[1];
  size_t limit = (first->rows * first->columns + 1) / 2 * 8, length = 0;
  for (unsigned k = 1; k <= tree->depth && length < limit; k++)
    length += reduce(&tree->level[k - 1], &tree->level[k]);
  if (length >= limit) {
    put(to, RF_HC_DIRECT, 4);
    put_direct(to, &tree->level[0]);
    return;
  }
  put(to, RF_HC_TREE, 4);
  if (length == 0)
    put(to, code_bits[0], code_length[0]);
  for (unsigned k = tree->depth; k > 0 && length > 0; k--)
    put_level(to, &tree->level[k], &tree->level[k - 1]);
}

/* ---- quadrants ---- */

/* Memory of an encoding, in one block. */
typedef struct scratch {
  void *block;
  void *coefficients;
  void *means[2];
  void *two;
  uint64_t *tree;
  size_t tree_bytes;
  uint8_t *bytes; /* of a row of a quadrant, in whole words */
  uint8_t *signs;
} scratch;

static bool scratch_open(scratch *s, const work *w) {
  size_t half_rows = (w->rows + 1) / 2, half_columns = (w->columns + 1) / 2;
  uint64_t unit = w->narrow ? sizeof(int32_t) : sizeof(int64_t), total = 0;
  const uint64_t parts[] = {
      unit * w->count,
      unit * ceil_shift(w->rows, 2) * ceil_shift(w->columns, 2),
      unit * half_rows * half_columns,
      unit * 2 * w->columns,
      8 * (uint64_t)rf_hc_tree_words(half_rows, half_columns),
      (half_columns + 63) / 64 * 64,
      w->count / 8 + 1 + WRITER_SLACK,
  };
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    total += (parts[i] + 7) / 8 * 8;
  size_t bytes;
  s->block = rf_to_size(total, &bytes) ? rf_alloc(bytes) : NULL;
  if (s->block == NULL)
    return false;
  uint8_t *at = s->block;
  s->coefficients = at;
  s->means[0] = at += (parts[0] + 7) / 8 * 8;
  s->means[1] = at += (parts[1] + 7) / 8 * 8;
  s->two = at += (parts[2] + 7) / 8 * 8;
  at += (parts[3] + 7) / 8 * 8;
  s->tree = (uint64_t *)(void *)at;
  s->tree_bytes = (size_t)parts[4];
  s->bytes = at += parts[4];
  s->signs = at + parts[5];
  return true;
}

/* Takes eight planes from bit `shift` on out of the coefficients of a quadrant. */
static void get_group(const rf_hc_tree *tree, const work *w, const scratch *s, size_t first, unsigned shift) {
  const rf_hc_map *plane = &tree->level[0];
  for (size_t i = 0; i < plane->rows; i++) {
    size_t at = first + i * w->columns;
    if (w->narrow)
      get_bytes_32(s->bytes, (const int32_t *)s->coefficients + at, plane->columns, shift);
    else
      get_bytes_64(s->bytes, (const int64_t *)s->coefficients + at, plane->columns, shift);
    for (size_t k = 0; k < plane->words; k++) {
      uint64_t words[RF_HC_GROUP];
      for (unsigned p = 0; p < RF_HC_GROUP; p++)
        words[p] = rf_get_be64(s->bytes + 64 * k + 8 * p);
      rf_hc_bytes_to_planes(words);
      for (unsigned p = 0; p < RF_HC_GROUP; p++)
        tree->plane[p][i * plane->stride + k] = words[p];
    }
  }
}

/* The planes of the quadrant whose first coefficient is number `first`. */
static void put_quadrant(writer *to, const work *w, const scratch *s, size_t first, size_t rows, size_t columns,
                         unsigned planes) {
  if (rows == 0 || columns == 0) {
    for (unsigned p = 0; p < planes; p++) {
      put(to, RF_HC_TREE, 4);
      put(to, code_bits[0], code_length[0]);
    }
    return;
  }
  rf_hc_tree tree;
  rf_hc_tree_lay(&tree, rows, columns, s->tree);
  /* Rows and words that only fill up pairs stay zero from here on. */
  memset(s->tree, 0, s->tree_bytes);
  memset(s->bytes, 0, tree.level[0].words * 64);
  for (unsigned left = planes; left > 0;) {
    unsigned group = (left - 1) % RF_HC_GROUP + 1;
    left -= group;
    get_group(&tree, w, s, first, left);
    for (unsigned p = RF_HC_GROUP - group; p < RF_HC_GROUP; p++) {
      tree.level[0].bits = tree.plane[p];
      put_plane(to, &tree);
    }
  }
}

static unsigned bit_length(uint64_t v) {
  unsigned n = 0;
  for (; v != 0; v >>= 1)
    n++;
  return n;
}

/* Signs to their place, magnitudes and the planes of the three kinds of quadrants. */
static void split_all_signs(const work *w, const scratch *s, writer *signs, unsigned planes[3]) {
  size_t left = (w->columns + 1) / 2;
  uint64_t any[3] = {0};
  for (size_t i = 0; i < w->rows; i++) {
    unsigned q = i >= (w->rows + 1) / 2;
    size_t at = i * w->columns;
    if (w->narrow) {
      int32_t *row = (int32_t *)s->coefficients + at;
      any[q] |= split_signs_32(row, left, signs);
      any[q + 1] |= split_signs_32(row + left, w->columns - left, signs);
    } else {
      int64_t *row = (int64_t *)s->coefficients + at;
      any[q] |= split_signs_64(row, left, signs);
      any[q + 1] |= split_signs_64(row + left, w->columns - left, signs);
    }
  }
  flush(signs);
  for (unsigned q = 0; q < 3; q++)
    planes[q] = bit_length(any[q]);
}

/* ---- the stream ---- */

/* Transform and scale; the sum is taken out of its place. */
static int64_t transform(const work *w, const scratch *s, const void *values) {
  int64_t sum;
  if (w->narrow) {
    int32_t *a = s->coefficients, *const means[2] = {s->means[0], s->means[1]};
    forward_32(w, values, a, means, s->two);
    if (w->scale > 1)
      digitize_32(a, w->count, w->scale);
    sum = a[0];
    a[0] = 0;
  } else {
    int64_t *a = s->coefficients, *const means[2] = {s->means[0], s->means[1]};
    forward_64(w, values, a, means, s->two);
    if (w->scale > 1)
      digitize_64(a, w->count, w->scale);
    sum = a[0];
    a[0] = 0;
  }
  return sum;
}

static size_t write_stream(const work *w, const scratch *s, const void *values, uint8_t *out) {
  int64_t sum = transform(w, s, values);
  unsigned planes[3];
  writer signs = {.out = s->signs};
  split_all_signs(w, s, &signs, planes);
  out[0] = RF_HC_MAGIC_0;
  out[1] = RF_HC_MAGIC_1;
  rf_put_be32(out + 2, (uint32_t)w->rows);
  rf_put_be32(out + 6, (uint32_t)w->columns);
  rf_put_be32(out + 10, (uint32_t)w->scale);
  rf_put_be64(out + 14, (uint64_t)sum);
  for (unsigned q = 0; q < 3; q++)
    out[22 + q] = (uint8_t)planes[q];
  writer to = {.out = out, .used = RF_HC_HEADER};
  size_t upper = (w->rows + 1) / 2, left = (w->columns + 1) / 2, below = upper * w->columns;
  put_quadrant(&to, w, s, 0, upper, left, planes[0]);
  put_quadrant(&to, w, s, left, upper, w->columns / 2, planes[1]);
  put_quadrant(&to, w, s, below, w->rows / 2, left, planes[1]);
  put_quadrant(&to, w, s, below + left, w->rows / 2, w->columns / 2, planes[2]);
  put(&to, 0, 4);
  flush(&to);
  memcpy(out + to.used, s->signs, signs.used);
  return to.used + signs.used;
}

/* The largest magnitude among the pixels. */
static uint64_t max_of(const rf_tile_shape *shape, const void *values) {
  if (shape->width == 1)
    return UINT8_MAX;
  if (shape->width == 2)
    return (uint64_t)INT16_MAX + 1;
  const int32_t *pixels = values;
  int32_t least = pixels[0], most = pixels[0];
  for (size_t i = 0; i < shape->count; i++) {
    least = pixels[i] < least ? pixels[i] : least;
    most = pixels[i] > most ? pixels[i] : most;
  }
  uint64_t below = (uint64_t)(0 - (int64_t)least), above = (uint64_t)(int64_t)most;
  return least < 0 && below > above ? below : most < 0 ? below : above;
}

/* Whether sums of 2 x 2 of the largest means that can come up, rounding included, stay within 32 bits. The scale is
 * added to them when they are divided. */
static bool is_narrow(uint64_t most, unsigned depth, int scale) {
  for (unsigned k = 0; k < depth; k++)
    most = (k == 0 ? 4 * most : 2 * most) + ((uint64_t)2 << k);
  return depth <= MAX_DEPTH && 2 * most + (uint64_t)scale < (uint64_t)1 << 31;
}

bool rf_hc_bound(const rf_tile_params *params, const rf_tile_shape *shape, size_t *bytes) {
  (void)params;
  unsigned depth = rf_hc_log2(shape->rows > shape->columns ? shape->rows : shape->columns);
  if (rf_hc_check_shape(shape, NULL) != RF_OK || depth > MAX_DEPTH || shape->width > 4)
    return false;
  /* A plane takes at most four bits a node, a code for the form, and what goes over the limit of a tree. */
  uint64_t nodes = (uint64_t)ceil_shift(shape->rows, 2) * ceil_shift(shape->columns, 2);
  uint64_t planes = 8 * shape->width + depth + 2;
  uint64_t room = planes * (4 * nodes + 16) * 4 / 8 + shape->count / 8 + RF_HC_HEADER + 2 + WRITER_SLACK;
  return rf_to_size(room, bytes);
}

rf_status rf_hc_encode(const rf_tile_params *params, const rf_tile_shape *shape, const void *values, uint8_t *out,
                       size_t *used, rf_error *err) {
  size_t room;
  RF_TRY(rf_hc_check_shape(shape, err));
  if (!rf_hc_bound(params, shape, &room))
    return rf_fail(err, RF_ERR_ARGUMENT, "HCOMPRESS_1: a tile of %zu rows of %zu values of %u bytes is impossible",
                   shape->rows, shape->columns, shape->width);
  if (params->scale < 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "HCOMPRESS_1: the scale %d is negative", params->scale);
  work w = {
      .rows = shape->rows,
      .columns = shape->columns,
      .count = shape->count,
      .depth = rf_hc_log2(shape->rows > shape->columns ? shape->rows : shape->columns),
      .width = shape->width,
      .scale = params->scale,
  };
  w.narrow = is_narrow(max_of(shape, values), w.depth, w.scale);
  scratch s;
  if (!scratch_open(&s, &w))
    return rf_fail(err, RF_ERR_MEMORY, "HCOMPRESS_1: cannot allocate memory for a tile of %zu values", shape->count);
  *used = write_stream(&w, &s, values, out);
  rf_free(s.block);
  return RF_OK;
}
