/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Requests of callers, whose structs may be shorter than those of this library.
 */
#ifndef RF_IMAGE_REQUEST_H
#define RF_IMAGE_REQUEST_H

#include "image/ops.h"

/* Copies the members that the caller knows; the others become 0. */
rf_image_request rf_image_request_copy(const rf_image_request *request);
rf_cutout_request rf_cutout_request_copy(const rf_cutout_request *request);
rf_image_spec rf_image_spec_copy(const rf_image_spec *spec);

/* Checks `naxis` and `generation` of a request for `hdu`, which has pixels. RF_ERR_ARGUMENT, RF_ERR_CHANGED, and those
 * of rf_image_ops.info. */
rf_status rf_image_request_check(rf_file *file, rf_hdu *hdu, const rf_image_request *request, rf_error *err);

#endif
