/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The pixels of an image in blocks of whole tiles, so that memory is bounded.
 */
#ifndef RF_TILED_IMAGE_EDIT_BLOCKS_H
#define RF_TILED_IMAGE_EDIT_BLOCKS_H

#include "file/file.h"

typedef struct rf_blocks {
  int naxis;
  const uint64_t *axes; /* NAXIS1 first, like all lists here */
  uint64_t *step;       /* lengths of a block not at an edge */
  uint64_t *first;      /* first element of the present block */
  uint64_t *count;
  uint64_t elements; /* of the block */
  uint64_t most;     /* largest number of elements of a block; 0: the image has no pixels, and there are no blocks */
  rf_axis *section;  /* the block as a section of rf_image_read() */
} rf_blocks;

/* Begins blocks of about `bytes` bytes, at least one tile each. */
rf_status rf_blocks_begin(rf_blocks *blocks, const rf_hdu *image, const uint64_t *tile, uint64_t bytes, rf_error *err);
void rf_blocks_end(rf_blocks *blocks);
/* Goes to the first block, or the next one. Returns false at the end. */
bool rf_blocks_next(rf_blocks *blocks);

/* Elements that are contiguous in the block and in the image. */
typedef struct rf_block_run {
  uint64_t element; /* in the image */
  uint64_t inner;   /* in the block */
  uint64_t count;
} rf_block_run;
/* Gets run i (from 0) of the block. Returns false after the last one. */
bool rf_blocks_run(const rf_blocks *blocks, uint64_t i, rf_block_run *run);

#endif
