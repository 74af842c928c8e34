/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed images and tables (FITS 10) as kinds of HDU.
 */
#ifndef RF_TILED_OPS_H
#define RF_TILED_OPS_H

#include "file/hdu.h"

/* Gets the header of the image in the tiles, with SIMPLE where ZSIMPLE says so. */
rf_status rf_tiled_image_get_plain(const rf_header *stored, rf_header **plain, rf_error *err);

/* rf_hdu_ops.get_logical. */
rf_status rf_tiled_image_get_logical(rf_file *file, rf_hdu *hdu, const rf_header *stored, rf_header **logical,
                                     rf_error *err);

rf_status rf_tiled_table_get_logical(rf_file *file, rf_hdu *hdu, const rf_header *stored, rf_header **logical,
                                     rf_error *err);

#endif
