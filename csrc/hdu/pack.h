/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From one file into another: copies of HDUs, compressed and uncompressed ones; and what of that checksums need.
 */
#ifndef RF_HDU_PACK_H
#define RF_HDU_PACK_H

#include "file/file.h"

/* ---- hdu/copy.c ---- */

/* Appends something made of HDU `index` of `from` to `to`. Locks are held: of `from` at least the shared one, of `to`
 * the exclusive one. */
typedef rf_status rf_pair_step(const void *context, rf_file *from, size_t index, rf_file *to, size_t *new_index,
                               bool *written, rf_error *err);

/* The public calls around such a step, which begins an HDU (rf_file_append_begin_locked) and gives it its data. `from`
 * is flushed first, so that nothing unfinished is copied. Behind the step the HDU is published; when it fails, it is
 * taken off again. RF_ERR_ARGUMENT when the files are the same. new_index may be NULL. */
rf_status rf_pair_call(rf_pair_step *step, const void *context, rf_file *from, size_t index, rf_file *to,
                       size_t *new_index, rf_error *err);

/* The step of rf_hdu_copy. */
rf_status rf_copy_locked(rf_file *from, size_t index, rf_file *to, size_t *new_index, bool *written, rf_error *err);

/* Bytes of a header beyond what its cards need: blocks kept for cards to come. */
uint64_t rf_header_spare(const rf_hdu *hdu, const rf_header *header);

/* ---- tiled/image/edit/pack.c: steps, too ---- */

rf_status rf_image_pack_locked(rf_file *from, size_t index, rf_file *to, const rf_compression *compression,
                               size_t *new_index, bool *written, rf_error *err);
rf_status rf_image_unpack_locked(rf_file *from, size_t index, rf_file *to, size_t *new_index, bool *written,
                                 rf_error *err);

/* ---- tiled/image/edit/blocks.c: the pixels of an image in blocks of whole tiles, so that memory is bounded ---- */

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
typedef struct rf_run {
  uint64_t element; /* in the image */
  uint64_t inner;   /* in the block */
  uint64_t count;
} rf_run;
/* Number i (from 0) of the block; false past the last. */
bool rf_blocks_run(const rf_blocks *blocks, uint64_t i, rf_run *run);

/* ---- hdu/tiled_checksum.c: sums of what a compressed HDU stands for ---- */

/* Do the sums of the uncompressed data have to be right? Not where compression has changed them. */
rf_status rf_tiled_sum_applies(rf_file *file, size_t index, bool *applies, rf_error *err);

/* Ones-complement sum of the data unit of the HDU that `index` stands for; *nan (may be NULL): has it pixels that are
 * NaN? `lock` held either way. */
rf_status rf_tiled_sum_data(rf_file *file, size_t index, uint32_t *sum, bool *nan, rf_error *err);

/* Continues `sum` by that of the header that the HDU with the raw header `header` stands for. */
rf_status rf_tiled_sum_header(const rf_hdu *hdu, const rf_header *header, uint32_t *sum, rf_error *err);

/* ---- checksum.c ---- */

/* rf_hdu_add_checksum under the exclusive lock, for an HDU that has been written just now: its own sums only, and blank
 * cards stay. */
rf_status rf_checksum_own_locked(rf_file *file, size_t index, bool with_checksum, bool *written, rf_error *err);

#endif
