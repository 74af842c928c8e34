/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Divides an image into blocks: whole along the fast axes as far as memory goes, tile by tile along the others. No
 * tile is in two blocks.
 */
#include "tiled/image/edit/blocks.h"

#include <string.h>

#include "base/memory.h"
#include "file/hdu.h"

/* Computes the lengths of a block: those of a tile, then as much more as `most` elements allow, the fastest axis first.
 */
static uint64_t choose_steps(rf_blocks *b, const uint64_t *tile, uint64_t most) {
  uint64_t elements = 1;
  for (int d = 0; d < b->naxis; d++) {
    b->step[d] = tile[d] < b->axes[d] ? tile[d] : b->axes[d];
    elements *= b->step[d]; /* a tile fits memory: its maker checked */
  }
  if (elements == 0)
    return 0;
  for (int d = 0; d < b->naxis; d++) {
    uint64_t others = elements / b->step[d], along = most / others;
    if (along < b->axes[d]) {
      along -= along % b->step[d];
      if (along > b->step[d]) {
        elements = others * along;
        b->step[d] = along;
      }
      break;
    }
    elements = others * b->axes[d];
    b->step[d] = b->axes[d];
  }
  return elements;
}

rf_status rf_blocks_begin(rf_blocks *blocks, const rf_hdu *image, const uint64_t *tile, uint64_t bytes, rf_error *err) {
  size_t n = image->naxis > 0 ? (size_t)image->naxis : 1;
  unsigned width = (unsigned)(image->bitpix < 0 ? -image->bitpix : image->bitpix) / 8;
  memset(blocks, 0, sizeof *blocks);
  blocks->naxis = image->naxis;
  blocks->axes = image->axes;
  blocks->step = rf_alloc_zero(3 * n, sizeof *blocks->step);
  blocks->section = rf_alloc_zero(n, sizeof *blocks->section);
  if (blocks->step == NULL || blocks->section == NULL) {
    rf_blocks_end(blocks);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the lengths of %d axes", image->naxis);
  }
  blocks->first = blocks->step + n;
  blocks->count = blocks->first + n;
  blocks->most = choose_steps(blocks, tile, bytes / width);
  return RF_OK;
}

void rf_blocks_end(rf_blocks *blocks) {
  rf_free(blocks->step);
  rf_free(blocks->section);
  blocks->step = NULL;
  blocks->section = NULL;
}

bool rf_blocks_next(rf_blocks *blocks) {
  int d = 0;
  if (blocks->most == 0)
    return false;
  if (blocks->elements > 0) { /* not the first one */
    for (; d < blocks->naxis; d++) {
      blocks->first[d] += blocks->step[d];
      if (blocks->first[d] < blocks->axes[d])
        break;
      blocks->first[d] = 0;
    }
    if (d == blocks->naxis)
      return false;
  }
  blocks->elements = 1;
  for (d = 0; d < blocks->naxis; d++) {
    uint64_t left = blocks->axes[d] - blocks->first[d];
    blocks->count[d] = left < blocks->step[d] ? left : blocks->step[d];
    blocks->elements *= blocks->count[d];
    blocks->section[blocks->naxis - 1 - d] = (rf_axis){(int64_t)blocks->first[d], 1, blocks->count[d], NULL};
  }
  return true;
}

/* Gets the number of fast axes of a run, and its length. */
static int run_axes(const rf_blocks *b, uint64_t *length) {
  int d = 0;
  *length = 1;
  do
    *length *= b->count[d];
  while (b->count[d] == b->axes[d] && ++d < b->naxis);
  return d < b->naxis ? d + 1 : d;
}

bool rf_blocks_run(const rf_blocks *blocks, uint64_t i, rf_block_run *run) {
  int d = run_axes(blocks, &run->count);
  if (run->count == 0 || i >= blocks->elements / run->count)
    return false;
  run->inner = i * run->count;
  run->element = 0;
  uint64_t stride = 1;
  for (int k = 0; k < blocks->naxis; k++) {
    uint64_t at = blocks->first[k];
    if (k >= d) { /* the slow axes, which number the runs */
      at += i % blocks->count[k];
      i /= blocks->count[k];
    }
    run->element += at * stride;
    stride *= blocks->axes[k];
  }
  return true;
}
