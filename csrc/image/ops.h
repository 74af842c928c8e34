/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The operations of a kind of HDU with pixels. Public calls look up the row and call it, so that plain and tiled images
 * are two implementations.
 */
#ifndef RF_IMAGE_OPS_H
#define RF_IMAGE_OPS_H

#include "file/file.h"

/* Functions run with `file->lock` held: shared, or exclusive where they take `written`. Requests are whole: no member
 * lies beyond their `size`. */
struct rf_image_ops {
  /* MUST. The facts of the image: BITPIX, axes, scaling, BLANK. They are valid until the next edit. */
  rf_status (*info)(rf_file *file, rf_hdu *hdu, const rf_hdu **image, rf_error *err);

  /* MUST. rf_image_read(). */
  rf_status (*read)(rf_file *file, rf_hdu *hdu, const rf_image_request *request, rf_error *err);

  /* MUST. rf_image_plan(). ranges->count and ranges->bytes are 0 before the call. */
  rf_status (*plan)(rf_file *file, rf_hdu *hdu, const rf_axis *section, rf_image_ranges *ranges, rf_error *err);

  /* MAY. Fetches what `plan` reads from a remote file, before it is called for many sections. NULL: nothing. */
  rf_status (*prefetch)(rf_file *file, rf_hdu *hdu, rf_error *err);

  /* MAY, both or none. rf_image_write(), rf_image_check(). */
  rf_status (*write)(rf_file *file, rf_hdu *hdu, const rf_image_request *request, bool *written, rf_error *err);
  rf_status (*check)(rf_file *file, rf_hdu *hdu, const rf_image_request *request, rf_error *err);

  /* MAY. Makes each axis as long as `axes` says, slowest first. Pixels stay where they are, and new pixels are 0 as
   * stored. Then writes `pixels`, unless NULL, whose section is one of the grown image. All of that is one edit. */
  rf_status (*grow)(rf_file *file, rf_hdu *hdu, const uint64_t *axes, int naxis, const rf_image_request *pixels,
                    bool *written, rf_error *err);

  /* MAY. rf_image_reshape(). */
  rf_status (*reshape)(rf_file *file, rf_hdu *hdu, const uint64_t *axes, int naxis, bool *written, rf_error *err);
};

/* Gets the operations of an HDU, which must have pixels. RF_ERR_TYPE. */
rf_status rf_image_get_ops(const rf_hdu *hdu, const rf_image_ops **ops, rf_error *err);

/* Returns RF_ERR_UNSUPPORTED: HDUs of this kind cannot be `done` ("written"). */
rf_status rf_image_refuse(const rf_hdu *hdu, const char *done, rf_error *err);

#endif
