/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The spec of a new image: its checks, and the cards that plain and compressed images share.
 */
#ifndef RF_IMAGE_SPEC_H
#define RF_IMAGE_SPEC_H

#include "file/file.h"

/* Checks type, axes, scale and BLANK. RF_ERR_ARGUMENT, RF_ERR_LIMIT. */
rf_status rf_image_spec_check(const rf_image_spec *spec, rf_error *err);

/* Gets the facts of the image that a checked spec describes. The caller frees image->axes. RF_ERR_MEMORY. */
rf_status rf_image_spec_get_image(const rf_image_spec *spec, rf_hdu *image, rf_error *err);

/* Returns BITPIX of the stored values. */
int rf_image_spec_bitpix(rf_dtype type);

/* Appends BSCALE and BZERO: those of the spec, or those of types that BITPIX does not have. */
rf_status rf_image_spec_add_scale(rf_header *header, const rf_image_spec *spec, rf_error *err);

/* Appends BLANK, EXTNAME and EXTVER. */
rf_status rf_image_spec_add_names(rf_header *header, const rf_image_spec *spec, rf_error *err);

/* Appends the caller's own cards. */
rf_status rf_image_spec_add_cards(rf_header *header, const rf_image_spec *spec, rf_error *err);

#endif
