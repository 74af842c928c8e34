/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A section of a compressed image as parts of tiles: the tiles it touches, and the place of their pixels in the
 * caller's array. Pure arithmetic, for reading and writing.
 */
#ifndef RF_TILED_IMAGE_SECTION_H
#define RF_TILED_IMAGE_SECTION_H

#include "tiled/image/image.h"

/* Axes of one pixel are dropped, and the product of the others fits 64 bits. */
#define RF_TILE_PART_DIMS 64

/* One axis of a section. Positions count along this axis of the caller's array. */
typedef struct rf_tile_axis {
  uint64_t count;   /* positions */
  uint64_t touched; /* tiles along this axis with at least one position */
  uint64_t tile;    /* length of a tile */
  uint64_t low;     /* steps: the lowest pixel, and the distance to the next */
  uint64_t step;
  bool down;               /* position 0 is the highest pixel */
  const uint64_t *indices; /* pixel of each position, NULL: steps */
  uint64_t *order;         /* indices: positions sorted by tile; */
  uint64_t *first;         /* where the positions of touched tile i begin in `order`, and the end */
} rf_tile_axis;

typedef struct rf_tile_section {
  const rf_tiled_image *tiled_image;
  uint64_t count;     /* pixels */
  uint64_t touched;   /* tiles */
  rf_tile_axis *axes; /* NAXIS1 first; points at small_axes or at memory of its own */
  rf_tile_axis small_axes[4];
} rf_tile_section;

/* Checks `axes` (as for rf_image_read(), NULL: the whole image) against the image. Index lists are borrowed.
 * RF_ERR_RANGE, RF_ERR_ARGUMENT, RF_ERR_LIMIT, RF_ERR_MEMORY. */
rf_status rf_tile_section_init(rf_tile_section *section, const rf_tiled_image *tiled_image, const rf_axis *axes,
                               rf_error *err);
void rf_tile_section_free(rf_tile_section *section);

/* Returns the number of touched tile `i`, which is below section->touched. Numbers ascend with i. */
uint64_t rf_tile_section_tile(const rf_tile_section *section, uint64_t i);

/* The pixels of a tile along one dimension. */
typedef struct rf_tile_part_dim {
  uint64_t count;
  int64_t array_step; /* elements of the array from one pixel to the next, or per position */
  int64_t tile_step;  /* elements of the tile likewise, or per pixel */
  const uint64_t *order;
  const uint64_t
      *indices; /* not NULL: pixel k is at position order[k] of the array, indices[order[k]] - low of the tile */
  uint64_t low;
} rf_tile_part_dim;

/* The part of one tile in a section. */
typedef struct rf_tile_part {
  uint64_t tile;
  uint64_t count; /* pixels */
  bool whole;     /* all pixels of the tile */
  uint64_t array; /* element of the array and of the tile where all positions are 0 */
  uint64_t element;
  int ndim; /* contiguous dimensions are merged; dims[0] always exists */
  rf_tile_part_dim dims[RF_TILE_PART_DIMS];
} rf_tile_part;

/* Gets the part of touched tile `i`. */
void rf_tile_section_part(const rf_tile_section *section, uint64_t i, rf_tile_part *part);

/* Iterates over the rows of a part, along dims[0]. */
typedef struct rf_tile_part_iter {
  const rf_tile_part *part;
  bool done;
  uint64_t array;   /* of the row, where its position or index is 0 */
  uint64_t element; /* modulo 2^64 */
  uint64_t position[RF_TILE_PART_DIMS];
} rf_tile_part_iter;

/* Begins before the first row of `part`. */
void rf_tile_part_begin(rf_tile_part_iter *iter, const rf_tile_part *part);
/* Gets the next row. Returns false at the end. */
bool rf_tile_part_next(rf_tile_part_iter *iter, uint64_t *array, uint64_t *element);

/* Gets the offsets of pixel k along a dimension, from its position 0. */
static inline void rf_tile_part_offsets(const rf_tile_part_dim *dim, uint64_t k, uint64_t *array, uint64_t *element) {
  uint64_t position = dim->order != NULL ? dim->order[k] : k;
  uint64_t pixel = dim->order != NULL ? dim->indices[position] - dim->low : k;
  *array = position * (uint64_t)dim->array_step;
  *element = pixel * (uint64_t)dim->tile_step;
}

#endif
