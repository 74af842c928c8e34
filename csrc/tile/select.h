/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Order statistics: the k-th smallest of some values, which is the same whatever way it is found.
 */
#ifndef RF_TILE_SELECT_H
#define RF_TILE_SELECT_H

#include <stddef.h>

/* The k-th smallest (0-based, k < count) of values without NaN, which are left in another order. */
float rf_select_f32(float *values, size_t count, size_t k);
double rf_select_f64(double *values, size_t count, size_t k);

#endif
