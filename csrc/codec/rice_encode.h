/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Encoding RICE_1.
 */
#ifndef RF_CODEC_RICE_ENCODE_H
#define RF_CODEC_RICE_ENCODE_H

#include "codec/codec.h"

/* Encodes checked arguments into `out`, which is as long as bound() of the row requires. Returns the bytes of the
 * stream. */
size_t rf_rice_encode(const rf_tile_params *params, const rf_tile_shape *shape, const void *values, uint8_t *out);

#endif
