/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HCOMPRESS_1 (FITS 10.4.4): the row of the codec table, and the bitmaps that both directions work on.
 */
#include "codec/hcompress/hcompress.h"

#include "base/bytes.h"

const rf_tile_codec rf_tile_hcompress_1 = {
    .type = RF_Z_HCOMPRESS_1,
    .name = "HCOMPRESS_1",
    .flags = RF_TILE_INTEGERS | RF_TILE_PLANE,
    .bound = rf_hc_bound,
    .encode = rf_hc_encode,
    .decode = rf_hc_decode,
    .scratch = rf_hc_scratch,
};

rf_status rf_hc_check_shape(const rf_tile_shape *shape, rf_error *err) {
  size_t rows = shape->rows, columns = shape->columns;
  if (rows == 0 || columns == 0 || columns > INT32_MAX / rows || shape->count != rows * columns)
    return rf_fail(err, RF_ERR_ARGUMENT, "HCOMPRESS_1: a tile cannot have %zu values in %zu rows of %zu", shape->count,
                   rows, columns);
  return RF_OK;
}

/* ---- bitmaps ---- */

static void lay_map(rf_hc_map *map, size_t rows, size_t columns, uint64_t *bits) {
  map->bits = bits;
  map->rows = rows;
  map->columns = columns;
  map->words = (columns + 63) / 64;
  map->stride = (columns + 127) / 128 * 2;
  map->last = columns % 64 == 0 ? ~UINT64_C(0) : ~(~UINT64_C(0) >> columns % 64);
}

static size_t map_words(const rf_hc_map *map) {
  return (map->rows + 1) / 2 * 2 * map->stride;
}

size_t rf_hc_tree_words(size_t rows, size_t columns) {
  rf_hc_tree tree;
  rf_hc_tree_lay(&tree, rows, columns, NULL);
  size_t words = map_words(&tree.level[0]) * RF_HC_GROUP;
  for (unsigned k = 1; k <= tree.depth; k++)
    words += map_words(&tree.level[k]);
  return words;
}

void rf_hc_tree_lay(rf_hc_tree *tree, size_t rows, size_t columns, uint64_t *words) {
  size_t at = 0;
  unsigned depth = rf_hc_log2(rows > columns ? rows : columns);
  tree->depth = depth > 0 ? depth : 1;
  for (unsigned k = 0; k <= tree->depth; k++) {
    rf_hc_map *map = &tree->level[k];
    lay_map(map, rows, columns, words == NULL ? NULL : words + at);
    at += map_words(map);
    rows = (rows + 1) / 2;
    columns = (columns + 1) / 2;
  }
  tree->plane[0] = tree->level[0].bits;
  for (unsigned p = 1; p < RF_HC_GROUP; p++) {
    tree->plane[p] = words == NULL ? NULL : words + at;
    at += map_words(&tree->level[0]);
  }
}

/* ---- transpositions ---- */

/* Exchanges the index of a word among eight with that of a byte in it. */
static inline void exchange_words_and_bytes(uint64_t w[RF_HC_GROUP]) {
  for (unsigned i = 0; i < 4; i++) {
    uint64_t t = (w[i] ^ w[i + 4] >> 32) & UINT64_C(0x00000000FFFFFFFF);
    w[i] ^= t;
    w[i + 4] ^= t << 32;
  }
  for (unsigned k = 0; k < 4; k++) {
    unsigned i = k / 2 * 4 + k % 2;
    uint64_t t = (w[i] ^ w[i + 2] >> 16) & UINT64_C(0x0000FFFF0000FFFF);
    w[i] ^= t;
    w[i + 2] ^= t << 16;
  }
  for (unsigned i = 0; i < 8; i += 2) {
    uint64_t t = (w[i] ^ w[i + 1] >> 8) & UINT64_C(0x00FF00FF00FF00FF);
    w[i] ^= t;
    w[i + 1] ^= t << 8;
  }
}

/* Exchanges the index of a byte in each word with that of a bit in it. */
static inline void exchange_bytes_and_bits(uint64_t w[RF_HC_GROUP]) {
  for (unsigned i = 0; i < RF_HC_GROUP; i++) {
    uint64_t x = w[i];
    uint64_t t = (x ^ x >> 7) & UINT64_C(0x00AA00AA00AA00AA);
    x ^= t ^ t << 7;
    t = (x ^ x >> 14) & UINT64_C(0x0000CCCC0000CCCC);
    x ^= t ^ t << 14;
    t = (x ^ x >> 28) & UINT64_C(0x00000000F0F0F0F0);
    w[i] = x ^ t ^ t << 28;
  }
}

void rf_hc_planes_to_bytes(uint64_t w[RF_HC_GROUP]) {
  exchange_words_and_bytes(w);
  exchange_bytes_and_bits(w);
}

void rf_hc_bytes_to_planes(uint64_t w[RF_HC_GROUP]) {
  exchange_bytes_and_bits(w);
  exchange_words_and_bytes(w);
}
