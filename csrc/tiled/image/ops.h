/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed images (FITS 10.1) as a row of operations.
 */
#ifndef RF_TILED_IMAGE_OPS_H
#define RF_TILED_IMAGE_OPS_H

#include "image/ops.h"

extern const rf_image_ops rf_tiled_image_ops;

#endif
