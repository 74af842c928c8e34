/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed images and tables (FITS 10) as kinds of HDU.
 */
#ifndef RF_TILED_OPS_H
#define RF_TILED_OPS_H

#include "table/ops.h"
#include "tiled/parsed.h"
#include "tiled/session.h"

/* The table in which a compressed image is stored: read only. */
extern const rf_table_ops rf_tile_rows_ops;
extern const rf_table_ops rf_tiled_table_ops;

/* Functions of rf_hdu_ops. */
bool rf_tiled_image_has_data(const rf_header *stored);
rf_status rf_tiled_image_get_plain(const rf_header *stored, rf_header **plain, rf_error *err);
rf_status rf_tiled_image_get_logical(rf_file *file, rf_hdu *hdu, const rf_header *stored, rf_header **logical,
                                     rf_error *err);
rf_status rf_tiled_table_get_logical(rf_file *file, rf_hdu *hdu, const rf_header *stored, rf_header **logical,
                                     rf_error *err);
rf_status rf_tiled_header_merge(const rf_header *stored, const rf_header *logical, rf_header **merged, rf_error *err);
rf_status rf_tiled_image_flush(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err);
rf_status rf_tiled_table_flush(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err);

#endif
