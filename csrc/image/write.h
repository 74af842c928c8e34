/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing the pixels of plain images.
 */
#ifndef RF_IMAGE_WRITE_H
#define RF_IMAGE_WRITE_H

#include "image/ops.h"
#include "image/section.h"
#include "value/convert.h"

/* rf_image_ops.write and .check. */
rf_status rf_plain_image_write(rf_file *file, rf_hdu *hdu, const rf_image_request *request, bool *written,
                               rf_error *err);
rf_status rf_plain_image_check(rf_file *file, rf_hdu *hdu, const rf_image_request *request, rf_error *err);

/* Checks a request to write to an image with the facts of `image`. The statuses of rf_image_write(). */
rf_status rf_plain_image_prepare(const rf_hdu *image, const rf_image_request *request, rf_section *section,
                                 rf_convert *convert, rf_error *err);

/* Writes the values of a prepared request to a store. `section` has at least one element. */
rf_status rf_plain_image_put(rf_store *store, const rf_section *section, const rf_convert *convert,
                             const rf_image_request *request, bool *written, rf_error *err);

#endif
