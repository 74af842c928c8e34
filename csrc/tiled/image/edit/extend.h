/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Making compressed images longer.
 */
#ifndef RF_TILED_IMAGE_EDIT_EXTEND_H
#define RF_TILED_IMAGE_EDIT_EXTEND_H

#include "file/hdu.h"

rf_status rf_tiled_image_flush(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err);

rf_status rf_tiled_image_extend_locked(rf_file *file, size_t index, uint64_t length, bool *written, rf_error *err);

#endif
