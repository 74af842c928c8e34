/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The header of a compressed image, and that of the image in the tiles.
 */
#ifndef RF_TILED_IMAGE_HEADER_H
#define RF_TILED_IMAGE_HEADER_H

#include <stdbool.h>

#include "rustfits.h"

rf_status rf_tiled_header_merge(const rf_header *stored, const rf_header *logical, rf_header **merged, rf_error *err);

/* tiled/image/header.c: the header of the image that a compressed HDU stands for, from the one it has; `first`: the HDU
 * is to be the first of a file (SIMPLE). And what an edited one makes of the old. */
rf_status rf_tiled_image_plain_header(const rf_header *header, bool first, rf_header **plain, rf_error *err);

/* Would a card of an image say something about the table that holds it, or its compression? */
bool rf_tiled_image_table_card(const char card[RF_CARD_BYTES]);

rf_status rf_tiled_header_merge(const rf_header *old_header, const rf_header *plain, rf_header **merged, rf_error *err);

#endif
