/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Checksums of what is in the tiles of a compressed HDU. Pixels are summed block by block as they are decoded: the
 * order of 32-bit words does not matter to the sum.
 */
#include "tiled/checksum.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "file/access.h"
#include "file/file.h"
#include "file/hdu.h"
#include "file/unpublished.h"
#include "header/header.h"
#include "store/store.h"
#include "tiled/image/edit/blocks.h"
#include "tiled/image/image.h"
#include "tiled/image/read.h"
#include "tiled/table/edit/unpack.h"
#include "value/convert.h"
#include "value/dtype.h"

/* Bytes of pixels in memory at a time, where a tile is no larger. */
#define BLOCK_BYTES ((uint64_t)16 << 20)

rf_status rf_tiled_image_is_lossless(rf_file *file, rf_hdu *hdu, bool *lossless, rf_error *err) {
  rf_tiled_image *tiled_image;
  RF_TRY(rf_tiled_image_get(file, hdu, &tiled_image, err));
  bool divided =
      tiled_image->codec->type == RF_Z_HCOMPRESS_1 && tiled_image->hcomp_scale != 0 && tiled_image->hcomp_scale != 1.0;
  *lossless = !tiled_image->quantized && !divided;
  return RF_OK;
}

/* ---- data ---- */

/* Bytes that begin or end within a word count with zeros around them. */
static uint32_t sum_bytes(uint64_t offset, const uint8_t *bytes, size_t n, uint32_t sum) {
  size_t phase = (size_t)(offset % 4), head = phase > 0 ? 4 - phase : 0, tail;
  uint8_t word[4] = {0};
  head = head < n ? head : n;
  if (head > 0) {
    memcpy(word + phase, bytes, head);
    sum = rf_sum32(word, 4, sum);
  }
  tail = (n - head) % 4;
  sum = rf_sum32(bytes + head, n - head - tail, sum);
  if (tail > 0) {
    memset(word, 0, sizeof word);
    memcpy(word, bytes + n - tail, tail);
    sum = rf_sum32(word, 4, sum);
  }
  return sum;
}

static bool has_nan(const uint8_t *pixels, uint64_t count, rf_dtype type) {
  bool found = false;
  for (uint64_t i = 0; i < count && type == RF_F32; i++) {
    float value;
    memcpy(&value, pixels + i * sizeof value, sizeof value);
    found |= value != value;
  }
  for (uint64_t i = 0; i < count && type == RF_F64; i++) {
    double value;
    memcpy(&value, pixels + i * sizeof value, sizeof value);
    found |= value != value;
  }
  return found;
}

static rf_status sum_blocks(rf_file *file, rf_hdu *hdu, const rf_tiled_image *tiled_image, rf_blocks *blocks,
                            uint8_t *pixels, uint32_t *sum, bool *nan, rf_error *err) {
  rf_dtype type = rf_convert_stored_type(tiled_image->image.bitpix);
  unsigned width = (unsigned)rf_pixel_bytes(type);
  while (rf_blocks_next(blocks)) {
    rf_block_run run;
    const rf_image_request request = {.size = sizeof request,
                                      .section = blocks->section,
                                      .dtype = type,
                                      .flags = RF_IMAGE_RAW,
                                      .data = pixels,
                                      .data_bytes = blocks->elements * width};
    RF_TRY(rf_tiled_image_read(file, hdu, &request, err));
    if (nan != NULL && !*nan)
      *nan = has_nan(pixels, blocks->elements, type);
    rf_swap_copy(pixels, pixels, (size_t)blocks->elements, width);
    for (uint64_t i = 0; rf_blocks_run(blocks, i, &run); i++)
      *sum = sum_bytes(run.element * width, pixels + (size_t)run.inner * width, (size_t)run.count * width, *sum);
  }
  return RF_OK;
}

rf_status rf_tiled_image_sum(rf_file *file, rf_hdu *hdu, uint32_t *sum, bool *nan, rf_error *err) {
  rf_tiled_image *tiled_image;
  rf_blocks blocks;
  size_t bytes;
  *sum = 0;
  if (nan != NULL)
    *nan = false;
  RF_TRY(rf_tiled_image_get(file, hdu, &tiled_image, err));
  for (int d = 0; d < tiled_image->image.naxis; d++)
    if (tiled_image->image.axes[d] == 0)
      return RF_OK;
  if (tiled_image->image.naxis == 0)
    return RF_OK;
  unsigned width = (unsigned)rf_pixel_bytes(rf_convert_stored_type(tiled_image->image.bitpix));
  RF_TRY(rf_blocks_begin(&blocks, &tiled_image->image, tiled_image->tile, BLOCK_BYTES, err));
  uint64_t limit = file->limits.tile_bytes, block_bytes = UINT64_MAX;
  uint8_t *pixels = NULL;
  rf_status status = RF_OK;
  if (!rf_mul_u64(blocks.most, width, &block_bytes) || block_bytes > limit)
    status = rf_fail(err, RF_ERR_LIMIT,
                     "the checksum of tiles of %" PRIu64 " pixels takes more memory than the limit of %" PRIu64
                     " bytes (rf_limits.tile_bytes, from Python max_tile_bytes)",
                     blocks.most, limit);
  else if (!rf_to_size(block_bytes, &bytes) || (pixels = rf_alloc(bytes)) == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " bytes for pixels", block_bytes);
  else
    status = sum_blocks(file, hdu, tiled_image, &blocks, pixels, sum, nan, err);
  rf_free(pixels);
  rf_blocks_end(&blocks);
  return status;
}

/* Fields, gap and cells of a table may overlap, so the whole table is made in memory. */
rf_status rf_tiled_table_sum(rf_file *file, rf_hdu *hdu, uint32_t *sum, bool *nan, rf_error *err) {
  rf_file *whole;
  rf_error why;
  size_t made = 0;
  bool written;
  *sum = 0;
  if (nan != NULL)
    *nan = false;
  RF_TRY(rf_file_open_with(file->kinds, "mem://", RF_MODE_CREATE, &file->options, &whole, &why) == RF_OK
             ? RF_OK
             : rf_fail(err, why.code, "%s", why.message));
  rf_status status = rf_file_begin_write(whole, err);
  if (status == RF_OK) {
    status = rf_tiled_table_unpack(file, hdu, whole, NULL, &made, &written, err);
    if (status == RF_OK)
      status = rf_file_append_commit_locked(whole, err);
    if (status == RF_OK) {
      const rf_hdu *plain = whole->hdus[made];
      uint64_t padded = plain->data_bytes;
      const uint8_t *bytes = NULL;
      size_t n = 0;
      bool fits = rf_block_ceil(plain->data_bytes, &padded) && rf_to_size(padded, &n);
      status = !fits    ? rf_fail(err, RF_ERR_MEMORY, "the table does not fit into memory")
               : n == 0 ? RF_OK
                        : rf_store_peek(whole->store, plain->data_offset, n, &bytes, err);
      if (status == RF_OK)
        *sum = rf_sum32(bytes, n, *sum);
    }
    rf_file_end_write(whole, RF_OK, false);
  }
  rf_status closed = rf_file_free(whole, NULL);
  return status == RF_OK ? closed : status;
}
