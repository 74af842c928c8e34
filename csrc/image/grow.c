/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Plain images whose axes become longer. Each pixel keeps its position along every axis. If an inner axis grows, the
 * rows move apart: in blocks that are laid out alike, or one by one from the last to the first. Pixels, new pixels and
 * the new NAXISn are one edit: a reader finds the image before it or after it.
 */
#include "image/grow.h"

#include <inttypes.h>

#include "base/memory.h"
#include "file/access.h"
#include "file/layout.h"
#include "file/rewrite.h"
#include "image/reshape.h"
#include "image/spec.h"
#include "image/write.h"
#include "store/trailer/edit.h"

/* Larger blocks move row by row. Blocks are the rows of rf_rows_rewrite(), which keeps some of them in memory. */
#define MAX_BLOCK_BYTES ((uint64_t)1 << 20)
/* The most rows that an edit moves one by one: it remembers the place of each. */
#define MAX_MOVES ((uint64_t)1 << 20)

/* ---- checks ---- */

rf_status rf_plain_image_check_whole(rf_file *file, const rf_hdu *hdu, rf_error *err) {
  uint64_t size, pixels = rf_section_image_count(hdu), width = rf_pixel_bytes(rf_convert_stored_type(hdu->bitpix));
  if (hdu->data_bytes != pixels * width)
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   "PCOUNT = %" PRId64 " and GCOUNT = %" PRId64
                   ", expected 0 and 1: an image with other data than pixels cannot change its size",
                   hdu->pcount, hdu->gcount);
  RF_TRY(rf_file_size_locked(file, &size, err));
  if (size < hdu->data_offset || size - hdu->data_offset < hdu->data_bytes)
    return rf_fail(err, RF_ERR_TRUNCATED, "the data unit is cut short: its size cannot change");
  return RF_OK;
}

static rf_status check_axes(const rf_hdu *image, const uint64_t *axes, int naxis, rf_error *err) {
  uint64_t bytes = rf_pixel_bytes(rf_convert_stored_type(image->bitpix));
  if (naxis < 1 || (image->naxis > 0 && image->naxis != naxis))
    return rf_fail(err, RF_ERR_ARGUMENT, "naxis = %d, expected %d", naxis, image->naxis > 0 ? image->naxis : 1);
  for (int k = 0; k < naxis; k++) {
    uint64_t old = image->naxis > 0 ? image->axes[naxis - 1 - k] : 0;
    if (axes[k] < old)
      return rf_fail(err, RF_ERR_ARGUMENT, "axis %d has %" PRIu64 " elements and cannot shrink to %" PRIu64, k, old,
                     axes[k]);
    if (axes[k] > INT64_MAX)
      return rf_fail(err, RF_ERR_LIMIT, "axis %d is too long for a header", k);
  }
  for (int k = 0; k < naxis; k++)
    if ((axes[k] != 0 && !rf_mul_u64(bytes, axes[k], &bytes)) || bytes > INT64_MAX - RF_BLOCK_BYTES)
      return rf_fail(err, RF_ERR_LIMIT, "the image has more bytes than a file can hold");
  return RF_OK;
}

