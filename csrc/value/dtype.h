/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Element types in memory.
 */
#ifndef RF_VALUE_DTYPE_H
#define RF_VALUE_DTYPE_H

#include "rustfits.h"

/* Returns the name that numpy gives the type; "unknown" for a value that is no rf_dtype. */
const char *rf_dtype_name(rf_dtype dtype);

/* Returns the bytes of a pixel, 0 for a type that pixels do not have. */
size_t rf_pixel_bytes(rf_dtype dtype);

#endif
