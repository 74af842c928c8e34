/* SPDX-License-Identifier: BSD-3-Clause */
#include "tiled/image/ops.h"

#include <inttypes.h>

#include "base/memory.h"
#include "file/hdu.h"
#include "file/layout.h"
#include "file/scan/scan.h"
#include "image/grow.h"
#include "image/write.h"
#include "store/store.h"
#include "tiled/image/edit/extend.h"
#include "tiled/image/edit/write.h"
#include "tiled/image/image.h"
#include "tiled/image/ranges.h"
#include "tiled/image/read.h"

/* Largest part of the table that prefetch() fetches. Its rows say where the tiles are. */
#define MAX_ROW_BYTES ((uint64_t)8 << 20)

static rf_status get_info(rf_file *file, rf_hdu *hdu, const rf_hdu **image, rf_error *err) {
  rf_tiled_image *tiled_image = NULL;
  RF_TRY(rf_tiled_image_get(file, hdu, &tiled_image, err));
  *image = &tiled_image->image;
  return RF_OK;
}

static rf_status prefetch(rf_file *file, rf_hdu *hdu, rf_error *err) {
  uint64_t bytes;
  if (hdu->naxis != 2)
    return RF_OK;
  if (!rf_mul_u64(hdu->axes[0], hdu->axes[1], &bytes) || bytes > MAX_ROW_BYTES)
    bytes = MAX_ROW_BYTES;
  const rf_range rows = {hdu->data_offset, bytes};
  return rf_store_prefetch(file->store, &rows, 1, err);
}

/* ---- growing ---- */

typedef struct extension {
  size_t index;
  uint64_t length;
  const rf_image_request *pixels; /* NULL: zeros */
} extension;

static rf_status extend_and_write(void *context, rf_file *file, bool *written, rf_error *err) {
  const extension *e = context;
  rf_hdu *hdu = NULL;
  RF_TRY(rf_tiled_image_extend_locked(file, e->index, e->length, written, err));
  if (e->pixels == NULL)
    return RF_OK;
  RF_TRY(rf_file_hdu_locked(file, e->index, &hdu, err));
  return rf_tiled_image_write(file, hdu, e->pixels, written, err);
}

/* Checks what the write after the extension would refuse. */
static rf_status check_pixels(rf_file *file, rf_hdu *hdu, const rf_hdu *grown, const rf_image_request *pixels,
                              rf_error *err) {
  rf_section section;
  rf_convert convert;
  RF_TRY(rf_plain_image_prepare(grown, pixels, &section, &convert, err));
  return rf_tiled_image_check(file, hdu, pixels, err);
}

/* Only axis 0 can grow: along the others, the tiles at the edge would have to be encoded again, and all tiles get other
 * numbers. Tiles are written one by one, as one edit. */
static rf_status grow(rf_file *file, rf_hdu *hdu, const uint64_t *axes, int naxis, const rf_image_request *pixels,
                      bool *written, rf_error *err) {
  rf_tiled_image *tiled_image = NULL;
  rf_hdu grown;
  RF_TRY(rf_tiled_image_get(file, hdu, &tiled_image, err));
  const rf_hdu *image = &tiled_image->image;
  RF_TRY(rf_image_get_grown(image, axes, naxis, &grown, err));
  rf_status status = RF_OK;
  for (int i = 0; i < naxis - 1 && status == RF_OK; i++)
    if (image->naxis != naxis || grown.axes[i] != image->axes[i])
      status = rf_fail(err, RF_ERR_UNSUPPORTED,
                       "axis %d cannot grow to %" PRIu64 " elements: a compressed image grows along axis 0 only",
                       naxis - 1 - i, grown.axes[i]);
  if (status == RF_OK && pixels != NULL)
    status = check_pixels(file, hdu, &grown, pixels, err);
  rf_free(grown.axes);
  if (status != RF_OK)
    return status;
  extension e = {hdu->index, axes[0], pixels};
  return rf_file_edit_as_one(file, extend_and_write, &e, written, err);
}

const rf_image_ops rf_tiled_image_ops = {
    .info = get_info,
    .read = rf_tiled_image_read,
    .plan = rf_tiled_image_plan,
    .prefetch = prefetch,
    .write = rf_tiled_image_write,
    .check = rf_tiled_image_check,
    .grow = grow,
};
