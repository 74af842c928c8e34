/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creating compressed images.
 */
#ifndef RF_TILED_IMAGE_EDIT_CREATE_H
#define RF_TILED_IMAGE_EDIT_CREATE_H

#include "tiled/image/edit/plan.h"

/* Appends the cards of the binary table (XTENSION to TFORMn), then ZIMAGE, then those that describe the compression.
 * With `structure`, these include ZBITPIX, ZNAXIS and ZNAXISn, and ZTENSION, ZPCOUNT and ZGCOUNT of an IMAGE extension.
 * Without it, the caller appends those. */
rf_status rf_tile_plan_cards(const rf_tile_plan *plan, rf_header *header, bool structure, rf_error *err);

/* Begins the HDU (rf_file_append_begin_locked()), after an empty primary HDU where the file is empty. Its header has
 * `spare` bytes (whole blocks) for later cards. No tile is written: the image reads as zeros. Exclusive lock held. The
 * caller publishes the HDU or discards it. */
rf_status rf_tiled_image_append_locked(rf_file *file, const rf_tile_plan *plan, const rf_header *header, uint64_t spare,
                                       size_t *index, rf_error *err);

/* Implements rf_image_create() for a spec with a compression. */
rf_status rf_tiled_image_create(rf_file *file, const rf_image_spec *spec, size_t *index, rf_error *err);

/* rf_image_check_spec() for a spec with a compression. `image`: its facts. */
rf_status rf_tiled_image_check_spec(const rf_image_spec *spec, const rf_hdu *image, const rf_image_request *pixels,
                                    rf_error *err);

#endif
