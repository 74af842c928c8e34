/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Images whose data unit is the array (FITS 3.3.2, 7.1) as a row of operations.
 */
#ifndef RF_IMAGE_PLAIN_H
#define RF_IMAGE_PLAIN_H

#include "image/ops.h"

extern const rf_image_ops rf_plain_image_ops;

#endif
