/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Definitions of both directions of HCOMPRESS_1 (FITS 10.4.4): the layout of the stream, and quadtrees as bitmaps.
 *
 * The coefficients of the H-transform lie in four quadrants, the mean ones first; each quadrant is written bit plane by
 * bit plane, from the top. A plane is a quadtree: each node says in four bits which of its 2 x 2 children are not
 * empty, and the nodes of the last level say which of 2 x 2 coefficients have the bit. Here a level of the tree is a
 * bitmap of the nodes that are not empty, level 0 the plane itself, so that a whole word of empty ones costs one test
 * and a plane that was written directly is moved 16 nodes at a time.
 */
#ifndef RF_CODEC_HCOMPRESS_HCOMPRESS_H
#define RF_CODEC_HCOMPRESS_HCOMPRESS_H

#include "codec/codec.h"

#define RF_HC_MAGIC_0 0xDD
#define RF_HC_MAGIC_1 0x99
/* Bytes before the coded planes: magic, rows, columns, scale (32 bits each), sum (64 bits), planes of 3 quadrants. */
#define RF_HC_HEADER 25
/* What a plane begins with: its nodes in order, or a quadtree. */
#define RF_HC_DIRECT 0x0u
#define RF_HC_TREE 0xFu
/* More cannot come of 32-bit pixels in a tile that fits any memory. */
#define RF_HC_MAX_PLANES 60u
/* Levels of the largest quadtree, that of 2^31 - 1 rows or columns. */
#define RF_HC_LEVELS 33
/* Planes that are turned into bytes of the coefficients, or made from them, at a time. */
#define RF_HC_GROUP 8

/* Bits of rows * columns nodes: row after row, each in `stride` words, the first node in the top bit. Rows come in
 * pairs and words in pairs, so that the level above may look at whole 2 x 2 blocks. */
typedef struct rf_hc_map {
  uint64_t *bits;
  size_t rows;
  size_t columns;
  size_t words;  /* of a row, with something in them */
  size_t stride; /* even */
  uint64_t last; /* the bits of the last word that are nodes */
} rf_hc_map;

/* level[0] is the plane in work; level[depth] is one node. */
typedef struct rf_hc_tree {
  unsigned depth;
  rf_hc_map level[RF_HC_LEVELS];
  uint64_t *plane[RF_HC_GROUP]; /* bits of level 0, the highest plane of the group first */
} rf_hc_tree;

/* ceil(log2(n)), 0 for 0. */
static inline unsigned rf_hc_log2(size_t n) {
  unsigned k = 0;
  while (k < 63 && ((uint64_t)1 << k) < n)
    k++;
  return k;
}

/* Checks that a tile has rows * columns values, and that the integers of the stream can count them. RF_ERR_ARGUMENT. */
rf_status rf_hc_check_shape(const rf_tile_shape *shape, rf_error *err);

/* Words that a tree over rows * columns takes. */
size_t rf_hc_tree_words(size_t rows, size_t columns);

/* Lays out a tree over rows * columns in `words`, of which there are rf_hc_tree_words(). */
void rf_hc_tree_lay(rf_hc_tree *tree, size_t rows, size_t columns, uint64_t *words);

/* Eight planes of 64 coefficients each, the highest plane first and the first coefficient in the top bit, to the
 * coefficients' bytes, eight in a word, the first in the top byte; and back. */
void rf_hc_planes_to_bytes(uint64_t w[RF_HC_GROUP]);
void rf_hc_bytes_to_planes(uint64_t w[RF_HC_GROUP]);

/* The two directions of the codec in rf_tile_hcompress_1 (codec/hcompress/hcompress.c). */
bool rf_hc_bound(const rf_tile_params *params, const rf_tile_shape *shape, size_t *bytes);
rf_status rf_hc_encode(const rf_tile_params *params, const rf_tile_shape *shape, const void *values, uint8_t *out,
                       size_t *used, rf_error *err);
rf_status rf_hc_decode(const rf_tile_params *params, const rf_tile_shape *shape, const uint8_t *in, size_t n,
                       void *values, unsigned *width, rf_error *err);

/* Memory that rf_hc_decode takes beside the values, in bytes, whatever the stream says. */
uint64_t rf_hc_scratch(const rf_tile_shape *shape);

#endif
