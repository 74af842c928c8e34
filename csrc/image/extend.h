/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Plain images that become longer along axis 0.
 */
#ifndef RF_IMAGE_EXTEND_H
#define RF_IMAGE_EXTEND_H

#include "image/ops.h"

/* rf_image_ops.extend. */
rf_status rf_plain_image_extend(rf_file *file, rf_hdu *hdu, uint64_t length, const rf_image_request *pixels,
                                bool *written, rf_error *err);

/* Checks that the size of a plain image can change: its data unit is whole and holds only pixels. RF_ERR_UNSUPPORTED,
 * RF_ERR_TRUNCATED. */
rf_status rf_plain_image_check_whole(rf_file *file, const rf_hdu *hdu, rf_error *err);

#endif