rf_status rf_image_get_grown(const rf_hdu *image, const uint64_t *axes, int naxis, rf_hdu *grown, rf_error *err) {
  RF_TRY(check_axes(image, axes, naxis, err));
  *grown = *image;
  grown->naxis = naxis;
  grown->axes = rf_alloc_zero((size_t)naxis, sizeof *grown->axes);
  if (grown->axes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the lengths of %d axes", naxis);
  for (int k = 0; k < naxis; k++)
    grown->axes[k] = axes[naxis - 1 - k];
  return RF_OK;
}

/* ---- moving rows apart ---- */

static rf_status fill_zero(rf_store *store, uint64_t from, uint64_t to, rf_error *err) {
  return from >= to ? RF_OK : rf_store_fill(store, from, to - from, 0, err);
}

/* Old pixels in their new places. A row is the longest run of old pixels that stay together. Blocks are rows whose new
 * places repeat from block to block. Axes count from the fastest. */
typedef struct layout {
  const rf_hdu *old;
  const rf_hdu *grown;
  unsigned width; /* bytes of a pixel */
  int inner;      /* the fastest axis that grows */
  int outer;      /* the slowest one but for the last axis */
  uint64_t row_bytes;
  uint64_t rows;                 /* of a block */
  uint64_t blocks;               /* 0: no pixel moves */
  uint64_t old_bytes, new_bytes; /* of a block */
} layout;

static layout plan_layout(const rf_hdu *old, const rf_hdu *grown) {
  layout l = {.old = old, .grown = grown, .width = rf_pixel_bytes(rf_convert_stored_type(old->bitpix)), .inner = -1};
  for (int i = 0; i < old->naxis - 1; i++)
    if (old->axes[i] != grown->axes[i]) {
      l.inner = l.inner < 0 ? i : l.inner;
      l.outer = i;
    }
  if (l.inner < 0 || rf_section_image_count(old) == 0)
    return l;
  l.row_bytes = l.new_bytes = l.width;
  l.rows = l.blocks = 1;
  for (int i = 0; i < old->naxis; i++) {
    if (i <= l.inner)
      l.row_bytes *= old->axes[i];
    else if (i <= l.outer)
      l.rows *= old->axes[i];
    else
      l.blocks *= old->axes[i];
    if (i <= l.outer)
      l.new_bytes *= grown->axes[i];
  }
  l.old_bytes = l.row_bytes * l.rows;
  if (l.rows * l.blocks == 1)
    l.blocks = 0;
  return l;
}

/* Returns the new offset of a row, counted through all blocks. */
static uint64_t row_offset(const layout *l, uint64_t row) {
  uint64_t stride = l->width, offset = 0;
  for (int i = 0; i < l->old->naxis; i++) {
    if (i > l->inner) {
      offset += row % l->old->axes[i] * stride;
      row /= l->old->axes[i];
    }
    stride *= l->grown->axes[i];
  }
  return offset;
}

static rf_status move_blocks(const layout *l, rf_store *store, uint64_t data, rf_error *err) {
  size_t count;
  rf_row_part *parts = NULL;
  if (rf_to_size(2 * l->rows, &count)) /* a block has at most MAX_BLOCK_BYTES */
    parts = rf_alloc_zero(count, sizeof *parts);
  if (parts == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the places of %" PRIu64 " rows", l->rows);
  for (uint64_t i = 0; i < l->rows; i++) {
    uint64_t to = row_offset(l, i), end = i + 1 < l->rows ? row_offset(l, i + 1) : l->new_bytes;
    parts[2 * i] = (rf_row_part){RF_ROW_COPY, i * l->row_bytes, to, l->row_bytes};
    parts[2 * i + 1] = (rf_row_part){RF_ROW_BLANK, 0, to + l->row_bytes, end - to - l->row_bytes};
  }
  rf_status status = rf_rows_rewrite(store, data, l->blocks, l->old_bytes, l->new_bytes, parts, count, 0, err);
  rf_free(parts);
  return status;
}

static rf_status move_rows(const layout *l, rf_store *store, uint64_t data, rf_error *err) {
  uint64_t end = l->blocks * l->new_bytes;
  if (rf_edit_of(store) != NULL && l->rows * l->blocks > MAX_MOVES)
    return rf_fail(err, RF_ERR_LIMIT,
                   "several axes of an image of so many rows cannot grow in one step: let axis %d grow first",
                   l->old->naxis - 1 - l->inner);
  for (uint64_t i = l->rows * l->blocks; i-- > 0;) {
    uint64_t to = row_offset(l, i), gap = to + l->row_bytes;
    RF_TRY(rf_store_move(store, data + i * l->row_bytes, data + to, l->row_bytes, err));
    RF_TRY(fill_zero(store, data + gap, data + end, err));
    end = to;
  }
  return RF_OK;
}

/* ---- growing ---- */

typedef struct growth {
  layout layout;
  const rf_image_request *pixels; /* NULL: none */
  const rf_convert *convert;
  rf_section *section;
  uint64_t new_bytes; /* of the data unit */
} growth;

static rf_status put_pixels(void *context, rf_store *store, uint64_t data, rf_error *err) {
  const growth *g = context;
  const layout *l = &g->layout;
  bool written = true;
  uint64_t old_bytes = l->old->data_bytes, more = g->new_bytes - old_bytes;
  if (l->blocks == 0) /* what the file has in the padding is no pixel */
    RF_TRY(fill_zero(store, data + old_bytes, data + old_bytes + (more < RF_BLOCK_BYTES ? more : RF_BLOCK_BYTES), err));
  else if (l->new_bytes <= MAX_BLOCK_BYTES)
    RF_TRY(move_blocks(l, store, data, err));
  else
    RF_TRY(move_rows(l, store, data, err));
  if (g->pixels == NULL)
    return RF_OK;
  uint64_t size; /* of an HDU that is not published, the file may have fewer bytes */
  RF_TRY(rf_store_size(store, &size, err));
  if (size < data + g->new_bytes)
    RF_TRY(rf_store_truncate(store, data + g->new_bytes, err));
  g->section->origin = data;
  return rf_plain_image_put(store, g->section, g->convert, g->pixels, &written, err);
}

/* Returns whether the pixels touch only new bytes, and most of these. They can be written to their places then. */
static bool is_fresh(const growth *g) {
  const rf_section *section = g->section;
  uint64_t old_bytes = g->layout.old->data_bytes;
  return g->layout.blocks == 0 && g->pixels != NULL && section->low * section->width >= old_bytes &&
         section->count * section->width >= (g->new_bytes - old_bytes) / 2;
}

static rf_status grow(rf_file *file, rf_hdu *hdu, const rf_hdu *grown, const uint64_t *axes,
                      const rf_image_request *pixels, bool *written, rf_error *err) {
  rf_section section;
  rf_convert convert;
  growth g = {.layout = plan_layout(hdu, grown), .pixels = pixels, .convert = &convert, .section = &section};
  if (pixels != NULL) {
    RF_TRY(rf_plain_image_prepare(grown, pixels, &section, &convert, err));
    if (section.count == 0)
      return RF_OK;
  }
  g.new_bytes = rf_section_image_count(grown) * g.layout.width;
  rf_rearrange rearrange = {.run = put_pixels, .context = &g, .fresh = is_fresh(&g)};
  bool moves = pixels != NULL || g.layout.blocks > 0;
  return rf_plain_image_set_axes(file, hdu, axes, grown->naxis, moves ? &rearrange : NULL, written, err);
}

rf_status rf_plain_image_grow(rf_file *file, rf_hdu *hdu, const uint64_t *axes, int naxis,
                              const rf_image_request *pixels, bool *written, rf_error *err) {
  rf_hdu grown;
  RF_TRY(rf_plain_image_check_whole(file, hdu, err));
  RF_TRY(rf_image_get_grown(hdu, axes, naxis, &grown, err));
  rf_status status = grow(file, hdu, &grown, axes, pixels, written, err);
  rf_free(grown.axes);
  return status;
}
