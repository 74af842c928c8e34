/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The header of a compressed image, and that of the image in the tiles.
 */
#ifndef RF_TILED_IMAGE_HEADER_H
#define RF_TILED_IMAGE_HEADER_H

#include <stdbool.h>

#include "rustfits.h"

/* Gets the header of the image in the tiles from the stored `header`. `first`: the HDU will be the first of a file
 * (SIMPLE). */
rf_status rf_tiled_image_plain_header(const rf_header *header, bool first, rf_header **plain, rf_error *err);

/* Returns whether a card of an image would describe the table that holds it, or its compression. */
bool rf_tiled_image_table_card(const char card[RF_CARD_BYTES]);

/* rf_hdu_ops.merge_logical: merges an edited header of the image or table in the tiles into the stored one. */
rf_status rf_tiled_header_merge(const rf_header *stored, const rf_header *logical, rf_header **merged, rf_error *err);

#endif
