/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Checksums of what is in the tiles of a compressed HDU (ZDATASUM, ZHECKSUM: FITS 10.1.1, 10.3.1).
 */
#ifndef RF_TILED_CHECKSUM_H
#define RF_TILED_CHECKSUM_H

#include "file/file.h"

/* rf_hdu_ops.is_lossless of compressed images: false where quantizing or a divisor of HCOMPRESS has changed pixels. */
rf_status rf_tiled_image_is_lossless(rf_file *file, rf_hdu *hdu, bool *lossless, rf_error *err);

/* rf_hdu_ops.sum_logical. */
rf_status rf_tiled_image_sum(rf_file *file, rf_hdu *hdu, uint32_t *sum, bool *nan, rf_error *err);
rf_status rf_tiled_table_sum(rf_file *file, rf_hdu *hdu, uint32_t *sum, bool *nan, rf_error *err);

#endif
