/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Parses the facts that the header of a compressed image states (FITS 10.1).
 */
#ifndef RF_TILED_IMAGE_PARSE_H
#define RF_TILED_IMAGE_PARSE_H

#include "table/table.h"
#include "tiled/image/image.h"

/* Parses `header` into the zeroed `tiled_image`, and makes its cache. The caller frees it, also after a failure. */
rf_status rf_tiled_image_parse(rf_tiled_image *tiled_image, const rf_hdu *hdu, const rf_table *table,
                               const rf_header *header, rf_error *err);

/* Takes BLANK from a column ZBLANK, where the header has none: that of the first tile. */
void rf_tiled_image_take_blank_column(rf_file *file, rf_tiled_image *tiled_image, const rf_table *table);

/* Adds the warnings about ZQUANTIZ and BLANK to those of `file`. */
void rf_tiled_image_warn(rf_file *file, size_t index, const rf_tiled_image *tiled_image, const rf_header *header);

/* Return whether a column ZBLANK may make a BLANK, and whether the image has pixels. They ignore the rest of the
 * header, which may be unreadable. */
bool rf_tiled_image_may_make_blank(const rf_header *header);
bool rf_tiled_image_has_data(const rf_header *header);

#endif
