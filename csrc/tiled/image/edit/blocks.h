/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The pixels of an image in blocks of whole tiles, so that memory is bounded.
 */
#ifndef RF_TILED_IMAGE_EDIT_BLOCKS_H
#define RF_TILED_IMAGE_EDIT_BLOCKS_H

#include "file/file.h"

typedef struct rf_blocks {
  int naxis;
  const uint64_t *axes; /* NAXIS1 first, as all here */
  uint64_t *step;       /* lengths of a block that is not at an edge */
  uint64_t *first;      /* of the block at hand */
  uint64_t *count;
  uint64_t elements; /* of the block */
  uint64_t most;     /* of any block; 0: the image has no pixels, and there are no blocks */
  rf_axis *section;  /* the block, as rf_image_read takes it */
} rf_blocks;

/* Blocks of about `bytes` bytes, and of a tile at least. */
rf_status rf_blocks_begin(rf_blocks *blocks, const rf_hdu *image, const uint64_t *tile, uint64_t bytes, rf_error *err);
void rf_blocks_end(rf_blocks *blocks);
/* The first block, and the next one; false when there is none. */
bool rf_blocks_next(rf_blocks *blocks);

/* Elements of a block that lie one behind the other in the image, too. */
typedef struct rf_block_run {
  uint64_t element; /* in the image */
  uint64_t inner;   /* in the block */
  uint64_t count;
} rf_block_run;
/* Number i (from 0) of the block; false past the last. */
bool rf_blocks_run(const rf_blocks *blocks, uint64_t i, rf_block_run *run);

#endif
