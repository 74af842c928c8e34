/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressing an image into a new HDU, and back: rf_hdu_ops.convert.
 */
#ifndef RF_TILED_IMAGE_EDIT_PACK_H
#define RF_TILED_IMAGE_EDIT_PACK_H

#include "file/file.h"

/* Appends image `hdu` of `from`, compressed as how->image says, to `to`. */
rf_status rf_image_pack(rf_file *from, rf_hdu *hdu, rf_file *to, const rf_packing *how, size_t *new_index,
                        bool *written, rf_error *err);

/* Appends compressed image `hdu` of `from`, uncompressed, to `to`. */
rf_status rf_image_unpack(rf_file *from, rf_hdu *hdu, rf_file *to, const rf_packing *how, size_t *new_index,
                          bool *written, rf_error *err);

#endif
