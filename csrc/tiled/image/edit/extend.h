/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Extending and flushing compressed images.
 */
#ifndef RF_TILED_IMAGE_EDIT_EXTEND_H
#define RF_TILED_IMAGE_EDIT_EXTEND_H

#include "file/hdu.h"

/* rf_hdu_ops.flush: stores tiles that were never written, and removes spare room. */
rf_status rf_tiled_image_flush(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err);

/* Makes the slowest axis `length` elements long. Exclusive lock held. */
rf_status rf_tiled_image_extend_locked(rf_file *file, size_t index, uint64_t length, bool *written, rf_error *err);

#endif
