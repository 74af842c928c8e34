/* SPDX-License-Identifier: BSD-3-Clause */
#include "tiled/image/ops.h"

#include "base/memory.h"
#include "file/hdu.h"
#include "file/layout.h"
#include "file/scan/scan.h"
#include "image/ops.h"
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

/* ---- extending ---- */

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

/* Tiles are written one by one, as one edit. */
static rf_status extend_with(rf_file *file, rf_hdu *hdu, uint64_t length, const rf_image_request *pixels, bool *written,
                             rf_error *err) {
  rf_tiled_image *tiled_image = NULL;
  RF_TRY(rf_tiled_image_check(file, hdu, pixels, err));
  RF_TRY(rf_tiled_image_get(file, hdu, &tiled_image, err));
  int naxis = tiled_image->image.naxis;
  uint64_t old = tiled_image->image.axes[naxis - 1];
  rf_axis *axes = rf_alloc_zero((size_t)naxis, sizeof *axes);
  if (axes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a section of %d axes", naxis);
  for (int i = 0; i < naxis; i++)
    axes[i] = (rf_axis){0, 1, tiled_image->image.axes[naxis - 1 - i], NULL};
  axes[0] = (rf_axis){(int64_t)old, 1, length - old, NULL};
  rf_image_request request = *pixels;
  request.section = axes;
  extension e = {hdu->index, length, &request};
  rf_status status = rf_file_edit_as_one(file, extend_and_write, &e, written, err);
  rf_free(axes);
  return status;
}

static rf_status extend(rf_file *file, rf_hdu *hdu, uint64_t length, const rf_image_request *pixels, bool *written,
                        rf_error *err) {
  if (pixels != NULL)
    return extend_with(file, hdu, length, pixels, written, err);
  extension e = {hdu->index, length, NULL};
  return rf_file_edit_as_one(file, extend_and_write, &e, written, err);
}

const rf_image_ops rf_tiled_image_ops = {
    .info = get_info,
    .read = rf_tiled_image_read,
    .plan = rf_tiled_image_plan,
    .prefetch = prefetch,
    .write = rf_tiled_image_write,
    .check = rf_tiled_image_check,
    .extend = extend,
};
